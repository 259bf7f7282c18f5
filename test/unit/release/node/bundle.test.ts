// SPDX-License-Identifier: Apache-2.0
import { createHash } from 'node:crypto';
import { lstat, mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { DaemonSet } from 'kubernetes-models/apps/v1/DaemonSet';
import { Job } from 'kubernetes-models/batch/v1/Job';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { parse, parseAllDocuments } from 'yaml';
import { z } from 'zod';
import { TemporaryDirectory } from '../../../../src/host/files.ts';
import { projectRoot } from '../../../../src/host/paths.ts';
import { runProcess } from '../../../../src/host/process.ts';
import { assemble, type Release } from '../../../../src/release/assemble.ts';
import { imageRepository, tagOf } from '../../../../src/release/node/image.ts';
import { IMAGE } from '../image-base.ts';
import { moduleFile, writeOutput, writePrograms, writeSources } from '../outputs.ts';

const { signal } = new AbortController();
const KERNELS = { debian: '6.1.0-9-amd64', rocky: '5.14.0-1.el9.x86_64' };
const NODE = 'ovnfast-node-1.2.0';
const MODULES = Object.entries({ 'debian-12': KERNELS.debian, 'rocky-9': KERNELS.rocky }).map(
  ([id, kernel]) => `sample-1.2.0-${id}-${kernel}-x86_64.ko`,
);

let scratch: TemporaryDirectory;
let release: Release;
const at = (...names: string[]) => join(scratch.path, ...names);
const sha256 = (content: Buffer) => createHash('sha256').update(content).digest('hex');

async function run(command: string, args: string[], cwd: string): Promise<string> {
  const environment = { PATH: process.env.PATH ?? '', LC_ALL: 'C' };
  const result = await runProcess(command, args, { cwd, timeoutSeconds: 20, signal, environment });
  expect({ code: result.code, stderr: result.stderr }).toEqual({ code: 0, stderr: '' });
  return result.stdout;
}

async function unpack(archive: string, name: string): Promise<string> {
  await mkdir(at(name), { recursive: true });
  await run('tar', ['-xpf', archive], at(name));
  return at(name);
}

beforeAll(async () => {
  scratch = await TemporaryDirectory.create(tmpdir(), 'ovnfast-bundle-');
  const source = await writeSources(at('sample'), { Kbuild: 'obj-m := sample.o\n' });
  const programs = await writeSources(at('bypass'), { 'bypass.bpf.c': '' });
  await writeOutput(
    at('out'),
    [
      { id: 'debian-12', kernel: KERNELS.debian },
      { id: 'rocky-9', kernel: KERNELS.rocky },
      // The same release of another distribution, with a file of its own.
      {
        ...{ id: 'almalinux-9', kernel: KERNELS.rocky },
        content: moduleFile(KERNELS.rocky, { text: 'of another distribution' }),
      },
    ],
    { source },
  );
  await writePrograms(at('programs'), [{ id: 'debian-12', kernel: KERNELS.debian }], { source: programs });
  release = await assemble({
    ...{ directories: [at('out'), at('programs')], tag: 'v1.2.0', moduleDirectories: [at('sample'), at('bypass')] },
    ...{ allowFailed: false, out: at('release'), toolVersion: '0.1.0', repository: 'https://github.com/o/r' },
    ...{ environment: { SOURCE_DATE_EPOCH: '1700000000' }, root: projectRoot(), image: IMAGE, signal },
  });
  await unpack(at('release', `${NODE}.tar.gz`), 'archive');
  await unpack(at('release', `${NODE}.oci.tar`), 'layout');
});
afterAll(() => scratch[Symbol.asyncDispose]());

describe('the archive', () => {
  const inside = (...names: string[]) => at('archive', NODE, ...names);

  test('has one directory at its top, and in it what the release has', async () => {
    expect(await readdir(at('archive'))).toEqual([NODE]);
    expect((await readdir(inside())).sort()).toEqual(['bin', 'modules', 'share']);
    expect(await readFile(inside('share/modules.json'))).toEqual(await readFile(at('release/modules.json')));
    for (const name of await readdir(inside('modules'))) {
      expect(await readFile(inside('modules', name))).toEqual(await readFile(at('release', name)));
    }
    expect(await readdir(inside('modules'))).toEqual(expect.arrayContaining([...MODULES, 'bypass.bpf.o']));
    expect((await lstat(inside('bin/ovnfast-node'))).mode & 0o777).toBe(0o755);
    expect((await lstat(inside('modules/ovnfast-bypass'))).mode & 0o777).toBe(0o755);
    expect((await lstat(inside('modules', MODULES[0] ?? ''))).mode & 0o777).toBe(0o644);
  });

  test('has checksums of every file but themselves', async () => {
    const checked = await run('sha256sum', ['-c', '--strict', 'share/SHA256SUMS'], inside());
    const files = (await run('find', ['.', '-type', 'f'], inside())).trim().split('\n');
    expect(checked.match(/: OK$/gm)).toHaveLength(files.length - 1);
  });

  test('says under which licence each part is, and where its sources are', async () => {
    const notice = await readFile(inside('share/NOTICE'), 'utf8');
    expect(notice).toContain(`  ${MODULES[0]}: GPL\n`);
    expect(notice).toMatch(
      /are the directories of https:\/\/github\.com\/o\/r\n {2}bypass \([0-9a-f]{64}\)\n {2}sample/,
    );
    expect(notice).toMatch(
      /busybox-static 1:1\.35\.0-4\+b1 .*\n {4}busybox 1:1\.35\.0-4, https:.*\n {4}glibc 2\.36-9\n/,
    );
    expect(await readdir(inside('share/licenses'))).toEqual(['Apache-2.0.txt', 'GPL-2.0.txt']);
  });
});

describe('the image', () => {
  type Descriptor = { mediaType: string; digest: string; size: number };
  const blob = async ({ digest, size }: Descriptor) => {
    const content = await readFile(at('layout/blobs', digest.replace(':', '/')));
    expect([sha256(content), content.length]).toEqual([digest.slice(7), size]);
    return content;
  };
  const json = async (of: Descriptor) => JSON.parse((await blob(of)).toString());
  const index = async () => JSON.parse(await readFile(at('layout/index.json'), 'utf8'));

  test('is a layout in which everything is under its digest, and nothing else', async () => {
    expect(JSON.parse(await readFile(at('layout/oci-layout'), 'utf8'))).toEqual({ imageLayoutVersion: '1.0.0' });
    const { manifests } = await index();
    expect(manifests).toHaveLength(1);
    expect(manifests[0].digest).toBe(release.image?.digest);
    const manifest = await json(manifests[0]);
    const config = await json(manifest.config);
    const layers: Buffer[] = await Promise.all(manifest.layers.map(blob));
    const diffs = layers.map((layer) => `sha256:${sha256(gunzipSync(layer))}`);
    expect(config.rootfs).toEqual({ type: 'layers', diff_ids: diffs });
    expect(config.history).toHaveLength(layers.length);
    expect(await readdir(at('layout/blobs/sha256'))).toHaveLength(2 + layers.length);
  });

  test('says what it is, for which machine and of when', async () => {
    const { manifests } = await index();
    expect(manifests[0].annotations).toEqual({
      'org.opencontainers.image.ref.name': '1.2.0',
      'io.containerd.image.name': 'registry.example/ovnfast-node:1.2.0',
    });
    const config = await json((await json(manifests[0])).config);
    expect(config).toMatchObject({ architecture: 'amd64', os: 'linux', created: '2023-11-14T22:13:20.000Z' });
    expect(config.config).toMatchObject({
      Entrypoint: ['/opt/ovnfast/bin/ovnfast-node'],
      Labels: {
        'org.opencontainers.image.version': '1.2.0',
        'org.opencontainers.image.source': 'https://github.com/o/r',
      },
    });
  });

  test('has the files of the archive at its place, and each module where KMM looks for it, once', async () => {
    const manifest = await json((await index()).manifests[0]);
    await mkdir(at('root'));
    for (const layer of manifest.layers) {
      await writeFile(at('layer.tar'), gunzipSync(await blob(layer)));
      await run('tar', ['-xpf', at('layer.tar')], at('root'));
    }
    await run('diff', ['-r', at('archive', NODE), at('root/opt/ovnfast')], scratch.path);
    const releases = await readdir(at('root/opt/lib/modules'));
    expect(releases.sort()).toEqual(Object.values(KERNELS).sort());
    for (const kernel of releases) {
      const directory = at('root/opt/lib/modules', kernel);
      expect(await readdir(directory)).toEqual(['modules.dep', 'modules.dep.bin', 'sample.ko']);
      expect(await readFile(join(directory, 'modules.dep'), 'utf8')).toBe('sample.ko:\n');
      // Of two distributions that have a kernel of this release the first.
      const [first = ''] = release.index.kernels.find((one) => one.kernel === kernel)?.files ?? [];
      const [own, place] = [join(directory, 'sample.ko'), at('root/opt/ovnfast/modules', first)];
      expect((await lstat(own)).ino).toBe((await lstat(place)).ino);
    }
    expect((await lstat(at('root/bin/sh'))).isSymbolicLink()).toBe(true);
  });

  test('is a tag of its version, which has no "+", and is beside the repository unless said otherwise', () => {
    expect(tagOf('1.2.0+build.7')).toBe('1.2.0_build.7');
    expect(imageRepository(undefined, 'https://github.com/Some/Repo')).toBe('ghcr.io/some/repo/ovnfast-node');
    expect(imageRepository('localhost:5000/x', undefined)).toBe('localhost:5000/x');
    for (const repository of [
      undefined,
      'https://ghe.example/o/r',
      'https://github.com/o/-r-',
      'https://github.com/o/r/x',
    ]) {
      expect(imageRepository(undefined, repository)).toBe('registry.example/ovnfast-node');
    }
    for (const name of ['', 'a:b', 'a/B', 'a@sha256:0', 'a b', `a/${'b'.repeat(300)}`]) {
      expect(() => imageRepository(name, undefined)).toThrow(/is not the name of a container image/);
    }
  });
});

describe('the manifests', () => {
  const read = async (name: string) => await readFile(at('release', name), 'utf8');
  type Container = {
    image: string;
    args?: string[];
    env?: { name: string; value: string }[];
    securityContext: { capabilities: { add?: string[] } };
  };
  const installer = (pod: { initContainers?: Container[]; containers: Container[] }) =>
    pod.initContainers?.[0] ?? pod.containers[0];

  test('are what Kubernetes knows under their kinds', async () => {
    const daemonSet = parse(await read('node-install.daemonset.yaml'));
    const job = parse(await read('node-install.job.yaml'));
    new DaemonSet(daemonSet).validate();
    new Job(job).validate();
    expect(() => new Job({ ...job, spec: { ...job.spec, backoffLimit: 'none' } }).validate()).toThrow();
    expect(daemonSet.spec.template.metadata.labels).toEqual(daemonSet.spec.selector.matchLabels);
    expect(job.spec.template.metadata.labels).not.toMatchObject(daemonSet.spec.selector.matchLabels);
    for (const { spec } of [daemonSet.spec.template, job.spec.template]) {
      const container = installer(spec);
      expect(container?.image).toBe(`registry.example/ovnfast-node:1.2.0@${release.image?.digest}`);
      expect(container?.env).toEqual([
        { name: 'ACTION', value: 'install' },
        { name: 'KERNEL_HEADER', value: '' },
      ]);
      expect(container?.args).toEqual(['$(ACTION)', '--root=/host', '--kernel=$(KERNEL_HEADER)']);
      // Everything that is more than nothing.
      expect(container?.securityContext).toEqual({
        ...{
          allowPrivilegeEscalation: false,
          readOnlyRootFilesystem: true,
          seccompProfile: { type: 'RuntimeDefault' },
        },
        ...{ runAsUser: 0, runAsGroup: 0, seLinuxOptions: { type: 'spc_t' } },
        capabilities: { drop: ['ALL'], add: ['DAC_OVERRIDE', 'SYSLOG', 'SYS_CHROOT', 'SYS_MODULE'] },
      });
      expect(Object.keys(spec)).not.toEqual(expect.arrayContaining([expect.stringMatching(/^host(PID|IPC|Users)$/)]));
      const { add: capabilities = [] } = container?.securityContext.capabilities ?? {};
      const head = (await read('node-install.daemonset.yaml')).match(/^# .*$/gm)?.join('\n') ?? '';
      for (const capability of capabilities) expect(head).toContain(`# ${capability} `);
    }
    expect(daemonSet.spec.template.spec.containers[0].securityContext).toMatchObject({
      ...{ runAsNonRoot: true, capabilities: { drop: ['ALL'] }, readOnlyRootFilesystem: true },
    });
  });

  test('for one node take its name by the command at their top', async () => {
    const text = await read('node-install.job.yaml');
    const [, expression = ''] = /^# {5}sed '(s\/[^']+)' node-install\.job\.yaml \|/m.exec(text) ?? [];
    const job = parse(await run('sed', [expression, at('release/node-install.job.yaml')], scratch.path));
    expect(job.spec.template.spec.nodeName).toBe('worker-1');
    expect(parse(text).spec.template.spec.nodeName).not.toBe('worker-1');
  });

  // https://kmm.sigs.k8s.io: of the CRD of kmm.sigs.x-k8s.io/v1beta1 what is used.
  const words = z.record(z.string(), z.string());
  const kmmModule = z.strictObject({
    apiVersion: z.literal('kmm.sigs.x-k8s.io/v1beta1'),
    kind: z.literal('Module'),
    metadata: z.strictObject({ name: z.string().regex(/^[a-z0-9][a-z0-9.-]*$/), namespace: z.string(), labels: words }),
    spec: z.strictObject({
      moduleLoader: z.strictObject({
        container: z.strictObject({
          modprobe: z.strictObject({ moduleName: z.string(), dirName: z.literal('/opt') }),
          imagePullPolicy: z.enum(['Always', 'IfNotPresent', 'Never']),
          kernelMappings: z.array(z.strictObject({ literal: z.string(), containerImage: z.string() })).min(1),
        }),
      }),
      selector: words,
    }),
  });

  test('for KMM name every kernel release that there is a module for', async () => {
    const modules = parseAllDocuments(await read('node-install.kmm.yaml')).map((one) => kmmModule.parse(one.toJS()));
    expect(modules.map(({ metadata }) => metadata.name)).toEqual(['sample']);
    const mappings = modules[0]?.spec.moduleLoader.container.kernelMappings ?? [];
    expect(mappings.map(({ literal }) => literal).sort()).toEqual(Object.values(KERNELS).sort());
    expect(new Set(mappings.map(({ containerImage }) => containerImage))).toEqual(
      new Set([`registry.example/ovnfast-node:1.2.0@${release.image?.digest}`]),
    );
  });
});

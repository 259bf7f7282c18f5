// SPDX-License-Identifier: Apache-2.0
import { cp, mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { Ajv } from 'ajv';
import formats from 'ajv-formats';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { digestFile, digestTree } from '../../src/host/digest.ts';
import { TemporaryDirectory } from '../../src/host/files.ts';
import { projectRoot } from '../../src/host/paths.ts';
import { runProcess } from '../../src/host/process.ts';
import { readModule } from '../../src/kbuild/module.ts';
import { type InstalledModule, moduleTables } from '../../src/release/node/modules-dep.ts';
import type { Sysroot } from '../../src/sysroot/compose.ts';
import { placeIn } from '../../src/sysroot/inside.ts';
import type { Sandbox } from '../../src/sysroot/sandbox.ts';
import type { Workshop } from '../../src/workshop.ts';
import { ovnfast } from '../command.ts';
import { Node } from './node.ts';
import { openTools } from './tools.ts';

const TARGET = 'debian-12';
const hello = join(projectRoot(), 'test/fixtures/modules/hello');
const SCHEMAS = '/usr/share/gocode/src/github.com/opencontainers/image-spec/schema';
const { signal } = new AbortController();

let scratch: TemporaryDirectory;
let workshop: Workshop;
let sandbox: Sandbox;
/** umoci, and the specification of images. */
let imageTools: Sysroot;
/** Of the sandbox: it has kmod. */
let kmod: Sysroot;
/** Of the kernel. */
let image: Sysroot;
let kernel: string;
const at = (...names: string[]) => join(scratch.path, ...names);
const release = (out: string) =>
  ovnfast(['release', '--tag', 'v1.2.0', '-m', hello, '--repo', 'o/r', '--out', out], {
    ...{ cwd: scratch.path, environment: { SOURCE_DATE_EPOCH: '1700000000' } },
  });
const inside = (sysroot: Sysroot, argv: string[], options: { environment?: Record<string, string> } = {}) =>
  sandbox.run(sysroot, argv, {
    ...{ binds: [{ from: scratch.path, to: '/scratch', writable: true }], timeoutSeconds: 60, signal, ...options },
  });
const succeed = async (...args: Parameters<typeof inside>) => {
  const { code, stdout, stderr } = await inside(...args);
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  return stdout;
};
/** The root that umoci unpacked the image to. */
const rootfs = () => ({ root: at('unpacked'), digest: '' });

beforeAll(async () => {
  scratch = await TemporaryDirectory.create(tmpdir(), 'ovnfast-image-');
  workshop = await openTools(signal);
  const [target] = await workshop.selectTargets([TARGET]);
  if (!target) throw new Error(`no target ${TARGET}`);
  ({
    kernel,
    sysroots: { image },
  } = await workshop.prepare(target, ['image']));
  sandbox = await workshop.tools.sandbox();
  imageTools = await workshop.tools.sysroot('image-tools');
  kmod = await workshop.tools.sysroot('sandbox');
  const built = await ovnfast(['build', '--target', TARGET, '--module', hello], { cwd: scratch.path });
  expect(built.stdout + built.stderr).toMatch(/1 of 1 target passed/);
  const { code, stderr } = await release('release');
  expect([code, stderr]).toEqual([0, expect.not.stringMatching(/error|warning/)]);
  await mkdir(at('layout'));
  const environment = { PATH: process.env.PATH ?? '' };
  await runProcess('tar', ['-xf', at('release/ovnfast-node-1.2.0.oci.tar'), '-C', at('layout')], {
    ...{ timeoutSeconds: 60, signal, environment },
  });
  const unpacked = await inside(imageTools, [
    ...['umoci', 'raw', 'unpack', '--rootless', '--image', '/scratch/layout:1.2.0', '/scratch/unpacked'],
  ]);
  expect([unpacked.code, unpacked.stderr]).toEqual([0, expect.stringContaining('unpacked image rootfs')]);
});
afterAll(async () => {
  await workshop[Symbol.asyncDispose]();
  await scratch[Symbol.asyncDispose]();
});

describe("the image's documents", () => {
  /** The schemas of the OCI, of draft 4 of JSON Schema: what they use of that, later drafts have as well. */
  async function schemas() {
    const ajv = new Ajv({ strict: false });
    formats.default(ajv);
    const directory = placeIn(imageTools, SCHEMAS);
    for (const name of (await readdir(directory)).filter((name) => name.endsWith('.json'))) {
      const text = (await readFile(join(directory, name), 'utf8')).replaceAll(/"(id|\$schema)": "[^"]*",?\n/g, '\n');
      ajv.addSchema({ ...JSON.parse(text.replaceAll(/,(\s*})/g, '$1')), $id: name }, name);
    }
    return (name: string, value: unknown) => ajv.validate(name, value);
  }
  const blob = async ({ digest }: { digest: string }) =>
    JSON.parse(await readFile(at('layout/blobs', digest.replace(':', '/')), 'utf8'));

  test('fit the schemas of the specification, which notice what does not', async () => {
    const fits = await schemas();
    const index = JSON.parse(await readFile(at('layout/index.json'), 'utf8'));
    const manifest = await blob(index.manifests[0]);
    const documents: [string, Record<string, unknown>, object][] = [
      [
        'image-layout-schema.json',
        JSON.parse(await readFile(at('layout/oci-layout'), 'utf8')),
        { imageLayoutVersion: '2' },
      ],
      ['image-index-schema.json', index, { manifests: [{ ...index.manifests[0], digest: 'none' }] }],
      ['image-manifest-schema.json', manifest, { layers: [] }],
      ['config-schema.json', await blob(manifest.config), { rootfs: { type: 'layers' } }],
    ];
    for (const [schema, document, broken] of documents) {
      expect([schema, fits(schema, document)]).toEqual([schema, true]);
      expect([schema, fits(schema, { ...document, ...broken })]).toEqual([schema, false]);
    }
  });

  test('name the packages that are in the image as scanners look for them, and their sources', async () => {
    const known = new Set<string>();
    for (const name of await readdir(at('unpacked/var/lib/dpkg/status.d'))) {
      const control = await readFile(at('unpacked/var/lib/dpkg/status.d', name), 'utf8');
      const [, version = ''] = /^Version: (.*)$/m.exec(control) ?? [];
      known.add(`${name} ${version}`);
    }
    const notice = await readFile(at('unpacked/opt/ovnfast/share/NOTICE'), 'utf8');
    expect(known.size).toBe(2);
    for (const one of known) expect(notice).toContain(`  ${one} (http`);
    expect(notice).toMatch(/^ {4}busybox 1:[^ ]+, https:\/\/snapshot\.debian\.org\/package\/busybox\/1%3A\S+\/$/m);
    // The C library that busybox has in it.
    expect(notice).toMatch(/^ {4}glibc 2\.\S+, https:/m);
    const licenses = await readdir(at('unpacked/usr/share/common-licenses'));
    expect(licenses.sort()).toEqual(['GPL-2', 'LGPL-2.1']);
    expect(await readFile(at('release/RELEASE-NOTES.md'), 'utf8')).toContain(
      'https://snapshot.debian.org/package/glibc/',
    );
  });
});

test('the release is the same to the byte when it is made again', async () => {
  expect((await release('again')).code).toBe(0);
  expect(await digestTree(at('again'))).toBe(await digestTree(at('release')));
});

describe('the image runs', () => {
  test('with every program that it has a name for, and as a node that it is not', async () => {
    const known = (await succeed(rootfs(), ['busybox', '--list'], { environment: { PATH: '/bin' } })).split('\n');
    const names = (await readdir(at('unpacked/bin'))).filter((name) => name !== 'busybox');
    expect(names.length).toBeGreaterThan(50);
    expect(names.filter((name) => !known.includes(name))).toEqual([]);
    const status = await inside(rootfs(), ['/opt/ovnfast/bin/ovnfast-node', 'status']);
    expect(status.code).toBe(3);
    expect(status.stderr).toMatch(/^ovnfast-node: the node has no flock\n/);
    const sums = await succeed(rootfs(), ['/bin/sh', '-c', 'cd /opt/ovnfast && sha256sum -c share/SHA256SUMS']);
    expect(sums).toMatch(/^bin\/ovnfast-node: OK$/m);
  });

  test('for as long as the DaemonSet is there, and ends when it is told to', async () => {
    const { spec } = parse(await readFile(at('release/node-install.daemonset.yaml'), 'utf8')).spec.template;
    const [shell, option, script] = spec.containers[0].command;
    const tell = `"$@" & sleep 1; kill -0 $! && echo here; kill -TERM $!; wait $!; echo "ended $?"`;
    const said = await succeed(rootfs(), ['/bin/sh', '-c', tell, 'sh', shell, option, script]);
    expect(said).toBe('here\nended 0\n');
  });

  test('as KMM has it: what it copies is what modprobe finds', async () => {
    // As the operator writes it (internal/pod/workerpodmanager.go of its sources, 2.6).
    const copy = `mkdir -p /tmp/opt/lib/modules;\ncp -R /opt/lib/modules/${kernel} /tmp/opt/lib/modules;\n`;
    const bind = { from: at('kmm'), to: '/tmp', writable: true };
    await mkdir(at('kmm'));
    const { code, stderr } = await sandbox.run(rootfs(), ['/bin/sh', '-c', copy], {
      ...{ binds: [bind], timeoutSeconds: 60, signal },
    });
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    const module = `lib/modules/${kernel}/hello.ko`;
    expect(await digestFile(at('kmm/opt', module))).toBe(await digestFile(at('out', TARGET, kernel, 'hello.ko')));
    const modprobe = ['modprobe', '-d', '/scratch/kmm/opt', '-S', kernel, '--show-depends'];
    expect(await succeed(kmod, [...modprobe, 'hello'])).toBe(`insmod /scratch/kmm/opt/${module} \n`);
    expect((await inside(kmod, [...modprobe, 'goodbye'])).stderr).toMatch(/goodbye not found/);
  });
});

test("modprobe's tables are those that depmod writes, and lead to the same, with dependencies too", async () => {
  const depmod = async (directory: string, release: string) => {
    // Whose absence it would complain of.
    for (const table of ['modules.order', 'modules.builtin', 'modules.builtin.modinfo']) {
      await writeFile(at(directory, 'lib/modules', release, table), '');
    }
    await succeed(kmod, ['depmod', '-b', `/scratch/${directory}`, release]);
  };
  const tables = ['modules.dep', 'modules.dep.bin'];
  await mkdir(at('real/lib/modules'), { recursive: true });
  await cp(at('unpacked/opt/lib/modules', kernel), at('real/lib/modules', kernel), { recursive: true });
  for (const table of tables) await rm(at('real/lib/modules', kernel, table));
  await depmod('real', kernel);
  for (const table of tables) {
    const own = await readFile(at('unpacked/opt/lib/modules', kernel, table));
    expect(own).toEqual(await readFile(at('real/lib/modules', kernel, table)));
  }
  // Modules of the kernel itself that need each other in more than one way.
  const directory = placeIn(image, `/usr/lib/modules/${kernel}/kernel`);
  const PATHS = [
    ...['lib/libcrc32c', 'net/netfilter/nf_conntrack', 'net/ipv4/netfilter/nf_defrag_ipv4', 'net/netfilter/nf_nat'],
    ...[
      'net/ipv6/netfilter/nf_defrag_ipv6',
      'net/netfilter/nf_tables',
      'net/netfilter/nft_ct',
      'net/netfilter/nft_nat',
    ],
    ...[
      'net/netfilter/nfnetlink',
      'net/netfilter/nfnetlink_queue',
      'net/netfilter/nft_chain_nat',
      'drivers/net/vxlan/vxlan',
    ],
    ...['net/ipv4/udp_tunnel', 'net/ipv6/ip6_udp_tunnel'],
  ];
  await mkdir(at('deep/lib/modules', kernel), { recursive: true });
  const modules: InstalledModule[] = [];
  for (const path of PATHS) {
    const to = at('deep/lib/modules', kernel, `${basename(path)}.ko`);
    await cp(join(directory, `${path}.ko`), to);
    const { name, depends } = await readModule(to);
    modules.push({ name, depends });
  }
  await depmod('deep', kernel);
  await mkdir(at('own'));
  await cp(at('deep/lib'), at('own/lib'), { recursive: true });
  for (const file of moduleTables(`lib/modules/${kernel}`, modules)) {
    if ('content' in file) await writeFile(at('own', file.path), file.content);
  }
  const lists = async (place: string) => {
    const found: Record<string, string[]> = {};
    for (const { name } of modules) {
      const said = await succeed(kmod, ['modprobe', '-d', `/scratch/${place}`, '-S', kernel, '--show-depends', name]);
      found[name] = said.replaceAll(`/scratch/${place}`, '').trim().split('\n');
    }
    return found;
  };
  const [theirs, own] = [await lists('deep'), await lists('own')];
  expect(own.nft_chain_nat?.length).toBeGreaterThan(5);
  for (const { name } of modules) {
    expect([name, own[name]?.toSorted()]).toEqual([name, theirs[name]?.toSorted()]);
    // Whatever is loaded, all that it needs was loaded before.
    for (const [index, line] of (own[name] ?? []).entries()) {
      const needed = modules.find((one) => line.includes(`/${one.name}.ko`))?.depends ?? [];
      const before = own[name]?.slice(0, index).join(' ') ?? '';
      for (const one of needed.filter((one) => modules.some(({ name }) => name === one))) {
        expect([name, line, before]).toEqual([name, line, expect.stringContaining(`/${one}.ko`)]);
      }
    }
  }
});

test('on a node it loads the module as KMM does, and installs it as the DaemonSet does, with no more rights than those', async () => {
  await mkdir(at('node'));
  const media = { rootfs: rootfs().root };
  await using node = await Node.create({
    ...{ workshop, prepared: { kernel, sysroots: { image } }, directory: at('node'), media, signal },
  });
  await node.boot();
  const isLoaded = async () => (await node.run('test -e /sys/module/hello')).code === 0;

  await node.succeed('modprobe -vd /media/rootfs/opt hello');
  expect(await isLoaded()).toBe(true);
  await node.succeed('modprobe -rvd /media/rootfs/opt hello');
  expect(await isLoaded()).toBe(false);

  const { spec } = parse(await readFile(at('release/node-install.daemonset.yaml'), 'utf8')).spec.template;
  const { securityContext, args } = spec.initContainers[0];
  const capabilities: string[] = securityContext.capabilities.add.map((name: string) => name.toLowerCase());
  expect(capabilities).toContain('sys_module');
  // What a container runtime does of the pod: root read-only, the node's root at /host, an empty /tmp, capabilities.
  await node.succeed(`
    mkdir /run/pod && mount --bind /media/rootfs /run/pod && mount -o remount,bind,ro /run/pod
    mount --rbind / /run/pod/host && mount --make-rslave /run/pod/host
    mount --rbind /dev /run/pod/dev && mount -t tmpfs tmpfs /run/pod/tmp && mount -t proc proc /run/pod/proc`);
  const act = (action: string, allowed = capabilities) => {
    const bounding = ['-all', ...allowed.map((name) => `+${name}`)].join();
    const words = args.map((text: string) => expanded(text, { ACTION: action, KERNEL_HEADER: '' }));
    return node.run(`
      exec setpriv --bounding-set=${bounding} --inh-caps=-all --no-new-privs \\
        env -i /usr/sbin/chroot /run/pod /opt/ovnfast/bin/ovnfast-node ${words.join(' ')}`);
  };

  const fewer = capabilities.filter((name) => name !== 'sys_module');
  const without = await act('install', fewer);
  expect(without).toEqual({ code: 1, output: expect.stringMatching(/hello was not loaded.*rolled back/s) });
  expect(await isLoaded()).toBe(false);
  const installed = await act('install');
  expect(installed).toEqual({ code: 0, output: expect.stringContaining('1.2.0 is installed and loaded') });
  expect(await isLoaded()).toBe(true);
  expect(await act('status')).toEqual({ code: 0, output: expect.stringContaining('(hello), installed and loaded') });
  expect(await node.succeed('cat /etc/modules-load.d/ovnfast.conf')).toMatch(/^hello$/m);
  const removed = await act('remove');
  expect(removed).toEqual({ code: 0, output: expect.stringContaining('removed') });
  expect(await isLoaded()).toBe(false);
  expect((await node.run('test -e /etc/modules-load.d/ovnfast.conf')).code).toBe(1);
  await node.powerOff();
});

/** As Kubernetes puts variables in. */
function expanded(text: string, values: Record<string, string>): string {
  return text.replaceAll(/\$\((\w+)\)/g, (_, name) => values[name] ?? '');
}

// SPDX-License-Identifier: Apache-2.0
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Job } from 'kubernetes-models/batch/v1/Job';
import { ConfigMap } from 'kubernetes-models/v1/ConfigMap';
import { PersistentVolumeClaim } from 'kubernetes-models/v1/PersistentVolumeClaim';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { parseAllDocuments } from 'yaml';
import { InputError } from '../../../src/errors.ts';
import { projectRoot } from '../../../src/host/paths.ts';
import { JOBS_FILES, type JobsRun, renderJobs, renderJobsStream } from '../../../src/render/jobs.ts';
import { type JobsValues, readJobsValues } from '../../../src/render/jobs-values.ts';
import { authorshipOf, originOf } from '../../../src/render/seal.ts';
import { readShardPlan } from '../../../src/shards/shard.ts';
import { splitRun } from '../../../src/shards/split.ts';
import { ovnfast } from '../../command.ts';

const fixtures = join(projectRoot(), 'test/fixtures/render/jobs');
const origin = originOf('1.2.3', 'jobs', 'jobs.yml');

const shards = (suites: string[]) =>
  splitRun({
    units: [
      { id: 'debian-12', kernels: ['6.1.0-56-amd64', '6.1.0-55-amd64'] },
      { id: 'debian-13', kernels: ['6.12.117+deb13-amd64'] },
    ],
    suites,
    limit: 256,
    artifact: 'ovnfast',
  });
const own: JobsRun = {
  shards: shards(['fastpath']),
  ...{ artifact: 'ovnfast', shareBuilds: false, mirrors: [], memoryMiB: 512 },
};
const theirs: JobsRun = {
  shards: shards(['test/kernel', 'load']),
  ...{
    artifact: 'ovnfast',
    module: 'kmod/mine',
    shareBuilds: true,
    mirrors: ['http://mirror.example/debian'],
    memoryMiB: 2048,
  },
};
const cases: [name: string, run: JobsRun][] = [
  ['small', own],
  ['large', theirs],
];

let directory: string;
beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'ovnfast-jobs-'));
});
afterAll(() => rm(directory, { recursive: true, force: true }));

const values = (name: string) => readJobsValues(join(fixtures, `${name}.yml`));

type Container = {
  args: string[];
  workingDir?: string;
  securityContext: Record<string, unknown>;
  resources: { limits: Record<string, string> };
};
type Manifest = {
  kind: string;
  metadata: { name: string; labels?: Record<string, string> };
  data?: Record<string, string>;
  spec: {
    suspend?: boolean;
    backoffLimit: number;
    template: { spec: Record<string, unknown> & { containers: Container[] } };
  };
};

const documents = (text: string, version: '1.1' | '1.2' = '1.2') =>
  parseAllDocuments(text, { version }).map((document) => document.toJS() as Manifest);
const render = (some: JobsValues, run: JobsRun) => documents(renderJobsStream(some, run, origin));
const jobs = (manifests: Manifest[]) => manifests.filter(({ kind }) => kind === 'Job');
const containerOf = (manifest: Manifest | undefined) =>
  manifest?.spec.template.spec.containers[0] ?? expect.fail('no container');

/** Throws when a manifest is not what the API server takes. */
function check(manifest: Manifest): void {
  const kinds = { Job, ConfigMap, PersistentVolumeClaim };
  const Kind = kinds[manifest.kind as keyof typeof kinds] as new (value: object) => { validate(): void };
  new Kind(manifest).validate();
  // By what validation beyond the schema asks for: a pod has its job's name as the value of a label.
  expect(manifest.metadata.name).toMatch(/^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/);
  for (const value of Object.values(manifest.metadata.labels ?? {})) {
    expect(value).toMatch(/^[A-Za-z0-9]([A-Za-z0-9._-]{0,61}[A-Za-z0-9])?$/);
  }
}

describe.each(cases)('%s', (name, run) => {
  test('the files are those checked in', async () => {
    const files = renderJobs(await values(name), run, origin);
    for (const file of files) {
      await expect(file.text).toMatchFileSnapshot(join(fixtures, name, file.name));
      expect(JOBS_FILES).toContain(file.name);
      expect(authorshipOf(file.text)).toBe('rendered');
    }
  });

  test('every manifest is what the cluster knows, in the stream as in the files, with a reader of YAML 1.1 too', async () => {
    const settled = await values(name);
    const stream = renderJobsStream(settled, run, origin);
    const manifests = documents(stream);
    for (const manifest of manifests) check(manifest);
    expect(documents(stream, '1.1')).toEqual(manifests);
    expect(renderJobs(settled, run, origin).flatMap(({ text }) => documents(text))).toEqual(manifests);
    expect(new Set(manifests.map(({ kind, metadata }) => `${kind} ${metadata.name}`)).size).toBe(manifests.length);
  });

  test('a job for each shard, one that merges, and the plan that it takes', async () => {
    const manifests = render(await values(name), run);
    const all = jobs(manifests);
    expect(all.map(({ spec }) => spec.suspend)).toEqual([...run.shards.map(() => false), true]);
    for (const [index, { artifact }] of run.shards.entries()) {
      expect(containerOf(all[index]).args).toContain(`--out=/data/ovnfast/results/${artifact}`);
    }
    const text = manifests.find(({ kind }) => kind === 'ConfigMap')?.data?.['plan.json'] ?? '';
    await writeFile(join(directory, 'plan.json'), text);
    expect(await readShardPlan(join(directory, 'plan.json'))).toEqual({ include: run.shards });
    expect(containerOf(all.at(-1)).args).toEqual([
      ...['merge', '/data/ovnfast/results', '--plan=/plan/plan.json', '--out=/data/ovnfast/report'],
    ]);
  });

  test('every option is one of the command', async () => {
    const all = jobs(render(await values(name), run)).map((job) => containerOf(job).args);
    for (const command of ['run', 'merge']) {
      const { stdout } = await ovnfast([command, '--help'], { cwd: directory });
      const options = all
        .filter(([first]) => first === command)
        .flatMap((args) => args.join('\n').match(/^--[a-z-]+/gm));
      expect(options.length).toBeGreaterThan(1);
      for (const option of options) expect(stdout).toMatch(new RegExp(`^ +(-\\w, )?${option}[ \\n]`, 'm'));
    }
  }, 60_000);
});

describe('what a pod is allowed', () => {
  test('in a user namespace: no root, no capability; only jobs with sandboxes go without profiles', async () => {
    const manifests = jobs(render(await values('small'), own));
    const [shard, merge] = [manifests[0], manifests.at(-1)];
    for (const { spec } of [shard, merge].map((manifest) => manifest?.spec.template ?? expect.fail())) {
      expect(spec).toMatchObject({
        ...{ hostUsers: false, automountServiceAccountToken: false, restartPolicy: 'Never' },
        securityContext: { runAsNonRoot: true, runAsUser: 1000 },
      });
    }
    for (const manifest of [shard, merge]) {
      expect(containerOf(manifest).securityContext).toMatchObject({
        ...{ allowPrivilegeEscalation: false, readOnlyRootFilesystem: true, capabilities: { drop: ['ALL'] } },
      });
    }
    expect(containerOf(shard).securityContext).toMatchObject({
      procMount: 'Unmasked',
      seccompProfile: { type: 'Unconfined' },
    });
    expect(containerOf(merge).securityContext.procMount).toBeUndefined();
    expect(containerOf(merge).securityContext.seccompProfile).toEqual({ type: 'RuntimeDefault' });
    expect(JSON.stringify(manifests)).not.toMatch(/privileged|hostPath|hostNetwork|hostPID/);
  });

  test('without one: two capabilities, which the merge does not have', async () => {
    const manifests = jobs(render({ ...(await values('small')), 'user-namespaces': false }, own));
    for (const manifest of manifests) check(manifest);
    expect(manifests[0]?.spec.template.spec).not.toHaveProperty('hostUsers');
    expect(containerOf(manifests[0]).securityContext).toMatchObject({
      capabilities: { drop: ['ALL'], add: ['NET_ADMIN', 'SYS_ADMIN'] },
    });
    expect(containerOf(manifests[0]).securityContext).not.toHaveProperty('procMount');
    expect(containerOf(manifests.at(-1)).securityContext.capabilities).toEqual({ drop: ['ALL'] });
    expect(
      manifests.map(({ spec }) => (spec.template.spec.securityContext as { runAsUser: number }).runAsUser),
    ).toEqual(manifests.map(() => 0));
  });

  test('memory is that of the machines, unless it is said; KVM is one device of a plugin', async () => {
    const settled = await values('small');
    const limits = (some: JobsValues, run = own) => containerOf(jobs(render(some, run))[0]).resources.limits;
    expect(limits(settled)).toEqual({ cpu: '2', memory: '3072Mi' });
    expect(limits(settled, { ...own, memoryMiB: 4096 })).toEqual({ cpu: '2', memory: '10240Mi' });
    expect(limits({ ...settled, 'memory-mib': 6000, kvm: 'devices.kubevirt.io/kvm' })).toEqual({
      ...{ cpu: '2', memory: '6000Mi', 'devices.kubevirt.io/kvm': '1' },
    });
  });
});

test('names that are none of DNS become such, and stay apart', async () => {
  const units = ['a+b', 'a~b', 'a.b'].map((id) => ({ id, kernels: ['1'] }));
  const artifact = `Mixed.Case_${'x'.repeat(50)}`;
  const run = { ...own, artifact, shards: splitRun({ units, suites: ['load'], limit: 9, artifact }) };
  const manifests = render(await values('small'), run);
  for (const manifest of manifests) check(manifest);
  expect(new Set(manifests.map(({ metadata }) => metadata.name)).size).toBe(5);
});

test('a variable of Kubernetes in a path stays what it is', async () => {
  const run = { ...own, module: '$(HOME)/$$x' };
  expect(containerOf(jobs(render(await values('small'), run))[0]).args).toContain('--module=$$(HOME)/$$$$x');
});

test('a plan that no ConfigMap holds is refused', async () => {
  const [shard] = own.shards;
  const many = Array.from({ length: 6000 }, (_, index) => ({ ...(shard ?? expect.fail()), artifact: `a${index}` }));
  const settled = await values('small');
  expect(() => renderJobs(settled, { ...own, shards: many }, origin)).toThrow(
    /6000 jobs is too large .*\n {2}Render fewer/,
  );
});

test('the schema notices what is wrong', async () => {
  const [job] = jobs(render(await values('small'), own));
  const broken = structuredClone(job ?? expect.fail());
  check(broken);
  Object.assign(broken.spec, { backoffLimit: 'none' });
  expect(() => check(broken)).toThrow(/backoffLimit/);
  const profile = structuredClone(job ?? expect.fail());
  containerOf(profile).securityContext.seccompProfile = {};
  expect(() => check(profile)).toThrow(/type/);
});

describe('values', () => {
  const read = async (text: string) => {
    await writeFile(join(directory, 'values.yml'), text);
    return await readJobsValues(join(directory, 'values.yml')).catch((error: unknown) => error);
  };
  const image = 'image: registry.example/ovnfast:1\n';

  test('all but the image has a default', async () => {
    expect(await read(image)).toMatchObject({ tool: '/opt/ovnfast', namespace: 'default', 'user-namespaces': true });
  });

  test.each([
    ['no image', 'tool: /x\n', /values\.yml:1:1: .*image/],
    ['an image that is none', 'image: "a b"\n', /:1:8: .*is no image/],
    ['a mistyped key', `${image}namespcae: x\n`, /:2:1: .*namespace/],
    ['a relative path', `${image}tool: opt\n`, /:2:7: .*is no absolute path/],
    ['a path that leads elsewhere', `${image}source: /a/../b\n`, /:2:9: .*"\.\."/],
    ['a namespace that is none', `${image}namespace: A\n`, /:2:12: .*is no name of Kubernetes/],
    ['a deadline of never', `${image}deadline-minutes: 0\n`, /:2:19: /],
    ['a device that is none', `${image}kvm: /dev/kvm\n`, /:2:6: .*is no resource/],
  ])('%s is told with its place', async (_, text, message) => {
    const error = await read(text);
    expect(error).toBeInstanceOf(InputError);
    expect((error as Error).message).toMatch(message);
  });

  test('paths that the image cannot have are refused before anything is fetched', async () => {
    const environment = { OVNFAST_CACHE: join(directory, 'cache'), OVNFAST_MIRROR: 'http://127.0.0.1:9/debian' };
    const run = (...args: string[]) =>
      ovnfast(['render', 'jobs', '--values', join(fixtures, 'small.yml'), ...args], { cwd: directory, environment });
    for (const args of [
      ['--module', '/abs'],
      ['--suite', '../up'],
    ]) {
      const { code, stderr, stdout } = await run(...args);
      expect(stderr).toMatch(
        /is no path below the current directory.*\n {2}Name it by a relative path; in the container it starts at \/src/,
      );
      expect([code, stdout]).toEqual([2, '']);
    }
    expect((await run('--force')).stderr).toMatch(/--force goes with --out/);
    const { code, stderr } = await ovnfast(['render', 'jobs'], { cwd: directory, environment });
    expect([code, stderr]).toEqual([2, expect.stringMatching(/--values <file>' not specified/)]);
  }, 60_000);
});

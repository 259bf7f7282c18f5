// SPDX-License-Identifier: Apache-2.0
import type { IJob } from 'kubernetes-models/batch/v1/Job';
import type { IConfigMap } from 'kubernetes-models/v1/ConfigMap';
import type { IPersistentVolumeClaim } from 'kubernetes-models/v1/PersistentVolumeClaim';
import type { ISecurityContext } from 'kubernetes-models/v1/SecurityContext';
import { InputError } from '../errors.ts';
import { digestValue } from '../host/digest.ts';
import type { Shard } from '../shards/shard.ts';
import type { JobsValues } from './jobs-values.ts';
import { type Origin, seal } from './seal.ts';
import { comment, type Part, textOf } from './stream.ts';
import type { RenderedFile } from './write.ts';
import { toYaml } from './yaml.ts';

export type JobsRun = {
  shards: Shard[];
  /** Beginning of all names: of jobs, and of the directory on the volume. */
  artifact: string;
  /** As `--module` takes it, from `source` of the values on; left out: the module that comes with the tool. */
  module?: string;
  shareBuilds: boolean;
  mirrors: string[];
  /** MiB of the largest machine of a suite. */
  memoryMiB: number;
};

const VOLUME = '10-volume.yml';
const PLAN = '20-plan.yml';
const JOBS = '30-jobs.yml';
const MERGE = '40-merge.yml';

/** All the names that a rendering may use. */
export const JOBS_FILES = [VOLUME, PLAN, JOBS, MERGE];

const DATA = '/data';
/** In the container of the merge job. */
const PLAN_FILE = '/plan/plan.json';
/** Nobody in particular, but not root. */
const USER = 1000;
/** What the API server takes of a ConfigMap altogether is 1 MiB. */
const MAXIMUM_PLAN_BYTES = 1_000_000;
/** Of the tool itself and of a compiler; beside a machine's own memory, QEMU's. */
const [TOOL_MIB, MACHINE_MIB, LEAST_MACHINE_MIB] = [1024, 512, 512];
/** For ending machines and removing what is half-written. */
const GRACE_SECONDS = 60;
const MERGE_MIB = 2048;
/** Hardly anything is written there: packages, sysroots and machines are in the cache. */
const TMP_SIZE = '256Mi';

/** Jobs for a run, as files: the claim if there is to be one, the plan, a Job for each shard, and one that merges. */
export function renderJobs(values: JobsValues, run: JobsRun, origin: Origin): RenderedFile[] {
  return parts(values, run).map((part) => ({
    name: part.name,
    text: seal(textOf(part), origin),
    executable: false,
  }));
}

/** The same as one stream of YAML documents. */
export function renderJobsStream(values: JobsValues, run: JobsRun, { version, command }: Origin): string {
  const all = parts(values, run);
  const head = [`Rendered by ovnfast ${version}: ${command}`, ...all.flatMap(({ notes }) => ['', ...notes])];
  return [
    comment(head),
    ...all.flatMap(({ manifests }) => manifests.map((manifest) => `---\n${toYaml(manifest)}`)),
  ].join('');
}

function parts(values: JobsValues, run: JobsRun): Part[] {
  const { namespace, volume } = values;
  const [plan, merge] = [dnsName(`${run.artifact}-plan`), dnsName(`${run.artifact}-merge`)];
  const claim = volume['size-gib'] === undefined ? [] : [volumeClaim(values, volume['size-gib'])];
  return [
    ...(claim.length > 0
      ? [
          {
            name: VOLUME,
            notes: ['Cache and results. Jobs on several nodes need storage that all of them can write.'],
            manifests: claim,
          },
        ]
      : []),
    {
      name: PLAN,
      notes: ['What there has to be a report of: the merge holds the results against it.'],
      manifests: [planOf(values, run, plan)],
    },
    { name: JOBS, notes: notesOf(values), manifests: run.shards.map((shard) => shardJob(values, run, shard)) },
    {
      name: MERGE,
      notes: [
        'Makes one report of all. It is suspended: start it when the others have ended, whatever became of them.',
        `    kubectl -n ${namespace} get jobs -l ${INSTANCE}=${labelValue(run.artifact)}`,
        `    kubectl -n ${namespace} patch job ${merge} --type=merge -p '{"spec":{"suspend":false}}'`,
        `The report is then in ${DATA}/${run.artifact}/report on the volume; to merge again, remove it first.`,
      ],
      manifests: [mergeJob(values, run, { name: merge, plan })],
    },
  ];
}

/** What a job is allowed, and why. */
function notesOf(values: JobsValues): string[] {
  return [
    ...(values['user-namespaces']
      ? [
          'Compilers and machines run in sandboxes, which are user namespaces within the pod. What that takes, and no more:',
          'hostUsers: false        the pod has a user namespace of its own: Kubernetes 1.33, containerd 2.0 or CRI-O, runc 1.2 or',
          '                        crun 1.9, Linux 6.3 or newer, and on the volume a file system that knows id-mapped mounts',
          '                        (ext4, xfs, btrfs; not NFS)',
          'procMount: Unmasked     a sandbox mounts a /proc of its own, which Linux allows only beside one that nothing covers',
          'Unconfined              the profiles of seccomp and AppArmor that a runtime has by default forbid unshare and mount',
          'No capability, no privileged container, no root: the namespace has to admit this at the level "privileged" of Pod',
          'Security Admission all the same, because of procMount and the profiles.',
        ]
      : [
          'Compilers and machines run in sandboxes. Without a user namespace for the pod that takes root in the container and:',
          'SYS_ADMIN               to make namespaces and to mount in them',
          'NET_ADMIN               to set up the loopback interface of a sandbox, which has no other network',
          'Unconfined              the profiles of seccomp and AppArmor that a runtime has by default forbid unshare and mount',
          'Kubernetes 1.30 or newer. That is next to root on the node: give it a node of its own, or use one where pods can have user namespaces.',
        ]),
    values.kvm === undefined
      ? 'Machines are emulated. With `kvm: RESOURCE` in the values, of a device plugin that hands out /dev/kvm, they are not.'
      : `${values.kvm} brings /dev/kvm, without which machines are emulated, some ten times slower.`,
    'A job runs once: what failed would fail again, and what is missing the merge calls an error.',
  ];
}

function volumeClaim({ namespace, volume }: JobsValues, gib: number) {
  return {
    apiVersion: 'v1',
    kind: 'PersistentVolumeClaim',
    metadata: { name: volume.claim, namespace },
    spec: {
      accessModes: ['ReadWriteMany'],
      resources: { requests: { storage: `${gib}Gi` } },
      ...(volume.class === undefined ? {} : { storageClassName: volume.class }),
    },
  } satisfies IPersistentVolumeClaim;
}

function planOf({ namespace }: JobsValues, { shards: include, artifact }: JobsRun, name: string) {
  const text = `${JSON.stringify({ include }, null, 1)}\n`;
  if (Buffer.byteLength(text) > MAXIMUM_PLAN_BYTES) {
    throw new InputError(`a plan of ${include.length} jobs is too large for a ConfigMap`, {
      remedy: 'Render fewer targets at a time, each with an --artifact of its own.',
    });
  }
  return {
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: { name, namespace, labels: labelsOf(artifact, 'plan') },
    data: { 'plan.json': text },
  } satisfies IConfigMap;
}

function shardJob(values: JobsValues, run: JobsRun, shard: Shard) {
  const { processors, kvm } = values;
  const { artifact, module, shareBuilds, mirrors } = run;
  const machine = Math.max(run.memoryMiB, LEAST_MACHINE_MIB) + MACHINE_MIB;
  const memory = values['memory-mib'] ?? TOOL_MIB + processors * machine;
  return job(values, {
    name: dnsName(shard.artifact),
    artifact,
    component: 'shard',
    annotations: { 'ovnfast/shard': shard.name },
    suspend: false,
    arguments: [
      ...['run', '--frozen', ...shard.targets.map((target) => `--target=${target}`)],
      ...shard.suites.map((suite) => `--suite=${suite}`),
      ...(module === undefined ? [] : [`--module=${module}`]),
      ...(shareBuilds ? ['--share-builds'] : []),
      ...mirrors.map((mirror) => `--mirror=${mirror}`),
      ...[`--jobs=${processors}`, `--out=${DATA}/${artifact}/results/${shard.artifact}`],
    ],
    ...(needsSource(run, shard) ? { workingDir: values.source } : {}),
    resources: { cpu: String(processors), memory: `${memory}Mi` },
    ...(kvm === undefined ? {} : { device: kvm }),
    sandboxes: true,
  });
}

function mergeJob(values: JobsValues, { artifact }: JobsRun, { name, plan }: { name: string; plan: string }) {
  return job(values, {
    ...{ name, artifact, component: 'merge', annotations: {}, suspend: true, plan, sandboxes: false },
    arguments: ['merge', `${DATA}/${artifact}/results`, `--plan=${PLAN_FILE}`, `--out=${DATA}/${artifact}/report`],
    resources: { cpu: '1', memory: `${MERGE_MIB}Mi` },
  });
}

/** Whether anything is named by a path that starts at the sources. */
function needsSource({ module }: JobsRun, { suites }: Shard): boolean {
  return [module ?? '', ...suites].some((path) => path !== '' && !path.startsWith('/'));
}

type JobParts = {
  name: string;
  artifact: string;
  component: string;
  annotations: Record<string, string>;
  suspend: boolean;
  arguments: string[];
  workingDir?: string;
  resources: { cpu: string; memory: string };
  /** Resource of a device plugin, one of it. */
  device?: string;
  /** The ConfigMap with the plan. */
  plan?: string;
  /** Whether it starts sandboxes. */
  sandboxes: boolean;
};

function job(values: JobsValues, parts: JobParts) {
  const { namespace, image, tool, volume } = values;
  const labels = labelsOf(parts.artifact, parts.component);
  const { device, plan, resources } = parts;
  const limits = { ...resources, ...(device === undefined ? {} : { [device]: '1' }) };
  const asRoot = !values['user-namespaces'];
  // One user for all: what a job leaves on the volume the others have to be able to read, and to write beside.
  const user = asRoot ? 0 : USER;
  return {
    apiVersion: 'batch/v1',
    kind: 'Job',
    metadata: { name: parts.name, namespace, labels, annotations: parts.annotations },
    spec: {
      suspend: parts.suspend,
      backoffLimit: 0,
      completions: 1,
      parallelism: 1,
      // Never two at a time in one directory.
      podReplacementPolicy: 'Failed',
      activeDeadlineSeconds: values['deadline-minutes'] * 60,
      ttlSecondsAfterFinished: values['keep-hours'] * 3600,
      template: {
        metadata: { labels },
        spec: {
          restartPolicy: 'Never',
          terminationGracePeriodSeconds: GRACE_SECONDS,
          automountServiceAccountToken: false,
          enableServiceLinks: false,
          nodeSelector: { 'kubernetes.io/os': 'linux', 'kubernetes.io/arch': 'amd64' },
          ...(asRoot ? {} : { hostUsers: false }),
          securityContext: {
            ...{ runAsUser: user, runAsGroup: user, fsGroup: user, runAsNonRoot: !asRoot },
            fsGroupChangePolicy: 'OnRootMismatch',
          },
          containers: [
            {
              name: 'ovnfast',
              image,
              command: ['node', `${tool}/dist/cli.js`],
              // $(NAME) would be a variable to Kubernetes.
              args: parts.arguments.map((text) => text.replaceAll('$', '$$$$')),
              ...(parts.workingDir === undefined ? {} : { workingDir: parts.workingDir }),
              env: [
                { name: 'HOME', value: '/tmp' },
                { name: 'OVNFAST_CACHE', value: `${DATA}/cache` },
              ],
              resources: { requests: limits, limits },
              securityContext: parts.sandboxes ? sandboxing(asRoot) : PLAIN,
              volumeMounts: [
                { name: 'data', mountPath: DATA },
                { name: 'tmp', mountPath: '/tmp' },
                ...(plan === undefined ? [] : [{ name: 'plan', mountPath: '/plan', readOnly: true }]),
              ],
            },
          ],
          volumes: [
            { name: 'data', persistentVolumeClaim: { claimName: volume.claim } },
            { name: 'tmp', emptyDir: { sizeLimit: TMP_SIZE } },
            ...(plan === undefined ? [] : [{ name: 'plan', configMap: { name: plan } }]),
          ],
        },
      },
    },
  } satisfies IJob;
}

const PLAIN: ISecurityContext = {
  allowPrivilegeEscalation: false,
  readOnlyRootFilesystem: true,
  capabilities: { drop: ['ALL'] },
  seccompProfile: { type: 'RuntimeDefault' },
};

/** See `notesOf`. */
function sandboxing(asRoot: boolean): ISecurityContext {
  return {
    ...PLAIN,
    ...(asRoot ? { capabilities: { drop: ['ALL'], add: ['NET_ADMIN', 'SYS_ADMIN'] } } : { procMount: 'Unmasked' }),
    seccompProfile: { type: 'Unconfined' },
    appArmorProfile: { type: 'Unconfined' },
  };
}

const INSTANCE = 'app.kubernetes.io/instance';

function labelsOf(artifact: string, component: string): Record<string, string> {
  return {
    'app.kubernetes.io/name': 'ovnfast',
    [INSTANCE]: labelValue(artifact),
    'app.kubernetes.io/component': component,
  };
}

/** A prefix of artifacts is a label's value but for what may stand at its end. */
function labelValue(artifact: string): string {
  return artifact.slice(0, 63).replace(/[^A-Za-z0-9]+$/, '');
}

/** A name of one label of DNS (RFC 1123): with a digest where the text had to be changed, because others may end up the same. */
function dnsName(text: string): string {
  const plain = text.toLowerCase().replace(/[^a-z0-9-]+/g, '-');
  if (plain === text && plain.length <= 63) return plain;
  return `${plain.slice(0, 50).replace(/-+$/, '')}-${digestValue(text).slice(0, 10)}`;
}

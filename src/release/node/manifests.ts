// SPDX-License-Identifier: Apache-2.0
import type { IDaemonSet } from 'kubernetes-models/apps/v1/DaemonSet';
import type { IJob } from 'kubernetes-models/batch/v1/Job';
import type { IContainer } from 'kubernetes-models/v1/Container';
import type { IPodSpec } from 'kubernetes-models/v1/PodSpec';
import type { ISecurityContext } from 'kubernetes-models/v1/SecurityContext';
import { textOf } from '../../render/stream.ts';
import type { ModulesIndex } from '../modules-index.ts';
import { DAEMON_SET, JOB, KMM } from '../names.ts';

export type ManifestImage = {
  /** Without tag and digest. */
  repository: string;
  tag: string;
  /** `sha256:...` */
  digest: string;
  /** The release's file that it is in. */
  file: string;
};

const NAME = 'ovnfast-node';
const NAMESPACE = 'kube-system';
const ROOT = '/host';
const INSTALL = 'install';
/** What the reader of the Job's file puts a name for. */
const NODE = 'node-name';
const DEADLINE_SECONDS = 600;
const KEEP_SECONDS = 24 * 3600;
const RESOURCES = { requests: { cpu: '10m', memory: '32Mi' }, limits: { memory: '128Mi' } };
/** Where KMM looks for a directory of modules per kernel release, `lib/modules/RELEASE`. */
export const KMM_ROOT = 'opt';

/** What a cluster is given to install the release with, as files by name: for all nodes, for one, by KMM. */
export function nodeManifests(index: ModulesIndex, image: ManifestImage): Map<string, string> {
  const reference = `${image.repository}:${image.tag}@${image.digest}`;
  const modules = kmmModules(index, reference);
  return new Map([
    [DAEMON_SET, textOf({ name: DAEMON_SET, notes: daemonSetNotes(image), manifests: [daemonSet(reference)] })],
    [JOB, textOf({ name: JOB, notes: jobNotes(image), manifests: [job(reference)] })],
    ...(modules.length > 0
      ? [[KMM, textOf({ name: KMM, notes: kmmNotes(index, image), manifests: modules })] as const]
      : []),
  ]);
}

/** How the image gets to where nodes find it: its digest stays what the manifests name. */
export function pushCommand({ file, repository, tag }: Pick<ManifestImage, 'file' | 'repository' | 'tag'>): string {
  return `skopeo copy --preserve-digests oci-archive:${file} docker://${repository}:${tag}`;
}

function imageNotes(image: ManifestImage): string[] {
  return [
    'The image is named by its digest. Push it first (or say another place in its stead, below, with the same digest):',
    `    ${pushCommand(image)}`,
  ];
}

const PRIVILEGES = [
  'What the installing container is allowed, and no more; it is not a privileged one:',
  `${ROOT}                   the node's own root: its /lib/modules, /etc/modules-load.d and programs`,
  'SYS_MODULE              to load the modules',
  "SYS_CHROOT              to run the node's own depmod and modprobe",
  'SYSLOG                  to say what the kernel complains of when one does not load',
  'DAC_OVERRIDE            to write in directories that root has no right to write in, as some distributions have them',
  'spc_t                   the type that SELinux gives to containers that manage their node; without SELinux it means nothing',
  'The namespace has to admit this at the level "privileged" of Pod Security Admission, because of the mount.',
];
const PARAMETERS = [
  `ACTION                  ${INSTALL}, status or remove`,
  'KERNEL_HEADER           the kernel release to install for; empty: the one that the node runs',
];

/** A DaemonSet must not take a Job's pods for its own. */
function labelsOf(component: string): Record<string, string> {
  return { 'app.kubernetes.io/name': NAME, 'app.kubernetes.io/component': component };
}

function daemonSetNotes(image: ManifestImage): string[] {
  return [
    'Installs the modules of the release that fit the kernel of each node, one node after the other, and loads them.',
    'A node that none fits says so: kubectl -n kube-system logs -l app.kubernetes.io/name=ovnfast-node -c install',
    '',
    ...PARAMETERS,
    'To take it off again: ACTION "remove", apply, wait for the rollout, and only then delete the DaemonSet.',
    '',
    ...imageNotes(image),
    '',
    ...PRIVILEGES,
  ];
}

function jobNotes(image: ManifestImage): string[] {
  return [
    'The same for one node, once. For the node worker-1:',
    `    sed 's/${NODE}/worker-1/' ${JOB} | kubectl create -f -`,
    '',
    ...PARAMETERS,
    '',
    ...imageNotes(image),
    '',
    ...PRIVILEGES,
  ];
}

function kmmNotes(index: ModulesIndex, image: ManifestImage): string[] {
  const own = new Set(index.files.flatMap((file) => (file.kind === 'module' ? [file.module] : [])));
  const foreign = index.files.flatMap((file) => (file.kind === 'module' ? file.depends : []));
  const before = [...new Set(foreign)].filter((name) => !own.has(name)).sort();
  return [
    'For clusters with the Kernel Module Management operator (KMM) 2.1 or newer, in place of the DaemonSet. Modules are loaded as long as',
    `these objects exist. The modules of a kernel release are in the image below /${KMM_ROOT}/lib/modules/RELEASE.`,
    ...(before.length > 0
      ? [
          `KMM does not load what they need of the node's own modules: ${before.join(', ')}. See that these are loaded before.`,
        ]
      : []),
    '',
    ...imageNotes(image),
  ];
}

function daemonSet(image: string) {
  const labels = labelsOf('nodes');
  return {
    apiVersion: 'apps/v1',
    kind: 'DaemonSet',
    metadata: { name: NAME, namespace: NAMESPACE, labels },
    spec: {
      selector: { matchLabels: labels },
      // A node that it fails on stops it before the next.
      updateStrategy: { type: 'RollingUpdate', rollingUpdate: { maxUnavailable: 1 } },
      template: {
        metadata: { labels },
        spec: {
          ...podSpec(),
          initContainers: [installer(image)],
          // Something has to be there for as long as the DaemonSet is.
          containers: [
            {
              name: 'installed',
              image,
              imagePullPolicy: 'IfNotPresent',
              command: ['/bin/sh', '-c', "trap 'exit 0' TERM; sleep infinity & wait"],
              resources: RESOURCES,
              securityContext: {
                ...LEAST,
                runAsUser: 65534,
                runAsGroup: 65534,
                runAsNonRoot: true,
                capabilities: { drop: ['ALL'] },
              },
            },
          ],
        },
      },
    },
  } satisfies IDaemonSet;
}

function job(image: string) {
  const labels = labelsOf('node');
  return {
    apiVersion: 'batch/v1',
    kind: 'Job',
    metadata: { generateName: `${NAME}-`, namespace: NAMESPACE, labels },
    spec: {
      // What failed would fail again; what it says is in the log.
      backoffLimit: 0,
      activeDeadlineSeconds: DEADLINE_SECONDS,
      ttlSecondsAfterFinished: KEEP_SECONDS,
      template: {
        metadata: { labels },
        spec: { ...podSpec(), nodeName: NODE, restartPolicy: 'Never', containers: [installer(image)] },
      },
    },
  } satisfies IJob;
}

const LEAST: ISecurityContext = {
  allowPrivilegeEscalation: false,
  readOnlyRootFilesystem: true,
  seccompProfile: { type: 'RuntimeDefault' },
};

function podSpec() {
  return {
    automountServiceAccountToken: false,
    enableServiceLinks: false,
    // Not the pods' network: the modules may be what that waits for.
    hostNetwork: true,
    dnsPolicy: 'Default',
    priorityClassName: 'system-node-critical',
    nodeSelector: { 'kubernetes.io/os': 'linux', 'kubernetes.io/arch': 'amd64' },
    tolerations: [{ operator: 'Exists' }],
    volumes: [
      { name: 'host', hostPath: { path: '/', type: 'Directory' } },
      { name: 'tmp', emptyDir: { sizeLimit: '64Mi' } },
    ],
  } satisfies Partial<IPodSpec>;
}

function installer(image: string) {
  return {
    name: INSTALL,
    image,
    imagePullPolicy: 'IfNotPresent',
    // Kubernetes puts the values in, no shell does.
    args: ['$(ACTION)', `--root=${ROOT}`, '--kernel=$(KERNEL_HEADER)'],
    env: [
      { name: 'ACTION', value: INSTALL },
      { name: 'KERNEL_HEADER', value: '' },
    ],
    // The reason is then in `kubectl describe pod`, too.
    terminationMessagePolicy: 'FallbackToLogsOnError',
    resources: RESOURCES,
    securityContext: {
      ...LEAST,
      runAsUser: 0,
      runAsGroup: 0,
      capabilities: { drop: ['ALL'], add: ['DAC_OVERRIDE', 'SYSLOG', 'SYS_CHROOT', 'SYS_MODULE'] },
      seLinuxOptions: { type: 'spc_t' },
    },
    volumeMounts: [
      { name: 'host', mountPath: ROOT },
      { name: 'tmp', mountPath: '/tmp' },
    ],
  } satisfies IContainer;
}

/** A Module of KMM (kmm.sigs.x-k8s.io/v1beta1) for each kernel module, with the kernel releases that there is a file for. */
function kmmModules(index: ModulesIndex, image: string): object[] {
  const releases = new Map<string, Set<string>>();
  for (const { kernel, files } of index.kernels) {
    for (const file of index.files) {
      if (file.kind !== 'module' || !files.includes(file.file)) continue;
      releases.set(file.module, (releases.get(file.module) ?? new Set()).add(kernel));
    }
  }
  return [...releases].map(([module, kernels]) => ({
    apiVersion: 'kmm.sigs.x-k8s.io/v1beta1',
    kind: 'Module',
    metadata: { name: nameOf(module), namespace: NAMESPACE, labels: labelsOf('modules') },
    spec: {
      moduleLoader: {
        container: {
          modprobe: { moduleName: module, dirName: `/${KMM_ROOT}` },
          imagePullPolicy: 'IfNotPresent',
          kernelMappings: [...kernels].map((literal) => ({ literal, containerImage: image })),
        },
      },
      selector: { 'kubernetes.io/os': 'linux', 'kubernetes.io/arch': 'amd64' },
    },
  }));
}

/** A name of Kubernetes for a module. */
function nameOf(module: string): string {
  return module
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^-|-$/g, '');
}

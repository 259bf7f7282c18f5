// SPDX-License-Identifier: Apache-2.0
import { labelOf } from '../matrix/targets.ts';
import { code, inline } from '../report/markdown.ts';
import { looks, row } from '../report/summary/blocks.ts';
import { counted } from '../report/text.ts';
import type { Artifact, ReleasedProof, ReleaseIdentity } from './artifacts.ts';
import type { Proof } from './collect.ts';
import type { IndexedKernel } from './modules-index.ts';
import { bundleNames, CHECKSUMS, CYCLONEDX, DAEMON_SET, INDEX, JOB, KMM, PROVENANCE, SPDX } from './names.ts';
import type { SourcePackage } from './node/base.ts';
import type { Bundle } from './node/bundle.ts';
import { pushCommand } from './node/manifests.ts';

/** Characters that GitHub takes for the text of a release. */
export const MAXIMUM_NOTES = 125_000;
/** For the head of the table, and the line after it. */
const MARGIN = 5_000;
const REASONS_SHOWN = 50;
const KERNELS_SHOWN = 20;

export type NotesOptions = {
  artifacts: Artifact[];
  proofs: ReleasedProof[];
  leftOut: Proof[];
  others: IndexedKernel[];
  bundle: Bundle;
  /** Who signed the modules, as the certificate says it. */
  signedBy?: string;
};

/** The notes of a release in GitHub's Markdown: what was proven on which kernel, and how to check it. */
export function makeNotes(identity: ReleaseIdentity, options: NotesOptions): string {
  const { artifacts, proofs, leftOut, others, bundle, signedBy } = options;
  const { version, repository, commit } = identity;
  const names = [...new Set(artifacts.map(({ source }) => source.name))].map(code).join(', ');
  const source = commit === undefined ? '' : `Built from commit ${commitLink(repository, commit)}. `;
  const head = [
    `## ${names} ${inline(version)}`,
    `${source}${verdict(proofs, leftOut)}`,
    ...(signedBy === undefined ? [] : [`The modules are signed for Secure Boot by ${code(signedBy)}.`]),
    '### Conformance',
  ];
  const tail = [
    ...(leftOut.length > 0 ? [`### Not released`, rest(leftOut)] : []),
    ...(others.length > 0 ? ['### Not tested', untested(others)] : []),
    '### Install it on nodes',
    ...installation(version, bundle, artifacts),
    '### Check it',
    [
      `- ${code(`sha256sum -c ${CHECKSUMS}`)} checks the files.`,
      `- ${code(INDEX)} says which file serves which kernel release, and what a kernel has to offer to be served.`,
      `- ${code(CYCLONEDX)} and ${code(SPDX)} name the sources and every package that was built with, by digest; ${code(PROVENANCE)} says the same as SLSA provenance.`,
      `- ${code('ovnfast reproduce NAME.manifest.json --against NAME.ko')} builds a module again and compares it bit for bit.`,
    ].join('\n'),
  ];
  const room = MAXIMUM_NOTES - [...head, ...tail].join('\n\n').length - MARGIN;
  return `${[...head, table(proofs, room), ...tail].join('\n\n')}\n`;
}

function installation(version: string, { files, image }: Bundle, artifacts: Artifact[]): string[] {
  const { stem, archive } = bundleNames(version);
  const block = (...lines: string[]) => lines.map((line) => `    ${line}`).join('\n');
  const there = (name: string) => files.some((file) => file.name === name);
  const packages = files.flatMap((file) => file.packages);
  const sources = new Map(packages.flatMap((one) => one.sources.map((source) => [source.purl, sourceLink(source)])));
  const ofKind = (kind: string) => artifacts.filter(({ product }) => product.kind === kind).map(({ name }) => name);
  const hasModules = ofKind('module').length > 0;
  const install = `sudo ./${stem}/bin/ovnfast-node install`;
  return [
    block(
      `tar -xzf ${archive}`,
      ...(hasModules ? [install] : []),
      ...ofKind('executable').map((name) => `${install} ${name}`),
    ),
    ...(hasModules
      ? [
          `It takes the file that fits the kernel, loads it, now and after each boot, and says why if none fits. ${code('status')} and ${code('remove')} are there, too.`,
        ]
      : []),
    ...(image
      ? [
          'The modules in a cluster, from the container image:',
          block(pushCommand(image), `kubectl apply -f ${DAEMON_SET}`),
          `${code(JOB)} is for one node${there(KMM) ? `, ${code(KMM)} for clusters with the Kernel Module Management operator` : ''}. Read them before; what they may do is said at their top.`,
          `The image has files of Debian's ${packages.map(({ name, version }) => code(`${name} ${version}`)).join(' and ')}. Their sources: ${[...sources.values()].join(', ')}.`,
        ]
      : []),
  ];
}

function sourceLink({ name, version, url }: SourcePackage): string {
  const text = `${name} ${version}`;
  return url === undefined ? code(text) : `[${inline(text)}](${url})`;
}

/** What was only built has proven nothing of its work. */
function verdict(proofs: ReleasedProof[], leftOut: Proof[]): string {
  const tested = [...proofs, ...leftOut].filter(({ suites }) => suites.length > 0);
  const passed = tested.filter(({ status }) => status === 'pass').length;
  const built = proofs.filter(({ suites }) => suites.length === 0).length;
  // Of several modules on one kernel each is proven for itself.
  const several = new Set(tested.map(labelOf)).size < tested.length;
  const pairs = `${counted(tested.length, 'pair')} of module and kernel`;
  const parts = [
    ...(tested.length > 0
      ? [`tests passed on ${passed} of ${several ? pairs : counted(tested.length, 'kernel')}`]
      : []),
    ...(built > 0 ? [`built for ${counted(built, 'kernel')} and not tested there`] : []),
  ];
  const text = parts.join('; ');
  return `${text.charAt(0).toUpperCase()}${text.slice(1)}.`;
}

function commitLink(repository: string | undefined, commit: string): string {
  return repository === undefined ? code(commit) : `[${code(commit.slice(0, 12))}](${repository}/commit/${commit})`;
}

function table(proofs: ReleasedProof[], size: number): string {
  const suites = [...new Set(proofs.flatMap((proof) => proof.suites.map(({ name }) => name)))].sort();
  const head = [
    row(['Distribution', 'Kernel', ...suites.map(inline), 'Files']),
    row(Array(suites.length + 3).fill('---')),
  ];
  const rows: string[] = [];
  let room = size;
  for (const proof of proofs) {
    const cells = suites.map((name) => outcome(proof, name));
    const files = proof.artifacts.map(({ name }) => code(name)).join(' ');
    const built = suites.length === 0 || proof.suites.length > 0 ? '' : ' (built, not tested)';
    const line = row([inline(proof.title ?? proof.id), `${code(proof.kernel)}${built}`, ...cells, files]);
    room -= line.length + 1;
    if (room < 0) break;
    rows.push(line);
  }
  if (rows.length < proofs.length) rows.push(`\n… and ${proofs.length - rows.length} more, in ${code(INDEX)}.`);
  const untried = suites.length === 0 ? ['Built, not tested: no suite was run.\n'] : [];
  return [...untried, ...head, ...rows].join('\n');
}

function outcome({ suites }: ReleasedProof, name: string): string {
  const suite = suites.find((one) => one.name === name);
  if (!suite) return '';
  return `${looks[suite.status]}, ${suite.passed} of ${suite.tests} (${suite.accelerator.toUpperCase()})`;
}

function rest(leftOut: Proof[]): string {
  const lines = leftOut.slice(0, REASONS_SHOWN).map((proof) => {
    const reason = proof.reason?.split('\n', 1)[0]?.slice(0, 150);
    const what = proof.subject === undefined ? '' : `, ${code(proof.subject)}`;
    return `- ${code(labelOf(proof))}${what}: ${looks[proof.status]}${reason ? `, ${inline(reason)}` : ''}`;
  });
  const more = leftOut.length - REASONS_SHOWN;
  return [...lines, ...(more > 0 ? [`- and ${more} more`] : [])].join('\n');
}

function untested(others: IndexedKernel[]): string {
  const of = (id: string) => others.filter((one) => one.id === id).map(({ kernel }) => code(kernel));
  const ids = [...new Set(others.map(({ id }) => id))];
  const lines = ids.map((id) => {
    const kernels = of(id);
    const more = kernels.length > KERNELS_SHOWN ? ` and ${kernels.length - KERNELS_SHOWN} more` : '';
    return `- ${code(id)}: ${kernels.slice(0, KERNELS_SHOWN).join(', ')}${more}`;
  });
  return `By their symbol versions these kernels take a file of the release (${code(INDEX)} says which); nothing ran on them:\n\n${lines.join('\n')}`;
}

// SPDX-License-Identifier: Apache-2.0

import { resolve } from 'node:path';
import type { Difference } from '../kbuild/difference.ts';
import { readManifest } from '../manifest/manifest.ts';
import { labelOf } from '../matrix/targets.ts';
import { counted, visible } from '../report/text.ts';
import { type Comparison, type Reproduction, reproduce } from '../reproduce.ts';
import { digestSubject } from '../subject.ts';
import type { Edge } from './edge.ts';
import { watchOnStderr } from './listener.ts';
import { moduleDirectory, ownModules } from './run.ts';
import { type FetchFlags, workshopOptions } from './workshop.ts';

type ReproduceFlags = FetchFlags & { module?: string; against?: string; out: string; jobs?: number; json?: boolean };

const DIFFERENCES_SHOWN = 12;

/** `ovnfast reproduce MANIFEST`: 0 when the rebuilt modules are the same to the bit, 1 when they are not or do not build. */
export async function runReproduce(edge: Edge, flags: ReproduceFlags, [manifest = '']: string[]): Promise<number> {
  const path = resolve(edge.workingDirectory, manifest);
  using view = watchOnStderr(edge);
  const result = await reproduce({
    ...workshopOptions(edge, flags, view.emit),
    manifest: path,
    moduleDirectory: flags.module === undefined ? await sourcesOf(path, edge) : moduleDirectory(edge, flags.module),
    ...(flags.against === undefined ? {} : { against: resolve(edge.workingDirectory, flags.against) }),
    out: resolve(edge.workingDirectory, flags.out),
    jobs: flags.jobs ?? edge.processors,
  });
  view.close();
  edge.stdout.write(flags.json ? `${JSON.stringify(result, null, 2)}\n` : renderReproduction(result));
  return result.status === 'identical' ? 0 : 1;
}

/** Of the modules that come with the tool the one that the manifest was made of, as it is now; else the flagship's. */
async function sourcesOf(manifest: string, edge: Edge): Promise<string> {
  const { source } = (await readManifest(manifest)).module;
  for (const directory of await ownModules(edge)) {
    if ((await digestSubject({ directory })) === source) return directory;
  }
  return moduleDirectory(edge, undefined);
}

/** The outcome as text; whatever comes from files is made harmless. */
export function renderReproduction(result: Reproduction): string {
  const { status, reason, module, target, source, notes, modules, output } = result;
  const lines = [target ? `module       ${module} for ${labelOf(target)}` : `programs     ${module}, for all kernels`];
  if (source.actual === source.expected) lines.push(`source       the same (${source.expected})`);
  else {
    lines.push('source       NOT the same, so that the result cannot be expected to be');
    lines.push(`             the manifest names  ${source.expected}`);
    lines.push(`             what was built now  ${source.actual}  ${source.directory}`);
  }
  lines.push(...notes.map((note) => `note         ${note}`));
  lines.push(...modules.flatMap((one) => ['', ...renderComparison(one)]));
  if (status === 'failed') lines.push('', `FAILED       ${reason}`);
  else lines.push('', `rebuilt in   ${output}`);
  return `${lines.map(harmless).join('\n')}\n`;
}

function renderComparison({ file, identical, expected, actual, differences, notes, ...rest }: Comparison): string[] {
  const lines = [
    `${identical ? 'bit-identical' : 'DIFFERENT'}  ${file}  (${expected.size} bytes, sha256 ${expected.sha256})`,
  ];
  if (!identical && actual) lines.push(`           now ${actual.size} bytes, sha256 ${actual.sha256}`);
  lines.push(...notes.map((note) => `           ${note}`));
  if (!identical && rest.with === 'file') {
    lines.push('           what it is compared with comes first, what was rebuilt second (→)');
    lines.push(...differences.slice(0, DIFFERENCES_SHOWN).flatMap(renderDifference));
    const more = differences.length - DIFFERENCES_SHOWN;
    if (more > 0) lines.push(`           and ${counted(more, 'more place')}`);
  }
  return lines;
}

function renderDifference({ place, symbol, offset, details }: Difference, index: number): string[] {
  const at = offset === undefined ? '' : ` at byte 0x${offset.toString(16)}`;
  const lead = index === 0 ? 'first      ' : '           ';
  const holder = symbol === undefined ? '' : `, in ${symbol}`;
  return [`${lead}${place}${at}${holder}`, ...details.map((detail) => `             ${detail}`)];
}

/** A terminal obeys some characters, and names of symbols and fields of modules are anybody's words. */
function harmless(line: string): string {
  return visible(line).replaceAll('\n', ' ');
}

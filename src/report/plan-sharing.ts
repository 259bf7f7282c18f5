// SPDX-License-Identifier: Apache-2.0
import type { Paint } from './terminal.ts';
import { counted, oneLine } from './text.ts';

/** Which releases of a distribution one build is going to serve. */
export type PlannedSharing = {
  id: string;
  /** Left out: the plan's own. */
  module?: string;
  /** How many builds that makes, at least and at most; the same number where it is known. */
  builds: { least: number; most: number };
  /** Kernel releases that surely take one file, newest first in each and altogether. */
  groups: string[][];
  /** The earlier build whose imports this was told by. */
  toldBy?: { kernel: string; imports: number };
  /** Releases that could not be looked at, and why. */
  unknown: { kernel: string; reason: string }[];
};

function summary(reason: string): string {
  return oneLine((reason.split('\n', 1)[0] ?? '').replace(/; tried:$/, ''));
}

/** For people; empty when nothing is shared. */
export function sharingText(plans: PlannedSharing[], paint: Paint): string {
  const lines = plans.flatMap(({ id, module, builds: { least, most }, groups, toldBy, unknown }) => {
    const number = least === most ? counted(most, 'build') : `${least} to ${counted(most, 'build')}`;
    const kernels = counted(groups.flat().length, 'release');
    return [
      paint('bold', `${id}: ${number}${module === undefined ? '' : ` of ${module}`} for ${kernels}`),
      ...groups.map(
        ([first = '', ...others]) => `  ${first}${others.length > 0 ? `, and on ${others.join(', ')}` : ''}`,
      ),
      toldBy
        ? `  by the ${counted(toldBy.imports, 'symbol')} that this source imported when it was built for ${toldBy.kernel}`
        : '  by all that the kernels export, as no earlier build says what this source imports: the run may need fewer',
      // The addresses that were tried are in the JSON.
      ...unknown.map(
        ({ kernel, reason }) => `  ${paint(['yellow', 'bold'], '! not known')}  ${kernel}: ${summary(reason)}`,
      ),
    ];
  });
  return lines.length === 0 ? '' : `\n${lines.join('\n')}\n`;
}

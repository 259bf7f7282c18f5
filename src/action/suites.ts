// SPDX-License-Identifier: Apache-2.0
import { benchOf } from '../commands/bench.ts';
import { suiteOf } from '../subject.ts';
import type { Inputs } from './inputs.ts';

/**
 * The suites that the inputs ask for: those that they name, or the one that goes with the module, and with `bench` the one that
 * measures it. Throws InputError when there is none.
 */
export async function suitesOf(
  { suites, module, bench }: Pick<Inputs, 'suites' | 'module' | 'bench'>,
  suitesRoot: string,
): Promise<string[]> {
  const chosen = suites ?? [await suiteOf({ directory: module }, suitesRoot)];
  return bench ? [...new Set([...chosen, await benchOf(module, suitesRoot)])] : chosen;
}

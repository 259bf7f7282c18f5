// SPDX-License-Identifier: Apache-2.0

import { LiveView } from '../report/live.ts';
import { describeTerminal } from '../report/terminal.ts';
import type { Edge } from './edge.ts';

/** The live view on standard error, for commands whose result is what they print. Closed when its scope ends. */
export function watchOnStderr(edge: Edge): LiveView {
  return new LiveView({ output: edge.stderr, terminal: describeTerminal(edge.stderr, edge.environment) });
}

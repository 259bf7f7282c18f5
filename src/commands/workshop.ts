// SPDX-License-Identifier: Apache-2.0
import { join, resolve } from 'node:path';
import type { RunListener } from '../report/events.ts';
import type { WorkshopOptions } from '../workshop.ts';
import type { Edge } from './edge.ts';

/** Options of the commands that may fetch. */
export type FetchFlags = { mirror?: string[]; frozen?: boolean; matrix?: string };

/** Proxies as the environment names them, in either case; lower case wins, as with curl. */
export function proxySettings(environment: Edge['environment']): WorkshopOptions['proxy'] {
  const read = (name: string) => environment[name] || environment[name.toUpperCase()];
  const entries = { http: read('http_proxy'), https: read('https_proxy'), except: read('no_proxy') };
  return Object.fromEntries(Object.entries(entries).filter(([, value]) => value));
}

/** What a workshop is opened with: places and settings from the process, wishes from the command line. */
export function workshopOptions(edge: Edge, flags: FetchFlags, emit: RunListener): WorkshopOptions {
  const { root, cache, environment, signal, workingDirectory } = edge;
  return {
    root,
    matrix: flags.matrix === undefined ? join(root, 'matrix') : resolve(workingDirectory, flags.matrix),
    cache,
    mirrors: [...(flags.mirror ?? []), ...(environment.OVNFAST_MIRROR?.split(/[\s,]+/).filter(Boolean) ?? [])],
    proxy: proxySettings(environment),
    frozen: flags.frozen ?? false,
    emit,
    signal,
  };
}

// SPDX-License-Identifier: Apache-2.0
import { parseDocument } from 'yaml';
import type { RpmEntry } from './table.ts';

/** One build of one stream of a module. */
export type ModuleStream = {
  name: string;
  stream: string;
  /** Streams that it can run with, by module: one of these sets has to fit. */
  requires: Record<string, string[]>[];
  /** Its packages: `name-epoch:version-release.architecture`. */
  artifacts: string[];
};

/** What a repository says of modules: https://github.com/fedora-modularity/libmodulemd/tree/main/yaml_specs */
export type Modules = { streams: ModuleStream[]; defaults: Record<string, string> };

/** What of `data` is read; the rest, above all lists of sources, is most of it. */
const wanted = new Set(['name', 'stream', 'module', 'dependencies', 'artifacts']);

/** Reads modules.yaml. Throws Error for what is no YAML; documents of other kinds are left out. */
export function readModules(text: string): Modules {
  const modules: Modules = { streams: [], defaults: {} };
  for (const part of text.split(/^---[^\S\n]*$/m)) {
    const [, kind] = /^document:\s*(\S+)/m.exec(part) ?? [];
    if (kind !== 'modulemd' && kind !== 'modulemd-defaults') continue;
    const { yaml, artifacts } = reduce(part);
    const { data } = parse(yaml) as { data?: Record<string, unknown> };
    if (!data) continue;
    const stream = String(data.stream ?? '');
    if (kind === 'modulemd-defaults') {
      if (data.stream !== undefined) modules.defaults[String(data.module)] = stream;
      continue;
    }
    const rpms = [...artifacts, ...texts((data.artifacts as { rpms?: unknown } | undefined)?.rpms)];
    modules.streams.push({
      name: String(data.name),
      stream,
      requires: requirements(data.dependencies),
      artifacts: rpms,
    });
  }
  return modules;
}

function parse(yaml: string): unknown {
  // `5.30` is the name of a stream and no number.
  const document = parseDocument(yaml, { schema: 'failsafe', prettyErrors: false, uniqueKeys: false });
  const [fault] = document.errors;
  if (fault) throw new Error(`is no YAML: ${fault.message}`);
  return document.toJS({ maxAliasCount: 100 }) ?? {};
}

/**
 * Leaves out of a document what is not wanted, and takes its packages out, going by the indentation that libmodulemd
 * writes: the YAML library would take ten seconds for the modules of CentOS 8.
 */
function reduce(document: string): { yaml: string; artifacts: string[] } {
  const kept: string[] = [];
  const artifacts: string[] = [];
  let key = '';
  for (const line of document.split('\n')) {
    if (line === '...') break;
    const [, found] = /^ {2}([A-Za-z_]\S*?):/.exec(line) ?? [];
    if (found !== undefined) key = found;
    else if (/^\S/.test(line)) key = '';
    const [, artifact] = /^ {4,6}- ['"]?([^\s'"]+)['"]?$/.exec(key === 'artifacts' ? line : '') ?? [];
    if (artifact !== undefined) artifacts.push(artifact);
    else if (key === '' || wanted.has(key)) kept.push(line);
  }
  return { yaml: kept.join('\n'), artifacts };
}

/** `requires` of version 2: a list of alternatives; of version 1: one stream for each module. */
function requirements(dependencies: unknown): ModuleStream['requires'] {
  const blocks = Array.isArray(dependencies) ? dependencies : [dependencies];
  return blocks.map((block: { requires?: Record<string, unknown> } | undefined) =>
    Object.fromEntries(
      Object.entries(block?.requires ?? {}).map(([module, streams]) => [
        module,
        Array.isArray(streams) ? texts(streams) : [String(streams)],
      ]),
    ),
  );
}

function texts(value: unknown): string[] {
  return Array.isArray(value) ? value.map(String) : [];
}

/**
 * Which packages modules hide, as for dnf: those of streams that are not the default ones, and those that are of no module
 * but have the name of one that is of a default stream.
 */
export class ModuleFilter {
  private readonly active = new Set<string>();
  private readonly inactive = new Set<string>();
  private readonly names = new Set<string>();

  constructor(all: Modules[]) {
    const defaults: Record<string, string> = Object.assign({}, ...all.map((modules) => modules.defaults));
    for (const { name, stream, requires, artifacts } of all.flatMap(({ streams }) => streams)) {
      const isActive =
        defaults[name] === stream && (requires.length === 0 || requires.some((needs) => fits(needs, defaults)));
      for (const artifact of artifacts) {
        (isActive ? this.active : this.inactive).add(artifact);
        if (isActive) this.names.add(artifact.replace(/-[^-]+-[^-]+$/, ''));
      }
    }
  }

  hides({ name, evr, architecture }: RpmEntry): boolean {
    const artifact = `${name}-${evr.includes(':') ? evr : `0:${evr}`}.${architecture}`;
    return !this.active.has(artifact) && (this.inactive.has(artifact) || this.names.has(name));
  }
}

/** Whether all that a stream needs are default streams; which release of the distribution it is for goes without saying. */
function fits(needs: Record<string, string[]>, defaults: Record<string, string>): boolean {
  return Object.entries(needs).every(([module, streams]) => {
    if (module === 'platform') return true;
    const chosen = defaults[module];
    return chosen !== undefined && (streams.length === 0 || streams.includes(chosen));
  });
}

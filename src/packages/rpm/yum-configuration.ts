// SPDX-License-Identifier: Apache-2.0
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { ProxySettings } from '../transport.ts';

/** What the host's yum or dnf is told: addresses of repositories, with variables in them, and a proxy. */
export type YumConfiguration = { repositories: string[]; proxy: ProxySettings };

type Section = { name: string; values: Map<string, string> };

/**
 * Reads `yum.repos.d/*.repo`, `yum.conf` or `dnf/dnf.conf`, and the variables in `yum/vars` and `dnf/vars` below `directory`
 * (usually /etc). Whatever is missing or unreadable counts as empty. `$releasever` and `$basearch` stay in the
 * addresses, as what is built for is not the host. Formats: yum.conf(5), dnf.conf(5).
 */
export async function readYumConfiguration(directory: string): Promise<YumConfiguration> {
  const main = await readText(join(directory, 'dnf', 'dnf.conf'), join(directory, 'yum.conf'));
  const variables = new Map([
    ...(await readVariables(join(directory, 'yum', 'vars'))),
    ...(await readVariables(join(directory, 'dnf', 'vars'))),
  ]);
  const names = await readdir(join(directory, 'yum.repos.d')).catch(() => []);
  const sections = parseIni(main);
  for (const name of names.filter((name) => name.endsWith('.repo')).sort()) {
    sections.push(...parseIni(await readText(join(directory, 'yum.repos.d', name))));
  }
  return {
    repositories: sections.filter(({ name }) => name !== 'main').flatMap((section) => addresses(section, variables)),
    proxy: proxyOf(sections.find(({ name }) => name === 'main')?.values),
  };
}

/** The content of the first of some files that is there. */
async function readText(...paths: string[]): Promise<string> {
  for (const path of paths) {
    const text = await readFile(path, 'utf8').catch(() => undefined);
    if (text !== undefined) return text;
  }
  return '';
}

async function readVariables(directory: string): Promise<[string, string][]> {
  const names = await readdir(directory).catch(() => []);
  return Promise.all(
    names.map(async (name): Promise<[string, string]> => [name, (await readText(join(directory, name))).trim()]),
  );
}

/** `[section]`, `key = value` with continuation lines, `#` and `;` comments. */
function parseIni(text: string): Section[] {
  const sections: Section[] = [];
  let key = '';
  for (const line of text.split(/\r?\n/)) {
    if (/^\s*(?:[#;]|$)/.test(line)) continue;
    const [, name] = /^\[([^\]]+)\]/.exec(line) ?? [];
    const values = sections.at(-1)?.values;
    if (name !== undefined) {
      sections.push({ name, values: new Map() });
      key = '';
    } else if (/^\s/.test(line)) {
      if (key !== '') values?.set(key, `${values.get(key)} ${line.trim()}`);
    } else {
      const [, found = '', value = ''] = /^([^=\s]+)\s*=\s*(.*)$/.exec(line) ?? [];
      key = found.toLowerCase();
      if (key !== '') values?.set(key, value.trim());
    }
  }
  return sections;
}

/** Only http and https are for us; a mirrorlist would name servers that nobody chose. */
function addresses({ values }: Section, variables: Map<string, string>): string[] {
  if (/^(?:0|no|false|off)$/i.test(values.get('enabled') ?? '1')) return [];
  return (values.get('baseurl') ?? '')
    .split(/[\s,]+/)
    .map((url) => url.replace(/\$\{?(\w+)\}?/g, (all, name: string) => variables.get(name) ?? all))
    .filter((url) => /^https?:\/\/[^/$]/.test(url))
    .map((url) => url.replace(/\/+$/, ''));
}

function proxyOf(main: Map<string, string> | undefined): ProxySettings {
  const proxy = main?.get('proxy') ?? '';
  if (!/^https?:\/\//.test(proxy) || !URL.canParse(proxy)) return {};
  const url = new URL(proxy);
  url.username ||= main?.get('proxy_username') ?? '';
  url.password ||= main?.get('proxy_password') ?? '';
  const address = url.href.replace(/\/$/, '');
  return { http: address, https: address };
}

/**
 * The base address of an archive, when a repository of the host's configuration is one of the archive's `repositories`: its
 * address without the path of that. A variable stands for anything, but not in what is left.
 */
export function baseOf(address: string, repositories: string[]): string | undefined {
  const own = address.split('/');
  for (const repository of repositories) {
    const path = repository.split('/');
    const end = own.slice(-path.length);
    const base = own.slice(0, -path.length).join('/');
    const fits = path.every((part, index) => isAlike(end[index] ?? '', part));
    if (fits && !base.includes('$') && /^https?:\/\/./.test(base) && URL.canParse(base)) return base;
  }
  return undefined;
}

/** Whether a part of a path with variables can be another one. */
function isAlike(pattern: string, part: string): boolean {
  const [first = '', ...others] = pattern.split(/\$\{?\w+\}?/);
  if (others.length === 0) return pattern === part;
  const last = others.at(-1) ?? '';
  return part.length > first.length + last.length && part.startsWith(first) && part.endsWith(last);
}

// SPDX-License-Identifier: Apache-2.0
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { ProxySettings } from '../transport.ts';

/** What the host's apt is told: base addresses in the order of its files, and a proxy. */
export type AptConfiguration = { sources: AptSource[]; proxy: ProxySettings };

export type AptSource = { url: string; suites: string[] };

/**
 * Reads `sources.list`, `sources.list.d/` and `apt.conf`, `apt.conf.d/` below `directory` (usually /etc/apt).
 * Whatever is missing or unreadable counts as empty: the host's apt is a help, not a need. Formats: sources.list(5), apt.conf(5).
 */
export async function readAptConfiguration(directory: string): Promise<AptConfiguration> {
  const sources: AptSource[] = parseOneLine(await readText(join(directory, 'sources.list')));
  for (const path of await listParts(join(directory, 'sources.list.d'))) {
    if (path.endsWith('.list')) sources.push(...parseOneLine(await readText(path)));
    else if (path.endsWith('.sources')) sources.push(...parseDeb822(await readText(path)));
  }
  let configuration = '';
  for (const path of [...(await listParts(join(directory, 'apt.conf.d'))), join(directory, 'apt.conf')]) {
    configuration += `${await readText(path)}\n`;
  }
  return { sources, proxy: parseProxy(configuration) };
}

async function readText(path: string): Promise<string> {
  return readFile(path, 'utf8').catch(() => '');
}

async function listParts(directory: string): Promise<string[]> {
  const names = await readdir(directory).catch(() => []);
  return names.sort().map((name) => join(directory, name));
}

/** `deb [options] URI suite component...`, with `#` comments; `deb-src` lines are left out. */
export function parseOneLine(text: string): AptSource[] {
  const sources: AptSource[] = [];
  for (const line of text.split('\n')) {
    const match = /^\s*deb\s+(?:\[[^\]]*\]\s*)?(\S+)\s+([^\s#]+)/.exec(line);
    if (match?.[1] && match[2]) sources.push(...asSources([match[1]], [match[2]]));
  }
  return sources;
}

/** Stanzas of `Field: value` with continuation lines; `#` comments, also between the lines of one stanza. */
export function parseDeb822(text: string): AptSource[] {
  const lines = text.split('\n').filter((line) => !line.startsWith('#'));
  return lines
    .join('\n')
    .split(/\n[ \t\r]*\n/)
    .flatMap((stanza) => {
      const fields = new Map<string, string>();
      for (const match of stanza.matchAll(/^([^\s:]+):((?:.*)(?:\n[ \t]+.*)*)/gm)) {
        fields.set(match[1]?.toLowerCase() ?? '', match[2]?.trim() ?? '');
      }
      const words = (field: string) => (fields.get(field) ?? '').split(/\s+/).filter(Boolean);
      const disabled = /^(no|false|without|off|disable|0)$/i.test(fields.get('enabled') ?? 'yes');
      if (disabled || !words('types').includes('deb')) return [];
      return asSources(words('uris'), words('suites'));
    });
}

/** Other methods (file, cdrom, mirror+file, tor) are not for us. */
function asSources(uris: string[], suites: string[]): AptSource[] {
  return uris
    .filter((uri) => /^https?:\/\/./.test(uri) && URL.canParse(uri))
    .map((uri) => ({ url: uri.replace(/\/+$/, ''), suites }));
}

/** `Acquire::http::Proxy "..."` and its nested spelling; `DIRECT` for a host is an exception. */
function parseProxy(text: string): ProxySettings {
  const proxy: ProxySettings = {};
  const except: string[] = [];
  for (const [key, value] of parseSettings(text)) {
    const [, method, host] = /^acquire::(https?)::proxy(?:::(.+))?$/.exec(key.toLowerCase()) ?? [];
    if (method === undefined) continue;
    if (host !== undefined) {
      if (value === 'DIRECT') except.push(host);
    } else if (value === 'DIRECT' || value === 'false') {
      delete proxy[method as 'http' | 'https'];
    } else if (URL.canParse(value)) {
      proxy[method as 'http' | 'https'] = value;
    }
  }
  // apt asks the http proxy for https too unless told otherwise.
  if (proxy.http !== undefined) proxy.https ??= proxy.http;
  return except.length > 0 ? { ...proxy, except: except.join(',') } : proxy;
}

/** The settings of apt.conf syntax in order: `A::B "value";` and `A { B "value"; };`. */
function parseSettings(text: string): [string, string][] {
  const settings: [string, string][] = [];
  const scopes: string[] = [];
  let words: string[] = [];
  for (const [token] of text.matchAll(/\/\*[\s\S]*?\*\/|\/\/.*|#.*|"[^"\n]*"|[{};]|[^\s{};"]+/g)) {
    if (/^(\/\*|\/\/|#)/.test(token)) continue;
    if (token === '{') {
      scopes.push(words.join(''));
      words = [];
    } else if (token === '}') {
      scopes.pop();
      words = [];
    } else if (token === ';') {
      const [key, value] = words;
      if (key !== undefined && value !== undefined) settings.push([[...scopes, key].join('::'), value]);
      words = [];
    } else {
      words.push(token.replace(/^"|"$/g, ''));
    }
  }
  return settings;
}

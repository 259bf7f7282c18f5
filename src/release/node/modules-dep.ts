// SPDX-License-Identifier: Apache-2.0
import type { TreeFile } from './archive.ts';

/** A module in a directory of modules: its name, and of which others of that directory it needs to be loaded. */
export type InstalledModule = { name: string; depends: string[] };

type Node = { children: Map<number, Node>; values: { priority: number; text: string }[] };

// libkmod-index: what `depmod` writes and `modprobe` reads.
const MAGIC = 0xb007f457;
const VERSION = 0x00020001;
const HAS_PREFIX = 0x80000000;
const HAS_VALUES = 0x40000000;
const HAS_CHILDREN = 0x20000000;

/**
 * What `depmod` would write for a directory that has `NAME.ko` of each module and nothing else: `modules.dep`, and the same as
 * the index that modprobe reads. Modules that are not in the directory are left out of the dependencies.
 */
export function moduleTables(directory: string, modules: InstalledModule[]): TreeFile[] {
  const known = new Map(modules.map((module) => [module.name, module]));
  const lines = [...known.values()]
    .sort((a, b) => (a.name < b.name ? -1 : 1))
    .map(({ name }) => ({ name, line: [`${name}.ko:`, ...needs(name, known).map((one) => `${one}.ko`)].join(' ') }));
  const root = newNode();
  for (const [priority, { name, line }] of lines.entries()) insert(root, name, { priority, text: line });
  return [
    { path: `${directory}/modules.dep`, content: Buffer.from(lines.map(({ line }) => `${line}\n`).join('')) },
    { path: `${directory}/modules.dep.bin`, content: encode(root) },
  ];
}

/** All that has to be loaded before, in the order of modules.dep: what is loaded first is last. */
function needs(name: string, known: Map<string, InstalledModule>): string[] {
  const seen = new Set([name]);
  const found: string[] = [];
  const visit = (one: string) => {
    for (const needed of known.get(one)?.depends ?? []) {
      if (!known.has(needed) || seen.has(needed)) continue;
      seen.add(needed);
      visit(needed);
      found.unshift(needed);
    }
  };
  visit(name);
  return found;
}

const newNode = (): Node => ({ children: new Map(), values: [] });

function insert(root: Node, key: string, value: Node['values'][number]): void {
  let node = root;
  for (const byte of Buffer.from(key)) {
    const next = node.children.get(byte) ?? newNode();
    node.children.set(byte, next);
    node = next;
  }
  node.values.push(value);
}

/**
 * The trie as a file: magic number, version, place of the root. A node has, in this order, as its place says by its upper bits:
 * the bytes that it shares with nobody (up to a zero), the range of its children's bytes and a place for each byte of it, and
 * its values. Children come before their parents. All numbers have 32 bits, the highest first.
 */
function encode(root: Node): Buffer {
  const head = Buffer.alloc(12);
  head.writeUInt32BE(MAGIC, 0);
  head.writeUInt32BE(VERSION, 4);
  const parts: Buffer[] = [head];
  let size = head.length;
  const write = (part: Buffer) => {
    parts.push(part);
    size += part.length;
  };
  const writeNode = (top: Node): number => {
    // The root has never a prefix.
    const { prefix, node } = top === root ? { prefix: [], node: root } : withoutSingles(top);
    const bytes = [...node.children.keys()].sort((a, b) => a - b);
    const [first = 0, last = 0] = [bytes[0], bytes.at(-1)];
    const places: number[] = [];
    for (let byte = first; bytes.length > 0 && byte <= last; byte++) {
      const child = node.children.get(byte);
      places.push(child ? writeNode(child) : 0);
    }
    let place = size;
    if (prefix.length > 0) {
      write(Buffer.from([...prefix, 0]));
      place += HAS_PREFIX;
    }
    if (places.length > 0) {
      write(Buffer.from([first, last]));
      for (const one of places) write(number(one));
      place += HAS_CHILDREN;
    }
    if (node.values.length > 0) {
      write(number(node.values.length));
      for (const { priority, text } of node.values) write(Buffer.concat([number(priority), Buffer.from(`${text}\0`)]));
      place += HAS_VALUES;
    }
    return place;
  };
  head.writeUInt32BE(writeNode(root), 8);
  return Buffer.concat(parts);
}

/** A node that has nothing but one child is only a byte of what leads to that. */
function withoutSingles(top: Node): { prefix: number[]; node: Node } {
  const prefix: number[] = [];
  let node = top;
  for (;;) {
    const [only] = node.children;
    if (node.values.length > 0 || node.children.size !== 1 || !only) return { prefix, node };
    prefix.push(only[0]);
    node = only[1];
  }
}

function number(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(value);
  return bytes;
}

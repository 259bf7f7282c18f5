// SPDX-License-Identifier: Apache-2.0
import { open } from 'node:fs/promises';
import { InputError } from '../errors.ts';
import { CorruptData, decompress, type Programs, readRange } from '../host/decompress.ts';
import { readAt } from '../host/files.ts';
import type { Family } from '../matrix/types.ts';
import { PACKAGE_NAME } from '../packages/pin.ts';
import { evrOf, readRpm, SENSE } from '../packages/rpm/header.ts';
import type { Store } from '../packages/store.ts';
import { isDeb, readDebLayout } from '../sysroot/deb.ts';
import { isRpm } from '../sysroot/rpm.ts';
import { readTarFile } from '../sysroot/tar.ts';
import { MAGIC_BYTES } from '../sysroot/unpack.ts';

/** A package that a user brings, in the store. */
export type PackageFile = {
  family: Family;
  /** As the user named it. */
  named: string;
  /** In the store. */
  path: string;
  sha256: string;
  size: number;
  name: string;
  /** `[E:]V-R` as the family writes it. */
  version: string;
  architecture: string;
  /** Names, with their versions where they have one. */
  provides: Relation[];
  requires: Relation[];
  /** Of the Debian family: its control fields, by name. */
  control: Map<string, string>;
};

/** `sense` and `version` of the RPM family; there they are absent when any version will do. */
export type Relation = { name: string; sense?: string; version?: string };

/** Kernels with their debug information are the largest packages there are, below one GiB. */
const MAXIMUM_BYTES = 4 * 2 ** 30;
const MAXIMUM_CONTROL_BYTES = 2 ** 20;
const SENSES = new Map([
  [SENSE.less, 'LT'],
  [SENSE.less | SENSE.equal, 'LE'],
  [SENSE.equal, 'EQ'],
  [SENSE.greater | SENSE.equal, 'GE'],
  [SENSE.greater, 'GT'],
]);

/**
 * Takes a package into the store and reads what it says of itself. It is read there, as the user's file may change.
 * Throws InputError for a file that is no package, is damaged, cut short or too large, EnvironmentError as `Store.take`.
 */
export async function readPackageFile(
  named: string,
  { store, programs, signal }: { store: Store; programs: () => Promise<Programs>; signal: AbortSignal },
): Promise<PackageFile> {
  const family = await familyOf(named);
  const taken = { ...(await store.take(named, signal)), named, family };
  try {
    const read = family === 'rpm' ? await readRpmPackage(taken.path) : await readDebPackage(taken.path, programs);
    if (PACKAGE_NAME.test(read.name) && read.version !== '') return { ...taken, ...read };
    throw new InputError('the package has no name and version', { where: named });
  } catch (error) {
    if (error instanceof CorruptData)
      throw new InputError(`not a sound package: ${error.message}`, { where: named, cause: error });
    // The name in the store says nothing to anybody.
    if (error instanceof InputError)
      throw new InputError(error.message.replace(`${taken.path}: `, ''), { where: named, cause: error });
    throw error;
  }
}

async function familyOf(named: string): Promise<Family> {
  const file = await open(named).catch((cause: NodeJS.ErrnoException) => {
    throw new InputError(`the package cannot be read (${cause.code})`, { where: named, cause });
  });
  try {
    const status = await file.stat();
    if (!status.isFile()) throw new InputError('a package is a file', { where: named });
    if (status.size > MAXIMUM_BYTES) throw new InputError('larger than 4 GiB, which no package is', { where: named });
    const head = await readAt(file, 0, MAGIC_BYTES);
    if (isRpm(head)) return 'rpm';
    if (isDeb(head)) return 'debian';
    throw new InputError('not a package: neither .deb nor .rpm', {
      where: named,
      remedy: 'Name the files themselves, as a distribution serves them.',
    });
  } finally {
    await file.close();
  }
}

type Read = Pick<PackageFile, 'name' | 'version' | 'architecture' | 'provides' | 'requires' | 'control'>;

async function readRpmPackage(path: string): Promise<Read> {
  const rpm = await readRpm(path);
  const { name, architecture, provides, requires } = rpm;
  const relations = (list: typeof provides): Relation[] =>
    list.map(({ name, flags, version }) => {
      const sense = SENSES.get(flags & (SENSE.less | SENSE.equal | SENSE.greater));
      return sense === undefined || version === '' ? { name } : { name, sense, version };
    });
  return {
    ...{ name, version: evrOf(rpm), architecture },
    ...{ provides: relations(provides), requires: relations(requires), control: new Map() },
  };
}

/** See deb-control(5). The data is not looked at yet, only whether it is there whole. */
async function readDebPackage(path: string, programs: () => Promise<Programs>): Promise<Read> {
  const file = await open(path);
  try {
    await readDebLayout(file);
    const { offset, length, compression } = await readDebLayout(file, 'control.tar');
    // Small enough for what Node.js can do by itself, if it can.
    const needed = compression === 'zstd' ? await programs() : {};
    const content = decompress(readRange(file, offset, length), compression, needed);
    const text = await readTarFile(content, 'control', MAXIMUM_CONTROL_BYTES);
    const control = parseControl(text.toString('utf8'));
    const field = (name: string) => control.get(name) ?? '';
    return {
      ...{ name: field('Package'), version: field('Version'), architecture: field('Architecture') },
      ...{ provides: [], requires: [], control },
    };
  } finally {
    await file.close();
  }
}

/**
 * Fields of a control file by name. It is one paragraph; lines that go on begin with a blank and are joined, as no field that
 * is read has lines of its own. Throws CorruptData for what is none.
 */
export function parseControl(text: string): Map<string, string> {
  const fields = new Map<string, string>();
  let name = '';
  for (const line of text.split(/\r?\n/)) {
    const [, next, value = ''] = /^([^\s:]+):\s*(.*)$/.exec(line) ?? [];
    if (next !== undefined) {
      name = next;
      if (fields.has(name)) throw new CorruptData(`its control file has ${name} twice`);
      fields.set(name, value.trim());
    } else if (/^\s/.test(line) && name !== '') fields.set(name, `${fields.get(name)} ${line.trim()}`);
    else if (line !== '') throw new CorruptData('its control file is none');
  }
  return fields;
}

// SPDX-License-Identifier: Apache-2.0
import { stat } from 'node:fs/promises';
import { basename, resolve } from 'node:path';
import { isObject, readObject } from './bpf/object.ts';
import { findSource, type SubjectKind } from './bpf/source.ts';
import { suiteFor } from './conformance/suite.ts';
import { InputError } from './errors.ts';
import { digestFile, digestTree, digestValue } from './host/digest.ts';
import { isBuildProduct } from './kbuild/source.ts';

/** What is tested: a directory to build, or files that somebody has built. */
export type Subject = { directory: string } | { files: string[] };

/**
 * What a subject is. Among files one eBPF object makes it `programs`; the others are then objects too, or executable files
 * that go with them. Throws InputError for a directory that holds no sources, for damaged objects, and for files that do not
 * go together.
 */
export async function kindOf(subject: Subject): Promise<SubjectKind> {
  if ('directory' in subject) return (await findSource(subject.directory)).kind;
  const objects = await Promise.all(subject.files.map(isObject));
  if (!objects.includes(true)) return 'module';
  for (const [index, file] of subject.files.entries()) {
    if (objects[index]) {
      await readObject(file);
      continue;
    }
    if (/\.ko(\.\w+)?$/.test(file)) {
      throw new InputError('a kernel module and eBPF objects do not go together', {
        where: file,
        remedy: 'Verify them one after the other.',
      });
    }
    const status = await stat(file).catch(() => undefined);
    if (!status?.isFile() || (status.mode & 0o100) === 0) {
      throw new InputError('neither an eBPF object nor executable', {
        where: file,
        remedy: 'Beside objects only what loads them is taken: make it executable with chmod +x, or leave it out.',
      });
    }
  }
  return 'programs';
}

/** One SHA-256 for all that a subject is made of. Throws as `kindOf`. */
export async function digestSubject(subject: Subject): Promise<string> {
  if (!('files' in subject)) return await digestTree((await findSource(subject.directory)).root, isBuildProduct);
  // A loader finds its objects by their names.
  return digestValue(await Promise.all(subject.files.map(async (file) => [basename(file), await digestFile(file)])));
}

/**
 * The suite that goes with the subject, by its name, so that `kube_ovn_fastpath.ko` and `kmod/fastpath` are both held to
 * `fastpath`; else what every module, or every set of eBPF programs, must do. Throws as `kindOf` and `suiteFor`.
 */
export async function suiteOf(subject: Subject, suitesRoot: string): Promise<string> {
  const kind = await kindOf(subject);
  const places = 'directory' in subject ? [subject.directory] : subject.files;
  for (const place of kind === 'module' ? places.slice(0, 1) : places) {
    const name = basename(resolve(place)).replace(/\.ko.*$|\.bpf\.o$/, '');
    const own = await suiteFor(name, suitesRoot);
    if (own !== undefined) return own;
  }
  return kind === 'module' ? 'load' : 'load-programs';
}

// SPDX-License-Identifier: Apache-2.0
import { InputError } from '../errors.ts';
import { explainContent } from './difference-content.ts';
import { ElfFile, type Section } from './elf.ts';
import { splitSignature } from './signature.ts';

/** One place in which two module files differ. */
export type Difference = {
  /** `section .text`, `ELF header`, `signature`. */
  place: string;
  /** The symbol that the first differing byte belongs to: `hook_in+0x1c`. */
  symbol?: string;
  /** The first differing byte, counted from where the place begins. */
  offset?: number;
  /** What differs, one sentence each, the first file's side before the arrow. */
  details: string[];
};

/** A module has some dozens of sections, and explaining one can take a while. */
const MAXIMUM_DIFFERENCES = 256;

/**
 * In which order differences are told: code and data first, then what names them, last what follows from all the rest
 * (the build id is a digest of the file), so that the first one told is the cause more often than the consequence.
 */
const RANKS: [RegExp, number][] = [
  [/^\.(rela|rel)\./, 2],
  [/^\.(symtab|strtab|shstrtab)$/, 3],
  [/^\.note\.gnu\.build-id$/, 4],
  [/^(\.modinfo|__version.*|\.BTF.*|\.note.*|\.comment)$/, 1],
];

/**
 * Where two kernel modules differ, ELF section by section, as diffoscope does it; none when they are the same to the bit.
 * Reads them without trusting a byte; a file that is no ELF file is compared as bytes.
 */
export function compareModules(first: Buffer, second: Buffer): Difference[] {
  if (first.equals(second)) return [];
  const [left, right] = [splitSignature(first), splitSignature(second)];
  const differences = left.elf.equals(right.elf) ? [] : compareElf(left.elf, right.elf);
  const tails = [first.subarray(left.elf.length), second.subarray(right.elf.length)] as const;
  if (!tails[0].equals(tails[1])) differences.push(compareSignatures(left.signature, right.signature));
  return differences;
}

function compareSignatures(...signatures: ReturnType<typeof splitSignature>['signature'][]): Difference {
  const [left, right] = signatures.map((one) =>
    one ? [one.format, one.signer, one.hash, one.key].filter(Boolean).join(', ') : 'none',
  );
  const details = left === right ? [`both are ${left}, with other bytes`] : [`${left} → ${right}`];
  return { place: 'signature', details };
}

function compareElf(first: Buffer, second: Buffer): Difference[] {
  try {
    const differences = compareSections(new ElfFile(first, 'the first file'), new ElfFile(second, 'the second file'));
    if (differences.length > 0) return differences;
  } catch (error) {
    // Damaged, or no ELF file at all.
    if (!(error instanceof InputError)) throw error;
    return [{ place: 'file', offset: firstDifference(first, second), details: [error.message] }];
  }
  // All that sections hold is the same: what is left are headers, and the gaps between sections.
  const offset = firstDifference(first, second);
  const place = offset < 64 ? 'ELF header' : 'section headers or padding';
  return [{ place, offset, details: [describeBytes(first, second, offset)] }];
}

function compareSections(left: ElfFile, right: ElfFile): Difference[] {
  const found: { rank: number; difference: Difference }[] = [];
  const add = (name: string, difference: Omit<Difference, 'place'>) => {
    const rank = RANKS.find(([pattern]) => pattern.test(name))?.[1] ?? 0;
    found.push({ rank, difference: { place: `section ${name}`, ...difference } });
  };
  const theirs = numbered(right.sections);
  for (const [key, section] of numbered(left.sections)) {
    const other = theirs.get(key);
    theirs.delete(key);
    if (found.length >= MAXIMUM_DIFFERENCES) break;
    if (!other) add(section.name, { details: ['only the first file has it'] });
    else {
      const difference = compareSection(left, right, section, other);
      if (difference) add(section.name, difference);
    }
  }
  for (const { name } of [...theirs.values()].slice(0, MAXIMUM_DIFFERENCES))
    add(name, { details: ['only the second file has it'] });
  return found.sort((a, b) => a.rank - b.rank).map(({ difference }) => difference);
}

/** Sections by name and, as a name may come more than once, by how many of that name came before. */
function numbered(sections: Section[]): Map<string, Section> {
  const counts = new Map<string, number>();
  return new Map(
    sections.map((section) => {
      const count = counts.get(section.name) ?? 0;
      counts.set(section.name, count + 1);
      return [`${section.name}\0${count}`, section];
    }),
  );
}

function compareSection(
  left: ElfFile,
  right: ElfFile,
  section: Section,
  other: Section,
): Omit<Difference, 'place'> | undefined {
  const [ours, theirs] = [left.content(section), right.content(other)];
  const resized = section.size === other.size ? [] : [`${section.size} → ${other.size} bytes`];
  if (section.type !== other.type) return { details: [`type ${section.type} → ${other.type}`, ...resized] };
  if (ours.equals(theirs)) return resized.length > 0 ? { details: resized } : undefined;
  const offset = firstDifference(ours, theirs);
  const explained = explainContent(
    { elf: left, section, content: ours },
    { elf: right, section: other, content: theirs },
  );
  if (explained) return { ...explained, offset, details: [...explained.details, ...resized] };
  const symbol = left.symbolAt(left.sections.indexOf(section), offset);
  return { ...(symbol ? { symbol } : {}), offset, details: [describeBytes(ours, theirs, offset), ...resized] };
}

function firstDifference(first: Buffer, second: Buffer): number {
  const end = Math.min(first.length, second.length);
  for (let at = 0; at < end; at++) if (first[at] !== second[at]) return at;
  return end;
}

const BYTES_SHOWN = 8;

function describeBytes(first: Buffer, second: Buffer, offset: number): string {
  const show = (buffer: Buffer) => buffer.subarray(offset, offset + BYTES_SHOWN).toString('hex') || 'its end';
  return `${show(first)} → ${show(second)}`;
}

// SPDX-License-Identifier: Apache-2.0
import { type BuildPlaces, type Diagnostic, type Place, parseContext, parseLine, placeOf } from './diagnostic-line.ts';

export type { BuildPlaces, Diagnostic } from './diagnostic-line.ts';

/** A complaint, where the compiler says it came from (innermost first), and the notes that belong to it. */
type Complaint = { main: Diagnostic; context: Place[]; notes: Diagnostic[] };

const MAXIMUM_DIAGNOSTICS = 1000;
const MAXIMUM_COMPLAINTS = 10_000;
/** gcc itself includes no deeper. */
const MAXIMUM_CONTEXT = 200;
/** make's own word on a target that failed, said once more by each make above it. */
const FAILED_TARGET = /^make(?:\[\d+\])?: \*\*\* \[(?:.*: )?(.+)\] Error \d+$/;
/** What make and kbuild say of their progress. */
const PROGRESS = /^( {2}[A-Z]|make(\[\d+\])?: )|^\s*$/;
const EXPANSION = /^in expansion of macro /;

/**
 * What compiler, assembler, linker, modpost, objtool and make complained about, each once. Files come in the order of
 * their names, for the order of the log is by chance when files are compiled side by side; then what is about no file.
 * A complaint about a kernel header that code of the module gave rise to is placed in that code, with a note at the header.
 */
export function parseDiagnostics(log: string, places: BuildPlaces): Diagnostic[] {
  const seen = new Set<string>();
  const diagnostics: Diagnostic[] = [];
  for (const complaint of sortByFile(parseComplaints(log, places))) {
    const [main, ...notes] = placeInModule(complaint);
    const key = JSON.stringify(main);
    if (!main || seen.has(key)) continue;
    seen.add(key);
    diagnostics.push(main, ...notes);
    if (diagnostics.length >= MAXIMUM_DIAGNOSTICS) break;
  }
  return diagnostics.slice(0, MAXIMUM_DIAGNOSTICS);
}

/** The first error in one line, or the first warning when there is no error: what to say when there is room for one line. */
export function summarize(diagnostics: Diagnostic[]): string | undefined {
  const errors = diagnostics.filter(({ severity }) => severity === 'error');
  const first = errors[0] ?? diagnostics.find(({ severity }) => severity === 'warning');
  if (!first) return undefined;
  const place = [first.file, first.line, first.column].filter((part) => part !== undefined).join(':');
  return `${place}: ${first.message}${errors.length > 1 ? ` (and ${errors.length - 1} more)` : ''}`;
}

function parseComplaints(log: string, places: BuildPlaces): Complaint[] {
  const complaints: Complaint[] = [];
  /** By file: where it was included from, outwards. gcc leaves out the end of a chain that it has given before. */
  const includers = new Map<string, Place[]>();
  let context: Place[] = [];
  let contextIsOpen = false;
  let explained = false;
  let lastWords = '';
  for (const line of log.split('\n')) {
    const step = parseContext(line, places);
    if (step) {
      if (!contextIsOpen) context = [];
      if (context.length < MAXIMUM_CONTEXT) context.push(step);
      contextIsOpen = true;
      continue;
    }
    const diagnostic: Diagnostic | undefined =
      parseLine(line, places) ?? (explained ? undefined : parseFailedTarget(line, lastWords, places));
    if (!PROGRESS.test(line)) lastWords = line.trim();
    if (!diagnostic) continue;
    if (contextIsOpen) {
      context = [...context, ...(includers.get(context.at(-1)?.file ?? '') ?? [])];
      context.forEach(({ file }, index) => {
        includers.set(file, context.slice(index + 1));
      });
    }
    explained ||= diagnostic.severity === 'error';
    const last = complaints.at(-1);
    if (diagnostic.severity === 'note' && last) {
      last.notes.push(diagnostic);
    } else {
      // A context is said once for all complaints about the same file that follow it.
      if (!contextIsOpen && diagnostic.file !== last?.main.file) context = [];
      complaints.push({ main: diagnostic, context, notes: [] });
    }
    contextIsOpen = false;
    if (complaints.length >= MAXIMUM_COMPLAINTS) break;
  }
  return complaints;
}

/** The last words of a program that failed in a way of its own, when nothing better is known. */
function parseFailedTarget(line: string, lastWords: string, places: BuildPlaces): Diagnostic | undefined {
  const target = FAILED_TARGET.exec(line)?.[1];
  if (target === undefined) return undefined;
  return { ...placeOf({ file: target }, places), severity: 'error', message: lastWords || 'cannot be made' };
}

function sortByFile(complaints: Complaint[]): Complaint[] {
  const key = ({ main: { file } }: Complaint) => (/[./]/.test(file) ? `0${file}` : '1');
  return complaints.sort((a, b) => (key(a) < key(b) ? -1 : Number(key(a) > key(b))));
}

function placeInModule({ main, context, notes }: Complaint): Diagnostic[] {
  if (!isOutside(main)) return [main, ...notes];
  const expansion = notes.find((note) => EXPANSION.test(note.message) && !isOutside(note));
  const place = expansion ?? context.find((step) => !isOutside(step));
  if (!place) return [main, ...notes];
  const { file, line, column } = place;
  return [
    {
      file,
      ...(line === undefined ? {} : { line }),
      ...(column === undefined ? {} : { column }),
      severity: main.severity,
      message: main.message,
    },
    { ...main, severity: 'note', message: 'in this kernel header' },
    ...notes.filter((note) => note !== expansion),
  ];
}

function isOutside({ file }: Place): boolean {
  return file.startsWith('/');
}

// SPDX-License-Identifier: Apache-2.0
import { type BuildPlaces, type Diagnostic, type Place, parseContext, parseLine } from './diagnostic-line.ts';

export type { BuildPlaces, Diagnostic } from './diagnostic-line.ts';

/** A complaint, where the compiler says it came from (innermost first), and the notes that belong to it. */
type Complaint = { main: Diagnostic; context: Place[]; notes: Diagnostic[] };

const MAXIMUM_DIAGNOSTICS = 1000;
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
  let context: Place[] = [];
  let contextIsOpen = false;
  for (const line of log.split('\n')) {
    const step = parseContext(line, places);
    if (step) {
      context = contextIsOpen ? [...context, step] : [step];
      contextIsOpen = true;
      continue;
    }
    const diagnostic = parseLine(line, places);
    if (!diagnostic) continue;
    const last = complaints.at(-1);
    if (diagnostic.severity === 'note' && last) {
      last.notes.push(diagnostic);
    } else {
      // A context is said once for all complaints about the same file that follow it.
      if (!contextIsOpen && diagnostic.file !== last?.main.file) context = [];
      complaints.push({ main: diagnostic, context, notes: [] });
    }
    contextIsOpen = false;
  }
  return complaints;
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

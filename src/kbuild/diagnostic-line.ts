// SPDX-License-Identifier: Apache-2.0
import { posix } from 'node:path';

/** `file` is relative to the module directory when it is in there, else a path in the sysroot or the name of a tool. */
export type Diagnostic = {
  file: string;
  line?: number;
  column?: number;
  severity: 'error' | 'warning' | 'note';
  message: string;
};

export type Place = Pick<Diagnostic, 'file' | 'line' | 'column'>;

/** How the build saw its files; all paths as inside the sandbox. */
export type BuildPlaces = {
  /** The module directory. */
  module: string;
  /** What relative paths are relative to. */
  workingDirectory: string;
  /** A directory that stood in for another one. */
  moved?: { from: string; to: string };
};

type Groups = Record<string, string | undefined>;
type Form = { pattern: RegExp; read: (groups: Groups, places: BuildPlaces) => Diagnostic | undefined };

/** A longer line is no complaint of a tool; it is cut, so that it costs neither time nor memory. */
const MAXIMUM_LINE = 4096;
const CONTEXT =
  /^(?:In file included from |\s+from |\s+inlined from .* at )(?<file>[^:]+):(?<line>\d+)(?::(?<column>\d+))?[:,]?$/;

/** The forms that complaints have; the first that fits is taken. */
const FORMS: Form[] = [
  {
    // make, of a file: gcc would say "error:" here.
    pattern:
      /^(?<file>[^\s:]*(?:Kbuild|[Mm]akefile|\.mk)[^\s:]*):(?<line>\d+): (?<stop>\*\*\* )?(?<message>.*?)(?:\.\s+Stop\.)?$/,
    read: (groups, places) => located(groups, places, groups.stop ? 'error' : 'warning'),
  },
  {
    pattern: /^make(?:\[\d+\])?: \*\*\* (?<message>.*)$/,
    read: ({ message = '' }) => {
      // Each target above the failed one says so once more.
      if (/^\[.*\] Error \d+( \(ignored\))?$|^(Deleting|Waiting for) /.test(message)) return undefined;
      return { file: 'make', severity: 'error', message: message.replace(/\.(\s+Stop\.)?$/, '') };
    },
  },
  {
    // modpost; before 5.10 without its name.
    pattern: /^(?<severity>ERROR|FATAL|WARNING): (?:modpost: )?(?<message>.*)$/,
    read: ({ severity, message = '' }, places) => ({
      ...modpostPlace(message, places),
      severity: severity === 'WARNING' ? 'warning' : 'error',
      message,
    }),
  },
  {
    pattern: /^(?<file>[^\s:]+\.o): (?<severity>error|warning): (?<message>objtool: .*)$/,
    read: (groups, places) => located(groups, places, severityOf(groups)),
  },
  {
    // gcc, clang, as.
    pattern:
      /^(?<file>[^:]+):(?<line>\d+)(?::(?<column>\d+))?: (?<severity>fatal error|internal compiler error|error|warning|note|Error|Warning|Fatal error): (?<message>.*)$/,
    read: (groups, places) => located(groups, places, severityOf(groups)),
  },
  {
    // ld: object:source:line: message, or only a message; "in function" introduces a place that follows.
    pattern: /^(?:\S*\/)?(?:[\w-]+-)?ld(?:\.\w+)?: (?:\S+?\.o:)?(?:(?<file>[^\s:]+):(?<line>\d+): )?(?<message>.*)$/,
    read: (groups, places) => {
      const { message = '' } = groups;
      if (/in function .*:$/.test(message)) return undefined;
      const severity = /^warning: /.test(message) ? 'warning' : 'error';
      return { ...located(groups, places, severity), message: message.replace(/^(?:warning|error): /, '') };
    },
  },
  {
    // The shell lacks a program, which may be without consequence.
    pattern:
      /^(?:\/bin\/)?(?:ba|da)?sh: (?:(?:line )?\d+: )?(?<message>.+: (?:not found|command not found|Permission denied))$/,
    read: ({ message = '' }) => ({ file: 'sh', severity: 'warning', message }),
  },
  {
    // A tool, of no file.
    pattern: /^(?:\S*\/)?(?<file>[\w+.-]+): (?<severity>fatal error|error|warning): (?<message>.*)$/,
    read: (groups) => ({ file: groups.file ?? '', severity: severityOf(groups), message: groups.message ?? '' }),
  },
  {
    // The makefiles of the kernel.
    pattern: /^(?<severity>error|warning): (?<message>.*)$/,
    read: (groups) => ({ file: 'kbuild', severity: severityOf(groups), message: groups.message ?? '' }),
  },
];

/** The complaint on one line of a build log; undefined when the line is none. */
export function parseLine(text: string, places: BuildPlaces): Diagnostic | undefined {
  const line = text.slice(0, MAXIMUM_LINE).trimEnd();
  for (const { pattern, read } of FORMS) {
    const groups = pattern.exec(line)?.groups;
    if (!groups) continue;
    const diagnostic = read(groups, places);
    return diagnostic && { ...diagnostic, message: shorten(diagnostic.message, places) };
  }
  return undefined;
}

/** Where the next complaint comes from, when the line says that: an including file or a caller that it is inlined into. */
export function parseContext(text: string, places: BuildPlaces): Place | undefined {
  const groups = CONTEXT.exec(text.slice(0, MAXIMUM_LINE))?.groups;
  return groups && placeOf(groups, places);
}

function located(groups: Groups, places: BuildPlaces, severity: Diagnostic['severity']): Diagnostic {
  return { ...placeOf(groups, places), severity, message: groups.message ?? '' };
}

/** A place as the user knows it, from the words of a tool. */
export function placeOf({ file = 'ld', line, column }: Groups, places: BuildPlaces): Place {
  return {
    file: locate(file, places),
    ...(line === undefined ? {} : { line: Number(line) }),
    ...(column === undefined ? {} : { column: Number(column) }),
  };
}

function severityOf({ severity = '' }: Groups): Diagnostic['severity'] {
  const word = severity.toLowerCase();
  return word === 'warning' || word === 'note' ? word : 'error';
}

/** modpost names the file in many ways: `[m.ko] undefined!`, `m.o(.text+0x6): ...`, `... in m.o`, `module m uses ...`, `m: section mismatch`. */
function modpostPlace(message: string, places: BuildPlaces): Place {
  const file = /[\w./+-]+\.k?o\b/.exec(message)?.[0];
  if (file) return { file: file.includes('/') ? locate(file, places) : file };
  const name = /^module ([\w-]+) /.exec(message)?.[1] ?? /^(\S+): section mismatch/.exec(message)?.[1];
  return { file: name ? `${posix.basename(name)}.ko` : 'modpost' };
}

function shorten(message: string, { module }: BuildPlaces): string {
  return message.replaceAll(`'${module}/'`, "'./'").replaceAll(`${module}/`, '');
}

/** A path of the build as the user knows it. */
function locate(file: string, { module, workingDirectory, moved }: BuildPlaces): string {
  // Names such as <command-line> and those of tools are no paths.
  if (!/[./]/.test(file) || file.startsWith('<')) return file;
  const path = posix.resolve(workingDirectory, file);
  if (path.startsWith(`${module}/`)) return path.slice(module.length + 1);
  if (moved && path.startsWith(`${moved.from}/`)) return `${moved.to}${path.slice(moved.from.length)}`;
  return path;
}

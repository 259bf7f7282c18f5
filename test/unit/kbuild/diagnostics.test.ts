// SPDX-License-Identifier: Apache-2.0
import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { type Diagnostic, parseDiagnostics, summarize } from '../../../src/kbuild/diagnostics.ts';

const HEADERS: Record<string, string> = {
  '5.10': '/usr/src/linux-headers-5.10.0-46-amd64',
  '6.1': '/usr/src/linux-headers-6.1.0-56-amd64',
  '6.12': '/usr/src/linux-headers-6.12.117+deb13-amd64',
  '7.2': '/build/module',
};

/** Logs that real compilers, linkers and kernels' build systems wrote about broken modules. */
function fixture(name: string): string {
  return readFileSync(new URL(`../../fixtures/diagnostics/${name}.txt`, import.meta.url), 'utf8');
}

function parse(log: string, workingDirectory = '/build/module'): Diagnostic[] {
  return parseDiagnostics(log, { module: '/build/module', workingDirectory });
}

function parseBuild(name: string, kernel: string): Diagnostic[] {
  return parse(fixture(`${name}-${kernel}`), HEADERS[kernel]);
}

const place = ({ file, line, column }: Diagnostic) =>
  [file, line, column].filter((part) => part !== undefined).join(':');
const lines = (diagnostics: Diagnostic[], severity: string) =>
  diagnostics.filter((diagnostic) => diagnostic.severity === severity).map((one) => `${place(one)} ${one.message}`);

test.each([9, 10, 12, 14, 15, 16])(
  'gcc %i in a kernel build: every error of every file, by the name that the user knows',
  (version) => {
    const diagnostics = parse(fixture(`gcc-${version}`), version < 15 ? '/usr/src/linux-headers' : '/build/module');
    const errors = diagnostics.filter(({ severity }) => severity === 'error');
    expect(errors.every(({ file, line, column }) => !file.startsWith('/') && line && column)).toBe(true);
    expect(errors.map(({ file, line, message }) => `${file}:${line} ${message.replace(/ \[-W.*\]/, '')}`)).toEqual(
      expect.arrayContaining([
        "helper.h:3 'undeclared_thing' undeclared (first use in this function)",
        "main.c:9 'struct point' has no member named 'y'",
        "main.c:18 implicit declaration of function 'missing_function'",
        "main.c:19 expected ';' before '}' token",
        'other.c:2 linux/no_such_header.h: No such file or directory',
      ]),
    );
    // The compiler puts this one into kern_levels.h; it is main.c that has to be changed.
    const format = diagnostics.findIndex(({ message }) => message.startsWith("format '%d' expects"));
    expect(diagnostics[format]).toMatchObject({ file: 'main.c', line: 17, severity: 'warning' });
    expect(diagnostics[format + 1]).toMatchObject({ severity: 'note', message: 'in this kernel header' });
    expect(diagnostics[format + 1]?.file).toMatch(/^\/usr\/src\/.*\/include\/linux\/kern_levels\.h$/);
    expect(lines(diagnostics, 'warning').some((line) => line.includes("unused variable 'unused'"))).toBe(true);
  },
);

test.each(['gcc-11', 'gcc-13', 'clang-14'])('%s: errors and notes in their places', (compiler) => {
  const diagnostics = parse(fixture(compiler));
  expect(diagnostics[0]).toMatchObject({ file: 'helper.h', line: 3, severity: 'error' });
  const passing = diagnostics.findIndex(({ message }) => /passing/.test(message));
  expect(diagnostics[passing]).toMatchObject({ file: 'main.c', line: 15, severity: 'warning' });
  expect(diagnostics[passing + 1]).toMatchObject({ file: 'main.c', line: 5, column: 37, severity: 'note' });
  expect(diagnostics.filter(({ severity }) => severity === 'error').map(({ line }) => line)).toContain(7);
});

test.each([
  ['undef', '5.10', 'undef.ko "not_exported_anywhere" [undef.ko] undefined!'],
  ['undef', '6.12', 'undef.ko "not_exported_anywhere" [undef.ko] undefined!'],
  ['undef', '7.2', 'undef.ko "not_exported_anywhere" [undef.ko] undefined!'],
  ['gplonly', '5.10', "gplonly.ko GPL-incompatible module gplonly.ko uses GPL-only symbol 'register_pernet_subsys'"],
  ['gplonly', '7.2', "gplonly.ko GPL-incompatible module gplonly.ko uses GPL-only symbol 'register_pernet_subsys'"],
  ['nolicense', '7.2', 'nolicense.o missing MODULE_LICENSE() in nolicense.o'],
  ['ns', '6.1', 'ns.ko module ns uses symbol dma_buf_put from namespace DMA_BUF, but does not import it.'],
  ['ns', '7.2', 'ns.ko module ns uses symbol dma_buf_put from namespace DMA_BUF, but does not import it.'],
  ['norule', '5.10', "make No rule to make target 'norule.o', needed by 'norule.mod'"],
  ['norule', '6.12', "make No rule to make target 'norule.o', needed by './'"],
  ['norule', '7.2', "make No rule to make target 'norule.o', needed by './'"],
  ['badmake', '5.10', 'Kbuild:2 missing separator'],
  ['badmake', '7.2', 'Kbuild:2 missing separator'],
  ['dup', '5.10', "b.c:1 multiple definition of `both'; a.o:a.c:2: first defined here"],
  ['dup', '7.2', "b.c:1 multiple definition of `both'; ./a.o:a.c:2: first defined here"],
  ['asm', '5.10', "asm.c:5 no such instruction: `nosuchinsn %eax'"],
  ['asm', '7.2', "asm.c:5 no such instruction: `nosuchinsn %eax'"],
  ['pahole', '6.1', "hello.ko Failed to parse base BTF 'vmlinux': -4001"],
])('%s on %s is one error', (name, kernel, error) => {
  expect(lines(parseBuild(name, kernel), 'error')).toEqual([error]);
});

test.each([
  [
    '5.10',
    'section.o section.o(.text.unlikely+0x6): Section mismatch in reference from the function keep() to the function .init.text:early()',
  ],
  [
    '6.1',
    'section.o section.o: section mismatch in reference: keep (section: .text.unlikely) -> early (section: .init.text)',
  ],
  [
    '7.2',
    'section.ko section: section mismatch in reference: keep+0xa (section: .text.unlikely) -> early.isra.0 (section: .init.text)',
  ],
])('a section mismatch on %s is a warning', (kernel, warning) => {
  const diagnostics = parseBuild('section', kernel);
  expect(lines(diagnostics, 'warning')).toContain(warning);
  expect(lines(diagnostics, 'error')).toEqual([]);
});

test.each(['5.10', '7.2'])('a failed BUILD_BUG_ON on %s is placed where the module says it', (kernel) => {
  const [error, note] = parseBuild('bugon', kernel);
  expect(error).toMatchObject({ file: 'bugon.c', line: 9, severity: 'error' });
  expect(error?.message).toContain('BUILD_BUG_ON failed: size != 16');
  expect(note?.file).toMatch(/compiler_types\.h$/);
});

test.each(['5.10', '7.2'])('an error deep in the headers of %s is placed at the #include that led there', (kernel) => {
  const errors = parseBuild('hdr', kernel).filter(({ severity }) => severity === 'error');
  expect(errors.length).toBeGreaterThan(0);
  expect(errors.every((error) => place(error) === 'hdr.c:2')).toBe(true);
});

test('a compiler that was killed says so', () => {
  expect(parse(fixture('killed'))).toEqual([
    { file: 'gcc', severity: 'error', message: 'Killed signal terminated program cc1' },
  ]);
});

test('relative paths are those of the directory that kbuild works in, a directory that stands in for another is not named', () => {
  const log = './include/linux/x.h:1:2: error: one\n/build/module/sub/y.c:3:4: warning: two\n';
  const moved = { from: '/build/headers', to: '/usr/src/headers' };
  expect(parseDiagnostics(log, { module: '/build/module', workingDirectory: '/build/headers', moved })).toEqual([
    { file: '/usr/src/headers/include/linux/x.h', line: 1, column: 2, severity: 'error', message: 'one' },
    { file: 'sub/y.c', line: 3, column: 4, severity: 'warning', message: 'two' },
  ]);
});

test('a build without trouble has no diagnostics', () => {
  expect(
    parse(
      "make: Entering directory '/usr/src/h'\n  CC [M]  a.o\n  MODPOST Module.symvers\nmake: Leaving directory '/usr/src/h'\n",
    ),
  ).toEqual([]);
});

test('the summary names the first error and how many more there are', () => {
  expect(summarize(parse('b.c:1:1: error: x\na.c:2:3: error: y\nc.c:1:1: warning: z\n'))).toBe(
    'a.c:2:3: y (and 1 more)',
  );
  expect(summarize(parse('c.c:1:1: warning: z\n'))).toBe('c.c:1:1: z');
  expect(summarize([])).toBeUndefined();
});

test('endless and odd output ends in bounded time with bounded results', () => {
  const started = performance.now();
  const odd = [
    ':'.repeat(2_000_000),
    `${'x:1:'.repeat(500_000)} error: y`,
    'In file included from a:1:\n'.repeat(100_000),
  ];
  const many = Array.from({ length: 50_000 }, (_, line) => `f.c:${line}:1: error: e\n`).join('');
  expect(parse(odd.join('\n') + many).length).toBeLessThanOrEqual(1000);
  expect(performance.now() - started).toBeLessThan(5000);
});

// SPDX-License-Identifier: Apache-2.0
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { ActionRunner } from '../action.ts';

/** The second line of `walk` is wrong in a macro of a kernel header; the makefile prints what would be commands. */
const SOURCE = `// SPDX-License-Identifier: GPL-2.0
#include <linux/module.h>
#include <linux/list.h>

struct thing { int x; };

static int unused(void) { return 1; }

static int __init walk(void)
{
	struct thing *one;
	list_for_each_entry(one, (struct list_head *)NULL, nothing) { }
	return no_such_function();
}
module_init(walk);
MODULE_LICENSE("GPL");
`;
const KBUILD = `obj-m := wrong.o
ccflags-y += -Wall
$(info ::add-mask::wrong)
$(info ##[error]from make)
`;

test('what compilers of two kernels complain about stands at the lines of the source, once, and what they print is no command', async () => {
  await using runner = await ActionRunner.create();
  const directory = join(runner.workspace, 'drivers/wrong');
  await mkdir(directory, { recursive: true });
  await writeFile(join(directory, 'Kbuild'), KBUILD);
  await writeFile(join(directory, 'wrong.c'), SOURCE);
  const step = await runner.uses({
    inputs: {
      ...{ targets: 'debian-11, debian-12', module: 'drivers/wrong', suites: 'load' },
      ...{ artifact: 'none', cache: 'false', 'prepare-runner': 'false' },
    },
  });
  expect(step.outcome).toBe('failure');
  const at = (line: number) =>
    step.log.annotations
      .filter(({ properties }) => properties.file === 'drivers/wrong/wrong.c' && properties.line === String(line))
      .map(({ name, properties, message }) => [name, properties.title, message]);
  // In a header, which the workspace does not have: told where the module uses it, with the header's place in words.
  const [inHeader] = at(SOURCE.split('\n').findIndex((line) => line.includes('list_for_each_entry')) + 1);
  expect(inHeader?.[2]).toMatch(/no member named .nothing.[\s\S]*\/linux\/.*\.h:\d+:\d+: note: in this kernel header/);
  expect(at(SOURCE.split('\n').findIndex((line) => line.includes('no_such_function')) + 1)).toEqual([
    ['error', 'build error on both kernels', expect.stringContaining('no_such_function')],
  ]);
  expect(at(SOURCE.split('\n').findIndex((line) => line.includes('unused')) + 1)).toEqual([
    ['warning', 'build warning on both kernels', expect.stringContaining('unused')],
  ]);
  // A build's log is shown as far as there is room for it, in its group, and nothing in it has acted.
  expect(step.printed).toContain('│ ::add-mask::wrong');
  expect(step.log.masks).not.toContain('wrong');
  expect(step.log.stopped).toBe(false);
  expect(step.log.annotations.map(({ message }) => message)).not.toContain('from make');
  const groups = step.log.commands.flatMap(({ name, message }) => (name === 'group' ? message : []));
  for (const label of ['debian-11', 'debian-12']) {
    expect(
      groups.filter((title) => title.includes(label)).map((title) => /: (prepared|build)/.exec(title)?.[1]),
    ).toEqual([...['prepared', 'build']]);
  }
  expect(step.summary).toMatch(/❌ FAIL · <code>build<\/code> on 2 of 2 kernels/);
});

// SPDX-License-Identifier: Apache-2.0
import { cp, readFile, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { TemporaryDirectory } from '../../src/host/files.ts';
import { buildModule } from '../../src/kbuild/build.ts';
import { openTools } from './tools.ts';

const MODULE = fileURLToPath(new URL('../../kmod/smartnic', import.meta.url));
const { signal } = new AbortController();

/** What building the module for the first kernel of a target says. */
async function build(id: string, moduleDirectory = MODULE) {
  await using workshop = await openTools(signal);
  await using scratch = await TemporaryDirectory.create(tmpdir(), 'ovnfast-smartnic-');
  const sandbox = await workshop.tools.sandbox();
  const [target] = await workshop.selectTargets([id]);
  if (!target) throw new Error(`no target ${id}`);
  const { kernel, sysroots } = await workshop.prepare(target, ['headers']);
  return await buildModule({
    sandbox,
    sysroot: sysroots.headers,
    kernel,
    moduleDirectory,
    cache: join(scratch.path, 'cache'),
    outDirectory: join(scratch.path, 'out'),
    jobs: 2,
    timeoutSeconds: 600,
    signal,
    programs: sandbox.programs,
  });
}

test.each(['debian-11', 'debian-12', 'debian-13', 'debian-14'])('it compiles for %s without a warning', async (id) => {
  const result = await build(id);
  expect(result).toMatchObject({ status: 'pass', diagnostics: [] });
  const [module] = result.modules;
  expect(module?.name).toBe('ovnfast_smartnic');
  expect(module?.parameters.map(({ name }) => name).sort()).toEqual(['nics', 'table', 'vfs', 'wires']);
});

test('a kernel that is too old is told so', async () => {
  await using scratch = await TemporaryDirectory.create(tmpdir(), 'ovnfast-smartnic-');
  const copy = join(scratch.path, 'smartnic');
  await cp(MODULE, copy, { recursive: true });
  const header = join(copy, 'compat.h');
  const include = '#include <linux/version.h>\n';
  const [before, after] = (await readFile(header, 'utf8')).split(include);
  const old = '#undef LINUX_VERSION_CODE\n#define LINUX_VERSION_CODE KERNEL_VERSION(5, 7, 19)\n';
  await writeFile(header, `${before}${include}${old}${after}`);
  const result = await build('debian-11', copy);
  expect(result.status).toBe('fail');
  expect(result.reason).toContain('kernels before 5.8 are not supported');
});

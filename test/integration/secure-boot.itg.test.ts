// SPDX-License-Identifier: Apache-2.0
import { readdir, readFile, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { TemporaryDirectory } from '../../src/host/files.ts';
import { projectRoot } from '../../src/host/paths.ts';
import { parseReport, type ReportSuite } from '../../src/report/model.ts';
import { ovnfast } from '../command.ts';
import { makeIdentity } from '../unit/release/certificate.ts';

const TARGET = 'debian-12';
const hello = join(projectRoot(), 'test/fixtures/modules/hello');
/** Two keys: the firmware of the machines trusts the first one. */
const identities = { ours: makeIdentity(), theirs: makeIdentity({ name: 'Somebody else', serial: '22' }) };

let scratch: TemporaryDirectory;
const at = (...names: string[]) => join(scratch.path, ...names);

beforeAll(async () => {
  scratch = await TemporaryDirectory.create(tmpdir(), 'ovnfast-secure-boot-');
  for (const [name, { key, certificate }] of Object.entries(identities)) {
    await writeFile(at(`${name}.key`), key);
    await writeFile(at(`${name}.crt`), certificate);
  }
  const built = await ovnfast(['build', '--target', TARGET, '--module', hello], { cwd: scratch.path });
  expect(built.stdout + built.stderr).toMatch(/1 of 1 target passed/);
});
afterAll(() => scratch[Symbol.asyncDispose]());

/** Releases the module with the signature of a key, and verifies that file on a kernel whose firmware trusts ours. */
async function releaseAndVerify(signer: keyof typeof identities): Promise<{ code: number | null; suite: ReportSuite }> {
  const signing = ['--sign-key', `${signer}.key`, '--sign-certificate', `${signer}.crt`];
  const release = ['release', '--tag', 'v1.2.0', '-m', hello, '--out', signer, ...signing];
  expect(await ovnfast(release, { cwd: scratch.path, environment: { SOURCE_DATE_EPOCH: '1700000000' } })).toMatchObject(
    {
      code: 0,
      stderr: '',
    },
  );
  const file = (await readdir(at(signer))).find((name) => name.endsWith('.ko')) ?? '';
  const out = `verified-${signer}`;
  const { code } = await ovnfast(
    ['verify', '--target', TARGET, '--accel', 'tcg', '--secure-boot', 'ours.crt', '--out', out, at(signer, file)],
    { cwd: scratch.path },
  );
  const report = at(out, 'report.json');
  const [suite] = parseReport(await readFile(report, 'utf8'), report).targets[0]?.suites ?? [];
  if (!suite) throw new Error(`the suite did not run: ${code}`);
  return { code, suite };
}

const failures = ({ tests }: ReportSuite) => tests.filter(({ status }) => status !== 'pass').map(({ name }) => name);

test('what a release has signed is loaded by a kernel that demands signatures, and nothing that differs from it', async () => {
  const { code, suite } = await releaseAndVerify('ours');
  expect({ failed: failures(suite), reason: suite.reason, code }).toEqual({ failed: [], reason: undefined, code: 0 });
  expect(suite).toMatchObject({
    name: 'secure-boot',
    secureBoot: { subject: 'CN=A signer', enforcement: 'lockdown' },
  });
  expect(await readFile(at('verified-ours', suite.console), 'utf8')).toMatch(/Secure boot enabled/);
  const refused = suite.tests.filter(({ name }) => name.includes(': refused '));
  expect(refused).toHaveLength(4);
  for (const { evidence } of refused) expect(evidence?.join('\n')).toMatch(/Key was rejected by service/);
});

test('what another key has signed is refused', async () => {
  const { code, suite } = await releaseAndVerify('theirs');
  expect(code).toBe(1);
  const failed = failures(suite);
  expect(failed).toContain('020-loads-the-signed-module: loads');
  // The kernel is the same one, in order: it demands signatures, and loads its own modules.
  expect(failed.filter((name) => name.startsWith('010-'))).toEqual([]);
  const { evidence = [], kernelLog = [] } = suite.tests.find(({ name }) => name.endsWith(': loads')) ?? {};
  expect([...evidence, ...kernelLog].join('\n')).toMatch(/module with unavailable key is rejected/);
});

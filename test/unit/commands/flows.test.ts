// SPDX-License-Identifier: Apache-2.0
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { ovnfast } from '../../command.ts';
import { corigine, line } from '../flows/lines.ts';

let cwd: string;

beforeEach(async () => {
  cwd = await mkdtemp(join(tmpdir(), 'ovnfast-flows-'));
  await writeFile(join(cwd, 'good.txt'), `${corigine.join('\r\n')}\r\n`);
  await writeFile(
    join(cwd, 'bad.txt'),
    [...corigine, line({ state: 'dp:tc', keys: 'ct_state(0x22/0x23),recirc_id(0x5)' })].join('\n'),
  );
  await writeFile(
    join(cwd, 'terse.txt'),
    'recirc_id(0),in_port(2),eth(),eth_type(0x0800), packets:1, bytes:98, used:0.1s, actions:3\n',
  );
  await writeFile(join(cwd, 'cut.txt'), `${line().slice(0, 300)}\n`);
  await writeFile(join(cwd, 'hello.ko'), '');
});
afterEach(() => rm(cwd, { recursive: true, force: true }));

const verify = (args: string[], input = '') =>
  ovnfast(['verify', ...args], { cwd, input, environment: { OVNFAST_CACHE: join(cwd, 'cache') } });

describe('verify --flows', () => {
  test('passes what is offloaded, and fails what is not with the reason', async () => {
    const good = await verify(['--flows', 'good.txt']);
    expect(good).toMatchObject({ code: 0, stderr: '', stdout: expect.stringContaining('✓ pass  all 2 flows') });
    const bad = await verify(['--flows', 'bad.txt', '--kernel', '5.4.0-216-generic']);
    expect(bad).toMatchObject({ code: 1, stderr: '' });
    expect(bad.stdout).toMatch(/✗ 1 flow: kernel 5\.4\.0-216-generic is too old: .*\n {4}Boot Linux 5\.7/);
    expect(bad.stdout).not.toContain('\u001b');
  });

  test('reads standard input, and prints JSON', async () => {
    const { code, stdout } = await verify(
      ['--flows', '-', '--json', '--software-port', 'sn*'],
      [line({ state: 'dp:ovs' }), line()].join('\n'),
    );
    expect(code).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({
      schema: 'ovnfast.flows/1',
      passed: true,
      counts: { offloaded: 1, uncounted: 0, exempt: 1, missed: 0 },
      problems: [],
      flows: [
        { line: 1, verdict: 'exempt', why: [{ id: 'software-port' }] },
        { line: 2, verdict: 'offloaded' },
      ],
    });
    expect(await verify(['--flows', '-'])).toMatchObject({
      code: 1,
      stdout: expect.stringContaining('proves nothing'),
    });
  });

  test.each([
    [
      'a file that is not there',
      ['--flows', 'none.txt'],
      /^ovnfast: none\.txt: the flows cannot be read \(ENOENT\)\n$/,
    ],
    ['a directory', ['--flows', '.'], /^ovnfast: \.: the flows cannot be read \(EISDIR\)\n$/],
    [
      'a file of something else',
      ['--flows', 'hello.ko', '--json', '--kernel', 'x'],
      /--kernel "x" is no kernel release/,
    ],
    [
      'a dump without -m',
      ['--flows', 'terse.txt'],
      /^ovnfast: terse\.txt:1:1: this flow does not say where it is \(dp:\)\n {2}Take the dump with -m/,
    ],
    [
      'a line that was cut',
      ['--flows', 'cut.txt'],
      /^ovnfast: cut\.txt:1:\d+: this flow cannot be read: .*\n {2}Take the dump into a file/,
    ],
    ['a module beside it', ['hello.ko', '--flows', 'good.txt'], /--flows judges a dump alone/],
    ['a target beside it', ['--flows', 'good.txt', '--target', 'debian-12'], /--flows judges a dump alone/],
    ['a mirror beside it', ['--flows', 'good.txt', '--mirror', 'http://127.0.0.1:9'], /--flows judges a dump alone/],
    ['its options without it', ['hello.ko', '--kernel', '5.10'], /give that with --flows/],
    ['nothing at all', [], /nothing to verify\n {2}Name module files, or a dump of flows/],
  ])('refuses %s', async (_, args, message) => {
    const { code, stdout, stderr } = await verify(args);
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toMatch(message);
  });
});

// SPDX-License-Identifier: Apache-2.0
import { chmod, mkdir, readFile, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { prepareRunner, type RunnerChange, type RunnerOptions, restoreRunner } from '../../../src/action/runner.ts';
import { TemporaryDirectory } from '../../../src/host/files.ts';

const APPARMOR = 'proc/sys/kernel/apparmor_restrict_unprivileged_userns';
const CLONE = 'proc/sys/kernel/unprivileged_userns_clone';
const SETTING = 'kernel.apparmor_restrict_unprivileged_userns';
const KVM = 'dev/kvm';

/** sudo of a runner of GitHub: no password, a clean environment. */
const SUDO = '[ "$1 $2" = "-n --" ] || exit 9\nshift 2\nexec "$@"';

let scratch: TemporaryDirectory;
let remembered: RunnerChange[][];
let warnings: string[];
let notes: string[];

beforeEach(async () => {
  scratch = await TemporaryDirectory.create(tmpdir(), 'ovnfast-runner-');
  [remembered, warnings, notes] = [[], [], []];
  await put(APPARMOR, '1\n');
  await put(KVM, '');
  await chmod(at(KVM), 0o660);
  // As sysctl(8), but for where it writes.
  await put(
    'bin/sysctl',
    `#!/bin/sh\n[ "$1 $2" = "-q -w" ] && echo "\${3#*=}" >"${scratch.path}/proc/sys/$(echo "\${3%=*}" | tr . /)"\n`,
  );
  await chmod(at('bin/sysctl'), 0o755);
  await sudo(SUDO);
});
afterEach(async () => {
  vi.unstubAllEnvs();
  await scratch[Symbol.asyncDispose]();
});

const at = (name: string) => join(scratch.path, name);

async function put(name: string, text: string): Promise<void> {
  await mkdir(join(at(name), '..'), { recursive: true });
  await writeFile(at(name), text);
}

/** Makes a script the only sudo there is; each call is noted in `calls`. */
async function sudo(script: string): Promise<void> {
  await put('bin/sudo', `#!/bin/sh\necho "$*" >>"\${0%/*}/calls"\nenv >>"\${0%/*}/environment"\n${script}\n`);
  await chmod(at('bin/sudo'), 0o755);
  vi.stubEnv('PATH', `${at('bin')}:/usr/bin:/bin`);
}

const calls = () => readFile(at('bin/calls'), 'utf8').catch(() => '');
const text = async (name: string) => (await readFile(at(name), 'utf8')).trim();
const modeOf = async (name: string) => ((await stat(at(name))).mode & 0o777).toString(8);

function options(changes: Partial<RunnerOptions> = {}): RunnerOptions & { note(message: string): void } {
  return {
    accelerator: 'auto',
    signal: new AbortController().signal,
    remember: (all) => remembered.push(structuredClone(all)),
    warn: (message) => warnings.push(message),
    note: (message) => notes.push(message),
    user: 1001,
    root: scratch.path,
    mayUse: async (path) => ((await stat(path)).mode & 0o6) === 0o6,
    ...changes,
  };
}

/** What the post step is given. */
const kept = () => remembered.at(-1) ?? [];

describe('a runner as GitHub has them', () => {
  test('is made ready, and is in the end as it was', async () => {
    await prepareRunner(options());
    expect([await text(APPARMOR), await modeOf(KVM), warnings]).toEqual(['0', '666', []]);
    await restoreRunner(kept(), options());
    expect([await text(APPARMOR), await modeOf(KVM), warnings, notes]).toEqual(['1', '660', [], []]);
    expect((await calls()).split('\n')).toHaveLength(5);
  });

  test('each change is told before it is made', async () => {
    await sudo('exit 1');
    await prepareRunner(options());
    expect(remembered.map((all) => all.map(({ name }) => name))).toEqual([[SETTING], [SETTING, at(KVM)]]);
    expect(await text(APPARMOR)).toBe('1');
  });

  test('nothing of the environment, where secrets are, goes along', async () => {
    vi.stubEnv('INPUT_SIGNING-KEY', 'secret');
    await prepareRunner(options());
    const passed = await readFile(at('bin/environment'), 'utf8');
    expect(passed).toContain('LC_ALL=C');
    expect(passed).not.toMatch(/secret|INPUT|VITEST/);
  });
});

describe('nothing is done', () => {
  test('where nothing is in the way', async () => {
    await put(APPARMOR, '0\n');
    await put(CLONE, '1\n');
    await chmod(at(KVM), 0o666);
    await prepareRunner(options());
    expect([remembered, await calls()]).toEqual([[], '']);
  });

  test('by root, to namespaces', async () => {
    await prepareRunner(options({ user: 0, mayUse: async () => true }));
    expect([remembered, await calls()]).toEqual([[], '']);
  });

  test('to /dev/kvm when machines are to be emulated', async () => {
    await prepareRunner(options({ accelerator: 'tcg' }));
    expect([await text(APPARMOR), await modeOf(KVM)]).toEqual(['0', '660']);
  });

  test('in the end where others have changed it since', async () => {
    await prepareRunner(options());
    await chmod(at(KVM), 0o640);
    await put(APPARMOR, '2\n');
    await restoreRunner(kept(), options());
    expect([await text(APPARMOR), await modeOf(KVM)]).toEqual(['2', '640']);
  });

  test('in the end while another job runs on the machine, which is told', async () => {
    await put('proc/7/comm', 'Runner.Worker\n');
    await prepareRunner(options());
    await put('proc/9/comm', 'Runner.Worker\n');
    await restoreRunner(kept(), options());
    expect([await text(APPARMOR), await modeOf(KVM)]).toEqual(['0', '666']);
    expect(notes).toEqual([expect.stringMatching(/^Another job runs on this machine.*apparmor_\w+, .*\/dev\/kvm$/)]);
    // The control: alone again.
    await put('proc/9/comm', 'bash\n');
    await restoreRunner(kept(), options());
    expect(await text(APPARMOR)).toBe('1');
  });
});

describe('what cannot be done is told with its remedy, and ends nothing', () => {
  test('a password is asked for', async () => {
    await sudo('echo "sudo: a password is required" >&2\nexit 1');
    await prepareRunner(options());
    expect(warnings).toEqual([
      `${SETTING}: cannot be set to 0 with sudo: sudo: a password is required\n  Sandboxes need user namespaces: ` +
        'run `sudo sysctl -w kernel.apparmor_restrict_unprivileged_userns=0` on the runner, or the job as root.',
      expect.stringMatching(
        /dev\/kvm: cannot be set to 666 with sudo: sudo: a pass.*\n {2}Without it machines are emul/,
      ),
    ]);
  });

  test('there is no sudo', async () => {
    vi.stubEnv('PATH', at('empty'));
    await prepareRunner(options());
    expect(warnings).toHaveLength(2);
    expect(warnings[0]).toMatch(/Unable to locate executable file: sudo/);
  });

  test('sudo does not come back: a cancellation does not wait for it', async () => {
    await sudo('sleep 5 >/dev/null 2>&1 </dev/null');
    const cancelled = new AbortController();
    setTimeout(() => cancelled.abort(new Error('cancelled')), 300);
    await expect(prepareRunner(options({ signal: cancelled.signal }))).rejects.toThrow('cancelled');
  });

  test('in the end', async () => {
    await prepareRunner(options());
    await sudo('exit 3');
    await restoreRunner(kept(), options());
    expect(warnings).toEqual([
      `${at(KVM)}: cannot be set to 660 with sudo: exit status 3; it was 660 before this step`,
      `${SETTING}: cannot be set to 1 with sudo: exit status 3; it was 1 before this step`,
    ]);
  });
});

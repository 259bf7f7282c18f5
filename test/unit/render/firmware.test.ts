// SPDX-License-Identifier: Apache-2.0
import { lstat, mkdir, readdir, readFile, readlink, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { TemporaryDirectory } from '../../../src/host/files.ts';
import { projectRoot } from '../../../src/host/paths.ts';
import { runProcess } from '../../../src/host/process.ts';
import { renderOffload } from '../../../src/render/offload.ts';
import { originOf } from '../../../src/render/seal.ts';
import { readValues } from '../../../src/render/values.ts';

// A machine with cards, firmware and tools of its own: the script as it is rendered, below directories that it is told of.
let scratch: TemporaryDirectory;
const at = (...names: string[]) => join(scratch.path, ...names);
const firmware = (...names: string[]) => at('firmware', ...names);

const ADDRESS = '0000:3b:00.0';

async function put(path: string, content = 'image\n', mode = 0o644): Promise<void> {
  await mkdir(dirname(path), { recursive: true });
  await writeFile(path, content, { mode });
}

/** A device of sysfs: its link into the PCI tree, and that of its driver. */
async function device(name: string, driver: string | undefined, address = ADDRESS): Promise<void> {
  const pci = at('sys/devices/pci0000:3a', address);
  await mkdir(join(pci, 'net', name), { recursive: true });
  await mkdir(at('sys/class/net'), { recursive: true });
  await symlink(pci, join(pci, 'net', name, 'device'));
  await symlink(join(pci, 'net', name), at('sys/class/net', name));
  if (driver === undefined) return;
  await mkdir(at('sys/bus/pci/drivers', driver), { recursive: true });
  await symlink(at('sys/bus/pci/drivers', driver), join(pci, 'driver')).catch(() => {});
}

async function program(name: string, body: string): Promise<void> {
  await put(at('bin', name), `#!/bin/bash\n${body}\n`, 0o755);
}

/** ethtool of a card whose debug dump is `dump` (escapes as of printf); it writes down what it was asked. */
async function ethtool(dump: string): Promise<void> {
  await program('ethtool', `echo "$*" >>'${at('asked')}'\n[[ $1 != -w ]] || printf '${dump}' >"$4"`);
}

async function script(values?: string): Promise<string> {
  const path = at('values.yml');
  await put(path, values ?? '');
  const files = await renderOffload(await readValues(path), projectRoot(), originOf('1.2.3', 'offload', path));
  const text = files.find(({ name }) => name === '00-agilio-firmware.sh')?.text;
  await put(at('agilio-firmware.sh'), text, 0o755);
  return at('agilio-firmware.sh');
}

async function run(args: string[], options: { values?: string } = {}) {
  const { code, stdout, stderr } = await runProcess(
    '/bin/bash',
    [await script(options.values), '--sysfs', at('sys'), '--firmware', at('firmware'), ...args],
    {
      timeoutSeconds: 30,
      signal: new AbortController().signal,
      environment: { PATH: at('bin'), TMPDIR: at('tmp') },
    },
  );
  return { code, stdout: stdout.replaceAll(scratch.path, ''), stderr: stderr.replaceAll(scratch.path, '') };
}

/** Where the link of the card leads, and that it leads to something. */
async function chosen(name = `pci-${ADDRESS}.nffw`): Promise<string> {
  expect((await readFile(firmware(name))).length).toBeGreaterThan(0);
  return await readlink(firmware(name));
}

/** Every name below the firmware directory. */
const everything = async () => (await readdir(at('firmware'), { recursive: true })).sort();

const DUMP = 'NFP\\x00\\x01\\nXSN: AMDA0058-0001\\n\\x02\\x00SN:SMCAMDA0097-000116450001\\x00junk AMDA0096';

// What the script may use of the machine.
const TOOLS = ['bash', 'cat', 'readlink', 'sort', 'grep', 'tr', 'timeout', 'mktemp', 'rm', 'mv', 'ln'];

beforeEach(async () => {
  scratch = await TemporaryDirectory.create(tmpdir(), 'firmware-');
  await mkdir(at('tmp'));
  await mkdir(at('bin'));
  await device('ens47np0', 'nfp');
  await device('ens47v0', 'nfp_netvf', '0000:3b:08.0');
  await device('eth0', 'e1000e', '0000:00:1f.6');
  await device('dummy0', undefined, 'dummy0');
  for (const name of TOOLS) await symlink(join('/bin', name), at('bin', name));
  await ethtool(DUMP);
  await program('devlink', 'exit 1');
  for (const app of ['flower', 'flower-next']) await put(firmware(app, 'nic_AMDA0097.nffw'));
  await put(firmware('flower', 'nic_AMDA0096.nffw'));
});
afterEach(async () => await scratch[Symbol.asyncDispose]());

describe('the assembly', () => {
  test('by the debug dump, from what stands behind "SN:" at the start of a text only', async () => {
    const { code, stdout, stderr } = await run(['ens47np0']);
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(stdout).toContain(
      `ens47np0 (${ADDRESS}) is AMDA0097\nlinked /firmware/pci-${ADDRESS}.nffw -> flower/nic_AMDA0097.nffw\n`,
    );
    expect(await chosen()).toBe('flower/nic_AMDA0097.nffw');
    const asked = (await readFile(at('asked'), 'utf8')).split('\n');
    expect(asked[0]).toBe('-W ens47np0 0');
    expect(asked[1]).toMatch(/^-w ens47np0 data \//);
    // Nothing is left of the dump.
    expect(await readdir(at('tmp'))).toEqual([]);
  });

  test('by devlink where it tells, and the card is asked for no dump', async () => {
    await program(
      'devlink',
      `[[ "$*" == "dev info pci/${ADDRESS}" ]] || exit 1
printf 'pci/${ADDRESS}:\\n  driver nfp\\n  serial_number SMCAMDA0096-000116450001\\n  versions:\\n      fixed:\\n        board.id AMDA0096-0001\\n        board.model hydrogen\\n        fw.bundle AMDA0058\\n'`,
    );
    expect((await run(['ens47np0'])).stdout).toContain('is AMDA0096\n');
    expect(await chosen()).toBe('flower/nic_AMDA0096.nffw');
    await expect(lstat(at('asked'))).rejects.toThrow('ENOENT');
  });

  test('as it is given, and no tool is asked', async () => {
    await ethtool('nothing');
    expect((await run(['ens47np0', 'AMDA0096'])).code).toBe(0);
    expect(await chosen()).toBe('flower/nic_AMDA0096.nffw');
    await expect(lstat(at('asked'))).rejects.toThrow('ENOENT');
  });

  test.each([
    ['that the dump does not tell', 'NFP\\nAMDA0097\\n', 2, /does not say which assembly/],
    ['that the dump tells in two ways', 'SN:AMDA0097\\x00SN:AMDA0096\\x00', 2, /says it is AMDA0096 and AMDA0097/],
  ])('%s', async (_, dump, status, message) => {
    await ethtool(dump);
    const { code, stderr } = await run(['ens47np0']);
    expect(stderr).toMatch(message);
    expect(stderr).toContain('Give ASSEMBLY');
    expect(code).toBe(status);
  });

  test.each([
    [
      'a dump that fails',
      'echo "Operation not permitted" >&2; exit 71',
      /no debug dump from ens47np0\n {2}Are you root\?/,
    ],
    ['a dump that fails when it is read', '[[ $1 == -W ]]', /no debug dump/],
  ])('%s is told, with exit status 3', async (_, body, message) => {
    await program('ethtool', body);
    const { code, stderr } = await run(['ens47np0']);
    expect(stderr).toMatch(message);
    expect(code).toBe(3);
    expect(await readdir(at('tmp'))).toEqual([]);
  });

  test('without ethtool it has to be given', async () => {
    await rm(at('bin/ethtool'));
    await rm(at('bin/devlink'));
    const { code, stderr } = await run(['ens47np0']);
    expect(stderr).toMatch(/ethtool is not installed\n {2}Install ethtool, or give ASSEMBLY/);
    expect(code).toBe(3);
    expect((await run(['ens47np0', 'AMDA0097'])).code).toBe(0);
  });
});

describe('the image', () => {
  test('of AMDA0097 serves AMDA0081, and nothing is put among the images', async () => {
    const before = await readdir(firmware('flower'));
    const { code, stdout } = await run(['ens47np0', 'AMDA0081']);
    expect(code).toBe(0);
    expect(stdout).toContain('AMDA0081 takes the image of AMDA0097\n');
    expect(await chosen()).toBe('flower/nic_AMDA0097.nffw');
    expect(await readdir(firmware('flower'))).toEqual(before);
  });

  test('of AMDA0081 itself comes first, but not when it leads nowhere', async () => {
    await symlink('nic_AMDA9999.nffw', firmware('flower/nic_AMDA0081.nffw'));
    await run(['ens47np0', 'AMDA0081']);
    expect(await chosen()).toBe('flower/nic_AMDA0097.nffw');
    await rm(firmware('flower/nic_AMDA0081.nffw'));
    await put(firmware('flower/nic_AMDA0081.nffw'));
    expect((await run(['ens47np0', 'AMDA0081'])).stdout).toContain('(before: flower/nic_AMDA0097.nffw)');
    expect(await chosen()).toBe('flower/nic_AMDA0081.nffw');
  });

  test('of AMDA0097 serves no other card', async () => {
    const { code, stderr } = await run(['ens47np0', 'AMDA0058']);
    expect(stderr).toMatch(
      /no firmware flower for AMDA0058 .*\n {2}There is: nic_AMDA0096\.nffw nic_AMDA0097\.nffw\.\n/,
    );
    expect(code).toBe(2);
  });

  test.each([
    ['that leads nowhere', () => symlink('gone.nffw', firmware('flower/nic_AMDA0099.nffw'))],
    ['that is empty', () => put(firmware('flower/nic_AMDA0099.nffw'), '')],
    ['that is a directory', () => mkdir(firmware('flower/nic_AMDA0099.nffw'))],
  ])('%s is none, and no link is made to it', async (_, make) => {
    await make();
    const before = await everything();
    const { code, stderr } = await run(['ens47np0', 'AMDA0099']);
    expect(stderr).toContain('there is no firmware flower for AMDA0099');
    expect(code).toBe(2);
    expect(await everything()).toEqual(before);
  });

  test.each(['zst', 'xz'])('that is compressed (%s) is linked under a name that says so', async (kind) => {
    await put(firmware(`flower/nic_AMDA0099.nffw.${kind}`));
    // The kernel would take this one first.
    await symlink('flower/nic_AMDA0097.nffw', firmware(`pci-${ADDRESS}.nffw`));
    const { stdout } = await run(['ens47np0', 'AMDA0099']);
    expect(stdout).toContain(`removed /firmware/pci-${ADDRESS}.nffw\n`);
    expect(await chosen(`pci-${ADDRESS}.nffw.${kind}`)).toBe(`flower/nic_AMDA0099.nffw.${kind}`);
    await expect(lstat(firmware(`pci-${ADDRESS}.nffw`))).rejects.toThrow('ENOENT');
    expect((await run(['ens47np0', 'AMDA0099'])).stdout).toContain('is there already');
  });

  test('of another application, by the argument or by the values', async () => {
    await run(['ens47np0', 'AMDA0097', 'flower-next']);
    expect(await chosen()).toBe('flower-next/nic_AMDA0097.nffw');
    await run(['ens47np0', 'AMDA0097', 'flower']);
    expect(await chosen()).toBe('flower/nic_AMDA0097.nffw');
    await run(['ens47np0'], { values: 'firmware: {app: flower-next, assembly: AMDA0097}\n' });
    expect(await chosen()).toBe('flower-next/nic_AMDA0097.nffw');
    await expect(lstat(at('asked'))).rejects.toThrow('ENOENT');
  });

  test('of an application that is not installed', async () => {
    await rm(firmware('flower-next'), { recursive: true });
    const { code, stderr } = await run(['ens47np0', 'AMDA0097', 'flower-next']);
    expect(stderr).toMatch(/no firmware flower-next for AMDA0097 .*\n {2}There is: nothing\.\n/);
    expect(code).toBe(2);
  });
});

describe('the link', () => {
  test('is made once: a second run changes nothing', async () => {
    await run(['ens47np0']);
    const before = await lstat(firmware(`pci-${ADDRESS}.nffw`));
    const { code, stdout } = await run(['ens47np0']);
    expect(code).toBe(0);
    expect(stdout).toContain(`/firmware/pci-${ADDRESS}.nffw -> flower/nic_AMDA0097.nffw is there already\n`);
    expect((await lstat(firmware(`pci-${ADDRESS}.nffw`))).ino).toBe(before.ino);
    expect(await everything()).toEqual([
      'flower',
      'flower-next',
      'flower-next/nic_AMDA0097.nffw',
      'flower/nic_AMDA0096.nffw',
      'flower/nic_AMDA0097.nffw',
      `pci-${ADDRESS}.nffw`,
    ]);
  });

  test('replaces one that leads elsewhere or nowhere, by a rename', async () => {
    await symlink('nowhere', firmware(`pci-${ADDRESS}.nffw`));
    // What replaces it: that the old one is not removed first.
    await rm(at('bin/rm'));
    await program('rm', `echo "rm $*" >>'${at('asked')}'\nexec /bin/rm "$@"`);
    const { code, stdout } = await run(['ens47np0', 'AMDA0097']);
    expect(code).toBe(0);
    expect(stdout).toContain('(before: nowhere)');
    expect(await chosen()).toBe('flower/nic_AMDA0097.nffw');
    expect(await readFile(at('asked'), 'utf8')).not.toContain(`pci-${ADDRESS}.nffw`);
    expect((await readdir(firmware())).filter((name) => name.startsWith('.'))).toEqual([]);
  });

  test.each(['mv', 'ln'])('is as before when %s fails, and nothing is left', async (name) => {
    await symlink('flower/nic_AMDA0096.nffw', firmware(`pci-${ADDRESS}.nffw`));
    await rm(at('bin', name));
    await program(name, 'exit 1');
    const before = await everything();
    const { code, stderr } = await run(['ens47np0', 'AMDA0097']);
    expect(stderr).toMatch(/cannot be written/);
    expect(code).toBe(3);
    expect(await chosen()).toBe('flower/nic_AMDA0096.nffw');
    expect(await everything()).toEqual(before);
  });

  test('never takes the place of a file', async () => {
    await put(firmware(`pci-${ADDRESS}.nffw`), 'mine\n');
    const { code, stderr } = await run(['ens47np0', 'AMDA0097']);
    expect(stderr).toMatch(/is a file, not a link/);
    expect(code).toBe(2);
    expect(await readFile(firmware(`pci-${ADDRESS}.nffw`), 'utf8')).toBe('mine\n');
  });

  test('is only announced with --dry-run', async () => {
    await symlink('flower/nic_AMDA0096.nffw', firmware(`pci-${ADDRESS}.nffw`));
    for (const option of ['--dry-run', '-n']) {
      const { code, stdout } = await run([option, 'ens47np0']);
      expect(code).toBe(0);
      expect(stdout).toContain(
        `would link /firmware/pci-${ADDRESS}.nffw -> flower/nic_AMDA0097.nffw (now flower/nic_AMDA0096.nffw)\n`,
      );
    }
    expect(await chosen()).toBe('flower/nic_AMDA0096.nffw');
  });

  test('of a card whose serial number has firmware of its own comes with a note', async () => {
    await put(firmware('serial-00-15-4d-12-20-65-10-ff.nffw'));
    expect((await run(['ens47np0'])).stdout).toMatch(/note: \/firmware\/serial-.*the driver takes it and not the link/);
  });
});

describe('refuses', () => {
  test.each([
    ['no device', [], /^Usage: /],
    ['too much', ['ens47np0', 'AMDA0097', 'flower', 'x'], /^Usage: /],
    ['an unknown option', ['--force', 'ens47np0'], /unknown option --force/],
    ['an option without its value', ['ens47np0', '--sysfs'], /--sysfs wants a directory/],
    ['an unknown device', ['ens48np0'], /no network device "ens48np0"\n {2}Devices of the driver nfp: ens47np0\.\n/],
    ['a device with a path', ['../net/ens47np0'], /no name of a network device/],
    ['a device that is an option', ['--', 'ens47np0'], /unknown option --/],
    [
      'another card',
      ['eth0'],
      /eth0 is no Agilio card: its driver is e1000e, not nfp\n {2}Devices of the driver nfp: ens47np0\./,
    ],
    ['a device without a driver', ['dummy0'], /its driver is none/],
    ['a VF', ['ens47v0'], /ens47v0 is a VF\n {2}Name a port of the card\. Devices of the driver nfp: ens47np0\./],
    ['an assembly that is none', ['ens47np0', '../x'], /"\.\.\/x" is no assembly/],
    ['an app that is none', ['ens47np0', 'AMDA0097', 'bpf'], /unknown APP "bpf"\n {2}It is flower or flower-next/],
  ])('%s', async (_, args, message) => {
    const before = await everything();
    const { code, stderr, stdout } = await run(args);
    expect(stderr.replace(/^agilio-firmware\.sh: /, '')).toMatch(message);
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(await everything()).toEqual(before);
    await expect(lstat(at('asked'))).rejects.toThrow('ENOENT');
  });

  test('every device where no card is', async () => {
    await rm(at('sys/class/net/ens47np0'));
    expect((await run(['eth0'])).stderr).toContain('No device here has the driver nfp: is the module loaded?');
  });
});

test.each([
  ['update-initramfs', 'update-initramfs -u'],
  ['dracut', 'dracut -f'],
  ['mkinitcpio', 'rebuild the initramfs with the tool of your distribution'],
])('says what to do next, where there is %s', async (tool, command) => {
  await program(tool, '');
  const { stdout } = await run(['ens47np0']);
  expect(stdout).toMatch(/Next:\n {2}1\. Load it: rmmod nfp && modprobe nfp\n/);
  expect(stdout.endsWith(`: ${command}\n`)).toBe(true);
});

test('--help says how it is used', async () => {
  const { code, stdout } = await run(['--help']);
  expect(stdout).toMatch(/^Usage: agilio-firmware\.sh \[OPTION\.\.\.\] DEVICE \[ASSEMBLY\] \[APP\]\n/);
  expect(code).toBe(0);
});

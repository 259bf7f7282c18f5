// SPDX-License-Identifier: Apache-2.0
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { EnvironmentError } from '../../../src/errors.ts';
import { findHeaders, isAtLeast } from '../../../src/kbuild/headers.ts';
import { BuildLog } from '../../../src/kbuild/log.ts';
import { readKernelInterface } from '../../../src/kbuild/symvers.ts';
import { findPayload, unpackVmlinux } from '../../../src/kbuild/vmlinux.ts';

const RELEASE = '6.1.0-1-amd64';
const { signal } = new AbortController();
let scratch: string;

beforeEach(() => {
  scratch = mkdtempSync(join(tmpdir(), 'ovnfast-kernel-'));
});
afterEach(() => rmSync(scratch, { recursive: true, force: true }));

function write(path: string, content: string | Buffer): string {
  const place = join(scratch, path);
  mkdirSync(dirname(place), { recursive: true });
  writeFileSync(place, content);
  return place;
}

const sysroot = () => ({ root: join(scratch, 'root'), digest: '' });

/** A bzImage with this payload: setup header of boot protocol 2.15, two sectors of setup. */
function bzImage(payload: Buffer, { version = 0x20f, length = payload.length } = {}): Buffer {
  const setup = Buffer.alloc(3 * 512);
  setup[0x1f1] = 2;
  setup.write('HdrS', 0x202);
  setup.writeUInt16LE(version, 0x206);
  setup.writeUInt32LE(100, 0x248);
  setup.writeUInt32LE(length, 0x24c);
  return Buffer.concat([setup, Buffer.alloc(100, 0x90), payload, Buffer.alloc(50, 0xcc)]);
}

test('headers are found by the link that kernels have, followed as inside the sysroot', async () => {
  write(
    `root/usr/src/linux-headers-${RELEASE}/.config`,
    'CONFIG_SMP=y\nCONFIG_CC_VERSION_TEXT="gcc-12 (Debian)"\n# CONFIG_X is not set\n',
  );
  write(`root/usr/lib/modules/${RELEASE}/kernel/x.ko`, '');
  symlinkSync(`/usr/src/linux-headers-${RELEASE}`, join(scratch, 'root/usr/lib/modules', RELEASE, 'build'));
  const headers = await findHeaders(sysroot(), RELEASE);
  expect(headers.directory).toBe(`/usr/src/linux-headers-${RELEASE}`);
  expect(headers.hostDirectory).toBe(join(scratch, 'root/usr/src', `linux-headers-${RELEASE}`));
  expect(Object.fromEntries(headers.config)).toEqual({ SMP: 'y', CC_VERSION_TEXT: 'gcc-12 (Debian)' });
  expect([
    isAtLeast(headers, 5, 11),
    isAtLeast(headers, 6, 1),
    isAtLeast(headers, 6, 2),
    isAtLeast(headers, 7, 0),
  ]).toEqual([true, true, false, false]);
});

test.each([`usr/src/linux-headers-${RELEASE}`, `usr/src/kernels/${RELEASE}`])(
  'headers are found in %s without that link',
  async (place) => {
    write(`root/${place}/.config`, '');
    expect((await findHeaders(sysroot(), RELEASE)).directory).toBe(`/${place}`);
  },
);

test('headers outside of the sysroot are no headers', async () => {
  write('.config', 'CONFIG_SMP=y\n');
  write(`root/usr/lib/modules/${RELEASE}/x`, '');
  symlinkSync('../../../../..', join(scratch, 'root/usr/lib/modules', RELEASE, 'build'));
  await expect(findHeaders(sysroot(), RELEASE)).rejects.toThrow(EnvironmentError);
});

test.each([
  [
    '5.10.0-46-amd64',
    'CONFIG_SMP=y\nCONFIG_MODULE_UNLOAD=y\nCONFIG_MODVERSIONS=y\nCONFIG_PREEMPT_VOLUNTARY=y\n',
    'SMP mod_unload modversions',
  ],
  ['5.10.0-46-rt-amd64', 'CONFIG_SMP=y\nCONFIG_PREEMPT_RT=y\nCONFIG_MODULE_UNLOAD=y\n', 'SMP preempt_rt mod_unload'],
  [
    '6.1.0-56-amd64',
    'CONFIG_SMP=y\nCONFIG_PREEMPT_BUILD=y\nCONFIG_MODULE_UNLOAD=y\nCONFIG_MODVERSIONS=y\n',
    'SMP preempt mod_unload modversions',
  ],
  ['7.2.12+deb14-amd64', 'CONFIG_SMP=y\nCONFIG_PREEMPT_BUILD=y\nCONFIG_MODULE_UNLOAD=y\n', 'SMP preempt mod_unload'],
])('the vermagic of %s follows from its configuration', async (release, config, flags) => {
  write(`root/usr/src/linux-headers-${release}/.config`, config);
  write(`root/usr/src/linux-headers-${release}/Module.symvers`, '0x1\tkfree\tvmlinux\tEXPORT_SYMBOL\t\n');
  const kernel = await readKernelInterface(sysroot(), release);
  expect(kernel.vermagic).toBe(`${release} ${flags}`);
  expect([...kernel.symbols.keys()]).toEqual(['kfree']);
});

test('headers without Module.symvers are an error that names it', async () => {
  write(`root/usr/src/linux-headers-${RELEASE}/.config`, '');
  await expect(readKernelInterface(sysroot(), RELEASE)).rejects.toThrow(
    /Module\.symvers: the symbols of kernel .* \(ENOENT\)/,
  );
});

test('the kernel inside a vmlinuz is found and unpacked once', async () => {
  const kernel = Buffer.from('\x7fELF and the rest of it');
  const packed = gzipSync(kernel);
  const vmlinuz = write(`root/boot/vmlinuz-${RELEASE}`, bzImage(packed));
  expect(await findPayload(vmlinuz)).toEqual({ offset: 3 * 512 + 100, length: packed.length });
  const cache = join(scratch, 'cache');
  const options = { image: sysroot(), kernel: RELEASE, cache, signal };
  const first = await unpackVmlinux(options);
  if ('reason' in first) throw new Error(first.reason);
  expect(readFileSync(first.path)).toEqual(kernel);
  writeFileSync(first.path, 'kept');
  const second = await unpackVmlinux(options);
  expect(second).toEqual(first);
  expect(readFileSync(first.path, 'utf8')).toBe('kept');
  expect(readdirSync(join(cache, 'vmlinux'))).toHaveLength(1);
});

test.each<[string, Buffer, RegExp]>([
  ['of another compression', bzImage(Buffer.from('LZ4 or whatever it may be')), /packed in a way that is not known/],
  ['of before 2.08', bzImage(gzipSync('x'), { version: 0x207 }), /packed in a way that is not known/],
  ['that is none', Buffer.from('no kernel'), /packed in a way that is not known/],
  ['that is cut short', bzImage(gzipSync(Buffer.alloc(5000, 1))).subarray(0, 1650), /end of file|cut short|damaged/],
  ['that points nowhere', bzImage(gzipSync('x'), { length: 0 }), /packed in a way that is not known|cut short/],
])('a vmlinuz %s gives a reason, and leaves nothing half made', async (_, content, reason) => {
  write(`root/boot/vmlinuz-${RELEASE}`, content);
  const cache = join(scratch, 'cache');
  const result = await unpackVmlinux({ image: sysroot(), kernel: RELEASE, cache, signal });
  expect(result).toEqual({ reason: expect.stringMatching(reason) });
  expect(readdirSync(scratch).includes('cache') ? readdirSync(join(cache, 'vmlinux')) : []).toEqual([]);
});

test('an image without vmlinuz gives a reason', async () => {
  write('root/boot/README', '');
  const result = await unpackVmlinux({ image: sysroot(), kernel: RELEASE, cache: scratch, signal });
  expect(result).toEqual({ reason: `the kernel image packages hold no vmlinuz of ${RELEASE}` });
});

test('an endless log keeps its beginning and says how much is left out', () => {
  let heard = 0;
  const log = new BuildLog((chunk) => {
    heard += chunk.length;
  });
  log.add(Buffer.from('first error\n'), 'stderr');
  for (let index = 0; index < 20; index++) log.add(Buffer.alloc(2 ** 20, 'x'), 'stdout');
  expect(heard).toBe(12 + 20 * 2 ** 20);
  expect(log.text.startsWith('first error\n')).toBe(true);
  expect(log.text.length).toBeLessThan(17 * 2 ** 20);
  expect(log.text).toContain(`(${4 * 2 ** 20 + 12} more bytes of output are left out)`);
});

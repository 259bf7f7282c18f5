// SPDX-License-Identifier: Apache-2.0

import type { Program } from '../host/decompress.ts';
import type { Sysroot } from '../sysroot/compose.ts';
import type { Sandbox } from '../sysroot/sandbox.ts';
import type { Flash } from './secure-boot.ts';

export type Accelerator = 'kvm' | 'tcg';

export type QemuOptions = {
  sandbox: Pick<Sandbox, 'command'>;
  /** Holds QEMU and its firmware. */
  machine: Sysroot;
  accelerator: Accelerator;
  /** Time in the guest is the count of its instructions; needs the accelerator `tcg`, and files as ports (`MachineOptions`). */
  counted?: boolean;
  memoryMiB: number;
  /** Absolute paths. */
  kernelImage: string;
  initramfs: string;
  /** Raw images, /dev/vda first: what the guest writes to a writable one is there after its end. */
  disks?: { path: string; writable?: boolean }[];
  /** Words of the kernel's command line besides our own, which they overrule. */
  kernelArguments?: string[];
  /** Firmware to start from, in place of QEMU's own. */
  flash?: Flash;
};

/** The descriptors of QEMU that its serial ports are connected to: ttyS0 and ttyS1. */
export const CONSOLE_DESCRIPTOR = 3;
export const GUEST_DESCRIPTOR = 4;

const KERNEL = '/machine/kernel';
const INITRAMFS = '/machine/initramfs';
const FLASH = { code: '/machine/code', variables: '/machine/variables' };

// Each measured: what it saves of the processor time of a boot of about 5 s is given behind it.
const KERNEL_ARGUMENTS = [
  'rdinit=/ovnfast/init',
  // From the first line on, and with what user space writes to /dev/kmsg: the host reads the log to know what happens.
  'console=ttyS0,115200',
  'earlyprintk=ttyS0,115200',
  'loglevel=8',
  'printk.devkmsg=on',
  'log_buf_len=4M',
  // What went wrong once makes everything after it worthless: stop, and let QEMU end (-no-reboot).
  'panic=-1',
  'oops=panic',
  'softlockup_panic=1',
  'reboot=t',
  // The self-tests of the kernel's ciphers: 0.7 s. Mitigations cost and protect nobody here: 0.2 s.
  'cryptomgr.notests',
  'mitigations=off',
  'random.trust_cpu=on',
  'tsc=reliable',
  'no_timer_check',
  // TCG translates code by its virtual address: programs at the same place each time start two to three times as fast.
  'norandmaps',
];

const PROCESSOR = 'qemu64,+rdrand';
/** With the string moves that every server of the last ten years has, so that kernels copy as they do there: counted byte by byte. */
const COUNTED_PROCESSOR = `${PROCESSOR},+erms`;

/**
 * On a loaded host a kernel that measures its TSC against the 8254 can be wrong by a factor of 30, and all of its time limits with
 * it: without that timer it takes the HPET, which it reads together with the TSC. UEFI firmware needs the 8254.
 */
const WITHOUT_PIT = 'q35,pit=off';

/**
 * Time as a count of instructions: 2 ns each (`shift=1`), and an idle processor goes straight to its next timer instead of
 * waiting for it (`sleep=off`). Nothing else may then come from outside: not the time of day, not random numbers, no
 * waiting for whoever reads a serial port. So the same machine does the same thing again, to the instruction.
 */
const COUNTED = [
  ...['-accel', 'tcg,thread=single', '-icount', 'shift=1,sleep=off'],
  ...['-rtc', 'base=2026-01-01,clock=vm', '-seed', '1'],
];

/** The command that starts QEMU in a sandbox: one processor, two serial ports, no network, no screen; no disk but those asked for. */
export function qemuCommand(options: QemuOptions): Program {
  const { sandbox, machine, accelerator, counted, memoryMiB, kernelImage, initramfs, flash } = options;
  const { disks = [], kernelArguments = [] } = options;
  const place = (index: number) => `/machine/disk${index}`;
  const serial = (id: string, descriptor: number) => [
    ...[
      '-chardev',
      counted ? `file,id=${id},path=/proc/self/fd/${descriptor},append=on` : `socket,id=${id},fd=${descriptor}`,
    ],
    ...['-serial', `chardev:${id}`],
  ];
  const argv = [
    'qemu-system-x86_64',
    ...['-nodefaults', '-no-user-config', '-no-reboot'],
    ...['-display', 'none'],
    ...['-machine', counted || flash ? 'q35' : WITHOUT_PIT],
    ...(counted ? COUNTED : ['-accel', accelerator]),
    // Emulating the newest processor costs 1 s of a boot: its features are used, and slower in software than none.
    ...['-cpu', accelerator === 'kvm' ? 'host' : counted ? COUNTED_PROCESSOR : PROCESSOR],
    ...['-smp', '1'],
    ...['-m', `${memoryMiB}M`],
    ...(flash ? [...flashDrive(0, FLASH.code, false), ...flashDrive(1, FLASH.variables, true)] : []),
    ...['-kernel', KERNEL],
    ...['-initrd', INITRAMFS],
    ...['-append', [...KERNEL_ARGUMENTS, ...kernelArguments].join(' ')],
    ...disks.flatMap(({ writable = false }, index) => [
      // What the guest has flushed is ours to keep or lose: nobody waits for the disk of this machine.
      ...[
        '-drive',
        `id=disk${index},if=none,format=raw,cache=unsafe,readonly=${writable ? 'off' : 'on'},file=${place(index)}`,
      ],
      ...['-device', `virtio-blk-pci,drive=disk${index}`],
    ]),
    ...serial('console', CONSOLE_DESCRIPTOR),
    ...serial('guest', GUEST_DESCRIPTOR),
  ];
  return sandbox.command(machine, argv, {
    binds: [
      { from: kernelImage, to: KERNEL },
      { from: initramfs, to: INITRAMFS },
      ...(flash
        ? [
            { from: flash.code, to: FLASH.code },
            { from: flash.variables, to: FLASH.variables, writable: true },
          ]
        : []),
      ...disks.map(({ path, writable = false }, index) => ({ from: path, to: place(index), writable })),
    ],
    devices: accelerator === 'kvm' ? ['/dev/kvm'] : [],
  });
}

function flashDrive(unit: number, file: string, writable: boolean): string[] {
  return ['-drive', `if=pflash,unit=${unit},format=raw,readonly=${writable ? 'off' : 'on'},file=${file}`];
}

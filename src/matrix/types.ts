// SPDX-License-Identifier: Apache-2.0

export type Family = 'debian' | 'rpm';

/** A package archive: suites that share one pool, or repositories, with one base address. */
export type Archive = {
  family: Family;
  /** Last component of the base address at most mirrors: `debian`, `debian-security`. */
  name: string;
  /** Of the RPM family: paths of repositories below the base address, `7.9.2009/os/x86_64`. */
  suites: string[];
  /** Of the RPM family: none. */
  components: string[];
  /** As the archive spells it: `amd64`, `x86_64`. */
  architecture: string;
  /** Absolute paths of the armoured keys, one of which has to have signed the index (of the RPM family: each package). */
  keys: string[];
  /** Public base addresses, tried after those that the host is configured with. */
  mirrors: string[];
  /** Base address of an immutable archive that takes a timestamp as its next component. */
  snapshot?: string;
  /** Of packages that the user brings: path of their index. They take the place of all others of the same name. */
  table?: string;
};

export type Distribution = {
  id: string;
  title: string;
  family: Family;
  architecture: string;
  archives: Archive[];
  kernels: {
    /** What a run takes when the user names none: releases, globs, `newest N of GLOB`. */
    default: string[];
    /** Globs of releases that are no targets: other flavours. */
    exclude: string[];
  };
  /** Package names; `{kernel}` stands for the kernel release. */
  packages: {
    /** Roots of the closure that builds modules. */
    headers: string[];
    /** The kernel and its modules, taken without their dependencies. */
    image: string[];
    /** Roots of the compiler and what it is run with, without any kernel's headers, for kernel trees; empty when it has none. */
    toolchain: string[];
    /** Globs of packages whose dependency counts as met, in the closures of `headers` and `toolchain`. */
    exclude: string[];
  };
  /** Whether a run without `--target` takes it. */
  default: boolean;
};

/** The name of a sysroot that holds a distribution's toolchain, and of its lock beside those of kernel releases. */
export const TOOLCHAIN = 'toolchain';

/** A sysroot that goes with no kernel: the sandbox, QEMU, the guest's user space, the toolchain of a distribution. */
export type ToolSysroot = {
  name: string;
  /** Directory of its lock: `tools` of what all targets share, the distribution's id of a toolchain. */
  group: string;
  title: string;
  distribution: Distribution;
  packages: string[];
  exclude: string[];
};

export type Matrix = {
  directory: string;
  distributions: Distribution[];
  tools: ToolSysroot[];
  /** One for each distribution that has a list of `toolchain` packages. */
  toolchains: ToolSysroot[];
  /** Kernel releases that have a lock file, oldest first, by distribution id. */
  locked: Map<string, string[]>;
};

export type Target = {
  /** Distribution id: `debian-12`. */
  id: string;
  /** Kernel release: `6.1.0-56-amd64`. */
  kernel: string;
  arch: 'x86_64';
  distribution: Distribution;
  /** The user named it, so that its failure is an error and no reason to skip it. */
  named: boolean;
  /** The user named this very release, so that no other may take its place. */
  pinned: boolean;
  /** Digest of what the target consists of besides packages: a kernel tree of the user's. */
  content?: string;
};

// SPDX-License-Identifier: Apache-2.0
import type { RunGpgv } from './packages/rpm/gpgv.ts';
import type { Tools } from './tools.ts';

const SECONDS = 60;

/** gpgv of the sandbox's own packages, shut in like everything else. */
export function sandboxedGpgv(tools: () => Tools): RunGpgv {
  return async ({ signature, data, keyring }, signal) => {
    const [sandbox, sysroot] = await Promise.all([tools().sandbox(), tools().sysroot('sandbox')]);
    const argv = ['gpgv', '--status-fd', '1', '--keyring', '/keyring', '/signature', '/data'];
    return await sandbox.run(sysroot, argv, {
      binds: [
        { from: keyring, to: '/keyring' },
        { from: signature, to: '/signature' },
        { from: data, to: '/data' },
      ],
      timeoutSeconds: SECONDS,
      signal,
    });
  };
}

// SPDX-License-Identifier: Apache-2.0
// A process of its own that runs one program in a sandbox: to be killed, or started under other conditions.
import { ExplainedError } from '../../src/errors.ts';
import { Sandbox } from '../../src/sysroot/sandbox.ts';

const { tools, sysroot, argv } = JSON.parse(process.argv[2] ?? '');
try {
  const sandbox = await Sandbox.open(tools);
  const { signal } = new AbortController();
  const { stdout, code } = await sandbox.run(sysroot, argv, { timeoutSeconds: 600, signal });
  process.stdout.write(`${sandbox.mode}\n${stdout}`);
  process.exitCode = code ?? 1;
} catch (error) {
  process.stderr.write(`${(error as Error).message}\n`);
  process.exitCode = error instanceof ExplainedError ? error.exitCode : 1;
}

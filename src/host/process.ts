// SPDX-License-Identifier: Apache-2.0
import { type ChildProcess, type StdioOptions, spawn } from 'node:child_process';
import { readFile } from 'node:fs/promises';

export type OutputListener = (chunk: Buffer, stream: 'stdout' | 'stderr') => void;

export type ProcessOptions = {
  /** Seconds after which the process and its children are killed. */
  timeoutSeconds: number;
  /** Kills the process and its children when aborted; the promise then rejects with the signal's reason. */
  signal: AbortSignal;
  cwd?: string;
  /** The whole environment of the process: nothing is inherited that is not in here. */
  environment?: Record<string, string>;
  input?: string | Uint8Array;
  onOutput?: OutputListener;
  /** Only the last this many bytes of each stream are kept in the result (default 1 MiB). */
  keepBytes?: number;
  /** Extra descriptors, as for node's `spawn`; the first three are always pipes. */
  extraDescriptors?: Exclude<StdioOptions, string>;
  onSpawn?: (child: ChildProcess) => void;
};

export type ProcessResult = {
  /** Exit status; null when a signal ended it. */
  code: number | null;
  killedBy: NodeJS.Signals | null;
  timedOut: boolean;
  stdout: string;
  stderr: string;
};

/** Keeps the last `limit` bytes of a stream, so that a chatty process cannot fill the memory. */
class Tail {
  private chunks: Buffer[] = [];
  private size = 0;
  private readonly limit: number;

  constructor(limit: number) {
    this.limit = limit;
  }

  push(chunk: Buffer): void {
    this.chunks.push(chunk);
    this.size += chunk.length;
    while (this.chunks[0] && this.size - this.chunks[0].length >= this.limit) {
      this.size -= this.chunks[0].length;
      this.chunks.shift();
    }
  }

  toString(): string {
    const all = Buffer.concat(this.chunks);
    return all.subarray(Math.max(0, all.length - this.limit)).toString('utf8');
  }
}

/**
 * Runs a program in a process group of its own, without a shell, and waits for it.
 * A failing exit status is a value; throws only when it cannot be started (ENOENT, EACCES) or when `signal` aborts.
 */
export function runProcess(command: string, args: string[], options: ProcessOptions): Promise<ProcessResult> {
  const { signal, timeoutSeconds, keepBytes = 1 << 20 } = options;
  return new Promise((resolve, reject) => {
    if (signal.aborted) {
      reject(signal.reason);
      return;
    }
    const child = spawn(command, args, {
      ...(options.cwd === undefined ? {} : { cwd: options.cwd }),
      env: options.environment ?? {},
      stdio: ['pipe', 'pipe', 'pipe', ...(options.extraDescriptors ?? [])],
      // A group of its own, so that the children end with it and a Ctrl-C at the terminal reaches only us.
      detached: true,
    });
    const stdout = new Tail(keepBytes);
    const stderr = new Tail(keepBytes);
    let timedOut = false;
    const killGroup = () => {
      try {
        if (child.pid) process.kill(-child.pid, 'SIGKILL');
      } catch {
        // Already gone.
      }
    };
    const timer = setTimeout(() => {
      timedOut = true;
      killGroup();
    }, timeoutSeconds * 1000);
    signal.addEventListener('abort', killGroup, { once: true });
    const settle = () => {
      clearTimeout(timer);
      signal.removeEventListener('abort', killGroup);
    };
    child.stdout?.on('data', (chunk: Buffer) => {
      stdout.push(chunk);
      options.onOutput?.(chunk, 'stdout');
    });
    child.stderr?.on('data', (chunk: Buffer) => {
      stderr.push(chunk);
      options.onOutput?.(chunk, 'stderr');
    });
    // A program that closes its input early is no error of ours.
    child.stdin?.on('error', () => {});
    child.stdin?.end(options.input);
    child.on('error', (error) => {
      settle();
      reject(error);
    });
    child.on('exit', killGroup);
    child.on('close', (code, killedBy) => {
      settle();
      if (signal.aborted) reject(signal.reason);
      else resolve({ code, killedBy, timedOut, stdout: stdout.toString(), stderr: stderr.toString() });
    });
    options.onSpawn?.(child);
  });
}

/** Whether a process of this number is there, ours or not. */
export function processIsAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

/**
 * Whether the process of this number that started then (`startOf`) is still there; another may have its number by now, as the
 * first process of a container always has the same. Without `start` any process of the number will do.
 */
export async function isRunning(pid: number, start: string | undefined): Promise<boolean> {
  return processIsAlive(pid) && (start === undefined || start === (await startOf(pid)));
}

/** When a process started, in ticks since boot (proc(5)), which tells it from a later one with its id; '' when it is gone. */
export async function startOf(pid: number): Promise<string> {
  const status = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => '');
  return status.slice(status.lastIndexOf(')') + 2).split(' ')[19] ?? '';
}

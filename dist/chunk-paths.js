import { spawn } from "node:child_process";
import { isAbsolute, join } from "node:path";
import { readFile } from "node:fs/promises";
import { homedir } from "node:os";
import { fileURLToPath } from "node:url";

// src/host/process.ts
/** Keeps the last `limit` bytes of a stream, so that a chatty process cannot fill the memory. */
var Tail = class {
	chunks = [];
	size = 0;
	limit;
	constructor(limit) {
		this.limit = limit;
	}
	push(chunk) {
		this.chunks.push(chunk);
		this.size += chunk.length;
		while (this.chunks[0] && this.size - this.chunks[0].length >= this.limit) {
			this.size -= this.chunks[0].length;
			this.chunks.shift();
		}
	}
	toString() {
		const all = Buffer.concat(this.chunks);
		return all.subarray(Math.max(0, all.length - this.limit)).toString("utf8");
	}
};
/**
* Runs a program in a process group of its own, without a shell, and waits for it.
* A failing exit status is a value; throws only when it cannot be started (ENOENT, EACCES) or when `signal` aborts.
*/
function runProcess(command, args, options) {
	const { signal, timeoutSeconds, keepBytes = 1 << 20 } = options;
	return new Promise((resolve, reject) => {
		if (signal.aborted) {
			reject(signal.reason);
			return;
		}
		const child = spawn(command, args, {
			...options.cwd === void 0 ? {} : { cwd: options.cwd },
			env: options.environment ?? {},
			stdio: [
				"pipe",
				"pipe",
				"pipe",
				...options.extraDescriptors ?? []
			],
			detached: true
		});
		const stdout = new Tail(keepBytes);
		const stderr = new Tail(keepBytes);
		let timedOut = false;
		const killGroup = () => {
			try {
				if (child.pid) process.kill(-child.pid, "SIGKILL");
			} catch {}
		};
		const timer = setTimeout(() => {
			timedOut = true;
			killGroup();
		}, timeoutSeconds * 1e3);
		signal.addEventListener("abort", killGroup, { once: true });
		const settle = () => {
			clearTimeout(timer);
			signal.removeEventListener("abort", killGroup);
		};
		child.stdout?.on("data", (chunk) => {
			stdout.push(chunk);
			options.onOutput?.(chunk, "stdout");
		});
		child.stderr?.on("data", (chunk) => {
			stderr.push(chunk);
			options.onOutput?.(chunk, "stderr");
		});
		child.stdin?.on("error", () => {});
		child.stdin?.end(options.input);
		child.on("error", (error) => {
			settle();
			reject(error);
		});
		child.on("exit", killGroup);
		child.on("close", (code, killedBy) => {
			settle();
			if (signal.aborted) reject(signal.reason);
			else resolve({
				code,
				killedBy,
				timedOut,
				stdout: stdout.toString(),
				stderr: stderr.toString()
			});
		});
		options.onSpawn?.(child);
	});
}
/** Whether a process of this number is there, ours or not. */
function processIsAlive(pid) {
	try {
		process.kill(pid, 0);
		return true;
	} catch (error) {
		return error.code === "EPERM";
	}
}
/**
* Whether the process of this number that started then (`startOf`) is still there; another may have its number by now, as the
* first process of a container always has the same. Without `start` any process of the number will do.
*/
async function isRunning(pid, start) {
	return processIsAlive(pid) && (start === void 0 || start === await startOf(pid));
}
/** When a process started, in ticks since boot (proc(5)), which tells it from a later one with its id; '' when it is gone. */
async function startOf(pid) {
	const status = await readFile(`/proc/${pid}/stat`, "utf8").catch(() => "");
	return status.slice(status.lastIndexOf(")") + 2).split(" ")[19] ?? "";
}

// src/host/paths.ts
/** Whether this is the bundle in `dist/`, not the source. */
const isBundle = !import.meta.url.endsWith(".ts");
/**
* A file with code for a thread or process of its own, by its name without ending: beside the module whose `import.meta.url`
* is `here`, and in the bundle beside all others.
*/
function workerFile(name, here) {
	return new URL(`./${name}.${isBundle ? "js" : "ts"}`, here);
}
/** The directory that holds `matrix/`, `kmod/` and `conformance/`: the parent of `dist/`, or two above this file. */
function projectRoot() {
	return fileURLToPath(new URL(isBundle ? ".." : "../..", import.meta.url)).replace(/\/$/, "");
}
/**
* Where downloads, unpacked packages and results are kept: `OVNFAST_CACHE`, else `$XDG_CACHE_HOME/ovnfast`,
* else `~/.cache/ovnfast`. A relative XDG_CACHE_HOME is ignored, as the XDG base directory specification demands.
*/
function cacheDirectory(environment) {
	if (environment.OVNFAST_CACHE) return environment.OVNFAST_CACHE;
	const base = environment.XDG_CACHE_HOME;
	return join(base && isAbsolute(base) ? base : join(environment.HOME || homedir(), ".cache"), "ovnfast");
}

export { isRunning as a, startOf as c, workerFile as i, isBundle as n, processIsAlive as o, projectRoot as r, runProcess as s, cacheDirectory as t };
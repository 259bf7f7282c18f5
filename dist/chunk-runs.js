import { t as EnvironmentError } from "./chunk-errors.js";
import { a as makeDirectory, c as writeAtomic } from "./chunk-files.js";
import { i as digestTree } from "./chunk-usingCtx.js";
import { a as isRunning, c as startOf } from "./chunk-paths.js";
import { join } from "node:path";
import { readFile, readdir, readlink, rm, stat, writeFile } from "node:fs/promises";
import { randomBytes } from "node:crypto";
import { setTimeout } from "node:timers/promises";

// src/host/seal.ts
/** The file that holds the seal of a directory. */
const SEAL = "seal.json";
/**
* Writes into a directory what it is and the digest of all that it holds, for those who get it from elsewhere: whether all of
* it arrived, and as what it was sent. It does not say who made it.
*/
async function seal(directory, name) {
	await writeAtomic(join(directory, SEAL), `${JSON.stringify({
		name,
		digest: await contents(directory)
	})}\n`);
}
/** Whether a directory is what it says it is: of that name, unchanged, and of nothing but files and directories. */
async function isSealed(directory, name) {
	try {
		const found = JSON.parse(await readFile(join(directory, SEAL), "utf8"));
		if (!(await readdir(directory, {
			recursive: true,
			withFileTypes: true
		})).every((entry) => entry.isFile() || entry.isDirectory())) return false;
		const { name: sealed, digest } = found ?? {};
		return sealed === name && digest === await contents(directory);
	} catch (error) {
		if (error.code === "ENOENT" || error instanceof SyntaxError) return false;
		throw error;
	}
}
function contents(directory) {
	return digestTree(directory, (_, path) => path === SEAL);
}

// src/packages/errors.ts
function listAttempts(attempts) {
	return attempts.map(({ url, reason }) => `\n    ${url} ${reason}`).join("");
}
/** No mirror delivered a file. `attempts` has every address that was tried. */
var NotDeliveredError = class extends EnvironmentError {
	attempts;
	constructor(what, attempts, remedy) {
		super(`${what}; tried:${listAttempts(attempts)}`, { remedy });
		this.attempts = attempts;
	}
};
/** The mirrors that answer no longer have a package, so that resolving again may help. */
var PackageGoneError = class extends NotDeliveredError {};
const storage = {
	ENOSPC: "no space left on the disk",
	EDQUOT: "the disk quota is used up",
	EROFS: "the file system is read-only",
	EACCES: "permission denied",
	EPERM: "permission denied",
	ENOTDIR: "a part of its path is no directory",
	EEXIST: "a part of its path is no directory"
};
/** Makes an error of the file system below the cache one that says what to do; others are returned as they are. */
function explainStorage(error, directory) {
	const what = storage[error.code ?? ""];
	if (what === void 0) return error;
	return new EnvironmentError(`the cache cannot be written: ${what}`, {
		where: directory,
		remedy: "Free space there, for example with `ovnfast cache prune`, or set OVNFAST_CACHE to another directory.",
		cause: error
	});
}
/** A signature that is none, or not by a key that is trusted for this archive. */
var SignatureError = class extends EnvironmentError {};
/** No signature at all. */
var UnsignedError = class extends SignatureError {};
/** A signature by a key that nobody here knows: it says nothing, neither good nor bad. */
var UnknownKeyError = class extends SignatureError {};

// src/packages/runs.ts
/** A marker that this machine cannot check (written in another container) counts as alive for so long. */
const foreignMarkerMs = 864e5;
const pruneWaitMs = 12e4;
/**
* Says that this process uses the cache, until the scope ends: pruning removes nothing meanwhile. Waits for a pruning that
* is under way. Throws EnvironmentError when that takes longer than `waitMs`, the signal's reason when aborted.
*/
async function enterRun(cache, signal, waitMs = pruneWaitMs) {
	const marker = await putMarker(cache, "run");
	try {
		const end = Date.now() + waitMs;
		for (;;) {
			const pruner = (await readMarkers(cache)).find(({ role, alive }) => alive && role === "prune");
			if (!pruner) return marker;
			if (Date.now() > end) throw new EnvironmentError(`process ${pruner.pid} has been pruning the cache since ${pruner.startedAt}`, {
				where: cache,
				remedy: `Wait for it, or end it; if it is gone, remove ${pruner.path}.`
			});
			await setTimeout(100, void 0, { signal });
		}
	} catch (error) {
		await marker[Symbol.asyncDispose]();
		signal.throwIfAborted();
		throw error;
	}
}
/**
* Claims the cache for pruning, until the scope ends. The other users alive are returned: when there are any, nothing that
* they might use may be removed.
*/
async function enterPrune(cache) {
	const marker = await putMarker(cache, "prune");
	const markers = await readMarkers(cache);
	for (const { alive, path } of markers) if (!alive) await rm(path, { force: true });
	const others = markers.filter(({ alive, path }) => alive && path !== marker.path).map(({ role, pid, startedAt }) => ({
		role,
		pid,
		startedAt
	}));
	return Object.assign(marker, { others });
}
async function putMarker(cache, role) {
	const path = join(cache, "runs", `${process.pid}.${randomBytes(4).toString("hex")}.json`);
	const startedAt = (/* @__PURE__ */ new Date()).toISOString();
	const content = {
		role,
		pid: process.pid,
		startedAt,
		namespace: await pidNamespace(),
		start: await startOf(process.pid)
	};
	try {
		await makeDirectory(join(cache, "runs"));
		await writeFile(path, `${JSON.stringify(content)}\n`, { flag: "wx" });
	} catch (error) {
		throw explainStorage(error, cache);
	}
	return {
		path,
		[Symbol.asyncDispose]: () => rm(path, { force: true })
	};
}
async function readMarkers(cache) {
	const directory = join(cache, "runs");
	const markers = [];
	for (const name of await readdir(directory).catch(() => [])) {
		const path = join(directory, name);
		const text = await readFile(path, "utf8").catch(() => void 0);
		if (text === void 0) continue;
		try {
			const { role, pid, startedAt, namespace, start } = JSON.parse(text);
			const alive = namespace === await pidNamespace() ? await isRunning(pid, start) : Date.now() - (await stat(path)).mtimeMs < foreignMarkerMs;
			markers.push({
				role,
				pid,
				startedAt,
				path,
				alive
			});
		} catch {
			const age = await stat(path).then(({ mtimeMs }) => Date.now() - mtimeMs, () => Number.POSITIVE_INFINITY);
			markers.push({
				role: "run",
				pid: Number.parseInt(name, 10),
				startedAt: "",
				path,
				alive: age < 1e4
			});
		}
	}
	return markers;
}
/** Process ids mean something only within the boot and namespace they belong to. */
async function pidNamespace() {
	return `${(await readFile("/proc/sys/kernel/random/boot_id", "utf8").catch(() => "")).trim()} ${await readlink("/proc/self/ns/pid").catch(() => "")}`;
}

export { SignatureError as a, explainStorage as c, seal as d, PackageGoneError as i, listAttempts as l, enterRun as n, UnknownKeyError as o, NotDeliveredError as r, UnsignedError as s, enterPrune as t, isSealed as u };
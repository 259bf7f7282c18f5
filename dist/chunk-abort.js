import { s as temporaryName } from "./chunk-files.js";
import { t as _usingCtx } from "./chunk-usingCtx.js";
import { o as processIsAlive } from "./chunk-paths.js";
import { c as explainStorage, t as enterPrune } from "./chunk-runs.js";
import { setMaxListeners } from "node:events";
import { join } from "node:path";
import { lstatSync, readdirSync } from "node:fs";
import { chmod, mkdir, readdir, rename, rm } from "node:fs/promises";
import { constants as constants$2 } from "node:os";
import { setImmediate } from "node:timers/promises";

// src/packages/cache.ts
/**
* Says what the cache holds, by kind, in bytes of disk space. Files that several entries share by hard links count once,
* for the first kind that has them. A cache that is not there is empty.
*/
async function cacheUsage(cache, signal) {
	const kinds = /* @__PURE__ */ new Map();
	const seen = /* @__PURE__ */ new Set();
	for (const entry of await listEntries(cache)) {
		signal.throwIfAborted();
		count(kinds, entry.kind, diskUsage(entry.path, seen));
		await setImmediate();
	}
	return {
		directory: cache,
		kinds,
		bytes: [...kinds.values()].reduce((sum, usage) => sum + usage.bytes, 0)
	};
}
/**
* Removes entries that were not used lately, and what processes left behind that are gone. While another process uses the
* cache nothing else is removed, and that process is named in the result. An entry is moved aside before it is removed, so
* that no half of it is ever found. Throws EnvironmentError when the cache cannot be written, the signal's reason.
*/
async function pruneCache(cache, { olderThanDays, all, signal }) {
	try {
		var _usingCtx$1 = _usingCtx();
		const claim = _usingCtx$1.a(await enterPrune(cache));
		const before = all ? Number.POSITIVE_INFINITY : Date.now() - olderThanDays * 24 * 36e5;
		const result = {
			removed: /* @__PURE__ */ new Map(),
			users: claim.others,
			failed: []
		};
		const seen = /* @__PURE__ */ new Set();
		const trash = join(cache, "trash");
		for (const entry of await listEntries(cache)) {
			signal.throwIfAborted();
			if (!(!(claim.others.length > 0) && (isWork(entry) || lstatSync(entry.path).mtimeMs < before)) && !isLeftover(entry)) continue;
			const bytes = diskUsage(entry.path, seen);
			const aside = entry.kind === "trash" ? entry.path : temporaryName(join(trash, entry.name));
			try {
				if (aside !== entry.path) {
					await mkdir(trash, { recursive: true });
					await rename(entry.path, aside);
				}
				await removeTree(aside);
				count(result.removed, entry.kind, bytes);
			} catch (error) {
				result.failed.push({
					path: entry.path,
					reason: error.message
				});
			}
		}
		await rm(trash, {
			recursive: true,
			force: true
		}).catch((error) => {
			throw explainStorage(error, cache);
		});
		return result;
	} catch (_) {
		_usingCtx$1.e = _;
	} finally {
		await _usingCtx$1.d();
	}
}
/** All entries, kind by kind: the children of each directory of the cache; blobs lie one level deeper. */
async function listEntries(cache) {
	const entries = [];
	const kinds = await readdir(cache, { withFileTypes: true }).catch(() => []);
	kinds.sort((a, b) => rank(a.name) - rank(b.name) || (a.name < b.name ? -1 : 1));
	for (const kind of kinds) {
		if (kind.name === "runs") continue;
		if (!kind.isDirectory()) {
			entries.push({
				kind: "other",
				path: join(cache, kind.name),
				name: kind.name
			});
			continue;
		}
		const directory = join(cache, kind.name, ...kind.name === "blobs" ? ["sha256"] : []);
		for (const name of await readdir(directory).catch(() => [])) entries.push({
			kind: kind.name,
			path: join(directory, name),
			name
		});
	}
	return entries;
}
/** Owners before those that share their files. */
function rank(kind) {
	return -[
		"sysroots",
		"unpacked",
		"blobs"
	].indexOf(kind);
}
/** A temporary file or directory of a process that is gone, or what an earlier pruning did not finish. */
function isLeftover({ kind, name }) {
	const [, pid] = /\.(\d+)\.[0-9a-f]{8}\.tmp(?:\.unsorted)?$/.exec(name) ?? [];
	return kind === "trash" || pid !== void 0 && !processIsAlive(Number(pid));
}
/** Working directories that belong to no entry yet: leftovers when nobody uses the cache. */
function isWork({ kind, name }) {
	return kind === "work" || /^(?:new|work)-[A-Za-z0-9]{6}$/.test(name);
}
function count(kinds, kind, bytes) {
	const usage = kinds.get(kind) ?? {
		entries: 0,
		bytes: 0
	};
	kinds.set(kind, {
		entries: usage.entries + 1,
		bytes: usage.bytes + bytes
	});
}
/** Disk space below a path. Synchronous, as a hundred thousand files are read five times as fast so. */
function diskUsage(path, seen) {
	const found = lstatSync(path, { throwIfNoEntry: false });
	if (!found) return 0;
	if (found.nlink > 1 && !found.isDirectory()) {
		const identity = `${found.dev}:${found.ino}`;
		if (seen.has(identity)) return 0;
		seen.add(identity);
	}
	let bytes = found.blocks * 512;
	if (found.isDirectory()) for (const name of readdirSync(path)) bytes += diskUsage(join(path, name), seen);
	return bytes;
}
/** Removes a tree in which directories may be read-only. */
async function removeTree(path) {
	try {
		await rm(path, {
			recursive: true,
			force: true
		});
	} catch (error) {
		if (!["EACCES", "EPERM"].includes(error.code ?? "")) throw error;
		await makeWritable(path);
		await rm(path, {
			recursive: true,
			force: true
		});
	}
}
async function makeWritable(path) {
	await chmod(path, 448);
	for (const entry of await readdir(path, { withFileTypes: true })) if (entry.isDirectory()) await makeWritable(join(path, entry.name));
}

// src/host/abort.ts
/** An abort controller that any number of downloads, builds and machines listen to, which Node would take for a leak. */
function sharedAbortController() {
	const controller = new AbortController();
	setMaxListeners(0, controller.signal);
	return controller;
}
/** Lets signals end the work of this program, with a reason for each. */
function interruptible(names, reason) {
	const controller = sharedAbortController();
	const interruption = { signal: controller.signal };
	for (const name of names) process.on(name, () => {
		if (interruption.by) process.exit(signalStatus(name));
		interruption.by = name;
		controller.abort(new Error(reason(name)));
	});
	return interruption;
}
/** The exit status that shells have for a program that a signal ended. */
function signalStatus(name) {
	return 128 + constants$2.signals[name];
}

export { pruneCache as a, cacheUsage as i, sharedAbortController as n, signalStatus as r, interruptible as t };
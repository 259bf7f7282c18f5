import { t as EnvironmentError } from "./chunk-errors.js";
import { a as makeDirectory, c as writeAtomic } from "./chunk-files.js";
import { i as startOf, t as isRunning } from "./chunk-process.js";
import { homedir } from "node:os";
import { isAbsolute, join } from "node:path";
import { createReadStream } from "node:fs";
import { readFile, readdir, readlink, rm, stat, writeFile } from "node:fs/promises";
import { createHash, randomBytes } from "node:crypto";
import { pipeline } from "node:stream/promises";
import { fileURLToPath } from "node:url";
import { setTimeout } from "node:timers/promises";

// src/host/digest.ts
/** SHA-256 of a file as lower-case hex, read in pieces. */
async function digestFile(path) {
	const hash = createHash("sha256");
	await pipeline(createReadStream(path), hash);
	return hash.digest("hex");
}
/** SHA-256 of bytes, or of a text in UTF-8, as lower-case hex. */
function digestBytes(content) {
	return createHash("sha256").update(content).digest("hex");
}
/** SHA-256 of a JSON value, as lower-case hex; objects count with their keys in the order given. */
function digestValue(value) {
	return digestBytes(JSON.stringify(value));
}
/**
* One SHA-256 for all that a directory holds: relative names, executable bits, contents, link targets.
* Times, owners and names for which `ignore` says true do not count.
*/
async function digestTree(directory, ignore = () => false) {
	const entries = [];
	const visit = async (relative) => {
		const found = await readdir(join(directory, relative), { withFileTypes: true });
		found.sort((a, b) => a.name < b.name ? -1 : 1);
		for (const entry of found) {
			const name = relative === "" ? entry.name : `${relative}/${entry.name}`;
			if (ignore(entry.name, name)) continue;
			const path = join(directory, name);
			if (entry.isDirectory()) await visit(name);
			else if (entry.isSymbolicLink()) entries.push([
				name,
				"link",
				await readlink(path)
			]);
			else if (entry.isFile()) entries.push([
				name,
				((await stat(path)).mode & 64) !== 0,
				await digestFile(path)
			]);
		}
	};
	await visit("");
	return digestValue(entries);
}

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

// \0@oxc-project+runtime@0.156.0/helpers/esm/usingCtx.js
function _usingCtx() {
	var r = "function" == typeof SuppressedError ? SuppressedError : function(r, e) {
		var n = Error();
		return n.name = "SuppressedError", n.error = r, n.suppressed = e, n;
	}, e = {}, n = [];
	function using(r, e) {
		if (null != e) {
			if (Object(e) !== e) throw new TypeError("using declarations can only be used with objects, functions, null, or undefined.");
			if (r) var o = e[Symbol.asyncDispose || Symbol["for"]("Symbol.asyncDispose")];
			if (void 0 === o && (o = e[Symbol.dispose || Symbol["for"]("Symbol.dispose")], r)) var t = o;
			if ("function" != typeof o) throw new TypeError("Object is not disposable.");
			t && (o = function o() {
				try {
					t.call(e);
				} catch (r) {
					return Promise.reject(r);
				}
			}), n.push({
				v: e,
				d: o,
				a: r
			});
		} else r && n.push({
			d: e,
			a: r
		});
		return e;
	}
	return {
		e,
		u: using.bind(null, !1),
		a: using.bind(null, !0),
		d: function d() {
			var o, t = this.e, s = 0;
			function next() {
				for (; o = n.pop();) try {
					if (!o.a && 1 === s) return s = 0, n.push(o), Promise.resolve().then(next);
					if (o.d) {
						var r = o.d.call(o.v);
						if (o.a) return s |= 2, Promise.resolve(r).then(next, err);
					} else s |= 1;
				} catch (r) {
					return err(r);
				}
				if (1 === s) return t !== e ? Promise.reject(t) : Promise.resolve();
				if (t !== e) throw t;
			}
			function err(n) {
				return t = t !== e ? new r(n, t) : n, next();
			}
			return next();
		}
	};
}

// src/host/paths.ts
/** Whether this is the bundle in `dist/`, not the source. */
const isBundle = !import.meta.url.endsWith(".ts");
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

export { digestFile as _, SignatureError as a, explainStorage as c, isBundle as d, projectRoot as f, digestBytes as g, seal as h, PackageGoneError as i, listAttempts as l, isSealed as m, enterRun as n, UnknownKeyError as o, _usingCtx as p, NotDeliveredError as r, UnsignedError as s, enterPrune as t, cacheDirectory as u, digestTree as v, digestValue as y };
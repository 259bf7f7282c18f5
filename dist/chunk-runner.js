import { a as __toESM } from "./chunk-rolldown-runtime.js";
import { t as EnvironmentError } from "./chunk-errors.js";
import { c as writeAtomic, t as TemporaryDirectory } from "./chunk-files.js";
import { a as duration, c as visible, i as counted, o as oneLine, t as byteSize } from "./chunk-text.js";
import { a as digestValue, t as _usingCtx } from "./chunk-usingCtx.js";
import { t as cacheDirectory } from "./chunk-paths.js";
import { t as enterPrune, u as isSealed } from "./chunk-runs.js";
import { a as pruneCache } from "./chunk-abort.js";
import { _ as getExecOutput, n as debug, t as require_semver } from "./chunk-semver.js";
import { t as askToolkit } from "./chunk-toolkit.js";
import { basename, dirname, join, relative } from "node:path";
import { constants } from "node:fs";
import { access, copyFile, cp, link, lstat, mkdir, readFile, readdir, rename, stat, writeFile } from "node:fs/promises";
import { performance } from "node:perf_hooks";
import * as fs$1 from "fs";
import * as os$1 from "os";
import * as path from "path";
import { ok } from "assert";

// src/action/commands.ts
/** Colours as GitHub's log shows them. */
const COLOUR = "\\u001b\\[[\\d;]*m";
/** `::name::` at the start of a line; the runner looks behind white space. */
const COMMAND = new RegExp(`^((?:[^\\S\\n]|${COLOUR})*):(?=:)`, "gm");
/** The older form, `##[name]` anywhere in a line. */
const OLD_COMMAND = new RegExp(`##((?:${COLOUR})*)\\[`, "g");
const BETWEEN_COLOURS = new RegExp(`(${COLOUR})`);
/**
* Text that is only read: no line of it is a workflow command, be it for the runner (its ActionCommand.cs) or for GitHub's view of
* the log, which takes `##[group]` for one whether commands are stopped or not. Control characters are made visible.
*/
function harmless(text) {
	return harmlessColoured(visible(text));
}
/** The same of text with colours of ours in it, which stay. */
function harmlessColoured(text) {
	return text.split(BETWEEN_COLOURS).map((part, index) => index % 2 === 1 ? part : visible(part)).join("").replace(COMMAND, "$1: ").replace(OLD_COMMAND, "##$1 [");
}
/** A workflow command without properties, on a line of its own, escaped as `@actions/core` does. */
function commandLine(name, text = "") {
	return `::${name}::${text.replaceAll("%", "%25").replaceAll("\r", "%0D").replaceAll("\n", "%0A")}\n`;
}

// node_modules/@actions/tool-cache/lib/manifest.js
var import_semver = /* @__PURE__ */ __toESM(require_semver(), 1);
var __awaiter$2 = void 0 && (void 0).__awaiter || function(thisArg, _arguments, P, generator) {
	function adopt(value) {
		return value instanceof P ? value : new P(function(resolve) {
			resolve(value);
		});
	}
	return new (P || (P = Promise))(function(resolve, reject) {
		function fulfilled(value) {
			try {
				step(generator.next(value));
			} catch (e) {
				reject(e);
			}
		}
		function rejected(value) {
			try {
				step(generator["throw"](value));
			} catch (e) {
				reject(e);
			}
		}
		function step(result) {
			result.done ? resolve(result.value) : adopt(result.value).then(fulfilled, rejected);
		}
		step((generator = generator.apply(thisArg, _arguments || [])).next());
	});
};

// node_modules/@actions/tool-cache/lib/retry-helper.js
var __awaiter$1 = void 0 && (void 0).__awaiter || function(thisArg, _arguments, P, generator) {
	function adopt(value) {
		return value instanceof P ? value : new P(function(resolve) {
			resolve(value);
		});
	}
	return new (P || (P = Promise))(function(resolve, reject) {
		function fulfilled(value) {
			try {
				step(generator.next(value));
			} catch (e) {
				reject(e);
			}
		}
		function rejected(value) {
			try {
				step(generator["throw"](value));
			} catch (e) {
				reject(e);
			}
		}
		function step(result) {
			result.done ? resolve(result.value) : adopt(result.value).then(fulfilled, rejected);
		}
		step((generator = generator.apply(thisArg, _arguments || [])).next());
	});
};

// node_modules/@actions/tool-cache/lib/tool-cache.js
var __awaiter = void 0 && (void 0).__awaiter || function(thisArg, _arguments, P, generator) {
	function adopt(value) {
		return value instanceof P ? value : new P(function(resolve) {
			resolve(value);
		});
	}
	return new (P || (P = Promise))(function(resolve, reject) {
		function fulfilled(value) {
			try {
				step(generator.next(value));
			} catch (e) {
				reject(e);
			}
		}
		function rejected(value) {
			try {
				step(generator["throw"](value));
			} catch (e) {
				reject(e);
			}
		}
		function step(result) {
			result.done ? resolve(result.value) : adopt(result.value).then(fulfilled, rejected);
		}
		step((generator = generator.apply(thisArg, _arguments || [])).next());
	});
};
const IS_WINDOWS = process.platform === "win32";
const IS_MAC = process.platform === "darwin";
/**
* Finds the path to a tool version in the local installed tool cache
*
* @param toolName      name of the tool
* @param versionSpec   version of the tool
* @param arch          optional arch.  defaults to arch of computer
*/
function find(toolName, versionSpec, arch) {
	if (!toolName) throw new Error("toolName parameter is required");
	if (!versionSpec) throw new Error("versionSpec parameter is required");
	arch = arch || os$1.arch();
	if (!isExplicitVersion(versionSpec)) versionSpec = evaluateVersions(findAllVersions(toolName, arch), versionSpec);
	let toolPath = "";
	if (versionSpec) {
		versionSpec = import_semver.clean(versionSpec) || "";
		const cachePath = path.join(_getCacheDirectory(), toolName, versionSpec, arch);
		debug(`checking cache: ${cachePath}`);
		if (fs$1.existsSync(cachePath) && fs$1.existsSync(`${cachePath}.complete`)) {
			debug(`Found tool in cache ${toolName} ${versionSpec} ${arch}`);
			toolPath = cachePath;
		} else debug("not found");
	}
	return toolPath;
}
/**
* Finds the paths to all versions of a tool that are installed in the local tool cache
*
* @param toolName  name of the tool
* @param arch      optional arch.  defaults to arch of computer
*/
function findAllVersions(toolName, arch) {
	const versions = [];
	arch = arch || os$1.arch();
	const toolPath = path.join(_getCacheDirectory(), toolName);
	if (fs$1.existsSync(toolPath)) {
		const children = fs$1.readdirSync(toolPath);
		for (const child of children) if (isExplicitVersion(child)) {
			const fullPath = path.join(toolPath, child, arch || "");
			if (fs$1.existsSync(fullPath) && fs$1.existsSync(`${fullPath}.complete`)) versions.push(child);
		}
	}
	return versions;
}
/**
* Check if version string is explicit
*
* @param versionSpec      version string to check
*/
function isExplicitVersion(versionSpec) {
	const c = import_semver.clean(versionSpec) || "";
	debug(`isExplicit: ${c}`);
	const valid = import_semver.valid(c) != null;
	debug(`explicit? ${valid}`);
	return valid;
}
/**
* Get the highest satisfiying semantic version in `versions` which satisfies `versionSpec`
*
* @param versions        array of versions to evaluate
* @param versionSpec     semantic version spec to satisfy
*/
function evaluateVersions(versions, versionSpec) {
	let version = "";
	debug(`evaluating ${versions.length} versions`);
	versions = versions.sort((a, b) => {
		if (import_semver.gt(a, b)) return 1;
		return -1;
	});
	for (let i = versions.length - 1; i >= 0; i--) {
		const potential = versions[i];
		if (import_semver.satisfies(potential, versionSpec)) {
			version = potential;
			break;
		}
	}
	if (version) debug(`matched: ${version}`);
	else debug("match not found");
	return version;
}
/**
* Gets RUNNER_TOOL_CACHE
*/
function _getCacheDirectory() {
	const cacheDirectory = process.env["RUNNER_TOOL_CACHE"] || "";
	ok(cacheDirectory, "Expected RUNNER_TOOL_CACHE to be defined");
	return cacheDirectory;
}

// src/action/store.ts
/** Directories of a store that hold what is of a kind: files, or directories, named by a digest. */
const DIRECTORIES = {
	packages: ["blobs/sha256"],
	results: ["results", "programs"]
};
const DIGEST = /^[0-9a-f]{64}$/;
/** The store as a tool of the runner. Counted up when an older version could not read it. */
const TOOL = {
	name: "ovnfast",
	version: "1.0.0"
};
const PRUNE_DAYS = 30;
/**
* Where the action keeps packages, sysroots and results: in `OVNFAST_CACHE`; else in the runner's tool cache, where it is a tool
* like any other and stays when a job ends, on runners of one's own and wherever an image has brought it; else where the
* command line does. Any number of jobs may use a store at once.
*/
async function storeDirectory(environment) {
	const { OVNFAST_CACHE, RUNNER_TOOL_CACHE, RUNNER_ENVIRONMENT } = environment;
	if (OVNFAST_CACHE || !RUNNER_TOOL_CACHE) return cacheDirectory(environment);
	const tool = toolDirectory(RUNNER_TOOL_CACHE);
	try {
		if (find(TOOL.name, TOOL.version) !== tool) {
			if (RUNNER_ENVIRONMENT !== "self-hosted") return cacheDirectory(environment);
			await mkdir(tool, { recursive: true });
			await writeFile(`${tool}.complete`, "");
		}
		await access(tool, constants.W_OK);
		return tool;
	} catch {
		return cacheDirectory(environment);
	}
}
function toolDirectory(toolCache) {
	return join(toolCache, TOOL.name, TOOL.version, process.arch);
}
/** Removes from a store that stays what no job has used for a month, unless another uses it now. Returns what could not be removed, and why. */
async function pruneTool(store, { RUNNER_TOOL_CACHE }, signal) {
	if (!RUNNER_TOOL_CACHE || store !== toolDirectory(RUNNER_TOOL_CACHE)) return [];
	const { others, ...claim } = await enterPrune(store);
	await claim[Symbol.asyncDispose]();
	if (others.length > 0) return [];
	return (await pruneCache(store, {
		olderThanDays: PRUNE_DAYS,
		signal
	})).failed;
}
/** What of a kind is in a store, as paths relative to it. */
async function entriesOf(kind, store) {
	const found = [];
	for (const directory of DIRECTORIES[kind]) {
		const names = await readdir(join(store, directory)).catch(() => []);
		found.push(...names.filter((name) => DIGEST.test(name)).map((name) => join(directory, name)));
	}
	return found.sort();
}
/** Those of them that were made or used since a time, which the store notes on each. */
async function usedSince(kind, store, time) {
	const found = [];
	for (const entry of await entriesOf(kind, store)) {
		const path = join(store, entry);
		if (((await stat(path).catch(() => void 0))?.mtimeMs ?? 0) >= time && (kind === "packages" || await isSealed(path, basename(entry)))) found.push(entry);
	}
	return found;
}
/** The packages that any lock in a directory names, by their digests. */
async function lockedPackages(directory) {
	const found = /* @__PURE__ */ new Set();
	for (const name of await readdir(directory, { recursive: true }).catch(() => [])) {
		if (!name.endsWith(".json")) continue;
		const text = await readFile(join(directory, name), "utf8");
		for (const [digest] of text.matchAll(/\b[0-9a-f]{64}\b/g)) found.add(digest);
	}
	return found;
}
/** Brings entries of a store into a directory, as they lie in the store. What is removed meanwhile is left out. */
async function gather(entries, store, directory) {
	for (const entry of entries) {
		const from = join(store, entry);
		const to = join(directory, entry);
		await mkdir(dirname(to), { recursive: true });
		const gone = (error) => {
			if (error.code !== "ENOENT") throw error;
		};
		if ((await lstat(from).catch(() => void 0))?.isFile()) await link(from, to).catch(() => copyFile(from, to, constants.COPYFILE_FICLONE).catch(gone));
		else await cp(from, to, { recursive: true }).catch(gone);
	}
}
/**
* Moves what is of a kind from a directory, as `gather` has laid it out, into a store, where it is not there yet. What is not
* named by a digest, no plain file, or not sealed is left behind. Returns what was good, and its size in bytes.
*/
async function take(kind, directory, store) {
	const entries = [];
	let bytes = 0;
	for (const entry of await entriesOf(kind, directory)) {
		const from = join(directory, entry);
		const found = await lstat(from);
		if (!(kind === "packages" ? found.isFile() : found.isDirectory() && await isSealed(from, basename(entry)))) continue;
		bytes += found.isFile() ? found.size : await sizeOf(from);
		entries.push(entry);
		const to = join(store, entry);
		if (await lstat(to).catch(() => void 0)) continue;
		await mkdir(dirname(to), { recursive: true });
		await rename(from, to).catch((error) => {
			if (!["ENOTEMPTY", "EEXIST"].includes(error.code ?? "")) throw error;
		});
	}
	return {
		entries,
		bytes
	};
}
async function sizeOf(directory) {
	const files = await readdir(directory, {
		recursive: true,
		withFileTypes: true
	});
	return (await Promise.all(files.filter((file) => file.isFile()).map(async (file) => (await stat(join(file.parentPath, file.name))).size))).reduce((sum, size) => sum + size, 0);
}

// src/action/cache.ts
/** Counted up when an entry is laid out in another way. */
const LAYOUT = 1;
/** A gigabyte at 2 MB/s; some kB, with a service that is slow to answer. */
const SECONDS = {
	packages: 600,
	results: 120
};
const MAXIMUM_MESSAGE = 1e3;
const NOUNS = {
	packages: "package",
	results: "result"
};
/**
* The store between jobs, in GitHub's cache. Two kinds of entries, each restored at the first need of it, so that a run in which
* everything is recalled fetches some kB and not the packages:
*
* - `ovnfast-packages-1-<targets>-<locks>-<content>`: the packages that jobs for these targets used. The newest entry of the same
*   locks is restored, else the newest of other locks, which has most of what is wanted. GitHub never changes an entry, so what
*   had to be downloaded all the same is saved with the rest under another digest of the content. Sysroots are not kept: they are
*   larger than their packages, and nothing could tell whether they are still what was unpacked.
* - `ovnfast-results-1-<targets, module, suites, ...>-<content>`: results, and helpers of suites, that the last such job made or took.
*
* All of that comes from outside. It is unpacked by GitHub's own client, as for any action; what goes into the store from
* there are files and directories, no links, named by a digest: of a package the store itself reads and hashes before use, of
* a result it has to be the sealed name, which is the digest of all that went into it. Who made it a seal does not say: for that
* there are GitHub's rules, by which a branch reads its own entries and those of the default branch. What is to be released is
* tested by the run itself.
*/
var ActionCache = class ActionCache {
	options;
	path;
	journal;
	supplied = /* @__PURE__ */ new Map();
	isDown = false;
	constructor(options, path, journal) {
		this.options = options;
		this.path = path;
		this.journal = journal;
	}
	/** Restores nothing yet. */
	static async open(options) {
		const { environment, store, matrix, inputs, results, remember } = options;
		const { targets, packages, module, suites = [], bench, shareBuilds } = inputs;
		const path = (named) => relative(inputs.workspace, named);
		const kernels = short([[...targets].sort(), packages.map(path)]);
		const work = short([
			path(module),
			suites.map(path),
			bench,
			shareBuilds
		]);
		const locks = short([...await lockedPackages(join(matrix, "locks"))].sort());
		const keys = [{
			kind: "packages",
			prefix: `ovnfast-packages-${LAYOUT}-${kernels}-`,
			locks: `${locks}-`
		}];
		if (results) keys.push({
			kind: "results",
			prefix: `ovnfast-results-${LAYOUT}-${kernels}-${work}-`,
			locks: ""
		});
		const present = await entriesOf("packages", store);
		const journal = {
			store,
			matrix,
			startedAt: Date.now(),
			keys,
			present,
			restored: {}
		};
		const file = join(environment.RUNNER_TEMP ?? join(store, "work"), `ovnfast-cache-${process.pid}.json`);
		const cache = new ActionCache(options, file, journal);
		await cache.write();
		remember(file);
		return cache;
	}
	/** Whether anything came from the cache so far. */
	get hit() {
		return Object.keys(this.journal.restored).length > 0;
	}
	/** For the store, see there. What goes wrong is a warning: all of it can be had without the cache. */
	supply = async (kind) => {
		const done = this.supplied.get(kind) ?? this.restore(kind);
		this.supplied.set(kind, done);
		await done;
	};
	async restore(kind) {
		const { environment, store, signal, warn, note } = this.options;
		const key = this.journal.keys.find((one) => one.kind === kind);
		if (!key || this.isDown || !isServed(environment)) return;
		const started = performance.now();
		try {
			try {
				var _usingCtx$1 = _usingCtx();
				const scratch = _usingCtx$1.a(await TemporaryDirectory.create(join(store, "work"), "cache-"));
				const { restored, complaints, failure } = await askToolkit({
					kind: "restore",
					keys: [.../* @__PURE__ */ new Set([`${key.prefix}${key.locks}`, key.prefix])],
					path: kind
				}, {
					directory: scratch.path,
					environment,
					timeoutSeconds: SECONDS[kind],
					signal
				});
				if (failure !== void 0) complaints.push(failure);
				if (restored === void 0 && complaints.length > 0) throw new Error(shown(complaints));
				if (restored === void 0) return;
				const { entries, bytes } = await take(kind, join(scratch.path, kind), store);
				this.journal.restored[kind] = {
					key: restored,
					entries
				};
				await this.write();
				const seconds = duration((performance.now() - started) / 1e3);
				note(`${counted(entries.length, NOUNS[kind])} (${byteSize(bytes)}) from GitHub's cache in ${seconds}: ${restored}`);
			} catch (_) {
				_usingCtx$1.e = _;
			} finally {
				await _usingCtx$1.d();
			}
		} catch (error) {
			signal.throwIfAborted();
			this.isDown = true;
			warn(`GitHub's cache is not used for ${kind}, as it cannot be restored: ${error.message}`);
		}
	}
	async write() {
		await writeAtomic(this.path, JSON.stringify(this.journal));
	}
};
/**
* Saves what the step has left, as far as the cache does not have it, and removes from a store that stays what is old. `state` is
* what the step remembered, '' when it never came to that. Throws only when interrupted: what goes wrong is a warning.
*/
async function saveCache(state, options) {
	const { environment, signal, warn } = options;
	if (state === "") return;
	try {
		const journal = JSON.parse(await readFile(state, "utf8"));
		if (isServed(environment)) for (const key of journal.keys) await save(key, journal, options);
		for (const { path, reason } of await pruneTool(journal.store, environment, signal)) warn(`${path} is old and could not be removed: ${reason}`);
	} catch (error) {
		signal.throwIfAborted();
		warn(`GitHub's cache is not saved: ${error.message}`);
	}
}
async function save({ kind, prefix, locks }, journal, { environment, signal, warn, note }) {
	try {
		var _usingCtx3 = _usingCtx();
		const { store, startedAt, restored } = journal;
		const entries = kind === "packages" ? await packagesOf(journal) : await usedSince(kind, store, startedAt);
		const key = `${prefix}${locks}${short(entries)}`;
		if (entries.length === 0 || key === restored[kind]?.key) return;
		const scratch = _usingCtx3.a(await TemporaryDirectory.create(join(store, "work"), "cache-"));
		await gather(entries, store, join(scratch.path, kind));
		const { saved, failure, complaints } = await askToolkit({
			kind: "save",
			key,
			path: kind
		}, {
			directory: scratch.path,
			environment,
			timeoutSeconds: SECONDS[kind],
			signal
		});
		if (failure !== void 0) complaints.push(failure);
		if (saved) note(`${counted(entries.length, NOUNS[kind])} saved in GitHub's cache: ${key}`);
		else if (complaints.length > 0) warn(`GitHub's cache did not take the ${kind}: ${shown(complaints)}`);
		else note(`GitHub's cache has ${key} from another job, or may not be written by this one`);
	} catch (_) {
		_usingCtx3.e = _;
	} finally {
		await _usingCtx3.d();
	}
}
/**
* The packages that are worth an entry: none when nothing had to be downloaded, else all that were used, and of those that were
* restored the ones that a lock still names, for what was recalled this time is made again another time.
*/
async function packagesOf({ store, matrix, startedAt, present, restored }) {
	const before = restored.packages?.entries ?? [];
	const known = /* @__PURE__ */ new Set([...present, ...before]);
	const now = await entriesOf("packages", store);
	if (now.every((entry) => known.has(entry))) return [];
	const locked = await lockedPackages(join(matrix, "locks"));
	const kept = before.filter((entry) => locked.has(basename(entry)) && now.includes(entry));
	return [.../* @__PURE__ */ new Set([...await usedSince("packages", store, startedAt), ...kept])].sort();
}
/** As `@actions/cache` has it: the service's address and the token are given to actions, and to nothing else. */
function isServed({ ACTIONS_RESULTS_URL, ACTIONS_CACHE_URL, ACTIONS_RUNTIME_TOKEN }) {
	return Boolean((ACTIONS_RESULTS_URL || ACTIONS_CACHE_URL) && ACTIONS_RUNTIME_TOKEN);
}
function short(value) {
	return digestValue(value).slice(0, 16);
}
function shown(complaints) {
	return [...new Set(complaints)].map(oneLine).join("; ").slice(0, MAXIMUM_MESSAGE);
}

// src/action/runner.ts
/** What keeps an ordinary user from making user namespaces: on Ubuntu from 23.10 on, on old Debian kernels, on EL 7. */
const SWITCHES = [
	{
		name: "kernel.apparmor_restrict_unprivileged_userns",
		closed: "1",
		open: "0"
	},
	{
		name: "kernel.unprivileged_userns_clone",
		closed: "0",
		open: "1"
	},
	{
		name: "user.max_user_namespaces",
		closed: "0",
		open: "15000"
	}
];
const KVM = "dev/kvm";
const SUDO_SECONDS = 20;
/** sudo may wait for the network to know who we are. */
const PATIENCE_SECONDS = 60;
/**
* Makes a runner of GitHub ready, on which sudo asks for no password: sandboxes need user namespaces, machines /dev/kvm. What
* cannot be done only warns, with what to do: perhaps nothing of this run needs it.
*/
async function prepareRunner(options) {
	const { accelerator, root = "/", user = process.getuid?.(), mayUse = isOpen, warn } = options;
	const changes = [];
	const change = async (wanted, remedy) => {
		changes.push(wanted);
		options.remember(changes);
		const fault = await apply(wanted, wanted.after, options.signal);
		if (fault !== void 0) warn(new EnvironmentError(fault, {
			where: wanted.name,
			remedy
		}).message);
	};
	if (user !== 0) for (const { name, closed, open } of SWITCHES) {
		if (await setting(name, root) !== closed) continue;
		await change({
			kind: "setting",
			name,
			before: closed,
			after: open
		}, `Sandboxes need user namespaces: run \`sudo sysctl -w ${name}=${open}\` on the runner, or the job as root.`);
	}
	const device = join(root, KVM);
	const mode = accelerator === "tcg" ? void 0 : await modeOf(device);
	if (mode === void 0 || await mayUse(device)) return;
	await change({
		kind: "mode",
		name: device,
		before: mode,
		after: (Number.parseInt(mode, 8) | 438).toString(8)
	}, `Without it machines are emulated, which is slower: put the user of the runner into the group that owns ${device}.`);
}
/**
* Takes back what `prepareRunner` changed, where it still is as it left it and no other job runs on this machine, which may
* have found it so and need it. Throws nothing: what does not work is told to `warn`.
*/
async function restoreRunner(changes, { signal, warn, note, root = "/" }) {
	if (changes.length > 0 && await jobsOn(root) > 1) {
		note(`Another job runs on this machine, so that these stay as they are: ${changes.map(({ name }) => name).join(", ")}`);
		return;
	}
	for (const change of changes.toReversed()) {
		const { kind, name, before, after } = change;
		if (await (kind === "setting" ? setting(name, root) : modeOf(name)) !== after) continue;
		const fault = await apply(change, before, signal);
		if (fault !== void 0) warn(new EnvironmentError(`${fault}; it was ${before} before this step`, { where: name }).message);
	}
}
/**
* Returns what went wrong. Names and values are ours, none comes from an input. Nothing is written to the program: when it ends
* without reading, as sudo does that wants a password, the error is one that @actions/exec leaves to nobody.
*/
async function apply({ kind, name }, value, signal) {
	const command = kind === "setting" ? [
		"sysctl",
		"-q",
		"-w",
		`${name}=${value}`
	] : [
		"chmod",
		value,
		name
	];
	try {
		const { exitCode, stdout, stderr } = await bounded(getExecOutput("sudo", [
			"-n",
			"--",
			"timeout",
			"-k",
			"5",
			String(SUDO_SECONDS),
			...command
		], {
			env: {
				PATH: process.env.PATH ?? "",
				LC_ALL: "C"
			},
			ignoreReturnCode: true,
			silent: true
		}), signal);
		if (exitCode === 0) return void 0;
		return `cannot be set to ${value} with sudo: ${stderr.trim() || stdout.trim() || `exit status ${exitCode}`}`;
	} catch (error) {
		signal.throwIfAborted();
		return `cannot be set to ${value} with sudo: ${error.message}`;
	}
}
/** @actions/exec waits for as long as a program takes, and cannot be told to stop. */
function bounded(work, signal) {
	const limit = AbortSignal.any([signal, AbortSignal.timeout(PATIENCE_SECONDS * 1e3)]);
	return new Promise((resolve, reject) => {
		limit.addEventListener("abort", () => reject(limit.reason), { once: true });
		work.then(resolve, reject);
	});
}
/** Jobs that run on this machine: each has a process of GitHub's runner, ours too. */
async function jobsOn(root) {
	const processes = (await readdir(join(root, "proc")).catch(() => [])).filter((name) => /^\d+$/.test(name));
	return (await Promise.all(processes.map((id) => content(join(root, "proc", id, "comm"))))).filter((name) => name === "Runner.Worker").length;
}
async function setting(name, root) {
	return await content(join(root, "proc/sys", name.replaceAll(".", "/")));
}
/** Of a small file, without its line break; undefined when it cannot be read. */
async function content(path) {
	return await readFile(path, "utf8").then((text) => text.trim(), () => void 0);
}
async function modeOf(path) {
	const status = await stat(path).catch(() => void 0);
	return status && (status.mode & 4095).toString(8);
}
async function isOpen(path) {
	return await access(path, constants.R_OK | constants.W_OK).then(() => true, () => false);
}

export { storeDirectory as a, harmlessColoured as c, saveCache as i, restoreRunner as n, commandLine as o, ActionCache as r, harmless as s, prepareRunner as t };
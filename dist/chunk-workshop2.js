import { t as __commonJSMin } from "./chunk-rolldown-runtime.js";
import { n as ExplainedError, r as InputError, t as EnvironmentError } from "./chunk-errors.js";
import { a as digestValue, i as digestTree, r as digestFile, t as _usingCtx } from "./chunk-usingCtx.js";
import { c as writeAtomic, i as isFull, n as copyAtomic, o as readAt, r as isFile, s as temporaryName, t as TemporaryDirectory } from "./chunk-files.js";
import { A as lockDigest, D as resolveWith, Dt as string, E as nameOf$2, Et as strictObject, F as snapshotTimes, H as readModule, I as writeLock, L as PACKAGE_NAME, M as pinsOf, N as readLock, O as selection, Ot as url, R as hasSection, St as literal, T as ingredients, Tt as record$1, X as findNote, Y as ElfFile, _ as realDirectory, bt as discriminatedUnion, ct as selectTargets, d as programSources, dt as selectReleases, f as EPOCH, ft as selectorFault, gt as require_dist, i as overlaps, j as lockParts, k as kernelPart, l as readObject, lt as compareReleases, m as copySource, mt as didYouMean, o as require_undici, p as copyModuleSource, pt as readDocument, r as compareEvr, st as labelOf, ut as matcher, vt as array, w as distributionOf, yt as boolean } from "./chunk-workshop.js";
import { a as SignatureError, c as explainStorage, d as seal, i as PackageGoneError, l as listAttempts, n as enterRun, o as UnknownKeyError, r as NotDeliveredError, s as UnsignedError } from "./chunk-runs.js";
import { a as isBuiltIn, i as decompressFile, n as compressionAt, o as limited, r as decompress, s as readRange, t as CorruptData } from "./chunk-decompress.js";
import { i as workerFile, n as isBundle, s as runProcess } from "./chunk-paths.js";
import { a as isDeb, c as SENSE, d as readRpm, l as evrOf, n as LIMITS$1, o as readDebLayout, r as isRpm, s as readTarFile, u as nevra } from "./chunk-unpack.js";
import { a as verify$7, i as unarmor, n as readCleartextMessage, r as readKeys, t as enums } from "./chunk-openpgp.js";
import { setMaxListeners } from "node:events";
import { basename, dirname, isAbsolute, join, normalize, posix, resolve } from "node:path";
import { closeSync, createReadStream, createWriteStream, existsSync, fstatSync, lstatSync, openSync, readSync, readdirSync, readlinkSync, rmSync, writeSync } from "node:fs";
import { access, copyFile, lstat, mkdir, open, readFile, readdir, readlink, realpath, rename, rm, stat, symlink, utimes, writeFile } from "node:fs/promises";
import { createHash } from "node:crypto";
import { pipeline } from "node:stream/promises";
import { Readable } from "node:stream";
import { gzipSync } from "node:zlib";
import { availableParallelism } from "node:os";
import { performance } from "node:perf_hooks";
import { setTimeout as setTimeout$1 } from "node:timers/promises";
import { Worker } from "node:worker_threads";

// src/sysroot/inside.ts
const MAXIMUM_LINKS = 40;
/**
* The place on this machine of `path` as a program sees it whose root is `root`: symbolic links are followed, but never
* out of the root. Use it before reading anything of a sysroot by a path that packages could have made a link.
* What does not exist stays as it is written. Throws InputError for a loop of links.
*/
function insideRoot(root, path) {
	const done = [];
	const todo = path.split("/");
	for (let links = 0; todo.length > 0;) {
		const part = todo.shift();
		if (part === "" || part === ".") continue;
		if (part === "..") {
			done.pop();
			continue;
		}
		const here = join(root, ...done, part);
		if (!lstatSync(here, { throwIfNoEntry: false })?.isSymbolicLink()) {
			done.push(part);
			continue;
		}
		links += 1;
		if (links > MAXIMUM_LINKS) throw new InputError(`${path} leads in circles`, { where: root });
		const target = readlinkSync(here);
		if (target.startsWith("/")) done.length = 0;
		todo.unshift(...target.split("/"));
	}
	return join(root, ...done);
}
/** The place on this machine of `path` as a program sees it in a sysroot: in what is grafted there, else as `insideRoot`. */
function placeIn({ root, grafts = [] }, path) {
	const graft = grafts.findLast(({ to }) => path === to || path.startsWith(`${to}/`));
	return graft ? insideRoot(graft.from, path.slice(graft.to.length)) : insideRoot(root, path);
}

// src/kbuild/headers.ts
/** Where a kernel build tree is seen in a sysroot, and the sources of one that was built in a directory of its own (`O=`). */
const TREE = "/kernel/usr/src/tree";
const TREE_SOURCE = "/kernel/usr/src/source";
/**
* Finds a kernel tree that is grafted on the sysroot, else the headers that `/lib/modules/<release>/build` leads to, or
* their usual places in Debian and in el.
* Throws EnvironmentError when the sysroot has none for that release.
*/
async function findHeaders(sysroot, release) {
	const candidates = [
		...sysroot.grafts?.some(({ to }) => to === "/kernel/usr/src/tree") ? [TREE] : [],
		`/usr/lib/modules/${release}/build`,
		`/usr/src/linux-headers-${release}`,
		`/usr/src/kernels/${release}`
	];
	for (const candidate of candidates) {
		const hostDirectory = placeIn(sysroot, candidate);
		const config = await readFile(placeIn(sysroot, `${candidate}/.config`), "utf8").catch(() => void 0);
		if (config === void 0) continue;
		const directory = candidate === "/kernel/usr/src/tree" ? TREE : hostDirectory.slice(sysroot.root.length);
		const source = sysroot.grafts?.some(({ to }) => to === "/kernel/usr/src/source") ? { source: TREE_SOURCE } : {};
		const version = parseVersion$1(release);
		return {
			release,
			directory,
			hostDirectory,
			config: parseConfig(config),
			version,
			...source
		};
	}
	throw new EnvironmentError(`the packages of this target hold no headers for kernel ${release}`, {
		where: sysroot.root,
		remedy: "Lock the target again."
	});
}
/** The kernel's configuration from its `.config`: names without `CONFIG_`, only what is set. */
function parseConfig(text) {
	const config = /* @__PURE__ */ new Map();
	for (const [, name = "", value = ""] of text.matchAll(/^CONFIG_(\w+)=(.*)$/gm)) config.set(name, value.replace(/^"(.*)"$/, "$1"));
	return config;
}
function parseVersion$1(release) {
	const [, major, minor] = /^(\d+)\.(\d+)/.exec(release) ?? [];
	return [Number(major ?? 0), Number(minor ?? 0)];
}
/** Whether the kernel is that version or newer. */
function isAtLeast({ version }, major, minor) {
	return version[0] > major || version[0] === major && version[1] >= minor;
}

// src/matrix/types.ts
var import_dist = require_dist();
/** The name of a sysroot that holds a distribution's toolchain, and of its lock beside those of kernel releases. */
const TOOLCHAIN = "toolchain";

// src/matrix/matrix.ts
const word = string().regex(/^[^\s/]+$/, "a name without spaces and slashes is expected");
const words = array(word).min(1, "at least one is needed");
/** A toolchain goes with no kernel release. */
const kernelless = array(string().regex(/^[^\s/{}]+$/, "a name without spaces, slashes and braces is expected")).default([]);
const globs = array(string().min(1)).default([]);
const address = url({
	protocol: /^https?$/,
	message: "an http or https address is expected"
}).transform((url) => url.replace(/\/+$/, ""));
const selector = string().superRefine((text, context) => {
	const message = selectorFault(text);
	if (message !== void 0) context.addIssue({
		code: "custom",
		message
	});
});
/** Below a base address; neither absolute nor climbing. */
const repository = string().regex(/^(?!.*(?:^|\/)\.{0,2}(?:\/|$))[^\s]+$/, "a path like 9/BaseOS/x86_64/os is expected");
const archiveBase = {
	name: word,
	keys: words,
	mirrors: array(address).default([]),
	snapshot: address.optional()
};
const someOf = (schema) => array(schema).min(1, "at least one is needed");
const distributionBase = {
	id: word,
	title: string(),
	architecture: word,
	default: boolean().default(true),
	kernels: strictObject({
		default: someOf(selector),
		exclude: globs
	}),
	packages: strictObject({
		headers: words,
		image: words,
		toolchain: kernelless,
		exclude: globs
	})
};
const distributionSchema = discriminatedUnion("family", [strictObject({
	...distributionBase,
	family: literal("debian"),
	archives: someOf(strictObject({
		...archiveBase,
		suites: words,
		components: words
	}))
}), strictObject({
	...distributionBase,
	family: literal("rpm"),
	archives: someOf(strictObject({
		...archiveBase,
		repositories: someOf(repository)
	}))
})]);
const toolsSchema = strictObject({
	distribution: word,
	sysroots: record$1(word, strictObject({
		title: string(),
		extends: word.exactOptional(),
		packages: words,
		exclude: globs
	}))
});
/**
* Reads the matrix directory: a YAML file per distribution, `tools.yml`, `keys/` and the names in `locks/`.
* Throws InputError with `file:line:column`.
*/
async function loadMatrix(directory) {
	const names = (await readdir(directory).catch(() => [])).filter((name) => name.endsWith(".yml")).sort();
	if (names.length === 0) throw new InputError("no matrix files (*.yml) here", { where: directory });
	const keys = (await readdir(join(directory, "keys")).catch(() => [])).filter((name) => name.endsWith(".asc"));
	const distributions = [];
	const locked = /* @__PURE__ */ new Map();
	for (const name of names.filter((name) => name !== "tools.yml")) {
		const distribution = await loadDistribution(join(directory, name), join(directory, "keys"), keys);
		distributions.push(distribution);
		locked.set(distribution.id, await lockedReleases(directory, distribution.id));
	}
	distributions.sort((a, b) => compareReleases(a.id, b.id));
	return {
		directory,
		distributions,
		tools: names.includes("tools.yml") ? await loadTools(join(directory, "tools.yml"), distributions) : [],
		toolchains: toolchainsOf(distributions),
		locked
	};
}
/** Where the lock of a target (id, kernel release) or of a sysroot that goes with no kernel (its group and name) is. */
function lockPath(matrixDirectory, id, name) {
	return join(matrixDirectory, "locks", id, `${name}.json`);
}
async function lockedReleases(directory, id) {
	return (await readdir(join(directory, "locks", id)).catch(() => [])).filter((name) => name.endsWith(".json")).map((name) => name.slice(0, -5)).filter((name) => name !== TOOLCHAIN).sort(compareReleases);
}
async function loadDistribution(path, keyDirectory, keys) {
	const document = await readDocument(path, distributionSchema);
	const { value, where } = document;
	if (`${value.id}.yml` !== basename(path)) throw new InputError(`"id" is ${value.id}, so the file has to be ${value.id}.yml`, { where: where(["id"]) });
	for (const list of ["headers", "image"]) checkTemplates(document, list);
	const archives = await Promise.all(value.archives.map(async ({ snapshot, ...archive }, index) => {
		for (const [at, key] of archive.keys.entries()) {
			if (await access(join(keyDirectory, key)).then(() => true, () => false)) continue;
			throw new InputError(`there is no key ${key} in ${keyDirectory}${didYouMean(key, keys)}`, { where: where([
				"archives",
				index,
				"keys",
				at
			]) });
		}
		const { name, mirrors } = archive;
		return {
			family: value.family,
			name,
			mirrors,
			..."repositories" in archive ? {
				suites: archive.repositories,
				components: []
			} : {
				suites: archive.suites,
				components: archive.components
			},
			architecture: value.architecture,
			keys: archive.keys.map((key) => join(keyDirectory, key)),
			...snapshot === void 0 ? {} : { snapshot }
		};
	}));
	return {
		...value,
		archives
	};
}
/** Without `{kernel}` in both lists there would be no way to tell which kernel releases are offered. */
function checkTemplates({ value, where }, list) {
	for (const [index, name] of value.packages[list].entries()) {
		const [braces] = /\{[^}]*\}?/.exec(name.replaceAll("{kernel}", "")) ?? [];
		if (braces === void 0) continue;
		throw new InputError(`"${braces}" in a package name, only {kernel} is known`, { where: where([
			"packages",
			list,
			index
		]) });
	}
	if (value.packages[list].some((name) => name.includes("{kernel}"))) return;
	throw new InputError(`"packages.${list}" names no package with {kernel}`, { where: where(["packages", list]) });
}
async function loadTools(path, distributions) {
	const { value, where } = await readDocument(path, toolsSchema);
	const distribution = distributions.find(({ id }) => id === value.distribution);
	if (!distribution) {
		const ids = distributions.map(({ id }) => id);
		throw new InputError(`there is no distribution ${value.distribution}${didYouMean(value.distribution, ids)}`, { where: where(["distribution"]) });
	}
	return Object.entries(value.sysroots).map(([name, { extends: base, title, packages, exclude }]) => {
		const whole = {
			name,
			group: "tools",
			distribution,
			title
		};
		if (base === void 0) return {
			...whole,
			packages,
			exclude
		};
		const based = value.sysroots[base];
		const place = { where: where([
			"sysroots",
			name,
			"extends"
		]) };
		if (!based) throw new InputError(`there is no sysroot ${base}${didYouMean(base, Object.keys(value.sysroots))}`, place);
		if (based.extends !== void 0) throw new InputError(`${base} extends another one itself`, place);
		return {
			...whole,
			packages: [...based.packages, ...packages],
			exclude: [...based.exclude, ...exclude]
		};
	});
}
function toolchainsOf(distributions) {
	return distributions.filter(({ packages }) => packages.toolchain.length > 0).map((distribution) => {
		const { id, title, packages } = distribution;
		const { toolchain, exclude } = packages;
		return {
			name: TOOLCHAIN,
			group: id,
			title: `Toolchain of ${title}`,
			distribution,
			packages: toolchain,
			exclude
		};
	});
}

// src/local/compiler.ts
/** The gcc that a kernel tree was configured with or built by, from its configuration or its compile.h. */
function compilerOfTree(config, compileHeader) {
	const number = Number(config.get("GCC_VERSION") ?? 0);
	if (number > 0) return [
		Math.floor(number / 1e4),
		Math.floor(number / 100) % 100,
		number % 100
	];
	const [, built] = /^#define LINUX_COMPILER "([^"]*)"/m.exec(compileHeader ?? "") ?? [];
	for (const text of [config.get("CC_VERSION_TEXT"), built]) {
		const found = /gcc version (\d+\.\d+\.\d+)/.exec(text ?? "") ?? /gcc.*\)\s+(\d+\.\d+\.\d+)/.exec(text ?? "");
		if (found?.[1] !== void 0) return parseVersion(found[1]);
	}
}
/**
* The toolchain to build with: the one named, else the one whose gcc is nearest to that of the tree. The same major
* version is nearest, then the newest of those before it, then the oldest of those after it: a compiler that is too new
* refuses old sources more often than one that is too old lacks an option. Throws InputError for an unknown name.
*/
async function chooseToolchain(matrix, named, compiler) {
	if (named !== void 0) return {
		toolchain: findToolchain(matrix, named),
		reason: "asked for with --toolchain",
		others: []
	};
	const known = await knownToolchains(matrix);
	const [oldest] = known;
	if (!oldest) {
		const ids = matrix.toolchains.map(({ group }) => group).join(", ");
		throw new InputError("no toolchain is locked, so that none can be chosen", { remedy: `Name one with --toolchain: ${ids || "no distribution of the matrix has one"}.` });
	}
	const ranked = rank$2(known, compiler);
	const [chosen = oldest] = ranked;
	const others = ranked.slice(1).map(({ toolchain }) => toolchain);
	const version = `gcc ${chosen.version.join(".")}`;
	if (compiler === void 0) {
		const reason = `${version}, the oldest known: the tree does not say what it was built with`;
		return {
			toolchain: chosen.toolchain,
			reason,
			others
		};
	}
	const reason = `${version}${chosen.version[0] === compiler[0] ? "" : `, the nearest known${compare(chosen.version, compiler) > 0 ? ", though newer" : ""}`}; the tree was built with gcc ${compiler.join(".")}`;
	return {
		toolchain: chosen.toolchain,
		reason,
		others
	};
}
/**
* What to try when a build fails in the kernel's own files because its compiler is too new for them, or too old for how they
* are configured: a sentence, or undefined when the compiler is like the tree's own.
*/
async function suggestToolchain(matrix, used, compiler) {
	const version = gccOf(used.lock);
	if (version === void 0 || compiler?.[0] === version[0]) return void 0;
	const [nearest] = rank$2(await knownToolchains(matrix), compiler);
	const relation = compiler === void 0 ? "may be too new" : `is ${compare(version, compiler) > 0 ? "newer" : "older"} than`;
	const than = compiler === void 0 ? "for the tree" : `the gcc ${compiler.join(".")} that built the tree`;
	const advice = nearest === void 0 || nearest.toolchain.group === used.toolchain.group ? "none nearer to it is known" : `try --toolchain ${nearest.toolchain.group}`;
	return `gcc ${version.join(".")} of ${used.toolchain.group} ${relation} ${than}: ${advice}`;
}
/** Toolchains from the nearest to the farthest, of those from the oldest to the newest. */
function rank$2(known, compiler) {
	if (compiler === void 0) return known;
	const isSame = ({ version }) => version[0] === compiler[0];
	const isBefore = (one) => !isSame(one) && compare(one.version, compiler) < 0;
	const isAfter = (one) => !isSame(one) && !isBefore(one);
	return [
		...known.filter(isSame).reverse(),
		...known.filter(isBefore).reverse(),
		...known.filter(isAfter)
	];
}
/** Toolchains that are locked, from the oldest gcc to the newest. */
async function knownToolchains({ directory, toolchains }) {
	const known = [];
	for (const toolchain of toolchains) {
		const lock = await readLock(lockPath(directory, toolchain.group, toolchain.name));
		const version = lock && gccOf(lock);
		if (version) known.push({
			toolchain,
			version
		});
	}
	return known.sort((a, b) => compare(a.version, b.version));
}
/** Debian's package `gcc` has an epoch, and stands for `gcc-12`, which may have been updated since. */
function gccOf({ packages }) {
	const versionOf = (wanted) => packages.find(({ name }) => name === wanted)?.version.replace(/^\d+:/, "");
	const version = versionOf("gcc");
	if (version === void 0) return void 0;
	return parseVersion(versionOf(`gcc-${parseVersion(version)[0]}`) ?? version);
}
function findToolchain({ toolchains }, named) {
	const found = toolchains.find(({ group }) => group === named);
	if (found) return found;
	const ids = toolchains.map(({ group }) => group);
	throw new InputError(`unknown toolchain "${named}"${didYouMean(named, ids)}`, { remedy: `Known: ${ids.join(", ") || "none"}.` });
}
function parseVersion(text) {
	const [, major, minor, patch] = /^(\d+)(?:\.(\d+))?(?:\.(\d+))?/.exec(text) ?? [];
	return [
		Number(major ?? 0),
		Number(minor ?? 0),
		Number(patch ?? 0)
	];
}
function compare(a, b) {
	return a[0] - b[0] || a[1] - b[1] || a[2] - b[2];
}

// src/local/digest.ts
/** What decides what a module becomes, by content: small, and of the same content in each copy of a tree. */
const BY_CONTENT = [
	".config",
	"Makefile",
	"Module.symvers",
	"arch/x86/Makefile",
	"include/config/auto.conf",
	"include/generated/autoconf.h",
	"scripts/mod/modpost",
	"tools/objtool/objtool"
];
const HEADERS = [
	"include",
	"arch/x86/include",
	"scripts"
];
/**
* One digest for all of a tree that a result depends on, in a second. A kernel that was built is gigabytes of objects, and
* twenty thousand headers: reading them at each run would take longer than most builds. So what decides is taken by content,
* and the many files by name, size and time, as make does. A copy of a tree with new times is another tree then, which
* costs a build that was not needed, never one that was left out.
*/
async function digestKernelTree(tree, { image, modules }) {
	const roots = [tree.directory, ...tree.source === void 0 ? [] : [tree.source]];
	const parts = [tree.release];
	for (const root of roots) {
		for (const name of BY_CONTENT) parts.push([name, await digestFile(join(root, name)).catch(ignoreMissing)]);
		for (const name of HEADERS) parts.push([name, await listing(join(root, name))]);
	}
	parts.push(image === void 0 ? null : await digestFile(image));
	parts.push(modules === void 0 ? null : await listModules(modules));
	return digestValue(parts);
}
/** All files below a directory, links followed (the headers of distributions are full of them); empty when there is none. */
async function listing(directory, depth = 0) {
	const files = [];
	for (const entry of await readdir(directory, { withFileTypes: true }).catch(() => [])) {
		const path = join(directory, entry.name);
		if (entry.isDirectory() || entry.isSymbolicLink() && depth < 8 && await isDirectory(path)) {
			for (const [name, size, time] of await listing(path, depth + 1)) files.push([
				`${entry.name}/${name}`,
				size,
				time
			]);
			continue;
		}
		const found = await stat(path).catch(() => void 0);
		if (found) files.push([
			entry.name,
			found.size,
			timeOf(found)
		]);
	}
	return files.sort(byName);
}
/** The modules that `modules.order` lists: walking through a tree with its objects would take longer than all the rest. */
async function listModules(directory) {
	const order = await readFile(join(directory, "modules.order"), "utf8").catch(() => "");
	const files = [await digestFile(join(directory, "modules.builtin")).catch(ignoreMissing)];
	for (const line of order.split("\n")) {
		if (line === "") continue;
		const plain = line.replace(/\.(ko|o)$/, "");
		const names = [
			".ko",
			".ko.xz",
			".ko.zst",
			".ko.gz"
		].flatMap((end) => [`${plain}${end}`, `${plain.replace(/^kernel\//, "")}${end}`]);
		for (const name of names) {
			const found = await stat(join(directory, name)).catch(() => void 0);
			if (!found) continue;
			files.push([
				name,
				found.size,
				timeOf(found)
			]);
			break;
		}
	}
	return files;
}
/** In milliseconds: what copies a tree with its times may drop the rest. */
function timeOf({ mtimeMs }) {
	return Math.trunc(mtimeMs);
}
async function isDirectory(path) {
	return (await stat(path).catch(() => void 0))?.isDirectory() ?? false;
}
function byName([a], [b]) {
	return a < b ? -1 : 1;
}
function ignoreMissing(error) {
	if (error.code !== "ENOENT" && error.code !== "ENOTDIR") throw error;
}

// src/packages/cache-entry.ts
/**
* Notes on an entry of the cache (a file or directory right below its kind) that it is in use, so that pruning by age
* keeps it. Returns false when there is no such entry.
*/
async function markUsed(path) {
	const now = /* @__PURE__ */ new Date();
	try {
		await utimes(path, now, now);
		return true;
	} catch (error) {
		const { code } = error;
		if (code === "ENOENT") return false;
		if (code === "EROFS" || code === "EACCES" || code === "EPERM") return true;
		throw error;
	}
}

// src/kbuild/vmlinux.ts
const MAXIMUM_BYTES$4 = 2 ** 30;
const HEADER_BYTES$1 = 592;
const SETUP_SECTORS = 497;
const SETUP_MAGIC = 514;
const SETUP_VERSION = 518;
const PAYLOAD_VERSION = 520;
const PAYLOAD_OFFSET = 584;
const PAYLOAD_LENGTH = 588;
const SECTOR_BYTES = 512;
/** The kernel's build appends the size of the content to every format that does not end with it by itself. */
const SIZE_BYTES = 4;
/**
* The ELF kernel inside a vmlinuz, as a file in the cache under the digest of the vmlinuz.
* Returns a sentence saying why when there is no vmlinuz or it is packed in an unknown way.
*/
async function unpackVmlinux(options) {
	const { image, kernel, cache, signal, programs = {} } = options;
	const vmlinuz = await findVmlinuz(image, kernel);
	if (!vmlinuz) return { reason: `the kernel image packages hold no vmlinuz of ${kernel}` };
	const path = join(cache, "vmlinux", await digestFile(vmlinuz));
	if (await markUsed(path)) return { path };
	const payload = await findPayload(vmlinuz);
	if (!payload) return { reason: "vmlinuz is packed in a way that is not known here (known: gzip, xz, zstd)" };
	try {
		await decompressFile(vmlinuz, path, {
			...payload,
			maximumBytes: MAXIMUM_BYTES$4,
			programs,
			signal
		});
	} catch (error) {
		if (error instanceof ExplainedError) return { reason: error.message };
		throw error;
	}
	return { path };
}
/** The compressed kernel in an image sysroot, as a path outside of it. */
async function findVmlinuz(image, kernel) {
	for (const place of [`/boot/vmlinuz-${kernel}`, `/usr/lib/modules/${kernel}/vmlinuz`]) {
		const path = placeIn(image, place);
		if (await isFile(path)) return path;
	}
}
/** Where in a bzImage the compressed ELF kernel is, in bytes; undefined when it is no bzImage or packed in an unknown way. */
async function findPayload(vmlinuz) {
	const file = await open(vmlinuz);
	try {
		const header = (await file.read(Buffer.alloc(HEADER_BYTES$1), 0, HEADER_BYTES$1, 0)).buffer;
		if (header.toString("latin1", SETUP_MAGIC, 518) !== "HdrS") return void 0;
		if (header.readUInt16LE(SETUP_VERSION) < PAYLOAD_VERSION) return void 0;
		const offset = ((header[SETUP_SECTORS] || 4) + 1) * SECTOR_BYTES + header.readUInt32LE(PAYLOAD_OFFSET);
		const compression = await compressionAt(file, offset);
		if (compression === "none") return void 0;
		const length = header.readUInt32LE(PAYLOAD_LENGTH) - (compression === "gzip" ? 0 : SIZE_BYTES);
		return length > 0 ? {
			offset,
			length
		} : void 0;
	} finally {
		await file.close();
	}
}

// src/machine/variables.ts
const GLOBAL = "8be4df61-93ca-11d2-aa0d-00e098032b8c";
const IMAGE_SECURITY_DATABASE = "d719b2cb-3d3a-4596-a3bc-dad00e67656f";
const CERT_X509 = "a5c059a1-94e4-4aa7-87b5-ab155c2bf072";
/** Of a firmware volume that holds variables: EFI_SYSTEM_NV_DATA_FV_GUID of the EDK2. */
const VARIABLE_VOLUME = "fff12b8d-7696-4c8b-a985-2747075b4f50";
/** Of a store whose variables have a time stamp: gEfiAuthenticatedVariableGuid. */
const AUTHENTICATED_STORE = "aaf32c78-947b-439a-a180-2e144ec37792";
/** Who put our entries into a list of certificates; nothing reads it. */
const OWNER = "b2a5f0c4-6b0f-4c1e-9a3c-0b7d5e1f2a68";
const VOLUME_GUID_AT = 16;
const VOLUME_HEADER_LENGTH_AT = 48;
const VOLUME_HEADER_BYTES = 72;
const STORE_HEADER_BYTES = 28;
const STORE_SIZE_AT = 16;
const STORE_STATE_AT = 20;
/** VARIABLE_STORE_FORMATTED, VARIABLE_STORE_HEALTHY. */
const STORE_READY = 65114;
const VARIABLE_HEADER_BYTES = 60;
const VARIABLE_START = 21930;
/** VAR_ADDED. */
const VARIABLE_ADDED = 63;
/**
* Kept, seen before and after the boot services end, and written only with a signature: what the specification asks of
* PK, KEK and db.
*/
const ATTRIBUTES = 39;
const ERASED = 255;
/**
* What makes Secure Boot be on, with one certificate to trust: a platform key, which ends the set-up mode, a key
* exchange key, and `db`, whose certificates are believed. UEFI 2.10, section 32.4.
*/
function secureBootVariables(certificate) {
	const content = signatureList(certificate.raw);
	return [
		{
			name: "PK",
			vendor: GLOBAL,
			content
		},
		{
			name: "KEK",
			vendor: GLOBAL,
			content
		},
		{
			name: "db",
			vendor: IMAGE_SECURITY_DATABASE,
			content
		}
	];
}
/** An EFI_SIGNATURE_LIST with one certificate in DER: UEFI 2.10, section 32.4.1. */
function signatureList(certificate) {
	const header = Buffer.alloc(28);
	guidBytes(CERT_X509).copy(header);
	const entry = Buffer.concat([guidBytes(OWNER), certificate]);
	header.writeUInt32LE(header.length + entry.length, 16);
	header.writeUInt32LE(entry.length, 24);
	return Buffer.concat([header, entry]);
}
/**
* A flash image of variables like `empty`, which the EDK2's firmware comes with (OVMF_VARS.fd), that holds these.
* Throws TypeError for an image of another format or one that has variables already, RangeError when there is no room
* for all.
*/
function storeVariables(empty, variables) {
	const image = Buffer.from(empty);
	const start = image.length > VOLUME_HEADER_BYTES ? image.readUInt16LE(VOLUME_HEADER_LENGTH_AT) : 0;
	const store = image.subarray(start);
	if (store.length < STORE_HEADER_BYTES || !image.subarray(VOLUME_GUID_AT, 32).equals(guidBytes(VARIABLE_VOLUME)) || !store.subarray(0, 16).equals(guidBytes(AUTHENTICATED_STORE)) || store.readUInt16LE(STORE_STATE_AT) !== STORE_READY) throw new TypeError("not a store of authenticated variables as the EDK2 writes it");
	const room = store.subarray(STORE_HEADER_BYTES, store.readUInt32LE(STORE_SIZE_AT));
	if (!room.every((byte) => byte === ERASED)) throw new TypeError("the store of variables is not empty");
	let at = 0;
	for (const variable of variables) {
		const bytes = record(variable);
		if (at + bytes.length > room.length) throw new RangeError(`the store of variables has no room for ${variable.name}`);
		bytes.copy(room, at);
		at += Math.ceil(bytes.length / 4) * 4;
	}
	return image;
}
function record({ name, vendor, content }) {
	const text = Buffer.from(`${name}\0`, "utf16le");
	const header = Buffer.alloc(VARIABLE_HEADER_BYTES);
	header.writeUInt16LE(VARIABLE_START, 0);
	header[2] = VARIABLE_ADDED;
	header.writeUInt32LE(ATTRIBUTES, 4);
	header.writeUInt32LE(text.length, 36);
	header.writeUInt32LE(content.length, 40);
	guidBytes(vendor).copy(header, 44);
	return Buffer.concat([
		header,
		text,
		content
	]);
}
/** A GUID as firmware keeps it: its first three numbers little-endian. */
function guidBytes(guid) {
	const [one = "", two = "", three = "", ...rest] = guid.split("-");
	const reversed = [
		one,
		two,
		three
	].map((part) => Buffer.from(part, "hex").reverse());
	return Buffer.concat([...reversed, Buffer.from(rest.join(""), "hex")]);
}

// src/machine/secure-boot.ts
const CODE = "/usr/share/OVMF/OVMF_CODE_4M.fd";
const VARIABLES = "/usr/share/OVMF/OVMF_VARS_4M.fd";
/** What the firmware itself takes, and what is lost between the parts below. */
const FIRMWARE_MIB = 64;
const MIB = 2 ** 20;
/** Makes the flash of one machine in a directory. Throws EnvironmentError when the firmware is not the one that is expected. */
async function prepareFlash({ certificate, firmware }, directory) {
	const variables = join(directory, "variables");
	const empty = placeIn(firmware, VARIABLES);
	try {
		await writeFile(variables, storeVariables(await readFile(empty), secureBootVariables(certificate)));
	} catch (cause) {
		throw new EnvironmentError(`the firmware's variables cannot be made: ${cause.message}`, {
			where: empty,
			cause
		});
	}
	return {
		code: placeIn(firmware, CODE),
		variables
	};
}
/**
* The memory in MiB that it takes to start a guest of that size: the firmware holds the initial file system once, and
* the kernel takes a copy in one piece before it gives that back. Without this 7.2 did not start in a machine of 512
* MiB, every other time.
*/
async function memoryToStart(memoryMiB, initramfs) {
	return memoryMiB + FIRMWARE_MIB + 2 * Math.ceil((await stat(initramfs)).size / MIB);
}
/**
* Whether firmware can start a kernel image: a kernel built with CONFIG_EFI_STUB is a program of Windows, too, and
* begins as such.
*/
async function isFirmwareProgram(image) {
	const file = await open(image);
	try {
		return (await readAt(file, 0, 2)).toString("latin1") === "MZ";
	} finally {
		await file.close();
	}
}

// src/machine/kernel-image.ts
const PROGRAM_HEADER_BYTES = 56;
const PT_NOTE = 4;
const MAXIMUM_NOTE_BYTES = 1 << 20;
/** XEN_ELFNOTE_PHYS32_ENTRY: the entry point of the PVH boot protocol, see xen/interface/elfnote.h in the kernel. */
const PVH_ENTRY = 18;
/**
* What QEMU is to boot: the unpacked vmlinux where the kernel can be started that way (CONFIG_PVH), because unpacking
* itself costs an emulated processor some three seconds; else the vmlinuz.
* Firmware starts a vmlinuz, and only one that is built for it.
* Throws EnvironmentError when the image packages hold no kernel of that release, or none that can be started in that way.
*/
async function kernelImage(options) {
	const { image, kernel } = options;
	const vmlinuz = await findVmlinuz(image, kernel);
	if (!vmlinuz) throw new EnvironmentError(`the kernel image packages hold no vmlinuz of ${kernel}`, { where: image.root });
	if (options.byFirmware) {
		if (await isFirmwareProgram(vmlinuz)) return vmlinuz;
		throw new EnvironmentError("the kernel cannot be started by UEFI firmware, and so not with Secure Boot", {
			where: vmlinuz,
			remedy: "It takes a bzImage of a kernel that is built with CONFIG_EFI_STUB=y."
		});
	}
	const unpacked = await unpackVmlinux(options);
	return "path" in unpacked && await hasPvhEntry(unpacked.path) ? unpacked.path : vmlinuz;
}
/** Whether an ELF vmlinux can be started without a boot loader. */
async function hasPvhEntry(vmlinux) {
	const file = await open(vmlinux);
	try {
		const header = await readAt(file, 0, 64);
		if (header.length < 64 || header.readUInt16LE(54) !== PROGRAM_HEADER_BYTES) return false;
		const headers = await readAt(file, numberAt(header, 32), PROGRAM_HEADER_BYTES * header.readUInt16LE(56));
		for (let at = 0; at + PROGRAM_HEADER_BYTES <= headers.length; at += PROGRAM_HEADER_BYTES) {
			if (headers.readUInt32LE(at) !== PT_NOTE) continue;
			const length = Math.min(numberAt(headers, at + 32), MAXIMUM_NOTE_BYTES);
			const notes = await readAt(file, numberAt(headers, at + 8), length);
			if (findNote(notes, "Xen", PVH_ENTRY)) return true;
		}
		return false;
	} finally {
		await file.close();
	}
}
/** A place in a file; one that is beyond all files ends up beyond this one. */
function numberAt(data, at) {
	return Math.min(Number(data.readBigUInt64LE(at)), 2 ** 40);
}

// src/local/image.ts
/** The setup header of a bzImage, see Documentation/arch/x86/boot.rst: where the text with the version is. */
const KERNEL_VERSION = 526;
const SETUP_BYTES = 512;
const HEADER_BYTES = 528;
const VERSION_BYTES = 512;
const OWN_IMAGES = ["arch/x86/boot/bzImage", "vmlinux"];
const ELF = "ELF";
const BANNER = "Linux version ";
const SEARCHED_BYTES = 2 ** 31;
const CHUNK_BYTES = 4 * 2 ** 20;
/** How to give what is missing. */
const IMAGE_REMEDY = "Give it with --kernel-image FILE (a bzImage: arch/x86/boot/bzImage of the build, /boot/vmlinuz-RELEASE of a system).";
const MODULES_REMEDY = "Give them with --modules-dir DIR (/lib/modules/RELEASE of a system, or what `make modules_install INSTALL_MOD_PATH=DIR` made).";
/**
* The image to boot: the one given, else that of the tree; undefined when there is none, or none of the tree's release.
* Throws InputError when the one given is no kernel for x86-64, or of another release than the tree.
*/
async function findImage(tree, given) {
	if (given === void 0) {
		for (const name of OWN_IMAGES) {
			const path = join(tree.directory, name);
			if (await isFile(path) && await releaseOfImage(path) === tree.release) return path;
		}
		return;
	}
	const path = await realpath(given).catch((cause) => {
		throw new InputError(`the kernel image cannot be read (${cause.code})`, {
			where: given,
			cause
		});
	});
	const release = await isFile(path) ? await releaseOfImage(path) : void 0;
	if (release === void 0) throw new InputError("not a kernel image: neither a bzImage nor a vmlinux", {
		where: given,
		remedy: IMAGE_REMEDY
	});
	if (release === tree.release) return path;
	throw new InputError(`the kernel image is of ${release}, the kernel tree of ${tree.release}`, {
		where: given,
		remedy: "A module runs on the kernel it was built for: give the image that was built in this tree."
	});
}
/** The kernel release that a bzImage or an ELF vmlinux names; undefined for another file. */
async function releaseOfImage(path) {
	const file = await open(path);
	try {
		const head = await readAt(file, 0, HEADER_BYTES);
		if (head.toString("latin1", 514, 518) === "HdrS") return firstWord((await readAt(file, SETUP_BYTES + head.readUInt16LE(KERNEL_VERSION), VERSION_BYTES)).toString("latin1").split("\0", 1)[0] ?? "");
		return head.toString("latin1", 0, 4) === ELF ? await searchBanner(file) : void 0;
	} finally {
		await file.close();
	}
}
/** `linux_banner`, the first text of its kind in a vmlinux. */
async function searchBanner(file) {
	for (let at = 0; at < SEARCHED_BYTES; at += CHUNK_BYTES - VERSION_BYTES) {
		const chunk = await readAt(file, at, CHUNK_BYTES);
		for (let found = chunk.indexOf(BANNER); found >= 0; found = chunk.indexOf(BANNER, found + 1)) {
			const start = found + 14;
			const release = firstWord(chunk.toString("latin1", start, start + VERSION_BYTES));
			if (release !== void 0) return release;
		}
		if (chunk.length < CHUNK_BYTES) return void 0;
	}
}
function firstWord(text) {
	return /^(\d+\.\d+[A-Za-z0-9._+~-]*)[ \0]/.exec(`${text} `)?.[1];
}
/**
* The directory of the kernel's own modules: below the one given, else the tree itself when it holds any; undefined when
* there is none. Throws InputError when the directory holds none of that release.
*/
async function findModules$1(tree, given, programs) {
	if (given === void 0) {
		const lists = ["modules.order", "modules.builtin"].map((name) => isFile(join(tree.directory, name)));
		return (await Promise.all(lists)).some(Boolean) ? tree.directory : void 0;
	}
	const root = await realpath(given).catch((cause) => {
		throw new InputError(`the directory of modules cannot be read (${cause.code})`, {
			where: given,
			cause
		});
	});
	const holders = [
		"lib/modules",
		"usr/lib/modules",
		"."
	].map((name) => join(root, name));
	for (const place of [root, ...holders.map((holder) => join(holder, tree.release))]) {
		const file = await firstModule(place);
		if (file === void 0) continue;
		const { vermagic } = await readModule(file, file.endsWith(".zst") ? await programs() : {});
		const release = vermagic.split(" ", 1)[0];
		if (release === tree.release) return await realpath(place);
		throw new InputError(`the modules are of ${release}, the kernel tree of ${tree.release}`, {
			where: file,
			remedy: MODULES_REMEDY
		});
	}
	const others = [];
	for (const holder of holders.slice(0, 2)) others.push(...await readdir(holder).catch(() => []));
	throw new InputError(`there are no modules of ${tree.release} here`, {
		where: given,
		remedy: others.length > 0 ? `It holds modules of ${others.sort().join(", ")}.` : MODULES_REMEDY
	});
}
/** A module in a directory as modules_install fills it: below `kernel/`, or in what a distribution has beside it. */
async function firstModule(directory) {
	const names = new Set(await readdir(directory).catch(() => []));
	if (![
		"modules.dep",
		"modules.order",
		"kernel"
	].some((name) => names.has(name))) return void 0;
	const todo = [join(directory, "kernel")];
	for (let next = todo.pop(); next !== void 0; next = todo.pop()) for (const entry of await readdir(next, { withFileTypes: true }).catch(() => [])) {
		const path = join(next, entry.name);
		if (entry.isFile() && /\.ko(\.(gz|xz|zst))?$/.test(entry.name)) return path;
		if (entry.isDirectory()) todo.push(path);
	}
}
/** What a kernel must be configured with to come up in a machine here and to tell what it does. */
const NEEDED_TO_BOOT = [
	"BLK_DEV_INITRD",
	"BINFMT_ELF",
	"PROC_FS",
	"SYSFS",
	"SERIAL_8250_CONSOLE"
];
/** Throws InputError for a kernel that cannot come up in a machine here, or is not there whole. */
async function requireBootable(tree, { image, modules }, where) {
	if (image === void 0) throw new InputError(`the kernel tree holds no kernel image of ${tree.release}, so nothing can be run on it`, {
		where,
		remedy: `${IMAGE_REMEDY}\n  \`ovnfast build\` needs none.`
	});
	if (await isElf(image) && !await hasPvhEntry(image)) throw new InputError("this vmlinux cannot be started by itself: it was built without CONFIG_PVH", {
		where: image,
		remedy: IMAGE_REMEDY
	});
	if (modules === void 0) throw new InputError(`the kernel tree holds none of its own modules (no modules.order, no modules.builtin)`, {
		where,
		remedy: MODULES_REMEDY
	});
	const unset = NEEDED_TO_BOOT.filter((name) => tree.config.get(name) !== "y");
	if (unset.length === 0) return;
	const names = unset.map((name) => `CONFIG_${name}`).join(", ");
	throw new InputError(`this kernel cannot be booted here: ${names} not set`, {
		where: join(where, ".config"),
		remedy: "Set it (=y) and build the kernel anew."
	});
}
async function isElf(path) {
	const file = await open(path);
	try {
		return (await readAt(file, 0, 4)).toString("latin1") === ELF;
	} finally {
		await file.close();
	}
}

// src/local/links.ts
/** What of a tree a build reads and where distributions have links; the rest is not looked through. */
const SEARCHED = [
	"arch",
	"include",
	"scripts",
	"tools"
];
const MAXIMUM_DEPTH = 4;
/**
* Other directories that a kernel tree leads into by relative links, and where they have to be seen for that. So are the
* headers of Debian (`scripts -> ../../lib/linux-kbuild-6.1/scripts`) and of Ubuntu (most directories). A link counts when it
* leads to its namesake, at the same place in another tree of a kernel: any other is left to dangle, as a tree that leads
* a build to the user's own files is none of a kernel.
*/
async function linkedTrees(directory) {
	const grafts = /* @__PURE__ */ new Map();
	const visit = async (relative, depth) => {
		for (const entry of await readdir(join(directory, relative), { withFileTypes: true })) {
			const path = join(relative, entry.name);
			if (entry.isSymbolicLink()) {
				const graft = await followLink(directory, path);
				if (graft) grafts.set(graft.to, graft);
			} else if (entry.isDirectory() && depth < MAXIMUM_DEPTH && (depth > 0 || SEARCHED.includes(entry.name))) await visit(path, depth + 1);
		}
	};
	await visit("", 0);
	return [...grafts.values()].sort((a, b) => a.to < b.to ? -1 : 1);
}
async function followLink(directory, path) {
	const target = await readlink(join(directory, path));
	const real = await realpath(join(directory, path)).catch(() => void 0);
	if (target.startsWith("/") || real === void 0 || real.startsWith(`${directory}/`)) return void 0;
	const inside = normalize(join(dirname(join(TREE, path)), target));
	const [from, to] = [withoutEnd(real, path), withoutEnd(inside, path)];
	if (from === void 0 || to === void 0 || !to.startsWith("/kernel/") || "/kernel/usr/src/tree".startsWith(to)) return void 0;
	return await isOfKernel(from) ? {
		from,
		to
	} : void 0;
}
function withoutEnd(path, end) {
	return path.endsWith(`/${end}`) ? path.slice(0, -end.length - 1) : void 0;
}
async function isOfKernel(directory) {
	for (const mark of ["scripts/mod", "include/linux"]) if ((await stat(join(directory, mark)).catch(() => void 0))?.isDirectory()) return true;
	return false;
}
/** Where a file of the tree is really seen, when a directory above it is a link into another tree. */
async function placeOf$3(directory, path, linked) {
	const real = await realpath(join(directory, path));
	const graft = linked.find(({ from }) => real.startsWith(`${from}/`));
	return graft ? join(graft.to, real.slice(graft.from.length)) : join(TREE, real.slice(directory.length));
}

// src/local/programs.ts
/** Programs of a kernel tree that run when a module is built. The others are for the kernel itself. */
const RUN_FOR_MODULES = [
	"scripts/basic/fixdep",
	"scripts/gendwarfksyms/gendwarfksyms",
	"scripts/genksyms/genksyms",
	"scripts/mod/modpost",
	"scripts/mod/modpost.real-lsb-64",
	"scripts/recordmcount",
	"tools/bpf/resolve_btfids/resolve_btfids",
	"tools/objtool/objtool"
];
const LIBRARY_DIRECTORIES = [
	"usr/lib/x86_64-linux-gnu",
	"usr/lib64",
	"usr/lib"
];
const LOADER$1 = "ld-linux-x86-64.so.2";
/** From 2.33 on the loader of the C library can give a program a name. */
const ARGV0 = /* @__PURE__ */ new Map([["libc.so.6", /* @__PURE__ */ new Set(["GLIBC_2.33"])]]);
const EM_X86_64 = 62;
const MAXIMUM_BYTES$3 = 256 * 2 ** 20;
/** The C library has some fifty. */
const MAXIMUM_VERSIONS = 500;
const VER_FLG_WEAK = 2;
/** Where the libraries of another sysroot and the programs that want them are seen. */
const COMPAT = "/kernel/compat";
/**
* The tree's own programs were linked on the machine where it was built, maybe against a newer C library than the toolchain
* has, or with libraries that it lacks. Those are run with the libraries of the first of `others` that has all they need, by a
* wrapper in their place; they cannot be built anew, for a tree need not have their sources. `scratch` gets the wrappers.
* Returns what has to be grafted. Throws InputError for a program of another processor, or that runs nowhere here.
*/
async function fitPrograms({ directory, linked, scratch }, toolchain, others) {
	const grafts = [];
	for (const program of RUN_FOR_MODULES) {
		const path = join(directory, program);
		const needs = await readNeeds(path);
		if (needs === void 0 || await lackOf(toolchain, needs) === void 0) continue;
		const index = await firstThatFits(needs, others);
		if (index === void 0) throw new InputError(`the tree's program needs ${await lackOf(toolchain, needs)}, which no toolchain here has`, {
			where: path,
			remedy: "Run `make modules_prepare` on a system that is not newer than the newest distribution of the matrix."
		});
		const sysroot = await others[index]?.();
		if (!sysroot) continue;
		const name = program.replaceAll("/", "-");
		const libraries = `${COMPAT}/${index}`;
		const wrapper = join(scratch, name);
		const original = `${COMPAT}/programs/${name}`;
		const loader = [
			`${libraries}/${LOADER$1}`,
			"--inhibit-cache",
			"--library-path",
			libraries
		];
		if (await lackOf(sysroot, ARGV0) === void 0) loader.push("--argv0", "\"$0\"");
		await writeFile(wrapper, `#!/bin/sh\nexec ${loader.join(" ")} ${original} "$@"\n`, { mode: 493 });
		if (!grafts.some(({ to }) => to === libraries)) grafts.push({
			from: await librariesOf(sysroot),
			to: libraries
		});
		grafts.push({
			from: path,
			to: original
		}, {
			from: wrapper,
			to: await placeOf$3(directory, program, linked)
		});
	}
	return grafts;
}
/** What a program needs; undefined for one that is not there, is no ELF file (a script), or is linked statically. */
async function readNeeds(path) {
	const data = await readElf(path);
	if (data === void 0) return void 0;
	const machine = data.length > 20 ? data.readUInt16LE(18) : 0;
	if (data[4] !== 2 || data[5] !== 1 || machine !== EM_X86_64) throw new InputError(`a program for another processor (ELF machine ${machine})`, {
		where: path,
		remedy: "The tree was prepared on another kind of machine: run `make modules_prepare` in it on x86-64."
	});
	const elf = new ElfFile(data, path);
	const interpreter = textAt(elf.content(elf.section(".interp")), 0);
	if (interpreter === "") return void 0;
	const needs = /* @__PURE__ */ new Map([[interpreter.replace(/.*\//, ""), /* @__PURE__ */ new Set()]]);
	const names = elf.content(elf.section(".dynstr"));
	const dynamic = elf.content(elf.section(".dynamic"));
	for (let at = 0; at + 16 <= dynamic.length; at += 16) if (dynamic.readBigUInt64LE(at) === 1n) needs.set(textAt(names, Number(dynamic.readBigUInt64LE(at + 8))), /* @__PURE__ */ new Set());
	for (const { name, versions } of readVersionNeeds(elf.content(elf.section(".gnu.version_r")), names)) for (const version of versions) needs.get(name)?.add(version);
	return needs;
}
/** The first thing that a sysroot lacks for a program: a library, or a version of one; undefined when it runs there. */
async function lackOf(sysroot, needs) {
	for (const [name, versions] of needs) {
		const data = await findLibrary(sysroot, name);
		if (data === void 0) return name;
		if (versions.size === 0) continue;
		const elf = new ElfFile(data, name);
		const offered = readVersionOffers(elf.content(elf.section(".gnu.version_d")), elf.content(elf.section(".dynstr")));
		for (const version of versions) if (!offered.has(version)) return `${version} of ${name}`;
	}
}
async function firstThatFits(needs, others) {
	for (const [index, other] of others.entries()) if (await lackOf(await other(), needs) === void 0) return index;
}
async function findLibrary({ root }, name) {
	if (!/^[\w.+-]+$/.test(name)) return void 0;
	for (const directory of LIBRARY_DIRECTORIES) {
		const data = await readElf(insideRoot(root, `${directory}/${name}`));
		if (data) return data;
	}
}
async function librariesOf({ root }) {
	for (const directory of LIBRARY_DIRECTORIES) {
		const path = insideRoot(root, directory);
		if (await stat(join(path, LOADER$1)).catch(() => void 0)) return path;
	}
	return insideRoot(root, "usr/lib");
}
async function readElf(path) {
	const found = await stat(path).catch(() => void 0);
	if (!found?.isFile() || found.size > MAXIMUM_BYTES$3) return void 0;
	const data = await readFile(path);
	return data.toString("latin1", 0, 4) === "ELF" ? data : void 0;
}
/** Verneed and Vernaux of elf(5). Versions marked weak are not needed. */
function readVersionNeeds(section, names) {
	const needs = [];
	for (const at of chain(section, 0, {
		size: 16,
		next: 12
	})) {
		const [count, first] = [section.readUInt16LE(at + 2), at + section.readUInt32LE(at + 8)];
		const versions = [...chain(section, first, {
			size: 16,
			next: 12,
			count
		})].filter((aux) => (section.readUInt16LE(aux + 4) & VER_FLG_WEAK) === 0).map((aux) => textAt(names, section.readUInt32LE(aux + 8)));
		needs.push({
			name: textAt(names, section.readUInt32LE(at + 4)),
			versions
		});
	}
	return needs;
}
/** Verdef and the first Verdaux of each, which is the version's name. */
function readVersionOffers(section, names) {
	const offers = /* @__PURE__ */ new Set();
	for (const at of chain(section, 0, {
		size: 20,
		next: 16
	})) {
		const aux = at + section.readUInt32LE(at + 12);
		if (aux + 8 <= section.length) offers.add(textAt(names, section.readUInt32LE(aux)));
	}
	return offers;
}
/** Where the entries of a chain start: each says at `next` how far on the following one is, and the last one says 0. */
function* chain(section, start, { size, next, count = MAXIMUM_VERSIONS }) {
	let at = start;
	for (let left = Math.min(count, MAXIMUM_VERSIONS); left > 0 && at + size <= section.length; left--) {
		yield at;
		const step = section.readUInt32LE(at + next);
		if (step < size) return;
		at += step;
	}
}
function textAt(table, offset) {
	const end = offset < table.length ? table.indexOf(0, offset) : -1;
	return end < 0 ? "" : table.toString("latin1", offset, end);
}

// src/local/tree.ts
const PREPARE = "Run `make modules_prepare` in it, or `make` for a kernel that can be booted too.";
const RELEASE = /^\d+\.\d+[A-Za-z0-9._+~-]*$/;
/** The machine a kernel is for, by what its configuration sets. */
const OTHER_MACHINES = [
	"ARM64",
	"ARM",
	"RISCV",
	"PPC64",
	"S390",
	"MIPS",
	"LOONGARCH",
	"X86_32"
];
const MAXIMUM_TEXT_BYTES = 64 * 2 ** 20;
/**
* Reads a kernel build tree: one that was built in place, the output directory of `make O=`, or the headers of a
* distribution. Throws InputError that says what it lacks and how to make it.
*/
async function readKernelTree(named) {
	const directory = await realpath(named).catch((cause) => {
		throw new InputError(`the kernel tree cannot be read (${cause.code})`, {
			where: named,
			cause
		});
	});
	const fault = (what, remedy) => new InputError(what, {
		where: named,
		remedy
	});
	if (!(await stat(directory)).isDirectory()) throw fault("a kernel tree is a directory", "Name the directory that holds .config and Module.symvers.");
	const configText = await textOf(join(directory, ".config"));
	if (configText === void 0) throw await exists(join(directory, "Kconfig")) ? fault("the kernel tree is not configured: it has no .config", "Configure and build it first.") : fault("no kernel build tree: it has no .config", "Name the directory in which a kernel was built (its O=).");
	const config = parseConfig(configText);
	const machine = OTHER_MACHINES.find((name) => config.get(name) === "y");
	if (config.get("X86_64") !== "y" || machine !== void 0) throw fault(`the kernel tree is not for x86-64 (${machine ?? "no CONFIG_X86_64"})`, "Other machines are not known.");
	if (config.get("MODULES") !== "y") throw fault("this kernel takes no modules", "Set CONFIG_MODULES and build it.");
	if (config.get("CC_IS_CLANG") === "y") throw fault("the kernel tree was built by clang", "Only gcc is at hand: build the kernel with gcc.");
	const lacking = await firstMissing(directory, requiredFiles(config));
	if (lacking !== void 0) throw fault(`the kernel tree is not prepared: it has no ${lacking}`, PREPARE);
	const release = await releaseOf$2(directory);
	if (release === void 0) throw fault("the kernel tree does not say which release it is of", PREPARE);
	if (!await exists(join(directory, "Module.symvers"))) throw fault("the kernel tree has no Module.symvers, so that no symbol of the kernel would be found", "Build the kernel whole with `make` (modules_prepare does not make it), or copy Module.symvers from where it was built.");
	const source = await findSource(directory, named);
	const compiler = compilerOfTree(config, await textOf(join(directory, "include/generated/compile.h")));
	return {
		directory,
		release,
		config,
		...source === void 0 ? {} : { source },
		...compiler === void 0 ? {} : { compiler }
	};
}
/** What a build of a module reads or runs; objtool where the kernel has its modules checked by it. */
function requiredFiles(config) {
	return [
		"include/generated/autoconf.h",
		"include/config/auto.conf",
		"scripts/basic/fixdep",
		"scripts/mod/modpost",
		...config.has("OBJTOOL") || config.has("STACK_VALIDATION") ? ["tools/objtool/objtool"] : []
	];
}
async function firstMissing(directory, names) {
	for (const name of names) if (!await exists(join(directory, name))) return name;
}
/** As vermagic has it. A distribution may build with a release of its own, of which kernel.release knows nothing. */
async function releaseOf$2(directory) {
	const generated = await textOf(join(directory, "include/generated/utsrelease.h"));
	const [, defined] = /^#define UTS_RELEASE "([^"]*)"/m.exec(generated ?? "") ?? [];
	return [defined, (await textOf(join(directory, "include/config/kernel.release")))?.trim()].find((release) => release !== void 0 && RELEASE.test(release));
}
/**
* The source directory of an output directory, from the Makefile that kbuild (or a distribution) has written there. A
* tree that was copied from elsewhere may have it beside itself. Undefined for a tree that was built in place.
*/
async function findSource(directory, named) {
	const makefile = await textOf(join(directory, "Makefile")) ?? "";
	const [, included, changed] = /^(?:include\s+([^\s$]+)\/Makefile|MAKEARGS\s*:=\s*-C\s+(\S+))\s*$/m.exec(makefile) ?? [];
	const said = included ?? changed;
	if (said === void 0) {
		if (isTopMakefile(makefile)) return void 0;
		throw new InputError("the kernel tree has no Makefile that tells where its sources are", {
			where: named,
			remedy: "It needs the Makefile of the sources, or the one that `make O=` writes."
		});
	}
	const place = resolve(directory, said);
	const beside = join(dirname(directory), basename(place));
	for (const candidate of [place, beside]) if (isTopMakefile(await textOf(join(candidate, "Makefile")) ?? "")) return await realpath(candidate);
	throw new InputError(`the sources of the kernel tree are not at ${place}`, {
		where: join(named, "Makefile"),
		remedy: `Put them there, or beside the tree as ${beside}.`
	});
}
/** Whether a Makefile is that of a kernel's sources. */
function isTopMakefile(text) {
	return /^VERSION\s*=/m.test(text) && !/^MAKEARGS\s*:=/m.test(text);
}
async function exists(path) {
	return await stat(path).catch(() => void 0) !== void 0;
}
/** A text file; undefined when there is none, or none that could be one. */
async function textOf(path) {
	const found = await stat(path).catch(() => void 0);
	if (!found?.isFile() || found.size > MAXIMUM_TEXT_BYTES) return void 0;
	return await readFile(path, "utf8");
}

// src/local/target.ts
/** The id of all such targets. */
const LOCAL = "local";
/**
* Reads a kernel tree, finds its image and modules, chooses a toolchain; also returns why that one, for people. Throws
* InputError for whatever of it cannot be used, and for a kernel that cannot be booted when `boots` says that it shall.
*/
async function openTree(wish, { matrix, boots, programs }) {
	const tree = await readKernelTree(wish.directory);
	const image = await findImage(tree, wish.image);
	const modules = await findModules$1(tree, wish.modules, programs);
	if (boots) await requireBootable(tree, {
		image,
		modules
	}, wish.directory);
	const { toolchain, reason, others } = await chooseToolchain(matrix, wish.toolchain, tree.compiler);
	const digest = await digestKernelTree(tree, {
		image,
		modules
	});
	const { title } = toolchain.distribution;
	return {
		target: {
			id: LOCAL,
			kernel: tree.release,
			arch: "x86_64",
			named: true,
			pinned: true,
			content: digest,
			distribution: {
				...toolchain.distribution,
				title: `${basename(tree.directory)}, built with the toolchain of ${title}`
			},
			tree: {
				...tree,
				image,
				modules,
				toolchain,
				otherToolchains: others,
				digest
			}
		},
		note: `toolchain ${toolchain.group}: ${reason}`
	};
}
function isTree(target) {
	return "tree" in target;
}
/** The kernel image and modules of a tree, as if packages had brought them. */
function imageSysroot({ directory, release, image, modules, digest }) {
	const grafts = [];
	if (image !== void 0) grafts.push({
		from: image,
		to: `/boot/vmlinuz-${release}`
	});
	if (modules !== void 0) grafts.push({
		from: modules,
		to: `/usr/lib/modules/${release}`
	});
	return {
		root: directory,
		digest: digestValue(["image", digest]),
		grafts
	};
}
/**
* A toolchain with a kernel tree in it, always at the same place, so that two copies of a tree give the same bytes; the
* tree is only ever read. `others` have libraries for programs of the tree that the toolchain cannot run, `scratch` is a
* directory that lives as long as the result is used. Throws InputError as `fitPrograms`.
*/
async function headersSysroot({ directory, source, digest }, toolchain, { others, scratch }) {
	const linked = await linkedTrees(directory);
	const grafts = [
		{
			from: directory,
			to: TREE
		},
		...source === void 0 ? [] : [{
			from: source,
			to: TREE_SOURCE
		}],
		...linked,
		...await fitPrograms({
			directory,
			linked,
			scratch
		}, toolchain, others)
	];
	return {
		root: toolchain.root,
		digest: digestValue([toolchain.digest, digest]),
		grafts
	};
}

// node_modules/yocto-queue/index.js
var Node = class {
	value;
	next;
	constructor(value) {
		this.value = value;
	}
};
var Queue = class {
	#head;
	#tail;
	#size;
	constructor() {
		this.clear();
	}
	enqueue(value) {
		const node = new Node(value);
		if (this.#head) {
			this.#tail.next = node;
			this.#tail = node;
		} else {
			this.#head = node;
			this.#tail = node;
		}
		this.#size++;
	}
	dequeue() {
		const current = this.#head;
		if (!current) return;
		this.#head = this.#head.next;
		this.#size--;
		if (!this.#head) this.#tail = void 0;
		return current.value;
	}
	peek() {
		if (!this.#head) return;
		return this.#head.value;
	}
	clear() {
		this.#head = void 0;
		this.#tail = void 0;
		this.#size = 0;
	}
	get size() {
		return this.#size;
	}
	*[Symbol.iterator]() {
		let current = this.#head;
		while (current) {
			yield current.value;
			current = current.next;
		}
	}
	*drain() {
		while (this.#head) yield this.dequeue();
	}
};

// node_modules/p-limit/index.js
function pLimit(concurrency) {
	let rejectOnClear = false;
	if (typeof concurrency === "object") ({concurrency, rejectOnClear = false} = concurrency);
	validateConcurrency(concurrency);
	if (typeof rejectOnClear !== "boolean") throw new TypeError("Expected `rejectOnClear` to be a boolean");
	const queue = new Queue();
	let activeCount = 0;
	const resumeNext = () => {
		if (activeCount < concurrency && queue.size > 0) {
			activeCount++;
			queue.dequeue().run();
		}
	};
	const next = () => {
		activeCount--;
		resumeNext();
	};
	const run = async (function_, resolve, arguments_) => {
		const result = (async () => function_(...arguments_))();
		resolve(result);
		try {
			await result;
		} catch {}
		next();
	};
	const enqueue = (function_, resolve, reject, arguments_) => {
		const queueItem = { reject };
		new Promise((internalResolve) => {
			queueItem.run = internalResolve;
			queue.enqueue(queueItem);
		}).then(run.bind(void 0, function_, resolve, arguments_));
		if (activeCount < concurrency) resumeNext();
	};
	const generator = (function_, ...arguments_) => new Promise((resolve, reject) => {
		enqueue(function_, resolve, reject, arguments_);
	});
	Object.defineProperties(generator, {
		activeCount: { get: () => activeCount },
		pendingCount: { get: () => queue.size },
		clearQueue: { value() {
			if (!rejectOnClear) {
				queue.clear();
				return;
			}
			const abortError = AbortSignal.abort().reason;
			while (queue.size > 0) queue.dequeue().reject(abortError);
		} },
		concurrency: {
			get: () => concurrency,
			set(newConcurrency) {
				validateConcurrency(newConcurrency);
				concurrency = newConcurrency;
				queueMicrotask(() => {
					while (activeCount < concurrency && queue.size > 0) resumeNext();
				});
			}
		},
		map: { async value(iterable, function_) {
			const promises = [];
			try {
				Array.from(iterable, (value, index) => {
					const promise = generator(function_, value, index);
					promises.push(promise);
					return promise;
				});
			} catch (error) {
				for (const promise of promises) promise.catch(() => {});
				throw error;
			}
			return Promise.all(promises);
		} }
	});
	return generator;
}
function validateConcurrency(concurrency) {
	if (!((Number.isInteger(concurrency) || concurrency === Number.POSITIVE_INFINITY) && concurrency > 0)) throw new TypeError("Expected `concurrency` to be a number from 1 and up");
}

// src/kbuild/license.ts
/** include/linux/license.h */
const GPL_COMPATIBLE = /* @__PURE__ */ new Set([
	"GPL",
	"GPL v2",
	"GPL and additional rights",
	"Dual BSD/GPL",
	"Dual MIT/GPL",
	"Dual MPL/GPL"
]);
/** Whether the kernel lets a module or an eBPF program of that license have what is for GPL code only. */
function isGplCompatible(license) {
	return GPL_COMPATIBLE.has(license);
}

// src/kbuild/diagnostic-line.ts
/** A longer line is no complaint of a tool; it is cut, so that it costs neither time nor memory. */
const MAXIMUM_LINE = 4096;
const CONTEXT = /^(?:In file included from |\s+from |\s+inlined from .* at )(?<file>[^:]+):(?<line>\d+)(?::(?<column>\d+))?[:,]?$/;
/** The forms that complaints have; the first that fits is taken. */
const FORMS = [
	{
		pattern: /^(?<file>[^\s:]*(?:Kbuild|[Mm]akefile|\.mk)[^\s:]*):(?<line>\d+): (?<stop>\*\*\* )?(?<message>.*?)(?:\.\s+Stop\.)?$/,
		read: (groups, places) => located(groups, places, groups.stop ? "error" : "warning")
	},
	{
		pattern: /^make(?:\[\d+\])?: \*\*\* (?<message>.*)$/,
		read: ({ message = "" }) => {
			if (/^\[.*\] Error \d+( \(ignored\))?$|^(Deleting|Waiting for) /.test(message)) return void 0;
			return {
				file: "make",
				severity: "error",
				message: message.replace(/\.(\s+Stop\.)?$/, "")
			};
		}
	},
	{
		pattern: /^(?<severity>ERROR|FATAL|WARNING): (?:modpost: )?(?<message>.*)$/,
		read: ({ severity, message = "" }, places) => ({
			...modpostPlace(message, places),
			severity: severity === "WARNING" ? "warning" : "error",
			message
		})
	},
	{
		pattern: /^(?<file>[^\s:]+\.o): (?<severity>error|warning): (?<message>objtool: .*)$/,
		read: (groups, places) => located(groups, places, severityOf(groups))
	},
	{
		pattern: /^(?<file>[^:]+):(?<line>\d+)(?::(?<column>\d+))?: (?<severity>fatal error|internal compiler error|error|warning|note|Error|Warning|Fatal error): (?<message>.*)$/,
		read: (groups, places) => located(groups, places, severityOf(groups))
	},
	{
		pattern: /^(?:\S*\/)?(?:[\w-]+-)?ld(?:\.\w+)?: (?:\S+?\.o:)?(?:(?<file>[^\s:]+):(?<line>\d+): )?(?<message>.*)$/,
		read: (groups, places) => {
			const { message = "" } = groups;
			if (/in function .*:$/.test(message)) return void 0;
			return {
				...located(groups, places, /^warning: /.test(message) ? "warning" : "error"),
				message: message.replace(/^(?:warning|error): /, "")
			};
		}
	},
	{
		pattern: /^(?:\/bin\/)?(?:ba|da)?sh: (?:(?:line )?\d+: )?(?<message>.+: (?:not found|command not found|Permission denied))$/,
		read: ({ message = "" }) => ({
			file: "sh",
			severity: "warning",
			message
		})
	},
	{
		pattern: /^(?:\S*\/)?(?<file>[\w+.-]+): (?<severity>fatal error|error|warning): (?<message>.*)$/,
		read: (groups) => ({
			file: groups.file ?? "",
			severity: severityOf(groups),
			message: groups.message ?? ""
		})
	},
	{
		pattern: /^(?<severity>error|warning): (?<message>.*)$/,
		read: (groups) => ({
			file: "kbuild",
			severity: severityOf(groups),
			message: groups.message ?? ""
		})
	}
];
/** The complaint on one line of a build log; undefined when the line is none. */
function parseLine(text, places) {
	const line = text.slice(0, MAXIMUM_LINE).trimEnd();
	for (const { pattern, read } of FORMS) {
		const groups = pattern.exec(line)?.groups;
		if (!groups) continue;
		const diagnostic = read(groups, places);
		return diagnostic && {
			...diagnostic,
			message: shorten(diagnostic.message, places)
		};
	}
}
/** Where the next complaint comes from, when the line says that: an including file or a caller that it is inlined into. */
function parseContext(text, places) {
	const groups = CONTEXT.exec(text.slice(0, MAXIMUM_LINE))?.groups;
	return groups && placeOf$2(groups, places);
}
function located(groups, places, severity) {
	return {
		...placeOf$2(groups, places),
		severity,
		message: groups.message ?? ""
	};
}
/** A place as the user knows it, from the words of a tool. */
function placeOf$2({ file = "ld", line, column }, places) {
	return {
		file: locate(file, places),
		...line === void 0 ? {} : { line: Number(line) },
		...column === void 0 ? {} : { column: Number(column) }
	};
}
function severityOf({ severity = "" }) {
	const word = severity.toLowerCase();
	return word === "warning" || word === "note" ? word : "error";
}
/** modpost names the file in many ways: `[m.ko] undefined!`, `m.o(.text+0x6): ...`, `... in m.o`, `module m uses ...`, `m: section mismatch`. */
function modpostPlace(message, places) {
	const file = /[\w./+-]+\.k?o\b/.exec(message)?.[0];
	if (file) return { file: file.includes("/") ? locate(file, places) : file };
	const name = /^module ([\w-]+) /.exec(message)?.[1] ?? /^(\S+): section mismatch/.exec(message)?.[1];
	return { file: name ? `${posix.basename(name)}.ko` : "modpost" };
}
function shorten(message, { module }) {
	return message.replaceAll(`'${module}/'`, "'./'").replaceAll(`${module}/`, "");
}
/** A path of the build as the user knows it. */
function locate(file, { module, workingDirectory, moved }) {
	if (!/[./]/.test(file) || file.startsWith("<")) return file;
	const path = posix.resolve(workingDirectory, file);
	if (path.startsWith(`${module}/`)) return path.slice(module.length + 1);
	if (moved && path.startsWith(`${moved.from}/`)) return `${moved.to}${path.slice(moved.from.length)}`;
	return path;
}

// src/kbuild/diagnostics.ts
const MAXIMUM_DIAGNOSTICS = 1e3;
const MAXIMUM_COMPLAINTS = 1e4;
/** gcc itself includes no deeper. */
const MAXIMUM_CONTEXT = 200;
/** make's own word on a target that failed, said once more by each make above it. */
const FAILED_TARGET = /^make(?:\[\d+\])?: \*\*\* \[(?:.*: )?(.+)\] Error \d+$/;
/** What make and kbuild say of their progress. */
const PROGRESS = /^( {2}[A-Z]|make(\[\d+\])?: )|^\s*$/;
const EXPANSION = /^in expansion of macro /;
/**
* What compiler, assembler, linker, modpost, objtool and make complained about, each once. Files come in the order of
* their names, for the order of the log is by chance when files are compiled side by side; then what is about no file.
* A complaint about a kernel header that code of the module gave rise to is placed in that code, with a note at the header.
*/
function parseDiagnostics(log, places) {
	const seen = /* @__PURE__ */ new Set();
	const diagnostics = [];
	for (const complaint of sortByFile(parseComplaints(log, places))) {
		const [main, ...notes] = placeInModule(complaint);
		const key = JSON.stringify(main);
		if (!main || seen.has(key)) continue;
		seen.add(key);
		diagnostics.push(main, ...notes);
		if (diagnostics.length >= MAXIMUM_DIAGNOSTICS) break;
	}
	return diagnostics.slice(0, MAXIMUM_DIAGNOSTICS);
}
/** The first error in one line, or the first warning when there is no error: what to say when there is room for one line. */
function summarize(diagnostics) {
	const errors = diagnostics.filter(({ severity }) => severity === "error");
	const first = errors[0] ?? diagnostics.find(({ severity }) => severity === "warning");
	if (!first) return void 0;
	return `${[
		first.file,
		first.line,
		first.column
	].filter((part) => part !== void 0).join(":")}: ${first.message}${errors.length > 1 ? ` (and ${errors.length - 1} more)` : ""}`;
}
function parseComplaints(log, places) {
	const complaints = [];
	/** By file: where it was included from, outwards. gcc leaves out the end of a chain that it has given before. */
	const includers = /* @__PURE__ */ new Map();
	let context = [];
	let contextIsOpen = false;
	let explained = false;
	let lastWords = "";
	for (const line of log.split("\n")) {
		const step = parseContext(line, places);
		if (step) {
			if (!contextIsOpen) context = [];
			if (context.length < MAXIMUM_CONTEXT) context.push(step);
			contextIsOpen = true;
			continue;
		}
		const diagnostic = parseLine(line, places) ?? (explained ? void 0 : parseFailedTarget(line, lastWords, places));
		if (!PROGRESS.test(line)) lastWords = line.trim();
		if (!diagnostic) continue;
		if (contextIsOpen) {
			context = [...context, ...includers.get(context.at(-1)?.file ?? "") ?? []];
			context.forEach(({ file }, index) => {
				includers.set(file, context.slice(index + 1));
			});
		}
		explained ||= diagnostic.severity === "error";
		const last = complaints.at(-1);
		if (diagnostic.severity === "note" && last) last.notes.push(diagnostic);
		else {
			if (!contextIsOpen && diagnostic.file !== last?.main.file) context = [];
			complaints.push({
				main: diagnostic,
				context,
				notes: []
			});
		}
		contextIsOpen = false;
		if (complaints.length >= MAXIMUM_COMPLAINTS) break;
	}
	return complaints;
}
/** The last words of a program that failed in a way of its own, when nothing better is known. */
function parseFailedTarget(line, lastWords, places) {
	const target = FAILED_TARGET.exec(line)?.[1];
	if (target === void 0) return void 0;
	return {
		...placeOf$2({ file: target }, places),
		severity: "error",
		message: lastWords || "cannot be made"
	};
}
function sortByFile(complaints) {
	const key = ({ main: { file } }) => /[./]/.test(file) ? `0${file}` : "1";
	return complaints.sort((a, b) => key(a) < key(b) ? -1 : Number(key(a) > key(b)));
}
function placeInModule({ main, context, notes }) {
	if (!isOutside(main)) return [main, ...notes];
	const expansion = notes.find((note) => EXPANSION.test(note.message) && !isOutside(note));
	const place = expansion ?? context.find((step) => !isOutside(step));
	if (!place) return [main, ...notes];
	const { file, line, column } = place;
	return [
		{
			file,
			...line === void 0 ? {} : { line },
			...column === void 0 ? {} : { column },
			severity: main.severity,
			message: main.message
		},
		{
			...main,
			severity: "note",
			message: "in this kernel header"
		},
		...notes.filter((note) => note !== expansion)
	];
}
function isOutside({ file }) {
	return file.startsWith("/");
}

// src/kbuild/failure.ts
/** What compiler, assembler and linker say then; the sources are not to blame. */
const DISK_FULL = /: (No space left on device|Disk quota exceeded)$/m;
/** Whether a build ended for want of room, by its log. */
function saysDiskFull(log) {
	return DISK_FULL.test(log);
}
/** What to throw then; `where` is a path on the full disk. */
function diskFull(where) {
	return new EnvironmentError("no space left for the build", {
		where,
		remedy: "Make room, or choose another cache directory with OVNFAST_CACHE and another output directory with --out."
	});
}
/** Errors of the file system that a build ran into, for people; others as they are. `directory` is that of the sources. */
function explainSystem$1(error, directory) {
	const { code, path, dest } = error;
	if (!(error instanceof Error) || error instanceof ExplainedError || !code?.startsWith("E") || !path) return error;
	if ([
		"EACCES",
		"EPERM",
		"ENOENT"
	].includes(code) && path.startsWith(resolve(directory))) return new InputError(`cannot be read (${code})`, {
		where: path,
		cause: error
	});
	if (isFull(error)) return diskFull(dest ?? path);
	return new EnvironmentError(`the build cannot write its files (${code})`, {
		where: dest ?? path,
		remedy: "Choose another cache directory with OVNFAST_CACHE, or another output directory with --out.",
		cause: error
	});
}

// src/kbuild/log.ts
const MAXIMUM_BYTES$2 = 16 * 2 ** 20;
/** What a build says, both streams in the order of arrival; the beginning is kept when it is too much, for the first error is there. */
var BuildLog = class {
	chunks = [];
	bytes = 0;
	omitted = 0;
	listener;
	constructor(listener) {
		this.listener = listener;
	}
	add = (chunk, stream) => {
		const room = MAXIMUM_BYTES$2 - this.bytes;
		if (room > 0) this.chunks.push(chunk.subarray(0, room));
		this.bytes += Math.min(chunk.length, room);
		this.omitted += Math.max(0, chunk.length - room);
		this.listener?.(chunk, stream);
	};
	get text() {
		const kept = Buffer.concat(this.chunks).toString("utf8");
		return this.omitted > 0 ? `${kept}\n(${this.omitted} more bytes of output are left out)\n` : kept;
	}
};

// src/kbuild/toolchain.ts
/** Where the private directory of a build is seen from inside the sandbox: always the same, so that no result depends on the machine. */
const BUILD = "/build";
/** Programs in here are found before those of the sysroot. */
const TOOLS = `${BUILD}/tools`;
/** Puts a shell script before the program of that name; `work` is the directory that is `/build` inside. */
async function writeTool(work, name, script) {
	const tools = join(work, basename(TOOLS));
	await mkdir(tools, { recursive: true });
	await writeFile(join(tools, name), `#!/bin/sh\n${script}\n`, { mode: 493 });
}
/** The compiler and its companions of one target, run in the sandbox, never on the host. */
var Toolchain = class {
	sysroot;
	sandbox;
	constructor(sandbox, sysroot) {
		this.sandbox = sandbox;
		this.sysroot = sysroot;
	}
	/** Whether the sysroot has a program of that name in /usr/bin. */
	async has(program) {
		return await isFile(join(this.sysroot.root, "usr/bin", program));
	}
	/** Runs a program; names of binutils may be given without the prefix that newer distributions want. */
	async run(program, args, options) {
		const prefixed = `x86_64-linux-gnu-${program}`;
		const argv = [await this.has(prefixed) ? prefixed : program, ...args];
		const environment = {
			PATH: `${TOOLS}:/usr/bin:/usr/sbin`,
			LC_ALL: "C",
			TZ: "UTC",
			...options.environment
		};
		options.record?.push({
			argv,
			environment
		});
		return this.sandbox.run(this.sysroot, options.jobs === void 0 ? argv : [...argv, `-j${options.jobs}`], {
			binds: [{
				from: options.directory,
				to: BUILD,
				writable: true
			}, ...options.binds ?? []],
			environment,
			workingDirectory: BUILD,
			timeoutSeconds: options.timeoutSeconds,
			signal: options.signal,
			...options.onOutput ? { onOutput: options.onOutput } : {}
		});
	}
};

// src/bpf/build.ts
const SOURCES = `${BUILD}/module`;
const LOG = "build.log";
const MANIFEST_OF_BUILD = "manifest.json";
const FLAGS$1 = [
	...["-target", "bpf"],
	"-mcpu=v2",
	...[
		"-O2",
		"-g",
		"-Wall"
	],
	"-Werror=date-time",
	...[`-ffile-prefix-map=${BUILD}/=`, "-fdebug-compilation-dir=."],
	"-D__TARGET_ARCH_x86",
	...["-isystem", "/usr/include/x86_64-linux-gnu"]
];
/**
* Compiles every `*.bpf.c` of a directory to an eBPF object, in the sandbox; the objects depend on no kernel.
* The same sources give the same bytes on every machine, for every user, at any time; DWARF is left out, BTF is kept.
* Sources that do not compile, take too long, hold no program or no license are a result with `status: 'fail'`.
* Throws InputError for a directory that cannot be read, EnvironmentError when sysroot or machine are at fault.
*/
async function buildPrograms(options) {
	try {
		return await build$1(options);
	} catch (error) {
		throw explainSystem$1(error, options.directory);
	}
}
async function build$1(options) {
	try {
		var _usingCtx$7 = _usingCtx();
		const { directory, cache, outDirectory, jobs, signal } = options;
		const started = performance.now();
		const work = _usingCtx$7.a(await TemporaryDirectory.create(join(cache, "work"), "bpf-"));
		const copy = join(work.path, "module");
		await copySource(directory, await realDirectory(directory), copy, signal);
		await mkdir(join(work.path, "object"));
		const source = await digestTree(copy);
		const compiler = await findCompiler(options.sysroot);
		const slots = pLimit(jobs);
		const names = programSources(await readdir(copy));
		const compiled = (await Promise.allSettled(names.map((name) => slots(() => compile(name, {
			...options,
			compiler,
			work: work.path
		}))))).map((one) => {
			if (one.status === "rejected") throw one.reason;
			return one.value;
		});
		const text = compiled.map((one) => one.log).join("");
		const log = join(outDirectory, LOG);
		await writeAtomic(log, text);
		if (saysDiskFull(text)) throw diskFull(cache);
		const diagnostics = parseDiagnostics(text, {
			module: SOURCES,
			workingDirectory: SOURCES
		});
		const result = (reason, products) => ({
			status: reason === void 0 ? "pass" : "fail",
			...reason === void 0 ? {} : { reason },
			seconds: (performance.now() - started) / 1e3,
			log,
			diagnostics,
			...products,
			source,
			commands: compiled.flatMap(({ commands }) => commands)
		});
		const nothing = {
			programs: [],
			executables: []
		};
		const late = compiled.find(({ timedOut }) => timedOut);
		if (late) return result(`${late.source} took longer than ${options.timeoutSeconds} s and was stopped`, nothing);
		const failed = compiled.find(({ failure }) => failure !== void 0);
		if (failed) return result(summarize(diagnostics) ?? `${failed.source}: ${failed.failure}`, nothing);
		const objects = await Promise.all(names.map(({ object }) => readObject(join(work.path, "object", object))));
		const faults = objects.map((object, index) => faultOf(object, names[index]?.source ?? ""));
		diagnostics.push(...faults.filter((fault) => fault !== void 0));
		if (faults.some((fault) => fault?.severity === "error")) return result(summarize(diagnostics), nothing);
		const executables = await findExecutables(copy);
		const taken = executables.find((name) => name === LOG || name === MANIFEST_OF_BUILD);
		if (taken) return result(`an executable file is called ${taken}, as a file of the build's own`, nothing);
		const deliver = async (from, name, mode) => {
			const path = join(outDirectory, name);
			await copyAtomic(from, path, mode);
			return path;
		};
		return result(void 0, {
			programs: await Promise.all(objects.map(async (one, index) => {
				return {
					...one,
					path: await deliver(one.path, names[index]?.object ?? "", 420)
				};
			})),
			executables: await Promise.all(executables.map(async (name) => describeExecutable(await deliver(join(copy, name), name, 493))))
		});
	} catch (_) {
		_usingCtx$7.e = _;
	} finally {
		await _usingCtx$7.d();
	}
}
/** Path, digest and size of a file that goes with objects. */
async function describeExecutable(path) {
	return {
		path,
		sha256: await digestFile(path),
		size: (await lstat(path)).size
	};
}
async function findCompiler({ root }) {
	const versions = (await readdir(join(root, "usr/bin")).catch(() => [])).flatMap((name) => /^clang-(\d+)$/.exec(name)?.[1] ?? []).map(Number);
	if (versions.length > 0) return `clang-${Math.max(...versions)}`;
	throw new EnvironmentError("no clang in the sysroot that compiles eBPF programs", {
		where: root,
		remedy: "Name clang-14 or a later one among the packages of the sysroot bpf in matrix/tools.yml."
	});
}
async function compile({ source, object }, { sandbox, sysroot, compiler, work, timeoutSeconds, signal }) {
	const toolchain = new Toolchain(sandbox, sysroot);
	const output = new BuildLog();
	const commands = [];
	const whole = `${BUILD}/object/${object}.whole`;
	const steps = [[
		"CLANG",
		compiler,
		[
			...FLAGS$1,
			"-c",
			`${SOURCES}/${source}`,
			"-o",
			whole
		]
	], [
		"BPFTOOL",
		"bpftool",
		[
			"gen",
			"object",
			`${BUILD}/object/${object}`,
			whole
		]
	]];
	for (const [label, program, args] of steps) {
		output.add(Buffer.from(`  ${label.padEnd(8)}${source}\n`), "stdout");
		const { code, timedOut } = await toolchain.run(program, [...args], {
			directory: work,
			record: commands,
			timeoutSeconds,
			signal,
			onOutput: output.add
		});
		if (code !== 0) {
			const log = output.text;
			return {
				source,
				log,
				commands,
				failure: `${program} ended with status ${code}: ${log.trimEnd().split("\n").at(-1)?.trim()}`,
				timedOut
			};
		}
	}
	return {
		source,
		log: output.text,
		commands,
		timedOut: false
	};
}
/** What is wrong with an object that compiled well. */
function faultOf({ sections, license }, file) {
	const fault = (severity, message) => ({
		file,
		severity,
		message
	});
	if (sections.length === 0) return fault("error", "holds no program: a program is a function marked with SEC(\"...\")");
	if (license === void 0) return fault("error", "names no license: char LICENSE[] SEC(\"license\") = \"GPL\";");
	if (isGplCompatible(license)) return void 0;
	return fault("warning", `its license, "${license}", is none of the GPL: the kernel refuses it the helpers that are`);
}
/** The executable files of the directory itself. */
async function findExecutables(directory) {
	const files = (await readdir(directory, { withFileTypes: true })).filter((entry) => entry.isFile()).map(({ name }) => name);
	const modes = await Promise.all(files.map(async (name) => (await lstat(join(directory, name))).mode));
	return files.filter((_, index) => ((modes[index] ?? 0) & 64) !== 0).sort();
}

// src/conformance/programs.ts
const COMPILER$1 = "clang-14";
const COMPILE_SECONDS = 300;
/** Static, for the guest's C library need not be the compiler's; a warning fails, for nobody would see it, and the compiler is pinned. */
const FLAGS = [
	"-O2",
	"-static",
	"-Wall",
	"-Wextra",
	"-Werror",
	`-ffile-prefix-map=${BUILD}/=`
];
const TAIL_LINES = 30;
/**
* Compiles the C programs of a suite, each from its one file and the headers (`*.h`) beside it, in the sandbox; returns their
* paths in the cache. The same sources and compiler give the same bytes, and are compiled once.
* Throws InputError with the compiler's words for a program that does not compile, EnvironmentError when the cache is at fault.
*/
async function compilePrograms(suite, { digest, toolchain, cache, supply, signal }) {
	try {
		var _usingCtx$6 = _usingCtx();
		if (suite.programs.length === 0) return [];
		const headers = (await readdir(suite.directory)).filter((name) => name.endsWith(".h")).sort();
		const sources = await Promise.all([...suite.programs, ...headers].map(async (name) => [name, await digestFile(join(suite.directory, name))]));
		const entryOf = (compiler) => join(cache, "programs", digestValue([
			COMPILER$1,
			FLAGS,
			compiler,
			sources
		]));
		const known = entryOf(digest);
		if (await markUsed(known)) return pathsIn(known, suite);
		await supply?.("results");
		if (supply && await markUsed(known)) return pathsIn(known, suite);
		const { sandbox, sysroot, digest: really } = await toolchain();
		const entry = entryOf(really);
		if (await markUsed(entry)) return pathsIn(entry, suite);
		const work = _usingCtx$6.a(await TemporaryDirectory.create(join(cache, "work"), "programs-"));
		const made = join(work.path, "made");
		await mkdir(made);
		for (const [name = ""] of sources) await copyFile(join(suite.directory, name), join(work.path, name));
		for (const file of suite.programs) {
			const log = new BuildLog();
			const { code, timedOut } = await new Toolchain(sandbox, sysroot).run(COMPILER$1, [
				...FLAGS,
				"-o",
				`made/${nameOf$1(file)}`,
				file
			], {
				directory: work.path,
				timeoutSeconds: COMPILE_SECONDS,
				signal,
				onOutput: log.add
			});
			if (code === 0) continue;
			const lines = log.text.trim().split("\n").slice(0, TAIL_LINES);
			const how = timedOut ? `it took longer than ${COMPILE_SECONDS} s` : `${COMPILER$1} ended with status ${code}`;
			throw new InputError([
				"the program does not compile:",
				...lines,
				`(${how})`
			].join("\n  "), { where: join(suite.directory, file) });
		}
		try {
			await mkdir(join(cache, "programs"), { recursive: true });
			await seal(made, basename(entry));
			await rename(made, entry);
		} catch (error) {
			const { code = "" } = error;
			if (!["ENOTEMPTY", "EEXIST"].includes(code)) throw new EnvironmentError(`the programs of a suite cannot be kept (${code})`, {
				where: entry,
				remedy: "Make room, or choose another cache directory with OVNFAST_CACHE.",
				cause: error
			});
		}
		return pathsIn(entry, suite);
	} catch (_) {
		_usingCtx$6.e = _;
	} finally {
		await _usingCtx$6.d();
	}
}
function pathsIn(entry, { programs }) {
	return programs.map((file) => join(entry, nameOf$1(file)));
}
/** As the guest knows it: the file without `.c`. */
function nameOf$1(file) {
	return file.replace(/\.c$/, "");
}

// src/gpgv.ts
const SECONDS = 120;
/**
* gpgv of the sandbox's own packages, shut in like everything else. The data is fed to it, so that a part of a large package
* is checked without a copy.
*/
function sandboxedGpgv(tools, cache) {
	return async ({ keyring, signature, data }, signal) => {
		try {
			var _usingCtx$5 = _usingCtx();
			const [sandbox, sysroot] = await Promise.all([tools().sandbox(), tools().sysroot("sandbox")]);
			const work = _usingCtx$5.a(await TemporaryDirectory.create(join(cache, "work"), "gpgv-"));
			await Promise.all([writeFile(join(work.path, "keyring"), keyring), writeFile(join(work.path, "signature"), signature)]);
			const file = await open(data.path);
			try {
				let feeding;
				const result = await sandbox.run(sysroot, [
					...[
						"gpgv",
						"--status-fd",
						"1",
						"--enable-special-filenames",
						"--keyring",
						"/check/keyring"
					],
					"/check/signature",
					"-&3"
				], {
					binds: [{
						from: work.path,
						to: "/check"
					}],
					timeoutSeconds: SECONDS,
					signal,
					extraDescriptors: ["pipe"],
					onSpawn: ({ stdio }) => {
						const source = Readable.from(readRange(file, data.offset, data.length), { objectMode: false });
						const pipe = stdio[3];
						pipe.on("error", () => {});
						feeding = pipeline(source, pipe).catch((error) => error);
					}
				});
				const trouble = await feeding;
				if (trouble && ![
					"EPIPE",
					"ECONNRESET",
					"ERR_STREAM_PREMATURE_CLOSE"
				].includes(trouble.code ?? "")) throw trouble;
				return result;
			} finally {
				await file.close();
			}
		} catch (_) {
			_usingCtx$5.e = _;
		} finally {
			await _usingCtx$5.d();
		}
	};
}

// src/kbuild/btf.ts
const OBJCOPY_SECONDS = 120;
const RESOLVE_BTFIDS = "tools/bpf/resolve_btfids/resolve_btfids";
/**
* Prepares a build so that kbuild makes type information (BTF) for the module. It does when it has pahole and finds the
* kernel's own BTF in a file `vmlinux` beside the headers. Newer header packages bring that file; for others it is taken
* out of the kernel image. The kernel refuses BTF made against another kernel, so nothing else will do.
*/
async function prepareBtf(options) {
	const { headers, toolchain, image, work } = options;
	const without = (reason) => ({
		headers: headers.directory,
		variables: ["CONFIG_DEBUG_INFO_BTF_MODULES="],
		reason,
		resolvesIds: false
	});
	if (!isAtLeast(headers, 5, 11)) return without(`Linux ${headers.version.join(".")} takes no BTF from modules, 5.11 is the first that does`);
	if (!headers.config.has("DEBUG_INFO_BTF_MODULES")) return without("this kernel is built without CONFIG_DEBUG_INFO_BTF_MODULES");
	if (!await toolchain.has("pahole")) return without("the packages of this target have no pahole");
	const brings = (name) => stat(join(headers.hostDirectory, name)).then(() => true, () => false);
	const resolvesIds = await brings(RESOLVE_BTFIDS);
	const variables = resolvesIds ? [] : ["RESOLVE_BTFIDS=true"];
	if (await brings("vmlinux")) {
		await wrapPahole(work);
		return {
			headers: headers.directory,
			variables,
			resolvesIds
		};
	}
	if (!image) return without("the headers bring no vmlinux, and there is no kernel image to take it from");
	const btf = await kernelBtf({
		...options,
		image
	});
	if ("reason" in btf) return without(btf.reason);
	await wrapPahole(work);
	await mirrorHeaders(headers, join(work, "headers"), btf.path);
	return {
		headers: `${BUILD}/headers`,
		variables,
		resolvesIds
	};
}
/** The BTF of a kernel, raw, as a file in the cache beside its vmlinux. */
async function kernelBtf(options) {
	try {
		var _usingCtx$4 = _usingCtx();
		const { headers, toolchain, cache, signal } = options;
		const vmlinux = await unpackVmlinux({
			...options,
			kernel: headers.release
		});
		if ("reason" in vmlinux) return vmlinux;
		const path = `${vmlinux.path}.btf`;
		if (await markUsed(path)) return { path };
		const work = _usingCtx$4.a(await TemporaryDirectory.create(join(cache, "work"), "btf-"));
		const { code, stderr } = await toolchain.run("objcopy", [
			"--output-target=binary",
			"--only-section=.BTF",
			"vmlinux",
			"btf"
		], {
			directory: work.path,
			binds: [{
				from: vmlinux.path,
				to: `${BUILD}/vmlinux`
			}],
			timeoutSeconds: OBJCOPY_SECONDS,
			signal
		});
		if (code !== 0) return { reason: `the vmlinux of the kernel image cannot be read: ${stderr.trim()}` };
		if ((await stat(join(work.path, "btf"))).size === 0) return { reason: "the kernel image carries no BTF" };
		await rename(join(work.path, "btf"), path);
		return { path };
	} catch (_) {
		_usingCtx$4.e = _;
	} finally {
		await _usingCtx$4.d();
	}
}
/** Threads of pahole end in any order and number the types in it: with one thread two builds give the same bytes. */
async function wrapPahole(work) {
	await writeTool(work, "pahole", "exec /usr/bin/pahole \"$@\" -j1");
}
/** The headers directory, which cannot be written to, once more: links to all that it holds, and the kernel's BTF. */
async function mirrorHeaders(headers, to, btf) {
	await mkdir(to);
	for (const name of await readdir(headers.hostDirectory)) await symlink(`${headers.directory}/${name}`, join(to, name));
	await copyFile(btf, join(to, "vmlinux"));
}

// src/kbuild/compiler.ts
/** What distributions have their gcc do by default, how it is switched off, and from which gcc on that is understood. */
const DEFAULTS = [{
	mark: /-fno-pie/i,
	flags: ["-fno-pie", "-no-pie"],
	since: 6
}, {
	mark: /-fcf-protection/,
	flags: ["-fcf-protection=none"],
	since: 8
}];
const VERSION_SECONDS = 60;
/**
* Fits the toolchain's compiler to a kernel tree that was built by another.
* One that is newer does by default what the tree may not know how to switch off: then a gcc that has it off is put before
* the real one (flags would not do: kbuild asks the compiler what it can without them). And it has warnings that the tree
* could not know of, which are not to be errors because the tree makes all of them errors.
* The headers of a distribution come with the compiler they know.
*/
async function fitCompiler(headers, { toolchain, work, signal }) {
	const configured = Math.floor(Number(headers.config.get("GCC_VERSION") ?? 0) / 1e4);
	if (headers.directory !== "/kernel/usr/src/tree") return {
		major: configured,
		flags: []
	};
	const { stdout } = await toolchain.run("gcc", ["-dumpversion"], {
		directory: work,
		timeoutSeconds: VERSION_SECONDS,
		signal
	});
	const major = Number.parseInt(stdout, 10);
	const directory = placeIn(toolchain.sysroot, headers.source ?? headers.directory);
	const makefiles = ["Makefile", "arch/x86/Makefile"].map((name) => readFile(join(directory, name), "utf8").catch(() => ""));
	const text = (await Promise.all(makefiles)).join("\n");
	const off = DEFAULTS.filter(({ mark, since }) => major >= since && !mark.test(text)).flatMap(({ flags }) => flags);
	if (off.length > 0) await writeTool(work, "gcc", `exec /usr/bin/gcc ${off.join(" ")} "$@"`);
	return {
		major,
		flags: major === configured ? [] : ["-Wno-error"]
	};
}

// src/kbuild/included.ts
/** fixdep's lists are far below that; what is larger, a module has made by itself. */
const MAXIMUM_BYTES$1 = 4 * 2 ** 20;
const MAXIMUM_NAMES = 5e4;
/** How a configuration option stands among the files. */
const OPTION = /^\$\(wildcard include\/config\/([\w/]+?)(?:\.h)?\)$/;
/** Reads what kbuild noted in `.NAME.o.cmd` (scripts/basic/fixdep.c) below `directory`, where the module was built. */
async function readIncluded(directory, places) {
	const headers = /* @__PURE__ */ new Set();
	const options = /* @__PURE__ */ new Set();
	const entries = await readdir(directory, {
		recursive: true,
		withFileTypes: true
	});
	for (const entry of entries) {
		if (!entry.isFile() || !/^\..+\.o\.cmd$/.test(entry.name)) continue;
		const path = join(entry.parentPath, entry.name);
		if ((await stat(path)).size > MAXIMUM_BYTES$1) continue;
		for (const dependency of parseDependencies(await readFile(path, "utf8"))) {
			if (headers.size + options.size >= MAXIMUM_NAMES) break;
			const [, option] = OPTION.exec(dependency) ?? [];
			if (option === void 0) headers.add(placeOf$1(dependency, places));
			else options.add(option.replaceAll("/", "_").toUpperCase());
		}
	}
	const isForeign = (path) => !path.startsWith(`${places.module}/`);
	return {
		headers: [...headers].filter(isForeign).sort(),
		options: [...options].sort()
	};
}
/** What `deps_NAME.o := \` lists, a line each. */
function parseDependencies(text) {
	return (/^deps_\S+ := \\\n((?:.*\\\n)*)/m.exec(text)?.[1] ?? "").split("\n").map((line) => line.replace(/\\$/, "").trim()).filter((line) => line !== "");
}
function placeOf$1(file, { workingDirectory, moved }) {
	const path = posix.resolve(workingDirectory, file);
	return moved && path.startsWith(`${moved.from}/`) ? `${moved.to}${path.slice(moved.from.length)}` : path;
}

// src/kbuild/build.ts
const MODULE = `${BUILD}/module`;
const STRIP_SECONDS = 120;
const NAME = "ovnfast";
/**
* Builds an out-of-tree module for one kernel release with kbuild, in the sandbox, with that kernel's own compiler.
* The same sources give the same bytes on every machine, for every user, at any time; debug information is left out.
* A module that does not compile, takes too long or yields no .ko is a result with `status: 'fail'`.
* Throws InputError for a directory that is no module's, EnvironmentError when sysroot or machine are at fault.
*/
async function buildModule(options) {
	try {
		return await build(options);
	} catch (error) {
		throw explainSystem$1(error, options.moduleDirectory);
	}
}
async function build(options) {
	try {
		var _usingCtx$3 = _usingCtx();
		const { sysroot, cache, outDirectory, signal } = options;
		const started = performance.now();
		const headers = await findHeaders(sysroot, options.kernel);
		const toolchain = new Toolchain(options.sandbox, sysroot);
		const work = _usingCtx$3.a(await TemporaryDirectory.create(join(cache, "work"), "build-"));
		await copyModuleSource(options.moduleDirectory, join(work.path, "module"), signal);
		const source = await digestTree(join(work.path, "module"));
		const commands = [];
		const compiler = await fitCompiler(headers, {
			toolchain,
			work: work.path,
			signal
		});
		const btf = await prepareBtf({
			...options,
			headers,
			toolchain,
			work: work.path
		});
		const output = new BuildLog(options.onOutput);
		const make = await runMake(options, {
			headers,
			compiler,
			toolchain,
			btf,
			work: work.path,
			output,
			commands
		});
		const log = join(outDirectory, "build.log");
		await writeAtomic(log, output.text);
		const places = {
			module: MODULE,
			workingDirectory: isAtLeast(headers, 6, 13) ? MODULE : btf.headers,
			moved: {
				from: btf.headers,
				to: headers.directory
			}
		};
		const diagnostics = parseDiagnostics(output.text, places);
		const included = options.listIncluded ? await readIncluded(join(work.path, "module"), places) : void 0;
		if (make.code !== 0 && saysDiskFull(output.text)) throw diskFull(cache);
		const files = make.code === 0 ? await findModules(join(work.path, "module")) : [];
		let withoutBtf = btf.reason;
		const result = (reason, modules) => ({
			status: reason === void 0 ? "pass" : "fail",
			...reason === void 0 ? {} : { reason },
			seconds: (performance.now() - started) / 1e3,
			log,
			diagnostics,
			modules,
			btf: describeBtf(withoutBtf, modules),
			...included ? { included } : {},
			source,
			commands
		});
		const failure = explainFailure(make, options.timeoutSeconds, diagnostics) ?? explainFiles(files);
		if (failure) return result(failure, []);
		withoutBtf ??= await reasonAgainstBtf(btf, work.path, files, options.portable ?? false);
		await strip(toolchain, work.path, files, {
			dropBtf: withoutBtf !== void 0,
			commands,
			signal
		});
		const built = await Promise.all(files.map((file) => readModule(join(work.path, "module", file))));
		const wrong = built.find(({ vermagic }) => !vermagic.startsWith(`${options.kernel} `));
		if (wrong) return result(`${wrong.name} was built for another kernel: ${wrong.vermagic}`, []);
		return result(void 0, await Promise.all(built.map((module) => deliver(module, outDirectory))));
	} catch (_) {
		_usingCtx$3.e = _;
	} finally {
		await _usingCtx$3.d();
	}
}
function runMake(options, { headers, compiler, toolchain, btf, work, output, commands }) {
	const flags = ["--keep-going", ...btf.variables];
	const kernel = headers.source === void 0 ? ["-C", btf.headers] : [
		"-C",
		headers.source,
		`O=${btf.headers}`
	];
	if (headers.directory === "/kernel/usr/src/tree") kernel.push("CC=gcc");
	const compilerFlags = [...compiler.major >= 8 ? [`-ffile-prefix-map=${MODULE}/=`] : [], ...compiler.flags];
	return toolchain.run("make", [
		...kernel,
		`M=${MODULE}`,
		...flags,
		"modules"
	], {
		directory: work,
		jobs: options.jobs,
		record: commands,
		environment: {
			KBUILD_BUILD_TIMESTAMP: EPOCH.toUTCString(),
			KBUILD_BUILD_USER: NAME,
			KBUILD_BUILD_HOST: NAME,
			SOURCE_DATE_EPOCH: String(EPOCH.getTime() / 1e3),
			...compilerFlags.length > 0 ? { KCFLAGS: compilerFlags.join(" ") } : {},
			DEB_BUILD_ARCH: "amd64",
			DEB_HOST_ARCH: "amd64"
		},
		timeoutSeconds: options.timeoutSeconds,
		signal: options.signal,
		onOutput: output.add
	});
}
function explainFailure({ code, timedOut }, timeoutSeconds, diagnostics) {
	if (timedOut) return `the build took longer than ${timeoutSeconds} s and was stopped`;
	if (code === 0) return void 0;
	return summarize(diagnostics) ?? `make ended with status ${code}`;
}
function explainFiles(files) {
	if (files.length === 0) return "kbuild made no module: does Kbuild or Makefile set obj-m?";
	const names = files.map((file) => basename(file));
	const twice = names.find((name, index) => names.indexOf(name) !== index);
	return twice === void 0 ? void 0 : `the module directory yields two modules of the same name, ${twice}`;
}
/** The modules that kbuild has made, as paths in the directory; links are not followed, for the build may have made them. */
async function findModules(directory) {
	return (await readdir(directory, {
		recursive: true,
		withFileTypes: true
	})).filter((entry) => entry.isFile() && entry.name.endsWith(".ko")).map((entry) => join(entry.parentPath, entry.name).slice(directory.length + 1)).sort();
}
/** Why type information that was made is no good. */
async function reasonAgainstBtf({ resolvesIds }, work, files, portable) {
	for (const file of files) {
		const has = (section) => hasSection(join(work, "module", file), section);
		if (!resolvesIds && await has(".BTF_ids")) return `${file} has kfuncs (.BTF_ids), and the headers of this kernel bring no resolve_btfids`;
		if (portable && !await has(".BTF.base")) return "it is of one kernel, and the file is to serve several";
	}
}
async function strip(toolchain, work, files, { dropBtf, commands, signal }) {
	const flags = ["--strip-debug", ...dropBtf ? ["--remove-section=.BTF"] : []];
	const { code, stderr } = await toolchain.run("strip", [...flags, ...files.map((file) => `${MODULE}/${file}`)], {
		directory: work,
		record: commands,
		timeoutSeconds: STRIP_SECONDS,
		signal
	});
	if (code !== 0) throw new EnvironmentError(`debug information cannot be removed from the module: ${stderr.trim()}`);
}
async function deliver(module, outDirectory) {
	const path = join(outDirectory, basename(module.path));
	await copyAtomic(module.path, path, 420);
	return {
		...module,
		path
	};
}
function describeBtf(reason, modules) {
	const present = modules.length > 0 && modules.every(({ btf }) => btf);
	if (present) return { present };
	return {
		present,
		reason: reason ?? (modules.length > 0 ? "pahole made none, see the log" : "the build failed")
	};
}

// src/kbuild/symvers.ts
/**
* Reads the interface of a kernel from its headers (Module.symvers, .config).
* Throws EnvironmentError when the sysroot has no headers of that release.
*/
async function readKernelInterface(sysroot, release) {
	const headers = await findHeaders(sysroot, release);
	const path = placeIn(sysroot, `${headers.directory}/Module.symvers`);
	const text = await readFile(path, "utf8").catch((error) => {
		throw new EnvironmentError(`the symbols of kernel ${release} cannot be read (${error.code})`, { where: path });
	});
	return {
		release,
		vermagic: vermagicOf(headers),
		strictBtf: isStrictAboutBtf(headers),
		symbols: parseSymvers(text)
	};
}
/** btf_module_notify of kernel/bpf/btf.c: 5.18 and later can be configured to complain and load the module all the same. */
function isStrictAboutBtf({ config }) {
	return config.has("DEBUG_INFO_BTF_MODULES") && !config.has("MODULE_ALLOW_BTF_MISMATCH");
}
/**
* The lines of a Module.symvers: CRC, symbol, exporting module, kind of export, and from 5.4 on a namespace, which
* 5.4 to 5.9 have in the third column. A line of another form is left out.
*/
function parseSymvers(text) {
	const symbols = /* @__PURE__ */ new Map();
	for (const line of text.split("\n")) {
		const fields = line.split("	");
		const kind = fields.findIndex((field) => field.startsWith("EXPORT_"));
		const [crc, symbol] = fields;
		const module = fields[kind - 1];
		if (kind < 3 || !crc || !symbol || module === void 0) continue;
		const namespace = fields[kind + 1] || (kind === 4 ? fields[2] : "");
		symbols.set(symbol, {
			crc,
			module,
			gplOnly: fields[kind]?.includes("_GPL") ?? false,
			...namespace ? { namespace } : {}
		});
	}
	return symbols;
}
/** VERMAGIC_STRING of include/linux/vermagic.h on x86_64. */
function vermagicOf(headers) {
	const { release, config } = headers;
	const preempt = isAtLeast(headers, 5, 16) ? "PREEMPT_BUILD" : "PREEMPT";
	return [
		release,
		config.has("SMP") ? "SMP" : "",
		config.has(preempt) ? "preempt" : config.has("PREEMPT_RT") ? "preempt_rt" : "",
		config.has("MODULE_UNLOAD") ? "mod_unload" : "",
		config.has("MODVERSIONS") ? "modversions" : ""
	].filter(Boolean).join(" ");
}

// src/packages/offered.ts
/** What is between a beginning and an end, of the names that have both. */
function betweenEnds(names, prefix, suffix) {
	return names.filter((name) => name.startsWith(prefix) && name.endsWith(suffix)).map((name) => name.slice(prefix.length, name.length - suffix.length));
}
/**
* The kernel releases that are offered for a distribution, oldest first. One counts only when every package that the
* matrix names with `{kernel}` is there, so that it can be both built for and booted; excluded flavours do not count.
* `offered` returns the releases for which there is a package of a name that begins and ends so.
*/
function commonReleases({ packages, kernels }, offered) {
	const [first, ...others] = [...packages.headers, ...packages.image].filter((name) => name.includes("{kernel}")).map((template) => {
		const [prefix = "", suffix = ""] = template.split("{kernel}");
		return new Set(offered(prefix, suffix));
	});
	const isExcluded = matcher(kernels.exclude);
	return [...first ?? []].filter((release) => /^\d+\.\d+\.\d/.test(release) && others.every((set) => set.has(release))).filter((release) => !isExcluded(release)).sort(compareReleases);
}

// src/packages/rpm/roots.ts
/**
* The packages that a root can mean, as for `dnf install`: one of that name; of that name, version, release and
* architecture (`kernel-devel-3.10.0-1160.el7.x86_64`, the last ones may be left out); one whose `<name>-uname-r` is
* the rest (`kernel-devel-uname-r = 5.14.0-1.el9.x86_64`); one that provides it.
*/
function findRoot(packages, root) {
	const named = packages.packages(root);
	if (named.length > 0) return named;
	for (let dash = root.lastIndexOf("-"); dash > 0; dash = root.lastIndexOf("-", dash - 1)) {
		const rest = root.slice(dash + 1);
		const found = packages.packages(root.slice(0, dash)).filter((one) => spellings$1(one).includes(rest) || releaseOf$1(packages, one) === rest);
		if (found.length > 0) return found;
	}
	return packages.meeting({
		kind: "simple",
		name: root
	});
}
/** What may follow the name of a package that is told by its version. */
function spellings$1({ evr, architecture }) {
	const withoutEpoch = evr.replace(/^\d+:/, "");
	const version = withoutEpoch.slice(0, withoutEpoch.lastIndexOf("-"));
	return [.../* @__PURE__ */ new Set([evr, withoutEpoch])].flatMap((one) => [`${one}.${architecture}`, one]).concat(version);
}
/**
* The kernel releases that every package named with `{kernel}` is offered for, oldest first. A package of the kernel says
* its release by what it provides (`kernel-devel-uname-r = RELEASE`, or `kernel-devel-RELEASE` as the kernel's own
* spec file has it) or else by version, release and architecture.
*/
function offeredReleases(packages, distribution) {
	return commonReleases(distribution, (prefix, suffix) => {
		const named = betweenEnds(packages.names(prefix), prefix, suffix);
		if (!prefix.endsWith("-") || suffix !== "") return named;
		return [...named, ...packages.packages(prefix.slice(0, -1)).map((one) => releaseOf$1(packages, one))];
	});
}
function releaseOf$1(packages, one) {
	return kernelRelease(one, (prefix) => packages.provided(prefix).filter(({ provider }) => provider === one).map(({ name, provision }) => ({
		name,
		...provision.evr ? { evr: provision.evr } : {}
	})));
}
/**
* The release of the kernel that a package is of: the version of its `<name>-uname-r`, else the end of a name that it provides
* (`<name>-6.1.0`), else its own version, release and architecture. `provides` returns what it provides whose name starts so.
*/
function kernelRelease({ name, evr, architecture }, provides) {
	const ending = ({ name: provided }) => provided.slice(name.length + 1);
	const said = provides(`${name}-uname-r`).find((one) => ending(one) === "uname-r")?.evr;
	if (said) return said;
	const inName = provides(`${name}-`).find((one) => /^\d/.test(ending(one)));
	return inName ? ending(inName) : `${evr.replace(/^\d+:/, "")}.${architecture}`;
}

// src/packages/rpm/gpgv.ts
/** RFC 4880, 9.4. MD5, SHA-1 and RIPEMD-160 are broken or too short. */
const HASH_NAMES = {
	1: "MD5",
	2: "SHA1",
	3: "RIPEMD160",
	8: "SHA256",
	9: "SHA384",
	10: "SHA512",
	11: "SHA224"
};
const STRONG = [
	"SHA256",
	"SHA384",
	"SHA512"
];
/** A signature of bytes as they are; others are of text with changed line ends, or of keys. */
const BINARY_CLASS = "00";
const NO_PUBLIC_KEY = "9";
/**
* Reads gpgv's status lines (GnuPG's doc/DETAILS) about one signature; its words for people are never looked at.
* Undefined when they say nothing: gpgv itself failed.
*/
function readStatus(output) {
	const words = output.split("\n").filter((line) => line.startsWith("[GNUPG:] ")).map((line) => line.split(" ").slice(1));
	const find = (keyword) => words.find(([word]) => word === keyword);
	if (words.filter(([word]) => word === "NEWSIG").length !== 1) return void 0;
	const bad = find("BADSIG");
	if (bad) return {
		fault: `not of these bytes: they were changed, or it was (key ${bad[1]})`,
		cause: "changed"
	};
	const error = find("ERRSIG");
	if (error) {
		const [, keyId = "", , hash = "", , , reason] = error;
		if (reason === NO_PUBLIC_KEY) return {
			fault: `by key ${keyId}, which is not among the trusted ones`,
			cause: "unknown key"
		};
		return { fault: `one that cannot be checked (key ${keyId}, digest ${HASH_NAMES[hash] ?? hash}, reason ${reason})` };
	}
	const valid = find("VALIDSIG");
	if (!valid) return void 0;
	const [, fingerprint = "", , made = "", , version, , , hashNumber = "", kind, primary = fingerprint] = valid;
	const keyId = fingerprint.slice(-16);
	const hash = HASH_NAMES[hashNumber] ?? `algorithm ${hashNumber}`;
	const created = isoTime(made);
	if (find("REVKEYSIG")) return { fault: `by key ${keyId}, which was revoked` };
	if (find("EXPSIG")) return { fault: `expired (made ${created} by key ${keyId})` };
	if (!STRONG.includes(hash)) return { fault: `made with the digest ${hash}, which can be forged (key ${keyId})` };
	if (kind !== BINARY_CLASS || created === void 0) return { fault: `not one of plain bytes (key ${keyId})` };
	const signature = {
		fingerprint,
		primary,
		keyId,
		version: Number(version),
		hash,
		created
	};
	if (find("GOODSIG")) return { signature };
	if (!find("EXPKEYSIG")) return void 0;
	const [keyExpired] = words.filter(([word]) => word === "KEYEXPIRED").map(([, time]) => isoTime(time ?? "")).filter((time) => time !== void 0).sort();
	if (keyExpired !== void 0 && created < keyExpired) return { signature: {
		...signature,
		keyExpired
	} };
	return { fault: `made ${created} by key ${keyId}, which had expired before (${keyExpired ?? "time not known"})` };
}
/** gpgv prints seconds since 1970, or `20301231T235959` for times it cannot. */
function isoTime(text) {
	const [, date, time] = /^(\d{8})T(\d{6})$/.exec(text) ?? [];
	if (date && time) return `${date.replace(/(....)(..)/, "$1-$2-")}T${time.replace(/(..)(..)/, "$1:$2:")}Z`;
	return /^[1-9]\d{0,10}$/.test(text) ? `${(/* @__PURE__ */ new Date(Number(text) * 1e3)).toISOString().slice(0, 19)}Z` : void 0;
}

// src/packages/rpm/openpgp.ts
const MAXIMUM_SIGNATURES = 16;
/** Packet tags of RFC 4880, 4.3. */
const SIGNATURE_PACKET = 2;
const KEY_PACKET = 6;
const KEY_VERSION = 4;
const KEY_BLOCK = /-----BEGIN PGP PUBLIC KEY BLOCK-----.*?-----END PGP PUBLIC KEY BLOCK-----/gs;
/**
* The keys of armoured files as one binary keyring. Keys of another version than 4 are left out: gpgv knows none of them, and
* reads no further than the first. Throws InputError naming a file that holds no key.
*/
async function readKeyring(paths) {
	const parts = [];
	for (const path of paths) {
		let text;
		try {
			text = await readFile(path, "utf8");
		} catch (cause) {
			throw new InputError(`the key cannot be read (${cause.code})`, {
				where: path,
				cause
			});
		}
		const blocks = text.match(KEY_BLOCK) ?? [];
		if (blocks.length === 0) throw new InputError("not an armoured OpenPGP public key", { where: path });
		const before = parts.length;
		for (const block of blocks) parts.push(...keysOf((await dearmour(block, path, "key")).data, path));
		if (parts.length === before) throw new InputError("holds no OpenPGP key of version 4, the only one that gpgv knows", { where: path });
	}
	return Buffer.concat(parts);
}
/** A detached signature as its packets. Throws SignatureError for what is none; `where` names what was signed. */
async function withoutArmour(signature, where) {
	if (signature.length === 0 || (signature[0] ?? 0) >= 128) return signature;
	const { data, type } = await dearmour(Buffer.from(signature).toString("latin1"), where, "signature");
	if (type !== enums.armor.signature) throw new SignatureError("what should be its signature is none", { where });
	return data;
}
async function dearmour(text, where, what) {
	try {
		const { data, type } = await unarmor(text);
		return {
			data,
			type
		};
	} catch (cause) {
		const message = `the armour of the ${what} is damaged (${cause.message})`;
		throw what === "key" ? new InputError(message, {
			where,
			cause
		}) : new SignatureError(message, {
			where,
			cause
		});
	}
}
/**
* Takes signatures apart, and sees to it that gpgv gets nothing else: a whole signed message would bring its own data.
* Throws SignatureError.
*/
function signaturePackets(bytes, where) {
	const packets = [...packetsOf(bytes)];
	if (packets.length > MAXIMUM_SIGNATURES || packets.some(({ tag }) => tag !== SIGNATURE_PACKET)) throw new SignatureError("what should be its signature is damaged or something else", { where });
	return packets.map(({ packet }) => packet);
}
/** Each with all that belongs to it: names, signatures, subkeys. */
function keysOf(bytes, where) {
	const keys = [];
	for (const { tag, packet, version } of packetsOf(bytes)) {
		if (tag < 0) throw new InputError("the OpenPGP key is damaged", { where });
		if (tag === KEY_PACKET) keys.push(version === KEY_VERSION ? [packet] : []);
		else if (keys.at(-1)?.length) keys.at(-1)?.push(packet);
	}
	return keys.filter(({ length }) => length > 0).map((key) => Buffer.concat(key));
}
/** A packet that reaches over the end has the tag -1. `version` is the first byte of its content. */
function* packetsOf(bytes) {
	const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);
	for (let at = 0; at < bytes.length;) {
		const { tag, start, end } = packetAt(buffer, at);
		yield {
			tag: end > bytes.length ? -1 : tag,
			packet: bytes.subarray(at, end),
			version: bytes[start]
		};
		at = end;
	}
}
/** RFC 4880, 4.2: old and new headers; a length that goes on in parts has no place in a signature or key. */
function packetAt(bytes, at) {
	const packet = (tag, start, length) => ({
		tag,
		start,
		end: start + length
	});
	const nothing = packet(-1, bytes.length, 0);
	const head = bytes[at] ?? 0;
	const first = bytes[at + 1] ?? 0;
	if (head < 128) return nothing;
	if (head < 192) {
		const size = [
			1,
			2,
			4
		][head & 3];
		if (size === void 0 || at + 1 + size > bytes.length) return nothing;
		return packet(head >> 2 & 15, at + 1 + size, bytes.readUIntBE(at + 1, size));
	}
	const tag = head & 63;
	if (first < 192) return packet(tag, at + 2, first);
	if (first < 224 && at + 3 <= bytes.length) return packet(tag, at + 3, (first - 192 << 8) + bytes.readUInt8(at + 2) + 192);
	return first === 255 && at + 6 <= bytes.length ? packet(tag, at + 6, bytes.readUInt32BE(at + 2)) : nothing;
}

// src/packages/rpm/signature.ts
/** A sandbox and a gpgv each; more would only wait for a processor. */
const AT_ONCE = 2;
/**
* Checks that a key of `keys` (paths of armoured keys) signed all of an RPM package: its header and payload together, or
* the header alone where that holds a strong digest of the payload, which is compared. An expired key is accepted for what it
* signed before, see `Signature.keyExpired`. Throws SignatureError saying what is wrong with the signature, InputError for
* a file that is no package or no key.
*/
async function checkPackageSignature(path, keys, run, signal) {
	return await checkPackage(path, {
		keys,
		keyring: await readKeyring(keys),
		run,
		signal
	});
}
/** As `checkPackageSignature`, of many packages, in the same order. On the first bad one the others are left. */
async function checkPackageSignatures(paths, keys, run, signal) {
	const keyring = await readKeyring(keys);
	const stop = new AbortController();
	const checker = {
		keys,
		keyring,
		run,
		signal: AbortSignal.any([signal, stop.signal])
	};
	const limit = pLimit(AT_ONCE);
	let failure;
	const check = (path) => limit(async () => {
		if (failure) return void 0;
		return await checkPackage(path, checker).catch((error) => {
			failure ??= { error };
			stop.abort(error);
		});
	});
	const signatures = await Promise.all(paths.map(check));
	signal.throwIfAborted();
	if (failure) throw failure.error;
	return signatures.filter((signature) => signature !== void 0);
}
/**
* Checks a detached signature (armoured or binary) of a file, such as `repomd.xml.asc`; one good signature by one of `keys`
* is enough. Throws as `checkPackageSignature`.
*/
async function checkDetached(path, signature, keys, run, signal) {
	const checker = {
		keys,
		keyring: await readKeyring(keys),
		run,
		signal
	};
	const data = {
		path,
		offset: 0,
		length: (await stat(path)).size
	};
	const packets = signaturePackets(await withoutArmour(signature, path), path);
	if (packets.length === 0) throw new SignatureError("its signature is empty", { where: path });
	return await firstGood(packets.map((packet) => ({
		keyring: checker.keyring,
		signature: packet,
		data
	})), checker, "");
}
async function checkPackage(path, checker) {
	const rpm = await readRpm(path);
	const { signatures, main, payload } = rpm;
	const check = (length) => (signature) => signaturePackets(signature, path).map((packet) => ({
		keyring: checker.keyring,
		signature: packet,
		data: {
			path,
			offset: main.offset,
			length
		}
	}));
	const ofHeader = signatures.header.flatMap(check(main.length));
	const ofAll = signatures.headerAndPayload.flatMap(check(main.length + payload.length));
	const name = `package ${nevra(rpm)}: `;
	if (ofHeader.length + ofAll.length === 0) throw new UnsignedError(`${name}it is not signed`, {
		where: path,
		remedy: "Take it from where it is signed."
	});
	if (payload.digest && ofHeader.length > 0) {
		const signature = await firstGood([...ofHeader, ...ofAll], checker, name);
		await checkPayload(path, rpm, checker.signal);
		return signature;
	}
	if (ofAll.length === 0) throw new SignatureError(`${name}the signature covers the header alone, and that has no strong digest of the payload`, {
		where: path,
		remedy: "Take a package that was signed whole, or made with rpm 4.14 or newer."
	});
	return await firstGood(ofAll, checker, name);
}
async function checkPayload(path, rpm, signal) {
	const { payload } = rpm;
	if (!payload.digest) return;
	const hash = createHash(payload.digest.algorithm);
	if (payload.length > 0) {
		const range = {
			start: payload.offset,
			end: payload.offset + payload.length - 1
		};
		await pipeline(createReadStream(path, range), hash, { signal });
	}
	if (hash.digest("hex") === payload.digest.value) return;
	throw new SignatureError(`package ${nevra(rpm)}: the payload is not the one whose digest was signed`, {
		where: path,
		remedy: "Fetch the file again, or take another mirror; do not use it as it is."
	});
}
async function firstGood(checks, { keys, run, signal }, name) {
	const faults = [];
	let where = "";
	for (const check of checks) {
		where = check.data.path;
		const { stdout, stderr, code, killedBy, timedOut } = await run(check, signal);
		const verdict = readStatus(stdout);
		if (verdict === void 0) {
			const said = timedOut ? "nothing in time" : stderr.trim().split("\n").at(-1) || `status ${code ?? killedBy}`;
			throw new EnvironmentError(`${name}gpgv could not check the signature (${said})`, { where });
		}
		if ("signature" in verdict) return verdict.signature;
		faults.push(verdict);
	}
	const remedies = {
		changed: "Fetch the file again, or take another mirror; do not use it as it is.",
		"unknown key": `Trusted are the keys in ${keys.join(", ")}. If you trust the other one, add it there.`
	};
	const [cause] = faults.flatMap((fault) => fault.cause ?? []);
	throw new (faults.every(({ cause }) => cause === "unknown key") ? UnknownKeyError : SignatureError)(`${name}the signature is ${[...new Set(faults.map(({ fault }) => fault))].join("; ")}`, {
		where,
		remedy: cause ? remedies[cause] : "A file that was signed anew, with a key and a digest in force, is needed."
	});
}

// src/local/package-file.ts
/** Kernels with their debug information are the largest packages there are, below one GiB. */
const MAXIMUM_BYTES = 4 * 2 ** 30;
const MAXIMUM_CONTROL_BYTES = 2 ** 20;
const SENSES = /* @__PURE__ */ new Map([
	[SENSE.less, "LT"],
	[SENSE.less | SENSE.equal, "LE"],
	[SENSE.equal, "EQ"],
	[SENSE.greater | SENSE.equal, "GE"],
	[SENSE.greater, "GT"]
]);
/**
* Takes a package into the store and reads what it says of itself. It is read there, as the user's file may change.
* Throws InputError for a file that is no package, is damaged, cut short or too large, EnvironmentError as `Store.take`.
*/
async function readPackageFile(named, { store, programs, signal }) {
	const family = await familyOf(named);
	const taken = {
		...await store.take(named, signal),
		named,
		family
	};
	try {
		const read = family === "rpm" ? await readRpmPackage(taken.path) : await readDebPackage(taken.path, programs);
		if (PACKAGE_NAME.test(read.name) && read.version !== "") return {
			...taken,
			...read
		};
		throw new InputError("the package has no name and version", { where: named });
	} catch (error) {
		if (error instanceof CorruptData) throw new InputError(`not a sound package: ${error.message}`, {
			where: named,
			cause: error
		});
		if (error instanceof InputError) throw new InputError(error.message.replace(`${taken.path}: `, ""), {
			where: named,
			cause: error
		});
		throw error;
	}
}
async function familyOf(named) {
	const file = await open(named).catch((cause) => {
		throw new InputError(`the package cannot be read (${cause.code})`, {
			where: named,
			cause
		});
	});
	try {
		const status = await file.stat();
		if (!status.isFile()) throw new InputError("a package is a file", { where: named });
		if (status.size > MAXIMUM_BYTES) throw new InputError("larger than 4 GiB, which no package is", { where: named });
		const head = await readAt(file, 0, 8);
		if (isRpm(head)) return "rpm";
		if (isDeb(head)) return "debian";
		throw new InputError("not a package: neither .deb nor .rpm", {
			where: named,
			remedy: "Name the files themselves, as a distribution serves them."
		});
	} finally {
		await file.close();
	}
}
async function readRpmPackage(path) {
	const rpm = await readRpm(path);
	const { name, architecture, provides, requires } = rpm;
	const relations = (list) => list.map(({ name, flags, version }) => {
		const sense = SENSES.get(flags & (SENSE.less | SENSE.equal | SENSE.greater));
		return sense === void 0 || version === "" ? { name } : {
			name,
			sense,
			version
		};
	});
	return {
		name,
		version: evrOf(rpm),
		architecture,
		provides: relations(provides),
		requires: relations(requires),
		control: /* @__PURE__ */ new Map()
	};
}
/** See deb-control(5). The data is not looked at yet, only whether it is there whole. */
async function readDebPackage(path, programs) {
	const file = await open(path);
	try {
		await readDebLayout(file);
		const { offset, length, compression } = await readDebLayout(file, "control.tar");
		const needed = compression === "zstd" ? await programs() : {};
		const content = decompress(readRange(file, offset, length), compression, needed);
		const control = parseControl((await readTarFile(content, "control", MAXIMUM_CONTROL_BYTES)).toString("utf8"));
		const field = (name) => control.get(name) ?? "";
		return {
			name: field("Package"),
			version: field("Version"),
			architecture: field("Architecture"),
			provides: [],
			requires: [],
			control
		};
	} finally {
		await file.close();
	}
}
/**
* Fields of a control file by name. It is one paragraph; lines that go on begin with a blank and are joined, as no field that
* is read has lines of its own. Throws CorruptData for what is none.
*/
function parseControl(text) {
	const fields = /* @__PURE__ */ new Map();
	let name = "";
	for (const line of text.split(/\r?\n/)) {
		const [, next, value = ""] = /^([^\s:]+):\s*(.*)$/.exec(line) ?? [];
		if (next !== void 0) {
			name = next;
			if (fields.has(name)) throw new CorruptData(`its control file has ${name} twice`);
			fields.set(name, value.trim());
		} else if (/^\s/.test(line) && name !== "") fields.set(name, `${fields.get(name)} ${line.trim()}`);
		else if (line !== "") throw new CorruptData("its control file is none");
	}
	return fields;
}

// src/packages/sorted-lines.ts
const bufferSize = 1 << 20;
/** What is sorted in memory at a time. */
const runSize = 8 << 20;
/** A longer line is not what an index has. */
const maximumLine = 64 << 20;
const [tab$1, newline$1] = [9, 10];
/**
* Lines as they come, and then in the order of their names, for `SortedFile`. They are sorted by the runs that fit a
* buffer, which wait in a file and are merged at the end, so that memory does not grow with them. They are held as bytes:
* a hundred thousand objects that live on would make the garbage collector take three times their size.
*/
var SortedLines = class {
	file;
	path;
	/** The run that is being filled. */
	buffer = Buffer.allocUnsafeSlow(runSize);
	used = 0;
	/** Three numbers for each line of it: where it starts, how long it is, and how long its name. */
	places = /* @__PURE__ */ new Uint32Array(65536);
	count = 0;
	start = 0;
	runs = [];
	/** Throws the error of `open` when there is such a file already. */
	constructor(path) {
		this.path = path;
		this.file = openSync(path, "wx+");
	}
	[Symbol.dispose]() {
		closeSync(this.file);
		rmSync(this.path, { force: true });
	}
	/** Begins a line of `length` bytes at most. Throws RangeError for one that no index has. */
	begin(length) {
		if (this.used + length + 1 > this.buffer.length) this.spill();
		if (length >= this.buffer.length) {
			if (length > maximumLine) throw new RangeError(`a line of ${length} bytes`);
			this.buffer = Buffer.allocUnsafeSlow(length + 1);
		}
		this.start = this.used;
	}
	write(text) {
		this.used += this.buffer.write(text, this.used);
	}
	copy(bytes, from, to) {
		this.used += bytes.copy(this.buffer, this.used, from, to);
	}
	/** Ends the line. It starts with `name`, by which it is sorted, and a tab. */
	end(name) {
		this.write("\n");
		if (3 * this.count + 3 > this.places.length) {
			const more = new Uint32Array(2 * this.places.length);
			more.set(this.places);
			this.places = more;
		}
		const at = 3 * this.count++;
		this.places[at] = this.start;
		this.places[at + 1] = this.used - this.start;
		this.places[at + 2] = Buffer.byteLength(name);
	}
	/** A whole line: its name, a tab, and the rest. */
	add(name, rest) {
		this.begin(3 * (name.length + rest.length) + 1);
		this.write(name);
		this.write("	");
		this.write(rest);
		this.end(name);
	}
	/** Writes the lines to a file, sorted by the bytes of their names, and otherwise as they came. */
	async writeTo(path) {
		const lines = this.runs.length === 0 ? this.sorted() : this.merged();
		await pipeline(Readable.from(lines), createWriteStream(path));
	}
	/** The lines in memory, in order. */
	*sorted() {
		const { places, buffer } = this;
		const start = (line) => places[3 * line] ?? 0;
		const order = Uint32Array.from({ length: this.count }, (_, line) => line).sort((a, b) => {
			const [inA, inB] = [start(a), start(b)];
			const [lengthA, lengthB] = [places[3 * a + 2] ?? 0, places[3 * b + 2] ?? 0];
			const length = Math.min(lengthA, lengthB);
			for (let i = 0; i < length; i++) {
				const difference = (buffer[inA + i] ?? 0) - (buffer[inB + i] ?? 0);
				if (difference !== 0) return difference;
			}
			return lengthA - lengthB || a - b;
		});
		const pieces = new Pieces();
		for (const line of order) {
			const length = places[3 * line + 1] ?? 0;
			if (!pieces.hasRoom(length)) yield pieces.take(length);
			pieces.add(buffer, start(line), start(line) + length);
		}
		yield pieces.take(0);
	}
	/** Makes a run of the lines in memory. */
	spill() {
		const last = this.runs.at(-1);
		const offset = last ? last.offset + last.length : 0;
		let length = 0;
		for (const piece of this.sorted()) for (let at = 0; at < piece.length;) {
			const written = writeSync(this.file, piece, at, piece.length - at, offset + length);
			at += written;
			length += written;
		}
		if (length > 0) this.runs.push({
			offset,
			length
		});
		this.used = 0;
		this.count = 0;
	}
	*merged() {
		this.spill();
		const waiting = this.runs.map(({ offset, length }, index) => new RunReader(this.file, offset, length, index)).filter((reader) => reader.next()).sort((a, b) => a.compare(b));
		const pieces = new Pieces();
		for (let first = waiting.shift(); first; first = waiting.shift()) {
			const length = first.end - first.start;
			if (!pieces.hasRoom(length)) yield pieces.take(length);
			pieces.add(first.buffer, first.start, first.end);
			if (!first.next()) continue;
			let low = 0;
			for (let high = waiting.length; low < high;) {
				const middle = low + high >> 1;
				if ((waiting[middle]?.compare(first) ?? 0) < 0) low = middle + 1;
				else high = middle;
			}
			waiting.splice(low, 0, first);
		}
		yield pieces.take(0);
	}
};
/** Goes through the lines of a run. */
var RunReader = class {
	buffer = Buffer.allocUnsafeSlow(bufferSize / 8);
	/** Where the line is that it has come to, its end of line included. */
	start = 0;
	end = 0;
	nameEnd = 0;
	filled = 0;
	file;
	offset;
	left;
	index;
	constructor(file, offset, length, index) {
		this.file = file;
		this.offset = offset;
		this.left = length;
		this.index = index;
	}
	/** Goes to the next line; false when there is none. */
	next() {
		this.start = this.end;
		let found = this.buffer.subarray(0, this.filled).indexOf(newline$1, this.start);
		while (found < 0) {
			if (this.left === 0) return false;
			this.fill();
			found = this.buffer.subarray(0, this.filled).indexOf(newline$1, this.start);
		}
		this.end = found + 1;
		this.nameEnd = this.buffer.indexOf(tab$1, this.start);
		return true;
	}
	/** By the names of the lines that both have come to; of equal ones the earlier run is first. */
	compare(other) {
		const { buffer, start, nameEnd } = other;
		return this.buffer.compare(buffer, start, nameEnd, this.start, this.nameEnd) || this.index - other.index;
	}
	fill() {
		this.buffer.copyWithin(0, this.start, this.filled);
		this.filled -= this.start;
		this.start = 0;
		if (this.filled === this.buffer.length) this.buffer = Buffer.concat([this.buffer], 2 * this.filled);
		const room = Math.min(this.left, this.buffer.length - this.filled);
		const read = readSync(this.file, this.buffer, this.filled, room, this.offset);
		if (read === 0) throw new Error("the file of sorted runs was cut short");
		this.filled += read;
		this.offset += read;
		this.left -= read;
	}
};
/** Gathers small parts of buffers, so that they are written in large ones. */
var Pieces = class {
	buffer = Buffer.allocUnsafe(bufferSize / 4);
	filled = 0;
	hasRoom(length) {
		return this.filled + length <= this.buffer.length;
	}
	/** What was gathered so far. There is room for a part of `length` bytes then. */
	take(length) {
		const gathered = this.buffer.subarray(0, this.filled);
		this.buffer = Buffer.allocUnsafe(Math.max(bufferSize / 4, length));
		this.filled = 0;
		return gathered;
	}
	add(from, start, end) {
		this.filled += from.copy(this.buffer, this.filled, start, end);
	}
};

// src/packages/debian/index-writer.ts
/** The fields of a package's line, in their order; `Pre-Depends` goes into the same column as `Depends`. */
const columns = [
	"Package",
	"Version",
	"Architecture",
	"Priority",
	"Filename",
	"Size",
	"SHA256",
	"Depends",
	"Provides"
];
const keys = [...columns, "Pre-Depends"].map((name) => ({
	bytes: Buffer.from(`${name}:`),
	column: name === "Pre-Depends" ? columns.indexOf("Depends") : columns.indexOf(name)
}));
const keysByFirstByte = /* @__PURE__ */ new Map();
for (const key of keys) {
	const first = key.bytes[0] ?? 0;
	keysByFirstByte.set(first, [...keysByFirstByte.get(first) ?? [], key]);
}
const [tab, newline, space] = [
	9,
	10,
	32
];
/**
* Reads a Packages file (.xz or .gz) and writes a table of it to `to`: one line per package, tab-separated, and one per
* name that a package provides (name, nothing, provider, its version, version provided), sorted by name, so that a name
* is found by bisection in the file. Works on bytes: as strings, 60 MB of text would cost 300 MB of memory.
*/
async function writeTable$1(from, compression, to) {
	try {
		var _usingCtx$2 = _usingCtx();
		const chunks = decompress(createReadStream(from, { highWaterMark: 65536 }), compression);
		const lines = _usingCtx$2.u(new SortedLines(`${to}.unsorted`));
		let buffer = Buffer.allocUnsafeSlow(bufferSize);
		let filled = 0;
		for await (const chunk of chunks) {
			if (filled + chunk.length > buffer.length) buffer = Buffer.concat([buffer], 2 * (filled + chunk.length));
			buffer.set(chunk, filled);
			filled += chunk.length;
			const end = buffer.subarray(0, filled).lastIndexOf("\n\n");
			if (end < 0) continue;
			readStanzas(buffer.subarray(0, end + 1), lines);
			buffer.copyWithin(0, end + 1, filled);
			filled -= end + 1;
		}
		readStanzas(buffer.subarray(0, filled), lines);
		await lines.writeTo(to);
	} catch (_) {
		_usingCtx$2.e = _;
	} finally {
		_usingCtx$2.d();
	}
}
function readStanzas(bytes, lines) {
	const ranges = columns.map(() => []);
	const finish = () => {
		addPackage$1(lines, bytes, ranges);
		for (const range of ranges) range.length = 0;
	};
	/** The ranges of the field that a folded line would go on with. */
	let open;
	for (let start = 0; start < bytes.length;) {
		const found = bytes.indexOf(newline, start);
		const end = found < 0 ? bytes.length : found;
		if (end === start) finish();
		if (bytes[start] === space || bytes[start] === tab) {
			if (open) bytes.fill(space, start - 1, start + 1);
			if (open) open[open.length - 1] = end;
		} else {
			open = void 0;
			for (const { bytes: key, column } of keysByFirstByte.get(bytes[start] ?? 0) ?? []) {
				if (!startsWith(bytes, start, key)) continue;
				open = ranges[column];
				open?.push(start + key.length + 1, end);
				break;
			}
		}
		start = end + 1;
	}
	finish();
}
function startsWith(bytes, start, prefix) {
	for (let i = 0; i < prefix.length; i++) if (bytes[start + i] !== prefix[i]) return false;
	return true;
}
/** Adds the line of a package, and those of the names that it provides. */
function addPackage$1(lines, bytes, ranges) {
	const text = (column) => bytes.toString("latin1", ranges[column]?.[0] ?? 0, ranges[column]?.[1] ?? 0);
	const name = text(0);
	if (name === "") return;
	let length = 2 * columns.length;
	for (const range of ranges) for (let i = 0; i < range.length; i += 2) length += (range[i + 1] ?? 0) - (range[i] ?? 0) + 2;
	lines.begin(length);
	ranges.forEach((range, column) => {
		if (column > 0) lines.write("	");
		for (let i = 0; i < range.length; i += 2) {
			if (i > 0) lines.write(", ");
			lines.copy(bytes, range[i], range[i + 1]);
		}
	});
	lines.end(name);
	const provides = text(columns.length - 1);
	if (provides === "") return;
	for (const provided of provides.split(",")) {
		const [, virtual, own = ""] = /^\s*([^\s(:]+)[^(]*(?:\(=\s*([^\s)]+)\s*\))?/.exec(provided) ?? [];
		if (virtual) lines.add(virtual, `\t${name}\t${text(1)}\t${own}`);
	}
}

// src/packages/transport.ts
var import_undici = require_undici();
const defaultLimits = {
	connectMs: 1e4,
	stallMs: 3e4,
	requestMs: 6e5,
	attempts: 3,
	backoffMs: 500,
	parallel: 8
};
var MirrorFault = class extends Error {
	kind;
	constructor(kind, message, cause) {
		super(message, { cause });
		this.kind = kind;
	}
};
const maximumRedirections = 5;
/** HTTP with proxies, redirections and bounded waits. Nothing is inherited from the process's environment. */
var Transport = class {
	limits;
	agent;
	dispatcher;
	constructor(limits = {}, proxy = {}) {
		this.limits = {
			...defaultLimits,
			...limits
		};
		this.agent = new import_undici.EnvHttpProxyAgent({
			httpProxy: proxyAddress(proxy.http),
			httpsProxy: proxyAddress(proxy.https),
			noProxy: proxy.except ?? "",
			proxyTunnel: false,
			connect: { timeout: this.limits.connectMs },
			headersTimeout: 0,
			bodyTimeout: 0
		});
		this.dispatcher = this.agent.compose(import_undici.interceptors.redirect({ maxRedirections: maximumRedirections }));
	}
	/**
	* Gets `url` from byte `offset` on and hands the answer to `use`; whatever `use` leaves unread is dropped.
	* Throws MirrorFault, or the signal's reason.
	*/
	async get(url, offset, signal, use) {
		signal.throwIfAborted();
		const whole = new AbortController();
		const stop = () => whole.abort(signal.reason);
		const { requestMs, stallMs } = this.limits;
		const end = (message) => () => whole.abort(new MirrorFault("faulty", message));
		const timers = [setTimeout(end(`took longer than ${requestMs / 1e3} s`), requestMs)];
		const answering = setTimeout(end("does not answer"), stallMs);
		timers.push(answering);
		signal.addEventListener("abort", stop, { once: true });
		let body;
		try {
			const answer = await this.dispatcher.request({
				...originAndPath(url),
				method: "GET",
				headers: {
					"user-agent": "ovnfast",
					accept: "*/*",
					"accept-encoding": "identity",
					...offset > 0 ? { range: `bytes=${offset}-` } : {}
				},
				signal: whole.signal
			});
			clearTimeout(answering);
			body = answer.body;
			const silence = setTimeout(end("stopped sending"), stallMs);
			timers.push(silence);
			const status = checkStatus(answer, offset);
			const length = Number(answer.headers["content-length"] ?? NaN);
			return await use({
				status,
				length: Number.isFinite(length) ? length : void 0,
				body: watched(body, silence)
			});
		} catch (error) {
			signal.throwIfAborted();
			throw whole.signal.aborted ? whole.signal.reason : asFault(error);
		} finally {
			for (const timer of timers) clearTimeout(timer);
			signal.removeEventListener("abort", stop);
			body?.on("error", () => {}).destroy();
		}
	}
	/** A whole small file. Throws MirrorFault when it is longer than `maximum` bytes, and as `get` does. */
	getSmall(url, maximum, signal) {
		return this.get(url, 0, signal, async ({ body }) => {
			const chunks = [];
			let size = 0;
			for await (const chunk of body) {
				size += chunk.length;
				if (size > maximum) throw new MirrorFault("wrong", `is longer than ${maximum} bytes`);
				chunks.push(chunk);
			}
			return Buffer.concat(chunks);
		});
	}
	/** The pause before try number `attempt` (2, 3, ...). Throws the signal's reason. */
	async backoff(attempt, signal) {
		const pause = this.limits.backoffMs * 2 ** (attempt - 2);
		await setTimeout$1(pause * (1 + Math.random()), void 0, { signal }).catch(() => signal.throwIfAborted());
	}
	async close() {
		await this.agent.destroy();
	}
};
/** `proxy.example:3128` without a scheme is what other tools take too. Throws EnvironmentError for another kind of proxy. */
function proxyAddress(text) {
	if (text === void 0 || text === "") return "";
	const address = text.includes("://") ? text : `http://${text}`;
	if (/^https?:/.test(address) && URL.canParse(address)) return address;
	throw new EnvironmentError(`the proxy "${text}" is no http or https proxy`, { remedy: "Correct http_proxy and https_proxy in the environment, or Acquire::http::Proxy of apt." });
}
async function* watched(body, silence) {
	for await (const chunk of body) {
		yield chunk;
		silence.refresh();
	}
}
function originAndPath(url) {
	const { origin, pathname, search } = new URL(url);
	return {
		origin,
		path: pathname + search
	};
}
function checkStatus({ statusCode, headers }, offset) {
	if (statusCode === 200) return 200;
	if (statusCode === 206 && offset > 0 && String(headers["content-range"] ?? "").startsWith(`bytes ${offset}-`)) return 206;
	const said = `answers ${statusCode}`;
	if (statusCode === 404 || statusCode === 410) throw new MirrorFault("missing", said);
	if (statusCode >= 500 || statusCode === 429 || statusCode === 408) throw new MirrorFault("faulty", said);
	throw new MirrorFault("refused", said);
}
const passing = /* @__PURE__ */ new Set([
	"ECONNRESET",
	"EPIPE",
	"UND_ERR_SOCKET",
	"UND_ERR_REQ_CONTENT_LENGTH_MISMATCH"
]);
function asFault(error) {
	if (error instanceof MirrorFault) return error;
	if (error instanceof import_undici.errors.ConnectTimeoutError) return new MirrorFault("unreachable", "cannot be reached (connecting timed out)", error);
	const { code = "", message } = error;
	if (passing.has(code) || error instanceof import_undici.errors.ResponseError) return new MirrorFault("faulty", `broke the connection (${message})`, error);
	if ([
		"ENOSPC",
		"EDQUOT",
		"EROFS",
		"EACCES",
		"EIO",
		"EFBIG",
		"ENOENT",
		"EPERM"
	].includes(code)) return error;
	if (/redirect/i.test(message)) return new MirrorFault("refused", "redirects without end", error);
	if (code !== "") return new MirrorFault("unreachable", `cannot be reached (${code})`, error);
	return error;
}

// src/packages/download.ts
/**
* Downloads a file from the first mirror that delivers it whole and with the right digest, and returns its address.
* Throws PackageGoneError when mirrors answer that they have no such file, NotDeliveredError when none is reached or
* all send something else, the signal's reason when aborted. Nothing but the whole file appears at `destination`.
*/
async function download(transport, mirrors, request) {
	const { file, archive, destination, signal, timestamp } = request;
	await mkdir(dirname(destination), { recursive: true });
	const temporary = temporaryName(destination);
	const partial = await Partial.create(temporary, file, request.onBytes);
	const attempts = [];
	try {
		for (const mirror of mirrors.candidates(archive, timestamp)) for (const path of file.paths) {
			const url = `${mirror.url}/${path}`;
			const fault = await fromMirror(transport, mirrors, mirror, url, partial, request);
			if (fault === void 0) {
				await partial.close();
				await rename(temporary, destination);
				return url;
			}
			attempts.push({
				url,
				kind: fault.kind,
				reason: fault.message
			});
			if (fault.kind !== "missing") break;
		}
	} finally {
		await partial.close();
		await rm(temporary, { force: true });
	}
	signal.throwIfAborted();
	throw explain$1(file, archive, attempts);
}
/** Tries one address until it delivers (undefined) or there is no point in going on with this mirror. */
async function fromMirror(transport, mirrors, mirror, url, partial, { archive, signal }) {
	for (let attempt = 1;; attempt++) {
		if (attempt > 1) await transport.backoff(attempt, signal);
		const resumed = partial.offset > 0;
		try {
			await mirrors.probe(mirror, archive, signal);
			await transport.get(url, partial.offset, signal, async ({ status, length, body }) => {
				if (status === 200) await partial.restart();
				partial.expectRest(length);
				for await (const chunk of body) await partial.write(chunk);
			});
			partial.check();
			mirrors.note(mirror, "good");
			return;
		} catch (error) {
			if (!(error instanceof MirrorFault)) throw error;
			if (error.kind === "wrong") {
				await partial.restart();
				if (resumed && attempt < transport.limits.attempts) continue;
			}
			if (error.kind === "faulty" && attempt < transport.limits.attempts) continue;
			if (error.kind === "faulty" || error.kind === "unreachable") mirrors.note(mirror, "bad");
			return error;
		}
	}
}
function explain$1({ what, sha256 }, archive, attempts) {
	if (attempts.length === 0) return new EnvironmentError(`no mirror is known for the archive ${archive.name}`, { remedy: "Name one with --mirror or OVNFAST_MIRROR." });
	const kinds = new Set(attempts.map(({ kind }) => kind));
	if (kinds.has("missing")) return new PackageGoneError(`no mirror has ${what}`, attempts, "Archives drop packages when newer ones come: lock again with `ovnfast lock`.");
	if (kinds.has("wrong")) {
		const remedy = `What they sent was thrown away. Its SHA-256 has to be ${sha256}. Name another mirror with --mirror or OVNFAST_MIRROR.`;
		return new NotDeliveredError(`no mirror sends the right ${what}`, attempts, remedy);
	}
	return new NotDeliveredError(`no mirror delivers ${what}`, attempts, "Check the network and the proxy, or name a mirror with --mirror or OVNFAST_MIRROR.");
}
/** The file being written: how much of it is there, and the digest so far. */
var Partial = class Partial {
	handle;
	file;
	onBytes;
	hash = createHash("sha256");
	closed = false;
	offset = 0;
	constructor(handle, file, onBytes) {
		this.handle = handle;
		this.file = file;
		this.onBytes = onBytes;
	}
	static async create(path, file, onBytes) {
		return new Partial(await open(path, "wx", 292), file, onBytes);
	}
	async restart() {
		if (this.offset === 0) return;
		await this.handle.truncate(0);
		this.offset = 0;
		this.hash = createHash("sha256");
		this.onBytes?.(0);
	}
	/** Throws MirrorFault when an answer of `length` bytes cannot be what is missing. */
	expectRest(length) {
		if (length === void 0 || this.offset + length === this.file.size) return;
		throw new MirrorFault("wrong", `has ${this.offset + length} bytes, not ${this.file.size}`);
	}
	async write(chunk) {
		if (this.offset + chunk.length > this.file.size) throw new MirrorFault("wrong", `sends more than the ${this.file.size} bytes it should have`);
		this.hash.update(chunk);
		for (let written = 0; written < chunk.length;) {
			const position = this.offset + written;
			written += (await this.handle.write(chunk, written, chunk.length - written, position)).bytesWritten;
		}
		this.offset += chunk.length;
		this.onBytes?.(this.offset);
	}
	/** Throws MirrorFault when the file is not whole or not the one that is wanted. */
	check() {
		const { size, sha256 } = this.file;
		if (this.offset < size) throw new MirrorFault("faulty", `ends after ${this.offset} of ${size} bytes`);
		const found = this.hash.copy().digest("hex");
		if (found !== sha256) throw new MirrorFault("wrong", `has SHA-256 ${found}`);
	}
	async close() {
		if (this.closed) return;
		this.closed = true;
		await this.handle.close();
	}
};

// node_modules/xmlchars/xml/1.0/ed5.js
var require_ed5 = /* @__PURE__ */ __commonJSMin(((exports) => {
	/**
	* Character classes and associated utilities for the 5th edition of XML 1.0.
	*
	* @author Louis-Dominique Dubeau
	* @license MIT
	* @copyright Louis-Dominique Dubeau
	*/
	Object.defineProperty(exports, "__esModule", { value: true });
	exports.CHAR = "	\n\r -퟿-�𐀀-􏿿";
	exports.S = " 	\r\n";
	exports.NAME_START_CHAR = ":A-Z_a-zÀ-ÖØ-öø-˿Ͱ-ͽͿ-῿‌‍⁰-↏Ⰰ-⿯、-퟿豈-﷏ﷰ-�𐀀-󯿿";
	exports.NAME_CHAR = "-" + exports.NAME_START_CHAR + ".0-9·̀-ͯ‿-⁀";
	exports.CHAR_RE = new RegExp("^[" + exports.CHAR + "]$", "u");
	exports.S_RE = new RegExp("^[" + exports.S + "]+$", "u");
	exports.NAME_START_CHAR_RE = new RegExp("^[" + exports.NAME_START_CHAR + "]$", "u");
	exports.NAME_CHAR_RE = new RegExp("^[" + exports.NAME_CHAR + "]$", "u");
	exports.NAME_RE = new RegExp("^[" + exports.NAME_START_CHAR + "][" + exports.NAME_CHAR + "]*$", "u");
	exports.NMTOKEN_RE = new RegExp("^[" + exports.NAME_CHAR + "]+$", "u");
	var TAB = 9;
	var NL = 10;
	var CR = 13;
	var SPACE = 32;
	/** All characters in the ``S`` production. */
	exports.S_LIST = [
		SPACE,
		NL,
		CR,
		TAB
	];
	/**
	* Determines whether a codepoint matches the ``CHAR`` production.
	*
	* @param c The code point.
	*
	* @returns ``true`` if the codepoint matches ``CHAR``.
	*/
	function isChar(c) {
		return c >= SPACE && c <= 55295 || c === NL || c === CR || c === TAB || c >= 57344 && c <= 65533 || c >= 65536 && c <= 1114111;
	}
	exports.isChar = isChar;
	/**
	* Determines whether a codepoint matches the ``S`` (space) production.
	*
	* @param c The code point.
	*
	* @returns ``true`` if the codepoint matches ``S``.
	*/
	function isS(c) {
		return c === SPACE || c === NL || c === CR || c === TAB;
	}
	exports.isS = isS;
	/**
	* Determines whether a codepoint matches the ``NAME_START_CHAR`` production.
	*
	* @param c The code point.
	*
	* @returns ``true`` if the codepoint matches ``NAME_START_CHAR``.
	*/
	function isNameStartChar(c) {
		return c >= 65 && c <= 90 || c >= 97 && c <= 122 || c === 58 || c === 95 || c === 8204 || c === 8205 || c >= 192 && c <= 214 || c >= 216 && c <= 246 || c >= 248 && c <= 767 || c >= 880 && c <= 893 || c >= 895 && c <= 8191 || c >= 8304 && c <= 8591 || c >= 11264 && c <= 12271 || c >= 12289 && c <= 55295 || c >= 63744 && c <= 64975 || c >= 65008 && c <= 65533 || c >= 65536 && c <= 983039;
	}
	exports.isNameStartChar = isNameStartChar;
	/**
	* Determines whether a codepoint matches the ``NAME_CHAR`` production.
	*
	* @param c The code point.
	*
	* @returns ``true`` if the codepoint matches ``NAME_CHAR``.
	*/
	function isNameChar(c) {
		return isNameStartChar(c) || c >= 48 && c <= 57 || c === 45 || c === 46 || c === 183 || c >= 768 && c <= 879 || c >= 8255 && c <= 8256;
	}
	exports.isNameChar = isNameChar;
}));

// node_modules/xmlchars/xml/1.1/ed2.js
var require_ed2 = /* @__PURE__ */ __commonJSMin(((exports) => {
	/**
	* Character classes and associated utilities for the 2nd edition of XML 1.1.
	*
	* @author Louis-Dominique Dubeau
	* @license MIT
	* @copyright Louis-Dominique Dubeau
	*/
	Object.defineProperty(exports, "__esModule", { value: true });
	exports.CHAR = "-퟿-�𐀀-􏿿";
	exports.RESTRICTED_CHAR = "-\b\v\f---";
	exports.S = " 	\r\n";
	exports.NAME_START_CHAR = ":A-Z_a-zÀ-ÖØ-öø-˿Ͱ-ͽͿ-῿‌‍⁰-↏Ⰰ-⿯、-퟿豈-﷏ﷰ-�𐀀-󯿿";
	exports.NAME_CHAR = "-" + exports.NAME_START_CHAR + ".0-9·̀-ͯ‿-⁀";
	exports.CHAR_RE = new RegExp("^[" + exports.CHAR + "]$", "u");
	exports.RESTRICTED_CHAR_RE = new RegExp("^[" + exports.RESTRICTED_CHAR + "]$", "u");
	exports.S_RE = new RegExp("^[" + exports.S + "]+$", "u");
	exports.NAME_START_CHAR_RE = new RegExp("^[" + exports.NAME_START_CHAR + "]$", "u");
	exports.NAME_CHAR_RE = new RegExp("^[" + exports.NAME_CHAR + "]$", "u");
	exports.NAME_RE = new RegExp("^[" + exports.NAME_START_CHAR + "][" + exports.NAME_CHAR + "]*$", "u");
	exports.NMTOKEN_RE = new RegExp("^[" + exports.NAME_CHAR + "]+$", "u");
	var TAB = 9;
	var NL = 10;
	var CR = 13;
	var SPACE = 32;
	/** All characters in the ``S`` production. */
	exports.S_LIST = [
		SPACE,
		NL,
		CR,
		TAB
	];
	/**
	* Determines whether a codepoint matches the ``CHAR`` production.
	*
	* @param c The code point.
	*
	* @returns ``true`` if the codepoint matches ``CHAR``.
	*/
	function isChar(c) {
		return c >= 1 && c <= 55295 || c >= 57344 && c <= 65533 || c >= 65536 && c <= 1114111;
	}
	exports.isChar = isChar;
	/**
	* Determines whether a codepoint matches the ``RESTRICTED_CHAR`` production.
	*
	* @param c The code point.
	*
	* @returns ``true`` if the codepoint matches ``RESTRICTED_CHAR``.
	*/
	function isRestrictedChar(c) {
		return c >= 1 && c <= 8 || c === 11 || c === 12 || c >= 14 && c <= 31 || c >= 127 && c <= 132 || c >= 134 && c <= 159;
	}
	exports.isRestrictedChar = isRestrictedChar;
	/**
	* Determines whether a codepoint matches the ``CHAR`` production and does not
	* match the ``RESTRICTED_CHAR`` production. ``isCharAndNotRestricted(x)`` is
	* equivalent to ``isChar(x) && !isRestrictedChar(x)``. This function is faster
	* than running the two-call equivalent.
	*
	* @param c The code point.
	*
	* @returns ``true`` if the codepoint matches ``CHAR`` and does not match
	* ``RESTRICTED_CHAR``.
	*/
	function isCharAndNotRestricted(c) {
		return c === 9 || c === 10 || c === 13 || c > 31 && c < 127 || c === 133 || c > 159 && c <= 55295 || c >= 57344 && c <= 65533 || c >= 65536 && c <= 1114111;
	}
	exports.isCharAndNotRestricted = isCharAndNotRestricted;
	/**
	* Determines whether a codepoint matches the ``S`` (space) production.
	*
	* @param c The code point.
	*
	* @returns ``true`` if the codepoint matches ``S``.
	*/
	function isS(c) {
		return c === SPACE || c === NL || c === CR || c === TAB;
	}
	exports.isS = isS;
	/**
	* Determines whether a codepoint matches the ``NAME_START_CHAR`` production.
	*
	* @param c The code point.
	*
	* @returns ``true`` if the codepoint matches ``NAME_START_CHAR``.
	*/
	function isNameStartChar(c) {
		return c >= 65 && c <= 90 || c >= 97 && c <= 122 || c === 58 || c === 95 || c === 8204 || c === 8205 || c >= 192 && c <= 214 || c >= 216 && c <= 246 || c >= 248 && c <= 767 || c >= 880 && c <= 893 || c >= 895 && c <= 8191 || c >= 8304 && c <= 8591 || c >= 11264 && c <= 12271 || c >= 12289 && c <= 55295 || c >= 63744 && c <= 64975 || c >= 65008 && c <= 65533 || c >= 65536 && c <= 983039;
	}
	exports.isNameStartChar = isNameStartChar;
	/**
	* Determines whether a codepoint matches the ``NAME_CHAR`` production.
	*
	* @param c The code point.
	*
	* @returns ``true`` if the codepoint matches ``NAME_CHAR``.
	*/
	function isNameChar(c) {
		return isNameStartChar(c) || c >= 48 && c <= 57 || c === 45 || c === 46 || c === 183 || c >= 768 && c <= 879 || c >= 8255 && c <= 8256;
	}
	exports.isNameChar = isNameChar;
}));

// node_modules/xmlchars/xmlns/1.0/ed3.js
var require_ed3 = /* @__PURE__ */ __commonJSMin(((exports) => {
	/**
	* Character class utilities for XML NS 1.0 edition 3.
	*
	* @author Louis-Dominique Dubeau
	* @license MIT
	* @copyright Louis-Dominique Dubeau
	*/
	Object.defineProperty(exports, "__esModule", { value: true });
	exports.NC_NAME_START_CHAR = "A-Z_a-zÀ-ÖØ-öø-˿Ͱ-ͽͿ-῿‌-‍⁰-↏Ⰰ-⿯、-퟿豈-﷏ﷰ-�𐀀-󯿿";
	exports.NC_NAME_CHAR = "-" + exports.NC_NAME_START_CHAR + ".0-9·̀-ͯ‿-⁀";
	exports.NC_NAME_START_CHAR_RE = new RegExp("^[" + exports.NC_NAME_START_CHAR + "]$", "u");
	exports.NC_NAME_CHAR_RE = new RegExp("^[" + exports.NC_NAME_CHAR + "]$", "u");
	exports.NC_NAME_RE = new RegExp("^[" + exports.NC_NAME_START_CHAR + "][" + exports.NC_NAME_CHAR + "]*$", "u");
	/**
	* Determines whether a codepoint matches [[NC_NAME_START_CHAR]].
	*
	* @param c The code point.
	*
	* @returns ``true`` if the codepoint matches.
	*/
	function isNCNameStartChar(c) {
		return c >= 65 && c <= 90 || c === 95 || c >= 97 && c <= 122 || c >= 192 && c <= 214 || c >= 216 && c <= 246 || c >= 248 && c <= 767 || c >= 880 && c <= 893 || c >= 895 && c <= 8191 || c >= 8204 && c <= 8205 || c >= 8304 && c <= 8591 || c >= 11264 && c <= 12271 || c >= 12289 && c <= 55295 || c >= 63744 && c <= 64975 || c >= 65008 && c <= 65533 || c >= 65536 && c <= 983039;
	}
	exports.isNCNameStartChar = isNCNameStartChar;
	/**
	* Determines whether a codepoint matches [[NC_NAME_CHAR]].
	*
	* @param c The code point.
	*
	* @returns ``true`` if the codepoint matches.
	*/
	function isNCNameChar(c) {
		return isNCNameStartChar(c) || c === 45 || c === 46 || c >= 48 && c <= 57 || c === 183 || c >= 768 && c <= 879 || c >= 8255 && c <= 8256;
	}
	exports.isNCNameChar = isNCNameChar;
}));

// node_modules/saxes/saxes.js
var require_saxes = /* @__PURE__ */ __commonJSMin(((exports) => {
	Object.defineProperty(exports, "__esModule", { value: true });
	exports.SaxesParser = exports.EVENTS = void 0;
	const ed5 = require_ed5();
	const ed2 = require_ed2();
	const NSed3 = require_ed3();
	var isS = ed5.isS;
	var isChar10 = ed5.isChar;
	var isNameStartChar = ed5.isNameStartChar;
	var isNameChar = ed5.isNameChar;
	var S_LIST = ed5.S_LIST;
	var NAME_RE = ed5.NAME_RE;
	var isChar11 = ed2.isChar;
	var isNCNameStartChar = NSed3.isNCNameStartChar;
	var isNCNameChar = NSed3.isNCNameChar;
	var NC_NAME_RE = NSed3.NC_NAME_RE;
	const XML_NAMESPACE = "http://www.w3.org/XML/1998/namespace";
	const XMLNS_NAMESPACE = "http://www.w3.org/2000/xmlns/";
	const rootNS = {
		__proto__: null,
		xml: XML_NAMESPACE,
		xmlns: XMLNS_NAMESPACE
	};
	const XML_ENTITIES = {
		__proto__: null,
		amp: "&",
		gt: ">",
		lt: "<",
		quot: "\"",
		apos: "'"
	};
	const EOC = -1;
	const NL_LIKE = -2;
	const S_BEGIN = 0;
	const S_BEGIN_WHITESPACE = 1;
	const S_DOCTYPE = 2;
	const S_DOCTYPE_QUOTE = 3;
	const S_DTD = 4;
	const S_DTD_QUOTED = 5;
	const S_DTD_OPEN_WAKA = 6;
	const S_DTD_OPEN_WAKA_BANG = 7;
	const S_DTD_COMMENT = 8;
	const S_DTD_COMMENT_ENDING = 9;
	const S_DTD_COMMENT_ENDED = 10;
	const S_DTD_PI = 11;
	const S_DTD_PI_ENDING = 12;
	const S_TEXT = 13;
	const S_ENTITY = 14;
	const S_OPEN_WAKA = 15;
	const S_OPEN_WAKA_BANG = 16;
	const S_COMMENT = 17;
	const S_COMMENT_ENDING = 18;
	const S_COMMENT_ENDED = 19;
	const S_CDATA = 20;
	const S_CDATA_ENDING = 21;
	const S_CDATA_ENDING_2 = 22;
	const S_PI_FIRST_CHAR = 23;
	const S_PI_REST = 24;
	const S_PI_BODY = 25;
	const S_PI_ENDING = 26;
	const S_XML_DECL_NAME_START = 27;
	const S_XML_DECL_NAME = 28;
	const S_XML_DECL_EQ = 29;
	const S_XML_DECL_VALUE_START = 30;
	const S_XML_DECL_VALUE = 31;
	const S_XML_DECL_SEPARATOR = 32;
	const S_XML_DECL_ENDING = 33;
	const S_OPEN_TAG = 34;
	const S_OPEN_TAG_SLASH = 35;
	const S_ATTRIB = 36;
	const S_ATTRIB_NAME = 37;
	const S_ATTRIB_NAME_SAW_WHITE = 38;
	const S_ATTRIB_VALUE = 39;
	const S_ATTRIB_VALUE_QUOTED = 40;
	const S_ATTRIB_VALUE_CLOSED = 41;
	const S_ATTRIB_VALUE_UNQUOTED = 42;
	const S_CLOSE_TAG = 43;
	const S_CLOSE_TAG_SAW_WHITE = 44;
	const TAB = 9;
	const NL = 10;
	const CR = 13;
	const SPACE = 32;
	const BANG = 33;
	const DQUOTE = 34;
	const AMP = 38;
	const SQUOTE = 39;
	const MINUS = 45;
	const FORWARD_SLASH = 47;
	const SEMICOLON = 59;
	const LESS = 60;
	const EQUAL = 61;
	const GREATER = 62;
	const QUESTION = 63;
	const OPEN_BRACKET = 91;
	const CLOSE_BRACKET = 93;
	const NEL = 133;
	const LS = 8232;
	const isQuote = (c) => c === DQUOTE || c === SQUOTE;
	const QUOTES = [DQUOTE, SQUOTE];
	const DOCTYPE_TERMINATOR = [
		...QUOTES,
		OPEN_BRACKET,
		GREATER
	];
	const DTD_TERMINATOR = [
		...QUOTES,
		LESS,
		CLOSE_BRACKET
	];
	const XML_DECL_NAME_TERMINATOR = [
		EQUAL,
		QUESTION,
		...S_LIST
	];
	const ATTRIB_VALUE_UNQUOTED_TERMINATOR = [
		...S_LIST,
		GREATER,
		AMP,
		LESS
	];
	function nsPairCheck(parser, prefix, uri) {
		switch (prefix) {
			case "xml":
				if (uri !== XML_NAMESPACE) parser.fail(`xml prefix must be bound to ${XML_NAMESPACE}.`);
				break;
			case "xmlns": if (uri !== XMLNS_NAMESPACE) parser.fail(`xmlns prefix must be bound to ${XMLNS_NAMESPACE}.`);
		}
		switch (uri) {
			case XMLNS_NAMESPACE:
				parser.fail(prefix === "" ? `the default namespace may not be set to ${uri}.` : `may not assign a prefix (even "xmlns") to the URI \
${XMLNS_NAMESPACE}.`);
				break;
			case XML_NAMESPACE: switch (prefix) {
				case "xml": break;
				case "":
					parser.fail(`the default namespace may not be set to ${uri}.`);
					break;
				default: parser.fail("may not assign the xml namespace to another prefix.");
			}
		}
	}
	function nsMappingCheck(parser, mapping) {
		for (const local of Object.keys(mapping)) nsPairCheck(parser, local, mapping[local]);
	}
	const isNCName = (name) => NC_NAME_RE.test(name);
	const isName = (name) => NAME_RE.test(name);
	const FORBIDDEN_START = 0;
	const FORBIDDEN_BRACKET = 1;
	const FORBIDDEN_BRACKET_BRACKET = 2;
	/**
	* The list of supported events.
	*/
	exports.EVENTS = [
		"xmldecl",
		"text",
		"processinginstruction",
		"doctype",
		"comment",
		"opentagstart",
		"attribute",
		"opentag",
		"closetag",
		"cdata",
		"error",
		"end",
		"ready"
	];
	const EVENT_NAME_TO_HANDLER_NAME = {
		xmldecl: "xmldeclHandler",
		text: "textHandler",
		processinginstruction: "piHandler",
		doctype: "doctypeHandler",
		comment: "commentHandler",
		opentagstart: "openTagStartHandler",
		attribute: "attributeHandler",
		opentag: "openTagHandler",
		closetag: "closeTagHandler",
		cdata: "cdataHandler",
		error: "errorHandler",
		end: "endHandler",
		ready: "readyHandler"
	};
	var SaxesParser = class {
		/**
		* @param opt The parser options.
		*/
		constructor(opt) {
			this.opt = opt !== null && opt !== void 0 ? opt : {};
			this.fragmentOpt = !!this.opt.fragment;
			const xmlnsOpt = this.xmlnsOpt = !!this.opt.xmlns;
			this.trackPosition = this.opt.position !== false;
			this.fileName = this.opt.fileName;
			if (xmlnsOpt) {
				this.nameStartCheck = isNCNameStartChar;
				this.nameCheck = isNCNameChar;
				this.isName = isNCName;
				this.processAttribs = this.processAttribsNS;
				this.pushAttrib = this.pushAttribNS;
				this.ns = Object.assign({ __proto__: null }, rootNS);
				const additional = this.opt.additionalNamespaces;
				if (additional != null) {
					nsMappingCheck(this, additional);
					Object.assign(this.ns, additional);
				}
			} else {
				this.nameStartCheck = isNameStartChar;
				this.nameCheck = isNameChar;
				this.isName = isName;
				this.processAttribs = this.processAttribsPlain;
				this.pushAttrib = this.pushAttribPlain;
			}
			this.stateTable = [
				this.sBegin,
				this.sBeginWhitespace,
				this.sDoctype,
				this.sDoctypeQuote,
				this.sDTD,
				this.sDTDQuoted,
				this.sDTDOpenWaka,
				this.sDTDOpenWakaBang,
				this.sDTDComment,
				this.sDTDCommentEnding,
				this.sDTDCommentEnded,
				this.sDTDPI,
				this.sDTDPIEnding,
				this.sText,
				this.sEntity,
				this.sOpenWaka,
				this.sOpenWakaBang,
				this.sComment,
				this.sCommentEnding,
				this.sCommentEnded,
				this.sCData,
				this.sCDataEnding,
				this.sCDataEnding2,
				this.sPIFirstChar,
				this.sPIRest,
				this.sPIBody,
				this.sPIEnding,
				this.sXMLDeclNameStart,
				this.sXMLDeclName,
				this.sXMLDeclEq,
				this.sXMLDeclValueStart,
				this.sXMLDeclValue,
				this.sXMLDeclSeparator,
				this.sXMLDeclEnding,
				this.sOpenTag,
				this.sOpenTagSlash,
				this.sAttrib,
				this.sAttribName,
				this.sAttribNameSawWhite,
				this.sAttribValue,
				this.sAttribValueQuoted,
				this.sAttribValueClosed,
				this.sAttribValueUnquoted,
				this.sCloseTag,
				this.sCloseTagSawWhite
			];
			this._init();
		}
		/**
		* Indicates whether or not the parser is closed. If ``true``, wait for
		* the ``ready`` event to write again.
		*/
		get closed() {
			return this._closed;
		}
		_init() {
			var _a;
			this.openWakaBang = "";
			this.text = "";
			this.name = "";
			this.piTarget = "";
			this.entity = "";
			this.q = null;
			this.tags = [];
			this.tag = null;
			this.topNS = null;
			this.chunk = "";
			this.chunkPosition = 0;
			this.i = 0;
			this.prevI = 0;
			this.carriedFromPrevious = void 0;
			this.forbiddenState = FORBIDDEN_START;
			this.attribList = [];
			const { fragmentOpt } = this;
			this.state = fragmentOpt ? S_TEXT : S_BEGIN;
			this.reportedTextBeforeRoot = this.reportedTextAfterRoot = this.closedRoot = this.sawRoot = fragmentOpt;
			this.xmlDeclPossible = !fragmentOpt;
			this.xmlDeclExpects = ["version"];
			this.entityReturnState = void 0;
			let { defaultXMLVersion } = this.opt;
			if (defaultXMLVersion === void 0) {
				if (this.opt.forceXMLVersion === true) throw new Error("forceXMLVersion set but defaultXMLVersion is not set");
				defaultXMLVersion = "1.0";
			}
			this.setXMLVersion(defaultXMLVersion);
			this.positionAtNewLine = 0;
			this.doctype = false;
			this._closed = false;
			this.xmlDecl = {
				version: void 0,
				encoding: void 0,
				standalone: void 0
			};
			this.line = 1;
			this.column = 0;
			this.ENTITIES = Object.create(XML_ENTITIES);
			(_a = this.readyHandler) === null || _a === void 0 || _a.call(this);
		}
		/**
		* The stream position the parser is currently looking at. This field is
		* zero-based.
		*
		* This field is not based on counting Unicode characters but is to be
		* interpreted as a plain index into a JavaScript string.
		*/
		get position() {
			return this.chunkPosition + this.i;
		}
		/**
		* The column number of the next character to be read by the parser.  *
		* This field is zero-based. (The first column in a line is 0.)
		*
		* This field reports the index at which the next character would be in the
		* line if the line were represented as a JavaScript string.  Note that this
		* *can* be different to a count based on the number of *Unicode characters*
		* due to how JavaScript handles astral plane characters.
		*
		* See [[column]] for a number that corresponds to a count of Unicode
		* characters.
		*/
		get columnIndex() {
			return this.position - this.positionAtNewLine;
		}
		/**
		* Set an event listener on an event. The parser supports one handler per
		* event type. If you try to set an event handler over an existing handler,
		* the old handler is silently overwritten.
		*
		* @param name The event to listen to.
		*
		* @param handler The handler to set.
		*/
		on(name, handler) {
			this[EVENT_NAME_TO_HANDLER_NAME[name]] = handler;
		}
		/**
		* Unset an event handler.
		*
		* @parma name The event to stop listening to.
		*/
		off(name) {
			this[EVENT_NAME_TO_HANDLER_NAME[name]] = void 0;
		}
		/**
		* Make an error object. The error object will have a message that contains
		* the ``fileName`` option passed at the creation of the parser. If position
		* tracking was turned on, it will also have line and column number
		* information.
		*
		* @param message The message describing the error to report.
		*
		* @returns An error object with a properly formatted message.
		*/
		makeError(message) {
			var _a;
			let msg = (_a = this.fileName) !== null && _a !== void 0 ? _a : "";
			if (this.trackPosition) {
				if (msg.length > 0) msg += ":";
				msg += `${this.line}:${this.column}`;
			}
			if (msg.length > 0) msg += ": ";
			return new Error(msg + message);
		}
		/**
		* Report a parsing error. This method is made public so that client code may
		* check for issues that are outside the scope of this project and can report
		* errors.
		*
		* @param message The error to report.
		*
		* @returns this
		*/
		fail(message) {
			const err = this.makeError(message);
			const handler = this.errorHandler;
			if (handler === void 0) throw err;
			else handler(err);
			return this;
		}
		/**
		* Write a XML data to the parser.
		*
		* @param chunk The XML data to write.
		*
		* @returns this
		*/
		write(chunk) {
			if (this.closed) return this.fail("cannot write after close; assign an onready handler.");
			let end = false;
			if (chunk === null) {
				end = true;
				chunk = "";
			} else if (typeof chunk === "object") chunk = chunk.toString();
			if (this.carriedFromPrevious !== void 0) {
				chunk = `${this.carriedFromPrevious}${chunk}`;
				this.carriedFromPrevious = void 0;
			}
			let limit = chunk.length;
			const lastCode = chunk.charCodeAt(limit - 1);
			if (!end && (lastCode === CR || lastCode >= 55296 && lastCode <= 56319)) {
				this.carriedFromPrevious = chunk[limit - 1];
				limit--;
				chunk = chunk.slice(0, limit);
			}
			const { stateTable } = this;
			this.chunk = chunk;
			this.i = 0;
			while (this.i < limit) stateTable[this.state].call(this);
			this.chunkPosition += limit;
			return end ? this.end() : this;
		}
		/**
		* Close the current stream. Perform final well-formedness checks and reset
		* the parser tstate.
		*
		* @returns this
		*/
		close() {
			return this.write(null);
		}
		/**
		* Get a single code point out of the current chunk. This updates the current
		* position if we do position tracking.
		*
		* This is the algorithm to use for XML 1.0.
		*
		* @returns The character read.
		*/
		getCode10() {
			const { chunk, i } = this;
			this.prevI = i;
			this.i = i + 1;
			if (i >= chunk.length) return EOC;
			const code = chunk.charCodeAt(i);
			this.column++;
			if (code < 55296) {
				if (code >= SPACE || code === TAB) return code;
				switch (code) {
					case NL:
						this.line++;
						this.column = 0;
						this.positionAtNewLine = this.position;
						return NL;
					case CR:
						if (chunk.charCodeAt(i + 1) === NL) this.i = i + 2;
						this.line++;
						this.column = 0;
						this.positionAtNewLine = this.position;
						return NL_LIKE;
					default:
						this.fail("disallowed character.");
						return code;
				}
			}
			if (code > 56319) {
				if (!(code >= 57344 && code <= 65533)) this.fail("disallowed character.");
				return code;
			}
			const final = 65536 + (code - 55296) * 1024 + (chunk.charCodeAt(i + 1) - 56320);
			this.i = i + 2;
			if (final > 1114111) this.fail("disallowed character.");
			return final;
		}
		/**
		* Get a single code point out of the current chunk. This updates the current
		* position if we do position tracking.
		*
		* This is the algorithm to use for XML 1.1.
		*
		* @returns {number} The character read.
		*/
		getCode11() {
			const { chunk, i } = this;
			this.prevI = i;
			this.i = i + 1;
			if (i >= chunk.length) return EOC;
			const code = chunk.charCodeAt(i);
			this.column++;
			if (code < 55296) {
				if (code > 31 && code < 127 || code > 159 && code !== LS || code === TAB) return code;
				switch (code) {
					case NL:
						this.line++;
						this.column = 0;
						this.positionAtNewLine = this.position;
						return NL;
					case CR: {
						const next = chunk.charCodeAt(i + 1);
						if (next === NL || next === NEL) this.i = i + 2;
					}
					case NEL:
					case LS:
						this.line++;
						this.column = 0;
						this.positionAtNewLine = this.position;
						return NL_LIKE;
					default:
						this.fail("disallowed character.");
						return code;
				}
			}
			if (code > 56319) {
				if (!(code >= 57344 && code <= 65533)) this.fail("disallowed character.");
				return code;
			}
			const final = 65536 + (code - 55296) * 1024 + (chunk.charCodeAt(i + 1) - 56320);
			this.i = i + 2;
			if (final > 1114111) this.fail("disallowed character.");
			return final;
		}
		/**
		* Like ``getCode`` but with the return value normalized so that ``NL`` is
		* returned for ``NL_LIKE``.
		*/
		getCodeNorm() {
			const c = this.getCode();
			return c === NL_LIKE ? NL : c;
		}
		unget() {
			this.i = this.prevI;
			this.column--;
		}
		/**
		* Capture characters into a buffer until encountering one of a set of
		* characters.
		*
		* @param chars An array of codepoints. Encountering a character in the array
		* ends the capture. (``chars`` may safely contain ``NL``.)
		*
		* @return The character code that made the capture end, or ``EOC`` if we hit
		* the end of the chunk. The return value cannot be NL_LIKE: NL is returned
		* instead.
		*/
		captureTo(chars) {
			let { i: start } = this;
			const { chunk } = this;
			while (true) {
				const c = this.getCode();
				const isNLLike = c === NL_LIKE;
				const final = isNLLike ? NL : c;
				if (final === EOC || chars.includes(final)) {
					this.text += chunk.slice(start, this.prevI);
					return final;
				}
				if (isNLLike) {
					this.text += `${chunk.slice(start, this.prevI)}\n`;
					start = this.i;
				}
			}
		}
		/**
		* Capture characters into a buffer until encountering a character.
		*
		* @param char The codepoint that ends the capture. **NOTE ``char`` MAY NOT
		* CONTAIN ``NL``.** Passing ``NL`` will result in buggy behavior.
		*
		* @return ``true`` if we ran into the character. Otherwise, we ran into the
		* end of the current chunk.
		*/
		captureToChar(char) {
			let { i: start } = this;
			const { chunk } = this;
			while (true) {
				let c = this.getCode();
				switch (c) {
					case NL_LIKE:
						this.text += `${chunk.slice(start, this.prevI)}\n`;
						start = this.i;
						c = NL;
						break;
					case EOC:
						this.text += chunk.slice(start);
						return false;
				}
				if (c === char) {
					this.text += chunk.slice(start, this.prevI);
					return true;
				}
			}
		}
		/**
		* Capture characters that satisfy ``isNameChar`` into the ``name`` field of
		* this parser.
		*
		* @return The character code that made the test fail, or ``EOC`` if we hit
		* the end of the chunk. The return value cannot be NL_LIKE: NL is returned
		* instead.
		*/
		captureNameChars() {
			const { chunk, i: start } = this;
			while (true) {
				const c = this.getCode();
				if (c === EOC) {
					this.name += chunk.slice(start);
					return EOC;
				}
				if (!isNameChar(c)) {
					this.name += chunk.slice(start, this.prevI);
					return c === NL_LIKE ? NL : c;
				}
			}
		}
		/**
		* Skip white spaces.
		*
		* @return The character that ended the skip, or ``EOC`` if we hit
		* the end of the chunk. The return value cannot be NL_LIKE: NL is returned
		* instead.
		*/
		skipSpaces() {
			while (true) {
				const c = this.getCodeNorm();
				if (c === EOC || !isS(c)) return c;
			}
		}
		setXMLVersion(version) {
			this.currentXMLVersion = version;
			if (version === "1.0") {
				this.isChar = isChar10;
				this.getCode = this.getCode10;
			} else {
				this.isChar = isChar11;
				this.getCode = this.getCode11;
			}
		}
		sBegin() {
			if (this.chunk.charCodeAt(0) === 65279) {
				this.i++;
				this.column++;
			}
			this.state = S_BEGIN_WHITESPACE;
		}
		sBeginWhitespace() {
			const iBefore = this.i;
			const c = this.skipSpaces();
			if (this.prevI !== iBefore) this.xmlDeclPossible = false;
			switch (c) {
				case LESS:
					this.state = S_OPEN_WAKA;
					if (this.text.length !== 0) throw new Error("no-empty text at start");
					break;
				case EOC: break;
				default:
					this.unget();
					this.state = S_TEXT;
					this.xmlDeclPossible = false;
			}
		}
		sDoctype() {
			var _a;
			const c = this.captureTo(DOCTYPE_TERMINATOR);
			switch (c) {
				case GREATER:
					(_a = this.doctypeHandler) === null || _a === void 0 || _a.call(this, this.text);
					this.text = "";
					this.state = S_TEXT;
					this.doctype = true;
					break;
				case EOC: break;
				default:
					this.text += String.fromCodePoint(c);
					if (c === OPEN_BRACKET) this.state = S_DTD;
					else if (isQuote(c)) {
						this.state = S_DOCTYPE_QUOTE;
						this.q = c;
					}
			}
		}
		sDoctypeQuote() {
			const q = this.q;
			if (this.captureToChar(q)) {
				this.text += String.fromCodePoint(q);
				this.q = null;
				this.state = S_DOCTYPE;
			}
		}
		sDTD() {
			const c = this.captureTo(DTD_TERMINATOR);
			if (c === EOC) return;
			this.text += String.fromCodePoint(c);
			if (c === CLOSE_BRACKET) this.state = S_DOCTYPE;
			else if (c === LESS) this.state = S_DTD_OPEN_WAKA;
			else if (isQuote(c)) {
				this.state = S_DTD_QUOTED;
				this.q = c;
			}
		}
		sDTDQuoted() {
			const q = this.q;
			if (this.captureToChar(q)) {
				this.text += String.fromCodePoint(q);
				this.state = S_DTD;
				this.q = null;
			}
		}
		sDTDOpenWaka() {
			const c = this.getCodeNorm();
			this.text += String.fromCodePoint(c);
			switch (c) {
				case BANG:
					this.state = S_DTD_OPEN_WAKA_BANG;
					this.openWakaBang = "";
					break;
				case QUESTION:
					this.state = S_DTD_PI;
					break;
				default: this.state = S_DTD;
			}
		}
		sDTDOpenWakaBang() {
			const char = String.fromCodePoint(this.getCodeNorm());
			const owb = this.openWakaBang += char;
			this.text += char;
			if (owb !== "-") {
				this.state = owb === "--" ? S_DTD_COMMENT : S_DTD;
				this.openWakaBang = "";
			}
		}
		sDTDComment() {
			if (this.captureToChar(MINUS)) {
				this.text += "-";
				this.state = S_DTD_COMMENT_ENDING;
			}
		}
		sDTDCommentEnding() {
			const c = this.getCodeNorm();
			this.text += String.fromCodePoint(c);
			this.state = c === MINUS ? S_DTD_COMMENT_ENDED : S_DTD_COMMENT;
		}
		sDTDCommentEnded() {
			const c = this.getCodeNorm();
			this.text += String.fromCodePoint(c);
			if (c === GREATER) this.state = S_DTD;
			else {
				this.fail("malformed comment.");
				this.state = S_DTD_COMMENT;
			}
		}
		sDTDPI() {
			if (this.captureToChar(QUESTION)) {
				this.text += "?";
				this.state = S_DTD_PI_ENDING;
			}
		}
		sDTDPIEnding() {
			const c = this.getCodeNorm();
			this.text += String.fromCodePoint(c);
			if (c === GREATER) this.state = S_DTD;
		}
		sText() {
			if (this.tags.length !== 0) this.handleTextInRoot();
			else this.handleTextOutsideRoot();
		}
		sEntity() {
			let { i: start } = this;
			const { chunk } = this;
			loop: while (true) switch (this.getCode()) {
				case NL_LIKE:
					this.entity += `${chunk.slice(start, this.prevI)}\n`;
					start = this.i;
					break;
				case SEMICOLON: {
					const { entityReturnState } = this;
					const entity = this.entity + chunk.slice(start, this.prevI);
					this.state = entityReturnState;
					let parsed;
					if (entity === "") {
						this.fail("empty entity name.");
						parsed = "&;";
					} else {
						parsed = this.parseEntity(entity);
						this.entity = "";
					}
					if (entityReturnState !== S_TEXT || this.textHandler !== void 0) this.text += parsed;
					break loop;
				}
				case EOC:
					this.entity += chunk.slice(start);
					break loop;
			}
		}
		sOpenWaka() {
			const c = this.getCode();
			if (isNameStartChar(c)) {
				this.state = S_OPEN_TAG;
				this.unget();
				this.xmlDeclPossible = false;
			} else switch (c) {
				case FORWARD_SLASH:
					this.state = S_CLOSE_TAG;
					this.xmlDeclPossible = false;
					break;
				case BANG:
					this.state = S_OPEN_WAKA_BANG;
					this.openWakaBang = "";
					this.xmlDeclPossible = false;
					break;
				case QUESTION:
					this.state = S_PI_FIRST_CHAR;
					break;
				default:
					this.fail("disallowed character in tag name");
					this.state = S_TEXT;
					this.xmlDeclPossible = false;
			}
		}
		sOpenWakaBang() {
			this.openWakaBang += String.fromCodePoint(this.getCodeNorm());
			switch (this.openWakaBang) {
				case "[CDATA[":
					if (!this.sawRoot && !this.reportedTextBeforeRoot) {
						this.fail("text data outside of root node.");
						this.reportedTextBeforeRoot = true;
					}
					if (this.closedRoot && !this.reportedTextAfterRoot) {
						this.fail("text data outside of root node.");
						this.reportedTextAfterRoot = true;
					}
					this.state = S_CDATA;
					this.openWakaBang = "";
					break;
				case "--":
					this.state = S_COMMENT;
					this.openWakaBang = "";
					break;
				case "DOCTYPE":
					this.state = S_DOCTYPE;
					if (this.doctype || this.sawRoot) this.fail("inappropriately located doctype declaration.");
					this.openWakaBang = "";
					break;
				default: if (this.openWakaBang.length >= 7) this.fail("incorrect syntax.");
			}
		}
		sComment() {
			if (this.captureToChar(MINUS)) this.state = S_COMMENT_ENDING;
		}
		sCommentEnding() {
			var _a;
			const c = this.getCodeNorm();
			if (c === MINUS) {
				this.state = S_COMMENT_ENDED;
				(_a = this.commentHandler) === null || _a === void 0 || _a.call(this, this.text);
				this.text = "";
			} else {
				this.text += `-${String.fromCodePoint(c)}`;
				this.state = S_COMMENT;
			}
		}
		sCommentEnded() {
			const c = this.getCodeNorm();
			if (c !== GREATER) {
				this.fail("malformed comment.");
				this.text += `--${String.fromCodePoint(c)}`;
				this.state = S_COMMENT;
			} else this.state = S_TEXT;
		}
		sCData() {
			if (this.captureToChar(CLOSE_BRACKET)) this.state = S_CDATA_ENDING;
		}
		sCDataEnding() {
			const c = this.getCodeNorm();
			if (c === CLOSE_BRACKET) this.state = S_CDATA_ENDING_2;
			else {
				this.text += `]${String.fromCodePoint(c)}`;
				this.state = S_CDATA;
			}
		}
		sCDataEnding2() {
			var _a;
			const c = this.getCodeNorm();
			switch (c) {
				case GREATER:
					(_a = this.cdataHandler) === null || _a === void 0 || _a.call(this, this.text);
					this.text = "";
					this.state = S_TEXT;
					break;
				case CLOSE_BRACKET:
					this.text += "]";
					break;
				default:
					this.text += `]]${String.fromCodePoint(c)}`;
					this.state = S_CDATA;
			}
		}
		sPIFirstChar() {
			const c = this.getCodeNorm();
			if (this.nameStartCheck(c)) {
				this.piTarget += String.fromCodePoint(c);
				this.state = S_PI_REST;
			} else if (c === QUESTION || isS(c)) {
				this.fail("processing instruction without a target.");
				this.state = c === QUESTION ? S_PI_ENDING : S_PI_BODY;
			} else {
				this.fail("disallowed character in processing instruction name.");
				this.piTarget += String.fromCodePoint(c);
				this.state = S_PI_REST;
			}
		}
		sPIRest() {
			const { chunk, i: start } = this;
			while (true) {
				const c = this.getCodeNorm();
				if (c === EOC) {
					this.piTarget += chunk.slice(start);
					return;
				}
				if (!this.nameCheck(c)) {
					this.piTarget += chunk.slice(start, this.prevI);
					const isQuestion = c === QUESTION;
					if (isQuestion || isS(c)) {
						if (this.piTarget === "xml") {
							if (!this.xmlDeclPossible) this.fail("an XML declaration must be at the start of the document.");
							this.state = isQuestion ? S_XML_DECL_ENDING : S_XML_DECL_NAME_START;
						} else this.state = isQuestion ? S_PI_ENDING : S_PI_BODY;
					} else {
						this.fail("disallowed character in processing instruction name.");
						this.piTarget += String.fromCodePoint(c);
					}
					break;
				}
			}
		}
		sPIBody() {
			if (this.text.length === 0) {
				const c = this.getCodeNorm();
				if (c === QUESTION) this.state = S_PI_ENDING;
				else if (!isS(c)) this.text = String.fromCodePoint(c);
			} else if (this.captureToChar(QUESTION)) this.state = S_PI_ENDING;
		}
		sPIEnding() {
			var _a;
			const c = this.getCodeNorm();
			if (c === GREATER) {
				const { piTarget } = this;
				if (piTarget.toLowerCase() === "xml") this.fail("the XML declaration must appear at the start of the document.");
				(_a = this.piHandler) === null || _a === void 0 || _a.call(this, {
					target: piTarget,
					body: this.text
				});
				this.piTarget = this.text = "";
				this.state = S_TEXT;
			} else if (c === QUESTION) this.text += "?";
			else {
				this.text += `?${String.fromCodePoint(c)}`;
				this.state = S_PI_BODY;
			}
			this.xmlDeclPossible = false;
		}
		sXMLDeclNameStart() {
			const c = this.skipSpaces();
			if (c === QUESTION) {
				this.state = S_XML_DECL_ENDING;
				return;
			}
			if (c !== EOC) {
				this.state = S_XML_DECL_NAME;
				this.name = String.fromCodePoint(c);
			}
		}
		sXMLDeclName() {
			const c = this.captureTo(XML_DECL_NAME_TERMINATOR);
			if (c === QUESTION) {
				this.state = S_XML_DECL_ENDING;
				this.name += this.text;
				this.text = "";
				this.fail("XML declaration is incomplete.");
				return;
			}
			if (!(isS(c) || c === EQUAL)) return;
			this.name += this.text;
			this.text = "";
			if (!this.xmlDeclExpects.includes(this.name)) switch (this.name.length) {
				case 0:
					this.fail("did not expect any more name/value pairs.");
					break;
				case 1:
					this.fail(`expected the name ${this.xmlDeclExpects[0]}.`);
					break;
				default: this.fail(`expected one of ${this.xmlDeclExpects.join(", ")}`);
			}
			this.state = c === EQUAL ? S_XML_DECL_VALUE_START : S_XML_DECL_EQ;
		}
		sXMLDeclEq() {
			const c = this.getCodeNorm();
			if (c === QUESTION) {
				this.state = S_XML_DECL_ENDING;
				this.fail("XML declaration is incomplete.");
				return;
			}
			if (isS(c)) return;
			if (c !== EQUAL) this.fail("value required.");
			this.state = S_XML_DECL_VALUE_START;
		}
		sXMLDeclValueStart() {
			const c = this.getCodeNorm();
			if (c === QUESTION) {
				this.state = S_XML_DECL_ENDING;
				this.fail("XML declaration is incomplete.");
				return;
			}
			if (isS(c)) return;
			if (!isQuote(c)) {
				this.fail("value must be quoted.");
				this.q = SPACE;
			} else this.q = c;
			this.state = S_XML_DECL_VALUE;
		}
		sXMLDeclValue() {
			const c = this.captureTo([this.q, QUESTION]);
			if (c === QUESTION) {
				this.state = S_XML_DECL_ENDING;
				this.text = "";
				this.fail("XML declaration is incomplete.");
				return;
			}
			if (c === EOC) return;
			const value = this.text;
			this.text = "";
			switch (this.name) {
				case "version": {
					this.xmlDeclExpects = ["encoding", "standalone"];
					const version = value;
					this.xmlDecl.version = version;
					if (!/^1\.[0-9]+$/.test(version)) this.fail("version number must match /^1\\.[0-9]+$/.");
					else if (!this.opt.forceXMLVersion) this.setXMLVersion(version);
					break;
				}
				case "encoding":
					if (!/^[A-Za-z][A-Za-z0-9._-]*$/.test(value)) this.fail("encoding value must match /^[A-Za-z0-9][A-Za-z0-9._-]*$/.");
					this.xmlDeclExpects = ["standalone"];
					this.xmlDecl.encoding = value;
					break;
				case "standalone":
					if (value !== "yes" && value !== "no") this.fail("standalone value must match \"yes\" or \"no\".");
					this.xmlDeclExpects = [];
					this.xmlDecl.standalone = value;
			}
			this.name = "";
			this.state = S_XML_DECL_SEPARATOR;
		}
		sXMLDeclSeparator() {
			const c = this.getCodeNorm();
			if (c === QUESTION) {
				this.state = S_XML_DECL_ENDING;
				return;
			}
			if (!isS(c)) {
				this.fail("whitespace required.");
				this.unget();
			}
			this.state = S_XML_DECL_NAME_START;
		}
		sXMLDeclEnding() {
			var _a;
			if (this.getCodeNorm() === GREATER) {
				if (this.piTarget !== "xml") this.fail("processing instructions are not allowed before root.");
				else if (this.name !== "version" && this.xmlDeclExpects.includes("version")) this.fail("XML declaration must contain a version.");
				(_a = this.xmldeclHandler) === null || _a === void 0 || _a.call(this, this.xmlDecl);
				this.name = "";
				this.piTarget = this.text = "";
				this.state = S_TEXT;
			} else this.fail("The character ? is disallowed anywhere in XML declarations.");
			this.xmlDeclPossible = false;
		}
		sOpenTag() {
			var _a;
			const c = this.captureNameChars();
			if (c === EOC) return;
			const tag = this.tag = {
				name: this.name,
				attributes: Object.create(null)
			};
			this.name = "";
			if (this.xmlnsOpt) this.topNS = tag.ns = Object.create(null);
			(_a = this.openTagStartHandler) === null || _a === void 0 || _a.call(this, tag);
			this.sawRoot = true;
			if (!this.fragmentOpt && this.closedRoot) this.fail("documents may contain only one root.");
			switch (c) {
				case GREATER:
					this.openTag();
					break;
				case FORWARD_SLASH:
					this.state = S_OPEN_TAG_SLASH;
					break;
				default:
					if (!isS(c)) this.fail("disallowed character in tag name.");
					this.state = S_ATTRIB;
			}
		}
		sOpenTagSlash() {
			if (this.getCode() === GREATER) this.openSelfClosingTag();
			else {
				this.fail("forward-slash in opening tag not followed by >.");
				this.state = S_ATTRIB;
			}
		}
		sAttrib() {
			const c = this.skipSpaces();
			if (c === EOC) return;
			if (isNameStartChar(c)) {
				this.unget();
				this.state = S_ATTRIB_NAME;
			} else if (c === GREATER) this.openTag();
			else if (c === FORWARD_SLASH) this.state = S_OPEN_TAG_SLASH;
			else this.fail("disallowed character in attribute name.");
		}
		sAttribName() {
			const c = this.captureNameChars();
			if (c === EQUAL) this.state = S_ATTRIB_VALUE;
			else if (isS(c)) this.state = S_ATTRIB_NAME_SAW_WHITE;
			else if (c === GREATER) {
				this.fail("attribute without value.");
				this.pushAttrib(this.name, this.name);
				this.name = this.text = "";
				this.openTag();
			} else if (c !== EOC) this.fail("disallowed character in attribute name.");
		}
		sAttribNameSawWhite() {
			const c = this.skipSpaces();
			switch (c) {
				case EOC: return;
				case EQUAL:
					this.state = S_ATTRIB_VALUE;
					break;
				default:
					this.fail("attribute without value.");
					this.text = "";
					this.name = "";
					if (c === GREATER) this.openTag();
					else if (isNameStartChar(c)) {
						this.unget();
						this.state = S_ATTRIB_NAME;
					} else {
						this.fail("disallowed character in attribute name.");
						this.state = S_ATTRIB;
					}
			}
		}
		sAttribValue() {
			const c = this.getCodeNorm();
			if (isQuote(c)) {
				this.q = c;
				this.state = S_ATTRIB_VALUE_QUOTED;
			} else if (!isS(c)) {
				this.fail("unquoted attribute value.");
				this.state = S_ATTRIB_VALUE_UNQUOTED;
				this.unget();
			}
		}
		sAttribValueQuoted() {
			const { q, chunk } = this;
			let { i: start } = this;
			while (true) switch (this.getCode()) {
				case q:
					this.pushAttrib(this.name, this.text + chunk.slice(start, this.prevI));
					this.name = this.text = "";
					this.q = null;
					this.state = S_ATTRIB_VALUE_CLOSED;
					return;
				case AMP:
					this.text += chunk.slice(start, this.prevI);
					this.state = S_ENTITY;
					this.entityReturnState = S_ATTRIB_VALUE_QUOTED;
					return;
				case NL:
				case NL_LIKE:
				case TAB:
					this.text += `${chunk.slice(start, this.prevI)} `;
					start = this.i;
					break;
				case LESS:
					this.text += chunk.slice(start, this.prevI);
					this.fail("disallowed character.");
					return;
				case EOC:
					this.text += chunk.slice(start);
					return;
			}
		}
		sAttribValueClosed() {
			const c = this.getCodeNorm();
			if (isS(c)) this.state = S_ATTRIB;
			else if (c === GREATER) this.openTag();
			else if (c === FORWARD_SLASH) this.state = S_OPEN_TAG_SLASH;
			else if (isNameStartChar(c)) {
				this.fail("no whitespace between attributes.");
				this.unget();
				this.state = S_ATTRIB_NAME;
			} else this.fail("disallowed character in attribute name.");
		}
		sAttribValueUnquoted() {
			const c = this.captureTo(ATTRIB_VALUE_UNQUOTED_TERMINATOR);
			switch (c) {
				case AMP:
					this.state = S_ENTITY;
					this.entityReturnState = S_ATTRIB_VALUE_UNQUOTED;
					break;
				case LESS:
					this.fail("disallowed character.");
					break;
				case EOC: break;
				default:
					if (this.text.includes("]]>")) this.fail("the string \"]]>\" is disallowed in char data.");
					this.pushAttrib(this.name, this.text);
					this.name = this.text = "";
					if (c === GREATER) this.openTag();
					else this.state = S_ATTRIB;
			}
		}
		sCloseTag() {
			const c = this.captureNameChars();
			if (c === GREATER) this.closeTag();
			else if (isS(c)) this.state = S_CLOSE_TAG_SAW_WHITE;
			else if (c !== EOC) this.fail("disallowed character in closing tag.");
		}
		sCloseTagSawWhite() {
			switch (this.skipSpaces()) {
				case GREATER:
					this.closeTag();
					break;
				case EOC: break;
				default: this.fail("disallowed character in closing tag.");
			}
		}
		handleTextInRoot() {
			let { i: start, forbiddenState } = this;
			const { chunk, textHandler: handler } = this;
			scanLoop: while (true) switch (this.getCode()) {
				case LESS:
					this.state = S_OPEN_WAKA;
					if (handler !== void 0) {
						const { text } = this;
						const slice = chunk.slice(start, this.prevI);
						if (text.length !== 0) {
							handler(text + slice);
							this.text = "";
						} else if (slice.length !== 0) handler(slice);
					}
					forbiddenState = FORBIDDEN_START;
					break scanLoop;
				case AMP:
					this.state = S_ENTITY;
					this.entityReturnState = S_TEXT;
					if (handler !== void 0) this.text += chunk.slice(start, this.prevI);
					forbiddenState = FORBIDDEN_START;
					break scanLoop;
				case CLOSE_BRACKET:
					switch (forbiddenState) {
						case FORBIDDEN_START:
							forbiddenState = FORBIDDEN_BRACKET;
							break;
						case FORBIDDEN_BRACKET:
							forbiddenState = FORBIDDEN_BRACKET_BRACKET;
							break;
						case FORBIDDEN_BRACKET_BRACKET: break;
						default: throw new Error("impossible state");
					}
					break;
				case GREATER:
					if (forbiddenState === FORBIDDEN_BRACKET_BRACKET) this.fail("the string \"]]>\" is disallowed in char data.");
					forbiddenState = FORBIDDEN_START;
					break;
				case NL_LIKE:
					if (handler !== void 0) this.text += `${chunk.slice(start, this.prevI)}\n`;
					start = this.i;
					forbiddenState = FORBIDDEN_START;
					break;
				case EOC:
					if (handler !== void 0) this.text += chunk.slice(start);
					break scanLoop;
				default: forbiddenState = FORBIDDEN_START;
			}
			this.forbiddenState = forbiddenState;
		}
		handleTextOutsideRoot() {
			let { i: start } = this;
			const { chunk, textHandler: handler } = this;
			let nonSpace = false;
			outRootLoop: while (true) {
				const code = this.getCode();
				switch (code) {
					case LESS:
						this.state = S_OPEN_WAKA;
						if (handler !== void 0) {
							const { text } = this;
							const slice = chunk.slice(start, this.prevI);
							if (text.length !== 0) {
								handler(text + slice);
								this.text = "";
							} else if (slice.length !== 0) handler(slice);
						}
						break outRootLoop;
					case AMP:
						this.state = S_ENTITY;
						this.entityReturnState = S_TEXT;
						if (handler !== void 0) this.text += chunk.slice(start, this.prevI);
						nonSpace = true;
						break outRootLoop;
					case NL_LIKE:
						if (handler !== void 0) this.text += `${chunk.slice(start, this.prevI)}\n`;
						start = this.i;
						break;
					case EOC:
						if (handler !== void 0) this.text += chunk.slice(start);
						break outRootLoop;
					default: if (!isS(code)) nonSpace = true;
				}
			}
			if (!nonSpace) return;
			if (!this.sawRoot && !this.reportedTextBeforeRoot) {
				this.fail("text data outside of root node.");
				this.reportedTextBeforeRoot = true;
			}
			if (this.closedRoot && !this.reportedTextAfterRoot) {
				this.fail("text data outside of root node.");
				this.reportedTextAfterRoot = true;
			}
		}
		pushAttribNS(name, value) {
			var _a;
			const { prefix, local } = this.qname(name);
			const attr = {
				name,
				prefix,
				local,
				value
			};
			this.attribList.push(attr);
			(_a = this.attributeHandler) === null || _a === void 0 || _a.call(this, attr);
			if (prefix === "xmlns") {
				const trimmed = value.trim();
				if (this.currentXMLVersion === "1.0" && trimmed === "") this.fail("invalid attempt to undefine prefix in XML 1.0");
				this.topNS[local] = trimmed;
				nsPairCheck(this, local, trimmed);
			} else if (name === "xmlns") {
				const trimmed = value.trim();
				this.topNS[""] = trimmed;
				nsPairCheck(this, "", trimmed);
			}
		}
		pushAttribPlain(name, value) {
			var _a;
			const attr = {
				name,
				value
			};
			this.attribList.push(attr);
			(_a = this.attributeHandler) === null || _a === void 0 || _a.call(this, attr);
		}
		/**
		* End parsing. This performs final well-formedness checks and resets the
		* parser to a clean state.
		*
		* @returns this
		*/
		end() {
			var _a, _b;
			if (!this.sawRoot) this.fail("document must contain a root element.");
			const { tags } = this;
			while (tags.length > 0) {
				const tag = tags.pop();
				this.fail(`unclosed tag: ${tag.name}`);
			}
			if (this.state !== S_BEGIN && this.state !== S_TEXT) this.fail("unexpected end.");
			const { text } = this;
			if (text.length !== 0) {
				(_a = this.textHandler) === null || _a === void 0 || _a.call(this, text);
				this.text = "";
			}
			this._closed = true;
			(_b = this.endHandler) === null || _b === void 0 || _b.call(this);
			this._init();
			return this;
		}
		/**
		* Resolve a namespace prefix.
		*
		* @param prefix The prefix to resolve.
		*
		* @returns The namespace URI or ``undefined`` if the prefix is not defined.
		*/
		resolve(prefix) {
			var _a, _b;
			let uri = this.topNS[prefix];
			if (uri !== void 0) return uri;
			const { tags } = this;
			for (let index = tags.length - 1; index >= 0; index--) {
				uri = tags[index].ns[prefix];
				if (uri !== void 0) return uri;
			}
			uri = this.ns[prefix];
			if (uri !== void 0) return uri;
			return (_b = (_a = this.opt).resolvePrefix) === null || _b === void 0 ? void 0 : _b.call(_a, prefix);
		}
		/**
		* Parse a qname into its prefix and local name parts.
		*
		* @param name The name to parse
		*
		* @returns
		*/
		qname(name) {
			const colon = name.indexOf(":");
			if (colon === -1) return {
				prefix: "",
				local: name
			};
			const local = name.slice(colon + 1);
			const prefix = name.slice(0, colon);
			if (prefix === "" || local === "" || local.includes(":")) this.fail(`malformed name: ${name}.`);
			return {
				prefix,
				local
			};
		}
		processAttribsNS() {
			var _a;
			const { attribList } = this;
			const tag = this.tag;
			{
				const { prefix, local } = this.qname(tag.name);
				tag.prefix = prefix;
				tag.local = local;
				const uri = tag.uri = (_a = this.resolve(prefix)) !== null && _a !== void 0 ? _a : "";
				if (prefix !== "") {
					if (prefix === "xmlns") this.fail("tags may not have \"xmlns\" as prefix.");
					if (uri === "") {
						this.fail(`unbound namespace prefix: ${JSON.stringify(prefix)}.`);
						tag.uri = prefix;
					}
				}
			}
			if (attribList.length === 0) return;
			const { attributes } = tag;
			const seen = /* @__PURE__ */ new Set();
			for (const attr of attribList) {
				const { name, prefix, local } = attr;
				let uri;
				let eqname;
				if (prefix === "") {
					uri = name === "xmlns" ? XMLNS_NAMESPACE : "";
					eqname = name;
				} else {
					uri = this.resolve(prefix);
					if (uri === void 0) {
						this.fail(`unbound namespace prefix: ${JSON.stringify(prefix)}.`);
						uri = prefix;
					}
					eqname = `{${uri}}${local}`;
				}
				if (seen.has(eqname)) this.fail(`duplicate attribute: ${eqname}.`);
				seen.add(eqname);
				attr.uri = uri;
				attributes[name] = attr;
			}
			this.attribList = [];
		}
		processAttribsPlain() {
			const { attribList } = this;
			const attributes = this.tag.attributes;
			for (const { name, value } of attribList) {
				if (attributes[name] !== void 0) this.fail(`duplicate attribute: ${name}.`);
				attributes[name] = value;
			}
			this.attribList = [];
		}
		/**
		* Handle a complete open tag. This parser code calls this once it has seen
		* the whole tag. This method checks for well-formeness and then emits
		* ``onopentag``.
		*/
		openTag() {
			var _a;
			this.processAttribs();
			const { tags } = this;
			const tag = this.tag;
			tag.isSelfClosing = false;
			(_a = this.openTagHandler) === null || _a === void 0 || _a.call(this, tag);
			tags.push(tag);
			this.state = S_TEXT;
			this.name = "";
		}
		/**
		* Handle a complete self-closing tag. This parser code calls this once it has
		* seen the whole tag. This method checks for well-formeness and then emits
		* ``onopentag`` and ``onclosetag``.
		*/
		openSelfClosingTag() {
			var _a, _b, _c;
			this.processAttribs();
			const { tags } = this;
			const tag = this.tag;
			tag.isSelfClosing = true;
			(_a = this.openTagHandler) === null || _a === void 0 || _a.call(this, tag);
			(_b = this.closeTagHandler) === null || _b === void 0 || _b.call(this, tag);
			if ((this.tag = (_c = tags[tags.length - 1]) !== null && _c !== void 0 ? _c : null) === null) this.closedRoot = true;
			this.state = S_TEXT;
			this.name = "";
		}
		/**
		* Handle a complete close tag. This parser code calls this once it has seen
		* the whole tag. This method checks for well-formeness and then emits
		* ``onclosetag``.
		*/
		closeTag() {
			const { tags, name } = this;
			this.state = S_TEXT;
			this.name = "";
			if (name === "") {
				this.fail("weird empty close tag.");
				this.text += "</>";
				return;
			}
			const handler = this.closeTagHandler;
			let l = tags.length;
			while (l-- > 0) {
				const tag = this.tag = tags.pop();
				this.topNS = tag.ns;
				handler === null || handler === void 0 || handler(tag);
				if (tag.name === name) break;
				this.fail("unexpected close tag.");
			}
			if (l === 0) this.closedRoot = true;
			else if (l < 0) {
				this.fail(`unmatched closing tag: ${name}.`);
				this.text += `</${name}>`;
			}
		}
		/**
		* Resolves an entity. Makes any necessary well-formedness checks.
		*
		* @param entity The entity to resolve.
		*
		* @returns The parsed entity.
		*/
		parseEntity(entity) {
			if (entity[0] !== "#") {
				const defined = this.ENTITIES[entity];
				if (defined !== void 0) return defined;
				this.fail(this.isName(entity) ? "undefined entity." : "disallowed character in entity name.");
				return `&${entity};`;
			}
			let num = NaN;
			if (entity[1] === "x" && /^#x[0-9a-f]+$/i.test(entity)) num = parseInt(entity.slice(2), 16);
			else if (/^#[0-9]+$/.test(entity)) num = parseInt(entity.slice(1), 10);
			if (!this.isChar(num)) {
				this.fail("malformed character entity.");
				return `&${entity};`;
			}
			return String.fromCodePoint(num);
		}
	};
	exports.SaxesParser = SaxesParser;
}));

// src/packages/rpm/xml.ts
var import_saxes = require_saxes();
/** A document that is not well-formed, or not one that repository metadata would be. */
var XmlFault = class extends Error {
	name = "XmlFault";
};
/** The metadata of repositories is six deep. */
const maximumDepth$1 = 16;
/** Longest text or tag. A description of a package has a few thousand characters. */
const maximumLength$1 = 1 << 20;
/**
* Reads an XML document as a stream, in memory that does not grow with it. There are no entities but the five of XML, no
* document type and no encoding but UTF-8. Throws XmlFault with line and column, or what a handler throws.
*/
async function readXml(chunks, handlers) {
	const parser = new import_saxes.SaxesParser({
		xmlns: false,
		defaultXMLVersion: "1.0",
		forceXMLVersion: true
	});
	const fail = (message) => {
		throw new XmlFault(`${message} (line ${parser.line}, column ${parser.column})`);
	};
	let depth = 0;
	let unanswered = 0;
	parser.on("error", ({ message }) => fail(`not well-formed XML: ${message.replace(/^\d+:\d+: /, "")}`));
	parser.on("doctype", () => fail("a document type is not taken"));
	parser.on("opentag", ({ name, attributes }) => {
		unanswered = 0;
		if (++depth > maximumDepth$1) fail(`more than ${maximumDepth$1} elements inside each other`);
		handlers.open(localName(name), attributes);
	});
	const onText = (text) => {
		unanswered = 0;
		handlers.text(text);
	};
	parser.on("text", onText);
	parser.on("cdata", onText);
	parser.on("closetag", ({ name }) => {
		unanswered = 0;
		depth--;
		handlers.close(localName(name));
	});
	const decoder = new TextDecoder("utf-8", {
		fatal: true,
		ignoreBOM: true
	});
	const decode = (chunk) => {
		try {
			return decoder.decode(chunk, { stream: chunk !== void 0 });
		} catch {
			return fail("not UTF-8") ?? "";
		}
	};
	for await (const chunk of chunks) {
		unanswered += chunk.length;
		parser.write(decode(chunk));
		if (unanswered > maximumLength$1) fail(`a text or tag of more than ${maximumLength$1} bytes`);
	}
	parser.write(decode());
	parser.close();
}
function localName(name) {
	const colon = name.indexOf(":");
	return colon < 0 ? name : name.slice(colon + 1);
}

// src/packages/rpm/repomd.ts
/** Largest metadata that is read, decompressed. The filelists of Fedora have 800 MB. */
const maximumOpenSize = 2 ** 31;
/** No compression there is makes a repository's metadata so much smaller. */
const maximumRatio = 500;
/**
* Reads a repomd.xml. Entries of types that nobody asks for may be anything; one that `wanted` says yes to has to have a
* SHA-256, sizes and a place inside the repository. Throws XmlFault saying what does not fit.
*/
async function readRepomd(content, wanted) {
	const files = /* @__PURE__ */ new Map();
	let newest = 0;
	let root;
	let fields = /* @__PURE__ */ new Map();
	let type = "";
	let element = "";
	await readXml(one(content), {
		open(name, attributes) {
			root ??= name;
			element = name;
			if (name === "data") {
				type = attributes.type ?? "";
				fields = /* @__PURE__ */ new Map();
			}
			if (name === "location") {
				fields.set("href", attributes.href ?? "");
				if (attributes["xml:base"]) fields.set("base", attributes["xml:base"]);
			}
			if (name === "checksum") fields.set("checksum type", attributes.type ?? "");
		},
		text(text) {
			fields.set(element, (fields.get(element) ?? "") + text);
		},
		close(name) {
			element = "";
			if (name !== "data") return;
			const time = Number(fields.get("timestamp"));
			if (Number.isFinite(time)) newest = Math.max(newest, time);
			if (wanted(type)) files.set(type, metadataFile(type, fields));
		}
	});
	if (root !== "repomd") throw new XmlFault(`is no repomd.xml: its outermost element is <${root}>`);
	return {
		date: newest > 0 && newest < 253402300800 ? `${(/* @__PURE__ */ new Date(newest * 1e3)).toISOString().slice(0, 19)}Z` : "",
		files
	};
}
function metadataFile(type, fields) {
	const field = (name) => (fields.get(name) ?? "").trim();
	const what = `its entry for ${type}`;
	if (fields.has("base")) throw new XmlFault(`${what} is at another place (xml:base ${fields.get("base")})`);
	const href = field("href");
	const fault = locationFault(href);
	if (fault !== void 0) throw new XmlFault(`${what} has the location "${href}", which ${fault}`);
	const kind = field("checksum type");
	const sha256 = field("checksum").toLowerCase();
	if (kind !== "sha256") throw new XmlFault(`${what} has a checksum of type "${kind}", and only sha256 is trusted`);
	if (!/^[0-9a-f]{64}$/.test(sha256)) throw new XmlFault(`${what} has no SHA-256 of 64 hexadecimal digits`);
	const size = wholeNumber(field("size"));
	if (size === void 0) throw new XmlFault(`${what} does not say its size`);
	const openSize = wholeNumber(field("open-size")) ?? size * maximumRatio;
	if (openSize > Math.min(maximumOpenSize, Math.max(size * maximumRatio, 1 << 20))) throw new XmlFault(`${what} would be ${openSize} bytes, of ${size} compressed ones`);
	return {
		href,
		sha256,
		size,
		openSize
	};
}
/** The number that digits spell; undefined for anything else. */
function wholeNumber(digits) {
	return /^\d{1,15}$/.test(digits) && Number(digits) > 0 ? Number(digits) : void 0;
}
/** What is wrong with the address of a file below a repository, if anything. */
function locationFault(href) {
	let plain;
	try {
		plain = decodeURIComponent(href);
	} catch {
		return "is no address";
	}
	if (href === "") return "is empty";
	if (href.startsWith("/") || /^[a-z][a-z0-9+.-]*:/i.test(href)) return "is not below the repository";
	if (/[\s\\?#\x00-\x1f\x7f]/.test(plain)) return "has characters that no package file has";
	if (plain.split("/").some((part) => part === "" || part === "." || part === "..")) return "leaves the repository";
}
async function* one(content) {
	yield content;
}

// src/packages/rpm/primary.ts
/** Between the dependencies of one field; XML cannot hold it. */
const separator = "";
const senses = {
	LT: "<",
	LE: "<=",
	EQ: "=",
	GE: ">=",
	GT: ">"
};
/** What a package's line has of its dependencies, in this order. */
const kept = [
	"requires",
	"conflicts",
	"obsoletes",
	"recommends",
	"suggests"
];
const lists = ["provides", ...kept];
const isList = (name) => lists.includes(name);
const noEntries = () => {
	return {
		provides: [],
		files: [],
		requires: [],
		conflicts: [],
		obsoletes: [],
		recommends: [],
		suggests: []
	};
};
const plainPart = /^[\w+.~^]+$/;
const breaksLine = /[\t\n\r]/;
/**
* Reads primary.xml (https://createrepo.baseurl.org) into lines for a table, see `RpmTable`: one for each binary package,
* one for each name that it provides and each file that is listed. Throws XmlFault for what is not well-formed, or what a
* package cannot be: fields that would not survive in a lock, a place outside of the repository, no SHA-256.
*/
async function readPrimary(chunks, lines) {
	let root;
	let element = "";
	let list;
	let fields = /* @__PURE__ */ new Map();
	let entries = noEntries();
	await readXml(chunks, {
		open(name, attributes) {
			root ??= name;
			element = name;
			switch (name) {
				case "package":
					fields = /* @__PURE__ */ new Map();
					entries = noEntries();
					break;
				case "version":
					for (const part of [
						"epoch",
						"ver",
						"rel"
					]) fields.set(part, attributes[part] ?? "");
					break;
				case "checksum":
					fields.set("checksum type", attributes.type ?? "");
					break;
				case "size":
					fields.set("size", attributes.package ?? "");
					break;
				case "location":
					fields.set("href", attributes.href ?? "");
					fields.set("base", attributes["xml:base"] ?? "");
					break;
				case "entry":
					if (list !== void 0) entries[list].push(entryText(attributes));
					break;
				default: if (isList(name)) list = name;
			}
		},
		text(text) {
			if (element === "file") entries.files.push(text);
			else if (element === "name" || element === "arch" || element === "checksum") fields.set(element, (fields.get(element) ?? "") + text);
		},
		close(name) {
			element = "";
			if (name === list) list = void 0;
			if (name === "package") addPackage(lines, (field) => fields.get(field) ?? "", entries);
		}
	});
	if (root !== "metadata") throw new XmlFault(`is no primary.xml: its outermost element is <${root}>`);
}
/** `name` or `name >= [E:]V[-R]`. */
function entryText({ name = "", flags, epoch, ver, rel }) {
	const sense = senses[flags ?? ""];
	if (sense === void 0 || !ver) return name;
	return `${name} ${sense} ${evrText(epoch, ver, rel)}`;
}
/** `[E:]V[-R]`, without an epoch of 0. */
function evrText(epoch, version, release) {
	const after = release ? `${version}-${release}` : version;
	return epoch && epoch !== "0" ? `${epoch}:${after}` : after;
}
function addPackage(lines, field, entries) {
	const name = field("name");
	const architecture = field("arch");
	if (architecture === "src" || architecture === "nosrc") return;
	if (!PACKAGE_NAME.test(name)) throw new XmlFault(`has a package of the impossible name "${name}"`);
	const [epoch, version, release] = [
		field("epoch") || "0",
		field("ver"),
		field("rel")
	];
	if (![
		architecture,
		version,
		release
	].every((part) => plainPart.test(part)) || !/^\d{1,9}$/.test(epoch)) throw new XmlFault(`has ${name} in an impossible version, "${epoch}:${version}-${release}.${architecture}"`);
	const evr = evrText(epoch, version, release);
	const what = `has ${name}-${evr}.${architecture}`;
	const { href, base } = {
		href: field("href"),
		base: field("base")
	};
	const fault = base === "" ? locationFault(href) : `is at another place (xml:base "${base}")`;
	if (fault !== void 0) throw new XmlFault(`${what} at "${href}", which ${fault}`);
	const kind = field("checksum type");
	if (kind !== "sha256") throw new XmlFault(`${what} with a checksum of type "${kind}", and only sha256 is trusted`);
	const sha256 = field("checksum").trim().toLowerCase();
	if (!/^[0-9a-f]{64}$/.test(sha256)) throw new XmlFault(`${what} without a SHA-256 of 64 hexadecimal digits`);
	const size = wholeNumber(field("size"));
	if (size === void 0) throw new XmlFault(`${what} without its size`);
	const dependencies = kept.map((list) => entries[list].join(""));
	if (dependencies.some((text) => breaksLine.test(text))) throw new XmlFault(`${what}, whose dependencies have line breaks`);
	lines.add(name, [
		architecture,
		evr,
		href,
		size,
		sha256,
		...dependencies
	].join("	"));
	const provider = `\t${name}\t${architecture}\t${evr}\t`;
	for (const provided of entries.provides) {
		if (breaksLine.test(provided)) throw new XmlFault(`${what}, whose provides have line breaks`);
		const space = provided.startsWith("(") ? -1 : provided.indexOf(" ");
		const virtual = space < 0 ? provided : provided.slice(0, space);
		lines.add(virtual, space < 0 ? provider : provider + provided.slice(space + 1));
	}
	for (const path of entries.files) addFile(lines, path, provider);
}
/** Adds the line of a file. One that no dependency can name, having line breaks, is left out. */
function addFile(lines, path, provider) {
	if (path.startsWith("/") && !breaksLine.test(path)) lines.add(path, provider);
}

// src/packages/rpm/filelists.ts
/**
* Reads filelists.xml into lines for a table: one for each file of each package, in the form of those of primary.xml.
* Throws XmlFault for what is not well-formed or no such file.
*/
async function readFilelists(chunks, lines) {
	let root;
	let name = "";
	let architecture = "";
	let evr = "";
	let isFile = false;
	await readXml(chunks, {
		open(element, attributes) {
			root ??= element;
			isFile = element === "file";
			if (element === "package") {
				name = attributes.name ?? "";
				architecture = attributes.arch ?? "";
			}
			if (element === "version") evr = evrText(attributes.epoch, attributes.ver ?? "", attributes.rel);
		},
		text(text) {
			if (isFile && architecture !== "src") addFile(lines, text, `\t${name}\t${architecture}\t${evr}\t`);
		},
		close() {
			isFile = false;
		}
	});
	if (root !== "filelists") throw new XmlFault(`is no filelists.xml: its outermost element is <${root}>`);
}

// src/packages/rpm/modules.ts
/** What of `data` is read; the rest, above all lists of sources, is most of it. */
const wanted = /* @__PURE__ */ new Set([
	"name",
	"stream",
	"module",
	"dependencies",
	"artifacts"
]);
/** Reads modules.yaml. Throws Error for what is no YAML; documents of other kinds are left out. */
function readModules(text) {
	const modules = {
		streams: [],
		defaults: {}
	};
	for (const part of text.split(/^---[^\S\n]*$/m)) {
		const [, kind] = /^document:\s*(\S+)/m.exec(part) ?? [];
		if (kind !== "modulemd" && kind !== "modulemd-defaults") continue;
		const { yaml, artifacts } = reduce(part);
		const { data } = parse(yaml);
		if (!data) continue;
		const stream = String(data.stream ?? "");
		if (kind === "modulemd-defaults") {
			if (data.stream !== void 0) modules.defaults[String(data.module)] = stream;
			continue;
		}
		const rpms = [...artifacts, ...texts(data.artifacts?.rpms)];
		modules.streams.push({
			name: String(data.name),
			stream,
			requires: requirements(data.dependencies),
			artifacts: rpms
		});
	}
	return modules;
}
function parse(yaml) {
	const document = (0, import_dist.parseDocument)(yaml, {
		schema: "failsafe",
		prettyErrors: false,
		uniqueKeys: false
	});
	const [fault] = document.errors;
	if (fault) throw new Error(`is no YAML: ${fault.message}`);
	return document.toJS({ maxAliasCount: 100 }) ?? {};
}
/**
* Leaves out of a document what is not wanted, and takes its packages out, going by the indentation that libmodulemd
* writes: the YAML library would take ten seconds for the modules of CentOS 8.
*/
function reduce(document) {
	const kept = [];
	const artifacts = [];
	let key = "";
	for (const line of document.split("\n")) {
		if (line === "...") break;
		const [, found] = /^ {2}([A-Za-z_]\S*?):/.exec(line) ?? [];
		if (found !== void 0) key = found;
		else if (/^\S/.test(line)) key = "";
		const [, artifact] = /^ {4,6}- ['"]?([^\s'"]+)['"]?$/.exec(key === "artifacts" ? line : "") ?? [];
		if (artifact !== void 0) artifacts.push(artifact);
		else if (key === "" || wanted.has(key)) kept.push(line);
	}
	return {
		yaml: kept.join("\n"),
		artifacts
	};
}
/** `requires` of version 2: a list of alternatives; of version 1: one stream for each module. */
function requirements(dependencies) {
	return (Array.isArray(dependencies) ? dependencies : [dependencies]).map((block) => Object.fromEntries(Object.entries(block?.requires ?? {}).map(([module, streams]) => [module, Array.isArray(streams) ? texts(streams) : [String(streams)]])));
}
function texts(value) {
	return Array.isArray(value) ? value.map(String) : [];
}
/**
* Which packages modules hide, as for dnf: those of streams that are not the default ones, and those that are of no module
* but have the name of one that is of a default stream.
*/
var ModuleFilter = class {
	active = /* @__PURE__ */ new Set();
	inactive = /* @__PURE__ */ new Set();
	names = /* @__PURE__ */ new Set();
	constructor(all) {
		const defaults = Object.assign({}, ...all.map((modules) => modules.defaults));
		for (const { name, stream, requires, artifacts } of all.flatMap(({ streams }) => streams)) {
			const isActive = defaults[name] === stream && (requires.length === 0 || requires.some((needs) => fits$1(needs, defaults)));
			for (const artifact of artifacts) {
				(isActive ? this.active : this.inactive).add(artifact);
				if (isActive) this.names.add(artifact.replace(/-[^-]+-[^-]+$/, ""));
			}
		}
	}
	hides({ name, evr, architecture }) {
		const artifact = `${name}-${evr.includes(":") ? evr : `0:${evr}`}.${architecture}`;
		return !this.active.has(artifact) && (this.inactive.has(artifact) || this.names.has(name));
	}
};
/** Whether all that a stream needs are default streams; which release of the distribution it is for goes without saying. */
function fits$1(needs, defaults) {
	return Object.entries(needs).every(([module, streams]) => {
		if (module === "platform") return true;
		const chosen = defaults[module];
		return chosen !== void 0 && (streams.length === 0 || streams.includes(chosen));
	});
}

// src/packages/sorted-file.ts
/** So much is read at once when a search has come close. */
const blockSize = 4096;
/** Names are shorter, nearly all of them. */
const headLength = 128;
/** Finds lines by how they start in a file that `SortedLines` wrote; only a line in each 4 KiB of it is held in memory. */
var SortedFile = class {
	file;
	size;
	pivots = /* @__PURE__ */ new Map();
	/** Throws the error of `open` when there is no such file. */
	constructor(path) {
		this.file = openSync(path, "r");
		this.size = fstatSync(this.file).size;
	}
	[Symbol.dispose]() {
		closeSync(this.file);
	}
	/** All lines that start with `prefix`, without their ends. */
	lines(prefix) {
		const found = [];
		const start = asBytes(prefix);
		for (let at = this.lowerBound(start); at < this.size;) {
			const line = this.lineAt(at);
			if (!line.startsWith(start)) break;
			found.push(asText(line));
			at += line.length + 1;
		}
		return found;
	}
	/** Names of the lines that start with `prefix` and whose second field is not empty, each once. */
	names(prefix) {
		const fields = this.lines(prefix).map((line) => line.split("	", 2));
		return [...new Set(fields.flatMap(([name = "", second]) => second === "" ? [] : [name]))];
	}
	/** Where the first line starts that is not before `text`. */
	lowerBound(text) {
		let low = 0;
		let high = this.size;
		while (high - low > blockSize) {
			const middle = Math.floor((low + high) / 2);
			const { start, end, head, isWhole } = this.pivot(middle);
			if (start >= high) {
				high = middle;
				continue;
			}
			if (isWhole || !text.startsWith(head) ? head < text : this.lineAt(start) < text) low = end;
			else high = start;
		}
		return this.scan(low, high, text);
	}
	/** The first line behind `offset`. The same ones are met at the beginning of every search. */
	pivot(offset) {
		let found = this.pivots.get(offset);
		if (!found) {
			const start = offset === 0 ? 0 : offset + this.lineAt(offset - 1).length;
			const line = start < this.size ? this.lineAt(start) : "";
			const head = Buffer.from(line.slice(0, headLength), "latin1").toString("latin1");
			found = {
				start,
				end: start + line.length + 1,
				head,
				isWhole: head.length === line.length
			};
			this.pivots.set(offset, found);
		}
		return found;
	}
	/** As `lowerBound`, line by line, between two places that are not far from each other. */
	scan(low, high, text) {
		const buffer = Buffer.allocUnsafe(high - low);
		const block = buffer.toString("latin1", 0, readSync(this.file, buffer, 0, high - low, low));
		for (let at = 0; at < block.length;) {
			const end = block.indexOf("\n", at);
			const line = end < 0 ? this.lineAt(low + at) : block.slice(at, end);
			if (line >= text) return low + at;
			at += line.length + 1;
		}
		return high;
	}
	/** The bytes from `offset` to the end of their line, each as one character, so that they compare as bytes. */
	lineAt(offset) {
		for (let length = 1024;; length *= 4) {
			const buffer = Buffer.allocUnsafe(length);
			const read = readSync(this.file, buffer, 0, length, offset);
			const end = buffer.subarray(0, read).indexOf(10);
			if (end >= 0 || read < length) return buffer.toString("latin1", 0, end < 0 ? read : end);
		}
	}
};
const beyondAscii = /[^\0-\x7f]/;
function asBytes(text) {
	return beyondAscii.test(text) ? Buffer.from(text).toString("latin1") : text;
}
function asText(bytes) {
	return beyondAscii.test(bytes) ? Buffer.from(bytes, "latin1").toString() : bytes;
}

// src/packages/rpm/table.ts
/** Looks names and files up in the table of a primary.xml or filelists.xml. */
var RpmTable = class {
	file;
	/** Throws the error of `open` when there is no such file. */
	constructor(path) {
		this.file = new SortedFile(path);
	}
	packages(name) {
		return this.file.lines(`${name}\t`).flatMap((line) => {
			const [, architecture = "", evr = "", href = "", size, sha256 = "", ...dependencies] = line.split("	");
			if (architecture === "") return [];
			const [requires = [], conflicts = [], obsoletes = [], recommends = [], suggests = []] = dependencies.map((text) => text === "" ? [] : text.split(""));
			return [{
				name,
				architecture,
				evr,
				href,
				size: Number(size),
				sha256,
				requires,
				conflicts,
				obsoletes,
				recommends,
				suggests
			}];
		});
	}
	/** What provides a name that starts with `prefix`, by that name. */
	provided(prefix) {
		return this.file.lines(prefix).flatMap((line) => {
			const [name = "", marker, provider = "", architecture = "", evr = "", range = ""] = line.split("	");
			if (marker !== "") return [];
			const [sense, version] = range.split(" ");
			return [{
				name,
				provision: {
					provider,
					architecture,
					providerEvr: evr,
					...range === "" ? {} : {
						sense,
						evr: version ?? ""
					}
				}
			}];
		});
	}
	/** Names of all packages that start with `prefix`. */
	names(prefix) {
		return this.file.names(prefix);
	}
	[Symbol.dispose]() {
		this.file[Symbol.dispose]();
	}
};

// src/packages/rpm/metadata.ts
const readers = {
	primary: readPrimary,
	filelists: readFilelists
};
/** Modules are held in memory; those of CentOS 8 have 6 MB. */
const maximumModules = 128 << 20;
/**
* The table of a primary.xml or filelists.xml: from the cache by its digest, else downloaded, checked, read and kept. Throws as
* `download`, EnvironmentError for a file that is damaged or no such metadata.
*/
async function loadTable$1(kind, job) {
	const cached = join(job.store.cache, "indexes", `${job.file.sha256}.${kind}.${2}.table`);
	if (await markUsed(cached)) return new RpmTable(cached);
	await read(kind, job, cached, async (content) => {
		const fresh = temporaryName(cached);
		try {
			await writeTable(kind, content, fresh);
			await rename(fresh, cached);
		} finally {
			await rm(fresh, { force: true });
		}
	});
	return new RpmTable(cached);
}
/** Reads a primary.xml or filelists.xml and writes its table to `to`. Throws XmlFault. */
async function writeTable(kind, content, to) {
	try {
		var _usingCtx$1 = _usingCtx();
		const lines = _usingCtx$1.u(new SortedLines(`${to}.unsorted`));
		await readers[kind](content, lines);
		await lines.writeTo(to);
	} catch (_) {
		_usingCtx$1.e = _;
	} finally {
		_usingCtx$1.d();
	}
}
/** What a repository says of its modules, as `loadTable`. */
async function loadModules(job) {
	const cached = join(job.store.cache, "indexes", `${job.file.sha256}.modules.${2}.json`);
	const known = await markUsed(cached) ? await readFile(cached, "utf8") : void 0;
	if (known !== void 0) return JSON.parse(known);
	return await read("modules", job, cached, async (content) => {
		const chunks = [];
		let size = 0;
		for await (const chunk of content) {
			size += chunk.length;
			if (size > maximumModules) throw new XmlFault(`is longer than ${maximumModules} bytes`);
			chunks.push(chunk);
		}
		let modules;
		try {
			modules = readModules(Buffer.concat(chunks).toString("utf8"));
		} catch (cause) {
			throw new XmlFault(cause.message);
		}
		await writeAtomic(cached, JSON.stringify(modules));
		return modules;
	});
}
/** Brings a file, and hands its content to `use`, decompressed as far as the index says that it goes. */
async function read(kind, { file, archive, repository, store, programs, signal }, cached, use) {
	const { href, sha256, size, openSize } = file;
	const destination = temporaryName(cached);
	const what = `the ${kind} metadata of ${repository}`;
	try {
		const { transport, mirrors } = await store.open();
		const wanted = {
			what,
			paths: [`${repository}/${href}`],
			size,
			sha256
		};
		await download(transport, mirrors, {
			file: wanted,
			archive,
			destination,
			signal
		});
		const compression = await compressionOf(destination);
		const needed = isBuiltIn(compression) ? {} : await programs();
		return await store.parsing(async () => {
			signal.throwIfAborted();
			const source = createReadStream(destination, { highWaterMark: 65536 });
			const fault = `it holds more than the ${openSize} bytes that the index says`;
			return await use(limited(decompress(source, compression, needed), openSize, fault));
		});
	} catch (error) {
		if (!(error instanceof XmlFault) && !(error instanceof CorruptData)) throw error;
		throw new EnvironmentError(`${what} cannot be used: ${error.message}`, {
			where: `${repository}/${href}`,
			remedy: "Name another mirror with --mirror or OVNFAST_MIRROR.",
			cause: error
		});
	} finally {
		await rm(destination, { force: true });
	}
}
async function compressionOf(path) {
	const file = await open(path);
	try {
		return await compressionAt(file);
	} finally {
		await file.close();
	}
}

// src/local/package-table.ts
/** The name of the archive that packages of the user are taken for. */
const ARCHIVE = "local";
const FORMAT = 1;
const FIELDS = [
	"Package",
	"Version",
	"Architecture",
	"Priority",
	"Depends",
	"Pre-Depends",
	"Provides"
];
const CONTROL = /[\u0000-\u001f\u007f]/g;
/** A distribution that offers packages of the user's besides its own, and in place of its own of the same name. */
async function withPackages(distribution, packages, cache) {
	const { family, architecture } = distribution;
	const archive = {
		family,
		name: ARCHIVE,
		suites: [ARCHIVE],
		components: [ARCHIVE],
		architecture,
		keys: [],
		mirrors: [],
		table: await tableOf(packages, distribution, cache)
	};
	return {
		...distribution,
		archives: [archive, ...distribution.archives]
	};
}
/** Where a package would be below the archive: under a name that tells nothing of this machine. */
function placeOf({ sha256, family }) {
	return `${sha256}.${family === "rpm" ? "rpm" : "deb"}`;
}
/** Their index, as an archive would have it and read as such, so that what they say is checked in the same way. */
async function tableOf(packages, { family }, cache) {
	const key = digestValue([FORMAT, packages.map(({ sha256 }) => sha256)]);
	const path = join(cache, "indexes", `${key}.local.table`);
	if (await markUsed(path)) return path;
	const fresh = temporaryName(path);
	const source = temporaryName(path);
	await mkdir(dirname(path), { recursive: true });
	try {
		if (family === "rpm") await writeTable("primary", toChunks(primaryXml(packages)), fresh);
		else {
			await writeFile(source, gzipSync(packages.map(stanza).join("\n")), { flag: "wx" });
			await writeTable$1(source, "gzip", fresh);
		}
		await rename(fresh, path);
	} finally {
		await rm(fresh, { force: true });
		await rm(source, { force: true });
	}
	return path;
}
function stanza(one) {
	const fields = FIELDS.map((name) => [name, one.control.get(name) ?? ""]).filter(([, value]) => value !== "");
	fields.push(["Filename", placeOf(one)], ["Size", String(one.size)], ["SHA256", one.sha256]);
	return `${fields.map(([name, value]) => `${name}: ${value?.replace(CONTROL, " ")}\n`).join("")}`;
}
async function* toChunks(text) {
	yield Buffer.from(text);
}
function primaryXml(packages) {
	const entries = (list) => list.map(({ name, sense, version }) => tag("rpm:entry", {
		name,
		...sense ? { flags: sense } : {},
		...version ? { ver: version } : {}
	}));
	return `<metadata>\n${packages.map((one) => {
		const [, epoch = "0", version = "", release = ""] = /^(?:(\d+):)?(.*)-([^-]*)$/.exec(one.version) ?? [];
		return [
			"<package type=\"rpm\">",
			...[`<name>${escapeXml(one.name)}</name>`, `<arch>${escapeXml(one.architecture)}</arch>`],
			tag("version", {
				epoch,
				ver: version,
				rel: release
			}),
			`<checksum type="sha256">${one.sha256}</checksum>`,
			...[tag("size", { package: String(one.size) }), tag("location", { href: placeOf(one) })],
			...[
				"<rpm:provides>",
				...entries(one.provides),
				"</rpm:provides>"
			],
			...[
				"<rpm:requires>",
				...entries(one.requires),
				"</rpm:requires>"
			],
			"</package>"
		].join("\n");
	}).join("\n")}\n</metadata>\n`;
}
function tag(name, attributes) {
	return `<${name} ${Object.entries(attributes).map(([key, value]) => `${key}="${escapeXml(value)}"`).join(" ")}/>`;
}
function escapeXml(text) {
	return text.replace(CONTROL, " ").replace(/[&<>"]/g, (character) => `&#${character.charCodeAt(0)};`);
}

// src/local/packages.ts
/**
* Reads packages that the user brings, as a target of the distribution that a pattern names; also returns what is to be said
* of who made them. Throws InputError for a file that is no package, of another family, architecture or release than the
* rest, and for packages that are no kernel's.
*/
async function openPackages(files, patterns, { matrix, use, store, programs, gpgv, signal }) {
	const { distribution, release: wanted } = findDistribution(matrix, patterns);
	const brought = [];
	for (const file of files) {
		const one = await readPackageFile(file, {
			store,
			programs,
			signal
		});
		checkFits(one, distribution, brought);
		if (brought.every(({ sha256 }) => sha256 !== one.sha256)) brought.push(one);
	}
	const kernel = commonRelease(brought, distribution);
	if (wanted !== void 0 && wanted !== kernel) throw new InputError(`the packages are of kernel ${kernel}, not ${wanted}`, { remedy: `Name the target as ${distribution.id}, or give packages of ${wanted}.` });
	return {
		target: {
			id: distribution.id,
			kernel,
			arch: "x86_64",
			named: true,
			pinned: true,
			brought,
			use,
			content: digestValue(brought.map(({ sha256 }) => sha256)),
			distribution: await withPackages(distribution, brought, store.cache)
		},
		...await judgeSignatures(brought, distribution, gpgv, signal)
	};
}
function hasPackages(target) {
	return "brought" in target;
}
/**
* The kernel release that a package is of, as far as the matrix names it by one; undefined for another package. Of the RPM
* family it is what `<name>-uname-r` is provided as, or the name that the kernel's own spec file provides, else the version.
*/
function releaseOf(one, { packages, architecture }) {
	const { headers, image } = packages;
	for (const template of [...headers, ...image]) {
		const [prefix = "", suffix] = template.split("{kernel}");
		if (suffix === void 0) continue;
		const [release] = one.architecture === architecture ? betweenEnds([one.name], prefix, suffix) : [];
		if (release !== void 0 && /^\d+\.\d/.test(release)) return release;
		if (one.family === "rpm" && prefix === `${one.name}-` && suffix === "") return releaseOfRpm(one);
	}
}
function releaseOfRpm({ name, version, architecture, provides }) {
	return kernelRelease({
		name,
		evr: version,
		architecture
	}, (prefix) => provides.filter((one) => one.name.startsWith(prefix)).map((one) => ({
		name: one.name,
		...one.version === void 0 ? {} : { evr: one.version }
	})));
}
function findDistribution(matrix, patterns) {
	const ids = matrix.distributions.map(({ id }) => id);
	const [pattern = "", ...more] = patterns;
	const [id = "", release] = pattern.split("/", 2);
	const isNamed = matcher([id]);
	const [distribution, ...others] = matrix.distributions.filter((one) => isNamed(one.id));
	if (distribution && others.length === 0 && more.length === 0) return {
		distribution,
		...release === void 0 ? {} : { release }
	};
	const what = pattern === "" ? "--kernel-package goes with --target" : `--kernel-package goes with one distribution, not "${patterns.join("\", \"")}"`;
	throw new InputError(`${what}${pattern === "" ? "" : didYouMean(id, ids)}`, { remedy: `Name the distribution that the packages are of: ${ids.join(", ")}.` });
}
function checkFits(one, { id, family, architecture }, others) {
	const fault = (what, remedy) => new InputError(what, {
		where: one.named,
		remedy
	});
	if (one.family !== family) {
		const kinds = {
			debian: ".deb",
			rpm: ".rpm"
		};
		throw fault(`a ${kinds[one.family]} package, and ${id} has ${kinds[family]}`, "Name the target that it is of.");
	}
	if (![
		architecture,
		"all",
		"noarch"
	].includes(one.architecture)) throw fault(`${one.architecture === "src" ? "a source package" : `a package for ${one.architecture}`}, and ${id} is for ${architecture}`, `Give that for ${architecture}.`);
	const twin = others.find(({ name, sha256 }) => name === one.name && sha256 !== one.sha256);
	if (twin) throw fault(`${one.name} is given twice, as ${twin.version} and ${one.version}`, `The other is ${twin.named}.`);
}
function commonRelease(brought, distribution) {
	const [first, ...others] = brought.flatMap((one) => {
		const release = releaseOf(one, distribution);
		return release === void 0 ? [] : [{
			one,
			release
		}];
	});
	if (!first) {
		const { headers, image } = distribution.packages;
		const names = [...headers, ...image].filter((name) => name.includes("{kernel}"));
		throw new InputError(`none of the packages is of a kernel release: ${brought.map(({ name }) => name).join(", ")}`, { remedy: `Of ${distribution.id} those are ${names.map((name) => name.replace("{kernel}", "RELEASE")).join(", ")}.` });
	}
	const other = others.find(({ release }) => release !== first.release);
	if (!other) return first.release;
	throw new InputError(`the packages are of different kernels: ${first.release} and ${other.release}`, {
		where: `${first.one.named}, ${other.one.named}`,
		remedy: "Give headers and image of the same release."
	});
}
/** The user vouches for packages that are signed by nobody known; that is said. A .deb carries no signature of its own. */
async function judgeSignatures(brought, { id, family, archives }, gpgv, signal) {
	const nameOf = ({ name, version }) => `${name} ${version}`;
	if (family === "debian") return {
		notes: [`taken as given, since only the index of an archive would be signed: ${brought.map(nameOf).join(", ")}`],
		warnings: []
	};
	const keys = [...new Set(archives.flatMap((archive) => archive.keys))];
	const [notes, warnings] = [[], []];
	for (const one of brought) try {
		const { fingerprint } = await checkPackageSignature(one.path, keys, gpgv, signal);
		notes.push(`${nameOf(one)} is signed by a key of ${id} (${fingerprint})`);
	} catch (error) {
		if (!(error instanceof SignatureError)) throw error;
		const [reason = ""] = error.message.replace(`${one.path}: `, "").split("\n");
		if (!(error instanceof UnsignedError || error instanceof UnknownKeyError)) throw new InputError(reason, {
			where: one.named,
			remedy: "Take the package from where it is whole.",
			cause: error
		});
		warnings.push(`${nameOf(one)} is not signed by a key of ${id}, so it is taken at your word: ${reason}`);
	}
	return {
		notes,
		warnings
	};
}

// src/packages/debian/depends.ts
const relations = {
	"<<": "<<",
	"<=": "<=",
	"=": "=",
	">=": ">=",
	">>": ">>",
	"<": "<=",
	">": ">="
};
/**
* Parses a `Depends`, `Pre-Depends` or `Provides` field of a binary package (deb-control(5)): every element has to be
* met by one of its alternatives. `foreign` architectures (`gcc:i386`) are left out, as they are not offered here.
*/
function parseDepends(field, architecture) {
	return field.split(",").map((group) => group.split("|").flatMap((part) => parseAlternative(part.trim(), architecture))).filter((group) => group.length > 0);
}
function parseAlternative(text, architecture) {
	const match = /^([^\s:([]+)(?::([a-z0-9-]+))?\s*(?:\(\s*([<>=]+)\s*([^\s)]+)\s*\))?/.exec(text);
	if (!match?.[1]) return [];
	const [, name, qualifier = "any", sign, version] = match;
	if (qualifier !== "any" && qualifier !== "native" && qualifier !== architecture) return [];
	const relation = relations[sign ?? ""];
	return [relation === void 0 || version === void 0 ? { name } : {
		name,
		constraint: {
			relation,
			version
		}
	}];
}

// src/local/packages-lock.ts
const REMEDY = "Give that package too, with --kernel-package.";
/**
* The lock of a target of which the user brings packages: these, and the rest (the compiler above all) from the
* distribution's archives, or where none can be asked from the lock of another release of the distribution.
* Throws InputError naming the package that neither the user nor an archive has, EnvironmentError as `Obtainer.vouched`.
*/
async function lockPackages(target, options) {
	const { obtainer, frozen, signal } = options;
	const { builds, boots } = target.use;
	const key = digestValue([
		target.id,
		target.kernel,
		target.content,
		target.distribution,
		target.use
	]);
	const path = join(obtainer.store.cache, "locks", `${key}.json`);
	if (!frozen) {
		const known = await readLock(path).catch(() => void 0);
		if (known && await obtainer.store.has(known.packages)) {
			await markUsed(path);
			return describe$1(target, known, []);
		}
		try {
			const make = (offers) => lockParts(target, offers, {
				headers: builds,
				image: boots
			});
			const { lock, warnings } = await obtainer.vouched(target.distribution, make, signal);
			await writeLock(path, lock);
			return describe$1(target, lock, warnings);
		} catch (error) {
			if (!(error instanceof NotDeliveredError)) throw explainMissing(error, target);
			const sibling = await siblingOf(target, options.matrix);
			if (!sibling) throw error;
			return describe$1(target, adapt(sibling, target), [warningOf(sibling, target, error.message)]);
		}
	}
	const sibling = await siblingOf(target, options.matrix);
	if (sibling) return describe$1(target, adapt(sibling, target), []);
	throw new EnvironmentError(`${target.id} has no lock, and --frozen forbids to resolve anew`, { remedy: `Run: ovnfast lock --target ${target.id}` });
}
/** What a target of packages offers to modules: those of them that hold the kernel's headers, and nothing else. */
function lockInterface(target) {
	const own = target.brought.filter((one) => fillsAny(one, target, target.distribution.packages.headers));
	if (own.length === 0) throw missing(target, "headers");
	const pins = own.map(pinOf);
	const sysroots = { interface: pins.map(({ name }) => name) };
	return describe$1(target, {
		...headOf(target),
		indexes: [],
		sysroots,
		packages: pins
	}, []);
}
function describe$1(target, lock, warnings) {
	return {
		target,
		lock,
		digest: lockDigest(lock),
		origin: "unlocked",
		warnings
	};
}
/** An error of resolving is one of the user's: a package is missing. That an archive cannot be used is none. */
function explainMissing(error, { id, kernel }) {
	if (!(error instanceof EnvironmentError) || error.constructor !== EnvironmentError) return error;
	const [what = ""] = error.message.split("\n");
	return new InputError(`${id}/${kernel}: ${what}`, {
		remedy: REMEDY,
		cause: error
	});
}
/** The lock of the release next before it, or else next after it. */
async function siblingOf({ id, kernel }, { directory, locked }) {
	const releases = [...locked.get(id) ?? []].sort(compareReleases);
	const nearest = releases.findLast((release) => compareReleases(release, kernel) <= 0) ?? releases[0];
	return nearest === void 0 ? void 0 : await readLock(lockPath(directory, id, nearest));
}
function warningOf({ kernel }, target, reason) {
	return {
		kind: "not-locked",
		message: `${target.id}/${target.kernel}: the compiler and the rest are those locked for ${kernel}, as no archive could be asked: ${reason}`
	};
}
/** Another release's lock with the user's packages in place of those of its kernel. */
function adapt(sibling, target) {
	const { builds, boots } = target.use;
	const { headers, image } = target.distribution.packages;
	const prefixes = [...headers, ...image].flatMap((name) => name.includes("{kernel}") ? [name.split("{kernel}")[0] ?? ""] : []);
	const isOfKernel = (name) => prefixes.some((prefix) => name === prefix.slice(0, -1) || name.startsWith(prefix) && /^\d/.test(name.slice(prefix.length)));
	if (builds) requireAll(target, "headers");
	if (boots) requireAll(target, "image");
	const kept = sibling.packages.filter(({ name }) => !isOfKernel(name));
	const own = target.brought.map((one) => ({
		one,
		isImage: fillsAny(one, target, image)
	}));
	const names = new Set([...kept, ...target.brought].map(({ name }) => name));
	for (const { one } of own) for (const group of parseDepends(one.control.get("Depends") ?? "", target.distribution.architecture)) {
		const wanted = group.find(({ name }) => isOfKernel(name));
		if (builds && wanted && !group.some(({ name }) => names.has(name))) throw new InputError(`${one.name} needs ${wanted.name}`, {
			where: one.named,
			remedy: REMEDY
		});
	}
	const shared = (sysroot) => (sibling.sysroots[sysroot] ?? []).filter((name) => !isOfKernel(name));
	const chosen = (wanted) => own.filter(({ isImage }) => isImage === wanted).map(({ one }) => one.name);
	const sysroots = {
		headers: builds ? [...shared("headers"), ...chosen(false)].sort() : [],
		image: chosen(true).sort()
	};
	const used = /* @__PURE__ */ new Set([...sysroots.headers, ...sysroots.image]);
	const packages = [...kept, ...target.brought.map(pinOf)].filter(({ name }) => used.has(name));
	packages.sort((a, b) => a.name < b.name ? -1 : 1);
	return {
		...headOf(target),
		indexes: sibling.indexes,
		sysroots,
		packages
	};
}
function headOf({ id, kernel }) {
	return {
		schema: "ovnfast.lock/1",
		id,
		kernel
	};
}
function pinOf(one) {
	const { name, version, architecture, size, sha256 } = one;
	return {
		name,
		version,
		architecture,
		archive: "local",
		path: placeOf(one),
		size,
		sha256
	};
}
function requireAll(target, list) {
	for (const template of target.distribution.packages[list]) {
		if (!template.includes("{kernel}") || target.brought.some((one) => fillsAny(one, target, [template]))) continue;
		throw missing(target, list, template);
	}
}
function missing({ id, kernel, distribution }, list, template) {
	const name = template ?? distribution.packages[list].find((one) => one.includes("{kernel}")) ?? list;
	return new InputError(`${id}/${kernel}: no package given is ${name.replaceAll("{kernel}", kernel)}`, { remedy: REMEDY });
}
/** Whether a package is the one that some names of the matrix mean, with the target's release in place of `{kernel}`. */
function fillsAny(one, { kernel, distribution }, templates) {
	const { packages } = distribution;
	return templates.some((template) => {
		if (!template.includes("{kernel}")) return false;
		return releaseOf(one, {
			...distribution,
			packages: {
				...packages,
				headers: [template],
				image: []
			}
		}) === kernel;
	});
}

// src/packages/fetch-index.ts
/**
* The index file from the first mirror whose one `read` accepts, as what `read` makes of it; `read` throws SignatureError for
* a bad signature, MirrorFault for a file that is not what it should be. Throws SignatureError when there are none but bad signatures, NotDeliveredError, the signal's reason.
*/
async function fetchIndex({ archive, what, path, maximum, store, signal }, read) {
	const { transport, mirrors } = await store.open();
	const attempts = [];
	let forged = false;
	for (const mirror of mirrors.candidates(archive)) {
		const url = `${mirror.url}/${path}`;
		const wrong = mirror.likely ? "wrong" : "refused";
		for (let attempt = 1; attempt <= transport.limits.attempts; attempt++) try {
			if (attempt > 1) await transport.backoff(attempt, signal);
			const index = await read(await transport.getSmall(url, maximum, signal), url);
			mirrors.note(mirror, "good");
			return {
				index,
				rejected: attempts.filter(({ kind }) => kind === "wrong"),
				asked: [...attempts.map((one) => one.url), url]
			};
		} catch (error) {
			if (error instanceof SignatureError) {
				forged ||= mirror.likely;
				const said = error.message.startsWith(`${url}: `) ? error.message.slice(url.length + 2) : error.message;
				attempts.push({
					url,
					kind: wrong,
					reason: said
				});
				break;
			}
			if (!(error instanceof MirrorFault)) throw error;
			if (error.kind === "faulty" && attempt < transport.limits.attempts) continue;
			if (error.kind === "faulty" || error.kind === "unreachable") mirrors.note(mirror, "bad");
			attempts.push({
				url,
				kind: error.kind === "wrong" ? wrong : error.kind,
				reason: error.message
			});
			break;
		}
	}
	if (forged) throw new SignatureError(`no mirror has ${what} with a valid signature; tried:${listAttempts(attempts)}`, { remedy: `The keys that are trusted: ${archive.keys.join(", ")}.` });
	throw new NotDeliveredError(`no mirror serves ${what}`, attempts, "Check the network and the proxy, or name a mirror with --mirror or OVNFAST_MIRROR.");
}

// src/packages/rpm/yum-configuration.ts
/**
* Reads `yum.repos.d/*.repo`, `yum.conf` or `dnf/dnf.conf`, and the variables in `yum/vars` and `dnf/vars` below `directory`
* (usually /etc). Whatever is missing or unreadable counts as empty. `$releasever` and `$basearch` stay in the
* addresses, as what is built for is not the host. Formats: yum.conf(5), dnf.conf(5).
*/
async function readYumConfiguration(directory) {
	const main = await readText$1(join(directory, "dnf", "dnf.conf"), join(directory, "yum.conf"));
	const variables = new Map([...await readVariables(join(directory, "yum", "vars")), ...await readVariables(join(directory, "dnf", "vars"))]);
	const names = await readdir(join(directory, "yum.repos.d")).catch(() => []);
	const sections = parseIni(main);
	for (const name of names.filter((name) => name.endsWith(".repo")).sort()) sections.push(...parseIni(await readText$1(join(directory, "yum.repos.d", name))));
	return {
		repositories: sections.filter(({ name }) => name !== "main").flatMap((section) => addresses(section, variables)),
		proxy: proxyOf(sections.find(({ name }) => name === "main")?.values)
	};
}
/** The content of the first of some files that is there. */
async function readText$1(...paths) {
	for (const path of paths) {
		const text = await readFile(path, "utf8").catch(() => void 0);
		if (text !== void 0) return text;
	}
	return "";
}
async function readVariables(directory) {
	const names = await readdir(directory).catch(() => []);
	return Promise.all(names.map(async (name) => [name, (await readText$1(join(directory, name))).trim()]));
}
/** `[section]`, `key = value` with continuation lines, `#` and `;` comments. */
function parseIni(text) {
	const sections = [];
	let key = "";
	for (const line of text.split(/\r?\n/)) {
		if (/^\s*(?:[#;]|$)/.test(line)) continue;
		const [, name] = /^\[([^\]]+)\]/.exec(line) ?? [];
		const values = sections.at(-1)?.values;
		if (name !== void 0) {
			sections.push({
				name,
				values: /* @__PURE__ */ new Map()
			});
			key = "";
		} else if (/^\s/.test(line)) {
			if (key !== "") values?.set(key, `${values.get(key)} ${line.trim()}`);
		} else {
			const [, found = "", value = ""] = /^([^=\s]+)\s*=\s*(.*)$/.exec(line) ?? [];
			key = found.toLowerCase();
			if (key !== "") values?.set(key, value.trim());
		}
	}
	return sections;
}
/** Only http and https are for us; a mirrorlist would name servers that nobody chose. */
function addresses({ values }, variables) {
	if (/^(?:0|no|false|off)$/i.test(values.get("enabled") ?? "1")) return [];
	return (values.get("baseurl") ?? "").split(/[\s,]+/).map((url) => url.replace(/\$\{?(\w+)\}?/g, (all, name) => variables.get(name) ?? all)).filter((url) => /^https?:\/\/[^/$]/.test(url)).map((url) => url.replace(/\/+$/, ""));
}
function proxyOf(main) {
	const proxy = main?.get("proxy") ?? "";
	if (!/^https?:\/\//.test(proxy) || !URL.canParse(proxy)) return {};
	const url = new URL(proxy);
	url.username ||= main?.get("proxy_username") ?? "";
	url.password ||= main?.get("proxy_password") ?? "";
	const address = url.href.replace(/\/$/, "");
	return {
		http: address,
		https: address
	};
}
/**
* The base address of an archive, when a repository of the host's configuration is one of the archive's `repositories`: its
* address without the path of that. A variable stands for anything, but not in what is left.
*/
function baseOf(address, repositories) {
	const own = address.split("/");
	for (const repository of repositories) {
		const path = repository.split("/");
		const end = own.slice(-path.length);
		const base = own.slice(0, -path.length).join("/");
		if (path.every((part, index) => isAlike(end[index] ?? "", part)) && !base.includes("$") && /^https?:\/\/./.test(base) && URL.canParse(base)) return base;
	}
}
/** Whether a part of a path with variables can be another one. */
function isAlike(pattern, part) {
	const [first = "", ...others] = pattern.split(/\$\{?\w+\}?/);
	if (others.length === 0) return pattern === part;
	const last = others.at(-1) ?? "";
	return part.length > first.length + last.length && part.startsWith(first) && part.endsWith(last);
}

// src/packages/mirrors.ts
/** InRelease files of Debian are below 200 kB, repomd.xml files below 20 kB. */
const maximumIndexSize = 4 << 20;
/** Says which base addresses to ask for an archive, in which order, and remembers how they did. */
var Mirrors = class {
	transport;
	given;
	host;
	conduct = /* @__PURE__ */ new Map();
	probes = /* @__PURE__ */ new Map();
	constructor(transport, given, host) {
		this.transport = transport;
		this.given = given.map((url) => url.replace(/\/+$/, ""));
		this.host = host;
	}
	/**
	* Order: given by the user, the host's configuration (of apt, and of yum for the RPM family), public mirrors, the snapshot archive at `timestamp`
	* (`20260101T000000Z`). Those that could not be reached lately come last within that order.
	*/
	candidates(archive, timestamp) {
		const isBad = ({ url }) => Number(this.conduct.get(url) === "bad");
		return this.configured(archive, timestamp).sort((a, b) => isBad(a) - isBad(b));
	}
	/** As `candidates`, however they did so far. */
	configured(archive, timestamp) {
		const all = [
			...this.given.flatMap((url) => spellings(url, archive, "given")),
			...this.ofHost(archive),
			...archive.mirrors.map((url) => ({
				url,
				origin: "public",
				likely: true
			})),
			...archive.snapshot !== void 0 && timestamp !== void 0 ? [{
				url: `${archive.snapshot}/${timestamp}`,
				origin: "snapshot",
				likely: true
			}] : []
		];
		return all.filter(({ url }, index) => all.findIndex((other) => other.url === url) === index);
	}
	ofHost(archive) {
		const yum = this.host.repositories.flatMap((address) => {
			const url = archive.family === "rpm" ? baseOf(address, archive.suites) : void 0;
			return url === void 0 ? [] : [{
				url,
				origin: "yum",
				likely: true
			}];
		});
		const urls = [...new Set(this.host.sources.map(({ url }) => url))];
		const count = archive.family === "rpm" ? 1 : 2;
		const apt = urls.flatMap((url) => spellings(url, archive, "apt").slice(0, count));
		return [...yum, ...apt.sort((a, b) => Number(b.likely) - Number(a.likely))];
	}
	/** Remembers how a mirror did, for the order of the next candidates. */
	note(mirror, conduct) {
		this.conduct.set(mirror.url, conduct);
	}
	/** Asks once whether a mirror has the archive. Throws MirrorFault when it has not, or the signal's reason. */
	async probe(mirror, archive, signal) {
		if (mirror.likely) return;
		const { path, mark } = firstIndex(archive);
		const url = `${mirror.url}/${path}`;
		let answer = this.probes.get(url);
		if (!answer) {
			answer = this.transport.getSmall(url, maximumIndexSize, signal).then((body) => body.includes(mark) ? void 0 : new MirrorFault("refused", "is no index of packages"), (error) => {
				if (error instanceof MirrorFault) return error;
				this.probes.delete(url);
				throw error;
			});
			this.probes.set(url, answer);
		}
		const fault = await answer.catch((error) => {
			signal.throwIfAborted();
			throw error;
		});
		if (fault) throw new MirrorFault("refused", `is no mirror of ${archive.name} (${url} ${fault.message})`);
	}
};
/** A file that every mirror of an archive has, and what it has in it. */
function firstIndex({ family, suites }) {
	const [first] = suites;
	return family === "rpm" ? {
		path: `${first}/repodata/repomd.xml`,
		mark: "<repomd"
	} : {
		path: `dists/${first}/InRelease`,
		mark: "BEGIN PGP SIGNED MESSAGE"
	};
}
/**
* A base address as configured may be the archive itself, the archive beside it (`/debian` and `/debian-security`
* share most servers), or the server's root.
*/
function spellings(url, { name }, origin) {
	const last = new URL(url).pathname.split("/").pop() ?? "";
	if (last === name) return [{
		url,
		origin,
		likely: true
	}];
	return [{
		url: last === "" ? `${url}/${name}` : url.replace(/[^/]*$/, name),
		origin,
		likely: false
	}, {
		url,
		origin,
		likely: false
	}];
}

// src/packages/debian/version.ts
/** Compares two Debian versions as dpkg does (deb-version(7)): negative, 0 or positive. */
function compareVersions(a, b) {
	if (a === b) return 0;
	const left = split(a);
	const right = split(b);
	return left.epoch - right.epoch || compareParts(left.upstream, right.upstream) || compareParts(left.revision, right.revision);
}
function split(version) {
	const colon = version.indexOf(":");
	const dash = version.lastIndexOf("-");
	return {
		epoch: colon < 0 ? 0 : Number(version.slice(0, colon)),
		upstream: version.slice(colon + 1, dash < 0 ? void 0 : dash),
		revision: dash < 0 ? "" : version.slice(dash + 1)
	};
}
/** Alternately a part without digits, by characters, and a number, as a number. */
function compareParts(a, b) {
	let i = 0;
	let j = 0;
	while (i < a.length || j < b.length) {
		while (i < a.length && !isDigit(a, i) || j < b.length && !isDigit(b, j)) {
			const difference = weight(a, i) - weight(b, j);
			if (difference !== 0) return difference;
			i++;
			j++;
		}
		while (a[i] === "0") i++;
		while (b[j] === "0") j++;
		let firstDifference = 0;
		while (isDigit(a, i) && isDigit(b, j)) {
			firstDifference ||= a.charCodeAt(i) - b.charCodeAt(j);
			i++;
			j++;
		}
		if (isDigit(a, i)) return 1;
		if (isDigit(b, j)) return -1;
		if (firstDifference !== 0) return firstDifference;
	}
	return 0;
}
function isDigit(text, index) {
	const code = text.charCodeAt(index);
	return code >= 48 && code <= 57;
}
/** A tilde sorts before the end, the end and digits before letters, letters before everything else. */
function weight(text, index) {
	if (index >= text.length || isDigit(text, index)) return 0;
	const code = text.charCodeAt(index);
	if (code === 126) return -1;
	return code >= 65 && code <= 90 || code >= 97 && code <= 122 ? code : code + 256;
}
/** Whether `version` stands in `relation` to `other`. */
function satisfies(version, relation, other) {
	const order = compareVersions(version, other);
	switch (relation) {
		case "<<": return order < 0;
		case "<=": return order <= 0;
		case "=": return order === 0;
		case ">=": return order >= 0;
		case ">>": return order > 0;
	}
}

// src/packages/debian/closure.ts
/**
* The packages that `roots` need (`Pre-Depends` and `Depends`, nothing recommended), roots included, sorted by name.
* Always the newest version that fits from all suites; of alternatives one that is chosen already, else the first that
* is offered. Throws EnvironmentError saying what needs the package that is not offered.
*/
function resolve$2(index, roots, options) {
	const limits = /* @__PURE__ */ new Map();
	for (let round = 0; round < 100; round++) {
		const conflict = new Closure$1(index, options, limits).run(roots);
		if (Array.isArray(conflict)) return conflict;
		limits.set(conflict.name, [...limits.get(conflict.name) ?? [], conflict.constraint]);
	}
	throw new EnvironmentError(`the dependencies of ${roots.join(", ")} contradict each other`);
}
const priorities = [
	"required",
	"important",
	"standard",
	"optional",
	"extra"
];
var Closure$1 = class {
	index;
	architecture;
	isExcluded;
	limits;
	chosen = /* @__PURE__ */ new Map();
	/** Names that chosen packages provide, with the version they provide them as. */
	provided = /* @__PURE__ */ new Map();
	reasons = /* @__PURE__ */ new Map();
	constructor(index, options, limits) {
		this.index = index;
		this.architecture = options.architecture;
		this.isExcluded = matcher(options.exclude ?? []);
		this.limits = limits;
	}
	run(roots) {
		const needs = roots.map((name) => ({
			group: [{ name }],
			by: ""
		}));
		for (let need = needs.shift(); need; need = needs.shift()) {
			const { group, by } = need;
			if (group.some((alternative) => this.isMet(alternative))) continue;
			if (by !== "" && group.some(({ name }) => this.isExcluded(name))) continue;
			const answer = this.answer(group);
			if (answer === void 0) throw this.unmet(need);
			if ("constraint" in answer) return answer;
			this.choose(answer, by);
			for (const next of parseDepends(answer.depends, this.architecture)) needs.push({
				group: next,
				by: answer.name
			});
		}
		return [...this.chosen.values()].map(({ name, version, architecture, archive, path, size, sha256 }) => {
			return {
				name,
				version,
				architecture,
				archive,
				path,
				size,
				sha256
			};
		}).sort((a, b) => a.name < b.name ? -1 : 1);
	}
	isMet({ name, constraint }) {
		return [this.chosen.get(name)?.version, ...this.provided.get(name) ?? []].some((version) => version !== void 0 && fits(version, constraint));
	}
	/** What meets the first alternative that can be met: a package, or the insight that one has to be chosen otherwise. */
	answer(group) {
		for (const alternative of group) {
			const newest = this.newest(alternative);
			const { name, constraint } = alternative;
			if (newest && constraint && this.chosen.has(name)) return {
				name,
				constraint
			};
			const found = newest ?? this.provider(alternative);
			if (found && !this.chosen.has(found.name)) return found;
		}
	}
	newest({ name, constraint }) {
		const constraints = [...this.limits.get(name) ?? [], ...constraint ? [constraint] : []];
		return this.index.packages(name).filter(({ version }) => constraints.every((one) => fits(version, one))).sort((a, b) => compareVersions(b.version, a.version) || (a.archive < b.archive ? -1 : 1))[0];
	}
	/** A package that provides the name: by priority as apt does, then by name. */
	provider({ name, constraint }) {
		return this.index.providers(name).filter(({ version }) => constraint ? version !== "" && fits(version, constraint) : true).map(({ provider, providerVersion }) => this.newest({
			name: provider,
			constraint: {
				relation: "=",
				version: providerVersion
			}
		})).filter((found) => found !== void 0).sort((a, b) => rank$1(a) - rank$1(b) || (a.name < b.name ? -1 : 1) || compareVersions(b.version, a.version))[0];
	}
	choose(found, by) {
		this.chosen.set(found.name, found);
		this.reasons.set(found.name, by);
		for (const { name, constraint } of parseDepends(found.provides, this.architecture).flat()) this.provided.set(name, [...this.provided.get(name) ?? [], constraint?.version ?? ""]);
	}
	unmet({ group, by }) {
		const wanted = group.map(({ name, constraint }) => {
			return constraint ? `${name} (${constraint.relation} ${constraint.version})` : name;
		});
		const chain = [];
		for (let name = by; name !== ""; name = this.reasons.get(name) ?? "") chain.unshift(name);
		const needed = chain.length > 0 ? `, which is needed by ${chain.join(" -> ")}` : "";
		return new EnvironmentError(`no suite offers ${wanted.join(" | ")}${needed}`, { remedy: "Check the package lists and suites of this distribution in the matrix file." });
	}
};
/** A name that is provided without a version (`''`) meets no constraint, as deb-control(5) says. */
function fits(version, constraint) {
	if (!constraint) return true;
	return version !== "" && satisfies(version, constraint.relation, constraint.version);
}
function rank$1({ priority }) {
	const index = priorities.indexOf(priority);
	return index < 0 ? priorities.length : index;
}

// src/packages/debian/index-table.ts
/** Looks names up in the table of a Packages file. */
var IndexTable = class {
	file;
	/** Throws the error of `open` when there is no such file. */
	constructor(path) {
		this.file = new SortedFile(path);
	}
	packages(name) {
		return this.file.lines(`${name}\t`).flatMap((line) => {
			const [, version = "", architecture = "", priority = "", path = "", size, sha256 = "", depends = "", provides = ""] = line.split("	");
			if (version === "") return [];
			return [{
				name,
				version,
				architecture,
				priority,
				path,
				size: Number(size),
				sha256,
				depends,
				provides
			}];
		});
	}
	providers(name) {
		return this.file.lines(`${name}\t`).flatMap((line) => {
			const [, marker, provider = "", providerVersion = "", version = ""] = line.split("	");
			return marker === "" ? [{
				provider,
				providerVersion,
				version
			}] : [];
		});
	}
	/** Names of all packages that start with `prefix`. */
	names(prefix) {
		return this.file.names(prefix);
	}
	[Symbol.dispose]() {
		this.file[Symbol.dispose]();
	}
};

// src/packages/debian/release.ts
/** Reads armoured OpenPGP keys. Throws InputError naming the file that is no key. */
async function readTrustedKeys(paths) {
	return (await Promise.all(paths.map(async (path) => {
		try {
			return await readKeys({ armoredKeys: await readFile(path, "utf8") });
		} catch (cause) {
			throw new InputError(`not a readable OpenPGP key (${cause.message})`, {
				where: path,
				cause
			});
		}
	}))).flat().map((key) => key.toPublic());
}
/**
* Checks the signature of an InRelease file and reads what was signed; text outside the signed part is never looked at.
* One good signature by one of `keys` is enough, as for apt. Throws SignatureError with `where`.
*/
async function readRelease(text, keys, where) {
	let fingerprint;
	let signed = "";
	const faults = [];
	try {
		const message = await readCleartextMessage({ cleartextMessage: text });
		const { signatures } = await verify$7({
			message,
			verificationKeys: keys
		});
		for (const { keyID, verified } of signatures) try {
			await verified;
			fingerprint ??= keys.find((key) => key.getKeys(keyID).length > 0)?.getFingerprint().toUpperCase();
		} catch (error) {
			faults.push(error.message);
		}
		signed = message.getText();
	} catch (error) {
		faults.push(error.message);
	}
	if (fingerprint === void 0) throw new SignatureError(`the signature is not valid (${faults.join("; ") || "there is none"})`, { where });
	return {
		...parseRelease(signed),
		signedBy: fingerprint
	};
}
/** The fields of a Release file: https://wiki.debian.org/DebianRepository/Format */
function parseRelease(text) {
	const fields = /* @__PURE__ */ new Map();
	const files = /* @__PURE__ */ new Map();
	let list = "";
	for (const line of text.split(/\r?\n/)) {
		const field = /^([^\s:]+):\s*(.*)$/.exec(line);
		if (field) {
			list = field[1] ?? "";
			fields.set(list, field[2] ?? "");
		} else if (list === "SHA256") {
			const [sha256, size, path] = line.trim().split(/\s+/);
			if (sha256 && /^[0-9a-f]{64}$/.test(sha256) && size && path) files.set(path, {
				sha256,
				size: Number(size)
			});
		}
	}
	const validUntil = isoDate(fields.get("Valid-Until"));
	return {
		suite: fields.get("Suite") ?? "",
		codename: fields.get("Codename") ?? "",
		date: isoDate(fields.get("Date")) ?? "",
		...validUntil === void 0 ? {} : { validUntil },
		byHash: fields.get("Acquire-By-Hash") === "yes",
		files
	};
}
function isoDate(text) {
	const time = Date.parse(text ?? "");
	return Number.isNaN(time) ? void 0 : new Date(time).toISOString().replace(".000Z", "Z");
}

// src/packages/debian/package-index.ts
/** All that some suites of the Debian family offer together, with signatures checked. */
var PackageIndex = class {
	references;
	warnings;
	asked;
	tables;
	constructor(tables, references = [], warnings = [], asked = []) {
		this.tables = tables;
		this.references = references;
		this.warnings = warnings;
		this.asked = asked;
	}
	packages(name) {
		const own = this.tables.find(({ overrides, table }) => overrides && table.packages(name).length > 0);
		return (own ? [own] : this.tables).flatMap(({ archive, table }) => table.packages(name).map((entry) => ({
			...entry,
			archive
		})));
	}
	providers(name) {
		return this.tables.flatMap(({ table }) => table.providers(name));
	}
	releases(distribution) {
		return commonReleases(distribution, (prefix, suffix) => betweenEnds(this.names(prefix), prefix, suffix));
	}
	async resolve(roots, options) {
		return resolve$2(this, roots, options);
	}
	async has({ name, sha256 }) {
		return this.packages(name).some((offered) => offered.sha256 === sha256);
	}
	[Symbol.dispose]() {
		for (const { table } of this.tables) table[Symbol.dispose]();
	}
	/** Names of all packages that start with `prefix`. */
	names(prefix) {
		return [...new Set(this.tables.flatMap(({ table }) => table.names(prefix)))];
	}
};
/**
* Opens the signed indexes of all suites of `archives`. Parsed indexes are kept by digest, so only the small InRelease
* files are asked for again. An expired index is accepted with a warning, as suites at the end of their life have no other.
* Throws SignatureError, NotDeliveredError (both EnvironmentError), InputError for a bad key file, the signal's reason.
*/
async function openIndex(archives, store, signal) {
	const warnings = [];
	const addresses = [];
	const wanted = archives.filter(({ table }) => table === void 0).flatMap((archive) => archive.suites.map((suite) => ({
		archive,
		suite
	})));
	try {
		const tables = (await Promise.all(wanted.map(async ({ archive, suite }) => {
			const { index: release, rejected, asked } = await fetchRelease(archive, suite, await readTrustedKeys(archive.keys), store, signal);
			addresses.push(...asked);
			if (rejected.length > 0) {
				const message = `the index of ${suite} was refused from some mirrors:${listAttempts(rejected)}`;
				warnings.push({
					kind: "rejected-index",
					message
				});
			}
			const { validUntil } = release;
			const expired = validUntil !== void 0 && Date.parse(validUntil) < Date.now() ? validUntil : void 0;
			if (expired !== void 0) {
				const message = `the index of ${suite} was valid until ${expired}; its packages get no updates`;
				warnings.push({
					kind: "expired-index",
					message
				});
			}
			return Promise.all(archive.components.map(async (component) => {
				const { table, sha256 } = await loadTable(archive, suite, component, release, store, signal);
				const reference = {
					archive: archive.name,
					suite,
					component,
					date: release.date,
					sha256,
					signedBy: release.signedBy,
					...expired === void 0 ? {} : { expired }
				};
				return {
					archive: archive.name,
					table,
					reference
				};
			}));
		}))).flat();
		const brought = archives.flatMap(({ name, table }) => table === void 0 ? [] : [{
			archive: name,
			table: new IndexTable(table),
			overrides: true
		}]);
		return new PackageIndex([...brought, ...tables], tables.map(({ reference }) => reference), warnings.sort((a, b) => a.message < b.message ? -1 : 1), addresses.sort());
	} catch (error) {
		throw explainStorage(error, store.cache);
	}
}
/** The InRelease file of a suite from the first mirror that has one with a good signature. */
async function fetchRelease(archive, suite, keys, store, signal) {
	const path = `dists/${suite}/InRelease`;
	const wanted = {
		archive,
		what: `the index of ${suite}`,
		path,
		maximum: maximumIndexSize,
		store,
		signal
	};
	return fetchIndex(wanted, async (content, url) => {
		const release = await readRelease(content.toString("utf8"), keys, url);
		if ([release.suite, release.codename].includes(suite)) return release;
		throw new MirrorFault("wrong", `is of ${release.codename || release.suite}, not ${suite}`);
	});
}
/** The parsed Packages file of one component: from the cache by its digest, else downloaded, checked and parsed. */
async function loadTable(archive, suite, component, release, store, signal) {
	const directory = `${component}/binary-${archive.architecture}`;
	for (const compression of ["xz", "gz"]) {
		const name = `${directory}/Packages.${compression}`;
		const listed = release.files.get(name);
		if (!listed) continue;
		const { sha256, size } = listed;
		const cached = join(store.cache, "indexes", `${sha256}.${3}.table`);
		if (await markUsed(cached)) return {
			table: new IndexTable(cached),
			sha256
		};
		const base = `dists/${suite}`;
		const byHash = release.byHash ? [`${base}/${directory}/by-hash/SHA256/${sha256}`] : [];
		const { transport, mirrors } = await store.open();
		const destination = temporaryName(cached);
		const fresh = temporaryName(cached);
		const file = {
			what: `the package index of ${suite}`,
			paths: [...byHash, `${base}/${name}`],
			size,
			sha256
		};
		try {
			await download(transport, mirrors, {
				file,
				archive,
				destination,
				signal
			});
			await store.parsing(() => {
				signal.throwIfAborted();
				return writeTable$1(destination, compression === "gz" ? "gzip" : compression, fresh);
			});
			await rename(fresh, cached);
			return {
				table: new IndexTable(cached),
				sha256
			};
		} finally {
			await rm(destination, { force: true });
			await rm(fresh, { force: true });
		}
	}
	throw new EnvironmentError(`the index of ${suite} lists no ${directory}/Packages.xz`, { remedy: "Check components and architecture of this archive in the matrix file." });
}

// src/packages/rpm/dependency.ts
/** Longest and deepest boolean dependency that is read. */
const maximumLength = 16384;
const maximumDepth = 16;
/** Reads `name`, `name >= 1.0-1` or a boolean dependency in parentheses. Returns undefined for what is none of these. */
function parseDependency(text) {
	return text.startsWith("(") ? new Reader(text).whole() : parseSimple(text.split(" "));
}
function parseSimple([name, sense, evr, ...rest]) {
	if (!name || rest.length > 0) return void 0;
	if (sense === void 0) return {
		kind: "simple",
		name
	};
	if (!evr || !/^(?:[<>]=?|=)$/.test(sense)) return void 0;
	return {
		kind: "simple",
		name,
		sense,
		evr
	};
}
const operators = /* @__PURE__ */ new Set([
	"and",
	"or",
	"with",
	"without",
	"if",
	"unless",
	"else"
]);
/** Reads a boolean dependency, word by word. */
var Reader = class {
	words;
	at = 0;
	constructor(text) {
		this.words = text.length > maximumLength ? [] : splitWords(text);
	}
	whole() {
		const read = this.group(0);
		return this.at === this.words.length ? read : void 0;
	}
	group(depth) {
		if (this.words[this.at++] !== "(" || depth > maximumDepth) return void 0;
		const first = this.operand(depth);
		if (!first) return void 0;
		const kind = this.words[this.at];
		let read = first;
		if (kind === "if" || kind === "unless") read = this.conditional(kind, first, depth);
		else if (kind === "and" || kind === "or" || kind === "with" || kind === "without") {
			const parts = [first];
			while (this.words[this.at] === kind) {
				this.at++;
				const part = this.operand(depth);
				if (!part) return void 0;
				parts.push(part);
			}
			read = {
				kind,
				parts
			};
		}
		return this.words[this.at++] === ")" ? read : void 0;
	}
	conditional(kind, what, depth) {
		this.at++;
		const condition = this.operand(depth);
		if (!condition) return void 0;
		if (this.words[this.at] !== "else") return {
			kind,
			what,
			condition
		};
		this.at++;
		const otherwise = this.operand(depth);
		return otherwise && {
			kind,
			what,
			condition,
			otherwise
		};
	}
	operand(depth) {
		if (this.words[this.at] === "(") return this.group(depth + 1);
		const start = this.at;
		while (this.at < this.words.length && !this.ends(this.words[this.at] ?? "")) this.at++;
		return parseSimple(this.words.slice(start, this.at));
	}
	ends(word) {
		return word === "(" || word === ")" || operators.has(word);
	}
};
/** Parentheses are words of their own unless they belong to a name: `(libfoo.so.1()(64bit) if bar)`. */
function splitWords(text) {
	const words = [];
	for (const part of text.split(/\s+/).filter(Boolean)) {
		let rest = part;
		while (rest.startsWith("(")) {
			words.push("(");
			rest = rest.slice(1);
		}
		const trailing = rest.length - rest.replace(/\)+$/, "").length;
		const closing = Math.max(0, Math.min(trailing, count(rest, ")") - count(rest, "(")));
		const name = rest.slice(0, rest.length - closing);
		if (name !== "") words.push(name);
		words.push(...")".repeat(closing));
	}
	return words;
}
function count(text, sign) {
	return text.split(sign).length - 1;
}
/** As it is written in a package. */
function formatDependency(dependency) {
	switch (dependency.kind) {
		case "simple": {
			const { name, sense, evr } = dependency;
			return sense === void 0 ? name : `${name} ${sense} ${evr}`;
		}
		case "if":
		case "unless": {
			const { kind, what, condition, otherwise } = dependency;
			const last = otherwise ? ` else ${formatDependency(otherwise)}` : "";
			return `(${formatDependency(what)} ${kind} ${formatDependency(condition)}${last})`;
		}
		default: return `(${dependency.parts.map(formatDependency).join(` ${dependency.kind} `)})`;
	}
}

// src/packages/rpm/choice.ts
/**
* Packages that would do, of each name the newest, best first. Those that others of them make obsolete and those that conflict
* with what is chosen are left out while there are others. As for dnf: first one that something chosen recommends, or
* else suggests, then the one that provides what is wanted in the highest version. Where dnf leaves it to the order of the
* metadata: one of that very name, else the one with the shortest name, then the first by name.
*/
function rank(candidates, { packages, wanted, chosen, isOne }) {
	const isObsolete = (one) => candidates.some((other) => other.name !== one.name && hits(other.obsoletes, one));
	const inForce = candidates.filter((one) => !isObsolete(one));
	const left = newestOfEach([
		inForce.filter((one) => !conflicts(one, chosen)),
		inForce,
		candidates
	].find((list) => list.length > 0) ?? []);
	if (left.length < 2) return left;
	const liking = (one) => {
		if (chosen.some(({ recommends }) => recommends.some((text) => isOne(text, one)))) return 2;
		return chosen.some(({ suggests }) => suggests.some((text) => isOne(text, one))) ? 1 : 0;
	};
	const likings = new Map(left.map((one) => [one, liking(one)]));
	const versions = new Map(left.map((one) => [one, packages.versionProvided(one, wanted)]));
	return left.sort((a, b) => (likings.get(b) ?? 0) - (likings.get(a) ?? 0) || compareEvr(versions.get(b) ?? "", versions.get(a) ?? "") || Number(b.name === wanted) - Number(a.name === wanted) || a.name.length - b.name.length || (a.name < b.name ? -1 : 1));
}
/** Whether a package cannot be installed beside others, by what it says or they say. */
function conflicts(one, others) {
	return others.some((other) => hits(other.conflicts, one) || hits(one.conflicts, other));
}
/** Of each name the newest package, of two of one version that for this machine. */
function newestOfEach(packages) {
	const newest = /* @__PURE__ */ new Map();
	for (const one of packages) {
		const other = newest.get(one.name);
		const order = other ? compareEvr(one.evr, other.evr) : 1;
		if (order > 0 || order === 0 && other?.architecture === "noarch") newest.set(one.name, one);
	}
	return [...newest.values()];
}
/** Whether one of these dependencies (of `Conflicts` or `Obsoletes`) is on a package by its name. */
function hits(dependencies, { name, evr }) {
	return dependencies.some((text) => {
		const simple = parseDependency(text);
		return simple?.kind === "simple" && simple.name === name && overlaps(simple, {
			sense: "=",
			evr
		});
	});
}

// src/packages/rpm/closure.ts
/**
* The packages that `roots` need, roots included, sorted by name. Of each name there is one, in the newest version that
* fits. As in dnf's solver, what leaves no choice is taken first, see `rank` for the rest, and no choice is kept that another
* package, which is there for another reason, makes needless, or whose own dependencies cannot be met while there is another.
* A dependency that only excluded packages meet counts as met.
* Throws EnvironmentError saying what needs the package that is not offered, FilelistsNeeded.
*/
function resolve$1(packages, roots, options) {
	const lessons = {
		limits: /* @__PURE__ */ new Map(),
		preferred: /* @__PURE__ */ new Map(),
		unfit: /* @__PURE__ */ new Set()
	};
	let missing;
	for (let round = 0; round < 200; round++) {
		const lesson = new Closure(packages, options, lessons).run(roots);
		if (Array.isArray(lesson)) return lesson;
		switch (lesson.kind) {
			case "preferred":
				lessons.preferred.set(formatDependency(lesson.dependency), lesson.name);
				break;
			case "limit":
				lessons.limits.set(lesson.name, [...lessons.limits.get(lesson.name) ?? [], lesson.dependency]);
				break;
			case "missing":
				missing ??= lesson.error;
				if (!lesson.unfit) throw missing;
				lessons.unfit.add(lesson.unfit);
		}
	}
	throw missing ?? new EnvironmentError(`the dependencies of ${roots.join(", ")} contradict each other`);
}
var Closure = class {
	packages;
	isExcluded;
	wantsNothing;
	lessons;
	chosen = /* @__PURE__ */ new Map();
	reasons = /* @__PURE__ */ new Map();
	needs = [];
	/** Those that several packages would meet, and how they were met. */
	choices = [];
	made = [];
	/** Those that hang on what else is chosen. */
	conditional = [];
	constructor(packages, { exclude = [] }, lessons) {
		this.packages = packages;
		this.isExcluded = matcher(exclude);
		this.wantsNothing = exclude.includes("*");
		this.lessons = lessons;
	}
	run(roots) {
		for (const root of roots) {
			const found = findRoot(this.packages, root).filter((one) => this.isWithinLimits(one));
			if (found.some((one) => this.chosen.get(one.name) === one)) continue;
			const lesson = this.take({
				dependency: {
					kind: "simple",
					name: root
				},
				by: ""
			}, found);
			if (lesson) return lesson;
		}
		for (let step = this.next(); step; step = this.next()) {
			const lesson = step();
			if (lesson) return lesson;
		}
		const needless = this.needless();
		if (needless) return needless;
		return [...this.chosen.values()].map(({ name, evr, architecture, archive, path, size, sha256 }) => {
			return {
				name,
				version: evr,
				architecture,
				archive,
				path,
				size,
				sha256
			};
		}).sort((a, b) => a.name < b.name ? -1 : 1);
	}
	/** What to do next: what leaves no choice and what conditions ask for then, which may settle choices; then one choice. */
	next() {
		if (this.needs.length === 0) this.needs.push(...this.decide(true));
		const need = this.needs.shift();
		if (need) return () => this.meet(need);
		const choice = this.choices.shift();
		if (choice) return () => this.pick(choice);
		this.needs.push(...this.decide(false));
		return this.needs.length > 0 ? () => void 0 : void 0;
	}
	meet({ dependency, by }) {
		switch (dependency.kind) {
			case "and":
				this.needs.unshift(...dependency.parts.map((part) => ({
					dependency: part,
					by
				})));
				return;
			case "if":
			case "unless":
				this.conditional.push({
					dependency,
					by
				});
				return;
		}
		if (this.isExcluded(nameOf(dependency)) || this.isMet(dependency)) return void 0;
		const candidates = this.candidates(dependency);
		if (dependency.kind !== "or" && new Set(candidates.map(({ name }) => name)).size < 2) return this.take({
			dependency,
			by
		}, candidates);
		this.choices.push({
			dependency,
			by
		});
	}
	/** Chooses, unless what was chosen for another reason will do: the first alternative that is possible, or a package. */
	pick({ dependency, by }) {
		if (this.isMet(dependency)) return void 0;
		const preferred = this.lessons.preferred.get(formatDependency(dependency));
		const hasPreferred = (part) => this.candidates(part).some(({ name }) => name === preferred);
		const possible = dependency.kind === "or" && (dependency.parts.find(hasPreferred) ?? dependency.parts.find((part) => this.isPossible(part, true)) ?? dependency.parts.find((part) => this.isPossible(part)));
		if (!possible) return this.take({
			dependency,
			by
		}, this.candidates(dependency));
		this.made.push({
			dependency,
			by: possible
		});
		this.needs.push({
			dependency: possible,
			by
		});
	}
	/** A choice that was made in vain, as a package that came later for another reason meets the dependency too. */
	needless() {
		for (const { dependency, by } of this.made) {
			if (this.lessons.preferred.has(formatDependency(dependency))) continue;
			const isOwn = (one) => "kind" in by ? this.meeting(by).includes(one) : by === one;
			const other = this.meeting(dependency).find((one) => this.chosen.get(one.name) === one && !isOwn(one));
			if (other) return {
				kind: "preferred",
				name: other.name,
				dependency
			};
		}
	}
	/**
	* What conditional dependencies call for now. While there is more to be chosen (`early`) only conditions that are true
	* count. Those that call for nothing, or for what is there, are kept for a later time.
	*/
	decide(early) {
		return this.conditional.splice(0).flatMap((need) => {
			const { dependency, by } = need;
			if (dependency.kind !== "if" && dependency.kind !== "unless") return [need];
			const { kind, what, condition, otherwise } = dependency;
			const isTrue = this.isMet(condition);
			const part = isTrue === (kind === "if") ? what : otherwise;
			if (part !== void 0 && (isTrue || !early) && !this.isMet(part)) return [{
				dependency: part,
				by
			}];
			this.conditional.push(need);
			return [];
		});
	}
	/** Chooses one of the packages that would do. */
	take({ dependency, by }, candidates) {
		const wanted = by === "" ? candidates : candidates.filter(({ name }) => !this.isExcluded(name));
		if (wanted.length === 0 && candidates.length > 0) return void 0;
		const free = wanted.filter(({ name }) => !this.chosen.has(name));
		const preferred = this.lessons.preferred.get(formatDependency(dependency));
		const ranked = rank(free, {
			packages: this.packages,
			wanted: nameOf(dependency),
			chosen: [...this.chosen.values()],
			isOne: (text, one) => this.isOne(text, one)
		});
		const best = ranked.find(({ name }) => name === preferred) ?? ranked[0];
		if (best) {
			if (by !== "" && ranked.length > 1) this.made.push({
				dependency,
				by: best
			});
			this.choose(best, by);
			return;
		}
		const [taken] = wanted;
		if (taken) return {
			kind: "limit",
			name: taken.name,
			dependency
		};
		const error = this.unmet({
			dependency,
			by
		});
		const unfit = this.reasons.get(by) ? this.chosen.get(by) : void 0;
		return {
			kind: "missing",
			error,
			...unfit ? { unfit } : {}
		};
	}
	/** Whether a package meets a dependency as it is written; files that would have to be looked up do not count. */
	isOne(text, one) {
		const dependency = text.startsWith("/") ? void 0 : parseDependency(text);
		return dependency !== void 0 && this.meeting(dependency).includes(one);
	}
	/** All packages that meet a dependency by themselves, and what is known of their names. */
	candidates(dependency) {
		return this.meeting(dependency).filter((one) => this.isWithinLimits(one));
	}
	isWithinLimits(one) {
		if (this.lessons.unfit.has(one)) return false;
		return (this.lessons.limits.get(one.name) ?? []).every((limit) => this.meeting(limit).includes(one));
	}
	/** All packages each of which meets a dependency. */
	meeting(dependency) {
		switch (dependency.kind) {
			case "simple": return this.packages.meeting(dependency);
			case "if":
			case "unless": return this.meeting(dependency.what);
			case "or": return dependency.parts.flatMap((part) => this.meeting(part));
			case "and":
			case "with":
			case "without": {
				const [first = [], ...others] = dependency.parts.map((part) => this.meeting(part));
				const wanted = dependency.kind !== "without";
				return first.filter((one) => others.every((list) => list.includes(one) === wanted));
			}
		}
	}
	/** Whether a dependency could be met without another version of what is chosen already; and in `peace` with that. */
	isPossible(dependency, peace = false) {
		switch (dependency.kind) {
			case "and": return dependency.parts.every((part) => this.isPossible(part, peace));
			case "or": return dependency.parts.some((part) => this.isPossible(part, peace));
			case "if":
			case "unless": return this.isPossible(dependency.what, peace);
			default: {
				const chosen = [...this.chosen.values()];
				const isFree = (one) => !this.chosen.has(one.name) && !(peace && conflicts(one, chosen));
				return this.isMet(dependency) || this.candidates(dependency).some(isFree);
			}
		}
	}
	isMet(dependency) {
		switch (dependency.kind) {
			case "and": return dependency.parts.every((part) => this.isMet(part));
			case "or": return dependency.parts.some((part) => this.isMet(part));
			case "if":
			case "unless": {
				const { kind, what, condition, otherwise } = dependency;
				if (this.isMet(condition) === (kind === "if")) return this.isMet(what);
				return otherwise === void 0 || this.isMet(otherwise);
			}
			default: return this.meeting(dependency).some((one) => this.chosen.get(one.name) === one);
		}
	}
	choose(found, by) {
		this.chosen.set(found.name, found);
		this.reasons.set(found.name, by);
		if (this.wantsNothing) return;
		for (const text of found.requires) {
			if (text.startsWith("rpmlib(")) continue;
			const dependency = parseDependency(text);
			if (!dependency) throw new EnvironmentError(`${found.name}-${found.evr} requires "${text}", which is no dependency of RPM`);
			this.needs.push({
				dependency,
				by: found.name
			});
		}
	}
	unmet({ dependency, by }) {
		const chain = [];
		for (let name = by; name !== ""; name = this.reasons.get(name) ?? "") chain.unshift(name);
		const needed = chain.length > 0 ? `, which is needed by ${chain.join(" -> ")}` : "";
		const what = `${formatDependency(dependency)}${needed}`;
		const remedy = "Check the package lists and repositories of this distribution in the matrix file.";
		const offered = by === "" ? [] : this.meeting(dependency);
		if (offered.length > 0) {
			const message = `the dependencies contradict each other: of ${what}, there is only ${list(offered)}, and something else needs another version`;
			return new EnvironmentError(message, { remedy });
		}
		const others = dependency.kind === "simple" ? this.meeting({
			kind: "simple",
			name: dependency.name
		}) : [];
		const near = others.length > 0 ? `; there is only ${list(others)}` : "";
		return new EnvironmentError(`no repository offers ${what}${near}`, { remedy });
	}
};
function list(packages) {
	const names = packages.map(({ name, evr, architecture }) => `${name}-${evr}.${architecture}`);
	return names.length > 3 ? `${names.slice(0, 3).join(", ")} and ${names.length - 3} more` : names.join(", ");
}
function nameOf(dependency) {
	return dependency.kind === "simple" ? dependency.name : "";
}

// src/packages/rpm/package-set.ts
/** Raised when a file is wanted that only filelists.xml can tell the owner of. */
var FilelistsNeeded = class extends Error {};
/** All that some repositories offer together for one architecture, without what their modules hide. */
var PackageSet = class {
	repositories;
	architectures;
	modules;
	byName = /* @__PURE__ */ new Map();
	byProvide = /* @__PURE__ */ new Map();
	byPrefix = /* @__PURE__ */ new Map();
	filelists;
	constructor(repositories, architecture, modules) {
		this.repositories = repositories;
		this.modules = modules;
		this.architectures = [architecture, "noarch"];
	}
	/** From here on files are looked for in these too. */
	addFilelists(tables) {
		this.filelists = tables;
		this.byProvide.clear();
	}
	/** The packages of a name, newest first; of equal ones that of the first repository alone. */
	packages(name) {
		let found = this.byName.get(name);
		if (!found) {
			const own = this.repositories.find(({ overrides, table }) => overrides && table.packages(name).length > 0);
			found = (own ? [own] : this.repositories).flatMap(({ archive, path, table }) => table.packages(name).filter((entry) => this.architectures.includes(entry.architecture) && (own !== void 0 || !this.modules.hides(entry))).map((entry) => ({
				...entry,
				archive,
				path: `${path}/${entry.href}`
			}))).sort((a, b) => compareEvr(b.evr, a.evr));
			found = found.filter((one, index) => found?.findIndex((other) => isSame(one, other)) === index);
			this.byName.set(name, found);
		}
		return found;
	}
	/** Names of all packages that start with `prefix`. */
	names(prefix) {
		return [...new Set(this.repositories.flatMap(({ table }) => table.names(prefix)))];
	}
	/** The names starting with `prefix` that packages provide, and the packages that do. */
	provided(prefix) {
		let found = this.byPrefix.get(prefix);
		if (!found) {
			found = this.repositories.flatMap(({ table }) => table.provided(prefix)).flatMap(({ name, provision }) => this.providersOf(provision).map((provider) => ({
				name,
				provision,
				provider
			})));
			this.byPrefix.set(prefix, found);
		}
		return found;
	}
	/**
	* The packages that meet a simple dependency. Throws FilelistsNeeded when it names a file that no package lists in
	* primary.xml, and filelists.xml was not read yet.
	*/
	meeting({ name, sense, evr }) {
		const own = this.packages(name).map((provider) => ({
			provision: versionOf(provider),
			provider
		}));
		const wanted = sense === void 0 ? {} : {
			sense,
			evr: evr ?? ""
		};
		const found = [...own, ...this.providers(name)].filter(({ provision }) => overlaps(provision, wanted)).map(({ provider }) => provider);
		if (found.length === 0 && name.startsWith("/") && !this.filelists) throw new FilelistsNeeded(name);
		return [...new Set(found)];
	}
	/** The highest version that a package provides a name in; undefined when it provides it in none. */
	versionProvided(one, name) {
		const own = one.name === name ? [one.evr] : [];
		const said = this.providers(name).flatMap(({ provider, provision }) => provider === one && provision.evr !== void 0 ? [provision.evr] : []);
		return [...own, ...said].sort(compareEvr).at(-1);
	}
	[Symbol.dispose]() {
		for (const { table } of this.repositories) table[Symbol.dispose]();
		for (const table of this.filelists ?? []) table[Symbol.dispose]();
	}
	providers(name) {
		let found = this.byProvide.get(name);
		if (!found) {
			found = [...this.repositories.map(({ table }) => table), ...this.filelists ?? []].flatMap((table) => table.provided(`${name}\t`).flatMap(({ provision }) => this.providersOf(provision).map((provider) => ({
				provision,
				provider
			}))));
			this.byProvide.set(name, found);
		}
		return found;
	}
	providersOf({ provider, architecture, providerEvr }) {
		return this.packages(provider).filter((one) => one.evr === providerEvr && one.architecture === architecture);
	}
};
/** Every package provides itself, as rpmbuild writes it and as dnf takes it where it is not written. */
function versionOf({ name, architecture, evr }) {
	return {
		provider: name,
		architecture,
		providerEvr: evr,
		sense: "=",
		evr
	};
}
function isSame(a, b) {
	return a.name === b.name && a.evr === b.evr && a.architecture === b.architecture;
}

// src/packages/rpm/repositories.ts
const maximumSignatureSize = 65536;
const readTypes = [
	"primary",
	"filelists",
	"modules"
];
/**
* Opens the repositories of all `archives`. What was read is kept by digest, so only the small repomd.xml files are asked for
* again. A repomd.xml need not be signed, as those of CentOS 7 are not: then `verify` is what tells who made the packages.
* Throws SignatureError, NotDeliveredError, EnvironmentError for metadata that cannot be used, InputError for a bad key file,
* the signal's reason.
*/
async function openRepositories(archives, options) {
	const wanted = archives.filter(({ table }) => table === void 0).flatMap((archive) => archive.suites.map((repository) => ({
		archive,
		repository
	})));
	const warnings = [];
	const opened = [];
	try {
		const open = async ({ archive, repository }) => {
			const { index, rejected, asked } = await fetchRepomd(archive, repository, options);
			if (rejected.length > 0) {
				const message = `the index of ${repository} was refused from some mirrors:${listAttempts(rejected)}`;
				warnings.push({
					kind: "rejected-index",
					message
				});
			}
			return {
				archive,
				repository,
				index,
				asked
			};
		};
		const isFirst = ({ archive, repository }) => archive.suites[0] === repository;
		const sources = [...await inOrder(wanted.filter(isFirst).map(open)), ...await inOrder(wanted.filter((one) => !isFirst(one)).map(open))];
		const modules = await Promise.all(sources.filter(({ index }) => index.files.has("modules")).map((one) => loadModules(jobOf(one, "modules", options))));
		const filter = new ModuleFilter(modules);
		const tables = await Promise.all(sources.map(async (source) => {
			const table = await loadTable$1("primary", jobOf(source, "primary", options));
			opened.push(table);
			return {
				archive: source.archive.name,
				path: source.repository,
				table
			};
		}));
		const brought = archives.flatMap(({ name, table }) => table === void 0 ? [] : [{
			archive: name,
			path: name,
			table: new RpmTable(table),
			overrides: true
		}]);
		warnings.push(...signatureWarnings(sources.flatMap(({ index }) => index.signature ?? []), "repositories"));
		warnings.sort((a, b) => a.message < b.message ? -1 : 1);
		const architecture = archives[0]?.architecture ?? "";
		return new Repositories(sources, new PackageSet([...brought, ...tables], architecture, filter), warnings, options);
	} catch (error) {
		for (const table of opened) table[Symbol.dispose]();
		throw explainStorage(error, options.store.cache);
	}
}
/** What all of them become, or the error of the first one that has any, whichever of them failed first. */
async function inOrder(promises) {
	await Promise.allSettled(promises);
	return Promise.all(promises);
}
/** All that some repositories of the RPM family offer together. */
var Repositories = class {
	references;
	warnings;
	asked;
	sources;
	packages;
	options;
	filelists;
	constructor(sources, packages, warnings, options) {
		this.sources = sources;
		this.packages = packages;
		this.warnings = warnings;
		this.asked = sources.flatMap(({ asked }) => asked);
		this.options = options;
		this.references = sources.map(({ archive, repository, index }) => ({
			archive: archive.name,
			suite: repository,
			component: "primary",
			date: index.date,
			sha256: index.files.get("primary")?.sha256 ?? "",
			...index.signature ? { signedBy: index.signature.fingerprint } : {}
		}));
	}
	releases(distribution) {
		return offeredReleases(this.packages, distribution);
	}
	async resolve(roots, options) {
		try {
			return resolve$1(this.packages, roots, options);
		} catch (error) {
			if (!(error instanceof FilelistsNeeded)) throw error;
			this.filelists ??= this.openFilelists();
			await this.filelists.catch((failure) => {
				this.filelists = void 0;
				throw explainStorage(failure, this.options.store.cache);
			});
			return resolve$1(this.packages, roots, options);
		}
	}
	async has({ name, sha256 }) {
		return this.packages.packages(name).some((offered) => offered.sha256 === sha256);
	}
	async verify(packages, signal) {
		const signatures = [];
		for (const { name, keys } of new Set(this.sources.map(({ archive }) => archive))) {
			const own = packages.filter(({ pin }) => pin.archive === name);
			const paths = own.map(({ path }) => path);
			signatures.push(...await checkPackageSignatures(paths, keys, this.options.gpgv, signal));
			for (const one of own) await checkIdentity(one);
		}
		return signatureWarnings(signatures, "packages");
	}
	[Symbol.dispose]() {
		this.packages[Symbol.dispose]();
	}
	async openFilelists() {
		const { options } = this;
		const tables = await Promise.all(this.sources.filter(({ index }) => index.files.has("filelists")).map((source) => loadTable$1("filelists", jobOf(source, "filelists", options))));
		this.packages.addFilelists(tables);
	}
};
/** The repomd.xml of a repository from the first mirror that has one, with its signature if there is any. */
async function fetchRepomd(archive, repository, options) {
	const { store, signal } = options;
	const path = `${repository}/repodata/repomd.xml`;
	const wanted = {
		archive,
		what: `the index of ${repository}`,
		path,
		maximum: maximumIndexSize,
		store,
		signal
	};
	return fetchIndex(wanted, async (content, url) => {
		const signature = await checkSignature(content, url, archive, options);
		const index = await readRepomd(content, (type) => readTypes.includes(type)).catch((error) => {
			throw error instanceof XmlFault ? new MirrorFault("wrong", error.message) : error;
		});
		if (!index.files.has("primary")) throw new MirrorFault("wrong", "lists no primary metadata");
		return {
			...index,
			...signature ? { signature } : {}
		};
	});
}
/** Who signed a repomd.xml; undefined when nobody did, or somebody that is not known. */
async function checkSignature(content, url, archive, { store, gpgv, signal }) {
	const { transport } = await store.open();
	const signature = await transport.getSmall(`${url}.asc`, maximumSignatureSize, signal).catch((error) => {
		if (error instanceof MirrorFault && ["missing", "refused"].includes(error.kind)) return void 0;
		throw error;
	});
	if (!signature?.includes("BEGIN PGP SIGNATURE")) return void 0;
	const file = temporaryName(join(store.cache, "indexes", "repomd.xml"));
	try {
		await mkdir(join(store.cache, "indexes"), { recursive: true });
		await writeFile(file, content, { flag: "wx" });
		return await checkDetached(file, signature, archive.keys, gpgv, signal);
	} catch (error) {
		if (error instanceof UnknownKeyError) return void 0;
		if (!(error instanceof SignatureError)) throw error;
		throw new SignatureError(error.message.replace(`${file}: `, ""), {
			where: url,
			cause: error
		});
	} finally {
		await rm(file, { force: true });
	}
}
function jobOf({ archive, repository, index }, type, options) {
	const file = index.files.get(type);
	if (!file) throw new EnvironmentError(`the index of ${repository} lists no ${type} metadata`);
	const { store, programs, signal } = options;
	return {
		file,
		archive,
		repository,
		store,
		programs,
		signal
	};
}
/** What is signed says itself which package it is: another one of the same maker must not take its place. */
async function checkIdentity({ pin, path }) {
	const rpm = await readRpm(path);
	const found = {
		name: rpm.name,
		version: evrOf(rpm),
		architecture: rpm.architecture
	};
	if (found.name === pin.name && found.version === pin.version && found.architecture === pin.architecture) return;
	const said = ({ name, version, architecture }) => `${name}-${version}.${architecture}`;
	throw new SignatureError(`what the index calls ${said(pin)} is signed as ${said(found)}`, {
		where: path,
		remedy: "Name another mirror with --mirror or OVNFAST_MIRROR."
	});
}
function signatureWarnings(signatures, what) {
	const expired = /* @__PURE__ */ new Map();
	for (const { keyId, keyExpired } of signatures) if (keyExpired !== void 0) expired.set(keyId, keyExpired);
	return [...expired].map(([keyId, time]) => ({
		kind: "expired-key",
		message: `some ${what} are signed by key ${keyId}, which has expired since, on ${time}`
	}));
}

// src/packages/offers.ts
/** Opens what a distribution offers right now. Throws as `openIndex` and `openRepositories`. */
function openOffers({ family, archives }, options) {
	return family === "rpm" ? openRepositories(archives, options) : openIndex(archives, options.store, options.signal);
}

// src/packages/obtain.ts
/** Turns targets and shared sysroots into packages in the store. */
var Obtainer = class {
	store;
	options;
	opened = /* @__PURE__ */ new Map();
	constructor(options) {
		this.store = options.store;
		this.options = options;
	}
	/**
	* What a distribution offers right now, opened at its first use and closed with the obtainer. Throws as `openOffers`.
	*/
	async offers(distribution, signal) {
		const key = [distribution.id, ...distribution.archives.map(({ table }) => table)].join(" ");
		const known = this.opened.get(key);
		if (known) return known;
		const { store, gpgv, programs = async () => ({}) } = this.options;
		const opened = openOffers(distribution, {
			store,
			gpgv,
			programs,
			signal
		});
		this.opened.set(key, opened);
		opened.catch(() => this.opened.delete(key));
		return opened;
	}
	/** Kernel releases that are offered right now, oldest first. Throws as `openOffers`. */
	async releases(distribution, signal) {
		return (await this.offers(distribution, signal)).releases(distribution);
	}
	/**
	* Resolves a target or a shared sysroot against what is offered right now. Where only the packages themselves are signed
	* (RPM family) they are fetched and checked, so that a lock never pins what nobody vouches for.
	* Throws as `openOffers`, `lockTarget`, `Store.fetch`, and SignatureError.
	*/
	async resolve(subject, signal) {
		return this.vouched(distributionOf(subject), (offers) => resolveWith(subject, offers), signal);
	}
	/** As `resolve`, of a lock that somebody else makes of what a distribution offers. */
	async vouched(distribution, make, signal) {
		const offers = await this.offers(distribution, signal);
		const lock = await make(offers);
		if (!offers.verify) return {
			lock,
			warnings: offers.warnings
		};
		const timestamps = snapshotTimes(lock);
		const onProgress = (progress) => this.options.onFetch?.(lock, progress);
		const fetched = await this.store.fetch(lock.packages, distribution.archives, {
			signal,
			timestamps,
			onProgress
		});
		return {
			lock,
			warnings: [...offers.warnings, ...await offers.verify([...fetched.values()], signal)]
		};
	}
	/** What a lock made now would pin; nothing is fetched but indexes, and nothing written. Throws as `openOffers`, `lockTarget`. */
	async offered(subject, signal) {
		return resolveWith(subject, await this.offers(distributionOf(subject), signal));
	}
	/**
	* The lock that a run would use, as far as that can be told without fetching a package: its lock file, what replaced it
	* earlier, or what is offered now. Writes nothing. Throws InputError for a broken lock file, else as `offered`.
	*/
	async foresee(subject, signal) {
		if (await readLock(this.lockPath(subject))) return this.effective(subject, signal);
		return {
			lock: await this.kept({
				...subject,
				lock: void 0
			}) ?? await this.offered(subject, signal),
			origin: "unlocked"
		};
	}
	/**
	* The lock of a target: its lock file, or what replaced it, or one made now when there is none. Needs no network in the
	* first two cases. Throws InputError for a broken lock file, EnvironmentError for a missing one when frozen.
	*/
	async targetLock(target, signal) {
		return this.effective({ target }, signal);
	}
	/** The lock of one part of a target's kernel, a sysroot of that name, as `targetLock`. */
	async kernelLock(target, part, signal) {
		return this.effective({
			target,
			part
		}, signal);
	}
	/** The lock of a shared sysroot, as `targetLock`. */
	async toolLock(tool, signal) {
		return this.effective({ tool }, signal);
	}
	/**
	* Brings the packages of some sysroots of a lock into the store (of all when `sysroots` is left out). When the mirrors no
	* longer have a package, the lock is resolved again against the signed index and the replacement kept in the cache, with
	* a warning; frozen, that is an EnvironmentError with the command to run. Throws as `Store.fetch` too.
	*/
	async obtain(effective, options) {
		try {
			return await this.fetch(effective, options);
		} catch (error) {
			if (!(error instanceof PackageGoneError) || effective.origin === "replaced") throw error;
			if (this.options.frozen) throw this.frozenError(effective, "names packages that no mirror has any more", error);
			const again = await this.resolveAgain(effective, error, options.signal).catch((cause) => {
				if (!(cause instanceof EnvironmentError)) throw cause;
				throw new EnvironmentError(`${error.message}\n  Resolving it again failed: ${cause.message}`, { cause });
			});
			const obtained = await this.fetch(again, options);
			await writeLock(this.replacementPath(effective), again.lock);
			return obtained;
		}
	}
	[Symbol.dispose]() {
		for (const offers of this.opened.values()) offers.then((opened) => opened[Symbol.dispose]()).catch(() => {});
		this.opened.clear();
	}
	async effective(subject, signal) {
		const path = this.lockPath(subject);
		const whole = await readLock(path);
		if (!whole) return this.unlocked(subject, signal);
		const lock = "target" in subject && subject.part ? kernelPart(subject.target, whole, subject.part) : whole;
		const effective = describe(subject, lock, "locked", []);
		if (await this.store.has(lock.packages)) return effective;
		const replacement = this.options.frozen ? void 0 : await this.kept(effective);
		if (!replacement) return effective;
		return describe(subject, replacement, "replaced", [replacedWarning(effective, replacement)]);
	}
	async unlocked(subject, signal) {
		const missing = {
			...subject,
			lock: void 0
		};
		if (this.options.frozen) throw this.frozenError(missing, "has no lock");
		const warnings = [{
			kind: "not-locked",
			message: `${nameOf$2(subject)} has no lock, so newer packages may be used at another time`
		}];
		const known = await this.kept(missing);
		if (known) return describe(subject, known, "unlocked", warnings);
		const resolved = await this.resolve(subject, signal);
		await writeLock(this.replacementPath(missing), resolved.lock);
		return describe(subject, resolved.lock, "unlocked", [...warnings, ...resolved.warnings]);
	}
	/** What an earlier run resolved in place of a lock, if all of it is in the store. */
	async kept(subject) {
		const path = this.replacementPath(subject);
		const known = await readLock(path).catch(() => void 0);
		if (!known || !await this.store.has(known.packages)) return void 0;
		await markUsed(path);
		return known;
	}
	async resolveAgain(effective, gone, signal) {
		const subject = "target" in effective ? {
			...effective,
			target: successor(effective.target, await this.offers(effective.target.distribution, signal))
		} : effective;
		const { lock, warnings } = await this.resolve(subject, signal);
		return describe(effective, lock, "replaced", [replacedWarning(effective, lock, gone), ...warnings]);
	}
	async fetch(effective, { sysroots = Object.keys(effective.lock.sysroots), ...options }) {
		const { lock } = effective;
		const pins = /* @__PURE__ */ new Map();
		for (const sysroot of sysroots) for (const pin of pinsOf(lock, sysroot)) pins.set(pin.sha256, pin);
		const { archives } = distributionOf(effective);
		const fetched = await this.store.fetch([...pins.values()], archives, {
			...options,
			timestamps: snapshotTimes(lock)
		});
		const bySysroot = /* @__PURE__ */ new Map();
		for (const sysroot of sysroots) {
			const packages = pinsOf(lock, sysroot).map(({ sha256 }) => fetched.get(sha256));
			bySysroot.set(sysroot, packages.filter((found) => found !== void 0));
		}
		const mirrors = /* @__PURE__ */ new Map();
		for (const { url, pin } of fetched.values()) {
			if (url === void 0) continue;
			const base = url.slice(0, -pin.path.length - 1);
			mirrors.set(base, (mirrors.get(base) ?? 0) + 1);
		}
		return {
			effective,
			sysroots: bySysroot,
			mirrors
		};
	}
	lockPath(subject) {
		const { matrixDirectory } = this.options;
		if ("tool" in subject) return lockPath(matrixDirectory, subject.tool.group, subject.tool.name);
		return lockPath(matrixDirectory, subject.target.id, subject.target.kernel);
	}
	replacementPath(subject) {
		const part = "target" in subject && subject.part ? `.${subject.part}` : "";
		const name = subject.lock ? lockDigest(subject.lock) : `${nameOf$2(subject).replace("/", "_")}${part}-${digestValue(ingredients(subject)).slice(0, 16)}`;
		return join(this.store.cache, "locks", `${name}.json`);
	}
	frozenError(subject, what, cause) {
		const detail = cause instanceof Error ? `\n  ${cause.message}` : "";
		return new EnvironmentError(`${nameOf$2(subject)} ${what}, and --frozen forbids to resolve anew${detail}`, {
			where: this.lockPath(subject),
			remedy: `Run: ovnfast lock ${selection(subject)}`,
			cause
		});
	}
};
function describe(subject, lock, origin, warnings) {
	const rest = {
		lock,
		digest: lockDigest(lock),
		origin,
		warnings
	};
	if ("tool" in subject) return {
		tool: subject.tool,
		...rest
	};
	return {
		target: {
			...subject.target,
			kernel: lock.kernel ?? subject.target.kernel
		},
		...subject.part ? { part: subject.part } : {},
		...rest
	};
}
/** The target itself while its kernel is offered or was named by the user; else the newest default one in its place. */
function successor(target, offers) {
	const offered = offers.releases(target.distribution);
	if (target.pinned || offered.includes(target.kernel)) return target;
	const kernel = selectReleases(target.distribution.kernels.default, offered).at(-1);
	return kernel === void 0 ? target : {
		...target,
		kernel
	};
}
function replacedWarning(effective, lock, gone) {
	const before = new Map(effective.lock.packages.map(({ name, version }) => [name, version]));
	const changed = lock.packages.filter(({ name, version }) => before.get(name) !== version).length;
	const kernel = lock.kernel === effective.lock.kernel ? "" : `, with kernel ${lock.kernel} in place of ${effective.lock.kernel}`;
	const command = "target" in effective ? `--target ${effective.target.id}` : selection(effective);
	const message = `${nameOf$2(effective)}: packages of its lock have left the mirrors, so it was resolved again${kernel} (${changed} packages differ); make it last with: ovnfast lock ${command}`;
	return {
		kind: "resolved-again",
		message: gone ? `${message}\n  ${gone.message}` : message
	};
}

// src/packages/debian/apt-configuration.ts
/**
* Reads `sources.list`, `sources.list.d/` and `apt.conf`, `apt.conf.d/` below `directory` (usually /etc/apt).
* Whatever is missing or unreadable counts as empty: the host's apt is a help, not a need. Formats: sources.list(5), apt.conf(5).
*/
async function readAptConfiguration(directory) {
	const sources = parseOneLine(await readText(join(directory, "sources.list")));
	for (const path of await listParts(join(directory, "sources.list.d"))) if (path.endsWith(".list")) sources.push(...parseOneLine(await readText(path)));
	else if (path.endsWith(".sources")) sources.push(...parseDeb822(await readText(path)));
	let configuration = "";
	for (const path of [...await listParts(join(directory, "apt.conf.d")), join(directory, "apt.conf")]) configuration += `${await readText(path)}\n`;
	return {
		sources,
		proxy: parseProxy(configuration)
	};
}
async function readText(path) {
	return readFile(path, "utf8").catch(() => "");
}
async function listParts(directory) {
	return (await readdir(directory).catch(() => [])).sort().map((name) => join(directory, name));
}
/** `deb [options] URI suite component...`, with `#` comments; `deb-src` lines are left out. */
function parseOneLine(text) {
	const sources = [];
	for (const line of text.split("\n")) {
		const match = /^\s*deb\s+(?:\[[^\]]*\]\s*)?(\S+)\s+([^\s#]+)/.exec(line);
		if (match?.[1] && match[2]) sources.push(...asSources([match[1]], [match[2]]));
	}
	return sources;
}
/** Stanzas of `Field: value` with continuation lines; `#` comments, also between the lines of one stanza. */
function parseDeb822(text) {
	return text.split("\n").filter((line) => !line.startsWith("#")).join("\n").split(/\n[ \t\r]*\n/).flatMap((stanza) => {
		const fields = /* @__PURE__ */ new Map();
		for (const match of stanza.matchAll(/^([^\s:]+):((?:.*)(?:\n[ \t]+.*)*)/gm)) fields.set(match[1]?.toLowerCase() ?? "", match[2]?.trim() ?? "");
		const words = (field) => (fields.get(field) ?? "").split(/\s+/).filter(Boolean);
		if (/^(no|false|without|off|disable|0)$/i.test(fields.get("enabled") ?? "yes") || !words("types").includes("deb")) return [];
		return asSources(words("uris"), words("suites"));
	});
}
/** Other methods (file, cdrom, mirror+file, tor) are not for us. */
function asSources(uris, suites) {
	return uris.filter((uri) => /^https?:\/\/./.test(uri) && URL.canParse(uri)).map((uri) => ({
		url: uri.replace(/\/+$/, ""),
		suites
	}));
}
/** `Acquire::http::Proxy "..."` and its nested spelling; `DIRECT` for a host is an exception. */
function parseProxy(text) {
	const proxy = {};
	const except = [];
	for (const [key, value] of parseSettings(text)) {
		const [, method, host] = /^acquire::(https?)::proxy(?:::(.+))?$/.exec(key.toLowerCase()) ?? [];
		if (method === void 0) continue;
		if (host !== void 0) {
			if (value === "DIRECT") except.push(host);
		} else if (value === "DIRECT" || value === "false") delete proxy[method];
		else if (URL.canParse(value)) proxy[method] = value;
	}
	if (proxy.http !== void 0) proxy.https ??= proxy.http;
	return except.length > 0 ? {
		...proxy,
		except: except.join(",")
	} : proxy;
}
/** The settings of apt.conf syntax in order: `A::B "value";` and `A { B "value"; };`. */
function parseSettings(text) {
	const settings = [];
	const scopes = [];
	let words = [];
	for (const [token] of text.matchAll(/\/\*[\s\S]*?\*\/|\/\/.*|#.*|"[^"\n]*"|[{};]|[^\s{};"]+/g)) {
		if (/^(\/\*|\/\/|#)/.test(token)) continue;
		if (token === "{") {
			scopes.push(words.join(""));
			words = [];
		} else if (token === "}") {
			scopes.pop();
			words = [];
		} else if (token === ";") {
			const [key, value] = words;
			if (key !== void 0 && value !== void 0) settings.push([[...scopes, key].join("::"), value]);
			words = [];
		} else words.push(token.replace(/^"|"$/g, ""));
	}
	return settings;
}

// src/packages/sharing.ts
/** Work that several callers wait for: it is aborted only once every one of them has given up. */
var Shared = class {
	controller = new AbortController();
	result;
	waiters = 0;
	constructor(work) {
		this.result = work(this.controller.signal);
		this.result.catch(() => {});
	}
	/** Waits for the result. When `signal` aborts, throws its reason, after the work has ended if this was the last waiter. */
	async join(signal) {
		this.waiters++;
		let leave = () => {};
		const left = new Promise((_, reject) => {
			leave = () => {
				this.waiters--;
				if (this.waiters > 0) return reject(signal.reason);
				this.controller.abort(signal.reason);
				this.result.then(() => reject(signal.reason), reject);
			};
		});
		left.catch(() => {});
		if (signal.aborted) leave();
		signal.addEventListener("abort", leave, { once: true });
		try {
			return await Promise.race([this.result, left]);
		} finally {
			signal.removeEventListener("abort", leave);
		}
	}
};

// src/packages/store.ts
/** Files by content below `<cache>/blobs/sha256/`, downloaded when missing. Any number of runs may share it. */
var Store = class {
	cache;
	options;
	running = /* @__PURE__ */ new Map();
	checked = /* @__PURE__ */ new Set();
	/** Entered by whoever parses an index. */
	parsing = pLimit(1);
	reading = pLimit(4);
	downloads;
	network;
	/** Throws InputError for a mirror that is no address. */
	constructor(cache, options = {}) {
		for (const mirror of options.mirrors ?? []) {
			if (/^https?:\/\/./.test(mirror) && URL.canParse(mirror)) continue;
			throw new InputError(`the mirror "${mirror}" is no http or https address`, { remedy: "Mirrors come from --mirror and OVNFAST_MIRROR; they look like http://mirror.example/debian." });
		}
		this.cache = cache;
		this.options = options;
		this.downloads = pLimit(options.limits?.parallel ?? defaultLimits.parallel);
	}
	blobPath(sha256) {
		return join(this.cache, "blobs", "sha256", sha256);
	}
	/**
	* Copies a file of the user's into the store. Throws InputError when it cannot be read, EnvironmentError when the cache cannot
	* be written, the signal's reason.
	*/
	async take(from, signal) {
		const fresh = temporaryName(join(this.cache, "blobs", "sha256", "taken"));
		const hash = createHash("sha256");
		let size = 0;
		const hashed = async function* (source) {
			for await (const chunk of source) {
				hash.update(chunk);
				size += chunk.length;
				yield chunk;
			}
		};
		try {
			await mkdir(dirname(fresh), { recursive: true });
			await pipeline(createReadStream(from), hashed, createWriteStream(fresh, {
				flags: "wx",
				mode: 292
			}), { signal });
			const sha256 = hash.digest("hex");
			const path = this.blobPath(sha256);
			await rename(fresh, path);
			this.checked.add(sha256);
			return {
				sha256,
				size,
				path
			};
		} catch (error) {
			const { code, path } = error;
			if (path === from) throw new InputError(`cannot be read (${code})`, {
				where: from,
				cause: error
			});
			throw explainStorage(error, this.cache);
		} finally {
			await rm(fresh, { force: true });
		}
	}
	/** Whether all of them are in the store, by name and size; needs no network. */
	async has(pins) {
		for (const pin of pins) if ((await stat(this.blobPath(pin.sha256)).catch(() => void 0))?.size !== pin.size) return false;
		return true;
	}
	/** Those of them that are not in the store, by name and size; needs no network. */
	async missing(pins) {
		const there = await Promise.all(pins.map((pin) => this.has([pin])));
		return pins.filter((_, index) => !there[index]);
	}
	/**
	* Brings packages into the store and returns them by SHA-256. `archives` are those that the pins name.
	* Throws PackageGoneError, NotDeliveredError (both EnvironmentError) or the signal's reason; on the first of them the
	* other downloads of this call end too, and leave nothing behind.
	*/
	async fetch(pins, archives, options) {
		const { signal, onProgress, timestamps = {} } = options;
		const progress = {
			packages: 0,
			totalPackages: pins.length,
			bytes: 0,
			totalBytes: sum(pins.map((p) => p.size))
		};
		const stopper = new AbortController();
		setMaxListeners(0, stopper.signal);
		const stop = () => stopper.abort(signal.reason);
		if (signal.aborted) stop();
		signal.addEventListener("abort", stop, { once: true });
		const fetched = /* @__PURE__ */ new Map();
		const one = async (pin) => {
			const file = {
				what: `${pin.name} ${pin.version}`,
				paths: [pin.path],
				size: pin.size,
				sha256: pin.sha256
			};
			const archive = archives.find(({ name }) => name === pin.archive);
			if (!archive) throw new Error(`no archive ${pin.archive} for ${pin.name}`);
			let before = 0;
			const url = await this.bring(file, archive, timestamps[pin.archive], stopper.signal, (bytes) => {
				progress.bytes += bytes - before;
				before = bytes;
				onProgress?.(progress);
			});
			progress.bytes += pin.size - before;
			progress.packages++;
			onProgress?.(progress);
			fetched.set(pin.sha256, {
				pin,
				path: this.blobPath(pin.sha256),
				...url === void 0 ? {} : { url }
			});
		};
		let failure;
		const all = pins.map((pin) => one(pin).catch((error) => {
			failure ??= { error };
			stopper.abort(error);
		}));
		await Promise.all(all);
		signal.removeEventListener("abort", stop);
		if (failure) throw explainStorage(failure.error, this.cache);
		return fetched;
	}
	/** Mirrors and transport, set up at the first need, so that a run without downloads reads no configuration. */
	async open() {
		this.network ??= (async () => {
			const { apt, yum, proxy, limits, mirrors = [] } = this.options;
			const debian = apt === void 0 ? {
				sources: [],
				proxy: {}
			} : await readAptConfiguration(apt);
			const rpm = yum === void 0 ? {
				repositories: [],
				proxy: {}
			} : await readYumConfiguration(yum);
			const transport = new Transport(limits, {
				...rpm.proxy,
				...debian.proxy,
				...proxy
			});
			const host = {
				sources: debian.sources,
				repositories: rpm.repositories
			};
			return {
				transport,
				mirrors: new Mirrors(transport, mirrors, host)
			};
		})();
		return this.network;
	}
	/** Closes connections; the store can be used again. */
	async close() {
		const network = this.network;
		this.network = void 0;
		await (await network?.catch(() => void 0))?.transport.close();
	}
	/** Makes sure that one file is there; returns its address when it had to be downloaded. */
	async bring(file, archive, timestamp, signal, onBytes) {
		const path = this.blobPath(file.sha256);
		if (await this.isWhole(file, path, signal)) return void 0;
		await this.options.supply?.("packages");
		if (this.options.supply && await this.isWhole(file, path, signal)) return void 0;
		let shared = this.running.get(file.sha256);
		if (!shared) {
			shared = new Shared((own) => this.downloads(async () => {
				own.throwIfAborted();
				const { transport, mirrors } = await this.open();
				const url = await download(transport, mirrors, {
					file,
					archive,
					destination: path,
					signal: own,
					onBytes,
					...timestamp === void 0 ? {} : { timestamp }
				});
				this.checked.add(file.sha256);
				return url;
			}).finally(() => this.running.delete(file.sha256)));
			this.running.set(file.sha256, shared);
		}
		return shared.join(signal);
	}
	hash(path, signal) {
		return this.reading(() => {
			signal.throwIfAborted();
			return digestFile(path);
		});
	}
	/** A file that is unpacked already is not read again, so its name and size do; others are read and checked, once. */
	async isWhole({ sha256, size }, path, signal) {
		if ((await stat(path).catch(() => void 0))?.size !== size) return false;
		if (!await markUsed(path)) return false;
		if (this.checked.has(sha256)) return true;
		if (!await stat(join(this.cache, "unpacked", sha256)).catch(() => void 0) && await this.hash(path, signal) !== sha256) return false;
		this.checked.add(sha256);
		return true;
	}
};
function sum(numbers) {
	return numbers.reduce((total, number) => total + number, 0);
}

// src/sysroot/pool.ts
/** An error of the worker, with the name and code it had there. */
var WorkerFailure = class extends Error {
	code;
	constructor({ name, message, code }) {
		super(message);
		this.name = name;
		this.code = code;
	}
};
const MAXIMUM_WORKERS = 3;
const LIMITS = {
	maxYoungGenerationSizeMb: 2,
	maxOldGenerationSizeMb: 256
};
const IDLE_MILLISECONDS = 500;
const waiting = [];
const idle = [];
let running = 0;
/**
* Does a job in a thread of its own, roots first, else in the order asked for, as many at a time as there are processors.
* Aborting ends the thread; the promise then rejects with the signal's reason once the thread is really gone,
* so that what it wrote can be removed. Rejects with WorkerFailure when the job fails.
*/
function runJob(job, signal, onRead = () => {}) {
	return new Promise((resolve, reject) => {
		const entry = {
			job,
			signal,
			onRead,
			resolve,
			reject
		};
		if (job.kind === "tree") waiting.unshift(entry);
		else waiting.push(entry);
		startNext();
	});
}
function startNext() {
	while (running < Math.min(MAXIMUM_WORKERS, availableParallelism())) {
		const next = waiting.shift();
		if (!next) return;
		if (next.signal.aborted) {
			next.reject(next.signal.reason);
			continue;
		}
		running += 1;
		work(idle.pop() ?? startWorker(), next).finally(() => {
			running -= 1;
			startNext();
		});
	}
}
function startWorker() {
	return new Worker(workerFile("sysroot-worker", import.meta.url), {
		env: {},
		execArgv: [],
		name: "sysroot",
		resourceLimits: LIMITS
	});
}
async function work(worker, { job, signal, onRead, resolve, reject }) {
	let abort = () => {};
	const outcome = await new Promise((finish) => {
		abort = () => finish({
			reusable: false,
			settle: () => reject(signal.reason)
		});
		const failed = (error) => finish({
			reusable: false,
			settle: () => reject(error)
		});
		signal.addEventListener("abort", abort, { once: true });
		worker.ref();
		worker.on("message", (reply) => {
			if ("read" in reply) onRead(reply.read);
			else if ("done" in reply) finish({
				reusable: true,
				settle: resolve
			});
			else finish({
				reusable: true,
				settle: () => reject(new WorkerFailure(reply.failure))
			});
		});
		worker.on("error", failed);
		worker.on("exit", (code) => failed(/* @__PURE__ */ new Error(`the unpacking thread ended with status ${code}`)));
		worker.postMessage(job);
		if (signal.aborted) abort();
	});
	signal.removeEventListener("abort", abort);
	for (const event of [
		"message",
		"error",
		"exit"
	]) worker.removeAllListeners(event);
	if (outcome.reusable) rest(worker);
	else await worker.terminate();
	outcome.settle();
}
/** Keeps a thread for the next job for a moment; an idle thread neither holds the process nor its memory for long. */
function rest(worker) {
	worker.unref();
	idle.push(worker);
	setTimeout(() => {
		const index = idle.indexOf(worker);
		if (index < 0) return;
		idle.splice(index, 1);
		worker.terminate();
	}, IDLE_MILLISECONDS).unref();
}

// src/sysroot/compose.ts
const UNPACKED = "unpacked";
const COMPOSE_VERSION = 1;
const ABANDONED_MILLISECONDS = 864e5;
const beingMade = /* @__PURE__ */ new Map();
/**
* Unpacks packages (each once, whoever asks) and composes a root of them. Both are kept in the cache, whole or not at all.
* Throws InputError for an archive that is damaged or tries to leave its root (names package and member),
* EnvironmentError when a file in the store is not what was pinned or the disk is full.
*/
async function composeSysroot(options) {
	const { cache, packages, signal } = options;
	signal.throwIfAborted();
	const digest = digestValue([
		UNPACKED,
		COMPOSE_VERSION,
		packages.map(({ pin }) => pin.sha256)
	]);
	const root = join(cache, "sysroots", digest);
	try {
		if (!await markUsed(root)) {
			const directories = await unpackAll(options);
			await make(root, signal, (temporary) => {
				return runJob({
					kind: "tree",
					job: {
						packages: directories,
						root: temporary
					}
				}, signal);
			});
		}
	} catch (error) {
		throw explainSystem(error, "a sysroot cannot be composed", root);
	}
	return {
		root,
		digest
	};
}
async function unpackAll({ cache, packages, signal, onProgress, programs = {}, limits = LIMITS$1 }) {
	const parent = join(cache, UNPACKED);
	const place = ({ pin }) => join(parent, pin.sha256);
	const missing = [];
	for (const item of packages) if (!await markUsed(place(item))) missing.push({
		item,
		size: (await stat(item.path)).size
	});
	missing.sort((a, b) => b.size - a.size);
	const total = missing.reduce((sum, { size }) => sum + size, 0);
	let done = 0;
	const failure = new AbortController();
	const either = AbortSignal.any([signal, failure.signal]);
	let firstError;
	const unpack = async ({ item, size }) => {
		let reported = 0;
		const report = (bytes) => {
			done += bytes - reported;
			reported = bytes;
			onProgress?.({
				done,
				total
			});
		};
		try {
			await make(place(item), either, async (directory) => {
				const job = {
					path: item.path,
					sha256: item.pin.sha256,
					directory,
					limits,
					programs
				};
				await runJob({
					kind: "unpack",
					job
				}, either, report);
			});
			report(size);
		} catch (error) {
			firstError ??= explain(error, item);
			failure.abort();
		}
	};
	await Promise.all(missing.map(unpack));
	signal.throwIfAborted();
	if (firstError !== void 0) throw firstError;
	return packages.map(place);
}
/**
* Makes a directory that appears under its name only when it is whole. Another run that does the same is no harm: the
* first to finish wins. Within this process nothing is made twice at a time.
*/
async function make(path, signal, fill) {
	for (let other = beingMade.get(path); other !== void 0; other = beingMade.get(path)) {
		await other.catch(() => {});
		signal.throwIfAborted();
		if (await markUsed(path)) return;
	}
	const making = makeOnce(path, fill);
	beingMade.set(path, making);
	try {
		await making;
	} finally {
		beingMade.delete(path);
	}
}
async function makeOnce(path, fill) {
	const parent = dirname(path);
	await mkdir(parent, { recursive: true });
	await sweep(parent);
	const temporary = temporaryName(path);
	try {
		await fill(temporary);
		await rename(temporary, path);
	} catch (error) {
		await rm(temporary, {
			recursive: true,
			force: true
		});
		const { code } = error;
		if ((code === "ENOTEMPTY" || code === "EEXIST") && await markUsed(path)) return;
		throw error;
	}
}
const swept = /* @__PURE__ */ new Set();
/** Removes, once per process, what runs that were killed have left half-made; a day old, so that no living one is hit. */
async function sweep(parent) {
	if (swept.has(parent)) return;
	swept.add(parent);
	for (const name of await readdir(parent)) {
		if (!name.endsWith(".tmp")) continue;
		const path = join(parent, name);
		const found = await stat(path).catch(() => void 0);
		if (found && Date.now() - found.mtimeMs > ABANDONED_MILLISECONDS) await rm(path, {
			recursive: true,
			force: true
		});
	}
}
function explain(error, { pin, path }) {
	if (!(error instanceof WorkerFailure)) return error;
	const name = `${pin.name} ${pin.version}`;
	switch (error.name) {
		case "CorruptData": return new InputError(`package ${name} cannot be unpacked: ${error.message}`, {
			where: path,
			cause: error
		});
		case "WrongDigest": return new EnvironmentError(`package ${name} ${error.message}`, {
			where: path,
			remedy: "The file changed after it was downloaded; remove it, and it is fetched again.",
			cause: error
		});
		case "EnvironmentError": return new EnvironmentError(`package ${name}: ${error.message}`, {
			where: path,
			cause: error
		});
		default: return explainSystem(error, `package ${name} cannot be unpacked`, path);
	}
}
function explainSystem(error, what, where) {
	const { code, syscall, message } = error;
	if (!(error instanceof Error) || typeof code !== "string" || !(syscall || error instanceof WorkerFailure)) return error;
	const remedy = isFull(error) ? "The disk is full: make room, or choose another cache directory with OVNFAST_CACHE." : "Choose another cache directory with OVNFAST_CACHE.";
	return new EnvironmentError(`${what} (${message})`, {
		where,
		remedy,
		cause: error
	});
}

// src/prepare.ts
/** Fetches what a lock pins for some of its sysroots and composes them. Throws what fetching and unpacking throw. */
async function prepareSysroots(obtainer, locked, options) {
	const { names, label, emit, signal } = options;
	const obtained = await obtainer.obtain(locked, {
		sysroots: names,
		signal,
		onProgress: fetchProgress(options)
	});
	for (const { message } of obtained.effective.warnings) emit({
		type: "warning",
		target: label,
		message
	});
	return {
		effective: obtained.effective,
		sysroots: await composeAll(obtained.sysroots, options),
		mirrors: [...obtained.mirrors].map(([url, packages]) => ({
			url,
			packages
		}))
	};
}
/** The same of packages that no index has to be asked for, and in whose place no others will do. */
async function preparePinned(store, { archives, timestamps, sysroots }, options) {
	const pins = new Map(options.names.flatMap((name) => sysroots[name] ?? []).map((pin) => [pin.sha256, pin]));
	const fetched = await store.fetch([...pins.values()], archives, {
		signal: options.signal,
		timestamps,
		onProgress: fetchProgress(options)
	});
	const packages = Object.entries(sysroots).map(([name, list]) => [name, list.flatMap(({ sha256 }) => fetched.get(sha256) ?? [])]);
	return await composeAll(new Map(packages), options);
}
/** Tells how far packages are on their way. */
function fetchProgress({ label, emit }) {
	return ({ bytes, totalBytes }) => {
		emit({
			type: "stage",
			target: label,
			stage: "fetch"
		});
		emit({
			type: "progress",
			target: label,
			done: bytes,
			total: totalBytes,
			unit: "bytes"
		});
	};
}
async function composeAll(packages, { names, label, cache, programs = {}, emit, signal }) {
	const made = await Promise.all(names.map(async (name) => {
		return [name, await composeSysroot({
			cache,
			packages: packages.get(name) ?? [],
			signal,
			programs,
			onProgress: ({ done, total }) => {
				emit({
					type: "stage",
					target: label,
					stage: "unpack"
				});
				emit({
					type: "progress",
					target: label,
					done,
					total,
					unit: "bytes"
				});
			}
		})];
	}));
	return Object.fromEntries(made);
}

// src/sysroot/sandbox.ts
const PROBE_SECONDS = 20;
const LIBRARIES = ["usr/lib/x86_64-linux-gnu", "usr/lib"];
const LOADER = "usr/lib/x86_64-linux-gnu/ld-linux-x86-64.so.2";
/** Made anew for every sandbox, so never taken from the sysroot. */
const OWN_DIRECTORIES = [
	"dev",
	"proc",
	"run",
	"sys",
	"tmp"
];
/**
* What of /proc acts on the whole machine. Many of these files ask for user 0 and for no capability, so that a sandbox
* that root started could write them. (As it is partly covered, no program inside can mount another /proc either.)
*/
const PROTECTED_PROC = [
	"acpi",
	"bus",
	"fs",
	"irq",
	"latency_stats",
	"mtrr",
	"pressure",
	"scsi",
	"sys",
	"sysrq-trigger"
];
const ENVIRONMENT = {
	HOME: "/tmp",
	LANG: "C.UTF-8",
	LOGNAME: "root",
	PATH: "/usr/sbin:/usr/bin",
	TZ: "UTC",
	USER: "root"
};
/** A user namespace where the machine allows it (nobody needs to be root for that), none for root elsewhere. */
const MODES = {
	"user namespace": [
		"--unshare-user",
		"--uid",
		"0",
		"--gid",
		"0"
	],
	root: []
};
/**
* Runs programs of a sysroot in namespaces of their own: no network, no view of other processes, a read-only root,
* a private /tmp, always the same user (0, without any capability), host name and environment.
* Bubblewrap does it, itself a package of ours: nothing has to be installed on this machine.
*/
var Sandbox = class Sandbox {
	/** Decompressors of the sandbox's own sysroot, for `composeSysroot` and `decompress`. */
	programs;
	/** How this machine lets us make namespaces. */
	mode;
	sysroot;
	rootArgs = /* @__PURE__ */ new Map();
	constructor(sysroot, mode) {
		this.sysroot = sysroot;
		this.mode = mode;
		const programs = {};
		for (const name of ["xz", "zstd"]) if (existsSync(insideRoot(sysroot.root, `usr/bin/${name}`))) programs[name] = this.command(sysroot, [name, "-dc"]);
		this.programs = programs;
	}
	/**
	* Finds out by trying how this machine lets us make namespaces.
	* Throws EnvironmentError, naming both remedies, when it does in no way.
	*/
	static async open(sandboxSysroot, { signal = new AbortController().signal } = {}) {
		const complaints = [];
		for (const mode of ["user namespace", "root"]) {
			if (mode === "root" && process.getuid?.() !== 0) continue;
			const sandbox = new Sandbox(sandboxSysroot, mode);
			const { command, args } = sandbox.command(sandboxSysroot, ["bwrap", "--version"]);
			try {
				const result = await runProcess(command, args, {
					timeoutSeconds: PROBE_SECONDS,
					signal
				});
				if (result.code === 0 && result.stdout.startsWith("bubblewrap")) return sandbox;
				const said = result.timedOut ? `nothing within ${PROBE_SECONDS} s` : result.stderr.trim();
				complaints.push(`${mode}: ${said || `exit status ${result.code ?? result.killedBy}`}`);
			} catch (error) {
				signal.throwIfAborted();
				complaints.push(`${mode}: ${error.message}`);
			}
		}
		throw new EnvironmentError(`this machine does not let us make a sandbox (${complaints.join("; ")})`, { remedy: [
			"Either run as root (sudo) outside of an unprivileged container,",
			"or allow user namespaces: sysctl -w kernel.unprivileged_userns_clone=1 user.max_user_namespaces=15000,",
			"on Ubuntu 24.04 and newer also kernel.apparmor_restrict_unprivileged_userns=0."
		].join("\n  ") });
	}
	/**
	* Runs a program and waits for it, bounded; it and all its children end with the time-out, the signal, or with us.
	* A failing exit status is a value. Throws EnvironmentError when the sandbox itself cannot be set up.
	*/
	async run(sysroot, argv, options) {
		const { command, args } = this.command(sysroot, argv, options);
		const result = await runProcess(command, args, {
			...options,
			environment: {}
		});
		const trouble = result.code === 1 && result.stdout === "" ? /^bwrap: (?!execvp )(.+)/.exec(result.stderr) : null;
		if (trouble) throw new EnvironmentError(`the sandbox cannot be set up: ${trouble[1]}`);
		return result;
	}
	/**
	* The command line that runs `argv` in a sandbox, for callers that start it by themselves: with an empty environment and
	* in a session of its own (`detached`), of which they have to kill the whole process group. Killing only its leader could
	* miss a sandbox that is just being set up; for the same reason bubblewrap's --new-session is not used.
	* Descriptors from 3 on reach the program.
	*/
	command(sysroot, argv, view = {}) {
		const { root } = this.sysroot;
		const loaderArgs = [
			"--inhibit-cache",
			"--library-path",
			LIBRARIES.map((path) => join(root, path)).join(":")
		];
		const environment = Object.entries({
			...ENVIRONMENT,
			...view.environment
		});
		return {
			command: insideRoot(root, LOADER),
			args: [
				...loaderArgs,
				insideRoot(root, "usr/bin/bwrap"),
				...[
					"--unshare-ipc",
					"--unshare-pid",
					"--unshare-net",
					"--unshare-uts",
					"--unshare-cgroup-try"
				],
				...MODES[this.mode],
				...[
					"--die-with-parent",
					"--cap-drop",
					"ALL",
					"--hostname",
					"ovnfast"
				],
				"--clearenv",
				...environment.flatMap(([name, value]) => [
					"--setenv",
					name,
					value
				]),
				...this.mountsOf(sysroot),
				...["--proc", "/proc"],
				...PROTECTED_PROC.flatMap((name) => [
					"--ro-bind-try",
					`/proc/${name}`,
					`/proc/${name}`
				]),
				...[
					"--dev",
					"/dev",
					"--dir",
					"/sys",
					"--tmpfs",
					"/run",
					"--perms",
					"1777",
					"--tmpfs",
					"/tmp"
				],
				...[...sysroot.grafts ?? [], ...view.binds ?? []].flatMap(({ from, to, writable }) => [
					writable ? "--bind" : "--ro-bind",
					absolute(from),
					absolute(to)
				]),
				...(view.devices ?? []).flatMap((device) => [
					"--dev-bind",
					absolute(device),
					absolute(device)
				]),
				...[
					"--remount-ro",
					"/",
					"--chdir",
					view.workingDirectory ?? "/",
					"--",
					...argv
				]
			]
		};
	}
	/**
	* The root inside is an empty file system on which the entries of the sysroot are mounted one by one,
	* so that places to bind to can be made beside them while the sysroot itself is never written to.
	*/
	mountsOf({ root }) {
		let args = this.rootArgs.get(root);
		if (args === void 0) {
			args = readdirSync(root).filter((name) => !OWN_DIRECTORIES.includes(name)).sort().flatMap((name) => {
				const path = join(root, name);
				if (lstatSync(path).isSymbolicLink()) return [
					"--symlink",
					readlinkSync(path),
					`/${name}`
				];
				return [
					"--ro-bind",
					path,
					`/${name}`
				];
			});
			this.rootArgs.set(root, args);
		}
		return args;
	}
};
function absolute(path) {
	if (!isAbsolute(path)) throw new TypeError(`the sandbox needs absolute paths, not ${path}`);
	return normalize(path);
}

// src/tools.ts
/** The sysroots that all targets share: the sandbox itself, QEMU, the guest's user space. Each is made at its first use, once. */
var Tools = class {
	options;
	end = new AbortController();
	made = /* @__PURE__ */ new Map();
	opened;
	constructor(options) {
		this.options = {
			...options,
			signal: AbortSignal.any([options.signal, this.end.signal])
		};
		setMaxListeners(0, this.options.signal);
	}
	/** What pins a shared sysroot; needs no network when its lock is there. Throws InputError for an unknown name. */
	async lock(name) {
		const { matrix, obtainer, signal } = this.options;
		const tool = matrix.tools.find((one) => one.name === name);
		if (!tool) throw new InputError(`no sysroot "${name}"`, { where: "matrix/tools.yml" });
		return await obtainer.toolLock(tool, signal);
	}
	/** A shared sysroot: `machine`, `guest`, ... Throws what fetching and unpacking throw. */
	sysroot(name) {
		const sysroot = this.once(name).then((made) => made.sysroot);
		sysroot.catch(() => {});
		return sysroot;
	}
	/** The lock that a shared sysroot was really made of. Makes it when nobody has yet. */
	async lockOf(name) {
		return (await this.once(name)).effective;
	}
	/** The sandbox, opened at the first use. Throws EnvironmentError where neither root nor user namespaces let it work. */
	sandbox() {
		this.opened ??= this.sysroot("sandbox").then((sysroot) => Sandbox.open(sysroot, this.options));
		this.opened.catch(() => {});
		return this.opened;
	}
	/** Ends what is still on its way and nobody waits for any more. */
	async [Symbol.asyncDispose]() {
		this.end.abort();
		await Promise.allSettled([...this.made.values(), this.opened]);
	}
	once(name) {
		let made = this.made.get(name);
		if (!made) {
			made = this.make(name);
			this.made.set(name, made);
		}
		return made;
	}
	async make(name) {
		const { obtainer, cache, emit, signal } = this.options;
		const programs = name === "sandbox" ? {} : (await this.sandbox()).programs;
		const locked = await this.lock(name);
		const { sysroots, effective } = await prepareSysroots(obtainer, locked, {
			names: [name],
			label: name,
			cache,
			programs,
			emit,
			signal
		});
		const sysroot = sysroots[name];
		if (!sysroot) throw new Error(`the lock of ${name} has no sysroot of that name`);
		emit({
			type: "ready",
			target: name
		});
		return {
			sysroot,
			effective
		};
	}
};

// src/trees.ts
/** Shared sysroots that are there anyway, whose libraries may serve a tree's own programs. */
const WITH_LIBRARIES = ["sandbox", "guest"];
/** Kernel trees of the user: opened as targets, and prepared with the toolchain of a distribution. */
var Trees = class {
	parts;
	scratch = [];
	constructor(parts) {
		this.parts = parts;
	}
	/** Throws as `openTree`. */
	async open(wish, boots) {
		const { matrix, tools } = this.parts;
		return await openTree(wish, {
			matrix,
			boots,
			programs: async () => (await tools.sandbox()).programs
		});
	}
	/** What pins the toolchain that a tree is built with. Throws as `Obtainer.toolLock`. */
	async lock({ tree }) {
		return await this.parts.obtainer.toolLock(tree.toolchain, this.parts.signal);
	}
	/** The sysroots `headers` and `image`: only the toolchain is fetched, and only to build with. Throws as `fitPrograms`. */
	async prepare({ kernel, tree }, names, locked, settings) {
		const { matrix, cache } = this.parts;
		const sysroots = { image: imageSysroot(tree) };
		const needed = names.some((name) => name === "headers") ? [TOOLCHAIN] : [];
		const { effective, mirrors, ...made } = await this.fetch(tree, locked, {
			...settings,
			names: needed
		});
		const toolchain = made.sysroots[TOOLCHAIN];
		if (toolchain) {
			const scratch = await TemporaryDirectory.create(join(cache, "work"), "tree-");
			this.scratch.push(scratch);
			const others = this.libraries(tree.toolchain, settings);
			sysroots.headers = await headersSysroot(tree, toolchain, {
				others,
				scratch: scratch.path
			});
		}
		const used = "tool" in effective ? effective.tool : tree.toolchain;
		const hint = await suggestToolchain(matrix, {
			toolchain: used,
			lock: effective.lock
		}, tree.compiler);
		return {
			effective,
			mirrors,
			kernel,
			sysroots,
			...hint === void 0 ? {} : { hint }
		};
	}
	/** The toolchain, or the next best where no mirror has one that the user did not ask for by name. */
	async fetch({ toolchain, otherToolchains }, locked, options) {
		const { obtainer, signal } = this.parts;
		const locks = [async () => locked, ...otherToolchains.map((tool) => () => obtainer.toolLock(tool, signal))];
		for (const [index, lock] of locks.entries()) try {
			return await prepareSysroots(obtainer, await lock(), options);
		} catch (error) {
			const next = otherToolchains[index];
			if (!next || !(error instanceof NotDeliveredError)) throw error;
			const message = `${next.group} is to build in place of ${toolchain.group}, which cannot be had: ${error.message}`;
			options.emit({
				type: "warning",
				target: options.label,
				message
			});
		}
		throw new Error("no toolchain was tried");
	}
	async [Symbol.asyncDispose]() {
		for (const directory of this.scratch) await directory[Symbol.asyncDispose]();
	}
	/** Sysroots to take libraries from, in the order to try them: what is there anyway, then other toolchains, newest first. */
	libraries(own, settings) {
		const { matrix, obtainer, tools, signal } = this.parts;
		const others = matrix.toolchains.filter((one) => one !== own && one.distribution.default).reverse();
		return [...WITH_LIBRARIES.map((name) => () => tools.sysroot(name)), ...others.map((tool) => async () => {
			const locked = await obtainer.toolLock(tool, signal);
			const options = {
				...settings,
				label: `${tool.group}/${tool.name}`,
				names: [TOOLCHAIN]
			};
			return (await prepareSysroots(obtainer, locked, {
				...options,
				names: [...options.names]
			})).sysroots[TOOLCHAIN];
		})];
	}
};

// src/workshop.ts
const BUILD_TIMEOUT_SECONDS = 1800;
const PROGRAM_TIMEOUT_SECONDS = 300;
/** The shared sysroot with clang. */
const COMPILER = "bpf";
/** The matrix, the store and the shared sysroots: what every command works with. Closed when its scope ends. */
var Workshop = class Workshop {
	cache;
	matrix;
	store;
	obtainer;
	tools;
	options;
	trees;
	gpgv;
	/** Of targets of packages: made before anything is begun, and used later. */
	locks = /* @__PURE__ */ new WeakMap();
	marker;
	constructor(options, matrix, marker) {
		this.marker = marker;
		const { cache, mirrors, proxy, frozen } = options;
		this.options = options;
		this.cache = cache;
		this.matrix = matrix;
		const supply = options.supply ? { supply: options.supply } : {};
		this.store = new Store(cache, {
			mirrors,
			proxy,
			apt: "/etc/apt",
			yum: "/etc",
			...supply
		});
		const gpgv = sandboxedGpgv(() => this.tools, cache);
		this.gpgv = gpgv;
		const programs = async () => (await this.tools.sandbox()).programs;
		this.obtainer = new Obtainer({
			store: this.store,
			matrixDirectory: matrix.directory,
			frozen,
			gpgv,
			programs,
			onFetch: ({ id, kernel }, progress) => {
				const label = kernel === void 0 ? id : labelOf({
					id,
					kernel
				});
				fetchProgress({
					label,
					emit: options.emit
				})(progress);
			}
		});
		this.tools = new Tools({
			...options,
			matrix,
			obtainer: this.obtainer
		});
		this.trees = new Trees({
			...options,
			matrix,
			obtainer: this.obtainer,
			tools: this.tools
		});
	}
	/** Throws InputError for a mistake in the matrix files, EnvironmentError when the cache cannot be used. */
	static async open(options) {
		const matrix = await loadMatrix(options.matrix);
		return new Workshop(options, matrix, await enterRun(options.cache, options.signal));
	}
	/** The targets that patterns name, see `selectTargets`; a distribution nobody named and nobody serves is left out with a warning. */
	selectTargets(patterns, { ignoreLocks = false } = {}) {
		const { emit, signal } = this.options;
		return selectTargets(this.matrix, patterns, {
			ignoreLocks,
			releases: (distribution) => this.obtainer.releases(distribution, signal),
			asked: async (distribution) => (await this.obtainer.offers(distribution, signal)).asked,
			onUnavailable: (distribution, error, named) => {
				signal.throwIfAborted();
				if (named) throw error;
				emit({
					type: "warning",
					target: distribution.id,
					message: `skipped: ${error.message}`
				});
			}
		});
	}
	/**
	* The kernels that a user asks for: those that patterns name, or the one of a tree or of packages. Throws as
	* `selectTargets`, `openTree` and `openPackages`.
	*/
	async targets({ patterns, tree, packages, ...use }) {
		const { emit, signal } = this.options;
		if (tree) {
			const { target, note } = await this.trees.open(tree, use.boots);
			emit({
				type: "note",
				target: labelOf(target),
				message: note
			});
			return [target];
		}
		if (!packages) return await this.selectTargets(patterns);
		const { matrix, store, gpgv } = this;
		const programs = async () => (await this.tools.sandbox()).programs;
		const { target, notes, warnings } = await openPackages(packages, patterns, {
			matrix,
			store,
			gpgv,
			programs,
			use,
			signal
		});
		const label = labelOf(target);
		for (const message of notes) emit({
			type: "note",
			target: label,
			message
		});
		for (const message of warnings) emit({
			type: "warning",
			target: label,
			message
		});
		if (use.builds || use.boots) await this.lock(target).catch((error) => {
			if (signal.aborted || error instanceof InputError) throw error;
		});
		return [target];
	}
	/** What pins the packages of a target. Throws as `Obtainer.targetLock`. */
	async lock(target) {
		const { obtainer, matrix } = this;
		const { frozen, signal } = this.options;
		if (isTree(target)) return await this.trees.lock(target);
		if (hasPackages(target)) {
			const known = this.locks.get(target) ?? lockPackages(target, {
				matrix,
				obtainer,
				frozen,
				signal
			});
			this.locks.set(target, known);
			return await known;
		}
		return await obtainer.targetLock(target, signal);
	}
	/**
	* Fetches what a target's lock (found when not given) pins for some of its sysroots, and composes them.
	* Throws what fetching and unpacking throw.
	*/
	async prepare(target, names, locked) {
		const { emit, signal } = this.options;
		const { programs } = await this.tools.sandbox();
		const lock = locked ?? await this.lock(target);
		const options = {
			label: labelOf(target),
			cache: this.cache,
			programs,
			emit,
			signal
		};
		if (isTree(target)) return await this.trees.prepare(target, names, lock, options);
		const prepared = await prepareSysroots(this.obtainer, lock, {
			names,
			...options
		});
		return {
			...prepared,
			kernel: prepared.effective.lock.kernel ?? target.kernel
		};
	}
	/**
	* What a target's kernel offers to modules, from its own packages alone: neither compiler nor image is fetched.
	* Throws what fetching and unpacking throw.
	*/
	async kernelInterface(target) {
		const locked = hasPackages(target) ? lockInterface(target) : await this.obtainer.kernelLock(target, "interface", this.options.signal);
		const warnings = locked.warnings.filter(({ kind }) => kind !== "not-locked");
		const { kernel, sysroots } = await this.prepare(target, ["interface"], {
			...locked,
			warnings
		});
		return await readKernelInterface(sysroots.interface, kernel);
	}
	/** Builds the module in a directory for a target that is prepared. Throws as `buildModule`. */
	async build(moduleDirectory, { kernel, sysroots, hint }, { sandbox, portable = false, ...settings }) {
		const own = sandbox ?? await this.tools.sandbox();
		const built = await buildModule({
			sandbox: own,
			sysroot: sysroots.headers,
			kernel,
			moduleDirectory,
			image: sysroots.image,
			portable,
			cache: this.cache,
			...settings,
			timeoutSeconds: BUILD_TIMEOUT_SECONDS,
			signal: this.options.signal,
			programs: own.programs
		});
		if (built.reason === void 0 || hint === void 0 || built.diagnostics.some(isOfModule)) return built;
		return {
			...built,
			reason: `${built.reason} (${hint})`
		};
	}
	/** Paths of the C programs of a suite, compiled when they are not in the cache. Throws as `compilePrograms`. */
	async programs(suite) {
		if (suite.programs.length === 0) return [];
		const { digest } = await this.tools.lock(COMPILER);
		return await compilePrograms(suite, {
			digest,
			toolchain: async () => ({
				sandbox: await this.tools.sandbox(),
				sysroot: await this.tools.sysroot(COMPILER),
				digest: (await this.tools.lockOf(COMPILER)).digest
			}),
			cache: this.cache,
			...this.options.supply ? { supply: this.options.supply } : {},
			signal: this.options.signal
		});
	}
	/** Compiles the eBPF programs in a directory, for all targets alike. Throws as `buildPrograms`. */
	async buildPrograms(directory, { sandbox, sysroot, ...settings }) {
		return await buildPrograms({
			sandbox: sandbox ?? await this.tools.sandbox(),
			sysroot: sysroot ?? await this.tools.sysroot("bpf"),
			directory,
			cache: this.cache,
			...settings,
			timeoutSeconds: PROGRAM_TIMEOUT_SECONDS,
			signal: this.options.signal
		});
	}
	/** Digest of the tool itself: another version may judge in another way, so what an older one kept does not count. */
	async ownDigest() {
		const { root } = this.options;
		return await digestTree(join(root, isBundle ? "dist" : "src"));
	}
	async [Symbol.asyncDispose]() {
		await this.tools[Symbol.asyncDispose]();
		await this.trees[Symbol.asyncDispose]();
		this.obtainer[Symbol.dispose]();
		await this.store.close();
		await this.marker[Symbol.asyncDispose]();
	}
};
/** Errors in the module's own files are its author's: a line in one of them, or a symbol that nobody exports. */
function isOfModule({ severity, file, line }) {
	return severity === "error" && !file.startsWith("/") && (line !== void 0 || file.endsWith(".ko"));
}

export { placeIn as _, readKernelInterface as a, isTree as c, prepareFlash as d, markUsed as f, insideRoot as g, findHeaders as h, parseControl as i, kernelImage as l, lockPath as m, Sandbox as n, isGplCompatible as o, loadMatrix as p, preparePinned as r, pLimit as s, Workshop as t, memoryToStart as u };
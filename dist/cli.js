#!/usr/bin/env node
import { $ as loadSuite, D as KernelLog, E as groupBy, G as describeTerminal, J as stringWidth, K as painter, L as madeOf, M as kindOf, N as suiteOf, S as renderModule, T as summaryMarkdown, U as resultTable, W as cell, X as buildsOf, _ as Machine, a as runBuild, b as matchKernel, c as secureBootOption, d as packageOption, f as treeOptions, g as prepareMachine, h as run, it as Option, j as digestSubject, k as claimDirectory, l as trustedOf, m as collect, n as moduleDirectory, nt as CommanderError, o as runRun, p as flowsOptions, q as statusLook, r as ownModules, rt as InvalidArgumentError, s as runVerify, t as watchOnStderr, tt as Command, u as kernelsOf, w as writeReport, x as printable } from "./chunk-listener.js";
import { p as package_default } from "./chunk-certificate.js";
import { a as readShardPlan, l as runBench, n as shardsOf, o as processEdge, r as DEFAULT_ARTIFACT, t as runPlan } from "./chunk-plan.js";
import { n as ExplainedError, r as InputError, t as EnvironmentError } from "./chunk-errors.js";
import { a as makeDirectory, c as writeAtomic, i as isFull, s as temporaryName, t as TemporaryDirectory } from "./chunk-files.js";
import { a as readKernelInterface, g as insideRoot, h as findHeaders, m as lockPath, n as Sandbox, r as preparePinned, t as Workshop } from "./chunk-workshop2.js";
import { $ as exitStatus, A as lockDigest, B as readContent, C as writeManifest, Dt as string, Et as strictObject, G as moveSignature, H as readModule, I as writeLock, K as splitSignature, N as readLock, Q as builtFiles, S as readManifest, U as readVersions, V as readInfo, Y as ElfFile, Z as readNotes, _t as _enum, b as makeManifest, dt as selectReleases, et as overallStatus, h as isBuildProduct, ht as nearest, l as readObject, mt as didYouMean, n as workshopOptions, ot as compareTargets, pt as readDocument, rt as targetStatus, s as isObject, st as labelOf, tt as parseReport, u as findSource$1, ut as matcher, v as MANIFEST, vt as array, w as distributionOf, x as makeProgramManifest, xt as int, yt as boolean, z as parseModule } from "./chunk-workshop.js";
import { a as digestValue, i as digestTree, n as digestBytes, t as _usingCtx } from "./chunk-usingCtx.js";
import { c as visible, i as counted, o as oneLine, t as byteSize } from "./chunk-text.js";
import { a as pruneCache, i as cacheUsage, r as signalStatus, t as interruptible } from "./chunk-abort.js";
import { a as imageReference, c as networkReference, d as resourcePrefix, f as resourceReference, h as uplink, i as driverName, l as pciId, m as subdomain, n as textOf, o as interfaceName, p as rootDevice, r as toYaml, s as label, t as comment, u as resourceName } from "./chunk-stream.js";
import { t as LineSplitter } from "./chunk-lines.js";
import { basename, dirname, isAbsolute, join, normalize, relative, resolve } from "node:path";
import { constants, createWriteStream } from "node:fs";
import { chmod, copyFile, lstat, mkdir, open, readFile, readdir, realpath, rename, rm, stat } from "node:fs/promises";
import { createHash } from "node:crypto";
import { pipeline } from "node:stream/promises";
import { isIPv4, isIPv6 } from "node:net";

// src/bisect/unified.ts
const HEAD$1 = /^@@ -\d+(?:,(\d+))? \+(\d+)(?:,(\d+))? @@/;
/**
* Reads what `diff -u -r` printed. `nameOf` makes a file's name of the words of its `+++` line. Hunks are read by the
* counts in their heads, so that no text in a file passes for a head.
*/
function parseUnified(text, nameOf) {
	const files = [];
	const lines = text.split("\n");
	for (let at = 0; at < lines.length;) {
		const line = lines[at++] ?? "";
		if (line.startsWith("+++ ")) files.push({
			file: nameOf(line.slice(4)),
			hunks: []
		});
		const counts = HEAD$1.exec(line);
		if (!counts) continue;
		let [older, newer] = [Number(counts[1] ?? 1), Number(counts[3] ?? 1)];
		const hunk = {
			head: line,
			line: Number(counts[2]),
			lines: []
		};
		while (at < lines.length && (older > 0 || newer > 0 || lines[at]?.startsWith("\\"))) {
			const content = lines[at++] ?? "";
			const mark = content[0] ?? " ";
			if (mark !== "+" && mark !== "\\") older--;
			if (mark !== "-" && mark !== "\\") newer--;
			hunk.lines.push(content);
		}
		files.at(-1)?.hunks.push(hunk);
	}
	return files;
}
/** The diff of one file, or of some of its hunks, between two trees that are called `before` and `after`. */
function renderUnified({ file, hunks }, before, after) {
	return [
		`--- ${before}/${file}`,
		`+++ ${after}/${file}`,
		...hunks.flatMap(({ head, lines }) => [head, ...lines])
	];
}

// src/bisect/header-diff.ts
/** Header packages unpack below one of these, each into directories named by the release. */
const SOURCES = ["/usr/src/kernels", "/usr/src"];
const MAXIMUM_FILE = 8 * 2 ** 20;
const MAXIMUM_DIFF = 64 * 2 ** 20;
const DIFF_SECONDS = 120;
/**
* What differs between two releases in the headers that a module includes: `included` are paths in the older one's sysroot.
* A header that the newer one lacks counts as emptied. Throws EnvironmentError when a release has no headers or `diff` fails.
*/
async function diffHeaders(included, before, after, { sandbox, tools, cache, signal }) {
	try {
		var _usingCtx$12 = _usingCtx();
		const [older, newer] = await Promise.all([directoriesOf(before), directoriesOf(after)]);
		const work = _usingCtx$12.a(await TemporaryDirectory.create(join(cache, "work"), "headers-"));
		await Promise.all(["a", "b"].map((name) => mkdir(join(work.path, name))));
		let count = 0;
		for (const path of included) {
			signal.throwIfAborted();
			const home = older.find((directory) => path.startsWith(`${directory}/`));
			if (home === void 0) continue;
			count++;
			const name = path.slice(home.length + 1);
			await stage(await findFile(before.sysroot, [path]), join(work.path, "a", name));
			const places = newer.map((directory) => `${directory}/${name}`);
			await stage(await findFile(after.sysroot, places), join(work.path, "b", name));
		}
		const { code, stdout, stderr } = await sandbox.run(tools, [
			"diff",
			"-r",
			"-u",
			"-N",
			"-p",
			"a",
			"b"
		], {
			binds: [{
				from: work.path,
				to: "/headers"
			}],
			workingDirectory: "/headers",
			timeoutSeconds: DIFF_SECONDS,
			signal,
			keepBytes: MAXIMUM_DIFF
		});
		if (code !== 0 && code !== 1) throw new EnvironmentError(`the headers cannot be compared: ${stderr.trim()}`);
		const files = parseUnified(stdout, (words) => words.replace(/\t.*$/, "").replace(/^b\//, ""));
		return {
			included: count,
			files,
			clipped: Buffer.byteLength(stdout) >= MAXIMUM_DIFF
		};
	} catch (_) {
		_usingCtx$12.e = _;
	} finally {
		await _usingCtx$12.d();
	}
}
/** The directories that hold headers of the release, that of its configuration first: Debian and Ubuntu have two. */
async function directoriesOf({ sysroot, kernel }) {
	const { directory } = await findHeaders(sysroot, kernel);
	const found = [directory];
	for (const source of SOURCES) {
		const names = await readdir(insideRoot(sysroot.root, source)).catch(() => []);
		for (const name of names) if (!found.includes(`${source}/${name}`)) found.push(`${source}/${name}`);
	}
	return found.filter((path) => !SOURCES.includes(path));
}
/** The first of some paths in a sysroot at which there is a file. */
async function findFile({ root }, paths) {
	for (const path of paths) {
		const place = insideRoot(root, path);
		const found = await stat(place).catch(() => void 0);
		if (found?.isFile() && found.size <= MAXIMUM_FILE) return place;
	}
}
async function stage(from, to) {
	if (from === void 0) return;
	await mkdir(dirname(to), { recursive: true });
	await copyFile(from, to);
}

// src/bisect/rank.ts
/** A line that was changed says more than one beside it. */
const CHANGED = 4;
const POINTED_AT = 4;
/** Lines around a place that the compiler pointed at. */
const NEAR = 3;
const MAXIMUM_NAMES = 50;
/** Words of C, and of compilers, in messages that name nothing of a kernel's. */
const COMMON = new Set([
	"auto bool break case char const continue default do double else enum error extern float for from function goto if",
	"inline int long option register restrict return short signed sizeof static struct switch typedef undefined union",
	"unsigned void volatile warning while"
].join(" ").split(" "));
/** Names in quotes in errors, and in the notes that belong to them. */
function namesIn(diagnostics) {
	const names = /* @__PURE__ */ new Set();
	for (const { message } of relevant(diagnostics)) {
		for (const [, quoted = ""] of message.matchAll(/['"‘“]([^'"’”]{2,200})['"’”]/g)) for (const [name] of quoted.matchAll(/[A-Za-z_]\w{2,}/g)) if (!COMMON.has(name)) names.add(name);
		if (names.size >= MAXIMUM_NAMES) break;
	}
	return [...names];
}
/**
* All hunks, those first that change what the errors name or that the compiler pointed at, else in the order of the files.
* A name counts the more the fewer hunks have it: `class_create` says what is wrong, `module` does not.
*/
function rankHunks(files, diagnostics) {
	const all = files.flatMap(({ file, hunks }) => hunks.map((hunk) => ({
		file,
		hunk,
		score: 0,
		focus: []
	})));
	const places = relevant(diagnostics).filter(({ file }) => file.startsWith("/"));
	for (const one of all) {
		const found = places.filter(({ file }) => file.endsWith(`/${one.file}`)).map(({ line }) => positionOf(one.hunk, line)).filter((position) => position !== void 0);
		if (found.length > 0) Object.assign(one, {
			score: POINTED_AT,
			focus: found
		});
	}
	for (const name of namesIn(diagnostics)) {
		const pattern = new RegExp(`\\b${name}\\b`);
		const having = all.flatMap((one) => {
			const at = one.hunk.lines.flatMap((line, position) => pattern.test(line) ? [position] : []);
			return at.length > 0 ? [{
				one,
				at
			}] : [];
		});
		for (const { one, at } of having) {
			const isChanged = at.some((position) => /^[+-]/.test(one.hunk.lines[position] ?? ""));
			one.score += (isChanged ? CHANGED : 1) / having.length;
			one.focus.push(...at);
		}
	}
	return all.sort((a, b) => b.score - a.score);
}
/** Errors, and the notes that belong to them. */
function relevant(diagnostics) {
	let isError = false;
	return diagnostics.filter(({ severity }) => {
		if (severity !== "note") isError = severity === "error";
		return isError;
	});
}
/** Where in a hunk a line of the newer file is, or the nearest one when it lies just outside. */
function positionOf({ line, lines }, wanted) {
	if (wanted === void 0) return void 0;
	const newer = lines.flatMap((text, position) => /^[-\\]/.test(text) ? [] : [position]);
	if (wanted < line - NEAR || wanted >= line + newer.length + NEAR) return void 0;
	return newer[Math.min(Math.max(0, wanted - line), newer.length - 1)] ?? 0;
}

// src/bisect/search.ts
/**
* Finds the first of a row of `count` that fails, the row being expected to pass up to some place and to fail from there on,
* with as few probes as that takes: both ends, then the middle of what is left. One more probe on either side of the place
* tells a row that goes back and forth, as far as one probe can; if it does, the earliest failure that was seen is traced.
*/
async function search(count, probe, onStep = () => {}) {
	const verdicts = /* @__PURE__ */ new Map();
	let pass;
	let fail;
	let odd;
	const test = async (position, kind) => {
		onStep({
			position,
			kind,
			...pass === void 0 ? {} : { pass },
			...fail === void 0 ? {} : { fail }
		});
		const verdict = await probe(position);
		verdicts.set(position, verdict);
		return verdict;
	};
	const result = (outcome) => ({
		verdicts,
		outcome,
		...pass === void 0 ? {} : { pass },
		...fail === void 0 ? {} : { fail },
		...odd === void 0 ? {} : { odd }
	});
	for (let last = count - 1; last >= 0; last--) {
		const verdict = await test(last, "end");
		if (verdict === "unknown") continue;
		if (verdict === "pass") pass = last;
		else fail = last;
		break;
	}
	if (pass !== void 0) return result("nothing fails");
	if (fail === void 0) return result("unknown");
	for (let first = 0; first < fail; first++) {
		const verdict = await test(first, "end");
		if (verdict === "unknown") continue;
		if (verdict === "pass") pass = first;
		else fail = first;
		break;
	}
	if (pass === void 0) return result("nothing passes");
	const first = pass;
	for (;;) {
		for (let next = middle(range(pass, fail), verdicts); next !== void 0;) {
			const verdict = await test(next, "middle");
			if (verdict === "pass") pass = next;
			if (verdict === "fail") fail = next;
			next = middle(range(pass, fail), verdicts);
		}
		const before = middle(range(first, pass), verdicts);
		if (before === void 0 || await test(before, "check") !== "fail") break;
		odd = {
			fails: before,
			passes: pass
		};
		fail = before;
		pass = Math.max(...range(first - 1, before).filter((position) => verdicts.get(position) === "pass"));
	}
	const after = middle(range(fail, count - 1), verdicts);
	if (after !== void 0 && await test(after, "check") === "pass") odd ??= {
		fails: fail,
		passes: after
	};
	return result("found");
}
/** What lies between two positions. */
function range(low, high) {
	return Array.from({ length: Math.max(0, high - low - 1) }, (_, index) => low + 1 + index);
}
/** The one in the middle of those that were not tested. */
function middle(positions, verdicts) {
	const left = positions.filter((position) => !verdicts.has(position));
	return left[Math.floor((left.length - 1) / 2)];
}

// src/bisect/symbols.ts
/** The symbols that modules import whose version, exporter, namespace or licence differs between two kernels; by name. */
function changedSymbols(modules, before, after) {
	return [...new Set(modules.flatMap(({ imports }) => imports.map(({ symbol }) => symbol)))].sort().flatMap((symbol) => {
		const [old, now] = [before.symbols.get(symbol), after.symbols.get(symbol)];
		if (!old) return [];
		if (!now) return [{
			symbol,
			before: old
		}];
		return describe$1(old) === describe$1(now) ? [] : [{
			symbol,
			before: old,
			after: now
		}];
	});
}
/** `0x12345678 vmlinux, GPL, namespace NET`; without the CRC where there is none. */
function describe$1({ crc, module, gplOnly, namespace }) {
	return [
		.../^0x0+$/.test(crc) ? [] : [crc],
		module,
		...gplOnly ? ["GPL only"] : [],
		...namespace ? [`namespace ${namespace}`] : []
	].join(", ");
}

// src/bisect/bisect.ts
/**
* Finds the first kernel release of a distribution that the module fails on, and what changed there. Each release is built,
* and tested when there are suites, as by `run`, whose report of all of them is written too. Throws as `run`, and
* InputError when the targets are not two or more releases of one distribution.
*/
async function bisect(options) {
	const { moduleDirectory, targets: patterns, ...rest } = options;
	const kind = await kindOf({ directory: moduleDirectory });
	let bisection;
	const course = async (targets, runOne, workshop) => {
		const row = rowOf(targets, options);
		const reports = /* @__PURE__ */ new Map();
		const found = await search(row.length, async (position) => {
			const target = row[position];
			const report = await runOne({
				...target,
				named: true,
				pinned: true
			});
			reports.set(position, report);
			return verdictOf(report);
		}, (step) => options.emit({
			type: "note",
			message: `bisect: ${stepText(step, row)}`
		}));
		const [lastGood, firstBad] = [found.pass, found.fail].map((index) => index === void 0 ? void 0 : row[index]);
		const diagnostics = found.fail === void 0 ? [] : reports.get(found.fail)?.build?.diagnostics ?? [];
		bisection = {
			id: row[0]?.id ?? "",
			outcome: found.outcome,
			releases: row.map(({ kernel }, index) => {
				const [verdict, reason] = [found.verdicts.get(index), reasonOf(reports.get(index))];
				return {
					kernel,
					...verdict ? { verdict } : {},
					...reason === void 0 ? {} : { reason }
				};
			}),
			...lastGood ? { lastGood: lastGood.kernel } : {},
			...firstBad ? { firstBad: firstBad.kernel } : {},
			...found.odd ? { odd: {
				fails: row[found.odd.fails]?.kernel ?? "",
				passes: row[found.odd.passes]?.kernel ?? ""
			} } : {},
			diagnostics
		};
		if (lastGood && firstBad && kind === "module") bisection.trail = await follow(lastGood, firstBad, {
			workshop,
			options,
			diagnostics
		});
		return [...reports].sort(([a], [b]) => a - b).map(([, report]) => report);
	};
	const { files } = await run({
		...rest,
		subject: { directory: moduleDirectory },
		targets: patterns.map((pattern) => pattern.includes("/") ? pattern : `${pattern}/*`),
		course
	});
	if (!bisection) throw new Error("a run took another course");
	return {
		bisection,
		files
	};
}
/** The releases to search, oldest first. */
function rowOf(targets, { good, bad }) {
	const ids = [...new Set(targets.map(({ id }) => id))];
	if (ids.length !== 1) throw new InputError(`a bisection is of one distribution, not of ${ids.join(" and ") || "none"}`, { remedy: "Name one with --target, with a pattern for its releases if not all are meant: debian-12/6.1.*." });
	const position = (release, option) => {
		const found = targets.findIndex(({ id, kernel }) => release === kernel || release === `${id}/${kernel}`);
		if (found >= 0) return found;
		const kernels = targets.map(({ kernel }) => kernel);
		const near = nearest(release, kernels);
		throw new InputError(`${option}: no kernel release ${release} among ${kernels.length} that --target names`, { remedy: near.length > 0 ? `Did you mean ${near.join(" or ")}?` : `They are: ${kernels.join(", ")}.` });
	};
	const first = good === void 0 ? 0 : position(good, "--good");
	const last = bad === void 0 ? targets.length - 1 : position(bad, "--bad");
	if (first >= last) {
		const [older, newer] = [targets[first]?.kernel, targets[last]?.kernel];
		throw new InputError(`nothing lies between ${older} and ${newer}, of which the second has to be the newer`, { remedy: "Name an older release with --good, a newer one with --bad, or more releases with --target." });
	}
	return targets.slice(first, last + 1);
}
function stepText({ position, kind, pass, fail }, row) {
	const at = (index) => row[index]?.kernel;
	if (kind === "check") return `trying ${at(position)}, to see whether more than one thing changed`;
	const bounds = [
		pass === void 0 ? "" : `${at(pass)} passes`,
		fail === void 0 ? "" : `${at(fail)} fails`,
		kind === "middle" && pass !== void 0 && fail !== void 0 ? `${fail - pass - 1} between` : ""
	];
	return [`trying ${at(position)}`, ...bounds].filter(Boolean).join(", ");
}
/** Why a target did not pass; of tests that failed the first. */
function reasonOf(report) {
	const failed = report?.suites.flatMap(({ name, tests }) => tests.filter(({ status }) => status === "fail").map((test) => [
		name,
		test.name,
		test.reason
	]));
	return report?.reason ?? failed?.[0]?.filter(Boolean).join(": ");
}
function verdictOf({ status }) {
	return status === "pass" || status === "fail" ? status : "unknown";
}
/** Builds once more for the last good release, to learn which headers the module includes, and compares those. */
async function follow(lastGood, firstBad, { workshop, options, diagnostics }) {
	try {
		var _usingCtx$11 = _usingCtx();
		const { cache, jobs, signal, moduleDirectory, emit } = options;
		const work = _usingCtx$11.a(await TemporaryDirectory.create(join(cache, "work"), "bisect-"));
		emit({
			type: "note",
			message: `bisect: comparing the headers of ${lastGood.kernel} and ${firstBad.kernel}`
		});
		const before = await workshop.prepare({
			...lastGood,
			pinned: true
		}, ["headers", "image"]);
		const after = await workshop.prepare({
			...firstBad,
			pinned: true
		}, ["headers"]);
		const built = await workshop.build(moduleDirectory, before, {
			outDirectory: work.path,
			jobs,
			listIncluded: true
		});
		const trees = [{
			kernel: before.kernel,
			sysroot: before.sysroots.headers
		}, {
			kernel: after.kernel,
			sysroot: after.sysroots.headers
		}];
		const [sandbox, tools] = await Promise.all([workshop.tools.sandbox(), workshop.tools.sysroot("guest")]);
		const { included, files, clipped } = await diffHeaders(built.included?.headers ?? [], ...trees, {
			sandbox,
			tools,
			cache,
			signal
		});
		const file = join(resolve(options.out), "headers.diff");
		const text = files.flatMap((one) => renderUnified(one, before.kernel, after.kernel));
		await writeAtomic(file, text.map((line) => `${line}\n`).join(""));
		const [older, newer] = await Promise.all(trees.map(({ sysroot, kernel }) => readKernelInterface(sysroot, kernel)));
		return {
			included,
			changed: files.map((one) => {
				const lines = one.hunks.flatMap((hunk) => hunk.lines);
				const count = (mark) => lines.filter((line) => line.startsWith(mark)).length;
				return {
					file: one.file,
					added: count("+"),
					removed: count("-")
				};
			}),
			hunks: rankHunks(files, diagnostics),
			clipped,
			file,
			symbols: older && newer ? changedSymbols(built.modules, older, newer) : [],
			options: await changedOptions(built.included?.options ?? [], ...trees)
		};
	} catch (_) {
		_usingCtx$11.e = _;
	} finally {
		await _usingCtx$11.d();
	}
}
async function changedOptions(names, before, after) {
	const [old, now] = await Promise.all([before, after].map(({ sysroot, kernel }) => findHeaders(sysroot, kernel)));
	return names.flatMap((name) => {
		const [was, is] = [old?.config.get(name), now?.config.get(name)];
		if (was === is || name === "BUILD_SALT") return [];
		return [{
			name,
			...was === void 0 ? {} : { before: was },
			...is === void 0 ? {} : { after: is }
		}];
	});
}

// src/bisect/text.ts
const HUNKS = 12;
const LINES_PER_HUNK = 40;
const AROUND = 5;
const FILES = 20;
const SYMBOLS = 40;
const OPTIONS = 30;
const ERRORS = 5;
/** What a bisection found, for people. Ends with a newline. */
function bisectText(bisection, paint) {
	const { trail, odd } = bisection;
	const lines = [
		...verdictLines(bisection, paint),
		"",
		...testedLines(bisection, paint)
	];
	if (odd) lines.push("", `${paint(["yellow", "bold"], "not monotonic")}  ${odd.fails} fails though the newer ${odd.passes} passes: there is more than one change, and this is the earliest that was seen.`);
	if (trail) lines.push("", ...headerLines(bisection, trail, paint), ...symbolLines(trail, paint), ...optionLines(trail, paint));
	return `${lines.join("\n")}\n`;
}
function verdictLines(bisection, paint) {
	const { id, outcome, releases, lastGood, firstBad, diagnostics } = bisection;
	const [oldest, newest] = [releases[0]?.kernel, releases.at(-1)?.kernel];
	if (outcome === "nothing fails") return [`${paint("green", `${id}: nothing fails`)} from ${oldest} to ${newest}`];
	if (outcome === "unknown") return [`${paint(["yellow", "bold"], `${id}: not known`)}, for none can be tested`];
	const reason = releases.find(({ kernel }) => kernel === firstBad)?.reason;
	const where = diagnostics.filter(({ severity }) => severity === "error").slice(0, ERRORS);
	const untested = releases.filter(({ verdict }) => verdict === "unknown").map(({ kernel }) => kernel);
	const between = releases.findIndex(({ kernel }) => kernel === firstBad) - 1;
	const gap = outcome === "found" && releases[between]?.kernel !== lastGood;
	return [
		`${id}: ${paint(["red", "bold"], `${firstBad} fails`)}, ${outcome === "found" ? `${paint("green", `${lastGood} passes`)}` : "and there is no older one that passes"}`,
		...gap ? [`  What lies between cannot be tested: ${untested.join(", ")}`] : [],
		...where.length > 0 ? where.map(({ file, line, column, message }) => {
			return `  ${[
				file,
				line,
				column
			].filter((part) => part !== void 0).join(":")}: ${oneLine(message)}`;
		}) : [`  ${oneLine(reason ?? "")}`]
	];
}
function testedLines({ releases }, paint) {
	const tested = releases.filter(({ verdict }) => verdict !== void 0);
	const width = Math.max(...tested.map(({ kernel }) => kernel.length));
	return [`${tested.length} of ${counted(releases.length, "release")} tested`, ...tested.map(({ kernel, verdict, reason }) => {
		const { mark, word, format } = statusLook[verdict === "unknown" || !verdict ? "error" : verdict];
		const why = verdict === "pass" ? "" : oneLine(reason ?? "");
		return `  ${kernel.padEnd(width)}  ${paint(format, `${mark} ${word}`)}  ${why}`.trimEnd();
	})];
}
function headerLines({ lastGood = "", firstBad = "" }, trail, paint) {
	const { included, changed, hunks, file, clipped } = trail;
	const lines = [`${paint("bold", "headers")}  ${changed.length} of ${included} that the module includes differ, in ${counted(hunks.length, "place")}`];
	const least = (hunks[0]?.score ?? 0) / 10;
	const shown = hunks.filter(({ score }) => score > 0 && score >= least).slice(0, HUNKS);
	for (const group of byFile(shown)) {
		const clippedHunks = group.map((one) => ({
			...one.hunk,
			lines: clip(one)
		}));
		lines.push("", ...renderUnified({
			file: group[0]?.file ?? "",
			hunks: clippedHunks
		}, lastGood, firstBad).map(coloured(paint)));
	}
	if (shown.length === 0) {
		const most = changed.toSorted((a, b) => b.added + b.removed - (a.added + a.removed)).slice(0, FILES);
		lines.push(...most.map(({ file: name, added, removed }) => `  ${`+${added} -${removed}`.padEnd(12)} ${visible(name)}`));
	}
	if (changed.length > 0) lines.push("", `All of it: ${file}${clipped ? " (the end of a longer one)" : ""}`);
	return lines;
}
/** Hunks in their order, those of one file together. */
function byFile(hunks) {
	return [...new Set(hunks.map(({ file }) => file))].map((file) => hunks.filter((hunk) => hunk.file === file).sort((a, b) => a.hunk.line - b.hunk.line));
}
/** Of a long hunk what surrounds the lines that matter. */
function clip({ hunk: { lines }, focus }) {
	if (lines.length <= LINES_PER_HUNK) return lines;
	const kept = /* @__PURE__ */ new Set();
	for (const centre of focus) {
		if (kept.size >= LINES_PER_HUNK) break;
		for (let at = Math.max(0, centre - AROUND); at <= Math.min(lines.length - 1, centre + AROUND); at++) kept.add(at);
	}
	let left = 0;
	const gap = () => left > 0 ? [`  (${counted(left, "line")} left out)`] : [];
	return [...lines.flatMap((line, at) => {
		if (!kept.has(at)) {
			left++;
			return [];
		}
		const some = [...gap(), line];
		left = 0;
		return some;
	}), ...gap()];
}
function coloured(paint) {
	return (line) => {
		const text = visible(line);
		if (text.startsWith("@@")) return paint("cyan", text);
		if (text.startsWith("---") || text.startsWith("+++")) return paint("bold", text);
		if (text.startsWith("+")) return paint("green", text);
		return text.startsWith("-") ? paint("red", text) : text;
	};
}
function optionLines({ options }, paint) {
	if (options.length === 0) return [];
	const width = Math.max(...options.map(({ name }) => name.length));
	const value = (text) => text === void 0 ? "not set" : oneLine(text);
	return [
		"",
		`${paint("bold", "configuration")}  ${counted(options.length, "option")} that these headers look at ${options.length === 1 ? "differs" : "differ"}`,
		...options.slice(0, OPTIONS).map(({ name, before, after }) => `  CONFIG_${name.padEnd(width)}  ${value(before)} -> ${value(after)}`),
		...options.length > OPTIONS ? [`  … and ${options.length - OPTIONS} more`] : []
	];
}
function symbolLines({ symbols }, paint) {
	if (symbols.length === 0) return ["", `${paint("bold", "symbols")}  those that the module imports are the same`];
	const width = Math.max(...symbols.map(({ symbol }) => symbol.length));
	return [
		"",
		`${paint("bold", "symbols")}  ${counted(symbols.length, "symbol")} that the module imports ${symbols.length === 1 ? "differs" : "differ"}`,
		...symbols.toSorted((a, b) => Number(a.after !== void 0) - Number(b.after !== void 0)).slice(0, SYMBOLS).map(({ symbol, before, after }) => {
			const now = after ? describe$1(after) : paint(["red", "bold"], "not exported any more");
			return `  ${symbol.padEnd(width)}  ${describe$1(before)} -> ${now}`;
		}),
		...symbols.length > SYMBOLS ? [`  … and ${symbols.length - SYMBOLS} more`] : []
	];
}

// src/commands/bisect.ts
/**
* `ovnfast bisect`: the first kernel release of a distribution that the module fails on, and what changed there. Returns 0
* when nothing fails, 1 when something does, 3 when nothing could be tested.
*/
async function runBisect(edge, flags) {
	try {
		var _usingCtx$10 = _usingCtx();
		const { stdout, environment, workingDirectory, processors } = edge;
		const view = _usingCtx$10.u(watchOnStderr(edge));
		const { bisection, files } = await bisect({
			...workshopOptions(edge, flags, view.emit),
			moduleDirectory: moduleDirectory(edge, flags.module),
			targets: flags.target ?? [],
			...flags.good === void 0 ? {} : { good: flags.good },
			...flags.bad === void 0 ? {} : { bad: flags.bad },
			suites: flags.suite ?? [],
			out: resolve(workingDirectory, flags.out),
			jobs: flags.jobs ?? processors,
			fresh: flags.fresh ?? false,
			accelerator: flags.accel ?? "auto"
		});
		view.close();
		const { colour } = describeTerminal(stdout, environment);
		stdout.write(flags.json ? `${JSON.stringify(bisection, null, 2)}\n` : `\n${bisectText(bisection, painter(colour))}\n${files.html}\n`);
		if (bisection.outcome === "nothing fails") return 0;
		return bisection.outcome === "unknown" ? 3 : 1;
	} catch (_) {
		_usingCtx$10.e = _;
	} finally {
		_usingCtx$10.d();
	}
}

// src/commands/cache.ts
/** `ovnfast cache`: where the cache is, and what it holds by kind. */
async function runCache({ cache, stdout, signal }, { json }) {
	const { directory, kinds, bytes } = await cacheUsage(cache, signal);
	if (json) {
		stdout.write(`${JSON.stringify({
			directory,
			bytes,
			kinds: Object.fromEntries(kinds)
		}, null, 2)}\n`);
		return 0;
	}
	stdout.write(`${directory}\n`);
	writeKinds(kinds, stdout);
	stdout.write(`  ${"together".padEnd(12)} ${byteSize(bytes).padStart(9)}\n`);
	return 0;
}
/** `ovnfast cache prune` */
async function runCachePrune({ cache, stdout, stderr, signal }, { olderThan, all = false }) {
	const { removed, users, failed } = await pruneCache(cache, {
		olderThanDays: olderThan,
		all,
		signal
	});
	if (removed.size > 0) {
		stdout.write("removed\n");
		writeKinds(removed, stdout);
	} else stdout.write("nothing to remove\n");
	if (users.length > 0) {
		const processes = users.map(({ pid }) => pid).join(", ");
		stderr.write(`In use by process ${processes}: only what dead processes left was removed. Try again when it has ended.\n`);
	}
	for (const { path, reason } of failed) stderr.write(`${path} could not be removed: ${reason}\n`);
	return failed.length > 0 ? 3 : 0;
}
function writeKinds(kinds, stdout) {
	for (const [kind, { entries, bytes }] of kinds) stdout.write(`  ${kind.padEnd(12)} ${byteSize(bytes).padStart(9)}  ${entries} ${entries === 1 ? "entry" : "entries"}\n`);
}

// src/bpf/inspect.ts
/** An eBPF object as text for a terminal; everything that comes from the file is made harmless. */
function renderObject(object) {
	const { name, programs, maps, license, btf, size, sha256 } = object;
	return [
		["object", name],
		...programs.map(({ section, name }) => ["program", `${name} (${section})`]),
		...maps.length > 0 ? [["maps", maps.join(", ")]] : [],
		["license", license ?? "none"],
		["BTF", btf ? "yes" : "no"],
		["size", `${size} bytes`],
		["sha256", sha256]
	].map(([label, value]) => `${label.padEnd(12)}${printable(value)}\n`).join("");
}

// src/commands/inspect.ts
/**
* `ovnfast inspect FILE`: what a module or an eBPF object says of itself, and which kernels a module fits. Of each kernel only
* the package that holds its Module.symvers is fetched.
*/
async function runInspect(edge, flags, [file = ""]) {
	try {
		var _usingCtx$9 = _usingCtx();
		const path = resolve(edge.workingDirectory, file);
		const kernels = kernelsOf(edge, {
			...flags,
			target: [...flags.target ?? [], ...flags.against ?? []]
		});
		if (await isObject(path)) return await inspectObject(edge, flags, path);
		const view = _usingCtx$9.u(watchOnStderr(edge));
		const workshop = _usingCtx$9.a(await Workshop.open(workshopOptions(edge, flags, view.emit)));
		const programs = path.endsWith(".zst") ? (await workshop.tools.sandbox()).programs : {};
		const module = await readModule(path, programs);
		const targets = await workshop.targets({
			...kernels,
			builds: false,
			boots: false
		});
		const judge = async (target) => {
			const release = labelOf(target);
			const match = matchKernel(module, await workshop.kernelInterface(target));
			view.emit({
				type: "ready",
				target: release
			});
			return {
				...match,
				release
			};
		};
		const settled = await Promise.allSettled(targets.map(judge));
		const matches = settled.map((result, index) => {
			if (result.status === "fulfilled") return result.value;
			return unknownMatch(targets[index], result.reason, edge.signal);
		});
		const failure = settled.find((result) => result.status === "rejected");
		if (failure && matches.every(({ unknown }) => unknown !== void 0)) throw failure.reason;
		view.close();
		edge.stdout.write(flags.json ? `${JSON.stringify({
			...module,
			targets: matches
		}, null, 2)}\n` : renderModule(module, matches));
		return 0;
	} catch (_) {
		_usingCtx$9.e = _;
	} finally {
		await _usingCtx$9.d();
	}
}
async function inspectObject({ stdout }, flags, path) {
	if (flags.target ?? flags.against ?? flags.kernelPackage) throw new InputError("whether a kernel takes an eBPF object is for that kernel's verifier to say", {
		where: path,
		remedy: "Ask it with `ovnfast verify FILE --target ...`."
	});
	const object = await readObject(path);
	stdout.write(flags.json ? `${JSON.stringify(object, null, 2)}\n` : renderObject(object));
	return 0;
}
/** One of several that cannot be had is no reason to say nothing of the others; one that was named by itself is. */
function unknownMatch(target, error, signal) {
	if (!target || signal.aborted || target.pinned || !(error instanceof ExplainedError)) throw error;
	return {
		release: labelOf(target),
		fits: false,
		problems: [],
		unknown: error.message
	};
}

// src/packages/drift.ts
/**
* Compares a lock with one that would be made now; `fresh` is left out when none can be made, and then only packages that
* have left the index are told. Sorted by name; nothing when they pin the same.
*/
async function compareLocks(locked, fresh, offers) {
	const drift = [];
	const before = byName(locked);
	const after = fresh ? byName(fresh) : before;
	for (const name of [.../* @__PURE__ */ new Set([...before.keys(), ...after.keys()])].sort()) {
		const [old, now] = [before.get(name), after.get(name)];
		const left = old !== void 0 && !await offers.has(old);
		const sysroots = /* @__PURE__ */ new Set([...sysrootsOf(locked, name), ...fresh ? sysrootsOf(fresh, name) : []]);
		const change = changeOf(old, now) ?? movedBetween(locked, fresh, name) ?? (left ? "gone" : void 0);
		if (change === void 0) continue;
		drift.push({
			name,
			change,
			...old ? { locked: old.version } : {},
			...now && fresh ? { offered: now.version } : {},
			left,
			sysroots: [...sysroots]
		});
	}
	return drift;
}
function changeOf(old, now) {
	if (!old) return "gained";
	if (!now) return "lost";
	if (old.version !== now.version) return "version";
	return old.sha256 === now.sha256 ? void 0 : "rebuilt";
}
/** The same package, but one sysroot has it now and another has not. */
function movedBetween(locked, fresh, name) {
	if (!fresh) return void 0;
	const [old, now] = [sysrootsOf(locked, name), sysrootsOf(fresh, name)];
	if (now.some((sysroot) => !old.includes(sysroot))) return "gained";
	return old.some((sysroot) => !now.includes(sysroot)) ? "lost" : void 0;
}
function byName({ packages }) {
	return new Map(packages.map((pin) => [pin.name, pin]));
}
function sysrootsOf({ sysroots }, name) {
	return Object.keys(sysroots).filter((sysroot) => sysroots[sysroot]?.includes(name));
}

// src/report/drift.ts
/** A change that is known comes first, then what is not known. */
function driftStatus({ locks, kernels }) {
	if (kernels.length > 0 || locks.some(({ status }) => status === "changed")) return "changed";
	return locks.some(({ status }) => status === "unknown") ? "unknown" : "same";
}
const looks = {
	version: "yellow",
	rebuilt: "yellow",
	gained: "cyan",
	lost: "cyan",
	gone: ["red", "bold"]
};
/** What changed since the locks were written, for people. Ends with a newline. */
function driftText(report, paint) {
	const lines = report.locks.flatMap((lock) => lockLines(lock, paint));
	for (const { id, newer } of report.kernels) lines.push(`${paint("yellow", `${id}: newer kernel, not locked: ${newer.join(", ")}`)}`);
	const commands = [.../* @__PURE__ */ new Set([...changed(report).map(({ id }) => id), ...report.kernels.map(({ id }) => id)])].map((id) => id === "tools" ? "--tools" : `--target ${id}`).join(" ");
	const unknown = report.locks.filter(({ status }) => status === "unknown").length;
	lines.push("", `${counted(report.locks.length, "lock")}: ${changed(report).length} changed, ${unknown} not known`, ...commands ? [`To take it: ovnfast lock ${commands}`] : []);
	return `${lines.join("\n")}\n`;
}
function changed({ locks }) {
	return locks.filter(({ status }) => status === "changed");
}
function lockLines({ id, kernel, sysroot, status, reason, packages }, paint) {
	const name = paint("bold", `${id}/${kernel ?? sysroot}`);
	if (status === "same") return [`${name}  ${paint("green", "the same")}`];
	if (status === "unknown") {
		const text = visible(reason ?? "").replaceAll("\n", "\n    ");
		return [`${name}  ${paint(["yellow", "bold"], "! not known")}`, `    ${text}`];
	}
	const rows = packages.map((one) => [
		one.change,
		one.name,
		oneLine(one.locked ?? ""),
		oneLine(one.offered ?? ""),
		note(one)
	]);
	const widths = [
		0,
		1,
		2,
		3
	].map((column) => Math.max(0, ...rows.map((row) => stringWidth(row[column] ?? ""))));
	const shown = rows.map(([change = "", packageName = "", locked = "", offered = "", words = ""], index) => {
		const look = looks[packages[index]?.change ?? "version"];
		const arrow = locked && offered ? "->" : "  ";
		return [
			`    ${paint(look, cell(change, widths[0] ?? 0))}`,
			cell(packageName, widths[1] ?? 0),
			`${cell(locked, widths[2] ?? 0)} ${arrow} ${cell(offered, widths[3] ?? 0)}`,
			paint("gray", words)
		].join("  ").trimEnd();
	});
	const count = packages.length > 0 ? counted(packages.length, "package") : "";
	return [`${name}  ${[reason === void 0 ? "" : paint(["red", "bold"], oneLine(reason)), count].filter(Boolean).join(", ")}`, ...shown];
}
function note({ sysroots, left, change }) {
	return [sysroots.join(" and "), left && change !== "gone" ? "the pinned one has left the index" : ""].filter(Boolean).join(", ");
}

// src/commands/lock-subjects.ts
/**
* What `ovnfast lock` and its `--check` are about: targets and the toolchains of their distributions; with `tools` the shared
* sysroots too, or, where no targets are asked for (undefined), those and the toolchains of the default set.
*/
function lockSubjects(matrix, targets, tools) {
	const { directory, toolchains } = matrix;
	const isWanted = ({ group, distribution }) => targets ? targets.some(({ id }) => id === group) : distribution.default;
	return [...(targets ?? []).map((target) => {
		const { id, kernel } = target;
		return {
			subject: { target },
			file: lockPath(directory, id, kernel),
			label: labelOf(target),
			names: {
				id,
				kernel
			}
		};
	}), ...[...toolchains.filter(isWanted), ...tools ? matrix.tools : []].map((tool) => {
		const { group, name } = tool;
		const label = group === "tools" ? name : `${group}/${name}`;
		return {
			subject: { tool },
			file: lockPath(directory, group, name),
			label,
			names: {
				id: group,
				sysroot: name
			}
		};
	})];
}

// src/commands/lock-check.ts
/**
* `ovnfast lock --check`: what changed upstream since the locks were written; writes none. Returns 0 when nothing changed,
* 1 when something did, 3 when that cannot be known.
*/
async function runLockCheck(edge, flags) {
	try {
		var _usingCtx$8 = _usingCtx();
		const { stdout, environment } = edge;
		const view = _usingCtx$8.u(watchOnStderr(edge));
		const workshop = _usingCtx$8.a(await Workshop.open(workshopOptions(edge, flags, view.emit)));
		const targets = flags.target !== void 0 || !flags.tools ? lockedTargets(workshop.matrix, flags.target) : void 0;
		const report = {
			locks: [],
			kernels: []
		};
		for (const one of lockSubjects(workshop.matrix, targets, flags.tools ?? false)) {
			const lock = await readLock(one.file);
			if (lock) report.locks.push(await checkLock(one, lock, workshop, edge.signal));
		}
		const distributions = (targets ?? []).map(({ distribution }) => distribution);
		for (const distribution of new Set(distributions)) {
			const newer = await newerKernels(distribution, workshop, edge.signal);
			if (newer.length > 0) report.kernels.push({
				id: distribution.id,
				newer
			});
		}
		view.close();
		const { colour } = describeTerminal(stdout, environment);
		stdout.write(flags.json ? `${JSON.stringify(report, null, 2)}\n` : driftText(report, painter(colour)));
		return {
			same: 0,
			changed: 1,
			unknown: 3
		}[driftStatus(report)];
	} catch (_) {
		_usingCtx$8.e = _;
	} finally {
		await _usingCtx$8.d();
	}
}
/** Throws InputError for a pattern that no lock matches. */
function lockedTargets({ distributions, locked }, patterns) {
	const all = distributions.flatMap((distribution) => (locked.get(distribution.id) ?? []).map((kernel) => {
		return {
			id: distribution.id,
			kernel,
			arch: "x86_64",
			distribution,
			named: true,
			pinned: true
		};
	}));
	if (!patterns) return all.filter(({ distribution }) => distribution.default);
	const matches = (pattern) => {
		const isNamed = matcher([pattern]);
		return (target) => isNamed(pattern.includes("/") ? labelOf(target) : target.id);
	};
	const lost = patterns.find((pattern) => !all.some(matches(pattern)));
	if (lost !== void 0) throw new InputError(`no lock matches "${lost}"`, { remedy: `Locked: ${all.map(labelOf).join(", ") || "none"}. \`ovnfast lock --target '${lost}'\` would make one.` });
	return all.filter((target) => patterns.some((pattern) => matches(pattern)(target)));
}
async function checkLock({ subject, names }, lock, workshop, signal) {
	const result = (status, rest = {}) => {
		return {
			...names,
			status,
			packages: [],
			...rest
		};
	};
	const { obtainer } = workshop;
	try {
		const distribution = distributionOf(subject);
		const offers = await obtainer.offers(distribution, signal);
		const isGone = "target" in subject && !offers.releases(distribution).includes(subject.target.kernel);
		const fresh = isGone ? void 0 : await obtainer.offered(subject, signal);
		const packages = await compareLocks(lock, fresh, offers);
		const gone = isGone ? { reason: "this kernel release is no longer offered" } : {};
		return result(isGone || packages.length > 0 ? "changed" : "same", {
			...gone,
			packages
		});
	} catch (error) {
		if (signal.aborted || !(error instanceof EnvironmentError)) throw error;
		return result("unknown", { reason: error.message });
	}
}
/** What the default selectors would take now and no lock has; that it cannot be known is said by the locks. */
async function newerKernels(distribution, { matrix, obtainer }, signal) {
	const offered = await obtainer.releases(distribution, signal).catch((error) => {
		if (signal.aborted || !(error instanceof EnvironmentError)) throw error;
		return [];
	});
	const locked = matrix.locked.get(distribution.id) ?? [];
	return selectReleases(distribution.kernels.default, offered).filter((kernel) => !locked.includes(kernel));
}

// src/commands/lock.ts
/**
* `ovnfast lock`: pins what the archives offer now. Without `--target` every target of the default set, and the toolchains
* of their distributions; with `--tools` the shared sysroots too, or alone when no target is named.
*/
async function runLock(edge, flags) {
	try {
		var _usingCtx$7 = _usingCtx();
		if (flags.check) return await runLockCheck(edge, flags);
		const { signal } = edge;
		const view = _usingCtx$7.u(watchOnStderr(edge));
		const workshop = _usingCtx$7.a(await Workshop.open(workshopOptions(edge, flags, view.emit)));
		const { matrix, obtainer } = workshop;
		const written = [];
		const targets = flags.target !== void 0 || !flags.tools ? await workshop.selectTargets(flags.target ?? [], { ignoreLocks: true }) : void 0;
		for (const { subject, file, label, names } of lockSubjects(matrix, targets, flags.tools ?? false)) {
			view.emit({
				type: "stage",
				target: label,
				stage: "lock"
			});
			const { lock, warnings } = await obtainer.resolve(subject, signal);
			for (const { message } of warnings) view.emit({
				type: "warning",
				target: label,
				message
			});
			written.push({
				...names,
				...await write(file, lock)
			});
			view.emit({
				type: "ready",
				target: label
			});
		}
		view.close();
		if (flags.json) {
			edge.stdout.write(`${JSON.stringify(written, null, 2)}\n`);
			return 0;
		}
		for (const { file, packages, bytes, changed } of written) edge.stdout.write(`${changed ? "changed " : "the same"}  ${packages} packages, ${Math.round(bytes / 1e6)} MB  ${file}\n`);
		return 0;
	} catch (_) {
		_usingCtx$7.e = _;
	} finally {
		await _usingCtx$7.d();
	}
}
async function write(file, lock) {
	const before = await readLock(file).catch(() => void 0);
	await writeLock(file, lock);
	const bytes = lock.packages.reduce((sum, { size }) => sum + size, 0);
	const changed = before === void 0 || lockDigest(before) !== lockDigest(lock);
	return {
		file,
		packages: lock.packages.length,
		bytes,
		changed
	};
}

// src/shards/assign.ts
/**
* Holds reports against the plan of their run. A report belongs to the shard that its directory is named after, else to one
* that was to run just what is in it. Throws InputError for a report that belongs to none, or that tells of what its shard
* was not to run; what is missing is a value.
*/
function assignReports({ include }, reports) {
	const free = new Map(include.map((shard) => [shard.artifact, shard]));
	const pairs = [];
	const assign = (report, shard) => {
		if (!shard) return false;
		free.delete(shard.artifact);
		return pairs.push({
			shard,
			report
		}) > 0;
	};
	const others = reports.filter((report) => !assign(report, free.get(report.name)));
	const suitesIn = ({ report }) => report.targets.flatMap(({ suites }) => suites).length;
	for (const report of others.sort((a, b) => suitesIn(b) - suitesIn(a))) {
		if (assign(report, [...free.values()].find((shard) => isOf(report, shard)))) continue;
		const known = include.find(({ targets }) => report.report.targets.some((one) => targets.some((t) => means(t, one))));
		throw new InputError(known ? `the shard that was to run this ("${known.name}") has a report already, or was to run something else` : "the plan has no shard that was to run this", {
			where: report.directory,
			remedy: "Merge the reports of one run, with the plan of that run."
		});
	}
	const missing = [...free.values()];
	const gaps = missing.flatMap((shard) => shard.targets.map((target) => ({
		shard,
		target,
		reason: `the shard "${shard.name}" has no report: its job ended before it wrote one, or its artifact ${shard.artifact} was not brought here`
	})));
	for (const { shard, report } of pairs) gaps.push(...gapsOf(shard, report));
	return {
		gaps,
		missing
	};
}
function gapsOf(shard, { report, directory }) {
	const planned = shard.suites.map((suite) => basename(suite));
	for (const target of report.targets) {
		if (!shard.targets.some((one) => means(one, target))) throw new InputError(`tells of ${labelOf(target)}, which the shard "${shard.name}" was not to run`, {
			where: directory,
			remedy: target.lock?.resolvedAnew ? "Its lock was resolved anew, and another kernel release took its place: run the shards with --frozen." : "Merge the reports of one run, with the plan of that run."
		});
		const extra = target.suites.find(({ name }) => !planned.includes(name));
		if (extra) throw new InputError(`tells of suite ${extra.name}, which the shard "${shard.name}" was not to run`, {
			where: directory,
			remedy: "Merge the reports of one run, with the plan of that run."
		});
	}
	return shard.targets.flatMap((target) => {
		const found = report.targets.filter((one) => means(target, one));
		const gap = (reason) => [{
			shard,
			target,
			reason
		}];
		if (found.length === 0) return gap(`the report of the shard "${shard.name}" says nothing of it`);
		const lacking = planned.filter((name) => found.some(({ status, suites }) => status === "pass" && !suites.some((suite) => suite.name === name)));
		return lacking.length > 0 ? gap(`the report of the shard "${shard.name}" says nothing of suite ${lacking.join(", ")}`) : [];
	});
}
/** Whether a target of a plan is that one of a report. */
function means(planned, target) {
	return planned.includes("/") ? planned === labelOf(target) : planned === target.id;
}
/** Whether a report can be that of a shard: of all its targets and no other, with no suite that it was not to run. */
function isOf({ report }, { targets, suites }) {
	const names = suites.map((suite) => basename(suite));
	return report.targets.every((target) => targets.some((one) => means(one, target))) && targets.every((one) => report.targets.some((target) => means(one, target))) && report.targets.every((target) => target.suites.every(({ name }) => names.includes(name)));
}

// src/shards/combine.ts
const ONCE = "Merge each shard once, and have each target and suite run by one shard only, as `ovnfast plan --github` has it.";
const ONE_COMMIT = "Run all shards from one commit, with the locks that are checked in (--frozen).";
/**
* Makes one of what several shards say of the same targets. Throws InputError for shards that contradict each other: another
* tool, another source, two results of one suite, two builds that differ.
*/
function combineTargets(shards) {
	sameEverywhere(shards, "version of ovnfast", ({ tool }) => tool.version, "Run all shards with one version of ovnfast.");
	sameEverywhere(shards, "module", ({ module }) => module, "Merge reports of one module at a time.");
	sameEverywhere(shards, "source", ({ source }) => source, ONE_COMMIT);
	for (const name of new Set(shards.flatMap(({ report }) => report.modules ?? []).map(({ name }) => name))) {
		const sourceOf = ({ modules }) => modules?.find((one) => one.name === name)?.source;
		sameEverywhere(shards, `source of ${name}`, sourceOf, ONE_COMMIT);
	}
	const combined = [...groupBy(shards.flatMap((shard) => shard.report.targets.map((target) => ({
		shard,
		target
	}))), ({ target }) => labelOf(target)).values()].map(combineTarget);
	combined.sort((a, b) => compareTargets(a.target, b.target));
	return {
		targets: combined.map(({ target }) => target),
		files: combined.flatMap(({ files }) => files)
	};
}
/** What every shard that says it at all has to say alike. */
function sameEverywhere(shards, what, read, remedy) {
	const telling = shards.filter(({ report }) => read(report) !== void 0);
	const [first] = telling;
	for (const other of telling) {
		if (!first || read(other.report) === read(first.report)) continue;
		throw new InputError(`has ${what} ${read(other.report)}, but ${first.directory} has ${read(first.report)}`, {
			where: other.directory,
			remedy
		});
	}
}
function combineTarget(parts) {
	const [first, ...others] = parts;
	if (!first) throw new TypeError("a target of no shard");
	for (const other of others) sameArchitecture(first, other);
	const lock = lockOf(parts);
	const built = [...new Set(parts.flatMap(({ target }) => buildsOf(target).map(({ subject }) => subject)))].sort().map((subject) => worstBuild(parts, subject));
	for (const [index, part] of parts.entries()) for (const before of parts.slice(0, index)) notTwice(before, part);
	const build = built.find(({ build }) => build.subject === void 0)?.build;
	const builds = built.flatMap(({ build: { subject, ...rest } }) => subject === void 0 ? [] : [{
		subject,
		...rest
	}]);
	const own = {
		...build ? { build } : {},
		...builds.length > 0 ? { builds } : {}
	};
	const suites = parts.flatMap(({ target }) => target.suites).sort((a, b) => a.name < b.name ? -1 : 1);
	const told = parts.map(({ target }) => target.status);
	const shown = targetStatus({
		...own,
		suites
	});
	const status = overallStatus([...told, ...shown === "fail" || shown === "error" ? [shown] : []].map((one) => ({ status: one })));
	const reason = parts.find(({ target }) => target.status === status)?.target.reason;
	const seconds = parts.map(({ target }) => target.seconds ?? 0);
	const { reason: _, cached, mirrors: __, build: ___, builds: ____, seconds: _____, ...rest } = first.target;
	const mirrors = mirrorsOf(parts);
	return {
		target: {
			...rest,
			status,
			...reason === void 0 ? {} : { reason },
			seconds: Math.max(...seconds),
			...cached && others.every(({ target }) => target.cached) ? { cached } : {},
			...mirrors.length > 0 ? { mirrors } : {},
			...lock ? { lock } : {},
			...own,
			suites
		},
		files: [...built.flatMap(filesOfBuild), ...parts.flatMap(filesOfSuites)]
	};
}
function sameArchitecture(first, { shard, target }) {
	if (first.target.arch === target.arch) return;
	throw new InputError(`another architecture of ${labelOf(target)} than in ${first.shard.directory}`, {
		where: shard.directory,
		remedy: ONE_COMMIT
	});
}
/** The lock of all; that of everything, where there is one of the image alone, too. Throws InputError when two of a kind differ. */
function lockOf(parts) {
	const locked = parts.filter(({ target }) => target.lock);
	return ["image", void 0].map((only) => {
		const [first, ...others] = locked.filter(({ target }) => target.lock?.only === only);
		for (const { shard, target } of others) {
			if (!first || target.lock?.digest === first.target.lock?.digest) continue;
			const where = shard.directory;
			const label = labelOf(target);
			throw new InputError(`another lock of ${label} than in ${first.shard.directory}`, {
				where,
				remedy: ONE_COMMIT
			});
		}
		return first?.target.lock;
	}).findLast((lock) => lock !== void 0);
}
function notTwice(before, part) {
	const where = {
		where: part.shard.directory,
		remedy: ONCE
	};
	const label = labelOf(part.target);
	const suite = part.target.suites.find(({ name }) => before.target.suites.some((one) => one.name === name));
	if (suite) throw new InputError(`suite ${suite.name} on ${label} is in ${before.shard.directory}, too`, where);
	const builtOnly = (target) => target.status === "pass" && target.suites.length === 0;
	if (builtOnly(before.target) && builtOnly(part.target)) throw new InputError(`the build for ${label} is in ${before.shard.directory}, too`, where);
}
/**
* The build of a module that is shown: the worst, for it is a fact; among equals the first. Throws InputError when two left
* files of one name that differ.
*/
function worstBuild(parts, subject) {
	const all = parts.flatMap(({ shard, target }) => buildsOf(target).flatMap((build) => build.subject === subject ? [{
		shard,
		build
	}] : []));
	const known = /* @__PURE__ */ new Map();
	const label = parts[0] ? labelOf(parts[0].target) : "";
	for (const { shard, build } of all) for (const { path, sha256 } of builtFiles(build)) {
		const before = known.get(basename(path)) ?? {
			sha256,
			shard
		};
		known.set(basename(path), before);
		if (before.sha256 === sha256) continue;
		throw new InputError(`another ${basename(path)} of ${label} than in ${before.shard.directory}`, {
			where: shard.directory,
			remedy: `Both were built from the same source, so it is not reproducible, or they were not: ${ONE_COMMIT}`
		});
	}
	const order = [
		"fail",
		"error",
		"pass",
		"skip"
	];
	const [worst] = all.sort((a, b) => order.indexOf(a.build.status) - order.indexOf(b.build.status));
	if (!worst) throw new TypeError("a build of no shard");
	return worst;
}
function mirrorsOf(parts) {
	const packages = /* @__PURE__ */ new Map();
	for (const { url, packages: number } of parts.flatMap(({ target }) => target.mirrors ?? [])) packages.set(url, (packages.get(url) ?? 0) + number);
	return [...packages].map(([url, number]) => ({
		url,
		packages: number
	}));
}
function filesOfBuild({ shard: { directory: from }, build }) {
	const modules = build.modules ?? (build.module ? [build.module] : []);
	const describe = (mode) => (one) => {
		const { path, sha256, size } = one;
		return {
			from,
			path,
			mode,
			expected: {
				sha256,
				size
			}
		};
	};
	const results = [
		...modules,
		...build.programs ?? [],
		...build.executables ?? []
	];
	const manifests = new Set(results.map(({ path }) => join(dirname(path), MANIFEST)));
	return [
		...[...modules, ...build.programs ?? []].map(describe(420)),
		...(build.executables ?? []).map(describe(493)),
		...[...manifests].map((path) => ({
			from,
			path,
			mode: 420,
			optional: true
		})),
		...build.log === void 0 ? [] : [{
			from,
			path: build.log,
			mode: 420,
			optional: true
		}]
	];
}
function filesOfSuites({ shard: { directory: from }, target: { suites } }) {
	return suites.flatMap(({ console, ktap }) => [console, ...ktap === void 0 ? [] : [ktap]]).map((path) => ({
		from,
		path,
		mode: 420,
		optional: true
	}));
}

// src/shards/files.ts
/** What no log and no module is larger than: a sparse file costs nobody anything until it is copied. */
const MAXIMUM_BYTES$1 = 2 ** 30;
/** Written anew from all shards. */
const OWN_FILES = [
	"report.json",
	"junit.xml",
	"summary.md",
	"report.html"
];
/**
* Opens a file of a directory that somebody else has filled, for reading; undefined when there is none. Throws InputError for
* what is no plain file, for one that is too large, and for a path in which anything is a link: none of these can come of a
* run, and a link could lead anywhere.
*/
async function openPlain(directory, path) {
	const where = join(directory, path);
	if (path.includes("\0") || normalize(path) !== path || /^(\.\.)?(\/|$)/.test(path) || path.endsWith("/")) throw new InputError(`"${path}" is no plain path of a file below it`, { where: directory });
	let file;
	try {
		if (await realpath(where) !== where) throw new InputError("is a link, or lies behind one", { where });
		file = await open(where, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
	} catch (error) {
		const { code } = error;
		if (code === void 0) throw error;
		if (code === "ENOENT" || code === "ENOTDIR") return void 0;
		throw new InputError(`cannot be read (${code})`, {
			where,
			cause: error
		});
	}
	try {
		const found = await file.stat();
		if (!found.isFile()) throw new InputError("is no plain file", { where });
		if (found.size > MAXIMUM_BYTES$1) throw new InputError(`is larger than ${MAXIMUM_BYTES$1 / 2 ** 20} MiB, which nothing of a run is`, { where });
		return file;
	} catch (error) {
		await file.close();
		throw error;
	}
}
/**
* Copies what reports name to the same places below `to`, each by its content and never as a link, and returns the optional
* ones that are missing. Throws InputError for a file that is missing, that is not what its report says, or in whose place
* another shard has put a different one; EnvironmentError when it cannot be written.
*/
async function collectFiles(wanted, to) {
	const placed = /* @__PURE__ */ new Map();
	const missing = [];
	for (const one of wanted) try {
		var _usingCtx$6 = _usingCtx();
		const { from, path, mode, expected } = one;
		const where = join(from, path);
		if (OWN_FILES.includes(path)) throw new InputError("is where the merged report goes, so it is no file of a target", { where });
		const file = _usingCtx$6.a(await openPlain(from, path));
		if (!file) {
			if (!one.optional) throw new InputError("is named by the report, but is not there", {
				where,
				remedy: "Bring the whole output directory of each shard, not its reports alone."
			});
			missing.push(one);
			continue;
		}
		const before = placed.get(path);
		const { digest, size } = await copy(file, before ? void 0 : {
			path: join(to, path),
			mode
		});
		if (before && before.digest !== digest) throw new InputError(`is not the file that ${before.by} has in the same place`, {
			where,
			remedy: "Merge shards of one run only, each target and suite once."
		});
		if (expected && (expected.sha256 !== digest || expected.size !== size)) throw new InputError("is not the file that the report describes: size or SHA-256 differ", {
			where,
			remedy: "Download the artifact again; if that is no help, run the shard again."
		});
		placed.set(path, {
			digest,
			by: from
		});
	} catch (_) {
		_usingCtx$6.e = _;
	} finally {
		await _usingCtx$6.d();
	}
	return missing;
}
/** SHA-256 and size of a file, which is written on the way if it is said where to. */
async function copy(file, to) {
	const hash = createHash("sha256");
	let size = 0;
	const counted = async function* (content) {
		for await (const chunk of content) {
			hash.update(chunk);
			size += chunk.length;
			if (to) yield chunk;
		}
	};
	const content = file.createReadStream({
		autoClose: false,
		highWaterMark: 1 << 20
	});
	if (!to) {
		for await (const _ of counted(content));
		return {
			digest: hash.digest("hex"),
			size
		};
	}
	try {
		await mkdir(dirname(to.path), { recursive: true });
		await pipeline(content, counted, createWriteStream(to.path, {
			flags: "wx",
			mode: to.mode
		}));
	} catch (error) {
		const { code, message } = error;
		if (code === void 0) throw error;
		if (code === "EEXIST" || code === "ENOTDIR" || code === "EISDIR") throw new InputError("two shards have different things in one place", {
			where: to.path,
			remedy: "Merge shards of one run only, each target and suite once.",
			cause: error
		});
		throw new EnvironmentError(`cannot be written: ${message}`, {
			where: to.path,
			remedy: isFull(error) ? "Free some space, or choose another place with --out." : "Choose another place with --out.",
			cause: error
		});
	}
	return {
		digest: hash.digest("hex"),
		size
	};
}

// src/shards/reports.ts
const REPORT = "report.json";
/** What a JavaScript string may hold is not much more. */
const MAXIMUM_BYTES = 2 ** 28;
/**
* The reports in some places: each is the output directory of a run, or a directory of such directories, as artifacts are
* downloaded. Throws InputError for a place that is missing, and for a report that cannot be read or is none.
*/
async function findReports(places) {
	const found = {
		reports: [],
		without: []
	};
	const seen = /* @__PURE__ */ new Set();
	const take = async (directory) => {
		if (seen.has(directory)) throw new InputError("is named twice", {
			where: directory,
			remedy: "Name each directory of a shard once."
		});
		seen.add(directory);
		const report = await readReport(directory);
		if (report) found.reports.push({
			directory,
			name: basename(directory),
			report
		});
		else found.without.push(directory);
	};
	for (const place of places) {
		const directory = await realpath(place).catch((cause) => {
			throw new InputError(`there is no such directory (${cause.code})`, {
				where: place,
				cause
			});
		});
		if (!(await stat(directory)).isDirectory()) throw new InputError("is no directory", {
			where: place,
			remedy: "Name the directory that report.json is in."
		});
		const entries = await list(directory);
		const below = entries.filter((entry) => entry.isDirectory()).map(({ name }) => join(directory, name));
		const isRun = entries.some(({ name }) => name === REPORT);
		const holds = await Promise.all(below.map(async (path) => (await list(path)).some(({ name }) => name === REPORT)));
		if (isRun || !holds.includes(true)) await take(directory);
		else for (const path of below.sort()) await take(path);
	}
	return found;
}
async function list(directory) {
	return await readdir(directory, { withFileTypes: true }).catch((cause) => {
		throw new InputError(`cannot be read (${cause.code})`, {
			where: directory,
			cause
		});
	});
}
async function readReport(directory) {
	try {
		var _usingCtx$5 = _usingCtx();
		const file = _usingCtx$5.a(await openPlain(directory, REPORT));
		if (!file) return void 0;
		const where = join(directory, REPORT);
		if ((await file.stat()).size > MAXIMUM_BYTES) throw new InputError(`larger than ${MAXIMUM_BYTES / 2 ** 20} MiB, which no report is`, { where });
		return parseReport(await file.readFile("utf8"), where);
	} catch (_) {
		_usingCtx$5.e = _;
	} finally {
		await _usingCtx$5.d();
	}
}

// src/shards/merge.ts
/**
* Makes one report of those of several shards, in every format, with the files that they name, and returns it. The directory
* `out` appears whole or not at all. With a plan, a shard that is missing makes its targets an `error`. Throws InputError for
* shards that contradict each other or their plan and for files that are not what their report says, EnvironmentError when
* `out` cannot be written, the signal's reason when interrupted.
*/
async function mergeReports({ places, plan, out, version, signal }) {
	await mustBeFree(out);
	const found = await findReports(places);
	const { reports } = found;
	if (!plan && (reports.length === 0 || found.without.length > 0)) throw new InputError("there is no report.json", {
		where: found.without[0] ?? places[0] ?? "",
		remedy: "Name output directories of runs, or a directory of them; with --plan a missing one becomes an error in the report."
	});
	const assignment = plan ? assignReports(plan, reports) : {
		gaps: [],
		missing: []
	};
	const { targets, files } = combineTargets(reports);
	const staging = temporaryName(out);
	try {
		await makeDirectory(staging).catch((cause) => {
			throw new EnvironmentError(`cannot be made (${cause.code})`, {
				where: dirname(out),
				remedy: CHOOSE,
				cause
			});
		});
		const absent = await collectFiles(files, staging);
		signal.throwIfAborted();
		const warnings = [...warningsOf(found, assignment), ...absent.flatMap(warningOf)];
		const report = reportOf(reports, {
			targets: fillGaps(targets, assignment.gaps),
			assignment,
			plan,
			warnings,
			version
		});
		await writeReport(report, staging);
		signal.throwIfAborted();
		await rename(staging, out).catch((cause) => {
			throw new InputError(`cannot be put in place (${cause.code})`, {
				where: out,
				remedy: CHOOSE,
				cause
			});
		});
		return report;
	} finally {
		await rm(staging, {
			recursive: true,
			force: true
		});
	}
}
const CHOOSE = "Choose another directory with --out.";
async function mustBeFree(out) {
	if ((await readdir(out).catch((error) => {
		if (error.code === "ENOENT") return [];
		throw new InputError(`cannot be used (${error.code})`, {
			where: out,
			remedy: CHOOSE,
			cause: error
		});
	})).length === 0) return;
	throw new InputError("is not empty, and what is there could be taken for what is merged", {
		where: out,
		remedy: CHOOSE
	});
}
/** Targets that nobody tells of, or not all that was planned, as errors beside the others. */
function fillGaps(targets, gaps) {
	const filled = [...targets];
	for (const { target: planned, reason } of gaps) {
		const [id = "", kernel = "unknown"] = planned.split("/");
		const index = filled.findIndex((one) => means(planned, one));
		const known = filled[index];
		if (!known) {
			filled.push({
				id,
				kernel,
				arch: "x86_64",
				status: "error",
				reason,
				suites: []
			});
			continue;
		}
		const status = overallStatus([known, { status: "error" }]);
		if (status !== known.status) filled[index] = {
			...known,
			status,
			reason
		};
	}
	return filled;
}
function warningsOf({ reports, without }, { gaps }) {
	const all = [
		...reports.flatMap(({ report }) => report.warnings ?? []),
		...gaps.map(({ target, reason }) => ({
			target,
			message: reason
		})),
		...without.map((directory) => ({ message: `${basename(directory)}: no report.json in it` }))
	];
	return [...new Map(all.map((warning) => [JSON.stringify(warning), warning])).values()];
}
/** A missing log is a pity, no reason to throw the results away. A build for a tree of one's own has no manifest. */
function warningOf({ from, path }) {
	if (path.endsWith(`/${"manifest.json"}`)) return [];
	return [{ message: `${path}, which the report in ${basename(from)} names, was not brought along` }];
}
function reportOf(shards, { targets, assignment, plan, warnings, version }) {
	const reports = shards.map(({ report }) => report);
	const begun = reports.map(({ startedAt }) => Date.parse(startedAt));
	const ended = reports.map(({ seconds }, index) => (begun[index] ?? 0) + seconds * 1e3);
	const start = begun.length > 0 ? Math.min(...begun) : Date.now();
	const [first] = reports;
	const { length: missing } = assignment.missing;
	const alike = (value, read) => reports.every((report) => JSON.stringify(read(report)) === JSON.stringify(value)) ? value : void 0;
	const node = alike(first?.tool.node, ({ tool }) => tool.node);
	const host = alike(first?.host, (report) => report.host);
	const module = reports.find((report) => report.module !== void 0)?.module;
	const source = reports.find((report) => report.source !== void 0)?.source;
	const modules = new Map(reports.flatMap((report) => report.modules ?? []).map((one) => [one.name, one]));
	return {
		schema: "ovnfast.report/1",
		tool: {
			version: first?.tool.version ?? version,
			...node === void 0 ? {} : { node }
		},
		...module === void 0 ? {} : { module },
		...source === void 0 ? {} : { source },
		...modules.size > 0 ? { modules: [...modules.values()] } : {},
		startedAt: new Date(start).toISOString(),
		seconds: ended.length > 0 ? (Math.max(...ended) - start) / 1e3 : 0,
		status: overallStatus(targets),
		...missing > 0 ? { reason: `${missing} of ${plan?.include.length} shards have no report` } : {},
		...host ? { host } : {},
		...warnings.length > 0 ? { warnings } : {},
		targets
	};
}

// src/commands/merge.ts
/** What GitHub takes of a comment is 65,536 characters; a marker and a link have to go in, too. */
const COMMENT_BYTES = 6e4;
/** `ovnfast merge REPORT_DIR...` */
async function runMerge(edge, flags, places) {
	const { workingDirectory, signal, environment } = edge;
	const at = (path) => resolve(workingDirectory, path);
	const plan = flags.plan === void 0 ? void 0 : await readShardPlan(at(flags.plan));
	const out = at(flags.out);
	const report = await mergeReports({
		places: places.map(at),
		...plan ? { plan } : {},
		out,
		version: package_default.version,
		signal
	});
	if (flags.comment !== void 0) await writeAtomic(at(flags.comment), summaryMarkdown(report, { limit: COMMENT_BYTES }));
	const output = flags.json ? edge.stderr : edge.stdout;
	output.write(`${resultTable(report, describeTerminal(output, environment), flags.out)}\n${join(out, "report.html")}\n`);
	if (flags.json) edge.stdout.write(`${JSON.stringify(report, null, 2)}\n`);
	return exitStatus(report.status);
}

// src/render/values.ts
/** Vendor number of Netronome, whose Agilio cards Corigine sells: the only ones that have a firmware to choose. */
const AGILIO_VENDOR = "19ee";
const MOST = 100;
function some(item) {
	return array(item).min(1, "is empty").max(MOST, `has more than ${MOST} entries`);
}
const resource = strictObject({
	prefix: resourcePrefix,
	name: resourceName,
	vendors: some(pciId),
	devices: some(pciId),
	drivers: some(driverName),
	uplinks: some(uplink).exactOptional(),
	"root-devices": some(rootDevice).exactOptional(),
	rdma: boolean().default(false)
});
const subnet = strictObject({
	name: label,
	cidr: some(string().refine(isCidr, "is no network (10.17.0.0/16, fd00:10:17::/112; lower case)")).max(2, "has more than 2")
});
const network = strictObject({
	name: label,
	namespace: label.default("default"),
	resource: resourceReference.exactOptional(),
	subnet: subnet.exactOptional()
});
const pod = strictObject({
	name: label,
	namespace: label.default("default"),
	image: imageReference.default("docker.io/library/nginx:alpine"),
	network: networkReference.exactOptional()
});
const agilio = {
	prefix: "corigine.com",
	name: "agilio_sriov",
	vendors: [AGILIO_VENDOR],
	devices: ["6003"],
	drivers: ["nfp_netvf"]
};
/** What a values file may say. All of it has a default: the set-up that Kube-OVN describes for Corigine's Agilio CX. */
const schema$1 = strictObject({
	"device-plugin": strictObject({
		"config-map": subdomain.default("sriovdp-config"),
		namespace: label.default("kube-system")
	}).prefault({}),
	resources: some(resource).prefault([agilio]),
	networks: some(network).prefault([{ name: "default" }]),
	"kube-ovn": strictObject({
		installer: _enum([
			"install.sh",
			"chart",
			"chart-v2"
		]).default("install.sh"),
		interfaces: some(interfaceName).default(["ensp01"]),
		"load-balancer": boolean().default(false),
		mirror: boolean().default(false)
	}).prefault({}),
	pods: some(pod).prefault([{ name: "nginx" }]),
	firmware: strictObject({
		app: _enum(["flower", "flower-next"]).default("flower"),
		assembly: string().regex(/^(scan|AMDA[0-9]{4})$/, "is neither \"scan\" nor an assembly (AMDA and four digits)").default("scan")
	}).exactOptional()
});
/** How a resource is asked for: PREFIX/NAME. */
function resourceKey({ prefix, name }) {
	return `${prefix}/${name}`;
}
/** How a network is asked for: NAMESPACE/NAME. */
function networkKey({ namespace, name }) {
	return `${namespace}/${name}`;
}
/** What Kube-OVN calls a network: {name}.{namespace}.ovn. */
function providerOf({ namespace, name }) {
	return `${name}.${namespace}.ovn`;
}
/**
* Reads a values file; without one, and for all that it leaves out, the defaults. Throws InputError with `file:line:column` for
* what does not fit, with the nearest key or name for a mistyped one.
*/
async function readValues(path) {
	if (path === void 0) return settle(schema$1.parse({}), () => "the defaults");
	const { value, where } = await readDocument(path, schema$1.nullable());
	return settle(value ?? schema$1.parse({}), where);
}
const SOCKET_ROOM = 67;
const LONGEST_NAME = 253;
/** Checks what one part of the values says of another, and names what was left to be found. */
function settle(values, where) {
	const { resources, networks, pods, firmware } = values;
	const unique = (path, what, names) => {
		for (const [index, name] of names.entries()) {
			if (names.indexOf(name) === index) continue;
			throw new InputError(`two ${what} are called ${name}`, { where: where([
				...path,
				index,
				"name"
			]) });
		}
	};
	unique(["resources"], "resources", resources.map(resourceKey));
	unique(["networks"], "networks", networks.map(networkKey));
	unique(["pods"], "pods", pods.map(({ namespace, name }) => `${namespace}/${name}`));
	checkResources(resources, where);
	checkSubnets(networks, where);
	if (firmware && !resources.some(({ vendors }) => vendors.includes("19ee"))) throw new InputError(`"firmware" is for Agilio cards, and no resource has their vendor ("${AGILIO_VENDOR}")`, {
		where: where(["firmware"]),
		remedy: "Leave it out."
	});
	const settledNetworks = networks.map((network, index) => {
		const known = resources.map(resourceKey);
		return {
			...network,
			resource: theOne(network.resource, known, "resource", ["networks", index], where)
		};
	});
	const settledPods = pods.map((pod, index) => {
		const network = theOne(pod.network, networks.map(networkKey), "network", ["pods", index], where);
		const [namespace = "", name = ""] = network.split("/");
		const port = `${pod.name}.${pod.namespace}.${providerOf({
			namespace,
			name
		})}`;
		if (port.length > LONGEST_NAME) throw new InputError(`the names of the pod and of its network are too long together: ${port.length} characters`, {
			where: where([
				"pods",
				index,
				"name"
			]),
			remedy: `Kube-OVN joins them to one name of up to ${LONGEST_NAME}.`
		});
		return {
			...pod,
			network
		};
	});
	return {
		...values,
		networks: settledNetworks,
		pods: settledPods
	};
}
/** What is referred to: by its name, or the only one there is. */
function theOne(name, known, what, path, where) {
	const [only = ""] = known;
	if (name === void 0) {
		if (known.length === 1) return only;
		throw new InputError(`which ${what}? There are ${known.length}`, {
			where: where(path),
			remedy: `Say \`${what}:\` with one of ${known.join(", ")}.`
		});
	}
	if (known.includes(name)) return name;
	throw new InputError(`there is no ${what} "${name}"${didYouMean(name, known)}`, {
		where: where([...path, what]),
		remedy: `There is ${known.join(", ")}.`
	});
}
function checkResources(resources, where) {
	const seen = /* @__PURE__ */ new Map();
	for (const [index, resource] of resources.entries()) {
		const key = resourceKey(resource);
		if (key.length - 1 > SOCKET_ROOM) throw new InputError(`prefix and name are too long together: ${key.length - 1} characters`, {
			where: where([
				"resources",
				index,
				"name"
			]),
			remedy: `The device plugin makes a socket of that name, which has room for ${SOCKET_ROOM}.`
		});
		checkParents(resource, ["resources", index], where);
		const { vendors, devices, drivers, uplinks, "root-devices": roots } = resource;
		const selection = JSON.stringify([
			vendors,
			devices,
			drivers,
			uplinks ?? [],
			roots ?? []
		].map((all) => all.toSorted()));
		const before = seen.get(selection);
		if (before !== void 0) throw new InputError(`"${key}" selects the same devices as "${before}"`, {
			where: where(["resources", index]),
			remedy: "The device plugin gives a device to the first that selects it. Tell them apart, by `uplinks` for example."
		});
		seen.set(selection, key);
	}
}
/** The plugin goes by the first entry for an uplink, and by no second. */
function checkParents(resource, path, where) {
	for (const key of ["uplinks", "root-devices"]) {
		const names = (resource[key] ?? []).map((entry) => entry.split("#")[0]?.toLowerCase() ?? "");
		const index = names.findIndex((name, index) => names.indexOf(name) !== index);
		if (index < 0) continue;
		throw new InputError(`"${names[index]}" is there twice`, {
			where: where([
				...path,
				key,
				index
			]),
			remedy: "Name all its VFs in one entry: \"ens1f0#0-3,6\"."
		});
	}
}
function checkSubnets(networks, where) {
	const names = networks.map(({ subnet }) => subnet?.name);
	for (const [index, { subnet }] of networks.entries()) {
		if (!subnet) continue;
		const path = [
			"networks",
			index,
			"subnet"
		];
		if (names.indexOf(subnet.name) !== index) throw new InputError(`two subnets are called ${subnet.name}`, { where: where([...path, "name"]) });
		const [first = "", second] = subnet.cidr;
		if (second !== void 0 && first.includes(":") === second.includes(":")) throw new InputError("two networks of one family", {
			where: where([
				...path,
				"cidr",
				1
			]),
			remedy: "A subnet has one network, or one of IPv4 and one of IPv6."
		});
	}
}
function isCidr(text) {
	const [, address = "", bits = ""] = /^([0-9a-f.:]{2,45})\/(0|[1-9][0-9]{0,2})$/.exec(text) ?? [];
	const most = isIPv4(address) ? 32 : isIPv6(address) ? 128 : -1;
	return bits !== "" && Number(bits) <= most - 2;
}

// src/render/manifests.ts
/** The ConfigMap from which the SR-IOV network device plugin learns which VFs are which resource. */
function devicePluginConfig({ "device-plugin": plugin, resources }) {
	return {
		apiVersion: "v1",
		kind: "ConfigMap",
		metadata: {
			name: plugin["config-map"],
			namespace: plugin.namespace
		},
		data: { "config.json": json({ resourceList: resources.map(pool) }) }
	};
}
function pool({ prefix, name, vendors, devices, drivers, uplinks, "root-devices": rootDevices, rdma }) {
	return {
		resourcePrefix: prefix,
		resourceName: name,
		selectors: {
			vendors,
			devices,
			drivers,
			...uplinks ? { pfNames: uplinks } : {},
			...rootDevices ? { rootDevices } : {},
			...rdma ? { isRdma: true } : {}
		}
	};
}
/** A network that hands Kube-OVN the VF that a pod was given; Multus finds the VF by the resource that is annotated. */
function networkAttachment(network) {
	return {
		apiVersion: "k8s.cni.cncf.io/v1",
		kind: "NetworkAttachmentDefinition",
		metadata: {
			name: network.name,
			namespace: network.namespace,
			annotations: { "k8s.v1.cni.cncf.io/resourceName": network.resource }
		},
		spec: { config: json({
			cniVersion: "0.3.1",
			name: "kube-ovn",
			plugins: [{
				type: "kube-ovn",
				server_socket: "/run/openvswitch/kube-ovn-daemon.sock",
				provider: providerOf(network)
			}, {
				type: "portmap",
				capabilities: { portMappings: true }
			}]
		}) }
	};
}
/** The Subnet of Kube-OVN that pods of a network get their addresses from, if the network has one of its own. */
function subnetOf(network) {
	if (!network.subnet) return void 0;
	const { name, cidr } = network.subnet;
	const families = cidr.map((one) => one.includes(":") ? "IPv6" : "IPv4");
	return {
		apiVersion: "kubeovn.io/v1",
		kind: "Subnet",
		metadata: { name },
		spec: {
			protocol: families.length > 1 ? "Dual" : families[0] ?? "IPv4",
			cidrBlock: cidr.join(","),
			provider: providerOf(network),
			natOutgoing: true,
			enableLb: false
		}
	};
}
/** A pod whose interface is a VF of the resource of its network. */
function podManifest(pod, networks) {
	const network = networks.find((network) => networkKey(network) === pod.network);
	if (!network) throw new Error(`no network ${pod.network}`);
	const one = { [network.resource]: "1" };
	return {
		apiVersion: "v1",
		kind: "Pod",
		metadata: {
			name: pod.name,
			namespace: pod.namespace,
			annotations: { "v1.multus-cni.io/default-network": pod.network }
		},
		spec: { containers: [{
			name: pod.name,
			image: pod.image,
			resources: {
				requests: one,
				limits: one
			}
		}] }
	};
}
/** What the two charts of Kube-OVN want to be told; both fit their release 1.12 (`chart`), 1.14 (`chart-v2`) and later. */
function chartValues({ "kube-ovn": settings }) {
	const { "load-balancer": loadBalancer, mirror } = settings;
	const iface = interfaceArgument(settings.interfaces);
	if (settings.installer === "chart-v2") return {
		features: {
			enableHardwareOffload: true,
			enableLoadbalancer: loadBalancer
		},
		agent: {
			interface: iface,
			mirroring: { enabled: mirror }
		}
	};
	return {
		networking: { IFACE: iface },
		func: {
			HW_OFFLOAD: true,
			ENABLE_LB: loadBalancer
		},
		debug: { ENABLE_MIRROR: mirror }
	};
}
/**
* IFACE of Kube-OVN: one name as it is; several as expressions joined by commas, each for the whole name, because Kube-OVN takes
* the first interface that an expression is found in (`ens1` is found in `ens10`).
*/
function interfaceArgument(names) {
	const [first = ""] = names;
	return names.length === 1 ? first : names.map((name) => `^${name.replaceAll(".", "[.]")}$`).join(",");
}
/** JSON as people write it: a list of words on one line. No word in it has a quote or a bracket. */
function json(value) {
	return `${JSON.stringify(value, null, 2).replace(/\[\s+("[^"]*"(?:,\s+"[^"]*")*)\s+\]/g, (_, words) => `[${words.replace(/\s+/g, " ")}]`)}\n`;
}

// src/render/script.ts
const VALUE = /^[A-Za-z0-9_.,^$[\]-]*$/;
/** Where the scripts are, from the top of the project: they are read at run time, beside the bundle too. */
const SCRIPTS = "src/render/scripts";
/**
* One of the scripts, with other values for the constants at its top (`readonly NAME='value'`, `declare -rx` for exported
* ones). `root` is the top of the project. Throws Error for a constant that the script does not have exactly once, and for
* a value that is not of the characters that names have: both are mistakes of ovnfast.
*/
async function scriptWith(root, name, constants) {
	let script = await readFile(join(root, SCRIPTS, name), "utf8");
	for (const [constant, value] of Object.entries(constants)) {
		if (!VALUE.test(value)) throw new Error(`${name}: no value for ${constant}: ${JSON.stringify(value)}`);
		const lines = script.split(new RegExp(`^((?:readonly|declare -rx) ${constant}=)'[^']*'$`, "m"));
		if (lines.length !== 3) throw new Error(`${name}: ${(lines.length - 1) / 2} constants are called ${constant}, not one`);
		script = `${lines[0]}${lines[1]}'${value}'${lines[2]}`;
	}
	return script;
}

// src/render/seal.ts
const HEAD = /^((?:#![^\n]*\n)?)# Rendered by ovnfast [^\n]*\n# [^\n]* sha256:([0-9a-f]{64})\n/;
/** The command that renders from a values file; the file only by its last name, and only where that is a plain one. */
function originOf(version, subcommand, values) {
	const name = values === void 0 ? void 0 : basename(values);
	const plain = name !== void 0 && /^[A-Za-z0-9._-]{1,100}$/.test(name) ? name : "FILE";
	return {
		version,
		command: `ovnfast render ${subcommand}${name === void 0 ? "" : ` --values ${plain}`}`
	};
}
/**
* Puts a comment at the top of a text (below its `#!` line) that says what rendered it, and has a digest of the text, by which a
* change is noticed that was made by hand.
*/
function seal(text, { version, command }) {
	const [shebang = ""] = /^#![^\n]*\n/.exec(text) ?? [];
	const body = text.slice(shebang.length);
	return [
		shebang,
		`# Rendered by ovnfast ${version}: ${command}\n`,
		`# To change it, change the values and render again. The rest is sha256:${digestBytes(body)}\n`,
		body
	].join("");
}
/** Who wrote a text, by what `seal` left in it. */
function authorshipOf(text) {
	const match = HEAD.exec(text);
	if (!match) return "foreign";
	return digestBytes(text.slice(match[0].length)) === match[2] ? "rendered" : "changed";
}

// src/render/offload.ts
const FIRMWARE = "00-agilio-firmware.sh";
const DEVICE_PLUGIN = "10-sriovdp-config.yml";
const INSTALL = "20-kube-ovn-install.sh";
const CHART_VALUES = "20-kube-ovn.values";
const NETWORKS = "30-networks.yml";
const PODS = "40-pods.yml";
/** All the names that a rendering may use. */
const OFFLOAD_FILES = [
	FIRMWARE,
	DEVICE_PLUGIN,
	INSTALL,
	CHART_VALUES,
	NETWORKS,
	PODS
];
/** All that the values describe, as files. `root` is the top of the project. */
async function renderOffload(values, root, origin) {
	const files = [];
	const add = (name, text) => files.push({
		name,
		text: seal(text, origin),
		executable: name.endsWith(".sh")
	});
	const firmware = await firmwareScript(values, root);
	if (firmware !== void 0) add(FIRMWARE, firmware);
	for (const part of manifestParts(values)) {
		add(part.name, textOf(part));
		if (part.name === DEVICE_PLUGIN) add(...await installSettings(values, root));
	}
	return files;
}
/** The manifests alone, as one stream of YAML documents. */
function renderManifests(values, { version, command }) {
	return `${comment([`Rendered by ovnfast ${version}: ${command}`, "The manifests only: --out DIR writes the settings of Kube-OVN and the firmware script too."])}${manifestParts(values).map((part) => `---\n${textOf(part)}`).join("")}`;
}
function manifestParts(values) {
	const { networks, pods } = values;
	const bare = networks.filter(({ subnet }) => !subnet).map(({ namespace, name }) => `${namespace}/${name}`);
	return [
		{
			name: DEVICE_PLUGIN,
			notes: ["Which VFs are which resource. The SR-IOV network device plugin reads it at its start: apply it before."],
			manifests: [devicePluginConfig(values)]
		},
		{
			name: NETWORKS,
			notes: ["Hands the VF of a pod to Kube-OVN. Multus and Kube-OVN have to be there.", ...bare.length === 0 ? [] : [`No subnet of its own: ${bare.join(", ")}. Kube-OVN up to 1.15.17 and 1.16.2 then takes the default subnet of the`, "pod; later ones refuse the pod until a Subnet has this provider: give the network a `subnet` in the values."]],
			manifests: networks.flatMap((network) => [subnetOf(network) ?? [], networkAttachment(network)].flat())
		},
		{
			name: PODS,
			notes: ["Each gets a VF as its interface eth0."],
			manifests: pods.map((pod) => podManifest(pod, networks))
		}
	];
}
/** How Kube-OVN is told: by its install script or by the values of a chart. */
async function installSettings(values, root) {
	const settings = values["kube-ovn"];
	if (settings.installer === "install.sh") {
		const constants = {
			HW_OFFLOAD: "true",
			ENABLE_LB: String(settings["load-balancer"]),
			ENABLE_MIRROR: String(settings.mirror),
			IFACE: interfaceArgument(settings.interfaces)
		};
		return [INSTALL, await scriptWith(root, "kube-ovn-install.sh", constants)];
	}
	const notes = [`Values of the chart ${settings.installer === "chart" ? "kube-ovn" : "kube-ovn-v2"}, beside your own: helm upgrade --install kube-ovn ... -f ${CHART_VALUES}`];
	return [CHART_VALUES, `${comment(notes)}${toYaml(chartValues(values))}`];
}
/** The script that chooses the firmware, where a resource may be an Agilio card. */
async function firmwareScript({ resources, firmware }, root) {
	if (!resources.some(({ vendors }) => vendors.includes("19ee"))) return void 0;
	return await scriptWith(root, "agilio-firmware.sh", {
		DEFAULT_APP: firmware?.app ?? "flower",
		DEFAULT_ASSEMBLY: firmware?.assembly ?? "scan"
	});
}

// src/render/write.ts
/**
* Writes files into a directory, each whole or not at all, and removes those of `family` (the names this kind of rendering may
* use) that an earlier rendering left and this one does not have. Throws InputError before anything is changed when one of these
* names is taken by something that was not rendered, or was changed since, unless `force`; and when the directory cannot be written.
*/
async function writeRendered(directory, files, { family, force }) {
	try {
		await makeDirectory(directory);
		const before = /* @__PURE__ */ new Map();
		for (const name of family) {
			const path = join(directory, name);
			const text = await present(path);
			if (text === void 0) continue;
			before.set(name, text);
			if (!force) refuseForeign(path, text);
		}
		const changes = [];
		for (const { name, text, executable } of files) {
			const path = join(directory, name);
			const mode = executable ? 493 : 420;
			if (before.get(name) === text) await chmod(path, mode);
			else await writeAtomic(path, text, mode);
			changes.push({
				path,
				change: before.get(name) === text ? "the same" : "written"
			});
		}
		for (const name of before.keys()) {
			if (files.some((file) => file.name === name)) continue;
			await rm(join(directory, name));
			changes.push({
				path: join(directory, name),
				change: "removed"
			});
		}
		return changes;
	} catch (cause) {
		if (cause instanceof InputError) throw cause;
		throw new InputError(`the output directory cannot be written (${cause.code ?? cause})`, {
			where: directory,
			remedy: "Choose another with --out.",
			cause
		});
	}
}
/** The text of a file; nothing when the name is free. What is no plain file is an error, whoever put it there. */
async function present(path) {
	const status = await lstat(path).catch((error) => {
		if (error.code === "ENOENT") return void 0;
		throw error;
	});
	if (!status) return void 0;
	if (!status.isFile()) throw new InputError("this name is needed, and is taken by what is no plain file", {
		where: path,
		remedy: "Move it away, or choose another directory with --out."
	});
	return await readFile(path, "utf8");
}
function refuseForeign(path, text) {
	const authorship = authorshipOf(text);
	if (authorship === "rendered") return;
	throw new InputError(`${authorship === "changed" ? "was rendered, and changed by hand since" : "was not rendered by ovnfast"}; it would be lost`, {
		where: path,
		remedy: "Move it away, choose another directory with --out, or have it replaced with --force."
	});
}

// src/commands/rendered.ts
/**
* Writes what was rendered into `out` and says of each file what has become of it. `family`: all the names that such a
* rendering may use. Throws as `writeRendered`.
*/
async function writeAndTell({ workingDirectory, stdout }, files, { out, ...options }) {
	for (const { path, change } of await writeRendered(resolve(workingDirectory, out), files, options)) {
		const shown = relative(workingDirectory, path);
		stdout.write(`${change.padEnd(8)}  ${shown.startsWith("..") ? path : shown}\n`);
	}
}

// src/commands/render.ts
/** `ovnfast render offload`: what a cluster needs for offload, from a values file; nothing of the cluster is touched. */
async function runRenderOffload(edge, { values: path, out, force }) {
	if (force && out === void 0) throw new InputError("--force goes with --out");
	const values = await readValues(path === void 0 ? void 0 : resolve(edge.workingDirectory, path));
	const origin = originOf(package_default.version, "offload", path);
	if (out === void 0) {
		edge.stdout.write(renderManifests(values, origin));
		return 0;
	}
	const files = await renderOffload(values, edge.root, origin);
	await writeAndTell(edge, files, {
		out,
		family: OFFLOAD_FILES,
		force: force ?? false
	});
	return 0;
}

// src/render/jobs.ts
const VOLUME = "10-volume.yml";
const PLAN = "20-plan.yml";
const JOBS = "30-jobs.yml";
const MERGE = "40-merge.yml";
/** All the names that a rendering may use. */
const JOBS_FILES = [
	VOLUME,
	PLAN,
	JOBS,
	MERGE
];
const DATA = "/data";
/** In the container of the merge job. */
const PLAN_FILE = "/plan/plan.json";
/** Nobody in particular, but not root. */
const USER = 1e3;
/** What the API server takes of a ConfigMap altogether is 1 MiB. */
const MAXIMUM_PLAN_BYTES = 1e6;
/** Of the tool itself and of a compiler; beside a machine's own memory, QEMU's. */
const [TOOL_MIB, MACHINE_MIB, LEAST_MACHINE_MIB] = [
	1024,
	512,
	512
];
/** For ending machines and removing what is half-written. */
const GRACE_SECONDS = 60;
const MERGE_MIB = 2048;
/** Hardly anything is written there: packages, sysroots and machines are in the cache. */
const TMP_SIZE = "256Mi";
/** Jobs for a run, as files: the claim if there is to be one, the plan, a Job for each shard, and one that merges. */
function renderJobs(values, run, origin) {
	return parts(values, run).map((part) => ({
		name: part.name,
		text: seal(textOf(part), origin),
		executable: false
	}));
}
/** The same as one stream of YAML documents. */
function renderJobsStream(values, run, { version, command }) {
	const all = parts(values, run);
	const head = [`Rendered by ovnfast ${version}: ${command}`, ...all.flatMap(({ notes }) => ["", ...notes])];
	return [comment(head), ...all.flatMap(({ manifests }) => manifests.map((manifest) => `---\n${toYaml(manifest)}`))].join("");
}
function parts(values, run) {
	const { namespace, volume } = values;
	const [plan, merge] = [dnsName(`${run.artifact}-plan`), dnsName(`${run.artifact}-merge`)];
	const claim = volume["size-gib"] === void 0 ? [] : [volumeClaim(values, volume["size-gib"])];
	return [
		...claim.length > 0 ? [{
			name: VOLUME,
			notes: ["Cache and results. Jobs on several nodes need storage that all of them can write."],
			manifests: claim
		}] : [],
		{
			name: PLAN,
			notes: ["What there has to be a report of: the merge holds the results against it."],
			manifests: [planOf(values, run, plan)]
		},
		{
			name: JOBS,
			notes: notesOf(values),
			manifests: run.shards.map((shard) => shardJob(values, run, shard))
		},
		{
			name: MERGE,
			notes: [
				"Makes one report of all. It is suspended: start it when the others have ended, whatever became of them.",
				`    kubectl -n ${namespace} get jobs -l ${INSTANCE}=${labelValue(run.artifact)}`,
				`    kubectl -n ${namespace} patch job ${merge} --type=merge -p '{"spec":{"suspend":false}}'`,
				`The report is then in ${DATA}/${run.artifact}/report on the volume; to merge again, remove it first.`
			],
			manifests: [mergeJob(values, run, {
				name: merge,
				plan
			})]
		}
	];
}
/** What a job is allowed, and why. */
function notesOf(values) {
	return [
		...values["user-namespaces"] ? [
			"Compilers and machines run in sandboxes, which are user namespaces within the pod. What that takes, and no more:",
			"hostUsers: false        the pod has a user namespace of its own: Kubernetes 1.33, containerd 2.0 or CRI-O, runc 1.2 or",
			"                        crun 1.9, Linux 6.3 or newer, and on the volume a file system that knows id-mapped mounts",
			"                        (ext4, xfs, btrfs; not NFS)",
			"procMount: Unmasked     a sandbox mounts a /proc of its own, which Linux allows only beside one that nothing covers",
			"Unconfined              the profiles of seccomp and AppArmor that a runtime has by default forbid unshare and mount",
			"No capability, no privileged container, no root: the namespace has to admit this at the level \"privileged\" of Pod",
			"Security Admission all the same, because of procMount and the profiles."
		] : [
			"Compilers and machines run in sandboxes. Without a user namespace for the pod that takes root in the container and:",
			"SYS_ADMIN               to make namespaces and to mount in them",
			"NET_ADMIN               to set up the loopback interface of a sandbox, which has no other network",
			"Unconfined              the profiles of seccomp and AppArmor that a runtime has by default forbid unshare and mount",
			"Kubernetes 1.30 or newer. That is next to root on the node: give it a node of its own, or use one where pods can have user namespaces."
		],
		values.kvm === void 0 ? "Machines are emulated. With `kvm: RESOURCE` in the values, of a device plugin that hands out /dev/kvm, they are not." : `${values.kvm} brings /dev/kvm, without which machines are emulated, some ten times slower.`,
		"A job runs once: what failed would fail again, and what is missing the merge calls an error."
	];
}
function volumeClaim({ namespace, volume }, gib) {
	return {
		apiVersion: "v1",
		kind: "PersistentVolumeClaim",
		metadata: {
			name: volume.claim,
			namespace
		},
		spec: {
			accessModes: ["ReadWriteMany"],
			resources: { requests: { storage: `${gib}Gi` } },
			...volume.class === void 0 ? {} : { storageClassName: volume.class }
		}
	};
}
function planOf({ namespace }, { shards: include, artifact }, name) {
	const text = `${JSON.stringify({ include }, null, 1)}\n`;
	if (Buffer.byteLength(text) > MAXIMUM_PLAN_BYTES) throw new InputError(`a plan of ${include.length} jobs is too large for a ConfigMap`, { remedy: "Render fewer targets at a time, each with an --artifact of its own." });
	return {
		apiVersion: "v1",
		kind: "ConfigMap",
		metadata: {
			name,
			namespace,
			labels: labelsOf(artifact, "plan")
		},
		data: { "plan.json": text }
	};
}
function shardJob(values, run, shard) {
	const { processors, kvm } = values;
	const { artifact, module, shareBuilds, mirrors } = run;
	const machine = Math.max(run.memoryMiB, LEAST_MACHINE_MIB) + MACHINE_MIB;
	const memory = values["memory-mib"] ?? TOOL_MIB + processors * machine;
	return job(values, {
		name: dnsName(shard.artifact),
		artifact,
		component: "shard",
		annotations: { "ovnfast/shard": shard.name },
		suspend: false,
		arguments: [
			...[
				"run",
				"--frozen",
				...shard.targets.map((target) => `--target=${target}`)
			],
			...shard.suites.map((suite) => `--suite=${suite}`),
			...module === void 0 ? [] : [`--module=${module}`],
			...shareBuilds ? ["--share-builds"] : [],
			...mirrors.map((mirror) => `--mirror=${mirror}`),
			...[`--jobs=${processors}`, `--out=${DATA}/${artifact}/results/${shard.artifact}`]
		],
		...needsSource(run, shard) ? { workingDir: values.source } : {},
		resources: {
			cpu: String(processors),
			memory: `${memory}Mi`
		},
		...kvm === void 0 ? {} : { device: kvm },
		sandboxes: true
	});
}
function mergeJob(values, { artifact }, { name, plan }) {
	return job(values, {
		name,
		artifact,
		component: "merge",
		annotations: {},
		suspend: true,
		plan,
		sandboxes: false,
		arguments: [
			"merge",
			`${DATA}/${artifact}/results`,
			`--plan=${PLAN_FILE}`,
			`--out=${DATA}/${artifact}/report`
		],
		resources: {
			cpu: "1",
			memory: `${MERGE_MIB}Mi`
		}
	});
}
/** Whether anything is named by a path that starts at the sources. */
function needsSource({ module }, { suites }) {
	return [module ?? "", ...suites].some((path) => path !== "" && !path.startsWith("/"));
}
function job(values, parts) {
	const { namespace, image, tool, volume } = values;
	const labels = labelsOf(parts.artifact, parts.component);
	const { device, plan, resources } = parts;
	const limits = {
		...resources,
		...device === void 0 ? {} : { [device]: "1" }
	};
	const asRoot = !values["user-namespaces"];
	const user = asRoot ? 0 : USER;
	return {
		apiVersion: "batch/v1",
		kind: "Job",
		metadata: {
			name: parts.name,
			namespace,
			labels,
			annotations: parts.annotations
		},
		spec: {
			suspend: parts.suspend,
			backoffLimit: 0,
			completions: 1,
			parallelism: 1,
			podReplacementPolicy: "Failed",
			activeDeadlineSeconds: values["deadline-minutes"] * 60,
			ttlSecondsAfterFinished: values["keep-hours"] * 3600,
			template: {
				metadata: { labels },
				spec: {
					restartPolicy: "Never",
					terminationGracePeriodSeconds: GRACE_SECONDS,
					automountServiceAccountToken: false,
					enableServiceLinks: false,
					nodeSelector: {
						"kubernetes.io/os": "linux",
						"kubernetes.io/arch": "amd64"
					},
					...asRoot ? {} : { hostUsers: false },
					securityContext: {
						runAsUser: user,
						runAsGroup: user,
						fsGroup: user,
						runAsNonRoot: !asRoot,
						fsGroupChangePolicy: "OnRootMismatch"
					},
					containers: [{
						name: "ovnfast",
						image,
						command: ["node", `${tool}/dist/cli.js`],
						args: parts.arguments.map((text) => text.replaceAll("$", "$$$$")),
						...parts.workingDir === void 0 ? {} : { workingDir: parts.workingDir },
						env: [{
							name: "HOME",
							value: "/tmp"
						}, {
							name: "OVNFAST_CACHE",
							value: `${DATA}/cache`
						}],
						resources: {
							requests: limits,
							limits
						},
						securityContext: parts.sandboxes ? sandboxing(asRoot) : PLAIN,
						volumeMounts: [
							{
								name: "data",
								mountPath: DATA
							},
							{
								name: "tmp",
								mountPath: "/tmp"
							},
							...plan === void 0 ? [] : [{
								name: "plan",
								mountPath: "/plan",
								readOnly: true
							}]
						]
					}],
					volumes: [
						{
							name: "data",
							persistentVolumeClaim: { claimName: volume.claim }
						},
						{
							name: "tmp",
							emptyDir: { sizeLimit: TMP_SIZE }
						},
						...plan === void 0 ? [] : [{
							name: "plan",
							configMap: { name: plan }
						}]
					]
				}
			}
		}
	};
}
const PLAIN = {
	allowPrivilegeEscalation: false,
	readOnlyRootFilesystem: true,
	capabilities: { drop: ["ALL"] },
	seccompProfile: { type: "RuntimeDefault" }
};
/** See `notesOf`. */
function sandboxing(asRoot) {
	return {
		...PLAIN,
		...asRoot ? { capabilities: {
			drop: ["ALL"],
			add: ["NET_ADMIN", "SYS_ADMIN"]
		} } : { procMount: "Unmasked" },
		seccompProfile: { type: "Unconfined" },
		appArmorProfile: { type: "Unconfined" }
	};
}
const INSTANCE = "app.kubernetes.io/instance";
function labelsOf(artifact, component) {
	return {
		"app.kubernetes.io/name": "ovnfast",
		[INSTANCE]: labelValue(artifact),
		"app.kubernetes.io/component": component
	};
}
/** A prefix of artifacts is a label's value but for what may stand at its end. */
function labelValue(artifact) {
	return artifact.slice(0, 63).replace(/[^A-Za-z0-9]+$/, "");
}
/** A name of one label of DNS (RFC 1123): with a digest where the text had to be changed, because others may end up the same. */
function dnsName(text) {
	const plain = text.toLowerCase().replace(/[^a-z0-9-]+/g, "-");
	if (plain === text && plain.length <= 63) return plain;
	return `${plain.slice(0, 50).replace(/-+$/, "")}-${digestValue(text).slice(0, 10)}`;
}

// src/render/jobs-values.ts
/** A path in a container; it becomes part of command lines and of mounts. */
const path = string().max(1e3, "is too long").regex(/^(\/[\w.+-]+)+$/, "is no absolute path (letters, digits and \"._+-\" between the \"/\")").refine((text) => !/\/\.{1,2}(\/|$)/.test(text), "has a \".\" or \"..\" in it");
const schema = strictObject({
	/** Holds Node.js and this tool, and the sources if they are not those of the tool. By digest is best: all jobs then run the same. */
	image: imageReference,
	/** Where the tool is in the image. */
	tool: path.default("/opt/ovnfast"),
	/** What the paths of `--module` and `--suite` start from in the image. */
	source: path.default("/src"),
	namespace: label.default("default"),
	volume: strictObject({
		claim: subdomain.default("ovnfast"),
		/** Rendered as a claim of that many GiB; left out when the claim is there already. */
		"size-gib": int().min(1).max(1e5).exactOptional(),
		class: subdomain.exactOptional()
	}).prefault({}),
	/** Of a device plugin that hands out /dev/kvm, such as devices.kubevirt.io/kvm; without one, machines are emulated. */
	kvm: resourceReference.exactOptional(),
	/** False for clusters whose pods cannot have a user namespace: the container is then root's, with two capabilities. */
	"user-namespaces": boolean().default(true),
	processors: int().min(1).max(256).default(2),
	/** Left out: by the machines of the suites. */
	"memory-mib": int().min(512).max(1048576).exactOptional(),
	"deadline-minutes": int().min(1).max(10080).default(120),
	"keep-hours": int().min(0).max(8760).default(24)
});
/** Reads a values file for jobs. Throws InputError with `file:line:column` for what does not fit. */
async function readJobsValues(file) {
	return (await readDocument(file, schema)).value;
}

// src/commands/render-jobs.ts
/** `ovnfast render jobs`: the jobs of `plan --github` as Jobs of Kubernetes; nothing of the cluster is touched. */
async function runRenderJobs(edge, flags) {
	const { workingDirectory, stdout } = edge;
	const { values: file, out, force, module, suite = [] } = flags;
	if (force && out === void 0) throw new InputError("--force goes with --out");
	const values = await readJobsValues(resolve(workingDirectory, file));
	for (const path of [module, ...suite]) if (path !== void 0) mustBeBelow(path, values.source);
	const { include, memoryMiB } = await shardsOf(edge, flags);
	const run = {
		shards: include,
		artifact: flags.artifact ?? "ovnfast",
		...module === void 0 ? {} : { module },
		shareBuilds: flags.shareBuilds ?? false,
		mirrors: flags.mirror ?? [],
		memoryMiB
	};
	const origin = originOf(package_default.version, "jobs", file);
	if (out === void 0) {
		stdout.write(renderJobsStream(values, run, origin));
		return 0;
	}
	await writeAndTell(edge, renderJobs(values, run, origin), {
		out,
		family: JOBS_FILES,
		force: force ?? false
	});
	return 0;
}
/** A path means the same here and in the image only when it starts at the sources. */
function mustBeBelow(path, source) {
	if (!isAbsolute(path) && !path.split("/").includes("..")) return;
	throw new InputError("is no path below the current directory, and that is what the image has", {
		where: path,
		remedy: `Name it by a relative path; in the container it starts at ${source} (\`source\` in the values).`
	});
}

// src/kbuild/difference-content.ts
const SHT_STRTAB = 3;
const SHT_SYMTAB = 2;
const SHT_RELA = 4;
const SHT_NOTE = 7;
const RELA_BYTES = 24;
const SHOWN = 6;
/** String literals, as the compiler puts them together. */
const STRINGS = /^\.rodata\.str/;
/** Real tables are far smaller, and each entry costs us more than its bytes; larger ones are compared as bytes. */
const MAXIMUM_TABLE_BYTES = 16 * 2 ** 20;
/** What differs between two sections of the same name that hold something we can read; undefined for others. */
function explainContent(left, right) {
	const { name, type } = left.section;
	if (Math.max(left.content.length, right.content.length) > MAXIMUM_TABLE_BYTES) return void 0;
	const both = (read) => [read(left), read(right)];
	if (name === ".modinfo") return listed(...both(({ content }) => fields(content)));
	if (/^__version/.test(name)) return listed(...both(({ elf }) => versions(elf)));
	if (type === SHT_NOTE || name.startsWith(".note")) return listed(...both(({ content }) => notes(content)));
	if (type === SHT_STRTAB || STRINGS.test(name)) return listed(...both(({ content }) => strings(content)));
	if (type === SHT_SYMTAB) return listed(...both(({ elf }) => symbols(elf)));
	if (type === SHT_RELA) return explainRelocations(left, right);
}
/** What is in one of two tables and not the same in the other. Undefined when the tables say the same in other bytes. */
function listed(left, right) {
	const details = [];
	for (const key of /* @__PURE__ */ new Set([...left.keys(), ...right.keys()])) {
		const [ours, theirs] = [left.get(key), right.get(key)];
		if (ours === theirs) continue;
		if (ours === void 0) details.push(`${describe(key, theirs)} only in the second`);
		else if (theirs === void 0) details.push(`${describe(key, ours)} only in the first`);
		else details.push(`${key}: ${ours} → ${theirs}`);
	}
	if (details.length === 0) return void 0;
	const more = details.length - SHOWN;
	return { details: more > 0 ? [...details.slice(0, SHOWN), `and ${more} more`] : details };
}
function describe(key, value = "") {
	return value === "" ? `"${key}"` : `${key} (${value})`;
}
/** A field that comes more than once is told by its number: `parm 3`. */
function fields(content) {
	const found = /* @__PURE__ */ new Map();
	for (const [key, values] of Object.entries(readInfo(content))) for (const [index, value] of values.entries()) found.set(index === 0 ? key : `${key} ${index + 1}`, value);
	return found;
}
function versions(elf) {
	return readVersions((name) => elf.content(elf.section(name)));
}
function notes(content) {
	const kinds = /* @__PURE__ */ new Map([["GNU 3", "build id"]]);
	return new Map([...readNotes(content)].map(({ owner, type, descriptor }) => {
		const key = `${owner} ${type}`;
		return [kinds.get(key) ?? `note ${key}`, descriptor.subarray(0, 32).toString("hex")];
	}));
}
function strings(content) {
	return new Map(content.toString("utf8").split("\0").map((text) => [text, ""]));
}
function symbols(elf) {
	const found = /* @__PURE__ */ new Map();
	for (const { name, section, value, size } of elf.symbols(() => true)) if (name !== "") found.set(name, `${elf.sections[section]?.name || "undefined"}+0x${value.toString(16)}, ${size} bytes`);
	return found;
}
/** By what they mean, not by symbol numbers, which shift when any symbol comes or goes. */
function explainRelocations(left, right) {
	const [ours, theirs] = [relocations(left), relocations(right)];
	const index = ours.findIndex(({ at, what }, one) => theirs[one]?.at !== at || theirs[one]?.what !== what);
	const [first, second] = [ours[index], theirs[index < 0 ? ours.length : index]];
	if (!first && !second) return { details: ["the same relocations, with other symbol numbers"] };
	const target = left.section.name.replace(/^\.rela?/, "");
	const symbol = left.elf.symbolAt(left.elf.sections.findIndex(({ name }) => name === target), (first ?? second)?.at ?? 0);
	const show = (one) => one ? `${one.what} at 0x${one.at.toString(16)}` : "no more";
	return {
		...symbol ? { symbol } : {},
		details: [`${show(first)} → ${show(second)}`]
	};
}
function relocations({ elf, content }) {
	const names = [...elf.symbols(() => true)].map(({ name, section }) => name || elf.sections[section]?.name || "");
	const found = [];
	for (let at = 0; at + RELA_BYTES <= content.length; at += RELA_BYTES) {
		const name = names[content.readUInt32LE(at + 12)] ?? "?";
		const addend = content.readBigInt64LE(at + 16);
		found.push({
			at: Number(content.readBigUInt64LE(at)),
			what: `type ${content.readUInt32LE(at + 8)} ${name}${addend < 0 ? "" : "+"}${addend}`
		});
	}
	return found;
}

// src/kbuild/difference.ts
/** A module has some dozens of sections, and explaining one can take a while. */
const MAXIMUM_DIFFERENCES = 256;
/**
* In which order differences are told: code and data first, then what names them, last what follows from all the rest
* (the build id is a digest of the file), so that the first one told is the cause more often than the consequence.
*/
const RANKS = [
	[/^\.(rela|rel)\./, 2],
	[/^\.(symtab|strtab|shstrtab)$/, 3],
	[/^\.note\.gnu\.build-id$/, 4],
	[/^(\.modinfo|__version.*|\.BTF.*|\.note.*|\.comment)$/, 1]
];
/**
* Where two kernel modules differ, ELF section by section, as diffoscope does it; none when they are the same to the bit.
* Reads them without trusting a byte; a file that is no ELF file is compared as bytes.
*/
function compareModules(first, second) {
	if (first.equals(second)) return [];
	const [left, right] = [splitSignature(first), splitSignature(second)];
	const differences = left.elf.equals(right.elf) ? [] : compareElf(left.elf, right.elf);
	const tails = [first.subarray(left.elf.length), second.subarray(right.elf.length)];
	if (!tails[0].equals(tails[1])) differences.push(compareSignatures(left.signature, right.signature));
	return differences;
}
function compareSignatures(...signatures) {
	const [left, right] = signatures.map((one) => one ? [
		one.format,
		one.signer,
		one.hash,
		one.key
	].filter(Boolean).join(", ") : "none");
	return {
		place: "signature",
		details: left === right ? [`both are ${left}, with other bytes`] : [`${left} → ${right}`]
	};
}
function compareElf(first, second) {
	try {
		const differences = compareSections(new ElfFile(first, "the first file"), new ElfFile(second, "the second file"));
		if (differences.length > 0) return differences;
	} catch (error) {
		if (!(error instanceof InputError)) throw error;
		return [{
			place: "file",
			offset: firstDifference(first, second),
			details: [error.message]
		}];
	}
	const offset = firstDifference(first, second);
	return [{
		place: offset < 64 ? "ELF header" : "section headers or padding",
		offset,
		details: [describeBytes(first, second, offset)]
	}];
}
function compareSections(left, right) {
	const found = [];
	const add = (name, difference) => {
		const rank = RANKS.find(([pattern]) => pattern.test(name))?.[1] ?? 0;
		found.push({
			rank,
			difference: {
				place: `section ${name}`,
				...difference
			}
		});
	};
	const theirs = numbered(right.sections);
	for (const [key, section] of numbered(left.sections)) {
		const other = theirs.get(key);
		theirs.delete(key);
		if (found.length >= MAXIMUM_DIFFERENCES) break;
		if (!other) add(section.name, { details: ["only the first file has it"] });
		else {
			const difference = compareSection(left, right, section, other);
			if (difference) add(section.name, difference);
		}
	}
	for (const { name } of [...theirs.values()].slice(0, MAXIMUM_DIFFERENCES)) add(name, { details: ["only the second file has it"] });
	return found.sort((a, b) => a.rank - b.rank).map(({ difference }) => difference);
}
/** Sections by name and, as a name may come more than once, by how many of that name came before. */
function numbered(sections) {
	const counts = /* @__PURE__ */ new Map();
	return new Map(sections.map((section) => {
		const count = counts.get(section.name) ?? 0;
		counts.set(section.name, count + 1);
		return [`${section.name}\0${count}`, section];
	}));
}
function compareSection(left, right, section, other) {
	const [ours, theirs] = [left.content(section), right.content(other)];
	const resized = section.size === other.size ? [] : [`${section.size} → ${other.size} bytes`];
	if (section.type !== other.type) return { details: [`type ${section.type} → ${other.type}`, ...resized] };
	if (ours.equals(theirs)) return resized.length > 0 ? { details: resized } : void 0;
	const offset = firstDifference(ours, theirs);
	const explained = explainContent({
		elf: left,
		section,
		content: ours
	}, {
		elf: right,
		section: other,
		content: theirs
	});
	if (explained) return {
		...explained,
		offset,
		details: [...explained.details, ...resized]
	};
	const symbol = left.symbolAt(left.sections.indexOf(section), offset);
	return {
		...symbol ? { symbol } : {},
		offset,
		details: [describeBytes(ours, theirs, offset), ...resized]
	};
}
function firstDifference(first, second) {
	const end = Math.min(first.length, second.length);
	for (let at = 0; at < end; at++) if (first[at] !== second[at]) return at;
	return end;
}
const BYTES_SHOWN = 8;
function describeBytes(first, second, offset) {
	const show = (buffer) => buffer.subarray(offset, offset + BYTES_SHOWN).toString("hex") || "its end";
	return `${show(first)} → ${show(second)}`;
}

// src/reproduce.ts
/** Name for what is built for no kernel: in messages, and of its place below the output directory. */
const PROGRAMS = "programs";
const KINDS = {
	module: "a kernel module",
	programs: "eBPF programs"
};
/**
* Builds once more what a manifest describes, of the same packages and of the sources in a directory, and compares.
* Throws InputError for a manifest, a directory or a file that is none, EnvironmentError when packages cannot be had.
*/
async function reproduce(options) {
	try {
		var _usingCtx$4 = _usingCtx();
		const manifest = await readManifest(options.manifest);
		const target = "target" in manifest ? manifest.target : void 0;
		const label = target ? labelOf(target) : PROGRAMS;
		const output = target ? resolve(options.out, target.id, target.kernel) : resolve(options.out, PROGRAMS);
		if (output === resolve(dirname(options.manifest))) throw new InputError("what is rebuilt would take the place of what it is compared with", {
			where: output,
			remedy: "Choose another directory with --out."
		});
		const source = await findSource(manifest, label, options);
		_usingCtx$4.a(await claimDirectory(resolve(options.out)));
		const workshop = _usingCtx$4.a(await Workshop.open(options));
		const originals = await findOriginals(manifest, options, workshop);
		const { built, products, again } = await rebuild(manifest, {
			...options,
			directory: source.directory,
			label,
			output,
			workshop
		});
		const result = {
			module: manifest.module.name,
			...target ? { target } : {},
			source,
			notes: notesOn(manifest, built),
			output
		};
		if (built.status === "fail") return {
			...result,
			status: "failed",
			reason: `${built.reason}; see ${built.log}`,
			modules: []
		};
		await writeManifest(join(output, MANIFEST), again);
		const modules = await Promise.all(manifest.results.map((result) => compare(result, products, originals)));
		const known = new Set(manifest.results.map(({ file }) => file));
		const extra = products.filter(({ path }) => !known.has(basename(path)));
		result.notes.push(...extra.map(({ path }) => `${basename(path)} was built too, and the manifest does not have it`));
		const same = extra.length === 0 && modules.every(({ identical }) => identical);
		return {
			...result,
			status: same ? "identical" : "different",
			modules
		};
	} catch (_) {
		_usingCtx$4.e = _;
	} finally {
		await _usingCtx$4.d();
	}
}
/** The build that the manifest describes, its files in `output`, and the manifest that it would have now. */
async function rebuild(manifest, place) {
	const { directory, label, output, workshop, cache, jobs, emit, signal } = place;
	const sandbox = await openSandbox(manifest.inputs.sandbox, workshop, place);
	const settings = {
		label,
		cache,
		programs: sandbox.programs,
		emit,
		signal
	};
	const begin = async () => {
		await rm(output, {
			recursive: true,
			force: true
		});
		await makeDirectory(output);
		emit({
			type: "stage",
			target: label,
			stage: "build"
		});
	};
	const { version } = package_default;
	if ("target" in manifest) {
		const { target, portable, inputs } = manifest;
		const sysroots = await preparePinned(workshop.store, pinned(inputs.target), {
			names: ["headers", "image"],
			...settings
		});
		await begin();
		const how = {
			outDirectory: output,
			jobs,
			portable,
			sandbox
		};
		const built = await workshop.build(directory, {
			kernel: target.kernel,
			sysroots
		}, how);
		return {
			built,
			products: built.modules,
			again: makeManifest({
				version,
				target,
				portable,
				built,
				inputs
			})
		};
	}
	const { inputs } = manifest;
	const { bpf } = await preparePinned(workshop.store, pinned(inputs.bpf), {
		names: ["bpf"],
		...settings
	});
	await begin();
	const built = await workshop.buildPrograms(directory, {
		outDirectory: output,
		jobs,
		sandbox,
		sysroot: bpf
	});
	return {
		built,
		products: [...built.programs, ...built.executables],
		again: makeProgramManifest({
			version,
			built,
			inputs
		})
	};
}
/** The sources that are here, and whether they are those that were built, which is told at once. */
async function findSource(manifest, label, { moduleDirectory: directory, emit }) {
	const { kind, root } = await findSource$1(directory);
	const wanted = "target" in manifest ? "module" : "programs";
	if (kind !== wanted) throw new InputError(`the manifest is of ${KINDS[wanted]}, and these are the sources of ${KINDS[kind]}`, {
		where: directory,
		remedy: "Name the directory of the sources with --module."
	});
	const actual = await digestTree(root, isBuildProduct);
	const expected = manifest.module.source;
	if (actual !== expected) emit({
		type: "warning",
		target: label,
		message: `${directory} is not the source that was built`
	});
	return {
		directory,
		expected,
		actual
	};
}
/** The files to compare with: one that was named, or those that lie beside the manifest, when they are still what it says. */
async function findOriginals({ schema, results }, { manifest, against }, workshop) {
	const originals = /* @__PURE__ */ new Map();
	if (against !== void 0) {
		const programs = against.endsWith(".zst") ? (await workshop.tools.sandbox()).programs : {};
		const content = await readContent(against, programs);
		if (schema === "ovnfast.manifest/1") parseModule(content, against);
		const name = basename(against).replace(/\.(gz|xz|zst)$/, "");
		const result = results.find(({ file }) => file === name) ?? (results.length === 1 ? results[0] : void 0);
		if (!result) throw new InputError(`the manifest has no file of that name`, {
			where: against,
			remedy: `It has ${results.map(({ file }) => file).join(", ")}.`
		});
		const isOther = digestBytes(content.content) !== result.sha256 && digestBytes(splitSignature(content.content).elf) !== result.sha256;
		originals.set(result.file, {
			content,
			notes: isOther ? [`${against} is not the file that the manifest describes`] : []
		});
	}
	for (const { file, sha256 } of results) {
		if (originals.has(file)) continue;
		const path = join(dirname(manifest), file);
		const content = await readContent(path).catch((error) => {
			if (error instanceof InputError) return void 0;
			throw error;
		});
		if (content?.sha256 === sha256) originals.set(file, {
			content,
			notes: []
		});
		else originals.set(file, { notes: content ? [`${path} is not the file that the manifest describes any more`] : [] });
	}
	return originals;
}
async function compare({ file, sha256, size, srcversion }, built, originals) {
	const { content: original, notes = [] } = originals.get(file) ?? {};
	const base = {
		file,
		expected: {
			sha256,
			size
		},
		with: original ? "file" : "digest"
	};
	const module = built.find(({ path }) => basename(path) === file);
	if (!module) return {
		...base,
		identical: false,
		differences: [],
		notes: [...notes, "it was not built"]
	};
	const actual = {
		sha256: module.sha256,
		size: module.size
	};
	if (!original) {
		const identical = actual.sha256 === sha256;
		const changed = srcversion !== module.srcversion;
		const said = identical ? notes : [
			...notes,
			...changed ? [`srcversion: ${srcversion ?? "none"} → ${module.srcversion ?? "none"}`] : [],
			"only the digest of the original is known; with --against FILE the first difference can be shown"
		];
		return {
			...base,
			identical,
			actual,
			differences: [],
			notes: said
		};
	}
	const rebuilt = (await readContent(module.path)).content;
	const differences = compareModules(original.content, rebuilt);
	if (differences.length === 0) return {
		...base,
		identical: true,
		actual,
		differences,
		notes
	};
	return compareUnsigned(original.content, rebuilt, {
		...base,
		identical: false,
		actual,
		differences,
		notes
	});
}
/**
* A release signs what was built, with a key that nobody else has: then the files have to be the same apart from the
* signature, and the signature put onto the rebuilt one has to give the original.
*/
function compareUnsigned(original, rebuilt, comparison) {
	const moved = splitSignature(rebuilt).signature ? void 0 : moveSignature(original, rebuilt);
	if (!moved) return comparison;
	if (!moved.equals(original)) {
		const differences = compareModules(original, moved);
		return {
			...comparison,
			differences,
			notes: [...comparison.notes, "apart from the signature, which was set aside"]
		};
	}
	const { signature } = splitSignature(original);
	const who = [signature?.signer, signature?.hash].filter(Boolean).join(", ");
	const note = `the original is signed${who ? ` (${who})` : ""}: without the signature it is the same, and put onto the rebuilt file the signature gives the original`;
	return {
		...comparison,
		identical: true,
		differences: [],
		notes: [...comparison.notes, note]
	};
}
function notesOn({ tool, commands }, built) {
	const notes = [];
	if (tool.version !== package_default.version) notes.push(`it was built by ovnfast ${tool.version}, this is ${package_default.version}`);
	const [then, now] = [commands, built.commands].map((list) => list.map((command) => JSON.stringify(command)));
	const index = then?.findIndex((command, at) => command !== now?.[at]) ?? -1;
	if (index >= 0) notes.push(`other commands are run now: ${then?.[index]} → ${now?.[index] ?? "none"}`);
	return notes;
}
async function openSandbox(input, workshop, options) {
	const { cache, emit, signal } = options;
	const { sandbox } = await preparePinned(workshop.store, pinned(input), {
		names: ["sandbox"],
		label: "sandbox",
		cache,
		emit,
		signal
	});
	emit({
		type: "ready",
		target: "sandbox"
	});
	return await Sandbox.open(sandbox, { signal });
}
function pinned({ archives, sysroots }) {
	const times = archives.map(({ name, timestamp }) => [name, timestamp]);
	return {
		archives: archives.map(({ timestamp: _, ...archive }) => ({
			...archive,
			keys: []
		})),
		timestamps: Object.fromEntries(times.filter(([, time]) => time !== void 0)),
		sysroots
	};
}

// src/commands/reproduce.ts
const DIFFERENCES_SHOWN = 12;
/** `ovnfast reproduce MANIFEST`: 0 when the rebuilt modules are the same to the bit, 1 when they are not or do not build. */
async function runReproduce(edge, flags, [manifest = ""]) {
	try {
		var _usingCtx$3 = _usingCtx();
		const path = resolve(edge.workingDirectory, manifest);
		const view = _usingCtx$3.u(watchOnStderr(edge));
		const result = await reproduce({
			...workshopOptions(edge, flags, view.emit),
			manifest: path,
			moduleDirectory: flags.module === void 0 ? await sourcesOf(path, edge) : moduleDirectory(edge, flags.module),
			...flags.against === void 0 ? {} : { against: resolve(edge.workingDirectory, flags.against) },
			out: resolve(edge.workingDirectory, flags.out),
			jobs: flags.jobs ?? edge.processors
		});
		view.close();
		edge.stdout.write(flags.json ? `${JSON.stringify(result, null, 2)}\n` : renderReproduction(result));
		return result.status === "identical" ? 0 : 1;
	} catch (_) {
		_usingCtx$3.e = _;
	} finally {
		_usingCtx$3.d();
	}
}
/** Of the modules that come with the tool the one that the manifest was made of, as it is now; else the flagship's. */
async function sourcesOf(manifest, edge) {
	const { source } = (await readManifest(manifest)).module;
	for (const directory of await ownModules(edge)) if (await digestSubject({ directory }) === source) return directory;
	return moduleDirectory(edge, void 0);
}
/** The outcome as text; whatever comes from files is made harmless. */
function renderReproduction(result) {
	const { status, reason, module, target, source, notes, modules, output } = result;
	const lines = [target ? `module       ${module} for ${labelOf(target)}` : `programs     ${module}, for all kernels`];
	if (source.actual === source.expected) lines.push(`source       the same (${source.expected})`);
	else {
		lines.push("source       NOT the same, so that the result cannot be expected to be");
		lines.push(`             the manifest names  ${source.expected}`);
		lines.push(`             what was built now  ${source.actual}  ${source.directory}`);
	}
	lines.push(...notes.map((note) => `note         ${note}`));
	lines.push(...modules.flatMap((one) => ["", ...renderComparison(one)]));
	if (status === "failed") lines.push("", `FAILED       ${reason}`);
	else lines.push("", `rebuilt in   ${output}`);
	return `${lines.map(harmless).join("\n")}\n`;
}
function renderComparison({ file, identical, expected, actual, differences, notes, ...rest }) {
	const lines = [`${identical ? "bit-identical" : "DIFFERENT"}  ${file}  (${expected.size} bytes, sha256 ${expected.sha256})`];
	if (!identical && actual) lines.push(`           now ${actual.size} bytes, sha256 ${actual.sha256}`);
	lines.push(...notes.map((note) => `           ${note}`));
	if (!identical && rest.with === "file") {
		lines.push("           what it is compared with comes first, what was rebuilt second (→)");
		lines.push(...differences.slice(0, DIFFERENCES_SHOWN).flatMap(renderDifference));
		const more = differences.length - DIFFERENCES_SHOWN;
		if (more > 0) lines.push(`           and ${counted(more, "more place")}`);
	}
	return lines;
}
function renderDifference({ place, symbol, offset, details }, index) {
	const at = offset === void 0 ? "" : ` at byte 0x${offset.toString(16)}`;
	return [`${index === 0 ? "first      " : "           "}${place}${at}${symbol === void 0 ? "" : `, in ${symbol}`}`, ...details.map((detail) => `             ${detail}`)];
}
/** A terminal obeys some characters, and names of symbols and fields of modules are anybody's words. */
function harmless(line) {
	return visible(line).replaceAll("\n", " ");
}

// src/machine/shell.ts
const BOOT_SECONDS = 240;
/** Nobody leaves a shell open that long on purpose. */
const SESSION_SECONDS = 604800;
/** Said once the guest's terminal is set up: what is sent before would not be read as lines. */
const READY = /# ovnfast shell\r?\n/;
const EXIT = /ovnfast: shell exit (\d+)$/;
const CONTROL_A = 1;
const END_OF_FILE = Buffer.from([4]);
/**
* An interactive shell in a machine: `exit` or Ctrl-A x leaves it. Without a terminal the commands of `input` are run
* and their output is all that is written. The terminal is as it was afterwards, whatever happens.
* Throws what `signal` was aborted with, and InputError and EnvironmentError as `prepareMachine` does.
*/
async function openShell(options) {
	try {
		var _usingCtx$2 = _usingCtx();
		const { terminal, outDirectory, signal, onMessage } = options;
		const size = terminal ? {
			rows: terminal.rows,
			columns: terminal.columns
		} : {};
		const settings = {
			mode: terminal ? "shell" : "commands",
			...size,
			suite: options.suite?.name ?? ""
		};
		const { program, accelerator, work } = await prepareMachine({
			...options,
			settings
		});
		_usingCtx$2.a(work);
		await mkdir(outDirectory, { recursive: true });
		const console = join(outDirectory, "shell.console.log");
		onMessage(`booting ${options.kernel} (${accelerator.name}: ${accelerator.reason}); kernel log: ${console}`);
		const session = new Session(options);
		let exitStatus;
		let panic;
		const log = new KernelLog({ onFinding: ({ kind, title }) => {
			if (kind === "panic") panic = title;
			else if (terminal) onMessage(`\r\nkernel: ${title}\r`);
		} });
		const consoleLines = new LineSplitter((line) => {
			const exit = EXIT.exec(line);
			if (exit) exitStatus = Number(exit[1]);
			log.line(line);
		});
		const machine = new Machine({
			program,
			console,
			timeoutSeconds: SESSION_SECONDS,
			signal,
			onConsole: (chunk) => consoleLines.push(chunk),
			onGuest: (chunk) => session.receive(chunk),
			onStart: (guest) => session.attach(guest)
		});
		session.onReady = () => {
			machine.expectWithin(SESSION_SECONDS, "the session took too long");
			for (const line of terminal ? hints(options) : []) onMessage(`${line}\r`);
		};
		session.onLeave = () => machine.stop("left");
		machine.expectWithin(BOOT_SECONDS, `no shell within ${BOOT_SECONDS} s`);
		try {
			const end = await machine.run();
			log.end();
			if (exitStatus !== void 0) return {
				exitStatus,
				console
			};
			if (session.left) return {
				exitStatus: 0,
				console
			};
			return {
				reason: panic ?? (end.kind === "ended" ? "the guest stopped by itself" : end.reason),
				console
			};
		} finally {
			session.close();
		}
	} catch (_) {
		_usingCtx$2.e = _;
	} finally {
		await _usingCtx$2.d();
	}
}
function hints({ modules, products = [], suite }) {
	return [
		...products.map((product) => `eBPF: /ovnfast/module/${basename(product)}`),
		...modules.map((module) => `module: /ovnfast/module/${basename(module)}`),
		...modules.length > 0 ? ["load it with: insmod $OVNFAST_MODULE"] : [],
		...suite ? [`tests: /ovnfast/suite/${suite.name}/`] : [],
		"leave with exit, or Ctrl-A x when nothing else works"
	];
}
/** Carries bytes between a person (or a pipe) and the guest's second serial port. */
var Session = class {
	left = false;
	onReady = () => {};
	onLeave = () => {};
	input;
	output;
	terminal;
	guest;
	ready = false;
	greeting = "";
	escaped = false;
	constructor({ input, output, terminal }) {
		this.input = input;
		this.output = output;
		this.terminal = terminal;
	}
	attach(guest) {
		this.guest = guest;
	}
	/** What the guest says: nothing of it is for the person until user space runs. */
	receive(chunk) {
		if (this.ready) {
			this.output.write(chunk);
			return;
		}
		this.greeting += chunk.toString("latin1");
		const greeted = READY.exec(this.greeting);
		if (!greeted) {
			this.greeting = this.greeting.slice(-1e3);
			return;
		}
		this.ready = true;
		this.onReady();
		const rest = this.greeting.slice(greeted.index + greeted[0].length);
		if (rest !== "") this.output.write(Buffer.from(rest, "latin1"));
		this.begin();
	}
	close() {
		this.input.off("data", this.send);
		this.input.off("end", this.finish);
		this.input.pause();
		this.terminal?.setRawMode(false);
	}
	begin() {
		this.terminal?.setRawMode(true);
		this.input.on("data", this.send);
		this.input.on("end", this.finish);
		this.input.resume();
	}
	send = (data) => {
		const chunk = typeof data === "string" ? Buffer.from(data) : data;
		const plain = this.terminal ? this.withoutEscapes(chunk) : chunk;
		if (this.left) this.onLeave();
		else if (plain.length > 0 && this.guest && !this.guest.write(plain)) {
			this.input.pause();
			this.guest.once("drain", () => this.input.resume());
		}
	};
	/** The end of the commands is the end of the shell's input: the guest's terminal knows it by Ctrl-D at the start of a line. */
	finish = () => {
		this.guest?.write(Buffer.concat([Buffer.from("\n"), END_OF_FILE]));
	};
	/** Ctrl-A x leaves, Ctrl-A Ctrl-A is a Ctrl-A. */
	withoutEscapes(chunk) {
		const plain = [];
		for (const byte of chunk) if (this.escaped) {
			this.escaped = false;
			if (byte === 120 || byte === 88) this.left = true;
			else plain.push(byte);
		} else if (byte === CONTROL_A) this.escaped = true;
		else plain.push(byte);
		return Buffer.from(plain);
	}
};

// src/commands/shell.ts
/** `ovnfast shell`: a machine of one target, with what is built or given; returns the exit status of the shell in it. */
async function runShell(edge, flags, files) {
	try {
		var _usingCtx$1 = _usingCtx();
		const { stdin, stdout, stderr, signal, cache } = edge;
		const given = files.map((file) => resolve(edge.workingDirectory, file));
		const directory = moduleDirectory(edge, flags.module);
		const subject = given.length > 0 ? { files: given } : { directory };
		const kind = await kindOf(subject);
		if (kind === "module") for (const file of given) await readModule(file);
		const certificate = await trustedOf(edge, flags.secureBoot);
		const kernels = kernelsOf(edge, flags);
		const suitesRoot = join(edge.root, "conformance");
		const suite = await loadSuite(await suiteOf(subject, suitesRoot), suitesRoot);
		const view = _usingCtx$1.u(watchOnStderr(edge));
		const options = workshopOptions(edge, flags, view.emit);
		const workshop = _usingCtx$1.a(await Workshop.open(options));
		const builds = kind === "module" && given.length === 0;
		const targets = await workshop.targets({
			...kernels,
			builds,
			boots: true
		});
		const [target] = targets;
		if (!target || targets.length > 1) {
			const names = targets.map(labelOf).join(", ");
			throw new InputError("a shell has one target", { remedy: `Name one with --target: ${names}.` });
		}
		const label = labelOf(target);
		const sandbox = await workshop.tools.sandbox();
		const prepared = await workshop.prepare(target, builds ? ["headers", "image"] : ["image"]);
		const { kernel, sysroots } = prepared;
		const work = _usingCtx$1.a(await TemporaryDirectory.create(join(cache, "work"), "shell-"));
		let made = kind === "module" ? {
			modules: given,
			products: []
		} : {
			modules: [],
			products: given
		};
		if (given.length === 0) {
			view.emit({
				type: "stage",
				target: label,
				stage: "build"
			});
			const how = {
				outDirectory: work.path,
				jobs: edge.processors
			};
			const built = sysroots.headers ? await workshop.build(directory, prepared, how) : await workshop.buildPrograms(directory, how);
			if (built.status === "fail") {
				view.close();
				for (const { file, line, severity, message } of built.diagnostics) stderr.write(`${file}${line === void 0 ? "" : `:${line}`}: ${severity}: ${message}\n`);
				stderr.write(`${"modules" in built ? "the module was" : "the programs were"} not built: ${built.reason}\n`);
				return 1;
			}
			made = madeOf(built);
		}
		const [machine, guest] = await Promise.all([workshop.tools.sysroot("machine"), workshop.tools.sysroot(suite.guest)]);
		const firmware = certificate && await workshop.tools.sysroot("firmware");
		const programs = await workshop.programs(suite);
		view.close();
		const { exitStatus, reason } = await openShell({
			sandbox,
			machine,
			guest,
			image: sysroots.image,
			kernel,
			...made,
			programs,
			suite,
			kernelModules: suite.kernelModules,
			memoryMiB: suite.memoryMiB,
			accelerator: flags.accel,
			...certificate && firmware ? { secureBoot: {
				certificate,
				firmware
			} } : {},
			cache,
			outDirectory: work.path,
			signal,
			input: stdin,
			output: stdout,
			...stdin.isTTY && stdout.isTTY ? { terminal: {
				rows: stdout.rows,
				columns: stdout.columns,
				setRawMode: (raw) => void stdin.setRawMode(raw)
			} } : {},
			onMessage: (message) => void stderr.write(`${message}\n`)
		});
		if (exitStatus !== void 0) return exitStatus;
		stderr.write(`ovnfast: ${reason}\n`);
		return 3;
	} catch (_) {
		_usingCtx$1.e = _;
	} finally {
		await _usingCtx$1.d();
	}
}

// src/commands/program.ts
function positive(value) {
	const number = Number(value);
	if (!Number.isInteger(number) || number < 1) throw new InvalidArgumentError("It is a whole number, 1 or more.");
	return number;
}
function percentage(value) {
	const number = Number(value);
	if (value.trim() === "" || !(number >= 0 && number <= 1e3)) throw new InvalidArgumentError("It is a number of percent, 0 or more.");
	return number;
}
const targetOption = () => new Option("-t, --target <pattern>", "target kernel: a glob over `id` or `id/kernel-release`; repeatable").argParser(collect);
const mirrorOption = () => new Option("--mirror <url>", "base address of a package mirror to ask first; repeatable (also OVNFAST_MIRROR)").argParser(collect);
const matrixOption = () => new Option("--matrix <dir>", "directory of matrix files, keys and locks (default: those that come with ovnfast)");
const moduleOption = () => new Option("-m, --module <dir>", "directory of the module, or of eBPF programs (default: kmod/fastpath)");
const suiteOption = () => new Option("-s, --suite <name>", "suite to run: a name, or a directory of KTAP scripts; repeatable").argParser(collect);
const outOption = () => new Option("-o, --out <dir>", "where modules, reports and logs go").default("out");
const jobsOption = () => new Option("-j, --jobs <n>", "builds and machines at a time (default: the number of processors)").argParser(positive);
const jsonOption = () => new Option("--json", "print JSON on standard output; progress goes to standard error");
const frozenOption = () => new Option("--frozen", "fail when a lock cannot be satisfied, instead of resolving it anew");
const freshOption = () => new Option("--fresh", "build and test even if nothing changed since the last pass");
const shareOption = () => new Option("--share-builds", "build once for all releases of a distribution that take the same file, by symbol versions");
const shardOptions = () => [new Option("--shards <n>", "so many jobs at most (default: 256, as many as GitHub takes)").argParser(positive), new Option("--artifact <name>", "what the names of all artifacts begin with (default: ovnfast)")];
const accelOption = () => new Option("--accel <name>", "how machines run").choices([
	"auto",
	"kvm",
	"tcg"
]).default("auto");
/**
* Reads the command line and does what it says.
* Returns the exit status: 0 all passed, 1 a build or test failed, 2 bad usage, 3 the environment or a mirror failed.
*/
async function commandLine(process, signal) {
	let status = 0;
	const edge = processEdge(process, signal);
	const add = (parent, usage, description, options, handler) => {
		const command = parent.command(usage).description(description);
		for (const option of options) command.addOption(option);
		command.addOption(new Option("--debug", "show stack traces"));
		command.action(async () => {
			status = await handler(edge, command.opts(), command.args);
		});
		return command;
	};
	const program = new Command("ovnfast").description(package_default.description).version(package_default.version).exitOverride().configureHelp({ sortSubcommands: false }).addHelpText("after", "\nExit status: 0 all passed, 1 a build or test failed, 2 bad usage or input, 3 the environment or a mirror failed.");
	const common = () => [
		outOption(),
		jobsOption(),
		jsonOption(),
		mirrorOption(),
		matrixOption(),
		frozenOption()
	];
	const runOptions = () => [
		targetOption(),
		packageOption(),
		...treeOptions(),
		moduleOption(),
		suiteOption(),
		...common(),
		freshOption(),
		accelOption(),
		shareOption()
	];
	add(program, "run", "build the module for each target kernel, boot each, run the suites, report", runOptions(), runRun);
	add(program, "plan", "print what would be fetched, from where, built and tested, and every kernel release that is offered now", [
		targetOption(),
		moduleOption(),
		suiteOption(),
		mirrorOption(),
		matrixOption(),
		jsonOption(),
		shareOption(),
		new Option("--github", "print JSON for strategy.matrix: the jobs that the run is spread over; keep it for merge"),
		...shardOptions()
	], runPlan);
	add(program, "merge <directory...>", "make one report of those of several runs, each in its output directory, or all in one directory of such", [
		outOption(),
		new Option("--plan <file>", "what `plan --github` printed: what it names and no report tells of is an error"),
		new Option("--comment <file>", "write the summary there, too, as short as a comment on a pull request has to be"),
		jsonOption()
	], runMerge);
	add(program, "lock", "resolve packages against the signed index and write lock files", [
		targetOption(),
		mirrorOption(),
		matrixOption(),
		jsonOption(),
		new Option("--tools", "the shared sysroots too (sandbox, machine, guest)"),
		new Option("--check", "write nothing: say what changed upstream since the locks were written (exit status 1 if anything)")
	], runLock);
	add(program, "build", "build the module for each target kernel, no more", [
		targetOption(),
		packageOption(),
		...treeOptions(),
		moduleOption(),
		...common(),
		freshOption()
	], runBuild);
	add(program, "verify [file...]", "run suites against modules, or eBPF objects and what loads them, that are already built; or judge the flows of a node", [
		targetOption(),
		packageOption(),
		...treeOptions(),
		suiteOption(),
		...common(),
		freshOption(),
		accelOption(),
		secureBootOption(),
		...flowsOptions()
	], runVerify);
	add(program, "bench", "run the suite that measures the module (MODULE-bench), and compare its figures with those of an earlier report", [
		...runOptions(),
		new Option("--baseline <report.json>", "earlier report; exit status 1 when a figure is worse or gone"),
		new Option("--tolerance <percent>", "differences up to that are none").argParser(percentage).default(1)
	], runBench);
	add(program, "inspect <file>", "what a module is: vermagic, srcversion, parameters, symbol CRCs, signature, which targets it fits; or an eBPF object", [
		targetOption(),
		new Option("--against <pattern>", "kernel releases to judge it against, a pattern as of --target: debian-12/6.1.*; repeatable").argParser(collect),
		packageOption(),
		mirrorOption(),
		matrixOption(),
		jsonOption()
	], runInspect);
	add(program, "shell [file...]", "an interactive shell in the machine of a target, what is under test at hand", [
		targetOption(),
		packageOption(),
		...treeOptions(),
		moduleOption(),
		mirrorOption(),
		matrixOption(),
		frozenOption(),
		accelOption(),
		secureBootOption()
	], runShell);
	add(program, "reproduce <manifest>", "build again what a manifest.json describes, and say bit-identical or where the first difference is", [
		new Option("-m, --module <dir>", "directory of the sources (default: what comes with ovnfast and is what the manifest names, else kmod/fastpath)"),
		new Option("--against <file>", "module file to compare with (default: the one beside the manifest, else its digest)"),
		new Option("-o, --out <dir>", "where the rebuilt modules go").default("reproduced"),
		jobsOption(),
		jsonOption(),
		mirrorOption(),
		matrixOption()
	], runReproduce);
	add(program, "release [dir...]", "make a release of what runs have left in DIR (default: out): modules, index, checksums, SBOM, provenance, notes", [
		new Option("--tag <tag>", "tag of the release, which says its version: v1.2.0").makeOptionMandatory(),
		new Option("-o, --out <dir>", "where the release goes").default("release"),
		new Option("-m, --module <dir>", "directory of the sources, as it was built; repeatable (default: those that come with ovnfast)").argParser(collect),
		new Option("--repo <owner/name>", "repository on GitHub (default: GITHUB_REPOSITORY)"),
		new Option("--publish", "publish it on GitHub with the token in GITHUB_TOKEN: a draft first, all files, then the release"),
		new Option("--draft", "with --publish: leave it a draft"),
		new Option("--prerelease", "with --publish: mark it as a prerelease"),
		new Option("--attest", "attest the provenance in the name of a job on GitHub (permissions id-token: write, attestations: write)"),
		new Option("--allow-failed", "release what was built even where a test failed, marked as such"),
		new Option("--fits <pattern>", "kernel releases to index that nothing ran on, where symbol versions say that a file fits; repeatable").argParser(collect),
		new Option("--sign-key <file>", "sign modules with this key (PEM) or PKCS#11 URI; the key itself can be in OVNFAST_SIGNING_KEY, its passphrase or PIN in KBUILD_SIGN_PIN"),
		new Option("--sign-certificate <file>", "certificate of that key, which the kernels trust (PEM or DER)"),
		new Option("--sign-hash <name>", "hash that is signed").choices(["sha256", "sha512"]).default("sha256"),
		new Option("--image <name>", "where the container image for nodes will be, without tag (default: beside the repository in ghcr.io)"),
		new Option("--no-image", "make no container image, and no manifests that name one"),
		jsonOption(),
		mirrorOption(),
		matrixOption()
	], async (edge, flags, directories) => {
		const { runRelease } = await import("./chunk-release2.js");
		return await runRelease(edge, flags, directories);
	});
	add(program, "bisect", "find the first kernel release of a distribution that the module fails on, and which headers changed there", [
		targetOption(),
		moduleOption(),
		suiteOption(),
		new Option("--good <release>", "kernel release that passes (default: the oldest of the target)"),
		new Option("--bad <release>", "kernel release that fails (default: the newest of the target)"),
		...common(),
		freshOption(),
		accelOption()
	], runBisect);
	const render = program.command("render").description("write what a cluster needs, from a values file");
	add(render, "offload", "manifests, settings of Kube-OVN and firmware script for pods with a VF of a SmartNIC (docs/offload.md)", [
		new Option("--values <file>", "YAML; what it leaves out is as Kube-OVN describes for Agilio cards"),
		new Option("-o, --out <dir>", "write all files there (default: the manifests alone, on standard output)"),
		new Option("--force", "replace files that were not rendered, or were changed by hand since; with --out")
	], runRenderOffload).addHelpText("after", `
Examples:
  ovnfast render offload --values offload.yml | kubectl diff -f -
  ovnfast render offload --values offload.yml --out offload/
      00-agilio-firmware.sh     run on each node with an Agilio card
      10-sriovdp-config.yml     apply, then start the SR-IOV network device plugin
      20-kube-ovn-install.sh    install Kube-OVN with it (or 20-kube-ovn.values: values of its chart)
      30-networks.yml           apply, once Multus and Kube-OVN are there
      40-pods.yml               pods that ask for a VF`);
	add(render, "jobs", "the jobs of `plan --github` as Jobs of Kubernetes, with cache and results on a volume", [
		new Option("--values <file>", "YAML: image, volume and limits of the cluster").makeOptionMandatory(),
		targetOption(),
		moduleOption(),
		suiteOption(),
		shareOption(),
		...shardOptions(),
		mirrorOption(),
		matrixOption(),
		new Option("-o, --out <dir>", "write a file for each kind there (default: all of it, on standard output)"),
		new Option("--force", "replace files that were not rendered, or were changed by hand since; with --out")
	], runRenderJobs);
	add(add(program, "cache", "show what the cache holds", [jsonOption()], runCache), "prune", "remove from the cache what was not used lately", [new Option("--older-than <days>", "remove what was not used for so many days").argParser(positive).default(30), new Option("--all", "remove everything that no other run uses now")], runCachePrune);
	try {
		await program.parseAsync(process.argv);
	} catch (error) {
		if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : 2;
		throw error;
	}
	return status;
}

// src/cli.ts
const interruption = interruptible([
	"SIGINT",
	"SIGTERM",
	"SIGHUP"
], (name) => `interrupted by ${name}`);
process.stdout.on("error", (error) => {
	if (error.code === "EPIPE") process.exit(0);
	throw error;
});
try {
	process.exitCode = await commandLine(process, interruption.signal);
} catch (error) {
	if (interruption.by) {
		process.stderr.write(`ovnfast: ${interruption.by === "SIGINT" ? "interrupted" : "terminated"}, cleaned up\n`);
		process.exitCode = signalStatus(interruption.by);
	} else {
		process.stderr.write(`ovnfast: ${error instanceof Error ? error.message : String(error)}\n`);
		if (process.argv.includes("--debug")) process.stderr.write(`${error instanceof Error ? error.stack : ""}\n`);
		else if (!(error instanceof ExplainedError)) process.stderr.write("  This is a defect of ovnfast. Run again with --debug and report what it prints.\n");
		process.exitCode = error instanceof ExplainedError ? error.exitCode : 3;
	}
}

export {  };
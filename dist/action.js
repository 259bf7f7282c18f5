import { d as setFailed, f as setOutput, h as warning, i as error, l as notice, m as startGroup, o as group, p as setSecret, r as endGroup, s as info, u as saveState } from "./chunk-semver.js";
import { a as storeDirectory, c as harmlessColoured, o as commandLine, r as ActionCache, s as harmless, t as prepareRunner } from "./chunk-runner.js";
import { c as readBaseline, i as checkArtifactPrefix, n as shardsOf, o as processEdge, r as DEFAULT_ARTIFACT, s as benchOf } from "./chunk-plan.js";
import { $ as loadSuite, A as chooseCandidates, B as changesText, E as groupBy, F as systemClock, H as isWorse, I as figuresText, M as kindOf, N as suiteOf, O as diagnosticText, P as LiveView, T as summaryMarkdown, U as resultTable, V as compareFigures, X as buildsOf, Y as buildName, Z as suiteTitle, h as run, n as moduleDirectory, q as statusLook, z as changeLine } from "./chunk-listener.js";
import { r as isFile, t as TemporaryDirectory } from "./chunk-files.js";
import { Q as builtFiles, ct as selectTargets, n as workshopOptions, rt as targetStatus, st as labelOf } from "./chunk-workshop.js";
import { a as duration, c as visible, i as counted, n as clip, o as oneLine, r as clipLines, s as stopwatch, t as byteSize } from "./chunk-text.js";
import { r as InputError, t as EnvironmentError } from "./chunk-errors.js";
import { t as askToolkit } from "./chunk-toolkit.js";
import { t as _usingCtx } from "./chunk-usingCtx.js";
import { i as Mistakes, n as isTokenKey } from "./chunk-token.js";
import { p as loadMatrix } from "./chunk-workshop2.js";
import { n as sharedAbortController, r as signalStatus, t as interruptible } from "./chunk-abort.js";
import { isAbsolute, join, relative, resolve, sep } from "node:path";
import { closeSync, fstatSync, openSync, readSync } from "node:fs";
import { access, appendFile, constants as constants$1, lstat, readFile, readdir, stat } from "node:fs/promises";
import { randomUUID } from "node:crypto";

// src/action/findings.ts
/** All that went wrong in a run or was complained about: errors first, in the order of the report. */
function findingsOf(report, changes) {
	const findings = report.targets.flatMap((target) => targetFindings(target, report.module ?? ""));
	const worse = changes.filter(({ verdict }) => verdict === "worse" || verdict === "gone");
	for (const change of worse) {
		const { target: kernel, suite } = change;
		findings.push({
			...problem("other", `${suite}: worse than the baseline`, changeLine(change)),
			kernel
		});
	}
	for (const { target, message, remedy } of report.warnings ?? []) findings.push({
		...problem("other", "warning", message, remedy === void 0 ? [] : [remedy]),
		level: "warning",
		...target === void 0 ? {} : { kernel: target }
	});
	return findings.toSorted((a, b) => Number(a.level === "warning") - Number(b.level === "warning"));
}
function targetFindings(target, module) {
	const found = [...buildsOf(target).flatMap((build) => buildFindings(build, module)), ...target.suites.flatMap(suiteFindings)];
	if (!found.some(({ level }) => level === "error") && isBad(target)) found.push(problem("other", target.status, target.reason ?? "no reason is known"));
	return found.map((finding) => ({
		...finding,
		kernel: labelOf(target)
	}));
}
function buildFindings(build, main) {
	const module = build.subject ?? main;
	const of = build.subject === void 0 ? "" : ` of ${build.subject}`;
	const found = [];
	for (const diagnostic of build.diagnostics) {
		const { severity } = diagnostic;
		if (severity !== "note") found.push(diagnosticFinding(diagnostic, severity, `build ${severity}${of}`, module));
		else found.at(-1)?.evidence.push(diagnosticText(diagnostic));
	}
	if (isBad(build) && !found.some(({ level }) => level === "error")) found.push(problem("build", buildName(build), build.reason ?? "no reason is known"));
	return found;
}
function diagnosticFinding({ file, line, column, message }, level, what, module) {
	return {
		...problem("build", what, message),
		level,
		at: {
			module,
			file,
			line,
			column
		}
	};
}
function suiteFindings(suite) {
	const failed = suite.tests.filter(({ status }) => status === "fail");
	const found = failed.map(({ name, reason = "failed", evidence = [], kernelLog = [] }) => {
		const log = kernelLog.length > 0 ? ["kernel log:", ...kernelLog] : [];
		const at = {
			suite: suite.name,
			test: name
		};
		return {
			...problem("test", `${suite.name}: ${name}`, reason, [...evidence, ...log]),
			at
		};
	});
	if (isBad(suite) && (failed.length === 0 || suite.status === "error")) found.push(problem("other", suite.name, suite.reason ?? "no reason is known"));
	return found;
}
function isBad({ status }) {
	return status === "fail" || status === "error";
}
function problem(kind, what, reason, evidence = []) {
	return {
		kind,
		level: "error",
		what,
		reason,
		evidence
	};
}

// src/action/annotations.ts
/**
* What GitHub shows of a step are ten of each level, and fifty of a job; the runner drops the rest without a word. Two warnings are
* left for what the action itself has to say, of a cache for instance.
*/
const LIMITS = {
	error: 10,
	warning: 8
};
/** The runner cuts messages at 4096 characters, GitHub titles at 255. */
const MESSAGE_LIMIT = 3500;
const TITLE_LIMIT$1 = 250;
/** Kernels that are named; more are counted. */
const NAMED = 4;
const REASONS = 5;
/**
* Tells GitHub what went wrong, and what compilers complained about, at the lines of the source as far as the workspace has
* them. What is the same on several kernels is told once. Tells at the end how much was left out.
*/
async function annotate(report, places) {
	const { shown, omitted } = await annotationsOf(report, places);
	if (shown.length === 0) return;
	startGroup("Annotations");
	for (const { level, title, message, file, line, column } of shown) {
		const place = {
			...line === void 0 ? {} : { startLine: line },
			...column ? { startColumn: column } : {}
		};
		(level === "error" ? error : warning)(harmless(message), {
			title: harmless(title),
			...file === void 0 ? {} : {
				file,
				...place
			}
		});
	}
	const more = [counted(omitted.error, "more error"), counted(omitted.warning, "more warning")].filter((part) => !part.startsWith("0 ")).join(" and ");
	if (more !== "") notice(`${more}: see report.html, or the job summary`);
	endGroup();
}
/** The annotations of a report, the most important ones first, and how many more there would be. */
async function annotationsOf(report, places) {
	const { changes = [], verdicts = 1 } = places;
	const groups = inTurns(groupsOf(findingsOf(report, changes)));
	const limits = {
		...LIMITS,
		error: Math.max(1, LIMITS.error - verdicts)
	};
	const shown = [];
	const omitted = {
		error: 0,
		warning: 0
	};
	const names = kernelNames(report);
	for (const level of ["error", "warning"]) {
		const all = groups.filter(([first]) => first?.level === level);
		for (const group of all.slice(0, limits[level])) shown.push(await annotationOf(group, names, places));
		omitted[level] = Math.max(0, all.length - limits[level]);
	}
	return {
		shown,
		omitted
	};
}
/** Findings that are one thing on several kernels. */
function groupsOf(findings) {
	return [...groupBy(findings, ({ kind, level, what, at, reason }) => {
		const place = at && "file" in at ? {
			...at,
			column: void 0
		} : at;
		return JSON.stringify([
			kind,
			level,
			what,
			place,
			kind === "test" ? "" : reason
		]);
	}).values()];
}
/** One of each kind in turn, so that a compiler that follows one error up with fifty leaves room for the tests that failed. */
function inTurns(groups) {
	const rows = [
		"build",
		"test",
		"other"
	].map((kind) => groups.filter(([first]) => first?.kind === kind));
	const longest = Math.max(...rows.map(({ length }) => length));
	return Array.from({ length: longest }, (_, index) => rows.flatMap((row) => row.slice(index, index + 1))).flat();
}
async function annotationOf(group, names, places) {
	const [first] = group;
	if (!first) throw new Error("a group without a finding");
	const place = first.at && await locate(first.at, places);
	const kernels = (some) => names.all(some.flatMap(({ kernel }) => kernel ?? []));
	const on = kernels(group);
	const where = first.at && "file" in first.at && !place ? `${[first.at.file, first.at.line].filter(Boolean).join(":")}: ` : "";
	const reasons = [...groupBy(group, ({ reason }) => reason)];
	const told = reasons.slice(0, REASONS).map(([reason, some]) => {
		return `${reasons.length > 1 ? `on ${kernels(some)}: ` : ""}${where}${visible(reason)}`;
	});
	if (reasons.length > REASONS) told.push(`and ${counted(reasons.length - REASONS, "other reason")}`);
	const evidence = first.evidence.flatMap((text) => visible(text).split("\n"));
	if (evidence.length > 0) told.push("", ...group.length > 1 ? [`on ${kernels([first])}:`] : [], ...evidence);
	const { head, omitted, tail } = clipLines(told.join("\n").split("\n"), MESSAGE_LIMIT);
	const message = omitted > 0 ? [
		...head,
		`… ${counted(omitted, "line")} left out …`,
		...tail
	] : head;
	return {
		level: first.level,
		title: clip(oneLine(`${first.what}${on ? ` on ${on}` : ""}`), TITLE_LIMIT$1),
		message: message.join("\n"),
		...place
	};
}
/** Kernels as a title has room for: by distribution alone where there is one kernel of each, all of them as so many. */
function kernelNames({ targets }) {
	const short = new Map(targets.map(({ id, kernel }) => {
		const alone = targets.filter((target) => target.id === id).length === 1;
		const label = labelOf({
			id,
			kernel
		});
		return [label, alone ? id : label];
	}));
	return { all: (labels) => {
		const unique = [...new Set(labels)];
		if (unique.length > 1 && unique.length === targets.length) return unique.length === 2 ? "both kernels" : `all ${unique.length} kernels`;
		const named = unique.slice(0, NAMED).map((label) => short.get(label) ?? label);
		const more = unique.length - named.length;
		return `${named.join(", ")}${more > 0 ? ` and ${counted(more, "more kernel")}` : ""}`;
	} };
}
async function locate(at, places) {
	if ("suite" in at) return await locateTest(at, places);
	const { module, file, line, column } = at;
	const directory = Object.hasOwn(places.modules, module) ? places.modules[module] : void 0;
	if (directory === void 0 || isAbsolute(file)) return void 0;
	const found = await inWorkspace(join(directory, file), places);
	if (found === void 0) return void 0;
	return {
		file: found,
		...line ? {
			line,
			...column ? { column } : {}
		} : {}
	};
}
/** The script of a test and, where it names the result as it is reported, the line of that. */
async function locateTest({ suite, test }, places) {
	const [script = "", ...rest] = test.split(": ");
	for (const directory of places.suites.map((one) => resolve(places.workspace, one))) {
		if (!directory.endsWith(`/${suite}`) || script.includes("/")) continue;
		for (const name of [`${script}.sh`, script]) {
			const path = join(directory, name);
			const file = await inWorkspace(path, places);
			if (file) return {
				file,
				line: lineOf(await readFile(path, "utf8"), rest)
			};
		}
	}
}
/** Results have names such as `rules first: TCP too`, of which a script may have but the end in one piece. */
function lineOf(script, words) {
	const lines = script.split("\n");
	for (let index = 0; index < words.length; index++) {
		const text = words.slice(index).join(": ");
		const found = lines.flatMap((line, number) => line.includes(text) ? [number + 1] : []);
		if (found.length === 1) return found[0] ?? 1;
	}
	return 1;
}
async function inWorkspace(path, { workspace }) {
	const file = relative(workspace, path);
	return file !== "" && !isAbsolute(file) && file.split("/")[0] !== ".." && await isFile(path) ? file : void 0;
}

// src/action/artifact.ts
/** What artifacts cannot have in a path (the client's path-and-artifact-name-validation.ts). */
const NO_PATH = /["<>|*?:\r\n]/;
const SECONDS = 1800;
const MAXIMUM_MESSAGE = 1e3;
/**
* Uploads what a run wrote, reports, consoles, modules and all, as an artifact of the workflow's run. Nothing else in the directory
* goes along, no link is followed. Throws EnvironmentError when it cannot be uploaded, with what to do; the signal's reason.
*/
async function uploadReport(options) {
	try {
		var _usingCtx$2 = _usingCtx();
		const { name, retentionDays, directory, environment, warn, signal } = options;
		const files = [];
		for (const file of await written(options)) {
			const path = relative(directory, file);
			if (NO_PATH.test(path)) warn(`artifact ${name}: no artifact can hold the file ${oneLine(path)}, it is left out`);
			else files.push(file);
		}
		const scratch = _usingCtx$2.a(await TemporaryDirectory.create(environment.RUNNER_TEMP ?? directory, ".ovnfast-artifact-"));
		const { failure, id, digest, complaints } = await askToolkit({
			kind: "upload",
			name,
			files,
			root: directory,
			...retentionDays === void 0 ? {} : { retentionDays }
		}, {
			directory: scratch.path,
			environment,
			timeoutSeconds: SECONDS,
			signal
		});
		for (const complaint of complaints) warn(`artifact ${name}: ${oneLine(complaint)}`);
		if (failure !== void 0 || id === void 0) throw explain(name, failure ?? "the service gave it no number");
		const { GITHUB_SERVER_URL, GITHUB_REPOSITORY, GITHUB_RUN_ID } = environment;
		return {
			id,
			url: `${GITHUB_SERVER_URL}/${GITHUB_REPOSITORY}/actions/runs/${GITHUB_RUN_ID}/artifacts/${id}`,
			digest: digest ?? ""
		};
	} catch (_) {
		_usingCtx$2.e = _;
	} finally {
		await _usingCtx$2.d();
	}
}
/** All files of a run: the reports, and what is in the directories of its targets. */
async function written({ directory, report, files }) {
	const found = [];
	const visit = async (path) => {
		const status = await lstat(path).catch(() => void 0);
		if (status?.isFile()) found.push(path);
		if (status?.isDirectory()) for (const name of (await readdir(path)).sort()) await visit(join(path, name));
	};
	for (const path of Object.values(files)) await visit(path);
	for (const { id, kernel } of report.targets) await visit(join(directory, id, kernel));
	return found;
}
/** What the service said, and what is to be done about it. */
function explain(name, failure) {
	const said = oneLine(failure).slice(0, MAXIMUM_MESSAGE);
	const cannot = `the artifact ${name} is not uploaded`;
	if (/\(409\)/.test(said)) return new EnvironmentError(`${cannot}: this run has one of that name already (${said})`, { remedy: `Give each job of a matrix a name of its own: artifact: ovnfast-\${{ matrix.name }}.` });
	if (/\((?:401|403)\)/.test(said)) return new EnvironmentError(`${cannot}: the token of this job may not (${said})`, { remedy: "It is the token that the runner gives to actions, good while the job runs. Look whether a proxy is in the way, and whether the job has run too long; artifact: none uploads nothing." });
	if (/ACTIONS_(?:RUNTIME_TOKEN|RESULTS_URL)/.test(said)) return new EnvironmentError(`${cannot}: nothing here takes artifacts (${said})`, { remedy: "Runners of GitHub have that service; elsewhere set artifact: none, and take the files from `out`." });
	return new EnvironmentError(`${cannot}: ${said}`, { remedy: "Run the job again; what was uploaded so far is no artifact. The files are in `out` while the job runs." });
}

// src/action/suites.ts
/**
* The suites that the inputs ask for: those that they name, or the one that goes with the module, and with `bench` the one that
* measures it. Throws InputError when there is none.
*/
async function suitesOf({ suites, module, bench }, suitesRoot) {
	const chosen = suites ?? [await suiteOf({ directory: module }, suitesRoot)];
	return bench ? [.../* @__PURE__ */ new Set([...chosen, await benchOf(module, suitesRoot)])] : chosen;
}

// src/action/checks.ts
/**
* Looks at what inputs name, as far as that is quickly done and needs no network: what is wrong there would otherwise be told
* one after the other, some of it after an hour. Mistakes go to `mistakes`.
*/
async function checkInputs(inputs, edge, mistakes) {
	const { packages, baseline, matrix, release } = inputs;
	await checkSubject(inputs, join(edge.root, "conformance"), mistakes);
	await checkTargets(inputs.targets, matrix ?? join(edge.root, "matrix"), mistakes);
	for (const file of packages) await mistakes.catch(() => readable(file));
	if (baseline !== void 0) await mistakes.catch(() => readBaseline(baseline));
	if (!release) return;
	const { checkRelease } = await import("./chunk-release.js");
	await checkRelease(release, edge, mistakes);
}
async function checkSubject(inputs, known, mistakes) {
	const subject = { directory: inputs.module };
	const kind = await mistakes.catch(() => kindOf(subject));
	for (const suite of inputs.suites ?? []) await mistakes.catch(() => loadSuite(suite, known));
	if (kind === void 0) return;
	await mistakes.catch(async () => chooseCandidates(subject, await suitesOf(inputs, known), known));
}
/** Ids only: which releases there are, archives have to be asked. */
async function checkTargets(patterns, directory, mistakes) {
	const matrix = await mistakes.catch(() => loadMatrix(directory));
	if (!matrix) return;
	for (const pattern of patterns) await mistakes.catch(() => selectTargets(matrix, [pattern], {
		releases: () => Promise.reject(/* @__PURE__ */ new Error("nobody was asked")),
		onUnavailable: () => {}
	}));
}
async function readable(file) {
	await access(file, constants$1.R_OK).catch((error) => {
		throw new InputError(`cannot be read (${error.code}), which input packages names`, {
			where: file,
			remedy: "Paths are relative to the workspace; what the repository does not hold, a step before this one has to fetch."
		});
	});
}

// src/action/reader.ts
/** Of a value, in a message. */
const SHOWN = 100;
/** The value of an input, as @actions/core reads it: without blanks around it, '' when it is not there. */
function inputOf(environment, name) {
	return (environment[`INPUT_${name.toUpperCase()}`] ?? "").trim();
}
/** What somebody wrote, as it can stand in a message. */
function shown(text) {
	const line = oneLine(text);
	return line.length > SHOWN ? `${line.slice(0, SHOWN)}…` : line;
}
/** Reads inputs as @actions/core does, but notes what is wrong in place of stopping there. */
var Reader = class {
	environment;
	mistakes;
	constructor(environment, mistakes) {
		this.environment = environment;
		this.mistakes = mistakes;
	}
	text(name) {
		return inputOf(this.environment, name);
	}
	/** One per line or separated by commas. */
	list(name) {
		return this.text(name).split(/[\n,]/).map((entry) => entry.trim()).filter((entry) => entry !== "");
	}
	/** As YAML 1.2 writes booleans; empty is the default. */
	flag(name, byDefault) {
		const text = this.text(name);
		if (text === "") return byDefault;
		if (/^(true|True|TRUE)$/.test(text)) return true;
		if (/^(false|False|FALSE)$/.test(text)) return false;
		this.wrong(name, text, "is neither true nor false", `Write true or false; empty is ${byDefault}.`);
		return byDefault;
	}
	whole(name, unit, { from, to }) {
		const text = this.text(name);
		if (text === "") return void 0;
		const number = /^\d{1,9}$/.test(text) ? Number(text) : NaN;
		if (number >= from && number <= to) return number;
		this.wrong(name, text, `is no number of ${unit}`, `It is a whole number from ${from} to ${to}, or left out.`);
	}
	number(name, unit, { to }) {
		const text = this.text(name);
		if (text === "") return void 0;
		const number = /^\d{1,9}(\.\d{1,9})?$/.test(text) ? Number(text) : NaN;
		if (number <= to) return number;
		this.wrong(name, text, `is no number of ${unit}`, `It is a number from 0 to ${to}, such as 1 or 0.5.`);
	}
	choice(name, names, byDefault) {
		const text = this.text(name);
		if (text === "") return byDefault;
		const found = names.find((one) => one === text);
		if (found === void 0) this.wrong(name, text, "is unknown", `It is one of ${names.join(", ")}.`);
		return found ?? byDefault;
	}
	/** Addresses of http or https. */
	addresses(name) {
		return this.list(name).filter((text) => {
			const url = /^https?:\/\//.test(text) && URL.canParse(text) ? new URL(text) : void 0;
			if (url?.username === "" && url.password === "") return true;
			if (!url) this.wrong(name, text, "is no address", "It begins with http:// or https://.");
			else this.mistakes.add(`input ${name}: ${url.host} is given with a user or a password, which no mirror is sent`, { remedy: "Leave them out; a mirror that asks for them cannot be used." });
			return false;
		});
	}
	wrong(name, text, fault, remedy) {
		this.mistakes.add(`input ${name}: "${shown(text)}" ${fault}`, { remedy });
	}
};

// src/action/inputs.ts
const ACCELERATORS = [
	"auto",
	"kvm",
	"tcg"
];
/** docs.github.com, "Managing GitHub Actions settings for an organization": the longest that private repositories may keep. */
const MAXIMUM_RETENTION_DAYS = 400;
/** A job on a runner of one's own ends after five days (docs.github.com, "Actions limits"). */
const MAXIMUM_MINUTES = 7200;
const MAXIMUM_JOBS = 1024;
const MAXIMUM_TOLERANCE = 1e3;
/** What @actions/artifact refuses in a name, and GitHub's limit of its length. */
const NO_ARTIFACT_NAME = /["<>|*?\\/:\p{Cc}]/u;
const MAXIMUM_ARTIFACT_NAME = 256;
/**
* Reads the inputs as the runner hands them over, and looks at what they name. Throws one InputError with all mistakes, each
* with its remedy; what is secret is in none of them.
*/
async function readInputs(edge) {
	const mistakes = new Mistakes();
	const inputs = await parseInputs(edge, mistakes);
	await checkInputs(inputs, edge, mistakes);
	mistakes.throwAny();
	return inputs;
}
async function parseInputs(edge, mistakes) {
	const read = new Reader(edge.environment, mistakes);
	const workspace = edge.workingDirectory;
	const path = (named) => resolve(workspace, named);
	const planOnly = read.flag("plan-only", false);
	const suites = read.list("suites");
	const baseline = read.text("baseline");
	const matrix = read.text("matrix");
	const inputs = {
		workspace,
		targets: read.list("targets"),
		module: moduleDirectory(edge, read.text("module") || void 0),
		...suites.length > 0 ? { suites: suites.map((suite) => suite.includes("/") ? path(suite) : suite) } : {},
		packages: read.list("packages").map(path),
		frozen: read.flag("frozen", true),
		shareBuilds: read.flag("share-builds", false),
		fresh: read.flag("fresh", false),
		bench: read.flag("bench", false),
		...baseline ? { baseline: path(baseline) } : {},
		tolerance: read.number("tolerance", "percent", { to: MAXIMUM_TOLERANCE }) ?? 1,
		...optional("jobs", read.whole("jobs", "builds and machines", {
			from: 1,
			to: MAXIMUM_JOBS
		})),
		...optional("timeoutMinutes", read.whole("timeout-minutes", "minutes", {
			from: 1,
			to: MAXIMUM_MINUTES
		})),
		accelerator: read.choice("accel", ACCELERATORS, "auto"),
		mirrors: read.addresses("mirror"),
		...matrix ? { matrix: path(matrix) } : {},
		cache: read.flag("cache", true),
		...optional("artifact", await artifactOf(read, planOnly, mistakes)),
		...optional("retentionDays", read.whole("retention-days", "days", {
			from: 0,
			to: MAXIMUM_RETENTION_DAYS
		})),
		...optional("release", releaseOf(read)),
		summary: read.flag("summary", true),
		planOnly,
		...optional("shards", read.whole("shards", "jobs", {
			from: 1,
			to: 256
		})),
		out: workspace,
		prepareRunner: read.flag("prepare-runner", true)
	};
	inputs.out = path(read.text("out") || (isSource("out", inputs) ? ".ovnfast/out" : "out"));
	if (inputs.retentionDays === 0) delete inputs.retentionDays;
	checkRules(inputs, mistakes);
	return inputs;
}
/** What does not go together, whatever is on the disk. */
function checkRules(inputs, mistakes) {
	const { planOnly, shards, packages, release, out, workspace } = inputs;
	if (shards !== void 0 && !planOnly) mistakes.add("input shards says how many jobs plan-only may plan", { remedy: "Set plan-only to true, or leave shards out." });
	if (planOnly && packages.length > 0) mistakes.add("inputs plan-only and packages do not go together: packages are of one kernel, which needs one job", { remedy: "Leave out one of them." });
	if (planOnly && release) mistakes.add("inputs plan-only and release do not go together: where nothing is built there is nothing to release", { remedy: "Leave out one of them." });
	if (holds(out, workspace)) mistakes.add(`input out: "${shown(out)}" is the workspace, or holds it`, { remedy: "Name a directory of its own, such as out." });
	else if (isSource(out, inputs)) mistakes.add(`input out: "${shown(out)}" is in the directory of the module, whose source it would change`, { remedy: "Name a directory outside of it, such as .ovnfast/out, or leave it out." });
}
function holds(directory, path) {
	return !relative(directory, path).split(sep).includes("..");
}
/** Whether what lies there belongs to the sources of the module; what is called as this tool does not. */
function isSource(path, { module, workspace }) {
	const place = resolve(workspace, path);
	return holds(module, place) && !relative(module, place).split(sep).includes(".ovnfast");
}
async function artifactOf(read, planOnly, mistakes) {
	const name = read.text("artifact") || "ovnfast";
	if (name === "none") return void 0;
	if (planOnly) await mistakes.catch(async () => checkArtifactPrefix(name));
	else if (NO_ARTIFACT_NAME.test(name) || name.length > MAXIMUM_ARTIFACT_NAME) mistakes.add(`input artifact: "${shown(name)}" cannot be the name of an artifact`, { remedy: `Up to ${MAXIMUM_ARTIFACT_NAME} characters without " : < > | * ? \\ / and line breaks; none uploads nothing.` });
	return name;
}
function releaseOf(read) {
	const flags = {
		draft: read.flag("draft", false),
		prerelease: read.flag("prerelease", false),
		attest: read.flag("attest", false)
	};
	const tag = read.text("release");
	if (tag === "") return void 0;
	return {
		tag,
		...flags,
		...optional("signingKey", read.text("signing-key") || void 0),
		...optional("signingCertificate", read.text("signing-certificate") || void 0),
		...optional("signingPassphrase", read.text("signing-passphrase") || void 0),
		token: read.text("token")
	};
}
/** A property that is there when it has a value. */
function optional(name, value) {
	return value === void 0 ? {} : { [name]: value };
}

// src/action/log-blocks.ts
/** How much of what one test said, and of a build's log, stands in the log of the job, in characters. */
const EVIDENCE_LIMIT = 4e3;
const LOG_LIMIT = 16e3;
const DIAGNOSTICS = 50;
const TITLE_LIMIT = 300;
/** What programs printed is told apart from what we say. */
const QUOTE = "  │ ";
/** Before the build: what pins the target, what was fetched from where, and what that took. */
function preparedBlock({ target, lock, mirrors = [] }, spent) {
	const served = mirrors.map(({ url, packages }) => `mirror  ${counted(packages, "package")} from ${oneLine(url)}`);
	const lines = [
		...lock ? [`lock    ${lock.digest}${lock.resolvedAnew ? ", resolved anew" : ""}`] : [],
		...served.length > 0 ? served : ["mirror  none: every package was in the cache"],
		`time    ${spent.stages}`
	];
	return blockOf("pass", target, `prepared in ${spent.total}`, lines);
}
/** The build: files that it made, complaints of the compiler and, when it failed, the end of its log. `locate` finds the log. */
function buildBlock({ target, build }, locate) {
	const { status, seconds, reason, sharedFrom, diagnostics, log } = build;
	const warnings = diagnostics.filter(({ severity }) => severity === "warning").length;
	const parts = [
		sharedFrom === void 0 ? `${buildName(build)}: ${statusLook[status].word} in ${duration(seconds)}` : `${buildName(build)}: ${statusLook[status].word}, shared with ${sharedFrom}`,
		warnings > 0 ? counted(warnings, "warning") : "",
		reason ?? ""
	];
	const complaints = diagnostics.slice(0, DIAGNOSTICS).map((one) => oneLine(diagnosticText(one)));
	if (diagnostics.length > DIAGNOSTICS) complaints.push(`(${diagnostics.length - DIAGNOSTICS} more)`);
	const end = status === "pass" || log === void 0 ? [] : tailOf(locate(log));
	const lines = [
		...builtFiles(build).map(({ path, size, sha256 }) => `${path}  ${byteSize(size)}  sha256 ${sha256}`),
		...quoted(complaints),
		...log === void 0 ? [] : [`log: ${oneLine(log)}${end.length > 0 ? ", which ends with:" : ""}`],
		...quoted(end)
	];
	return blockOf(status, target, parts.filter(Boolean).join(", "), lines);
}
/** A suite: a line per script that passed, each other test with its reason and what proves it. */
function suiteBlock({ target, suite }) {
	const passed = suite.tests.filter((test) => test.status === "pass").length;
	const count = suite.tests.length > 0 ? `, ${passed} of ${counted(suite.tests.length, "test")}` : "";
	const reason = suite.reason ? `: ${suite.reason}` : "";
	const { word } = statusLook[suite.status];
	const what = `${suiteTitle(suite)}: ${word}${count} in ${duration(suite.seconds)}${reason}`;
	const why = suite.acceleratorReason ? `: ${oneLine(suite.acceleratorReason)}` : "";
	const lines = [
		`booted in ${duration(suite.bootSeconds)} (${suite.accelerator}${why})`,
		...scriptsOf(suite).flatMap(([script, tests]) => scriptLines(script, tests)),
		`kernel log: ${oneLine(suite.console)}`
	];
	return blockOf(suite.status, target, what, lines);
}
function blockOf(status, target, what, lines) {
	return {
		title: clip(oneLine(`${statusLook[status].mark} ${target}: ${what}`), TITLE_LIMIT),
		lines,
		quotes: lines.some((line) => line.startsWith(QUOTE))
	};
}
/** Results are called `script: result`. */
function scriptsOf({ tests }) {
	return [...groupBy(tests, ({ name }) => name.split(": ", 1)[0] ?? "")];
}
function scriptLines(script, tests) {
	const passed = tests.filter(({ status }) => status === "pass");
	const seconds = tests.reduce((sum, test) => sum + test.seconds, 0);
	const line = `✓ ${oneLine(script)}  ${counted(passed.length, "test")}  ${duration(seconds)}`;
	const others = tests.filter(({ status }) => status !== "pass").flatMap(testLines);
	return passed.length > 0 ? [line, ...others] : others;
}
function testLines({ name, status, reason, evidence = [], kernelLog = [] }) {
	const line = `${statusLook[status].mark} ${oneLine(name)}${reason ? `: ${oneLine(reason)}` : ""}`;
	if (status === "skip") return [line];
	return [
		line,
		...quoted(clipped(evidence, EVIDENCE_LIMIT)),
		...kernelLog.length > 0 ? ["  kernel log:", ...quoted(clipped(kernelLog, EVIDENCE_LIMIT))] : []
	];
}
function quoted(lines) {
	return lines.map((line) => `${QUOTE}${line}`);
}
function clipped(texts, limit) {
	const { head, omitted, tail } = clipLines(texts.flatMap((text) => visible(text).split("\n")), limit);
	return omitted === 0 ? head : [
		...head,
		`… ${counted(omitted, "line")} left out …`,
		...tail
	];
}
/** The end of a file that may be of any size; nothing when it cannot be read, for the log of a job is no place to fail. */
function tailOf(path) {
	let file;
	try {
		file = openSync(path, "r");
		const { size } = fstatSync(file);
		const buffer = Buffer.alloc(Math.min(size, LOG_LIMIT));
		readSync(file, buffer, 0, buffer.length, size - buffer.length);
		return clipped([(buffer.length === size ? buffer : buffer.subarray(buffer.indexOf(10) + 1)).toString("utf8").replace(/\s+$/, "")], LOG_LIMIT);
	} catch {
		return [];
	} finally {
		if (file !== void 0) closeSync(file);
	}
}

// src/action/log.ts
/**
* A run as GitHub's log shows it best. Targets run side by side, and a group takes in every line up to its end, whoever wrote it:
* so what happens is told outside of groups, a line per event, and what a phase of a target (preparation, build, each suite) came to
* becomes a group when the phase is over, in one piece, with the verdict in its title. Folded, the log reads as the course of the
* run; unfolded, each group is about one phase of one target.
*
* No line that comes from outside is a workflow command (see `harmless`); where a group holds what programs printed, commands are
* stopped besides. Use: `using log = new ActionLog({ output: process.stdout, out })`, and hand `log.emit` to the run.
*/
var ActionLog = class {
	/** For tables and the like that are to be printed here. */
	terminal = {
		interactive: false,
		colour: true,
		size: () => ({
			columns: 120,
			rows: 24
		})
	};
	output;
	out;
	clock;
	view;
	preparations = /* @__PURE__ */ new Map();
	/** What no program can know, so that none makes commands work again. */
	token = randomUUID();
	closed = false;
	constructor({ output, out, clock = systemClock }) {
		this.output = output;
		this.out = out;
		this.clock = clock;
		this.view = new LiveView({
			output: { write: (text) => this.print(text) },
			terminal: this.terminal,
			clock
		});
	}
	/** Takes one event; bound, so that it can be handed on as a listener. */
	emit = (event) => {
		if (this.closed) return;
		switch (event.type) {
			case "stage":
				this.changeStage(event.target, event.stage);
				break;
			case "progress": {
				const preparation = this.preparations.get(event.target);
				if (preparation?.stage === "fetch") preparation.fetched = event.done;
				break;
			}
			case "prepared":
				this.group(preparedBlock(event, this.spent(event.target)));
				break;
			case "built":
				this.group(buildBlock(event, (log) => join(this.out, log)));
				break;
			case "tested": this.group(suiteBlock(event));
		}
		this.view.emit(event);
	};
	/** Prints text of ours, coloured or not, in which no line is a command whatever was put into it. Ends it with a newline. */
	print(text) {
		this.output.write(`${harmlessColoured(text.replace(/\n$/, ""))}\n`);
	}
	/** Where each target is that has begun and not ended, or one of them, on one line; empty when none is. */
	lastSeen(target) {
		const lines = this.view.unfinished();
		if (target === void 0) return lines.join("; ");
		return lines.find((line) => line.startsWith(`${target}: `))?.slice(target.length + 2) ?? "";
	}
	/** Ends the log of the run, with a word on each target that did not come to its end. */
	close() {
		if (this.closed) return;
		this.closed = true;
		for (const line of this.view.unfinished()) this.print(`did not end: ${line}`);
		this.view.close();
	}
	[Symbol.dispose]() {
		this.close();
	}
	changeStage(target, stage) {
		const now = this.clock.now();
		const known = this.preparations.get(target);
		if (known?.stage === stage) return;
		if (known) known.spent.set(known.stage, (known.spent.get(known.stage) ?? 0) + now - known.since);
		const { spent = /* @__PURE__ */ new Map(), fetched = 0 } = known ?? {};
		this.preparations.set(target, {
			stage,
			since: now,
			spent,
			fetched
		});
	}
	spent(target) {
		const preparation = this.preparations.get(target);
		if (!preparation) return {
			stages: "",
			total: stopwatch(0)
		};
		const { stage, since, spent, fetched } = preparation;
		spent.set(stage, (spent.get(stage) ?? 0) + this.clock.now() - since);
		this.preparations.delete(target);
		return {
			stages: [...spent].map(([one, time]) => {
				return `${one} ${stopwatch(time)}${one === "fetch" ? ` (${byteSize(fetched)}, with what was in the cache)` : ""}`;
			}).join(", "),
			total: stopwatch([...spent.values()].reduce((sum, time) => sum + time, 0))
		};
	}
	/** In one write, so that nothing of another target comes between. */
	group({ title, lines, quotes }) {
		const body = lines.map((line) => `${harmless(line)}\n`).join("");
		const [stop, resume] = quotes ? [commandLine("stop-commands", this.token), commandLine(this.token)] : ["", ""];
		this.output.write(`${commandLine("group", harmless(title))}${stop}${body}${resume}${commandLine("endgroup")}`);
	}
};

// src/action/outputs.ts
/** Hands outputs to the steps that follow; those that are undefined or left out stay empty there. */
function setOutputs(outputs) {
	for (const [name, value] of Object.entries(outputs)) if (value !== void 0) setOutput(name, value);
}

// src/action/run.ts
/** Builds and tests what the inputs say. Throws as `run`. */
async function buildAndTest(edge, inputs, how) {
	const { targets, module, packages, out, fresh, shareBuilds, accelerator } = inputs;
	return await run({
		...workshopOptions(edge, flagsOf(inputs), how.emit),
		...how,
		targets,
		subject: { directory: module },
		out,
		fresh,
		shareBuilds,
		accelerator,
		...packages.length > 0 ? { packages } : {},
		suites: await suitesOf(inputs, join(edge.root, "conformance")),
		jobs: inputs.jobs ?? edge.processors
	});
}
/** What has become of the figures of the baseline, if there is one. Throws InputError when none of them was measured again. */
async function compareWithBaseline(report, { baseline, tolerance }) {
	return baseline === void 0 ? [] : compareFigures(await readBaseline(baseline), report, tolerance);
}
/** The jobs for a matrix of GitHub, as JSON. Throws as `shardsOf`. */
async function planMatrix(edge, inputs) {
	const { targets, module, shareBuilds, shards, artifact } = inputs;
	const { include } = await shardsOf(edge, {
		...flagsOf(inputs),
		target: targets,
		module,
		suite: await suitesOf(inputs, join(edge.root, "conformance")),
		shareBuilds,
		...shards === void 0 ? {} : { shards },
		...artifact === void 0 ? {} : { artifact }
	});
	return JSON.stringify({ include });
}
/** What the inputs say about where packages come from, as the command line says it. */
function flagsOf({ mirrors, frozen, matrix }) {
	return {
		mirror: mirrors,
		frozen,
		...matrix === void 0 ? {} : { matrix }
	};
}

// src/action/secrets.ts
/** What is shorter would make stars of half a log. */
const SHORTEST_SECRET = 4;
const ARMOUR = /^-----(BEGIN|END) [A-Z ]+-----$/;
/**
* Has the runner make stars of the secrets among the inputs: a key line by line, as it would be seen; of a PKCS#11 URI the PIN,
* of addresses the passwords. To be called before anything is printed.
*/
function maskSecrets(environment) {
	const [token, key, passphrase] = [
		"token",
		"signing-key",
		"signing-passphrase"
	].map((name) => inputOf(environment, name));
	for (const secret of [
		token,
		hidden(key ?? ""),
		passphrase,
		...passwords(inputOf(environment, "mirror"))
	]) mask(secret);
}
function mask(secret = "") {
	for (const line of secret.split(/\r?\n/).map((one) => one.trim())) if (line.length >= SHORTEST_SECRET && !ARMOUR.test(line)) setSecret(line);
}
function hidden(key) {
	return isTokenKey(key) ? /[;?&:]pin-value=([^;&]*)/i.exec(key)?.[1] ?? "" : key;
}
/** As they are written, and as they are meant. */
function passwords(addresses) {
	return [...addresses.matchAll(/:\/\/[^\s,/@:]*:([^\s,/@]+)@/g)].flatMap(([, word = ""]) => {
		try {
			return [word, decodeURIComponent(word)];
		} catch {
			return [word];
		}
	});
}

// src/action/summary.ts
/** Of one step; of a larger file GitHub shows nothing at all. */
const STEP_LIMIT = 1048576;
/** More is read by nobody, and slow in the browser. */
const LIMIT = 9e5;
/** The least that a summary makes sense in. */
const LEAST = 4e4;
/**
* Appends the report to the job summary, `file` being what the runner has named in GITHUB_STEP_SUMMARY; does nothing without one.
* Stays under GitHub's limit together with what is in there. A summary that cannot be written is told as a warning: everything is
* in the report, too.
*/
async function writeSummary(report, { file, ...options }) {
	if (!file) return;
	try {
		const room = STEP_LIMIT - (await stat(file)).size;
		if (room < LEAST) {
			warning("no job summary: this step has written so much into it that GitHub would take no more");
			return;
		}
		await appendFile(file, summaryMarkdown(report, {
			...options,
			limit: Math.min(room, LIMIT)
		}));
	} catch (error) {
		warning(harmless(`the job summary cannot be written: ${error.message}`));
	}
}

// src/action/time.ts
/** How long the work may take. Its clock stops when its scope ends. */
var TimeLimit = class {
	work = sharedAbortController();
	timer;
	options;
	results = /* @__PURE__ */ new Map();
	/** What the work is interrupted with when its time is over; undefined as long as it is not. */
	reached;
	constructor(options) {
		const { minutes, cancelled } = options;
		this.options = options;
		if (cancelled.aborted) this.work.abort(cancelled.reason);
		else cancelled.addEventListener("abort", this.cancel, { once: true });
		if (minutes === void 0) return;
		this.timer = setTimeout(() => {
			const seen = options.lastSeen();
			const remedy = "Raise timeout-minutes, or name fewer targets and suites.";
			this.reached ??= new EnvironmentError(this.fault(), { remedy: seen ? `Last seen: ${seen}.\n  ${remedy}` : remedy });
			this.work.abort(this.reached);
		}, minutes * 6e4);
	}
	/** Aborted when the time is over, or the job cancelled. */
	get signal() {
		return this.work.signal;
	}
	/** Listens to the work, and tells it on. */
	watch(emit) {
		return (event) => {
			if (event.type === "built") {
				const { build } = event;
				const result = this.resultOf(event.target);
				if (isBrought(build)) result.builds = [...result.builds ?? [], build];
				else result.build = build;
			}
			if (event.type === "tested") this.resultOf(event.target).suites.push(event.suite);
			emit(event);
		};
	}
	/**
	* All targets at once, as without a limit; when the time is over what has come to its end stays, and the others are errors that
	* say where they were, if nothing of them has failed before.
	*/
	course(emit) {
		return async (targets, runOne) => {
			return (await Promise.allSettled(targets.map(runOne))).map((result, index) => {
				if (result.status === "fulfilled") return result.value;
				const target = targets[index];
				if (!this.reached || !target) throw result.reason;
				const { id, kernel, arch, distribution } = target;
				const seen = this.options.lastSeen(labelOf(target));
				const reason = `${this.fault()}${seen ? `; last seen: ${seen}` : ""}`;
				const partial = this.resultOf(labelOf(target));
				const status = targetStatus(partial) === "fail" ? "fail" : "error";
				emit({
					type: "finished",
					target: labelOf(target),
					status,
					reason
				});
				return {
					id,
					kernel,
					arch,
					title: distribution.title,
					status,
					reason,
					...partial
				};
			});
		};
	}
	[Symbol.dispose]() {
		clearTimeout(this.timer);
		this.options.cancelled.removeEventListener("abort", this.cancel);
	}
	resultOf(target) {
		const known = this.results.get(target) ?? { suites: [] };
		this.results.set(target, known);
		return known;
	}
	cancel = () => this.work.abort(this.options.cancelled.reason);
	fault() {
		return `not done within ${this.options.minutes} min (timeout-minutes)`;
	}
};
/** Whether it is of a module that a suite brought along. */
function isBrought(build) {
	return build.subject !== void 0;
}

// src/action/main.ts
const warn = (message) => warning(harmless(message));
const note = (message) => info(harmless(message));
/**
* The action: what the inputs say is built and tested, shown in GitHub's own ways, kept and released. Returns why the step
* fails, if it does. Throws what nothing can be reported about: mistakes in the inputs, no target that is known, a cancellation.
*/
async function runAction(process, signal) {
	try {
		var _usingCtx$1 = _usingCtx();
		const { env } = process;
		maskSecrets(env);
		const workingDirectory = env.GITHUB_WORKSPACE ?? process.cwd();
		const edge = {
			...processEdge(process, signal),
			workingDirectory,
			cache: await storeDirectory(env)
		};
		const inputs = await readInputs(edge);
		if (inputs.prepareRunner) {
			const remember = (changes) => saveState("runner", changes);
			await prepareRunner({
				accelerator: inputs.accelerator,
				signal,
				remember,
				warn
			});
		}
		const log = _usingCtx$1.u(new ActionLog({
			output: process.stdout,
			out: inputs.out
		}));
		const lastSeen = (target) => log.lastSeen(target);
		const limit = _usingCtx$1.u(new TimeLimit({
			minutes: inputs.timeoutMinutes,
			cancelled: signal,
			lastSeen
		}));
		try {
			if (!inputs.planOnly) return await work(edge, inputs, log, limit);
			setOutputs({ matrix: await planMatrix({
				...edge,
				signal: limit.signal
			}, inputs) });
			return [];
		} catch (error) {
			throw limit.reached ?? error;
		}
	} catch (_) {
		_usingCtx$1.e = _;
	} finally {
		_usingCtx$1.d();
	}
}
async function work(edge, inputs, log, limit) {
	const { environment, signal } = edge;
	const { workspace, out, tolerance, artifact: name, release } = inputs;
	const cache = inputs.cache ? await openCache(edge, inputs, limit.signal) : void 0;
	const { report, files, modules } = await buildAndTest({
		...edge,
		signal: limit.signal
	}, inputs, {
		emit: limit.watch(log.emit),
		course: limit.course(log.emit),
		...cache ? { supply: cache.supply } : {}
	});
	log.close();
	setOutputs({
		status: report.status,
		report: files.json,
		modules: out,
		"cache-hit": cache && String(cache.hit)
	});
	const faults = [];
	/** What may fail beside the run, whose verdict is not to be lost for it. */
	const attempt = async (one) => {
		try {
			return await one();
		} catch (error) {
			signal.throwIfAborted();
			faults.push(error instanceof Error ? error.message : String(error));
			return;
		}
	};
	const changes = await attempt(() => compareWithBaseline(report, inputs)) ?? [];
	const tables = [figuresText(report, log.terminal), resultTable(report, log.terminal, out)];
	if (changes.length > 0) tables.push(changesText(changes, log.terminal, tolerance));
	log.print(tables.filter(Boolean).join("\n"));
	if (limit.reached && report.status !== "pass") faults.push(limit.reached.message);
	if (report.status !== "pass") faults.push(`${report.module}: ${report.status}; see ${join(out, "report.html")}`);
	if (isWorse(changes)) faults.push(`${report.module}: figures are worse than those of the baseline, or gone`);
	const links = [];
	if (name !== void 0) {
		const { retentionDays } = inputs;
		const upload = {
			name,
			directory: out,
			report,
			files,
			environment,
			warn,
			signal,
			...retentionDays === void 0 ? {} : { retentionDays }
		};
		const uploaded = await attempt(() => group(`Artifact ${name}`, () => uploadReport(upload)));
		setOutputs({
			"artifact-id": uploaded?.id,
			"artifact-url": uploaded?.url
		});
		if (uploaded) links.push({
			text: `Artifact ${name}`,
			url: uploaded.url
		});
	}
	if (release && faults.length > 0) note(`No release ${release.tag}, as not all has passed.`);
	else if (release) {
		const [{ releaseRun }, { fetchImageBase }] = await Promise.all([import("./chunk-release.js"), import("./chunk-image-base2.js")]);
		const imageBase = () => fetchImageBase(edge, flagsOf(inputs), (event) => event.type === "warning" && note(event.message));
		const run = {
			out,
			moduleDirectories: Object.values(modules),
			imageBase,
			note
		};
		const released = await attempt(() => group(`Release ${release.tag}`, () => releaseRun(release, edge, run)));
		setOutputs({ "release-url": released?.url });
		if (released) links.push({
			text: `Release ${release.tag}`,
			url: released.url
		});
	}
	const places = {
		workspace,
		modules,
		suites: inputs.suites ?? [],
		changes,
		verdicts: faults.length
	};
	await attempt(() => annotate(report, places));
	if (inputs.summary) await writeSummary(report, {
		file: environment.GITHUB_STEP_SUMMARY,
		links,
		changes,
		tolerance
	});
	return faults;
}
async function openCache({ environment, cache: store, root }, inputs, signal) {
	return await ActionCache.open({
		environment,
		store,
		inputs,
		warn,
		note,
		signal,
		matrix: inputs.matrix ?? join(root, "matrix"),
		results: inputs.release === void 0,
		remember: (state) => saveState("cache", state)
	});
}

// src/action.ts
const interruption = interruptible(["SIGINT", "SIGTERM"], (name) => `cancelled (${name}), cleaned up`);
const faults = await runAction(process, interruption.signal).catch((error) => {
	const reason = interruption.signal.aborted ? interruption.signal.reason : error;
	return [reason instanceof Error ? reason.message : String(reason)];
});
for (const fault of faults) setFailed(harmless(fault));
process.exit(interruption.by ? signalStatus(interruption.by) : process.exitCode);

export {  };
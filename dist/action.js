import { a as setOutput, c as summary, i as setFailed, o as warning, r as saveState } from "./chunk-core.js";
import { A as suiteOf, M as resultTable, P as loadSuite, a as checkArtifactPrefix, b as run, c as benchOf, d as moduleDirectory, i as DEFAULT_ARTIFACT, j as compareFigures, k as kindOf, l as readBaseline, r as shardsOf, s as processEdge, t as sharedAbortController } from "./chunk-abort.js";
import { Rt as selectTargets, St as oneLine, T as _usingCtx, _t as LiveView, m as loadMatrix, r as workshopOptions } from "./chunk-listener.js";
import { t as Mistakes } from "./chunk-mistakes.js";
import { r as InputError, t as EnvironmentError } from "./chunk-errors.js";
import { t as prepareRunner } from "./chunk-runner.js";
import { constants } from "node:os";
import { join, relative, resolve } from "node:path";
import { access, constants as constants$1, readFile } from "node:fs/promises";

// src/action/checks.ts
/**
* Looks at what inputs name, as far as that is quickly done and needs no network: what is wrong there would otherwise be told
* one after the other, some of it after an hour. Mistakes go to `mistakes`.
*/
async function checkInputs(inputs, edge, mistakes) {
	const { packages, baseline, matrix } = inputs;
	await checkSubject(inputs, join(edge.root, "conformance"), mistakes);
	await checkTargets(inputs.targets, matrix ?? join(edge.root, "matrix"), mistakes);
	for (const file of packages) await mistakes.catch(() => readable(file));
	if (baseline !== void 0) await mistakes.catch(() => readBaseline(baseline));
}
async function checkSubject({ module, suites, bench }, known, mistakes) {
	const subject = { directory: module };
	const kind = await mistakes.catch(() => kindOf(subject));
	for (const suite of suites ?? []) await mistakes.catch(() => loadSuite(suite, known));
	if (kind === void 0) return;
	if (suites === void 0) await mistakes.catch(async () => loadSuite(await suiteOf(subject, known), known));
	if (bench) await mistakes.catch(async () => loadSuite(await benchOf(module, known), known));
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
/** Of a value, in a message. */
const SHOWN = 100;
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
		out: path(read.text("out") || "out"),
		prepareRunner: read.flag("prepare-runner", true)
	};
	if (inputs.retentionDays === 0) delete inputs.retentionDays;
	checkRules(inputs, mistakes);
	return inputs;
}
/** What does not go together, whatever is on the disk. */
function checkRules({ planOnly, shards, packages, release, out, workspace }, mistakes) {
	if (shards !== void 0 && !planOnly) mistakes.add("input shards says how many jobs plan-only may plan", { remedy: "Set plan-only to true, or leave shards out." });
	if (planOnly && packages.length > 0) mistakes.add("inputs plan-only and packages do not go together: packages are of one kernel, which needs one job", { remedy: "Leave out one of them." });
	if (planOnly && release) mistakes.add("inputs plan-only and release do not go together: where nothing is built there is nothing to release", { remedy: "Leave out one of them." });
	if (!relative(out, workspace).startsWith("..")) mistakes.add(`input out: "${shown(out)}" is the workspace, or holds it`, { remedy: "Name a directory of its own, such as out." });
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
			if (/^https?:\/\//.test(text) && URL.canParse(text)) return true;
			this.wrong(name, text, "is no address", "It begins with http:// or https://.");
			return false;
		});
	}
	wrong(name, text, fault, remedy) {
		this.mistakes.add(`input ${name}: "${shown(text)}" ${fault}`, { remedy });
	}
};

// src/action/outputs.ts
/** Hands outputs to the steps that follow; those that are undefined or left out stay empty there. */
function setOutputs(outputs) {
	for (const [name, value] of Object.entries(outputs)) if (value !== void 0) setOutput(name, value);
}

// src/action/run.ts
/** Builds and tests what the inputs say. Throws as `run`, and InputError when nothing of the baseline was measured again. */
async function buildAndTest(edge, inputs, emit) {
	const { targets, module, packages, out, fresh, shareBuilds, accelerator, baseline } = inputs;
	const suites = await suitesOf(edge, inputs);
	const earlier = baseline === void 0 ? void 0 : await readBaseline(baseline);
	const { report, files } = await run({
		...workshopOptions(edge, flagsOf(inputs), emit),
		targets,
		subject: { directory: module },
		suites,
		out,
		fresh,
		shareBuilds,
		accelerator,
		...packages.length > 0 ? { packages } : {},
		jobs: inputs.jobs ?? edge.processors
	});
	return {
		report,
		files,
		suites,
		changes: earlier ? compareFigures(earlier, report, inputs.tolerance) : []
	};
}
/** The jobs for a matrix of GitHub, as JSON. Throws as `shardsOf`. */
async function planMatrix(edge, inputs) {
	const { targets, module, shareBuilds, shards, artifact } = inputs;
	const { include } = await shardsOf(edge, {
		...flagsOf(inputs),
		target: targets,
		module,
		suite: await suitesOf(edge, inputs),
		shareBuilds,
		...shards === void 0 ? {} : { shards },
		...artifact === void 0 ? {} : { artifact }
	});
	return JSON.stringify({ include });
}
async function suitesOf({ root }, { suites, module, bench }) {
	const known = join(root, "conformance");
	const chosen = suites ?? [await suiteOf({ directory: module }, known)];
	return bench ? [.../* @__PURE__ */ new Set([...chosen, await benchOf(module, known)])] : chosen;
}
function flagsOf({ mirrors, frozen, matrix }) {
	return {
		mirror: mirrors,
		frozen,
		...matrix === void 0 ? {} : { matrix }
	};
}

// src/action/time.ts
/**
* Interrupts the work after so many minutes, with what was last seen, which is asked then. Undefined is no limit. The clock
* stops when the scope of what is returned ends.
*/
function limitTime(interruption, minutes, lastSeen) {
	if (minutes === void 0) return { [Symbol.dispose]: () => {} };
	const timer = setTimeout(() => {
		const seen = lastSeen();
		interruption.abort(new EnvironmentError(`not done within ${minutes} min (timeout-minutes), ended`, { remedy: `${seen ? `Last seen: ${seen}.\n  ` : ""}Raise timeout-minutes, or name fewer targets and suites.` }));
	}, minutes * 6e4);
	return { [Symbol.dispose]: () => clearTimeout(timer) };
}

// src/action/main.ts
/**
* The action: what the inputs say is built and tested, and shown in GitHub's own ways. Throws what the step has to fail with
* before there is a report; what comes after it fails the step by itself.
*/
async function runAction(process, interruption) {
	try {
		var _usingCtx$1 = _usingCtx();
		const { signal } = interruption;
		const edge = {
			...processEdge(process, signal),
			workingDirectory: process.env.GITHUB_WORKSPACE ?? process.cwd()
		};
		const inputs = await readInputs(edge);
		_usingCtx$1.u(limitTime(interruption, inputs.timeoutMinutes, () => ""));
		if (inputs.prepareRunner) {
			const remember = (changes) => saveState("runner", changes);
			await prepareRunner({
				accelerator: inputs.accelerator,
				signal,
				remember,
				warn: warning
			});
		}
		if (inputs.planOnly) setOutputs({ matrix: await planMatrix(edge, inputs) });
		else await work(edge, inputs);
	} catch (_) {
		_usingCtx$1.e = _;
	} finally {
		_usingCtx$1.d();
	}
}
async function work(edge, inputs) {
	try {
		var _usingCtx3 = _usingCtx();
		const { out } = inputs;
		const terminal = {
			interactive: false,
			colour: true,
			size: () => ({
				columns: 120,
				rows: 24
			})
		};
		const view = _usingCtx3.u(new LiveView({
			output: process.stdout,
			terminal
		}));
		const { report, files } = await buildAndTest(edge, inputs, view.emit);
		view.close();
		process.stdout.write(`\n${resultTable(report, terminal, out)}`);
		setOutputs({
			status: report.status,
			report: files.json,
			modules: out
		});
		if (process.env.GITHUB_STEP_SUMMARY) await summary.addRaw(await readFile(files.summary, "utf8"), true).write();
		if (report.status !== "pass") setFailed(`${report.module}: ${report.status}; see ${join(out, "report.html")}`);
	} catch (_) {
		_usingCtx3.e = _;
	} finally {
		_usingCtx3.d();
	}
}

// src/action.ts
const interruption = sharedAbortController();
let interruptedBy;
for (const name of ["SIGINT", "SIGTERM"]) process.on(name, () => {
	if (interruptedBy) process.exit(128 + constants.signals[name]);
	interruptedBy = name;
	interruption.abort(/* @__PURE__ */ new Error(`cancelled (${name}), cleaned up`));
});
try {
	await runAction(process, interruption);
} catch (error) {
	const reason = interruption.signal.aborted ? interruption.signal.reason : error;
	setFailed(reason instanceof Error ? reason.message : String(reason));
}
process.exit(interruptedBy ? 128 + constants.signals[interruptedBy] : process.exitCode);

export {  };
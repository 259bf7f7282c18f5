import { A as chooseCandidates, B as changesText, C as Results, G as describeTerminal, H as isWorse, K as painter, Q as listSuites, R as buildsModules, V as compareFigures, et as machineSysroots, i as perform, n as moduleDirectory, t as watchOnStderr, v as shareableFamily, y as sharingKey } from "./chunk-listener.js";
import { $ as exitStatus, Dt as string, Et as strictObject, F as snapshotTimes, H as readModule, M as pinsOf, ct as selectTargets, dt as selectReleases, lt as compareReleases, n as workshopOptions, pt as readDocument, st as labelOf, tt as parseReport, vt as array } from "./chunk-workshop.js";
import { r as InputError, t as EnvironmentError } from "./chunk-errors.js";
import { c as visible, i as counted, o as oneLine, t as byteSize } from "./chunk-text.js";
import { a as digestValue, t as _usingCtx } from "./chunk-usingCtx.js";
import { t as Workshop } from "./chunk-workshop2.js";
import { r as projectRoot, t as cacheDirectory } from "./chunk-paths.js";
import { basename, join, resolve } from "node:path";
import { readFile, stat } from "node:fs/promises";
import { availableParallelism } from "node:os";

// src/commands/bench.ts
const ENDING = "-bench";
/** `ovnfast bench`: runs the suites that measure a module, and says what has become of the figures of an earlier report. */
async function runBench(edge, flags) {
	const directory = moduleDirectory(edge, flags.module);
	const suites = flags.suite ?? [await benchOf(directory, join(edge.root, "conformance"))];
	const earlier = flags.baseline === void 0 ? void 0 : await readBaseline(resolve(edge.workingDirectory, flags.baseline));
	const { report, output, terminal } = await perform(edge, flags, { directory }, suites);
	const status = exitStatus(report.status);
	if (!earlier) return status;
	const changes = compareFigures(earlier, report, flags.tolerance);
	output.write(`\n${changesText(changes, terminal, flags.tolerance)}`);
	return status === 0 && isWorse(changes) ? 1 : status;
}
/**
* The suite that measures what is in a directory: the one by its name with `-bench`. Throws InputError, with those that there
* are, when there is none.
*/
async function benchOf(directory, suitesRoot) {
	const name = `${basename(directory)}${ENDING}`;
	const suites = await listSuites(suitesRoot);
	if (suites.includes(name)) return name;
	const known = suites.filter((suite) => suite.endsWith(ENDING));
	throw new InputError(`${basename(directory)} has no suite that measures it`, {
		where: join(suitesRoot, name),
		remedy: `Make one, or name another with --suite${known.length > 0 ? `; there is ${known.join(", ")}` : ""}.`
	});
}
/** The report whose figures later ones are compared with. Throws InputError when it cannot be read, or is no report. */
async function readBaseline(path) {
	const text = await readFile(path, "utf8").catch((error) => {
		throw new InputError(`the earlier report cannot be read (${error.code})`, {
			where: path,
			cause: error
		});
	});
	return parseReport(text, path);
}

// src/commands/edge.ts
/** What the commands need of a process, taken apart so that nothing below touches it. */
function processEdge(process, signal) {
	return {
		environment: process.env,
		workingDirectory: process.cwd(),
		stdin: process.stdin,
		stdout: process.stdout,
		stderr: process.stderr,
		signal,
		root: projectRoot(),
		cache: cacheDirectory(process.env),
		processors: availableParallelism()
	};
}

// src/shards/shard.ts
/** Beginning of the names of all artifacts of a run. The rest of a name follows after SEPARATOR. */
const DEFAULT_ARTIFACT = "ovnfast";
/** Stands in no prefix, so that `PREFIX--*` means the artifacts of one run and of no other in the same workflow. */
const SEPARATOR = "--";
const MAXIMUM_PLAN_BYTES = 8 * 2 ** 20;
/** More than any cluster runs at a time; a limit all the same, because a file from outside may be anything. */
const MAXIMUM_SHARDS = 1e4;
/** Letters that an artifact on GitHub, a file anywhere and a label of a glob pattern may all have. */
const artifactName = string().max(200, "is too long (up to 200 characters)").regex(/^[A-Za-z0-9][A-Za-z0-9._+-]*$/, "is no name of an artifact (letters, digits, \"._+-\")");
/** `id`, or `id/kernel-release`. */
const target = string().max(300, "is too long (up to 300 characters)").regex(/^[\w.+~-]+(\/[\w.+~:-]+)?$/, "is no target (id or id/kernel-release)");
const suite = string().min(1).max(1e3);
const shardSchema = strictObject({
	/** For people. */
	name: string().min(1).max(1e3),
	artifact: artifactName,
	/** As `--target` takes them: `id/kernel-release`; an `id` alone stands for a distribution that nobody could ask. */
	targets: array(target).min(1, "is empty"),
	/** As `--suite` takes them: names, or paths of directories. Empty: build only. */
	suites: array(suite)
});
const planSchema = strictObject({ include: array(shardSchema).min(1, "is empty").max(MAXIMUM_SHARDS) }).superRefine(({ include }, context) => {
	const names = /* @__PURE__ */ new Set();
	const pairs = /* @__PURE__ */ new Set();
	for (const [index, { artifact, targets, suites }] of include.entries()) {
		if (names.has(artifact)) context.addIssue({
			code: "custom",
			message: `two shards have the artifact "${artifact}"`,
			path: [
				"include",
				index,
				"artifact"
			]
		});
		names.add(artifact);
		for (const pair of targets.flatMap((label) => (suites.length > 0 ? suites : [""]).map((one) => `${label} ${one}`))) {
			if (pairs.has(pair)) context.addIssue({
				code: "custom",
				message: `two shards are to run ${pair}`,
				path: ["include", index]
			});
			pairs.add(pair);
		}
	}
});
/** The beginning of artifact names, checked. Throws InputError with what it may be made of. */
function checkArtifactPrefix(prefix) {
	if (/^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/.test(prefix) && !prefix.includes("--") && !prefix.endsWith("-")) return prefix;
	throw new InputError(`"${prefix}" is no beginning of artifact names`, { remedy: `Up to 64 letters, digits, ".", "_" and "-"; no "${"--"}", and no "-" at its ends.` });
}
/** Reads a plan, as `ovnfast plan --github` printed it. Throws InputError with `file:line:column` for what does not fit. */
async function readShardPlan(path) {
	const found = await stat(path).catch(() => void 0);
	if (found && found.size > MAXIMUM_PLAN_BYTES) throw new InputError(`larger than ${MAXIMUM_PLAN_BYTES / 2 ** 20} MiB, which no plan is`, { where: path });
	return (await readDocument(path, planSchema)).value;
}

// src/plan-sharing.ts
/**
* Which releases one build is going to serve, told by the symbol versions of the kernels: of each the package that holds
* them is fetched. What a module imports is known only once it is built, so an earlier build of the same source is looked
* for in the cache; without one, kernels count as equal when all they export is.
*/
async function planSharing(workshop, options) {
	const { targets, candidates } = options;
	const plans = [];
	for (const candidate of candidates.filter(buildsModules)) {
		const module = candidate === candidates[0] ? {} : { module: candidate.name };
		for (const id of new Set(targets.map((target) => target.id))) {
			const own = targets.filter((target) => target.id === id).sort((a, b) => compareReleases(b.kernel, a.kernel));
			const place = {
				id,
				source: candidate.source,
				...options,
				targets: own
			};
			plans.push({
				...await planDistribution$1(workshop, place),
				...module
			});
		}
	}
	return plans;
}
async function planDistribution$1(workshop, { id, source, targets, signal }) {
	const built = await new Results(workshop.cache).builtFrom(source, id);
	const modules = await Promise.all((built?.modules ?? []).map((path) => readModule(path)));
	const imports = new Set(modules.flatMap((module) => module.imports.map(({ symbol }) => symbol)));
	const groups = /* @__PURE__ */ new Map();
	const families = /* @__PURE__ */ new Set();
	const unknown = [];
	const read = await Promise.all(targets.map(async (target) => {
		try {
			const kernel = await workshop.kernelInterface(target);
			return [shareableFamily(kernel) ?? target.kernel, sharingKey(kernel, built && imports) ?? target.kernel];
		} catch (error) {
			if (signal.aborted || !(error instanceof EnvironmentError)) throw error;
			unknown.push({
				kernel: target.kernel,
				reason: error.message
			});
			return;
		}
	}));
	for (const [index, { kernel }] of targets.entries()) {
		const [family, key] = read[index] ?? [];
		if (family === void 0 || key === void 0) continue;
		families.add(family);
		groups.set(key, [...groups.get(key) ?? [], kernel]);
	}
	return {
		id,
		builds: {
			least: built ? groups.size : families.size,
			most: groups.size
		},
		groups: [...groups.values()],
		...built ? { toldBy: {
			kernel: built.kernel,
			imports: imports.size
		} } : {},
		unknown: unknown.sort((a, b) => compareReleases(b.kernel, a.kernel))
	};
}

// src/plan.ts
/**
* What a run with the same patterns would fetch, from where, build and test. Nothing but indexes is fetched. A distribution
* that cannot be reached is in the plan with the reason. Throws InputError for a bad pattern, module, suite or lock file.
*/
async function makePlan(workshop, options) {
	const { suitesRoot, moduleDirectory, signal } = options;
	const { candidates, suites } = await chooseCandidates({ directory: moduleDirectory }, options.suites, suitesRoot);
	const [main, ...others] = candidates;
	const builds = candidates.map(buildsOf);
	const headers = builds.includes("each");
	const { targets, lost } = await reachableTargets(workshop, options);
	const named = (id) => options.targets.length > 0 && (lost.has(id) || targets.some((one) => one.id === id));
	const isWanted = ({ id, default: byDefault }) => options.targets.length > 0 ? named(id) : byDefault;
	const wanted = workshop.matrix.distributions.filter(isWanted);
	const locks = [];
	const distributions = await Promise.all(wanted.map((distribution) => planDistribution(distribution, targets.filter(({ id }) => id === distribution.id), {
		workshop,
		locks,
		headers,
		signal
	})));
	const tools = wanted.length === 0 ? [] : ["sandbox", ...machineSysroots(suites)];
	if (tools.length > 0 && (builds.includes("once") || suites.some(({ programs }) => programs.length > 0))) tools.push("bpf");
	const shared = await planShared(tools, {
		workshop,
		locks,
		headers,
		signal
	});
	const { name: _, ...total } = await measure("", [...new Map(locks.flatMap(({ packages }) => packages).map((pin) => [pin.sha256, pin])).values()], workshop);
	const notAsked = workshop.matrix.distributions.filter((one) => !isWanted(one)).map(({ id }) => id);
	return {
		module: moduleDirectory,
		builds: buildsOf(main),
		suites: suites.map(({ name }) => name),
		...others.length > 0 ? { modules: others.flatMap(plannedModule) } : {},
		distributions,
		shared,
		others: notAsked,
		total,
		...options.shareBuilds && headers ? { sharing: await planSharing(workshop, {
			targets,
			candidates,
			signal
		}) } : {}
	};
}
function buildsOf({ kind }) {
	return kind === "programs" ? "once" : "each";
}
function plannedModule(candidate) {
	const { name, subject, suites } = candidate;
	if (!("directory" in subject)) return [];
	const { directory } = subject;
	return [{
		name,
		directory,
		builds: buildsOf(candidate),
		suites: suites.map((suite) => suite.name)
	}];
}
/** The targets that can be told, and the distributions that could not be asked. */
async function reachableTargets(workshop, { targets: patterns, signal }) {
	const lost = /* @__PURE__ */ new Map();
	return {
		targets: await selectTargets(workshop.matrix, patterns, {
			releases: (distribution) => workshop.obtainer.releases(distribution, signal),
			asked: async (distribution) => (await workshop.obtainer.offers(distribution, signal)).asked,
			onUnavailable: ({ id }, error) => {
				signal.throwIfAborted();
				if (!(error instanceof EnvironmentError)) throw error;
				lost.set(id, error);
			}
		}),
		lost
	};
}
async function planDistribution(distribution, targets, place) {
	const { id, title, kernels, packages } = distribution;
	const { matrix, obtainer } = place.workshop;
	let reason;
	const offered = await obtainer.releases(distribution, place.signal).catch((error) => {
		if (place.signal.aborted || !(error instanceof EnvironmentError)) throw error;
		reason = error.message;
		return [];
	});
	const locked = matrix.locked.get(id) ?? [];
	const newest = selectReleases(kernels.default, offered);
	const own = [];
	const planned = await Promise.all(targets.map((target) => planTarget(target, {
		...place,
		locks: own
	})));
	place.locks.push(...own);
	return {
		id,
		title,
		...reason === void 0 ? {} : { reason },
		selectors: kernels.default,
		releases: [...locked.filter((kernel) => !offered.includes(kernel)), ...offered].map((kernel) => ({
			kernel,
			offered: reason !== void 0 || offered.includes(kernel),
			locked: locked.includes(kernel),
			newest: newest.includes(kernel),
			planned: targets.some((target) => target.kernel === kernel)
		})),
		targets: planned,
		archives: await planArchives(distribution.archives, own, place.workshop),
		packages: {
			headers: place.headers ? packages.headers : [],
			image: packages.image
		}
	};
}
async function planTarget(target, place) {
	const { kernel } = target;
	try {
		const { lock: whole, origin } = await place.workshop.obtainer.foresee({ target }, place.signal);
		const lock = place.headers ? whole : imageOf(whole);
		place.locks.push(lock);
		const sysroots = await measureAll(lock, place.workshop);
		return {
			kernel: lock.kernel ?? kernel,
			origin,
			compilers: place.headers ? compilersOf(lock) : [],
			sysroots
		};
	} catch (error) {
		if (place.signal.aborted || !(error instanceof EnvironmentError)) throw error;
		return {
			kernel,
			compilers: [],
			sysroots: [],
			reason: error.message
		};
	}
}
/** What of a lock is needed to boot alone. */
function imageOf(lock) {
	return {
		...lock,
		sysroots: { image: lock.sysroots.image ?? [] },
		packages: pinsOf(lock, "image")
	};
}
async function planShared(names, place) {
	const { workshop, signal } = place;
	const tools = workshop.matrix.tools.filter(({ name }) => names.includes(name));
	const locks = await Promise.all(tools.map(async (tool) => (await workshop.obtainer.foresee({ tool }, signal)).lock));
	place.locks.push(...locks);
	return {
		sysroots: (await Promise.all(locks.map((lock) => measureAll(lock, workshop)))).flat(),
		archives: await planArchives(tools[0]?.distribution.archives ?? [], locks, workshop)
	};
}
/** Where what the locks pin would be asked for, archive by archive; only those that they name, if there are any. */
async function planArchives(archives, locks, workshop) {
	const { mirrors } = await workshop.store.open();
	const used = new Set(locks.flatMap(({ packages }) => packages.map(({ archive }) => archive)));
	return archives.filter(({ name }) => used.size === 0 || used.has(name)).map((archive) => {
		const { name, suites, components, keys } = archive;
		const times = new Set(locks.map((lock) => snapshotTimes(lock)[name]).filter((time) => time !== void 0));
		const time = times.size === 1 ? [...times].join("") : "<time of the lock>";
		return {
			name,
			suites,
			components,
			keys: keys.map((path) => basename(path)),
			mirrors: mirrors.configured(archive, time).map(({ url, origin, likely }) => ({
				url,
				origin,
				guess: !likely
			}))
		};
	});
}
async function measureAll(lock, workshop) {
	return await Promise.all(Object.keys(lock.sysroots).map((name) => measure(name, pinsOf(lock, name), workshop)));
}
async function measure(name, pins, { store }) {
	const missing = await store.missing(pins);
	const bytes = (some) => some.reduce((sum, { size }) => sum + size, 0);
	return {
		name,
		packages: pins.length,
		bytes: bytes(pins),
		missing: {
			packages: missing.length,
			bytes: bytes(missing)
		}
	};
}
/** `gcc-12` of Debian, from 14 on with the machine in its name, `gcc` of el: the real one before those that point to it. */
function compilersOf(lock) {
	for (const pattern of [
		/^gcc-\d+$/,
		/^gcc-\d+-x86-64-linux-gnu$/,
		/^gcc$/
	]) {
		const found = pinsOf(lock, "headers").filter(({ name }) => pattern.test(name));
		if (found.length > 0) return found.map(({ name, version }) => `${name} ${version}`);
	}
	return [];
}

// src/shards/split.ts
/** Longer names are cut, and told apart by a digest. */
const MAXIMUM_NAME = 150;
/**
* Spreads a run over jobs: a job per unit and suite where there are few enough, else several suites in each, else several
* neighbouring units too, the largest job as small as can be. The same input gives the same jobs, in whatever order the
* units come. Throws InputError for two suites of one name, whose results nobody could tell apart.
*/
function splitRun({ units, suites, limit, artifact }) {
	if (!Number.isInteger(limit) || limit < 1) throw new TypeError(`a limit of ${limit} jobs`);
	checkArtifactPrefix(artifact);
	const names = suites.map((suite) => basename(suite));
	const twice = suites.find((_, index) => names.indexOf(names[index] ?? "") !== index);
	if (twice !== void 0) throw new InputError(`two suites are called ${basename(twice)}`, {
		where: twice,
		remedy: "Rename the directory of one of them, or name it only once."
	});
	const groups = chunks([...units].sort((a, b) => compareReleases(a.id, b.id) || compareReleases(a.kernels[0] ?? "", b.kernels[0] ?? "")), limit, ({ kernels }) => Math.max(1, kernels.length));
	const suiteGroups = suites.length > 0 ? chunks(suites, Math.floor(limit / Math.max(1, groups.length)), () => 1) : [[]];
	const taken = /* @__PURE__ */ new Set();
	return groups.flatMap((group) => suiteGroups.map((some) => shardOf(group, some, artifact, taken)));
}
/** Neighbours together, in at most `most` chunks, so that the heaviest of them is as light as can be. */
function chunks(items, most, weight) {
	const weights = items.map(weight);
	let least = Math.max(0, ...weights);
	let enough = weights.reduce((sum, one) => sum + one, 0);
	while (least < enough) {
		const middle = Math.floor((least + enough) / 2);
		if (fill(items, weights, middle).length <= most) enough = middle;
		else least = middle + 1;
	}
	return items.length <= most ? items.map((item) => [item]) : fill(items, weights, enough);
}
/** Chunks of no more than `room` each, filled one after the other. */
function fill(items, weights, room) {
	const found = [];
	let left = -1;
	for (const [index, item] of items.entries()) {
		const weight = weights[index] ?? 0;
		if (left < weight) {
			found.push([]);
			left = room;
		}
		found.at(-1)?.push(item);
		left -= weight;
	}
	return found;
}
function shardOf(group, suites, artifact, taken) {
	const targets = group.flatMap(({ id, kernels }) => kernels.length > 0 ? kernels.map((kernel) => labelOf({
		id,
		kernel
	})) : [id]);
	const [first = ""] = targets;
	const others = targets.length - 1;
	const tests = suites.map((suite) => basename(suite));
	const words = [
		first,
		...others > 0 ? [`and-${others}`] : [],
		...tests.length > 0 ? [tests.join("-")] : []
	];
	const plain = `${artifact}${"--"}${words.join("-").replace(/[^A-Za-z0-9._+-]+/g, "-")}`;
	const name = plain.length <= MAXIMUM_NAME && !taken.has(plain) ? plain : `${plain.slice(0, MAXIMUM_NAME)}-${digestValue([targets, suites]).slice(0, 12)}`;
	taken.add(name);
	return {
		name: `${first}${others > 0 ? ` and ${others} more` : ""}: ${tests.length > 0 ? tests.join(", ") : "build"}`,
		artifact: name,
		targets,
		suites
	};
}

// src/plan-shards.ts
/**
* The jobs that a run with the same patterns is spread over. A distribution that somebody named and nobody serves has a job
* all the same, which will say why: left out, it would be a pass. Throws InputError for a bad pattern, module or suite.
*/
async function planShards(workshop, options) {
	const { targets: patterns, moduleDirectory, suitesRoot, limit, artifact, signal } = options;
	const { candidates, suites } = await chooseCandidates({ directory: moduleDirectory }, options.suites, suitesRoot);
	const names = options.suites ?? suites.map(({ name }) => name);
	const { targets, lost } = await reachableTargets(workshop, {
		targets: patterns,
		signal
	});
	const units = options.shareBuilds && candidates.some(buildsModules) ? unitsOf(await planSharing(workshop, {
		targets,
		candidates,
		signal
	})) : targets.map(({ id, kernel }) => ({
		id,
		kernels: [kernel]
	}));
	if (patterns.length > 0) units.push(...[...lost.keys()].map((id) => ({
		id,
		kernels: []
	})));
	const memoryMiB = Math.max(0, ...suites.map((suite) => suite.memoryMiB));
	return {
		include: targets.length > 0 ? splitRun({
			units,
			suites: names,
			limit,
			artifact
		}) : [],
		lost: [...lost.values()],
		memoryMiB
	};
}
/**
* Which kernels stay together, by what one build of each module serves: where one of the modules needs a build of its own, so
* do all, for a job builds them all.
*/
function unitsOf(plans) {
	const units = /* @__PURE__ */ new Map();
	for (const { id, groups, unknown } of plans) {
		const own = plans.filter((plan) => plan.id === id);
		for (const kernel of [...groups.flat(), ...unknown.map((one) => one.kernel)]) {
			const together = own.map((plan) => plan.groups.find((group) => group.includes(kernel)) ?? [kernel]);
			const key = JSON.stringify([id, together]);
			const unit = units.get(key) ?? {
				id,
				kernels: []
			};
			if (!unit.kernels.includes(kernel)) unit.kernels.push(kernel);
			units.set(key, unit);
		}
	}
	return [...units.values()];
}

// src/report/plan-sharing.ts
function summary(reason) {
	return oneLine((reason.split("\n", 1)[0] ?? "").replace(/; tried:$/, ""));
}
/** For people; empty when nothing is shared. */
function sharingText(plans, paint) {
	const lines = plans.flatMap(({ id, module, builds: { least, most }, groups, toldBy, unknown }) => {
		const number = least === most ? counted(most, "build") : `${least} to ${counted(most, "build")}`;
		const kernels = counted(groups.flat().length, "release");
		return [
			paint("bold", `${id}: ${number}${module === void 0 ? "" : ` of ${module}`} for ${kernels}`),
			...groups.map(([first = "", ...others]) => `  ${first}${others.length > 0 ? `, and on ${others.join(", ")}` : ""}`),
			toldBy ? `  by the ${counted(toldBy.imports, "symbol")} that this source imported when it was built for ${toldBy.kernel}` : "  by all that the kernels export, as no earlier build says what this source imports: the run may need fewer",
			...unknown.map(({ kernel, reason }) => `  ${paint(["yellow", "bold"], "! not known")}  ${kernel}: ${summary(reason)}`)
		];
	});
	return lines.length === 0 ? "" : `\n${lines.join("\n")}\n`;
}

// src/report/plan.ts
/** Whether all that the plan speaks of could be told. */
function isKnown({ distributions }) {
	return distributions.every(({ reason, targets }) => reason === void 0 && targets.every((one) => !one.reason));
}
/** So many suites or repositories have room on one line. */
const FEW = 3;
const how = {
	each: "for each target by its own compiler",
	once: "once for all targets, by the clang of bpf"
};
const origins = {
	locked: "as locked",
	replaced: "resolved anew earlier",
	unlocked: "no lock: as offered now"
};
/** The plan for people. Ends with a newline. */
function planText(plan, paint) {
	const { module, builds, suites, modules = [], distributions, shared, others, total, sharing = [] } = plan;
	const lines = distributions.flatMap((distribution) => [...distributionLines(distribution, paint), ""]);
	if (shared.sysroots.length > 0) {
		lines.push(paint("bold", "shared by all targets"), ...sysrootLines(shared.sysroots, paint));
		lines.push(...shared.archives.flatMap((archive) => archiveLines(archive, paint)), "");
	}
	if (distributions.length > 0) {
		lines.push(`built     ${oneLine(module)}, ${how[builds]}`);
		for (const { directory, builds, suites } of modules) lines.push(`          ${oneLine(directory)}, ${how[builds]}, for ${suites.join(", ")}`);
		lines.push(`tested    ${suites.length > 0 ? `${suites.join(", ")}, on each booted kernel` : "nothing"}`);
		const part = isKnown(plan) ? "" : "  (as far as it is known)";
		lines.push(`together  ${amount(total, paint).trimStart()}${part}`, "");
	}
	if (others.length > 0) lines.push(`Not asked for: ${others.join(", ")}. Name them with --target.`);
	lines.push("* what `ovnfast run` takes with these patterns");
	const lost = distributions.filter(({ reason }) => reason !== void 0).map(({ id }) => id);
	if (lost.length > 0) lines.push(`${paint(["yellow", "bold"], "! not reached")}  ${lost.join(", ")}`);
	return `${lines.join("\n")}\n${sharingText(sharing, paint)}`;
}
function distributionLines(distribution, paint) {
	const { id, title, reason, releases, targets, archives } = distribution;
	const lines = [`${paint("bold", id)}  ${oneLine(title)}`];
	if (reason !== void 0) {
		lines.push(`  ${paint(["yellow", "bold"], "! the mirrors could not be asked")}`);
		lines.push(...visible(reason).split("\n").map((line) => `    ${line.trimStart().replace(/^(?=https?:)/, "  ")}`));
	}
	for (const { kernel, offered, locked, newest, planned } of releases) {
		const marks = [
			locked ? "locked" : "",
			newest ? "newest" : "",
			offered ? "" : "no longer offered"
		];
		const line = `  ${planned ? "*" : " "} ${kernel.padEnd(28)} ${marks.filter(Boolean).join(", ")}`.trimEnd();
		lines.push(planned ? paint("green", line) : line);
	}
	for (const { kernel, origin, compilers, sysroots, reason: unknown } of targets) {
		const words = [origin && origins[origin], ...compilers].filter(Boolean).join(", ");
		lines.push(`  ${id}/${kernel}${words ? `  ${paint("gray", `(${oneLine(words)})`)}` : ""}`, ...sysrootLines(sysroots, paint));
		if (unknown) lines.push(`    ${paint(["yellow", "bold"], "! not known")}  ${visible(unknown).replaceAll("\n", "\n    ")}`);
	}
	if (reason !== void 0 && targets.length === 0) lines.push(...unresolvedLines(distribution));
	return [...lines, ...archives.flatMap((archive) => archiveLines(archive, paint))];
}
/** What the matrix file says, where no index can be asked. */
function unresolvedLines({ selectors, packages, archives }) {
	return [
		`  would take   ${selectors.join(", ")}`,
		...packages.headers.length > 0 ? [`  to build     ${packages.headers.join(", ")}, and what they need`] : [],
		`  to boot      ${packages.image.join(", ")}`,
		...archives.map(({ name, keys }) => `  signed by    ${keys.join(" or ")} (${name})`)
	];
}
function sysrootLines(sysroots, paint) {
	return sysroots.map((sysroot) => `    ${sysroot.name.padEnd(8)} ${amount(sysroot, paint)}`);
}
function amount({ packages, bytes, missing }, paint) {
	const all = `${counted(packages, "package").padStart(13)}  ${byteSize(bytes).padStart(7)}`;
	if (missing.packages === 0) return `${all}  ${paint("green", "in the cache")}`;
	return `${all}  ${paint("yellow", `${missing.packages === packages ? "all" : String(missing.packages)} to fetch, ${byteSize(missing.bytes)}`)}`;
}
function archiveLines({ name, suites, components, mirrors }, paint) {
	const parts = components.length > 0 ? ` [${components.join(", ")}]` : "";
	const few = suites.length <= FEW;
	return [
		`  from ${name}${few ? `: ${suites.join(", ")}${parts}` : ""}, asked in this order`,
		...mirrors.map(({ url, origin, guess }) => {
			return `    ${oneLine(url)}  ${paint("gray", `${origin}${guess ? ", if it has it" : ""}`)}`;
		}),
		...few ? [] : [`  these${parts}`, ...suites.map((suite) => `    ${suite}`)]
	];
}

// src/commands/plan.ts
/** `ovnfast plan`: what a run with the same patterns would take, and what else could be had. */
async function runPlan(edge, flags) {
	try {
		var _usingCtx$1 = _usingCtx();
		const { root, stdout, environment, signal } = edge;
		if (flags.github) {
			const { include } = await shardsOf(edge, flags);
			stdout.write(`${JSON.stringify({ include })}\n`);
			return 0;
		}
		if (flags.shards !== void 0 || flags.artifact !== void 0) throw new InputError("--shards and --artifact go with --github", { remedy: "Add --github, or leave them out." });
		const view = _usingCtx$1.u(watchOnStderr(edge));
		const workshop = _usingCtx$1.a(await Workshop.open(workshopOptions(edge, flags, view.emit)));
		const plan = await makePlan(workshop, {
			targets: flags.target ?? [],
			moduleDirectory: moduleDirectory(edge, flags.module),
			...flags.suite ? { suites: flags.suite } : {},
			suitesRoot: join(root, "conformance"),
			shareBuilds: flags.shareBuilds ?? false,
			signal
		});
		view.close();
		const { colour } = describeTerminal(stdout, environment);
		stdout.write(flags.json ? `${JSON.stringify(plan, null, 2)}\n` : planText(plan, painter(colour)));
		return isKnown(plan) ? 0 : 3;
	} catch (_) {
		_usingCtx$1.e = _;
	} finally {
		await _usingCtx$1.d();
	}
}
/**
* The jobs that a run is spread over, at most as many as one matrix of GitHub may have. What could not be asked is told on
* standard error. Throws EnvironmentError when no target is known at all.
*/
async function shardsOf(edge, flags) {
	try {
		var _usingCtx3 = _usingCtx();
		const { root, stderr, signal } = edge;
		const artifact = checkArtifactPrefix(flags.artifact ?? "ovnfast");
		const limit = flags.shards ?? 256;
		if (limit > 256) throw new InputError(`--shards ${limit}: a matrix of GitHub has at most ${256} jobs`);
		const view = _usingCtx3.u(watchOnStderr(edge));
		const workshop = _usingCtx3.a(await Workshop.open(workshopOptions(edge, flags, view.emit)));
		const planned = await planShards(workshop, {
			targets: flags.target ?? [],
			moduleDirectory: moduleDirectory(edge, flags.module),
			...flags.suite ? { suites: flags.suite } : {},
			suitesRoot: join(root, "conformance"),
			shareBuilds: flags.shareBuilds ?? false,
			limit,
			artifact,
			signal
		});
		view.close();
		const reasons = planned.lost.map(({ message }) => message);
		if (planned.include.length === 0) throw new EnvironmentError("no target is known", { remedy: reasons.join("\n  ") });
		for (const message of reasons) stderr.write(`${message}\n`);
		return planned;
	} catch (_) {
		_usingCtx3.e = _;
	} finally {
		await _usingCtx3.d();
	}
}

export { readShardPlan as a, readBaseline as c, checkArtifactPrefix as i, runBench as l, shardsOf as n, processEdge as o, DEFAULT_ARTIFACT as r, benchOf as s, runPlan as t };
import { t as LineSplitter } from "./chunk-lines.js";
import { t as EnvironmentError } from "./chunk-errors.js";
import { i as workerFile, s as runProcess } from "./chunk-paths.js";
import { fileURLToPath } from "node:url";

// src/action/toolkit.ts
/** Descriptor that the answer is written to. */
const ANSWER = 3;
const COMPLAINT = /^::(?:warning|error)(?: [^:]*)?::(.*)$/;
const MAXIMUM_COMPLAINTS = 20;
/**
* Has one of GitHub's own clients (`@actions/cache`, `@actions/artifact`) do something, in a process that ends with its
* children when `signal` aborts or the time is over. Returns its answer, and what it complained about meanwhile.
* Throws EnvironmentError when there is no answer, the signal's reason.
*/
async function askToolkit(request, { directory, environment, timeoutSeconds, signal }) {
	const complaints = [];
	const lines = new LineSplitter((line) => {
		if (line.startsWith("::add-mask::")) process.stdout.write(`${line}\n`);
		const [, complaint] = COMPLAINT.exec(line) ?? [];
		if (complaint !== void 0 && complaints.length < MAXIMUM_COMPLAINTS) complaints.push(plain(complaint));
	});
	let said = "";
	const result = await runProcess(process.execPath, [fileURLToPath(workerFile("toolkit-worker", import.meta.url))], {
		cwd: directory,
		timeoutSeconds,
		signal,
		input: JSON.stringify(request),
		environment: {
			...inherited(environment),
			GITHUB_WORKSPACE: directory,
			RUNNER_TEMP: directory
		},
		extraDescriptors: ["pipe"],
		onSpawn: ({ stdio }) => stdio[3]?.on("data", (chunk) => said += chunk.toString("utf8")),
		onOutput: (chunk, stream) => stream === "stdout" && lines.push(chunk)
	});
	if (result.timedOut) throw new EnvironmentError(`no answer from GitHub's services within ${timeoutSeconds} s`);
	if (said === "") {
		const last = result.stderr.trim().split("\n").at(-1) ?? "";
		throw new EnvironmentError(`the client of GitHub's services ended with status ${result.code}: ${last}`);
	}
	return {
		...JSON.parse(said),
		complaints
	};
}
/** All that the clients may read, which are told by it where the services are; not the inputs, among which are keys. */
function inherited(environment) {
	const pairs = Object.entries(environment).filter(([name, value]) => value !== void 0 && !/^INPUT_/i.test(name));
	return Object.fromEntries(pairs);
}
/** As `@actions/core` escapes the text of a command. */
function plain(text) {
	return text.replaceAll("%0D", "").replaceAll("%0A", "\n").replaceAll("%25", "%");
}

export { askToolkit as t };
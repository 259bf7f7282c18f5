import { d as getExecOutput } from "./chunk-core.js";
import { t as EnvironmentError } from "./chunk-errors.js";
import { join } from "node:path";
import { constants } from "node:fs";
import { access, readFile, readdir, stat } from "node:fs/promises";

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
			where: wanted.path,
			remedy
		}).message);
	};
	if (user !== 0) for (const { name, closed, open } of SWITCHES) {
		const path = join(root, "proc/sys", name.replaceAll(".", "/"));
		if (await content(path) !== closed) continue;
		await change({
			kind: "content",
			path,
			before: closed,
			after: open
		}, `Sandboxes need user namespaces: run \`sudo sysctl -w ${name}=${open}\` on the runner, or the job as root.`);
	}
	const device = join(root, KVM);
	const mode = accelerator === "tcg" ? void 0 : await modeOf(device);
	if (mode === void 0 || await mayUse(device)) return;
	await change({
		kind: "mode",
		path: device,
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
		note(`Another job runs on this machine, so that these stay as they are: ${changes.map(({ path }) => path).join(", ")}`);
		return;
	}
	for (const change of changes.toReversed()) {
		const { kind, path, before, after } = change;
		if (await (kind === "content" ? content(path) : modeOf(path)) !== after) continue;
		const fault = await apply(change, before, signal);
		if (fault !== void 0) warn(new EnvironmentError(`${fault}; it was ${before} before this step`, { where: path }).message);
	}
}
/** Returns what went wrong. Paths and values are ours, none comes from an input. */
async function apply({ kind, path }, value, signal) {
	const [program = "", ...args] = kind === "content" ? ["tee", path] : [
		"chmod",
		value,
		path
	];
	try {
		const { exitCode, stdout, stderr } = await bounded(getExecOutput("sudo", [
			"-n",
			"--",
			"timeout",
			"-k",
			"5",
			String(SUDO_SECONDS),
			program,
			...args
		], {
			env: {
				PATH: process.env.PATH ?? "",
				LC_ALL: "C"
			},
			ignoreReturnCode: true,
			silent: true,
			...kind === "content" ? { input: Buffer.from(value) } : {}
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

export { restoreRunner as n, prepareRunner as t };
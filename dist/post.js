import { a as getState, h as warning, s as info } from "./chunk-semver.js";
import { i as saveCache, n as restoreRunner, s as harmless } from "./chunk-runner.js";
import { n as sharedAbortController } from "./chunk-abort.js";

// src/action/post.ts
const warn = (message) => warning(harmless(message));
const note = (message) => info(harmless(message));
/**
* The end of the job, also of one that failed or was cancelled: the machine is left as it was, what can be used again is saved.
* Nothing that goes wrong here fails the job, whose verdict is there.
*/
async function finishAction(process, signal) {
	const { env: environment } = process;
	try {
		const changes = JSON.parse(getState("runner") || "[]");
		await restoreRunner(changes, {
			signal,
			warn,
			note
		});
		await saveCache(getState("cache"), {
			environment,
			signal,
			warn,
			note
		});
	} catch (error) {
		warn(`not all is cleaned up and saved: ${error instanceof Error ? error.message : String(error)}`);
	}
}

// src/post.ts
const interruption = sharedAbortController();
for (const name of ["SIGINT", "SIGTERM"]) process.on(name, () => interruption.abort(/* @__PURE__ */ new Error(`cancelled (${name})`)));
await finishAction(process, interruption.signal);
process.exit();

export {  };
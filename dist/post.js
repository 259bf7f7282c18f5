import { i as info, n as getState, u as warning } from "./chunk-core.js";
import { n as restoreRunner } from "./chunk-runner.js";

// src/action/post.ts
/**
* The end of the job, also of one that failed or was cancelled: the machine is left as it was. Nothing that goes wrong here fails
* the job: what it was about has been decided.
*/
async function finishAction() {
	try {
		const changes = JSON.parse(getState("runner") || "[]");
		const { signal } = new AbortController();
		await restoreRunner(changes, {
			signal,
			warn: warning,
			note: info
		});
	} catch (error) {
		warning(`clean-up: ${error instanceof Error ? error.message : String(error)}`);
	}
}

// src/post.ts
await finishAction();
process.exit();

export {  };
import { Ct as describeTerminal, dt as LiveView } from "./chunk-workshop.js";

// src/commands/listener.ts
/** The live view on standard error, for commands whose result is what they print. Closed when its scope ends. */
function watchOnStderr(edge) {
	return new LiveView({
		output: edge.stderr,
		terminal: describeTerminal(edge.stderr, edge.environment)
	});
}

export { watchOnStderr as t };
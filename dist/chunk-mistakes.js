import { r as InputError } from "./chunk-errors.js";

// src/release/mistakes.ts
const SHOWN = 50;
/** Everything that is wrong with the input, to be told at once. */
var Mistakes = class {
	messages = /* @__PURE__ */ new Set();
	/** Notes a mistake. The same one is told once. */
	add(what, { remedy } = {}) {
		this.messages.add(new InputError(what, remedy === void 0 ? {} : { remedy }).message);
	}
	/** What `work` returns; undefined when it throws an InputError, which is noted. Other errors pass. */
	async catch(work) {
		try {
			return await work();
		} catch (error) {
			if (!(error instanceof InputError)) throw error;
			this.messages.add(error.message);
			return;
		}
	}
	/** Throws one InputError with all that was noted, if anything was. */
	throwAny() {
		const all = [...this.messages];
		const [first] = all;
		if (first === void 0) return;
		if (all.length === 1) throw new InputError(first);
		const shown = all.slice(0, SHOWN).map((message) => `\n- ${message}`);
		const more = all.length > SHOWN ? `\n- and ${all.length - SHOWN} more` : "";
		throw new InputError(`${all.length} mistakes, nothing was written:${shown.join("")}${more}`);
	}
};

export { Mistakes as t };
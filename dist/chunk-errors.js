// src/errors.ts
/** An error that a person can act on: what happened, where, and what to do. Its message is all that is shown without `--debug`. */
var ExplainedError = class extends Error {
	constructor(what, { where, remedy, cause } = {}) {
		super([where === void 0 ? what : `${where}: ${what}`, ...remedy === void 0 ? [] : [remedy]].join("\n  "), { cause });
	}
};
/** Bad usage or bad input: exit status 2. */
var InputError = class extends ExplainedError {
	name = "InputError";
	exitCode = 2;
};
/** The environment or a mirror failed, the input may be fine: exit status 3. */
var EnvironmentError = class extends ExplainedError {
	name = "EnvironmentError";
	exitCode = 3;
};

export { ExplainedError as n, InputError as r, EnvironmentError as t };
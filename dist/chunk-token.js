import { r as InputError, t as EnvironmentError } from "./chunk-errors.js";
import { t as TemporaryDirectory } from "./chunk-files.js";
import { t as _usingCtx } from "./chunk-usingCtx.js";
import { s as runProcess } from "./chunk-paths.js";
import { join } from "node:path";
import { readFile, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";

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

// src/release/token.ts
const PREFIX = "pkcs11:";
/** Some tokens wait for a finger. */
const TOKEN_SECONDS = 120;
const PROBE_SECONDS = 20;
/** What OpenSSL and the driver of a token look for. Nothing else of our environment is their business. */
const INHERITED = /^(PATH|HOME|LD_LIBRARY_PATH|OPENSSL_\w+|PKCS11_\w+|PKCS11SPY\w*|SOFTHSM2_CONF|P11_\w+)$/;
/** How OpenSSL reaches tokens: 3.0 and later by the provider of that name, older ones by the engine of libp11. */
const WAYS = [{
	probe: [
		"list",
		"-providers",
		"-provider",
		"default",
		"-provider",
		"pkcs11"
	],
	works: ({ code, stdout }) => code === 0 && /^\s*pkcs11\s*$/m.test(stdout),
	options: [
		"-provider",
		"default",
		"-provider",
		"pkcs11"
	]
}, {
	probe: [
		"engine",
		"-t",
		"pkcs11"
	],
	works: ({ code, stdout }) => code === 0 && /\[ available \]/.test(stdout),
	options: [
		"-engine",
		"pkcs11",
		"-keyform",
		"engine"
	]
}];
/** Whether a key is named by a PKCS#11 URI. */
function isTokenKey(key) {
	return key?.startsWith(PREFIX) ?? false;
}
/**
* The raw signature of `data` by a key that does not leave its token. The driver of a token belongs to the machine that it is
* plugged into, and so does the `openssl` that is asked here: none of a pinned sysroot could reach it. The PIN goes through
* the environment. Throws EnvironmentError when OpenSSL cannot reach the token.
*/
async function signWithToken(data, options) {
	try {
		var _usingCtx$1 = _usingCtx();
		const { uri, pin, hash } = options;
		const way = await findWay(options);
		const scratch = _usingCtx$1.a(await TemporaryDirectory.create(tmpdir(), "ovnfast-sign-"));
		const [input, output] = ["module", "signature"].map((name) => join(scratch.path, name));
		await writeFile(input, data, { mode: 384 });
		const secret = pin === void 0 ? [] : ["-passin", "env:OVNFAST_PIN"];
		const result = await openssl([
			"dgst",
			`-${hash}`,
			...way,
			...secret,
			"-sign",
			uri,
			"-out",
			output,
			input
		], TOKEN_SECONDS, options);
		const signature = result.code === 0 ? await readFile(output).catch(() => Buffer.alloc(0)) : Buffer.alloc(0);
		if (signature.length > 0) return signature;
		throw new EnvironmentError(`the token did not sign (${said(result, pin)})`, {
			where: uri,
			remedy: "Check that the token is there, the names in the URI, and the PIN in KBUILD_SIGN_PIN."
		});
	} catch (_) {
		_usingCtx$1.e = _;
	} finally {
		await _usingCtx$1.d();
	}
}
/** Throws InputError for a URI that has a secret in it: others can read the arguments of a program. */
function checkTokenKey(uri, place) {
	if (!/[;?&:](pin-value)=/i.test(uri)) return;
	throw new InputError("a PKCS#11 URI with a PIN in it can be read by everybody on this machine", { remedy: `Leave pin-value out and put the PIN into ${place}.` });
}
async function findWay(options) {
	const answers = [];
	for (const way of WAYS) {
		const result = await openssl(way.probe, PROBE_SECONDS, options);
		if (way.works(result)) return way.options;
		answers.push(said(result, options.pin));
	}
	throw new EnvironmentError(`openssl has neither a provider nor an engine for PKCS#11 (${answers.join("; ")})`, { remedy: "Install pkcs11-provider or libengine-pkcs11-openssl (openssl-pkcs11 of the RPM family)." });
}
async function openssl(args, timeoutSeconds, options) {
	const { pin, signal } = options;
	const inherited = Object.entries(options.environment).filter(([name, value]) => value && INHERITED.test(name));
	const environment = {
		PATH: "/usr/bin:/bin",
		...Object.fromEntries(inherited)
	};
	if (pin !== void 0) environment.OVNFAST_PIN = pin;
	try {
		return await runProcess("openssl", args, {
			timeoutSeconds,
			signal,
			environment
		});
	} catch (cause) {
		signal.throwIfAborted();
		throw new EnvironmentError(`openssl cannot be started (${cause.code})`, { remedy: "A key in a token is used through the openssl of this machine: install it." });
	}
}
/** The last words of a program, without the PIN should they quote it. */
function said({ code, killedBy, timedOut, stderr }, pin) {
	const [line = ""] = stderr.trim().split("\n");
	const words = timedOut ? "no answer in time" : line || `exit status ${code ?? killedBy}`;
	return pin ? words.replaceAll(pin, "***") : words;
}

export { Mistakes as i, isTokenKey as n, signWithToken as r, checkTokenKey as t };
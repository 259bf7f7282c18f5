import { p as package_default, t as isPem } from "./chunk-certificate.js";
import { t as proxySettings } from "./chunk-workshop.js";
import { r as InputError } from "./chunk-errors.js";
import { t as TemporaryDirectory } from "./chunk-files.js";
import { a as addressOf, i as assemble, l as versionOf, n as deliver, r as findDestination, s as imageRepository, t as openSigner } from "./chunk-sign.js";
import { i as Mistakes, n as isTokenKey } from "./chunk-token.js";
import { t as _usingCtx } from "./chunk-usingCtx.js";
import { join, resolve } from "node:path";

// src/action/release.ts
/** How the inputs are called, for what is told. */
const CALLED = {
	keyText: "signing-key",
	pin: "the input signing-passphrase",
	certificate: "the input signing-certificate",
	repository: "GITHUB_REPOSITORY names it in a job of GitHub.",
	token: "Leave the input token out, or give it one that may write to the contents of the repository."
};
/** Looks at what a release needs, before anything is built. What is wrong goes to `mistakes`. */
async function checkRelease(release, edge, mistakes) {
	await mistakes.catch(async () => versionOf(release.tag));
	const signer = await mistakes.catch(async () => signing(release, edge));
	if (signer) await mistakes.catch(signer);
	await destinationOf(release, edge, mistakes);
}
/**
* Makes a release of a run that has passed: signs, attests and publishes it as the inputs say. Its files are made below the
* directory of the runner for such things, as `out` is of the run alone. Throws InputError, EnvironmentError or the signal's reason.
*/
async function releaseRun(release, edge, run) {
	try {
		var _usingCtx$1 = _usingCtx();
		const { environment, signal } = edge;
		const mistakes = new Mistakes();
		const signer = signing(release, edge);
		const destination = await destinationOf(release, edge, mistakes);
		mistakes.throwAny();
		if (!destination) throw new InputError("there is nowhere to publish the release", { remedy: CALLED.repository });
		const repository = addressOf(destination, environment);
		const scratch = _usingCtx$1.a(await TemporaryDirectory.create(environment.RUNNER_TEMP || edge.cache, "ovnfast-release-"));
		const made = await assemble({
			directories: [run.out],
			tag: release.tag,
			repository,
			root: edge.root,
			moduleDirectories: run.moduleDirectories,
			allowFailed: false,
			out: join(scratch.path, "release"),
			toolVersion: package_default.version,
			environment,
			signal,
			...signer ? { openSigner: signer } : {},
			image: {
				base: run.imageBase,
				repository: imageRepository(void 0, repository)
			}
		});
		const published = await deliver(made, {
			destination,
			environment,
			signal,
			...wishesOf(release),
			note: run.note,
			toolVersion: package_default.version,
			proxy: proxySettings(environment)
		});
		if (!published) throw new Error("a release that was to be published was not");
		return published;
	} catch (_) {
		_usingCtx$1.e = _;
	} finally {
		await _usingCtx$1.d();
	}
}
function wishesOf({ draft, prerelease, attest }) {
	return {
		publish: true,
		attest,
		draft,
		prerelease
	};
}
function destinationOf(release, { environment }, mistakes) {
	const wishes = {
		...wishesOf(release),
		repository: environment.GITHUB_REPOSITORY,
		token: release.token
	};
	return findDestination(wishes, environment, mistakes, CALLED);
}
function signing(release, edge) {
	const { signingKey: key, signingCertificate: certificate, signingPassphrase: pin } = release;
	if (key === void 0) {
		if (certificate === void 0) return void 0;
		throw new InputError("there is the input signing-certificate, and none of signing-key", { remedy: "Give the key from a secret as signing-key, or leave both out." });
	}
	if (certificate === void 0) throw new InputError("there is the input signing-key, and none of signing-certificate", { remedy: "Give the certificate that the kernels trust, or its path, as signing-certificate." });
	if (!isTokenKey(key) && !isPem(key)) throw new InputError("the input signing-key is neither a private key in PEM nor a PKCS#11 URI", { remedy: "Give the text of the key from a secret: a file in the workspace would be in the repository." });
	return () => openSigner({
		...isTokenKey(key) ? { key } : { keyText: key },
		...pin === void 0 ? {} : { pin },
		certificate: isPem(certificate) ? certificate : resolve(edge.workingDirectory, certificate),
		hash: "sha256",
		environment: edge.environment,
		called: CALLED
	});
}

export { checkRelease, releaseRun };
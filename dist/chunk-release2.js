import { p as package_default, t as isPem } from "./chunk-certificate.js";
import { n as ExplainedError, r as InputError } from "./chunk-errors.js";
import { b as matchKernel, r as ownModules, t as watchOnStderr } from "./chunk-listener.js";
import { lt as compareReleases, n as workshopOptions, st as labelOf, t as proxySettings } from "./chunk-workshop.js";
import { a as addressOf, c as ATTESTATION, i as assemble, n as deliver, o as parseRepository, r as findDestination, s as imageRepository, t as openSigner } from "./chunk-sign.js";
import { i as Mistakes, n as isTokenKey } from "./chunk-token.js";
import { i as counted, t as byteSize } from "./chunk-text.js";
import { t as Workshop } from "./chunk-workshop2.js";
import { t as fetchImageBase } from "./chunk-image-base.js";
import { t as _usingCtx } from "./chunk-usingCtx.js";
import { join, resolve } from "node:path";

// src/commands/release.ts
const CALLED = {
	repository: "Name it: --repo OWNER/NAME.",
	token: "Put one that may write to the contents of the repository into the environment as GITHUB_TOKEN."
};
/** `ovnfast release DIR...`: makes the directory of a release from what runs have left, and publishes and attests it when asked to. */
async function runRelease(edge, flags, directories) {
	const { environment, signal, workingDirectory } = edge;
	const name = flags.repo ?? environment.GITHUB_REPOSITORY;
	const repository = name === void 0 ? void 0 : parseRepository(name);
	const signer = signing(edge, flags);
	const address = repository && addressOf(repository, environment);
	const image = flags.image === false ? void 0 : imageRepository(flags.image, address);
	const destination = await destinationOf(edge, flags, name);
	const release = await assemble({
		directories: (directories.length > 0 ? directories : ["out"]).map((one) => resolve(workingDirectory, one)),
		tag: flags.tag,
		...address === void 0 ? {} : { repository: address },
		moduleDirectories: await sourceDirectories(edge, flags.module),
		allowFailed: flags.allowFailed ?? false,
		out: resolve(workingDirectory, flags.out),
		toolVersion: package_default.version,
		environment,
		...signer ? { openSigner: signer } : {},
		...flags.fits ? { judge: judgeOf(edge, flags, flags.fits) } : {},
		...image === void 0 ? {} : { image: {
			repository: image,
			base: () => baseOf(edge, flags)
		} },
		root: edge.root,
		signal
	});
	for (const { status, ...target } of release.leftOut) edge.stderr.write(`not released: ${labelOf(target)}${target.subject ? `, ${target.subject}` : ""} (${status})\n`);
	if (!flags.json) edge.stdout.write(text(release, flags.out));
	const published = destination && await deliver(release, {
		destination,
		environment,
		signal,
		...wishesOf(flags),
		toolVersion: package_default.version,
		proxy: proxySettings(environment),
		note: (message) => edge.stderr.write(`${message}\n`)
	});
	const attested = flags.attest ? join(flags.out, ATTESTATION) : void 0;
	if (flags.json) {
		const more = {
			...attested ? { attested } : {},
			...published ? { published } : {}
		};
		edge.stdout.write(`${JSON.stringify({
			...outcome(release),
			...more
		}, null, 2)}\n`);
	} else {
		if (attested) edge.stdout.write(`attested: ${attested}\n`);
		if (published) edge.stdout.write(`${published.state}: ${published.url}\n`);
	}
	return 0;
}
function wishesOf({ publish = false, attest = false, draft = false, prerelease = false }) {
	return {
		publish,
		attest,
		draft,
		prerelease
	};
}
/** Where it goes, if anywhere; what is missing for it is told before anything is begun. */
async function destinationOf({ environment }, flags, repository) {
	const mistakes = new Mistakes();
	const { draft, prerelease, publish } = flags;
	if (!publish && (draft || prerelease)) mistakes.add(`--${draft ? "draft" : "prerelease"} goes with --publish`);
	const wishes = {
		...wishesOf(flags),
		repository,
		token: environment.GITHUB_TOKEN
	};
	const destination = await findDestination(wishes, environment, mistakes, CALLED);
	mistakes.throwAny();
	return destination;
}
async function baseOf(edge, flags) {
	try {
		var _usingCtx$1 = _usingCtx();
		const view = _usingCtx$1.u(watchOnStderr(edge));
		return await fetchImageBase(edge, flags, view.emit);
	} catch (_) {
		_usingCtx$1.e = _;
	} finally {
		_usingCtx$1.d();
	}
}
/** Those that were named, or all that come with the tool. */
async function sourceDirectories(edge, named) {
	return named?.map((directory) => resolve(edge.workingDirectory, directory)) ?? await ownModules(edge);
}
/** The key comes from the environment or from a file or token that is named; itself it is never an argument. */
function signing({ environment, workingDirectory }, flags) {
	const { signCertificate, signHash } = flags;
	const given = environment.OVNFAST_SIGNING_KEY || void 0;
	const keyText = isTokenKey(given) ? void 0 : given;
	const signKey = flags.signKey ?? (isTokenKey(given) ? given : void 0);
	if (signKey === void 0 && keyText === void 0) {
		if (signCertificate === void 0) return void 0;
		throw new InputError("there is a certificate and no key to sign with", { remedy: "Name the key with --sign-key, or put it into the environment as OVNFAST_SIGNING_KEY." });
	}
	if (signCertificate === void 0) throw new InputError("there is a key to sign with and no certificate", { remedy: "Name the certificate that the kernels trust with --sign-certificate." });
	if (signKey !== void 0 && isPem(signKey)) throw new InputError("--sign-key is a path or a PKCS#11 URI: the key itself could be read by everybody here", { remedy: "Put the key into the environment as OVNFAST_SIGNING_KEY." });
	const pin = environment.KBUILD_SIGN_PIN || void 0;
	const key = signKey === void 0 || isTokenKey(signKey) ? signKey : resolve(workingDirectory, signKey);
	return () => openSigner({
		...key === void 0 ? {} : { key },
		...keyText === void 0 ? {} : { keyText },
		...pin === void 0 ? {} : { pin },
		certificate: isPem(signCertificate) ? signCertificate : resolve(workingDirectory, signCertificate),
		hash: signHash ?? "sha256",
		environment
	});
}
/** Holds modules against kernels of the matrix by symbol versions, each against the newest of its own distribution that fits. */
function judgeOf(edge, flags, patterns) {
	return async (modules) => {
		try {
			var _usingCtx3 = _usingCtx();
			const view = _usingCtx3.u(watchOnStderr(edge));
			const workshop = _usingCtx3.a(await Workshop.open(workshopOptions(edge, flags, view.emit)));
			const targets = await workshop.targets({
				patterns,
				builds: false,
				boots: false
			});
			const settled = await Promise.allSettled(targets.map(async (target) => {
				const kernel = await workshop.kernelInterface(target);
				view.emit({
					type: "ready",
					target: labelOf(target)
				});
				const fitting = modules.filter(({ id }) => id === target.id).sort((a, b) => compareReleases(b.name, a.name)).find(({ module }) => matchKernel(module, kernel).fits);
				const { id, kernel: release, arch, distribution } = target;
				return fitting ? [{
					id,
					kernel: release,
					arch,
					title: distribution.title,
					files: [fitting.name],
					basis: "versions",
					status: "skip",
					suites: []
				}] : [];
			}));
			view.close();
			return settled.flatMap((result, index) => {
				if (result.status === "fulfilled") return result.value;
				const { reason } = result;
				const target = targets[index];
				if (!target || target.pinned || edge.signal.aborted || !(reason instanceof ExplainedError)) throw reason;
				edge.stderr.write(`not judged: ${labelOf(target)}: ${reason.message}\n`);
				return [];
			});
		} catch (_) {
			_usingCtx3.e = _;
		} finally {
			await _usingCtx3.d();
		}
	};
}
function outcome({ tag, version, commit, directory, files, provenance, image, leftOut }) {
	const { subject, predicateType, predicate } = provenance;
	return {
		tag,
		version,
		...commit === void 0 ? {} : { commit },
		directory,
		files,
		...image ? { image } : {},
		attestation: {
			subjects: subject,
			predicateType,
			predicate
		},
		leftOut: leftOut.map(({ id, kernel, status, reason }) => ({
			id,
			kernel,
			status,
			...reason ? { reason } : {}
		}))
	};
}
function text({ files, tag, index }, out) {
	const lines = files.map(({ name, size }) => `  ${name}  ${byteSize(size)}`);
	const kernels = counted(new Set(index.kernels.map(labelOf)).size, "kernel release");
	return `${tag}: ${counted(files.length, "file")} for ${kernels} in ${out}\n${lines.join("\n")}\n`;
}

export { runRelease };
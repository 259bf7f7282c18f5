import { r as InputError, t as EnvironmentError } from "./chunk-errors.js";
import { n as workshopOptions, y as inputOf } from "./chunk-workshop.js";
import { i as require_packageurl_js, r as materialsOf } from "./chunk-materials.js";
import { r as decompress, s as readRange, t as CorruptData } from "./chunk-decompress.js";
import { i as parseControl, t as Workshop } from "./chunk-workshop2.js";
import { o as readDebLayout, s as readTarFile } from "./chunk-unpack.js";
import { t as _usingCtx } from "./chunk-usingCtx.js";
import { open } from "node:fs/promises";

// src/release/node/base.ts
var import_packageurl_js = require_packageurl_js();
/** The sysroot of matrix/tools.yml that the base is made of. */
const BASE_SYSROOT = "node-image";
const MAXIMUM_BYTES = 16 * 2 ** 20;
/** What is taken of each package; everything else in them is of no use in the image. */
const WANTED = {
	"busybox-static": [{
		path: "bin/busybox",
		mode: 493
	}, { path: "usr/share/doc/busybox-static/copyright" }],
	"base-files": [
		{ path: "usr/lib/os-release" },
		{ path: "usr/share/common-licenses/GPL-2" },
		{ path: "usr/share/common-licenses/LGPL-2.1" },
		{ path: "usr/share/doc/base-files/copyright" }
	]
};
/** Programs that a script finds by name; of all that busybox has, what scripts and people use. Its shell knows the others, too. */
const APPLETS = [
	...[
		"awk",
		"basename",
		"cat",
		"chmod",
		"chown",
		"chroot",
		"cmp",
		"cp",
		"cut",
		"date",
		"dirname",
		"dmesg",
		"echo"
	],
	...[
		"env",
		"expr",
		"false",
		"find",
		"grep",
		"gunzip",
		"gzip",
		"head",
		"hostname",
		"id",
		"kill",
		"ln",
		"ls",
		"lsmod"
	],
	...[
		"mkdir",
		"mktemp",
		"mount",
		"mv",
		"nsenter",
		"od",
		"printf",
		"ps",
		"pwd",
		"readlink",
		"realpath",
		"rm",
		"rmdir"
	],
	...[
		"sed",
		"seq",
		"sh",
		"sha256sum",
		"sleep",
		"sort",
		"stat",
		"sync",
		"tail",
		"tar",
		"tee",
		"test",
		"timeout"
	],
	...[
		"touch",
		"tr",
		"true",
		"umount",
		"uname",
		"uniq",
		"wc",
		"which",
		"xargs",
		"zcat"
	]
];
const PLACES = [
	...[
		"dev",
		"etc",
		"host",
		"proc",
		"root",
		"sys"
	].map((path) => ({
		path,
		directory: true
	})),
	{
		path: "tmp",
		directory: true,
		mode: 1023
	},
	{
		path: "etc/os-release",
		link: "../usr/lib/os-release"
	},
	{
		path: "etc/passwd",
		content: Buffer.from("root:x:0:0:root:/root:/bin/sh\nnobody:x:65534:65534:nobody:/:/bin/false\n")
	},
	{
		path: "etc/group",
		content: Buffer.from("root:x:0:\nnogroup:x:65534:\n")
	}
];
/**
* Reads the base of the image from its packages, .deb files with a busybox that needs no library. `input` says what is pinned;
* `paths` where each package is, by SHA-256. Nothing of them is run. Throws InputError for packages that are not the expected
* ones, EnvironmentError for one that is damaged.
*/
async function readImageBase(input, paths) {
	const packages = [];
	const tree = [...PLACES];
	for (const material of materialsOf(input)) {
		const { name, sha256 } = material;
		const wanted = WANTED[name];
		const path = paths.get(sha256);
		if (!path) throw new Error(`the package ${name} was not fetched`);
		if (!wanted) throw new InputError(`the sysroot ${BASE_SYSROOT} has the package ${name}, which has no place in the image`, {
			where: "matrix/tools.yml",
			remedy: `It consists of ${Object.keys(WANTED).join(" and ")}; leave others out with \`exclude:\`.`
		});
		try {
			const control = await readMember(path, "control.tar", "control");
			packages.push({
				...material,
				sources: sourcesOf(parseControl(control.toString("utf8")), material)
			});
			for (const file of wanted) tree.push({
				...file,
				content: await readMember(path, "data.tar", file.path)
			});
			tree.push({
				path: `var/lib/dpkg/status.d/${name}`,
				content: control
			});
		} catch (error) {
			if (!(error instanceof CorruptData)) throw error;
			throw new EnvironmentError(`the package ${name} of the image cannot be read: ${error.message}`, {
				where: path,
				cause: error
			});
		}
	}
	for (const name of Object.keys(WANTED)) {
		if (packages.some((one) => one.name === name)) continue;
		throw new InputError(`the sysroot ${BASE_SYSROOT} has no package ${name}, which the image needs`, { where: "matrix/tools.yml" });
	}
	for (const name of APPLETS) tree.push({
		path: `bin/${name}`,
		link: "busybox"
	});
	return {
		tree,
		packages
	};
}
async function readMember(path, member, name) {
	const file = await open(path);
	try {
		const { offset, length, compression } = await readDebLayout(file, member);
		return await readTarFile(decompress(readRange(file, offset, length), compression, {}), name, MAXIMUM_BYTES);
	} finally {
		await file.close();
	}
}
/**
* See deb-control(5): `Source` where it is not called as the package is, and `Built-Using`, with exact versions, of what was
* linked into it, as the C library of a static program.
*/
function sourcesOf(control, { name, version, archive, purl }) {
	const [, source = name, sourceVersion = version] = /^(\S+)(?: \(([^)]+)\))?$/.exec(control.get("Source") ?? "") ?? [];
	const found = [[source, sourceVersion]];
	for (const field of ["Built-Using", "Static-Built-Using"]) for (const item of (control.get(field) ?? "").split(",")) {
		const [, used, usedVersion] = /^\s*(\S+) \(= ([^)\s]+)\)\s*$/.exec(item) ?? [];
		if (used !== void 0 && usedVersion !== void 0) found.push([used, usedVersion]);
	}
	const vendor = import_packageurl_js.PackageURL.fromString(purl).namespace ?? archive;
	return found.map(([name = "", version = ""]) => ({
		name,
		version,
		purl: new import_packageurl_js.PackageURL("deb", vendor, name, version, { arch: "source" }, null).toString(),
		...vendor === "debian" ? { url: `https://snapshot.debian.org/package/${encoded(name)}/${encoded(version)}/` } : {}
	}));
}
/** As encodeURIComponent, and nothing that Markdown could take for the end of an address. */
function encoded(text) {
	return encodeURIComponent(text).replace(/[!'()*]/g, (character) => `%${character.charCodeAt(0).toString(16)}`);
}

// src/commands/image-base.ts
/**
* What the container image of a release is made on: packages as the matrix pins them, fetched when they are not in the cache.
* Throws InputError for a matrix without them, and what fetching throws.
*/
async function fetchImageBase(edge, flags, emit) {
	try {
		var _usingCtx$1 = _usingCtx();
		const { signal } = edge;
		const { obtainer, matrix } = _usingCtx$1.a(await Workshop.open(workshopOptions(edge, flags, emit)));
		const tool = matrix.tools.find(({ name }) => name === BASE_SYSROOT);
		if (!tool) throw new InputError(`the matrix has no sysroot "${BASE_SYSROOT}", which the container image is made on`, {
			where: matrix.directory,
			remedy: "Take it over from the tools.yml that comes with ovnfast, or leave the image out with --no-image."
		});
		const locked = await obtainer.toolLock(tool, signal);
		const { effective, sysroots } = await obtainer.obtain(locked, {
			sysroots: [BASE_SYSROOT],
			signal
		});
		for (const { message } of effective.warnings) emit({
			type: "warning",
			target: BASE_SYSROOT,
			message
		});
		const fetched = sysroots.get("node-image") ?? [];
		return await readImageBase(inputOf(effective, [BASE_SYSROOT]), new Map(fetched.map(({ pin, path }) => [pin.sha256, path])));
	} catch (_) {
		_usingCtx$1.e = _;
	} finally {
		await _usingCtx$1.d();
	}
}

export { fetchImageBase as t };
import { a as isDeb, d as readRpmHeaders, f as MalformedRpm, g as detectCompression, i as memberPath, m as decompress, n as TreeWriter, o as readDebLayout, p as CorruptData, r as MERGED, t as LIMITS, v as readRange } from "./chunk-tree-writer.js";
import { join } from "node:path";
import { chmodSync, copyFileSync, linkSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import { createHash } from "node:crypto";
import { open } from "node:fs/promises";
import { parentPort } from "node:worker_threads";

// src/sysroot/furnish.ts
/** Directories with their modes; also the places where a sandbox mounts things. */
const DIRECTORIES = {
	dev: 493,
	etc: 493,
	proc: 493,
	root: 493,
	run: 493,
	sys: 493,
	tmp: 1023,
	var: 493
};
const LINKS = {
	"etc/mtab": "/proc/self/mounts",
	"var/run": "/run",
	"var/lock": "/run/lock"
};
const FILES = {
	"etc/passwd": "root:x:0:0:root:/root:/bin/sh\nnobody:x:65534:65534:nobody:/nonexistent:/usr/sbin/nologin\n",
	"etc/group": "root:x:0:\nnogroup:x:65534:\n",
	"etc/hosts": "127.0.0.1 localhost\n::1 localhost ip6-localhost\n",
	"etc/nsswitch.conf": "passwd: files\ngroup: files\nhosts: files\nprotocols: files\nservices: files\n"
};
const sbin = (name) => `usr/sbin/${name}`;
const iptables = (family) => [
	"",
	"-save",
	"-restore"
].map((suffix) => [sbin(`${family}${suffix}`), [sbin(`${family}-nft${suffix}`), sbin(`${family}-legacy${suffix}`)]]);
/** Names that update-alternatives would have linked, with the programs that can stand for them, best first. */
const ALTERNATIVES = [
	["usr/bin/sh", [
		"usr/bin/dash",
		"usr/bin/bash",
		"usr/bin/busybox"
	]],
	["usr/bin/awk", [
		"usr/bin/gawk",
		"usr/bin/mawk",
		"usr/bin/original-awk"
	]],
	["usr/bin/which", ["usr/bin/which.debianutils"]],
	["usr/bin/cc", ["usr/bin/gcc", "usr/bin/clang"]],
	["usr/bin/c++", ["usr/bin/g++", "usr/bin/clang++"]],
	["usr/bin/ld", ["usr/bin/ld.bfd", "usr/bin/ld.gold"]],
	["usr/bin/nc", ["usr/bin/nc.openbsd", "usr/bin/nc.traditional"]],
	["usr/bin/pager", ["usr/bin/less", "usr/bin/more"]],
	...iptables("iptables"),
	...iptables("ip6tables"),
	["usr/sbin/arptables", ["usr/sbin/arptables-nft", "usr/sbin/arptables-legacy"]],
	["usr/sbin/ebtables", ["usr/sbin/ebtables-nft", "usr/sbin/ebtables-legacy"]]
];

// src/sysroot/tree.ts
const MAXIMUM_LINKS = 40;
/**
* Makes one root of many unpacked packages by hard links, as dpkg would have installed them: a later package's file
* replaces an earlier one's, a directory is never replaced by a link to one, and a path that leads through another
* package's symbolic link goes where that link leads inside of the root. All of that is worked out in memory,
* so no link is ever followed on the host.
*/
function buildTree({ packages, root }) {
	const tree = new Tree();
	for (const directory of packages) {
		const contents = JSON.parse(readFileSync(join(directory, "contents.json"), "utf8"));
		for (const content of contents) tree.add(content, join(directory, "root"));
	}
	tree.furnish();
	mkdirSync(root);
	write(tree.top, root);
	for (const [path, text] of Object.entries(FILES)) if (tree.find(path) === void 0) writeFileSync(join(root, path), text, {
		flag: "wx",
		mode: 420
	});
}
var Tree = class {
	top = {
		kind: "d",
		mode: 493,
		children: /* @__PURE__ */ new Map()
	};
	add(content, source) {
		const [kind, path] = content;
		const parts = path.split("/");
		const name = parts.pop() ?? "";
		const { children } = this.directory(parts);
		const before = children.get(name);
		if (kind === "d") {
			if (before?.kind === "l") this.directory([...parts, name]);
			else if (before?.kind !== "d") children.set(name, {
				kind: "d",
				mode: content[2],
				children: /* @__PURE__ */ new Map()
			});
		} else if (before?.kind !== "d") children.set(name, kind === "f" ? {
			kind,
			source: join(source, path)
		} : {
			kind,
			target: content[2]
		});
	}
	/** The node at a path, links in its directories followed inside of the root; the last part is not followed. */
	find(path) {
		const parts = path.split("/");
		const name = parts.pop() ?? "";
		return this.walk(parts, false)?.children.get(name);
	}
	furnish() {
		for (const name of MERGED) {
			if (name !== "lib32" && name !== "libx32") this.directory(["usr", name]);
			if (this.find(`usr/${name}`)) this.top.children.set(name, {
				kind: "l",
				target: `usr/${name}`
			});
		}
		for (const [path, mode] of Object.entries(DIRECTORIES)) if (this.find(path) === void 0) this.add([
			"d",
			path,
			mode
		], "");
		for (const [path, target] of Object.entries(LINKS)) if (this.find(path) === void 0) this.add([
			"l",
			path,
			target
		], "");
		for (const [path, candidates] of ALTERNATIVES) {
			const chosen = candidates.find((candidate) => this.find(candidate) !== void 0);
			if (chosen !== void 0 && this.find(path) === void 0) this.add([
				"l",
				path,
				`/${chosen}`
			], "");
		}
	}
	directory(parts) {
		return this.walk(parts, true);
	}
	/** Goes down directory by directory as the kernel would with this tree as its root. */
	walk(parts, create) {
		const trail = [this.top];
		const todo = [...parts];
		for (let links = 0; todo.length > 0;) {
			const part = todo.shift();
			const here = trail[trail.length - 1];
			if (part === "" || part === ".") continue;
			if (part === "..") {
				if (trail.length > 1) trail.pop();
				continue;
			}
			let next = here.children.get(part);
			if (next?.kind === "l" && links++ < MAXIMUM_LINKS) {
				if (next.target.startsWith("/")) trail.length = 1;
				todo.unshift(...next.target.split("/"));
				continue;
			}
			if (next?.kind !== "d") {
				if (!create) return void 0;
				next = {
					kind: "d",
					mode: 493,
					children: /* @__PURE__ */ new Map()
				};
				here.children.set(part, next);
			}
			trail.push(next);
		}
		return trail[trail.length - 1];
	}
};
function write(node, path) {
	for (const [name, child] of node.children) {
		const childPath = `${path}/${name}`;
		if (child.kind === "l") symlinkSync(child.target, childPath);
		else if (child.kind === "f") linkOrCopy(child.source, childPath);
		else {
			mkdirSync(childPath);
			write(child, childPath);
		}
	}
	chmodSync(path, node.mode);
}
/** File systems without hard links, or an inode that has as many as it can have, get a copy. */
function linkOrCopy(from, to) {
	try {
		linkSync(from, to);
	} catch (error) {
		const { code } = error;
		if (code !== "EMLINK" && code !== "EPERM" && code !== "ENOTSUP" && code !== "EXDEV") throw error;
		copyFileSync(from, to);
	}
}

// src/packages/rpm/files.ts
/** Numbers of rpm's include/rpm/rpmtag.h. */
const TAG = {
	oldFileNames: 1027,
	sizes: 1028,
	modes: 1030,
	mtimes: 1034,
	linkTargets: 1036,
	flags: 1037,
	devices: 1095,
	inodes: 1096,
	directoryIndexes: 1116,
	baseNames: 1117,
	directoryNames: 1118,
	/** In place of `sizes` where one is 4 GiB or more. */
	longSizes: 5008
};
/** rpmfiles.h: RPMFILE_GHOST. */
const GHOST = 64;
/** The files of a package, in the order of its header. Throws MalformedRpm when the lists do not fit together. */
function rpmFiles(header) {
	if (header.has(TAG.oldFileNames)) throw new MalformedRpm("its file names are in a form older than rpm 4");
	const baseNames = header.strings(TAG.baseNames) ?? [];
	const directories = header.strings(TAG.directoryNames) ?? [];
	const list = (values, tag) => {
		if ((values ?? []).length === baseNames.length) return values ?? [];
		throw new MalformedRpm(`tag ${tag} has ${(values ?? []).length} values for ${baseNames.length} files`);
	};
	const numbers = (tag) => list(header.numbers(tag), tag);
	const sizes = header.has(TAG.longSizes) ? numbers(TAG.longSizes) : numbers(TAG.sizes);
	const modes = numbers(TAG.modes);
	const mtimes = numbers(TAG.mtimes);
	const targets = list(header.strings(TAG.linkTargets), TAG.linkTargets);
	const flags = numbers(TAG.flags);
	const hasInodes = header.has(TAG.devices) && header.has(TAG.inodes);
	const devices = hasInodes ? numbers(TAG.devices) : [];
	const inodes = hasInodes ? numbers(TAG.inodes) : [];
	const indexes = numbers(TAG.directoryIndexes);
	return baseNames.map((name, index) => {
		const directory = directories[indexes[index] ?? -1];
		if (!directory?.startsWith("/")) throw new MalformedRpm(`file ${index} of the header has no directory`);
		return {
			path: `${directory}${name}`,
			mode: modes[index] ?? 0,
			size: sizes[index] ?? 0,
			mtime: mtimes[index] ?? 0,
			target: targets[index] ?? "",
			ghost: ((flags[index] ?? 0) & GHOST) !== 0,
			...inodes[index] ? { inode: `${devices[index]}:${inodes[index]}` } : {}
		};
	});
}

// src/sysroot/cpio.ts
const MAGIC_BYTES$1 = 6;
const FIELD_BYTES = 8;
const FIELDS = {
	mode: 1,
	size: 6,
	nameSize: 11,
	checksum: 12
};
/** As rpm and Linux (PATH_MAX). */
const MAXIMUM_NAME_BYTES = 4096;
const TRAILER = "TRAILER!!!";
const MAXIMUM_PADDING_BYTES = 2 ** 16;
/**
* Reads a cpio archive of the "new ASCII" form (`070701`; `070702` with checksums) or of the one that rpm uses for packages
* with files of 4 GiB and more (`07070X`, rpm's lib/cpio.c), up to and including its trailer. `member` is asked about each one,
* in order. Throws CorruptData, with the byte where what cannot be understood begins.
*/
async function readCpio(content, member) {
	const reader = new Reader(content);
	try {
		await readMembers(reader, member);
	} finally {
		await reader.close();
	}
}
async function readMembers(reader, member) {
	for (;;) {
		const header = await readHeader(reader);
		if (header === void 0) break;
		const sink = member(header);
		let sum = 0;
		const checked = "checksum" in header;
		try {
			for (let left = sink.size; left > 0;) {
				const chunk = await reader.some(left);
				if (checked) for (const byte of chunk) sum = sum + byte >>> 0;
				sink.data(chunk);
				left -= chunk.length;
			}
			if (checked && sum !== header.checksum) throw new CorruptData(`member ${JSON.stringify(header.name)}: its checksum differs`);
		} finally {
			sink.end();
		}
		await reader.align();
	}
	for (let padding = 0;;) {
		const chunk = await reader.some(MAXIMUM_PADDING_BYTES, true);
		if (chunk.length === 0) return;
		padding += chunk.length;
		if (padding > MAXIMUM_PADDING_BYTES || chunk.some((byte) => byte !== 0)) throw new CorruptData("something follows the end of the cpio archive");
	}
}
/** Undefined for the trailer. */
async function readHeader(reader) {
	const at = reader.offset;
	const damaged = () => new CorruptData(`damaged cpio header at byte ${at}`);
	const magic = (await reader.exactly(MAGIC_BYTES$1)).toString("latin1");
	if (magic === "07070X") {
		const index = field(await reader.exactly(8), 0);
		if (index === void 0) throw damaged();
		await reader.align();
		return { index };
	}
	if (magic !== "070701" && magic !== "070702") throw damaged();
	const fields = await reader.exactly(104);
	const [mode, size, nameSize, checksum] = Object.values(FIELDS).map((number) => field(fields, number));
	if (mode === void 0 || size === void 0 || nameSize === void 0 || checksum === void 0) throw damaged();
	if (nameSize < 2 || nameSize > MAXIMUM_NAME_BYTES) throw damaged();
	const bytes = await reader.exactly(nameSize);
	if (bytes.indexOf(0) !== nameSize - 1) throw damaged();
	const name = bytes.toString("utf8", 0, nameSize - 1);
	await reader.align();
	if (name === TRAILER) return void 0;
	return {
		name,
		mode,
		size,
		...magic === "070702" && isFile(mode) ? { checksum } : {}
	};
}
/** Only these have a checksum. */
function isFile(mode) {
	return (mode & 61440) === 32768;
}
function field(bytes, number) {
	const text = bytes.toString("latin1", number * FIELD_BYTES, (number + 1) * FIELD_BYTES);
	return /^[0-9a-fA-F]{8}$/.test(text) ? Number.parseInt(text, 16) : void 0;
}
var Reader = class {
	/** Bytes taken so far. */
	offset = 0;
	source;
	rest = /* @__PURE__ */ new Uint8Array();
	constructor(content) {
		this.source = content[Symbol.asyncIterator]();
	}
	/** The next bytes, at least one and at most `limit`; none only at the end, which is an error unless allowed. */
	async some(limit, mayEnd = false) {
		while (this.rest.length === 0) {
			const { done, value } = await this.source.next();
			if (done && mayEnd) return this.rest;
			if (done) throw new CorruptData(`the cpio archive is cut short: it ends at byte ${this.offset}, without a trailer`);
			this.rest = value;
		}
		const chunk = this.rest.subarray(0, limit);
		this.rest = this.rest.subarray(chunk.length);
		this.offset += chunk.length;
		return chunk;
	}
	async exactly(length) {
		const bytes = Buffer.alloc(length);
		for (let at = 0; at < length;) {
			const chunk = await this.some(length - at);
			bytes.set(chunk, at);
			at += chunk.length;
		}
		return bytes;
	}
	/** To be called at the end, also after an error: a decompressor may be waiting at the other side. */
	async close() {
		await this.source.return?.();
	}
	/** Headers and contents begin at multiples of four bytes. */
	async align() {
		const odd = this.offset % 4;
		if (odd > 0) await this.exactly(4 - odd);
	}
};

// src/sysroot/rpm.ts
const MAGIC = Buffer.from([
	237,
	171,
	238,
	219
]);
const COMPRESSIONS = [
	"gzip",
	"xz",
	"zstd"
];
/** What Linux allows a link to say. */
const MAXIMUM_TARGET_BYTES = 4096;
const KIND = 61440;
const KINDS = /* @__PURE__ */ new Map([
	[16384, "directory"],
	[32768, "file"],
	[40960, "symlink"],
	[8192, "character-device"],
	[24576, "block-device"],
	[4096, "fifo"],
	[49152, "socket"]
]);
function isRpm(head) {
	return head.subarray(0, MAGIC.length).equals(MAGIC);
}
/**
* Finds the payload of an .rpm: a compressed cpio archive behind the headers. Throws CorruptData when the file is damaged or
* cut short, or when the payload has a form or compression that is not supported.
*/
async function readRpmLayout(file) {
	try {
		const { header, payload, architecture } = await readRpmHeaders(file);
		if (architecture === "src") throw new CorruptData("is a source package");
		if (payload.format !== "cpio") throw new CorruptData(`has a payload of the form ${JSON.stringify(payload.format)}, not cpio`);
		const files = rpmFiles(header);
		const { offset, length, compressor } = payload;
		const head = await file.read(Buffer.alloc(8), 0, 8, offset);
		const compression = detectCompression(head.buffer);
		if (compressor !== void 0 && compressor !== compression) throw new CorruptData(COMPRESSIONS.some((name) => name === compressor) ? `the payload should be ${compressor}, but is ${compression === "none" ? "something else" : compression}` : `has a payload compressed with ${JSON.stringify(compressor)}, which is not supported (${COMPRESSIONS.join(", ")} are)`);
		return {
			compression,
			offset,
			length,
			fileSize: offset + length,
			xzProgram: true,
			unpack: (content, tree) => unpackPayload(content, files, tree)
		};
	} catch (error) {
		throw error instanceof MalformedRpm ? new CorruptData(error.message, { cause: error }) : error;
	}
}
async function unpackPayload(content, files, tree) {
	const payload = new Payload(files, tree);
	await readCpio(content, (header) => payload.member(header));
	payload.finish();
}
/**
* As rpm does it (iterReadArchiveNext in rpm's lib/rpmfi.c), a member is what the header of the package says of it; the
* archive has to say the same, and to hold all that the header promises.
*/
var Payload = class {
	files;
	tree;
	indexes = /* @__PURE__ */ new Map();
	found = /* @__PURE__ */ new Set();
	/** By inode, of files that have more than one name: the archive has their content once. */
	hardLinks = /* @__PURE__ */ new Map();
	constructor(files, tree) {
		this.files = files;
		this.tree = tree;
		const names = /* @__PURE__ */ new Map();
		for (const [index, entry] of files.entries()) {
			if (this.indexes.has(entry.path)) throw new CorruptData(`the header has ${JSON.stringify(entry.path)} twice`);
			this.indexes.set(entry.path, index);
			if (entry.ghost || entry.inode === void 0 || kindOf(entry.mode) !== "file") continue;
			const before = names.get(entry.inode);
			names.set(entry.inode, index);
			if (before !== void 0) this.hardLinks.set(entry.inode, {
				last: index,
				waiting: []
			});
		}
	}
	/** Throws CorruptData, as the sink does. */
	member(header) {
		const name = "name" in header ? header.name : `.${this.files[header.index]?.path ?? ""}`;
		return inMember(name, () => {
			const index = this.indexOf(header);
			const entry = this.files[index];
			if (!entry) throw new CorruptData("is not among the files of the header");
			if (this.found.has(index)) throw new CorruptData("is in the payload twice");
			this.found.add(index);
			const sink = this.take(header, index, entry);
			return {
				size: sink.size,
				data: (chunk) => inMember(name, () => sink.data(chunk)),
				end: () => inMember(name, () => sink.end())
			};
		});
	}
	/** To be called at the end of the archive. Throws CorruptData for what the header promised and nobody brought. */
	finish() {
		for (const [index, { path, size, ghost }] of this.files.entries()) {
			if (ghost || this.found.has(index)) continue;
			throw new CorruptData(`the header promises ${JSON.stringify(path)} of ${size} bytes, which the payload lacks`);
		}
		for (const { waiting, written } of this.hardLinks.values()) {
			if (waiting.length === 0 || written !== void 0) continue;
			throw new CorruptData(`member ${JSON.stringify(waiting[0])}: a hard link whose content the payload lacks`);
		}
	}
	indexOf(header) {
		if ("index" in header) return header.index;
		memberPath(header.name);
		return this.indexes.get(`/${header.name.replace(/^\.\//, "")}`) ?? -1;
	}
	take(header, index, entry) {
		const name = `.${entry.path}`;
		const kind = kindOf(entry.mode);
		const size = "size" in header ? header.size : this.strippedSize(index, entry);
		if (entry.ghost) throw new CorruptData("is one that is made at run time, so it cannot be in the payload");
		if ("mode" in header && kindOf(header.mode) !== kind) throw new CorruptData(`is a ${kindOf(header.mode)} in the payload and a ${kind} in the header`);
		if (kind === "symlink") return this.symbolicLink(size, entry);
		if (kind === "file") return this.file(size, index, entry);
		const writer = this.tree.add({
			name,
			type: kind,
			mode: entry.mode,
			size
		});
		return {
			size,
			data: (chunk) => writer?.data(chunk),
			end: () => writer?.close()
		};
	}
	symbolicLink(size, { path, target }) {
		if (size > MAXIMUM_TARGET_BYTES) throw new CorruptData("the target of the link is too long");
		const chunks = [];
		let left = size;
		const end = () => {
			if (left > 0) return;
			const found = Buffer.concat(chunks).toString("utf8");
			if (found !== target) throw new CorruptData(`leads to ${JSON.stringify(found)}, not ${JSON.stringify(target)}`);
			this.tree.add({
				name: `.${path}`,
				type: "symlink",
				linkname: target
			});
		};
		const data = (chunk) => {
			left -= chunk.length;
			chunks.push(chunk);
		};
		return {
			size,
			data,
			end
		};
	}
	file(size, index, entry) {
		const name = `.${entry.path}`;
		const links = this.hardLinks.get(entry.inode ?? "");
		const nothing = {
			size: 0,
			data: () => {},
			end: () => {}
		};
		if (links && size === 0 && (entry.size > 0 || index !== links.last)) {
			if (links.written === void 0) links.waiting.push(name);
			else this.tree.add({
				name,
				type: "link",
				linkname: links.written
			});
			return nothing;
		}
		if (size !== entry.size) throw new CorruptData(`the header promises ${entry.size} bytes, and the payload has ${size}`);
		if (links?.written !== void 0) throw new CorruptData("a hard link whose content comes twice");
		const mtime = /* @__PURE__ */ new Date(entry.mtime * 1e3);
		const writer = this.tree.add({
			name,
			type: "file",
			size,
			mode: entry.mode,
			mtime
		});
		if (links) {
			links.written = name;
			for (const waiting of links.waiting) this.tree.add({
				name: waiting,
				type: "link",
				linkname: name
			});
		}
		return {
			size,
			data: (chunk) => writer?.data(chunk),
			end: () => writer?.close()
		};
	}
	/** The content of hard links is at the last of them. */
	strippedSize(index, { mode, size, inode }) {
		const kind = kindOf(mode);
		if (kind === "symlink") return size;
		const links = this.hardLinks.get(inode ?? "");
		return kind === "file" && (links === void 0 || links.last === index) ? size : 0;
	}
};
function kindOf(mode) {
	return KINDS.get(mode & KIND) ?? "file of unknown kind";
}
function inMember(name, action) {
	try {
		return action();
	} catch (error) {
		if (!(error instanceof CorruptData)) throw error;
		throw new CorruptData(`member ${JSON.stringify(name)}: ${error.message}`, { cause: error });
	}
}

// src/sysroot/unpack.ts
/** The bytes on disk are not those that were pinned. */
var WrongDigest = class extends Error {
	name = "WrongDigest";
};
const MAGIC_BYTES = 8;
/**
* Unpacks a .deb or .rpm without following any link and without leaving `directory`. Memory does not grow with the package.
* The whole stream is read even where files are left out, and the digest is checked again on the way.
* `onRead` gets the number of bytes of the package read so far. Throws CorruptData (naming the member) or WrongDigest;
* `directory` is then half-written and the caller's to remove.
*/
async function unpackPackage(job, onRead = () => {}) {
	const file = await open(job.path);
	try {
		const hash = createHash("sha256");
		const layout = await readLayout(file);
		const end = layout.offset + layout.length;
		for await (const _ of hashed(file, hash, 0, layout.offset));
		const tree = new TreeWriter(join(job.directory, "root"), job.limits ?? LIMITS);
		const data = hashed(file, hash, layout.offset, layout.length, (bytes) => onRead(layout.offset + bytes));
		const { xz, ...others } = job.programs ?? {};
		const programs = xz && layout.xzProgram ? {
			xz,
			...others
		} : others;
		await layout.unpack(decompress(data, layout.compression, programs), tree);
		for await (const _ of data);
		for await (const _ of hashed(file, hash, end, layout.fileSize - end));
		const digest = hash.digest("hex");
		if (digest !== job.sha256) throw new WrongDigest(`has the SHA-256 ${digest} instead of ${job.sha256}`);
		writeFileSync(join(job.directory, "contents.json"), JSON.stringify(tree.contents));
	} finally {
		await file.close();
	}
}
async function readLayout(file) {
	const head = (await file.read(Buffer.alloc(MAGIC_BYTES), 0, MAGIC_BYTES, 0)).buffer;
	if (isRpm(head)) return await readRpmLayout(file);
	if (isDeb(head)) return await readDebLayout(file);
	throw new CorruptData("neither a Debian nor an RPM package");
}
async function* hashed(file, hash, offset, length, onRead) {
	let bytes = 0;
	for await (const chunk of readRange(file, offset, length)) {
		hash.update(chunk);
		bytes += chunk.length;
		onRead?.(bytes);
		yield chunk;
	}
}

// src/sysroot/worker.ts
const REPORT_BYTES = 2 ** 20;
const say = (reply) => parentPort?.postMessage(reply);
parentPort?.on("message", async ({ kind, job }) => {
	try {
		let reported = 0;
		if (kind === "unpack") await unpackPackage(job, (bytes) => {
			if (bytes - reported < REPORT_BYTES) return;
			reported = bytes;
			say({ read: bytes });
		});
		else buildTree(job);
		say({ done: true });
	} catch (error) {
		const { name, message, code } = error;
		say({ failure: {
			name,
			message,
			...code === void 0 ? {} : { code }
		} });
	}
});

export {  };
import { n as compressionAt, o as limited, r as decompress, s as readRange, t as CorruptData } from "./chunk-decompress.js";
import { o as readAt } from "./chunk-files.js";
import { t as require_tar_stream } from "./chunk-tar-stream.js";
import { r as InputError } from "./chunk-errors.js";
import { dirname, join } from "node:path";
import { chmodSync, closeSync, fchmodSync, futimesSync, linkSync, mkdirSync, openSync, symlinkSync, writeFileSync, writeSync } from "node:fs";
import { open } from "node:fs/promises";
import { createHash } from "node:crypto";
import { Readable } from "node:stream";

// src/packages/rpm/header-blob.ts
/** An RPM file, or a part of it, that is not what it has to be. The message says what, not where. */
var MalformedRpm = class extends Error {
	name = "MalformedRpm";
};
/** Bytes before the index: magic and version, four zeros, number of index entries, bytes of data. */
const INTRO_BYTES = 16;
const ENTRY_BYTES = 16;
const MAGIC$1 = Buffer.from([
	142,
	173,
	232,
	1,
	0,
	0,
	0,
	0
]);
/** rpm's own bounds are 65535 tags and 256 MiB, and 32 tags in the signature header (hdrblobVerifyLengths). */
const MAXIMUM_TAGS = {
	signature: 32,
	main: 65535
};
const MAXIMUM_DATA_BYTES = 64 * 2 ** 20;
/** Of one list: as many as the files that may be unpacked. */
const MAXIMUM_VALUES = 3e5;
/** Smaller numbers are for regions (rpmtag.h: HEADER_I18NTABLE). */
const FIRST_TAG = 100;
/** rpmtag.h: HEADER_IMMUTABLE and HEADER_SIGNATURES, and HEADER_IMAGE of very old files. */
const REGIONS = {
	main: [63],
	signature: [62, 61]
};
/** rpmtag.h: rpmTagType. */
const TYPES = {
	char: 1,
	int8: 2,
	int16: 3,
	int32: 4,
	int64: 5,
	string: 6,
	binary: 7,
	strings: 8,
	i18n: 9
};
const WIDTHS = {
	[TYPES.char]: 1,
	[TYPES.int8]: 1,
	[TYPES.int16]: 2,
	[TYPES.int32]: 4,
	[TYPES.int64]: 8,
	[TYPES.binary]: 1
};
/** Bytes of a header from what its first 16 bytes say. Throws MalformedRpm for another magic number or impossible sizes. */
function headerLength(intro, kind) {
	if (intro.length < 16) throw new MalformedRpm(`is cut short in the ${kind} header`);
	if (!intro.subarray(0, MAGIC$1.length).equals(MAGIC$1)) throw new MalformedRpm(`has no ${kind} header`);
	const tags = intro.readUInt32BE(8);
	const data = intro.readUInt32BE(12);
	if (tags === 0 || tags > MAXIMUM_TAGS[kind] || data > MAXIMUM_DATA_BYTES) throw new MalformedRpm(`promises ${tags} tags and ${data} bytes in the ${kind} header, which cannot be`);
	return 16 + tags * ENTRY_BYTES + data;
}
/**
* One header of an RPM file: values by tag number. What is checked is what rpm checks before it uses one
* (hdrblobVerifyRegion and hdrblobVerifyInfo in rpm's lib/header.c): every value lies within the data, none overlaps
* another, and the main header is one region, so that what a signature covers is what is read here.
*/
var Header = class {
	entries = /* @__PURE__ */ new Map();
	data;
	kind;
	/** Takes all bytes of a header, see `headerLength`. Throws MalformedRpm. */
	constructor(bytes, kind) {
		this.kind = kind;
		if (bytes.length < 16 || bytes.length !== headerLength(bytes, kind)) throw new MalformedRpm(`is cut short in the ${kind} header`);
		const tags = bytes.readUInt32BE(8);
		const index = bytes.subarray(16, 16 + tags * ENTRY_BYTES);
		this.data = bytes.subarray(16 + tags * ENTRY_BYTES);
		const isRegion = REGIONS[kind].includes(index.readUInt32BE(0));
		if (kind === "main") this.checkRegion(index, tags);
		let free = 0;
		for (let at = isRegion ? ENTRY_BYTES : 0; at < index.length; at += ENTRY_BYTES) {
			const tag = index.readUInt32BE(at);
			const [type, offset, count] = [
				4,
				8,
				12
			].map((field) => index.readUInt32BE(at + field));
			const end = this.endOf(tag, type, offset, count);
			if (offset < free) throw this.damaged(tag, "overlaps another");
			if (this.entries.has(tag)) throw this.damaged(tag, "is there twice");
			free = end;
			this.entries.set(tag, {
				type,
				offset,
				count,
				end
			});
		}
		const room = kind === "main" ? this.data.length - ENTRY_BYTES : this.data.length;
		if (free > room) throw new MalformedRpm(`the values of the ${kind} header reach over its end`);
	}
	has(tag) {
		return this.entries.has(tag);
	}
	/** Undefined when the tag is not there. Throws MalformedRpm when it is of another type, as all of these do. */
	string(tag) {
		const entry = this.entries.get(tag);
		if (entry && ![TYPES.string, TYPES.i18n].includes(entry.type)) throw this.damaged(tag, "is no string");
		return entry && this.text(entry.offset);
	}
	strings(tag) {
		const entry = this.entries.get(tag);
		if (!entry) return void 0;
		if (![TYPES.strings, TYPES.string].includes(entry.type)) throw this.damaged(tag, "is no list of strings");
		const found = [];
		for (let at = entry.offset; found.length < entry.count; at = this.data.indexOf(0, at) + 1) found.push(this.text(at));
		return found;
	}
	/** Whole numbers of 16, 32 or 64 bits, never negative. */
	numbers(tag) {
		const entry = this.entries.get(tag);
		if (!entry) return void 0;
		const width = WIDTHS[entry.type] ?? 0;
		if (![
			TYPES.int16,
			TYPES.int32,
			TYPES.int64
		].includes(entry.type)) throw this.damaged(tag, "is no list of numbers");
		return Array.from({ length: entry.count }, (_, index) => {
			const at = entry.offset + index * width;
			const value = width === 8 ? Number(this.data.readBigUInt64BE(at)) : this.data.readUIntBE(at, width);
			if (!Number.isSafeInteger(value)) throw this.damaged(tag, "holds a number that cannot be");
			return value;
		});
	}
	number(tag) {
		const values = this.numbers(tag);
		if (values && values.length !== 1) throw this.damaged(tag, "holds more than one number");
		return values?.[0];
	}
	binary(tag) {
		const entry = this.entries.get(tag);
		if (entry && entry.type !== TYPES.binary) throw this.damaged(tag, "is not binary");
		return entry && this.data.subarray(entry.offset, entry.end);
	}
	/** The signed bytes are those of the region, so it has to be all of the header (rpm: exact_size). */
	checkRegion(index, tags) {
		const at = this.data.length - ENTRY_BYTES;
		const fields = (buffer, start) => [
			0,
			4,
			8,
			12
		].map((field) => buffer.readInt32BE(start + field));
		const expected = (offset) => [
			REGIONS.main[0],
			TYPES.binary,
			offset,
			ENTRY_BYTES
		].join();
		if (!(at >= 0 && fields(index, 0).join() === expected(at) && fields(this.data, at).join() === expected(-tags * ENTRY_BYTES))) throw new MalformedRpm("the main header is not one immutable region");
	}
	endOf(tag, type, offset, count) {
		if (tag < FIRST_TAG) throw this.damaged(tag, "is not one of a package");
		if (count === 0 || count > this.data.length || offset >= this.data.length) throw this.damaged(tag, "is out of bounds");
		if (type !== TYPES.binary && count > MAXIMUM_VALUES) throw this.damaged(tag, `holds more than ${MAXIMUM_VALUES} values`);
		const width = WIDTHS[type];
		let end = offset;
		if (width !== void 0) {
			if (offset % width !== 0) throw this.damaged(tag, "is not aligned");
			end += count * width;
		} else {
			if (![
				TYPES.string,
				TYPES.strings,
				TYPES.i18n
			].includes(type)) throw this.damaged(tag, "is of no known type");
			if (type === TYPES.string && count !== 1) throw this.damaged(tag, "is more than one string");
			for (let strings = 0; strings < count; strings++) {
				const zero = this.data.indexOf(0, end);
				if (zero < 0) throw this.damaged(tag, "has no end");
				end = zero + 1;
			}
		}
		if (end > this.data.length) throw this.damaged(tag, "is out of bounds");
		return end;
	}
	text(offset) {
		return this.data.toString("utf8", offset, this.data.indexOf(0, offset));
	}
	damaged(tag, what) {
		return new MalformedRpm(`tag ${tag} of the ${this.kind} header ${what}`);
	}
};

// src/packages/rpm/header.ts
/** Numbers of rpm's include/rpm/rpmtag.h: of the signature header. */
const SIGNATURE_TAG = {
	/** RPMSIGTAG_DSA, RPMSIGTAG_RSA: a signature of the main header. */
	headerDsa: 267,
	headerRsa: 268,
	/** RPMSIGTAG_SHA1, RPMSIGTAG_SHA256: digests of the main header, hexadecimal. */
	sha1: 269,
	sha256: 273,
	/** RPMSIGTAG_SIZE, RPMSIGTAG_LONGSIZE: bytes of main header and payload. */
	size: 1e3,
	longSize: 270,
	/** RPMSIGTAG_PGP (RSA), RPMSIGTAG_GPG (DSA): a signature of main header and payload. */
	pgp: 1002,
	gpg: 1005
};
/** Of the main header. */
const TAG$1 = {
	name: 1e3,
	version: 1001,
	release: 1002,
	epoch: 1003,
	arch: 1022,
	sourceRpm: 1044,
	provideName: 1047,
	requireFlags: 1048,
	requireName: 1049,
	requireVersion: 1050,
	provideFlags: 1112,
	provideVersion: 1113,
	payloadFormat: 1124,
	payloadCompressor: 1125,
	/** RPMTAG_PAYLOADDIGEST (later PAYLOADSHA256), RPMTAG_PAYLOADDIGESTALGO: of the payload as it lies in the file; rpm 4.14. */
	payloadDigest: 5092,
	payloadDigestAlgorithm: 5093
};
/** RPMSENSE_LESS, _GREATER, _EQUAL of rpmds.h: what `flags` of a dependency says of its version. */
const SENSE = {
	less: 2,
	greater: 4,
	equal: 8
};
/** Numbers of RFC 4880, 9.4, which rpm uses too; weaker digests prove nothing and are left out. */
const HASHES = {
	8: "sha256",
	9: "sha384",
	10: "sha512"
};
const LEAD_BYTES = 96;
const LEAD_MAGIC = 3987467995;
/** What the lead says of the signature: RPMSIGTYPE_HEADERSIG, the only kind there has been since rpm 3. */
const HEADER_SIGNATURE = 5;
const PLAIN = /^[\w+.~^-]+$/;
/** Name, version, release and architecture, as `rpm -q` prints them: `bash-4.2.46-34.el7.x86_64`. */
function nevra({ name, version, release, architecture }) {
	return `${name}-${version}-${release}.${architecture}`;
}
/** `[E:]V-R`, without an epoch of 0, as an index has it. */
function evrOf({ epoch, version, release }) {
	return `${epoch ? `${epoch}:` : ""}${version}-${release}`;
}
/**
* Reads the headers of an RPM file; the payload is neither read nor checked, nor is any signature (`checkPackageSignature`).
* Throws InputError naming the file that is none, is damaged or is cut short.
*/
async function readRpm(path) {
	let file;
	try {
		file = await open(path);
	} catch (cause) {
		throw new InputError(`cannot be read (${cause.code})`, {
			where: path,
			cause
		});
	}
	try {
		return await readRpmHeaders(file);
	} catch (error) {
		if (!(error instanceof MalformedRpm)) throw error;
		throw new InputError(`not a sound RPM package: ${error.message}`, {
			where: path,
			cause: error
		});
	} finally {
		await file.close();
	}
}
/** As `readRpm`, of an open file. Throws MalformedRpm. */
async function readRpmHeaders(file) {
	const { size } = await file.stat();
	const lead = await readAt(file, 0, LEAD_BYTES);
	if (lead.length < LEAD_BYTES || lead.readUInt32BE(0) !== LEAD_MAGIC) throw new MalformedRpm("it has no lead");
	if (lead.readUInt16BE(78) !== HEADER_SIGNATURE) throw new MalformedRpm("it is of a format older than rpm 4");
	const signature = await readHeader$1(file, LEAD_BYTES, size, "signature");
	const main = await readHeader$1(file, LEAD_BYTES + Math.ceil(signature.bytes.length / 8) * 8, size, "main");
	const payload = {
		offset: main.range.offset + main.range.length,
		length: 0
	};
	payload.length = size - payload.offset;
	checkSize(signature.header, size - main.range.offset);
	checkHeaderDigest(signature.header, main.bytes);
	const packets = (...tags) => tags.flatMap((tag) => signature.header.binary(tag) ?? []);
	return {
		...describe(main.header),
		payload: {
			...payload,
			...describePayload(main.header)
		},
		main: main.range,
		signatures: {
			header: packets(SIGNATURE_TAG.headerRsa, SIGNATURE_TAG.headerDsa),
			headerAndPayload: packets(SIGNATURE_TAG.pgp, SIGNATURE_TAG.gpg)
		},
		header: main.header
	};
}
async function readHeader$1(file, offset, size, kind) {
	const length = headerLength(await readAt(file, offset, 16), kind);
	if (offset + length > size) throw new MalformedRpm(`it is cut short: ${size - offset} of ${length} bytes of the ${kind} header are there`);
	const bytes = await readAt(file, offset, length);
	return {
		bytes,
		header: new Header(bytes, kind),
		range: {
			offset,
			length
		}
	};
}
function checkSize(signature, found) {
	const promised = signature.number(SIGNATURE_TAG.longSize) ?? signature.number(SIGNATURE_TAG.size) ?? found;
	if (found < promised) throw new MalformedRpm(`it is cut short: ${found} of ${promised} bytes of header and payload`);
	if (found > promised) throw new MalformedRpm(`${found - promised} bytes follow the payload`);
}
/** Tells a damaged header from a forged one; it proves nothing, as whoever changes the one can change the other. */
function checkHeaderDigest(signature, main) {
	for (const algorithm of ["sha256", "sha1"]) {
		const promised = signature.string(SIGNATURE_TAG[algorithm]);
		if (promised === void 0) continue;
		if (createHash(algorithm).update(main).digest("hex") === promised) return;
		throw new MalformedRpm(`the main header is damaged: its ${algorithm.toUpperCase()} differs`);
	}
}
function describe(header) {
	const name = plain(header, TAG$1.name, "name");
	const version = plain(header, TAG$1.version, "version");
	const release = plain(header, TAG$1.release, "release");
	const epoch = header.number(TAG$1.epoch);
	const sourceRpm = header.string(TAG$1.sourceRpm);
	const arch = plain(header, TAG$1.arch, "architecture");
	return {
		name,
		...epoch === void 0 ? {} : { epoch },
		version,
		release,
		architecture: sourceRpm === void 0 ? "src" : arch,
		...sourceRpm === void 0 ? {} : { sourceRpm },
		provides: dependencies(header, TAG$1.provideName, TAG$1.provideFlags, TAG$1.provideVersion),
		requires: dependencies(header, TAG$1.requireName, TAG$1.requireFlags, TAG$1.requireVersion)
	};
}
function plain(header, tag, what) {
	const value = header.string(tag);
	if (value === void 0 || !PLAIN.test(value)) throw new MalformedRpm(`its ${what} is missing or impossible`);
	return value;
}
function dependencies(header, nameTag, flagsTag, versionTag) {
	const names = header.strings(nameTag) ?? [];
	const flags = header.numbers(flagsTag) ?? [];
	const versions = header.strings(versionTag) ?? [];
	if (flags.length !== names.length || versions.length !== names.length) throw new MalformedRpm(`tags ${nameTag}, ${flagsTag} and ${versionTag} are lists of different lengths`);
	return names.map((name, index) => ({
		name,
		flags: flags[index] ?? 0,
		version: versions[index] ?? ""
	}));
}
function describePayload(header) {
	const compressor = header.string(TAG$1.payloadCompressor);
	const value = header.strings(TAG$1.payloadDigest)?.[0]?.toLowerCase();
	const algorithm = HASHES[header.number(TAG$1.payloadDigestAlgorithm) ?? 0];
	return {
		format: header.string(TAG$1.payloadFormat) ?? "cpio",
		...compressor === void 0 ? {} : { compressor },
		...value === void 0 || algorithm === void 0 ? {} : { digest: {
			algorithm,
			value
		} }
	};
}

// src/sysroot/tar.ts
var import_tar_stream = require_tar_stream();
const END_MARKER_BYTES = 1024;
/** Unpacks a tar archive into `tree`. Throws CorruptData naming the member. */
async function readTar(content, tree) {
	let trailingZeros = 0;
	const watched = async function* () {
		for await (const chunk of content) {
			let zeros = 0;
			while (zeros < Math.min(chunk.length, END_MARKER_BYTES) && chunk[chunk.length - 1 - zeros] === 0) zeros++;
			trailingZeros = zeros === chunk.length ? trailingZeros + zeros : zeros;
			yield chunk;
		}
	};
	await readEntries(watched(), (entry) => addMember(entry, tree));
	if (trailingZeros < END_MARKER_BYTES) throw new CorruptData("the tar archive is cut short: it has no end marker");
}
/**
* The content of one file of a small tar archive, by its name below the top. All of it is read. Throws CorruptData when there
* is none of that name, or the archive holds more than `maximumBytes`.
*/
async function readTarFile(content, name, maximumBytes) {
	const fault = `its tar archive of ${name} holds more than ${maximumBytes} bytes`;
	let found;
	await readEntries(limited(content, maximumBytes, fault), async (entry) => {
		const chunks = [];
		for await (const chunk of entry) chunks.push(chunk);
		if (entry.header.name.replace(/^\.\//, "") === name) found ??= Buffer.concat(chunks);
	});
	if (found) return found;
	throw new CorruptData(`its tar archive holds no ${name}`);
}
/** Hands the members of an archive to `take`, in order; each has to be read whole. Throws CorruptData for what is no tar. */
async function readEntries(content, take) {
	const archive = (0, import_tar_stream.extract)();
	const feed = Readable.from(content, { objectMode: false });
	feed.on("error", (error) => archive.destroy(error));
	feed.pipe(archive);
	try {
		for await (const entry of archive) await take(entry);
	} catch (error) {
		throw isTarError(error) ? new CorruptData(error.message, { cause: error }) : error;
	} finally {
		feed.destroy();
	}
}
function isTarError(error) {
	return error instanceof Error && error.constructor === Error && !("code" in error);
}
async function addMember(entry, tree) {
	const { header } = entry;
	try {
		if (Object.keys(header.pax ?? {}).some((key) => key.startsWith("GNU.sparse"))) throw new CorruptData("a sparse file has no place in a package");
		const write = tree.add(header);
		try {
			for await (const chunk of entry) write?.data(chunk);
		} finally {
			write?.close();
		}
	} catch (error) {
		if (!(error instanceof CorruptData)) throw error;
		throw new CorruptData(`member ${JSON.stringify(header.name)}: ${error.message}`, { cause: error });
	}
}

// src/sysroot/deb.ts
const GLOBAL_HEADER = "!<arch>\n";
const HEADER_BYTES = 60;
const MAXIMUM_MEMBERS = 16;
/** From this size on, a faster program is worth starting. */
const PROGRAM_BYTES = 2 ** 20;
const COMPRESSIONS$1 = {
	"": "none",
	".gz": "gzip",
	".xz": "xz",
	".zst": "zstd"
};
function isDeb(head) {
	return head.toString("latin1", 0, 8) === GLOBAL_HEADER;
}
/**
* Finds `data.tar*` in a .deb, or the other member, see deb(5): an ar archive of `debian-binary` (2.x), `control.tar*`, `data.tar*`.
* Reads nothing but the headers of the members. Throws CorruptData when the file is of another format or is cut short.
*/
async function readDebLayout(file, member = "data.tar") {
	const { size: fileSize } = await file.stat();
	let offset = 8;
	for (let index = 0; index < MAXIMUM_MEMBERS && offset < fileSize; index++) {
		const header = await readText(file, offset, HEADER_BYTES);
		const length = Number(header.slice(48, 58).trim() || "none");
		if (header.length < HEADER_BYTES || header.slice(58) !== "`\n" || !Number.isSafeInteger(length) || length < 0) throw new CorruptData(`damaged ar header at byte ${offset}`);
		offset += HEADER_BYTES;
		const name = header.slice(0, 16).trimEnd().replace(/\/$/, "");
		if (offset + length > fileSize) throw new CorruptData(`${name} is cut short: ${fileSize - offset} of ${length} bytes are there`);
		if (index === 0) {
			if (!(name === "debian-binary" ? await readText(file, offset, Math.min(length, 8)) : "").startsWith("2.")) throw new CorruptData("not a Debian package of format 2");
		}
		if (name.startsWith(member)) {
			const compression = COMPRESSIONS$1[name.slice(member.length)];
			if (!compression) throw new CorruptData(`${name} has a compression that is not supported`);
			return {
				compression,
				offset,
				length,
				fileSize,
				xzProgram: length >= PROGRAM_BYTES,
				unpack: readTar
			};
		}
		offset += length + length % 2;
	}
	throw new CorruptData(`holds no ${member}`);
}
async function readText(file, offset, length) {
	return (await readAt(file, offset, length)).toString("latin1");
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
const MAXIMUM_NAME_BYTES$1 = 4096;
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
	if (nameSize < 2 || nameSize > MAXIMUM_NAME_BYTES$1) throw damaged();
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

// src/sysroot/member.ts
/** The directories that merged-/usr turns into links to their namesakes below /usr. */
const MERGED = [
	"bin",
	"sbin",
	"lib",
	"lib32",
	"lib64",
	"libx32"
];
/** Documentation and translations, which nothing that runs in a sysroot reads; most of the files of many packages. */
const UNNEEDED = [
	"doc",
	"info",
	"lintian",
	"locale",
	"man"
].map((name) => `usr/share/${name}/`);
/** What Linux allows (4096) less room for the place of the cache. */
const MAXIMUM_PATH_BYTES = 3e3;
const MAXIMUM_NAME_BYTES = 255;
const CONTROL = /[\u0000-\u001f\u007f\ufffd]/;
/**
* The path of an archive member relative to the root, in merged-/usr form; empty for the root itself.
* Throws CorruptData for a name that is absolute, climbs with `..`, holds control characters or is not UTF-8.
*/
function memberPath(name) {
	if (CONTROL.test(name)) throw new CorruptData("the name holds control characters or is not UTF-8");
	if (name.startsWith("/")) throw new CorruptData("the name is absolute");
	const parts = name.split("/").filter((part) => part !== "" && part !== ".");
	if (parts.includes("..")) throw new CorruptData("the name leaves the root");
	if (parts.some((part) => Buffer.byteLength(part) > MAXIMUM_NAME_BYTES)) throw new CorruptData("the name is too long");
	const path = merge(parts.join("/"));
	if (Buffer.byteLength(path) > MAXIMUM_PATH_BYTES) throw new CorruptData("the path is too long");
	return path;
}
/** `lib/x` -> `usr/lib/x` and the like. */
function merge(path) {
	return MERGED.includes(path.split("/", 1)[0] ?? "") ? `usr/${path}` : path;
}
function isUnneeded(path) {
	return UNNEEDED.some((directory) => path.startsWith(directory));
}
/**
* What a symbolic link has to say after its own place moved from `name` to the merged `path`: a relative target that
* climbs to the root has one step more to go from below /usr, so it is made absolute. Others stay as they are.
* Targets may be absolute or lead anywhere: they are only ever followed inside of the root.
*/
function linkTarget(name, path, target) {
	if (target === "" || CONTROL.test(target) || Buffer.byteLength(target) > MAXIMUM_PATH_BYTES) throw new CorruptData("the target of the link is empty, too long or holds control characters");
	const original = name.split("/").filter((part) => part !== "" && part !== ".");
	if (target.startsWith("/") || original.join("/") === path) return target;
	const resolved = original.slice(0, -1);
	let reachedRoot = false;
	for (const part of target.split("/")) if (part === "..") {
		resolved.pop();
		reachedRoot ||= resolved.length === 0;
	} else if (part !== "" && part !== ".") resolved.push(part);
	return reachedRoot ? `/${resolved.join("/")}` : target;
}

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
		const compression = await compressionAt(file, offset);
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

// src/sysroot/tree-writer.ts
const LIMITS = {
	maximumMembers: 3e5,
	maximumBytes: 6 * 2 ** 30,
	maximumNameBytes: 32 * 2 ** 20
};
const KNOWN_TYPES = /* @__PURE__ */ new Set([
	"directory",
	"file",
	"contiguous-file",
	"symlink",
	"link"
]);
/** Writes members below a root of its own making; knows what it has written, so that it never has to ask the disk. */
var TreeWriter = class {
	contents = [];
	kinds = /* @__PURE__ */ new Map();
	root;
	limits;
	members = 0;
	bytes = 0;
	nameBytes = 0;
	constructor(root, limits) {
		this.root = root;
		this.limits = limits;
		mkdirSync(root, { recursive: true });
		this.kinds.set("", "d");
	}
	/** Takes a member up to its content, which goes to the returned writer, if there is one. */
	add(member) {
		this.count(member);
		const path = memberPath(member.name);
		const { type } = member;
		if (isUnneeded(path) && KNOWN_TYPES.has(type)) {
			this.kinds.set(path, "unneeded");
			return;
		}
		switch (type) {
			case "directory":
				this.directory(path, member.mode ?? 493);
				return;
			case "file":
			case "contiguous-file":
				this.claim(path, "f");
				return new FileWriter(join(this.root, path), member);
			case "symlink":
				this.symbolicLink(member.name, path, member.linkname ?? "");
				return;
			case "link":
				this.hardLink(path, memberPath(member.linkname ?? ""));
				return;
			default: throw new CorruptData(`a ${type ?? "file of unknown type"} has no place in a package`);
		}
	}
	count(member) {
		const size = member.size ?? 0;
		this.members += 1;
		this.bytes += size;
		if (this.members > this.limits.maximumMembers) throw new CorruptData(`the package has more than ${this.limits.maximumMembers} members`);
		this.nameBytes += member.name.length + (member.linkname?.length ?? 0);
		if (this.nameBytes > this.limits.maximumNameBytes) throw new CorruptData(`the names of the package are longer than ${this.limits.maximumNameBytes} bytes altogether`);
		if (!(size >= 0) || this.bytes > this.limits.maximumBytes) throw new CorruptData(`the package holds more than ${this.limits.maximumBytes} bytes`);
		if (size > 0 && member.type !== "file" && member.type !== "contiguous-file") throw new CorruptData(`a ${member.type ?? "member of unknown type"} with content`);
	}
	directory(path, mode) {
		const kind = this.kinds.get(path);
		if (kind !== void 0 && kind !== "d") throw new CorruptData("a directory where the package has something else");
		if (kind === void 0) {
			this.parents(path);
			mkdirSync(join(this.root, path));
			this.kinds.set(path, "d");
		}
		const kept = mode & 511 | 448;
		chmodSync(join(this.root, path), kept);
		if (path !== "") this.contents.push([
			"d",
			path,
			kept
		]);
	}
	symbolicLink(name, path, target) {
		if (MERGED.find((directory) => path === `usr/${directory}` && memberPathIsTop(name, directory))) {
			if (target.replace(/^\//, "") === path) return;
			throw new CorruptData(`leads to ${JSON.stringify(target)} instead of ${path}`);
		}
		this.claim(path, "l");
		const kept = linkTarget(name, path, target);
		symlinkSync(kept, join(this.root, path));
		this.contents.push([
			"l",
			path,
			kept
		]);
	}
	hardLink(path, target) {
		const kind = this.kinds.get(target);
		if (kind === "unneeded" || isUnneeded(target)) {
			this.kinds.set(path, "unneeded");
			return;
		}
		if (kind !== "f") throw new CorruptData("a hard link to something that is not a file of the package before it");
		this.claim(path, "f");
		linkSync(join(this.root, target), join(this.root, path));
	}
	claim(path, kind) {
		if (this.kinds.has(path)) throw new CorruptData("is in the package twice");
		this.parents(path);
		this.kinds.set(path, kind);
		if (kind === "f") this.contents.push(["f", path]);
	}
	parents(path) {
		const parent = path.includes("/") ? dirname(path) : "";
		const kind = this.kinds.get(parent);
		if (kind === "d") return;
		if (kind !== void 0) throw new CorruptData(`writes through ${parent}, which is not a directory`);
		this.directory(parent, 493);
	}
};
function memberPathIsTop(name, directory) {
	return name.replace(/^(\.?\/)+/, "").replace(/\/+$/, "") === directory;
}
var FileWriter = class {
	descriptor;
	member;
	constructor(path, member) {
		this.member = member;
		this.descriptor = openSync(path, "wx", 384);
	}
	data(chunk) {
		for (let at = 0; at < chunk.length;) at += writeSync(this.descriptor, chunk, at);
	}
	close() {
		try {
			fchmodSync(this.descriptor, (this.member.mode ?? 420) & 511 | 256);
			const seconds = (this.member.mtime ?? /* @__PURE__ */ new Date(0)).getTime() / 1e3;
			futimesSync(this.descriptor, seconds, seconds);
		} finally {
			closeSync(this.descriptor);
		}
	}
};

// src/sysroot/unpack.ts
/** The bytes on disk are not those that were pinned. */
var WrongDigest = class extends Error {
	name = "WrongDigest";
};
/** So much tells which kind of package it is. */
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
	const head = await readAt(file, 0, 8);
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

export { isDeb as a, SENSE as c, readRpm as d, MERGED as i, evrOf as l, LIMITS as n, readDebLayout as o, isRpm as r, readTarFile as s, unpackPackage as t, nevra as u };
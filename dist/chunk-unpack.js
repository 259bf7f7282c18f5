import { r as __require, t as __commonJSMin } from "./chunk-rolldown-runtime.js";
import { n as compressionAt, o as limited, p as readAt, r as decompress, s as readRange, t as CorruptData } from "./chunk-decompress.js";
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

// node_modules/events-universal/default.js
var require_default = /* @__PURE__ */ __commonJSMin(((exports, module) => {
	module.exports = __require("events");
}));

// node_modules/fast-fifo/fixed-size.js
var require_fixed_size = /* @__PURE__ */ __commonJSMin(((exports, module) => {
	module.exports = class FixedFIFO {
		constructor(hwm) {
			if (!(hwm > 0) || (hwm - 1 & hwm) !== 0) throw new Error("Max size for a FixedFIFO should be a power of two");
			this.buffer = new Array(hwm);
			this.mask = hwm - 1;
			this.top = 0;
			this.btm = 0;
			this.next = null;
		}
		clear() {
			this.top = this.btm = 0;
			this.next = null;
			this.buffer.fill(void 0);
		}
		push(data) {
			if (this.buffer[this.top] !== void 0) return false;
			this.buffer[this.top] = data;
			this.top = this.top + 1 & this.mask;
			return true;
		}
		shift() {
			const last = this.buffer[this.btm];
			if (last === void 0) return void 0;
			this.buffer[this.btm] = void 0;
			this.btm = this.btm + 1 & this.mask;
			return last;
		}
		peek() {
			return this.buffer[this.btm];
		}
		isEmpty() {
			return this.buffer[this.btm] === void 0;
		}
	};
}));

// node_modules/fast-fifo/index.js
var require_fast_fifo = /* @__PURE__ */ __commonJSMin(((exports, module) => {
	const FixedFIFO = require_fixed_size();
	module.exports = class FastFIFO {
		constructor(hwm) {
			this.hwm = hwm || 16;
			this.head = new FixedFIFO(this.hwm);
			this.tail = this.head;
			this.length = 0;
		}
		clear() {
			this.head = this.tail;
			this.head.clear();
			this.length = 0;
		}
		push(val) {
			this.length++;
			if (!this.head.push(val)) {
				const prev = this.head;
				this.head = prev.next = new FixedFIFO(2 * this.head.buffer.length);
				this.head.push(val);
			}
		}
		shift() {
			if (this.length !== 0) this.length--;
			const val = this.tail.shift();
			if (val === void 0 && this.tail.next) {
				const next = this.tail.next;
				this.tail.next = null;
				this.tail = next;
				return this.tail.shift();
			}
			return val;
		}
		peek() {
			const val = this.tail.peek();
			if (val === void 0 && this.tail.next) return this.tail.next.peek();
			return val;
		}
		isEmpty() {
			return this.length === 0;
		}
	};
}));

// node_modules/b4a/index.js
var require_b4a = /* @__PURE__ */ __commonJSMin(((exports, module) => {
	function isBuffer(value) {
		return Buffer.isBuffer(value) || value instanceof Uint8Array;
	}
	function isEncoding(encoding) {
		return Buffer.isEncoding(encoding);
	}
	function alloc(size, fill, encoding) {
		return Buffer.alloc(size, fill, encoding);
	}
	function allocUnsafe(size) {
		return Buffer.allocUnsafe(size);
	}
	function allocUnsafeSlow(size) {
		return Buffer.allocUnsafeSlow(size);
	}
	function byteLength(string, encoding) {
		return Buffer.byteLength(string, encoding);
	}
	function compare(a, b) {
		return Buffer.compare(a, b);
	}
	function concat(buffers, totalLength) {
		return Buffer.concat(buffers, totalLength);
	}
	function copy(source, target, targetStart, start, end) {
		return toBuffer(source).copy(target, targetStart, start, end);
	}
	function equals(a, b) {
		return toBuffer(a).equals(b);
	}
	function fill(buffer, value, offset, end, encoding) {
		return toBuffer(buffer).fill(value, offset, end, encoding);
	}
	function from(value, encodingOrOffset, length) {
		return Buffer.from(value, encodingOrOffset, length);
	}
	function includes(buffer, value, byteOffset, encoding) {
		return toBuffer(buffer).includes(value, byteOffset, encoding);
	}
	function indexOf(buffer, value, byfeOffset, encoding) {
		return toBuffer(buffer).indexOf(value, byfeOffset, encoding);
	}
	function lastIndexOf(buffer, value, byteOffset, encoding) {
		return toBuffer(buffer).lastIndexOf(value, byteOffset, encoding);
	}
	function swap16(buffer) {
		return toBuffer(buffer).swap16();
	}
	function swap32(buffer) {
		return toBuffer(buffer).swap32();
	}
	function swap64(buffer) {
		return toBuffer(buffer).swap64();
	}
	function toBuffer(buffer) {
		if (Buffer.isBuffer(buffer)) return buffer;
		return Buffer.from(buffer.buffer, buffer.byteOffset, buffer.byteLength);
	}
	function toString(buffer, encoding, start, end) {
		return toBuffer(buffer).toString(encoding, start, end);
	}
	function toHex(buffer, start, end) {
		return toBuffer(buffer).toString("hex", start, end);
	}
	function write(buffer, string, offset, length, encoding) {
		return toBuffer(buffer).write(string, offset, length, encoding);
	}
	function readDoubleBE(buffer, offset) {
		return toBuffer(buffer).readDoubleBE(offset);
	}
	function readDoubleLE(buffer, offset) {
		return toBuffer(buffer).readDoubleLE(offset);
	}
	function readFloatBE(buffer, offset) {
		return toBuffer(buffer).readFloatBE(offset);
	}
	function readFloatLE(buffer, offset) {
		return toBuffer(buffer).readFloatLE(offset);
	}
	function readInt32BE(buffer, offset) {
		return toBuffer(buffer).readInt32BE(offset);
	}
	function readInt32LE(buffer, offset) {
		return toBuffer(buffer).readInt32LE(offset);
	}
	function readUInt32BE(buffer, offset) {
		return toBuffer(buffer).readUInt32BE(offset);
	}
	function readUInt32LE(buffer, offset) {
		return toBuffer(buffer).readUInt32LE(offset);
	}
	function writeDoubleBE(buffer, value, offset) {
		return toBuffer(buffer).writeDoubleBE(value, offset);
	}
	function writeDoubleLE(buffer, value, offset) {
		return toBuffer(buffer).writeDoubleLE(value, offset);
	}
	function writeFloatBE(buffer, value, offset) {
		return toBuffer(buffer).writeFloatBE(value, offset);
	}
	function writeFloatLE(buffer, value, offset) {
		return toBuffer(buffer).writeFloatLE(value, offset);
	}
	function writeInt32BE(buffer, value, offset) {
		return toBuffer(buffer).writeInt32BE(value, offset);
	}
	function writeInt32LE(buffer, value, offset) {
		return toBuffer(buffer).writeInt32LE(value, offset);
	}
	function writeUInt32BE(buffer, value, offset) {
		return toBuffer(buffer).writeUInt32BE(value, offset);
	}
	function writeUInt32LE(buffer, value, offset) {
		return toBuffer(buffer).writeUInt32LE(value, offset);
	}
	module.exports = {
		isBuffer,
		isEncoding,
		alloc,
		allocUnsafe,
		allocUnsafeSlow,
		byteLength,
		compare,
		concat,
		copy,
		equals,
		fill,
		from,
		includes,
		indexOf,
		lastIndexOf,
		swap16,
		swap32,
		swap64,
		toBuffer,
		toString,
		toHex,
		write,
		readDoubleBE,
		readDoubleLE,
		readFloatBE,
		readFloatLE,
		readInt32BE,
		readInt32LE,
		readUInt32BE,
		readUInt32LE,
		writeDoubleBE,
		writeDoubleLE,
		writeFloatBE,
		writeFloatLE,
		writeInt32BE,
		writeInt32LE,
		writeUInt32BE,
		writeUInt32LE
	};
}));

// node_modules/text-decoder/lib/pass-through-decoder.js
var require_pass_through_decoder = /* @__PURE__ */ __commonJSMin(((exports, module) => {
	const b4a = require_b4a();
	module.exports = class PassThroughDecoder {
		constructor(encoding) {
			this.encoding = encoding;
		}
		get remaining() {
			return 0;
		}
		decode(data) {
			return b4a.toString(data, this.encoding);
		}
		flush() {
			return "";
		}
	};
}));

// node_modules/text-decoder/lib/utf8-decoder.js
var require_utf8_decoder = /* @__PURE__ */ __commonJSMin(((exports, module) => {
	const b4a = require_b4a();
	/**
	* https://encoding.spec.whatwg.org/#utf-8-decoder
	*/
	module.exports = class UTF8Decoder {
		constructor() {
			this._reset();
		}
		get remaining() {
			return this.bytesSeen;
		}
		decode(data) {
			if (data.byteLength === 0) return "";
			if (this.bytesNeeded === 0 && trailingIncomplete(data, 0) === 0) {
				this.bytesSeen = trailingBytesSeen(data);
				return b4a.toString(data, "utf8");
			}
			let result = "";
			let start = 0;
			if (this.bytesNeeded > 0) {
				while (start < data.byteLength) {
					const byte = data[start];
					if (byte < this.lowerBoundary || byte > this.upperBoundary) {
						result += "�";
						this._reset();
						break;
					}
					this.lowerBoundary = 128;
					this.upperBoundary = 191;
					this.codePoint = this.codePoint << 6 | byte & 63;
					this.bytesSeen++;
					start++;
					if (this.bytesSeen === this.bytesNeeded) {
						result += String.fromCodePoint(this.codePoint);
						this._reset();
						break;
					}
				}
				if (this.bytesNeeded > 0) return result;
			}
			const trailing = trailingIncomplete(data, start);
			const end = data.byteLength - trailing;
			if (end > start) result += b4a.toString(data, "utf8", start, end);
			for (let i = end; i < data.byteLength; i++) {
				const byte = data[i];
				if (this.bytesNeeded === 0) {
					if (byte <= 127) {
						this.bytesSeen = 0;
						result += String.fromCharCode(byte);
					} else if (byte >= 194 && byte <= 223) {
						this.bytesNeeded = 2;
						this.bytesSeen = 1;
						this.codePoint = byte & 31;
					} else if (byte >= 224 && byte <= 239) {
						if (byte === 224) this.lowerBoundary = 160;
						else if (byte === 237) this.upperBoundary = 159;
						this.bytesNeeded = 3;
						this.bytesSeen = 1;
						this.codePoint = byte & 15;
					} else if (byte >= 240 && byte <= 244) {
						if (byte === 240) this.lowerBoundary = 144;
						else if (byte === 244) this.upperBoundary = 143;
						this.bytesNeeded = 4;
						this.bytesSeen = 1;
						this.codePoint = byte & 7;
					} else {
						this.bytesSeen = 1;
						result += "�";
					}
					continue;
				}
				if (byte < this.lowerBoundary || byte > this.upperBoundary) {
					result += "�";
					i--;
					this._reset();
					continue;
				}
				this.lowerBoundary = 128;
				this.upperBoundary = 191;
				this.codePoint = this.codePoint << 6 | byte & 63;
				this.bytesSeen++;
				if (this.bytesSeen === this.bytesNeeded) {
					result += String.fromCodePoint(this.codePoint);
					this._reset();
				}
			}
			return result;
		}
		flush() {
			const result = this.bytesNeeded > 0 ? "�" : "";
			this._reset();
			return result;
		}
		_reset() {
			this.codePoint = 0;
			this.bytesNeeded = 0;
			this.bytesSeen = 0;
			this.lowerBoundary = 128;
			this.upperBoundary = 191;
		}
	};
	function trailingIncomplete(data, start) {
		const len = data.byteLength;
		if (len <= start) return 0;
		const limit = Math.max(start, len - 4);
		let i = len - 1;
		while (i > limit && (data[i] & 192) === 128) i--;
		if (i < start) return 0;
		const byte = data[i];
		let needed;
		if (byte <= 127) return 0;
		if (byte >= 194 && byte <= 223) needed = 2;
		else if (byte >= 224 && byte <= 239) needed = 3;
		else if (byte >= 240 && byte <= 244) needed = 4;
		else return 0;
		const available = len - i;
		return available < needed ? available : 0;
	}
	function trailingBytesSeen(data) {
		const len = data.byteLength;
		if (len === 0) return 0;
		const last = data[len - 1];
		if (last <= 127) return 0;
		if ((last & 192) !== 128) return 1;
		const limit = Math.max(0, len - 4);
		let i = len - 2;
		while (i >= limit && (data[i] & 192) === 128) i--;
		if (i < 0) return 1;
		const first = data[i];
		let needed;
		if (first >= 194 && first <= 223) needed = 2;
		else if (first >= 224 && first <= 239) needed = 3;
		else if (first >= 240 && first <= 244) needed = 4;
		else return 1;
		if (len - i !== needed) return 1;
		if (needed >= 3) {
			const second = data[i + 1];
			if (first === 224 && second < 160) return 1;
			if (first === 237 && second > 159) return 1;
			if (first === 240 && second < 144) return 1;
			if (first === 244 && second > 143) return 1;
		}
		return 0;
	}
}));

// node_modules/text-decoder/index.js
var require_text_decoder = /* @__PURE__ */ __commonJSMin(((exports, module) => {
	const PassThroughDecoder = require_pass_through_decoder();
	const UTF8Decoder = require_utf8_decoder();
	module.exports = class TextDecoder {
		constructor(encoding = "utf8") {
			this.encoding = normalizeEncoding(encoding);
			switch (this.encoding) {
				case "utf8":
					this.decoder = new UTF8Decoder();
					break;
				case "utf16le":
				case "base64": throw new Error("Unsupported encoding: " + this.encoding);
				default: this.decoder = new PassThroughDecoder(this.encoding);
			}
		}
		get remaining() {
			return this.decoder.remaining;
		}
		push(data) {
			if (typeof data === "string") return data;
			return this.decoder.decode(data);
		}
		write(data) {
			return this.push(data);
		}
		end(data) {
			let result = "";
			if (data) result = this.push(data);
			result += this.decoder.flush();
			return result;
		}
	};
	function normalizeEncoding(encoding) {
		encoding = encoding.toLowerCase();
		switch (encoding) {
			case "utf8":
			case "utf-8": return "utf8";
			case "ucs2":
			case "ucs-2":
			case "utf16le":
			case "utf-16le": return "utf16le";
			case "latin1":
			case "binary": return "latin1";
			case "base64":
			case "ascii":
			case "hex": return encoding;
			default: throw new Error("Unknown encoding: " + encoding);
		}
	}
}));

// node_modules/streamx/lib/errors.js
var require_errors = /* @__PURE__ */ __commonJSMin(((exports, module) => {
	module.exports = class StreamError extends Error {
		constructor(msg, code, fn = StreamError) {
			super(msg);
			this.code = code;
			if (Error.captureStackTrace) Error.captureStackTrace(this, fn);
		}
		static isStreamDestroyed(err) {
			return err && err.code === "STREAM_DESTROYED";
		}
		static isPrematureClose(err) {
			return err && err.code === "PREMATURE_CLOSE";
		}
		static isAborted(err) {
			return err && err.code === "ABORTED";
		}
		static isBadArgument(err) {
			return err && err.code === "BAD_ARGUMENT";
		}
		get name() {
			return "StreamError";
		}
		static STREAM_DESTROYED() {
			return new StreamError("Stream was destroyed", "STREAM_DESTROYED", StreamError.STREAM_DESTROYED);
		}
		static PREMATURE_CLOSE(msg = "Premature close") {
			return new StreamError(msg, "PREMATURE_CLOSE", StreamError.PREMATURE_CLOSE);
		}
		static ABORTED() {
			return new StreamError("Stream aborted", "ABORTED", StreamError.ABORTED);
		}
		static BAD_ARGUMENT(msg = "Bad argument") {
			return new StreamError(msg, "BAD_ARGUMENT", StreamError.BAD_ARGUMENT);
		}
	};
}));

// node_modules/streamx/index.js
var require_streamx = /* @__PURE__ */ __commonJSMin(((exports, module) => {
	const { EventEmitter } = require_default();
	const FIFO = require_fast_fifo();
	const TextDecoder = require_text_decoder();
	const StreamError = require_errors();
	const qmt = typeof queueMicrotask === "undefined" ? (fn) => global.process.nextTick(fn) : queueMicrotask;
	const OPENING = 1;
	const PREDESTROYING = 2;
	const DESTROYING = 4;
	const DESTROYED = 8;
	const NOT_OPENING = 536870910;
	const NOT_PREDESTROYING = 536870909;
	const READ_UPDATING = 32;
	const READ_PRIMARY = 64;
	const READ_QUEUED = 128;
	const READ_RESUMED = 256;
	const READ_PIPE_DRAINED = 512;
	const READ_ENDING = 1024;
	const READ_EMIT_DATA = 2048;
	const READ_EMIT_READABLE = 4096;
	const READ_EMITTED_READABLE = 8192;
	const READ_DONE = 16384;
	const READ_NEXT_TICK = 32768;
	const READ_READ_AHEAD = 131072;
	const READ_FLOWING = 768;
	const READ_ACTIVE_AND_NEEDS_PUSH = 65552;
	const READ_PRIMARY_AND_ACTIVE = 80;
	const READ_EMIT_READABLE_AND_QUEUED = 4224;
	const READ_RESUMED_READ_AHEAD = 131328;
	const READ_NOT_ACTIVE = 536870895;
	const READ_NON_PRIMARY_AND_PUSHED = 536805311;
	const READ_PUSHED = 536805375;
	const READ_PAUSED = 536870655;
	const READ_NOT_QUEUED = 536862591;
	const READ_NOT_ENDING = 536869887;
	const READ_PIPE_NOT_DRAINED = 536870143;
	const READ_NOT_NEXT_TICK = 536838143;
	const READ_NOT_UPDATING = 536870879;
	const READ_NO_READ_AHEAD = 536739839;
	const READ_PAUSED_NO_READ_AHEAD = 536739583;
	const WRITE_ACTIVE = 1 << 18;
	const WRITE_UPDATING = 2 << 18;
	const WRITE_PRIMARY = 4 << 18;
	const WRITE_QUEUED = 8 << 18;
	const WRITE_UNDRAINED = 16 << 18;
	const WRITE_DONE = 32 << 18;
	const WRITE_EMIT_DRAIN = 64 << 18;
	const WRITE_NEXT_TICK = 128 << 18;
	const WRITE_WRITING = 256 << 18;
	const WRITE_FINISHING = 512 << 18;
	const WRITE_CORKED = 1024 << 18;
	const WRITE_NOT_ACTIVE = 469499903;
	const WRITE_NON_PRIMARY = 535822335;
	const WRITE_NOT_FINISHING = 402391039;
	const WRITE_DRAINED = 532676607;
	const WRITE_NOT_QUEUED = 534773759;
	const WRITE_NOT_NEXT_TICK = 503316479;
	const WRITE_NOT_UPDATING = 536346623;
	const WRITE_NOT_CORKED = 268435455;
	const ACTIVE = 262160;
	const NOT_ACTIVE = 536608751;
	const DONE = 8404992;
	const DESTROY_STATUS = 14;
	const OPEN_STATUS = 15;
	const AUTO_DESTROY = 8405006;
	const NON_PRIMARY = 535822271;
	const ACTIVE_OR_TICKING = 33587200;
	const IS_OPENING = 33587215;
	const READ_PRIMARY_STATUS = 17423;
	const READ_STATUS = 16527;
	const READ_ENDING_STATUS = 1167;
	const READ_READABLE_STATUS = 12431;
	const SHOULD_NOT_READ = 214047;
	const READ_BACKPRESSURE_STATUS = 17422;
	const READ_UPDATE_SYNC_STATUS = 32879;
	const READ_NEXT_TICK_OR_OPENING = 32769;
	const WRITE_PRIMARY_STATUS = 142606351;
	const WRITE_QUEUED_AND_UNDRAINED = 6291456;
	const WRITE_QUEUED_AND_ACTIVE = 2359296;
	const WRITE_DRAIN_STATUS = 6553615;
	const WRITE_STATUS = 270794767;
	const WRITE_PRIMARY_AND_ACTIVE = 1310720;
	const WRITE_ACTIVE_AND_WRITING = 67371008;
	const WRITE_FINISHING_STATUS = 144965647;
	const WRITE_BACKPRESSURE_STATUS = 146800654;
	const WRITE_UPDATE_SYNC_STATUS = 35127311;
	const WRITE_DROP_DATA = 142606350;
	const asyncIterator = Symbol.asyncIterator || Symbol("asyncIterator");
	var WritableState = class {
		constructor(stream, { highWaterMark = 16384, map = null, mapWritable, byteLength, byteLengthWritable } = {}) {
			this.stream = stream;
			this.queue = new FIFO();
			this.highWaterMark = highWaterMark;
			this.buffered = 0;
			this.error = null;
			this.pipeline = null;
			this.drains = null;
			this.byteLength = byteLengthWritable || byteLength || defaultByteLength;
			this.map = mapWritable || map;
			this.afterWrite = afterWrite.bind(this);
			this.afterUpdateNextTick = updateWriteNT.bind(this);
		}
		get ending() {
			return (this.stream._duplexState & WRITE_FINISHING) !== 0;
		}
		get ended() {
			return (this.stream._duplexState & WRITE_DONE) !== 0;
		}
		push(data) {
			if ((this.stream._duplexState & WRITE_DROP_DATA) !== 0) return false;
			if (this.map !== null) data = this.map(data);
			this.buffered += this.byteLength(data);
			this.queue.push(data);
			if (this.buffered < this.highWaterMark) {
				this.stream._duplexState |= WRITE_QUEUED;
				return true;
			}
			this.stream._duplexState |= WRITE_QUEUED_AND_UNDRAINED;
			return false;
		}
		shift() {
			const data = this.queue.shift();
			this.buffered -= this.byteLength(data);
			if (this.buffered === 0) this.stream._duplexState &= WRITE_NOT_QUEUED;
			return data;
		}
		end(data) {
			if (typeof data === "function") this.stream.once("finish", data);
			else if (data !== void 0 && data !== null) this.push(data);
			this.stream._duplexState = (this.stream._duplexState | WRITE_FINISHING) & WRITE_NON_PRIMARY;
		}
		autoBatch(data, cb) {
			const buffer = [];
			const stream = this.stream;
			buffer.push(data);
			while ((stream._duplexState & WRITE_STATUS) === WRITE_QUEUED_AND_ACTIVE) buffer.push(stream._writableState.shift());
			if ((stream._duplexState & OPEN_STATUS) !== 0) return cb(null);
			stream._writev(buffer, cb);
		}
		update() {
			const stream = this.stream;
			stream._duplexState |= WRITE_UPDATING;
			do {
				while ((stream._duplexState & WRITE_STATUS) === WRITE_QUEUED) {
					const data = this.shift();
					stream._duplexState |= WRITE_ACTIVE_AND_WRITING;
					stream._write(data, this.afterWrite);
				}
				if ((stream._duplexState & WRITE_PRIMARY_AND_ACTIVE) === 0) this.updateNonPrimary();
			} while (this.continueUpdate() === true);
			stream._duplexState &= WRITE_NOT_UPDATING;
		}
		updateNonPrimary() {
			const stream = this.stream;
			if ((stream._duplexState & WRITE_FINISHING_STATUS) === WRITE_FINISHING) {
				stream._duplexState = stream._duplexState | WRITE_ACTIVE;
				stream._final(afterFinal.bind(this));
				return;
			}
			if ((stream._duplexState & DESTROY_STATUS) === DESTROYING) {
				if ((stream._duplexState & ACTIVE_OR_TICKING) === 0) {
					stream._duplexState |= ACTIVE;
					stream._destroy(afterDestroy.bind(this));
				}
				return;
			}
			if ((stream._duplexState & IS_OPENING) === OPENING) {
				stream._duplexState = (stream._duplexState | ACTIVE) & NOT_OPENING;
				stream._open(afterOpen.bind(this));
			}
		}
		continueUpdate() {
			if ((this.stream._duplexState & WRITE_NEXT_TICK) === 0) return false;
			this.stream._duplexState &= WRITE_NOT_NEXT_TICK;
			return true;
		}
		updateCallback() {
			if ((this.stream._duplexState & WRITE_UPDATE_SYNC_STATUS) === WRITE_PRIMARY) this.update();
			else this.updateNextTick();
		}
		updateNextTick() {
			if ((this.stream._duplexState & WRITE_NEXT_TICK) !== 0) return;
			this.stream._duplexState |= WRITE_NEXT_TICK;
			if ((this.stream._duplexState & WRITE_UPDATING) === 0) qmt(this.afterUpdateNextTick);
		}
	};
	var ReadableState = class {
		constructor(stream, { highWaterMark = 16384, map = null, mapReadable, byteLength, byteLengthReadable } = {}) {
			this.stream = stream;
			this.queue = new FIFO();
			this.highWaterMark = highWaterMark === 0 ? 1 : highWaterMark;
			this.buffered = 0;
			this.readAhead = highWaterMark > 0;
			this.error = null;
			this.pipeline = null;
			this.byteLength = byteLengthReadable || byteLength || defaultByteLength;
			this.map = mapReadable || map;
			this.pipeTo = null;
			this.afterRead = afterRead.bind(this);
			this.afterUpdateNextTick = updateReadNT.bind(this);
		}
		get ending() {
			return (this.stream._duplexState & READ_ENDING) !== 0;
		}
		get ended() {
			return (this.stream._duplexState & READ_DONE) !== 0;
		}
		pipe(pipeTo, cb) {
			if (this.pipeTo !== null) throw StreamError.BAD_ARGUMENT("Can only pipe to one destination");
			if (typeof cb !== "function") cb = null;
			this.stream._duplexState |= READ_PIPE_DRAINED;
			this.pipeTo = pipeTo;
			this.pipeline = new Pipeline(this.stream, pipeTo, cb);
			if (cb) this.stream.on("error", noop);
			if (isStreamx(pipeTo)) {
				pipeTo._writableState.pipeline = this.pipeline;
				if (cb) pipeTo.on("error", noop);
				pipeTo.on("finish", this.pipeline.finished.bind(this.pipeline));
			} else {
				const onerror = this.pipeline.done.bind(this.pipeline, pipeTo);
				const onclose = this.pipeline.done.bind(this.pipeline, pipeTo, null);
				pipeTo.on("error", onerror);
				pipeTo.on("close", onclose);
				pipeTo.on("finish", this.pipeline.finished.bind(this.pipeline));
			}
			pipeTo.on("drain", afterDrain.bind(this));
			this.stream.emit("piping", pipeTo);
			pipeTo.emit("pipe", this.stream);
		}
		push(data) {
			const stream = this.stream;
			if (data === null) {
				this.highWaterMark = 0;
				stream._duplexState = (stream._duplexState | READ_ENDING) & READ_NON_PRIMARY_AND_PUSHED;
				return false;
			}
			if (this.map !== null) {
				data = this.map(data);
				if (data === null) {
					stream._duplexState &= READ_PUSHED;
					return this.buffered < this.highWaterMark;
				}
			}
			this.buffered += this.byteLength(data);
			this.queue.push(data);
			stream._duplexState = (stream._duplexState | READ_QUEUED) & READ_PUSHED;
			return this.buffered < this.highWaterMark;
		}
		shift() {
			const data = this.queue.shift();
			this.buffered -= this.byteLength(data);
			if (this.buffered === 0) this.stream._duplexState &= READ_NOT_QUEUED;
			return data;
		}
		unshift(data) {
			const pending = [this.map !== null ? this.map(data) : data];
			while (this.buffered > 0) pending.push(this.shift());
			for (let i = 0; i < pending.length - 1; i++) {
				const data = pending[i];
				this.buffered += this.byteLength(data);
				this.queue.push(data);
			}
			this.push(pending[pending.length - 1]);
		}
		read() {
			const stream = this.stream;
			if ((stream._duplexState & READ_STATUS) === READ_QUEUED) {
				const data = this.shift();
				if (this.pipeTo !== null && this.pipeTo.write(data) === false) stream._duplexState &= READ_PIPE_NOT_DRAINED;
				if ((stream._duplexState & READ_EMIT_DATA) !== 0) stream.emit("data", data);
				return data;
			}
			if (this.readAhead === false) {
				stream._duplexState |= READ_READ_AHEAD;
				this.updateNextTick();
			}
			return null;
		}
		drain() {
			const stream = this.stream;
			while ((stream._duplexState & READ_STATUS) === READ_QUEUED && (stream._duplexState & READ_FLOWING) !== 0) {
				const data = this.shift();
				if (this.pipeTo !== null && this.pipeTo.write(data) === false) stream._duplexState &= READ_PIPE_NOT_DRAINED;
				if ((stream._duplexState & READ_EMIT_DATA) !== 0) stream.emit("data", data);
			}
		}
		update() {
			const stream = this.stream;
			stream._duplexState |= READ_UPDATING;
			do {
				this.drain();
				while (this.buffered < this.highWaterMark && (stream._duplexState & SHOULD_NOT_READ) === READ_READ_AHEAD) {
					stream._duplexState |= READ_ACTIVE_AND_NEEDS_PUSH;
					stream._read(this.afterRead);
					this.drain();
				}
				if ((stream._duplexState & READ_READABLE_STATUS) === READ_EMIT_READABLE_AND_QUEUED) {
					stream._duplexState |= READ_EMITTED_READABLE;
					stream.emit("readable");
				}
				if ((stream._duplexState & READ_PRIMARY_AND_ACTIVE) === 0) this.updateNonPrimary();
			} while (this.continueUpdate() === true);
			stream._duplexState &= READ_NOT_UPDATING;
		}
		updateNonPrimary() {
			const stream = this.stream;
			if ((stream._duplexState & READ_ENDING_STATUS) === READ_ENDING) {
				stream._duplexState = (stream._duplexState | READ_DONE) & READ_NOT_ENDING;
				stream.emit("end");
				if ((stream._duplexState & AUTO_DESTROY) === DONE) stream._duplexState |= DESTROYING;
				if (this.pipeTo !== null) this.pipeTo.end();
			}
			if ((stream._duplexState & DESTROY_STATUS) === DESTROYING) {
				if ((stream._duplexState & ACTIVE_OR_TICKING) === 0) {
					stream._duplexState |= ACTIVE;
					stream._destroy(afterDestroy.bind(this));
				}
				return;
			}
			if ((stream._duplexState & IS_OPENING) === OPENING) {
				stream._duplexState = (stream._duplexState | ACTIVE) & NOT_OPENING;
				stream._open(afterOpen.bind(this));
			}
		}
		continueUpdate() {
			if ((this.stream._duplexState & READ_NEXT_TICK) === 0) return false;
			this.stream._duplexState &= READ_NOT_NEXT_TICK;
			return true;
		}
		updateCallback() {
			if ((this.stream._duplexState & READ_UPDATE_SYNC_STATUS) === READ_PRIMARY) this.update();
			else this.updateNextTick();
		}
		updateNextTickIfOpen() {
			if ((this.stream._duplexState & READ_NEXT_TICK_OR_OPENING) !== 0) return;
			this.stream._duplexState |= READ_NEXT_TICK;
			if ((this.stream._duplexState & READ_UPDATING) === 0) qmt(this.afterUpdateNextTick);
		}
		updateNextTick() {
			if ((this.stream._duplexState & READ_NEXT_TICK) !== 0) return;
			this.stream._duplexState |= READ_NEXT_TICK;
			if ((this.stream._duplexState & READ_UPDATING) === 0) qmt(this.afterUpdateNextTick);
		}
	};
	var TransformState = class {
		constructor(stream) {
			this.data = null;
			this.afterTransform = afterTransform.bind(stream);
			this.afterFinal = null;
		}
	};
	var Pipeline = class {
		constructor(src, dst, cb) {
			this.from = src;
			this.to = dst;
			this.afterPipe = cb;
			this.error = null;
			this.pipeToFinished = false;
		}
		finished() {
			this.pipeToFinished = true;
		}
		done(stream, err) {
			if (err) this.error = err;
			if (stream === this.to) {
				this.to = null;
				if (this.from !== null) {
					if ((this.from._duplexState & READ_DONE) === 0 || !this.pipeToFinished) this.from.destroy(this.error || StreamError.PREMATURE_CLOSE("Writable stream closed"));
					return;
				}
			}
			if (stream === this.from) {
				this.from = null;
				if (this.to !== null) {
					if ((stream._duplexState & READ_DONE) === 0) this.to.destroy(this.error || StreamError.PREMATURE_CLOSE("Readable stream closed"));
					return;
				}
			}
			if (this.afterPipe !== null) this.afterPipe(this.error);
			this.to = this.from = this.afterPipe = null;
		}
	};
	function afterDrain() {
		this.stream._duplexState |= READ_PIPE_DRAINED;
		this.updateCallback();
	}
	function afterFinal(err) {
		const stream = this.stream;
		if (err) stream.destroy(err);
		if ((stream._duplexState & DESTROY_STATUS) === 0) {
			stream._duplexState |= WRITE_DONE;
			stream.emit("finish");
		}
		if ((stream._duplexState & AUTO_DESTROY) === DONE) stream._duplexState |= DESTROYING;
		stream._duplexState &= WRITE_NOT_FINISHING;
		if ((stream._duplexState & WRITE_UPDATING) === 0) this.update();
		else this.updateNextTick();
	}
	function afterDestroy(err) {
		const stream = this.stream;
		if (!err && !StreamError.isStreamDestroyed(this.error)) err = this.error;
		if (err) stream.emit("error", err);
		stream._duplexState |= DESTROYED;
		stream.emit("close");
		const rs = stream._readableState;
		const ws = stream._writableState;
		if (rs !== null && rs.pipeline !== null) rs.pipeline.done(stream, err);
		if (ws !== null) {
			while (ws.drains !== null && ws.drains.length > 0) ws.drains.shift().resolve(false);
			if (ws.pipeline !== null) ws.pipeline.done(stream, err);
		}
	}
	function afterWrite(err) {
		const stream = this.stream;
		if (err) stream.destroy(err);
		stream._duplexState &= WRITE_NOT_ACTIVE;
		if (this.drains !== null) tickDrains(this.drains);
		if ((stream._duplexState & WRITE_DRAIN_STATUS) === WRITE_UNDRAINED) {
			stream._duplexState &= WRITE_DRAINED;
			if ((stream._duplexState & WRITE_EMIT_DRAIN) === WRITE_EMIT_DRAIN) stream.emit("drain");
		}
		this.updateCallback();
	}
	function afterRead(err) {
		if (err) this.stream.destroy(err);
		this.stream._duplexState &= READ_NOT_ACTIVE;
		if (this.readAhead === false && (this.stream._duplexState & READ_RESUMED) === 0) this.stream._duplexState &= READ_NO_READ_AHEAD;
		this.updateCallback();
	}
	function updateReadNT() {
		if ((this.stream._duplexState & READ_UPDATING) === 0) {
			this.stream._duplexState &= READ_NOT_NEXT_TICK;
			this.update();
		}
	}
	function updateWriteNT() {
		if ((this.stream._duplexState & WRITE_UPDATING) === 0) {
			this.stream._duplexState &= WRITE_NOT_NEXT_TICK;
			this.update();
		}
	}
	function tickDrains(drains) {
		for (let i = 0; i < drains.length; i++) if (--drains[i].writes === 0) {
			drains.shift().resolve(true);
			i--;
		}
	}
	function afterOpen(err) {
		const stream = this.stream;
		if (err) stream.destroy(err);
		if ((stream._duplexState & DESTROYING) === 0) {
			if ((stream._duplexState & READ_PRIMARY_STATUS) === 0) stream._duplexState |= READ_PRIMARY;
			if ((stream._duplexState & WRITE_PRIMARY_STATUS) === 0) stream._duplexState |= WRITE_PRIMARY;
			stream.emit("open");
		}
		stream._duplexState &= NOT_ACTIVE;
		if (stream._writableState !== null) stream._writableState.updateCallback();
		if (stream._readableState !== null) stream._readableState.updateCallback();
	}
	function afterTransform(err, data) {
		if (data !== void 0 && data !== null) this.push(data);
		this._writableState.afterWrite(err);
	}
	function newListener(name) {
		if (this._readableState !== null) {
			if (name === "data") {
				this._duplexState |= 133376;
				this._readableState.updateNextTick();
			}
			if (name === "readable") {
				this._duplexState |= READ_EMIT_READABLE;
				this._readableState.updateNextTick();
			}
		}
		if (this._writableState !== null) {
			if (name === "drain") {
				this._duplexState |= WRITE_EMIT_DRAIN;
				this._writableState.updateNextTick();
			}
		}
	}
	var Stream = class extends EventEmitter {
		constructor(opts) {
			super();
			this._duplexState = 0;
			this._readableState = null;
			this._writableState = null;
			if (opts) {
				if (opts.open) this._open = opts.open;
				if (opts.destroy) this._destroy = opts.destroy;
				if (opts.predestroy) this._predestroy = opts.predestroy;
				if (opts.signal) opts.signal.addEventListener("abort", abort.bind(this));
			}
			this.on("newListener", newListener);
		}
		_open(cb) {
			cb(null);
		}
		_destroy(cb) {
			cb(null);
		}
		_predestroy() {}
		get readable() {
			return this._readableState !== null ? true : void 0;
		}
		get writable() {
			return this._writableState !== null ? true : void 0;
		}
		get destroyed() {
			return (this._duplexState & DESTROYED) !== 0;
		}
		get destroying() {
			return (this._duplexState & DESTROY_STATUS) !== 0;
		}
		destroy(err) {
			if ((this._duplexState & DESTROY_STATUS) === 0) {
				if (!err) err = StreamError.STREAM_DESTROYED();
				this._duplexState = (this._duplexState | DESTROYING) & NON_PRIMARY;
				if (this._readableState !== null) {
					this._readableState.highWaterMark = 0;
					this._readableState.error = err;
				}
				if (this._writableState !== null) {
					this._writableState.highWaterMark = 0;
					this._writableState.error = err;
				}
				this._duplexState |= PREDESTROYING;
				this._predestroy();
				this._duplexState &= NOT_PREDESTROYING;
				if (this._readableState !== null) this._readableState.updateNextTick();
				if (this._writableState !== null) this._writableState.updateNextTick();
			}
		}
	};
	var Readable = class Readable extends Stream {
		constructor(opts) {
			super(opts);
			this._duplexState |= 8519681;
			this._readableState = new ReadableState(this, opts);
			if (opts) {
				if (this._readableState.readAhead === false) this._duplexState &= READ_NO_READ_AHEAD;
				if (opts.read) this._read = opts.read;
				if (opts.eagerOpen) this._readableState.updateNextTick();
				if (opts.encoding) this.setEncoding(opts.encoding);
			}
		}
		static deferred(fn, opts) {
			const out = new PassThrough(opts);
			fn().then((src) => {
				if (src === null) return out.end();
				if (out.destroying) return;
				pipeline(src, out, noop);
			}).catch((err) => out.destroy(err));
			return out;
		}
		setEncoding(encoding) {
			const dec = new TextDecoder(encoding);
			const map = this._readableState.map || echo;
			this._readableState.map = mapOrSkip;
			return this;
			function mapOrSkip(data) {
				const next = dec.push(data);
				return next === "" && (data.byteLength !== 0 || dec.remaining > 0) ? null : map(next);
			}
		}
		_read(cb) {
			cb(null);
		}
		pipe(dest, cb) {
			this._readableState.updateNextTick();
			this._readableState.pipe(dest, cb);
			return dest;
		}
		read() {
			this._readableState.updateNextTick();
			return this._readableState.read();
		}
		push(data) {
			this._readableState.updateNextTickIfOpen();
			return this._readableState.push(data);
		}
		unshift(data) {
			this._readableState.updateNextTickIfOpen();
			return this._readableState.unshift(data);
		}
		resume() {
			this._duplexState |= READ_RESUMED_READ_AHEAD;
			this._readableState.updateNextTick();
			return this;
		}
		pause() {
			this._duplexState &= this._readableState.readAhead === false ? READ_PAUSED_NO_READ_AHEAD : READ_PAUSED;
			return this;
		}
		static _fromAsyncIterator(ite, opts) {
			let destroy;
			const rs = new Readable({
				...opts,
				read(cb) {
					ite.next().then(push).then(cb.bind(null, null)).catch(cb);
				},
				predestroy() {
					destroy = ite.return();
				},
				destroy(cb) {
					if (!destroy) return cb(null);
					destroy.then(cb.bind(null, null)).catch(cb);
				}
			});
			return rs;
			function push(data) {
				if (data.done) rs.push(null);
				else rs.push(data.value);
			}
		}
		static from(data, opts) {
			if (isReadStreamx(data)) return data;
			if (data[asyncIterator]) return this._fromAsyncIterator(data[asyncIterator](), opts);
			if (!Array.isArray(data)) data = data === void 0 ? [] : [data];
			let i = 0;
			return new Readable({
				...opts,
				read(cb) {
					this.push(i === data.length ? null : data[i++]);
					cb(null);
				}
			});
		}
		static isBackpressured(rs) {
			return (rs._duplexState & READ_BACKPRESSURE_STATUS) !== 0 || rs._readableState.buffered >= rs._readableState.highWaterMark;
		}
		static isPaused(rs) {
			return (rs._duplexState & READ_RESUMED) === 0;
		}
		[asyncIterator]() {
			const stream = this;
			let error = null;
			let promiseResolve = null;
			let promiseReject = null;
			this.on("error", (err) => {
				error = err;
			});
			this.on("readable", onreadable);
			this.on("close", onclose);
			return {
				[asyncIterator]() {
					return this;
				},
				next() {
					return new Promise(function(resolve, reject) {
						promiseResolve = resolve;
						promiseReject = reject;
						const data = stream.read();
						if (data !== null) ondata(data);
						else if ((stream._duplexState & DESTROYED) !== 0) ondata(null);
					});
				},
				return() {
					return destroy(null);
				},
				throw(err) {
					return destroy(err);
				}
			};
			function onreadable() {
				if (promiseResolve !== null) ondata(stream.read());
			}
			function onclose() {
				if (promiseResolve !== null) ondata(null);
			}
			function ondata(data) {
				if (promiseReject === null) return;
				if (error) promiseReject(error);
				else if (data === null && (stream._duplexState & READ_DONE) === 0) promiseReject(StreamError.STREAM_DESTROYED());
				else promiseResolve({
					value: data,
					done: data === null
				});
				promiseReject = promiseResolve = null;
			}
			function destroy(err) {
				stream.destroy(err);
				return new Promise((resolve, reject) => {
					if (stream._duplexState & DESTROYED) return resolve({
						value: void 0,
						done: true
					});
					stream.once("close", function() {
						if (err) reject(err);
						else resolve({
							value: void 0,
							done: true
						});
					});
				});
			}
		}
	};
	var Writable = class extends Stream {
		constructor(opts) {
			super(opts);
			this._duplexState |= 16385;
			this._writableState = new WritableState(this, opts);
			if (opts) {
				if (opts.writev) this._writev = opts.writev;
				if (opts.write) this._write = opts.write;
				if (opts.final) this._final = opts.final;
				if (opts.eagerOpen) this._writableState.updateNextTick();
			}
		}
		cork() {
			this._duplexState |= WRITE_CORKED;
		}
		uncork() {
			this._duplexState &= WRITE_NOT_CORKED;
			this._writableState.updateNextTick();
		}
		_writev(batch, cb) {
			cb(null);
		}
		_write(data, cb) {
			this._writableState.autoBatch(data, cb);
		}
		_final(cb) {
			cb(null);
		}
		static isBackpressured(ws) {
			return (ws._duplexState & WRITE_BACKPRESSURE_STATUS) !== 0;
		}
		static drained(ws) {
			if (ws.destroyed) return Promise.resolve(false);
			const state = ws._writableState;
			const writes = (isWritev(ws) ? Math.min(1, state.queue.length) : state.queue.length) + (ws._duplexState & WRITE_WRITING ? 1 : 0);
			if (writes === 0) return Promise.resolve(true);
			if (state.drains === null) state.drains = [];
			return new Promise((resolve) => {
				state.drains.push({
					writes,
					resolve
				});
			});
		}
		write(data) {
			this._writableState.updateNextTick();
			return this._writableState.push(data);
		}
		end(data) {
			this._writableState.updateNextTick();
			this._writableState.end(data);
			return this;
		}
	};
	var Duplex = class extends Readable {
		constructor(opts) {
			super(opts);
			this._duplexState = OPENING | this._duplexState & READ_READ_AHEAD;
			this._writableState = new WritableState(this, opts);
			if (opts) {
				if (opts.writev) this._writev = opts.writev;
				if (opts.write) this._write = opts.write;
				if (opts.final) this._final = opts.final;
			}
		}
		cork() {
			this._duplexState |= WRITE_CORKED;
		}
		uncork() {
			this._duplexState &= WRITE_NOT_CORKED;
			this._writableState.updateNextTick();
		}
		_writev(batch, cb) {
			cb(null);
		}
		_write(data, cb) {
			this._writableState.autoBatch(data, cb);
		}
		_final(cb) {
			cb(null);
		}
		write(data) {
			this._writableState.updateNextTick();
			return this._writableState.push(data);
		}
		end(data) {
			this._writableState.updateNextTick();
			this._writableState.end(data);
			return this;
		}
	};
	var Transform = class extends Duplex {
		constructor(opts) {
			super(opts);
			this._transformState = new TransformState(this);
			if (opts) {
				if (opts.transform) this._transform = opts.transform;
				if (opts.flush) this._flush = opts.flush;
			}
		}
		_write(data, cb) {
			if (this._readableState.buffered >= this._readableState.highWaterMark) this._transformState.data = data;
			else this._transform(data, this._transformState.afterTransform);
		}
		_read(cb) {
			if (this._transformState.data !== null) {
				const data = this._transformState.data;
				this._transformState.data = null;
				cb(null);
				this._transform(data, this._transformState.afterTransform);
			} else cb(null);
		}
		destroy(err) {
			super.destroy(err);
			if (this._transformState.data !== null) {
				this._transformState.data = null;
				this._transformState.afterTransform();
			}
		}
		_transform(data, cb) {
			cb(null, data);
		}
		_flush(cb) {
			cb(null);
		}
		_final(cb) {
			this._transformState.afterFinal = cb;
			this._flush(transformAfterFlush.bind(this));
		}
	};
	var PassThrough = class extends Transform {};
	function transformAfterFlush(err, data) {
		const cb = this._transformState.afterFinal;
		if (err) return cb(err);
		if (data !== null && data !== void 0) this.push(data);
		this.push(null);
		cb(null);
	}
	function pipelinePromise(...streams) {
		return new Promise((resolve, reject) => {
			return pipeline(...streams, (err) => {
				if (err) return reject(err);
				resolve();
			});
		});
	}
	function pipeline(stream, ...streams) {
		const all = Array.isArray(stream) ? [...stream, ...streams] : [stream, ...streams];
		const done = all.length && typeof all[all.length - 1] === "function" ? all.pop() : null;
		if (all.length < 2) throw StreamError.BAD_ARGUMENT("Pipeline requires at least 2 streams");
		let src = all[0];
		let dest = null;
		let error = null;
		for (let i = 1; i < all.length; i++) {
			dest = all[i];
			if (isStreamx(src)) src.pipe(dest, onerror);
			else {
				errorHandle(src, true, i > 1, onerror);
				src.pipe(dest);
			}
			src = dest;
		}
		if (done) {
			let fin = false;
			const autoDestroy = isStreamx(dest) || !!(dest._writableState && dest._writableState.autoDestroy);
			dest.on("error", (err) => {
				if (error === null) error = err;
			});
			dest.on("finish", () => {
				fin = true;
				if (!autoDestroy) done(error);
			});
			if (autoDestroy) dest.on("close", () => done(error || (fin ? null : StreamError.PREMATURE_CLOSE())));
		}
		return dest;
		function errorHandle(s, rd, wr, onerror) {
			s.on("error", onerror);
			s.on("close", onclose);
			function onclose() {
				if (rd && s._readableState && !s._readableState.ended) return onerror(StreamError.PREMATURE_CLOSE());
				if (wr && s._writableState && !s._writableState.ended) return onerror(StreamError.PREMATURE_CLOSE());
			}
		}
		function onerror(err) {
			if (!err || error) return;
			error = err;
			for (const s of all) s.destroy(err);
		}
	}
	function echo(s) {
		return s;
	}
	function isStream(stream) {
		return !!stream._readableState || !!stream._writableState;
	}
	function isStreamx(stream) {
		return typeof stream._duplexState === "number" && isStream(stream);
	}
	function isEnding(stream) {
		return !!stream._readableState && stream._readableState.ending;
	}
	function isEnded(stream) {
		return !!stream._readableState && stream._readableState.ended;
	}
	function isFinishing(stream) {
		return !!stream._writableState && stream._writableState.ending;
	}
	function isFinished(stream) {
		return !!stream._writableState && stream._writableState.ended;
	}
	function getStreamError(stream, opts = {}) {
		const err = stream._readableState && stream._readableState.error || stream._writableState && stream._writableState.error;
		return !opts.all && StreamError.isStreamDestroyed(err) ? null : err;
	}
	function isReadStreamx(stream) {
		return isStreamx(stream) && stream.readable;
	}
	function isDisturbed(stream) {
		return (stream._duplexState & OPENING) !== OPENING || (stream._duplexState & DESTROYING) === DESTROYING || (stream._duplexState & ACTIVE_OR_TICKING) !== 0;
	}
	function isTypedArray(data) {
		return typeof data === "object" && data !== null && typeof data.byteLength === "number";
	}
	function defaultByteLength(data) {
		return isTypedArray(data) ? data.byteLength : 1024;
	}
	function noop() {}
	function abort() {
		this.destroy(StreamError.ABORTED());
	}
	function isWritev(s) {
		return s._writev !== Writable.prototype._writev && s._writev !== Duplex.prototype._writev;
	}
	module.exports = {
		pipeline,
		pipelinePromise,
		isStream,
		isStreamx,
		isEnding,
		isEnded,
		isFinishing,
		isFinished,
		isDisturbed,
		getStreamError,
		Stream,
		Writable,
		Readable,
		Duplex,
		Transform,
		PassThrough
	};
}));

// node_modules/tar-stream/headers.js
var require_headers = /* @__PURE__ */ __commonJSMin(((exports) => {
	const b4a = require_b4a();
	const ZEROS = "0000000000000000000";
	const SEVENS = "7777777777777777777";
	const ZERO_OFFSET = "0".charCodeAt(0);
	const USTAR_MAGIC = b4a.from([
		117,
		115,
		116,
		97,
		114,
		0
	]);
	const USTAR_VER = b4a.from([ZERO_OFFSET, ZERO_OFFSET]);
	const GNU_MAGIC = b4a.from([
		117,
		115,
		116,
		97,
		114,
		32
	]);
	const GNU_VER = b4a.from([32, 0]);
	const MASK = 4095;
	const MAGIC_OFFSET = 257;
	const VERSION_OFFSET = 263;
	exports.decodeLongPath = function decodeLongPath(buf, encoding) {
		return decodeStr(buf, 0, buf.length, encoding);
	};
	exports.encodePax = function encodePax(opts) {
		let result = "";
		if (opts.name) result += addLength(" path=" + opts.name + "\n");
		if (opts.linkname) result += addLength(" linkpath=" + opts.linkname + "\n");
		const pax = opts.pax;
		if (pax) for (const key in pax) result += addLength(" " + key + "=" + pax[key] + "\n");
		return b4a.from(result);
	};
	exports.decodePax = function decodePax(buf) {
		const result = {};
		while (buf.length) {
			let i = 0;
			while (i < buf.length && buf[i] !== 32) i++;
			const len = parseInt(b4a.toString(buf.subarray(0, i)), 10);
			if (!len) return result;
			const b = b4a.toString(buf.subarray(i + 1, len - 1));
			const keyIndex = b.indexOf("=");
			if (keyIndex === -1) return result;
			result[b.slice(0, keyIndex)] = b.slice(keyIndex + 1);
			buf = buf.subarray(len);
		}
		return result;
	};
	exports.encode = function encode(opts) {
		const buf = b4a.alloc(512);
		let name = opts.name;
		let prefix = "";
		if (opts.typeflag === 5 && name[name.length - 1] !== "/") name += "/";
		if (b4a.byteLength(name) !== name.length) return null;
		while (b4a.byteLength(name) > 100) {
			const i = name.indexOf("/");
			if (i === -1) return null;
			prefix += prefix ? "/" + name.slice(0, i) : name.slice(0, i);
			name = name.slice(i + 1);
		}
		if (b4a.byteLength(name) > 100 || b4a.byteLength(prefix) > 155) return null;
		if (opts.linkname && b4a.byteLength(opts.linkname) > 100) return null;
		b4a.write(buf, name);
		b4a.write(buf, encodeOct(opts.mode & MASK, 6), 100);
		b4a.write(buf, encodeOct(opts.uid, 6), 108);
		b4a.write(buf, encodeOct(opts.gid, 6), 116);
		encodeSize(opts.size, buf, 124);
		b4a.write(buf, encodeOct(opts.mtime.getTime() / 1e3 | 0, 11), 136);
		buf[156] = ZERO_OFFSET + toTypeflag(opts.type);
		if (opts.linkname) b4a.write(buf, opts.linkname, 157);
		b4a.copy(USTAR_MAGIC, buf, MAGIC_OFFSET);
		b4a.copy(USTAR_VER, buf, VERSION_OFFSET);
		if (opts.uname) b4a.write(buf, opts.uname, 265);
		if (opts.gname) b4a.write(buf, opts.gname, 297);
		b4a.write(buf, encodeOct(opts.devmajor || 0, 6), 329);
		b4a.write(buf, encodeOct(opts.devminor || 0, 6), 337);
		if (prefix) b4a.write(buf, prefix, 345);
		b4a.write(buf, encodeOct(cksum(buf), 6), 148);
		return buf;
	};
	exports.decode = function decode(buf, filenameEncoding, allowUnknownFormat) {
		let typeflag = buf[156] === 0 ? 0 : buf[156] - ZERO_OFFSET;
		let name = decodeStr(buf, 0, 100, filenameEncoding);
		const mode = decodeOct(buf, 100, 8);
		const uid = decodeOct(buf, 108, 8);
		const gid = decodeOct(buf, 116, 8);
		const size = decodeOct(buf, 124, 12);
		const mtime = decodeOct(buf, 136, 12);
		const type = toType(typeflag);
		const linkname = buf[157] === 0 ? null : decodeStr(buf, 157, 100, filenameEncoding);
		const uname = decodeStr(buf, 265, 32);
		const gname = decodeStr(buf, 297, 32);
		const devmajor = decodeOct(buf, 329, 8);
		const devminor = decodeOct(buf, 337, 8);
		const c = cksum(buf);
		if (c === 256) return null;
		if (c !== decodeOct(buf, 148, 8)) throw new Error("Invalid tar header. Maybe the tar is corrupted or it needs to be gunzipped?");
		if (isUSTAR(buf)) {
			if (buf[345]) name = decodeStr(buf, 345, 155, filenameEncoding) + "/" + name;
		} else if (isGNU(buf)) {} else if (!allowUnknownFormat) throw new Error("Invalid tar header: unknown format.");
		if (typeflag === 0 && name && name[name.length - 1] === "/") typeflag = 5;
		return {
			name,
			mode,
			uid,
			gid,
			size,
			byteOffset: 0,
			mtime: /* @__PURE__ */ new Date(1e3 * mtime),
			type,
			linkname,
			uname,
			gname,
			devmajor,
			devminor,
			pax: null
		};
	};
	function isUSTAR(buf) {
		return b4a.equals(USTAR_MAGIC, buf.subarray(MAGIC_OFFSET, 263));
	}
	function isGNU(buf) {
		return b4a.equals(GNU_MAGIC, buf.subarray(MAGIC_OFFSET, 263)) && b4a.equals(GNU_VER, buf.subarray(VERSION_OFFSET, 265));
	}
	function clamp(index, len, defaultValue) {
		if (typeof index !== "number") return defaultValue;
		index = ~~index;
		if (index >= len) return len;
		if (index >= 0) return index;
		index += len;
		if (index >= 0) return index;
		return 0;
	}
	function toType(flag) {
		switch (flag) {
			case 0: return "file";
			case 1: return "link";
			case 2: return "symlink";
			case 3: return "character-device";
			case 4: return "block-device";
			case 5: return "directory";
			case 6: return "fifo";
			case 7: return "contiguous-file";
			case 72: return "pax-header";
			case 55: return "pax-global-header";
			case 27: return "gnu-long-link-path";
			case 28:
			case 30: return "gnu-long-path";
		}
		return null;
	}
	function toTypeflag(flag) {
		switch (flag) {
			case "file": return 0;
			case "link": return 1;
			case "symlink": return 2;
			case "character-device": return 3;
			case "block-device": return 4;
			case "directory": return 5;
			case "fifo": return 6;
			case "contiguous-file": return 7;
			case "pax-header": return 72;
		}
		return 0;
	}
	function indexOf(block, num, offset, end) {
		for (; offset < end; offset++) if (block[offset] === num) return offset;
		return end;
	}
	function cksum(block) {
		let sum = 256;
		for (let i = 0; i < 148; i++) sum += block[i];
		for (let j = 156; j < 512; j++) sum += block[j];
		return sum;
	}
	function encodeOct(val, n) {
		val = val.toString(8);
		if (val.length > n) return SEVENS.slice(0, n) + " ";
		return ZEROS.slice(0, n - val.length) + val + " ";
	}
	function encodeSizeBin(num, buf, off) {
		buf[off] = 128;
		for (let i = 11; i > 0; i--) {
			buf[off + i] = num & 255;
			num = Math.floor(num / 256);
		}
	}
	function encodeSize(num, buf, off) {
		if (num.toString(8).length > 11) encodeSizeBin(num, buf, off);
		else b4a.write(buf, encodeOct(num, 11), off);
	}
	function parse256(buf) {
		let positive;
		if (buf[0] === 128) positive = true;
		else if (buf[0] === 255) positive = false;
		else return null;
		const tuple = [];
		let i;
		for (i = buf.length - 1; i > 0; i--) {
			const byte = buf[i];
			if (positive) tuple.push(byte);
			else tuple.push(255 - byte);
		}
		let sum = 0;
		const l = tuple.length;
		for (i = 0; i < l; i++) sum += tuple[i] * Math.pow(256, i);
		return positive ? sum : -1 * sum;
	}
	function decodeOct(val, offset, length) {
		val = val.subarray(offset, offset + length);
		offset = 0;
		if (val[offset] & 128) return parse256(val);
		else {
			while (offset < val.length && val[offset] === 32) offset++;
			const end = clamp(indexOf(val, 32, offset, val.length), val.length, val.length);
			while (offset < end && val[offset] === 0) offset++;
			if (end === offset) return 0;
			return parseInt(b4a.toString(val.subarray(offset, end)), 8);
		}
	}
	function decodeStr(val, offset, length, encoding) {
		return b4a.toString(val.subarray(offset, indexOf(val, 0, offset, offset + length)), encoding);
	}
	function addLength(str) {
		const len = b4a.byteLength(str);
		let digits = Math.floor(Math.log(len) / Math.log(10)) + 1;
		if (len + digits >= Math.pow(10, digits)) digits++;
		return len + digits + str;
	}
}));

// node_modules/tar-stream/extract.js
var require_extract = /* @__PURE__ */ __commonJSMin(((exports, module) => {
	const { Writable, Readable, getStreamError } = require_streamx();
	const FIFO = require_fast_fifo();
	const b4a = require_b4a();
	const headers = require_headers();
	const EMPTY = b4a.alloc(0);
	const MAX_HEADER_SIZE = 4194304;
	var BufferList = class {
		constructor() {
			this.buffered = 0;
			this.shifted = 0;
			this.queue = new FIFO();
			this._offset = 0;
		}
		push(buffer) {
			this.buffered += buffer.byteLength;
			this.queue.push(buffer);
		}
		shiftFirst(size) {
			return this.buffered === 0 ? null : this._next(size);
		}
		shift(size) {
			if (size > this.buffered) return null;
			if (size === 0) return EMPTY;
			let chunk = this._next(size);
			if (size === chunk.byteLength) return chunk;
			const chunks = [chunk];
			while ((size -= chunk.byteLength) > 0) {
				chunk = this._next(size);
				chunks.push(chunk);
			}
			return b4a.concat(chunks);
		}
		_next(size) {
			const buf = this.queue.peek();
			const rem = buf.byteLength - this._offset;
			if (size >= rem) {
				const sub = this._offset ? buf.subarray(this._offset, buf.byteLength) : buf;
				this.queue.shift();
				this._offset = 0;
				this.buffered -= rem;
				this.shifted += rem;
				return sub;
			}
			this.buffered -= size;
			this.shifted += size;
			return buf.subarray(this._offset, this._offset += size);
		}
	};
	var Source = class extends Readable {
		constructor(self, header, offset) {
			super();
			this.header = header;
			this.offset = offset;
			this._parent = self;
		}
		_read(cb) {
			if (this.header.size === 0) this.push(null);
			if (this._parent._stream === this) this._parent._update();
			cb(null);
		}
		_predestroy() {
			this._parent.destroy(getStreamError(this));
		}
		_detach() {
			if (this._parent._stream === this) {
				this._parent._stream = null;
				this._parent._missing = overflow(this.header.size);
				this._parent._update();
			}
		}
		_destroy(cb) {
			this._detach();
			cb(null);
		}
	};
	var Extract = class extends Writable {
		constructor(opts) {
			super(opts);
			if (!opts) opts = {};
			this._buffer = new BufferList();
			this._offset = 0;
			this._header = null;
			this._stream = null;
			this._missing = 0;
			this._longHeader = false;
			this._callback = noop;
			this._locked = false;
			this._finished = false;
			this._pax = null;
			this._paxGlobal = null;
			this._gnuLongPath = null;
			this._gnuLongLinkPath = null;
			this._filenameEncoding = opts.filenameEncoding || "utf-8";
			this._allowUnknownFormat = !!opts.allowUnknownFormat;
			this._unlockBound = this._unlock.bind(this);
		}
		_unlock(err) {
			this._locked = false;
			if (err) {
				this.destroy(err);
				this._continueWrite(err);
				return;
			}
			this._update();
		}
		_consumeHeader() {
			if (this._locked) return false;
			this._offset = this._buffer.shifted;
			try {
				this._header = headers.decode(this._buffer.shift(512), this._filenameEncoding, this._allowUnknownFormat);
			} catch (err) {
				this._continueWrite(err);
				return false;
			}
			if (!this._header) return true;
			this._header.byteOffset = this._buffer.shifted;
			switch (this._header.type) {
				case "gnu-long-path":
				case "gnu-long-link-path":
				case "pax-global-header":
				case "pax-header":
					this._longHeader = true;
					this._missing = this._header.size;
					if (this._missing > MAX_HEADER_SIZE) {
						this._continueWrite(/* @__PURE__ */ new Error("Header exceeds max size"));
						return false;
					}
					return true;
			}
			this._locked = true;
			this._applyLongHeaders();
			if (!(this._header.size >= 0)) {
				this._continueWrite(/* @__PURE__ */ new Error("Invalid header"));
				return false;
			}
			if (this._header.size === 0 || this._header.type === "directory") {
				this.emit("entry", this._header, this._createStream(), this._unlockBound);
				return true;
			}
			this._stream = this._createStream();
			this._missing = this._header.size;
			this.emit("entry", this._header, this._stream, this._unlockBound);
			return true;
		}
		_applyLongHeaders() {
			if (this._gnuLongPath) {
				this._header.name = this._gnuLongPath;
				this._gnuLongPath = null;
			}
			if (this._gnuLongLinkPath) {
				this._header.linkname = this._gnuLongLinkPath;
				this._gnuLongLinkPath = null;
			}
			if (this._pax) {
				if (this._pax.path) this._header.name = this._pax.path;
				if (this._pax.linkpath) this._header.linkname = this._pax.linkpath;
				if (this._pax.size) this._header.size = parseInt(this._pax.size, 10);
				this._header.pax = this._pax;
				this._pax = null;
			}
		}
		_decodeLongHeader(buf) {
			switch (this._header.type) {
				case "gnu-long-path":
					this._gnuLongPath = headers.decodeLongPath(buf, this._filenameEncoding);
					break;
				case "gnu-long-link-path":
					this._gnuLongLinkPath = headers.decodeLongPath(buf, this._filenameEncoding);
					break;
				case "pax-global-header":
					this._paxGlobal = headers.decodePax(buf);
					break;
				case "pax-header": this._pax = this._paxGlobal === null ? headers.decodePax(buf) : Object.assign({}, this._paxGlobal, headers.decodePax(buf));
			}
		}
		_consumeLongHeader() {
			this._longHeader = false;
			this._missing = overflow(this._header.size);
			const buf = this._buffer.shift(this._header.size);
			try {
				this._decodeLongHeader(buf);
			} catch (err) {
				this._continueWrite(err);
				return false;
			}
			return true;
		}
		_consumeStream() {
			const buf = this._buffer.shiftFirst(this._missing);
			if (buf === null) return false;
			this._missing -= buf.byteLength;
			const drained = this._stream.push(buf);
			if (this._missing === 0) {
				this._stream.push(null);
				if (drained) this._stream._detach();
				return drained && this._locked === false;
			}
			return drained;
		}
		_createStream() {
			return new Source(this, this._header, this._offset);
		}
		_update() {
			while (this._buffer.buffered > 0 && !this.destroying) {
				if (this._missing > 0) {
					if (this._stream !== null) {
						if (this._consumeStream() === false) return;
						continue;
					}
					if (this._longHeader === true) {
						if (this._missing > this._buffer.buffered) break;
						if (this._consumeLongHeader() === false) return false;
						continue;
					}
					const ignore = this._buffer.shiftFirst(this._missing);
					if (ignore !== null) this._missing -= ignore.byteLength;
					continue;
				}
				if (this._buffer.buffered < 512) break;
				if (this._stream !== null || this._consumeHeader() === false) return;
			}
			this._continueWrite(null);
		}
		_continueWrite(err) {
			const cb = this._callback;
			this._callback = noop;
			cb(err);
		}
		_write(data, cb) {
			this._callback = cb;
			this._buffer.push(data);
			this._update();
		}
		_final(cb) {
			this._finished = this._missing === 0 && this._buffer.buffered === 0;
			cb(this._finished ? null : /* @__PURE__ */ new Error("Unexpected end of data"));
		}
		_predestroy() {
			this._continueWrite(null);
		}
		_destroy(cb) {
			if (this._stream) this._stream.destroy(getStreamError(this));
			cb(null);
		}
		[Symbol.asyncIterator]() {
			let error = null;
			let promiseResolve = null;
			let promiseReject = null;
			let entryStream = null;
			let entryCallback = null;
			const extract = this;
			this.on("entry", onentry);
			this.on("error", (err) => {
				error = err;
			});
			this.on("close", onclose);
			return {
				[Symbol.asyncIterator]() {
					return this;
				},
				next() {
					return new Promise(onnext);
				},
				return() {
					return destroy(null);
				},
				throw(err) {
					return destroy(err);
				}
			};
			function consumeCallback(err) {
				if (!entryCallback) return;
				const cb = entryCallback;
				entryCallback = null;
				cb(err);
			}
			function onnext(resolve, reject) {
				if (error) return reject(error);
				if (entryStream) {
					resolve({
						value: entryStream,
						done: false
					});
					entryStream = null;
					return;
				}
				promiseResolve = resolve;
				promiseReject = reject;
				consumeCallback(null);
				if (extract._finished && promiseResolve) {
					promiseResolve({
						value: void 0,
						done: true
					});
					promiseResolve = promiseReject = null;
				}
			}
			function onentry(header, stream, callback) {
				entryCallback = callback;
				stream.on("error", noop);
				if (promiseResolve) {
					promiseResolve({
						value: stream,
						done: false
					});
					promiseResolve = promiseReject = null;
				} else entryStream = stream;
			}
			function onclose() {
				consumeCallback(error);
				if (!promiseResolve) return;
				if (error) promiseReject(error);
				else promiseResolve({
					value: void 0,
					done: true
				});
				promiseResolve = promiseReject = null;
			}
			function destroy(err) {
				extract.destroy(err);
				consumeCallback(err);
				return new Promise((resolve, reject) => {
					if (extract.destroyed) return resolve({
						value: void 0,
						done: true
					});
					extract.once("close", function() {
						if (err) reject(err);
						else resolve({
							value: void 0,
							done: true
						});
					});
				});
			}
		}
	};
	module.exports = function extract(opts) {
		return new Extract(opts);
	};
	function noop() {}
	function overflow(size) {
		size &= 511;
		return size && 512 - size;
	}
}));

// node_modules/tar-stream/constants.js
var require_constants = /* @__PURE__ */ __commonJSMin(((exports, module) => {
	const constants = {
		S_IFMT: 61440,
		S_IFDIR: 16384,
		S_IFCHR: 8192,
		S_IFBLK: 24576,
		S_IFIFO: 4096,
		S_IFLNK: 40960
	};
	try {
		module.exports = __require("fs").constants || constants;
	} catch {
		module.exports = constants;
	}
}));

// node_modules/tar-stream/pack.js
var require_pack = /* @__PURE__ */ __commonJSMin(((exports, module) => {
	const { Readable, Writable, getStreamError } = require_streamx();
	const b4a = require_b4a();
	const constants = require_constants();
	const headers = require_headers();
	const DMODE = 493;
	const FMODE = 420;
	const END_OF_TAR = b4a.alloc(1024);
	var Sink = class extends Writable {
		constructor(pack, header, callback) {
			super({
				mapWritable,
				eagerOpen: true
			});
			this.written = 0;
			this.header = header;
			this._callback = callback;
			this._linkname = null;
			this._isLinkname = header.type === "symlink" && !header.linkname;
			this._isVoid = header.type !== "file" && header.type !== "contiguous-file";
			this._finished = false;
			this._pack = pack;
			this._openCallback = null;
			if (this._pack._stream === null) this._pack._stream = this;
			else this._pack._pending.push(this);
		}
		_open(cb) {
			this._openCallback = cb;
			if (this._pack._stream === this) this._continueOpen();
		}
		_continuePack(err) {
			if (this._callback === null) return;
			const callback = this._callback;
			this._callback = null;
			callback(err);
		}
		_continueOpen() {
			if (this._pack._stream === null) this._pack._stream = this;
			const cb = this._openCallback;
			this._openCallback = null;
			if (cb === null) return;
			if (this._pack.destroying) return cb(/* @__PURE__ */ new Error("pack stream destroyed"));
			if (this._pack._finalized) return cb(/* @__PURE__ */ new Error("pack stream is already finalized"));
			this._pack._stream = this;
			if (!this._isLinkname) this._pack._encode(this.header);
			if (this._isVoid) {
				this._finish();
				this._continuePack(null);
			}
			cb(null);
		}
		_write(data, cb) {
			if (this._isLinkname) {
				this._linkname = this._linkname ? b4a.concat([this._linkname, data]) : data;
				return cb(null);
			}
			if (this._isVoid) {
				if (data.byteLength > 0) return cb(/* @__PURE__ */ new Error("No body allowed for this entry"));
				return cb();
			}
			this.written += data.byteLength;
			if (this._pack.push(data)) return cb();
			this._pack._drain = cb;
		}
		_finish() {
			if (this._finished) return;
			this._finished = true;
			if (this._isLinkname) {
				this.header.linkname = this._linkname ? b4a.toString(this._linkname, "utf-8") : "";
				this._pack._encode(this.header);
			}
			overflow(this._pack, this.header.size);
			this._pack._done(this);
		}
		_final(cb) {
			if (this.written !== this.header.size) return cb(/* @__PURE__ */ new Error("Size mismatch"));
			this._finish();
			cb(null);
		}
		_getError() {
			return getStreamError(this) || /* @__PURE__ */ new Error("tar entry destroyed");
		}
		_predestroy() {
			this._pack.destroy(this._getError());
		}
		_destroy(cb) {
			this._pack._done(this);
			this._continuePack(this._finished ? null : this._getError());
			cb();
		}
	};
	var Pack = class extends Readable {
		constructor(opts) {
			super(opts);
			this._drain = noop;
			this._finalized = false;
			this._finalizing = false;
			this._pending = [];
			this._stream = null;
		}
		entry(header, buffer, callback) {
			if (this._finalized || this.destroying) throw new Error("already finalized or destroyed");
			if (typeof buffer === "function") {
				callback = buffer;
				buffer = null;
			}
			if (!callback) callback = noop;
			if (!header.size || header.type === "symlink") header.size = 0;
			if (!header.type) header.type = modeToType(header.mode);
			if (!header.mode) header.mode = header.type === "directory" ? DMODE : FMODE;
			if (!header.uid) header.uid = 0;
			if (!header.gid) header.gid = 0;
			if (!header.mtime) header.mtime = /* @__PURE__ */ new Date();
			if (typeof buffer === "string") buffer = b4a.from(buffer);
			const sink = new Sink(this, header, callback);
			if (b4a.isBuffer(buffer)) {
				header.size = buffer.byteLength;
				sink.write(buffer);
				sink.end();
				return sink;
			}
			if (sink._isVoid) return sink;
			return sink;
		}
		finalize() {
			if (this._stream || this._pending.length > 0) {
				this._finalizing = true;
				return;
			}
			if (this._finalized) return;
			this._finalized = true;
			this.push(END_OF_TAR);
			this.push(null);
		}
		_done(stream) {
			if (stream !== this._stream) return;
			this._stream = null;
			if (this._finalizing) this.finalize();
			if (this._pending.length) this._pending.shift()._continueOpen();
		}
		_encode(header) {
			if (!header.pax) {
				const buf = headers.encode(header);
				if (buf) {
					this.push(buf);
					return;
				}
			}
			this._encodePax(header);
		}
		_encodePax(header) {
			const paxHeader = headers.encodePax({
				name: header.name,
				linkname: header.linkname,
				pax: header.pax
			});
			const newHeader = {
				name: "PaxHeader",
				mode: header.mode,
				uid: header.uid,
				gid: header.gid,
				size: paxHeader.byteLength,
				mtime: header.mtime,
				type: "pax-header",
				linkname: header.linkname && "PaxHeader",
				uname: header.uname,
				gname: header.gname,
				devmajor: header.devmajor,
				devminor: header.devminor
			};
			this.push(headers.encode(newHeader));
			this.push(paxHeader);
			overflow(this, paxHeader.byteLength);
			newHeader.size = header.size;
			newHeader.type = header.type;
			this.push(headers.encode(newHeader));
		}
		_doDrain() {
			const drain = this._drain;
			this._drain = noop;
			drain();
		}
		_predestroy() {
			const err = getStreamError(this);
			if (this._stream) this._stream.destroy(err);
			while (this._pending.length) {
				const stream = this._pending.shift();
				stream.destroy(err);
				stream._continueOpen();
			}
			this._doDrain();
		}
		_read(cb) {
			this._doDrain();
			cb();
		}
	};
	module.exports = function pack(opts) {
		return new Pack(opts);
	};
	function modeToType(mode) {
		switch (mode & constants.S_IFMT) {
			case constants.S_IFBLK: return "block-device";
			case constants.S_IFCHR: return "character-device";
			case constants.S_IFDIR: return "directory";
			case constants.S_IFIFO: return "fifo";
			case constants.S_IFLNK: return "symlink";
		}
		return "file";
	}
	function noop() {}
	function overflow(self, size) {
		size &= 511;
		if (size) self.push(END_OF_TAR.subarray(0, 512 - size));
	}
	function mapWritable(buf) {
		return b4a.isBuffer(buf) ? buf : b4a.from(buf);
	}
}));

// node_modules/tar-stream/index.js
var require_tar_stream = /* @__PURE__ */ __commonJSMin(((exports) => {
	exports.extract = require_extract();
	exports.pack = require_pack();
}));

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
import { dirname, join, resolve } from "node:path";
import { constants, createWriteStream } from "node:fs";
import { chmod, copyFile, mkdir, mkdtemp, rename, rm, stat, writeFile } from "node:fs/promises";
import { randomBytes } from "node:crypto";
import { pipeline } from "node:stream/promises";

// src/host/files.ts
/** A name beside `path` that no other run uses, for writing first and renaming after. */
function temporaryName(path) {
	return `${path}.${process.pid}.${randomBytes(4).toString("hex")}.tmp`;
}
/**
* Makes a directory and those above it that are missing. Returns the uppermost that was missing, undefined when none was.
* Throws as `mkdir`, whose own `recursive` never comes back from a path like /proc/x/y (Node.js 20 and 24): making it says
* ENOENT although the directory above is there.
*/
async function makeDirectory(path) {
	const missing = [];
	const isThere = (one) => stat(one).then(() => true, () => false);
	for (let at = resolve(path); !await isThere(at); at = dirname(at)) missing.unshift(at);
	for (const directory of missing.length > 0 ? missing : [path]) await mkdir(directory).catch(async (error) => {
		if (error.code !== "EEXIST" || !(await stat(directory)).isDirectory()) throw error;
	});
	return missing[0];
}
/** Writes a file so that a reader sees the old content or the new, never a half; makes missing parent directories. */
async function writeAtomic(path, data, mode = 420) {
	const temporary = temporaryName(path);
	await makeDirectory(dirname(path));
	try {
		await writeFile(temporary, data, { mode });
		await rename(temporary, path);
	} catch (error) {
		await rm(temporary, { force: true });
		throw error;
	}
}
/** As `writeAtomic`, of content that comes piece by piece. Throws what `content` throws, and the signal's reason. */
async function writeStreamAtomic(path, content, signal) {
	const temporary = temporaryName(path);
	await makeDirectory(dirname(path));
	try {
		await pipeline(content, createWriteStream(temporary, { highWaterMark: 1 << 20 }), { signal });
		await rename(temporary, path);
	} catch (error) {
		await rm(temporary, { force: true });
		throw error;
	}
}
/** Copies a file as `writeAtomic` would write it, with that mode; the directory has to be there. */
async function copyAtomic(from, to, mode) {
	const temporary = temporaryName(to);
	try {
		await copyFile(from, temporary, constants.COPYFILE_FICLONE);
		await chmod(temporary, mode);
		await rename(temporary, to);
	} catch (error) {
		await rm(temporary, { force: true });
		throw error;
	}
}
/** Whether there is a file of that name, links followed. */
async function isFile(path) {
	return (await stat(path).catch(() => void 0))?.isFile() ?? false;
}
/** Up to `length` bytes of an open file from `offset` on; fewer at its end. */
async function readAt(file, offset, length) {
	const { buffer, bytesRead } = await file.read(Buffer.alloc(length), 0, length, offset);
	return buffer.subarray(0, bytesRead);
}
/** Whether an error says that there is no room left, on the disk or in the user's quota. */
function isFull(error) {
	const { code } = error;
	return code === "ENOSPC" || code === "EDQUOT";
}
/** A directory that is gone when its scope ends: `await using scratch = await TemporaryDirectory.create(parent)`. */
var TemporaryDirectory = class TemporaryDirectory {
	path;
	constructor(path) {
		this.path = path;
	}
	static async create(parent, prefix = "work-") {
		await makeDirectory(parent);
		return new TemporaryDirectory(await mkdtemp(join(parent, prefix)));
	}
	async [Symbol.asyncDispose]() {
		await rm(this.path, {
			recursive: true,
			force: true,
			maxRetries: 3
		});
	}
};

export { makeDirectory as a, writeAtomic as c, isFull as i, writeStreamAtomic as l, copyAtomic as n, readAt as o, isFile as r, temporaryName as s, TemporaryDirectory as t };
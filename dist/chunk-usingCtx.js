import { join } from "node:path";
import { createReadStream } from "node:fs";
import { readdir, readlink, stat } from "node:fs/promises";
import { createHash } from "node:crypto";
import { pipeline } from "node:stream/promises";

// src/host/digest.ts
/** SHA-256 of a file as lower-case hex, read in pieces. */
async function digestFile(path) {
	const hash = createHash("sha256");
	await pipeline(createReadStream(path), hash);
	return hash.digest("hex");
}
/** SHA-256 of bytes, or of a text in UTF-8, as lower-case hex. */
function digestBytes(content) {
	return createHash("sha256").update(content).digest("hex");
}
/** SHA-256 of a JSON value, as lower-case hex; objects count with their keys in the order given. */
function digestValue(value) {
	return digestBytes(JSON.stringify(value));
}
/**
* One SHA-256 for all that a directory holds: relative names, executable bits, contents, link targets.
* Times, owners and names for which `ignore` says true do not count.
*/
async function digestTree(directory, ignore = () => false) {
	const entries = [];
	const visit = async (relative) => {
		const found = await readdir(join(directory, relative), { withFileTypes: true });
		found.sort((a, b) => a.name < b.name ? -1 : 1);
		for (const entry of found) {
			const name = relative === "" ? entry.name : `${relative}/${entry.name}`;
			if (ignore(entry.name, name)) continue;
			const path = join(directory, name);
			if (entry.isDirectory()) await visit(name);
			else if (entry.isSymbolicLink()) entries.push([
				name,
				"link",
				await readlink(path)
			]);
			else if (entry.isFile()) entries.push([
				name,
				((await stat(path)).mode & 64) !== 0,
				await digestFile(path)
			]);
		}
	};
	await visit("");
	return digestValue(entries);
}

// \0@oxc-project+runtime@0.156.0/helpers/esm/usingCtx.js
function _usingCtx() {
	var r = "function" == typeof SuppressedError ? SuppressedError : function(r, e) {
		var n = Error();
		return n.name = "SuppressedError", n.error = r, n.suppressed = e, n;
	}, e = {}, n = [];
	function using(r, e) {
		if (null != e) {
			if (Object(e) !== e) throw new TypeError("using declarations can only be used with objects, functions, null, or undefined.");
			if (r) var o = e[Symbol.asyncDispose || Symbol["for"]("Symbol.asyncDispose")];
			if (void 0 === o && (o = e[Symbol.dispose || Symbol["for"]("Symbol.dispose")], r)) var t = o;
			if ("function" != typeof o) throw new TypeError("Object is not disposable.");
			t && (o = function o() {
				try {
					t.call(e);
				} catch (r) {
					return Promise.reject(r);
				}
			}), n.push({
				v: e,
				d: o,
				a: r
			});
		} else r && n.push({
			d: e,
			a: r
		});
		return e;
	}
	return {
		e,
		u: using.bind(null, !1),
		a: using.bind(null, !0),
		d: function d() {
			var o, t = this.e, s = 0;
			function next() {
				for (; o = n.pop();) try {
					if (!o.a && 1 === s) return s = 0, n.push(o), Promise.resolve().then(next);
					if (o.d) {
						var r = o.d.call(o.v);
						if (o.a) return s |= 2, Promise.resolve(r).then(next, err);
					} else s |= 1;
				} catch (r) {
					return err(r);
				}
				if (1 === s) return t !== e ? Promise.reject(t) : Promise.resolve();
				if (t !== e) throw t;
			}
			function err(n) {
				return t = t !== e ? new r(n, t) : n, next();
			}
			return next();
		}
	};
}

export { digestValue as a, digestTree as i, digestBytes as n, digestFile as r, _usingCtx as t };
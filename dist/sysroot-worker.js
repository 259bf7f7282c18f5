import { i as MERGED, t as unpackPackage } from "./chunk-unpack.js";
import { join } from "node:path";
import { chmodSync, copyFileSync, linkSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
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

// src/sysroot/sysroot-worker.ts
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
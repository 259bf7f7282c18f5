import { StringDecoder } from "node:string_decoder";

// src/conformance/lines.ts
/**
* A longer line is cut: nobody reads it, and a guest must not be able to fill our memory with one. A flow of the datapath, which
* is read to its end, takes a few hundred characters, with a long list of ports some thousand.
*/
const MAXIMUM_LINE = 16e3;
/** Cuts what a serial port says into lines. Whatever the bytes are, a line is text without its line end, of a bounded length. */
var LineSplitter = class {
	decoder = new StringDecoder("utf8");
	onLine;
	line = "";
	cut = false;
	constructor(onLine) {
		this.onLine = onLine;
	}
	push(chunk) {
		this.add(this.decoder.write(chunk));
	}
	/** Hands out a last line that has no end. */
	end() {
		this.add(this.decoder.end());
		if (this.line !== "") this.flush();
	}
	add(text) {
		const parts = text.split("\n");
		for (const [index, part] of parts.entries()) {
			if (index > 0) this.flush();
			const room = MAXIMUM_LINE - this.line.length;
			if (part.length > room) this.cut = true;
			this.line += part.slice(0, room);
		}
	}
	flush() {
		const line = this.line.replace(/\r+$/, "");
		this.onLine(this.cut ? `${line} [...]` : line);
		this.line = "";
		this.cut = false;
	}
};

export { LineSplitter as t };
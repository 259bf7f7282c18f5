// src/report/text.ts
/**
* Untrusted text (a log, a test's name, a path) with each character that acts on its reader instead of being seen made
* visible: control characters as their Unicode pictures (an escape sequence shows as `␛[31m`), directional overrides and
* other format characters as `<U+202E>`, lone surrogates as U+FFFD. Newlines and tabs stay, CR LF becomes a newline.
*/
function visible(text) {
	return text.toWellFormed().replaceAll("\r\n", "\n").replace(/[\p{Cc}\p{Cf}\u2028\u2029\ufffe\uffff]/gu, (character) => {
		if (character === "\n" || character === "	") return character;
		const code = character.codePointAt(0) ?? 0;
		if (code < 32) return String.fromCodePoint(9216 + code);
		return code === 127 ? "␡" : `<U+${code.toString(16).toUpperCase().padStart(4, "0")}>`;
	});
}
/** `visible` text on one line, runs of white space as one blank. */
function oneLine(text) {
	return visible(text).replace(/\s+/g, " ").trim();
}
/** Seconds for people: `0.4 s`, `12 s`, `3 min 05 s`, `1 h 02 min`. */
function duration(seconds) {
	if (seconds < 9.95) return `${seconds.toFixed(1)} s`;
	const whole = Math.round(seconds);
	if (whole < 60) return `${whole} s`;
	if (whole < 3600) return `${Math.floor(whole / 60)} min ${String(whole % 60).padStart(2, "0")} s`;
	return `${Math.floor(whole / 3600)} h ${String(Math.floor(whole % 3600 / 60)).padStart(2, "0")} min`;
}
/** Milliseconds as a running clock: `0:07`, `12:30`, `1:02:30`. */
function stopwatch(milliseconds) {
	const seconds = Math.max(0, Math.floor(milliseconds / 1e3));
	const two = (value) => String(value).padStart(2, "0");
	const minutes = Math.floor(seconds / 60);
	const rest = two(seconds % 60);
	return minutes < 60 ? `${minutes}:${rest}` : `${Math.floor(minutes / 60)}:${two(minutes % 60)}:${rest}`;
}
/** A number of bytes for people, in decimal units: `940 B`, `12.3 MB`. */
function byteSize(bytes) {
	const units = [
		"B",
		"kB",
		"MB",
		"GB",
		"TB"
	];
	let value = bytes;
	let unit = 0;
	while (value >= 999.5 && unit < units.length - 1) {
		value /= 1e3;
		unit += 1;
	}
	return `${unit === 0 || value >= 99.95 ? Math.round(value) : value.toFixed(1)} ${units[unit]}`;
}
/** `1 test`, `2 tests`. */
function counted(count, noun) {
	return `${count} ${noun}${count === 1 ? "" : "s"}`;
}
/**
* Lines bounded to about `limit` characters: a fifth from the beginning, the rest from the end, where the trouble is.
* No line takes all the room: where not all fits, one longer than a fifth of it is cut, with a word about it.
*/
function clipLines(all, limit) {
	const cost = (line) => line.length + 1;
	const fits = (some) => some.reduce((sum, line) => sum + cost(line), 0) <= limit;
	if (fits(all)) return {
		head: all,
		omitted: 0,
		tail: []
	};
	const longest = Math.max(40, Math.floor(limit / 5) - 40);
	const lines = all.map((line) => line.length > longest ? `${line.slice(0, longest)} … (${line.length - longest} more characters)` : line);
	if (fits(lines) || lines.length === 1) return {
		head: lines,
		omitted: 0,
		tail: []
	};
	let first = 0;
	for (let room = limit / 5; first < lines.length && room >= cost(lines[first] ?? ""); first++) room -= cost(lines[first] ?? "");
	let last = lines.length;
	for (let room = limit * 4 / 5; last > first && room >= cost(lines[last - 1] ?? ""); last--) room -= cost(lines[last - 1] ?? "");
	return {
		head: lines.slice(0, first),
		omitted: last - first,
		tail: lines.slice(last)
	};
}
/** What a person reads of text of any length: up to `limit` characters. */
function clip(text, limit = 1e3) {
	return text.length > limit ? `${text.slice(0, limit)} …` : text;
}

export { duration as a, visible as c, counted as i, clip as n, oneLine as o, clipLines as r, stopwatch as s, byteSize as t };
import { a as __toESM, i as __require, t as __commonJSMin } from "./chunk-rolldown-runtime.js";
import { a as boundedTable, c as looks, d as code, f as inline, i as bounded, l as row$1, n as readCertificate, o as fence, p as package_default, r as detachedSignature, s as folded, u as sizeOf } from "./chunk-certificate.js";
import { $ as exitStatus, C as writeManifest, Ct as number, Dt as string, Et as strictObject, H as readModule, J as der, K as splitSignature, S as readManifest$1, Tt as record, W as appendSignature, _t as _enum, at as ENFORCEMENTS, b as makeManifest, d as programSources, et as overallStatus, g as namedModules, h as isBuildProduct, it as validateReport, l as readObject, lt as compareReleases, mt as didYouMean, n as workshopOptions, nt as passSchema, pt as readDocument, rt as targetStatus, s as isObject, st as labelOf, u as findSource, ut as matcher, v as MANIFEST$1, vt as array, wt as object, x as makeProgramManifest, y as inputOf } from "./chunk-workshop.js";
import { n as ExplainedError, r as InputError, t as EnvironmentError } from "./chunk-errors.js";
import { a as makeDirectory, c as writeAtomic, i as isFull, l as writeStreamAtomic, n as copyAtomic, r as isFile, s as temporaryName, t as TemporaryDirectory } from "./chunk-files.js";
import { a as duration, c as visible, i as counted, n as clip, o as oneLine, r as clipLines, s as stopwatch, t as byteSize } from "./chunk-text.js";
import { i as decompressFile } from "./chunk-decompress.js";
import { a as digestValue, i as digestTree, n as digestBytes, r as digestFile, t as _usingCtx } from "./chunk-usingCtx.js";
import { _ as placeIn, c as isTree, d as prepareFlash, f as markUsed, l as kernelImage, o as isGplCompatible, s as pLimit, t as Workshop, u as memoryToStart } from "./chunk-workshop2.js";
import { a as isRunning, c as startOf, r as projectRoot, s as runProcess } from "./chunk-paths.js";
import { d as seal, r as NotDeliveredError, u as isSealed } from "./chunk-runs.js";
import { t as LineSplitter } from "./chunk-lines.js";
import { basename, dirname, isAbsolute, join, relative, resolve } from "node:path";
import { closeSync, constants, createReadStream, createWriteStream, openSync, readSync } from "node:fs";
import { access, copyFile, cp, lstat, mkdir, open, readFile, readdir, readlink, realpath, rename, rm, rmdir, stat, writeFile } from "node:fs/promises";
import { createHash, generateKeyPairSync, sign } from "node:crypto";
import { styleText } from "node:util";
import { addAbortSignal } from "node:stream";
import { cpus, release, totalmem } from "node:os";
import { performance } from "node:perf_hooks";

// node_modules/commander/lib/error.js
var require_error = /* @__PURE__ */ __commonJSMin(((exports) => {
	/**
	* CommanderError class
	*/
	var CommanderError = class extends Error {
		/**
		* Constructs the CommanderError class
		* @param {number} exitCode suggested exit code which could be used with process.exit
		* @param {string} code an id string representing the error
		* @param {string} message human-readable description of the error
		*/
		constructor(exitCode, code, message) {
			super(message);
			Error.captureStackTrace(this, this.constructor);
			this.name = this.constructor.name;
			this.code = code;
			this.exitCode = exitCode;
			this.nestedError = void 0;
		}
	};
	/**
	* InvalidArgumentError class
	*/
	var InvalidArgumentError = class extends CommanderError {
		/**
		* Constructs the InvalidArgumentError class
		* @param {string} [message] explanation of why argument is invalid
		*/
		constructor(message) {
			super(1, "commander.invalidArgument", message);
			Error.captureStackTrace(this, this.constructor);
			this.name = this.constructor.name;
		}
	};
	exports.CommanderError = CommanderError;
	exports.InvalidArgumentError = InvalidArgumentError;
}));

// node_modules/commander/lib/argument.js
var require_argument = /* @__PURE__ */ __commonJSMin(((exports) => {
	const { InvalidArgumentError } = require_error();
	var Argument = class {
		/**
		* Initialize a new command argument with the given name and description.
		* The default is that the argument is required, and you can explicitly
		* indicate this with <> around the name. Put [] around the name for an optional argument.
		*
		* @param {string} name
		* @param {string} [description]
		*/
		constructor(name, description) {
			this.description = description || "";
			this.variadic = false;
			this.parseArg = void 0;
			this.defaultValue = void 0;
			this.defaultValueDescription = void 0;
			this.argChoices = void 0;
			switch (name[0]) {
				case "<":
					this.required = true;
					this._name = name.slice(1, -1);
					break;
				case "[":
					this.required = false;
					this._name = name.slice(1, -1);
					break;
				default:
					this.required = true;
					this._name = name;
			}
			if (this._name.endsWith("...")) {
				this.variadic = true;
				this._name = this._name.slice(0, -3);
			}
		}
		/**
		* Return argument name.
		*
		* @return {string}
		*/
		name() {
			return this._name;
		}
		/**
		* @package
		*/
		_collectValue(value, previous) {
			if (previous === this.defaultValue || !Array.isArray(previous)) return [value];
			previous.push(value);
			return previous;
		}
		/**
		* Set the default value, and optionally supply the description to be displayed in the help.
		*
		* @param {*} value
		* @param {string} [description]
		* @return {Argument}
		*/
		default(value, description) {
			this.defaultValue = value;
			this.defaultValueDescription = description;
			return this;
		}
		/**
		* Set the custom handler for processing CLI command arguments into argument values.
		*
		* @param {Function} [fn]
		* @return {Argument}
		*/
		argParser(fn) {
			this.parseArg = fn;
			return this;
		}
		/**
		* Only allow argument value to be one of choices.
		*
		* @param {string[]} values
		* @return {Argument}
		*/
		choices(values) {
			this.argChoices = values.slice();
			this.parseArg = (arg, previous) => {
				if (!this.argChoices.includes(arg)) throw new InvalidArgumentError(`Allowed choices are ${this.argChoices.join(", ")}.`);
				if (this.variadic) return this._collectValue(arg, previous);
				return arg;
			};
			return this;
		}
		/**
		* Make argument required.
		*
		* @returns {Argument}
		*/
		argRequired() {
			this.required = true;
			return this;
		}
		/**
		* Make argument optional.
		*
		* @returns {Argument}
		*/
		argOptional() {
			this.required = false;
			return this;
		}
	};
	/**
	* Takes an argument and returns its human readable equivalent for help usage.
	*
	* @param {Argument} arg
	* @return {string}
	* @private
	*/
	function humanReadableArgName(arg) {
		const nameOutput = arg.name() + (arg.variadic === true ? "..." : "");
		return arg.required ? "<" + nameOutput + ">" : "[" + nameOutput + "]";
	}
	exports.Argument = Argument;
	exports.humanReadableArgName = humanReadableArgName;
}));

// node_modules/commander/lib/help.js
var require_help = /* @__PURE__ */ __commonJSMin(((exports) => {
	const { humanReadableArgName } = require_argument();
	/**
	* TypeScript import types for JSDoc, used by Visual Studio Code IntelliSense and `npm run typescript-checkJS`
	* https://www.typescriptlang.org/docs/handbook/jsdoc-supported-types.html#import-types
	* @typedef { import("./argument.js").Argument } Argument
	* @typedef { import("./command.js").Command } Command
	* @typedef { import("./option.js").Option } Option
	*/
	var Help = class {
		constructor() {
			this.helpWidth = void 0;
			this.minWidthToWrap = 40;
			this.sortSubcommands = false;
			this.sortOptions = false;
			this.showGlobalOptions = false;
		}
		/**
		* prepareContext is called by Commander after applying overrides from `Command.configureHelp()`
		* and just before calling `formatHelp()`.
		*
		* Commander just uses the helpWidth and the rest is provided for optional use by more complex subclasses.
		*
		* @param {{ error?: boolean, helpWidth?: number, outputHasColors?: boolean }} contextOptions
		*/
		prepareContext(contextOptions) {
			this.helpWidth = this.helpWidth ?? contextOptions.helpWidth ?? 80;
		}
		/**
		* Get an array of the visible subcommands. Includes a placeholder for the implicit help command, if there is one.
		*
		* @param {Command} cmd
		* @returns {Command[]}
		*/
		visibleCommands(cmd) {
			const visibleCommands = cmd.commands.filter((cmd) => !cmd._hidden);
			const helpCommand = cmd._getHelpCommand();
			if (helpCommand && !helpCommand._hidden) visibleCommands.push(helpCommand);
			if (this.sortSubcommands) visibleCommands.sort((a, b) => {
				return a.name().localeCompare(b.name());
			});
			return visibleCommands;
		}
		/**
		* Compare options for sort.
		*
		* @param {Option} a
		* @param {Option} b
		* @returns {number}
		*/
		compareOptions(a, b) {
			const getSortKey = (option) => {
				return option.short ? option.short.replace(/^-/, "") : option.long.replace(/^--/, "");
			};
			return getSortKey(a).localeCompare(getSortKey(b));
		}
		/**
		* Get an array of the visible options. Includes a placeholder for the implicit help option, if there is one.
		*
		* @param {Command} cmd
		* @returns {Option[]}
		*/
		visibleOptions(cmd) {
			const visibleOptions = cmd.options.filter((option) => !option.hidden);
			const helpOption = cmd._getHelpOption();
			if (helpOption && !helpOption.hidden) {
				const removeShort = helpOption.short && cmd._findOption(helpOption.short);
				const removeLong = helpOption.long && cmd._findOption(helpOption.long);
				if (!removeShort && !removeLong) visibleOptions.push(helpOption);
				else if (helpOption.long && !removeLong) visibleOptions.push(cmd.createOption(helpOption.long, helpOption.description));
				else if (helpOption.short && !removeShort) visibleOptions.push(cmd.createOption(helpOption.short, helpOption.description));
			}
			if (this.sortOptions) visibleOptions.sort(this.compareOptions);
			return visibleOptions;
		}
		/**
		* Get an array of the visible global options. (Not including help.)
		*
		* @param {Command} cmd
		* @returns {Option[]}
		*/
		visibleGlobalOptions(cmd) {
			if (!this.showGlobalOptions) return [];
			const globalOptions = [];
			for (let ancestorCmd = cmd.parent; ancestorCmd; ancestorCmd = ancestorCmd.parent) {
				const visibleOptions = ancestorCmd.options.filter((option) => !option.hidden);
				globalOptions.push(...visibleOptions);
			}
			if (this.sortOptions) globalOptions.sort(this.compareOptions);
			return globalOptions;
		}
		/**
		* Get an array of the arguments if any have a description.
		*
		* @param {Command} cmd
		* @returns {Argument[]}
		*/
		visibleArguments(cmd) {
			if (cmd._argsDescription) cmd.registeredArguments.forEach((argument) => {
				argument.description = argument.description || cmd._argsDescription[argument.name()] || "";
			});
			if (cmd.registeredArguments.find((argument) => argument.description)) return cmd.registeredArguments;
			return [];
		}
		/**
		* Get the command term to show in the list of subcommands.
		*
		* @param {Command} cmd
		* @returns {string}
		*/
		subcommandTerm(cmd) {
			const args = cmd.registeredArguments.map((arg) => humanReadableArgName(arg)).join(" ");
			return cmd._name + (cmd._aliases[0] ? "|" + cmd._aliases[0] : "") + (cmd.options.length ? " [options]" : "") + (args ? " " + args : "");
		}
		/**
		* Get the option term to show in the list of options.
		*
		* @param {Option} option
		* @returns {string}
		*/
		optionTerm(option) {
			return option.flags;
		}
		/**
		* Get the argument term to show in the list of arguments.
		*
		* @param {Argument} argument
		* @returns {string}
		*/
		argumentTerm(argument) {
			return argument.name();
		}
		/**
		* Get the longest command term length.
		*
		* @param {Command} cmd
		* @param {Help} helper
		* @returns {number}
		*/
		longestSubcommandTermLength(cmd, helper) {
			return helper.visibleCommands(cmd).reduce((max, command) => {
				return Math.max(max, this.displayWidth(helper.styleSubcommandTerm(helper.subcommandTerm(command))));
			}, 0);
		}
		/**
		* Get the longest option term length.
		*
		* @param {Command} cmd
		* @param {Help} helper
		* @returns {number}
		*/
		longestOptionTermLength(cmd, helper) {
			return helper.visibleOptions(cmd).reduce((max, option) => {
				return Math.max(max, this.displayWidth(helper.styleOptionTerm(helper.optionTerm(option))));
			}, 0);
		}
		/**
		* Get the longest global option term length.
		*
		* @param {Command} cmd
		* @param {Help} helper
		* @returns {number}
		*/
		longestGlobalOptionTermLength(cmd, helper) {
			return helper.visibleGlobalOptions(cmd).reduce((max, option) => {
				return Math.max(max, this.displayWidth(helper.styleOptionTerm(helper.optionTerm(option))));
			}, 0);
		}
		/**
		* Get the longest argument term length.
		*
		* @param {Command} cmd
		* @param {Help} helper
		* @returns {number}
		*/
		longestArgumentTermLength(cmd, helper) {
			return helper.visibleArguments(cmd).reduce((max, argument) => {
				return Math.max(max, this.displayWidth(helper.styleArgumentTerm(helper.argumentTerm(argument))));
			}, 0);
		}
		/**
		* Get the command usage to be displayed at the top of the built-in help.
		*
		* @param {Command} cmd
		* @returns {string}
		*/
		commandUsage(cmd) {
			let cmdName = cmd._name;
			if (cmd._aliases[0]) cmdName = cmdName + "|" + cmd._aliases[0];
			let ancestorCmdNames = "";
			for (let ancestorCmd = cmd.parent; ancestorCmd; ancestorCmd = ancestorCmd.parent) ancestorCmdNames = ancestorCmd.name() + " " + ancestorCmdNames;
			return ancestorCmdNames + cmdName + " " + cmd.usage();
		}
		/**
		* Get the description for the command.
		*
		* @param {Command} cmd
		* @returns {string}
		*/
		commandDescription(cmd) {
			return cmd.description();
		}
		/**
		* Get the subcommand summary to show in the list of subcommands.
		* (Fallback to description for backwards compatibility.)
		*
		* @param {Command} cmd
		* @returns {string}
		*/
		subcommandDescription(cmd) {
			return cmd.summary() || cmd.description();
		}
		/**
		* Get the option description to show in the list of options.
		*
		* @param {Option} option
		* @return {string}
		*/
		optionDescription(option) {
			const extraInfo = [];
			if (option.argChoices) extraInfo.push(`choices: ${option.argChoices.map((choice) => JSON.stringify(choice)).join(", ")}`);
			if (option.defaultValue !== void 0) {
				if (option.required || option.optional || option.isBoolean() && typeof option.defaultValue === "boolean") extraInfo.push(`default: ${option.defaultValueDescription || JSON.stringify(option.defaultValue)}`);
			}
			if (option.presetArg !== void 0 && option.optional) extraInfo.push(`preset: ${JSON.stringify(option.presetArg)}`);
			if (option.envVar !== void 0) extraInfo.push(`env: ${option.envVar}`);
			if (extraInfo.length > 0) {
				const extraDescription = `(${extraInfo.join(", ")})`;
				if (option.description) return `${option.description} ${extraDescription}`;
				return extraDescription;
			}
			return option.description;
		}
		/**
		* Get the argument description to show in the list of arguments.
		*
		* @param {Argument} argument
		* @return {string}
		*/
		argumentDescription(argument) {
			const extraInfo = [];
			if (argument.argChoices) extraInfo.push(`choices: ${argument.argChoices.map((choice) => JSON.stringify(choice)).join(", ")}`);
			if (argument.defaultValue !== void 0) extraInfo.push(`default: ${argument.defaultValueDescription || JSON.stringify(argument.defaultValue)}`);
			if (extraInfo.length > 0) {
				const extraDescription = `(${extraInfo.join(", ")})`;
				if (argument.description) return `${argument.description} ${extraDescription}`;
				return extraDescription;
			}
			return argument.description;
		}
		/**
		* Format a list of items, given a heading and an array of formatted items.
		*
		* @param {string} heading
		* @param {string[]} items
		* @param {Help} helper
		* @returns string[]
		*/
		formatItemList(heading, items, helper) {
			if (items.length === 0) return [];
			return [
				helper.styleTitle(heading),
				...items,
				""
			];
		}
		/**
		* Group items by their help group heading.
		*
		* @param {Command[] | Option[]} unsortedItems
		* @param {Command[] | Option[]} visibleItems
		* @param {Function} getGroup
		* @returns {Map<string, Command[] | Option[]>}
		*/
		groupItems(unsortedItems, visibleItems, getGroup) {
			const result = /* @__PURE__ */ new Map();
			unsortedItems.forEach((item) => {
				const group = getGroup(item);
				if (!result.has(group)) result.set(group, []);
			});
			visibleItems.forEach((item) => {
				const group = getGroup(item);
				if (!result.has(group)) result.set(group, []);
				result.get(group).push(item);
			});
			return result;
		}
		/**
		* Generate the built-in help text.
		*
		* @param {Command} cmd
		* @param {Help} helper
		* @returns {string}
		*/
		formatHelp(cmd, helper) {
			const termWidth = helper.padWidth(cmd, helper);
			const helpWidth = helper.helpWidth ?? 80;
			function callFormatItem(term, description) {
				return helper.formatItem(term, termWidth, description, helper);
			}
			let output = [`${helper.styleTitle("Usage:")} ${helper.styleUsage(helper.commandUsage(cmd))}`, ""];
			const commandDescription = helper.commandDescription(cmd);
			if (commandDescription.length > 0) output = output.concat([helper.boxWrap(helper.styleCommandDescription(commandDescription), helpWidth), ""]);
			const argumentList = helper.visibleArguments(cmd).map((argument) => {
				return callFormatItem(helper.styleArgumentTerm(helper.argumentTerm(argument)), helper.styleArgumentDescription(helper.argumentDescription(argument)));
			});
			output = output.concat(this.formatItemList("Arguments:", argumentList, helper));
			this.groupItems(cmd.options, helper.visibleOptions(cmd), (option) => option.helpGroupHeading ?? "Options:").forEach((options, group) => {
				const optionList = options.map((option) => {
					return callFormatItem(helper.styleOptionTerm(helper.optionTerm(option)), helper.styleOptionDescription(helper.optionDescription(option)));
				});
				output = output.concat(this.formatItemList(group, optionList, helper));
			});
			if (helper.showGlobalOptions) {
				const globalOptionList = helper.visibleGlobalOptions(cmd).map((option) => {
					return callFormatItem(helper.styleOptionTerm(helper.optionTerm(option)), helper.styleOptionDescription(helper.optionDescription(option)));
				});
				output = output.concat(this.formatItemList("Global Options:", globalOptionList, helper));
			}
			this.groupItems(cmd.commands, helper.visibleCommands(cmd), (sub) => sub.helpGroup() || "Commands:").forEach((commands, group) => {
				const commandList = commands.map((sub) => {
					return callFormatItem(helper.styleSubcommandTerm(helper.subcommandTerm(sub)), helper.styleSubcommandDescription(helper.subcommandDescription(sub)));
				});
				output = output.concat(this.formatItemList(group, commandList, helper));
			});
			return output.join("\n");
		}
		/**
		* Return display width of string, ignoring ANSI escape sequences. Used in padding and wrapping calculations.
		*
		* @param {string} str
		* @returns {number}
		*/
		displayWidth(str) {
			return stripColor(str).length;
		}
		/**
		* Style the title for displaying in the help. Called with 'Usage:', 'Options:', etc.
		*
		* @param {string} str
		* @returns {string}
		*/
		styleTitle(str) {
			return str;
		}
		styleUsage(str) {
			return str.split(" ").map((word) => {
				if (word === "[options]") return this.styleOptionText(word);
				if (word === "[command]") return this.styleSubcommandText(word);
				if (word[0] === "[" || word[0] === "<") return this.styleArgumentText(word);
				return this.styleCommandText(word);
			}).join(" ");
		}
		styleCommandDescription(str) {
			return this.styleDescriptionText(str);
		}
		styleOptionDescription(str) {
			return this.styleDescriptionText(str);
		}
		styleSubcommandDescription(str) {
			return this.styleDescriptionText(str);
		}
		styleArgumentDescription(str) {
			return this.styleDescriptionText(str);
		}
		styleDescriptionText(str) {
			return str;
		}
		styleOptionTerm(str) {
			return this.styleOptionText(str);
		}
		styleSubcommandTerm(str) {
			return str.split(" ").map((word) => {
				if (word === "[options]") return this.styleOptionText(word);
				if (word[0] === "[" || word[0] === "<") return this.styleArgumentText(word);
				return this.styleSubcommandText(word);
			}).join(" ");
		}
		styleArgumentTerm(str) {
			return this.styleArgumentText(str);
		}
		styleOptionText(str) {
			return str;
		}
		styleArgumentText(str) {
			return str;
		}
		styleSubcommandText(str) {
			return str;
		}
		styleCommandText(str) {
			return str;
		}
		/**
		* Calculate the pad width from the maximum term length.
		*
		* @param {Command} cmd
		* @param {Help} helper
		* @returns {number}
		*/
		padWidth(cmd, helper) {
			return Math.max(helper.longestOptionTermLength(cmd, helper), helper.longestGlobalOptionTermLength(cmd, helper), helper.longestSubcommandTermLength(cmd, helper), helper.longestArgumentTermLength(cmd, helper));
		}
		/**
		* Detect manually wrapped and indented strings by checking for line break followed by whitespace.
		*
		* @param {string} str
		* @returns {boolean}
		*/
		preformatted(str) {
			return /\n[^\S\r\n]/.test(str);
		}
		/**
		* Format the "item", which consists of a term and description. Pad the term and wrap the description, indenting the following lines.
		*
		* So "TTT", 5, "DDD DDDD DD DDD" might be formatted for this.helpWidth=17 like so:
		*   TTT  DDD DDDD
		*        DD DDD
		*
		* @param {string} term
		* @param {number} termWidth
		* @param {string} description
		* @param {Help} helper
		* @returns {string}
		*/
		formatItem(term, termWidth, description, helper) {
			const itemIndent = 2;
			const itemIndentStr = " ".repeat(itemIndent);
			if (!description) return itemIndentStr + term;
			const paddedTerm = term.padEnd(termWidth + term.length - helper.displayWidth(term));
			const spacerWidth = 2;
			const remainingWidth = (this.helpWidth ?? 80) - termWidth - spacerWidth - itemIndent;
			let formattedDescription;
			if (remainingWidth < this.minWidthToWrap || helper.preformatted(description)) formattedDescription = description;
			else formattedDescription = helper.boxWrap(description, remainingWidth).replace(/\n/g, "\n" + " ".repeat(termWidth + spacerWidth));
			return itemIndentStr + paddedTerm + " ".repeat(spacerWidth) + formattedDescription.replace(/\n/g, `\n${itemIndentStr}`);
		}
		/**
		* Wrap a string at whitespace, preserving existing line breaks.
		* Wrapping is skipped if the width is less than `minWidthToWrap`.
		*
		* @param {string} str
		* @param {number} width
		* @returns {string}
		*/
		boxWrap(str, width) {
			if (width < this.minWidthToWrap) return str;
			const rawLines = str.split(/\r\n|\n/);
			const chunkPattern = /[\s]*[^\s]+/g;
			const wrappedLines = [];
			rawLines.forEach((line) => {
				const chunks = line.match(chunkPattern);
				if (chunks === null) {
					wrappedLines.push("");
					return;
				}
				let sumChunks = [chunks.shift()];
				let sumWidth = this.displayWidth(sumChunks[0]);
				chunks.forEach((chunk) => {
					const visibleWidth = this.displayWidth(chunk);
					if (sumWidth + visibleWidth <= width) {
						sumChunks.push(chunk);
						sumWidth += visibleWidth;
						return;
					}
					wrappedLines.push(sumChunks.join(""));
					const nextChunk = chunk.trimStart();
					sumChunks = [nextChunk];
					sumWidth = this.displayWidth(nextChunk);
				});
				wrappedLines.push(sumChunks.join(""));
			});
			return wrappedLines.join("\n");
		}
	};
	/**
	* Strip style ANSI escape sequences from the string. In particular, SGR (Select Graphic Rendition) codes.
	*
	* @param {string} str
	* @returns {string}
	* @package
	*/
	function stripColor(str) {
		return str.replace(/\x1b\[\d*(;\d*)*m/g, "");
	}
	exports.Help = Help;
	exports.stripColor = stripColor;
}));

// node_modules/commander/lib/option.js
var require_option = /* @__PURE__ */ __commonJSMin(((exports) => {
	const { InvalidArgumentError } = require_error();
	var Option = class {
		/**
		* Initialize a new `Option` with the given `flags` and `description`.
		*
		* @param {string} flags
		* @param {string} [description]
		*/
		constructor(flags, description) {
			this.flags = flags;
			this.description = description || "";
			this.required = flags.includes("<");
			this.optional = flags.includes("[");
			this.variadic = /\w\.\.\.[>\]]$/.test(flags);
			this.mandatory = false;
			const optionFlags = splitOptionFlags(flags);
			this.short = optionFlags.shortFlag;
			this.long = optionFlags.longFlag;
			this.negate = false;
			if (this.long) this.negate = this.long.startsWith("--no-");
			this.defaultValue = void 0;
			this.defaultValueDescription = void 0;
			this.presetArg = void 0;
			this.envVar = void 0;
			this.parseArg = void 0;
			this.hidden = false;
			this.argChoices = void 0;
			this.conflictsWith = [];
			this.implied = void 0;
			this.helpGroupHeading = void 0;
		}
		/**
		* Set the default value, and optionally supply the description to be displayed in the help.
		*
		* @param {*} value
		* @param {string} [description]
		* @return {Option}
		*/
		default(value, description) {
			this.defaultValue = value;
			this.defaultValueDescription = description;
			return this;
		}
		/**
		* Preset to use when option used without option-argument, especially optional but also boolean and negated.
		* The custom processing (parseArg) is called.
		*
		* @example
		* new Option('--color').default('GREYSCALE').preset('RGB');
		* new Option('--donate [amount]').preset('20').argParser(parseFloat);
		*
		* @param {*} arg
		* @return {Option}
		*/
		preset(arg) {
			this.presetArg = arg;
			return this;
		}
		/**
		* Add option name(s) that conflict with this option.
		* An error will be displayed if conflicting options are found during parsing.
		*
		* @example
		* new Option('--rgb').conflicts('cmyk');
		* new Option('--js').conflicts(['ts', 'jsx']);
		*
		* @param {(string | string[])} names
		* @return {Option}
		*/
		conflicts(names) {
			this.conflictsWith = this.conflictsWith.concat(names);
			return this;
		}
		/**
		* Specify implied option values for when this option is set and the implied options are not.
		*
		* The custom processing (parseArg) is not called on the implied values.
		*
		* @example
		* program
		*   .addOption(new Option('--log', 'write logging information to file'))
		*   .addOption(new Option('--trace', 'log extra details').implies({ log: 'trace.txt' }));
		*
		* @param {object} impliedOptionValues
		* @return {Option}
		*/
		implies(impliedOptionValues) {
			let newImplied = impliedOptionValues;
			if (typeof impliedOptionValues === "string") newImplied = { [impliedOptionValues]: true };
			this.implied = Object.assign(this.implied || {}, newImplied);
			return this;
		}
		/**
		* Set environment variable to check for option value.
		*
		* An environment variable is only used if when processed the current option value is
		* undefined, or the source of the current value is 'default' or 'config' or 'env'.
		*
		* @param {string} name
		* @return {Option}
		*/
		env(name) {
			this.envVar = name;
			return this;
		}
		/**
		* Set the custom handler for processing CLI option arguments into option values.
		*
		* @param {Function} [fn]
		* @return {Option}
		*/
		argParser(fn) {
			this.parseArg = fn;
			return this;
		}
		/**
		* Whether the option is mandatory and must have a value after parsing.
		*
		* @param {boolean} [mandatory=true]
		* @return {Option}
		*/
		makeOptionMandatory(mandatory = true) {
			this.mandatory = !!mandatory;
			return this;
		}
		/**
		* Hide option in help.
		*
		* @param {boolean} [hide=true]
		* @return {Option}
		*/
		hideHelp(hide = true) {
			this.hidden = !!hide;
			return this;
		}
		/**
		* @package
		*/
		_collectValue(value, previous) {
			if (previous === this.defaultValue || !Array.isArray(previous)) return [value];
			previous.push(value);
			return previous;
		}
		/**
		* Only allow option value to be one of choices.
		*
		* @param {string[]} values
		* @return {Option}
		*/
		choices(values) {
			this.argChoices = values.slice();
			this.parseArg = (arg, previous) => {
				if (!this.argChoices.includes(arg)) throw new InvalidArgumentError(`Allowed choices are ${this.argChoices.join(", ")}.`);
				if (this.variadic) return this._collectValue(arg, previous);
				return arg;
			};
			return this;
		}
		/**
		* Return option name.
		*
		* @return {string}
		*/
		name() {
			if (this.long) return this.long.replace(/^--/, "");
			return this.short.replace(/^-/, "");
		}
		/**
		* Return option name, in a camelcase format that can be used
		* as an object attribute key.
		*
		* @return {string}
		*/
		attributeName() {
			if (this.negate) return camelcase(this.name().replace(/^no-/, ""));
			return camelcase(this.name());
		}
		/**
		* Set the help group heading.
		*
		* @param {string} heading
		* @return {Option}
		*/
		helpGroup(heading) {
			this.helpGroupHeading = heading;
			return this;
		}
		/**
		* Check if `arg` matches the short or long flag.
		*
		* @param {string} arg
		* @return {boolean}
		* @package
		*/
		is(arg) {
			return this.short === arg || this.long === arg;
		}
		/**
		* Return whether a boolean option.
		*
		* Options are one of boolean, negated, required argument, or optional argument.
		*
		* @return {boolean}
		* @package
		*/
		isBoolean() {
			return !this.required && !this.optional && !this.negate;
		}
	};
	/**
	* This class is to make it easier to work with dual options, without changing the existing
	* implementation. We support separate dual options for separate positive and negative options,
	* like `--build` and `--no-build`, which share a single option value. This works nicely for some
	* use cases, but is tricky for others where we want separate behaviours despite
	* the single shared option value.
	*/
	var DualOptions = class {
		/**
		* @param {Option[]} options
		*/
		constructor(options) {
			this.positiveOptions = /* @__PURE__ */ new Map();
			this.negativeOptions = /* @__PURE__ */ new Map();
			this.dualOptions = /* @__PURE__ */ new Set();
			options.forEach((option) => {
				if (option.negate) this.negativeOptions.set(option.attributeName(), option);
				else this.positiveOptions.set(option.attributeName(), option);
			});
			this.negativeOptions.forEach((value, key) => {
				if (this.positiveOptions.has(key)) this.dualOptions.add(key);
			});
		}
		/**
		* Did the value come from the option, and not from possible matching dual option?
		*
		* @param {*} value
		* @param {Option} option
		* @returns {boolean}
		*/
		valueFromOption(value, option) {
			const optionKey = option.attributeName();
			if (!this.dualOptions.has(optionKey)) return true;
			const preset = this.negativeOptions.get(optionKey).presetArg;
			const negativeValue = preset !== void 0 ? preset : false;
			return option.negate === (negativeValue === value);
		}
	};
	/**
	* Convert string from kebab-case to camelCase.
	*
	* @param {string} str
	* @return {string}
	* @private
	*/
	function camelcase(str) {
		return str.split("-").reduce((str, word) => {
			return str + word[0].toUpperCase() + word.slice(1);
		});
	}
	/**
	* Split the short and long flag out of something like '-m,--mixed <value>'
	*
	* @private
	*/
	function splitOptionFlags(flags) {
		let shortFlag;
		let longFlag;
		const shortFlagExp = /^-[^-]$/;
		const longFlagExp = /^--[^-]/;
		const flagParts = flags.split(/[ |,]+/).concat("guard");
		if (shortFlagExp.test(flagParts[0])) shortFlag = flagParts.shift();
		if (longFlagExp.test(flagParts[0])) longFlag = flagParts.shift();
		if (!shortFlag && shortFlagExp.test(flagParts[0])) shortFlag = flagParts.shift();
		if (!shortFlag && longFlagExp.test(flagParts[0])) {
			shortFlag = longFlag;
			longFlag = flagParts.shift();
		}
		if (flagParts[0].startsWith("-")) {
			const unsupportedFlag = flagParts[0];
			const baseError = `option creation failed due to '${unsupportedFlag}' in option flags '${flags}'`;
			if (/^-[^-][^-]/.test(unsupportedFlag)) throw new Error(`${baseError}
- a short flag is a single dash and a single character
  - either use a single dash and a single character (for a short flag)
  - or use a double dash for a long option (and can have two, like '--ws, --workspace')`);
			if (shortFlagExp.test(unsupportedFlag)) throw new Error(`${baseError}
- too many short flags`);
			if (longFlagExp.test(unsupportedFlag)) throw new Error(`${baseError}
- too many long flags`);
			throw new Error(`${baseError}
- unrecognised flag format`);
		}
		if (shortFlag === void 0 && longFlag === void 0) throw new Error(`option creation failed due to no flags found in '${flags}'.`);
		return {
			shortFlag,
			longFlag
		};
	}
	exports.Option = Option;
	exports.DualOptions = DualOptions;
}));

// node_modules/commander/lib/suggestSimilar.js
var require_suggestSimilar = /* @__PURE__ */ __commonJSMin(((exports) => {
	const maxDistance = 3;
	function editDistance(a, b) {
		if (Math.abs(a.length - b.length) > maxDistance) return Math.max(a.length, b.length);
		const d = [];
		for (let i = 0; i <= a.length; i++) d[i] = [i];
		for (let j = 0; j <= b.length; j++) d[0][j] = j;
		for (let j = 1; j <= b.length; j++) for (let i = 1; i <= a.length; i++) {
			let cost = 1;
			if (a[i - 1] === b[j - 1]) cost = 0;
			else cost = 1;
			d[i][j] = Math.min(d[i - 1][j] + 1, d[i][j - 1] + 1, d[i - 1][j - 1] + cost);
			if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1]) d[i][j] = Math.min(d[i][j], d[i - 2][j - 2] + 1);
		}
		return d[a.length][b.length];
	}
	/**
	* Find close matches, restricted to same number of edits.
	*
	* @param {string} word
	* @param {string[]} candidates
	* @returns {string}
	*/
	function suggestSimilar(word, candidates) {
		if (!candidates || candidates.length === 0) return "";
		candidates = Array.from(new Set(candidates));
		const searchingOptions = word.startsWith("--");
		if (searchingOptions) {
			word = word.slice(2);
			candidates = candidates.map((candidate) => candidate.slice(2));
		}
		let similar = [];
		let bestDistance = maxDistance;
		const minSimilarity = .4;
		candidates.forEach((candidate) => {
			if (candidate.length <= 1) return;
			const distance = editDistance(word, candidate);
			const length = Math.max(word.length, candidate.length);
			if ((length - distance) / length > minSimilarity) {
				if (distance < bestDistance) {
					bestDistance = distance;
					similar = [candidate];
				} else if (distance === bestDistance) similar.push(candidate);
			}
		});
		similar.sort((a, b) => a.localeCompare(b));
		if (searchingOptions) similar = similar.map((candidate) => `--${candidate}`);
		if (similar.length > 1) return `\n(Did you mean one of ${similar.join(", ")}?)`;
		if (similar.length === 1) return `\n(Did you mean ${similar[0]}?)`;
		return "";
	}
	exports.suggestSimilar = suggestSimilar;
}));

// node_modules/commander/lib/command.js
var require_command = /* @__PURE__ */ __commonJSMin(((exports) => {
	const EventEmitter = __require("node:events").EventEmitter;
	const childProcess = __require("node:child_process");
	const path = __require("node:path");
	const fs = __require("node:fs");
	const process = __require("node:process");
	const { Argument, humanReadableArgName } = require_argument();
	const { CommanderError } = require_error();
	const { Help, stripColor } = require_help();
	const { Option, DualOptions } = require_option();
	const { suggestSimilar } = require_suggestSimilar();
	var Command = class Command extends EventEmitter {
		/**
		* Initialize a new `Command`.
		*
		* @param {string} [name]
		*/
		constructor(name) {
			super();
			/** @type {Command[]} */
			this.commands = [];
			/** @type {Option[]} */
			this.options = [];
			this.parent = null;
			this._allowUnknownOption = false;
			this._allowExcessArguments = false;
			/** @type {Argument[]} */
			this.registeredArguments = [];
			this._args = this.registeredArguments;
			/** @type {string[]} */
			this.args = [];
			this.rawArgs = [];
			this.processedArgs = [];
			this._scriptPath = null;
			this._name = name || "";
			this._optionValues = {};
			this._optionValueSources = {};
			this._storeOptionsAsProperties = false;
			this._actionHandler = null;
			this._executableHandler = false;
			this._executableFile = null;
			this._executableDir = null;
			this._defaultCommandName = null;
			this._exitCallback = null;
			this._aliases = [];
			this._combineFlagAndOptionalValue = true;
			this._description = "";
			this._summary = "";
			this._argsDescription = void 0;
			this._enablePositionalOptions = false;
			this._passThroughOptions = false;
			this._lifeCycleHooks = {};
			/** @type {(boolean | string)} */
			this._showHelpAfterError = false;
			this._showSuggestionAfterError = true;
			this._savedState = null;
			this._outputConfiguration = {
				writeOut: (str) => process.stdout.write(str),
				writeErr: (str) => process.stderr.write(str),
				outputError: (str, write) => write(str),
				getOutHelpWidth: () => process.stdout.isTTY ? process.stdout.columns : void 0,
				getErrHelpWidth: () => process.stderr.isTTY ? process.stderr.columns : void 0,
				getOutHasColors: () => useColor() ?? (process.stdout.isTTY && process.stdout.hasColors?.()),
				getErrHasColors: () => useColor() ?? (process.stderr.isTTY && process.stderr.hasColors?.()),
				stripColor: (str) => stripColor(str)
			};
			this._hidden = false;
			/** @type {(Option | null | undefined)} */
			this._helpOption = void 0;
			this._addImplicitHelpCommand = void 0;
			/** @type {Command} */
			this._helpCommand = void 0;
			this._helpConfiguration = {};
			/** @type {string | undefined} */
			this._helpGroupHeading = void 0;
			/** @type {string | undefined} */
			this._defaultCommandGroup = void 0;
			/** @type {string | undefined} */
			this._defaultOptionGroup = void 0;
		}
		/**
		* Copy settings that are useful to have in common across root command and subcommands.
		*
		* (Used internally when adding a command using `.command()` so subcommands inherit parent settings.)
		*
		* @param {Command} sourceCommand
		* @return {Command} `this` command for chaining
		*/
		copyInheritedSettings(sourceCommand) {
			this._outputConfiguration = sourceCommand._outputConfiguration;
			this._helpOption = sourceCommand._helpOption;
			this._helpCommand = sourceCommand._helpCommand;
			this._helpConfiguration = sourceCommand._helpConfiguration;
			this._exitCallback = sourceCommand._exitCallback;
			this._storeOptionsAsProperties = sourceCommand._storeOptionsAsProperties;
			this._combineFlagAndOptionalValue = sourceCommand._combineFlagAndOptionalValue;
			this._allowExcessArguments = sourceCommand._allowExcessArguments;
			this._enablePositionalOptions = sourceCommand._enablePositionalOptions;
			this._showHelpAfterError = sourceCommand._showHelpAfterError;
			this._showSuggestionAfterError = sourceCommand._showSuggestionAfterError;
			return this;
		}
		/**
		* @returns {Command[]}
		* @private
		*/
		_getCommandAndAncestors() {
			const result = [];
			for (let command = this; command; command = command.parent) result.push(command);
			return result;
		}
		/**
		* Define a command.
		*
		* There are two styles of command: pay attention to where to put the description.
		*
		* @example
		* // Command implemented using action handler (description is supplied separately to `.command`)
		* program
		*   .command('clone <source> [destination]')
		*   .description('clone a repository into a newly created directory')
		*   .action((source, destination) => {
		*     console.log('clone command called');
		*   });
		*
		* // Command implemented using separate executable file (description is second parameter to `.command`)
		* program
		*   .command('start <service>', 'start named service')
		*   .command('stop [service]', 'stop named service, or all if no name supplied');
		*
		* @param {string} nameAndArgs - command name and arguments, args are `<required>` or `[optional]` and last may also be `variadic...`
		* @param {(object | string)} [actionOptsOrExecDesc] - configuration options (for action), or description (for executable)
		* @param {object} [execOpts] - configuration options (for executable)
		* @return {Command} returns new command for action handler, or `this` for executable command
		*/
		command(nameAndArgs, actionOptsOrExecDesc, execOpts) {
			let desc = actionOptsOrExecDesc;
			let opts = execOpts;
			if (typeof desc === "object" && desc !== null) {
				opts = desc;
				desc = null;
			}
			opts = opts || {};
			const [, name, args] = nameAndArgs.match(/([^ ]+) *(.*)/);
			const cmd = this.createCommand(name);
			if (desc) {
				cmd.description(desc);
				cmd._executableHandler = true;
			}
			if (opts.isDefault) this._defaultCommandName = cmd._name;
			cmd._hidden = !!(opts.noHelp || opts.hidden);
			cmd._executableFile = opts.executableFile || null;
			if (args) cmd.arguments(args);
			this._registerCommand(cmd);
			cmd.parent = this;
			cmd.copyInheritedSettings(this);
			if (desc) return this;
			return cmd;
		}
		/**
		* Factory routine to create a new unattached command.
		*
		* See .command() for creating an attached subcommand, which uses this routine to
		* create the command. You can override createCommand to customise subcommands.
		*
		* @param {string} [name]
		* @return {Command} new command
		*/
		createCommand(name) {
			return new Command(name);
		}
		/**
		* You can customise the help with a subclass of Help by overriding createHelp,
		* or by overriding Help properties using configureHelp().
		*
		* @return {Help}
		*/
		createHelp() {
			return Object.assign(new Help(), this.configureHelp());
		}
		/**
		* You can customise the help by overriding Help properties using configureHelp(),
		* or with a subclass of Help by overriding createHelp().
		*
		* @param {object} [configuration] - configuration options
		* @return {(Command | object)} `this` command for chaining, or stored configuration
		*/
		configureHelp(configuration) {
			if (configuration === void 0) return this._helpConfiguration;
			this._helpConfiguration = configuration;
			return this;
		}
		/**
		* The default output goes to stdout and stderr. You can customise this for special
		* applications. You can also customise the display of errors by overriding outputError.
		*
		* The configuration properties are all functions:
		*
		*     // change how output being written, defaults to stdout and stderr
		*     writeOut(str)
		*     writeErr(str)
		*     // change how output being written for errors, defaults to writeErr
		*     outputError(str, write) // used for displaying errors and not used for displaying help
		*     // specify width for wrapping help
		*     getOutHelpWidth()
		*     getErrHelpWidth()
		*     // color support, currently only used with Help
		*     getOutHasColors()
		*     getErrHasColors()
		*     stripColor() // used to remove ANSI escape codes if output does not have colors
		*
		* @param {object} [configuration] - configuration options
		* @return {(Command | object)} `this` command for chaining, or stored configuration
		*/
		configureOutput(configuration) {
			if (configuration === void 0) return this._outputConfiguration;
			this._outputConfiguration = {
				...this._outputConfiguration,
				...configuration
			};
			return this;
		}
		/**
		* Display the help or a custom message after an error occurs.
		*
		* @param {(boolean|string)} [displayHelp]
		* @return {Command} `this` command for chaining
		*/
		showHelpAfterError(displayHelp = true) {
			if (typeof displayHelp !== "string") displayHelp = !!displayHelp;
			this._showHelpAfterError = displayHelp;
			return this;
		}
		/**
		* Display suggestion of similar commands for unknown commands, or options for unknown options.
		*
		* @param {boolean} [displaySuggestion]
		* @return {Command} `this` command for chaining
		*/
		showSuggestionAfterError(displaySuggestion = true) {
			this._showSuggestionAfterError = !!displaySuggestion;
			return this;
		}
		/**
		* Add a prepared subcommand.
		*
		* See .command() for creating an attached subcommand which inherits settings from its parent.
		*
		* @param {Command} cmd - new subcommand
		* @param {object} [opts] - configuration options
		* @return {Command} `this` command for chaining
		*/
		addCommand(cmd, opts) {
			if (!cmd._name) throw new Error(`Command passed to .addCommand() must have a name
- specify the name in Command constructor or using .name()`);
			opts = opts || {};
			if (opts.isDefault) this._defaultCommandName = cmd._name;
			if (opts.noHelp || opts.hidden) cmd._hidden = true;
			this._registerCommand(cmd);
			cmd.parent = this;
			cmd._checkForBrokenPassThrough();
			return this;
		}
		/**
		* Factory routine to create a new unattached argument.
		*
		* See .argument() for creating an attached argument, which uses this routine to
		* create the argument. You can override createArgument to return a custom argument.
		*
		* @param {string} name
		* @param {string} [description]
		* @return {Argument} new argument
		*/
		createArgument(name, description) {
			return new Argument(name, description);
		}
		/**
		* Define argument syntax for command.
		*
		* The default is that the argument is required, and you can explicitly
		* indicate this with <> around the name. Put [] around the name for an optional argument.
		*
		* @example
		* program.argument('<input-file>');
		* program.argument('[output-file]');
		*
		* @param {string} name
		* @param {string} [description]
		* @param {(Function|*)} [parseArg] - custom argument processing function or default value
		* @param {*} [defaultValue]
		* @return {Command} `this` command for chaining
		*/
		argument(name, description, parseArg, defaultValue) {
			const argument = this.createArgument(name, description);
			if (typeof parseArg === "function") argument.default(defaultValue).argParser(parseArg);
			else argument.default(parseArg);
			this.addArgument(argument);
			return this;
		}
		/**
		* Define argument syntax for command, adding multiple at once (without descriptions).
		*
		* See also .argument().
		*
		* @example
		* program.arguments('<cmd> [env]');
		*
		* @param {string} names
		* @return {Command} `this` command for chaining
		*/
		arguments(names) {
			names.trim().split(/ +/).forEach((detail) => {
				this.argument(detail);
			});
			return this;
		}
		/**
		* Define argument syntax for command, adding a prepared argument.
		*
		* @param {Argument} argument
		* @return {Command} `this` command for chaining
		*/
		addArgument(argument) {
			const previousArgument = this.registeredArguments.slice(-1)[0];
			if (previousArgument?.variadic) throw new Error(`only the last argument can be variadic '${previousArgument.name()}'`);
			if (argument.required && argument.defaultValue !== void 0 && argument.parseArg === void 0) throw new Error(`a default value for a required argument is never used: '${argument.name()}'`);
			this.registeredArguments.push(argument);
			return this;
		}
		/**
		* Customise or override default help command. By default a help command is automatically added if your command has subcommands.
		*
		* @example
		*    program.helpCommand('help [cmd]');
		*    program.helpCommand('help [cmd]', 'show help');
		*    program.helpCommand(false); // suppress default help command
		*    program.helpCommand(true); // add help command even if no subcommands
		*
		* @param {string|boolean} enableOrNameAndArgs - enable with custom name and/or arguments, or boolean to override whether added
		* @param {string} [description] - custom description
		* @return {Command} `this` command for chaining
		*/
		helpCommand(enableOrNameAndArgs, description) {
			if (typeof enableOrNameAndArgs === "boolean") {
				this._addImplicitHelpCommand = enableOrNameAndArgs;
				if (enableOrNameAndArgs && this._defaultCommandGroup) this._initCommandGroup(this._getHelpCommand());
				return this;
			}
			const [, helpName, helpArgs] = (enableOrNameAndArgs ?? "help [command]").match(/([^ ]+) *(.*)/);
			const helpDescription = description ?? "display help for command";
			const helpCommand = this.createCommand(helpName);
			helpCommand.helpOption(false);
			if (helpArgs) helpCommand.arguments(helpArgs);
			if (helpDescription) helpCommand.description(helpDescription);
			this._addImplicitHelpCommand = true;
			this._helpCommand = helpCommand;
			if (enableOrNameAndArgs || description) this._initCommandGroup(helpCommand);
			return this;
		}
		/**
		* Add prepared custom help command.
		*
		* @param {(Command|string|boolean)} helpCommand - custom help command, or deprecated enableOrNameAndArgs as for `.helpCommand()`
		* @param {string} [deprecatedDescription] - deprecated custom description used with custom name only
		* @return {Command} `this` command for chaining
		*/
		addHelpCommand(helpCommand, deprecatedDescription) {
			if (typeof helpCommand !== "object") {
				this.helpCommand(helpCommand, deprecatedDescription);
				return this;
			}
			this._addImplicitHelpCommand = true;
			this._helpCommand = helpCommand;
			this._initCommandGroup(helpCommand);
			return this;
		}
		/**
		* Lazy create help command.
		*
		* @return {(Command|null)}
		* @package
		*/
		_getHelpCommand() {
			if (this._addImplicitHelpCommand ?? (this.commands.length && !this._actionHandler && !this._findCommand("help"))) {
				if (this._helpCommand === void 0) this.helpCommand(void 0, void 0);
				return this._helpCommand;
			}
			return null;
		}
		/**
		* Add hook for life cycle event.
		*
		* @param {string} event
		* @param {Function} listener
		* @return {Command} `this` command for chaining
		*/
		hook(event, listener) {
			const allowedValues = [
				"preSubcommand",
				"preAction",
				"postAction"
			];
			if (!allowedValues.includes(event)) throw new Error(`Unexpected value for event passed to hook : '${event}'.
Expecting one of '${allowedValues.join("', '")}'`);
			if (this._lifeCycleHooks[event]) this._lifeCycleHooks[event].push(listener);
			else this._lifeCycleHooks[event] = [listener];
			return this;
		}
		/**
		* Register callback to use as replacement for calling process.exit.
		*
		* @param {Function} [fn] optional callback which will be passed a CommanderError, defaults to throwing
		* @return {Command} `this` command for chaining
		*/
		exitOverride(fn) {
			if (fn) this._exitCallback = fn;
			else this._exitCallback = (err) => {
				if (err.code !== "commander.executeSubCommandAsync") throw err;
			};
			return this;
		}
		/**
		* Call process.exit, and _exitCallback if defined.
		*
		* @param {number} exitCode exit code for using with process.exit
		* @param {string} code an id string representing the error
		* @param {string} message human-readable description of the error
		* @return never
		* @private
		*/
		_exit(exitCode, code, message) {
			if (this._exitCallback) this._exitCallback(new CommanderError(exitCode, code, message));
			process.exit(exitCode);
		}
		/**
		* Register callback `fn` for the command.
		*
		* @example
		* program
		*   .command('serve')
		*   .description('start service')
		*   .action(function() {
		*      // do work here
		*   });
		*
		* @param {Function} fn
		* @return {Command} `this` command for chaining
		*/
		action(fn) {
			const listener = (args) => {
				const expectedArgsCount = this.registeredArguments.length;
				const actionArgs = args.slice(0, expectedArgsCount);
				if (this._storeOptionsAsProperties) actionArgs[expectedArgsCount] = this;
				else actionArgs[expectedArgsCount] = this.opts();
				actionArgs.push(this);
				return fn.apply(this, actionArgs);
			};
			this._actionHandler = listener;
			return this;
		}
		/**
		* Factory routine to create a new unattached option.
		*
		* See .option() for creating an attached option, which uses this routine to
		* create the option. You can override createOption to return a custom option.
		*
		* @param {string} flags
		* @param {string} [description]
		* @return {Option} new option
		*/
		createOption(flags, description) {
			return new Option(flags, description);
		}
		/**
		* Wrap parseArgs to catch 'commander.invalidArgument'.
		*
		* @param {(Option | Argument)} target
		* @param {string} value
		* @param {*} previous
		* @param {string} invalidArgumentMessage
		* @private
		*/
		_callParseArg(target, value, previous, invalidArgumentMessage) {
			try {
				return target.parseArg(value, previous);
			} catch (err) {
				if (err.code === "commander.invalidArgument") {
					const message = `${invalidArgumentMessage} ${err.message}`;
					this.error(message, {
						exitCode: err.exitCode,
						code: err.code
					});
				}
				throw err;
			}
		}
		/**
		* Check for option flag conflicts.
		* Register option if no conflicts found, or throw on conflict.
		*
		* @param {Option} option
		* @private
		*/
		_registerOption(option) {
			const matchingOption = option.short && this._findOption(option.short) || option.long && this._findOption(option.long);
			if (matchingOption) {
				const matchingFlag = option.long && this._findOption(option.long) ? option.long : option.short;
				throw new Error(`Cannot add option '${option.flags}'${this._name && ` to command '${this._name}'`} due to conflicting flag '${matchingFlag}'
-  already used by option '${matchingOption.flags}'`);
			}
			this._initOptionGroup(option);
			this.options.push(option);
		}
		/**
		* Check for command name and alias conflicts with existing commands.
		* Register command if no conflicts found, or throw on conflict.
		*
		* @param {Command} command
		* @private
		*/
		_registerCommand(command) {
			const knownBy = (cmd) => {
				return [cmd.name()].concat(cmd.aliases());
			};
			const alreadyUsed = knownBy(command).find((name) => this._findCommand(name));
			if (alreadyUsed) {
				const existingCmd = knownBy(this._findCommand(alreadyUsed)).join("|");
				const newCmd = knownBy(command).join("|");
				throw new Error(`cannot add command '${newCmd}' as already have command '${existingCmd}'`);
			}
			this._initCommandGroup(command);
			this.commands.push(command);
		}
		/**
		* Add an option.
		*
		* @param {Option} option
		* @return {Command} `this` command for chaining
		*/
		addOption(option) {
			this._registerOption(option);
			const oname = option.name();
			const name = option.attributeName();
			if (option.negate) {
				const positiveLongFlag = option.long.replace(/^--no-/, "--");
				if (!this._findOption(positiveLongFlag)) this.setOptionValueWithSource(name, option.defaultValue === void 0 ? true : option.defaultValue, "default");
			} else if (option.defaultValue !== void 0) this.setOptionValueWithSource(name, option.defaultValue, "default");
			const handleOptionValue = (val, invalidValueMessage, valueSource) => {
				if (val == null && option.presetArg !== void 0) val = option.presetArg;
				const oldValue = this.getOptionValue(name);
				if (val !== null && option.parseArg) val = this._callParseArg(option, val, oldValue, invalidValueMessage);
				else if (val !== null && option.variadic) val = option._collectValue(val, oldValue);
				if (val == null) {
					if (option.negate) val = false;
					else if (option.isBoolean() || option.optional) val = true;
					else val = "";
				}
				this.setOptionValueWithSource(name, val, valueSource);
			};
			this.on("option:" + oname, (val) => {
				const invalidValueMessage = `error: option '${option.flags}' argument '${val}' is invalid.`;
				handleOptionValue(val, invalidValueMessage, "cli");
			});
			if (option.envVar) this.on("optionEnv:" + oname, (val) => {
				const invalidValueMessage = `error: option '${option.flags}' value '${val}' from env '${option.envVar}' is invalid.`;
				handleOptionValue(val, invalidValueMessage, "env");
			});
			return this;
		}
		/**
		* Internal implementation shared by .option() and .requiredOption()
		*
		* @return {Command} `this` command for chaining
		* @private
		*/
		_optionEx(config, flags, description, fn, defaultValue) {
			if (typeof flags === "object" && flags instanceof Option) throw new Error("To add an Option object use addOption() instead of option() or requiredOption()");
			const option = this.createOption(flags, description);
			option.makeOptionMandatory(!!config.mandatory);
			if (typeof fn === "function") option.default(defaultValue).argParser(fn);
			else if (fn instanceof RegExp) {
				const regex = fn;
				fn = (val, def) => {
					const m = regex.exec(val);
					return m ? m[0] : def;
				};
				option.default(defaultValue).argParser(fn);
			} else option.default(fn);
			return this.addOption(option);
		}
		/**
		* Define option with `flags`, `description`, and optional argument parsing function or `defaultValue` or both.
		*
		* The `flags` string contains the short and/or long flags, separated by comma, a pipe or space. A required
		* option-argument is indicated by `<>` and an optional option-argument by `[]`.
		*
		* See the README for more details, and see also addOption() and requiredOption().
		*
		* @example
		* program
		*     .option('-p, --pepper', 'add pepper')
		*     .option('--pt, --pizza-type <TYPE>', 'type of pizza') // required option-argument
		*     .option('-c, --cheese [CHEESE]', 'add extra cheese', 'mozzarella') // optional option-argument with default
		*     .option('-t, --tip <VALUE>', 'add tip to purchase cost', parseFloat) // custom parse function
		*
		* @param {string} flags
		* @param {string} [description]
		* @param {(Function|*)} [parseArg] - custom option processing function or default value
		* @param {*} [defaultValue]
		* @return {Command} `this` command for chaining
		*/
		option(flags, description, parseArg, defaultValue) {
			return this._optionEx({}, flags, description, parseArg, defaultValue);
		}
		/**
		* Add a required option which must have a value after parsing. This usually means
		* the option must be specified on the command line. (Otherwise the same as .option().)
		*
		* The `flags` string contains the short and/or long flags, separated by comma, a pipe or space.
		*
		* @param {string} flags
		* @param {string} [description]
		* @param {(Function|*)} [parseArg] - custom option processing function or default value
		* @param {*} [defaultValue]
		* @return {Command} `this` command for chaining
		*/
		requiredOption(flags, description, parseArg, defaultValue) {
			return this._optionEx({ mandatory: true }, flags, description, parseArg, defaultValue);
		}
		/**
		* Alter parsing of short flags with optional values.
		*
		* @example
		* // for `.option('-f,--flag [value]'):
		* program.combineFlagAndOptionalValue(true);  // `-f80` is treated like `--flag=80`, this is the default behaviour
		* program.combineFlagAndOptionalValue(false) // `-fb` is treated like `-f -b`
		*
		* @param {boolean} [combine] - if `true` or omitted, an optional value can be specified directly after the flag.
		* @return {Command} `this` command for chaining
		*/
		combineFlagAndOptionalValue(combine = true) {
			this._combineFlagAndOptionalValue = !!combine;
			return this;
		}
		/**
		* Allow unknown options on the command line.
		*
		* @param {boolean} [allowUnknown] - if `true` or omitted, no error will be thrown for unknown options.
		* @return {Command} `this` command for chaining
		*/
		allowUnknownOption(allowUnknown = true) {
			this._allowUnknownOption = !!allowUnknown;
			return this;
		}
		/**
		* Allow excess command-arguments on the command line. Pass false to make excess arguments an error.
		*
		* @param {boolean} [allowExcess] - if `true` or omitted, no error will be thrown for excess arguments.
		* @return {Command} `this` command for chaining
		*/
		allowExcessArguments(allowExcess = true) {
			this._allowExcessArguments = !!allowExcess;
			return this;
		}
		/**
		* Enable positional options. Positional means global options are specified before subcommands which lets
		* subcommands reuse the same option names, and also enables subcommands to turn on passThroughOptions.
		* The default behaviour is non-positional and global options may appear anywhere on the command line.
		*
		* @param {boolean} [positional]
		* @return {Command} `this` command for chaining
		*/
		enablePositionalOptions(positional = true) {
			this._enablePositionalOptions = !!positional;
			return this;
		}
		/**
		* Pass through options that come after command-arguments rather than treat them as command-options,
		* so actual command-options come before command-arguments. Turning this on for a subcommand requires
		* positional options to have been enabled on the program (parent commands).
		* The default behaviour is non-positional and options may appear before or after command-arguments.
		*
		* @param {boolean} [passThrough] for unknown options.
		* @return {Command} `this` command for chaining
		*/
		passThroughOptions(passThrough = true) {
			this._passThroughOptions = !!passThrough;
			this._checkForBrokenPassThrough();
			return this;
		}
		/**
		* @private
		*/
		_checkForBrokenPassThrough() {
			if (this.parent && this._passThroughOptions && !this.parent._enablePositionalOptions) throw new Error(`passThroughOptions cannot be used for '${this._name}' without turning on enablePositionalOptions for parent command(s)`);
		}
		/**
		* Whether to store option values as properties on command object,
		* or store separately (specify false). In both cases the option values can be accessed using .opts().
		*
		* @param {boolean} [storeAsProperties=true]
		* @return {Command} `this` command for chaining
		*/
		storeOptionsAsProperties(storeAsProperties = true) {
			if (this.options.length) throw new Error("call .storeOptionsAsProperties() before adding options");
			if (Object.keys(this._optionValues).length) throw new Error("call .storeOptionsAsProperties() before setting option values");
			this._storeOptionsAsProperties = !!storeAsProperties;
			return this;
		}
		/**
		* Retrieve option value.
		*
		* @param {string} key
		* @return {object} value
		*/
		getOptionValue(key) {
			if (this._storeOptionsAsProperties) return this[key];
			return this._optionValues[key];
		}
		/**
		* Store option value.
		*
		* @param {string} key
		* @param {object} value
		* @return {Command} `this` command for chaining
		*/
		setOptionValue(key, value) {
			return this.setOptionValueWithSource(key, value, void 0);
		}
		/**
		* Store option value and where the value came from.
		*
		* @param {string} key
		* @param {object} value
		* @param {string} source - expected values are default/config/env/cli/implied
		* @return {Command} `this` command for chaining
		*/
		setOptionValueWithSource(key, value, source) {
			if (this._storeOptionsAsProperties) this[key] = value;
			else this._optionValues[key] = value;
			this._optionValueSources[key] = source;
			return this;
		}
		/**
		* Get source of option value.
		* Expected values are default | config | env | cli | implied
		*
		* @param {string} key
		* @return {string}
		*/
		getOptionValueSource(key) {
			return this._optionValueSources[key];
		}
		/**
		* Get source of option value. See also .optsWithGlobals().
		* Expected values are default | config | env | cli | implied
		*
		* @param {string} key
		* @return {string}
		*/
		getOptionValueSourceWithGlobals(key) {
			let source;
			this._getCommandAndAncestors().forEach((cmd) => {
				if (cmd.getOptionValueSource(key) !== void 0) source = cmd.getOptionValueSource(key);
			});
			return source;
		}
		/**
		* Get user arguments from implied or explicit arguments.
		* Side-effects: set _scriptPath if args included script. Used for default program name, and subcommand searches.
		*
		* @private
		*/
		_prepareUserArgs(argv, parseOptions) {
			if (argv !== void 0 && !Array.isArray(argv)) throw new Error("first parameter to parse must be array or undefined");
			parseOptions = parseOptions || {};
			if (argv === void 0 && parseOptions.from === void 0) {
				if (process.versions?.electron) parseOptions.from = "electron";
				const execArgv = process.execArgv ?? [];
				if (execArgv.includes("-e") || execArgv.includes("--eval") || execArgv.includes("-p") || execArgv.includes("--print")) parseOptions.from = "eval";
			}
			if (argv === void 0) argv = process.argv;
			this.rawArgs = argv.slice();
			let userArgs;
			switch (parseOptions.from) {
				case void 0:
				case "node":
					this._scriptPath = argv[1];
					userArgs = argv.slice(2);
					break;
				case "electron":
					if (process.defaultApp) {
						this._scriptPath = argv[1];
						userArgs = argv.slice(2);
					} else userArgs = argv.slice(1);
					break;
				case "user":
					userArgs = argv.slice(0);
					break;
				case "eval":
					userArgs = argv.slice(1);
					break;
				default: throw new Error(`unexpected parse option { from: '${parseOptions.from}' }`);
			}
			if (!this._name && this._scriptPath) this.nameFromFilename(this._scriptPath);
			this._name = this._name || "program";
			return userArgs;
		}
		/**
		* Parse `argv`, setting options and invoking commands when defined.
		*
		* Use parseAsync instead of parse if any of your action handlers are async.
		*
		* Call with no parameters to parse `process.argv`. Detects Electron and special node options like `node --eval`. Easy mode!
		*
		* Or call with an array of strings to parse, and optionally where the user arguments start by specifying where the arguments are `from`:
		* - `'node'`: default, `argv[0]` is the application and `argv[1]` is the script being run, with user arguments after that
		* - `'electron'`: `argv[0]` is the application and `argv[1]` varies depending on whether the electron application is packaged
		* - `'user'`: just user arguments
		*
		* @example
		* program.parse(); // parse process.argv and auto-detect electron and special node flags
		* program.parse(process.argv); // assume argv[0] is app and argv[1] is script
		* program.parse(my-args, { from: 'user' }); // just user supplied arguments, nothing special about argv[0]
		*
		* @param {string[]} [argv] - optional, defaults to process.argv
		* @param {object} [parseOptions] - optionally specify style of options with from: node/user/electron
		* @param {string} [parseOptions.from] - where the args are from: 'node', 'user', 'electron'
		* @return {Command} `this` command for chaining
		*/
		parse(argv, parseOptions) {
			this._prepareForParse();
			const userArgs = this._prepareUserArgs(argv, parseOptions);
			this._parseCommand([], userArgs);
			return this;
		}
		/**
		* Parse `argv`, setting options and invoking commands when defined.
		*
		* Call with no parameters to parse `process.argv`. Detects Electron and special node options like `node --eval`. Easy mode!
		*
		* Or call with an array of strings to parse, and optionally where the user arguments start by specifying where the arguments are `from`:
		* - `'node'`: default, `argv[0]` is the application and `argv[1]` is the script being run, with user arguments after that
		* - `'electron'`: `argv[0]` is the application and `argv[1]` varies depending on whether the electron application is packaged
		* - `'user'`: just user arguments
		*
		* @example
		* await program.parseAsync(); // parse process.argv and auto-detect electron and special node flags
		* await program.parseAsync(process.argv); // assume argv[0] is app and argv[1] is script
		* await program.parseAsync(my-args, { from: 'user' }); // just user supplied arguments, nothing special about argv[0]
		*
		* @param {string[]} [argv]
		* @param {object} [parseOptions]
		* @param {string} parseOptions.from - where the args are from: 'node', 'user', 'electron'
		* @return {Promise}
		*/
		async parseAsync(argv, parseOptions) {
			this._prepareForParse();
			const userArgs = this._prepareUserArgs(argv, parseOptions);
			await this._parseCommand([], userArgs);
			return this;
		}
		_prepareForParse() {
			if (this._savedState === null) this.saveStateBeforeParse();
			else this.restoreStateBeforeParse();
		}
		/**
		* Called the first time parse is called to save state and allow a restore before subsequent calls to parse.
		* Not usually called directly, but available for subclasses to save their custom state.
		*
		* This is called in a lazy way. Only commands used in parsing chain will have state saved.
		*/
		saveStateBeforeParse() {
			this._savedState = {
				_name: this._name,
				_optionValues: { ...this._optionValues },
				_optionValueSources: { ...this._optionValueSources }
			};
		}
		/**
		* Restore state before parse for calls after the first.
		* Not usually called directly, but available for subclasses to save their custom state.
		*
		* This is called in a lazy way. Only commands used in parsing chain will have state restored.
		*/
		restoreStateBeforeParse() {
			if (this._storeOptionsAsProperties) throw new Error(`Can not call parse again when storeOptionsAsProperties is true.
- either make a new Command for each call to parse, or stop storing options as properties`);
			this._name = this._savedState._name;
			this._scriptPath = null;
			this.rawArgs = [];
			this._optionValues = { ...this._savedState._optionValues };
			this._optionValueSources = { ...this._savedState._optionValueSources };
			this.args = [];
			this.processedArgs = [];
		}
		/**
		* Throw if expected executable is missing. Add lots of help for author.
		*
		* @param {string} executableFile
		* @param {string} executableDir
		* @param {string} subcommandName
		*/
		_checkForMissingExecutable(executableFile, executableDir, subcommandName) {
			if (fs.existsSync(executableFile)) return;
			const executableMissing = `'${executableFile}' does not exist
 - if '${subcommandName}' is not meant to be an executable command, remove description parameter from '.command()' and use '.description()' instead
 - if the default executable name is not suitable, use the executableFile option to supply a custom name or path
 - ${executableDir ? `searched for local subcommand relative to directory '${executableDir}'` : "no directory for search for local subcommand, use .executableDir() to supply a custom directory"}`;
			throw new Error(executableMissing);
		}
		/**
		* Execute a sub-command executable.
		*
		* @private
		*/
		_executeSubCommand(subcommand, args) {
			args = args.slice();
			let launchWithNode = false;
			const sourceExt = [
				".js",
				".ts",
				".tsx",
				".mjs",
				".cjs"
			];
			function findFile(baseDir, baseName) {
				const localBin = path.resolve(baseDir, baseName);
				if (fs.existsSync(localBin)) return localBin;
				if (sourceExt.includes(path.extname(baseName))) return void 0;
				const foundExt = sourceExt.find((ext) => fs.existsSync(`${localBin}${ext}`));
				if (foundExt) return `${localBin}${foundExt}`;
			}
			this._checkForMissingMandatoryOptions();
			this._checkForConflictingOptions();
			let executableFile = subcommand._executableFile || `${this._name}-${subcommand._name}`;
			let executableDir = this._executableDir || "";
			if (this._scriptPath) {
				let resolvedScriptPath;
				try {
					resolvedScriptPath = fs.realpathSync(this._scriptPath);
				} catch {
					resolvedScriptPath = this._scriptPath;
				}
				executableDir = path.resolve(path.dirname(resolvedScriptPath), executableDir);
			}
			if (executableDir) {
				let localFile = findFile(executableDir, executableFile);
				if (!localFile && !subcommand._executableFile && this._scriptPath) {
					const legacyName = path.basename(this._scriptPath, path.extname(this._scriptPath));
					if (legacyName !== this._name) localFile = findFile(executableDir, `${legacyName}-${subcommand._name}`);
				}
				executableFile = localFile || executableFile;
			}
			launchWithNode = sourceExt.includes(path.extname(executableFile));
			let proc;
			if (process.platform !== "win32") {
				if (launchWithNode) {
					args.unshift(executableFile);
					args = incrementNodeInspectorPort(process.execArgv).concat(args);
					proc = childProcess.spawn(process.argv[0], args, { stdio: "inherit" });
				} else proc = childProcess.spawn(executableFile, args, { stdio: "inherit" });
			} else {
				this._checkForMissingExecutable(executableFile, executableDir, subcommand._name);
				args.unshift(executableFile);
				args = incrementNodeInspectorPort(process.execArgv).concat(args);
				proc = childProcess.spawn(process.execPath, args, { stdio: "inherit" });
			}
			if (!proc.killed) [
				"SIGUSR1",
				"SIGUSR2",
				"SIGTERM",
				"SIGINT",
				"SIGHUP"
			].forEach((signal) => {
				process.on(signal, () => {
					if (proc.killed === false && proc.exitCode === null) proc.kill(signal);
				});
			});
			const exitCallback = this._exitCallback;
			proc.on("close", (code) => {
				code = code ?? 1;
				if (!exitCallback) process.exit(code);
				else exitCallback(new CommanderError(code, "commander.executeSubCommandAsync", "(close)"));
			});
			proc.on("error", (err) => {
				if (err.code === "ENOENT") this._checkForMissingExecutable(executableFile, executableDir, subcommand._name);
				else if (err.code === "EACCES") throw new Error(`'${executableFile}' not executable`);
				if (!exitCallback) process.exit(1);
				else {
					const wrappedError = new CommanderError(1, "commander.executeSubCommandAsync", "(error)");
					wrappedError.nestedError = err;
					exitCallback(wrappedError);
				}
			});
			this.runningCommand = proc;
		}
		/**
		* @private
		*/
		_dispatchSubcommand(commandName, operands, unknown) {
			const subCommand = this._findCommand(commandName);
			if (!subCommand) this.help({ error: true });
			subCommand._prepareForParse();
			let promiseChain;
			promiseChain = this._chainOrCallSubCommandHook(promiseChain, subCommand, "preSubcommand");
			promiseChain = this._chainOrCall(promiseChain, () => {
				if (subCommand._executableHandler) this._executeSubCommand(subCommand, operands.concat(unknown));
				else return subCommand._parseCommand(operands, unknown);
			});
			return promiseChain;
		}
		/**
		* Invoke help directly if possible, or dispatch if necessary.
		* e.g. help foo
		*
		* @private
		*/
		_dispatchHelpCommand(subcommandName) {
			if (!subcommandName) this.help();
			const subCommand = this._findCommand(subcommandName);
			if (subCommand && !subCommand._executableHandler) subCommand.help();
			return this._dispatchSubcommand(subcommandName, [], [this._getHelpOption()?.long ?? this._getHelpOption()?.short ?? "--help"]);
		}
		/**
		* Check this.args against expected this.registeredArguments.
		*
		* @private
		*/
		_checkNumberOfArguments() {
			this.registeredArguments.forEach((arg, i) => {
				if (arg.required && this.args[i] == null) this.missingArgument(arg.name());
			});
			if (this.registeredArguments.length > 0 && this.registeredArguments[this.registeredArguments.length - 1].variadic) return;
			if (this.args.length > this.registeredArguments.length) this._excessArguments(this.args);
		}
		/**
		* Process this.args using this.registeredArguments and save as this.processedArgs!
		*
		* @private
		*/
		_processArguments() {
			const myParseArg = (argument, value, previous) => {
				let parsedValue = value;
				if (value !== null && argument.parseArg) {
					const invalidValueMessage = `error: command-argument value '${value}' is invalid for argument '${argument.name()}'.`;
					parsedValue = this._callParseArg(argument, value, previous, invalidValueMessage);
				}
				return parsedValue;
			};
			this._checkNumberOfArguments();
			const processedArgs = [];
			this.registeredArguments.forEach((declaredArg, index) => {
				let value = declaredArg.defaultValue;
				if (declaredArg.variadic) {
					if (index < this.args.length) {
						value = this.args.slice(index);
						if (declaredArg.parseArg) value = value.reduce((processed, v) => {
							return myParseArg(declaredArg, v, processed);
						}, declaredArg.defaultValue);
					} else if (value === void 0) value = [];
				} else if (index < this.args.length) {
					value = this.args[index];
					if (declaredArg.parseArg) value = myParseArg(declaredArg, value, declaredArg.defaultValue);
				}
				processedArgs[index] = value;
			});
			this.processedArgs = processedArgs;
		}
		/**
		* Once we have a promise we chain, but call synchronously until then.
		*
		* @param {(Promise|undefined)} promise
		* @param {Function} fn
		* @return {(Promise|undefined)}
		* @private
		*/
		_chainOrCall(promise, fn) {
			if (promise?.then && typeof promise.then === "function") return promise.then(() => fn());
			return fn();
		}
		/**
		*
		* @param {(Promise|undefined)} promise
		* @param {string} event
		* @return {(Promise|undefined)}
		* @private
		*/
		_chainOrCallHooks(promise, event) {
			let result = promise;
			const hooks = [];
			this._getCommandAndAncestors().reverse().filter((cmd) => cmd._lifeCycleHooks[event] !== void 0).forEach((hookedCommand) => {
				hookedCommand._lifeCycleHooks[event].forEach((callback) => {
					hooks.push({
						hookedCommand,
						callback
					});
				});
			});
			if (event === "postAction") hooks.reverse();
			hooks.forEach((hookDetail) => {
				result = this._chainOrCall(result, () => {
					return hookDetail.callback(hookDetail.hookedCommand, this);
				});
			});
			return result;
		}
		/**
		*
		* @param {(Promise|undefined)} promise
		* @param {Command} subCommand
		* @param {string} event
		* @return {(Promise|undefined)}
		* @private
		*/
		_chainOrCallSubCommandHook(promise, subCommand, event) {
			let result = promise;
			if (this._lifeCycleHooks[event] !== void 0) this._lifeCycleHooks[event].forEach((hook) => {
				result = this._chainOrCall(result, () => {
					return hook(this, subCommand);
				});
			});
			return result;
		}
		/**
		* Process arguments in context of this command.
		* Returns action result, in case it is a promise.
		*
		* @private
		*/
		_parseCommand(operands, unknown) {
			const parsed = this.parseOptions(unknown);
			this._parseOptionsEnv();
			this._parseOptionsImplied();
			operands = operands.concat(parsed.operands);
			unknown = parsed.unknown;
			this.args = operands.concat(unknown);
			if (operands && this._findCommand(operands[0])) return this._dispatchSubcommand(operands[0], operands.slice(1), unknown);
			if (this._getHelpCommand() && operands[0] === this._getHelpCommand().name()) return this._dispatchHelpCommand(operands[1]);
			if (this._defaultCommandName) {
				this._outputHelpIfRequested(unknown);
				return this._dispatchSubcommand(this._defaultCommandName, operands, unknown);
			}
			if (this.commands.length && this.args.length === 0 && !this._actionHandler && !this._defaultCommandName) this.help({ error: true });
			this._outputHelpIfRequested(parsed.unknown);
			this._checkForMissingMandatoryOptions();
			this._checkForConflictingOptions();
			const checkForUnknownOptions = () => {
				if (parsed.unknown.length > 0) this.unknownOption(parsed.unknown[0]);
			};
			const commandEvent = `command:${this.name()}`;
			if (this._actionHandler) {
				checkForUnknownOptions();
				this._processArguments();
				let promiseChain;
				promiseChain = this._chainOrCallHooks(promiseChain, "preAction");
				promiseChain = this._chainOrCall(promiseChain, () => this._actionHandler(this.processedArgs));
				if (this.parent) promiseChain = this._chainOrCall(promiseChain, () => {
					this.parent.emit(commandEvent, operands, unknown);
				});
				promiseChain = this._chainOrCallHooks(promiseChain, "postAction");
				return promiseChain;
			}
			if (this.parent?.listenerCount(commandEvent)) {
				checkForUnknownOptions();
				this._processArguments();
				this.parent.emit(commandEvent, operands, unknown);
			} else if (operands.length) {
				if (this._findCommand("*")) return this._dispatchSubcommand("*", operands, unknown);
				if (this.listenerCount("command:*")) this.emit("command:*", operands, unknown);
				else if (this.commands.length) this.unknownCommand();
				else {
					checkForUnknownOptions();
					this._processArguments();
				}
			} else if (this.commands.length) {
				checkForUnknownOptions();
				this.help({ error: true });
			} else {
				checkForUnknownOptions();
				this._processArguments();
			}
		}
		/**
		* Find matching command.
		*
		* @private
		* @return {Command | undefined}
		*/
		_findCommand(name) {
			if (!name) return void 0;
			return this.commands.find((cmd) => cmd._name === name || cmd._aliases.includes(name));
		}
		/**
		* Return an option matching `arg` if any.
		*
		* @param {string} arg
		* @return {Option}
		* @package
		*/
		_findOption(arg) {
			return this.options.find((option) => option.is(arg));
		}
		/**
		* Display an error message if a mandatory option does not have a value.
		* Called after checking for help flags in leaf subcommand.
		*
		* @private
		*/
		_checkForMissingMandatoryOptions() {
			this._getCommandAndAncestors().forEach((cmd) => {
				cmd.options.forEach((anOption) => {
					if (anOption.mandatory && cmd.getOptionValue(anOption.attributeName()) === void 0) cmd.missingMandatoryOptionValue(anOption);
				});
			});
		}
		/**
		* Display an error message if conflicting options are used together in this.
		*
		* @private
		*/
		_checkForConflictingLocalOptions() {
			const definedNonDefaultOptions = this.options.filter((option) => {
				const optionKey = option.attributeName();
				if (this.getOptionValue(optionKey) === void 0) return false;
				return this.getOptionValueSource(optionKey) !== "default";
			});
			definedNonDefaultOptions.filter((option) => option.conflictsWith.length > 0).forEach((option) => {
				const conflictingAndDefined = definedNonDefaultOptions.find((defined) => option.conflictsWith.includes(defined.attributeName()));
				if (conflictingAndDefined) this._conflictingOption(option, conflictingAndDefined);
			});
		}
		/**
		* Display an error message if conflicting options are used together.
		* Called after checking for help flags in leaf subcommand.
		*
		* @private
		*/
		_checkForConflictingOptions() {
			this._getCommandAndAncestors().forEach((cmd) => {
				cmd._checkForConflictingLocalOptions();
			});
		}
		/**
		* Parse options from `argv` removing known options,
		* and return argv split into operands and unknown arguments.
		*
		* Side effects: modifies command by storing options. Does not reset state if called again.
		*
		* Examples:
		*
		*     argv => operands, unknown
		*     --known kkk op => [op], []
		*     op --known kkk => [op], []
		*     sub --unknown uuu op => [sub], [--unknown uuu op]
		*     sub -- --unknown uuu op => [sub --unknown uuu op], []
		*
		* @param {string[]} args
		* @return {{operands: string[], unknown: string[]}}
		*/
		parseOptions(args) {
			const operands = [];
			const unknown = [];
			let dest = operands;
			function maybeOption(arg) {
				return arg.length > 1 && arg[0] === "-";
			}
			const negativeNumberArg = (arg) => {
				if (!/^-(\d+|\d*\.\d+)(e[+-]?\d+)?$/.test(arg)) return false;
				return !this._getCommandAndAncestors().some((cmd) => cmd.options.map((opt) => opt.short).some((short) => /^-\d$/.test(short)));
			};
			let activeVariadicOption = null;
			let activeGroup = null;
			let i = 0;
			while (i < args.length || activeGroup) {
				const arg = activeGroup ?? args[i++];
				activeGroup = null;
				if (arg === "--") {
					if (dest === unknown) dest.push(arg);
					dest.push(...args.slice(i));
					break;
				}
				if (activeVariadicOption && (!maybeOption(arg) || negativeNumberArg(arg))) {
					this.emit(`option:${activeVariadicOption.name()}`, arg);
					continue;
				}
				activeVariadicOption = null;
				if (maybeOption(arg)) {
					const option = this._findOption(arg);
					if (option) {
						if (option.required) {
							const value = args[i++];
							if (value === void 0) this.optionMissingArgument(option);
							this.emit(`option:${option.name()}`, value);
						} else if (option.optional) {
							let value = null;
							if (i < args.length && (!maybeOption(args[i]) || negativeNumberArg(args[i]))) value = args[i++];
							this.emit(`option:${option.name()}`, value);
						} else this.emit(`option:${option.name()}`);
						activeVariadicOption = option.variadic ? option : null;
						continue;
					}
				}
				if (arg.length > 2 && arg[0] === "-" && arg[1] !== "-") {
					const option = this._findOption(`-${arg[1]}`);
					if (option) {
						if (option.required || option.optional && this._combineFlagAndOptionalValue) this.emit(`option:${option.name()}`, arg.slice(2));
						else {
							this.emit(`option:${option.name()}`);
							activeGroup = `-${arg.slice(2)}`;
						}
						continue;
					}
				}
				if (/^--[^=]+=/.test(arg)) {
					const index = arg.indexOf("=");
					const option = this._findOption(arg.slice(0, index));
					if (option && (option.required || option.optional)) {
						this.emit(`option:${option.name()}`, arg.slice(index + 1));
						continue;
					}
				}
				if (dest === operands && maybeOption(arg) && !(this.commands.length === 0 && negativeNumberArg(arg))) dest = unknown;
				if ((this._enablePositionalOptions || this._passThroughOptions) && operands.length === 0 && unknown.length === 0) {
					if (this._findCommand(arg)) {
						operands.push(arg);
						unknown.push(...args.slice(i));
						break;
					} else if (this._getHelpCommand() && arg === this._getHelpCommand().name()) {
						operands.push(arg, ...args.slice(i));
						break;
					} else if (this._defaultCommandName) {
						unknown.push(arg, ...args.slice(i));
						break;
					}
				}
				if (this._passThroughOptions) {
					dest.push(arg, ...args.slice(i));
					break;
				}
				dest.push(arg);
			}
			return {
				operands,
				unknown
			};
		}
		/**
		* Return an object containing local option values as key-value pairs.
		*
		* @return {object}
		*/
		opts() {
			if (this._storeOptionsAsProperties) {
				const result = {};
				const len = this.options.length;
				for (let i = 0; i < len; i++) {
					const key = this.options[i].attributeName();
					result[key] = key === this._versionOptionName ? this._version : this[key];
				}
				return result;
			}
			return this._optionValues;
		}
		/**
		* Return an object containing merged local and global option values as key-value pairs.
		*
		* @return {object}
		*/
		optsWithGlobals() {
			return this._getCommandAndAncestors().reduce((combinedOptions, cmd) => Object.assign(combinedOptions, cmd.opts()), {});
		}
		/**
		* Display error message and exit (or call exitOverride).
		*
		* @param {string} message
		* @param {object} [errorOptions]
		* @param {string} [errorOptions.code] - an id string representing the error
		* @param {number} [errorOptions.exitCode] - used with process.exit
		*/
		error(message, errorOptions) {
			this._outputConfiguration.outputError(`${message}\n`, this._outputConfiguration.writeErr);
			if (typeof this._showHelpAfterError === "string") this._outputConfiguration.writeErr(`${this._showHelpAfterError}\n`);
			else if (this._showHelpAfterError) {
				this._outputConfiguration.writeErr("\n");
				this.outputHelp({ error: true });
			}
			const config = errorOptions || {};
			const exitCode = config.exitCode || 1;
			const code = config.code || "commander.error";
			this._exit(exitCode, code, message);
		}
		/**
		* Apply any option related environment variables, if option does
		* not have a value from cli or client code.
		*
		* @private
		*/
		_parseOptionsEnv() {
			this.options.forEach((option) => {
				if (option.envVar && option.envVar in process.env) {
					const optionKey = option.attributeName();
					if (this.getOptionValue(optionKey) === void 0 || [
						"default",
						"config",
						"env"
					].includes(this.getOptionValueSource(optionKey))) {
						if (option.required || option.optional) this.emit(`optionEnv:${option.name()}`, process.env[option.envVar]);
						else this.emit(`optionEnv:${option.name()}`);
					}
				}
			});
		}
		/**
		* Apply any implied option values, if option is undefined or default value.
		*
		* @private
		*/
		_parseOptionsImplied() {
			const dualHelper = new DualOptions(this.options);
			const hasCustomOptionValue = (optionKey) => {
				return this.getOptionValue(optionKey) !== void 0 && !["default", "implied"].includes(this.getOptionValueSource(optionKey));
			};
			this.options.filter((option) => option.implied !== void 0 && hasCustomOptionValue(option.attributeName()) && dualHelper.valueFromOption(this.getOptionValue(option.attributeName()), option)).forEach((option) => {
				Object.keys(option.implied).filter((impliedKey) => !hasCustomOptionValue(impliedKey)).forEach((impliedKey) => {
					this.setOptionValueWithSource(impliedKey, option.implied[impliedKey], "implied");
				});
			});
		}
		/**
		* Argument `name` is missing.
		*
		* @param {string} name
		* @private
		*/
		missingArgument(name) {
			const message = `error: missing required argument '${name}'`;
			this.error(message, { code: "commander.missingArgument" });
		}
		/**
		* `Option` is missing an argument.
		*
		* @param {Option} option
		* @private
		*/
		optionMissingArgument(option) {
			const message = `error: option '${option.flags}' argument missing`;
			this.error(message, { code: "commander.optionMissingArgument" });
		}
		/**
		* `Option` does not have a value, and is a mandatory option.
		*
		* @param {Option} option
		* @private
		*/
		missingMandatoryOptionValue(option) {
			const message = `error: required option '${option.flags}' not specified`;
			this.error(message, { code: "commander.missingMandatoryOptionValue" });
		}
		/**
		* `Option` conflicts with another option.
		*
		* @param {Option} option
		* @param {Option} conflictingOption
		* @private
		*/
		_conflictingOption(option, conflictingOption) {
			const findBestOptionFromValue = (option) => {
				const optionKey = option.attributeName();
				const optionValue = this.getOptionValue(optionKey);
				const negativeOption = this.options.find((target) => target.negate && optionKey === target.attributeName());
				const positiveOption = this.options.find((target) => !target.negate && optionKey === target.attributeName());
				if (negativeOption && (negativeOption.presetArg === void 0 && optionValue === false || negativeOption.presetArg !== void 0 && optionValue === negativeOption.presetArg)) return negativeOption;
				return positiveOption || option;
			};
			const getErrorMessage = (option) => {
				const bestOption = findBestOptionFromValue(option);
				const optionKey = bestOption.attributeName();
				if (this.getOptionValueSource(optionKey) === "env") return `environment variable '${bestOption.envVar}'`;
				return `option '${bestOption.flags}'`;
			};
			const message = `error: ${getErrorMessage(option)} cannot be used with ${getErrorMessage(conflictingOption)}`;
			this.error(message, { code: "commander.conflictingOption" });
		}
		/**
		* Unknown option `flag`.
		*
		* @param {string} flag
		* @private
		*/
		unknownOption(flag) {
			if (this._allowUnknownOption) return;
			let suggestion = "";
			if (flag.startsWith("--") && this._showSuggestionAfterError) {
				let candidateFlags = [];
				let command = this;
				do {
					const moreFlags = command.createHelp().visibleOptions(command).filter((option) => option.long).map((option) => option.long);
					candidateFlags = candidateFlags.concat(moreFlags);
					command = command.parent;
				} while (command && !command._enablePositionalOptions);
				suggestion = suggestSimilar(flag, candidateFlags);
			}
			const message = `error: unknown option '${flag}'${suggestion}`;
			this.error(message, { code: "commander.unknownOption" });
		}
		/**
		* Excess arguments, more than expected.
		*
		* @param {string[]} receivedArgs
		* @private
		*/
		_excessArguments(receivedArgs) {
			if (this._allowExcessArguments) return;
			const expected = this.registeredArguments.length;
			const s = expected === 1 ? "" : "s";
			const message = `error: too many arguments${this.parent ? ` for '${this.name()}'` : ""}. Expected ${expected} argument${s} but got ${receivedArgs.length}.`;
			this.error(message, { code: "commander.excessArguments" });
		}
		/**
		* Unknown command.
		*
		* @private
		*/
		unknownCommand() {
			const unknownName = this.args[0];
			let suggestion = "";
			if (this._showSuggestionAfterError) {
				const candidateNames = [];
				this.createHelp().visibleCommands(this).forEach((command) => {
					candidateNames.push(command.name());
					if (command.alias()) candidateNames.push(command.alias());
				});
				suggestion = suggestSimilar(unknownName, candidateNames);
			}
			const message = `error: unknown command '${unknownName}'${suggestion}`;
			this.error(message, { code: "commander.unknownCommand" });
		}
		/**
		* Get or set the program version.
		*
		* This method auto-registers the "-V, --version" option which will print the version number.
		*
		* You can optionally supply the flags and description to override the defaults.
		*
		* @param {string} [str]
		* @param {string} [flags]
		* @param {string} [description]
		* @return {(this | string | undefined)} `this` command for chaining, or version string if no arguments
		*/
		version(str, flags, description) {
			if (str === void 0) return this._version;
			this._version = str;
			flags = flags || "-V, --version";
			description = description || "output the version number";
			const versionOption = this.createOption(flags, description);
			this._versionOptionName = versionOption.attributeName();
			this._registerOption(versionOption);
			this.on("option:" + versionOption.name(), () => {
				this._outputConfiguration.writeOut(`${str}\n`);
				this._exit(0, "commander.version", str);
			});
			return this;
		}
		/**
		* Set the description.
		*
		* @param {string} [str]
		* @param {object} [argsDescription]
		* @return {(string|Command)}
		*/
		description(str, argsDescription) {
			if (str === void 0 && argsDescription === void 0) return this._description;
			this._description = str;
			if (argsDescription) this._argsDescription = argsDescription;
			return this;
		}
		/**
		* Set the summary. Used when listed as subcommand of parent.
		*
		* @param {string} [str]
		* @return {(string|Command)}
		*/
		summary(str) {
			if (str === void 0) return this._summary;
			this._summary = str;
			return this;
		}
		/**
		* Set an alias for the command.
		*
		* You may call more than once to add multiple aliases. Only the first alias is shown in the auto-generated help.
		*
		* @param {string} [alias]
		* @return {(string|Command)}
		*/
		alias(alias) {
			if (alias === void 0) return this._aliases[0];
			/** @type {Command} */
			let command = this;
			if (this.commands.length !== 0 && this.commands[this.commands.length - 1]._executableHandler) command = this.commands[this.commands.length - 1];
			if (alias === command._name) throw new Error("Command alias can't be the same as its name");
			const matchingCommand = this.parent?._findCommand(alias);
			if (matchingCommand) {
				const existingCmd = [matchingCommand.name()].concat(matchingCommand.aliases()).join("|");
				throw new Error(`cannot add alias '${alias}' to command '${this.name()}' as already have command '${existingCmd}'`);
			}
			command._aliases.push(alias);
			return this;
		}
		/**
		* Set aliases for the command.
		*
		* Only the first alias is shown in the auto-generated help.
		*
		* @param {string[]} [aliases]
		* @return {(string[]|Command)}
		*/
		aliases(aliases) {
			if (aliases === void 0) return this._aliases;
			aliases.forEach((alias) => this.alias(alias));
			return this;
		}
		/**
		* Set / get the command usage `str`.
		*
		* @param {string} [str]
		* @return {(string|Command)}
		*/
		usage(str) {
			if (str === void 0) {
				if (this._usage) return this._usage;
				const args = this.registeredArguments.map((arg) => {
					return humanReadableArgName(arg);
				});
				return [].concat(this.options.length || this._helpOption !== null ? "[options]" : [], this.commands.length ? "[command]" : [], this.registeredArguments.length ? args : []).join(" ");
			}
			this._usage = str;
			return this;
		}
		/**
		* Get or set the name of the command.
		*
		* @param {string} [str]
		* @return {(string|Command)}
		*/
		name(str) {
			if (str === void 0) return this._name;
			this._name = str;
			return this;
		}
		/**
		* Set/get the help group heading for this subcommand in parent command's help.
		*
		* @param {string} [heading]
		* @return {Command | string}
		*/
		helpGroup(heading) {
			if (heading === void 0) return this._helpGroupHeading ?? "";
			this._helpGroupHeading = heading;
			return this;
		}
		/**
		* Set/get the default help group heading for subcommands added to this command.
		* (This does not override a group set directly on the subcommand using .helpGroup().)
		*
		* @example
		* program.commandsGroup('Development Commands:);
		* program.command('watch')...
		* program.command('lint')...
		* ...
		*
		* @param {string} [heading]
		* @returns {Command | string}
		*/
		commandsGroup(heading) {
			if (heading === void 0) return this._defaultCommandGroup ?? "";
			this._defaultCommandGroup = heading;
			return this;
		}
		/**
		* Set/get the default help group heading for options added to this command.
		* (This does not override a group set directly on the option using .helpGroup().)
		*
		* @example
		* program
		*   .optionsGroup('Development Options:')
		*   .option('-d, --debug', 'output extra debugging')
		*   .option('-p, --profile', 'output profiling information')
		*
		* @param {string} [heading]
		* @returns {Command | string}
		*/
		optionsGroup(heading) {
			if (heading === void 0) return this._defaultOptionGroup ?? "";
			this._defaultOptionGroup = heading;
			return this;
		}
		/**
		* @param {Option} option
		* @private
		*/
		_initOptionGroup(option) {
			if (this._defaultOptionGroup && !option.helpGroupHeading) option.helpGroup(this._defaultOptionGroup);
		}
		/**
		* @param {Command} cmd
		* @private
		*/
		_initCommandGroup(cmd) {
			if (this._defaultCommandGroup && !cmd.helpGroup()) cmd.helpGroup(this._defaultCommandGroup);
		}
		/**
		* Set the name of the command from script filename, such as process.argv[1],
		* or require.main.filename, or __filename.
		*
		* (Used internally and public although not documented in README.)
		*
		* @example
		* program.nameFromFilename(require.main.filename);
		*
		* @param {string} filename
		* @return {Command}
		*/
		nameFromFilename(filename) {
			this._name = path.basename(filename, path.extname(filename));
			return this;
		}
		/**
		* Get or set the directory for searching for executable subcommands of this command.
		*
		* @example
		* program.executableDir(__dirname);
		* // or
		* program.executableDir('subcommands');
		*
		* @param {string} [path]
		* @return {(string|null|Command)}
		*/
		executableDir(path) {
			if (path === void 0) return this._executableDir;
			this._executableDir = path;
			return this;
		}
		/**
		* Return program help documentation.
		*
		* @param {{ error: boolean }} [contextOptions] - pass {error:true} to wrap for stderr instead of stdout
		* @return {string}
		*/
		helpInformation(contextOptions) {
			const helper = this.createHelp();
			const context = this._getOutputContext(contextOptions);
			helper.prepareContext({
				error: context.error,
				helpWidth: context.helpWidth,
				outputHasColors: context.hasColors
			});
			const text = helper.formatHelp(this, helper);
			if (context.hasColors) return text;
			return this._outputConfiguration.stripColor(text);
		}
		/**
		* @typedef HelpContext
		* @type {object}
		* @property {boolean} error
		* @property {number} helpWidth
		* @property {boolean} hasColors
		* @property {function} write - includes stripColor if needed
		*
		* @returns {HelpContext}
		* @private
		*/
		_getOutputContext(contextOptions) {
			contextOptions = contextOptions || {};
			const error = !!contextOptions.error;
			let baseWrite;
			let hasColors;
			let helpWidth;
			if (error) {
				baseWrite = (str) => this._outputConfiguration.writeErr(str);
				hasColors = this._outputConfiguration.getErrHasColors();
				helpWidth = this._outputConfiguration.getErrHelpWidth();
			} else {
				baseWrite = (str) => this._outputConfiguration.writeOut(str);
				hasColors = this._outputConfiguration.getOutHasColors();
				helpWidth = this._outputConfiguration.getOutHelpWidth();
			}
			const write = (str) => {
				if (!hasColors) str = this._outputConfiguration.stripColor(str);
				return baseWrite(str);
			};
			return {
				error,
				write,
				hasColors,
				helpWidth
			};
		}
		/**
		* Output help information for this command.
		*
		* Outputs built-in help, and custom text added using `.addHelpText()`.
		*
		* @param {{ error: boolean } | Function} [contextOptions] - pass {error:true} to write to stderr instead of stdout
		*/
		outputHelp(contextOptions) {
			let deprecatedCallback;
			if (typeof contextOptions === "function") {
				deprecatedCallback = contextOptions;
				contextOptions = void 0;
			}
			const outputContext = this._getOutputContext(contextOptions);
			/** @type {HelpTextEventContext} */
			const eventContext = {
				error: outputContext.error,
				write: outputContext.write,
				command: this
			};
			this._getCommandAndAncestors().reverse().forEach((command) => command.emit("beforeAllHelp", eventContext));
			this.emit("beforeHelp", eventContext);
			let helpInformation = this.helpInformation({ error: outputContext.error });
			if (deprecatedCallback) {
				helpInformation = deprecatedCallback(helpInformation);
				if (typeof helpInformation !== "string" && !Buffer.isBuffer(helpInformation)) throw new Error("outputHelp callback must return a string or a Buffer");
			}
			outputContext.write(helpInformation);
			if (this._getHelpOption()?.long) this.emit(this._getHelpOption().long);
			this.emit("afterHelp", eventContext);
			this._getCommandAndAncestors().forEach((command) => command.emit("afterAllHelp", eventContext));
		}
		/**
		* You can pass in flags and a description to customise the built-in help option.
		* Pass in false to disable the built-in help option.
		*
		* @example
		* program.helpOption('-?, --help' 'show help'); // customise
		* program.helpOption(false); // disable
		*
		* @param {(string | boolean)} flags
		* @param {string} [description]
		* @return {Command} `this` command for chaining
		*/
		helpOption(flags, description) {
			if (typeof flags === "boolean") {
				if (flags) {
					if (this._helpOption === null) this._helpOption = void 0;
					if (this._defaultOptionGroup) this._initOptionGroup(this._getHelpOption());
				} else this._helpOption = null;
				return this;
			}
			this._helpOption = this.createOption(flags ?? "-h, --help", description ?? "display help for command");
			if (flags || description) this._initOptionGroup(this._helpOption);
			return this;
		}
		/**
		* Lazy create help option.
		* Returns null if has been disabled with .helpOption(false).
		*
		* @returns {(Option | null)} the help option
		* @package
		*/
		_getHelpOption() {
			if (this._helpOption === void 0) this.helpOption(void 0, void 0);
			return this._helpOption;
		}
		/**
		* Supply your own option to use for the built-in help option.
		* This is an alternative to using helpOption() to customise the flags and description etc.
		*
		* @param {Option} option
		* @return {Command} `this` command for chaining
		*/
		addHelpOption(option) {
			this._helpOption = option;
			this._initOptionGroup(option);
			return this;
		}
		/**
		* Output help information and exit.
		*
		* Outputs built-in help, and custom text added using `.addHelpText()`.
		*
		* @param {{ error: boolean }} [contextOptions] - pass {error:true} to write to stderr instead of stdout
		*/
		help(contextOptions) {
			this.outputHelp(contextOptions);
			let exitCode = Number(process.exitCode ?? 0);
			if (exitCode === 0 && contextOptions && typeof contextOptions !== "function" && contextOptions.error) exitCode = 1;
			this._exit(exitCode, "commander.help", "(outputHelp)");
		}
		/**
		* // Do a little typing to coordinate emit and listener for the help text events.
		* @typedef HelpTextEventContext
		* @type {object}
		* @property {boolean} error
		* @property {Command} command
		* @property {function} write
		*/
		/**
		* Add additional text to be displayed with the built-in help.
		*
		* Position is 'before' or 'after' to affect just this command,
		* and 'beforeAll' or 'afterAll' to affect this command and all its subcommands.
		*
		* @param {string} position - before or after built-in help
		* @param {(string | Function)} text - string to add, or a function returning a string
		* @return {Command} `this` command for chaining
		*/
		addHelpText(position, text) {
			const allowedValues = [
				"beforeAll",
				"before",
				"after",
				"afterAll"
			];
			if (!allowedValues.includes(position)) throw new Error(`Unexpected value for position to addHelpText.
Expecting one of '${allowedValues.join("', '")}'`);
			const helpEvent = `${position}Help`;
			this.on(helpEvent, (context) => {
				let helpStr;
				if (typeof text === "function") helpStr = text({
					error: context.error,
					command: context.command
				});
				else helpStr = text;
				if (helpStr) context.write(`${helpStr}\n`);
			});
			return this;
		}
		/**
		* Output help information if help flags specified
		*
		* @param {Array} args - array of options to search for help flags
		* @private
		*/
		_outputHelpIfRequested(args) {
			const helpOption = this._getHelpOption();
			if (helpOption && args.find((arg) => helpOption.is(arg))) {
				this.outputHelp();
				this._exit(0, "commander.helpDisplayed", "(outputHelp)");
			}
		}
	};
	/**
	* Scan arguments and increment port number for inspect calls (to avoid conflicts when spawning new command).
	*
	* @param {string[]} args - array of arguments from node.execArgv
	* @returns {string[]}
	* @private
	*/
	function incrementNodeInspectorPort(args) {
		return args.map((arg) => {
			if (!arg.startsWith("--inspect")) return arg;
			let debugOption;
			let debugHost = "127.0.0.1";
			let debugPort = "9229";
			let match;
			if ((match = arg.match(/^(--inspect(-brk)?)$/)) !== null) debugOption = match[1];
			else if ((match = arg.match(/^(--inspect(-brk|-port)?)=([^:]+)$/)) !== null) {
				debugOption = match[1];
				if (/^\d+$/.test(match[3])) debugPort = match[3];
				else debugHost = match[3];
			} else if ((match = arg.match(/^(--inspect(-brk|-port)?)=([^:]+):(\d+)$/)) !== null) {
				debugOption = match[1];
				debugHost = match[3];
				debugPort = match[4];
			}
			if (debugOption && debugPort !== "0") return `${debugOption}=${debugHost}:${parseInt(debugPort) + 1}`;
			return arg;
		});
	}
	/**
	* @returns {boolean | undefined}
	* @package
	*/
	function useColor() {
		if (process.env.NO_COLOR || process.env.FORCE_COLOR === "0" || process.env.FORCE_COLOR === "false") return false;
		if (process.env.FORCE_COLOR || process.env.CLICOLOR_FORCE !== void 0) return true;
	}
	exports.Command = Command;
	exports.useColor = useColor;
}));

// node_modules/commander/index.js
var require_commander = /* @__PURE__ */ __commonJSMin(((exports) => {
	const { Argument } = require_argument();
	const { Command } = require_command();
	const { CommanderError, InvalidArgumentError } = require_error();
	const { Help } = require_help();
	const { Option } = require_option();
	exports.program = new Command();
	exports.createCommand = (name) => new Command(name);
	exports.createOption = (flags, description) => new Option(flags, description);
	exports.createArgument = (name, description) => new Argument(name, description);
	/**
	* Expose classes
	*/
	exports.Command = Command;
	exports.Option = Option;
	exports.Argument = Argument;
	exports.Help = Help;
	exports.CommanderError = CommanderError;
	exports.InvalidArgumentError = InvalidArgumentError;
	exports.InvalidOptionArgumentError = InvalidArgumentError;
}));

// node_modules/commander/esm.mjs
var import_commander = /* @__PURE__ */ __toESM(require_commander(), 1);
const { program: program$1, createCommand, createArgument, createOption, CommanderError, InvalidArgumentError, InvalidOptionArgumentError, Command, Argument, Option, Help } = import_commander.default;

// src/conformance/measurement.ts
const MEASUREMENT_NAME = /^[A-Za-z0-9_][A-Za-z0-9._+-]{0,63}$/;
const UNIT = /^[A-Za-z0-9%/^.-]{1,16}$/;
const MAXIMUM_FIGURES = 1e4;
/** So many digits are more than anything can be measured with. */
const NUMBER = /^\d{1,15}(\.\d{1,9})?$/;
/** Reads what stands behind `# measurement:`; a fault says what is wrong with it. */
function parseMeasurement(text) {
	const fields = text.trim().split(/\s+/);
	const [name = "", series = "", x = "", value = "", unit = ""] = fields;
	if (fields.length !== 5) return { fault: "it is NAME SERIES X VALUE UNIT" };
	for (const word of [name, series]) if (!MEASUREMENT_NAME.test(word)) return { fault: `"${word}" is no name (letters, digits, "._+-")` };
	if (!NUMBER.test(x) || Number(x) === 0) return { fault: `"${x}" is no number above zero` };
	if (!NUMBER.test(value)) return { fault: `"${value}" is no number` };
	if (!UNIT.test(unit)) return { fault: `"${unit}" is no unit` };
	return { measurement: {
		name,
		series,
		x: Number(x),
		value: Number(value),
		unit
	} };
}
/** The figures of a suite as they come. Each is told once, under a name that the suite has declared, in one unit per name. */
var Measurements = class {
	all = [];
	charts;
	known = /* @__PURE__ */ new Set();
	units = /* @__PURE__ */ new Map();
	constructor(charts) {
		this.charts = charts;
	}
	/** Takes what stands behind `# measurement:`. Returns what is wrong with it, if anything; it is left out then. */
	add(text) {
		const read = parseMeasurement(text);
		const fault = "fault" in read ? read.fault : this.take(read.measurement);
		return fault === void 0 ? void 0 : `no measurement: "${text.trim()}": ${fault}`;
	}
	take(measurement) {
		const { name, series, x, unit } = measurement;
		if (!this.charts.some((chart) => chart.name === name)) return `suite.yml has no "${name}" under measurements`;
		const key = JSON.stringify([
			name,
			series,
			x
		]);
		if (this.known.has(key)) return `${name} of ${series} at ${x} was told before`;
		const before = this.units.get(name) ?? unit;
		if (before !== unit) return `${name} was told in ${before} before`;
		if (this.all.length >= MAXIMUM_FIGURES) return `more than ${MAXIMUM_FIGURES} measurements`;
		this.known.add(key);
		this.units.set(name, unit);
		this.all.push(measurement);
	}
};

// src/conformance/suite.ts
const DEFAULT_TIMEOUT_SECONDS = 120;
const DEFAULT_MEMORY_MIB = 512;
const MANIFEST = "suite.yml";
const GUEST$1 = "guest";
const DEFAULT_KERNEL_MODULES = [
	...[
		"veth",
		"dummy",
		"bridge",
		"br_netfilter",
		"tun",
		"macvlan",
		"ipvlan",
		"8021q",
		"vrf",
		"vcan"
	],
	...[
		"vxlan",
		"geneve",
		"ip_gre",
		"ip6_gre",
		"ipip",
		"sit",
		"ip6_tunnel",
		"ip_tunnel",
		"udp_tunnel",
		"ip6_udp_tunnel"
	],
	...[
		"nf_tables",
		"nft_*",
		"nf_flow_table",
		"nf_flow_table_*",
		"nf_log*",
		"nf_reject_*",
		"nf_tproxy_*",
		"nf_socket_*"
	],
	...[
		"nf_conntrack",
		"nf_conntrack_*",
		"nf_nat",
		"nf_nat_*",
		"nf_defrag_*",
		"nfnetlink",
		"nfnetlink_*",
		"nf_dup_*"
	],
	...[
		"ip_tables",
		"iptable_*",
		"ip6_tables",
		"ip6table_*",
		"x_tables",
		"xt_*",
		"ipt_*",
		"ip6t_*",
		"ip_set*"
	],
	...[
		"sch_netem",
		"sch_ingress",
		"sch_tbf",
		"sch_prio",
		"cls_*",
		"act_*",
		"ifb",
		"openvswitch",
		"vport_*",
		"overlay"
	]
];
const moduleName = string().regex(/^[A-Za-z0-9_*-]{1,64}$/, "is not the name of a kernel module (letters, digits, \"_\", \"-\", \"*\" for any)");
const program = string().regex(/^[A-Za-z0-9_][A-Za-z0-9._+-]{0,63}\.c$/, "is not the name of a C file in the directory of the suite");
const word = string().regex(MEASUREMENT_NAME, "is no name (letters, digits, \"._+-\")");
const measured = word.refine((name) => !["source", "unit"].includes(name), "is taken for something else");
const label = string().trim().min(1).max(200);
const figures = record(string().regex(/^\d+(\.\d+)?$/, "is no number"), number().nonnegative());
const manifest = strictObject({
	description: string().exactOptional(),
	module: word.exactOptional(),
	clock: _enum(["real", "counted"]).default("real"),
	guest: _enum(["small", "ovn"]).default("small"),
	programs: array(program).max(100).default([]),
	measurements: record(measured, strictObject({
		title: label,
		x: label,
		better: _enum(["lower", "higher"]),
		baseline: word.exactOptional()
	})).default({}),
	published: object({ source: label }).catchall(object({ unit: string().regex(UNIT, "is no unit") }).catchall(figures)).exactOptional(),
	"known-warnings": array(strictObject({
		text: string().min(20, "is too short to name one warning").max(500),
		why: label
	})).max(20).default([]),
	"kernel-modules": array(moduleName).max(1e3).default(DEFAULT_KERNEL_MODULES),
	timeout: number().int().min(1).max(7200).default(DEFAULT_TIMEOUT_SECONDS),
	memory: number().int().min(64).max(65536).default(DEFAULT_MEMORY_MIB)
});
/**
* Reads a suite: one of `suitesRoot` by its name, or any directory by its path.
* Throws InputError when it is missing (with the suites there are), holds no executable script, or its suite.yml is
* wrong (with line and column).
*/
async function loadSuite(nameOrDirectory, suitesRoot) {
	const directory = await findSuite(nameOrDirectory, suitesRoot);
	const scripts = await findScripts(directory);
	const name = basename(directory);
	const tests = scripts.map((script) => script.replace(/\.sh$/, ""));
	for (const [index, test] of tests.entries()) {
		if (!/^[A-Za-z0-9_][A-Za-z0-9._+-]*$/.test(test)) throw new InputError("a test may be named with letters, digits and \"._+-\" only", { where: join(directory, scripts[index] ?? "") });
		if (tests.indexOf(test) !== index) throw new InputError(`two tests are called ${test}`, {
			where: directory,
			remedy: "Rename one of the scripts."
		});
	}
	const { description, module, ...settings } = await readManifest(directory);
	return {
		name,
		directory,
		...description === void 0 ? {} : { description },
		...module === void 0 ? {} : { module },
		scripts,
		tests,
		kernelModules: settings["kernel-modules"],
		timeoutSeconds: settings.timeout,
		memoryMiB: settings.memory,
		knownWarnings: settings["known-warnings"],
		guest: settings.guest === "ovn" ? "guest-ovn" : "guest",
		clock: settings.clock,
		programs: settings.programs,
		charts: chartsOf(settings)
	};
}
/** The names of the suites in a directory of suites. */
async function listSuites(suitesRoot) {
	const entries = await readdir(suitesRoot, { withFileTypes: true }).catch(() => []);
	const found = [];
	for (const entry of entries) {
		if (entry.name === GUEST$1 || !entry.isDirectory()) continue;
		if ((await executables(join(suitesRoot, entry.name))).length > 0) found.push(entry.name);
	}
	return found.sort();
}
/**
* The suite that goes with what is called `subject`: the one of that name, else the one whose suite.yml names it as its
* module. `kube_ovn_fastpath` is called `fastpath`, too. Throws InputError for a wrong suite.yml.
*/
async function suiteFor(subject, suitesRoot) {
	const suites = await listSuites(suitesRoot);
	const own = suites.find((name) => isCalled(subject, name));
	if (own !== void 0) return own;
	for (const suite of suites) {
		const { module } = await readManifest(join(suitesRoot, suite));
		if (module && isCalled(subject, module.name)) return suite;
	}
}
/** Whether what has one name can be called by the other, as `kube_ovn_fastpath` is called `fastpath`. */
function isCalled(subject, name) {
	return subject === name || subject.endsWith(`_${name}`);
}
/**
* The shared sysroots of the machines that suites run in: QEMU, its firmware for Secure Boot, and each guest that a
* suite asks for.
*/
function machineSysroots(suites, secureBoot = false) {
	if (suites.length === 0) return [];
	return [
		"machine",
		...secureBoot ? ["firmware"] : [],
		...new Set(suites.map(({ guest }) => guest))
	];
}
async function findSuite(nameOrDirectory, suitesRoot) {
	const places = [...isAbsolute(nameOrDirectory) || nameOrDirectory.includes("/") || nameOrDirectory.startsWith(".") ? [] : [join(suitesRoot, nameOrDirectory)], resolve(nameOrDirectory)];
	for (const place of places) if ((await stat(place).catch(() => void 0))?.isDirectory()) {
		if (!/^[A-Za-z0-9_][A-Za-z0-9._+-]*$/.test(basename(place))) throw new InputError("the directory of a suite may be named with letters, digits and \"._+-\" only", { where: place });
		return place;
	}
	const known = await listSuites(suitesRoot);
	throw new InputError(`no suite "${nameOrDirectory}"${didYouMean(nameOrDirectory, known)}`, { remedy: `Suites: ${known.join(", ") || "none"}; or the path of a directory of executable scripts.` });
}
async function findScripts(directory) {
	const scripts = await executables(directory);
	if (scripts.length > 0) return scripts;
	const shell = (await readdir(directory)).find((entry) => entry.endsWith(".sh"));
	throw new InputError("the suite holds no test: no executable file", {
		where: directory,
		remedy: shell ? `Make its scripts executable: chmod +x ${join(directory, shell)}` : "A test is an executable script that writes KTAP."
	});
}
async function executables(directory) {
	const found = [];
	for (const name of await readdir(directory)) {
		const status = await stat(join(directory, name)).catch(() => void 0);
		if (status?.isFile() && (status.mode & 73) !== 0) found.push(name);
	}
	return found.sort((a, b) => Buffer.compare(Buffer.from(a), Buffer.from(b)));
}
async function readManifest(directory) {
	const path = join(directory, MANIFEST);
	if (!await stat(path).catch(() => void 0)) {
		const { module: _, ...defaults } = manifest.parse({});
		return defaults;
	}
	const { value, where } = await readDocument(path, manifest);
	for (const [index, name] of value.programs.entries()) {
		const place = { where: where(["programs", index]) };
		if (value.programs.indexOf(name) !== index) throw new InputError(`"${name}" is named twice`, place);
		if (!await isFile(join(directory, name))) throw new InputError(`there is no file "${name}" in the suite`, place);
	}
	const known = Object.keys(value.measurements);
	for (const name of publishedNames(value)) {
		if (known.includes(name)) continue;
		throw new InputError(`"${name}" is published, but not among the measurements${didYouMean(name, known)}`, { where: where(["published", name]) });
	}
	const { module: name, ...rest } = value;
	return {
		...rest,
		...name === void 0 ? {} : { module: {
			name,
			where: where(["module"])
		} }
	};
}
function publishedNames({ published }) {
	return Object.keys(published ?? {}).filter((key) => key !== "source");
}
function chartsOf({ measurements, published }) {
	return Object.entries(measurements).map(([name, chart]) => {
		const found = published?.[name];
		if (published === void 0 || found === void 0) return {
			name,
			...chart
		};
		const { unit, ...series } = found;
		const figures = Object.entries(series).flatMap(([series, values]) => Object.entries(values).map(([x, value]) => ({
			series,
			x: Number(x),
			value
		})));
		return {
			name,
			...chart,
			published: {
				source: published.source,
				unit,
				figures
			}
		};
	});
}

// src/report/figures.ts
/** A difference of less, in percent, is none to speak of. */
const NOTABLE = 1;
/** The tables of a suite, one per name that anything was measured under. */
function figureTables({ measurements = [], charts = [] }) {
	return charts.flatMap((chart) => {
		const own = measurements.filter(({ name }) => name === chart.name);
		return own[0] ? [tableOf(chart, own, own[0].unit)] : [];
	});
}
/** What a table is about, on one line: `Latency (us, lower is better)`. */
function figureTitle({ chart, unit }) {
	return `${chart.title} (${unit}, ${chart.better} is better)`;
}
/** A figure for people: four digits, as far as they say something. */
function figureText(value) {
	return Math.abs(value) >= 1e3 ? value.toFixed(0) : String(Number(value.toPrecision(4)));
}
/** A difference in percent: `-44.6 %`. */
function changeText(change) {
	const text = change.toFixed(1);
	if (Number(text) === 0) return "0.0 %";
	return `${change > 0 ? "+" : ""}${text} %`;
}
/** By how many percent `value` is more than `baseline`; undefined where that means nothing. */
function changeOf(baseline, value) {
	if (baseline === void 0 || value === void 0 || baseline === 0) return void 0;
	return (value / baseline - 1) * 100;
}
function tableOf(chart, measurements, unit) {
	const { published } = chart;
	const series = seriesOf(measurements, chart.baseline);
	const parts = partsOf(chart, measurements, series, "");
	if (published) {
		const others = seriesOf(published.figures, chart.baseline);
		const note = published.unit === unit ? "" : ` (${published.unit})`;
		const plain = ({ title, cell }) => ({
			title,
			published: true,
			cell: (x) => ({ text: cell(x).text })
		});
		parts.push(...partsOf(chart, published.figures, others, note).map(plain));
	}
	const places = [...new Set(measurements.map(({ x }) => x))].sort((a, b) => a - b);
	return {
		chart,
		unit,
		series,
		columns: parts.map(({ title, published }) => ({
			title,
			published
		})),
		rows: places.map((x) => ({
			x,
			cells: parts.map(({ cell }) => cell(x))
		}))
	};
}
function seriesOf(figures, baseline) {
	const names = [...new Set(figures.map(({ series }) => series))];
	return [...names.filter((name) => name === baseline), ...names.filter((name) => name !== baseline)];
}
/** Columns: each series, and behind each but the baseline how far it is from that. */
function partsOf({ baseline, better }, figures, series, note) {
	const at = (name, x) => figures.find((one) => one.series === name && one.x === x)?.value;
	return series.flatMap((name) => {
		const value = {
			title: `${name}${note}`,
			published: false,
			cell: (x) => {
				const found = at(name, x);
				return { text: found === void 0 ? "" : figureText(found) };
			}
		};
		if (baseline === void 0 || name === baseline || !series.includes(baseline)) return [value];
		return [value, {
			title: series.length > 2 ? `${name} to ${baseline}` : "change",
			published: false,
			cell: (x) => changeCell(changeOf(at(baseline, x), at(name, x)), better)
		}];
	});
}
function changeCell(change, better) {
	if (change === void 0) return { text: "" };
	const text = changeText(change);
	if (Math.abs(change) < NOTABLE) return { text };
	return {
		text,
		verdict: change > 0 === (better === "higher") ? "better" : "worse"
	};
}

// src/report/builds.ts
/** All builds of a target: that of the report's own module first, then those of what suites brought along. */
function buildsOf({ build, builds = [] }) {
	return [...build ? [build] : [], ...builds];
}
/** What a build is called where a place has a name: `build`, or `build of bypass`. */
function buildName({ subject }) {
	return subject === void 0 ? "build" : `build of ${subject}`;
}
/** One verdict for all builds of a target: what failed comes first. One that ended before its build has its own. */
function buildStatus(target) {
	const builds = buildsOf(target);
	return builds.length > 0 ? overallStatus(builds) : target.status;
}
/** The builds that are made for each kernel; those of eBPF programs are made once for all. */
function moduleBuilds(target) {
	return buildsOf(target).filter(({ programs }) => programs === void 0);
}
/** Whether all modules that a target has were built for other releases. */
function isShared(target) {
	const builds = moduleBuilds(target);
	return builds.length > 0 && builds.every(({ sharedFrom }) => sharedFrom !== void 0);
}
/** The name of a suite for people, with that of its module where nobody would guess it: `offload (smartnic)`. */
function suiteTitle({ name, subject }) {
	return subject === void 0 || name === subject || name.startsWith(`${subject}-`) ? name : `${name} (${subject})`;
}

// node_modules/ansi-regex/index.js
const ST = String.raw`(?:\u001B\u005C|\u009C)`;
const stringControls = String.raw`\u0018\u001A\u001B\u0080-\u009F`;
const osc = String.raw`(?:\u001B\]|\u009D)[^\u0007${stringControls}]*(?:\u0007|${ST})`;
const controlString = String.raw`(?:\u001B[PX^_k]|[\u0090\u0098\u009E\u009F])[^${stringControls}]*${ST}`;
const pattern = `${String.raw`\u001B\](?:P[\dA-Fa-f]{7}|R)(?:\u0007|${ST})?`}|${osc}|${controlString}|${String.raw`(?:\u001B\[|\u009B)[\u0030-\u003F]*[\u0020-\u002F]*[\u0040-\u007E]`}|${String.raw`\u001B(?:[\u0020-\u002F]+[\u0030-\u007E]|[\dA-PR-TZcf-oq-uy=><~|}])`}`;
function ansiRegex({ onlyFirst = false } = {}) {
	return new RegExp(pattern, onlyFirst ? void 0 : "g");
}

// node_modules/strip-ansi/index.js
const regex = ansiRegex();
function stripAnsi(string) {
	if (typeof string !== "string") throw new TypeError(`Expected a \`string\`, got \`${typeof string}\``);
	if (!string.includes("\x1B") && !string.includes("")) return string;
	return string.replace(regex, "");
}

// node_modules/get-east-asian-width/lookup-data.js
const ambiguousMaximumCodePoint = 1114109;
const ambiguousRanges = [
	161,
	161,
	164,
	164,
	167,
	168,
	170,
	170,
	173,
	174,
	176,
	180,
	182,
	186,
	188,
	191,
	198,
	198,
	208,
	208,
	215,
	216,
	222,
	225,
	230,
	230,
	232,
	234,
	236,
	237,
	240,
	240,
	242,
	243,
	247,
	250,
	252,
	252,
	254,
	254,
	257,
	257,
	273,
	273,
	275,
	275,
	283,
	283,
	294,
	295,
	299,
	299,
	305,
	307,
	312,
	312,
	319,
	322,
	324,
	324,
	328,
	331,
	333,
	333,
	338,
	339,
	358,
	359,
	363,
	363,
	462,
	462,
	464,
	464,
	466,
	466,
	468,
	468,
	470,
	470,
	472,
	472,
	474,
	474,
	476,
	476,
	593,
	593,
	609,
	609,
	708,
	708,
	711,
	711,
	713,
	715,
	717,
	717,
	720,
	720,
	728,
	731,
	733,
	733,
	735,
	735,
	768,
	879,
	913,
	929,
	931,
	937,
	945,
	961,
	963,
	969,
	1025,
	1025,
	1040,
	1103,
	1105,
	1105,
	8208,
	8208,
	8211,
	8214,
	8216,
	8217,
	8220,
	8221,
	8224,
	8226,
	8228,
	8231,
	8240,
	8240,
	8242,
	8243,
	8245,
	8245,
	8251,
	8251,
	8254,
	8254,
	8308,
	8308,
	8319,
	8319,
	8321,
	8324,
	8364,
	8364,
	8451,
	8451,
	8453,
	8453,
	8457,
	8457,
	8467,
	8467,
	8470,
	8470,
	8481,
	8482,
	8486,
	8486,
	8491,
	8491,
	8531,
	8532,
	8539,
	8542,
	8544,
	8555,
	8560,
	8569,
	8585,
	8585,
	8592,
	8601,
	8632,
	8633,
	8658,
	8658,
	8660,
	8660,
	8679,
	8679,
	8704,
	8704,
	8706,
	8707,
	8711,
	8712,
	8715,
	8715,
	8719,
	8719,
	8721,
	8721,
	8725,
	8725,
	8730,
	8730,
	8733,
	8736,
	8739,
	8739,
	8741,
	8741,
	8743,
	8748,
	8750,
	8750,
	8756,
	8759,
	8764,
	8765,
	8776,
	8776,
	8780,
	8780,
	8786,
	8786,
	8800,
	8801,
	8804,
	8807,
	8810,
	8811,
	8814,
	8815,
	8834,
	8835,
	8838,
	8839,
	8853,
	8853,
	8857,
	8857,
	8869,
	8869,
	8895,
	8895,
	8978,
	8978,
	9312,
	9449,
	9451,
	9547,
	9552,
	9587,
	9600,
	9615,
	9618,
	9621,
	9632,
	9633,
	9635,
	9641,
	9650,
	9651,
	9654,
	9655,
	9660,
	9661,
	9664,
	9665,
	9670,
	9672,
	9675,
	9675,
	9678,
	9681,
	9698,
	9701,
	9711,
	9711,
	9733,
	9734,
	9737,
	9737,
	9742,
	9743,
	9756,
	9756,
	9758,
	9758,
	9792,
	9792,
	9794,
	9794,
	9824,
	9825,
	9827,
	9829,
	9831,
	9834,
	9836,
	9837,
	9839,
	9839,
	9886,
	9887,
	9919,
	9919,
	9926,
	9933,
	9935,
	9939,
	9941,
	9953,
	9955,
	9955,
	9960,
	9961,
	9963,
	9969,
	9972,
	9972,
	9974,
	9977,
	9979,
	9980,
	9982,
	9983,
	10045,
	10045,
	10102,
	10111,
	11094,
	11097,
	12872,
	12879,
	57344,
	63743,
	65024,
	65039,
	65533,
	65533,
	127232,
	127242,
	127248,
	127277,
	127280,
	127337,
	127344,
	127373,
	127375,
	127376,
	127387,
	127404,
	917760,
	917999,
	983040,
	1048573,
	1048576,
	1114109
];
const fullwidthMinimalCodePoint = 12288;
const fullwidthMaximumCodePoint = 65510;
const fullwidthRanges = [
	12288,
	12288,
	65281,
	65376,
	65504,
	65510
];
const wideMinimalCodePoint = 4352;
const wideMaximumCodePoint = 262141;
const wideRanges = [
	4352,
	4447,
	8986,
	8987,
	9001,
	9002,
	9193,
	9196,
	9200,
	9200,
	9203,
	9203,
	9725,
	9726,
	9748,
	9749,
	9776,
	9783,
	9800,
	9811,
	9855,
	9855,
	9866,
	9871,
	9875,
	9875,
	9889,
	9889,
	9898,
	9899,
	9917,
	9918,
	9924,
	9925,
	9934,
	9934,
	9940,
	9940,
	9962,
	9962,
	9970,
	9971,
	9973,
	9973,
	9978,
	9978,
	9981,
	9981,
	9989,
	9989,
	9994,
	9995,
	10024,
	10024,
	10060,
	10060,
	10062,
	10062,
	10067,
	10069,
	10071,
	10071,
	10133,
	10135,
	10160,
	10160,
	10175,
	10175,
	11035,
	11036,
	11088,
	11088,
	11093,
	11093,
	11904,
	11929,
	11931,
	12019,
	12032,
	12245,
	12272,
	12287,
	12289,
	12350,
	12353,
	12438,
	12441,
	12543,
	12549,
	12591,
	12593,
	12686,
	12688,
	12773,
	12783,
	12830,
	12832,
	12871,
	12880,
	42124,
	42128,
	42182,
	43360,
	43388,
	44032,
	55203,
	63744,
	64255,
	65040,
	65049,
	65072,
	65106,
	65108,
	65126,
	65128,
	65131,
	94176,
	94180,
	94192,
	94198,
	94208,
	101594,
	101631,
	101664,
	101760,
	101874,
	101888,
	102801,
	102816,
	102866,
	110576,
	110579,
	110581,
	110587,
	110589,
	110590,
	110592,
	110888,
	110898,
	110898,
	110928,
	110930,
	110933,
	110933,
	110948,
	110952,
	110960,
	111355,
	119552,
	119638,
	119648,
	119670,
	126980,
	126980,
	127183,
	127183,
	127374,
	127374,
	127377,
	127386,
	127406,
	127406,
	127488,
	127490,
	127504,
	127547,
	127552,
	127560,
	127568,
	127569,
	127584,
	127589,
	127744,
	127776,
	127789,
	127797,
	127799,
	127868,
	127870,
	127891,
	127904,
	127946,
	127951,
	127955,
	127968,
	127984,
	127988,
	127988,
	127992,
	128062,
	128064,
	128064,
	128066,
	128252,
	128255,
	128317,
	128331,
	128334,
	128336,
	128359,
	128378,
	128378,
	128405,
	128406,
	128420,
	128420,
	128507,
	128591,
	128640,
	128709,
	128716,
	128716,
	128720,
	128722,
	128725,
	128729,
	128732,
	128735,
	128747,
	128748,
	128756,
	128764,
	128986,
	128986,
	128992,
	129003,
	129008,
	129008,
	129292,
	129338,
	129340,
	129349,
	129351,
	129535,
	129648,
	129660,
	129664,
	129734,
	129736,
	129736,
	129740,
	129757,
	129759,
	129771,
	129775,
	129786,
	131072,
	196605,
	196608,
	262141
];

// node_modules/get-east-asian-width/utilities.js
/**
Binary search on a sorted flat array of [start, end] pairs.

@param {number[]} ranges - Flat array of inclusive [start, end] range pairs, e.g. [0, 5, 10, 20].
@param {number} codePoint - The value to search for.
@returns {boolean} Whether the value falls within any of the ranges.
*/
const isInRange = (ranges, codePoint) => {
	let low = 0;
	let high = Math.floor(ranges.length / 2) - 1;
	while (low <= high) {
		const mid = Math.floor((low + high) / 2);
		const i = mid * 2;
		if (codePoint < ranges[i]) high = mid - 1;
		else if (codePoint > ranges[i + 1]) low = mid + 1;
		else return true;
	}
	return false;
};

// node_modules/get-east-asian-width/lookup.js
const commonCjkCodePoint = 19968;
const [wideFastPathStart, wideFastPathEnd] = /* #__PURE__ */ findWideFastPathRange(wideRanges);
function findWideFastPathRange(ranges) {
	let fastPathStart = ranges[0];
	let fastPathEnd = ranges[1];
	for (let index = 0; index < ranges.length; index += 2) {
		const start = ranges[index];
		const end = ranges[index + 1];
		if (commonCjkCodePoint >= start && commonCjkCodePoint <= end) return [start, end];
		if (end - start > fastPathEnd - fastPathStart) {
			fastPathStart = start;
			fastPathEnd = end;
		}
	}
	return [fastPathStart, fastPathEnd];
}
const isAmbiguous = (codePoint) => {
	if (codePoint < 161 || codePoint > 1114109) return false;
	return isInRange(ambiguousRanges, codePoint);
};
const isFullwidth = (codePoint) => {
	if (codePoint < 12288 || codePoint > 65510) return false;
	return isInRange(fullwidthRanges, codePoint);
};
const isWide = (codePoint) => {
	if (codePoint >= wideFastPathStart && codePoint <= wideFastPathEnd) return true;
	if (codePoint < 4352 || codePoint > 262141) return false;
	return isInRange(wideRanges, codePoint);
};

// node_modules/get-east-asian-width/index.js
function validate(codePoint) {
	if (!Number.isSafeInteger(codePoint)) throw new TypeError(`Expected a code point, got \`${typeof codePoint}\`.`);
}
function eastAsianWidth(codePoint, { ambiguousAsWide = false } = {}) {
	validate(codePoint);
	if (isFullwidth(codePoint) || isWide(codePoint) || ambiguousAsWide && isAmbiguous(codePoint)) return 2;
	return 1;
}

// node_modules/string-width/index.js
/**
Logic:
- Segment graphemes to match how terminals render clusters.
- Width rules:
1. Skip non-printing clusters (Default_Ignorable, Control, pure Mark, lone Surrogates). Tabs are ignored by design.
2. RGI emoji clusters (\p{RGI_Emoji}) are double-width.
3. Minimally-qualified/unqualified emoji clusters (ZWJ sequences with 2+ Extended_Pictographic, or keycap sequences) are double-width.
4. Otherwise use East Asian Width of the cluster's first visible code point, and add widths for trailing Halfwidth/Fullwidth Forms within the same cluster (e.g., dakuten/handakuten/prolonged sound mark).
*/
const segmenter = new Intl.Segmenter();
const zeroWidthClusterRegex = /^(?:\p{Default_Ignorable_Code_Point}|\p{Control}|\p{Format}|\p{Mark}|\p{Surrogate})+$/v;
const leadingNonPrintingRegex = /^[\p{Default_Ignorable_Code_Point}\p{Control}\p{Format}\p{Mark}\p{Surrogate}]+/v;
const rgiEmojiRegex = /^\p{RGI_Emoji}$/v;
const unqualifiedKeycapRegex = /^[\d#*]\u20E3$/;
const extendedPictographicRegex = /\p{Extended_Pictographic}/gu;
function isDoubleWidthNonRgiEmojiSequence(segment) {
	if (segment.length > 50) return false;
	if (unqualifiedKeycapRegex.test(segment)) return true;
	if (segment.includes("‍")) {
		const pictographics = segment.match(extendedPictographicRegex);
		return pictographics !== null && pictographics.length >= 2;
	}
	return false;
}
function baseVisible(segment) {
	return segment.replace(leadingNonPrintingRegex, "");
}
function isZeroWidthCluster(segment) {
	return zeroWidthClusterRegex.test(segment);
}
function trailingHalfwidthWidth(segment, eastAsianWidthOptions) {
	let extra = 0;
	if (segment.length > 1) {
		for (const char of segment.slice(1)) if (char >= "＀" && char <= "￯") extra += eastAsianWidth(char.codePointAt(0), eastAsianWidthOptions);
	}
	return extra;
}
function stringWidth(input, options = {}) {
	if (typeof input !== "string" || input.length === 0) return 0;
	const { ambiguousIsNarrow = true, countAnsiEscapeCodes = false } = options;
	let string = input;
	if (!countAnsiEscapeCodes && (string.includes("\x1B") || string.includes(""))) string = stripAnsi(string);
	if (string.length === 0) return 0;
	if (/^[\u0020-\u007E]*$/.test(string)) return string.length;
	let width = 0;
	const eastAsianWidthOptions = { ambiguousAsWide: !ambiguousIsNarrow };
	for (const { segment } of segmenter.segment(string)) {
		if (isZeroWidthCluster(segment)) continue;
		if (rgiEmojiRegex.test(segment) || isDoubleWidthNonRgiEmojiSequence(segment)) {
			width += 2;
			continue;
		}
		const codePoint = baseVisible(segment).codePointAt(0);
		width += eastAsianWidth(codePoint, eastAsianWidthOptions);
		width += trailingHalfwidthWidth(segment, eastAsianWidthOptions);
	}
	return width;
}

// src/report/terminal.ts
/**
* Describes an output stream. NO_COLOR (any value) turns colours off, FORCE_COLOR (other than 0 or false) on, whatever
* the stream is, and overrules it, as in Node itself; without either, colours need a terminal that is not `dumb`.
*/
function describeTerminal(stream, environment) {
	const interactive = stream.isTTY === true && environment.TERM !== "dumb";
	const { FORCE_COLOR: force, NO_COLOR: none } = environment;
	return {
		interactive,
		colour: (force === void 0 ? void 0 : force !== "0" && force !== "false") ?? (interactive && !none),
		size: () => ({
			columns: stream.columns || 80,
			rows: stream.rows || 24
		})
	};
}
function painter(colour) {
	return (format, text) => colour ? styleText(format, text, { validateStream: false }) : text;
}
const statusLook = {
	pass: {
		mark: "✓",
		word: "pass",
		format: "green"
	},
	fail: {
		mark: "✗",
		word: "FAIL",
		format: ["red", "bold"]
	},
	error: {
		mark: "!",
		word: "ERROR",
		format: ["yellow", "bold"]
	},
	skip: {
		mark: "–",
		word: "skip",
		format: "gray"
	}
};
const graphemes = new Intl.Segmenter("en", { granularity: "grapheme" });
/** Plain text cut to at most `width` terminal columns, with an ellipsis where something was cut off. */
function shorten(text, width) {
	if (width <= 0) return "";
	if (stringWidth(text) <= width) return text;
	let result = "";
	let used = 0;
	for (const { segment } of graphemes.segment(text)) {
		const columns = stringWidth(segment);
		if (used + columns > width - 1) break;
		result += segment;
		used += columns;
	}
	return `${result}…`;
}
/** Plain text padded or cut to exactly `width` terminal columns. */
function cell(text, width, side = "left") {
	const shown = shorten(text, width);
	const blanks = " ".repeat(Math.max(0, width - stringWidth(shown)));
	return side === "left" ? shown + blanks : blanks + shown;
}

// src/report/table.ts
/**
* The result of a run as text: a row per target (build, each suite, tests passed, time), below it each failure with its
* reason and the path of its log. `outDirectory` is put before the report's relative paths. Ends with a newline.
*/
function resultTable(report, terminal, outDirectory) {
	const paint = painter(terminal.colour);
	const width = Math.max(40, terminal.size().columns);
	const suites = [...new Set(report.targets.flatMap((target) => target.suites.map(suiteTitle)))];
	const header = [
		"target",
		"build",
		...suites
	].map((text) => ({ text: oneLine(text) }));
	header.push({
		text: "tests",
		side: "right"
	}, {
		text: "time",
		side: "right"
	}, { text: "" });
	const rows = report.targets.map((target) => tableRow(target, suites));
	const problems = report.targets.flatMap((target) => problemLines(target, outDirectory, paint, width));
	const warnings = (report.warnings ?? []).flatMap(({ target, message, remedy }) => [`${paint(["yellow", "bold"], "warning")}  ${target ? `${oneLine(target)}: ` : ""}${oneLine(message)}`, ...remedy ? [`         ${oneLine(remedy)}`] : []]);
	return `${[
		report.targets.length > 0 ? layOut(header, rows, width, paint) : ["no target was run"],
		warnings,
		problems,
		[verdict$1(report, paint)]
	].filter((block) => block.length > 0).map((block) => block.join("\n")).join("\n\n")}\n`;
}
function tableRow(target, suites) {
	const tests = target.suites.flatMap((suite) => suite.tests);
	const passed = tests.filter((test) => test.status === "pass").length;
	const ofStatus = (status, word) => status ? {
		text: `${statusLook[status].mark} ${word ?? statusLook[status].word}`,
		status
	} : { text: "" };
	return [
		{ text: oneLine(labelOf(target)) },
		ofStatus(buildStatus(target), isShared(target) ? "shared" : void 0),
		...suites.map((title) => ofStatus(target.suites.find((suite) => suiteTitle(suite) === title)?.status)),
		{
			text: tests.length > 0 ? `${passed} of ${tests.length}` : "",
			side: "right"
		},
		{
			text: target.seconds === void 0 ? "" : duration(target.seconds),
			side: "right"
		},
		{ text: target.cached ? "cached" : "" }
	];
}
/** Columns side by side, the header first; where they are too wide, the first gives way. */
function layOut(header, rows, width, paint) {
	const widths = header.map((title, index) => Math.max(...[title, ...rows.map((row) => row[index])].map((one) => stringWidth(one?.text ?? ""))));
	const total = widths.reduce((sum, one) => sum + one + 2, -2);
	if (widths[0] !== void 0 && total > width) widths[0] = Math.max(12, widths[0] - (total - width));
	const line = (row, format) => row.map(({ text, status, side, format: own = format }, index) => {
		const shown = cell(text, widths[index] ?? 0, side);
		const look = status ? statusLook[status].format : own;
		return look && shown.trim() ? paint(look, shown) : shown;
	}).join("  ").trimEnd();
	return [line(header, "bold"), ...rows.map((row) => line(row))];
}
function problemLines(target, outDirectory, paint, width) {
	const lines = [];
	const name = labelOf(target);
	const add = (status, what, reason, log) => {
		const { mark, word, format } = statusLook[status];
		lines.push(`${paint(format, `${mark} ${word}`)}  ${oneLine(what)}`);
		if (reason) lines.push(`    ${oneLine(reason)}`);
		if (log) lines.push(paint("gray", `    log: ${oneLine(`${outDirectory}/${log}`)}`));
	};
	const bad = (status) => status === "fail" || status === "error";
	for (const build of buildsOf(target).filter((one) => bad(one.status))) {
		const { status, reason, log, diagnostics } = build;
		add(status, `${name}: ${buildName(build)}`, reason, void 0);
		for (const { file, line, column, message } of diagnostics.filter(({ severity }) => severity === "error").slice(0, 5)) {
			const place = [
				file,
				line,
				column
			].filter((part) => part !== void 0).join(":");
			lines.push(`    ${shorten(oneLine(`${place}: ${message}`), width - 4)}`);
		}
		if (log) lines.push(paint("gray", `    log: ${oneLine(`${outDirectory}/${log}`)}`));
	}
	for (const suite of target.suites.filter((one) => bad(one.status))) {
		const failed = suite.tests.filter((test) => test.status === "fail");
		for (const test of failed) add("fail", `${name}: ${suite.name}: ${test.name}`, test.reason, suite.console);
		if (failed.length === 0 || suite.status === "error") add(suite.status, `${name}: ${suite.name}`, suite.reason, suite.console);
	}
	if (lines.length === 0 && target.status !== "pass") add(target.status, name, target.reason, void 0);
	return lines;
}
function verdict$1(report, paint) {
	const { mark, word, format } = statusLook[report.status];
	const passed = report.targets.filter((target) => target.status === "pass").length;
	const reason = report.reason ? `: ${oneLine(report.reason)}` : "";
	return `${paint(format, `${mark} ${word}`)}  ${passed} of ${counted(report.targets.length, "target")} passed in ${duration(report.seconds)}${builds(report)}${reason}`;
}
/** How many builds were enough, where some targets took the file of another. */
function builds({ targets }) {
	const all = targets.flatMap(moduleBuilds);
	if (all.every(({ sharedFrom }) => sharedFrom === void 0)) return "";
	return `, with ${counted(all.filter(({ sharedFrom }) => sharedFrom === void 0).length, "build")}`;
}

// src/report/baseline.ts
const FORMATS = {
	same: "gray",
	better: "green",
	worse: "red",
	gone: "red"
};
/**
* What has become of the figures of an earlier report, of the kernels and suites that were run again. Differences up to
* `tolerance` percent are none. Throws InputError when the reports have no kernel and suite in common that was measured.
*/
function compareFigures(earlier, report, tolerance) {
	const changes = earlier.targets.flatMap((old) => {
		return (report.targets.find(({ id, kernel }) => id === old.id && kernel === old.kernel)?.suites ?? []).flatMap((suite) => {
			const before = old.suites.find(({ name }) => name === suite.name);
			const place = {
				target: labelOf(old),
				suite: suite.name
			};
			return (before?.measurements ?? []).map((figure) => ({
				...place,
				...judge(figure, suite, before, tolerance)
			}));
		});
	});
	if (changes.length === 0) {
		const known = earlier.targets.filter(({ suites }) => suites.some(({ measurements }) => measurements?.length)).map(labelOf).join(", ");
		throw new InputError("the earlier report measured nothing that was measured again", { remedy: known ? `It has figures of ${known}; name the same target and suite.` : "It has no figures at all." });
	}
	return changes;
}
/** Whether any figure is worse than it was, or missing. */
function isWorse(changes) {
	return changes.some(({ verdict }) => verdict === "worse" || verdict === "gone");
}
/** A change in one line: `tcp_lat bypass at 64: 19.02 us, now 22.1 us (+16.2 %)`. */
function changeLine({ before, after, percent }) {
	const { name, series, x, value, unit } = before;
	const now = after === void 0 ? "gone" : `${figureText(after)} ${unit}`;
	return `${name} ${series} at ${x}: ${figureText(value)} ${unit}, now ${now}${percent === void 0 ? "" : ` (${changeText(percent)})`}`;
}
/** The changes as text: a table per kernel and suite, a row per figure. Ends with a newline. */
function changesText(changes, terminal, tolerance) {
	const paint = painter(terminal.colour);
	const width = Math.max(40, terminal.size().columns);
	const header = [
		{ text: "figure" },
		right("x"),
		right("before"),
		right("now"),
		right("change"),
		{ text: "" }
	];
	const placeOf = ({ target, suite }) => `${target}: ${suite}`;
	const blocks = [...new Set(changes.map(placeOf))].map((place) => {
		const group = changes.filter((change) => placeOf(change) === place);
		return [paint("bold", oneLine(place)), ...layOut(header, group.map(rowOf), width, paint)].join("\n");
	});
	const bad = changes.filter(({ verdict }) => verdict === "worse" || verdict === "gone").length;
	const closing = isWorse(changes) ? `${bad} of ${counted(changes.length, "figure")} worse by more than ${tolerance} %, or gone` : `none of ${counted(changes.length, "figure")} worse by more than ${tolerance} %`;
	return `${[...blocks, closing].join("\n\n")}\n`;
}
function rowOf({ before, after, percent, verdict }) {
	return [
		{ text: oneLine(`${before.name} ${before.series} (${before.unit})`) },
		right(String(before.x)),
		right(figureText(before.value)),
		right(after === void 0 ? "" : figureText(after)),
		right(percent === void 0 ? "" : changeText(percent)),
		{
			text: verdict,
			format: FORMATS[verdict]
		}
	];
}
function right(text) {
	return {
		text,
		side: "right"
	};
}
function judge(before, suite, old, tolerance) {
	const { name, series, x, unit } = before;
	const found = suite.measurements?.find((one) => one.name === name && one.series === series && one.x === x && one.unit === unit);
	if (!found) return {
		before,
		verdict: "gone"
	};
	const percent = changeOf(before.value, found.value);
	const chart = [...suite.charts ?? [], ...old?.charts ?? []].find((one) => one.name === name);
	const verdict = (percent === void 0 ? found.value === before.value : Math.abs(percent) <= tolerance) ? "same" : found.value > before.value === (chart?.better === "higher") ? "better" : "worse";
	return {
		before,
		after: found.value,
		...percent === void 0 ? {} : { percent },
		verdict
	};
}

// src/build-report.ts
/** A build of a module as the report has it; `out` is the directory of the report. */
function reportBuild(built, out) {
	return {
		...outcomeOf(built, out),
		...reportModules(built.modules, out),
		btf: built.btf
	};
}
/** What was built for another target. */
function reportShared({ from }, modules, out) {
	return {
		status: "pass",
		sharedFrom: from,
		seconds: 0,
		...reportModules(modules, out),
		diagnostics: []
	};
}
/** A build of eBPF programs. */
function reportPrograms(built, out) {
	return {
		...outcomeOf(built, out),
		programs: built.programs.map(({ path, programs: _, ...rest }) => ({
			path: relative(out, path),
			...rest
		})),
		executables: built.executables.map(({ path, ...rest }) => ({
			path: relative(out, path),
			...rest
		}))
	};
}
function outcomeOf(built, out) {
	const { status, reason, seconds, log, diagnostics } = built;
	return {
		status,
		...reason === void 0 ? {} : { reason },
		seconds,
		log: relative(out, log),
		diagnostics
	};
}
function reportModules(built, out) {
	const modules = built.map(({ path, name, sha256, size, vermagic, srcversion, signed, btf }) => ({
		path: relative(out, path),
		name,
		sha256,
		size,
		vermagic,
		...srcversion === void 0 ? {} : { srcversion },
		signed,
		btf
	}));
	return modules[0] === void 0 ? {} : {
		module: modules[0],
		modules
	};
}

// src/job.ts
/** Whether there is a module of it to build for each kernel that takes no other's. */
function buildsModules({ kind, subject }) {
	return kind === "module" && "directory" in subject;
}
/** Where the files of a candidate go, below the directory of the target. */
function directoryOf({ main, name }, output) {
	return main ? output : join(output, name);
}

// src/making.ts
/**
* Builds a candidate for a target, or brings what was built for another one (`shared`), or what the user has. A build
* that fails is a value, with nothing made. Throws InputError when a file of the main candidate has the place of
* another's directory.
*/
async function make(entry, shared, place) {
	const { job, label, prepared } = place;
	const { subject, kind, main, name } = entry;
	const output = directoryOf(entry, place.output);
	await mkdir(output, { recursive: true }).catch((cause) => {
		if (cause.code !== "EEXIST") throw cause;
		throw new InputError(`a file is called as the module ${name}, whose directory goes there`, {
			where: output,
			remedy: "Rename one of the two."
		});
	});
	const ofSubject = main ? {} : { subject: name };
	if ("files" in subject) {
		const files = await adopt(subject.files, output);
		return { made: kind === "programs" ? {
			modules: [],
			products: files
		} : madeOf({ modules: await readAll$1(files) }) };
	}
	if (kind === "programs") {
		const detail = `${main ? "" : `${name}, `}once for all targets`;
		job.emit({
			type: "stage",
			target: label,
			stage: "build",
			detail
		});
		const built = await job.builtOnce.deliver(subject.directory, output);
		return {
			made: madeOf(built),
			build: {
				...ofSubject,
				...reportPrograms(built, job.out)
			}
		};
	}
	if (shared) {
		const modules = await readAll$1(await adopt(shared.modules.map(({ path }) => path), output));
		await copyFile(join(shared.directory, MANIFEST$1), join(output, MANIFEST$1));
		return {
			made: madeOf({ modules }),
			build: {
				...ofSubject,
				...reportShared(shared, modules, job.out)
			}
		};
	}
	const built = await buildModule(entry, subject.directory, place);
	const { effective } = prepared;
	const toolchain = "tool" in effective ? { toolchain: effective.tool.group } : {};
	const build = {
		...ofSubject,
		...reportBuild(built, job.out),
		...toolchain
	};
	return {
		made: madeOf(built),
		build,
		modules: built.modules
	};
}
async function buildModule(entry, directory, place) {
	const { target, job, label, prepared } = place;
	const output = directoryOf(entry, place.output);
	const portable = entry.sharing !== void 0;
	job.emit({
		type: "stage",
		target: label,
		stage: "queued"
	});
	const built = await job.slots(() => {
		job.emit({
			type: "stage",
			target: label,
			stage: "build",
			...entry.main ? {} : { detail: entry.name }
		});
		return job.workshop.build(directory, prepared, {
			outDirectory: output,
			jobs: job.jobs,
			portable
		});
	});
	if (built.status === "pass" && !isTree(target)) {
		const inputs = {
			target: inputOf(prepared.effective, ["headers", "image"]),
			sandbox: inputOf(await job.workshop.tools.lockOf("sandbox"), ["sandbox"])
		};
		const { id, kernel, arch } = target;
		const { version } = package_default;
		const manifest = makeManifest({
			version,
			target: {
				id,
				kernel,
				arch
			},
			portable,
			built,
			inputs
		});
		await writeManifest(join(output, MANIFEST$1), manifest);
	}
	return built;
}
/** Files that somebody else built, copied to where built ones would be, so that the report can name them. */
async function adopt(files, output) {
	return await Promise.all(files.map(async (file) => {
		const copy = join(output, await testedAs(file));
		await copyFile(file, copy);
		return copy;
	}));
}
/**
* What a file is called where it is tested: by its own name, or a module, whose file may have been given another one as
* in a release, by that of the module, which tests know it by. Throws as `readModule`.
*/
async function testedAs(file) {
	const given = basename(file);
	if (!given.endsWith(".ko")) return given;
	const { name } = await readModule(file);
	return given.slice(0, -3).replaceAll("-", "_") === name ? given : `${name}.ko`;
}
/** Module files, read. Throws as `readModule`. */
async function readAll$1(files) {
	return await Promise.all(files.map((file) => readModule(file)));
}
/** What a machine gets of a build. */
function madeOf(built) {
	if ("modules" in built) return {
		modules: built.modules.map(({ path }) => path),
		products: []
	};
	return {
		modules: [],
		products: [...built.programs, ...built.executables].map(({ path }) => path)
	};
}

// src/report/figures-table.ts
/** What the suites of a run measured, as text: a table per target, suite and name. Ends with a newline; empty when nothing was. */
function figuresText(report, terminal) {
	const paint = painter(terminal.colour);
	const width = Math.max(40, terminal.size().columns);
	const blocks = report.targets.flatMap((target) => target.suites.flatMap((suite) => figureTables(suite).map((table) => {
		const title = oneLine(`${labelOf(target)}: ${suite.name}: ${figureTitle(table)}`);
		const header = [{
			text: oneLine(table.chart.x),
			side: "right"
		}, ...table.columns.map(({ title: head, published }) => {
			return {
				text: oneLine(published ? `published ${head}` : head),
				side: "right"
			};
		})];
		const rows = table.rows.map(({ x, cells }) => [{
			text: String(x),
			side: "right"
		}, ...cells.map(({ text, verdict }) => {
			return {
				text,
				side: "right",
				...verdict && { format: verdict === "better" ? "green" : "red" }
			};
		})]);
		return [paint("bold", title), ...layOut(header, rows, width, paint)].join("\n");
	})));
	return blocks.length === 0 ? "" : `${blocks.join("\n\n")}\n`;
}

// src/report/frame.ts
const spinner = "⠋⠙⠹⠸⠼⠴⠦⠧⠇⠏";
const barWidth = 12;
/** Stage and how far it is: `fetch  34.2 MB of 88.0 MB`. */
function stageText(row) {
	return [row.stage, detailText(row)].filter(Boolean).join("  ");
}
function detailText({ progress, detail, passed, failed, stage }) {
	const counts = [];
	if (progress) {
		const { done, total, unit } = progress;
		const show = unit === "bytes" ? byteSize : String;
		counts.push(`${show(done)}${total === void 0 ? "" : ` of ${show(total)}`}${unit === "bytes" ? "" : ` ${unit}`}`);
	} else if (stage === "test" && passed + failed > 0) counts.push(counted(passed + failed, "test"));
	if (failed > 0) counts.push(`${failed} failed`);
	return [counts.join(", "), detail].filter(Boolean).join("  ");
}
/** How a finished target ended: `24 of 25 tests  the reason`. */
function endText({ end, passed, failed }) {
	const tests = passed + failed > 0 ? `${passed} of ${counted(passed + failed, "test")}` : "";
	return [
		end?.cached ? "cached" : "",
		tests,
		end?.reason
	].filter(Boolean).join("  ");
}
/** The live lines: one per row as far as the window has room, none wider than it. */
function drawFrame(rows, { columns, rows: height }, { now, tick, paint }) {
	const width = Math.max(1, columns - 1);
	const shown = chooseRows(rows, Math.max(1, height - 2));
	const labelWidth = Math.min(Math.max(...shown.map((row) => stringWidth(row.label))), Math.floor(width * .4));
	const lines = shown.map((row) => rowLine(row, {
		width,
		labelWidth,
		now,
		tick,
		paint
	}));
	const hidden = rows.filter((row) => !shown.includes(row));
	if (hidden.length > 0) {
		const finished = hidden.filter((row) => row.end).length;
		const parts = [finished > 0 ? `${finished} finished` : "", finished < hidden.length ? `${hidden.length - finished} waiting or running` : ""];
		lines.push(paint("gray", shorten(`… and ${hidden.length} more: ${parts.filter(Boolean).join(", ")}`, width)));
	}
	return lines;
}
function rowLine(row, { width, labelWidth, now, tick, paint }) {
	const running = !row.end && row.startedAt !== void 0;
	const look = row.end && statusLook[row.end.status];
	const mark = look?.mark ?? (running ? spinner[tick % 10] ?? " " : "·");
	const format = look?.format ?? (running ? "cyan" : "gray");
	const word = look?.word ?? row.stage;
	const time = row.startedAt === void 0 ? "" : stopwatch((row.end?.at ?? now) - row.startedAt);
	const room = width - 2 - labelWidth - 10 - (time && `  ${time}`).length;
	if (room < 0) return paint(format, shorten(`${mark} ${word} ${row.label}`, width));
	const bar = room > 32 && !row.end ? progressBar(row.progress) : "";
	return [
		`${paint(format, mark)} ${cell(row.label, labelWidth)}  ${paint(format, cell(word, 6))}  `,
		bar && paint("cyan", bar),
		cell(row.end ? endText(row) : detailText(row), room - stringWidth(bar)),
		time && `  ${paint("gray", time)}`
	].join("");
}
function progressBar(progress) {
	if (!progress?.total) return "";
	const full = Math.round(barWidth * Math.min(1, progress.done / progress.total));
	return `${"━".repeat(full)}${"╌".repeat(barWidth - full)} `;
}
/** Where not all rows have room: those that run come first, then those that ended badly, then what waits, then what passed. */
function chooseRows(rows, room) {
	if (rows.length <= room) return rows;
	const rank = (row) => {
		if (row.end) return row.end.status === "pass" || row.end.status === "skip" ? 3 : 1;
		return row.startedAt === void 0 ? 2 : 0;
	};
	const kept = new Set(rows.toSorted((a, b) => rank(a) - rank(b)).slice(0, Math.max(1, room - 1)));
	return rows.filter((row) => kept.has(row));
}

// src/report/live.ts
/** The clock of the machine; its ticks do not keep the process alive. */
const systemClock = {
	now: Date.now,
	every: (milliseconds, tick) => {
		const timer = setInterval(tick, milliseconds).unref();
		return () => clearInterval(timer);
	}
};
const frameMilliseconds = 125;
const heartbeatMilliseconds = 3e4;
const hideCursor = "\x1B[?25l";
const showCursor = "\x1B[?25h";
/**
* Shows a run while it happens. On a terminal one line per target, redrawn in place; elsewhere a line with the time (UTC)
* at each change of stage, and every 30 seconds for a stage that lasts. Failures, warnings and notes are printed once and stay.
*
* Use: `using view = new LiveView({ output: process.stderr, terminal: describeTerminal(process.stderr, process.env) })`, hand
* `view.emit` to the stages, and `close()` it on every way out (also from `process.on('exit')`): that gives the cursor back.
*/
var LiveView = class {
	output;
	terminal;
	clock;
	paint;
	rows = /* @__PURE__ */ new Map();
	stopTicking;
	drawn = [];
	cursorHidden = false;
	ticks = 0;
	closed = false;
	constructor({ output, terminal, clock = systemClock }) {
		this.output = output;
		this.terminal = terminal;
		this.clock = clock;
		this.paint = painter(terminal.colour);
		this.stopTicking = terminal.interactive ? clock.every(frameMilliseconds, () => this.draw()) : clock.every(1e3, () => this.heartbeat());
	}
	/** Takes one event; bound, so that it can be handed on as a listener. */
	emit = (event) => {
		if (this.closed) return;
		switch (event.type) {
			case "stage":
				this.changeStage(this.row(event.target), event.stage, event.detail);
				break;
			case "progress": {
				const { done, total, unit } = event;
				this.row(event.target).progress = {
					done,
					unit,
					...total === void 0 ? {} : { total }
				};
				break;
			}
			case "test": {
				const row = this.row(event.target);
				const { name, status, reason } = event.test;
				if (status === "fail") row.failed += 1;
				else if (status === "pass") row.passed += 1;
				row.detail = oneLine(name);
				if (status === "fail") this.say(row.label, "fail", `${event.suite}: ${name}${reason ? `: ${reason}` : ""}`);
				break;
			}
			case "ready":
				if (!this.terminal.interactive) this.line(oneLine(event.target), "ready");
				this.rows.delete(event.target);
				break;
			case "finished":
				this.finish(this.row(event.target), event.status, event.reason ?? "", event.cached === true);
				break;
			case "warning":
			case "note": this.say(event.target ?? "", event.type, event.message);
		}
	};
	/** What has begun and not ended, where it is, and for how long: `debian-12/6.1.0-56-amd64: boot  tcg, for 1:30`. */
	unfinished() {
		return [...this.rows.values()].filter((row) => !row.end && row.startedAt !== void 0).map((row) => `${row.label}: ${stageText(row)}, for ${stopwatch(this.clock.now() - row.stageAt)}`);
	}
	/** Stops, and gives the cursor back. What is on the screen stays where a target did not finish, so that one sees where it was. */
	close() {
		if (this.closed) return;
		this.closed = true;
		this.stopTicking();
		if (!this.cursorHidden) return;
		const done = [...this.rows.values()].every((row) => row.end);
		this.output.write(`${done ? this.eraser() : this.composed()}${showCursor}`);
	}
	[Symbol.dispose]() {
		this.close();
	}
	row(target) {
		let row = this.rows.get(target);
		if (!row) {
			row = {
				label: oneLine(target),
				stage: "queued",
				startedAt: void 0,
				stageAt: this.clock.now(),
				saidAt: this.clock.now(),
				detail: "",
				progress: void 0,
				passed: 0,
				failed: 0,
				end: void 0
			};
			this.rows.set(target, row);
		}
		return row;
	}
	changeStage(row, stage, detail = "") {
		const now = this.clock.now();
		const changed = row.stage !== stage || row.startedAt === void 0;
		row.detail = oneLine(detail);
		if (!changed) return;
		if (stage !== "queued") row.startedAt ??= now;
		Object.assign(row, {
			stage,
			stageAt: now,
			saidAt: now,
			progress: void 0
		});
		if (!this.terminal.interactive && stage !== "queued") this.line(row.label, stageText(row));
	}
	finish(row, status, reason, cached) {
		const now = this.clock.now();
		row.end = {
			status,
			at: now,
			reason: oneLine(reason),
			cached
		};
		if (this.terminal.interactive) return;
		const look = statusLook[status];
		const took = `in ${stopwatch(now - (row.startedAt ?? now))}`;
		this.line(row.label, `${this.paint(look.format, look.word)}  ${[endText(row), cached ? "" : took].filter(Boolean).join("  ")}`);
	}
	/** A line that stays: above the live lines on a terminal, in its turn elsewhere. */
	say(label, kind, message) {
		const text = oneLine(message);
		const marked = {
			fail: () => `${this.paint(statusLook.fail.format, `${statusLook.fail.mark} FAIL`)}  ${text}`,
			warning: () => `${this.paint(["yellow", "bold"], "warning")}  ${text}`,
			note: () => text
		}[kind]();
		const shown = oneLine(label);
		if (!this.terminal.interactive) this.line(shown, marked);
		else if (this.drawn.length === 0) this.output.write(`${shown ? `${shown}  ` : ""}${marked}\n`);
		else {
			const erase = this.eraser();
			this.drawn = [];
			this.output.write(`${erase}${shown ? `${shown}  ` : ""}${marked}\n${this.composed()}`);
		}
	}
	line(label, text) {
		const time = new Date(this.clock.now()).toISOString().slice(11, 19);
		const width = Math.max(0, ...[...this.rows.values()].map((row) => stringWidth(row.label)));
		this.output.write(`${time}  ${label ? `${cell(label, Math.max(width, stringWidth(label)))}  ` : ""}${text}\n`);
	}
	heartbeat() {
		const now = this.clock.now();
		for (const row of this.rows.values()) {
			if (row.end || row.startedAt === void 0 || now - row.saidAt < heartbeatMilliseconds) continue;
			row.saidAt = now;
			this.line(row.label, `${stageText(row)}  still running after ${stopwatch(now - row.stageAt)}`);
		}
	}
	draw() {
		this.ticks += 1;
		if (this.rows.size > 0 || this.drawn.length > 0) this.output.write(this.composed());
	}
	/** Goes back over what is on the screen. A window made narrower has wrapped the old lines, so their rows are counted at its present width. */
	upward() {
		const { columns } = this.terminal.size();
		const up = this.drawn.reduce((sum, line) => sum + Math.max(1, Math.ceil(stringWidth(line) / columns)), 0);
		return up > 0 ? `\r\u001b[${up}A` : "\r";
	}
	eraser() {
		return `${this.upward()}\u001b[J`;
	}
	/** The control sequences and text of the next frame, in one piece: each line is overwritten, never blanked first, so nothing flickers. */
	composed() {
		const lines = drawFrame([...this.rows.values()], this.terminal.size(), {
			now: this.clock.now(),
			tick: this.ticks,
			paint: this.paint
		});
		const start = `${this.cursorHidden ? "" : hideCursor}${this.upward()}`;
		this.cursorHidden = true;
		this.drawn = lines;
		return `${start}${lines.map((line) => `${line}\u001b[K\n`).join("")}\u001b[J`;
	}
};

// src/subject.ts
/**
* What a subject is. Among files one eBPF object makes it `programs`; the others are then objects too, or executable files
* that go with them. Throws InputError for a directory that holds no sources, for damaged objects, and for files that do not
* go together.
*/
async function kindOf(subject) {
	if ("directory" in subject) return (await findSource(subject.directory)).kind;
	const objects = await Promise.all(subject.files.map(isObject));
	if (!objects.includes(true)) return "module";
	for (const [index, file] of subject.files.entries()) {
		if (objects[index]) {
			await readObject(file);
			continue;
		}
		if (/\.ko(\.\w+)?$/.test(file)) throw new InputError("a kernel module and eBPF objects do not go together", {
			where: file,
			remedy: "Verify them one after the other."
		});
		const status = await stat(file).catch(() => void 0);
		if (!status?.isFile() || (status.mode & 64) === 0) throw new InputError("neither an eBPF object nor executable", {
			where: file,
			remedy: "Beside objects only what loads them is taken: make it executable with chmod +x, or leave it out."
		});
	}
	return "programs";
}
/** One SHA-256 for all that a subject is made of. Throws as `kindOf`. */
async function digestSubject(subject) {
	if (!("files" in subject)) return await digestTree((await findSource(subject.directory)).root, isBuildProduct);
	return digestValue(await Promise.all(subject.files.map(async (file) => [basename(file), await digestFile(file)])));
}
/**
* The suite that goes with the subject, by its name, so that `kube_ovn_fastpath.ko` and `kmod/fastpath` are both held to
* `fastpath`; else what every module, or every set of eBPF programs, must do. Throws as `kindOf` and `suiteFor`.
*/
async function suiteOf(subject, suitesRoot) {
	const kind = await kindOf(subject);
	const places = "directory" in subject ? [subject.directory] : subject.files;
	for (const place of kind === "module" ? places.slice(0, 1) : places) {
		const name = basename(resolve(place)).replace(/\.ko.*$|\.bpf\.o$/, "");
		const own = await suiteFor(name, suitesRoot);
		if (own !== void 0) return own;
	}
	return kind === "module" ? "load" : "load-programs";
}

// src/candidates.ts
/** Where the directory of a suite and those of modules lie beside each other: `conformance/offload`, `kmod/smartnic`. */
const MODULES = "kmod";
/**
* What a run tests, and by which suites: `names` of them or their directories; left out, the suite that goes with the
* subject. A suite whose suite.yml says that it is for another module brings that one along: `kmod/MODULE` beside the
* directory of suites, else the one beside the subject's own directory. Files are held to any suite, as given.
* Throws InputError for a bad suite or subject, two suites of one name, and a suite whose module is not there.
*/
async function chooseCandidates(subject, names, suitesRoot) {
	const kind = await kindOf(subject);
	const chosen = names ?? [await suiteOf(subject, suitesRoot)];
	const suites = await Promise.all(chosen.map((name) => loadSuite(name, suitesRoot)));
	notTwice(suites);
	const main = {
		name: nameOf(subject),
		subject,
		kind,
		source: await digestSubject(subject),
		suites: []
	};
	const candidates = [main];
	const known = "directory" in subject ? await namesOf(subject.directory) : [];
	for (const suite of suites) (!("directory" in subject) || !suite.module || known.some((name) => isCalled(name, suite.module?.name ?? "")) ? main : await bringAlong(suite, subject.directory, candidates)).suites.push(suite);
	return {
		candidates,
		suites
	};
}
/** Results and logs are known by the names of suites. */
function notTwice(suites) {
	for (const [index, { name, directory }] of suites.entries()) {
		const other = suites.slice(0, index).find((one) => one.name === name);
		if (!other) continue;
		throw new InputError(`two suites are called ${name}`, {
			where: directory,
			remedy: other.directory === directory ? "Name it only once." : `The other one is ${other.directory}: rename the directory of one of them, or run them one after the other.`
		});
	}
}
function nameOf(subject) {
	if ("directory" in subject) return basename(resolve(subject.directory));
	return subject.files.map((file) => basename(file)).join(" ");
}
/** What a directory can be called: its own name, and those of the modules or objects that are made of it. */
async function namesOf(directory) {
	const files = await readdir(directory).catch(() => []);
	const objects = programSources(files).map(({ object }) => object.replace(/\.bpf\.o$/, ""));
	return [
		basename(resolve(directory)),
		...await namedModules(directory),
		...objects
	];
}
/** The candidate that a suite is for, which is put to the others if it is not among them. */
async function bringAlong(suite, directory, candidates) {
	const { name, where } = suite.module ?? {
		name: "",
		where: ""
	};
	const places = [join(suite.directory, "../..", MODULES, name), join(dirname(resolve(directory)), name)];
	const found = (await Promise.all(places.map((place) => realpath(place).catch(() => void 0)))).find((place) => place !== void 0);
	const [main] = candidates;
	if (found === void 0) throw new InputError(`the suite ${suite.name} is for the module ${name}, which ${main?.name} is not`, {
		where,
		remedy: `There is nothing in ${[...new Set(places)].join(" nor in ")}; or name its directory with --module.`
	});
	if (main && found === await realpath(directory)) return main;
	const known = candidates.slice(1).find((one) => one.name === name);
	if (!known) {
		const subject = { directory: found };
		const [kind, source] = [await kindOf(subject), await digestSubject(subject)];
		const candidate = {
			name,
			subject,
			kind,
			source,
			suites: []
		};
		candidates.push(candidate);
		return candidate;
	}
	if ("directory" in known.subject && known.subject.directory === found) return known;
	const other = known.suites.map(({ name }) => name).join(", ");
	throw new InputError(`the suite ${suite.name} is for another module ${name} than ${other}`, {
		where,
		remedy: "Results are known by the names of modules: run the suites one after the other."
	});
}

// src/host/claim.ts
/**
* Takes an output directory for this process, made when missing; given back when the scope ends.
* Throws InputError when it cannot be written, or when a living process has it.
*/
async function claimDirectory(directory) {
	const marker = join(directory, ".ovnfast-run");
	const remedy = "Choose another directory with --out.";
	let made;
	for (let attempt = 0;; attempt++) try {
		made ??= await makeDirectory(directory);
		await writeFile(marker, `${process.pid} ${await startOf(process.pid)}\n`, { flag: "wx" });
		break;
	} catch (error) {
		const { code, message } = error;
		if (code !== "EEXIST" || attempt > 2) throw new InputError(`the output directory cannot be written (${code ?? message})`, {
			where: directory,
			remedy
		});
		const [pid = "", start] = (await readFile(marker, "utf8").catch(() => "")).trim().split(" ");
		const owner = Number(pid);
		if (owner > 0 && await isRunning(owner, start)) throw new InputError(`another run (process ${owner}) is writing here`, {
			where: directory,
			remedy
		});
		await rm(marker, { force: true });
	}
	return { [Symbol.asyncDispose]: async () => {
		await rm(marker, { force: true });
		if (made !== void 0) await rmdir(directory).catch(() => {});
	} };
}

// src/programs.ts
/** eBPF programs depend on no kernel: those of a directory are built once, at the first call, and brought to each target. */
var SharedPrograms = class {
	options;
	/** By directory of the sources. */
	made = /* @__PURE__ */ new Map();
	constructor(options) {
		this.options = options;
	}
	/** The build of a directory, its files copied to `output`, which has to be there. Throws as `buildPrograms`. */
	async deliver(directory, output) {
		const made = this.made.get(directory) ?? this.make(directory);
		this.made.set(directory, made);
		const { build, work } = await made;
		const bring = async (path, mode) => {
			const to = join(output, basename(path));
			await copyAtomic(path, to, mode);
			return to;
		};
		if (build.status === "pass") await bring(join(work.path, MANIFEST$1), 420);
		return {
			...build,
			log: await bring(build.log, 420),
			programs: await Promise.all(build.programs.map(async (one) => ({
				...one,
				path: await bring(one.path, 420)
			}))),
			executables: await Promise.all(build.executables.map(async (one) => ({
				...one,
				path: await bring(one.path, 493)
			})))
		};
	}
	async [Symbol.asyncDispose]() {
		for (const one of this.made.values()) await (await one.catch(() => void 0))?.work[Symbol.asyncDispose]();
	}
	async make(directory) {
		const { workshop, jobs } = this.options;
		const { tools, cache } = workshop;
		const work = await TemporaryDirectory.create(join(cache, "work"), "programs-");
		try {
			const build = await workshop.buildPrograms(directory, {
				outDirectory: work.path,
				jobs
			});
			if (build.status === "pass") {
				const inputs = {
					bpf: inputOf(await tools.lockOf("bpf"), ["bpf"]),
					sandbox: inputOf(await tools.lockOf("sandbox"), ["sandbox"])
				};
				const manifest = makeProgramManifest({
					version: package_default.version,
					built: build,
					inputs
				});
				await writeManifest(join(work.path, MANIFEST$1), manifest);
			}
			return {
				build,
				work
			};
		} catch (error) {
			await work[Symbol.asyncDispose]();
			throw error;
		}
	}
};

// src/report/markup.ts
/** Text that is markup already. Only the `markup` template makes one, so a string can never pass for it. */
var Markup = class {
	text;
	constructor(text) {
		this.text = text;
	}
	toString() {
		return this.text;
	}
};
const entities = {
	"&": "&amp;",
	"<": "&lt;",
	">": "&gt;",
	"\"": "&quot;",
	"'": "&apos;"
};
function render(value) {
	if (value instanceof Markup) return value.text;
	if (Array.isArray(value)) return value.map(render).join("");
	if (value === false || value === void 0) return "";
	return visible(String(value)).replace(/[&<>"']/g, (character) => entities[character] ?? "");
}
/**
* A tagged template for HTML and XML that escapes whatever is put into it, as content or inside a quoted attribute, and
* makes control characters visible (most are not allowed in XML at all). Markup and lists of it go in as they are;
* `false` and `undefined` are nothing.
*/
function markup(strings, ...values) {
	return new Markup(strings.reduce((text, string, index) => `${text}${render(values[index - 1])}${string}`));
}

// src/report/problems.ts
/** All that went wrong, in the order of the report: builds, tests, suites whose machine failed, targets that got to neither. */
function problemsOf$1(report) {
	return report.targets.flatMap((target) => {
		const problems = [];
		const add = (status, problem) => {
			if (status !== "fail" && status !== "error") return;
			problems.push({
				place: void 0,
				test: void 0,
				reason: void 0,
				evidence: [],
				kernelLog: [],
				log: void 0,
				target,
				status,
				...problem
			});
		};
		for (const build of buildsOf(target)) {
			const { status, reason, log, diagnostics } = build;
			add(status, {
				place: buildName(build),
				reason,
				log,
				evidence: diagnostics.map(diagnosticText)
			});
		}
		for (const suite of target.suites) {
			const where = {
				place: suite.name,
				log: suite.console
			};
			for (const test of suite.tests) add(test.status, {
				...where,
				test,
				reason: test.reason,
				evidence: test.evidence ?? [],
				kernelLog: test.kernelLog ?? []
			});
			if (!(suite.status === "fail" && suite.tests.some((test) => test.status === "fail"))) add(suite.status, {
				...where,
				reason: suite.reason
			});
		}
		if (problems.length === 0) add(target.status, { reason: target.reason });
		return problems;
	});
}
/** `fastpath.c:214:17: error: message`, as compilers write it. */
function diagnosticText({ file, line, column, severity, message }) {
	return [
		file,
		line,
		column,
		` ${severity}`,
		` ${message}`
	].filter((part) => part !== void 0).join(":");
}

// src/conformance/kernel-log.ts
/** Whether a finding is a mere warning, and a known one; what stops or corrupts a kernel never is. */
function isKnownWarning({ kind, title }, known) {
	return (kind === "warning" || /^memcpy: detected field-spanning write/.test(title)) && known.some(({ text }) => title.includes(text));
}
const MAXIMUM_LINES = 80;
/** Lines in which a report says what it is about. */
const MAXIMUM_HEAD = 4;
/** A log full of findings says no more than the first ones. */
const MAXIMUM_FINDINGS = 50;
const TIME = /^(?:<\d+>)?\[\s*\d+\.\d+\](?:\[[^\]]*\])? ?/;
const MARKER = /^ovnfast: test (start|end) (\S+)$/;
const CUT_HERE = /^-+\[ cut here \]-+$/;
const END_TRACE = /^---\[ end /;
const SIGNS = [
	["panic", /^Kernel panic - not syncing/],
	["lockdep", /^(WARNING|INFO|BUG): (possible |suspicious RCU usage|inconsistent lock|bad unlock|held lock|lock held|.*lock order)/],
	["lockdep", /possible (circular|recursive|irq lock inversion) (lock|dependency)|inconsistent lock state|^BUG: MAX_LOCK/],
	["sanitizer", /^(BUG: (KASAN|KMSAN|KCSAN|KFENCE)|UBSAN:)/],
	["lockup", /BUG: soft lockup|hard LOCKUP|BUG: workqueue lockup/],
	["rcu-stall", /^(rcu|INFO): .*(detected( expedited)? stalls?|self-detected stall|kthread starved)/],
	["hung-task", /^INFO: task .+ blocked (for more than|in I\/O wait for) \d+ seconds/],
	["oops", /^(BUG: unable to handle|BUG: kernel NULL pointer|BUG: stack guard|kernel BUG at |Oops[: -]|Unable to handle kernel)/],
	["oops", /^(general protection fault|invalid opcode|divide error|double fault|stack segment|PANIC: double fault|traps: PANIC)[:, ]/],
	["leak", /still has objects|Objects remaining in |BUG: memory leak|leaked? [a-z_]+ .*refcnt/],
	["memory", /^(list_(add|del) corruption|BUG .*\): |refcount_t: |slab error|Slab corruption)/],
	["memory", /^(BUG: Bad (page|rss)|swap_info_get: Bad|Bad page map|=+ BUG |kernel tried to execute NX)/],
	["memory", /detected (buffer overflow|field-spanning write)|stack-protector: Kernel stack is corrupted|usercopy: Kernel memory/],
	["leak", /^(kmemleak: \d+ new suspected|unreferenced object 0x|unregister_netdevice: waiting for )/],
	["out-of-memory", /^(Out of memory[:. ]|Initramfs unpacking failed: write error)/],
	["warning", /^WARNING: |^------------\[ cut here/],
	["bug", /^BUG: |^BUG [a-z]|^INFO: (possible|inconsistent|suspicious)/]
];
/** Reads the kernel log line by line and says what is wrong in it, and during which test. */
var KernelLog = class {
	listener;
	open;
	findings = 0;
	test;
	constructor(listener) {
		this.listener = listener;
	}
	line(line) {
		const text = line.replace(TIME, "");
		const fromKernel = text.length < line.length;
		const marker = fromKernel ? MARKER.exec(text) : null;
		if (marker) {
			this.end();
			const [, what, test = ""] = marker;
			this.test = test;
			this.listener.onMarker?.(what, test);
			return;
		}
		const kind = fromKernel ? SIGNS.find(([, sign]) => sign.test(text))?.[0] : void 0;
		if (kind !== void 0 && (this.open === void 0 || kind === "panic" && this.open.kind !== "panic")) this.begin(kind, text, line);
		else if (this.open) {
			this.open.lines.push(line);
			this.refine(this.open, kind, text);
			if (END_TRACE.test(text) || this.open.lines.length >= MAXIMUM_LINES) this.end();
		}
	}
	/** Hands out a report that is still open. */
	end() {
		const { open } = this;
		this.open = void 0;
		if (open === void 0 || isEmpty(open)) return;
		this.findings++;
		if (this.findings <= MAXIMUM_FINDINGS) this.listener.onFinding(open);
	}
	begin(kind, title, line) {
		this.end();
		this.open = {
			kind,
			title,
			lines: [line],
			...this.test === void 0 ? {} : { test: this.test }
		};
	}
	/** `cut here` begins a report; what the kernel was told to say, if anything, comes before the line that says what it is. */
	refine(open, kind, text) {
		if (open.lines.length > MAXIMUM_HEAD || text === "") return;
		if (CUT_HERE.test(open.title)) {
			open.title = text;
			if (kind !== void 0) open.kind = kind;
		} else if (kind === "warning" && open.kind === "warning" && !open.title.startsWith("WARNING")) open.title = `${text}: ${open.title}`;
	}
};
function isEmpty({ title }) {
	return CUT_HERE.test(title);
}

// src/report/html/view.ts
function targetViews(report, logs) {
	const taken = /* @__PURE__ */ new Set();
	const unique = (anchor) => {
		let result = anchor;
		for (let n = 2; taken.has(result); n++) result = `${anchor}~${n}`;
		taken.add(result);
		return result;
	};
	return report.targets.map((target) => {
		const alone = report.targets.filter((other) => other.id === target.id).length === 1;
		const name = alone ? target.id : labelOf(target);
		const anchor = unique(alone ? slug(target.id) : `${slug(target.id)}/${slug(target.kernel)}`);
		return {
			target,
			name,
			anchor,
			builds: buildsOf(target).map((build) => {
				const name = buildName(build);
				const log = build.log === void 0 ? void 0 : logs.get(build.log);
				return {
					build,
					name,
					anchor: unique(`${anchor}/${slug(name)}`),
					log
				};
			}),
			suites: target.suites.map((suite) => {
				const suiteAnchor = unique(`${anchor}/${slug(suite.name)}`);
				return {
					suite,
					anchor: suiteAnchor,
					tests: suite.tests.map((test) => ({
						test,
						anchor: unique(`${suiteAnchor}/${slug(test.name)}`)
					})),
					log: logs.get(suite.console)
				};
			})
		};
	});
}
/** A name as part of an address: letters, digits and a few marks, at most 80. */
function slug(name) {
	return name.replace(/[^\p{L}\p{N}._+-]+/gu, "-").slice(0, 80) || "-";
}
const words = {
	pass: "pass",
	fail: "fail",
	error: "error",
	skip: "skip"
};
/** Status as a shape alone: a disc with a tick, an octagon with a cross, a triangle with a mark, an empty ring. */
function icon(status) {
	return markup`<svg class="icon ${status}" aria-hidden="true"><use href="#icon-${status}"/></svg>`;
}
/** Status as shape, word and colour. */
function badge(status) {
	return markup`<span class="badge ${status}">${icon(status)} ${words[status]}</span>`;
}
const sprite = markup`<svg width="0" height="0" class="sprite" aria-hidden="true">
<symbol id="icon-pass" viewBox="0 0 16 16"><circle cx="8" cy="8" r="8"/><path class="ink" d="M4.4 8.4l2.5 2.5 4.8-5.4"/></symbol>
<symbol id="icon-fail" viewBox="0 0 16 16"><path d="M4.7 0h6.6L16 4.7v6.6L11.3 16H4.7L0 11.3V4.7z"/><path class="ink" d="M5.2 5.2l5.6 5.6M10.8 5.2l-5.6 5.6"/></symbol>
<symbol id="icon-error" viewBox="0 0 16 16"><path d="M8 .6a1 1 0 0 1 .9.5l7 12.8a1 1 0 0 1-.9 1.5H1a1 1 0 0 1-.9-1.5L7.1 1.1A1 1 0 0 1 8 .6z"/><path class="ink" d="M8 5.4v4.2M8 12.2v.4"/></symbol>
<symbol id="icon-skip" viewBox="0 0 16 16"><circle class="ring" cx="8" cy="8" r="6.9"/><path class="dash" d="M5 8h6"/></symbol>
</svg>`;
/** Elements separated by a middle dot; nothing where one is missing. */
function dotted(parts) {
	const shown = parts.filter((part) => part !== void 0 && part !== false && part !== "");
	return markup`${shown.map((part, index) => markup`${index > 0 && markup`<span class="dot" aria-hidden="true"> · </span>`}<span>${part}</span>`)}`;
}
/** A path of the output directory as a link beside this page. */
function fileLink(path, text = path) {
	return markup`<a href="${path.toWellFormed().split("/").map(encodeURIComponent).join("/")}">${text}</a>`;
}

// src/report/html/log.ts
/** What make and the compilers print when something is wrong. */
const buildComplaint = /\b(error|warning): |\*\*\* |^ERROR: modpost/;
/** Where the guest's init says in the kernel log which test begins or has ended. */
const testMarker = /\] ovnfast: test (start|end) /;
const evidenceLimit = 2e4;
/** A few lines as a block: the evidence of a test, the kernel log around it. Nothing for no lines. */
function excerpt(title, lines) {
	if (!lines?.length) return void 0;
	const { head, omitted, tail } = clipLines(lines, evidenceLimit);
	const gap = omitted > 0 ? [`… ${counted(omitted, "line")} left out here, all are in report.json …`] : [];
	return markup`<figure class="excerpt"><figcaption>${title}</figcaption><pre tabindex="0" role="group" aria-label="${title}"><code>${[
		...head,
		...gap,
		...tail
	].join("\n")}</code></pre></figure>`;
}
/**
* Which lines to mark: the first of each complaint, the rest of it, and where tests begin and end. For a kernel log they are
* those that the judgement of the run rests on.
*/
function marksOf(kind, parts) {
	const marks = /* @__PURE__ */ new Map();
	for (const lines of parts) {
		const kernel = new KernelLog({ onFinding: ({ lines: [first = "", ...rest] }) => {
			for (const line of rest) if (!marks.has(line)) marks.set(line, "part");
			marks.set(first, "bad");
		} });
		for (const line of lines) {
			if (kind === "kernel") kernel.line(line);
			if (kind === "kernel" && testMarker.test(line)) marks.set(line, "marker");
			if (kind === "build" && buildComplaint.test(line)) marks.set(line, "bad");
		}
		kernel.end();
	}
	return marks;
}
/**
* A whole log, folded: numbered lines, complaints marked. The search and the switch for complaints are there for the
* script to show; without it everything can still be read.
*/
function logView(kind, path, anchor, log) {
	const title = kind === "kernel" ? "Kernel log" : "Build log";
	if (!log) return markup`<p class="missing" id="${anchor}">${title}: <code>${path}</code> is not there.</p>`;
	const { head, omitted, tail } = log;
	const marks = marksOf(kind, [head, tail]);
	const all = [...head, ...tail];
	const complaints = all.filter((line) => marks.get(line) === "bad").length;
	const total = all.length + (omitted?.lines ?? 0);
	const item = (line, number) => {
		const mark = marks.get(line);
		return markup`<li${mark && markup` class="${mark}"`}${number !== void 0 && markup` value="${number}"`}>${line}</li>\n`;
	};
	return markup`<details class="log" id="${anchor}">
<summary><span class="row"><span class="name">${title}</span></span> <span class="meta">${dotted([counted(total, "line"), complaints > 0 && markup`<strong class="notable">${counted(complaints, "complaint")}</strong>`])}</span></summary>
<div class="log-tools" hidden>
<label>Find in this log <input type="search" spellcheck="false" autocomplete="off"></label>
<span class="steps"><button type="button" data-step="-1" aria-label="Previous line found">↑</button> <button type="button" data-step="1" aria-label="Next line found">↓</button> <output></output></span>
${complaints > 0 && markup`<label class="check"><input type="checkbox"> only complaints</label>`}
</div>
<p class="meta">File: ${fileLink(path)}</p>
<ol class="lines" tabindex="0" aria-label="${title}">
${head.map((line) => item(line))}${omitted && markup`<li class="gap" value="${head.length + 1}">${counted(omitted.lines, "line")} (${byteSize(omitted.bytes)}) left out here; the whole log is ${fileLink(path)}</li>\n`}${tail.map((line, index) => item(line, index === 0 ? head.length + (omitted?.lines ?? 0) + 1 : void 0))}</ol>
</details>`;
}

// src/report/html/matrix.ts
/** Targets x build, suites, tests passed, accelerator, time. On a narrow screen each row becomes a card, named by `data-label`. */
function matrixSection(report, targets) {
	if (targets.length === 0) return markup`<section aria-labelledby="matrix"><h2 id="matrix">Targets</h2><p class="empty">No target was run, so nothing was proven.</p></section>`;
	const suites = suiteNames(targets);
	const longest = Math.max(...targets.map((view) => sum(phases(view).map((phase) => phase.seconds))), .001);
	return markup`<section aria-labelledby="matrix">
<h2 id="matrix">Targets</h2>
<table class="matrix">
<thead><tr><th scope="col">Target</th><th scope="col">Build</th>${suites.map((name) => markup`<th scope="col">${name}</th>`)}<th scope="col" class="number">Tests passed</th><th scope="col">Machine</th><th scope="col" class="number">Time</th></tr></thead>
<tbody>
${targets.map((view) => matrixRow$1(view, suites, longest))}</tbody>
</table>
${report.targets.some((target) => target.suites.length > 0 || buildsOf(target).length > 0) && markup`<p class="legend meta" aria-hidden="true"><span class="swatch phase-build"></span> build <span class="swatch phase-boot"></span> boot <span class="swatch phase-test"></span> tests</p>`}
</section>`;
}
function matrixRow$1(view, suites, longest) {
	const { target, anchor } = view;
	const tests = target.suites.flatMap((suite) => suite.tests);
	const passed = tests.filter((test) => test.status === "pass").length;
	const machines = [...new Set(target.suites.map((suite) => suite.accelerator.toUpperCase()))].join(", ");
	return markup`<tr class="${target.status}">
<th scope="row"><a href="#${anchor}">${target.title ?? target.id}</a><span class="kernel">${target.kernel}</span></th>
<td data-label="Build">${badge(buildStatus(target))}</td>
${suites.map((name) => {
		const suite = target.suites.find((one) => suiteTitle(one) === name);
		return markup`<td data-label="${name}">${suite ? badge(suite.status) : markup`<span class="none">not run</span>`}</td>`;
	})}
<td data-label="Tests passed" class="number">${tests.length > 0 ? markup`<b>${passed}</b> of ${tests.length}` : markup`<span class="none">none run</span>`}</td>
<td data-label="Machine">${machines || markup`<span class="none">none</span>`}</td>
<td data-label="Time" class="number">${target.cached ? markup`<span class="pill">cached</span>` : target.seconds !== void 0 && duration(target.seconds)}${ribbon(view, longest)}</td>
</tr>
`;
}
function phases({ target }) {
	const boot = sum(target.suites.map((suite) => suite.bootSeconds));
	return [
		{
			name: "build",
			seconds: sum(buildsOf(target).map((build) => build.seconds))
		},
		{
			name: "boot",
			seconds: boot
		},
		{
			name: "test",
			seconds: Math.max(0, sum(target.suites.map((suite) => suite.seconds)) - boot)
		}
	];
}
const sum = (values) => values.reduce((total, value) => total + value, 0);
/** Where the time went, to one scale for all targets. Rectangles with attributes: the page allows no inline style. */
function ribbon(view, longest) {
	let at = 0;
	const parts = phases(view).map(({ name, seconds }) => {
		const width = seconds / longest * 100;
		const rectangle = markup`<rect class="phase-${name}" x="${at.toFixed(2)}" y="0" width="${Math.max(0, width - .6).toFixed(2)}" height="4"/>`;
		at += width;
		return rectangle;
	});
	const told = phases(view).map(({ name, seconds }) => `${name} ${duration(seconds)}`);
	return markup`<svg class="ribbon" viewBox="0 0 100 4" preserveAspectRatio="none" role="img" aria-label="${told.join(", ")}"><title>${told.join(", ")}</title>${parts}</svg>`;
}
function suiteNames(targets) {
	return [...new Set(targets.flatMap(({ target }) => target.suites.map(suiteTitle)))];
}
/** For each suite a table of tests x targets: which behaviour holds on which kernel, at a glance. */
function gridSection(targets) {
	const suites = suiteNames(targets).filter((name) => suitesNamed(targets, name).some((suite) => suite.tests.length > 0));
	if (suites.length === 0) return void 0;
	return markup`<section aria-labelledby="grid"><h2 id="grid">Tests by kernel</h2>${suites.map((name) => grid(name, targets))}</section>`;
}
function suitesNamed(targets, name) {
	return targets.flatMap((view) => view.suites.filter((one) => suiteTitle(one.suite) === name));
}
function grid(suiteName, targets) {
	const columns = targets.filter((view) => view.suites.some((one) => suiteTitle(one.suite) === suiteName && one.tests.length > 0));
	const tests = [...new Set(suitesNamed(columns, suiteName).flatMap((one) => one.tests.map(({ test }) => test.name)))];
	return markup`<div class="grid-box" tabindex="0" role="region" aria-label="Tests of ${suiteName} by kernel">
<table class="grid">
<caption>${suiteName}</caption>
<thead><tr><th scope="col">Test</th>${columns.map((view) => markup`<th scope="col"><span>${view.name}</span></th>`)}</tr></thead>
<tbody>
${tests.map((name) => markup`<tr><th scope="row">${name}</th>${columns.map((view) => {
		const found = view.suites.find((one) => suiteTitle(one.suite) === suiteName)?.tests.find(({ test }) => test.name === name);
		if (!found) return markup`<td><span class="none">–<span class="hide"> not run</span></span></td>`;
		const { status } = found.test;
		return markup`<td><a href="#${found.anchor}" aria-label="${status}: ${name} on ${view.name}" title="${status}: ${name} on ${view.name}">${icon(status)}</a></td>`;
	})}</tr>\n`)}</tbody>
</table>
</div>`;
}

// src/report/html/script.ts
/**
* The script of the page. It runs in the reader's browser from its own text, so it refers to nothing outside itself.
* It only shows, hides and focuses what is there: it never makes markup.
*/
function pageScript() {
	const all = (selector, root = document) => [...root.querySelectorAll(selector)];
	const one = (selector, root = document) => root.querySelector(selector);
	const reveal = (element) => element?.removeAttribute("hidden");
	const filter = one("#filter");
	const count = one("#count");
	const buttons = all("[data-show]");
	const tests = all(".test").map((element) => {
		const path = [element.closest(".target"), element.closest(".suite")].map((part) => part?.getAttribute("data-name"));
		return {
			element,
			anchor: one("details", element)?.id ?? "",
			status: element.dataset.status ?? "",
			text: [...path, element.textContent].join(" ").toLowerCase()
		};
	});
	let shownStatus = "";
	const apply = () => {
		const words = (filter?.value ?? "").toLowerCase().split(/\s+/).filter(Boolean);
		const active = words.length > 0 || shownStatus !== "";
		const kept = /* @__PURE__ */ new Set();
		for (const { element, anchor, status, text } of tests) {
			const fits = (shownStatus === "" || status === shownStatus) && words.every((word) => text.includes(word));
			element.hidden = !fits;
			if (fits) kept.add(anchor);
		}
		for (const suite of all(".suite")) suite.hidden = active && !one(".test:not([hidden])", suite);
		for (const target of all(".target")) target.hidden = active && !one(".test:not([hidden])", target);
		for (const failure of all(".failure")) failure.hidden = active && !kept.has(failure.dataset.of ?? "");
		for (const row of all(".grid tbody tr")) row.hidden = active && !all("a", row).some((link) => kept.has(decode(link.hash)));
		for (const section of all(".failures")) section.hidden = !one(".failure:not([hidden])", section);
		const nothing = one("#nothing");
		if (nothing) nothing.hidden = !(active && kept.size === 0);
		for (const button of buttons) button.setAttribute("aria-pressed", String(button.dataset.show === shownStatus));
		if (count) count.textContent = active ? `${kept.size} of ${tests.length} tests` : "";
	};
	const clear = () => {
		if (filter) filter.value = "";
		shownStatus = "";
		apply();
	};
	filter?.addEventListener("input", apply);
	for (const button of buttons) button.addEventListener("click", () => {
		shownStatus = button.dataset.show ?? "";
		apply();
	});
	function decode(hash) {
		try {
			return decodeURIComponent(hash.slice(1));
		} catch {
			return hash.slice(1);
		}
	}
	const follow = () => {
		const wanted = document.getElementById(decode(location.hash));
		if (!wanted || location.hash === "") return;
		if (wanted.closest("[hidden]")) clear();
		for (let at = wanted; at; at = at.parentElement) if (at instanceof HTMLDetailsElement) at.open = true;
		wanted.scrollIntoView();
		if (wanted instanceof HTMLDetailsElement) one("summary", wanted)?.focus({ preventScroll: true });
	};
	window.addEventListener("hashchange", follow);
	document.addEventListener("click", (event) => {
		const link = event.target instanceof Element ? event.target.closest("a[href^=\"#\"]") : null;
		if (link && link.hash === location.hash) follow();
	});
	const stops = () => all(".failure summary, .target summary").filter((summary) => summary.checkVisibility());
	const move = (from, step) => {
		const list = stops();
		const at = from instanceof HTMLElement ? list.indexOf(from) : -1;
		const next = from === filter ? step > 0 ? list[0] : void 0 : list[at + step];
		next?.focus();
		next?.scrollIntoView({ block: "nearest" });
		return next !== void 0;
	};
	document.addEventListener("keydown", (event) => {
		if (event.ctrlKey || event.metaKey || event.altKey) return;
		const at = document.activeElement;
		const typing = at instanceof HTMLInputElement && at.type === "search";
		if (event.key === "/" && !typing && filter) {
			filter.focus();
			filter.select();
		} else if (event.key === "Escape" && (at === filter || !typing)) clear();
		else if (event.key === "ArrowDown" || event.key === "ArrowUp") {
			if (at !== filter && at?.tagName !== "SUMMARY") return;
			if (!move(at, event.key === "ArrowDown" ? 1 : -1)) return;
		} else return;
		event.preventDefault();
	});
	for (const grid of all(".grid")) {
		const rows = () => all("tbody tr:not([hidden])", grid).map((row) => all("a", row));
		for (const link of all("a", grid)) link.tabIndex = -1;
		const first = one("a", grid);
		if (first) first.tabIndex = 0;
		grid.addEventListener("keydown", (event) => {
			if (!(event instanceof KeyboardEvent)) return;
			const table = rows();
			const at = document.activeElement;
			const y = table.findIndex((row) => row.includes(at));
			const x = table[y]?.indexOf(at) ?? -1;
			const step = {
				ArrowLeft: [-1, 0],
				ArrowRight: [1, 0],
				ArrowUp: [0, -1],
				ArrowDown: [0, 1]
			}[event.key];
			const next = step && y >= 0 ? table[y + (step[1] ?? 0)]?.[x + (step[0] ?? 0)] : void 0;
			if (!next) return;
			for (const link of all("a", grid)) link.tabIndex = -1;
			next.tabIndex = 0;
			next.focus();
			event.preventDefault();
		});
	}
	for (const log of all(".log")) {
		const tools = one(".log-tools", log);
		const list = one(".lines", log);
		const input = one("input[type=search]", log);
		const output = one("output", log);
		if (!tools || !list || !input || !output) continue;
		reveal(tools);
		let hits = [];
		let now = -1;
		const go = (index) => {
			hits[now]?.classList.remove("now");
			now = hits.length === 0 ? -1 : (index + hits.length) % hits.length;
			const hit = hits[now];
			hit?.classList.add("now");
			if (hit instanceof HTMLElement) list.scrollTop = hit.offsetTop - list.offsetTop - list.clientHeight / 2;
			output.textContent = input.value === "" ? "" : hits.length === 0 ? "not found" : `${now + 1} of ${hits.length}`;
		};
		const find = () => {
			const wanted = input.value.toLowerCase();
			for (const hit of hits) hit.classList.remove("hit", "now");
			hits = wanted === "" ? [] : all("li:not(.gap)", list).filter((line) => line.textContent?.toLowerCase().includes(wanted));
			for (const hit of hits) hit.classList.add("hit");
			now = -1;
			go(0);
		};
		input.addEventListener("input", find);
		input.addEventListener("keydown", (event) => {
			if (event.key === "Enter") go(now + (event.shiftKey ? -1 : 1));
			if (event.key === "Escape") {
				input.value = "";
				find();
			}
		});
		for (const button of all("[data-step]", tools)) button.addEventListener("click", () => go(now + Number(button.dataset.step)));
		const only = one("input[type=checkbox]", tools);
		only?.addEventListener("change", () => list.classList.toggle("bad-only", only.checked));
	}
	let folded = [];
	window.addEventListener("beforeprint", () => {
		folded = all("details:not([open], .log)");
		for (const details of folded) details.open = true;
	});
	window.addEventListener("afterprint", () => {
		for (const details of folded) details.open = false;
	});
	reveal(one(".toolbar"));
	if (filter) reveal(one(".keys"));
	follow();
	window.addEventListener("load", () => setTimeout(follow));
}

// src/report/html/style.ts
const light = `
--paper: #faf9f6; --surface: #ffffff; --sunken: #f3f1ec; --line: #dedad2; --ink: #1d2126; --soft: #5a616b; --accent: #1d5ab4;
--pass: #1a7346; --fail: #b3261e; --error: #865000; --skip: #5f6772;
--pass-wash: #eaf5ee; --fail-wash: #fbecea; --error-wash: #fbf1de; --skip-wash: #eef0f2;
--mark: #ffe08a; --mark-ink: #1d2126; --build: #8aa4cf; --boot: #c9b68a; --test: #7fb79a;
--line-0: #1d5ab4; --line-1: #a8480c; --line-2: #1a7346; --line-3: #7a3fa0;`;
const dark = `
--paper: #14171b; --surface: #1b1f24; --sunken: #101317; --line: #333941; --ink: #e5e7ea; --soft: #a2aab5; --accent: #8fbaff;
--pass: #67cf9a; --fail: #ff9087; --error: #f1b95f; --skip: #a2aab5;
--pass-wash: #16271f; --fail-wash: #2f1a1a; --error-wash: #2b2214; --skip-wash: #20252b;
--mark: #6a5200; --mark-ink: #fff6d8; --build: #5f7db0; --boot: #8d7a4c; --test: #4f8f70;
--line-0: #8fbaff; --line-1: #f1a45f; --line-2: #67cf9a; --line-3: #cf9bf0;`;
/** The style of the page: two palettes (all text at least 4.5 to 1 on its ground), one column, cards instead of the wide table on a phone. */
const pageStyle = `
:root { color-scheme: light dark; ${light} }
@media (prefers-color-scheme: dark) { :root { ${dark} } }
*, ::before, ::after { box-sizing: border-box; }
html { scroll-padding-top: 5rem; -webkit-text-size-adjust: 100%; }
body { margin: 0; background: var(--paper); color: var(--ink); font: 1rem/1.55 system-ui, -apple-system, "Segoe UI", Roboto, "Noto Sans", sans-serif; overflow-wrap: anywhere; }
code, pre, kbd, .kernel, .lines, .grid th[scope=row], .test .name, .failure .name { font-family: ui-monospace, "SF Mono", Menlo, Consolas, "DejaVu Sans Mono", monospace; font-size: .875em; }
h1, h2, h3, h4 { line-height: 1.25; margin: 0; text-wrap: balance; }
h2 { font-size: 1.25rem; margin: 2.75rem 0 .9rem; }
h3 { font-size: 1.1rem; display: flex; flex-wrap: wrap; gap: .35rem .6rem; align-items: baseline; }
h4 { font-size: 1rem; display: flex; flex-wrap: wrap; gap: .5rem; align-items: center; }
p { margin: .5rem 0; }
a { color: var(--accent); text-underline-offset: .15em; text-decoration-thickness: from-font; }
h3 a, h4 a { color: inherit; text-decoration: none; }
h3 a:hover, h4 a:hover { text-decoration: underline; }
:focus-visible { outline: 3px solid var(--accent); outline-offset: 2px; border-radius: 3px; }
[hidden] { display: none !important; }
.inner, main { max-width: 70rem; margin: 0 auto; padding: 0 clamp(1rem, 4vw, 2.5rem); }
.hide { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); white-space: nowrap; }
.sprite { position: absolute; }
.skip-link { position: absolute; left: 1rem; top: -4rem; z-index: 5; background: var(--surface); padding: .6rem 1rem; border: 1px solid var(--line); }
.skip-link:focus { top: .6rem; }
.meta { color: var(--soft); font-size: .9rem; }
.meta b, .lead b { color: var(--ink); }
.kernel { color: var(--soft); font-weight: 400; }
.notable { color: var(--error); font-weight: 600; }
.empty, .missing { color: var(--soft); font-style: italic; }
.pill { border: 1px solid var(--line); border-radius: 1rem; padding: 0 .55em; font-size: .8rem; color: var(--soft); background: var(--sunken); white-space: nowrap; }
.pass { --tone: var(--pass); --wash: var(--pass-wash); } .fail { --tone: var(--fail); --wash: var(--fail-wash); }
.error { --tone: var(--error); --wash: var(--error-wash); } .skip { --tone: var(--skip); --wash: var(--skip-wash); }
.icon { width: 1em; height: 1em; fill: var(--tone); flex: none; vertical-align: -.12em; overflow: visible; }
.icon .ink, .ink { fill: none; stroke: var(--surface); stroke-width: 1.9; stroke-linecap: round; stroke-linejoin: round; }
.ring { fill: none; stroke: var(--tone); stroke-width: 1.6; stroke-dasharray: 3.2 2.2; } .dash { stroke: var(--tone); stroke-width: 1.9; stroke-linecap: round; }
.badge { color: var(--tone); font-weight: 650; white-space: nowrap; font-size: .95rem; }
.badge.fail, .badge.error, .word.fail, .word.error { text-transform: uppercase; letter-spacing: .03em; }
.word { color: var(--tone); font-weight: 600; font-size: .85rem; font-family: system-ui, sans-serif; }
.reason, .why { color: var(--ink); }
.target > .reason, .suite > .reason, .build .reason, .top .reason { border-left: 3px solid var(--error); padding: .1rem .8rem; white-space: pre-wrap; }

.top { background: linear-gradient(var(--wash), var(--paper)); border-top: 5px solid var(--tone); padding: 1.4rem 0 1.2rem; }
.brand { display: flex; align-items: center; gap: .6rem; margin: 0 0 1.1rem; font-weight: 650; letter-spacing: .02em; color: var(--soft); }
.brand svg { width: 4rem; height: 1.25rem; overflow: visible; fill: var(--tone); }
.rail, .post, .hop { fill: none; stroke: var(--line); stroke-width: 1.6; stroke-linecap: round; } .post { stroke: var(--soft); } .hop { stroke: var(--tone); stroke-width: 2; }
h1 { font-size: clamp(1.6rem, 5vw, 2.4rem); letter-spacing: -.015em; display: flex; gap: .45em; align-items: center; }
h1 .icon { width: 1.05em; height: 1.05em; }
.lead { color: var(--soft); margin: .7rem 0 0; }

.toolbar { display: block; position: sticky; top: 0; z-index: 2; background: var(--paper); border-bottom: 1px solid var(--line); padding: .6rem 0; }
.toolbar .inner { display: flex; flex-wrap: wrap; gap: .5rem .8rem; align-items: center; }
.find { position: relative; flex: 1 1 16rem; }
input[type=search] { width: 100%; font: inherit; color: inherit; background: var(--surface); border: 1px solid var(--soft); border-radius: .5rem; padding: .4rem .7rem; }
::placeholder { color: var(--soft); opacity: 1; }
.find kbd { position: absolute; right: .6rem; top: .5rem; pointer-events: none; } .find input:focus + kbd { display: none; }
kbd { border: 1px solid var(--line); border-bottom-width: 2px; border-radius: .3rem; padding: 0 .4em; background: var(--sunken); color: var(--soft); }
button { font: inherit; font-size: .9rem; color: inherit; background: var(--surface); border: 1px solid var(--line); border-radius: .5rem; padding: .35rem .7rem; min-height: 2.1rem; cursor: pointer; }
button:hover:not(:disabled) { border-color: var(--soft); } button:disabled { color: var(--soft); cursor: default; background: none; }
button[aria-pressed=true] { border-color: var(--accent); box-shadow: inset 0 0 0 1px var(--accent); font-weight: 600; }
.states { display: flex; flex-wrap: wrap; gap: .35rem; }

table { border-collapse: collapse; }
.matrix { width: 100%; background: var(--surface); border: 1px solid var(--line); border-radius: .6rem; border-spacing: 0; border-collapse: separate; }
.matrix th, .matrix td { text-align: left; padding: .65rem .9rem; border-top: 1px solid var(--line); vertical-align: top; overflow-wrap: anywhere; }
.matrix thead th { border-top: 0; font-size: .85rem; color: var(--soft); font-weight: 600; overflow-wrap: normal; }
.matrix tbody th { border-left: 4px solid var(--tone); font-weight: 600; } .matrix tr:last-child th { border-bottom-left-radius: .5rem; }
.matrix .kernel { display: block; font-size: .85rem; } .matrix .number { text-align: right; font-variant-numeric: tabular-nums; white-space: nowrap; }
.none { color: var(--soft); font-size: .9rem; }
.ribbon { display: block; width: 8rem; max-width: 100%; height: .35rem; margin: .35rem 0 0 auto; border-radius: .2rem; }
.phase-build { fill: var(--build); background: var(--build); } .phase-boot { fill: var(--boot); background: var(--boot); } .phase-test { fill: var(--test); background: var(--test); }
.legend { text-align: right; font-size: .8rem; margin: .3rem .3rem 0; } .swatch { display: inline-block; width: .9em; height: .45em; border-radius: .2em; margin-left: .8em; }

.warnings ul { margin: 0; padding: .7rem 1rem .7rem 2rem; border: 1px solid var(--line); border-left: 4px solid var(--error); border-radius: .5rem; background: var(--error-wash); }

.failure { background: var(--surface); border: 1px solid var(--line); border-left: 4px solid var(--tone); border-radius: .6rem; margin: 0 0 .8rem; }
.target { background: var(--surface); border: 1px solid var(--line); border-radius: .6rem; padding: 1.1rem clamp(.9rem, 2.5vw, 1.5rem); margin: 0 0 1.4rem; }
.suite { margin: 1.3rem 0 0; }
summary { cursor: pointer; padding: .45rem .6rem; border-radius: .4rem; display: grid; grid-template-columns: 1rem 1fr auto; gap: 0 .45rem; align-items: baseline; list-style: none; }
summary::-webkit-details-marker { display: none; }
summary::before { content: ""; width: .45rem; height: .45rem; border: solid var(--soft); border-width: 0 2px 2px 0; transform: translateY(-.12rem) rotate(-45deg); transition: transform .12s; }
details[open] > summary::before { transform: translateY(-.2rem) rotate(45deg); }
summary:hover { background: var(--sunken); }
.row { min-width: 0; } .row > * { margin-right: .3em; }
.row .name { font-weight: 600; } :is(.build, .log, .origin) > summary .name { font-family: inherit; font-size: 1rem; }
summary .time { color: var(--soft); font-size: .85rem; font-variant-numeric: tabular-nums; }
.failure summary { padding: .7rem .9rem; } .failure .where { color: var(--soft); } .why { display: block; font-size: .95rem; }
.body { padding: .1rem .9rem .7rem 2.1rem; }
.build, .origin, .log { border-top: 1px solid var(--line); margin-top: .6rem; padding-top: .3rem; }
.tests { list-style: none; margin: .5rem 0; padding: 0; border-top: 1px solid var(--line); } .test + .test { border-top: 1px solid var(--line); }
.word.pass { font-weight: 400; }
details:target > summary, .suite:target > h4, .target:target > h3 { background: var(--mark); color: var(--mark-ink); border-radius: .3rem; box-shadow: 0 0 0 4px var(--mark); }
:is(details:target > summary, .suite:target > h4, .target:target > h3) :is(.word, .badge, .time, .meta, .kernel, .notable) { color: inherit; }
.excerpt { margin: .6rem 0; } figcaption { font-size: .8rem; color: var(--soft); font-weight: 600; margin-bottom: .2rem; }
pre, .lines { margin: 0; background: var(--sunken); border: 1px solid var(--line); border-radius: .4rem; max-height: 28rem; overflow: auto; }
pre { padding: .6rem .8rem; white-space: pre-wrap; tab-size: 8; } pre code { font-size: .9em; }
.facts { margin: .5rem 0; font-size: .9rem; } .facts div { display: flex; flex-wrap: wrap; gap: 0 1rem; } .facts dt { color: var(--soft); flex: 0 0 7rem; } .facts dd { margin: 0; flex: 1 1 12rem; min-width: 0; }

.lines { padding: .5rem 0; max-height: 34rem; font-size: .8rem; line-height: 1.5; list-style-position: outside; scroll-padding: 3rem; }
.lines li { margin-left: 3.6rem; padding: 0 .8rem 0 .5rem; border-left: 1px solid var(--line); white-space: pre-wrap; min-height: 1.5em; }
.lines li::marker { color: var(--soft); font-variant-numeric: tabular-nums; content: counter(list-item) "  "; }
.lines .bad { background: var(--error-wash); border-left: 3px solid var(--error); font-weight: 600; } .lines .part { background: var(--error-wash); border-left: 3px solid var(--line); } .lines .marker { color: var(--accent); font-weight: 600; } .lines .hit { background: var(--mark); color: var(--mark-ink); } .lines .now { outline: 2px solid var(--accent); outline-offset: -2px; }
.lines .gap { list-style: none; color: var(--soft); font-style: italic; padding-block: .4rem; } .lines .gap::marker { content: ""; }
.lines.bad-only li:not(.bad, .part) { display: none; }
.log-tools { display: flex; flex-wrap: wrap; gap: .4rem .6rem; align-items: center; padding: .3rem 0 .5rem; font-size: .9rem; } .log-tools label:first-child { flex: 1 1 16rem; display: flex; gap: .6rem; align-items: center; white-space: nowrap; } .log-tools input[type=search] { min-width: 5rem; } .check { display: inline-flex; gap: .35rem; align-items: center; }

.grid-box { overflow-x: auto; width: fit-content; max-width: 100%; background: var(--surface); border: 1px solid var(--line); border-radius: .6rem; padding: .4rem .9rem .7rem; margin-bottom: 1rem; }
.grid caption { text-align: left; font-weight: 600; padding: .4rem 0; } .grid { font-size: .95rem; }
.grid th { text-align: left; font-weight: 400; padding: .1rem .6rem .1rem 0; } .grid thead th { color: var(--soft); font-size: .85rem; vertical-align: bottom; padding-bottom: .3rem; } .grid thead th + th, .grid td { text-align: center; padding-inline: .3rem; }
.grid thead th span { overflow-wrap: normal; } .grid tbody tr:hover { background: var(--sunken); } .grid td a { display: inline-grid; place-items: center; width: 1.9rem; height: 1.75rem; }
.grid tbody th { min-width: 8rem; padding-right: 2.5rem; }

.figures { display: grid; gap: 1.4rem; margin: 1rem 0; } .figure { min-width: 0; } h5 { font-size: .95rem; margin: 0 0 .4rem; line-height: 1.3; }
.chart-box { position: relative; overflow-x: auto; max-width: 100%; } .chart { display: block; width: 100%; min-width: 30rem; max-width: 46rem; height: auto; font-size: 12px; }
.chart text { fill: var(--ink); } .chart .axis text { fill: var(--soft); } .grid-lines path { stroke: var(--line); stroke-width: 1; }
.line .stroke { fill: none; stroke: var(--tone); stroke-width: 2; stroke-linejoin: round; } .line .mark { fill: var(--tone); stroke: var(--surface); stroke-width: 1; } .line > text { fill: var(--tone); font-weight: 600; }
.look-0 { --tone: var(--line-0); } .look-1 { --tone: var(--line-1); } .look-2 { --tone: var(--line-2); } .look-3 { --tone: var(--line-3); }
.look-1 .stroke { stroke-dasharray: 7 3; } .look-2 .stroke { stroke-dasharray: 2 3; } .look-3 .stroke { stroke-dasharray: 9 3 2 3; }
.numbers { font-size: .9rem; font-variant-numeric: tabular-nums; margin: .4rem 0; } .numbers th, .numbers td { padding: .2rem .8rem .2rem 0; text-align: right; white-space: nowrap; border-top: 1px solid var(--line); }
.numbers thead th, .numbers thead td { border-top: 0; color: var(--soft); font-weight: 600; } .numbers tbody th { font-weight: 400; } .numbers thead th:first-child { white-space: normal; max-width: 8rem; vertical-align: bottom; }
.numbers .better { color: var(--pass); font-weight: 600; } .numbers .worse { color: var(--fail); font-weight: 600; } .numbers .published { color: var(--soft); font-weight: 400; } .numbers th.published[scope=colgroup] { text-align: left; padding-left: 1.5rem; }

.dumps { margin: 1rem 0; } .dump > .body { padding-inline: 0; } .flow-table { width: 100%; min-width: 62rem; font-size: .85rem; } .flow-table code { font-size: .95em; }
.flow-table th, .flow-table td { text-align: left; vertical-align: top; padding: .35rem .8rem .35rem 0; border-top: 1px solid var(--line); font-weight: 400; } .flow-table thead th { border-top: 0; color: var(--soft); font-weight: 600; white-space: nowrap; }
.flow-table tbody th { width: 32%; } .flow-table .number { text-align: right; white-space: nowrap; font-variant-numeric: tabular-nums; } .flow-table .state { white-space: nowrap; } .flow-table .why { display: table-cell; width: 20%; font-size: inherit; } .flow-table td:nth-of-type(4) { min-width: 2.4rem; } .flow-table td:nth-of-type(5) { min-width: 14rem; }
.remedies { font-size: .9rem; margin: .5rem 0; padding-left: 1.2rem; } .remedies li + li { margin-top: .3rem; }

footer { border-top: 1px solid var(--line); margin-top: 3.5rem; padding: 1rem 0 2.5rem; }

@media (max-width: 46rem) {
  html { scroll-padding-top: 9rem; }
  .matrix, .matrix tbody, .matrix tr, .matrix th, .matrix td { display: block; } .matrix thead { position: absolute; clip-path: inset(50%); width: 1px; height: 1px; overflow: hidden; }
  .matrix { border: 0; background: none; } .matrix tr { background: var(--surface); border: 1px solid var(--line); border-left: 4px solid var(--tone); border-radius: .6rem; margin-bottom: .8rem; padding: .5rem .9rem; }
  .matrix th, .matrix td, .matrix tbody th { border: 0; padding: .2rem 0; } .matrix td, .matrix .number { display: flex; flex-wrap: wrap; justify-content: space-between; gap: 0 1rem; text-align: left; white-space: normal; }
  .matrix td::before { content: attr(data-label); color: var(--soft); font-size: .9rem; } .ribbon { width: 100%; }
  .grid thead th span { writing-mode: vertical-rl; } .grid thead th + th, .grid td { padding-inline: 0; } .grid-box { padding-inline: .6rem; }
  .body { padding-left: .6rem; padding-right: .3rem; } summary { padding-inline: .3rem; } summary .meta { grid-column: 2 / -1; }
  .lines li { margin-left: 2.9rem; padding-right: .3rem; } .toolbar button { padding: .3rem .5rem; } .toolbar { position: static; } html { scroll-padding-top: 1rem; }
}
@media (prefers-reduced-motion: no-preference) { html { scroll-behavior: smooth; } }
@media print {
  :root { ${light} --paper: #fff; } body { font-size: 10pt; } .toolbar, .skip-link, .log-tools, .keys, footer a { display: none; }
  .top { print-color-adjust: exact; } .failure, .matrix tr, .test { break-inside: avoid; } h2, h3, h4 { break-after: avoid; } .log { display: none; } pre { max-height: none; }
  a { color: inherit; text-decoration: none; }
}
`;

// src/report/html/chart.ts
const WIDTH$1 = 680;
const HEIGHT = 320;
const PLOT = {
	left: 58,
	right: 572,
	top: 14,
	bottom: 268
};
/** More than so many times the smallest value, and the small ones would lie on the axis. */
const LINEAR_RANGE$1 = 100;
/** Room that a label of an axis needs, and how long the name of a line may be. */
const LABEL = {
	width: 38,
	height: 15,
	characters: 12
};
/** As many as the style has colours, markers and dashes for; then they begin again. */
const LOOKS = 4;
/**
* A chart of a table: one line per series over a logarithmic x axis, told apart by marker and dashes as well as by colour,
* named at its end. Shapes and classes only: the page allows no inline style. `anchor` makes its names unique in the page.
*/
function figureChart(table, measurements, anchor) {
	const { chart, unit, series } = table;
	const own = measurements.filter(({ name }) => name === chart.name);
	const xs = table.rows.map(({ x }) => x);
	const horizontal = logarithmic(xs, PLOT.left, PLOT.right);
	const vertical = verticalAxis(own.map(({ value }) => value));
	const lines = series.map((name, index) => {
		const points = own.filter((figure) => figure.series === name).sort((a, b) => a.x - b.x).map((figure) => ({
			x: horizontal(figure.x),
			y: vertical.at(figure.value),
			figure
		}));
		return {
			name,
			look: index % LOOKS,
			points,
			labelY: points.at(-1)?.y ?? PLOT.bottom
		};
	});
	spread$1(lines);
	const ids = {
		title: `${anchor}/title`,
		desc: `${anchor}/desc`
	};
	return markup`<svg class="chart" viewBox="0 0 ${WIDTH$1} ${HEIGHT}" role="img" aria-labelledby="${ids.title} ${ids.desc}">
<title id="${ids.title}">${chart.title} in ${unit} by ${chart.x}</title>
<desc id="${ids.desc}">${describe(lines, unit)}</desc>
<g class="grid-lines">${vertical.ticks.map((tick) => markup`<path d="M${PLOT.left} ${round(vertical.at(tick))}H${PLOT.right}"/>`)}</g>
<g class="axis" text-anchor="end">${vertical.ticks.map((tick) => markup`<text x="${PLOT.left - 8}" y="${round(vertical.at(tick) + 4)}">${figureText(tick)}</text>`)}</g>
<g class="axis" text-anchor="middle">${apart(xs, horizontal).map((x) => markup`<text x="${round(horizontal(x))}" y="${PLOT.bottom + 20}">${x}</text>`)}
<text x="${(PLOT.left + PLOT.right) / 2}" y="${312}">${chart.x} (logarithmic)</text></g>
${lines.map((line) => lineOf(line, unit))}
</svg>`;
}
function lineOf({ name, look, points, labelY }, unit) {
	const path = points.map(({ x, y }, index) => `${index === 0 ? "M" : "L"}${round(x)} ${round(y)}`).join("");
	return markup`<g class="line look-${look}"><path class="stroke" d="${path}"/>
${points.map(({ x, y, figure }) => markup`<path class="mark" d="${marker(look, x, y)}"><title>${name}, ${figure.x}: ${figureText(figure.value)} ${unit}</title></path>`)}
<text x="${PLOT.right + 12}" y="${round(labelY + 4)}">${shorten(oneLine(name), LABEL.characters)}</text></g>
`;
}
/** Disc, square, triangle, diamond. */
function marker(look, x, y) {
	const [left, top] = [round(x), round(y)];
	switch (look) {
		case 0: return `M${round(x - 4)} ${top}a4 4 0 1 0 8 0a4 4 0 1 0-8 0z`;
		case 1: return `M${round(x - 4)} ${round(y - 4)}h8v8h-8z`;
		case 2: return `M${left} ${round(y - 5)}l5 9h-10z`;
		default: return `M${left} ${round(y - 5.5)}l5.5 5.5l-5.5 5.5l-5.5-5.5z`;
	}
}
function logarithmic(values, from, to) {
	const [low, high] = [Math.log(Math.min(...values)), Math.log(Math.max(...values))];
	return (value) => high === low ? (from + to) / 2 : from + (Math.log(value) - low) / (high - low) * (to - from);
}
/** From zero where that shows all; logarithmic, from power of ten to power of ten, where values are too far apart. */
function verticalAxis(values) {
	const [low, high] = [Math.min(...values), Math.max(...values)];
	const height = PLOT.bottom - PLOT.top;
	if (low > 0 && high / low > LINEAR_RANGE$1) {
		const [first, last] = [Math.floor(Math.log10(low)), Math.ceil(Math.log10(high))];
		return {
			at: (value) => PLOT.bottom - (Math.log10(value) - first) / (last - first) * height,
			ticks: Array.from({ length: last - first + 1 }, (_, index) => 10 ** (first + index))
		};
	}
	const step = niceStep(high / 5);
	const top = Math.max(step, Math.ceil(high / step) * step);
	return {
		at: (value) => PLOT.bottom - value / top * height,
		ticks: Array.from({ length: Math.round(top / step) + 1 }, (_, index) => index * step)
	};
}
/** The next of 1, 2, 5, 10, 20, ... */
function niceStep(least) {
	if (least <= 0) return 1;
	const power = 10 ** Math.floor(Math.log10(least));
	return power * ([
		1,
		2,
		5,
		10
	].find((factor) => factor * power >= least) ?? 10);
}
/** The places whose labels do not cover each other. */
function apart(xs, at) {
	let last = Number.NEGATIVE_INFINITY;
	return xs.filter((x) => {
		if (at(x) - last < LABEL.width) return false;
		last = at(x);
		return true;
	});
}
/** Moves the names of lines that end near each other apart, downwards, and all of them up again when they leave the plot. */
function spread$1(lines) {
	const sorted = lines.toSorted((a, b) => a.labelY - b.labelY);
	for (const [index, line] of sorted.entries()) {
		const before = sorted[index - 1];
		if (before) line.labelY = Math.max(line.labelY, before.labelY + LABEL.height);
	}
	const excess = (sorted.at(-1)?.labelY ?? 0) - PLOT.bottom;
	if (excess > 0) for (const line of lines) line.labelY -= excess;
}
/** The ends of each line in words; every value is in the table beside the chart. */
function describe(lines, unit) {
	return lines.map(({ name, points }) => {
		return `${name} (${unit}): ${[points[0], points.length > 1 ? points.at(-1) : void 0].flatMap((point) => point ? [`${figureText(point.figure.value)} at ${point.figure.x}`] : []).join(", ")}`;
	}).join("; ");
}
function round(value) {
	return value.toFixed(1);
}

// src/report/html/figures.ts
/** What a suite measured: a chart and a table for each name. Nothing when it measured nothing. */
function figuresView({ suite, anchor }) {
	const tables = figureTables(suite);
	if (tables.length === 0) return void 0;
	return markup`<div class="figures">${tables.map((table, index) => {
		const place = `${anchor}/figures/${index + 1}`;
		const title = figureTitle(table);
		return markup`<section class="figure" id="${place}" aria-label="${title}">
<h5>${title}</h5>
<div class="chart-box" tabindex="0" role="region" aria-label="Chart: ${title}">${figureChart(table, suite.measurements ?? [], place)}</div>
${tableView$1(table, title)}
</section>`;
	})}</div>`;
}
function tableView$1(table, title) {
	const { chart, columns, rows } = table;
	const others = columns.filter(({ published }) => published).length;
	return markup`<div class="chart-box" tabindex="0" role="region" aria-label="Table: ${title}"><table class="numbers">
<caption class="hide">${title}</caption>
<thead>
${others > 0 && markup`<tr><td></td><th scope="colgroup" colspan="${columns.length - others}">measured here</th><th scope="colgroup" colspan="${others}" class="published">published</th></tr>\n`}<tr><th scope="col">${chart.x}</th>${columns.map(({ title: head, published }) => markup`<th scope="col"${published && markup` class="published"`}>${head}</th>`)}</tr>
</thead>
<tbody>
${rows.map(({ x, cells }) => markup`<tr><th scope="row">${x}</th>${cells.map((cell, index) => cellView(cell, columns[index]?.published ?? false))}</tr>\n`)}</tbody>
</table></div>
${chart.published && markup`<p class="meta">Published: ${chart.published.source}</p>`}`;
}
function cellView({ text, verdict }, published) {
	const classes = [published && "published", verdict].filter(Boolean).join(" ");
	const value = text === "" ? markup`<span class="none">–<span class="hide"> none</span></span>` : markup`${text}`;
	return markup`<td${classes !== "" && markup` class="${classes}"`}>${value}${verdict && markup`<span class="hide"> (${verdict})</span>`}</td>`;
}

// src/flows/terms.ts
/** What is wrong with a text, and at which of its characters, counted from 0. */
var Fault = class extends Error {
	at;
	constructor(what, at) {
		super(what);
		this.at = at;
	}
};
/** Deeper than any action goes: clone(sample(check_pkt_len(set(tunnel(geneve({...})))))). */
const MAXIMUM_DEPTH$1 = 24;
const CLOSING = {
	"(": ")",
	"{": "}"
};
const NAME_ENDS = /[(){},=]/g;
const VALUE_ENDS = /[(){},]/g;
/** Reads a text from left to right, each character a bounded number of times. All its methods throw Fault. */
var Reader = class {
	text;
	at;
	constructor(text, at = 0) {
		this.text = text;
		this.at = at;
	}
	get ended() {
		return this.at >= this.text.length;
	}
	/** Whether `word` stands here; then it is passed. */
	take(word) {
		if (!this.text.startsWith(word, this.at)) return false;
		this.at += word.length;
		return true;
	}
	/** All up to the next of `ends` (a global expression without repetition), which is not passed. */
	until(ends) {
		ends.lastIndex = this.at;
		const end = ends.exec(this.text)?.index ?? this.text.length;
		const found = this.text.slice(this.at, end);
		this.at = end;
		return found;
	}
	/** One term; what ends it is not passed. */
	term(depth = 0) {
		const start = this.at;
		const name = this.until(NAME_ENDS);
		const next = this.text[this.at];
		if (next === "(" || next === "{") return this.nested(name, start, depth);
		if (next === "=") {
			this.at++;
			const term = {
				name,
				...split(this.until(VALUE_ENDS))
			};
			if (name === "") throw new Fault("a value without a name", start);
			return this.ended || ",)}".includes(this.text[this.at] ?? "") ? {
				...term,
				text: this.text.slice(start, this.at)
			} : this.unexpected();
		}
		if (name === "") return this.unexpected();
		return {
			name: "",
			...split(name),
			text: name
		};
	}
	nested(name, start, depth) {
		if (depth >= MAXIMUM_DEPTH$1) throw new Fault(`more than ${MAXIMUM_DEPTH$1} parentheses inside each other`, this.at);
		const opened = this.at;
		const closing = CLOSING[this.text[opened] ?? ""] ?? "";
		this.at++;
		const terms = [];
		while (!this.take(closing)) {
			if (this.ended) throw new Fault(`the line ends before the "${closing}" that closes "${name}"`, opened);
			terms.push(this.term(depth + 1));
			if (!this.take(",") && !this.ended && !")}{".includes(this.text[this.at] ?? "")) this.unexpected();
		}
		return {
			name,
			terms,
			text: this.text.slice(start, this.at)
		};
	}
	/** Throws: nothing that may stand here does. */
	unexpected() {
		const found = this.text[this.at];
		throw new Fault(found === void 0 ? "the line ends too soon" : `unexpected ${JSON.stringify(found)}`, this.at);
	}
};
function split(text) {
	const slash = text.indexOf("/");
	return slash < 0 ? { value: text } : {
		value: text.slice(0, slash),
		mask: text.slice(slash + 1)
	};
}
/** The term of that name among `terms`. */
function termOf(terms, name) {
	return terms?.find((term) => term.name === name);
}
/** The first value in the parentheses of the term of that name: `0x1` of `recirc_id(0x1)`. */
function firstOf(terms, name) {
	return termOf(terms, name)?.terms?.[0];
}
/** Whether a term says nothing of the packet: a mask of zeros (`0/0`, `0.0.0.0/0.0.0.0`, `::/::`), or only such terms. */
function isWildcard({ mask, terms }) {
	if (terms) return terms.every(isWildcard);
	return mask !== void 0 && /^(0x)?[0:.]+$/.test(mask);
}
/** A number as Open vSwitch writes it, in decimal or after `0x`; undefined for what is none. */
function numberOf(text) {
	if (text === void 0 || !/^(0x[0-9a-f]{1,32}|\d{1,20})$/i.test(text)) return void 0;
	return BigInt(text);
}

// src/flows/flow.ts
/** The actions and those inside them, from left to right. */
function allActions(actions) {
	return actions.flatMap((action) => [action, ...allActions(action.actions)]);
}
/** The port that the packets come from: its name or number. */
function inPort(flow) {
	return firstOf(flow.match, "in_port")?.value;
}
/** The recirculation that the flow belongs to: `0x0` is for packets that come from a port. */
function recircId(flow) {
	return numberOf(firstOf(flow.match, "recirc_id")?.value) ?? 0n;
}
/** The keys that the flow tells packets apart by, without those that match anything. */
function keysOf(flow) {
	return flow.match.filter((term) => !isWildcard(term));
}
/**
* The match for people: where the packets come from first; keys and fields that match anything are left out, and so is what
* is the same for all packets that come from a port (`recirc_id(0)`, `eth()`).
*/
function matchText(flow) {
	const shown = keysOf(flow).filter(({ text }) => text !== "recirc_id(0)" && text !== "eth()");
	const isPort = ({ name }) => name === "in_port";
	return [...shown.filter(isPort), ...shown.filter((term) => !isPort(term))].map(shortText).join(",") || "any";
}
function shortText(term) {
	if (!term.terms) return term.text;
	const inside = term.terms.filter((one) => !isWildcard(one)).map(shortText);
	const braces = term.name === "" && term.text.startsWith("{");
	const list = inside.join(term.name === "geneve" ? "" : ",");
	return braces ? `{${list}}` : `${term.name}(${list})`;
}
/** The actions as Open vSwitch wrote them. */
function actionsText(flow) {
	return flow.actions.map(({ text }) => text).join(",");
}

// src/flows/kernel.ts
const kernelFacts = {
	conntrack: {
		what: "conntrack's connections in hardware (act_ct with a flow table per zone)",
		linux: [5, 7],
		el8: 240,
		source: "Linux net/sched/act_ct.c, tcf_ct_flow_table_get; Kube-OVN, \"Offload with Corigine\": \"CentOS 8 Stream or Linux 5.7 above\""
	},
	recirculation: {
		what: "recirculation that Open vSwitch and tc share (OVS_DP_F_TC_RECIRC_SHARING)",
		linux: [5, 4],
		el8: 240,
		source: "Linux include/uapi/linux/openvswitch.h; net/openvswitch/datapath.c asks for CONFIG_NET_TC_SKB_EXT as well"
	},
	replyAndInvalid: {
		what: "matches on ct_state \"rpl\" and \"inv\" in tc (TCA_FLOWER_KEY_CT_FLAGS_REPLY, _INVALID)",
		linux: [5, 12],
		source: "Linux include/uapi/linux/pkt_cls.h (not in 5.10, in 5.15); Open vSwitch lib/netdev-offload-tc.c, probe_ct_state_support"
	},
	inHardware: {
		what: "the flag by which tc says that a rule is in hardware (TCA_CLS_FLAGS_IN_HW)",
		linux: [4, 11],
		source: "Linux include/uapi/linux/pkt_cls.h; Open vSwitch lib/netdev-offload-tc.c, parse_tc_flower_to_attrs: no flag is shown as offloaded:yes"
	}
};
const RELEASE = /^(\d{1,3})\.(\d{1,3})(?:\.\d+)?(?:-(\d+))?/;
/** Whether a text begins as a kernel release does: `5.10.0-46-amd64`, `4.18.0-240.22.1.el8_3.x86_64`. */
function isKernelRelease(text) {
	return RELEASE.test(text);
}
/** Whether a kernel release has it; undefined when that cannot be told by its name. */
function has(kernel, { linux, el8 }) {
	const [, major, minor, build] = RELEASE.exec(kernel ?? "") ?? [];
	if (kernel === void 0 || major === void 0) return void 0;
	const [wantedMajor, wantedMinor] = linux;
	if (Number(major) > wantedMajor || Number(major) === wantedMajor && Number(minor) >= wantedMinor) return true;
	if (/\.el[78]/.test(kernel)) return el8 !== void 0 && /\.el8/.test(kernel) ? Number(build) >= el8 : void 0;
	return false;
}
/** `Linux 5.7, or 4.18.0-240 of el8`. */
function sinceText({ linux, el8 }) {
	return `Linux ${linux.join(".")}${el8 === void 0 ? "" : `, or 4.18.0-${el8} of el8`}`;
}

// src/flows/traits.ts
/** Bits of ct_state, from the kernel's include/uapi/linux/openvswitch.h. */
const CT_STATE = {
	new: 1n,
	est: 2n,
	rel: 4n,
	rpl: 8n,
	inv: 16n,
	trk: 32n,
	snat: 64n,
	dnat: 128n
};
const NUMBERS = CT_STATE;
/** What the flow wants of ct_state: the bits it looks at (`mask`), and those that must be set. */
function ctState(flow) {
	const state = firstOf(flow.match, "ct_state");
	const set = numberOf(state?.value);
	if (state === void 0) return {
		set: 0n,
		mask: 0n
	};
	if (set !== void 0) return {
		set,
		mask: state.mask === void 0 ? 255n : numberOf(state.mask) ?? 0n
	};
	const exact = !/^[+-]/.test(state.value ?? "");
	const words = state.value?.match(/[+-]?[a-z]+/g) ?? [];
	const bits = (chosen) => chosen.reduce((sum, word) => sum | (NUMBERS[word.replace(/^[+-]/, "")] ?? 0n), 0n);
	return {
		set: bits(words.filter((word) => !word.startsWith("-"))),
		mask: exact ? 255n : bits(words)
	};
}
/** Whether its packets go through conntrack, or have been through it. A match on packets that have not needs none of it. */
function usesConntrack(flow) {
	return (ctState(flow).set & CT_STATE.trk) !== 0n || allActions(flow.actions).some(({ name }) => name === "ct");
}
/** Whether it is for packets that were recirculated, or recirculates them. */
function recirculates(flow) {
	return recircId(flow) !== 0n || recircTargets(flow).length > 0;
}
/** The recirculations that it leads to. */
function recircTargets(flow) {
	return allActions(flow.actions).flatMap(({ name, terms }) => {
		const target = name === "recirc" ? numberOf(terms[0]?.value) : void 0;
		return target === void 0 ? [] : [target];
	});
}
/** The ports it sends to. */
function outputs(flow) {
	return allActions(flow.actions).flatMap(({ port }) => port === void 0 ? [] : [port]);
}
/** The value of a field that must be met to the last bit: `exact(flow, 'ipv4', 'proto')`. Headers behind a VLAN tag are found as well. */
function exact(flow, key, field) {
	const term = keyOf(flow, key);
	const found = field === void 0 ? term?.terms?.[0] : termOf(term?.terms, field);
	return found?.mask === void 0 ? found?.value : void 0;
}
/** A key that matches on anything, also behind a VLAN tag. */
function keyOf(flow, key) {
	return search(keysOf(flow), key);
}
function search(terms, key) {
	const inner = termOf(terms, "encap")?.terms;
	return (inner && search(inner, key)) ?? termOf(terms, key);
}
/** The protocol above IP, when the flow is for one alone. */
function protocol(flow) {
	const number = numberOf(exact(flow, "ipv4", "proto") ?? exact(flow, "ipv6", "proto"));
	return number === void 0 ? void 0 : Number(number);
}
/** Whether it computes a hash of its packets, or matches on one. */
function isHashed(flow) {
	return keyOf(flow, "dp_hash") !== void 0 || allActions(flow.actions).some(({ name }) => ["hash", "lb_output"].includes(name));
}
/** Whether it is for broadcast or multicast alone, by the first byte of the link-layer destination or by the IP destination. */
function isMulticast(flow) {
	const destination = termOf(keyOf(flow, "eth")?.terms, "dst");
	const first = (text) => Number.parseInt(text?.slice(0, 2) ?? "", 16);
	if (destination && (first(destination.value) & (destination.mask === void 0 ? 255 : first(destination.mask)) & 1) === 1) return true;
	const four = exact(flow, "ipv4", "dst") ?? "";
	return (Number.parseInt(four, 10) & 240) === 224 || /^ff[0-9a-f]{2}:/i.test(exact(flow, "ipv6", "dst") ?? "");
}
/** How it treats IP fragments, if it is for them. */
function fragments(flow) {
	const kind = exact(flow, "ipv4", "frag") ?? exact(flow, "ipv6", "frag");
	return kind === "no" ? void 0 : kind;
}
/** Tunnels by the names that Open vSwitch gives their devices (lib/dpif-netlink-rtnl.c, lib/netdev-vport.c), and by port. */
const TUNNEL_DEVICES = [
	[/^genev_sys_/, "geneve"],
	[/^vxlan_sys_/, "vxlan"],
	[/^gre_sys|^ip6gre_sys/, "gre"],
	[/^stt_sys/, "stt"],
	[/^lisp_sys/, "lisp"],
	[/^erspan_sys|^ip6erspan_sys/, "erspan"],
	[/^gtpu_sys/, "gtpu"]
];
const TUNNEL_PORTS = {
	6081: "geneve",
	4789: "vxlan",
	7471: "stt",
	2152: "gtpu"
};
/** The encapsulations that its packets come with or get; `unknown` where neither the device nor the port tells it. */
function tunnels(flow) {
	const found = [];
	const key = termOf(keysOf(flow), "tunnel");
	if (key) found.push(tunnelOf(inPort(flow), key));
	const actions = allActions(flow.actions);
	for (const [index, action] of actions.entries()) {
		const set = action.name === "set" ? termOf(action.terms, "tunnel") : void 0;
		if (set) found.push(tunnelOf(actions.slice(index).find(({ port }) => port !== void 0)?.port, set));
	}
	return [...new Set(found)];
}
function tunnelOf(device, { terms }) {
	const byDevice = TUNNEL_DEVICES.find(([pattern]) => pattern.test(device ?? ""))?.[1];
	const byOptions = [
		"geneve",
		"vxlan",
		"erspan",
		"gtpu"
	].find((name) => termOf(terms, name));
	return byDevice ?? byOptions ?? TUNNEL_PORTS[termOf(terms, "tp_dst")?.value ?? ""] ?? "unknown";
}
/** What an action that hands packets to ovs-vswitchd does it for: `controller`, `slow_path(bfd)`, `sFlow`. */
function upcalls(flow) {
	const whys = [
		"controller",
		"slow_path",
		"sFlow",
		"flow_sample",
		"ipfix"
	];
	return allActions(flow.actions).flatMap(({ name, terms }) => {
		if (name !== "userspace") return [];
		const why = terms.find((term) => whys.includes(term.name));
		if (why?.name === "slow_path") return (why.terms ?? []).map(({ text }) => `slow_path(${text})`);
		return [why?.name ?? "userspace"];
	});
}

// src/flows/reasons.ts
/** Where Open vSwitch decides what it gives to tc. */
const TC = "Open vSwitch lib/netdev-offload-tc.c";
/** The reason, if it holds. */
const when = (holds, reason) => holds ? reason : void 0;
/** Reasons that hold wherever the flow lives. */
const always = [
	(flow) => when(isHashed(flow), {
		id: "hash",
		text: "no card computes dp_hash or does hash(): a load balancer of OVN, a select group or a bond chooses by it",
		remedy: "Turn the load balancer of OVN off (Kube-OVN: ENABLE_LB=false), and keep the uplink out of a bond of Open vSwitch.",
		source: `${TC}, test_key_and_mask; Kube-OVN, "Offload with Corigine"`
	}),
	(flow, { kernel }) => {
		const fact = kernelFacts.conntrack;
		return when(usesConntrack(flow) && has(kernel, fact) === false, {
			...kernelTooOld("conntrack-kernel", kernel, fact),
			remedy: `Boot ${sinceText(fact)}, or later.`
		});
	},
	(flow, { isSoftware }) => {
		const software = outputs(flow).filter(isSoftware);
		return when(software.length > 0, {
			id: "software-output",
			text: `it sends a copy to ${software.join(", ")}, which is no port of the card`,
			remedy: "Turn mirroring off (Kube-OVN: ENABLE_MIRROR=false).",
			source: `${TC}: all outputs of a flow are one rule`
		});
	},
	(flow) => when(fragments(flow) !== void 0, {
		id: "fragments",
		text: "it is for IP fragments, in which only the first has ports; conntrack and cards leave them to software",
		remedy: "Give the pods an MTU that leaves room for the encapsulation (58 bytes for Geneve of OVN over IPv4), so that nothing is fragmented.",
		source: "Linux net/sched/act_ct.c; Open vSwitch lib/netdev-offload-tc.c, is_ipv6_fragment_and_masked"
	}),
	(flow) => {
		const whys = upcalls(flow);
		return when(whys.length > 0, {
			id: "upcall",
			text: `every packet goes to ovs-vswitchd: ${[...new Set(whys)].join(", ")}`,
			remedy: whys.some((why) => why.startsWith("slow_path")) ? "Ask `ovs-appctl ofproto/trace` which action the datapath lacks; a newer kernel may have it." : "Turn sFlow, IPFIX and logging of ACLs off for this traffic.",
			source: `${TC}, netdev_tc_parse_nl_actions: no userspace()`
		});
	}
];
const KEYS = [
	"ct_tuple4",
	"ct_tuple6",
	"nsh",
	"nd",
	"nd_ext",
	"packet_type",
	"skb_priority",
	"skb_mark"
];
const ACTIONS = {
	sample: "",
	psample: "",
	clone: "",
	trunc: "",
	tnl_push: " (a tunnel of the userspace datapath)",
	tnl_pop: " (a tunnel of the userspace datapath)",
	dec_ttl: "",
	push_nsh: "",
	pop_nsh: "",
	push_eth: "",
	pop_eth: "",
	add_mpls: "",
	check_pkt_len: " (since Open vSwitch 3.0 it can, where the driver polices by size)",
	meter: " (since Open vSwitch 3.0 it can, where the driver polices)"
};
const SETTABLE = [
	"eth",
	"eth_type",
	"ipv4",
	"ipv6",
	"tcp",
	"udp",
	"tunnel",
	"mpls"
];
/** TCA_ACT_MAX_NUM of lib/tc.h. */
const MAXIMUM_ACTIONS = 16;
/** Reasons for which Open vSwitch keeps a flow out of tc (`dp:ovs`). */
const keptFromTc = [
	(flow) => {
		const keys = KEYS.filter((key) => {
			const term = keyOf(flow, key);
			return term !== void 0 && !(term.terms ?? []).every((one) => isWildcard(one) || numberOf(one.value) === 0n);
		});
		const labels = (keyOf(flow, "mpls")?.terms ?? []).filter(({ name }) => name === "label").length;
		if (labels > 1) keys.push(`${labels} labels of MPLS`);
		return when(keys.length > 0, {
			id: "key",
			text: `tc has no match on ${keys.join(", ")}`,
			remedy: "Find the logical flow that needs it with `ovs-appctl ofproto/trace`, and do without.",
			source: `${TC}, test_key_and_mask`
		});
	},
	(flow) => {
		const all = allActions(flow.actions);
		const texts = [...new Set(all.flatMap(({ name }) => name in ACTIONS || /^action\d/.test(name) ? [name] : []))].map((name) => `${name}${ACTIONS[name] ?? ""}`);
		for (const { name, terms } of all) {
			const set = terms[0]?.name ?? "";
			if (name === "set" && !SETTABLE.includes(set)) texts.push(`set(${set})`);
			if (name === "ct" && termOf(terms, "helper")) texts.push("ct(helper)");
		}
		return when(texts.length > 0, {
			id: "action",
			text: `tc is not given the action ${texts.join(", ")}`,
			remedy: "Find the logical flow that needs it with `ovs-appctl ofproto/trace`, and do without; a newer Open vSwitch offloads more.",
			source: `${TC}, netdev_tc_parse_nl_actions`
		});
	},
	(flow) => when(allActions(flow.actions).length > MAXIMUM_ACTIONS, {
		id: "too-many-actions",
		text: `a rule of tc has at most ${MAXIMUM_ACTIONS} actions`,
		remedy: "Send to fewer ports at once: fewer mirrors, smaller broadcast domains.",
		source: "Open vSwitch lib/tc.h, TCA_ACT_MAX_NUM"
	}),
	(flow, { kernel }) => {
		const { mask } = ctState(flow);
		const fact = kernelFacts.replyAndInvalid;
		const bits = [
			"rpl",
			"inv",
			"snat",
			"dnat"
		].filter((name) => (mask & CT_STATE[name]) !== 0n);
		const never = bits.filter((name) => name === "snat" || name === "dnat");
		if (never.length > 0) return {
			id: "key",
			text: `tc has no match on ct_state ${never.join(", ")}`,
			source: `${TC}, parse_match_ct_state_to_flower`
		};
		return when(bits.length > 0 && has(kernel, fact) === false, {
			...kernelTooOld("conntrack-kernel", kernel, fact),
			remedy: `Boot ${sinceText(fact)}, or later.`
		});
	},
	(flow, { kernel, anyRecirculationInTc }) => {
		const fact = kernelFacts.recirculation;
		if (!recirculates(flow) || anyRecirculationInTc || isHashed(flow)) return void 0;
		if (has(kernel, fact) === false) return {
			...kernelTooOld("recirculation", kernel, fact),
			remedy: `Boot ${sinceText(fact)}.`
		};
		return {
			id: "recirculation",
			text: `no flow that recirculates is in tc${usesConntrack(flow) ? ", and conntrack needs it" : ""}: the kernel does not share recirc_id with tc`,
			remedy: "Boot a kernel built with CONFIG_NET_TC_SKB_EXT=y (look for it in /boot/config-RELEASE; Debian 11 to 14 build without, Ubuntu with).",
			source: `Linux net/openvswitch/datapath.c, ovs_dp_change; ${TC}, "recirc_id sharing not supported"`
		};
	}
];
/** Reasons for which what is in tc is not in the card, and what is neither has no better reason. */
const refused = [
	(flow) => {
		const kinds = tunnels(flow).filter((kind) => kind !== "geneve" && kind !== "vxlan" && kind !== "gre");
		return when(kinds.length > 0, {
			id: "tunnel",
			text: `its encapsulation is ${kinds.map((kind) => kind === "unknown" ? "not known" : kind).join(", ")}, and tc has tunnel keys for Geneve, VXLAN and GRE`,
			remedy: "Use Geneve or VXLAN (Kube-OVN: TUNNEL_TYPE=geneve).",
			source: "Linux net/sched/act_tunnel_key.c, cls_flower.c"
		});
	},
	(flow, { kernel }) => when(flow.dp === "tc" && usesConntrack(flow) && has(kernel, kernelFacts.conntrack) !== false, {
		id: "conntrack-driver",
		text: `tc has it, the card has not: it goes through conntrack, which needs ${sinceText(kernelFacts.conntrack)}, and a driver that offloads connections`,
		remedy: "Look for the driver's word on \"ct\" in the log of ovs-vswitchd and in dmesg; give --kernel RELEASE to have the kernel judged.",
		source: kernelFacts.conntrack.source
	}),
	(flow, { anyInTc }) => when(flow.dp === "ovs" && anyInTc && termOf(keysOf(flow), "tunnel") !== void 0, {
		id: "tunnel-policy",
		text: "it comes out of a tunnel: under tc-policy=skip_sw the kernel refuses every rule of a tunnel device, whatever the driver",
		remedy: "ovs-vsctl remove Open_vSwitch . other_config tc-policy, and restart ovs-vswitchd; if there is none, see its log (\"failed to offload flow\").",
		source: "Linux net/sched/cls_api.c, tcf_block_offload_cmd: a device that is offloaded indirectly counts as one without offload"
	}),
	(flow, { anyInTc }) => when(flow.dp === "ovs" && !anyInTc, {
		id: "off",
		text: "no flow at all is in tc: Open vSwitch does not offload",
		remedy: "ovs-vsctl set Open_vSwitch . other_config:hw-offload=true (Kube-OVN: HW_OFFLOAD=true), and restart ovs-vswitchd.",
		source: "ovs-vswitchd.conf.db(5), other_config:hw-offload"
	})
];
/** The last resort: what was refused without a reason that a dump could show. */
function refusedAnyhow(flow) {
	const port = firstOf(flow.match, "in_port")?.value ?? "PORT";
	if (flow.dp === "tc") return {
		id: "driver",
		text: "tc has it in software only: the driver refused the rule, or a port is none of the card (a veth)",
		remedy: `See \`tc -s filter show dev ${port} ingress\` (not_in_hw), \`ethtool -k ${port}\` (hw-tc-offload), and the driver's word in dmesg.`,
		source: `${TC}, parse_tc_flower_to_attrs`
	};
	return {
		id: "refused",
		text: "Open vSwitch kept it out of tc, or tc refused it: a driver that refuses under tc-policy=skip_sw, a port without tc, a full table",
		remedy: "ovs-appctl vlog/set netdev_offload_tc:dbg dpif_netlink:dbg tc:dbg, and read the log of ovs-vswitchd (\"failed to offload flow\").",
		source: "Open vSwitch lib/dpif-netlink.c, parse_flow_put"
	};
}
function kernelTooOld(id, kernel, fact) {
	return {
		id,
		text: `kernel ${kernel} is too old: it needs ${fact.what}, since ${sinceText(fact)}`,
		source: fact.source
	};
}
/** Why a flow that should be offloaded is not. There is always a reason, if only where to look for it. */
function whyNot(flow, around) {
	if (flow.offloaded === "partial") return [{
		id: "partial",
		text: "the card only marks its packets, software does the actions",
		remedy: "See the log of ovs-vswitchd for the action that the driver (rte_flow) refused.",
		source: "Open vSwitch lib/dpctl.c, format_dpif_flow: offloaded, but in the datapath of software"
	}];
	const found = collect$1([...always, ...flow.dp === "tc" ? [] : keptFromTc], flow, around);
	if (found.length > 0) return found;
	const [last = refusedAnyhow(flow)] = collect$1(refused, flow, around);
	return [last];
}
function collect$1(rules, flow, around) {
	return rules.flatMap((rule) => rule(flow, around) ?? []);
}

// src/flows/exemptions.ts
const ACT_CT = "Linux net/sched/act_ct.c, tcf_ct_flow_table_process_conn";
/** Of link-layer protocols that are no traffic of pods. */
const CONTROL_TYPES = {
	"0x0806": "ARP",
	"0x8035": "RARP",
	"0x8809": "LACP",
	"0x88cc": "LLDP",
	"0x8902": "CFM"
};
const CONTROL_UPCALLS = ["controller", ...[
	"cfm",
	"bfd",
	"lacp",
	"stp",
	"lldp"
].map((name) => `slow_path(${name})`)];
/**
* Reasons for which the packets of a flow go through software even where its rule is in the card: connections are made there,
* and only some kinds are handed on.
*/
const inSoftware = [(flow) => when((ctState(flow).set & CT_STATE.new) !== 0n && !isHashed(flow), {
	id: "new-connections",
	text: "it is for the first packets of connections: software tracks those, the card takes over when they are established",
	source: ACT_CT
}), (flow) => {
	const number = protocol(flow);
	const tracked = usesConntrack(flow) && number !== void 0 && ![
		6,
		17,
		47
	].includes(number);
	return when(tracked, {
		id: "conntrack-protocol",
		text: `conntrack in hardware is for TCP, UDP and GRE; this is IP protocol ${number}${number === 1 ? " (ICMP)" : ""}`,
		source: ACT_CT
	});
}];
/** Reasons for which nobody expects a flow to be offloaded; the first that holds is the one. */
const exemptions = [
	(flow) => when(flow.actions.every(({ name }) => name === "drop" || name === "<empty>"), {
		id: "drop",
		text: "its packets are dropped: nothing is forwarded that a card could forward",
		source: `${TC}: the empty list of actions`
	}),
	(flow) => {
		const type = CONTROL_TYPES[exact(flow, "eth_type")?.toLowerCase() ?? ""];
		return when(type !== void 0, {
			id: "control",
			text: `${type} is control traffic: a few packets that Open vSwitch itself may have to see`,
			source: "IEEE 802 Numbers, EtherTypes"
		});
	},
	(flow) => {
		const type = numberOf(exact(flow, "icmpv6", "type"));
		return when(protocol(flow) === 58 && type !== void 0 && type >= 133n && type <= 137n, {
			id: "control",
			text: "neighbour discovery of IPv6 is control traffic, as ARP is",
			source: "RFC 4861"
		});
	},
	(flow) => when(isMulticast(flow), {
		id: "multicast",
		text: "broadcast and multicast go to many ports, which cards leave to software",
		source: "RFC 1112, section 6.4: the multicast bit of the destination"
	}),
	(flow) => {
		const whys = upcalls(flow);
		return when(whys.length > 0 && whys.every((why) => CONTROL_UPCALLS.includes(why)), {
			id: "control",
			text: `ovs-vswitchd handles its packets: ${whys.join(", ")}`,
			source: "Open vSwitch lib/odp-util.h, SLOW_PATH_REASONS"
		});
	},
	(flow, { isSoftware }) => {
		const from = exact(flow, "in_port");
		const ports = outputs(flow);
		const port = from !== void 0 && isSoftware(from) ? from : ports.length > 0 && ports.every(isSoftware) && ports[0];
		return when(typeof port === "string", {
			id: "software-port",
			text: `it is from or to ${port || ""}, which is no port of the card but of the host`,
			source: "ports named by --software-port; Open vSwitch names the port of a bridge itself as the bridge"
		});
	}
];
/** Why nobody expects the flow to be offloaded; undefined when it should be. */
function exemption(flow, around) {
	return firstReason([...exemptions, ...inSoftware], flow, around);
}
/** Why the packets of a flow that is in the card go through software all the same; undefined when they need not. */
function detour(flow, around) {
	return firstReason(inSoftware, flow, around);
}
function firstReason(rules, flow, around) {
	for (const rule of rules) {
		const reason = rule(flow, around);
		if (reason) return reason;
	}
}

// src/flows/judge.ts
/** Kube-OVN's port of the node (ovn0) and of its mirror (mirror0), and those that bridges have themselves. */
const SOFTWARE_PORTS = [
	"ovn0",
	"mirror0",
	"br-*",
	"ovs-system"
];
/** Judges the flows of one dump: which are offloaded, which need not be, and why the others are not. */
function judgeFlows(flows, { kernel, softwarePorts = SOFTWARE_PORTS }) {
	const around = {
		...kernel === void 0 ? {} : { kernel },
		isSoftware: matcher(softwarePorts),
		anyInTc: flows.some(({ dp }) => dp === "tc"),
		anyRecirculationInTc: flows.some((flow) => flow.dp === "tc" && recirculates(flow))
	};
	const own = flows.map((flow) => judgeAlone(flow, around));
	const parents = parentsOf(flows);
	const judged = flows.map((flow, index) => {
		const before = parents.get(recircId(flow)) ?? [];
		return show(flow, unreached(own[index] ?? { verdict: "missed" }, before.flatMap((one) => own[one] ?? [])));
	});
	const counts = countVerdicts(judged);
	const problems = problemsOf(counts);
	return {
		passed: counts.missed === 0 && problems.length === 0,
		flows: judged,
		counts,
		problems
	};
}
/** How many flows come to what. */
function countVerdicts(flows) {
	const counts = {
		offloaded: 0,
		uncounted: 0,
		exempt: 0,
		missed: 0
	};
	for (const { verdict } of flows) counts[verdict]++;
	return counts;
}
function judgeAlone(flow, around) {
	const inCard = flow.offloaded === "yes" && flow.dp !== "ovs";
	if (inCard && flow.dp === "tc" && has(around.kernel, kernelFacts.inHardware) === false) {
		const { what, linux, source } = kernelFacts.inHardware;
		return {
			verdict: "missed",
			why: [{
				id: "no-flag",
				text: `offloaded:yes means nothing with kernel ${around.kernel}: it lacks ${what}, which came with Linux ${linux.join(".")}`,
				remedy: "Look at the counters of the card itself.",
				source
			}]
		};
	}
	if (inCard) {
		const why = detour(flow, around);
		if (why) return {
			verdict: "exempt",
			why: [why]
		};
		return { verdict: flow.packets > 0 ? "offloaded" : "uncounted" };
	}
	const reason = exemption(flow, around);
	return reason ? {
		verdict: "exempt",
		why: [reason]
	} : {
		verdict: "missed",
		why: whyNot(flow, around)
	};
}
/** The flows, by their place, that lead to each recirculation. */
function parentsOf(flows) {
	const parents = /* @__PURE__ */ new Map();
	for (const [index, flow] of flows.entries()) for (const target of recircTargets(flow)) {
		const known = parents.get(target);
		if (known) known.push(index);
		else parents.set(target, [index]);
	}
	return parents;
}
/** A flow that is offloaded is of no use when none of those that lead to it is: the card never gets that far. */
function unreached(own, parents) {
	const offloaded = ({ verdict }) => verdict === "offloaded" || verdict === "uncounted";
	if (!offloaded(own) || parents.length === 0 || parents.some(offloaded)) return own;
	const exempt = parents.find(({ verdict }) => verdict === "exempt");
	if (exempt && parents.every(({ verdict }) => verdict === "exempt")) return {
		verdict: "exempt",
		why: exempt.why ?? []
	};
	return {
		verdict: "missed",
		why: [{
			id: "unreached",
			text: "it is in the card, but none of the flows that recirculate to it is, so that no packet gets there in hardware",
			remedy: "See why the flow with recirc() to it is not offloaded.",
			source: "Open vSwitch lib/netdev-offload-tc.c: a recirc_id is a chain of tc, which rules reach by goto"
		}]
	};
}
function show(flow, { verdict, why }) {
	const { ufid, line, packets, bytes, used, offloaded, dp } = flow;
	return {
		...ufid === void 0 ? {} : { ufid },
		...line === void 0 ? {} : { line },
		match: matchText(flow),
		packets,
		bytes,
		...used === void 0 ? {} : { used },
		offloaded,
		...dp === void 0 ? {} : { dp },
		actions: actionsText(flow),
		verdict,
		...why === void 0 ? {} : { why }
	};
}
function problemsOf({ offloaded, uncounted, missed }) {
	if (offloaded + uncounted + missed === 0) return [{
		id: "nothing",
		text: "no flow of it should be offloaded, so that it proves nothing",
		remedy: "Take the dump while TCP or UDP runs between pods: flows are removed after 10 s without a packet.",
		source: "ovs-vswitchd.conf.db(5), other_config:max-idle"
	}];
	if (offloaded + missed === 0) return [{
		id: "uncounted",
		text: "no offloaded flow has counted a packet, so that nothing shows that the card forwards any",
		remedy: "Take the dump again while traffic runs; if packets stay 0, the driver reports no counters, and Open vSwitch will remove the flows as idle.",
		source: "Open vSwitch lib/netdev-offload-tc.c, parse_tc_flower_to_stats"
	}];
	return [];
}

// src/report/flows.ts
/** The look that a verdict of a flow shares with statuses. */
const FLOW_STATUS = {
	missed: "fail",
	uncounted: "error",
	offloaded: "pass",
	exempt: "skip"
};
/** Whether and how a flow is offloaded, in a few words. */
function flowState({ verdict, offloaded }) {
	if (verdict === "offloaded") return "yes";
	if (verdict === "uncounted") return "yes, 0 packets";
	if (verdict === "exempt") return offloaded === "yes" ? "yes, unused" : "no need";
	if (offloaded === "yes") return "YES, IN VAIN";
	return offloaded === "partial" ? "PARTLY" : "NO";
}
/** The reasons of a dump, each with its flows: first what is wrong with the whole, then of those missed, then the others. */
function reasonGroups({ flows, problems }) {
	const groups = /* @__PURE__ */ new Map();
	for (const verdict of ["missed", "exempt"]) for (const flow of flows) {
		if (flow.verdict !== verdict) continue;
		for (const reason of flow.why ?? []) {
			const key = JSON.stringify([
				verdict,
				reason.id,
				reason.text
			]);
			const group = groups.get(key);
			if (group) group.flows.push(flow);
			else groups.set(key, {
				reason,
				verdict,
				flows: [flow]
			});
		}
	}
	return [...problems.map((reason) => ({
		reason,
		flows: []
	})), ...groups.values()];
}
/** `2 of 5 flows that should be offloaded are not (12 in all)`. */
function flowSummary({ counts, flows }) {
	const { offloaded, uncounted, missed } = counts;
	const wanted = offloaded + uncounted + missed;
	const inAll = flows.length > wanted ? ` (${flows.length} in all)` : "";
	if (flows.length === 0) return "no flow";
	if (wanted === 0) return `${counted(flows.length, "flow")}, none of which should be offloaded`;
	const should = `${counted(wanted, "flow")} that should be offloaded`;
	const silent = uncounted > 0 ? `; ${uncounted} counted no packet yet` : "";
	if (missed > 0) return `${missed} of ${should} ${missed === 1 ? "is" : "are"} not${inAll}${silent}`;
	return `${wanted === 1 ? "the" : "all"} ${should} ${wanted === 1 ? "is" : "are"}${inAll}${silent}`;
}
/** What a dump is about, on one line: `two-nodes: all 4 flows that should be offloaded are`. */
function dumpTitle({ name, flows }) {
	return `${name}: ${flowSummary({
		flows,
		counts: countVerdicts(flows)
	})}`;
}
/** Why a flow is not offloaded, on one line; empty where it is. */
function whyText({ why = [] }) {
	return why.map(({ text }) => text).join("; ");
}

// src/report/html/flows.ts
/** Rows of one dump; report.json has all. */
const rowLimit$1 = 300;
/** So many dumps are shown unfolded. */
const openLimit = 4;
/** The flows of the datapath that the tests of a suite saw, a table for each dump. Nothing when there are none. */
function flowsView({ suite, anchor }) {
	const dumps = suite.flows ?? [];
	if (dumps.length === 0) return void 0;
	return markup`<div class="dumps">${dumps.map((dump, index) => {
		const title = `Flows, ${dumpTitle(dump)}`;
		return markup`<details class="dump" id="${anchor}/flows/${index + 1}"${dumps.length <= openLimit && markup` open`}>
<summary><span class="row"><span class="name">${title}</span></span></summary>
<div class="body">${dump.flows.length === 0 ? markup`<p class="empty">The datapath held no flow.</p>` : tableView(dump, title)}</div>
</details>
`;
	})}</div>`;
}
function tableView(dump, title) {
	return markup`<div class="chart-box" tabindex="0" role="region" aria-label="Table: ${title}"><table class="flow-table">
<caption class="hide">${title}</caption>
<thead><tr>${[
		"match",
		"packets",
		"bytes",
		"offloaded",
		"dp",
		"actions",
		"why not"
	].map((head) => markup`<th scope="col">${head}</th>`)}</tr></thead>
<tbody>
${dump.flows.slice(0, rowLimit$1).map(rowView)}</tbody>
</table></div>
${dump.flows.length > rowLimit$1 && markup`<p class="meta">and ${dump.flows.length - rowLimit$1} more in report.json</p>`}
${remedies(dump)}`;
}
function rowView(flow) {
	const status = FLOW_STATUS[flow.verdict];
	return markup`<tr class="${status}"><th scope="row">${terms(flow.match)}</th><td class="number">${flow.packets}</td><td class="number">${byteSize(flow.bytes)}</td><td class="state">${icon(status)} <span class="word">${flowState(flow)}</span></td><td>${flow.dp ?? ""}</td><td>${terms(flow.actions)}</td><td class="why">${whyText(flow)}</td></tr>
`;
}
/** Terms may be told apart at the end of a line, and are not torn where that can be helped. */
function terms(text) {
	const parts = text.split(",");
	return markup`<code>${parts.map((part, index) => markup`${part}${index < parts.length - 1 && markup`,<wbr>`}`)}</code>`;
}
/** What to do, once for all flows that share a reason. */
function remedies({ flows }) {
	const groups = reasonGroups({
		flows,
		problems: []
	}).filter(({ verdict }) => verdict === "missed");
	if (groups.length === 0) return void 0;
	return markup`<ul class="remedies">${groups.map(({ reason }) => markup`<li>${reason.text}: <strong>${reason.remedy ?? ""}</strong> <span class="meta">${reason.source}</span></li>`)}</ul>`;
}

// src/report/html/target.ts
/** All about one target: verdict, build, suites, tests, logs. */
function targetArticle(view) {
	const { target, anchor } = view;
	const saidBelow = [...buildsOf(target), ...target.suites].some(({ subject, reason }) => [reason, `${subject}: ${reason}`].includes(target.reason));
	return markup`<article class="target" id="${anchor}" data-name="${view.name} ${target.kernel} ${target.title ?? ""}">
<h3>${badge(target.status)} <a href="#${anchor}">${target.title ?? target.id}</a> <span class="kernel">${target.kernel}</span></h3>
<p class="meta">${dotted([
		target.arch,
		target.seconds !== void 0 && duration(target.seconds),
		target.cached && markup`<span class="pill">cached</span> result of an earlier run with the same content`,
		target.lock?.resolvedAnew && markup`<strong class="notable">packages resolved anew: those of the lock are gone</strong>`
	])}</p>
${target.reason !== void 0 && !saidBelow && markup`<p class="reason">${target.reason}</p>`}
${view.builds.map(buildView)}
${view.suites.map(suiteView)}
${factsView(view)}
</article>
`;
}
function buildView({ build, name, anchor, log }) {
	const modules = build.modules ?? (build.module ? [build.module] : []);
	const bad = build.status !== "pass";
	return markup`<details class="build" id="${anchor}"${bad && markup` open`}>
<summary><span class="row">${icon(build.status)} <span class="name">${name.replace("build", "Build")}</span> <span class="word ${build.status}">${build.status}</span></span> <span class="meta">${dotted([
		duration(build.seconds),
		build.diagnostics.length > 0 && counted(build.diagnostics.length, "diagnostic"),
		build.cached && markup`<span class="pill">cached</span>`,
		build.toolchain !== void 0 && `toolchain of ${build.toolchain}`,
		build.sharedFrom !== void 0 && markup`<span class="pill">the file of ${build.sharedFrom}</span>`
	])}</span></summary>
<div class="body">
${build.reason !== void 0 && markup`<p class="reason">${build.reason}</p>`}
${excerpt("Compiler diagnostics", build.diagnostics.map(diagnosticText))}
${modules.map(moduleFacts)}
${(build.programs ?? []).map(programFacts)}
${(build.executables ?? []).map(executableFacts)}
${build.btf && markup`<p class="meta">BTF: ${build.btf.present ? "yes" : `no${build.btf.reason ? `, ${build.btf.reason}` : ""}`}</p>`}
${build.log !== void 0 && logView("build", build.log, `${anchor}/log`, log)}
</div>
</details>`;
}
function moduleFacts(module) {
	return markup`<dl class="facts">
${fact("module", fileLink(module.path))}
${fact("size", byteSize(module.size))}
${fact("vermagic", markup`<code>${module.vermagic}</code>`)}
${fact("srcversion", module.srcversion === void 0 ? void 0 : markup`<code>${module.srcversion}</code>`)}
${fact("sha256", markup`<code>${module.sha256}</code>`)}
${fact("signed", module.signed === void 0 ? void 0 : module.signed ? "yes" : "no")}
</dl>`;
}
function programFacts({ path, size, sections, maps, license, btf, sha256 }) {
	return markup`<dl class="facts">
${fact("eBPF object", fileLink(path))}
${fact("size", byteSize(size))}
${fact("programs", sections.join(", "))}
${fact("maps", maps.length > 0 ? maps.join(", ") : void 0)}
${fact("license", license)}
${fact("BTF", btf ? "yes" : "no")}
${fact("sha256", markup`<code>${sha256}</code>`)}
</dl>`;
}
function executableFacts({ path, size, sha256 }) {
	return markup`<dl class="facts">
${fact("goes with it", fileLink(path))}
${fact("size", byteSize(size))}
${fact("sha256", markup`<code>${sha256}</code>`)}
</dl>`;
}
function fact(name, value) {
	return value !== void 0 && markup`<div><dt>${name}</dt><dd>${value}</dd></div>`;
}
function suiteView(view) {
	const { suite, anchor, tests, log } = view;
	const passed = suite.tests.filter((test) => test.status === "pass").length;
	return markup`<section class="suite" id="${anchor}" data-name="${suite.name}">
<h4>${icon(suite.status)} <a href="#${anchor}">${suite.name}</a> <span class="word ${suite.status}">${suite.status}</span></h4>
<p class="meta">${dotted([
		suite.subject !== void 0 && `module ${suite.subject}`,
		`${passed} of ${counted(tests.length, "test")} passed`,
		duration(suite.seconds),
		`boot ${duration(suite.bootSeconds)}`,
		`${suite.accelerator.toUpperCase()}${suite.acceleratorReason ? ` (${suite.acceleratorReason})` : ""}`,
		suite.clock === "counted" && "counted clock",
		suite.secureBoot && `Secure Boot, trusting ${suite.secureBoot.subject}`,
		suite.cached && markup`<span class="pill">cached</span>`
	])}</p>
${suite.reason !== void 0 && markup`<p class="reason">${suite.reason}</p>`}
${figuresView(view)}
${flowsView(view)}
${tests.length > 0 && markup`<ul class="tests">${tests.map(testView)}</ul>`}
${logView("kernel", suite.console, `${anchor}/console`, log)}
${suite.ktap !== void 0 && markup`<p class="meta">What the guest said (KTAP): ${fileLink(suite.ktap)}</p>`}
</section>
`;
}
function testView({ test, anchor }) {
	const said = [excerpt("Evidence", test.evidence), excerpt("Kernel log of this test", test.kernelLog)];
	return markup`<li class="test" data-status="${test.status}"><details id="${anchor}"${test.status === "fail" && markup` open`}>
<summary><span class="row">${icon(test.status)} <span class="name">${test.name}</span> <span class="word ${test.status}">${test.status}</span>${test.reason !== void 0 && markup` <span class="why">${test.reason}</span>`}</span> <span class="time">${duration(test.seconds)}</span></summary>
<div class="body">${said.some(Boolean) ? said : markup`<p class="meta">It printed nothing but its verdict.</p>`}<p class="meta"><a href="#${anchor}">Link to this test</a></p></div>
</details></li>
`;
}
/** Where the packages came from: for whoever has to repeat this. */
function factsView({ target, anchor }) {
	if (!target.lock && !target.mirrors?.length) return void 0;
	return markup`<details class="origin" id="${anchor}/origin"><summary><span class="row"><span class="name">Packages</span></span></summary>
<div class="body"><dl class="facts">
${target.lock && markup`<div><dt>lock, sha256</dt><dd><code>${target.lock.digest}</code></dd></div>`}
${(target.mirrors ?? []).map(({ url, packages }) => markup`<div><dt>served by</dt><dd><code>${url}</code>: ${counted(packages, "package")}</dd></div>`)}
</dl></div></details>`;
}

// \0@oxc-project+runtime@0.156.0/helpers/esm/taggedTemplateLiteral.js
function _taggedTemplateLiteral(e, t) {
	return t || (t = e.slice(0)), Object.freeze(Object.defineProperties(e, { raw: { value: Object.freeze(t) } }));
}

// src/report/html/page.ts
var _templateObject;
/** How many failures are shown unfolded. */
const openFailures = 12;
const script = `(${pageScript})();`;
/**
* The report as one HTML file that asks for nothing else: style, script and icons are inside, and its content security
* policy names exactly those two by their digests, so that not even a mistake in escaping could run anything.
* `logs` are the texts of the logs that the report names, by path.
*/
function reportPage(report, logs) {
	const targets = targetViews(report, logs);
	const problems = problemsOf$1(report);
	const policy = [
		"default-src 'none'",
		`style-src ${digestSource(pageStyle)}`,
		`script-src ${digestSource(script)}`,
		"img-src data:",
		"base-uri 'none'",
		"form-action 'none'"
	].join("; ");
	return markup(_templateObject || (_templateObject = _taggedTemplateLiteral([
		"<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n<meta http-equiv=\"Content-Security-Policy\" content=\"",
		"\">\n<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n<meta name=\"color-scheme\" content=\"light dark\">\n<meta name=\"referrer\" content=\"no-referrer\">\n<title>",
		"</title>\n<link rel=\"icon\" href=\"",
		"\">\n<style>",
		"</style>\n</head>\n<body>\n",
		"\n<a class=\"skip-link\" href=\"#results\">Skip to the results</a>\n",
		"\n",
		"\n<main id=\"results\">\n",
		"\n",
		"\n",
		"\n",
		"\n",
		"\n<p class=\"empty\" id=\"nothing\" hidden>No test matches the filter.</p>\n</main>\n",
		"\n<script>",
		"<\/script>\n</body>\n</html>\n"
	])), policy, titleOf(report), favicon(report.status), new Markup(pageStyle), sprite, pageHeader(report), toolbar(report), matrixSection(report, targets), failuresSection(problems, targets), warningsSection(report), gridSection(targets), targets.length > 0 && markup`<section aria-labelledby="details"><h2 id="details">Details</h2>${targets.map(targetArticle)}</section>`, pageFooter(report), new Markup(script)).text;
}
function digestSource(text) {
	return `'sha256-${createHash("sha256").update(text).digest("base64")}'`;
}
function verdictOf({ status, targets }) {
	const count = (wanted) => targets.filter((target) => target.status === wanted).length;
	const of = (number) => `${number} of ${counted(targets.length, "target")}`;
	if (status === "skip") return targets.length === 0 ? "No target was run" : "Every target was skipped";
	if (status === "error") return `${of(count("error"))} could not be tested`;
	if (status === "fail") return `${of(count("fail"))} failed${count("error") > 0 ? `, ${count("error")} could not be tested` : ""}`;
	if (count("pass") < targets.length) return `${of(count("pass"))} passed, the rest was skipped`;
	return targets.length === 1 ? "The target passed" : `All ${targets.length} targets passed`;
}
function titleOf(report) {
	const mark = {
		pass: "✓",
		fail: "✗",
		error: "!",
		skip: "–"
	}[report.status];
	return oneLine([
		`${mark} ${verdictOf(report)}`,
		report.module,
		"ovnfast"
	].filter(Boolean).join(" · "));
}
function favicon(status) {
	const svg = `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 16 16">${{
		pass: "<circle cx=\"8\" cy=\"8\" r=\"8\" fill=\"#1a7f4b\"/><path d=\"M4.4 8.4l2.5 2.5 4.8-5.4\" fill=\"none\" stroke=\"#fff\" stroke-width=\"2\"/>",
		fail: "<path d=\"M4.7 0h6.6L16 4.7v6.6L11.3 16H4.7L0 11.3V4.7z\" fill=\"#b3261e\"/><path d=\"M5 5l6 6M11 5l-6 6\" stroke=\"#fff\" stroke-width=\"2\"/>",
		error: "<path d=\"M8 0l8 15.5H0z\" fill=\"#8f5300\"/><path d=\"M8 5v5M8 12v1.5\" stroke=\"#fff\" stroke-width=\"2\"/>",
		skip: "<circle cx=\"8\" cy=\"8\" r=\"7\" fill=\"none\" stroke=\"#667080\" stroke-width=\"2\"/><path d=\"M5 8h6\" stroke=\"#667080\" stroke-width=\"2\"/>"
	}[status]}</svg>`;
	return `data:image/svg+xml,${encodeURIComponent(svg)}`;
}
function pageHeader(report) {
	const when = new Date(report.startedAt);
	const shown = `${when.toISOString().slice(0, 10)} ${when.toISOString().slice(11, 16)} UTC`;
	return markup`<header class="top ${report.status}">
<div class="inner">
<p class="brand"><svg viewBox="0 0 64 20" aria-hidden="true"><path class="rail" d="M2 16h60"/><path class="post" d="M16 12v8M26.7 12v8M37.3 12v8M48 12v8"/><path class="hop" d="M5 16C14-1 50-1 59 16"/><circle cx="59" cy="15" r="3.4"/></svg> ovnfast</p>
<h1>${icon(report.status)} <span>${verdictOf(report)}</span></h1>
<p class="lead">${dotted([
		report.module !== void 0 && markup`module <b>${report.module}</b>`,
		markup`<time datetime="${report.startedAt}">${shown}</time>`,
		`took ${duration(report.seconds)}`,
		`ovnfast ${report.tool.version}`,
		report.warnings?.length ? markup`<a class="notable" href="#warnings">${counted(report.warnings.length, "warning")}</a>` : false
	])}</p>
${report.reason !== void 0 && markup`<p class="reason">${report.reason}</p>`}
</div>
</header>`;
}
function allTests(report) {
	return report.targets.flatMap((target) => target.suites.flatMap((suite) => suite.tests));
}
/** Shown by the script; without it, it would do nothing. */
function toolbar(report) {
	const tests = allTests(report);
	if (tests.length === 0) return void 0;
	const states = [
		"fail",
		"pass",
		"skip"
	].map((status) => {
		const count = tests.filter((test) => test.status === status).length;
		const word = {
			fail: "failed",
			pass: "passed",
			skip: "skipped"
		}[status];
		return markup`<button type="button" data-show="${status}" aria-pressed="false"${count === 0 && markup` disabled`}>${icon(status)} ${count} ${word}</button>`;
	});
	return markup`<search class="toolbar" hidden>
<div class="inner">
<label class="find"><span class="hide">Filter tests</span><input type="search" id="filter" placeholder="Filter by test, target, reason, evidence" aria-keyshortcuts="/" autocomplete="off" spellcheck="false"><kbd aria-hidden="true">/</kbd></label>
<div class="states" role="group" aria-label="Show tests by status"><button type="button" data-show="" aria-pressed="true">all ${tests.length}</button>${states}</div>
<output id="count" for="filter" class="meta"></output>
</div>
</search>`;
}
function warningsSection(report) {
	if (!report.warnings?.length) return void 0;
	return markup`<section class="warnings" aria-labelledby="warnings"><h2 id="warnings">Warnings</h2>
<ul>${report.warnings.map(({ target, message, remedy }) => markup`<li>${target !== void 0 && markup`<b>${target}</b>: `}${message}${remedy !== void 0 && markup`<br><span class="meta">${remedy}</span>`}</li>`)}</ul></section>`;
}
function failuresSection(problems, targets) {
	if (problems.length === 0) return void 0;
	return markup`<section class="failures" aria-labelledby="failures"><h2 id="failures">What went wrong</h2>
${problems.map((problem, index) => failure(problem, targets, index < openFailures))}</section>`;
}
function failure({ target, status, place, test, reason, evidence, kernelLog, log }, targets, open) {
	const view = targets.find((one) => one.target === target);
	const suite = view?.suites.find((one) => one.suite.name === place);
	const anchor = suite?.tests.find((one) => one.test === test)?.anchor ?? suite?.anchor ?? view?.anchor;
	const name = test?.name ?? (place === void 0 ? "target" : place);
	const build = view?.builds.find((one) => one.name === place);
	const logAnchor = suite ? `${suite.anchor}/console` : log !== void 0 && `${build?.anchor}/log`;
	return markup`<article class="failure ${status}" data-of="${test ? anchor : void 0}">
<details${open && markup` open`}>
<summary><span class="row">${badge(status)} <span class="name">${name}</span> <span class="where">${dotted([view?.name, test ? place : void 0])}</span>${reason !== void 0 && markup`<span class="why">${reason}</span>`}</span></summary>
<div class="body">
${excerpt("Evidence", evidence)}
${excerpt("Kernel log", kernelLog)}
<p class="meta">${dotted([anchor !== void 0 && markup`<a href="#${anchor}">in its place below</a>`, logAnchor !== false && markup`<a href="#${logAnchor}">${suite ? "kernel log" : "build log"}</a>`])}</p>
</div>
</details>
</article>
`;
}
function pageFooter({ host, tool }) {
	return markup`<footer><div class="inner">
<p>The same as <a href="report.json">report.json</a>, <a href="junit.xml">junit.xml</a>, <a href="summary.md">summary.md</a>.</p>
<p class="meta">${dotted([
		host && `run on ${host.system}`,
		host && counted(host.processors, "processor"),
		host && `${Math.round(host.memoryMiB / 1024)} GiB of memory`,
		tool.node !== void 0 && `Node.js ${tool.node}`
	])}</p>
<p class="meta keys" hidden>Keys: <kbd>/</kbd> filter, <kbd>↓</kbd> <kbd>↑</kbd> next and previous test, <kbd>Enter</kbd> open, <kbd>Esc</kbd> clear the filter</p>
</div></footer>`;
}

// src/report/junit.ts
/** What a test may say in this format, in characters; the whole is in report.json. */
const outputLimit = 16384;
/**
* The report as JUnit XML, in the form that GitLab, Jenkins and the GitHub reporters read: for each target a test suite
* `build` with one case, one for each build of another module, and one per suite. What ended without a test of its own (no machine, no mirror) is a case too,
* so that it is not lost where only cases are counted.
*/
function junitXml(report) {
	const suites = report.targets.flatMap((target) => targetSuites(target, report.startedAt));
	const total = (key) => suites.reduce((sum, suite) => sum + suite.totals[key], 0);
	return markup`<?xml version="1.0" encoding="UTF-8"?>
<testsuites name="ovnfast" tests="${total("tests")}" failures="${total("failures")}" errors="${total("errors")}" skipped="${total("skipped")}" time="${report.seconds.toFixed(3)}" timestamp="${report.startedAt}">
${suites.map((suite) => suite.xml)}</testsuites>
`.text;
}
function targetSuites(target, timestamp) {
	const label = labelOf(target);
	const render = (name, properties, cases) => renderSuite(`${label}: ${name}`, {
		kernel: target.kernel,
		...properties
	}, cases, timestamp);
	const ofModule = (subject) => subject === void 0 ? {} : { module: subject };
	const result = [];
	for (const build of buildsOf(target)) {
		const { seconds, status: outcome, reason, log, subject } = build;
		const name = buildName(build);
		const one = {
			name,
			seconds,
			outcome,
			reason,
			output: build.diagnostics.map(diagnosticText)
		};
		result.push(render(name, {
			...ofModule(subject),
			...log ? { log } : {}
		}, [one]));
	}
	for (const suite of target.suites) {
		const { name, subject, accelerator, console } = suite;
		result.push(render(name, {
			...ofModule(subject),
			accelerator,
			console
		}, suiteCases(suite)));
	}
	if (result.length === 0) {
		const { status: outcome, reason, seconds = 0 } = target;
		result.push(render("target", {}, [{
			name: "target",
			seconds,
			outcome,
			reason,
			output: []
		}]));
	}
	return result;
}
function suiteCases(suite) {
	const cases = suite.tests.map(({ name, status, seconds, reason, evidence = [], kernelLog = [] }) => ({
		name,
		seconds,
		outcome: status,
		reason,
		output: [...evidence, ...kernelLog.length > 0 ? ["kernel log:", ...kernelLog] : []]
	}));
	const told = suite.tests.some((test) => test.status === "fail");
	if (suite.status === "error" || suite.status === "fail" && !told || cases.length === 0) {
		const { status: outcome, reason, seconds } = suite;
		cases.push({
			name: `${suite.name} (machine)`,
			seconds: cases.length === 0 ? seconds : 0,
			outcome,
			reason,
			output: []
		});
	}
	return cases;
}
function renderSuite(name, properties, cases, timestamp) {
	const count = (outcome) => cases.filter((one) => one.outcome === outcome).length;
	const totals = {
		tests: cases.length,
		failures: count("fail"),
		errors: count("error"),
		skipped: count("skip")
	};
	const seconds = cases.reduce((sum, one) => sum + one.seconds, 0);
	return {
		xml: markup`  <testsuite name="${oneLine(name)}" tests="${totals.tests}" failures="${totals.failures}" errors="${totals.errors}" skipped="${totals.skipped}" time="${seconds.toFixed(3)}" timestamp="${timestamp}">
    <properties>
${Object.entries(properties).map(([key, value]) => markup`      <property name="${key}" value="${oneLine(value)}"/>\n`)}    </properties>
${cases.map((one) => renderCase(one, name))}  </testsuite>
`,
		totals
	};
}
function renderCase({ name, seconds, outcome, reason, output }, className) {
	const message = oneLine(reason ?? "");
	const { head, omitted, tail } = clipLines(output, outputLimit);
	const text = [
		...head,
		...omitted > 0 ? [`… ${omitted} lines left out, all are in report.json …`] : [],
		...tail
	].join("\n");
	const verdict = {
		pass: () => false,
		skip: () => markup`      <skipped message="${message}"/>\n`,
		fail: () => markup`      <failure message="${message}">${[message, text].filter(Boolean).join("\n")}</failure>\n`,
		error: () => markup`      <error message="${message}">${[message, text].filter(Boolean).join("\n")}</error>\n`
	}[outcome]();
	const spoken = outcome === "pass" || outcome === "skip" ? text : "";
	return markup`    <testcase classname="${oneLine(className)}" name="${oneLine(name)}" time="${seconds.toFixed(3)}">
${verdict}${spoken !== "" && markup`      <system-out>${spoken}</system-out>\n`}    </testcase>
`;
}

// src/report/logs.ts
/**
* Reads a log of any size, keeping about `limit` bytes: all of a small one, else a fifth from the beginning and the rest
* from the end, both cut at line ends. Undefined when there is no such file.
*/
async function readLog(path, limit) {
	let file;
	try {
		file = await open(path);
	} catch (error) {
		if (error.code === "ENOENT") return void 0;
		throw error;
	}
	try {
		const { size } = await file.stat();
		const read = async (from, length) => {
			const buffer = Buffer.alloc(length);
			const { bytesRead } = await file.read(buffer, 0, length, from);
			return buffer.subarray(0, bytesRead);
		};
		if (size <= limit) return {
			head: lines(await read(0, size)),
			omitted: void 0,
			tail: []
		};
		let head = await read(0, Math.floor(limit / 5));
		head = head.subarray(0, head.lastIndexOf(10) + 1 || head.length);
		const wanted = Math.floor(limit * 4 / 5);
		let tail = await read(size - wanted, wanted);
		const lineStart = tail.indexOf(10) + 1;
		if (lineStart < tail.length) tail = tail.subarray(lineStart);
		const omitted = {
			lines: 0,
			bytes: size - head.length - tail.length
		};
		for await (const chunk of createReadStream(path, {
			start: head.length,
			end: size - tail.length - 1
		})) for (let at = chunk.indexOf(10); at >= 0; at = chunk.indexOf(10, at + 1)) omitted.lines += 1;
		return {
			head: lines(head),
			omitted,
			tail: lines(tail)
		};
	} finally {
		await file.close();
	}
}
function lines(buffer) {
	const text = buffer.toString("utf8");
	return text === "" ? [] : text.replace(/\r*\n$/, "").split(/\r*\n/);
}

// src/report/bars.ts
/** Characters that a bar takes at most. */
const WIDTH = 40;
/** Where values are further apart, the small ones would have no bar at all. */
const LINEAR_RANGE = 100;
const PLACES = 20;
const SERIES = 8;
const NAME$3 = 24;
/**
* A chart of a table as lines of text: a bar per series at each place. It is made of characters that every fixed-width font has,
* each value stands before its bar, and nothing draws it, so that it looks the same in a job summary, a comment, a mail and a
* terminal. (Mermaid's xychart names no series, has no logarithmic axis, and is drawn by a script that comments and mails lack.)
*/
function barChart({ chart, rows, series }, measurements) {
	const own = measurements.filter(({ name }) => name === chart.name);
	const at = (name, x) => own.find((one) => one.series === name && one.x === x)?.value;
	const step = Math.ceil(rows.length / PLACES);
	const places = rows.map(({ x }) => x).filter((_, index) => (rows.length - 1 - index) % step === 0);
	const shown = series.slice(0, SERIES);
	const values = own.map(({ value }) => value).filter((value) => value > 0);
	const together = Math.max(...values) / Math.min(...values) <= LINEAR_RANGE;
	const baseline = chart.baseline !== void 0 && series.includes(chart.baseline) ? chart.baseline : void 0;
	const lines = places.flatMap((x) => {
		const here = shown.flatMap((name) => at(name, x) ?? []);
		const longest = Math.max(...together ? values : here, 0);
		return shown.flatMap((name) => {
			const value = at(name, x);
			if (value === void 0) return [];
			const change = baseline === void 0 || name === baseline ? void 0 : changeOf(at(baseline, x), value);
			return [{
				x: String(x),
				name: shorten(oneLine(name), NAME$3),
				value: figureText(value),
				change: change === void 0 ? "" : changeText(change),
				bar: bar(value, longest)
			}];
		});
	});
	const width = (key) => Math.max(0, ...lines.map((line) => stringWidth(line[key])));
	const widths = {
		x: width("x"),
		name: width("name"),
		value: width("value"),
		change: width("change")
	};
	return [
		`by ${shorten(oneLine(chart.x), 120)}${together ? "" : ", each with a scale of its own"}`,
		...lines.map(({ x, name, value, change, bar }, index) => {
			const place = lines[index - 1]?.x === x ? "" : x;
			const cells = [
				cell(place, widths.x, "right"),
				cell(name, widths.name),
				cell(value, widths.value, "right")
			];
			if (widths.change > 0) cells.push(cell(change, widths.change, "right"));
			return [...cells, bar].join("  ").trimEnd();
		}),
		...step > 1 ? [`(${places.length} of ${rows.length}; the table has all)`] : []
	];
}
/** From zero, to half a character; what is not zero can be seen. */
function bar(value, longest) {
	if (value <= 0 || longest <= 0) return "";
	const halves = Math.max(1, Math.round(value / longest * WIDTH * 2));
	return "█".repeat(Math.floor(halves / 2)) + (halves % 2 === 1 ? "▌" : "");
}
/** Parts of a whole on one bar, each of its own shade, `longest` being what the whole width stands for. */
function stackedBar(parts, longest) {
	let end = 0;
	let drawn = 0;
	return parts.map(({ value, shade }) => {
		end += longest > 0 ? value / longest * WIDTH : 0;
		const count = Math.max(0, Math.round(end) - drawn);
		drawn += count;
		return shade.repeat(count);
	}).join("");
}

// src/report/summary/figures.ts
const ROWS = 500;
const NAME$2 = 200;
/** Of a chart, in characters: it is bounded by its places and series. */
const CHART = 2e4;
/** Of the bars of targets: so many at most, and what each takes in bytes. */
const TIMES = {
	rows: 40,
	bytes: 200
};
/** What was measured: a chart and the figures below it. Folded where several suites have some, in full for one. */
function figureBlocks(report, room) {
	const all = report.targets.flatMap((target) => target.suites.flatMap((suite) => {
		const tables = figureTables(suite);
		const name = `${code(clip(labelOf(target), NAME$2))} · ${code(clip(suite.name, NAME$2))}`;
		return tables.length > 0 ? [{
			name,
			tables,
			measurements: suite.measurements ?? []
		}] : [];
	}));
	const render = ({ name, tables, measurements }) => {
		const body = tables.flatMap((table) => tableBlocks(table, measurements));
		return all.length === 1 ? [name, ...body].join("\n\n") : folded(name, body);
	};
	return bounded(all, render, {
		room,
		noun: "suite",
		title: "### Measurements"
	});
}
function tableBlocks(table, measurements) {
	const { chart, columns, rows } = table;
	const marks = {
		better: " ✅",
		worse: " ❌"
	};
	const heads = columns.map(({ title, published }) => inline(published ? `published ${title}` : title));
	const figures = [
		row$1([inline(chart.x), ...heads]),
		row$1(["--:", ...columns.map(() => "--:")]),
		...rows.slice(0, ROWS).map(({ x, cells }) => row$1([String(x), ...cells.map(({ text, verdict }) => `${text}${verdict ? marks[verdict] : ""}`)]))
	].join("\n");
	const source = chart.published ? [`<sub>Published: ${inline(clip(chart.published.source))}</sub>`] : [];
	return [
		`**${inline(figureTitle(table))}**`,
		fence(barChart(table, measurements), CHART),
		folded("All figures", [figures, ...source])
	];
}
/** What has become of the figures of an earlier report: those that are worse, and how many are not. */
function changeBlocks(changes, tolerance, room) {
	if (changes.length === 0) return [];
	const told = changes.filter(({ verdict }) => verdict !== "same");
	const worse = changes.filter(({ verdict }) => verdict === "worse" || verdict === "gone").length;
	const title = isWorse(changes) ? "### Figures are worse than before" : "### Figures against the baseline";
	const closing = `${worse === 0 ? "None" : worse} of ${counted(changes.length, "figure")} worse by more than ${tolerance} %, or gone.`;
	if (told.length === 0) return [title, closing];
	const looks = {
		same: "",
		better: "✅ better",
		worse: "❌ worse",
		gone: "❌ gone"
	};
	const rows = told.toSorted((a, b) => Number(a.verdict === "better") - Number(b.verdict === "better")).map(({ target, suite, before, after, percent, verdict }) => [
		code(clip(target, NAME$2)),
		code(clip(`${suite}: ${before.name} ${before.series}`, NAME$2)),
		String(before.x),
		`${figureText(before.value)} ${inline(before.unit)}`,
		after === void 0 ? "" : `${figureText(after)} ${inline(before.unit)}`,
		percent === void 0 ? "" : changeText(percent),
		looks[verdict]
	]);
	return [
		title,
		closing,
		...boundedTable([[
			"Kernel",
			"Figure",
			"x",
			"Before",
			"Now",
			"Change",
			""
		], [
			"---",
			"---",
			"--:",
			"--:",
			"--:",
			"--:",
			"---"
		]], rows, room - 500, "figure")
	];
}
/** Where the time went: builds, boots and tests of the targets that were run, as bars. */
function timeBlocks(report, room) {
	const run = report.targets.flatMap((target) => {
		const { suites } = target;
		if (target.cached) return [];
		const sum = (values) => values.reduce((total, value) => total + value, 0);
		const built = sum(buildsOf(target).map(({ seconds }) => seconds));
		const booted = sum(suites.map(bootSeconds));
		const tested = sum(suites.map((suite) => suite.seconds)) - booted;
		return built + booted + tested > 0 ? [{
			label: oneLine(labelOf(target)),
			built,
			booted,
			tested
		}] : [];
	});
	if (run.length === 0) return [];
	const totals = run.map(({ built, booted, tested }) => built + booted + tested);
	const longest = Math.max(...totals);
	const shown = run.slice(0, Math.max(1, Math.min(TIMES.rows, Math.floor(room / TIMES.bytes) - 2)));
	const width = Math.min(60, Math.max(...shown.map(({ label }) => stringWidth(label))));
	const times = totals.map((total) => duration(total));
	const wide = Math.max(...times.map((time) => time.length));
	const lines = shown.map(({ label, built, booted, tested }, index) => {
		const parts = [
			{
				value: built,
				shade: "░"
			},
			{
				value: booted,
				shade: "▒"
			},
			{
				value: tested,
				shade: "█"
			}
		];
		return `${cell(shorten(label, width), width)}  ${cell(times[index] ?? "", wide, "right")}  ${stackedBar(parts, longest)}`;
	});
	if (run.length > shown.length) lines.push(`… and ${counted(run.length - shown.length, "more target")}, in report.html`);
	const block = folded("Where the time went: ░ build ▒ boot █ tests", [fence(lines, CHART)]);
	return sizeOf([block]) <= room ? [block] : [];
}
function bootSeconds(suite) {
	return Math.min(suite.bootSeconds, suite.seconds);
}

// src/report/summary/flows.ts
/** Rows of one dump; the rest is in report.html. */
const rowLimit = 50;
const cellLimit = 300;
const marks = {
	offloaded: "✅",
	uncounted: "⚠️",
	exempt: "",
	missed: "❌"
};
/**
* The flows that suites saw, as GitHub-flavoured Markdown: a folded table per dump, as far as `room` in bytes goes. Empty when
* there are none.
*/
function flowBlocks(report, room) {
	const all = report.targets.flatMap((target) => target.suites.flatMap(({ name, flows = [] }) => flows.map((dump) => ({
		place: `${code(labelOf(target))} · ${code(name)}`,
		dump
	}))));
	const render = ({ place, dump }) => folded(`${place} · ${inline(dumpTitle(dump))}`, [table(dump)]);
	return bounded(all, render, {
		room,
		noun: "dump",
		title: "### Flows of the datapath"
	});
}
function table({ flows }) {
	if (flows.length === 0) return "It held no flow.";
	return [
		row$1([
			"match",
			"packets",
			"bytes",
			"offloaded",
			"dp",
			"actions",
			"why not"
		]),
		row$1([
			"---",
			"--:",
			"--:",
			"---",
			"---",
			"---",
			"---"
		]),
		...flows.slice(0, rowLimit).map((flow) => {
			const state = `${marks[flow.verdict]} ${flowState(flow)}`.trim();
			const [match, actions] = [short(flow.match), short(flow.actions)];
			const why = inline(clip(oneLine(whyText(flow)), cellLimit));
			return row$1([
				match,
				String(flow.packets),
				String(flow.bytes),
				state,
				inline(flow.dp ?? ""),
				actions,
				why
			]);
		}),
		...flows.length > rowLimit ? [`\n… and ${flows.length - rowLimit} more, in \`report.html\`.`] : []
	].join("\n");
}
function short(text) {
	return code(clip(oneLine(text), cellLimit));
}

// src/report/summary/matrix.ts
/** More do not fit beside each other. */
const SUITES = 12;
const NAME$1 = 60;
/** What people look for comes first. */
const ORDER$1 = [
	"fail",
	"error",
	"pass",
	"skip"
];
/** A row per target, those first that failed, a column per suite. */
function matrixBlocks({ targets }, room) {
	if (targets.length === 0) return ["No target was run."];
	const all = [...new Set(targets.flatMap((target) => target.suites.map(suiteTitle)))];
	const suites = all.slice(0, SUITES);
	const heads = [
		"Target",
		"Kernel",
		"Build",
		...suites.map((name) => inline(clip(name, NAME$1))),
		"Tests",
		"Machine",
		"Time"
	];
	const marks = [
		"---",
		"---",
		"---",
		...suites.map(() => "---"),
		"--:",
		"---",
		"--:"
	];
	const sorted = targets.toSorted((a, b) => ORDER$1.indexOf(a.status) - ORDER$1.indexOf(b.status));
	const left = all.length - suites.length;
	const table = boundedTable([heads, marks], sorted.map((target) => matrixRow(target, suites)), room - 100, "target");
	return left > 0 ? [...table, `${counted(left, "more suite")} in \`report.html\`.`] : table;
}
function matrixRow(target, suites) {
	const tests = target.suites.flatMap((suite) => suite.tests);
	const passed = tests.filter((test) => test.status === "pass").length;
	return [
		code(clip(target.id, NAME$1)),
		code(clip(target.kernel, NAME$1)),
		`${looks[buildStatus(target)]}${isShared(target) ? " (shared)" : ""}`,
		...suites.map((title) => {
			const suite = target.suites.find((one) => suiteTitle(one) === title);
			return suite ? looks[suite.status] : "";
		}),
		tests.length > 0 ? `${passed} of ${tests.length}` : "",
		[...new Set(target.suites.map((suite) => suite.accelerator.toUpperCase()))].join(", "),
		`${target.seconds === void 0 ? "" : duration(target.seconds)}${target.cached ? " (cached)" : ""}`
	];
}

// src/report/groups.ts
/** What has the same key, together, in the order of the first of each: `Map.groupBy`, which Node.js has from 21 on. */
function groupBy(items, keyOf) {
	const groups = /* @__PURE__ */ new Map();
	for (const item of items) {
		const key = keyOf(item);
		const group = groups.get(key);
		if (group) group.push(item);
		else groups.set(key, [item]);
	}
	return groups;
}

// src/report/summary/problems.ts
/** Of the evidence of one test on one kernel, in characters; of the same test on further kernels. */
const EVIDENCE = 8e3;
const EVIDENCE_MORE = 2e3;
/** So many can be read without a click. */
const OPEN = 3;
const NAME = 200;
/** So many kernels that have different things to say about one test. */
const PROOFS = 10;
/** All that went wrong, with what proves it: what failed first, the same on several kernels as one. */
function problemBlocks(report, room) {
	const groups = [...groupBy(problemsOf$1(report), ({ status, place, test }) => JSON.stringify([
		status,
		place,
		test?.name
	])).values()];
	const failed = groups.filter(([first]) => first?.status === "fail");
	const sorted = [...failed, ...groups.filter((group) => !failed.includes(group))];
	const title = `### ${counted(sorted.length, "problem")}`;
	const evidence = Math.min(EVIDENCE, Math.max(0, room / 10));
	const render = (group, index) => groupBlock(group, report.targets.length, evidence, index < OPEN);
	return bounded(sorted, render, {
		room,
		noun: "problem",
		title
	});
}
/** The same on several kernels. */
function groupBlock(group, targets, evidence, open) {
	const [first] = group;
	if (!first) return "";
	const { status, place, test, target } = first;
	const alone = group.length === 1;
	const path = [
		alone ? labelOf(target) : void 0,
		place,
		test?.name
	].filter((part) => part !== void 0);
	const where = alone ? "" : ` on ${group.length} of ${counted(targets, "kernel")}`;
	const alike = [...groupBy(group, ({ reason, evidence, kernelLog }) => JSON.stringify([
		reason,
		evidence,
		kernelLog
	])).values()];
	const reason = alike.length === 1 && first.reason ? `<br>${inline(clip(first.reason))}` : "";
	const body = alike.slice(0, PROOFS).flatMap((some, index) => {
		const limit = index === 0 ? evidence : Math.min(evidence, EVIDENCE_MORE);
		return proof(some, {
			named: !alone,
			reasoned: alike.length > 1,
			limit
		});
	});
	if (alike.length > PROOFS) body.push(`… and ${counted(alike.slice(PROOFS).flat().length, "more kernel")}, in \`report.html\`.`);
	return folded(`${looks[status]} · ${path.map((part) => code(clip(part, NAME))).join(" · ")}${where}${reason}`, body, open);
}
/** What proves it on kernels that say the same. */
function proof(problems, { named, reasoned, limit }) {
	const [first] = problems;
	if (!first) return [];
	const { reason, evidence, kernelLog, log } = first;
	const names = problems.slice(0, 50).map(({ target }) => code(clip(labelOf(target), NAME)));
	if (problems.length > names.length) names.push(`and ${problems.length - names.length} more`);
	return [
		...named ? [`**On ${names.join(", ")}**${reasoned && reason ? `: ${inline(clip(reason))}` : ""}`] : [],
		...evidence.length > 0 ? ["Evidence", fence(evidence, limit)] : [],
		...kernelLog.length > 0 ? ["Kernel log", fence(kernelLog, limit)] : [],
		...log ? [`Whole log: ${code(clip(log))}`] : []
	];
}

// src/report/summary/summary.ts
/** GitHub refuses a job summary above 1 MiB; what is left out is in report.html. */
const LIMIT = 9e5;
/** What each part may take of that at most; problems have what the others leave, a third at least. */
const SHARES = {
	matrix: .2,
	warnings: .1,
	changes: .1,
	figures: .12,
	times: .05,
	flows: .1
};
const LINKS = 3;
/**
* The report as GitHub-flavoured Markdown for a job summary or a comment: verdict, matrix, then what failed with its evidence, then
* the rest. Never more than `limit` bytes: what does not fit is left out at the end of each part, which is said.
*/
function summaryMarkdown(report, options = {}) {
	const { limit = LIMIT, changes = [], tolerance = 0 } = options;
	const room = (part) => limit * SHARES[part];
	const passed = report.targets.filter((target) => target.status === "pass").length;
	const subject = report.module ? `${code(clip(report.module, 100))}: ` : "";
	const head = [
		`## ${looks[report.status]} · ${subject}${passed} of ${counted(report.targets.length, "target")} passed`,
		...report.reason ? [inline(clip(report.reason, 200))] : [],
		...linkBlocks(options.links ?? []),
		...matrixBlocks(report, room("matrix"))
	];
	const version = `ovnfast ${inline(clip(report.tool.version, 100))}`;
	const tail = [
		...warningBlocks(report, room("warnings")),
		...changeBlocks(changes, tolerance, room("changes")),
		...figureBlocks(report, room("figures")),
		...timeBlocks(report, room("times")),
		...flowBlocks(report, room("flows")),
		`<sub>${version} · ${report.startedAt} · ${duration(report.seconds)}</sub>`
	];
	const problems = problemBlocks(report, limit - sizeOf(head) - sizeOf(tail));
	return `${[
		...head,
		...problems,
		...tail
	].join("\n\n")}\n`;
}
function linkBlocks(links) {
	const shown = links.map(({ text, url }) => `[${inline(clip(text, 100))}](<${new URL(url).href}>)`).filter((link) => link.length < 3e3).slice(0, LINKS);
	return shown.length > 0 ? [shown.join(" · ")] : [];
}
function warningBlocks(report, room) {
	const render = ({ target, message, remedy }) => {
		return `> [!WARNING]\n${[target ? `${target}: ${message}` : message, remedy].filter((part) => part !== void 0).map((line) => `> ${inline(clip(line))}`).join("\n")}`;
	};
	return bounded(report.warnings ?? [], render, {
		room,
		noun: "warning"
	});
}

// src/report/write.ts
/** How much of all logs together the page holds, and of one at most, in bytes. */
const pageLogBudget = 12e6;
const pageLogLimit = 5e5;
/**
* Writes `report.json`, `junit.xml`, `summary.md` and `report.html` into `outDirectory`, where the logs that the report names
* already are, and returns their paths. All are written beside their places first and then put there, report.json
* last, so that a full disk leaves the old ones. Throws EnvironmentError when the directory cannot be written, InputError
* when the report contradicts itself.
*/
async function writeReport(report, outDirectory) {
	const checked = validateReport(report, "the report of this run");
	const files = {
		html: join(outDirectory, "report.html"),
		summary: join(outDirectory, "summary.md"),
		junit: join(outDirectory, "junit.xml"),
		json: join(outDirectory, "report.json")
	};
	const staged = [];
	try {
		const contents = {
			html: reportPage(checked, await readLogs(checked, outDirectory)),
			summary: summaryMarkdown(checked),
			junit: junitXml(checked),
			json: `${JSON.stringify(checked, null, 2)}\n`
		};
		await makeDirectory(outDirectory);
		for (const name of [
			"html",
			"summary",
			"junit",
			"json"
		]) {
			const path = files[name];
			const temporary = temporaryName(path);
			staged.push({
				temporary,
				path
			});
			await writeFile(temporary, contents[name]);
		}
		for (const { temporary, path } of staged) await rename(temporary, path);
	} catch (error) {
		await Promise.all(staged.map(({ temporary }) => rm(temporary, { force: true })));
		const { code, message } = error;
		if (code === void 0) throw error;
		throw new EnvironmentError(`the report cannot be written: ${message}`, {
			where: outDirectory,
			remedy: isFull(error) ? "Free some space, or choose another place with --out." : "Choose a directory that can be written with --out.",
			cause: error
		});
	}
	return files;
}
async function readLogs(report, outDirectory) {
	const paths = new Set(report.targets.flatMap((target) => [...buildsOf(target).flatMap(({ log }) => log === void 0 ? [] : [log]), ...target.suites.map((suite) => suite.console)]));
	const limit = Math.min(pageLogLimit, Math.floor(pageLogBudget / Math.max(1, paths.size)));
	const logs = /* @__PURE__ */ new Map();
	for (const path of paths) {
		const text = await readLog(join(outDirectory, path), limit);
		if (text) logs.set(path, text);
	}
	return logs;
}

// src/results.ts
/**
* Passes of earlier runs, by the digest of all that went into them: `<cache>/results/<key>/` holds `target.json` and
* the files of the target's output directory. Only passes are kept: a failure is worth running again.
*/
var Results = class {
	directory;
	supply;
	constructor(cache, supply) {
		this.directory = join(cache, "results");
		this.supply = supply;
	}
	/**
	* Brings the files of an earlier pass to `output` and returns its report, or undefined when there is none, or when it is not
	* what was kept.
	*/
	async recall(key, output) {
		const entry = join(this.directory, key);
		if (!await isSealed(entry, key)) {
			await this.supply?.("results");
			if (!this.supply || !await isSealed(entry, key)) return void 0;
		}
		let target;
		try {
			const kept = passSchema.safeParse(JSON.parse(await readFile(join(entry, "target.json"), "utf8")));
			if (!kept.success) return void 0;
			target = kept.data;
			const fresh = temporaryName(output);
			await mkdir(dirname(output), { recursive: true });
			try {
				await cp(join(entry, "files"), fresh, { recursive: true });
				await rm(output, {
					recursive: true,
					force: true
				});
				await rename(fresh, output);
			} finally {
				await rm(fresh, {
					recursive: true,
					force: true
				});
			}
		} catch (error) {
			if (error.code === "ENOENT" || error instanceof SyntaxError) return void 0;
			throw error;
		}
		await markUsed(entry);
		return {
			...target,
			cached: true,
			...target.build ? { build: {
				...target.build,
				cached: true
			} } : {},
			...target.builds ? { builds: target.builds.map((build) => ({
				...build,
				cached: true
			})) } : {},
			suites: target.suites.map((suite) => ({
				...suite,
				cached: true
			}))
		};
	}
	/** Modules that were built earlier for a distribution from sources of that digest, whatever for and with: one of them. */
	async builtFrom(source, id) {
		for (const name of await readdir(this.directory).catch(() => [])) {
			const top = join(this.directory, name, "files");
			const below = await readdir(top, { withFileTypes: true }).catch(() => []);
			for (const files of [top, ...below.filter((one) => one.isDirectory()).map((one) => join(top, one.name))]) {
				const path = join(files, MANIFEST$1);
				if (!(await readFile(path, "utf8").catch(() => "")).includes(source)) continue;
				const manifest = await readManifest$1(path).catch(() => void 0);
				if (!manifest || !("target" in manifest)) continue;
				const { module, target, results } = manifest;
				if (module.source !== source || target.id !== id) continue;
				return {
					kernel: target.kernel,
					modules: results.map(({ file }) => join(files, file))
				};
			}
		}
	}
	/** Keeps a pass: its report, and the files in `output`. */
	async remember(key, output, target) {
		try {
			var _usingCtx$7 = _usingCtx();
			const entry = _usingCtx$7.a(await TemporaryDirectory.create(this.directory, "new-"));
			await cp(output, join(entry.path, "files"), { recursive: true });
			await writeAtomic(join(entry.path, "target.json"), `${JSON.stringify(target)}\n`);
			await seal(entry.path, key);
			const place = join(this.directory, key);
			if (!await isSealed(place, key)) await rm(place, {
				recursive: true,
				force: true
			});
			try {
				await rename(entry.path, place);
			} catch (error) {
				if (!["ENOTEMPTY", "EEXIST"].includes(error.code ?? "")) throw error;
			}
		} catch (_) {
			_usingCtx$7.e = _;
		} finally {
			await _usingCtx$7.d();
		}
	}
};

// src/kbuild/inspect.ts
const NAMES_SHOWN = 5;
/**
* Whether a kernel would load the module: vermagic as `same_magic` compares it, every symbol there and of the same
* version, none that only GPL modules or modules that import its namespace may have (kernel/module/).
*/
function matchKernel(module, kernel) {
	const problems = [
		vermagicProblem(module, kernel),
		...symbolProblems(module, kernel),
		namespaceProblem(module, kernel),
		btfProblem(module, kernel)
	].filter((problem) => problem !== void 0);
	return {
		release: kernel.release,
		fits: problems.length === 0,
		problems
	};
}
function vermagicProblem(module, kernel) {
	const kernelHasVersions = hasVersions(kernel);
	const releaseCounts = !(kernelHasVersions && module.versioned);
	const compared = (vermagic) => releaseCounts ? vermagic : vermagic.replace(/^\S+/, "");
	if (compared(module.vermagic) === compared(kernel.vermagic)) return void 0;
	const because = releaseCounts && !kernelHasVersions ? ", and this kernel has no symbol versions to go by" : "";
	return `vermagic is "${module.vermagic}", the kernel's is "${kernel.vermagic}"${because}`;
}
function hasVersions({ vermagic }) {
	return vermagic.split(" ").includes("modversions");
}
function symbolProblems(module, kernel) {
	const missing = module.imports.filter(({ symbol, weak }) => !weak && !kernel.symbols.has(symbol) && (symbol !== "module_layout" || hasVersions(kernel)));
	const changed = module.imports.filter(({ symbol, crc }) => {
		const theirs = kernel.symbols.get(symbol)?.crc;
		return crc !== void 0 && theirs !== void 0 && Number(theirs) !== 0 && Number(theirs) !== Number(crc);
	});
	const license = module.info.license?.[0] ?? "";
	const forbidden = isGplCompatible(license) ? [] : module.imports.filter(({ symbol }) => kernel.symbols.get(symbol)?.gplOnly);
	return [
		listProblem("the kernel does not export", missing),
		listProblem("the kernel has another version of", changed),
		listProblem(`with its license (${license || "none"}) it may not use`, forbidden)
	];
}
function namespaceProblem(module, kernel) {
	const imported = new Set(module.info.import_ns ?? []);
	return listProblem("it does not import the namespace of", module.imports.filter(({ symbol }) => {
		const namespace = kernel.symbols.get(symbol)?.namespace;
		return namespace !== void 0 && !imported.has(namespace) && !isForModule(namespace, module.name);
	}));
}
function btfProblem({ btf, portableBtf, vermagic }, kernel) {
	const [release] = vermagic.split(" ", 1);
	if (!btf || portableBtf || !kernel.strictBtf || release === kernel.release) return void 0;
	return `its type information (BTF) is of ${release}, and this kernel refuses such of another`;
}
/** From 6.16 on a symbol can be for some modules only: `module:` and their names, `*` at the end of one for any rest. */
function isForModule(namespace, name) {
	if (!namespace.startsWith("module:")) return false;
	return namespace.slice(7).replaceAll("-", "_").split(",").some((one) => one.endsWith("*") ? name.startsWith(one.slice(0, -1)) : name === one);
}
function listProblem(what, imports) {
	if (imports.length === 0) return void 0;
	const names = imports.slice(0, NAMES_SHOWN).map(({ symbol }) => symbol);
	const more = imports.length - names.length;
	return `${what} ${names.join(", ")}${more > 0 ? ` and ${more} more` : ""}`;
}
/** A module, and which kernels it fits, as text for a terminal; everything that comes from the file is made harmless. */
function renderModule(module, matches = []) {
	const { signature } = module;
	const versions = module.imports.filter(({ crc }) => crc !== void 0).length;
	const lines = [
		["module", module.name],
		["description", module.info.description?.join("; ")],
		["license", module.info.license?.join("; ")],
		["vermagic", module.vermagic],
		["srcversion", module.srcversion],
		["depends", module.depends.join(", ")],
		["size", `${module.size} bytes`],
		["sha256", module.sha256],
		["build id", module.buildId],
		["BTF", module.btf ? "yes" : "no"],
		["signed", signature ? [
			"yes",
			signature.format,
			signature.signer,
			signature.hash,
			signature.key
		].filter(Boolean).join(", ") : "no"],
		...module.parameters.map(({ name, type, description }) => ["parameter", `${name}${type ? ` (${type})` : ""}${description ? `: ${description}` : ""}`]),
		["imports", `${module.imports.length} symbols, ${versions} with a version (CRC)`]
	].filter((row) => Boolean(row[1])).map(([label, value]) => `${label.padEnd(12)}${printable(value)}`);
	for (const { release, fits, problems, unknown } of matches) {
		lines.push((fits ? "fits" : unknown === void 0 ? "does not fit" : "not known").padEnd(14) + release);
		const reasons = unknown === void 0 ? problems : unknown.split("\n").map((line) => line.trim());
		lines.push(...reasons.map((problem) => `${" ".repeat(14)}${printable(problem)}`));
	}
	return `${lines.join("\n")}\n`;
}
/** A module's fields are anybody's words, and a terminal obeys some characters. */
function printable(text) {
	return text.replace(/[\p{Cc}\p{Cf}]/gu, (character) => `\\x${character.codePointAt(0)?.toString(16).padStart(2, "0")}`);
}

// src/sharing.ts
/** A word that is waited for. */
var Decision = class {
	resolve = () => {};
	promise = new Promise((resolve) => {
		this.resolve = resolve;
	});
};
/**
* One build for as many releases of a distribution as take it. The newest release builds; of the others, newest first, each
* takes the first build of a newer one that its kernel would load by symbol versions, and builds for itself when there is
* none. Whether the file really works there is for the suites to show, on each kernel.
*/
var SharedBuilds = class {
	/** By distribution, newest first. */
	order = /* @__PURE__ */ new Map();
	/** By label. */
	decisions = /* @__PURE__ */ new Map();
	families = /* @__PURE__ */ new Map();
	readInterface;
	constructor(targets, readInterface) {
		this.readInterface = readInterface;
		for (const target of [...targets].sort((a, b) => compareReleases(b.kernel, a.kernel))) {
			this.order.set(target.id, [...this.order.get(target.id) ?? [], target]);
			this.decisions.set(labelOf(target), new Decision());
		}
	}
	/**
	* The build that serves a target, as soon as those of all newer releases that could are known; undefined when it has to
	* build for itself. Throws what reading the kernel's interface throws.
	*/
	async find(target) {
		const newer = this.order.get(target.id) ?? [];
		let kernel;
		for (const other of newer.slice(0, newer.indexOf(target))) {
			const family = await this.familyOf(target);
			const theirs = await this.familyOf(other).catch(() => void 0);
			if (family === void 0 || family !== theirs) continue;
			const build = await this.decisions.get(labelOf(other))?.promise;
			if (!build?.modules.length) continue;
			kernel ??= await this.readInterface(target);
			if (servesKernel(build.modules, kernel)) return build;
		}
	}
	/** What a target has built, or that it has built nothing; the first word counts. Has to be said of every target. */
	decide(target, build) {
		this.decisions.get(labelOf(target))?.resolve(build && {
			...build,
			from: labelOf(target)
		});
	}
	familyOf(target) {
		const label = labelOf(target);
		let family = this.families.get(label);
		if (!family) {
			family = this.readInterface(target).then(shareableFamily);
			this.families.set(label, family);
		}
		return family;
	}
};
/**
* Kernels of different families share no module, whatever it imports, so that nobody has to wait for its build: beside
* vermagic it is the version of `module_layout`, which every module carries. Undefined for a kernel without versions.
*/
function shareableFamily({ vermagic, symbols }) {
	const layout = symbols.get("module_layout");
	return layout && `${layout.crc} ${vermagic.replace(/^\S+ /, "")}`;
}
/**
* Kernels of equal keys take the same module, if it imports no more than these symbols; without a list, any module.
* Undefined for a kernel without versions, which takes only what was built for it.
*/
function sharingKey(kernel, imports) {
	const family = shareableFamily(kernel);
	const symbols = [...kernel.symbols].filter(([name]) => !imports || imports.has(name)).sort();
	return family && digestValue([family, symbols]);
}
function servesKernel(modules, kernel) {
	return modules.every((module) => matchKernel(module, kernel).fits);
}

// src/flows/parse.ts
/** Open vSwitch itself holds no more: other_config:flow-limit of ovs-vswitchd.conf.db(5) is 200000. */
const MAXIMUM_FLOWS$1 = 2e5;
/** Keys, masks and actions are netlink attributes, each at most 64 KiB; as text they stay far below that. */
const MAXIMUM_LINE = 65536;
const MAXIMUM_EXCERPT$1 = 60;
/** Lines that a dump holds beside its flows, or that come with it from programs around it. */
const OTHER_LINES = [
	/^flow-dump from /,
	/^\d{4}-\d\d-\d\dT[^|]*\|\d+\|/,
	/^Default(ed|ing) (container|debug)/,
	/^Unable to use a TTY/,
	/^If you don't see a command prompt/,
	/^[^ ]*[#$>] ?(sudo |kubectl |ovs-|$)/
];
/** No other line has one of these, and every flow has. */
const LIKE_A_FLOW = /^ufid:|, ?packets:\d|\b(recirc_id|in_port|eth_type)\(/;
/**
* Reads what `ovs-appctl dpctl/dump-flows -m` printed. `where` names the file for messages, `most` is how many flows it may hold.
* Throws InputError with line and column for a flow that cannot be read, for a text that holds other things and no flow,
* and for one that is too large. A text with nothing in it is a dump without flows.
*/
function parseDump(text, where, most = MAXIMUM_FLOWS$1) {
	const flows = [];
	let others = 0;
	let unknown;
	let line = 0;
	for (let start = 0; start <= text.length; line++) {
		const end = text.indexOf("\n", start);
		const content = text.slice(start, end < 0 ? text.length : end).replace(/\r+$/, "");
		start = end < 0 ? text.length + 1 : end + 1;
		if (content.trim() === "") continue;
		if (!isFlow(content)) {
			others++;
			if (!OTHER_LINES.some((pattern) => pattern.test(content))) unknown ??= {
				line: line + 1,
				text: content
			};
			continue;
		}
		const read = parseFlow(content);
		if ("fault" in read) throw new InputError(`this flow cannot be read: ${read.fault}`, {
			where: `${where}:${line + 1}:${read.column}`,
			remedy: "Take the dump into a file: ovs-appctl dpctl/dump-flows -m > FILE; a terminal wraps and cuts its lines."
		});
		if (flows.length >= most) throw new InputError(`more than ${most} flows`, {
			where: `${where}:${line + 1}:1`,
			remedy: "Open vSwitch holds no more than that: give one dump at a time."
		});
		flows.push({
			...read.flow,
			line: line + 1
		});
	}
	if (flows.length === 0 && unknown) throw new InputError(`no flow, but ${JSON.stringify(unknown.text.slice(0, MAXIMUM_EXCERPT$1))}`, {
		where: `${where}:${unknown.line}:1`,
		remedy: "Give what `ovs-appctl dpctl/dump-flows -m` prints."
	});
	return {
		flows,
		others
	};
}
/** Whether a line of a dump is for a flow, and not a header, a warning, or something else. */
function isFlow(line) {
	return LIKE_A_FLOW.test(line.slice(0, MAXIMUM_LINE));
}
/** Reads one line. `fault` says what is wrong with it, `column` where, counted from 1. Never throws. */
function parseFlow(line) {
	try {
		if (line.length > MAXIMUM_LINE) throw new Fault(`longer than ${MAXIMUM_LINE} characters`, MAXIMUM_LINE);
		return { flow: readFlow(new Reader(line.trimEnd(), line.length - line.trimStart().length)) };
	} catch (error) {
		if (!(error instanceof Fault)) throw error;
		return {
			fault: error.message,
			column: error.at + 1
		};
	}
}
const UFID = /[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}/y;
const ATTRIBUTE = /([a-z][a-z_-]{0,31}):/y;
function readFlow(reader) {
	const ufid = readUfid(reader);
	const match = [];
	do {
		skipBlanks(reader);
		if (standsAt(ATTRIBUTE, reader)) break;
		match.push(reader.term());
	} while (reader.take(",") || !reader.ended && reader.unexpected());
	if (match.length === 0) throw new Fault("no key before the counters", reader.at);
	const attributes = readAttributes(reader);
	const start = reader.at;
	const actions = readActions(reader);
	if (actions.length === 0) throw new Fault("no action", start);
	const extra = reader.ended ? void 0 : reader.text.slice(reader.at);
	reader.at = reader.text.length;
	const { packets, bytes, used, flags, offloaded, dp } = attributes;
	return {
		...ufid === void 0 ? {} : { ufid },
		match,
		packets: counter(packets, "packets", start),
		bytes: counter(bytes, "bytes", start),
		...seconds(used, start),
		...flags === void 0 ? {} : { flags: flags.value },
		offloaded: offloadedOf(offloaded),
		...dp === void 0 ? {} : { dp: dp.value },
		actions,
		...extra === void 0 ? {} : { extra }
	};
}
function readUfid(reader) {
	if (!reader.take("ufid:")) return void 0;
	const [ufid] = standsAt(UFID, reader) ?? [];
	if (ufid === void 0) throw new Fault("not a flow identifier (ufid)", reader.at);
	reader.at += ufid.length;
	if (!reader.take(",")) reader.unexpected();
	return ufid;
}
/** `packets:1, bytes:2, ..., actions:`; the actions are not read. Those that are not known yet are passed over. */
function readAttributes(reader) {
	const found = {};
	while (!reader.ended) {
		const [matched, name = ""] = standsAt(ATTRIBUTE, reader) ?? reader.unexpected();
		const at = reader.at;
		reader.at += matched.length;
		if (name === "actions") return found;
		if (found[name]) throw new Fault(`"${name}" is told twice`, at);
		found[name] = {
			at: reader.at,
			value: reader.until(/,/g)
		};
		if (!reader.take(",")) break;
		skipBlanks(reader);
	}
	throw new Fault("the line ends before its actions", reader.at);
}
const EXTRA = ", dp-extra-info:";
function readActions(reader) {
	const actions = [];
	if (reader.ended) return actions;
	do {
		const at = reader.at;
		actions.push(actionOf(reader.term(), at));
		if (reader.take(EXTRA)) break;
	} while (reader.take(",") || !reader.ended && reader.unexpected());
	return actions;
}
/** Words that are no ports. */
const WORDS = [
	"drop",
	"ct",
	"ct_clear",
	"pop_vlan",
	"pop_eth",
	"<empty>"
];
const HOLDERS = [
	"clone",
	"sample",
	"check_pkt_len",
	"dec_ttl"
];
/** Where the actions of those stand: `sample(sample=1.0%,actions(...))`, `check_pkt_len(size=1500,gt(...),le(...))`. */
const INSIDE = [
	"actions",
	"gt",
	"le",
	"le_1"
];
function actionOf(term, at) {
	const { name, value, terms = [], text } = term;
	if (name === "" && value !== void 0) {
		if (/\s/.test(text)) throw new Fault(`neither an action nor a port: ${JSON.stringify(text)}`, at);
		return WORDS.includes(text) ? {
			name: text,
			terms,
			actions: [],
			text
		} : {
			name: "output",
			port: text,
			terms,
			actions: [],
			text
		};
	}
	const inside = name === "clone" ? terms : terms.flatMap((one) => INSIDE.includes(one.name) ? one.terms ?? [] : []);
	return {
		name,
		terms,
		actions: HOLDERS.includes(name) ? inside.map((one) => actionOf(one, at)) : [],
		text
	};
}
function counter(attribute, name, end) {
	if (!attribute) throw new Fault(`no "${name}:" before the actions`, end);
	if (!/^\d{1,20}$/.test(attribute.value)) throw new Fault(`"${name}" is no number`, attribute.at);
	return Number(attribute.value);
}
function seconds(attribute, end) {
	if (!attribute) throw new Fault("no \"used:\" before the actions", end);
	if (attribute.value === "never") return {};
	const [, number] = /^(-?\d{1,12}(?:\.\d{1,6})?)s$/.exec(attribute.value) ?? [];
	if (number === void 0) throw new Fault("\"used\" is neither seconds nor \"never\"", attribute.at);
	return { used: Number(number) };
}
function offloadedOf(attribute) {
	const { value = "no", at = 0 } = attribute ?? {};
	if (value === "yes" || value === "partial" || value === "no") return value;
	throw new Fault("\"offloaded\" is neither yes nor partial nor no", at);
}
function standsAt(pattern, reader) {
	pattern.lastIndex = reader.at;
	return pattern.exec(reader.text) ?? void 0;
}
function skipBlanks(reader) {
	while (reader.take(" "));
}

// src/conformance/flow-dumps.ts
/** More are no table that anybody reads. */
const MAXIMUM_DUMPS = 200;
const MAXIMUM_FLOWS = 2e3;
const MAXIMUM_EXCERPT = 200;
/** The dumps of a suite as they come. Each is told once, from its head (a line with its name alone) to the next head. */
var FlowDumps = class {
	dumps = /* @__PURE__ */ new Map();
	current;
	count = 0;
	/** Takes what stands behind `# flow:`. Returns what is wrong with it, if anything; it is left out then. */
	add(text) {
		const [, name = "", line = ""] = /^(\S*)\s*(.*)$/s.exec(text.trim()) ?? [];
		const fault = this.open(name, line === "") ?? this.take(name, line);
		if (fault === void 0) return void 0;
		const shown = text.trim().slice(0, MAXIMUM_EXCERPT);
		return `no flow: "${shown}${shown.length < text.trim().length ? " [...]" : ""}": ${fault}`;
	}
	/** The dumps, judged for the kernel that they come from. */
	judged(kernel) {
		return [...this.dumps].map(([name, flows]) => ({
			name,
			flows: judgeFlows(flows, kernel === void 0 ? {} : { kernel }).flows
		}));
	}
	open(name, isHead) {
		if (!MEASUREMENT_NAME.test(name)) return `"${name}" is no name (letters, digits, "._+-")`;
		if (this.current === name && !isHead) return void 0;
		if (this.dumps.has(name)) return `the dump ${name} was told before`;
		if (this.dumps.size >= MAXIMUM_DUMPS) return `more than ${MAXIMUM_DUMPS} dumps`;
		this.current = name;
		this.dumps.set(name, []);
	}
	take(name, line) {
		if (line === "" || !isFlow(line)) return void 0;
		const read = parseFlow(line);
		if ("fault" in read) return `${read.fault} (column ${read.column} of the flow)`;
		if (read.flow.dp === void 0) return "it does not say where it is (dp:); take the dump with -m";
		if (this.count >= MAXIMUM_FLOWS) return `more than ${MAXIMUM_FLOWS} flows`;
		this.count++;
		this.dumps.get(name)?.push(read.flow);
	}
};

// src/conformance/ktap.ts
const TAB = " ".repeat(8);
const MAXIMUM_RESULTS = 1e4;
const MAXIMUM_DEPTH = 16;
const MAXIMUM_NAME = 300;
const MAXIMUM_PROBLEMS = 20;
/** Of more evidence than both together, the middle is left out. */
const FIRST_EVIDENCE = 60;
const MAXIMUM_EVIDENCE_LINE = 500;
const RESULT = /^(not )?ok(?=\s|$)(?:\s+(\d+))?(?:\s+-(?=\s|$))?\s*(.*)$/;
const PLAN = /^1\.\.(\d+)\s*(?:#\s*skip\b[:\s]*(.*))?$/i;
const VERSION = /^(?:K?TAP) version \d+$/i;
const SUBTEST = /^# Subtest:\s*(.*)$/;
const MEASUREMENT = /^# measurement:(.*)$/;
const FLOW = /^# flow:(.*)$/;
const BAIL_OUT = /^Bail out!\s*(.*)$/i;
const DIRECTIVE = /^(skip|todo|xfail|timeout|error)\b[:\s]*(.*)$/i;
/**
* Reads KTAP without trusting it: lines that are none are evidence of the next result, indentation of any width nests,
* and what is kept is bounded. Never throws.
*/
var KtapParser = class {
	listener;
	now;
	levels = [newLevel(0)];
	evidence = [];
	leftOut = 0;
	constructor(listener = {}, now = () => 0) {
		this.listener = listener;
		this.now = now;
	}
	line(line) {
		const text = line.trimStart();
		if (text === "") return;
		const indent = line.slice(0, line.length - text.length).replaceAll("	", TAB).length;
		const subtest = SUBTEST.exec(text);
		if (subtest) {
			const depth = this.enter(indent);
			if (depth <= 1) this.takeEvidence();
			this.listener.onSubtest?.(subtest[1] ?? "", depth);
			return;
		}
		const measurement = MEASUREMENT.exec(text);
		if (measurement) {
			this.listener.onMeasurement?.(measurement[1] ?? "");
			return;
		}
		const flow = FLOW.exec(text);
		if (flow) {
			this.listener.onFlow?.(flow[1] ?? "");
			return;
		}
		if (VERSION.test(text.trimEnd())) {
			this.enter(indent);
			return;
		}
		const plan = PLAN.exec(text.trimEnd());
		if (plan) {
			this.plan(this.levels[this.enter(indent)], Number(plan[1]), plan[2]);
			return;
		}
		const bailOut = BAIL_OUT.exec(text);
		if (bailOut) {
			complain(this.levels[this.enter(indent)], `bailed out: ${bailOut[1] || "no reason given"}`);
			return;
		}
		const result = RESULT.exec(text);
		if (result) this.result(indent, result);
		else this.keep(text.startsWith("#") ? text.replace(/^#\s?/, "") : line.trimEnd());
	}
	/** All results, what is wrong with them as a whole, and what was being collected for a result that never came. */
	end() {
		const open = {
			...this.collapse(1),
			evidence: this.takeEvidence()
		};
		const top = this.levels[0] ?? newLevel(0);
		return {
			results: top.results,
			problems: closing(top),
			open
		};
	}
	/** Makes sure that there is a level of that indentation; returns its depth. */
	enter(indent) {
		const depth = this.levels.findIndex((level) => level.indent >= indent);
		if (depth >= 0) {
			if (this.levels[depth]?.indent !== indent) this.levels.splice(depth, 0, newLevel(indent));
			return depth;
		}
		if (this.levels.length < MAXIMUM_DEPTH) this.levels.push(newLevel(indent));
		return this.levels.length - 1;
	}
	plan(level, planned, skipped) {
		if (!level) return;
		if (level.planned !== void 0 && level.planned !== planned) complain(level, `two plans: 1..${level.planned} and 1..${planned}`);
		level.planned = planned;
		if (planned === 0) level.skipped = skipped ?? "";
	}
	result(indent, [, not, number, rest = ""]) {
		const depth = this.enter(indent);
		const level = this.levels[depth];
		if (!level) return;
		const below = this.collapse(depth + 1);
		const { name, status, reason } = verdict(not === void 0, rest, below.skipped);
		const result = {
			name: name || `(unnamed) ${number ?? level.count + 1}`,
			status,
			...reason ? { reason } : {},
			evidence: this.takeEvidence(),
			children: below.children,
			problems: below.problems,
			at: this.now()
		};
		level.count++;
		if (number !== void 0) {
			if (Number(number) !== level.next) complain(level, `result ${level.next} is missing: the next one is ${number}`);
			level.next = Number(number);
		}
		level.next++;
		if (level.results.length < MAXIMUM_RESULTS) level.results.push(result);
		else complain(level, `more than ${MAXIMUM_RESULTS} results`);
		this.listener.onResult?.(result, depth);
	}
	/** Takes away the levels from `depth` on: their results are children of the result that comes now. */
	collapse(depth) {
		const levels = this.levels.splice(depth);
		const skipped = levels[0]?.results.length === 0 ? levels[0].skipped : void 0;
		return {
			children: levels.flatMap((level) => level.results),
			problems: levels.flatMap(closing),
			...skipped === void 0 ? {} : { skipped }
		};
	}
	keep(line) {
		this.evidence.push(line.length > MAXIMUM_EVIDENCE_LINE ? `${line.slice(0, MAXIMUM_EVIDENCE_LINE)} [...]` : line);
		if (this.evidence.length > 200) {
			this.evidence.splice(FIRST_EVIDENCE, 1);
			this.leftOut++;
		}
	}
	takeEvidence() {
		const evidence = this.evidence;
		if (this.leftOut > 0) evidence.splice(FIRST_EVIDENCE, 0, `[... ${this.leftOut} lines left out ...]`);
		this.evidence = [];
		this.leftOut = 0;
		return evidence;
	}
};
function newLevel(indent) {
	return {
		indent,
		results: [],
		count: 0,
		next: 1,
		problems: []
	};
}
function closing(level) {
	const { planned, count, problems } = level;
	if (planned === void 0 || planned === count) return problems;
	return [...problems, `the plan was ${planned} results, ${count} came`];
}
function complain(level, problem) {
	if (level && level.problems.length < MAXIMUM_PROBLEMS && !level.problems.includes(problem)) level.problems.push(problem);
}
function verdict(ok, rest, planSkipped) {
	const hash = /(?:^|\s)#\s*/.exec(rest);
	const name = (hash ? rest.slice(0, hash.index) : rest).trim().replaceAll("\\#", "#").slice(0, MAXIMUM_NAME);
	const comment = hash ? rest.slice(hash.index + hash[0].length).trim() : "";
	const [, directive = "", reason = ""] = DIRECTIVE.exec(comment) ?? [];
	switch (directive.toLowerCase()) {
		case "skip": return {
			name,
			status: ok ? "skip" : "fail",
			reason
		};
		case "todo":
		case "xfail": return ok ? {
			name,
			status: "pass"
		} : {
			name,
			status: "skip",
			reason: `expected to fail: ${reason}`.trim()
		};
		case "timeout":
		case "error": return {
			name,
			status: "fail",
			reason: comment
		};
	}
	if (ok && planSkipped !== void 0) return {
		name,
		status: "skip",
		reason: planSkipped
	};
	return {
		name,
		status: ok ? "pass" : "fail",
		reason: comment
	};
}

// src/conformance/recorder.ts
/** A script that measures in a loop says the same wrong thing over and over. */
const MAXIMUM_FAULTS = 3;
const EXIT_STATUS = /^exit status \d+$/;
/**
* Brings together what the guest reports (KTAP lines, one subtest per script) and what the kernel log shows, and makes
* a result per test of it. Every test of the suite gets one: what did not run has failed.
*/
var SuiteRecorder = class {
	tests;
	listener;
	now;
	parser;
	scripts = /* @__PURE__ */ new Map();
	seen = /* @__PURE__ */ new Set();
	measurements;
	flows = new FlowDumps();
	kernel;
	current;
	last;
	/**
	* `tests`: the names that the suite promises; `now`: seconds; `charts`: what it may measure; `kernel`: the release that it
	* runs on, by which flows are judged.
	*/
	constructor(tests, listener, now, { charts = [], kernel } = {}) {
		this.tests = tests;
		this.kernel = kernel;
		this.measurements = new Measurements(charts);
		this.listener = listener;
		this.now = now;
		this.parser = new KtapParser({
			onSubtest: (name, depth) => depth === 1 && this.begin(name),
			onResult: (result, depth) => {
				if (depth === 1) this.add(result);
				if (depth === 0) this.close(result);
			},
			onMeasurement: (text) => this.take(text, this.measurements),
			onFlow: (text) => this.take(text, this.flows)
		}, now);
	}
	/** A line of the second serial port. */
	line(line) {
		this.parser.line(line);
	}
	/** Something that the kernel log shows. Before the first test it is no test's fault and stays in the log. */
	find(finding) {
		const script = finding.test === void 0 ? void 0 : this.scripts.get(finding.test);
		if (!script) return;
		script.findings.push(finding);
		if (script.endedAt !== void 0) this.announce(script);
	}
	/** The script that runs now. */
	get running() {
		return this.current?.name;
	}
	get complete() {
		return this.current === void 0 && this.tests.every((test) => this.scripts.has(test));
	}
	/**
	* The results, when nothing more will come. `ended` says why the machine stopped before the tests were through, or how
	* it failed to stop afterwards, and what its console showed last; undefined when all is well.
	*/
	finish(ended) {
		const { open, problems } = this.parser.end();
		if (this.scripts.size === 0) return {
			status: "error",
			reason: ended ? withLines(ended) : "the guest ran no test",
			tests: []
		};
		const cut = this.current;
		if (cut) {
			cut.endedAt = this.now();
			cut.evidence.push(...open.evidence);
			cut.reasons.push(ended?.reason ?? "has no result");
			cut.lastLines = ended?.lastLines ?? [];
			this.addUnseen(cut, open.children);
		} else if (this.last) {
			this.last.reasons.push(...ended ? [ended.reason] : [], ...problems);
			this.last.lastLines = ended?.lastLines ?? [];
		}
		const notRun = ended?.reason ?? "the guest did not run it";
		const tests = this.tests.flatMap((name) => {
			const script = this.scripts.get(name);
			if (!script) return [{
				name,
				status: "fail",
				reason: `not run: ${notRun}`,
				seconds: 0
			}];
			const whole = wholeScript(script);
			return whole ? [...script.tests, whole] : script.tests;
		});
		const statuses = tests.map(({ status }) => status);
		const status = statuses.includes("fail") ? "fail" : statuses.includes("pass") ? "pass" : "skip";
		const where = cut ? ` (in ${cut.name})` : "";
		const reason = ended === void 0 || this.complete ? void 0 : `${ended.reason}${where}`;
		const { all } = this.measurements;
		const flows = this.flows.judged(this.kernel);
		return {
			status,
			...reason === void 0 ? {} : { reason },
			tests,
			...all.length > 0 ? { measurements: all } : {},
			...flows.length > 0 ? { flows } : {}
		};
	}
	begin(name) {
		if (this.current || !this.tests.includes(name) || this.scripts.has(name)) return;
		const at = this.now();
		this.current = {
			name,
			startedAt: at,
			lastAt: at,
			tests: [],
			reasons: [],
			evidence: [],
			findings: [],
			faults: 0,
			lastLines: []
		};
		this.scripts.set(name, this.current);
		this.listener.onScript?.(name);
	}
	/** A figure or a flow that cannot be read is missing in the report, so the script that told it has failed. */
	take(text, where) {
		const { current } = this;
		if (!current) return;
		const fault = where.add(text);
		if (fault === void 0) return;
		current.faults++;
		if (current.faults <= MAXIMUM_FAULTS) current.reasons.push(fault);
	}
	add(result) {
		if (!this.current) return;
		this.seen.add(result);
		this.addTo(this.current, result);
	}
	/** What was not told live: results deeper than a script's own whose parents are missing. */
	addUnseen(script, results) {
		for (const result of results) if (!this.seen.has(result)) this.addTo(script, result);
	}
	addTo(script, result) {
		const seconds = Math.max(0, result.at - script.lastAt);
		script.lastAt = Math.max(script.lastAt, result.at);
		for (const test of leaves(result, `${script.name}: `, seconds)) {
			script.tests.push(test);
			this.listener.onTest?.(test);
		}
	}
	close(result) {
		const script = this.current;
		if (!script || script.name !== result.name) return;
		this.addUnseen(script, result.children);
		const failed = script.tests.some(({ status }) => status === "fail");
		script.reasons.push(...result.problems);
		script.evidence.push(...result.evidence);
		if (result.status === "fail") {
			const { reason = "" } = result;
			if (!(failed && (reason === "" || EXIT_STATUS.test(reason)))) script.reasons.push(reason || "failed, without a reason");
		} else if (result.status === "skip" && script.tests.length === 0) script.skipped = result.reason ?? "";
		if (script.tests.length === 0 && script.skipped === void 0 && script.reasons.length === 0) script.reasons.push("reported no result");
		script.endedAt = this.now();
		this.current = void 0;
		this.last = script;
		this.announce(script);
		if (this.complete) this.listener.onComplete?.();
	}
	announce(script) {
		const whole = wholeScript(script);
		if (whole) this.listener.onTest?.(whole);
	}
};
/** The result that stands for a script as a whole; undefined when there is nothing to say but its own results. */
function wholeScript(script) {
	const { name, findings, evidence, skipped, lastLines } = script;
	const reasons = [...findings.map(({ title }) => title), ...script.reasons];
	const seconds = (script.endedAt ?? script.lastAt) - script.startedAt;
	const kernelLog = findings.length > 0 ? findings.flatMap(({ lines }) => lines) : lastLines;
	if (reasons.length === 0) return skipped === void 0 ? void 0 : {
		name,
		status: "skip",
		reason: skipped,
		seconds
	};
	return {
		name,
		status: "fail",
		reason: [...new Set(reasons)].join("; "),
		seconds,
		...evidence.length > 0 ? { evidence } : {},
		...kernelLog.length > 0 ? { kernelLog } : {}
	};
}
function withLines({ reason, lastLines }) {
	if (lastLines.length === 0) return `${reason}; the console showed nothing`;
	return [`${reason}; the last lines on the console:`, ...lastLines.map((line) => `  ${line}`)].join("\n");
}
function leaves(result, prefix, seconds) {
	const name = prefix + result.name;
	const children = result.children.flatMap((child) => leaves(child, `${name} / `, 0));
	const unexplained = result.status === "fail" && !children.some(({ status }) => status === "fail");
	if (children.length > 0 && result.problems.length === 0 && !unexplained) return spread(children, seconds);
	const reason = [result.reason, ...result.problems].filter((part) => part).join("; ");
	const own = {
		name,
		status: result.problems.length > 0 ? "fail" : result.status,
		...reason ? { reason } : {},
		seconds,
		...result.evidence.length > 0 ? { evidence: result.evidence } : {}
	};
	return [...children, own];
}
/** Nobody said how long each took. */
function spread(tests, seconds) {
	return tests.map((test) => ({
		...test,
		seconds: seconds / tests.length
	}));
}

// src/machine/port-file.ts
const PIECE_BYTES = 65536;
/** What to say when a log of a machine, at `path`, could not be written. */
function unwritableLog(path, cause) {
	return new EnvironmentError(`the log cannot be written (${cause.code})`, {
		where: path,
		remedy: "Make room, or choose another output directory with --out.",
		cause
	});
}
/**
* A file that QEMU writes what a serial port says to, read while it grows. Through a socket the guest would have to wait
* whenever we are slow to read, and a guest whose clock is counted must not notice how busy its host is.
*/
var PortFile = class {
	/** What QEMU is given to open anew. */
	descriptor;
	offset = 0;
	/** Makes the file anew. Throws EnvironmentError when it cannot be made. */
	constructor(path) {
		try {
			this.descriptor = openSync(path, "w+");
		} catch (error) {
			throw unwritableLog(path, error);
		}
	}
	/** What has come since the last time. */
	read() {
		const pieces = [];
		for (;;) {
			const piece = Buffer.alloc(PIECE_BYTES);
			const bytes = readSync(this.descriptor, piece, 0, PIECE_BYTES, this.offset);
			if (bytes === 0) return Buffer.concat(pieces);
			this.offset += bytes;
			pieces.push(piece.subarray(0, bytes));
		}
	}
	[Symbol.dispose]() {
		closeSync(this.descriptor);
	}
};

// src/machine/qemu.ts
/** The descriptors of QEMU that its serial ports are connected to: ttyS0 and ttyS1. */
const CONSOLE_DESCRIPTOR = 3;
const GUEST_DESCRIPTOR = 4;
const KERNEL = "/machine/kernel";
const INITRAMFS = "/machine/initramfs";
const FLASH = {
	code: "/machine/code",
	variables: "/machine/variables"
};
const KERNEL_ARGUMENTS = [
	"rdinit=/ovnfast/init",
	"console=ttyS0,115200",
	"earlyprintk=ttyS0,115200",
	"loglevel=8",
	"printk.devkmsg=on",
	"log_buf_len=4M",
	"panic=-1",
	"oops=panic",
	"softlockup_panic=1",
	"reboot=t",
	"cryptomgr.notests",
	"mitigations=off",
	"random.trust_cpu=on",
	"tsc=reliable",
	"no_timer_check",
	"norandmaps"
];
const PROCESSOR = "qemu64,+rdrand";
/** With the string moves that every server of the last ten years has, so that kernels copy as they do there: counted byte by byte. */
const COUNTED_PROCESSOR = `${PROCESSOR},+erms`;
/**
* On a loaded host a kernel that measures its TSC against the 8254 can be wrong by a factor of 30, and all of its time limits with
* it: without that timer it takes the HPET, which it reads together with the TSC. UEFI firmware needs the 8254.
*/
const WITHOUT_PIT = "q35,pit=off";
/**
* Time as a count of instructions: 2 ns each (`shift=1`), and an idle processor goes straight to its next timer instead of
* waiting for it (`sleep=off`). Nothing else may then come from outside: not the time of day, not random numbers, no
* waiting for whoever reads a serial port. So the same machine does the same thing again, to the instruction.
*/
const COUNTED = [...[
	"-accel",
	"tcg,thread=single",
	"-icount",
	"shift=1,sleep=off"
], ...[
	"-rtc",
	"base=2026-01-01,clock=vm",
	"-seed",
	"1"
]];
/** The command that starts QEMU in a sandbox: one processor, two serial ports, no network, no screen; no disk but those asked for. */
function qemuCommand(options) {
	const { sandbox, machine, accelerator, counted, memoryMiB, kernelImage, initramfs, flash } = options;
	const { disks = [], kernelArguments = [] } = options;
	const place = (index) => `/machine/disk${index}`;
	const serial = (id, descriptor) => [...["-chardev", counted ? `file,id=${id},path=/proc/self/fd/${descriptor},append=on` : `socket,id=${id},fd=${descriptor}`], ...["-serial", `chardev:${id}`]];
	const argv = [
		"qemu-system-x86_64",
		...[
			"-nodefaults",
			"-no-user-config",
			"-no-reboot"
		],
		...["-display", "none"],
		...["-machine", counted || flash ? "q35" : WITHOUT_PIT],
		...counted ? COUNTED : ["-accel", accelerator],
		...["-cpu", accelerator === "kvm" ? "host" : counted ? COUNTED_PROCESSOR : PROCESSOR],
		...["-smp", "1"],
		...["-m", `${memoryMiB}M`],
		...flash ? [...flashDrive(0, FLASH.code, false), ...flashDrive(1, FLASH.variables, true)] : [],
		...["-kernel", KERNEL],
		...["-initrd", INITRAMFS],
		...["-append", [...KERNEL_ARGUMENTS, ...kernelArguments].join(" ")],
		...disks.flatMap(({ writable = false }, index) => [...["-drive", `id=disk${index},if=none,format=raw,cache=unsafe,readonly=${writable ? "off" : "on"},file=${place(index)}`], ...["-device", `virtio-blk-pci,drive=disk${index}`]]),
		...serial("console", 3),
		...serial("guest", 4)
	];
	return sandbox.command(machine, argv, {
		binds: [
			{
				from: kernelImage,
				to: KERNEL
			},
			{
				from: initramfs,
				to: INITRAMFS
			},
			...flash ? [{
				from: flash.code,
				to: FLASH.code
			}, {
				from: flash.variables,
				to: FLASH.variables,
				writable: true
			}] : [],
			...disks.map(({ path, writable = false }, index) => ({
				from: path,
				to: place(index),
				writable
			}))
		],
		devices: accelerator === "kvm" ? ["/dev/kvm"] : []
	});
}
function flashDrive(unit, file, writable) {
	return ["-drive", `if=pflash,unit=${unit},format=raw,readonly=${writable ? "off" : "on"},file=${file}`];
}

// src/machine/machine.ts
/** Said more than this, a log is no longer read by anybody, and the disk is somebody's. */
const MAXIMUM_LOG_BYTES = 64 * 2 ** 20;
const TOO_MUCH = `the guest said more than ${MAXIMUM_LOG_BYTES / 2 ** 20} MiB on a serial port`;
const POLL_MILLISECONDS = 50;
var Stopped = class extends Error {};
/** One QEMU from its start to its end. Whatever happens, it is gone afterwards and its logs are written. */
var Machine = class {
	options;
	stopping = new AbortController();
	deadline;
	silence;
	constructor(options) {
		this.options = options;
	}
	/** From now on the machine is stopped for `reason` unless another expectation is set within the seconds. */
	expectWithin(seconds, reason) {
		clearTimeout(this.deadline);
		this.deadline = setTimeout(() => this.stop(reason), seconds * 1e3);
	}
	/** From now on, until called again, the machine is stopped when it says nothing at all for so long. */
	expectNoise(seconds, reason) {
		clearTimeout(this.silence);
		this.silence = setTimeout(() => this.stop(reason), seconds * 1e3);
	}
	expectNoNoise() {
		clearTimeout(this.silence);
		this.silence = void 0;
	}
	stop(reason) {
		this.stopping.abort(new Stopped(reason));
	}
	/**
	* Runs the machine to its end. Throws what `signal` was aborted with, EnvironmentError when QEMU cannot be
	* executed at all or the logs cannot be written.
	*/
	async run() {
		const { program, signal, timeoutSeconds } = this.options;
		const either = AbortSignal.any([signal, this.stopping.signal]);
		if (this.options.files) return await this.runOnFiles(either);
		const logs = [new Log(this.options.console, this)];
		const guestLog = this.options.guest === void 0 ? void 0 : new Log(this.options.guest, this);
		if (guestLog) logs.push(guestLog);
		try {
			const result = await runProcess(program.command, program.args, {
				timeoutSeconds,
				signal: either,
				extraDescriptors: ["pipe", "pipe"],
				onSpawn: (child) => {
					const consolePort = child.stdio[3];
					const guestPort = child.stdio[4];
					this.read(consolePort, logs[0], this.options.onConsole);
					this.read(guestPort, guestLog, this.options.onGuest);
					this.options.onStart?.(guestPort);
				}
			});
			return this.endOf(result);
		} catch (error) {
			return this.endBy(error);
		} finally {
			clearTimeout(this.deadline);
			clearTimeout(this.silence);
			await Promise.all(logs.map((log) => log.close()));
		}
	}
	async runOnFiles(signal) {
		try {
			var _usingCtx$6 = _usingCtx();
			const { program, timeoutSeconds, console, guest = "/dev/null", onConsole, onGuest } = this.options;
			const consoleFile = _usingCtx$6.u(new PortFile(console));
			const guestFile = _usingCtx$6.u(new PortFile(guest));
			const [tellConsole, tellGuest] = [this.limited(onConsole), this.limited(onGuest)];
			const tell = () => {
				const said = consoleFile.read();
				tellGuest(guestFile.read());
				tellConsole(said);
			};
			const timer = setInterval(tell, POLL_MILLISECONDS);
			try {
				const options = {
					timeoutSeconds,
					signal,
					extraDescriptors: [consoleFile.descriptor, guestFile.descriptor]
				};
				return this.endOf(await runProcess(program.command, program.args, options));
			} catch (error) {
				return this.endBy(error);
			} finally {
				clearInterval(timer);
				clearTimeout(this.deadline);
				clearTimeout(this.silence);
				tell();
			}
		} catch (_) {
			_usingCtx$6.e = _;
		} finally {
			_usingCtx$6.d();
		}
	}
	/** A listener that ends the machine when it has said too much. */
	limited(onData) {
		let bytes = 0;
		return (chunk) => {
			if (chunk.length === 0) return;
			this.silence?.refresh();
			if (bytes < MAXIMUM_LOG_BYTES) onData(chunk);
			bytes += chunk.length;
			if (bytes >= MAXIMUM_LOG_BYTES) this.stop(TOO_MUCH);
		};
	}
	endOf({ code, killedBy, timedOut, stdout, stderr }) {
		if (timedOut) return {
			kind: "stopped",
			reason: `the machine was still running after ${this.options.timeoutSeconds} s`
		};
		if (code === 0) return { kind: "ended" };
		const said = `${stdout}\n${stderr}`.split("\n").filter((line) => line.trim() !== "");
		return {
			kind: "failed",
			reason: [`QEMU ${code === null ? `was ended by ${killedBy}` : `ended with status ${code}`}`, ...said.slice(-5)].join("\n")
		};
	}
	endBy(error) {
		const { program, signal } = this.options;
		if (error instanceof Stopped && !signal.aborted) return {
			kind: "stopped",
			reason: error.message
		};
		if (signal.aborted) throw error;
		const { code } = error;
		if (code === void 0) throw error;
		throw new EnvironmentError(`QEMU cannot be started (${code})`, {
			where: program.command,
			cause: error
		});
	}
	read(port, log, onData) {
		port.on("error", () => {});
		port.on("data", (chunk) => {
			this.silence?.refresh();
			log?.write(chunk);
			onData(chunk);
		});
	}
};
/** A file that what a machine says is written to, up to a limit. */
var Log = class {
	stream;
	machine;
	path;
	bytes = 0;
	error;
	constructor(path, machine) {
		this.path = path;
		this.machine = machine;
		this.stream = createWriteStream(path);
		this.stream.on("error", (error) => {
			this.error = error;
			machine.stop("its log cannot be written");
		});
	}
	write(chunk) {
		if (this.bytes >= MAXIMUM_LOG_BYTES) return;
		this.bytes += chunk.length;
		this.stream.write(chunk);
		if (this.bytes >= MAXIMUM_LOG_BYTES) this.machine.stop(TOO_MUCH);
	}
	/** Waits until all is written. Throws EnvironmentError when it could not be. */
	async close() {
		if (!this.stream.closed) await new Promise((resolve) => {
			this.stream.once("close", () => resolve());
			this.stream.end();
		});
		if (this.error) throw unwritableLog(this.path, this.error);
	}
};

// src/kbuild/mis-signed.ts
const RSA_BITS = 2048;
const HASH = "sha256";
const COMMON_NAME = der(6, Buffer.from("550403", "hex"));
const UTF8_STRING = 12;
/**
* What must not become of a signed module, by file name: a kernel that demands signatures of the certificate's key has
* to refuse each. `changed` has another byte than was signed; `other-key` is signed by a key that no kernel knows, made
* for this; `forged` is, too, and names our certificate as its signer's.
*/
function misSigned(module, certificate) {
	const { elf } = splitSignature(module);
	const changed = Buffer.from(module);
	const middle = Math.floor(elf.length / 2);
	changed[middle] = (changed[middle] ?? 0) ^ 1;
	const { privateKey, publicKey } = generateKeyPairSync("rsa", { modulusLength: RSA_BITS });
	const signature = sign(HASH, elf, privateKey);
	const signedAs = (raw) => appendSignature(elf, detachedSignature({
		raw,
		publicKey
	}, HASH, signature));
	return {
		"unsigned.ko": elf,
		"changed.ko": changed,
		"other-key.ko": signedAs(stranger()),
		"forged.ko": signedAs(certificate.raw)
	};
}
/** A certificate, as far as a signature names it: who issued it, and its serial number. */
function stranger() {
	const name = der(48, COMMON_NAME, der(UTF8_STRING, Buffer.from("Nobody that a kernel knows")));
	const [serial, algorithm, issuer] = [
		der(2, Buffer.of(1)),
		der(48),
		der(48, der(49, name))
	];
	return der(48, der(48, serial, algorithm, issuer));
}

// src/machine/cpio.ts
const TYPES = {
	directory: 16384,
	file: 32768,
	link: 40960
};
/** The kernel finds the next archive after any number of zero words; whole blocks keep concatenated ones tidy. */
const BLOCK_BYTES = 512;
/**
* A cpio archive in the "newc" form that the kernel unpacks (Documentation/driver-api/early-userspace/buffer-format.rst),
* piece by piece. The same entries in any order give the same bytes: sorted, owned by root, without times.
* Throws EnvironmentError when a file changes while it is read.
*/
async function* cpioArchive(entries) {
	const sorted = [...entries].sort((a, b) => Buffer.compare(Buffer.from(a.path), Buffer.from(b.path)));
	let written = 0;
	let inode = 1;
	for (const entry of sorted) {
		const content = contentOf(entry);
		const size = Buffer.isBuffer(content) ? content.length : content.size;
		const mode = TYPES[entry.kind] | (entry.kind === "link" ? 511 : entry.mode);
		const head = header(entry.path, {
			inode: inode++,
			mode,
			size,
			links: entry.kind === "directory" ? 2 : 1
		});
		yield head;
		if (Buffer.isBuffer(content)) yield content;
		else yield* exactly(content.from, content.size);
		yield Buffer.alloc(padding(size, 4));
		written += head.length + size + padding(size, 4);
	}
	const trailer = header("TRAILER!!!", {
		inode: 0,
		mode: 0,
		size: 0,
		links: 1
	});
	yield trailer;
	yield Buffer.alloc(padding(written + trailer.length, BLOCK_BYTES));
}
/** All of a directory as entries of an archive. Links stay links; devices, sockets and pipes are left out. */
async function treeEntries(directory, { to = "", skip = () => false } = {}) {
	const entries = [];
	const visit = async (relative) => {
		for (const name of await readdir(join(directory, relative))) {
			const inTree = relative === "" ? name : `${relative}/${name}`;
			if (skip(inTree)) continue;
			const from = join(directory, inTree);
			const path = to === "" ? inTree : `${to}/${inTree}`;
			const status = await lstat(from);
			const mode = status.mode & 511;
			if (status.isDirectory()) {
				entries.push({
					kind: "directory",
					path,
					mode
				});
				await visit(inTree);
			} else if (status.isSymbolicLink()) entries.push({
				kind: "link",
				path,
				target: await readlink(from)
			});
			else if (status.isFile()) entries.push({
				kind: "file",
				path,
				mode,
				content: {
					from,
					size: status.size
				}
			});
		}
	};
	await visit("");
	return entries;
}
/** The directories that lead to a path, so that the kernel can make it: it does not make parents by itself. */
function parentEntries(path) {
	const parts = path.split("/").slice(0, -1);
	return parts.map((_, index) => ({
		kind: "directory",
		path: parts.slice(0, index + 1).join("/"),
		mode: 493
	}));
}
function contentOf(entry) {
	switch (entry.kind) {
		case "directory": return Buffer.alloc(0);
		case "link": return Buffer.from(entry.target);
		case "file": return entry.content;
	}
}
async function* exactly(path, size) {
	if (size === 0) return;
	let read = 0;
	for await (const chunk of createReadStream(path, {
		end: size - 1,
		highWaterMark: 1 << 20
	})) {
		read += chunk.length;
		yield chunk;
	}
	if (read !== size) throw new EnvironmentError(`became shorter while it was read: ${read} of ${size} bytes`, { where: path });
}
function header(path, { inode, mode, size, links }) {
	const name = Buffer.from(`${path}\0`);
	const head = `070701${[
		inode,
		mode,
		0,
		0,
		links,
		0,
		size,
		0,
		0,
		0,
		0,
		name.length,
		0
	].map((field) => field.toString(16).padStart(8, "0")).join("")}`;
	return Buffer.concat([
		Buffer.from(head),
		name,
		Buffer.alloc(padding(head.length + name.length, 4))
	]);
}
function padding(size, to) {
	return (to - size % to) % to;
}

// src/machine/parts.ts
/** Writes an archive under its name only when it is whole. Throws EnvironmentError when the disk is full or not writable. */
async function writeArchive(path, entries, signal) {
	await writeWhole(path, cpioArchive(entries), signal);
}
/** One file of many, in order. */
async function concatenate(path, parts, signal) {
	await writeWhole(path, inOrder(parts), signal);
}
async function* inOrder(parts) {
	for (const part of parts) yield* createReadStream(part, { highWaterMark: 1 << 20 });
}
async function writeWhole(path, content, signal) {
	try {
		await writeStreamAtomic(path, content, signal);
	} catch (error) {
		const { code } = error;
		if (isFull(error) || code === "EROFS" || code === "EACCES") throw new EnvironmentError(`the guest's file system cannot be written (${code})`, {
			where: path,
			remedy: "Make room, or choose another cache directory with OVNFAST_CACHE.",
			cause: error
		});
		throw error;
	}
}

// src/machine/guest-root.ts
const UNWANTED = [
	/^(boot|dev|media|mnt|opt|proc|run|srv|sys|tmp)\//,
	/^usr\/(include|src|games|local|lib\/debug|lib\/locale|lib\/python\d*[.\d]*|lib\/systemd|lib\/udev|lib\/modules)(\/|$)/,
	/^usr\/s?bin\/(perl|python|deb|dpkg|openssl|cpan|pod2|ucf|pam)[^/]*$/,
	/^usr\/lib\/x86_64-linux-gnu\/(perl|perl-base|perl5|gconv|security|engines-3|ossl-modules|systemd)(\/|$)/,
	/^usr\/lib\/x86_64-linux-gnu\/lib(perl|db-)[^/]*$/,
	/^var\/(cache|lib|backups|log|spool)\//,
	/\.(a|la|pl|pm|py)$/
];
/** Of /usr/share only this is read by programs of the guest. */
const WANTED_SHARE = /^usr\/share(\/(iproute2|terminfo|nftables|iptables|misc|openvswitch|ovn)(\/|$)|$)/;
/** What BusyBox stands in for where the real program is not there. */
const APPLETS = [...[
	"clear",
	"free",
	"halt",
	"hexdump",
	"hostname",
	"ifconfig",
	"less",
	"mount",
	"nslookup",
	"poweroff",
	"reboot"
], ...[
	"reset",
	"route",
	"strings",
	"telnet",
	"time",
	"top",
	"umount",
	"vi",
	"watch",
	"wget",
	"xxd"
]];
/**
* The guest's root file system as an archive in the cache: the `guest` sysroot without what no test needs.
* Throws EnvironmentError when the cache cannot be written.
*/
async function guestRootPart(guest, cache, signal) {
	const recipe = [[...UNWANTED, WANTED_SHARE].map(String), APPLETS];
	const path = join(cache, "guests", `root-${digestValue([recipe, guest.digest])}.cpio`);
	if (await markUsed(path)) return path;
	const entries = await treeEntries(guest.root, { skip: isUnwanted });
	const names = new Set(entries.map((entry) => entry.path));
	const links = APPLETS.filter((name) => !names.has(`usr/bin/${name}`) && !names.has(`usr/sbin/${name}`)).map((name) => ({
		kind: "link",
		path: `usr/bin/${name}`,
		target: "busybox"
	}));
	await writeArchive(path, [...entries, ...names.has("usr/bin/busybox") ? links : []], signal);
	return path;
}
function isUnwanted(path) {
	if (path.startsWith("usr/share/") && !WANTED_SHARE.test(path)) return true;
	return UNWANTED.some((pattern) => pattern.test(path));
}

// src/machine/kernel-modules.ts
const RECIPE = 2;
const DEPMOD_SECONDS = 120;
const MODULE_FILE = /\.ko(\.(xz|zst|gz))?$/;
const TABLES = [
	"modules.builtin",
	"modules.builtin.modinfo",
	"modules.order"
];
/**
* The wanted modules of a kernel with all that they depend on, decompressed, with depmod's tables, as an archive in the
* cache. Throws EnvironmentError when the image packages hold no modules of that release, or depmod fails.
*/
async function kernelModulesPart(options) {
	try {
		var _usingCtx$5 = _usingCtx();
		const { sandbox, guest, image, kernel, cache, signal } = options;
		const wanted = [...new Set(options.wanted.map(normalise))].sort();
		const key = digestValue([
			RECIPE,
			guest.digest,
			image.digest,
			kernel,
			wanted
		]);
		const path = join(cache, "guests", `modules-${key}.cpio`);
		const notes = join(cache, "guests", `modules-${key}.json`);
		if (await markUsed(path) && await markUsed(notes)) return {
			path,
			...JSON.parse(await readFile(notes, "utf8"))
		};
		const tree = placeIn(image, `/usr/lib/modules/${kernel}`);
		const files = await findModules(tree);
		const builtin = new Set((await linesOf(join(tree, "modules.builtin"))).map((line) => normalise(basename(line))));
		if (files.size === 0 && builtin.size === 0) throw new EnvironmentError(`the kernel image packages hold no modules of ${kernel}`, { where: tree });
		const names = [...files.keys(), ...builtin];
		const absent = wanted.filter((want) => !names.some(matcher([want])));
		const stage = _usingCtx$5.a(await TemporaryDirectory.create(join(cache, "work"), "modules-"));
		const staged = join(stage.path, "lib/modules", kernel);
		const todo = [...files.keys()].filter(matcher(wanted)).sort();
		const taken = new Set(todo);
		for (let name = todo.shift(); name !== void 0; name = todo.shift()) {
			const file = files.get(name);
			if (file === void 0) continue;
			signal.throwIfAborted();
			const to = join(staged, file.replace(MODULE_FILE, ".ko"));
			await decompressFile(join(tree, file), to, {
				signal,
				programs: sandbox.programs
			});
			const { depends, info } = await readModule(to);
			const soft = softDependencies(info.softdep ?? []).map(normalise);
			for (const needed of [...depends.map(normalise), ...soft.flatMap((one) => providers(one, files))]) {
				if (taken.has(needed)) continue;
				taken.add(needed);
				todo.push(needed);
			}
		}
		await mkdir(staged, { recursive: true });
		for (const table of TABLES) await copyFile(join(tree, table), join(staged, table)).catch(ignoreMissing);
		const { code, stderr, timedOut } = await sandbox.run(guest, [
			"depmod",
			"-b",
			"/stage",
			kernel
		], {
			binds: [{
				from: stage.path,
				to: "/stage",
				writable: true
			}],
			timeoutSeconds: DEPMOD_SECONDS,
			signal
		});
		if (code !== 0) throw new EnvironmentError(`depmod failed for ${kernel}: ${timedOut ? "it did not end" : stderr.trim()}`);
		const to = `usr/lib/modules/${kernel}`;
		await writeArchive(path, [...parentEntries(`${to}/`), ...await treeEntries(staged, { to })], signal);
		await writeAtomic(notes, `${JSON.stringify({ absent })}\n`);
		return {
			path,
			absent
		};
	} catch (_) {
		_usingCtx$5.e = _;
	} finally {
		await _usingCtx$5.d();
	}
}
/** The kernel takes `-` and `_` for the same in a module's name. */
function normalise(name) {
	return name.replace(MODULE_FILE, "").replaceAll("-", "_");
}
/** Modules by name, as paths relative to `tree`; empty when there is no such directory. */
async function findModules(tree) {
	const files = /* @__PURE__ */ new Map();
	const visit = async (relative) => {
		const entries = await readdir(join(tree, relative), { withFileTypes: true }).catch(ignoreMissing);
		for (const entry of entries ?? []) {
			const path = relative === "" ? entry.name : `${relative}/${entry.name}`;
			if (entry.isDirectory()) await visit(path);
			else if (entry.isFile() && MODULE_FILE.test(entry.name)) files.set(normalise(entry.name), path);
		}
	};
	await visit("");
	return files;
}
/** `pre: a b post: c` -> a, b, c. */
function softDependencies(softdep) {
	return softdep.flatMap((line) => line.split(/\s+/).filter((word) => word !== "" && !word.endsWith(":")));
}
/**
* The modules behind the name in a soft dependency. It may be an alias, as with ciphers: `crc32c` stands for
* crc32c_generic and crc32c_intel. Without one of them libcrc32c, and so nf_tables, does not load.
*/
function providers(name, files) {
	return files.has(name) ? [name] : [...files.keys()].filter((file) => file.startsWith(`${name}_`));
}
async function linesOf(path) {
	return (await readFile(path, "utf8").catch(ignoreMissing) ?? "").split("\n").filter((line) => line !== "");
}
function ignoreMissing(error) {
	if (error.code !== "ENOENT") throw error;
}

// src/machine/initramfs.ts
const MAXIMUM_SUITE_BYTES = 64 * 2 ** 20;
const GUEST = "ovnfast";
/**
* Composes the guest's file system at `path`: root and kernel modules from the cache, what is tested anew.
* Throws InputError for a suite that is too large or modules of the same name, EnvironmentError when it cannot be written.
*/
async function composeInitramfs(path, options) {
	const { guest, modules, cache, signal } = options;
	const wanted = [...options.kernelModules, ...await dependenciesOf(modules)];
	const kernelModules = await kernelModulesPart({
		...options,
		wanted
	});
	const root = await guestRootPart(guest, cache, signal);
	const tests = `${path}.tests`;
	try {
		await writeArchive(tests, await testEntries(options, kernelModules.absent), signal);
		await concatenate(path, [
			root,
			kernelModules.path,
			tests
		], signal);
	} finally {
		await rm(tests, { force: true });
	}
}
/** The kernel's modules that the modules under test need, those among them left out. */
async function dependenciesOf(modules) {
	const read = await Promise.all(modules.map((module) => readModule(module)));
	const own = read.map(({ name }) => name);
	return read.flatMap(({ depends }) => depends).filter((name) => !own.includes(name.replaceAll("-", "_")));
}
async function testEntries(options, absent) {
	const { suite, modules, products = [], certificate } = options;
	const settings = {
		...options.settings,
		...certificate ? { secure_boot: 1 } : {},
		absent: absent.join(" "),
		modules: modules.map((m) => basename(m)).join(" ")
	};
	const lines = Object.entries(settings).map(([key, value]) => `${key} ${String(value).replaceAll("\n", " ")}\n`);
	const entries = /* @__PURE__ */ new Map();
	const add = (entry) => {
		for (const parent of parentEntries(entry.path)) entries.set(parent.path, parent);
		entries.set(entry.path, entry);
	};
	for (const entry of await treeEntries(join(projectRoot(), "conformance/guest"), { to: GUEST })) add(entry);
	add({
		kind: "file",
		path: `${GUEST}/machine`,
		mode: 420,
		content: Buffer.from(lines.join(""))
	});
	add({
		kind: "directory",
		path: `${GUEST}/module`,
		mode: 493
	});
	for (const from of [...modules, ...products]) {
		const path = `${GUEST}/module/${basename(from)}`;
		if (entries.has(path)) throw new InputError(`two files under test are called ${basename(from)}`, { where: from });
		const { mode, size } = await stat(from);
		add({
			kind: "file",
			path,
			mode: (mode & 64) !== 0 ? 493 : 420,
			content: {
				from,
				size
			}
		});
	}
	for (const from of options.programs ?? []) add({
		kind: "file",
		path: `${GUEST}/bin/${basename(from)}`,
		mode: 493,
		content: {
			from,
			size: (await stat(from)).size
		}
	});
	if (certificate && modules[0] !== void 0) for (const [name, content] of Object.entries(misSigned(await readFile(modules[0]), certificate))) add({
		kind: "file",
		path: `${GUEST}/secure-boot/${name}`,
		mode: 420,
		content
	});
	if (suite) for (const entry of await suiteEntries(suite)) add(entry);
	return [...entries.values()];
}
async function suiteEntries({ directory, name }) {
	const skip = (path) => [".git", "node_modules"].includes(basename(path));
	const entries = await treeEntries(directory, {
		to: `${GUEST}/suite/${name}`,
		skip
	});
	let bytes = 0;
	for (const entry of entries) if (entry.kind === "file") bytes += Buffer.isBuffer(entry.content) ? entry.content.length : entry.content.size;
	if (bytes > MAXIMUM_SUITE_BYTES) throw new InputError(`the suite is larger than ${MAXIMUM_SUITE_BYTES / 2 ** 20} MiB`, { where: directory });
	return entries;
}

// src/machine/accelerator.ts
const DEVICE = "/dev/kvm";
const PROBE_SECONDS = 10;
const PROBE_MEMORY_MIB = 512;
const probes = /* @__PURE__ */ new Map();
/**
* KVM where a kernel really boots with it, else TCG; with the reason. That /dev/kvm opens proves nothing: on some hosts
* it starts a machine that hangs. The probe is bounded and its result kept until the host boots anew.
* Throws EnvironmentError when KVM is wished for and does not work.
*/
async function chooseAccelerator(options) {
	const { wish, machine, cache } = options;
	if (wish === "tcg") return {
		name: "tcg",
		reason: "asked for"
	};
	const fault = await deviceFault() ?? await probeOnce(options, machine.digest, cache);
	if (fault === void 0) return {
		name: "kvm",
		reason: "a kernel booted with it"
	};
	if (wish === "auto") return {
		name: "tcg",
		reason: fault
	};
	throw new EnvironmentError(`KVM cannot be used: ${fault}`, { remedy: "Use --accel tcg, which needs nothing of the host." });
}
async function deviceFault() {
	try {
		await access(DEVICE, constants.R_OK | constants.W_OK);
		return;
	} catch (error) {
		return error.code === "ENOENT" ? `there is no ${DEVICE}` : `${DEVICE} may not be opened (${error.code})`;
	}
}
async function probeOnce(options, digest, cache) {
	const boot = await readFile("/proc/sys/kernel/random/boot_id", "utf8").catch(() => "");
	const path = join(cache, "accelerator", `${digestValue([
		boot,
		release(),
		digest
	])}.json`);
	let probing = probes.get(path);
	if (!probing) {
		probing = remembered(path, options);
		probes.set(path, probing);
		probing.catch(() => probes.delete(path));
	}
	return await probing;
}
async function remembered(path, options) {
	if (await markUsed(path)) return JSON.parse(await readFile(path, "utf8")).fault;
	const fault = await probe(options);
	await writeAtomic(path, `${JSON.stringify({ fault })}\n`);
	return fault;
}
/** Boots the kernel to user space; returns what is wrong, or undefined when it came there. */
async function probe(options) {
	try {
		var _usingCtx$4 = _usingCtx();
		const { cache, signal } = options;
		const work = _usingCtx$4.a(await TemporaryDirectory.create(join(cache, "work"), "probe-"));
		const initramfs = join(work.path, "initramfs");
		await composeInitramfs(initramfs, {
			...options,
			kernelModules: [],
			modules: [],
			settings: { mode: "probe" }
		});
		const program = qemuCommand({
			...options,
			accelerator: "kvm",
			memoryMiB: PROBE_MEMORY_MIB,
			initramfs
		});
		let said = "";
		const end = await new Machine({
			program,
			console: join(work.path, "console.log"),
			timeoutSeconds: PROBE_SECONDS,
			signal,
			onConsole: () => {},
			onGuest: (chunk) => {
				said = (said + chunk.toString("latin1")).slice(-1e3);
			}
		}).run();
		if (end.kind === "ended" && said.includes("# ovnfast init")) return void 0;
		if (end.kind === "failed") return `${DEVICE} opens, but QEMU fails with it: ${end.reason.split("\n").at(-1)}`;
		return `${DEVICE} opens, but a kernel did not come to user space with it within ${PROBE_SECONDS} s`;
	} catch (_) {
		_usingCtx$4.e = _;
	} finally {
		await _usingCtx$4.d();
	}
}

// src/machine/prepare.ts
/**
* For a kernel that firmware starts. It would choose by chance where it lies: a machine that starts once shall start
* every time. And on a busy host it measures the processor's clock against a timer that firmware has used, and then
* runs up to 35 times too fast: the HPET is right.
*/
const BY_FIRMWARE = ["nokaslr", "tsc=unstable"];
const COUNTING = {
	name: "tcg",
	reason: "the clock is counted, which KVM cannot do"
};
/**
* Composes the guest's file system, unpacks the kernel, chooses the accelerator. Throws InputError for modules or a suite
* that cannot be used, EnvironmentError when the cache cannot be written or KVM was asked for and does not work.
*/
async function prepareMachine(options) {
	const { sandbox, machine, cache, memoryMiB, counted = false, secureBoot, signal } = options;
	const work = await TemporaryDirectory.create(join(cache, "work"), "machine-");
	try {
		const initramfs = join(work.path, "initramfs");
		const image = await kernelImage({
			...options,
			programs: sandbox.programs,
			byFirmware: secureBoot !== void 0
		});
		const { certificate } = secureBoot ?? {};
		await composeInitramfs(initramfs, {
			...options,
			...certificate ? { certificate } : {}
		});
		const flash = secureBoot && await prepareFlash(secureBoot, work.path);
		const accelerator = counted ? COUNTING : await chooseAccelerator({
			...options,
			wish: options.accelerator,
			kernelImage: image
		});
		return {
			program: qemuCommand({
				sandbox,
				machine,
				accelerator: accelerator.name,
				counted,
				memoryMiB: flash ? await memoryToStart(memoryMiB, initramfs) : memoryMiB,
				kernelImage: image,
				initramfs,
				...flash ? {
					flash,
					kernelArguments: BY_FIRMWARE
				} : {}
			}),
			accelerator,
			work
		};
	} catch (error) {
		await work[Symbol.asyncDispose]();
		signal.throwIfAborted();
		throw error;
	}
}

// src/machine/boot.ts
const LIMITS = {
	kernel: 60,
	boot: 180,
	silence: 60,
	overtime: 20,
	powerOff: 30
};
/** More until the kernel's first line where firmware starts it, which takes it 4 s on a processor of its own. */
const FIRMWARE_SECONDS = 90;
const FIRMWARE_FAULT = /X64 Exception Type/;
const ENFORCEMENT = /^# ovnfast signatures: (\w+)$/;
const UNENFORCED = "Secure Boot is on, and this kernel takes modules without a signature: it is built without CONFIG_MODULE_SIG";
/**
* The seconds that a second of a counted clock may take here. Measured: 8 while the guest computes, on a processor of its
* own; none while it sleeps. A guest whose clock runs ends a script that takes too long by itself, whatever this is: it
* is for one that hangs with its clock.
*/
const COUNTED_SECOND = 25;
/** For all scripts together: longer than anybody waits, and no more milliseconds than a timer of Node can count. */
const MAXIMUM_SECONDS = 1209600;
const LAST_LINES = 8;
/** W of the kernel's Documentation/admin-guide/tainted-kernels.rst. */
const TAINT_WARN = 512;
/**
* Boots a kernel and runs a suite in it. Whatever the guest does is in the result: status `error` when it never came to
* the first test. Throws what `signal` was aborted with, and InputError and EnvironmentError as `prepareMachine` does or
* when the logs cannot be written.
*/
async function bootSuite(options) {
	try {
		var _usingCtx$3 = _usingCtx();
		const { suite, outDirectory, signal, onEvent = () => {} } = options;
		const { kernelModules, memoryMiB, charts } = suite;
		const counted = suite.clock === "counted";
		const settings = {
			mode: "suite",
			suite: suite.name,
			timeout: suite.timeoutSeconds,
			...forgiven(suite)
		};
		const { program, accelerator, work } = await prepareMachine({
			...options,
			kernelModules,
			memoryMiB,
			counted,
			settings
		});
		_usingCtx$3.a(work);
		onEvent({
			type: "booting",
			accelerator: accelerator.name,
			reason: accelerator.reason
		});
		await mkdir(outDirectory, { recursive: true });
		const console = join(outDirectory, `${suite.name}.console.log`);
		const ktap = join(outDirectory, `${suite.name}.ktap`);
		const watch = new Watch(options, {
			program,
			console,
			guest: ktap,
			signal
		});
		const { seconds, bootSeconds, ...result } = await watch.run();
		return {
			name: suite.name,
			...result,
			accelerator: accelerator.name,
			acceleratorReason: accelerator.reason,
			...counted ? { clock: "counted" } : {},
			...options.secureBoot ? { secureBoot: secureBootOf(options.secureBoot, watch.enforcement) } : {},
			...result.measurements ? { charts } : {},
			bootSeconds,
			seconds,
			console,
			ktap
		};
	} catch (_) {
		_usingCtx$3.e = _;
	} finally {
		await _usingCtx$3.d();
	}
}
function secureBootOf({ certificate }, enforcement) {
	return {
		subject: certificate.subject?.replaceAll("\n", ", ") ?? "",
		sha256: digestBytes(certificate.raw),
		...enforcement ? { enforcement } : {}
	};
}
/** A warning taints the kernel, which says less of it than the log that is read here. */
function forgiven({ knownWarnings }) {
	return knownWarnings.length > 0 ? { forgiven: TAINT_WARN } : {};
}
/** Follows one machine: knows how far it is, expects the next thing in time, and says in the end what happened. */
var Watch = class {
	suite;
	onEvent;
	limits;
	/** How long a script may take at most, by the host's clock. */
	scriptSeconds;
	machine;
	recorder;
	log;
	started = performance.now();
	lastLines = [];
	findings = [];
	byFirmware;
	phase = "kernel";
	bootSeconds = 0;
	scripts = 0;
	/** Why the kernel takes only modules that are signed, when it said so. */
	enforcement;
	constructor({ suite, kernel: release, onEvent = () => {}, limits, secureBoot }, how) {
		this.suite = suite;
		this.onEvent = onEvent;
		this.byFirmware = secureBoot !== void 0;
		const firmware = this.byFirmware ? { kernel: LIMITS.kernel + FIRMWARE_SECONDS } : {};
		this.limits = {
			...LIMITS,
			...firmware,
			...limits
		};
		this.scriptSeconds = suite.timeoutSeconds * (suite.clock === "counted" ? COUNTED_SECOND : 1) + this.limits.overtime;
		const consoleLines = new LineSplitter((line) => this.consoleLine(line));
		const guestLines = new LineSplitter((line) => this.guestLine(line));
		const { kernel, boot, powerOff } = this.limits;
		this.machine = new Machine({
			...how,
			files: suite.clock === "counted",
			timeoutSeconds: Math.min(kernel + 2 * boot + suite.tests.length * this.scriptSeconds + powerOff, MAXIMUM_SECONDS),
			onConsole: (chunk) => consoleLines.push(chunk),
			onGuest: (chunk) => guestLines.push(chunk)
		});
		this.log = new KernelLog({ onFinding: (finding) => this.find(finding) });
		this.recorder = new SuiteRecorder(suite.tests, {
			onScript: (name) => this.script(name),
			onTest: (test) => this.onEvent({
				type: "test",
				test
			}),
			onComplete: () => this.enter("complete", powerOff, "the machine did not power off after the last test")
		}, () => this.elapsed(), {
			charts: suite.charts,
			kernel: release
		});
	}
	async run() {
		const { kernel } = this.limits;
		this.machine.expectWithin(kernel, `the kernel said nothing within ${kernel} s`);
		const end = await this.machine.run();
		this.log.end();
		const result = this.recorder.finish(this.ending(end));
		const seconds = this.elapsed();
		return {
			...result,
			seconds,
			bootSeconds: this.bootSeconds || seconds
		};
	}
	elapsed() {
		return (performance.now() - this.started) / 1e3;
	}
	enter(phase, seconds, reason) {
		this.phase = phase;
		this.machine.expectWithin(seconds, reason);
	}
	consoleLine(line) {
		if (line.trim() !== "") {
			this.lastLines.push(line);
			if (this.lastLines.length > LAST_LINES) this.lastLines.shift();
		}
		if (this.phase === "kernel" && line.includes("Linux version ")) {
			const { boot, silence } = this.limits;
			this.enter("boot", boot, `the kernel did not start user space within ${boot} s`);
			this.machine.expectNoise(silence, `the kernel fell silent for ${silence} s while it booted`);
		}
		if (this.byFirmware && this.phase === "kernel" && FIRMWARE_FAULT.test(line)) this.machine.stop(`the firmware failed: ${line.trim()}`);
		this.log.line(line);
	}
	guestLine(line) {
		if (this.phase === "kernel" && this.byFirmware) return;
		if (this.phase === "kernel" || this.phase === "boot") {
			const { boot } = this.limits;
			this.enter("init", boot, `the guest did not begin the first test within ${boot} s`);
		}
		const enforcement = ENFORCEMENT.exec(line)?.[1];
		if (this.phase === "init" && enforcement !== void 0) this.enforce(enforcement);
		this.recorder.line(line);
	}
	enforce(how) {
		this.enforcement = ENFORCEMENTS.find((one) => one === how);
		if (!this.enforcement) this.machine.stop(UNENFORCED);
	}
	script(name) {
		if (this.scripts === 0) {
			this.bootSeconds = this.elapsed();
			this.machine.expectNoNoise();
			this.onEvent({
				type: "first-test",
				bootSeconds: this.bootSeconds
			});
		}
		this.scripts++;
		this.onEvent({
			type: "script",
			name,
			index: this.scripts,
			total: this.suite.tests.length
		});
		const seconds = this.scriptSeconds;
		this.enter("tests", seconds, `the guest hung: no end of ${name} within ${seconds} s`);
	}
	find(finding) {
		if (isKnownWarning(finding, this.suite.knownWarnings)) return;
		this.findings.push(finding);
		this.recorder.find(finding);
	}
	/** A panic after an oops says little: the oops is what happened. */
	causeOf(panic) {
		const before = this.findings[this.findings.indexOf(panic) - 1];
		return before?.kind === "oops" || before?.kind === "memory" || before?.kind === "lockup" ? `${before.title}; ${panic.title}` : panic.title;
	}
	ending(end) {
		const reason = this.verdict(end);
		return reason === void 0 ? void 0 : {
			reason,
			lastLines: this.lastLines
		};
	}
	/** Why the machine ended when it should not have; undefined when it ended in order. */
	verdict(end) {
		const panic = this.findings.findLast(({ kind }) => kind === "panic");
		const memory = this.findings.find(({ kind }) => kind === "out-of-memory");
		if (end.kind === "ended" && this.phase === "complete" && !panic) return void 0;
		if (end.kind === "failed") return end.reason;
		const size = `${this.suite.memoryMiB} MiB`;
		if (memory && this.phase !== "complete") return `the guest ran out of memory (${size}): ${memory.title}`;
		if (panic) return this.causeOf(panic);
		if (end.kind === "stopped") return end.reason;
		return this.phase === "kernel" ? `the machine (${size}) ended before the kernel came to run` : "the guest stopped early";
	}
};

// src/target.ts
/** One target from its lock to its results. What goes wrong with it is in the result; throws only when interrupted or at a defect. */
async function runTarget(target, job) {
	const { emit, signal } = job;
	const started = performance.now();
	const label = labelOf(target);
	let outcome;
	try {
		emit({
			type: "stage",
			target: label,
			stage: "lock"
		});
		outcome = await produce(target, job, label);
	} catch (error) {
		if (signal.aborted || !(error instanceof ExplainedError)) throw error;
		const skip = !target.named && error instanceof NotDeliveredError;
		outcome = {
			status: skip ? "skip" : "error",
			reason: error.message,
			suites: []
		};
		if (skip) emit({
			type: "warning",
			target: label,
			message: `skipped: ${error.message}`
		});
	} finally {
		for (const { sharing } of job.entries) sharing?.decide(target);
	}
	const { status, reason, cached } = outcome;
	emit({
		type: "finished",
		target: label,
		status,
		...reason === void 0 ? {} : { reason },
		...cached === void 0 ? {} : { cached }
	});
	return {
		id: target.id,
		kernel: target.kernel,
		arch: target.arch,
		title: target.distribution.title,
		...outcome,
		seconds: (performance.now() - started) / 1e3
	};
}
async function produce(asked, job, label) {
	const { workshop, entries, signal } = job;
	const shared = await findShared(asked, job, label);
	const builds = entries.some((entry) => buildsModules(entry) && !shared.has(entry));
	const imageOnly = shared.size > 0 && !builds;
	const locked = imageOnly ? await workshop.obtainer.kernelLock(asked, "image", signal) : await workshop.lock(asked);
	const known = await recall(asked, locked, job, shared);
	if (known) return known;
	for (const name of machineSysroots(job.suites, job.trusted !== void 0)) workshop.tools.sysroot(name);
	const names = builds ? ["headers", "image"] : ["image"];
	const prepared = await workshop.prepare(asked, names, locked);
	const { kernel, effective, mirrors } = prepared;
	const target = {
		...asked,
		kernel
	};
	const output = join(job.out, target.id, kernel);
	await rm(output, {
		recursive: true,
		force: true
	});
	await mkdir(output, { recursive: true });
	const result = {
		status: "skip",
		kernel,
		suites: []
	};
	const replaced = effective.origin === "replaced";
	result.lock = {
		digest: effective.digest,
		...replaced ? { resolvedAnew: true } : {},
		...imageOnly ? { only: "image" } : {}
	};
	result.mirrors = mirrors;
	job.emit({
		type: "prepared",
		target: label,
		lock: result.lock,
		mirrors
	});
	const place = {
		target,
		job,
		output,
		label,
		prepared
	};
	const made = /* @__PURE__ */ new Map();
	for (const entry of entries) {
		const one = await make(entry, shared.get(entry), place);
		made.set(entry, one.made);
		if (one.modules) entry.sharing?.decide(asked, {
			directory: directoryOf(entry, output),
			modules: one.modules
		});
		if (!one.build) continue;
		job.emit({
			type: "built",
			target: label,
			build: one.build
		});
		if (entry.main) result.build = one.build;
		else result.builds = [...result.builds ?? [], {
			...one.build,
			subject: entry.name
		}];
	}
	for (const suite of job.suites) {
		const [entry, files] = [...made].find(([{ suites }]) => suites.includes(suite)) ?? [];
		if (!entry || !files || files.modules.length + files.products.length === 0) continue;
		result.suites.push(await verify$1(suite, entry, files, place));
	}
	result.status = targetStatus(result);
	const reason = reasonOf(result);
	if (reason !== void 0) result.reason = reason;
	if (result.status === "pass") await job.results.remember(resultKey(target, effective, job, shared), output, result);
	return result;
}
async function findShared(asked, { entries, emit }, label) {
	const shared = /* @__PURE__ */ new Map();
	for (const entry of entries) {
		if (!entry.sharing) continue;
		emit({
			type: "stage",
			target: label,
			stage: "queued",
			detail: "for builds of newer releases"
		});
		const found = await entry.sharing.find(asked);
		if (found) shared.set(entry, found);
	}
	return shared;
}
function reasonOf(result) {
	const { reason, subject } = buildsOf(result).find((build) => build.reason !== void 0) ?? {};
	if (reason !== void 0) return subject === void 0 ? reason : `${subject}: ${reason}`;
	return result.suites.find((suite) => suite.reason)?.reason;
}
/** Everything that a result depends on. */
function resultKey(target, { digest }, { digest: ofJob, entries }, shared) {
	const files = entries.map((entry) => shared.get(entry)?.modules.map(({ sha256 }) => sha256) ?? []);
	return digestValue([
		ofJob,
		target.id,
		target.content,
		digest,
		files
	]);
}
async function recall(target, locked, job, shared) {
	if (job.fresh) return void 0;
	const output = join(job.out, target.id, locked.lock.kernel ?? target.kernel);
	const known = await job.results.recall(resultKey(target, locked, job, shared), output);
	if (!known) return void 0;
	for (const { message } of locked.warnings) job.emit({
		type: "warning",
		target: target.id,
		message
	});
	for (const entry of job.entries) {
		if (!entry.sharing || shared.has(entry)) continue;
		const build = buildsOf(known).find(({ subject }) => subject === (entry.main ? void 0 : entry.name));
		const modules = await readAll$1((build?.modules ?? []).map(({ path }) => join(job.out, path)));
		entry.sharing.decide(target, {
			directory: directoryOf(entry, output),
			modules
		});
	}
	return known;
}
async function verify$1(suite, entry, made, place) {
	const { target, job, output, label, prepared } = place;
	const { trusted } = job;
	const [sandbox, machine, guest, firmware] = await Promise.all([
		job.workshop.tools.sandbox(),
		job.workshop.tools.sysroot("machine"),
		job.workshop.tools.sysroot(suite.guest),
		trusted && job.workshop.tools.sysroot("firmware")
	]);
	job.emit({
		type: "stage",
		target: label,
		stage: "queued"
	});
	return await job.slots(async () => {
		job.emit({
			type: "stage",
			target: label,
			stage: "boot",
			detail: suite.name
		});
		const result = await bootSuite({
			sandbox,
			machine,
			guest,
			image: prepared.sysroots.image,
			kernel: target.kernel,
			suite,
			...made,
			programs: job.programs.get(suite) ?? [],
			accelerator: job.accelerator,
			...trusted && firmware ? { secureBoot: {
				certificate: trusted,
				firmware
			} } : {},
			cache: job.workshop.cache,
			outDirectory: directoryOf(entry, output),
			signal: job.signal,
			onEvent: (event) => tell(event, suite, job.emit, label)
		});
		const { console, ktap } = result;
		const told = {
			...entry.main ? {} : { subject: entry.name },
			...result,
			console: relative(job.out, console),
			...ktap ? { ktap: relative(job.out, ktap) } : {}
		};
		job.emit({
			type: "tested",
			target: label,
			suite: told
		});
		return told;
	});
}
function tell(event, suite, emit, target) {
	if (event.type === "test") emit({
		type: "test",
		target,
		suite: suite.name,
		test: event.test
	});
	if (event.type === "booting") emit({
		type: "stage",
		target,
		stage: "boot",
		detail: event.accelerator
	});
	if (event.type === "script") {
		emit({
			type: "stage",
			target,
			stage: "test",
			detail: event.name
		});
		emit({
			type: "progress",
			target,
			done: event.index - 1,
			total: event.total,
			unit: "tests"
		});
	}
}

// src/run.ts
/**
* The main job: builds the subject, and what its suites bring along, for each target, boots each target's kernel with the
* suites, writes the report into `out`. Failures are in the report. Throws InputError before anything is begun,
* EnvironmentError when nothing can be done at all, the signal's reason when interrupted.
*/
async function run(options) {
	try {
		var _usingCtx$2 = _usingCtx();
		const { subject, jobs, trusted, signal } = options;
		const started = performance.now();
		const startedAt = (/* @__PURE__ */ new Date()).toISOString();
		const known = join(options.root, "conformance");
		const { candidates, suites } = await chooseCandidates(subject, options.suites, known);
		const [main, ...others] = candidates;
		const unstartable = trusted && suites.find(({ clock }) => clock === "counted");
		if (unstartable) throw new InputError(`the suite ${unstartable.name} counts time, and firmware does not start in counted time`, { remedy: "Run it without Secure Boot." });
		const out = resolve(options.out);
		_usingCtx$2.a(await claimDirectory(out));
		const warnings = [];
		const emit = (event) => {
			if (event.type === "warning") {
				const { target, message } = event;
				warnings.push({
					...target === void 0 ? {} : { target },
					message
				});
			}
			options.emit(event);
		};
		const workshop = _usingCtx$2.a(await Workshop.open({
			...options,
			emit
		}));
		const builtOnce = _usingCtx$2.a(new SharedPrograms({
			workshop,
			jobs
		}));
		const builds = candidates.some(buildsModules);
		const shareBuilds = builds && (options.shareBuilds ?? false);
		if (options.shareBuilds && !shareBuilds) emit({
			type: "note",
			message: "eBPF programs are built once for all targets anyway, with or without --share-builds"
		});
		if (suites.length > 0 && main.suites.length === 0) {
			const tested = others.map(({ name }) => name).join(", ");
			emit({
				type: "note",
				message: `no suite of this run is for ${main.name}: it is built, and ${tested} tested`
			});
		}
		const { targets: patterns, tree, packages } = options;
		const targets = await workshop.targets({
			patterns,
			builds,
			boots: suites.length > 0,
			...tree ? { tree } : {},
			...packages ? { packages } : {}
		});
		const programs = /* @__PURE__ */ new Map();
		for (const suite of suites) programs.set(suite, await workshop.programs(suite));
		const needed = ["sandbox", ...machineSysroots(suites, trusted !== void 0)];
		if (candidates.some(({ kind, subject }) => kind === "programs" && "directory" in subject) || suites.some((suite) => suite.programs.length > 0)) needed.push("bpf");
		const toolLocks = await Promise.all(needed.map((name) => workshop.tools.lock(name)));
		const directories = suites.length > 0 ? [join(known, "guest"), ...suites.map(({ directory }) => directory)] : [];
		const digest = digestValue([
			await workshop.ownDigest(),
			main.source,
			others.map(({ name, source, suites }) => [
				name,
				source,
				suites.map((suite) => suite.name)
			]),
			toolLocks.map((lock) => lock.digest),
			await Promise.all(directories.map((directory) => digestTree(directory))),
			options.accelerator,
			shareBuilds,
			trusted?.fingerprint256
		]);
		const job = {
			workshop,
			entries: candidates.map((candidate) => {
				const entry = {
					...candidate,
					main: candidate === main
				};
				if (!shareBuilds || !buildsModules(candidate)) return entry;
				return {
					...entry,
					sharing: new SharedBuilds(targets, (target) => workshop.kernelInterface(target))
				};
			}),
			suites,
			programs,
			digest,
			out,
			fresh: options.fresh,
			jobs,
			accelerator: options.accelerator,
			...trusted ? { trusted } : {},
			results: new Results(options.cache, options.supply),
			slots: pLimit(jobs),
			builtOnce,
			emit,
			signal
		};
		const reports = await (options.course ?? allAtOnce)(targets, (target) => runTarget(target, job), workshop);
		const report = {
			schema: "ovnfast.report/1",
			tool: {
				version: package_default.version,
				node: process.version
			},
			module: main.name,
			source: main.source,
			...others.length > 0 ? { modules: others.map(({ name, source }) => ({
				name,
				source
			})) } : {},
			startedAt,
			seconds: (performance.now() - started) / 1e3,
			status: overallStatus(reports),
			host: {
				system: "Linux",
				processors: cpus().length,
				memoryMiB: Math.round(totalmem() / 2 ** 20)
			},
			...warnings.length > 0 ? { warnings } : {},
			targets: reports
		};
		return {
			report,
			files: await writeReport(report, out),
			modules: directoriesOf(candidates)
		};
	} catch (_) {
		_usingCtx$2.e = _;
	} finally {
		await _usingCtx$2.d();
	}
}
function directoriesOf(candidates) {
	return Object.fromEntries(candidates.flatMap(({ name, subject }) => "directory" in subject ? [[name, subject.directory]] : []));
}
/** Each to its end, also when one throws: none may be at work when the clean-up begins. */
const allAtOnce = async (targets, runOne) => {
	return (await Promise.allSettled(targets.map(runOne))).map((result) => {
		if (result.status === "rejected") throw result.reason;
		return result.value;
	});
};

// src/report/flows-table.ts
/** So many flows are shown as rows, and of each reason so many as examples. */
const MAXIMUM_ROWS = 40;
const MAXIMUM_EXAMPLES = 3;
const ACTIONS_WIDTH = 24;
/** What matters first. */
const ORDER = [
	"missed",
	"uncounted",
	"offloaded",
	"exempt"
];
/**
* What a dump of flows comes to, as text: a row per flow (those that are missed first), why those that are not offloaded
* are not with what to do about it, and one line that sums it up. Ends with a newline.
*/
function judgementText(judgement, terminal) {
	const paint = painter(terminal.colour);
	const width = Math.max(40, terminal.size().columns);
	const flows = ORDER.flatMap((verdict) => judgement.flows.filter((flow) => flow.verdict === verdict));
	const rest = flows.length - MAXIMUM_ROWS;
	const groups = reasonGroups(judgement);
	const table = layOut(HEADER, flows.slice(0, MAXIMUM_ROWS).map(row), width, paint);
	return `${[
		flows.length > 0 ? table : [],
		rest > 0 ? [`and ${counted(rest, "more flow")} (--json shows all)`] : [],
		...groups.filter(({ verdict }) => verdict !== "exempt").map((group) => groupLines(group, width, paint)),
		groups.filter(({ verdict }) => verdict === "exempt").flatMap((group) => groupLines(group, width, paint)),
		[verdictLine(judgement, paint), ...noteLines(judgement)]
	].filter((block) => block.length > 0).map((block) => block.join("\n")).join("\n\n")}\n`;
}
const HEADER = [
	{ text: "match" },
	{ text: "actions" },
	{
		text: "packets",
		side: "right"
	},
	{
		text: "bytes",
		side: "right"
	},
	{ text: "dp" },
	{ text: "offloaded" }
];
function row(flow) {
	const status = FLOW_STATUS[flow.verdict];
	return [
		{ text: oneLine(flow.match) },
		{ text: shorten(oneLine(flow.actions), ACTIONS_WIDTH) },
		{
			text: String(flow.packets),
			side: "right"
		},
		{
			text: byteSize(flow.bytes),
			side: "right"
		},
		{ text: oneLine(flow.dp ?? "") },
		{
			text: `${statusLook[status].mark} ${flowState(flow)}`,
			status
		}
	];
}
function groupLines({ reason, flows, verdict }, width, paint) {
	const status = verdict === void 0 ? "fail" : FLOW_STATUS[verdict];
	const { mark, format } = statusLook[status];
	const lines = [`${paint(format, `${mark} ${verdict === void 0 ? "the dump" : counted(flows.length, "flow")}`)}: ${oneLine(reason.text)}`];
	if (verdict === "exempt") return lines;
	if (reason.remedy !== void 0) lines.push(`    ${oneLine(reason.remedy)}`);
	lines.push(paint("gray", `    (${oneLine(reason.source)})`));
	for (const { line, match, actions } of flows.slice(0, MAXIMUM_EXAMPLES)) {
		const place = line === void 0 ? "" : `line ${line}: `;
		lines.push(paint("gray", shorten(`    ${place}${oneLine(`${match} actions:${actions}`)}`, width)));
	}
	if (flows.length > MAXIMUM_EXAMPLES) lines.push(paint("gray", `    and ${flows.length - MAXIMUM_EXAMPLES} more`));
	return lines;
}
function verdictLine(judgement, paint) {
	const { mark, word, format } = statusLook[judgement.passed ? "pass" : "fail"];
	return `${paint(format, `${mark} ${word}`)}  ${flowSummary(judgement)}`;
}
function noteLines({ passed, flows, counts }) {
	if (!passed || counts.offloaded + counts.uncounted < flows.length) return [];
	return ["      The dump holds offloaded flows only; one that was taken with type=offloaded shows no others."];
}

// src/commands/options.ts
/** Parser of an option that may be given several times: all of its values, in their order. */
function collect(value, before) {
	return [...before ?? [], value];
}

// src/commands/flows.ts
/** 200000 flows, the most that Open vSwitch holds, take less. */
const MAXIMUM_BYTES = 256 * 2 ** 20;
/** The options of `verify` that judge a dump of flows. */
const flowsOptions = () => [
	new Option("--flows <file>", "judge what `ovs-appctl dpctl/dump-flows -m` printed on a node, in place of a module; - reads standard input"),
	new Option("--kernel <release>", "kernel release of that node (uname -r), for reasons that depend on it"),
	new Option("--software-port <name>", "port of that node that is none of the card's: a name or glob; repeatable (default: ovn0, mirror0, br-*, ovs-system)").argParser(collect)
];
/**
* `ovnfast verify --flows FILE`: whether every flow of a dump that should be offloaded is, and why not.
* Returns 0 when they are, 1 when not. Throws InputError for what is no such dump, or was taken without -m.
*/
async function runFlows(edge, flags) {
	const { flows: file = "-", kernel, softwarePort } = flags;
	if (kernel !== void 0 && !isKernelRelease(kernel)) throw new InputError(`--kernel ${JSON.stringify(kernel)} is no kernel release`, { remedy: "Give what `uname -r` prints there." });
	const where = file === "-" ? "standard input" : file;
	const dump = parseDump(await readInput(edge, file, where), where);
	checkVerbose(dump, where);
	const origin = {
		...kernel === void 0 ? {} : { kernel },
		...softwarePort ? { softwarePorts: softwarePort } : {}
	};
	const judgement = judgeFlows(dump.flows, origin);
	if (flags.json) {
		const { passed, counts, problems, flows } = judgement;
		const report = {
			schema: "ovnfast.flows/1",
			...kernel === void 0 ? {} : { kernel },
			passed,
			counts,
			problems,
			flows
		};
		edge.stdout.write(`${JSON.stringify(report, null, 2)}\n`);
	} else edge.stdout.write(judgementText(judgement, describeTerminal(edge.stdout, edge.environment)));
	return judgement.passed ? 0 : 1;
}
/** Without -m a dump says neither `offloaded` nor `dp`, so that nothing could be judged by it. */
function checkVerbose({ flows }, where) {
	const terse = flows.find(({ dp }) => dp === void 0);
	if (!terse) return;
	throw new InputError("this flow does not say where it is (dp:)", {
		where: `${where}:${terse.line}:1`,
		remedy: "Take the dump with -m, and by ovs-appctl, not ovs-dpctl: ovs-appctl dpctl/dump-flows -m > FILE"
	});
}
async function readInput(edge, file, where) {
	let handle;
	try {
		handle = file === "-" ? void 0 : await open(resolve(edge.workingDirectory, file));
		return await readAll(handle?.createReadStream() ?? edge.stdin, edge.signal, where);
	} catch (error) {
		if (edge.signal.aborted) throw edge.signal.reason;
		const { code } = error;
		if (error instanceof InputError || code === void 0) throw error;
		throw new InputError(`the flows cannot be read (${code})`, {
			where,
			cause: error
		});
	} finally {
		await handle?.close();
	}
}
async function readAll(stream, signal, where) {
	const chunks = [];
	let bytes = 0;
	for await (const chunk of addAbortSignal(signal, stream)) {
		bytes += chunk.length;
		if (bytes > MAXIMUM_BYTES) throw new InputError(`more than ${MAXIMUM_BYTES / 2 ** 20} MiB`, { where });
		chunks.push(Buffer.from(chunk));
	}
	return Buffer.concat(chunks).toString("utf8");
}

// src/commands/kernels.ts
/** Packages of a kernel, for the commands that take a target. */
const packageOption = () => new Option("--kernel-package <file>", "headers or image package (.rpm, .deb) of the target that no mirror has; repeatable").argParser(collect);
/** A kernel build tree, and what goes with it. */
const treeOptions = () => [
	new Option("--kernel-dir <dir>", "a kernel build tree in place of a target: .config, Module.symvers, scripts"),
	new Option("--kernel-image <file>", "bzImage or vmlinux to boot (default: that of the tree)"),
	new Option("--modules-dir <dir>", "the kernel's own modules: lib/modules/RELEASE, or a root that holds it (default: the tree)"),
	new Option("--toolchain <id>", "distribution whose compiler builds for the tree (default: the one nearest to what built it)")
];
/** Which kernels the flags ask for. Throws InputError for flags that do not go together. */
function kernelsOf({ workingDirectory }, flags) {
	const { target, kernelDir, kernelImage, modulesDir, toolchain, kernelPackage, shareBuilds } = flags;
	const path = (named) => resolve(workingDirectory, named);
	if (kernelDir === void 0) {
		const [name] = Object.entries({
			"--kernel-image": kernelImage,
			"--modules-dir": modulesDir,
			"--toolchain": toolchain
		}).find(([, value]) => value !== void 0) ?? [];
		if (name === void 0) return {
			patterns: target ?? [],
			...kernelPackage ? { packages: kernelPackage.map(path) } : {}
		};
		throw new InputError(`${name} goes with --kernel-dir`, { remedy: "Targets bring their own image, modules and compiler." });
	}
	if (kernelPackage !== void 0) throw new InputError("--kernel-dir and --kernel-package do not go together", { remedy: "A kernel tree holds what the packages would bring: give one or the other." });
	if (target !== void 0) throw new InputError("--kernel-dir and --target do not go together", { remedy: "A kernel tree is a target by itself; --toolchain names the distribution whose compiler is used." });
	if (shareBuilds) throw new InputError("--kernel-dir and --share-builds do not go together", { remedy: "Builds are shared by releases of a distribution." });
	return {
		patterns: [],
		tree: {
			directory: path(kernelDir),
			...kernelImage === void 0 ? {} : { image: path(kernelImage) },
			...modulesDir === void 0 ? {} : { modules: path(modulesDir) },
			...toolchain === void 0 ? {} : { toolchain }
		}
	};
}

// src/commands/secure-boot.ts
/** Held to it are modules when no suite is named. */
const SECURE_BOOT_SUITE = "secure-boot";
/** For the commands that boot what is signed already. */
const secureBootOption = () => new Option("--secure-boot <certificate>", "boot with Secure Boot on and this certificate (PEM or DER) in the firmware's db: the kernel loads only modules of its key, or the distribution's");
/** The certificate that `--secure-boot` names. Throws as `readCertificate`. */
async function trustedOf({ workingDirectory }, path) {
	return path === void 0 ? void 0 : await readCertificate(resolve(workingDirectory, path));
}
/** Throws InputError that names each module without a signature: that it is refused would say nothing of the kernel. */
async function checkSigned(files) {
	const unsigned = (await Promise.all(files.map((file) => readModule(file)))).filter(({ signed }) => !signed);
	if (unsigned.length === 0) return;
	throw new InputError(`not signed: ${unsigned.map(({ path }) => path).join(", ")}`, { remedy: "Sign with `ovnfast release --sign-key`, or scripts/sign-file of the kernel." });
}

// src/commands/run.ts
/** What says something of a machine, or of what runs in it. */
const ALONE = [...[
	"target",
	"suite",
	"kernelPackage",
	"kernelDir",
	"kernelImage",
	"modulesDir",
	"toolchain",
	"fresh"
], ...[
	"jobs",
	"mirror",
	"matrix",
	"frozen",
	"secureBoot"
]];
/** `ovnfast run` */
async function runRun(edge, flags) {
	return await execute(edge, flags, { directory: moduleDirectory(edge, flags.module) }, flags.suite);
}
/** `ovnfast build` */
async function runBuild(edge, flags) {
	return await execute(edge, flags, { directory: moduleDirectory(edge, flags.module) }, []);
}
/** `ovnfast verify FILE...`, and `ovnfast verify --flows FILE`, which needs no machine. */
async function runVerify(edge, flags, files) {
	if (flags.flows !== void 0) {
		const other = ALONE.find((name) => flags[name] !== void 0);
		if (files.length === 0 && !other) return await runFlows(edge, flags);
		throw new InputError("--flows judges a dump alone: no module goes with it, no target, and nothing else of a machine", { remedy: "Leave out the others, or --flows." });
	}
	if (flags.kernel !== void 0 || flags.softwarePort) throw new InputError("--kernel and --software-port say more about a dump of flows: give that with --flows");
	if (files.length === 0) throw new InputError("nothing to verify", { remedy: "Name module files, or a dump of flows with --flows." });
	const paths = files.map((file) => resolve(edge.workingDirectory, file));
	for (const path of paths) await access(path).catch((error) => {
		throw new InputError(`cannot be read (${error.code})`, { where: path });
	});
	const subject = { files: paths };
	const kind = await kindOf(subject);
	const names = await Promise.all(paths.map(testedAs));
	const twice = names.find((name, index) => names.indexOf(name) !== index);
	if (twice) throw new InputError(`two files are called ${twice}`, { remedy: "Verify them one after the other." });
	const modules = flags.secureBoot !== void 0 && kind === "module";
	if (modules) await checkSigned(paths);
	return await execute(edge, flags, subject, flags.suite ?? (modules ? ["secure-boot"] : void 0));
}
/** The module directory that the user named, or the flagship's. */
function moduleDirectory(edge, named) {
	return named === void 0 ? join(edge.root, "kmod/fastpath") : resolve(edge.workingDirectory, named);
}
/** Directories of all modules that come with the tool. */
async function ownModules({ root }) {
	return (await readdir(join(root, "kmod"), { withFileTypes: true })).filter((entry) => entry.isDirectory()).map(({ name }) => join(root, "kmod", name));
}
async function execute(edge, flags, subject, suites) {
	const { report } = await perform(edge, flags, subject, suites);
	return exitStatus(report.status);
}
/** Runs, shows what happens and what came out. Returns the report, and where and how more can be said about it. */
async function perform(edge, flags, subject, suites) {
	try {
		var _usingCtx$1 = _usingCtx();
		const output = flags.json ? edge.stderr : edge.stdout;
		const terminal = describeTerminal(output, edge.environment);
		const { patterns, ...kernels } = kernelsOf(edge, flags);
		const trusted = await trustedOf(edge, flags.secureBoot);
		const view = _usingCtx$1.u(new LiveView({
			output,
			terminal
		}));
		const { report, files } = await run({
			...workshopOptions(edge, flags, view.emit),
			targets: patterns,
			...kernels,
			subject,
			...suites ? { suites } : {},
			...trusted ? { trusted } : {},
			out: resolve(edge.workingDirectory, flags.out),
			jobs: flags.jobs ?? edge.processors,
			fresh: flags.fresh ?? false,
			shareBuilds: flags.shareBuilds ?? false,
			accelerator: flags.accel ?? "auto"
		});
		view.close();
		const figures = figuresText(report, terminal);
		output.write(`\n${figures}${figures && "\n"}${resultTable(report, terminal, flags.out)}\n${files.html}\n`);
		if (flags.json) edge.stdout.write(`${JSON.stringify(report, null, 2)}\n`);
		return {
			report,
			output,
			terminal
		};
	} catch (_) {
		_usingCtx$1.e = _;
	} finally {
		_usingCtx$1.d();
	}
}

// src/commands/listener.ts
/** The live view on standard error, for commands whose result is what they print. Closed when its scope ends. */
function watchOnStderr(edge) {
	return new LiveView({
		output: edge.stderr,
		terminal: describeTerminal(edge.stderr, edge.environment)
	});
}

export { loadSuite as $, chooseCandidates as A, changesText as B, Results as C, KernelLog as D, groupBy as E, systemClock as F, describeTerminal as G, isWorse as H, figuresText as I, stringWidth as J, painter as K, madeOf as L, kindOf as M, suiteOf as N, diagnosticText as O, LiveView as P, listSuites as Q, buildsModules as R, renderModule as S, summaryMarkdown as T, resultTable as U, compareFigures as V, cell as W, buildsOf as X, buildName as Y, suiteTitle as Z, Machine as _, runBuild as a, matchKernel as b, secureBootOption as c, packageOption as d, machineSysroots as et, treeOptions as f, prepareMachine as g, run as h, perform as i, Option as it, digestSubject as j, claimDirectory as k, trustedOf as l, collect as m, moduleDirectory as n, CommanderError as nt, runRun as o, flowsOptions as p, statusLook as q, ownModules as r, InvalidArgumentError as rt, runVerify as s, watchOnStderr as t, Command as tt, kernelsOf as u, shareableFamily as v, writeReport as w, printable as x, sharingKey as y, changeLine as z };
// SPDX-License-Identifier: Apache-2.0

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
export const pageStyle = `
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

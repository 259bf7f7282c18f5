// SPDX-License-Identifier: Apache-2.0
import { buildsOf } from '../builds.ts';
import { type Markup, markup } from '../markup.ts';
import type { ReportExecutable, ReportModule, ReportProgram } from '../model.ts';
import { diagnosticText } from '../problems.ts';
import { byteSize, counted, duration } from '../text.ts';
import { figuresView } from './figures.ts';
import { flowsView } from './flows.ts';
import { excerpt, logView } from './log.ts';
import {
  type BuildView,
  badge,
  dotted,
  fileLink,
  icon,
  type SuiteView,
  type TargetView,
  type TestView,
} from './view.ts';

/** All about one target: verdict, build, suites, tests, logs. */
export function targetArticle(view: TargetView): Markup {
  const { target, anchor } = view;
  const said = [...buildsOf(target), ...target.suites];
  const saidBelow = said.some(({ subject, reason }) => [reason, `${subject}: ${reason}`].includes(target.reason));
  return markup`<article class="target" id="${anchor}" data-name="${view.name} ${target.kernel} ${target.title ?? ''}">
<h3>${badge(target.status)} <a href="#${anchor}">${target.title ?? target.id}</a> <span class="kernel">${target.kernel}</span></h3>
<p class="meta">${dotted([
    target.arch,
    target.seconds !== undefined && duration(target.seconds),
    target.cached && markup`<span class="pill">cached</span> result of an earlier run with the same content`,
    target.lock?.resolvedAnew &&
      markup`<strong class="notable">packages resolved anew: those of the lock are gone</strong>`,
  ])}</p>
${target.reason !== undefined && !saidBelow && markup`<p class="reason">${target.reason}</p>`}
${view.builds.map(buildView)}
${view.suites.map(suiteView)}
${factsView(view)}
</article>
`;
}

function buildView({ build, name, anchor, log }: BuildView): Markup {
  const modules = build.modules ?? (build.module ? [build.module] : []);
  const bad = build.status !== 'pass';
  return markup`<details class="build" id="${anchor}"${bad && markup` open`}>
<summary><span class="row">${icon(build.status)} <span class="name">${name.replace('build', 'Build')}</span> <span class="word ${build.status}">${build.status}</span></span> <span class="meta">${dotted(
    [
      duration(build.seconds),
      build.diagnostics.length > 0 && counted(build.diagnostics.length, 'diagnostic'),
      build.cached && markup`<span class="pill">cached</span>`,
      build.toolchain !== undefined && `toolchain of ${build.toolchain}`,
      build.sharedFrom !== undefined && markup`<span class="pill">the file of ${build.sharedFrom}</span>`,
    ],
  )}</span></summary>
<div class="body">
${build.reason !== undefined && markup`<p class="reason">${build.reason}</p>`}
${excerpt('Compiler diagnostics', build.diagnostics.map(diagnosticText))}
${modules.map(moduleFacts)}
${(build.programs ?? []).map(programFacts)}
${(build.executables ?? []).map(executableFacts)}
${build.btf && markup`<p class="meta">BTF: ${build.btf.present ? 'yes' : `no${build.btf.reason ? `, ${build.btf.reason}` : ''}`}</p>`}
${build.log !== undefined && logView('build', build.log, `${anchor}/log`, log)}
</div>
</details>`;
}

function moduleFacts(module: ReportModule): Markup {
  return markup`<dl class="facts">
${fact('module', fileLink(module.path))}
${fact('size', byteSize(module.size))}
${fact('vermagic', markup`<code>${module.vermagic}</code>`)}
${fact('srcversion', module.srcversion === undefined ? undefined : markup`<code>${module.srcversion}</code>`)}
${fact('sha256', markup`<code>${module.sha256}</code>`)}
${fact('signed', module.signed === undefined ? undefined : module.signed ? 'yes' : 'no')}
</dl>`;
}

function programFacts({ path, size, sections, maps, license, btf, sha256 }: ReportProgram): Markup {
  return markup`<dl class="facts">
${fact('eBPF object', fileLink(path))}
${fact('size', byteSize(size))}
${fact('programs', sections.join(', '))}
${fact('maps', maps.length > 0 ? maps.join(', ') : undefined)}
${fact('license', license)}
${fact('BTF', btf ? 'yes' : 'no')}
${fact('sha256', markup`<code>${sha256}</code>`)}
</dl>`;
}

function executableFacts({ path, size, sha256 }: ReportExecutable): Markup {
  return markup`<dl class="facts">
${fact('goes with it', fileLink(path))}
${fact('size', byteSize(size))}
${fact('sha256', markup`<code>${sha256}</code>`)}
</dl>`;
}

function fact(name: string, value: Markup | string | undefined): Markup | false {
  return value !== undefined && markup`<div><dt>${name}</dt><dd>${value}</dd></div>`;
}

function suiteView(view: SuiteView): Markup {
  const { suite, anchor, tests, log } = view;
  const passed = suite.tests.filter((test) => test.status === 'pass').length;
  return markup`<section class="suite" id="${anchor}" data-name="${suite.name}">
<h4>${icon(suite.status)} <a href="#${anchor}">${suite.name}</a> <span class="word ${suite.status}">${suite.status}</span></h4>
<p class="meta">${dotted([
    suite.subject !== undefined && `module ${suite.subject}`,
    `${passed} of ${counted(tests.length, 'test')} passed`,
    duration(suite.seconds),
    `boot ${duration(suite.bootSeconds)}`,
    `${suite.accelerator.toUpperCase()}${suite.acceleratorReason ? ` (${suite.acceleratorReason})` : ''}`,
    suite.clock === 'counted' && 'counted clock',
    suite.secureBoot && `Secure Boot, trusting ${suite.secureBoot.subject}`,
    suite.cached && markup`<span class="pill">cached</span>`,
  ])}</p>
${suite.reason !== undefined && markup`<p class="reason">${suite.reason}</p>`}
${figuresView(view)}
${flowsView(view)}
${tests.length > 0 && markup`<ul class="tests">${tests.map(testView)}</ul>`}
${logView('kernel', suite.console, `${anchor}/console`, log)}
${suite.ktap !== undefined && markup`<p class="meta">What the guest said (KTAP): ${fileLink(suite.ktap)}</p>`}
</section>
`;
}

function testView({ test, anchor }: TestView): Markup {
  const said = [excerpt('Evidence', test.evidence), excerpt('Kernel log of this test', test.kernelLog)];
  return markup`<li class="test" data-status="${test.status}"><details id="${anchor}"${test.status === 'fail' && markup` open`}>
<summary><span class="row">${icon(test.status)} <span class="name">${test.name}</span> <span class="word ${test.status}">${test.status}</span>${test.reason !== undefined && markup` <span class="why">${test.reason}</span>`}</span> <span class="time">${duration(test.seconds)}</span></summary>
<div class="body">${said.some(Boolean) ? said : markup`<p class="meta">It printed nothing but its verdict.</p>`}<p class="meta"><a href="#${anchor}">Link to this test</a></p></div>
</details></li>
`;
}

/** Where the packages came from: for whoever has to repeat this. */
function factsView({ target, anchor }: TargetView): Markup | undefined {
  if (!target.lock && !target.mirrors?.length) return undefined;
  return markup`<details class="origin" id="${anchor}/origin"><summary><span class="row"><span class="name">Packages</span></span></summary>
<div class="body"><dl class="facts">
${target.lock && markup`<div><dt>lock, sha256</dt><dd><code>${target.lock.digest}</code></dd></div>`}
${(target.mirrors ?? []).map(({ url, packages }) => markup`<div><dt>served by</dt><dd><code>${url}</code>: ${counted(packages, 'package')}</dd></div>`)}
</dl></div></details>`;
}

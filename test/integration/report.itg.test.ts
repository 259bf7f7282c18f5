// SPDX-License-Identifier: Apache-2.0
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import type { AxeResults } from 'axe-core';
import type { Browser, BrowserContextOptions, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { TemporaryDirectory } from '../../src/host/files.ts';
import type { Report } from '../../src/report/model.ts';
import { oneLine, visible } from '../../src/report/text.ts';
import { writeReport } from '../../src/report/write.ts';
import {
  flowSuite,
  hostile,
  hostileFigures,
  hostileFlows,
  measuringSuite,
  mixedReport,
  sampleReport,
  sampleSuite,
  sampleTarget,
  sampleTest,
} from '../unit/report/sample.ts';
import { launchBrowser } from './browser.ts';

const endless = 'a-name-without-any-place-to-break-'.repeat(8);
const kernelLine = (index: number) =>
  `[${(index / 100).toFixed(6).padStart(12)}] pci 0000:00:01.${index}: [8086:100e] type 00 class 0x020000`;

function hostileReport(): Report {
  const test = sampleTest(0, {
    name: hostile,
    status: 'fail',
    reason: hostile + endless,
    evidence: hostile.split('\n'),
    kernelLog: [endless],
  });
  const suite = sampleSuite('debian-11', {
    name: hostile,
    status: 'fail',
    reason: hostile,
    tests: [test, sampleTest(1, { name: endless })],
  });
  const target = sampleTarget(0, {
    title: endless,
    reason: hostile,
    suites: [suite, hostileFigures('debian-11'), hostileFlows('debian-11')],
  });
  return sampleReport([target, sampleTarget(1)], {
    module: hostile,
    warnings: [{ target: endless, message: hostile }],
  });
}

const reports: Record<string, Report> = {
  mixed: mixedReport(),
  pass: sampleReport([0, 1, 2, 3].map((index) => sampleTarget(index))),
  none: sampleReport([]),
  hostile: hostileReport(),
  measured: sampleReport([sampleTarget(1, { suites: [measuringSuite('debian-12'), flowSuite('debian-12')] })]),
};

const desktop = { viewport: { width: 1280, height: 900 } };
const phone = { viewport: { width: 360, height: 740 }, hasTouch: true };

let directory: TemporaryDirectory;
let browser: Browser;

beforeAll(async () => {
  directory = await TemporaryDirectory.create(tmpdir(), 'ovnfast-page-');
  for (const [name, report] of Object.entries(reports)) {
    const out = join(directory.path, name);
    for (const { build, suites } of report.targets) {
      const lines = Array.from({ length: name === 'mixed' ? 300 : 20 }, (_, index) => kernelLine(index));
      lines[12] = '[    1.200000] WARNING: CPU: 0 PID: 1 at net/core/dev.c:1';
      lines[13] = '[    1.200001] ---[ end trace 0000000000000000 ]---';
      for (const path of [build?.log, ...suites.map((suite) => suite.console)]) {
        if (path === undefined) continue;
        await mkdir(dirname(join(out, path)), { recursive: true });
        await writeFile(join(out, path), `${lines.join('\r\n')}\r\n${hostile}\r\n${endless}\r\n`);
      }
    }
    await writeReport(report, out);
  }
  browser = await launchBrowser(directory.path, AbortSignal.timeout(600_000));
});

afterAll(async () => {
  await browser?.close();
  await directory?.[Symbol.asyncDispose]();
});

type Opened = { page: Page; complaints: string[]; requests: string[] } & AsyncDisposable;

async function open(path: string, options: BrowserContextOptions = desktop): Promise<Opened> {
  const context = await browser.newContext({ reducedMotion: 'reduce', ...options });
  const page = await context.newPage();
  const complaints: string[] = [];
  const requests: string[] = [];
  page.on('console', (message) => complaints.push(`${message.type()}: ${message.text()}`));
  page.on('pageerror', (error) => complaints.push(error.message));
  page.on('dialog', (dialog) => {
    complaints.push(`dialog: ${dialog.message()}`);
    void dialog.dismiss();
  });
  page.on('request', (request) => requests.push(request.url()));
  await page.goto(`file:///page/${path}`);
  return { page, complaints, requests, [Symbol.asyncDispose]: () => context.close() };
}

const unfoldAll = (page: Page) =>
  page.evaluate(() => {
    for (const details of document.querySelectorAll('details')) details.open = true;
  });

const axe = await readFile(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

async function violations(page: Page): Promise<string[]> {
  await page.evaluate(axe);
  const result = (await page.evaluate('axe.run(document, { resultTypes: ["violations"] })')) as AxeResults;
  return result.violations.map(
    ({ id, nodes }) =>
      `${id}: ${nodes
        .slice(0, 3)
        .map((node) => node.html.slice(0, 160))
        .join(' | ')}`,
  );
}

const shownTests = (page: Page) => page.locator('.test:visible');

describe.each([
  ['light on a desk', { ...desktop, colorScheme: 'light' }],
  ['dark on a phone', { ...phone, colorScheme: 'dark' }],
] as const)('%s', (_, options) => {
  it.each(Object.keys(reports))(
    '"%s" asks for nothing, complains of nothing, fits its screen, is accessible unfolded',
    async (name) => {
      await using view = await open(`${name}/report.html`, options);
      const { page, complaints, requests } = view;
      await unfoldAll(page);
      const { wide, over } = await page.evaluate(() => ({
        wide: document.documentElement.scrollWidth - document.documentElement.clientWidth,
        over: [...document.body.querySelectorAll('main *, header *, footer *')]
          .filter(
            (element) =>
              element.getBoundingClientRect().right > innerWidth + 0.5 &&
              !element.closest('.grid-box, .chart-box, .matrix thead, .hide'),
          )
          .map((element) => element.outerHTML.slice(0, 100)),
      }));
      expect(over).toEqual([]);
      expect(wide).toBe(0);
      expect(await violations(page)).toEqual([]);
      expect(requests).toEqual([`file:///page/${name}/report.html`]);
      expect(complaints).toEqual([]);
    },
  );
});

it('is light or dark as the reader likes it', async () => {
  const ground = async (colorScheme: 'light' | 'dark') => {
    await using view = await open('pass/report.html', { ...desktop, colorScheme });
    return await view.page.evaluate(() => {
      const [red = 0, green = 0, blue = 0] =
        getComputedStyle(document.body).backgroundColor.match(/\d+/g)?.map(Number) ?? [];
      return (red + green + blue) / 3;
    });
  };
  expect(await ground('light')).toBeGreaterThan(230);
  expect(await ground('dark')).toBeLessThan(40);
});

it('keeps hostile text text: in names, reasons, evidence and logs', async () => {
  await using view = await open('hostile/report.html');
  const { page } = view;
  await unfoldAll(page);
  expect(await page.locator('.test .name').first().textContent()).toBe(visible(hostile));
  expect(await page.locator('.failure .excerpt code').first().textContent()).toBe(visible(hostile));
  const line = visible(hostile).split('\n')[1] ?? '';
  expect(await page.locator('.log .lines li', { hasText: '</style></pre>' }).first().textContent()).toBe(line);
  expect(await page.locator('img, iframe, object, embed, [onerror], [onload], main svg svg').count()).toBe(0);
  expect(await page.locator('script').count()).toBe(1);
  expect(await page.title()).toContain(oneLine(hostile));
  expect(await page.locator('body').textContent()).not.toMatch(/[^\P{Cc}\n\t]|\u202e/u);
});

it('draws what was measured, each point in its place, and names each series beside its line', async () => {
  await using view = await open('measured/report.html');
  const { page } = view;
  const lines = await page
    .locator('.chart')
    .nth(1)
    .evaluate((chart) =>
      [...chart.querySelectorAll('.line')].map((line) => ({
        name: line.querySelector(':scope > text')?.textContent,
        points: [...line.querySelectorAll('.mark')].map((mark) => {
          const { left, top, width, height } = mark.getBoundingClientRect();
          return { x: left + width / 2, y: top + height / 2 };
        }),
      })),
    );
  expect(lines.map(({ name, points }) => [name, points.length])).toEqual([
    ['stock', 9],
    ['bypass', 9],
  ]);
  const [stock = [], bypass = []] = lines.map(({ points }) => points);
  const steps = stock.slice(1).map(({ x }, index) => x - (stock[index]?.x ?? 0));
  // Each size is four times the one before it: equal steps of a logarithmic axis.
  for (const step of steps) expect(step).toBeCloseTo(steps[0] ?? 0, 0);
  // 363 Mb/s against 232, then 1967 against 4022.
  expect(bypass[5]?.y).toBeLessThan((stock[5]?.y ?? 0) - 5);
  expect(bypass[8]?.y).toBeGreaterThan((stock[8]?.y ?? 0) + 5);
  const names = await page
    .locator('.chart')
    .nth(1)
    .locator('.line > text')
    .evaluateAll((texts) => texts.map((text) => text.getBoundingClientRect().top));
  expect(Math.abs((names[0] ?? 0) - (names[1] ?? 0))).toBeGreaterThan(12);
});

it('has a policy that would stop a script even if one got in', async () => {
  await using view = await open('mixed/report.html');
  const { page, complaints } = view;
  const blocked: (string | undefined)[] = [];
  page.on('requestfailed', (request) => blocked.push(request.failure()?.errorText));
  await page.evaluate(() => {
    const holder = document.createElement('div');
    holder.innerHTML = '<img src="https://mirror.example/x.png" onerror="document.title=`owned`">';
    const script = document.createElement('script');
    script.textContent = 'document.title = "owned"';
    document.body.append(holder, script);
  });
  await expect
    .poll(() => complaints.filter((text) => text.includes('Content Security Policy')).length)
    .toBeGreaterThanOrEqual(2);
  expect(await page.title()).not.toContain('owned');
  expect(blocked).toEqual(['csp']);
});

describe('the filter', () => {
  it('narrows tests, targets, failures and the table by words, says how many are left, and Escape clears it', async () => {
    await using view = await open('mixed/report.html');
    const { page } = view;
    expect(await shownTests(page).count()).toBe(50);
    await page.locator('#filter').fill('debian-12 NAT');
    expect(await shownTests(page).count()).toBe(1);
    expect(await page.locator('#count').textContent()).toBe('1 of 50 tests');
    expect(await page.locator('.target:visible').count()).toBe(1);
    expect(await page.locator('.failure:visible').count()).toBe(1);
    expect(await page.locator('.grid tbody tr:visible').count()).toBe(1);
    await page.locator('#filter').fill('untranslated');
    expect(await shownTests(page).count()).toBe(1);
    await page.locator('#filter').fill('no such words');
    expect(await shownTests(page).count()).toBe(0);
    expect(await page.locator('#nothing').isVisible()).toBe(true);
    await page.keyboard.press('Escape');
    expect(await shownTests(page).count()).toBe(50);
    expect(await page.locator('.target:visible').count()).toBe(4);
    expect(await page.locator('.failure:visible').count()).toBe(4);
    expect(await page.locator('#nothing').isVisible()).toBe(false);
  });

  it('by status shows those of that status, together with the words', async () => {
    await using view = await open('mixed/report.html');
    const { page } = view;
    await page.getByRole('button', { name: /2 failed/ }).click();
    expect(await shownTests(page).count()).toBe(2);
    expect(await page.getByRole('button', { name: /2 failed/ }).getAttribute('aria-pressed')).toBe('true');
    await page.locator('#filter').fill('unload');
    expect(await shownTests(page).count()).toBe(1);
    await page.getByRole('button', { name: /^all/ }).click();
    expect(await shownTests(page).count()).toBe(2);
  });
});

describe('links', () => {
  it('to a test unfold it, scroll to it and focus it', async () => {
    await using view = await open('mixed/report.html#debian-12/fastpath/four-lines');
    const test = view.page.locator('[id="debian-12/fastpath/four-lines"]');
    expect(await test.getAttribute('open')).not.toBeNull();
    await expect
      .poll(() => test.locator('summary').evaluate((summary) => summary === document.activeElement))
      .toBe(true);
    const box = await test.boundingBox();
    expect(box?.y).toBeGreaterThanOrEqual(0);
    expect(box?.y).toBeLessThan(900);
  });

  it('lead from the table and from a failure to the test and its log, also past a filter and a second time', async () => {
    await using view = await open('mixed/report.html');
    const { page } = view;
    const test = page.locator('[id="debian-11/fastpath/vxlan"]');
    await page.getByRole('link', { name: 'pass: vxlan on debian-11' }).click();
    await expect.poll(() => test.getAttribute('open')).not.toBeNull();
    await test.locator('summary').click();
    expect(await test.getAttribute('open')).toBeNull();
    await page.getByRole('link', { name: 'pass: vxlan on debian-11' }).click();
    await expect.poll(() => test.getAttribute('open')).not.toBeNull();
    const log = page.locator('[id="debian-12/fastpath/console"]');
    await page.locator('.failure').first().getByRole('link', { name: 'kernel log' }).click();
    await expect.poll(() => log.getAttribute('open')).not.toBeNull();
    await page.locator('#filter').fill('vxlan');
    await page.evaluate(() => {
      location.hash = '#debian-12/fastpath/nat-gateway';
    });
    await expect.poll(() => page.locator('[id="debian-12/fastpath/nat-gateway"]').isVisible()).toBe(true);
    expect(await page.locator('#filter').inputValue()).toBe('');
  });

  it('to nothing or to broken addresses do no harm', async () => {
    for (const hash of ['#no/such/test', '#%', '#%00', '#"><img>']) {
      await using view = await open(`mixed/report.html${hash}`);
      expect(view.complaints).toEqual([]);
      expect(await shownTests(view.page).count()).toBe(50);
    }
  });
});

describe('by keyboard', () => {
  it('a stroke focuses the filter, arrows go through what is left, Enter unfolds', async () => {
    await using view = await open('mixed/report.html');
    const { page } = view;
    const focused = () => page.evaluate(() => document.activeElement?.textContent?.trim() ?? '');
    await page.keyboard.press('/');
    await page.keyboard.type('vxlan');
    expect(await page.locator('#filter').inputValue()).toBe('vxlan');
    await page.keyboard.press('ArrowDown');
    // The first of what is shown of debian-11 is its build.
    expect(await focused()).toMatch(/^Build/);
    await page.keyboard.press('ArrowDown');
    expect(await focused()).toMatch(/^vxlan/);
    const test = page.locator('[id="debian-11/fastpath/vxlan"]');
    await page.keyboard.press('Enter');
    expect(await test.getAttribute('open')).not.toBeNull();
    await page.keyboard.press('Enter');
    expect(await test.getAttribute('open')).toBeNull();
    await page.keyboard.press('ArrowUp');
    expect(await focused()).toMatch(/^Build/);
    await page.keyboard.press('/');
    expect(await page.evaluate(() => document.activeElement?.id)).toBe('filter');
    await page.keyboard.press('/');
    expect(await page.locator('#filter').inputValue()).toBe('/');
  });

  it('the first Tab offers to skip to the results, and the table of tests is one stop with arrows inside', async () => {
    await using view = await open('mixed/report.html');
    const { page } = view;
    await page.keyboard.press('Tab');
    expect(await page.evaluate(() => document.activeElement?.className)).toBe('skip-link');
    expect(await page.locator('.grid a[tabindex="0"]').count()).toBe(1);
    await page.locator('.grid a[tabindex="0"]').focus();
    await page.keyboard.press('ArrowRight');
    await page.keyboard.press('ArrowDown');
    expect(await page.evaluate(() => document.activeElement?.getAttribute('aria-label'))).toBe(
      'pass: pod-tcp-ipv4 on debian-12',
    );
    expect(await page.locator('.grid a[tabindex="0"]').count()).toBe(1);
    await page.keyboard.press('Enter');
    await expect.poll(() => page.locator('[id="debian-12/fastpath/pod-tcp-ipv4"]').getAttribute('open')).not.toBeNull();
  });
});

it('searches in a kernel log, steps through what it finds, and can show only complaints', async () => {
  await using view = await open('mixed/report.html#debian-12/fastpath/console');
  const { page } = view;
  const log = page.locator('[id="debian-12/fastpath/console"]');
  expect(await log.locator('summary').textContent()).toMatch(/306 lines.*1 complaint/);
  await log.getByRole('searchbox').fill('0000:00:01.2');
  expect(await log.locator('output').textContent()).toBe('1 of 111');
  await log.getByRole('searchbox').press('Enter');
  expect(await log.locator('output').textContent()).toBe('2 of 111');
  await log.getByRole('button', { name: 'Previous line found' }).click();
  await log.getByRole('button', { name: 'Previous line found' }).click();
  expect(await log.locator('output').textContent()).toBe('111 of 111');
  expect(
    await log.locator('li.now').evaluate((line) => {
      const list = line.parentElement?.getBoundingClientRect();
      const { top, bottom } = line.getBoundingClientRect();
      return list !== undefined && top >= list.top && bottom <= list.bottom;
    }),
  ).toBe(true);
  await log.getByRole('searchbox').fill('not in there');
  expect(await log.locator('output').textContent()).toBe('not found');
  await log.getByRole('checkbox').check();
  expect(await log.locator('.lines li:visible').allTextContents()).toEqual([
    '[    1.200000] WARNING: CPU: 0 PID: 1 at net/core/dev.c:1',
    '[    1.200001] ---[ end trace 0000000000000000 ]---',
  ]);
});

it('can be read without its script', async () => {
  await using view = await open('mixed/report.html', { ...desktop, javaScriptEnabled: false });
  const { page, complaints } = view;
  expect(await page.locator('.toolbar, .log-tools, .keys').locator('visible=true').count()).toBe(0);
  const log = page.locator('[id="debian-11/fastpath/console"]');
  await log.locator('summary').click();
  expect(await log.locator('.lines li').first().isVisible()).toBe(true);
  expect(await page.locator('.failure .excerpt').first().isVisible()).toBe(true);
  expect(complaints).toEqual([]);
});

it('unfolds tests for paper, and folds them again', async () => {
  await using view = await open('mixed/report.html');
  const { page } = view;
  const folded = () => page.locator('details:not([open])').count();
  const before = await folded();
  expect(before).toBeGreaterThan(50);
  await page.emulateMedia({ media: 'print', colorScheme: 'dark' });
  await page.evaluate(() => window.dispatchEvent(new Event('beforeprint')));
  expect(await page.locator('.test details:not([open])').count()).toBe(0);
  expect(await page.locator('.toolbar').isVisible()).toBe(false);
  expect(await page.evaluate(() => getComputedStyle(document.body).backgroundColor)).toBe('rgb(255, 255, 255)');
  await page.evaluate(() => window.dispatchEvent(new Event('afterprint')));
  expect(await folded()).toBe(before);
});

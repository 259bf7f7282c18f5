// SPDX-License-Identifier: Apache-2.0
import { type Browser, chromium } from 'playwright-core';
import { openTools } from './tools.ts';

/** Nothing that phones home, and no sandbox of its own: it runs in ours, which has no network and no privileges. */
const switches = [
  '--headless',
  '--no-sandbox',
  '--disable-gpu',
  '--disable-dev-shm-usage',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-default-apps',
  '--disable-extensions',
  '--disable-field-trial-config',
  '--disable-breakpad',
  '--disable-sync',
  '--force-color-profile=srgb',
  '--hide-scrollbars',
  '--metrics-recording-only',
  '--mute-audio',
  '--no-default-browser-check',
  '--no-first-run',
  '--password-store=basic',
  '--user-data-dir=/tmp/profile',
  '--remote-debugging-pipe',
  '--no-startup-window',
];

/**
 * Starts the Chromium of the pinned packages in the sandbox, with the files of `directory` at `file:///page/`.
 * Playwright talks to it through descriptors 3 and 4, which the sandbox hands on.
 */
export async function launchBrowser(directory: string, signal: AbortSignal): Promise<Browser> {
  await using workshop = await openTools(signal);
  const sandbox = await workshop.tools.sandbox();
  const { command, args } = sandbox.command(
    await workshop.tools.sysroot('browser'),
    ['/usr/lib/chromium/chromium', ...switches],
    { binds: [{ from: directory, to: '/page' }] },
  );
  return await chromium.launch({ executablePath: command, args, ignoreDefaultArgs: true, env: {}, timeout: 60_000 });
}

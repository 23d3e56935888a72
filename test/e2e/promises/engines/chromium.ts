import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import puppeteer, { type Page } from 'puppeteer-core';
import { type Engine, within } from './engine.js';
import { processesBelow, signal } from './processes.js';
import { createBrowser, type Special } from './puppeteer.js';
import { versionOf } from './version.js';

export function createChromium(executablePath: string): Engine {
  return {
    name: 'chromium',
    version: versionOf(executablePath),
    powers: new Set([
      ...(['kill the renderer', 'close a busy tab', 'freeze a page', 'limit the quota', 'stall localStorage'] as const),
      ...(['block storage', 'an insecure host', 'restore pages'] as const),
    ]),
    insecureHost: 'lab.test',
    pageScript: '',
    async launch({ profile, storageBlocked }) {
      if (storageBlocked) blockStorage(profile);
      const driver = await puppeteer.launch({
        browser: 'chrome',
        executablePath,
        userDataDir: profile,
        headless: true,
        args: [
          ...['--no-sandbox', '--disable-gpu', '--disable-quic', '--host-resolver-rules=MAP *.test 127.0.0.1'],
          '--blink-settings=allowScriptsToCloseWindows=true',
          // So that a tab's end is its process's end, and one that is killed takes no other along.
          '--disable-features=SpareRendererForSitePerProcess',
          // Pages of the browser's own, which each window loads and none here needs.
          '--disable-features=WebUIOmniboxPopup,WebUIOmniboxFullPopup,WebUIOmniboxAimPopup',
        ],
        ignoreDefaultArgs: ['--disable-back-forward-cache'],
        timeout: 60_000,
      });
      return createBrowser(driver, specialOf);
    },
    async close() {},
  };
}

function specialOf(page: Page): Special {
  const command = async (prepare: (session: Awaited<ReturnType<Page['createCDPSession']>>) => Promise<unknown>) => {
    const session = await within(10_000, 'a debugging session', page.createCDPSession());
    await within(10_000, 'a debugging command', prepare(session));
  };
  return {
    async prepareKill() {
      // Attached beforehand, because a page that is busy cannot be attached to.
      const session = await page.createCDPSession();
      return async () => {
        const crashed = new Promise((resolve) => page.once('error', resolve));
        // Crashes on the process's IO thread, so a busy page dies too. Who is dead does not answer.
        session.send('Page.crash').catch(() => undefined);
        await within(10_000, 'the crash of a page', crashed);
      };
    },
    freeze: () => command((session) => session.send('Page.setWebLifecycleState', { state: 'frozen' })),
    limitQuota: (bytes) =>
      command(async (session) => {
        const origin = new URL(page.url()).origin;
        await session.send(
          'Storage.overrideQuotaForOrigin',
          bytes === undefined ? { origin } : { origin, quotaSize: bytes },
        );
      }),
    async stallStorage() {
      const all = processesBelow(page.browser().process()?.pid ?? 0);
      const its = all.filter(({ command }) => command.includes('--utility-sub-type=storage.'));
      if (its.length === 0) throw new Error('localStorage has no process of its own');
      for (const { pid } of its) signal(pid, 'SIGSTOP');
      return {
        end() {
          for (const { pid } of its) signal(pid, 'SIGCONT');
        },
      };
    },
  };
}

/** As "block all cookies" in the settings has it. */
function blockStorage(profile: string): void {
  mkdirSync(join(profile, 'Default'), { recursive: true });
  const preferences = { profile: { default_content_setting_values: { cookies: 2 } } };
  writeFileSync(join(profile, 'Default', 'Preferences'), JSON.stringify(preferences));
}

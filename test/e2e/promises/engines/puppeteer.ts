import type { Browser as Driver, Page } from 'puppeteer-core';
import { type Browser, type Tab, within } from './engine.js';
import { killGroup } from './processes.js';

const CALL_MS = 30_000;

/** What the two engines that puppeteer drives do each in its own way. */
export type Special = Pick<Tab, 'prepareKill' | 'freeze' | 'limitQuota' | 'stallStorage'> & Partial<Pick<Tab, 'close'>>;

export function createBrowser(driver: Driver, special: (page: Page) => Special): Browser {
  const child = driver.process();
  if (!child) throw new Error('the browser has no process of its own');
  return {
    async open(url) {
      const page = await within(CALL_MS, 'a new tab', driver.newPage());
      const tab = createTab(page, special(page));
      await tab.goto(url);
      return tab;
    },
    kill: () => killGroup(child),
    async end() {
      await within(10_000, 'the end of the browser', driver.close()).catch(() => undefined);
      await killGroup(child);
    },
  };
}

function createTab(page: Page, special: Special): Tab {
  return {
    run: (code) => within(CALL_MS, 'code in a page', page.evaluate(`(async () => { ${code} })()`)),
    async goto(url) {
      await within(CALL_MS, `a navigation to ${url}`, page.goto(url, { waitUntil: 'load', timeout: CALL_MS }));
    },
    close: () => within(CALL_MS, 'closing a tab', page.close()),
    ...special,
  };
}

import puppeteer, { type Browser as Driver, type Page } from 'puppeteer-core';
import { type Engine, type Tab, within } from './engine.js';
import { busiestOf, signal } from './processes.js';
import { createBrowser, type Special } from './puppeteer.js';
import { versionOf } from './version.js';

export function createFirefox(executablePath: string): Engine {
  return {
    name: 'firefox',
    version: versionOf(executablePath),
    powers: new Set([
      'kill the renderer',
      'close a busy tab',
      'block storage',
      'an insecure host',
      'restore pages',
    ] as const),
    insecureHost: 'lab.test',
    pageScript: '',
    async launch({ profile, storageBlocked }) {
      const driver = await puppeteer.launch({
        browser: 'firefox',
        executablePath,
        userDataDir: profile,
        headless: true,
        extraPrefsFirefox: {
          'network.dns.localDomains': 'lab.test',
          // A window that its own script closes; and no question whether the page may be left.
          'dom.allow_scripts_to_close_windows': true,
          // Puppeteer's own profile switches the back/forward cache off; visitors have it.
          'browser.sessionhistory.max_total_viewers': -1,
          'fission.bfcacheInParent': true,
          ...(storageBlocked && { 'network.cookie.cookieBehavior': 2 }),
        },
        timeout: 60_000,
      });
      return createBrowser(driver, (page) => specialOf(driver, page));
    },
    async close() {},
  };
}

const specialOf = (driver: Driver, page: Page): Special => ({
  async prepareKill() {
    const root = driver.process()?.pid ?? 0;
    const run: Tab['run'] = (code) => within(20_000, 'code in a page', page.evaluate(`(async () => { ${code} })()`));
    const pid = await busiestOf(root, / tab$| tab /, run);
    return async () => signal(pid);
  },
  // As a visitor closes a tab; without being asked to, the driver closes it past `beforeunload`.
  close: () => within(30_000, 'closing a tab', page.close({ runBeforeUnload: true })),
  freeze: () => Promise.reject(new Error('Firefox has no way to freeze a page')),
  limitQuota: () => Promise.reject(new Error('Firefox has no way to limit the quota of a page at work')),
  stallStorage: () => Promise.reject(new Error('Firefox keeps localStorage in its main process')),
});

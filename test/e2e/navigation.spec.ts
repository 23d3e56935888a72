import puppeteer, { type Browser } from 'puppeteer-core';
import { ensureBrowser } from '../ensure.mjs';
import { bundleApps } from './navigation/apps.js';
import type { NavigationCase } from './navigation/case.js';
import { alsoPatched, groups, WITHOUT_NAVIGATION_API } from './navigation/cases.js';
import { play, type Tab } from './navigation/play.js';
import { startNavigationSite } from './navigation/site.js';
import type { BrowserCode } from './support/browser-code.js';
import { test as base, expect } from './support/test.js';

interface Shared {
  apps: ReadonlyMap<string, string>;
  /** A browser that may prerender: with Playwright's way of attaching to pages, Chromium never does. */
  eager: Browser;
}

const test = base.extend<object, Shared>({
  apps: [
    // biome-ignore lint/correctness/noEmptyPattern: Playwright reads from the pattern which fixtures are needed.
    async ({}, use) => use(await bundleApps()),
    { scope: 'worker' },
  ],
  eager: [
    // biome-ignore lint/correctness/noEmptyPattern: as above
    async ({}, use) => {
      const browser = await puppeteer.launch({
        executablePath: await ensureBrowser(),
        args: ['--no-sandbox', '--disable-gpu', '--disable-quic'],
        ignoreDefaultArgs: ['--disable-background-networking'],
      });
      await use(browser);
      await browser.close();
    },
    { scope: 'worker' },
  ],
});

/** What both drivers can do with a page. */
interface Driven {
  goto(url: string): Promise<unknown>;
  evaluate(code: string): Promise<unknown>;
  close(): Promise<void>;
}

const tabOf = (page: Driven): Tab => ({
  goto: async (url) => void (await page.goto(url)),
  run: (code) => page.evaluate(`(async () => { ${code} })()`),
});

/**
 * A busy browser may decline to restore or prerender a page, and puppeteer may lose a page as it is activated. These are
 * their own affairs, and the case is played anew.
 */
const ATTEMPTS = 5;
const isTheirs = (error: unknown) => /declined|detached Frame/.test(String(error));

// Each case has a site of its own.
test.describe.configure({ mode: 'parallel' });

for (const [group, cases] of Object.entries(groups)) {
  for (const its of cases) {
    define(group, its);
    if (alsoPatched.includes(group) && its.needs === undefined) {
      define(`${group}, without a Navigation API`, { ...its, before: WITHOUT_NAVIGATION_API + (its.before ?? '') });
    }
  }
}

function define(group: string, its: NavigationCase): void {
  if (its.wish === 'prerendered') {
    test(`${group}: ${its.name}`, ({ eager, code, apps }) => {
      // An attempt in which puppeteer loses the page takes a quarter of a minute.
      test.setTimeout(150_000);
      return playUntilGranted(its, code, apps, () => eager.newPage());
    });
  } else {
    test(`${group}: ${its.name}`, ({ context, code, apps }) =>
      playUntilGranted(its, code, apps, () => context.newPage()));
  }
}

async function playUntilGranted(
  its: NavigationCase,
  code: BrowserCode,
  apps: ReadonlyMap<string, string>,
  open: () => Promise<Driven>,
): Promise<void> {
  for (let attempt = 1; ; attempt++) {
    // An origin, and so a storage, of its own.
    const site = await startNavigationSite(its, { code, apps, pageScript: '' });
    const page = await open();
    try {
      expect(await play(its, site, tabOf(page))).toEqual(its.expected);
      return;
    } catch (error) {
      if (!its.wish || attempt === ATTEMPTS || !isTheirs(error)) throw error;
    } finally {
      await page.close();
      await site.close();
    }
  }
}

import type { Page } from '@playwright/test';
import { bundleApps } from './navigation/apps.js';
import type { NavigationCase } from './navigation/case.js';
import { alsoPatched, groups, WITHOUT_NAVIGATION_API } from './navigation/cases.js';
import { type EagerBrowser, startEagerBrowser } from './navigation/eager.js';
import { play, type Tab } from './navigation/play.js';
import { type NavigationSite, startNavigationSite } from './navigation/site.js';
import { test as base, expect } from './support/test.js';

interface Shared {
  apps: ReadonlyMap<string, string>;
  eager: EagerBrowser;
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
      const browser = await startEagerBrowser();
      await use(browser);
      await browser.close();
    },
    { scope: 'worker' },
  ],
});

/** A busy browser may decline to restore or prerender a page, and the case is played anew. */
const ATTEMPTS = 5;
const isDeclined = (error: unknown) => String(error).includes('declined');

/** Of the browser without a driver, so that each has a name of its own. */
let tabs = 0;

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
  const title = `${group}: ${its.name}`;
  if (its.wish === 'prerendered') {
    test(title, ({ eager, code, apps }) =>
      playUntilGranted(its, async () => {
        tabs += 1;
        const name = `tab-${tabs}`;
        const site = await startNavigationSite(its, { code, apps, pageScript: eager.pageScript(name) });
        return { site, tab: await eager.open(name, `${site.origin}/bare`) };
      }),
    );
  } else {
    test(title, ({ context, code, apps }) =>
      playUntilGranted(its, async () => ({
        site: await startNavigationSite(its, { code, apps, pageScript: '' }),
        tab: tabOf(await context.newPage()),
      })),
    );
  }
}

const tabOf = (page: Page): ClosableTab => ({
  goto: async (url) => void (await page.goto(url)),
  run: (code) => page.evaluate(`(async () => { ${code} })()`),
  close: () => page.close(),
});

type ClosableTab = Tab & { close(): Promise<void> };

/** Each attempt has an origin, and so a storage, of its own. */
async function playUntilGranted(
  its: NavigationCase,
  open: () => Promise<{ site: NavigationSite; tab: ClosableTab }>,
): Promise<void> {
  for (let attempt = 1; ; attempt++) {
    const { site, tab } = await open();
    try {
      expect(await play(its, site, tab)).toEqual(its.expected);
      return;
    } catch (error) {
      if (!its.wish || attempt === ATTEMPTS || !isDeclined(error)) throw error;
    } finally {
      await tab.close();
      await site.close();
    }
  }
}

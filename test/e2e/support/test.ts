import { test as base } from '@playwright/test';
import type { StandIn } from '../../../demo/vendors/stand-in.js';
import { startVendors } from '../../../demo/vendors/start-vendors.js';
import { type BrowserCode, loadBrowserCode } from './browser-code.js';
import { type Site, startSite } from './site.js';

export type Vendors = Record<StandIn['name'], StandIn>;

interface Fixtures {
  vendors: Vendors;
  site: Site;
  /** Exceptions that reached a page, and what the library reported as its own mistake. Any fails the test. */
  troubles: string[];
}

/** Playwright's `test` with a site, its collector and the vendors, all real servers that live as long as the test. */
export const test = base.extend<Fixtures, { code: BrowserCode }>({
  code: [
    // biome-ignore lint/correctness/noEmptyPattern: Playwright reads from the pattern which fixtures are needed.
    async ({}, use) => use(await loadBrowserCode()),
    { scope: 'worker' },
  ],
  // biome-ignore lint/correctness/noEmptyPattern: as above
  async vendors({}, use) {
    const vendors = await startVendors();
    await use(vendors);
    await Promise.all(Object.values(vendors).map((vendor) => vendor.close()));
  },
  async site({ code, vendors }, use) {
    const site = await startSite(code, vendors);
    await use(site);
    await site.close();
  },
  baseURL: ({ site }, use) => use(site.origin),
  troubles: [
    async ({ context }, use) => {
      const troubles: string[] = [];
      context.on('weberror', (error) => troubles.push(String(error.error())));
      context.on('console', (message) => {
        if (message.type() === 'error' && message.text().includes('tracklet')) troubles.push(message.text());
      });
      await use(troubles);
      base.expect(troubles, 'nothing was thrown into a page').toEqual([]);
    },
    { auto: true },
  ],
});

export const { expect } = test;

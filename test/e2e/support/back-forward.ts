import type { Page } from '@playwright/test';
import { expect } from './test.js';

/** Notes in a page whether it comes from the back/forward cache. */
export const RESTORED_SCRIPT = `
  var restored = false;
  addEventListener('pageshow', ({ persisted }) => (restored = persisted));
`;

async function leaveFor(page: Page, there: string): Promise<void> {
  await page.evaluate((url) => {
    location.href = url;
  }, there);
  await page.waitForURL(there);
}

/**
 * Goes from `/a` away and back until the page comes from the back/forward cache: a busy browser may decline, which is its
 * own affair. `away` happens on the other page, `before` on each `/a` that is left. Resolves to the number of trips.
 */
export async function leaveAndReturn(
  page: Page,
  there: string,
  away: () => Promise<void> | void = () => {},
  before: () => Promise<void> | void = () => {},
): Promise<number> {
  const whyNot = `restored ? 'restored' : JSON.stringify(performance.getEntriesByType('navigation')[0].notRestoredReasons)`;
  let outcome: unknown;
  for (let trip = 1; trip <= 3; trip++) {
    await before();
    await leaveFor(page, there);
    await away();
    await page.evaluate(() => void setTimeout(() => history.back()));
    // A restored page is not loaded, so there is no load to wait for.
    await page.waitForURL('/a', { waitUntil: 'commit' });
    await page.waitForFunction('window.tracker');
    await expect.poll(() => page.evaluate('document.readyState')).toBe('complete');
    outcome = await page.evaluate(whyNot);
    if (outcome === 'restored') return trip;
  }
  throw new Error(`not restored in three trips: ${outcome}`);
}

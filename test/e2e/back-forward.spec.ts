import type { Page } from '@playwright/test';
import { numbersIn, sorted, upTo } from './support/numbers.js';
import type { Site } from './support/site.js';
import { expect, test } from './support/test.js';
import { trackNumbers, waitingIn } from './support/tracker-in.js';

test.beforeEach(({ site }) => {
  site.options = { destinations: { relay: { endpoint: '/t' } }, flushAfterMs: 50 };
  site.script = `
    var restored = false;
    addEventListener('pageshow', ({ persisted }) => (restored = persisted));
  `;
});

async function leaveFor(page: Page, there: string): Promise<void> {
  await page.evaluate((url) => {
    location.href = url;
  }, there);
  await page.waitForURL(there);
}

/**
 * Goes away and back until the page comes from the back/forward cache: a busy browser may decline, which is its own
 * affair. `away` happens on the other page. Resolves to the number of trips.
 */
async function leaveAndReturn(page: Page, there: string, away = () => {}): Promise<number> {
  const whyNot = `restored ? 'restored' : JSON.stringify(performance.getEntriesByType('navigation')[0].notRestoredReasons)`;
  let outcome: unknown;
  for (let trip = 1; trip <= 3; trip++) {
    await leaveFor(page, there);
    away();
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

for (const [where, there] of [
  ['a page of the site', () => '/b'],
  ['another site', (site: Site) => site.elsewhere],
] as const) {
  test(`back from ${where} by the back/forward cache: nothing lost or doubled, and one more view`, async ({
    page,
    site,
  }) => {
    await page.goto('/a');
    await page.evaluate(() => window.tracker.flush());
    await trackNumbers(page, 1, 10);
    const trips = await leaveAndReturn(page, there(site));
    await trackNumbers(page, 11, 20);
    await expect.poll(() => waitingIn(page), { timeout: 15_000 }).toBe(0);
    expect(sorted(numbersIn(site.collector.accepted))).toEqual(upTo(20));
    const views = site.collector.accepted.filter(({ type, page: { path } }) => type === 'page' && path === '/a');
    expect(views).toHaveLength(1 + trips);
  });
}

test('an answer that comes while the page is in the back/forward cache settles its events', async ({ page, site }) => {
  let answer = () => {};
  const after = new Promise<void>((resolve) => {
    answer = resolve;
  });
  await page.goto('/a');
  await page.evaluate(() => window.tracker.flush());
  site.collector.reply = () => (site.collector.requests.length === 2 ? { status: 200, after } : { status: 200 });
  await trackNumbers(page, 1, 20);
  await expect.poll(() => site.collector.requests.length).toBe(2);
  await leaveAndReturn(page, site.elsewhere, answer);
  await trackNumbers(page, 21, 30);
  await expect.poll(() => waitingIn(page), { timeout: 15_000 }).toBe(0);
  expect(sorted(numbersIn(site.collector.accepted))).toEqual(upTo(30));
});

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

/** In the browser's own words. */
const whyNot = `restored ? 'restored' : JSON.stringify(performance.getEntriesByType('navigation')[0].notRestoredReasons)`;

async function leaveFor(page: Page, there: string): Promise<void> {
  await page.evaluate((url) => {
    location.href = url;
  }, there);
  await page.waitForURL(there);
}

/** A restored page is not loaded, so there is no load to wait for; what it keeps of its past shows that it was restored. */
async function returnTo(page: Page, path: string): Promise<void> {
  await page.evaluate(() => void setTimeout(() => history.back()));
  await page.waitForURL(path, { waitUntil: 'commit' });
  await expect.poll(() => page.evaluate(whyNot).catch(() => 'not yet there')).toBe('restored');
}

for (const [where, there] of [
  ['a page of the site', () => '/b'],
  ['another site', (site: Site) => site.elsewhere],
] as const) {
  test(`back from ${where} by the back/forward cache: nothing lost or doubled, and a second view`, async ({
    page,
    site,
  }) => {
    await page.goto('/a');
    await page.evaluate(() => window.tracker.flush());
    await trackNumbers(page, 1, 10);
    await leaveFor(page, there(site));
    await returnTo(page, '/a');
    await trackNumbers(page, 11, 20);
    await expect.poll(() => waitingIn(page), { timeout: 15_000 }).toBe(0);
    expect(sorted(numbersIn(site.collector.accepted))).toEqual(upTo(20));
    const views = site.collector.accepted.filter(({ type, page: { path } }) => type === 'page' && path === '/a');
    expect(views).toHaveLength(2);
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
  await leaveFor(page, site.elsewhere);
  answer();
  await returnTo(page, '/a');
  await trackNumbers(page, 21, 30);
  await expect.poll(() => waitingIn(page), { timeout: 15_000 }).toBe(0);
  expect(sorted(numbersIn(site.collector.accepted))).toEqual(upTo(30));
});

import { leaveAndReturn, RESTORED_SCRIPT } from './support/back-forward.js';
import { numbersIn, sorted, upTo } from './support/numbers.js';
import type { Site } from './support/site.js';
import { expect, test } from './support/test.js';
import { statsOf, trackNumbers, waitingIn } from './support/tracker-in.js';

test.beforeEach(({ site }) => {
  site.options = { destinations: { relay: { endpoint: '/t' } }, flushAfterMs: 50 };
  site.script = RESTORED_SCRIPT;
});

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

test('what was tracked as the page was left, and delivered by the next page, does not come back with it', async ({
  page,
  site,
}) => {
  site.options = { ...site.options, pageViews: 'off' };
  site.script += `if (location.pathname === '/a') {
    addEventListener('pagehide', () => tracker.track('Leaving', { product: 'p-7' }), { once: true });
  }`;
  await page.goto('/a');
  await trackNumbers(page, 1, 1);
  await page.evaluate(() => window.tracker.flush());
  await leaveAndReturn(page, '/b', () =>
    expect.poll(() => numbersIn(site.collector.accepted), { timeout: 15_000 }).toContain(7),
  );
  await trackNumbers(page, 2, 2);
  await expect.poll(() => waitingIn(page), { timeout: 15_000 }).toBe(0);
  expect(sorted(numbersIn(site.collector.accepted))).toEqual([1, 2, 7]);
  expect((await statsOf(page)).destinations.relay).toMatchObject({ sent: 3, waiting: 0, bytes: 0 });
});

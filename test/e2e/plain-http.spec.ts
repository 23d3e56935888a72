import { numbersIn, sorted, upTo } from './support/numbers.js';
import { expect, test } from './support/test.js';
import { statsOf, trackNumbers, waitingIn } from './support/tracker-in.js';

// No loopback name, so no secure context, so no Web Locks: the pages take turns by a lease in the database.
test.use({ baseURL: ({ site }, use) => use(site.origin.replace('127.0.0.1', 'plain-http.test')) });

test.beforeEach(({ site }) => {
  site.options = { destinations: { relay: { endpoint: '/t' } }, pageViews: 'off', flushAt: 5, flushAfterMs: 50 };
});

test('tabs on plain http that open at once on a backlog: each event arrives once, in order', async ({
  context,
  page,
  site,
}) => {
  let isUp = false;
  site.collector.reply = () => ({ status: isUp ? 200 : 500 });
  await page.goto('/');
  expect(await page.evaluate(() => [isSecureContext, 'locks' in navigator])).toEqual([false, false]);
  await trackNumbers(page, 1, 300);
  await page.evaluate(() => window.tracker.flush());
  await page.goto('/elsewhere');
  isUp = true;
  const others = await Promise.all(Array.from({ length: 4 }, () => context.newPage()));
  await Promise.all([page, ...others].map((tab) => tab.goto('/')));
  await expect.poll(() => numbersIn(site.collector.accepted).length, { timeout: 30_000 }).toBeGreaterThanOrEqual(300);
  await expect.poll(() => waitingIn(page)).toBe(0);
  expect(numbersIn(site.collector.accepted)).toEqual(upTo(300));
});

test('tabs on plain http that all track, through page after page: each event arrives once', async ({
  context,
  page,
  site,
}) => {
  const tabs = [page, ...(await Promise.all([1, 2].map(() => context.newPage())))];
  await Promise.all(
    tabs.map(async (tab, index) => {
      for (let visit = 0; visit < 5; visit++) {
        await tab.goto(`/page-${visit}`);
        const first = 1 + (index * 5 + visit) * 10;
        await trackNumbers(tab, first, first + 9);
      }
    }),
  );
  await expect.poll(() => numbersIn(site.collector.accepted).length, { timeout: 30_000 }).toBeGreaterThanOrEqual(150);
  await expect.poll(async () => (await statsOf(page)).destinations.relay?.waiting).toBe(0);
  expect(sorted(numbersIn(site.collector.accepted))).toEqual(upTo(150));
});

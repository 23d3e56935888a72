import type { Page } from '@playwright/test';
import { numbersIn, sorted, upTo } from './support/numbers.js';
import type { Site } from './support/site.js';
import { expect, test } from './support/test.js';
import { trackNumbers, waitingIn } from './support/tracker-in.js';

test.beforeEach(({ site }) => {
  site.options = { destinations: { relay: { endpoint: '/t' } }, flushAt: 5, flushAfterMs: 50 };
});

/** Ten events in each of five tasks. */
async function trackInTasks(page: Page, first: number): Promise<void> {
  for (let task = 0; task < 5; task++) await trackNumbers(page, first + task * 10, first + task * 10 + 9);
}

async function expectOneVisit(site: Site, count: number): Promise<void> {
  const { accepted } = site.collector;
  await expect.poll(() => sorted(numbersIn(accepted)), { timeout: 20_000 }).toEqual(upTo(count));
  const tracked = accepted.filter(({ type }) => type === 'track');
  expect(new Set(tracked.map(({ visitor }) => visitor.anonymousId)).size).toBe(1);
  expect(new Set(tracked.map(({ session }) => session.id)).size).toBe(1);
}

test('two tabs that track at once: each event arrives once, from one visitor in one session', async ({
  context,
  page,
  site,
}) => {
  const other = await context.newPage();
  await page.goto('/');
  await other.goto('/');
  await Promise.all([trackInTasks(page, 1), trackInTasks(other, 51)]);
  await expectOneVisit(site, 100);
  await expect.poll(async () => (await waitingIn(page)) + (await waitingIn(other))).toBe(0);
  await expectOneVisit(site, 100);
});

test('ten tabs that open at once on a first visit: each event arrives once, and they agree on visitor and session', async ({
  context,
  page,
  site,
}) => {
  const others = await Promise.all(Array.from({ length: 9 }, () => context.newPage()));
  const tabs = [page, ...others];
  await Promise.all(tabs.map((tab) => tab.goto('/')));
  await expect.poll(() => site.collector.accepted.length, { timeout: 20_000 }).toBe(10);
  await Promise.all(tabs.map((tab, index) => trackNumbers(tab, index * 5 + 1, index * 5 + 5)));
  await expectOneVisit(site, 50);
  await expect.poll(() => waitingIn(page)).toBe(0);
  await expectOneVisit(site, 50);
});

test('two tabs that open at once on a backlog: each of its events arrives once, in order', async ({
  context,
  page,
  site,
}) => {
  let isUp = false;
  site.collector.reply = () => ({ status: isUp ? 200 : 500 });
  site.options.pageViews = 'off';
  await page.goto('/');
  await trackNumbers(page, 1, 300);
  await page.evaluate(() => window.tracker.flush());
  await page.goto('/elsewhere');
  isUp = true;
  const other = await context.newPage();
  await Promise.all([page.goto('/'), other.goto('/')]);
  await expectOneVisit(site, 300);
  await expect.poll(() => waitingIn(page)).toBe(0);
  expect(numbersIn(site.collector.accepted)).toEqual(upTo(300));
});

test('a tab that hangs while it sends does not hold up another tab for longer than its request', async ({
  context,
  page,
  site,
}) => {
  site.options.timeoutMs = 500;
  site.collector.reply = () => (site.collector.requests.length === 1 ? 'hang' : { status: 200 });
  await page.goto('/');
  await trackNumbers(page, 1, 5);
  await expect.poll(() => site.collector.requests.length).toBe(1);
  const other = await context.newPage();
  await other.goto('/');
  await trackNumbers(other, 6, 10);
  await expect.poll(() => sorted(numbersIn(site.collector.accepted)), { timeout: 15_000 }).toEqual(upTo(10));
});

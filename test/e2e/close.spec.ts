import { NOTHING } from './support/nothing.js';
import { numbersIn, upTo } from './support/numbers.js';
import { expect, test } from './support/test.js';
import { statsOf, toldIn, trackNumbers, waitingIn } from './support/tracker-in.js';

test.beforeEach(({ site }) => {
  site.options = { destinations: { relay: { endpoint: '/t' } }, flushAfterMs: 50 };
});

test('after close() nothing is listened to, sent or kept, and history is as it was', async ({ page, site }) => {
  // Only without a Navigation API is history patched.
  await page.addInitScript(() => {
    Reflect.deleteProperty(window, 'navigation');
    Object.assign(window, { before: [history.pushState, history.replaceState] });
  });
  await page.goto('/');
  await expect.poll(() => site.collector.accepted.length).toBe(1);
  expect(await page.evaluate('before.every((method) => Object.values(history).includes(method))')).toBe(false);
  await page.evaluate(() => window.tracker.close());
  expect(await page.evaluate('[history.pushState, history.replaceState].every((m, i) => m === before[i])')).toBe(true);

  await trackNumbers(page, 1, 3);
  await page.evaluate(() => history.pushState({}, '', '/a'));
  await page.evaluate(() => dispatchEvent(new Event('online')));
  await page.evaluate(() => window.tracker.flush());
  await page.evaluate(() => window.tracker.close());
  expect(site.collector.requests).toHaveLength(1);
  expect(await toldIn(page, 'dropped')).toMatchObject(Array(3).fill({ reason: 'closed' }));
  // Nor does leaving write anything down for a page that has nothing to say.
  await page.goto('/next');
  await expect.poll(() => site.collector.accepted.length).toBe(2);
  expect(numbersIn(site.collector.accepted)).toEqual([]);
});

test('what was queued when the tracker was closed is delivered by the next one, on the same page', async ({
  page,
  site,
}) => {
  let isUp = false;
  site.collector.reply = () => ({ status: isUp ? 200 : 500 });
  site.options = { ...site.options, pageViews: 'off' };
  await page.goto('/');
  await trackNumbers(page, 1, 5);
  await page.evaluate(() => window.tracker.close());
  isUp = true;
  await page.evaluate(() => {
    window.tracker = window.lib.createTracker({
      destinations: [window.lib.relay({ endpoint: '/t' })],
      pageViews: 'off',
      flushAfterMs: 50,
    });
  });
  await trackNumbers(page, 6, 8);
  await expect.poll(() => numbersIn(site.collector.accepted), { timeout: 10_000 }).toEqual(upTo(8));
  await expect.poll(() => waitingIn(page)).toBe(0);
  expect(numbersIn(site.collector.accepted)).toEqual(upTo(8));
  await expect.poll(async () => (await statsOf(page)).destinations.relay).toMatchObject({ sent: 8, dropped: NOTHING });
});

test('close() in the task of track(), even before the database is open, keeps the events', async ({ page, site }) => {
  site.script = `
    if (location.pathname === '/closed') {
      for (let number = 1; number <= 5; number++) tracker.track('Early', { product: 'p-' + number });
      tracker.close().then(() => (document.title = 'closed'));
    }
  `;
  await page.goto('/closed');
  await expect(page).toHaveTitle('closed');
  await page.goto('/next');
  await expect.poll(() => numbersIn(site.collector.accepted)).toEqual(upTo(5));
});

test('two trackers of two names live on one page, each with its own queue', async ({ page, site }) => {
  site.options.pageViews = 'off';
  await page.goto('/');
  await page.evaluate(() => {
    const other = window.lib.createTracker({
      name: 'other',
      destinations: [window.lib.relay({ endpoint: '/t' })],
      pageViews: 'off',
      flushAfterMs: 50,
    });
    other.track('Seen', { product: 'p-2' });
    return other.flush();
  });
  await trackNumbers(page, 1, 1);
  await expect.poll(() => numbersIn(site.collector.accepted)).toEqual([2, 1]);
  await expect.poll(async () => (await statsOf(page)).destinations.relay).toMatchObject({ sent: 1 });
  expect(new Set(site.collector.accepted.map(({ visitor }) => visitor.anonymousId)).size).toBe(2);
});

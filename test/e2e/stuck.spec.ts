import type { BrowserContext, Page } from '@playwright/test';
import { numbersIn, sorted, upTo } from './support/numbers.js';
import type { Site } from './support/site.js';
import { expect, test } from './support/test.js';
import { toldIn, trackNumbers, waitingIn } from './support/tracker-in.js';

// What one tab keeps, and never lets go of, must not hold up the others.

test.beforeEach(({ site }) => {
  site.options = { destinations: { relay: { endpoint: '/t' } }, pageViews: 'off', flushAfterMs: 50, timeoutMs: 1_000 };
});

/** A page whose vendor is proven, and another tab beside it. */
async function twoTabs(context: BrowserContext, page: Page, site: Site): Promise<Page> {
  const other = await context.newPage();
  await other.goto('/other');
  await page.goto('/');
  await trackNumbers(page, 1, 1);
  await expect.poll(() => numbersIn(site.collector.accepted)).toEqual([1]);
  return other;
}

test('a tab in a dialog that nobody answers, with a request on its way: others deliver, and nothing twice', async ({
  context,
  page,
  site,
}) => {
  const other = await twoTabs(context, page, site);
  site.collector.reply = () => 'hang';
  await trackNumbers(page, 2, 2);
  await expect.poll(() => site.collector.requests.length).toBe(2);
  const dialog = page.waitForEvent('dialog');
  await page.evaluate(() => void setTimeout(() => confirm('Really?')));
  const { dismiss } = await dialog.then((shown) => ({ dismiss: () => shown.dismiss() }));
  site.collector.reply = () => ({ status: 200 });
  await trackNumbers(other, 3, 3);
  await expect.poll(() => numbersIn(site.collector.accepted), { timeout: 30_000 }).toContain(3);
  await dismiss();
  await trackNumbers(page, 4, 4);
  await expect.poll(async () => (await waitingIn(page)) + (await waitingIn(other)), { timeout: 40_000 }).toBe(0);
  expect(sorted(numbersIn(site.collector.accepted))).toEqual(upTo(4));
});

test('headers() that never answers in one tab keeps no other from delivering', async ({ context, page, site }) => {
  const open = async (tab: Page, isStuck: boolean) => {
    await tab.goto('/bare');
    await tab.evaluate((hangs) => {
      const headers = () => (hangs ? new Promise<Record<string, string>>(() => {}) : {});
      window.told = [];
      window.tracker = window.lib.createTracker({
        destinations: [window.lib.relay({ endpoint: '/t', headers })],
        pageViews: 'off',
        flushAfterMs: 50,
        timeoutMs: 1_000,
      });
      window.tracker.on('retry', (detail) => window.told.push(['retry', detail]));
    }, isStuck);
  };
  await open(page, true);
  await trackNumbers(page, 1, 1);
  await expect.poll(() => toldIn(page, 'retry')).toMatchObject([{ reason: expect.stringContaining('headers()') }]);
  const other = await context.newPage();
  await open(other, false);
  await trackNumbers(other, 2, 2);
  await expect.poll(() => sorted(numbersIn(site.collector.accepted)), { timeout: 30_000 }).toEqual([1, 2]);
});

test('a page that is left while it takes over what another left behind holds no lock', async ({
  context,
  page,
  site,
}) => {
  const other = await twoTabs(context, page, site);
  // What a killed page left, and a store that somebody keeps busy until the end.
  await other.evaluate(async () => {
    const opening = indexedDB.open('tracklet');
    await new Promise((resolve) => {
      opening.onsuccess = resolve;
    });
    const time = Date.now() - 60_000;
    const event = { id: 'dead-1', type: 'track', name: 'Dead', time, properties: {}, visitor: { anonymousId: 'a' } };
    const record = { v: 1, position: time * 1_000, owner: 'dead', bytes: 10, event };
    const key = `relay e ${record.position} dead-1`;
    localStorage.setItem(`tracklet:journal:${key}`, JSON.stringify({ id: key, keys: [key], value: record }));
    window.isBusy = true;
    const store = opening.result.transaction('queue', 'readwrite').objectStore('queue');
    const keepBusy = () => {
      if (window.isBusy) store.get('nothing').onsuccess = keepBusy;
    };
    keepBusy();
  });
  await page.goto('/again');
  const held = () => other.evaluate(async () => (await navigator.locks.query()).held?.map(({ name }) => name));
  await expect.poll(held).toContain('tracklet journal');
  await page.evaluate("location.href = '/bare/next'");
  await page.waitForURL('/bare/next');
  await expect.poll(held).toEqual([]);
  await other.evaluate(() => {
    window.isBusy = false;
  });
});

test('a database that opens after its deadline keeps nobody from deleting it', async ({ context, page }) => {
  test.setTimeout(90_000);
  const blocker = await context.newPage();
  await blocker.goto('/bare');
  await blocker.evaluate(
    () =>
      new Promise<void>((resolve) => {
        const first = indexedDB.open('tracklet', 1);
        first.onupgradeneeded = () => first.result.createObjectStore('queue');
        first.onsuccess = () => {
          first.result.onversionchange = () => {};
          const second = indexedDB.open('tracklet', 2);
          second.onblocked = () => resolve();
          second.onsuccess = () => second.result.close();
        };
      }),
  );
  await page.goto('/');
  await expect.poll(() => toldIn(page, 'degraded'), { timeout: 30_000 }).toHaveLength(1);
  await blocker.close();
  const other = await context.newPage();
  await other.goto('/bare/delete');
  const outcome = await other.evaluate(async () => {
    // Behind the opening that came too late.
    const opening = indexedDB.open('tracklet');
    await new Promise((resolve) => {
      opening.onsuccess = resolve;
    });
    opening.result.close();
    const deleting = indexedDB.deleteDatabase('tracklet');
    return new Promise((resolve) => {
      deleting.onsuccess = () => resolve('deleted');
      deleting.onblocked = () => resolve('blocked');
    });
  });
  expect(outcome).toBe('deleted');
});

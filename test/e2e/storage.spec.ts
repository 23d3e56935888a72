import { NOTHING } from './support/nothing.js';
import { numbersIn, upTo } from './support/numbers.js';
import { expect, test } from './support/test.js';
import { statsOf, toldIn, trackNumbers, waitingIn } from './support/tracker-in.js';

test.beforeEach(({ site }) => {
  site.options = { destinations: { relay: { endpoint: '/t' } }, pageViews: 'off', flushAfterMs: 50 };
});

for (const [what, breakIt] of [
  ['IndexedDB is missing', () => Object.defineProperty(window, 'indexedDB', { value: undefined })],
  [
    'opening the database throws',
    () => {
      IDBFactory.prototype.open = () => {
        throw new DOMException('denied', 'SecurityError');
      };
    },
  ],
  // What iOS was seen to do: no event ever comes.
  ['the database never opens', () => (IDBFactory.prototype.open = () => new EventTarget() as IDBOpenDBRequest)],
  [
    'IndexedDB and localStorage are missing',
    () => {
      for (const name of ['indexedDB', 'localStorage']) Object.defineProperty(window, name, { value: undefined });
    },
  ],
] as const) {
  test(`${what}: tracking goes on in memory, arrives, and the loss of durability is said once`, async ({
    page,
    site,
  }) => {
    await page.addInitScript(breakIt);
    site.script = "for (let number = 1; number <= 3; number++) tracker.track('Early', { product: 'p-' + number });";
    await page.goto('/');
    await page.evaluate(() => window.tracker.ready);
    await trackNumbers(page, 4, 6);
    await expect.poll(() => numbersIn(site.collector.accepted), { timeout: 10_000 }).toEqual(upTo(6));
    await trackNumbers(page, 7, 9);
    await expect.poll(() => waitingIn(page)).toBe(0);
    expect(numbersIn(site.collector.accepted)).toEqual(upTo(9));
    expect(await toldIn(page, 'degraded')).toHaveLength(1);
    expect(await statsOf(page)).toMatchObject({
      durable: false,
      destinations: { relay: { sent: 9, dropped: NOTHING } },
    });

    // Nothing of it may come again with the next page.
    await page.reload();
    await trackNumbers(page, 10, 10);
    await expect.poll(() => numbersIn(site.collector.accepted).length, { timeout: 10_000 }).toBeGreaterThanOrEqual(13);
    expect(numbersIn(site.collector.accepted)).toEqual([...upTo(9), ...upTo(3), 10]);
  });
}

test('the database is deleted under the tracker: it opens a new one and goes on', async ({ page, site }) => {
  await page.goto('/');
  await trackNumbers(page, 1, 3);
  await expect.poll(() => numbersIn(site.collector.accepted)).toEqual(upTo(3));
  const deleted = await page.evaluate(
    () =>
      new Promise((resolve) => {
        const request = indexedDB.deleteDatabase('tracklet');
        request.onsuccess = () => resolve('deleted');
        request.onblocked = () => resolve('blocked');
      }),
  );
  expect(deleted).toBe('deleted');
  await trackNumbers(page, 4, 6);
  await expect.poll(() => numbersIn(site.collector.accepted)).toEqual(upTo(6));
  await expect.poll(() => waitingIn(page)).toBe(0);
  expect(await statsOf(page)).toMatchObject({ durable: true });
  expect(await toldIn(page, 'degraded')).toEqual([]);
});

test('the disk is full: events go on in memory and arrive, said once; with room again all is durable', async ({
  context,
  page,
  site,
}) => {
  test.slow();
  const session = await context.newCDPSession(page);
  const setQuota = (quotaSize?: number) =>
    session.send('Storage.overrideQuotaForOrigin', {
      origin: site.origin,
      ...(quotaSize !== undefined && { quotaSize }),
    });
  await page.goto('/');
  await page.evaluate(() => window.tracker.flush());
  await setQuota(1);
  // Chromium believes for half a minute what it was last told of the space that is left.
  let last = 0;
  const trackOne = async () => {
    last += 1;
    await trackNumbers(page, last, last);
    return toldIn(page, 'degraded');
  };
  await expect
    .poll(trackOne, { timeout: 45_000, intervals: [500] })
    .toMatchObject([{ reason: expect.stringContaining('Quota') }]);
  for (let more = 0; more < 20; more += 1) expect(await trackOne()).toHaveLength(1);
  await expect.poll(() => numbersIn(site.collector.accepted), { timeout: 15_000 }).toEqual(upTo(last));
  await setQuota();
  await trackOne();
  await expect.poll(() => waitingIn(page)).toBe(0);
  expect(numbersIn(site.collector.accepted)).toEqual(upTo(last));
  await expect.poll(async () => (await statsOf(page)).durable).toBe(true);
});

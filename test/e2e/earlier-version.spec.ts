import { readFileSync } from 'node:fs';
import { expect, test } from './support/test.js';
import { statsOf } from './support/tracker-in.js';

/** What tracklet 0.1.0 left on disk when its collector was down: read out of a browser, in which it had run. */
const stored = JSON.parse(readFileSync(new URL('./stored/queue-0.1.0.json', import.meta.url), 'utf8')) as {
  rows: [key: string, value: unknown][];
  localStorage: { [key: string]: string };
};
const ids = [
  ...stored.rows.filter(([key]) => key.startsWith('relay e ')).map(([key]) => key.split(' ')[3]),
  ...Object.keys(stored.localStorage).flatMap((key) => /^tracklet:journal:(.+)/.exec(key)?.[1] ?? []),
];

test.beforeEach(async ({ page, site }) => {
  site.options = { destinations: { relay: { endpoint: '/t' } }, pageViews: 'off', limits: { maxAgeMs: 1e13 } };
  await page.goto('/elsewhere');
  await page.evaluate(async ({ rows, localStorage: texts }) => {
    Object.assign(localStorage, texts);
    await new Promise((resolve, reject) => {
      const request = indexedDB.open('tracklet');
      request.onupgradeneeded = () => request.result.createObjectStore('queue');
      request.onerror = reject;
      request.onsuccess = () => {
        const database = request.result;
        const transaction = database.transaction('queue', 'readwrite');
        for (const [key, value] of rows) transaction.objectStore('queue').put(value, key);
        transaction.oncomplete = () => resolve(database.close());
      };
    });
  }, stored);
});

test('a queue that 0.1.0 wrote is delivered, once, with its totals, and its visitor goes on', async ({
  page,
  site,
}) => {
  expect(ids).toHaveLength(6);
  await page.goto('/');
  await expect.poll(() => site.collector.accepted.length).toBe(6);
  expect(site.collector.accepted.map(({ id }) => id)).toEqual(ids);
  await expect
    .poll(async () => (await statsOf(page)).destinations.relay)
    .toMatchObject({ waiting: 0, bytes: 0, sent: 6, dropped: {} });
  await page.evaluate(() => window.tracker.track('Plan Chosen', { product: 'p-9' }));
  await page.evaluate(() => window.tracker.flush());
  const [first] = site.collector.accepted;
  expect(site.collector.accepted[6]?.visitor).toMatchObject({
    anonymousId: first?.visitor.anonymousId,
    userId: 'u-42',
    accountId: 'acme',
  });
});

test('rows of a library from the future are left for it, counted, and hold nobody up', async ({ page, site }) => {
  await page.evaluate(
    () =>
      new Promise((resolve) => {
        const request = indexedDB.open('tracklet');
        request.onsuccess = () => {
          const store = request.result.transaction('queue', 'readwrite').objectStore('queue');
          for (let number = 100; number < 400; number++) {
            store.put({ v: 2, shape: 'unknown' }, `relay e 0000000000000${number} future-${number}`);
          }
          store.transaction.oncomplete = () => resolve(request.result.close());
        };
      }),
  );
  await page.goto('/');
  await expect.poll(() => site.collector.accepted.length).toBe(6);
  await expect
    .poll(async () => (await statsOf(page)).destinations.relay)
    .toMatchObject({ sent: 6, dropped: { unreadable: 300 } });
  const kept = await page.evaluate(
    () =>
      new Promise((resolve) => {
        const request = indexedDB.open('tracklet');
        request.onsuccess = () => {
          const range = IDBKeyRange.bound('relay~aside ', 'relay~aside \uffff');
          const count = request.result.transaction('queue').objectStore('queue').count(range);
          count.onsuccess = () => resolve(count.result);
        };
      }),
  );
  expect(kept).toBe(300);
});

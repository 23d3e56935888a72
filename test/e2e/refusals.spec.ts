import { NOTHING } from './support/nothing.js';
import { numbersIn, sorted, upTo } from './support/numbers.js';
import { expect, test } from './support/test.js';
import { statsOf, toldIn, trackNumbers, waitingIn } from './support/tracker-in.js';

test.beforeEach(({ site }) => {
  site.options = { destinations: { relay: { endpoint: '/t' } }, pageViews: 'off' };
});

for (const [how, bodyFor] of [
  ['named by the vendor', (id: string) => ({ rejected: [{ id, reason: 'no such plan' }] })],
  ['not named by the vendor', () => ({ error: 'something is wrong' })],
] as const) {
  test(`400 for one of 20 events, ${how}: that one is dropped and counted, its neighbours arrive once`, async ({
    page,
    site,
  }) => {
    site.collector.reply = ({ events }) => {
      const culprit = events.find(({ properties }) => properties.product === 'p-13');
      return culprit ? { status: 400, body: bodyFor(culprit.id) } : { status: 200 };
    };
    await page.goto('/');
    await trackNumbers(page, 1, 20);
    await expect.poll(() => waitingIn(page)).toBe(0);
    expect(numbersIn(site.collector.accepted)).toEqual(upTo(20).filter((number) => number !== 13));
    await expect
      .poll(async () => (await statsOf(page)).destinations.relay)
      .toMatchObject({ sent: 19, dropped: { rejected: 1 } });
    const dropped = await toldIn(page, 'dropped');
    expect(dropped).toMatchObject([{ destination: 'relay', reason: 'rejected', name: 'Plan Chosen' }]);
    expect(dropped[0]?.detail).toContain('400');
  });
}

test('401 pauses the destination, drops nothing, and new credentials resume it', async ({ page, site }) => {
  const withKey = (key: string) => ({ relay: { endpoint: '/t', headers: { 'x-site-key': key } } });
  site.options.destinations = withKey('old');
  site.collector.reply = ({ headers }) => ({ status: headers['x-site-key'] === 'new' ? 200 : 401 });
  await page.goto('/');
  await trackNumbers(page, 1, 5);
  await page.evaluate(() => window.tracker.flush());
  expect(await toldIn(page, 'paused')).toMatchObject([
    { destination: 'relay', reason: expect.stringContaining('401') },
  ]);

  await trackNumbers(page, 6, 30);
  await page.evaluate(() => window.tracker.flush());
  await page.reload();
  await trackNumbers(page, 31, 35);
  await page.evaluate(() => window.tracker.flush());
  expect(site.collector.requests).toHaveLength(1);
  await expect
    .poll(async () => (await statsOf(page)).destinations.relay)
    .toMatchObject({
      state: 'paused',
      waiting: 35,
      sent: 0,
      dropped: NOTHING,
    });

  site.options.destinations = withKey('new');
  await page.reload();
  await expect.poll(() => waitingIn(page)).toBe(0);
  expect(numbersIn(site.collector.accepted)).toEqual(upTo(35));
  await expect
    .poll(async () => (await statsOf(page)).destinations.relay)
    .toMatchObject({ state: 'ready', sent: 35, dropped: NOTHING });
});

test('413: the batch is split until the server takes it, and each event arrives once', async ({ page, site }) => {
  site.collector.reply = ({ events }) => ({ status: events.length > 3 ? 413 : 200 });
  await page.goto('/');
  await trackNumbers(page, 1, 20);
  await expect.poll(() => waitingIn(page)).toBe(0);
  expect(sorted(numbersIn(site.collector.accepted))).toEqual(upTo(20));
  await expect.poll(async () => (await statsOf(page)).destinations.relay).toMatchObject({ sent: 20, dropped: NOTHING });
});

test('413 for a single event: dropped as rejected, and the rest goes on', async ({ page, site }) => {
  site.collector.reply = ({ events }) => ({
    status: events.some(({ properties }) => properties.product === 'p-2') ? 413 : 200,
  });
  await page.goto('/');
  await trackNumbers(page, 1, 5);
  await expect.poll(() => waitingIn(page)).toBe(0);
  expect(numbersIn(site.collector.accepted)).toEqual([1, 3, 4, 5]);
  await expect
    .poll(async () => (await statsOf(page)).destinations.relay)
    .toMatchObject({ sent: 4, dropped: { rejected: 1 } });
});

test('no request is larger than its pool: 200 events of 5 kB go in many requests, each once', async ({
  page,
  site,
}) => {
  await page.goto('/');
  await page.evaluate(() => {
    const text = 'ü'.repeat(2_500);
    for (let number = 1; number <= 200; number++) window.tracker.track('Text', { product: `p-${number}`, text });
  });
  await expect.poll(() => waitingIn(page), { timeout: 20_000 }).toBe(0);
  expect(numbersIn(site.collector.accepted)).toEqual(upTo(200));
  for (const { headers } of site.collector.requests) expect(Number(headers['content-length'])).toBeLessThan(60_000);
});

test('flush() says per destination what was sent, what waits and what was dropped', async ({ page, site, vendors }) => {
  site.options = {
    ...site.options,
    destinations: {
      relay: { endpoint: '/t' },
      gainsight: { propertyKey: 'AP-DEMO-2', endpoint: '/proxy/gainsight' },
      airship: { appKey: 'demo-app-key-000000001', endpoint: '/proxy/airship' },
    },
  };
  vendors.gainsight.fault({ kind: 'error500' });
  site.collector.reply = ({ events }) => {
    const rejected = events.filter(({ properties }) => properties.product === 'p-3').map(({ id }) => ({ id }));
    return rejected.length ? { status: 400, body: { rejected } } : { status: 200 };
  };
  await page.goto('/');
  // The run at start is over, so that nothing is sent between track() and the flush that is looked at.
  await page.evaluate(() => window.tracker.flush());
  await trackNumbers(page, 1, 4);
  expect(await page.evaluate(() => window.tracker.flush())).toMatchObject({
    relay: { sent: 3, waiting: 0, held: 0, dropped: { rejected: 1 } },
    gainsight: { sent: 0, waiting: 4, held: 0, dropped: NOTHING },
    airship: { sent: 0, waiting: 0, held: 4, dropped: NOTHING },
  });
});

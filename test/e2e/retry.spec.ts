import { NOTHING } from './support/nothing.js';
import { numbersAt, numbersIn, upTo } from './support/numbers.js';
import { expect, test } from './support/test.js';
import { statsOf, toldIn, trackNumbers, waitingIn } from './support/tracker-in.js';

test.beforeEach(({ site }) => {
  site.options = { destinations: { relay: { endpoint: '/collect' } }, pageViews: 'off', flushAfterMs: 50 };
});

test('a vendor answers 500 for a while: nothing lost, in order, and the others are not held up', async ({
  page,
  site,
  vendors: { collector, gainsight },
}) => {
  site.options.destinations.gainsight = { propertyKey: 'AP-DEMO-2', endpoint: '/proxy/gainsight' };
  collector.fault({ kind: 'error500' });
  await page.goto('/');
  await trackNumbers(page, 1, 10);
  await expect.poll(() => numbersAt(gainsight.accepted())).toEqual(upTo(10));
  await expect.poll(() => toldIn(page, 'retry')).not.toEqual([]);
  const retries = await toldIn(page, 'retry');
  expect(retries[0]).toMatchObject({ destination: 'relay', reason: expect.stringContaining('500') });
  await trackNumbers(page, 11, 20);
  await expect.poll(() => numbersAt(gainsight.accepted())).toEqual(upTo(20));
  expect(numbersAt(collector.accepted())).toEqual([]);

  collector.fault({ kind: 'none' });
  await expect.poll(() => numbersAt(collector.accepted()), { timeout: 15_000 }).toEqual(upTo(20));
  await expect.poll(() => waitingIn(page)).toBe(0);
  expect(numbersAt(collector.accepted())).toEqual(upTo(20));
  await expect
    .poll(async () => (await statsOf(page)).destinations.relay)
    .toMatchObject({ state: 'ready', sent: 20, dropped: NOTHING });
});

for (const [form, retryAfter] of [
  ['in seconds', () => 2],
  // Dates have whole seconds: the next but one is 2 to 3 seconds away.
  ['as a date', () => new Date(Date.now() + 3_000).toUTCString()],
] as const) {
  test(`429 with Retry-After ${form} is obeyed, also after a reload`, async ({
    page,
    site,
    vendors: { collector },
  }) => {
    const asked = retryAfter();
    await page.goto('/');
    collector.fault({ kind: 'rate-limited', retryAfter: asked, times: 1 });
    await trackNumbers(page, 1, 3);
    await expect.poll(() => toldIn(page, 'retry')).toHaveLength(1);
    const [refused] = collector.requests();
    const notBefore = typeof asked === 'number' ? (refused?.at ?? 0) + asked * 1_000 : Date.parse(asked);

    await trackNumbers(page, 4, 4);
    await page.evaluate(() => window.tracker.flush());
    site.options.flushAt = 1;
    await page.reload();
    await trackNumbers(page, 5, 5);
    await page.evaluate(() => window.tracker.flush());
    const { relay } = (await statsOf(page)).destinations;
    expect(relay).toMatchObject({ state: 'waiting', waiting: 5, reason: expect.stringContaining('429') });

    await expect.poll(() => numbersAt(collector.accepted()), { timeout: 15_000 }).toEqual(upTo(5));
    const [, ...later] = collector.requests();
    for (const { at } of later) expect(at).toBeGreaterThanOrEqual(notBefore);
  });
}

test('a vendor that hangs is given up after timeoutMs, and gets the events later', async ({ page, site }) => {
  site.options = { ...site.options, destinations: { relay: { endpoint: '/t' } }, timeoutMs: 300 };
  site.collector.reply = () => (site.collector.requests.length === 1 ? 'hang' : { status: 200 });
  await page.goto('/');
  await trackNumbers(page, 1, 5);
  await expect.poll(() => numbersIn(site.collector.accepted), { timeout: 10_000 }).toEqual(upTo(5));
  const [given, taken] = site.collector.requests;
  expect((taken?.at ?? 0) - (given?.at ?? 0)).toBeGreaterThanOrEqual(290);
  expect(await toldIn(page, 'retry')).toMatchObject([{ reason: 'timeout' }]);
});

test('a connection that is reset, three times: delivered afterwards, once and in order', async ({
  page,
  vendors: { collector },
}) => {
  collector.fault({ kind: 'reset', times: 3 });
  await page.goto('/');
  await trackNumbers(page, 1, 5);
  await expect.poll(() => numbersAt(collector.accepted()), { timeout: 20_000 }).toEqual(upTo(5));
  await expect.poll(() => waitingIn(page)).toBe(0);
  expect(await toldIn(page, 'retry')).toMatchObject([
    { reason: 'network' },
    { reason: 'network' },
    { reason: 'network' },
  ]);
});

test('a connection that is reset after the vendor took the events: a vendor that deduplicates has each once', async ({
  page,
  site,
  vendors: { klaviyo },
}) => {
  site.options.destinations = { klaviyo: { companyId: 'DEMO01', endpoint: klaviyo.url } };
  klaviyo.fault({ kind: 'reset-after-accept', times: 1 });
  await page.goto('/');
  await trackNumbers(page, 1, 5);
  await expect.poll(async () => (await statsOf(page)).destinations.klaviyo?.sent, { timeout: 15_000 }).toBe(5);
  expect(klaviyo.accepted().map(({ count }) => count)).toEqual([1, 1, 1, 1, 1]);
  await expect
    .poll(async () => (await statsOf(page)).destinations.klaviyo)
    .toMatchObject({ waiting: 0, dropped: NOTHING });
});

test('the network is down: events wait, and go as soon as it is back', async ({ context, page, vendors }) => {
  await page.goto('/');
  await context.setOffline(true);
  await trackNumbers(page, 1, 5);
  await expect.poll(() => toldIn(page, 'retry')).not.toEqual([]);
  expect(numbersAt(vendors.collector.accepted())).toEqual([]);
  await context.setOffline(false);
  await expect.poll(() => numbersAt(vendors.collector.accepted())).toEqual(upTo(5));
});

import { NOTHING } from './support/nothing.js';
import { numbersAt, numbersIn, upTo } from './support/numbers.js';
import { expect, test } from './support/test.js';
import { statsOf, toldIn, trackNumbers, waitingIn } from './support/tracker-in.js';

test.beforeEach(({ site }) => {
  site.options = {
    destinations: {
      airship: { appKey: 'demo-app-key-000000001', endpoint: '/proxy/airship' },
      relay: { endpoint: '/t' },
    },
    pageViews: 'off',
    flushAfterMs: 50,
  };
});

test('events before identify() are held for a vendor that needs it, and arrive with the identity', async ({
  page,
  site,
  vendors: { airship },
}) => {
  await page.goto('/');
  await trackNumbers(page, 1, 3);
  // Those that need no identity do not wait for one.
  await expect.poll(() => numbersIn(site.collector.accepted)).toEqual(upTo(3));
  await expect
    .poll(async () => (await statsOf(page)).destinations.airship)
    .toMatchObject({ held: 3, waiting: 0, sent: 0 });
  await page.reload();
  await trackNumbers(page, 4, 5);
  await expect.poll(async () => (await statsOf(page)).destinations.airship).toMatchObject({ held: 5 });
  expect(airship.requests()).toEqual([]);

  await page.evaluate(() => window.tracker.identify('u-42', { plan: 'team' }));
  await trackNumbers(page, 6, 6);
  await expect.poll(() => numbersAt(airship.accepted())).toEqual(upTo(6));
  await expect.poll(() => waitingIn(page)).toBe(0);
  expect(airship.accepted().map(({ body }) => body)).toEqual(
    Array(6).fill(expect.objectContaining({ user: { named_user_id: 'u-42' } })),
  );
  await expect
    .poll(async () => (await statsOf(page)).destinations.airship)
    .toMatchObject({ held: 0, sent: 6, dropped: NOTHING });
});

test('held events are bounded: the oldest go, and are counted', async ({ page, site, vendors: { airship } }) => {
  site.options.limits = { maxHeld: 10 };
  await page.goto('/');
  await trackNumbers(page, 1, 30);
  await page.reload();
  await page.evaluate(() => window.tracker.flush());
  await expect
    .poll(async () => (await statsOf(page)).destinations.airship)
    .toMatchObject({ held: 10, dropped: { 'queue-full': 20 } });
  await page.evaluate(() => window.tracker.identify('u-42'));
  await expect.poll(() => numbersAt(airship.accepted())).toEqual(upTo(30).slice(20));
});

test('reset(): a new visitor in a new session; what was held for the old one is dropped as unidentified', async ({
  page,
  site,
  vendors: { airship },
}) => {
  await page.goto('/');
  await trackNumbers(page, 1, 2);
  await page.evaluate(() => window.tracker.reset());
  await trackNumbers(page, 3, 3);
  await page.evaluate(() => window.tracker.identify('u-43'));
  await expect.poll(() => numbersAt(airship.accepted())).toEqual([3]);
  await expect.poll(() => numbersIn(site.collector.accepted)).toEqual(upTo(3));
  await expect
    .poll(async () => (await statsOf(page)).destinations.airship)
    .toMatchObject({ held: 0, dropped: { unidentified: 2 } });
  expect((await toldIn(page, 'dropped')).map(({ reason }) => reason)).toEqual(['unidentified', 'unidentified']);
  const [first, , third] = site.collector.accepted;
  expect(third?.visitor.anonymousId).not.toBe(first?.visitor.anonymousId);
  expect(third?.session.id).not.toBe(first?.session.id);
});

test('another user id than before starts a new visitor; the queued events keep theirs', async ({ page, site }) => {
  await page.goto('/');
  for (const [index, user] of ['u-1', 'u-1', 'u-2'].entries()) {
    await page.evaluate((id) => window.tracker.identify(id, { email: `${id}@example.org` }), user);
    await trackNumbers(page, index + 1, index + 1);
  }
  await expect.poll(() => numbersIn(site.collector.accepted)).toEqual(upTo(3));
  const visitors = site.collector.accepted.filter(({ type }) => type === 'track').map(({ visitor }) => visitor);
  expect(visitors.map(({ userId, email }) => [userId, email])).toEqual([
    ['u-1', 'u-1@example.org'],
    ['u-1', 'u-1@example.org'],
    ['u-2', 'u-2@example.org'],
  ]);
  expect(new Set(visitors.map(({ anonymousId }) => anonymousId)).size).toBe(2);
});

test('a session ends after its silence, and outlives a reload', async ({ page, site }) => {
  site.options.sessionTimeoutMs = 60_000;
  await page.clock.install();
  await page.goto('/');
  // Delivered before the clock jumps, or the jump would give up the request that is on its way.
  const deliver = () => page.evaluate(() => window.tracker.flush());
  await trackNumbers(page, 1, 1);
  await deliver();
  await page.clock.fastForward(50_000);
  await page.reload();
  await trackNumbers(page, 2, 2);
  await deliver();
  await page.clock.fastForward(60_000);
  await trackNumbers(page, 3, 3);
  await deliver();
  await expect.poll(() => numbersIn(site.collector.accepted)).toEqual(upTo(3));
  const [first, second, third] = site.collector.accepted.map(({ session }) => session);
  expect(second).toMatchObject({ id: first?.id, number: 1, eventIndex: 2 });
  expect(third).toMatchObject({ number: 2, eventIndex: 1 });
  expect(third?.id).not.toBe(first?.id);
});

import { allVendors } from './support/all-vendors.js';
import { numbersAt, upTo } from './support/numbers.js';
import { expect, test } from './support/test.js';
import { statsOf, trackNumbers, waitingIn } from './support/tracker-in.js';

test('events of one page arrive at all five vendors and the collector, in order, once, as each wants them', async ({
  page,
  site,
  vendors,
}) => {
  site.options = { destinations: allVendors(vendors), flushAfterMs: 100 };
  await page.goto('/');
  await page.evaluate(() => window.tracker.identify('u-42', { email: 'mia@example.org', phone: '+4915112345678' }));
  await trackNumbers(page, 1, 7);
  for (const vendor of Object.values(vendors)) {
    await expect.poll(() => numbersAt(vendor.accepted()), vendor.name).toEqual(upTo(7));
  }
  await expect.poll(() => waitingIn(page)).toBe(0);
  for (const vendor of Object.values(vendors)) {
    expect(numbersAt(vendor.accepted()), vendor.name).toEqual(upTo(7));
    expect(
      vendor.accepted().filter(({ repeats }) => repeats > 0),
      vendor.name,
    ).toEqual([]);
    expect(
      vendor.requests().filter(({ reason }) => reason),
      vendor.name,
    ).toEqual([]);
  }
});

test('events held for a vendor that knows companies are delivered once group() names one', async ({
  page,
  site,
  vendors,
}) => {
  const embeddables = {
    ...(allVendors(vendors).embeddables as object),
    // A key of the demo embeddable's User Data.
    identify: [{ key: 'user_id', from: 'accountId' }],
  };
  site.options = { destinations: { embeddables } as never, pageViews: 'off', flushAfterMs: 100 };
  await page.goto('/');
  await trackNumbers(page, 1, 3);
  await expect.poll(async () => (await statsOf(page)).destinations.embeddables).toMatchObject({ held: 3, sent: 0 });
  await page.evaluate(() => window.tracker.group('acme'));
  await expect.poll(async () => (await statsOf(page)).destinations.embeddables).toMatchObject({ held: 0, sent: 3 });
  expect(numbersAt(vendors.embeddables.accepted())).toEqual(upTo(3));
});

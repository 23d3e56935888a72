import { allVendors } from './support/all-vendors.js';
import { numbersAt, upTo } from './support/numbers.js';
import { expect, test } from './support/test.js';
import { trackNumbers, waitingIn } from './support/tracker-in.js';

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

import { numbersIn, sorted, upTo } from './support/numbers.js';
import { expect, test } from './support/test.js';
import { statsOf, trackNumbers, waitingIn } from './support/tracker-in.js';

test('what a vendor refuses is listed with its words, on the next page too, and arrives once when sent again', async ({
  page,
  site,
}) => {
  site.options = { destinations: { relay: { endpoint: '/t' } }, pageViews: 'off' };
  let isRight = false;
  site.collector.reply = ({ events }) =>
    isRight || events.every(({ properties }) => properties.product !== 'p-3')
      ? { status: 200 }
      : { status: 400, body: { error: 'no such product' } };
  await page.goto('/');
  await trackNumbers(page, 1, 5);
  await expect.poll(() => waitingIn(page)).toBe(0);
  await page.goto('/next');
  await expect
    .poll(() => page.evaluate(() => window.tracker.dropped()))
    .toMatchObject([
      {
        destination: 'relay',
        reason: 'rejected',
        detail: expect.stringContaining('no such product'),
        event: { name: 'Plan Chosen', properties: { product: 'p-3' } },
      },
    ]);
  expect((await statsOf(page)).destinations.relay).toMatchObject({ sent: 4, dropped: { rejected: 1 } });

  isRight = true;
  expect(await page.evaluate(() => window.tracker.retryDropped())).toBe(1);
  await expect.poll(() => sorted(numbersIn(site.collector.accepted))).toEqual(upTo(5));
  await expect
    .poll(async () => (await statsOf(page)).destinations.relay)
    .toMatchObject({ sent: 5, waiting: 0, dropped: {} });
  expect(await page.evaluate(() => window.tracker.dropped())).toEqual([]);
  expect(sorted(numbersIn(site.collector.accepted))).toEqual(upTo(5));
});

import { prepareToKill } from './support/kill-tab.js';
import { numbersIn, sorted, upTo } from './support/numbers.js';
import { expect, test } from './support/test.js';
import { statsOf, trackNumbers } from './support/tracker-in.js';

/** A keepalive request may outlive its page by half a minute; only then is it known what became of it. */
const LATER_MS = 60_000;

for (const unconfirmed of ['assume-delivered', 'resend'] as const) {
  test(`a page killed while its request is on its way, unconfirmed: '${unconfirmed}'`, async ({
    context,
    page,
    site,
  }) => {
    site.options = {
      destinations: { relay: { endpoint: '/t', unconfirmed } },
      pageViews: 'off',
      flushAt: 5,
    };
    // The collector takes them, and its answer never comes.
    site.collector.reply = () =>
      site.collector.requests.length === 1 ? { status: 200, after: new Promise(() => {}) } : { status: 200 };
    await page.goto('/');
    const kill = await prepareToKill(page);
    await trackNumbers(page, 1, 5);
    await expect.poll(() => numbersIn(site.collector.accepted)).toEqual(upTo(5));
    await kill();

    const next = await context.newPage();
    await next.addInitScript((ms) => {
      const now = Date.now;
      Date.now = () => now() + ms;
    }, LATER_MS);
    await next.goto('/');
    await trackNumbers(next, 6, 10);
    await expect.poll(async () => (await statsOf(next)).destinations.relay?.waiting, { timeout: 20_000 }).toBe(0);
    const arrived = sorted(numbersIn(site.collector.accepted));
    if (unconfirmed === 'assume-delivered') {
      expect(arrived).toEqual(upTo(10));
      expect((await statsOf(next)).destinations.relay).toMatchObject({ sent: 10, unconfirmed: 5 });
    } else {
      expect(arrived).toEqual(sorted([...upTo(5), ...upTo(10)]));
      expect((await statsOf(next)).destinations.relay).toMatchObject({ sent: 10, unconfirmed: 0 });
    }
  });
}

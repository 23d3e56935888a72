import { numbersIn, sorted, upTo } from './support/numbers.js';
import { expect, test } from './support/test.js';
import { toldIn, trackNumbers, waitingIn } from './support/tracker-in.js';

/** Fewer than the six connections that a browser opens to one host: a request that hangs keeps its own beyond its page. */
const PAGES = 4;

for (const [what, reply] of [
  ['hangs', 'hang'],
  ['resets every connection', 'reset'],
  ['answers 500', { status: 500 }],
] as const) {
  test(`a vendor without deduplication ${what} while the visitor clicks on: nothing is presumed delivered that it never had`, async ({
    page,
    site,
  }) => {
    site.options = {
      destinations: { relay: { endpoint: '/t' } },
      pageViews: 'off',
      flushAfterMs: 50,
      timeoutMs: 1_000,
    };
    await page.goto('/well');
    await trackNumbers(page, 1, 1);
    await expect.poll(() => waitingIn(page)).toBe(0);

    site.collector.reply = () => reply;
    for (let visit = 1; visit <= PAGES; visit++) {
      await page.goto(`/page-${visit}`);
      const before = site.collector.requests.length;
      await trackNumbers(page, visit + 1, visit + 1);
      // The first page stays long enough to learn that the vendor is not well, the others leave while they try.
      if (visit === 1) await expect.poll(() => toldIn(page, 'retry')).not.toEqual([]);
      else
        await expect
          .poll(async () => site.collector.requests.length > before || (await waitingIn(page)) > 1)
          .toBe(true);
    }

    // Left before the vendor is well: of a page that goes as it gets through, one event is in doubt.
    await page.goto('/bare');
    site.collector.reply = () => ({ status: 200 });
    await page.goto('/well-again');
    await trackNumbers(page, PAGES + 2, PAGES + 2);
    await expect.poll(() => waitingIn(page), { timeout: 40_000 }).toBe(0);
    expect(sorted(numbersIn(site.collector.accepted))).toEqual(upTo(PAGES + 2));
  });
}

import type { BrowserContext, Page } from '@playwright/test';
import type { TrackletEvent } from '../../src/event/event.js';
import { expect, test } from './support/test.js';

/** `TRACKLET_ROUNDS=50` for the long form. */
const ROUNDS = Number(process.env.TRACKLET_ROUNDS ?? 4);
const TABS = 10;

declare global {
  interface Window {
    /** How far the page's clock is ahead, in ms. */
    skew: number;
  }
}

/** Runs `act` in all tabs at the same moment, as far as ten processes can. */
const atOnce = (tabs: readonly Page[], act: () => void) => {
  const at = Date.now() + 500;
  return Promise.all(
    tabs.map((tab) =>
      tab.evaluate(
        ([time, source]) =>
          new Promise<void>((resolve) => {
            const run = new Function(`(${source})()`);
            setTimeout(() => resolve(run()), time - performance.timeOrigin - performance.now());
          }),
        [at, String(act)] as const,
      ),
    ),
  );
};

const tabsOf = async (context: BrowserContext) =>
  Promise.all(Array.from({ length: TABS }, async () => await context.newPage()));

const distinct = <T>(events: readonly TrackletEvent[], of: (event: TrackletEvent) => T) => [...new Set(events.map(of))];

/** The worst that localStorage may do: each tab sees of visitor and session only what it wrote itself. */
function hideOtherTabs(): void {
  const { getItem, setItem } = Storage.prototype;
  const mine = new Set<string>();
  Storage.prototype.setItem = function set(key, value) {
    mine.add(key);
    setItem.call(this, key, value);
  };
  Storage.prototype.getItem = function get(key) {
    return /:(visitor|minted|session)$/.test(key) && !mine.has(key) ? null : getItem.call(this, key);
  };
}

for (const [title, rounds, hide] of [
  ['', ROUNDS, undefined],
  [', even if they never see what the others write to localStorage', 1, hideOtherTabs],
] as const) {
  test(`ten tabs, opened at once on a first visit and woken at once after a silence, are one visitor and one session each time (${rounds} rounds)${title}`, async ({
    browser,
    site,
  }) => {
    test.setTimeout(30_000 + rounds * 30_000);
    const { accepted } = site.collector;
    for (let round = 1; round <= rounds; round++) {
      const context = await browser.newContext({ baseURL: site.origin });
      await context.addInitScript(() => {
        const real = Date.now.bind(Date);
        window.skew = 0;
        Date.now = () => real() + window.skew;
      });
      if (hide) await context.addInitScript(hide);
      const tabs = await tabsOf(context);
      const first = accepted.length;
      await Promise.all(tabs.map((tab) => tab.goto('/bare')));
      await atOnce(tabs, () => {
        window.tracker = window.lib.createTracker({
          destinations: [window.lib.relay({ endpoint: '/t' })],
          flushAfterMs: 50,
        });
        // In the task that starts the tracker, as most sites do, so long before the database is open.
        window.tracker.track('Opened');
      });
      await expect.poll(() => accepted.length - first, { timeout: 20_000 }).toBe(TABS * 2);

      const second = accepted.length;
      await atOnce(tabs, () => {
        window.skew = 1_801_000;
        window.tracker.track('Woken');
      });
      await expect.poll(() => accepted.length - second, { timeout: 20_000 }).toBe(TABS);

      const opened = accepted.slice(first, second);
      const woken = accepted.slice(second);
      await context.close();
      const seen = {
        round,
        visitors: distinct([...opened, ...woken], ({ visitor }) => visitor.anonymousId).length,
        sessions: [opened, woken].map((events) => distinct(events, ({ session }) => session.id).length),
        numbers: [opened, woken].map((events) => distinct(events, ({ session }) => session.number)),
      };
      expect.soft(seen).toEqual({ round, visitors: 1, sessions: [1, 1], numbers: [[1], [2]] });
    }
  });
}

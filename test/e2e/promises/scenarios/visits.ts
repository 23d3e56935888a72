import type { Round } from '../round.js';
import type { Scenario } from '../scenario.js';
import { visited } from './steps.js';

const PAGES = 40;

/** What becomes of the events of a page that goes to the back/forward cache: before it goes, once it is back, or meanwhile. */
type Delivered = 'before' | 'after' | 'elsewhere';

/** There and back by history, so many times; counts how often the page came from the back/forward cache. */
const thereAndBack = (key: string, title: string, trips: number, delivered: Delivered): Scenario => ({
  key,
  title,
  fast: delivered === 'before',
  needs: ['restore pages'],
  async run(round) {
    const tab = await visited(round, '/here');
    await tab.run(
      "window.mark = 'old'; addEventListener('pageshow', ({ persisted }) => { window.restored = persisted; });",
    );
    let restored = 0;
    const there = delivered === 'elsewhere' ? '/there' : '/bare/there';
    for (let trip = 1; trip <= trips; trip++) {
      const events = round.tracking(Math.ceil(round.events / trips));
      if (delivered === 'before') {
        await tab.run(events);
        await round.settled(tab);
      }
      const last = delivered === 'before' ? '' : events;
      await round.leave(tab, `window.restored = false; ${last} location.href = '${there}'`);
      await round.until(tab, `location.pathname === '${there}' && document.readyState === 'complete'`);
      if (delivered === 'elsewhere') {
        await round.until(tab, 'Boolean(lab.tracker)');
        await tab.run(round.tracking(1));
        await round.settled(tab);
      }
      await round.leave(tab, 'setTimeout(() => history.back())');
      await round.until(
        tab,
        "location.pathname === '/here' && document.readyState === 'complete' && Boolean(lab.tracker)",
      );
      if (await tab.run("return window.mark === 'old'")) restored += 1;
      else await noteWhyNot(round, await tab.run(WHY_NOT));
      await tab.run("window.mark = 'old';");
    }
    round.notes.trips = trips;
    round.notes.restored = restored;
    round.expect(restored > 0, 'never restored from the back/forward cache');
    return tab;
  },
});

/** Chromium says what kept a page out of the cache. */
const WHY_NOT = `
  const reasons = performance.getEntriesByType('navigation')[0].notRestoredReasons?.reasons ?? [];
  return reasons.map(({ reason }) => reason);
`;

async function noteWhyNot(round: Round, reasons: unknown): Promise<void> {
  for (const reason of (reasons as string[]).length ? (reasons as string[]) : ['no reason given']) {
    const name = `not restored: ${reason}`;
    round.notes[name] = (round.notes[name] ?? 0) + 1;
  }
}

/** Page after page. */
export const visits: readonly Scenario[] = [
  {
    key: 'visit-of-40-pages',
    title: '40 pages, each a full navigation right after track(), every third by way of another site',
    fast: true,
    async run(round) {
      const tab = await visited(round);
      const { origin } = round.site;
      for (let page = 1; page <= PAGES; page++) {
        // The same server by another name is another site; it hands the visitor on.
        const next = `${origin}/page-${page}`;
        const elsewhere = `${origin.replace('127.0.0.1', 'localhost')}/bare/on?${new URLSearchParams({ next })}`;
        const there = page % 3 ? JSON.stringify(next) : `${JSON.stringify(`${elsewhere}&tab=`)} + window.name`;
        await round.leave(tab, `${round.tracking(1)} location.href = ${there}`);
        await round.until(tab, `location.pathname === '/page-${page}' && Boolean(lab.tracker)`);
      }
      return tab;
    },
  },
  thereAndBack('back-forward', 'back/forward cache, ten times, nothing waiting', 10, 'before'),
  thereAndBack('back-forward-waiting', 'back/forward cache, ten times, with events waiting', 10, 'after'),
  thereAndBack('back-forward-taken', 'back/forward cache, while the next page takes what was waiting', 3, 'elsewhere'),
];

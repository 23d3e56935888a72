import { ACCEPT } from '../answers.js';
import type { Tab } from '../engines/engine.js';
import type { Round } from '../round.js';
import type { Scenario } from '../scenario.js';
import { gone, heldUp, hung, visited, withheld } from './steps.js';

/** Less than the half second after which Chromium closes a tab whose page does not go. */
const STALLED_MS = 250;

async function closedWhileStalled(round: Round, tab: Tab): Promise<void> {
  const stall = await tab.stallStorage();
  try {
    await tab.run(round.tracking());
    const closed = tab.close();
    await new Promise((resolve) => setTimeout(resolve, STALLED_MS));
    stall.end();
    await closed;
  } finally {
    stall.end();
  }
}

/** The page goes: by a link, by a closed tab, again and again. */
export const leaving: readonly Scenario[] = [
  {
    key: 'steady',
    title: 'events one after the other on a page that stays',
    fast: true,
    async run(round) {
      const tab = await visited(round);
      for (let event = 1; event <= round.events; event++) {
        await tab.run(`${round.tracking(1)} await new Promise((resolve) => setTimeout(resolve, 5))`);
      }
      await round.settled(tab);
      for (const { name } of round.site.vendors) {
        const order = round.site.collector.arrivals
          .filter(({ vendor }) => vendor === name)
          .flatMap((its) => its.numbers);
        round.expect(String(order) === String([...order].sort((a, b) => a - b)), `${name}: out of order: ${order}`);
      }
      return tab;
    },
  },
  {
    key: 'burst-navigate',
    title: '500 events in one task, then a navigation in that task',
    events: 500,
    fast: true,
    async run(round) {
      const tab = await visited(round);
      await round.leave(tab, `${round.tracking()} location.href = '/next'`);
      await round.until(tab, "location.pathname === '/next'");
      return tab;
    },
  },
  {
    key: 'exit-handlers',
    title: 'track() inside pagehide and visibilitychange',
    fast: true,
    async run(round) {
      const tab = await visited(round);
      await round.leave(
        tab,
        `addEventListener('pagehide', () => { ${round.tracking()} });
         document.addEventListener('visibilitychange', () => { ${round.tracking()} }, { once: true });
         location.href = '/next';`,
      );
      await round.until(tab, "location.pathname === '/next'");
      return tab;
    },
  },
  {
    key: 'close-tab',
    title: 'the tab is closed in the same task',
    fast: true,
    async run(round) {
      const tab = await visited(round);
      // No waiting for an answer: the page that would give it is gone.
      void round.leave(tab, `${round.tracking()} window.close();`);
      await gone(round, tab);
      return undefined;
    },
  },
  {
    key: 'close-tab-now',
    title: 'the visitor closes the tab before track() is followed by anything else',
    needs: ['close a busy tab'],
    async run(round) {
      const tab = await visited(round);
      const closed = new Promise<void>((resolve, reject) => {
        round.site.calls.set('/exit', () => {
          tab.close().then(resolve, reject);
          return 'hang';
        });
      });
      void round.leave(tab, `${round.tracking()} Promise.resolve().then(() => lab.askNow('/exit'));`);
      await closed;
      return undefined;
    },
  },
  {
    key: 'close-tab-soon',
    title: 'the visitor closes the tab right after events were tracked',
    fast: true,
    async run(round) {
      const tab = await visited(round);
      await tab.run(round.tracking());
      await tab.close();
      await gone(round, tab);
      return undefined;
    },
  },
  {
    key: 'close-first-page',
    title: 'the visitor closes the tab of a first page right after 100 events were tracked',
    events: 100,
    async run(round) {
      // With its last tab the browser would end too.
      const other = await round.open('/bare');
      const tab = await round.open();
      await tab.run(round.tracking());
      await tab.close();
      await gone(round, tab);
      await other.close();
      return undefined;
    },
  },
  {
    key: 'close-stalled',
    title: 'the tab is closed after 400 events, before the database is open, while localStorage stands still',
    needs: ['stall localStorage'],
    events: 400,
    fast: true,
    async run(round) {
      // Or the database that is held up would be made here, which the library could not use.
      await (await visited(round)).close();
      const blocker = await heldUp(round);
      const tab = await round.open();
      await closedWhileStalled(round, tab);
      await gone(round, tab);
      await blocker.close();
      return undefined;
    },
  },
  {
    key: 'close-stalled-sending',
    title: 'the tab is closed, which sends a part of 400 events, while localStorage stands still',
    needs: ['stall localStorage'],
    events: 400,
    async run(round) {
      const tab = await visited(round);
      await closedWhileStalled(round, tab);
      await gone(round, tab);
      return undefined;
    },
  },
  {
    key: 'exit-handlers-close',
    title: 'track() inside pagehide and visibilitychange of a tab that the visitor closes',
    limits: {
      firefox: 'what a page stores in the pagehide of a closing tab is not always written',
      webkit: 'the lab can close its tabs by script only, and the page of such a tab has no localStorage in pagehide',
    },
    async run(round) {
      const tab = await visited(round);
      await tab.run(
        `addEventListener('pagehide', () => { ${round.tracking()} });
         document.addEventListener('visibilitychange', () => { ${round.tracking()} }, { once: true });`,
      );
      await tab.close();
      await gone(round, tab);
      return undefined;
    },
  },
  {
    key: 'close-in-flight',
    title: 'the tab is closed with requests on their way, which the vendors take',
    fast: true,
    async run(round) {
      const tab = await visited(round);
      const answered = withheld(round);
      await tab.run(`${round.tracking()} void lab.tracker.flush();`);
      await round.when('a request to each vendor', () => answered.asked() === round.site.vendors.length);
      void round.leave(tab, 'window.close()');
      await gone(round, tab);
      answered.now();
      return undefined;
    },
  },
  {
    key: 'close-hanging',
    title: 'the tab is closed after a vendor has hung for four seconds, having taken nothing',
    async run(round) {
      const tab = await visited(round);
      await hung(round, tab);
      await tab.close();
      await gone(round, tab);
      round.site.collector.answer = () => ACCEPT;
      return undefined;
    },
  },
];

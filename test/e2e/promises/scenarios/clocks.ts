import { ACCEPT, RESET, refuse } from '../answers.js';
import type { Scenario } from '../scenario.js';
import { BOTH } from '../site.js';
import { gone, visited } from './steps.js';

const HOUR_MS = 3_600_000;
const HOURS = 24;

/** Time passes, or seems to. */
export const clocks: readonly Scenario[] = [
  {
    key: 'clock-back',
    title: 'the clock is set back two hours with events waiting',
    fast: true,
    async run(round) {
      const tab = await visited(round);
      round.site.collector.answer = () => refuse(500);
      await tab.run(round.tracking());
      await round.until(tab, 'lab.told.retry > 1');
      round.site.clockShiftMs -= 2 * HOUR_MS;
      await tab.goto(`${round.site.origin}/earlier`);
      await round.until(tab, "location.pathname === '/earlier' && Boolean(lab.tracker)");
      await tab.run(round.tracking());
      round.site.collector.answer = () => ACCEPT;
      return tab;
    },
  },
  {
    key: 'dead-for-a-day',
    title: 'one destination without any answer for a day, beside two that are well',
    patienceMs: 400_000,
    async run(round) {
      round.site.vendors = [...BOTH, { name: 'dead', deduplicates: true }];
      round.site.collector.answer = ({ vendor }) => (vendor === 'dead' ? RESET : ACCEPT);
      const tab = await round.open();
      const perHour = Math.ceil(round.events / HOURS);
      const waiting = "return (await lab.tracker.stats()).destinations['dead'].waiting";
      for (let hour = 1; hour <= HOURS; hour++) {
        await tab.run(round.tracking(perHour));
        await round.until(tab, 'lab.waitingAt("keeps-one", "counts-each").then((n) => n === 0)');
        round.site.clockShiftMs += HOUR_MS;
        await tab.goto(`${round.site.origin}/hour-${hour}`);
        await round.until(tab, `location.pathname === '/hour-${hour}' && Boolean(lab.tracker)`);
      }
      round.expect((await tab.run(waiting)) === HOURS * perHour, 'the dead one has not kept all of its events');
      const probes = round.site.collector.arrivals.filter(({ vendor }) => vendor === 'dead').length;
      round.notes['requests to the dead one'] = probes;
      round.expect(probes <= 3 * HOURS, `${probes} requests to the dead one in ${HOURS} hours`);
      round.site.collector.answer = () => ACCEPT;
      round.site.clockShiftMs += 2 * HOUR_MS;
      await tab.close();
      return undefined;
    },
  },
  {
    key: 'backlog',
    title: 'a backlog of ten thousand events, drained in order',
    // One more is tracked at first, and ten thousand is the most that a lane keeps.
    events: 9_990,
    patienceMs: 400_000,
    async run(round) {
      // Some browsers have more to say of themselves in each event, and this is not about the limit of bytes.
      round.site.options = { ...round.site.options, limits: { maxBytes: 50_000_000 } };
      const tab = await visited(round);
      round.site.collector.answer = () => refuse(503);
      for (let part = 1; part <= 10; part++) await tab.run(`${round.tracking(round.events / 10)} await lab.waiting();`);
      await tab.close();
      await gone(round, tab);
      round.site.collector.answer = () => ACCEPT;
      const next = await round.open('/drain');
      await round.settled(next, 300_000);
      for (const { name } of round.site.vendors) {
        const taken = round.site.collector.arrivals.filter(
          ({ vendor, answer }) => vendor === name && answer === ACCEPT,
        );
        const order = taken.flatMap(({ numbers }) => numbers);
        const outOfOrder = order.filter((number, index) => index > 0 && number < (order[index - 1] ?? 0)).length;
        round.expect(outOfOrder === 0, `${name}: ${outOfOrder} events out of order`);
      }
      return next;
    },
  },
];

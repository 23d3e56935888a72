import { ACCEPT, type Answer, HANG, RESET, refuse } from '../answers.js';
import type { Round } from '../round.js';
import type { Scenario } from '../scenario.js';
import { gone, visited } from './steps.js';

/** Answers the next `count` requests of each vendor; later ones are accepted. */
function failNext(round: Round, count: number, answer: (nth: number) => Answer): void {
  const seen = new Map<string, number>();
  round.site.collector.answer = ({ vendor }) => {
    const nth = (seen.get(vendor) ?? 0) + 1;
    seen.set(vendor, nth);
    return nth > count ? ACCEPT : answer(nth);
  };
}

const arrivalsOf = (round: Round, name: string) =>
  round.site.collector.arrivals.filter(({ vendor }) => vendor === name);

/** Until each vendor has been asked so often, the first visit's request not counted. */
const asked = (round: Round, times: number) =>
  round.when(`${times} requests to each vendor`, () =>
    round.site.vendors.every(({ name }) => arrivalsOf(round, name).length > times),
  );

const failing = (
  key: string,
  title: string,
  count: number,
  answer: () => Answer,
  more: Partial<Scenario> = {},
): Scenario => ({
  key,
  title,
  ...more,
  async run(round) {
    const tab = await visited(round);
    failNext(round, count, answer);
    await tab.run(round.tracking());
    // Half an answer is a whole one to WebKit, so there nobody asks again.
    await asked(round, more.ambiguous ? count : count + 1);
    return tab;
  },
});

/** A vendor that asks for peace; the page is loaded anew meanwhile, and nothing may come too early. */
const retryAfter = (
  key: string,
  title: string,
  header: () => readonly [value: string, until: number],
  fast: boolean,
): Scenario => ({
  key,
  title,
  fast,
  async run(round) {
    const tab = await visited(round);
    const untils = new Map<string, number>();
    round.site.collector.answer = ({ vendor }) => {
      if (untils.has(vendor)) return ACCEPT;
      const [value, until] = header();
      untils.set(vendor, until);
      return refuse(429, { 'retry-after': value });
    };
    await tab.run(round.tracking());
    // Until the page has heard of it: what a page is told after it was left, nobody knows.
    await round.until(tab, 'lab.told.retry > 1');
    await tab.goto(`${round.site.origin}/reloaded`);
    await round.until(tab, "location.pathname === '/reloaded' && Boolean(lab.tracker)");
    await tab.run(round.tracking());
    await round.settled(tab);
    for (const { name } of round.site.vendors) {
      const [, refused, next] = arrivalsOf(round, name);
      const early = (untils.get(name) ?? 0) - (next?.at ?? 0);
      round.expect(refused !== undefined && early <= 0, `${name}: asked again ${early} ms too early`);
    }
    return tab;
  },
});

const oversized: Scenario = {
  key: 'too-large-413',
  title: '413 for more than five events',
  fast: true,
  async run(round) {
    const tab = await visited(round);
    round.site.collector.answer = ({ numbers }) => (numbers.length > 5 ? refuse(413) : ACCEPT);
    await tab.run(round.tracking());
    return tab;
  },
};

const poisoned = (key: string, title: string, points: boolean): Scenario => ({
  key,
  title,
  events: 100,
  drops: 1,
  fast: points,
  async run(round) {
    const tab = await visited(round);
    const bad = 1 + Math.ceil(round.events / 3);
    round.site.collector.answer = ({ numbers, ids }) => {
      const index = numbers.indexOf(bad);
      if (index < 0) return ACCEPT;
      return refuse(400, {}, points ? { rejected: [{ id: ids[index], reason: 'poison' }] } : { error: 'poison' });
    };
    await tab.run(round.tracking());
    return tab;
  },
});

const unauthorized: Scenario = {
  key: 'unauthorized-401',
  title: '401, mended an hour later',
  async run(round) {
    const tab = await visited(round);
    failNext(round, 1, () => refuse(401));
    await tab.run(round.tracking());
    await asked(round, 1);
    await round.until(tab, 'lab.told.paused > 1');
    round.site.clockShiftMs += 3_600_000;
    await tab.goto(`${round.site.origin}/mended`);
    await round.until(tab, "location.pathname === '/mended' && Boolean(lab.tracker)");
    return tab;
  },
};

const offline: Scenario = {
  key: 'offline',
  title: 'no network, 2,000 events, the tab closed, back with the network',
  events: 2_000,
  async run(round) {
    const tab = await visited(round);
    await round.site.down();
    for (let part = 1; part <= 4; part++) await tab.run(round.tracking(round.events / 4));
    await round.until(tab, 'lab.told.retry > 1');
    await tab.close();
    // One that is still there would ask again, and not hear the answer.
    await gone(round, tab);
    await round.site.up();
    return undefined;
  },
};

/** Vendors that fail while the page is there. */
export const failures: readonly Scenario[] = [
  failing('errors-500', '500s for a while', 3, () => refuse(500), { fast: true }),
  retryAfter('retry-after-seconds', '429 with Retry-After 3 s, across a reload', () => ['3', Date.now() + 3_000], true),
  retryAfter(
    'retry-after-date',
    '429 with Retry-After as an HTTP date, across a reload',
    () => {
      const until = Math.ceil(Date.now() / 1_000 + 3) * 1_000;
      return [new Date(until).toUTCString(), until];
    },
    false,
  ),
  failing('hang', 'the first request hangs for 15 s', 1, () => HANG),
  failing('reset-before', 'connections break before the events were taken', 2, () => RESET, { fast: true }),
  failing('reset-after', 'a connection breaks after the events were taken', 1, () => ({ do: 'accept-then-reset' }), {
    ambiguous: 'a broken connection does not say whether the events were taken',
    fast: true,
  }),
  failing('truncated', 'an answer ends in its middle', 1, () => ({ do: 'accept-then-truncate' }), {
    ambiguous: 'half an answer does not say whether the events were taken',
  }),
  oversized,
  poisoned('poison-pointer', 'one bad event among 100, named by the vendor', true),
  poisoned('poison', 'one bad event among 100, not named', false),
  unauthorized,
  offline,
];

import { ACCEPT, refuse } from '../answers.js';
import type { Tab } from '../engines/engine.js';
import type { Round } from '../round.js';
import type { Scenario } from '../scenario.js';
import { hung, visited } from './steps.js';

/** Looks at what the tabs were told. */
const LOOKS = 1_000;

/**
 * Until each vendor's failure was heard. One that fails for less than a round trip, just as a tab closes, cannot be told
 * from one that took what it was sent.
 */
async function heard(round: Round, tabs: readonly Tab[]): Promise<void> {
  let failures = 0;
  for (let looks = 0; failures < round.site.vendors.length && looks < LOOKS; looks++) {
    const told = await Promise.all(tabs.map((tab) => tab.run('return lab.told.retry ?? 0')));
    failures = told.reduce<number>((sum, its) => sum + Number(its), 0);
  }
  round.expect(failures >= round.site.vendors.length, 'nobody heard of a failure');
}

/** All track while the vendors fail; then the vendors are well and the tabs go, one by one, still tracking. */
async function together(round: Round, count: number): Promise<Tab> {
  const first = await visited(round);
  const tabs = [first];
  while (tabs.length < count) tabs.push(await round.open(`/tab-${tabs.length}`));
  round.site.collector.answer = () => refuse(503);
  const share = Math.ceil(round.events / count / 2);
  await Promise.all(tabs.map((tab) => tab.run(round.tracking(share))));
  await heard(round, tabs);
  round.site.collector.answer = () => ACCEPT;
  for (const tab of tabs.slice(1)) {
    await tab.run(round.tracking(share));
    await tab.close();
  }
  await first.run(round.tracking(share));
  return first;
}

const CLOSED_WHILE_REPEATING =
  'a tab that closes while it repeats what had failed hears no answer, and never losing comes first';
const FROZEN_WHILE_REPEATING =
  'a tab that is frozen while it repeats what had failed hears no answer, and never losing comes first';

/** Several tabs of one site. */
export const tabs: readonly Scenario[] = [
  {
    key: 'two-tabs',
    title: 'two tabs, the vendors failing and then well, the tabs closing',
    fast: true,
    ambiguous: CLOSED_WHILE_REPEATING,
    run: (round) => together(round, 2),
  },
  {
    key: 'ten-tabs',
    title: 'ten tabs, the vendors failing and then well, the tabs closing',
    events: 100,
    ambiguous: CLOSED_WHILE_REPEATING,
    run: (round) => together(round, 10),
  },
  {
    key: 'two-tabs-insecure',
    title: 'two tabs on plain http, where there are no Web Locks',
    needs: ['an insecure host'],
    ambiguous: CLOSED_WHILE_REPEATING,
    run: (round) => together(round, 2),
  },
  {
    key: 'frozen-in-flight',
    title: 'a tab is frozen with a request that has had no answer for four seconds, and another goes on',
    needs: ['freeze a page'],
    async run(round) {
      // Short turns, for nobody takes a lane from a tab before two of them; but longer than it is frozen after.
      round.site.options = { ...round.site.options, timeoutMs: 6_000 };
      const frozen = await visited(round);
      const other = await round.open('/other');
      await hung(round, frozen);
      await frozen.freeze();
      round.site.collector.answer = () => ACCEPT;
      await other.run(round.tracking());
      await round.settled(other);
      await frozen.close();
      return other;
    },
  },
  {
    key: 'frozen-tab',
    title: 'a tab is frozen with events waiting, and another goes on',
    needs: ['freeze a page'],
    ambiguous: FROZEN_WHILE_REPEATING,
    async run(round) {
      // It may be frozen just as it has a lane in hand: then others wait for two of its turns.
      round.site.options = { ...round.site.options, timeoutMs: 6_000 };
      const frozen = await visited(round);
      const other = await round.open('/other');
      round.site.collector.answer = () => refuse(503);
      await frozen.run(round.tracking());
      await round.until(frozen, 'lab.told.retry > 1');
      await frozen.freeze();
      round.site.collector.answer = () => ACCEPT;
      await other.run(round.tracking());
      await round.settled(other);
      await frozen.close();
      return other;
    },
  },
];

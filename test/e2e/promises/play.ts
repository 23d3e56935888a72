import type { Engine } from './engines/engine.js';
import { within } from './engines/engine.js';
import { type BrowserSlot, createRound, type Round } from './round.js';
import type { Scenario } from './scenario.js';
import { startSite } from './site.js';

/** What became of one round. */
export interface RoundResult {
  /** Events times vendors. */
  readonly events: number;
  readonly lost: number;
  /** Taken more than once by a vendor that counts each repeat. */
  readonly doubled: number;
  /** Taken more than once by a vendor that keeps one of them: no harm. */
  readonly repeated: number;
  readonly dropped: number;
  readonly faults: readonly string[];
  readonly notes: Readonly<Record<string, number>>;
}

/** A note of rounds that lost: how many of these the vendor was sent, and did not take. */
const LOST_REFUSED = 'lost after they were sent';

let rounds = 0;

/** Plays one round to its end. Never rejects: what went wrong is a fault. */
export async function playRound(
  scenario: Scenario,
  engine: Engine,
  slot: BrowserSlot,
  libraryCode: string,
  events: number,
  patienceMs: number,
): Promise<RoundResult> {
  rounds += 1;
  // Ports are handed out again, and what was stored under an origin stays: each round has a tracker of its own name.
  const name = `lab-${process.pid}-${rounds}`;
  const host = scenario.needs?.includes('an insecure host') ? engine.insecureHost : undefined;
  const site = await startSite({ library: libraryCode, agent: engine.pageScript }, name, host);
  const round = createRound(engine, slot, site, events, patienceMs, scenario.launch);
  let dropped: Record<string, Record<string, number>> = {};
  try {
    dropped = await within(scenario.patienceMs ?? 180_000, 'the round', toTheEnd(scenario, round));
  } catch (error) {
    round.faults.push(String((error as Error).message ?? error).split('\n')[0] ?? '');
    // Whatever state it is in: the next round gets another.
    await slot.discard();
  }
  await site.down();
  round.faults.push(...site.troubles.map((trouble) => `in a page: ${trouble}`));
  return judge(scenario, round, dropped);
}

async function toTheEnd(scenario: Scenario, round: Round): Promise<Record<string, Record<string, number>>> {
  const staying = await scenario.run(round);
  if (scenario.inMemory) {
    await staying?.close();
    return {};
  }
  const tab = staying ?? (await round.open('/last'));
  await round.settled(tab, scenario.patienceMs);
  await tab.close();
  const after = await round.open('/after');
  await round.settled(after, scenario.patienceMs);
  const dropped = await after.run('return lab.dropped()');
  await after.close();
  return dropped as Record<string, Record<string, number>>;
}

function judge(scenario: Scenario, round: Round, losses: Record<string, Record<string, number>>): RoundResult {
  const { site, faults, notes } = round;
  const result = { events: 0, lost: 0, doubled: 0, repeated: 0, dropped: 0, faults, notes };
  for (const { name, deduplicates } of site.vendors) {
    const accepted = site.collector.accepted(name);
    const dropped = Object.values(losses[name] ?? {}).reduce((sum, count) => sum + count, 0);
    const wanted = scenario.drops ?? 0;
    if (dropped !== wanted) faults.push(`${name}: dropped ${JSON.stringify(losses[name] ?? {})}, not ${wanted}`);
    const arrived = new Set(
      site.collector.arrivals.filter(({ vendor }) => vendor === name).flatMap(({ numbers }) => numbers),
    );
    const missing: number[] = [];
    for (let number = 1; number <= round.sent(); number++) {
      const times = accepted.get(number) ?? 0;
      if (times === 0) missing.push(number);
      if (times > 1 && deduplicates) result.repeated += 1;
      if (times > 1 && !deduplicates) result.doubled += 1;
    }
    result.events += round.sent();
    result.dropped += dropped;
    const lost = Math.max(0, missing.length - dropped);
    result.lost += lost;
    if (lost > 0) notes[LOST_REFUSED] = (notes[LOST_REFUSED] ?? 0) + missing.filter((its) => arrived.has(its)).length;
  }
  return result;
}

import type { Destination } from '../adapters/adapter.js';
import { type QueuedEvent, withEvent } from '../queue/queue.js';
import type { Tally } from '../queue/totals.js';
import type { LaneContext } from './lane-context.js';
import { renamed } from './select.js';
import { droppedLane, type Fate, heldLane, type Outcome, settle } from './settle.js';

/** Records looked at in one go; keeps each transaction short. */
const CHUNK = 100;

/**
 * Drops what is too old or too much, oldest first, and returns the lane's totals. Held events of the visitor who is now
 * identified join the lane, at their old place and with the identity; those of a visitor who is no more are dropped, for
 * they can never be identified. What was kept of lost events goes last. The caller holds the lane's lock while `mayGoOn`.
 */
export async function tidy(
  { name, adapter, rename }: Destination,
  context: LaneContext,
  mayGoOn: () => boolean,
): Promise<Tally> {
  const { limits, now } = context;
  const visitor = context.visitor();
  await context.queue.reclaim(name);
  await sweep(name, heldLane(name), limits.maxHeld, context, mayGoOn, (record) => {
    if (record.event.visitor.anonymousId !== visitor.anonymousId) return { record, fate: 'unidentified' };
    const event = { ...record.event, visitor };
    if (adapter.accepts(renamed(event, rename), now()) === 'needs-identity') return undefined;
    return { record: withEvent(record, event), fate: 'released' };
  });
  const tally = await sweep(name, name, limits.maxEvents, context, mayGoOn);
  await sweep(name, droppedLane(name), limits.maxDropped, context, mayGoOn);
  return tally;
}

/** Goes through a part of the queue, oldest first, until it meets a chunk in which all may stay. */
async function sweep(
  lane: string,
  part: string,
  maxEvents: number,
  context: LaneContext,
  mayGoOn: () => boolean,
  decide?: (record: QueuedEvent) => Outcome | undefined,
): Promise<Tally> {
  const { queue, limits, now } = context;
  const tally = await queue.tally(part, true);
  let tooMany = (tally.waiting ?? 0) - maxEvents;
  let tooLarge = (tally.bytes ?? 0) - limits.maxBytes;
  let after: QueuedEvent | undefined;
  let outcomes: Outcome[];
  do {
    const chunk = await queue.peek(part, CHUNK, after);
    after = chunk[CHUNK - 1];
    if (!mayGoOn()) return tally;
    outcomes = chunk.flatMap((record) => {
      const { event, lost } = record;
      const end = (fate: Fate): Outcome => ({ record, fate: lost ? 'forgotten' : fate });
      if (now() - (lost?.at ?? event.time) > limits.maxAgeMs) return end('expired');
      if (tooMany-- > 0 || tooLarge > 0) {
        tooLarge -= record.bytes;
        return end('queue-full');
      }
      return decide?.(record) ?? [];
    });
    settle(lane, part, outcomes, context);
  } while (after && outcomes.length > 0);
  return tally;
}

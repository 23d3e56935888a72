import type { Destination } from '../adapters/adapter.js';
import { byteLength } from '../lib/byte-length.js';
import type { QueuedEvent, Tally } from '../queue/queue.js';
import type { LaneContext } from './lane-context.js';
import { renamed } from './select.js';
import { heldLane, type Outcome, settle } from './settle.js';

/** Records looked at in one go; keeps each transaction short. */
const CHUNK = 100;

/** Drops what is too old or too much, oldest first, and returns the lane's totals. The caller holds the lane's lock. */
export async function enforceLimits(lane: string, context: LaneContext): Promise<Tally> {
  const { maxEvents, maxBytes, maxHeld } = context.limits;
  await trim(lane, heldLane(lane), maxHeld, maxBytes, context);
  return trim(lane, lane, maxEvents, maxBytes, context);
}

async function trim(lane: string, part: string, maxEvents: number, maxBytes: number, context: LaneContext) {
  const { queue, limits, now } = context;
  const tally = await queue.tally(part, true);
  let tooMany = (tally.waiting ?? 0) - maxEvents;
  let tooLarge = (tally.bytes ?? 0) - maxBytes;
  for (;;) {
    const outcomes: Outcome[] = [];
    for (const record of await queue.peek(part, CHUNK)) {
      const isOld = now() - record.event.time > limits.maxAgeMs;
      if (!isOld && tooMany <= 0 && tooLarge <= 0) break;
      outcomes.push({ record, fate: isOld ? 'expired' : 'queue-full' });
      tooMany -= 1;
      tooLarge -= record.bytes;
    }
    settle(lane, part, outcomes, context);
    if (outcomes.length < CHUNK) return tally;
  }
}

/**
 * Looks through the held events: those of the visitor who is now identified join the lane, at their old place and with
 * the identity; those of a visitor who is no more can never be identified. The caller holds the lane's lock.
 */
export async function releaseHeld({ name, adapter, rename }: Destination, context: LaneContext): Promise<void> {
  const { queue, now } = context;
  const visitor = context.visitor();
  let after: QueuedEvent | undefined;
  do {
    const chunk = await queue.peek(heldLane(name), CHUNK, after);
    after = chunk[CHUNK - 1];
    const outcomes: Outcome[] = [];
    for (const record of chunk) {
      const event = { ...record.event, visitor };
      if (record.event.visitor.anonymousId !== visitor.anonymousId) outcomes.push({ record, fate: 'unidentified' });
      else if (adapter.accepts(renamed(event, rename), now()) !== 'needs-identity') {
        outcomes.push({ record: { ...record, event, bytes: byteLength(JSON.stringify(event)) }, fate: 'released' });
      }
    }
    settle(name, heldLane(name), outcomes, context);
  } while (after);
}

import type { Destination } from '../adapters/adapter.js';
import { byteLength } from '../lib/byte-length.js';
import type { QueuedEvent, Tally } from '../queue/queue.js';
import { drop } from './drop.js';
import type { LaneContext } from './lane-context.js';
import { type Refusal, renamed } from './select.js';

/** Records looked at in one go; keeps each transaction short. */
const CHUNK = 100;

/** Where a lane keeps events of visitors its vendor cannot take yet. */
export const heldLane = (lane: string): string => `${lane}/held`;

/** Drops what is too old or too much, oldest first, and returns the lane's totals. The caller holds the lane's lock. */
export async function enforceLimits(lane: string, context: LaneContext): Promise<Tally> {
  const { maxEvents, maxBytes, maxHeld } = context.limits;
  await trim(lane, heldLane(lane), { maxEvents: maxHeld, maxBytes }, context);
  return trim(lane, lane, { maxEvents, maxBytes }, context);
}

async function trim(
  lane: string,
  part: string,
  { maxEvents, maxBytes }: { maxEvents: number; maxBytes: number },
  context: LaneContext,
): Promise<Tally> {
  const { queue, limits, now } = context;
  const tally = await queue.tally(part, true);
  let tooMany = tally.waiting - maxEvents;
  let tooLarge = tally.bytes - maxBytes;
  for (;;) {
    const oldest = await queue.peek(part, CHUNK);
    const refusals: Refusal[] = [];
    for (const record of oldest) {
      if (now() - record.event.time > limits.maxAgeMs) {
        refusals.push({ record, reason: 'expired', detail: 'waited too long' });
      } else if (tooMany > 0 || tooLarge > 0) {
        refusals.push({ record, reason: 'queue-full', detail: `over ${maxEvents} events or ${maxBytes} bytes` });
      } else break;
      tooMany -= 1;
      tooLarge -= record.bytes;
    }
    await drop(context, lane, refusals);
    if (refusals.length < CHUNK) return tally;
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
    const removed: QueuedEvent[] = [];
    const added: QueuedEvent[] = [];
    const lost: Refusal[] = [];
    for (const record of chunk) {
      if (record.event.visitor.anonymousId !== visitor.anonymousId) {
        lost.push({ record, reason: 'unidentified', detail: 'the visitor was reset before being identified' });
        continue;
      }
      const event = { ...record.event, visitor };
      if (adapter.accepts(renamed(event, rename), now()) === 'needs-identity') continue;
      removed.push(record);
      added.push({ ...record, lane: name, event, bytes: byteLength(JSON.stringify(event)) });
    }
    if (removed.length > 0) await queue.settle({ lane: name, removed, added });
    await drop(context, name, lost);
  } while (after);
}

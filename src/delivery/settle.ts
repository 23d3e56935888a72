import { addCounts, type DropReason } from '../event/loss.js';
import type { QueuedEvent, Tally } from '../queue/queue.js';
import type { LaneContext } from './lane-context.js';

/** Where a lane keeps events of visitors its vendor cannot take yet. */
export const heldLane = (lane: string): string => `${lane}~held`;

/** What becomes of an event: taken by the vendor, presumed taken, kept for an identity, back in the lane, or lost. */
export type Fate = 'sent' | 'unconfirmed' | 'held' | 'released' | DropReason;

export interface Outcome {
  readonly record: QueuedEvent;
  readonly fate: Fate;
  /** Why, in the vendor's words where there are any. */
  readonly detail?: string | undefined;
}

/** Takes events out of `from`, a lane or its held part, counts them, and tells. The only place that removes events. */
export function settle(lane: string, from: string, outcomes: readonly Outcome[], context: LaneContext): void {
  if (outcomes.length === 0) return;
  const { queue, emit } = context;
  const change: Tally = {};
  const ids: string[] = [];
  for (const { record, fate, detail } of outcomes) {
    const { id, name } = record.event;
    const held = fate === 'held';
    if (held || fate === 'released') {
      queue.add([held ? heldLane(lane) : lane], record);
      emit('queued', { destination: lane, id, name, held });
      continue;
    }
    addCounts(change, { [fate]: 1 });
    if (fate === 'unconfirmed') addCounts(change, { sent: 1 });
    if (fate === 'sent' || fate === 'unconfirmed') ids.push(id);
    else emit('dropped', { destination: lane, id, name, reason: fate, ...(detail && { detail }) });
  }
  queue.remove(
    from,
    outcomes.map(({ record }) => record),
  );
  queue.count(lane, change);
  // Nobody settles both kinds at once: the one comes from an answer, the other from what an earlier page left.
  if (ids.length > 0) emit('delivered', { destination: lane, ids, confirmed: !change.unconfirmed });
}

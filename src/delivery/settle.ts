import { addCounts, type DropReason } from '../event/loss.js';
import type { QueuedEvent } from '../queue/queue.js';
import type { Tally } from '../queue/totals.js';
import type { LaneContext } from './lane-context.js';

/** Where a lane keeps events of visitors its vendor cannot take yet. */
export const heldLane = (lane: string): string => `${lane}~held`;

/** Where a lane keeps lost events for inspection. */
export const droppedLane = (lane: string): string => `${lane}~dropped`;

/**
 * What becomes of an event: taken by the vendor, presumed taken, kept for an identity, back in the lane, lost, or, after
 * that, forgotten.
 */
export type Fate = 'sent' | 'unconfirmed' | 'held' | 'released' | 'forgotten' | DropReason;

export interface Outcome {
  readonly record: QueuedEvent;
  readonly fate: Fate;
  /** Why, in the vendor's words where there are any. */
  readonly detail?: string | undefined;
}

/** Takes events out of `from`, a lane or its held part, counts them, and tells. The only place that removes events. */
export function settle(lane: string, from: string, outcomes: readonly Outcome[], context: LaneContext): void {
  if (outcomes.length === 0) return;
  const { queue } = context;
  const change: Tally = {};
  const ids: string[] = [];
  for (const { record, fate, detail } of outcomes) {
    const { id, name } = record.event;
    const held = fate === 'held';
    if (held || fate === 'released') {
      queue.add([held ? heldLane(lane) : lane], record);
      context.emit('queued', { destination: lane, id, name, held });
    } else if (fate === 'sent' || fate === 'unconfirmed') {
      addCounts(change, fate === 'sent' ? { sent: 1 } : { sent: 1, unconfirmed: 1 });
      ids.push(id);
    } else if (fate !== 'forgotten') lose(lane, record, fate, detail, context);
  }
  queue.remove(
    from,
    outcomes.map(({ record }) => record),
  );
  queue.count(lane, change);
  // Nobody settles both kinds at once: the one comes from an answer, the other from what an earlier page left.
  if (ids.length > 0) context.emit('delivered', { destination: lane, ids, confirmed: !change.unconfirmed });
}

/** Counts an event as lost, tells, and keeps it for inspection. */
export function lose(
  lane: string,
  record: QueuedEvent,
  reason: DropReason,
  detail: string | undefined,
  { queue, now, emit }: LaneContext,
): void {
  const { id, name } = record.event;
  queue.count(lane, { [reason]: 1 });
  queue.add([droppedLane(lane)], { ...record, lost: { reason, detail, at: now() } });
  emit('dropped', { destination: lane, id, name, reason, ...(detail && { detail }) });
}

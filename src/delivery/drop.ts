import type { Counts, DropReason } from '../event/loss.js';
import type { LaneContext } from './lane-context.js';
import type { Refusal } from './select.js';

/** Removes events for good: counted in the same transaction, then told. */
export async function drop(context: LaneContext, lane: string, refusals: readonly Refusal[]): Promise<void> {
  if (refusals.length === 0) return;
  const dropped: Counts<DropReason> = {};
  for (const { reason } of refusals) dropped[reason] = (dropped[reason] ?? 0) + 1;
  await context.queue.settle({ lane, removed: refusals.map(({ record }) => record), change: { dropped } });
  for (const { record, reason, detail } of refusals) {
    const { id, name } = record.event;
    context.emit('dropped', { destination: lane, id, name, reason, detail });
  }
}

import type { Loss, QueuedEvent } from '../queue/queue.js';
import type { DroppedEvent, LaneContext } from './lane-context.js';
import { droppedLane } from './settle.js';

type LostEvent = QueuedEvent & { readonly lost: Loss };

const read = (lane: string, { queue, limits }: LaneContext) =>
  queue.peek(droppedLane(lane), limits.maxDropped) as Promise<LostEvent[]>;

const describe =
  (destination: string) =>
  ({ event, lost }: LostEvent): DroppedEvent => ({ destination, event, ...lost });

/** Lost events of a lane that were kept, oldest first. */
export const listDropped = async (lane: string, context: LaneContext): Promise<DroppedEvent[]> =>
  (await read(lane, context)).map(describe(lane));

/**
 * Puts lost events back into their lane, at their old place, as if they had never been lost; resolves to how many. The
 * caller holds the lane's lock while `mayGoOn`.
 */
export async function reviveDropped(
  lane: string,
  which: (dropped: DroppedEvent) => boolean,
  context: LaneContext,
  mayGoOn: () => boolean,
): Promise<number> {
  const { queue, departures } = context;
  const described = describe(lane);
  const chosen = (await read(lane, context)).filter((record) => which(described(record)));
  if (!mayGoOn()) return 0;
  for (const { lost, ...record } of chosen) {
    queue.add([lane], { ...record, owner: context.page() });
    queue.count(lane, { [lost.reason]: -1 });
  }
  queue.remove(droppedLane(lane), chosen);
  // Whatever a page claimed of them was before they were lost.
  const ids = chosen.map(({ event }) => event.id);
  for (const page of departures.all().keys()) departures.disclaim(page, lane, ids);
  return chosen.length;
}

import type { Destination } from '../adapters/adapter.js';
import type { TrackletEvent } from '../event/event.js';
import { addCounts } from '../event/loss.js';
import { OWNED_MS } from '../queue/departures.js';
import { withEvent } from '../queue/queue.js';
import { guardAdapter } from './guard-adapter.js';
import { createLane, type Lane } from './lane.js';
import type { DestinationStats, DroppedEvent, FlushReport, LaneContext } from './lane-context.js';

/** All lanes of a tracker. */
export interface Delivery {
  /** Sends what waits from earlier visits. */
  start(): void;
  /**
   * Stores an event for every destination that wants it, before it returns. `raw` is the event with its secrets, for
   * destinations that have rules of their own.
   */
  take(event: TrackletEvent, raw: TrackletEvent): void;
  /** Sends now: the page is hidden and may never come back, or someone asked. */
  run(): void;
  flush(): Promise<{ readonly [destination: string]: FlushReport }>;
  stats(): Promise<{ readonly [destination: string]: DestinationStats }>;
  dropped(): Promise<DroppedEvent[]>;
  retryDropped(which: (dropped: DroppedEvent) => boolean): Promise<number>;
  visitorChanged(): void;
  online(): void;
  /** The page is being left. `send` is false when the next page goes on with the queue. */
  leave(send: boolean): void;
  /** Ids on their way that the vendors may be presumed to take, by lane. */
  claims(): { [lane: string]: string[] };
  /** Resolves once no request is on its way and no lock is held. */
  close(): Promise<void>;
}

export function createDelivery(
  destinations: readonly Destination[],
  surroundings: Omit<LaneContext, 'answeredAt'>,
): Delivery {
  const context: LaneContext = { ...surroundings, answeredAt: new Map() };
  const lanes = destinations.map((destination) =>
    createLane({ ...destination, adapter: guardAdapter(destination.adapter) }, context),
  );
  const { queue } = context;
  let position = 0;
  let timer: ReturnType<typeof setTimeout> | undefined;

  const each = (tell: (lane: Lane) => void) => () => lanes.forEach(tell);
  const totals = async () => {
    await context.ready;
    return Object.fromEntries(await Promise.all(lanes.map(async (lane) => [lane.name, await lane.stats()] as const)));
  };
  const run = each((lane) => lane.run());

  return {
    run,
    start() {
      run();
      // Pages that were killed said no goodbye; what is theirs is free once they cannot be at it any more.
      timer = setTimeout(run, OWNED_MS * 1.5);
    },
    take(event, raw) {
      position = Math.max(event.time * 1_000, position + 1);
      const shared = withEvent({ v: 1, position, owner: context.page() }, event);
      const routes = lanes.flatMap((lane) => {
        const record = lane.redacted(shared, raw);
        const part = lane.route(record);
        return part ? [{ lane, record, part }] : [];
      });
      for (const record of new Set(routes.map((route) => route.record))) {
        queue.add(
          routes.filter((route) => route.record === record).map(({ part }) => part),
          record,
        );
      }
      for (const { lane, record, part } of routes) lane.added(record, part);
    },
    async stats() {
      await context.ready;
      // What an earlier page left in the journal waits too.
      await lanes[0]?.takeOver();
      return totals();
    },
    async flush() {
      const before = await totals();
      await Promise.all(lanes.map((lane) => lane.run()));
      const reports = Object.entries(await totals()).map(([name, { sent, dropped, ...now }]) => {
        const { sent: sentBefore = 0, dropped: droppedBefore = {} } = before[name] ?? {};
        return [
          name,
          { ...now, sent: sent - sentBefore, dropped: addCounts({ ...dropped }, droppedBefore, -1) },
        ] as const;
      });
      return Object.fromEntries(reports);
    },
    async dropped() {
      await context.ready;
      return (await Promise.all(lanes.map((lane) => lane.dropped()))).flat();
    },
    async retryDropped(which) {
      await context.ready;
      const counts = await Promise.all(lanes.map((lane) => lane.retryDropped(which)));
      return counts.reduce((sum, count) => sum + count, 0);
    },
    visitorChanged: each((lane) => lane.visitorChanged()),
    online: each((lane) => lane.online()),
    leave(send) {
      for (const lane of lanes) lane.leave(send);
    },
    claims: () =>
      Object.fromEntries(lanes.map((lane) => [lane.name, lane.claims()] as const).filter(([, ids]) => ids.length > 0)),
    async close() {
      clearTimeout(timer);
      await Promise.all(lanes.map((lane) => lane.settled()));
    },
  };
}

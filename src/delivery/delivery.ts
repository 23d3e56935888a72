import type { Destination } from '../adapters/adapter.js';
import type { QueuedEvent } from '../queue/queue.js';
import { isFree, OWNED_MS } from '../queue/departures.js';
import { createLane, type Lane } from './lane.js';
import type { DestinationStats, FlushReport, LaneContext } from './lane-context.js';
import { withLock } from './lock.js';

/** All lanes of a tracker. */
export interface Delivery {
  /** Takes over what earlier pages left behind and sends what waits. */
  start(): void;
  added(records: readonly QueuedEvent[]): void;
  flush(): Promise<{ readonly [destination: string]: FlushReport }>;
  stats(): Promise<{ readonly [destination: string]: DestinationStats }>;
  visitorChanged(): void;
  online(): void;
  /** The page is hidden and may never come back: sends while it can. */
  hidden(): void;
  /** The page is being left. `sendNow` is false when the next page goes on with the queue. */
  leave(sendNow: boolean): void;
  resume(): void;
  /** Ids on their way, by lane. */
  claims(): { [lane: string]: string[] };
  /** Resolves once no request is on its way and no lock is held. */
  close(): Promise<void>;
}

export function createDelivery(destinations: readonly Destination[], context: LaneContext): Delivery {
  const lanes = destinations.map((destination) => createLane(destination, context));
  const { queue, departures, now } = context;
  let timer: ReturnType<typeof setTimeout> | undefined;

  const collect = async <T>(ask: (lane: Lane) => Promise<T>): Promise<{ [name: string]: T }> =>
    Object.fromEntries(await Promise.all(lanes.map(async (lane) => [lane.name, await ask(lane)] as const)));

  /** One page at a time, or a record would be counted twice. */
  const takeOver = () => {
    const gone = departures.all();
    const mayTake = (record: QueuedEvent) => record.owner !== context.page() && isFree(record, context.page(), gone, now());
    return withLock(`${context.name}/journal`, () => queue.takeOver(mayTake), new Promise(() => {}));
  };

  const start = () => {
    void queue.ready
      .then(takeOver)
      .catch(context.report)
      .then(() => {
        for (const lane of lanes) void lane.run();
      });
  };

  return {
    start() {
      start();
      // Pages that were killed said no goodbye; what they journaled is free once they cannot be at it any more.
      timer = setTimeout(start, OWNED_MS * 1.5);
    },
    added(records) {
      for (const lane of lanes) {
        const its = records.filter((record) => record.lane === lane.name);
        if (its.length > 0) lane.added(its);
      }
    },
    flush: () => collect((lane) => lane.flush()),
    stats: () => collect((lane) => lane.stats()),
    visitorChanged() {
      for (const lane of lanes) lane.visitorChanged();
    },
    online() {
      for (const lane of lanes) lane.online();
    },
    hidden() {
      for (const lane of lanes) void lane.run();
    },
    leave(sendNow) {
      for (const lane of lanes) {
        if (sendNow) lane.sendAtExit();
        lane.leave();
      }
    },
    resume() {
      for (const lane of lanes) lane.resume();
    },
    claims() {
      const claims: { [lane: string]: string[] } = {};
      for (const lane of lanes) {
        const ids = lane.inFlight();
        if (ids.length > 0) claims[lane.name] = ids;
      }
      return claims;
    },
    async close() {
      clearTimeout(timer);
      await Promise.all(lanes.map((lane) => lane.close()));
    },
  };
}

import type { Destination } from '../adapters/adapter.js';
import { subtractCounts } from '../event/loss.js';
import { OWNED_MS } from '../queue/departures.js';
import type { QueuedEvent } from '../queue/queue.js';
import { createDrain } from './drain.js';
import type { DestinationStats, FlushReport, LaneContext } from './lane-context.js';
import { createLaneMemory } from './lane-memory.js';
import type { LaneState } from './lane-state.js';
import { withLock } from './lock.js';
import { heldLane } from './upkeep.js';
import { createWaker } from './waker.js';

/** Another tab is sending this lane's events: look again after this many ms. */
const LOOK_AGAIN_MS = 2_500;
/** How long `flush()` waits, in ms, for another tab that is sending. */
const PATIENCE_MS = 20_000;
/** The part of its time of ownership, in ms, in which a page may still send a record unasked. */
const SURELY_OWN_MS = OWNED_MS * 0.8;

/** One destination's queue, pace and fate. No lane can hold up another. */
export interface Lane {
  readonly name: string;
  /** Tells of records of this page that the queue has just taken. */
  added(records: readonly QueuedEvent[]): void;
  /** Sends what may be sent, unless another tab is doing so. Never rejects. */
  run(): Promise<void>;
  flush(): Promise<FlushReport>;
  /** The visitor was identified or reset: held events are looked through. */
  visitorChanged(): void;
  /** The network is back. */
  online(): void;
  /** The page is being left: lets go of lock and timers. */
  leave(): void;
  /** Sends this page's own events before it returns, if the vendor is known to be well. */
  sendAtExit(): void;
  /** The page came back. */
  resume(): void;
  /** Ids of events on their way. */
  inFlight(): string[];
  stats(): Promise<DestinationStats>;
  /** Resolves once the request under way, if any, has been settled. */
  close(): Promise<void>;
}

export function createLane(destination: Destination, context: LaneContext): Lane {
  const { name, adapter } = destination;
  const { queue, now } = context;
  const memory = createLaneMemory(adapter);
  const { drain, drainAtExit } = createDrain(destination, memory, context);
  const waker = createWaker(() => void run(), now);

  let sinceRun = 0;
  let patienceMs = 0;
  let current: Promise<void> | undefined;
  let following: Promise<void> | undefined;
  let release = () => {};

  const runOnce = async () => {
    try {
      await queue.ready;
      if (!context.active()) return;
      waker.cancel();
      sinceRun = 0;
      const patience = patienceMs;
      patienceMs = 0;
      let comeBackMs: number | undefined = LOOK_AGAIN_MS;
      const left = new Promise<void>((resolve) => {
        release = resolve;
      });
      const work = async () => {
        comeBackMs = await drain();
      };
      await withLock(`${context.name}:${name}`, work, left, patience);
      if (comeBackMs !== undefined && context.active()) waker.in(comeBackMs);
    } catch (error) {
      context.report(error);
    }
  };

  /** One run at a time; all who ask during a run share the next. */
  const run = (): Promise<void> => {
    if (!current) {
      current = runOnce().finally(() => {
        current = undefined;
      });
      return current;
    }
    following ??= current.then(() => {
      following = undefined;
      return run();
    });
    return following;
  };

  const tallies = async () => ({
    lane: await queue.tally(name, false),
    held: (await queue.tally(heldLane(name), false)).waiting,
  });

  return {
    name,
    run,
    added(records) {
      for (const record of records) if (record.lane === name) memory.own.set(record.event.id, record);
      sinceRun += records.length;
      if (sinceRun >= context.flushAt) void run();
      else waker.in(context.flushAfterMs);
    },
    async flush() {
      await queue.ready;
      const before = await tallies();
      patienceMs = PATIENCE_MS;
      await run();
      const { lane, held } = await tallies();
      const dropped = subtractCounts(lane.dropped, before.lane.dropped);
      return { sent: lane.sent - before.lane.sent, waiting: lane.waiting, held, dropped };
    },
    visitorChanged() {
      memory.visitorChanged = true;
      void run();
    },
    online() {
      if (!memory.state.network) return void run();
      memory.state = { ...memory.state, notBefore: 0 };
      queue.remember(name, memory.state).then(run, context.report);
    },
    leave() {
      waker.cancel();
      release();
    },
    sendAtExit() {
      for (const [id, { position }] of memory.own) if (now() - position > SURELY_OWN_MS) memory.own.delete(id);
      drainAtExit();
    },
    resume() {
      // Another page may have sent them in the meantime; what it has not is on disk.
      memory.own.clear();
      void run();
    },
    async close() {
      waker.cancel();
      await (following ?? current);
    },
    inFlight: () => [...memory.inFlight.keys()],
    async stats() {
      const { lane, held } = await tallies();
      const { notBefore, reason, paused } = ((await queue.recall(name)) as LaneState | undefined) ?? memory.state;
      const { waiting, bytes, sent, unconfirmed, retries, dropped } = lane;
      const counts = { waiting, bytes, held, sent, unconfirmed, retries, dropped };
      if (notBefore <= now()) return { state: 'ready', ...counts };
      return { state: paused ? 'paused' : 'waiting', notBefore, ...(reason && { reason }), ...counts };
    },
  };
}

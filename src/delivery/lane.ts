import type { Destination } from '../adapters/adapter.js';
import type { TrackletEvent } from '../event/event.js';
import { OWNED_MS } from '../queue/departures.js';
import type { QueuedEvent } from '../queue/queue.js';
import { createDrain } from './drain.js';
import type { DestinationStats, LaneContext } from './lane-context.js';
import { createLaneMemory } from './lane-memory.js';
import type { LaneState } from './lane-state.js';
import { withLock } from './lock.js';
import { renamed } from './select.js';
import { heldLane } from './settle.js';
import { tidy } from './upkeep.js';

/** Limits need no watching at every flush; in ms. */
const TIDY_EVERY_MS = 60_000;
/** The part of its time of ownership, in ms, in which a page may still send a record unasked. */
const SURELY_OWN_MS = OWNED_MS * 0.8;
/** A vendor that has not answered after this many ms is not well; what it was sent is not presumed taken. */
const SURELY_TAKEN_MS = 3_000;
/** The longest delay a timer can take, in ms; longer ones fire at once. */
const LONGEST_TIMER_MS = 2 ** 31 - 1;

/** One destination's queue, pace and fate. No lane can hold up another. */
export interface Lane {
  readonly name: string;
  /** The part of the queue that shall take the event; undefined when the destination gets none of it. */
  route(event: TrackletEvent): string | undefined;
  /** Tells of an event of this page that the queue has just taken into that part. */
  added(record: QueuedEvent, part: string): void;
  /** Sends what may be sent, as soon as no other tab is doing so. Never rejects. */
  run(): Promise<void>;
  /** The visitor was identified or reset: held events are looked through. */
  visitorChanged(): void;
  /** The network is back. */
  online(): void;
  /** The page is being left: lets go of lock and timers, with `send` after sending this page's own events. */
  leave(send: boolean): void;
  /** Ids of events on their way that the vendor may be presumed to take. */
  claims(): string[];
  stats(): Promise<DestinationStats>;
  /** Resolves once the run under way, if any, has ended. */
  settled(): Promise<void>;
}

export function createLane(destination: Destination, context: LaneContext): Lane {
  const { name, adapter, filter, rename } = destination;
  const { queue, now, emit } = context;
  const memory = createLaneMemory(adapter);
  const { drain, drainAtExit } = createDrain(destination, memory, context);

  let controller = new AbortController();
  let tidiedAt = 0;
  let sinceRun = 0;
  let timer: ReturnType<typeof setTimeout> | undefined;
  let wakeAt = Number.POSITIVE_INFINITY;
  let running = Promise.resolve();
  let next: Promise<void> | undefined;

  const wakeIn = (ms: number) => {
    if (now() + ms >= wakeAt) return;
    clearTimeout(timer);
    wakeAt = now() + ms;
    timer = setTimeout(run, Math.min(ms, LONGEST_TIMER_MS));
  };

  const work = async (mayGoOn: () => boolean) => {
    await context.takeOver();
    if (Math.abs(now() - tidiedAt) > TIDY_EVERY_MS) {
      tidiedAt = now();
      memory.proven ||= Boolean((await tidy(destination, context, mayGoOn)).sent);
    }
    const comeBackMs = await drain(mayGoOn);
    if (comeBackMs !== undefined && context.active()) wakeIn(comeBackMs);
  };

  const sleep = () => {
    clearTimeout(timer);
    wakeAt = Number.POSITIVE_INFINITY;
  };

  const runOnce = async () => {
    next = undefined;
    await context.ready;
    if (!context.active()) return;
    sleep();
    sinceRun = 0;
    const { signal } = controller;
    // Whatever was read before the page was left is not to be trusted after it came back: the lock was let go.
    const mayGoOn = () => context.active() && !signal.aborted;
    await withLock(`${context.name} ${name}`, signal, () => work(mayGoOn));
  };

  /** One run at a time; all who ask during a run share the next. */
  const run = (): Promise<void> => {
    next ??= running = running.then(runOnce).catch(context.report);
    return next;
  };

  return {
    name,
    run,
    route(event) {
      const lose = (reason: 'filter-error' | 'refused', detail: string) => {
        queue.count(name, { [reason]: 1 });
        emit('dropped', { destination: name, id: event.id, name: event.name, reason, detail });
        return undefined;
      };
      try {
        if (filter && !filter(event)) return undefined;
      } catch (error) {
        return lose('filter-error', String(error));
      }
      const acceptance = adapter.accepts(renamed(event, rename), now());
      if (typeof acceptance === 'object') return lose('refused', acceptance.refused);
      if (acceptance === 'not-applicable') return undefined;
      return acceptance === 'ready' ? name : heldLane(name);
    },
    added(record, part) {
      const held = part !== name;
      emit('queued', { destination: name, id: record.event.id, name: record.event.name, held });
      if (held) return;
      memory.own.set(record.event.id, record);
      sinceRun += 1;
      if (sinceRun >= context.flushAt) void run();
      else wakeIn(context.flushAfterMs);
    },
    visitorChanged() {
      tidiedAt = 0;
      void run();
    },
    online() {
      // Only a failure of the network is over when the network is back.
      if (memory.state.unclear.length > 0) queue.remember(name, { ...memory.state, notBefore: 0 });
      void run();
    },
    leave(send) {
      for (const [id, { event }] of memory.own) if (now() - event.time > SURELY_OWN_MS) memory.own.delete(id);
      if (send) drainAtExit();
      sleep();
      controller.abort();
      controller = new AbortController();
      // Another page may send them from here on; what it does not is on disk.
      memory.own.clear();
    },
    async settled() {
      sleep();
      await running;
    },
    claims: () => [...memory.inFlight].filter(([, sentAt]) => now() - sentAt < SURELY_TAKEN_MS).map(([id]) => id),
    async stats() {
      const { waiting = 0, bytes = 0, sent = 0, unconfirmed = 0, retries = 0, ...dropped } = await queue.tally(name);
      const { waiting: held = 0 } = await queue.tally(heldLane(name));
      const { notBefore, reason, paused } = (await queue.recall<LaneState>(name)) ?? memory.state;
      const counts = { waiting, bytes, held, sent, unconfirmed, retries, dropped };
      if (notBefore <= now()) return { state: 'ready', ...counts };
      return { state: paused ? 'paused' : 'waiting', notBefore, ...(reason && { reason }), ...counts };
    },
  };
}

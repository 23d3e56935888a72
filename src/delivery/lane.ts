import type { Destination } from '../adapters/adapter.js';
import type { TrackletEvent } from '../event/event.js';
import { redactEvent } from '../event/redaction.js';
import { LANDING_MS, OWNED_MS } from '../queue/departures.js';
import { type QueuedEvent, withEvent } from '../queue/queue.js';
import { createAlarm } from './alarm.js';
import { listDropped, reviveDropped } from './dead-letters.js';
import { createDrain } from './drain.js';
import { presumable } from './flight.js';
import type { DestinationStats, DroppedEvent, LaneContext } from './lane-context.js';
import { createLaneMemory } from './lane-memory.js';
import { recallState } from './lane-state.js';
import { renamed } from './select.js';
import { heldLane, lose } from './settle.js';
import { tidy } from './upkeep.js';

/** Limits need no watching at every flush; in ms. */
const TIDY_EVERY_MS = 60_000;
/** The part of its time of ownership, in ms, in which a page may still send a record unasked. */
const SURELY_OWN_MS = OWNED_MS * 0.8;

/** One destination's queue, pace and fate. No lane can hold up another. */
export interface Lane {
  readonly name: string;
  /** The same record, or one of its own where the destination has rules of its own for what is redacted in `raw`. */
  redacted(record: QueuedEvent, raw: TrackletEvent): QueuedEvent;
  /** The part of the queue that shall take the record; undefined when the destination gets none of it. */
  route(record: QueuedEvent): string | undefined;
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
  /** Lost events that were kept, oldest first. */
  dropped(): Promise<DroppedEvent[]>;
  /** Brings in what pages now gone left in the journal; resolves to true if there is more to come. */
  takeOver(): Promise<boolean | undefined>;
  /** Puts those back into the lane that `which` picks, and resolves to how many. */
  retryDropped(which: (dropped: DroppedEvent) => boolean): Promise<number>;
  /** Resolves once the run under way, if any, has ended. */
  settled(): Promise<void>;
}

export function createLane(destination: Destination, context: LaneContext): Lane {
  const { name, adapter, filter, rename, redaction } = destination;
  const { queue, now, emit } = context;
  const memory = createLaneMemory();
  const lockName = `${context.name} ${name}`;
  const { drain, drainAtExit } = createDrain(destination, memory, context);

  let controller = new AbortController();
  let tidiedAt = 0;
  let sinceRun = 0;
  let running = Promise.resolve();
  let next: Promise<void> | undefined;

  const { wakeIn, sleep } = createAlarm(now, () => void run());
  const takeOver = () => context.takeOver(controller.signal);

  const mayWork = () => context.active(destination) && !context.goingSince();

  const work = async (mayGoOn: () => boolean) => {
    const isMoreToCome = await takeOver();
    if (isMoreToCome) wakeIn(LANDING_MS);
    if (Math.abs(now() - tidiedAt) > TIDY_EVERY_MS) {
      tidiedAt = now();
      if ((await tidy(destination, context, mayGoOn)).sent) memory.takenAt ||= 1;
      if (isMoreToCome || !mayGoOn()) tidiedAt = 0;
    }
    const comeBackMs = await drain(mayGoOn);
    if (comeBackMs !== undefined && mayWork()) wakeIn(comeBackMs);
  };

  /** By position, as other pages go by: after a clock was set back, a young event may seem to be old. */
  const disown = () => {
    for (const [id, { position }] of memory.own) {
      if (Math.abs(now() - position / 1_000) < SURELY_OWN_MS) return;
      memory.own.delete(id);
    }
  };

  const runOnce = async () => {
    next = undefined;
    await context.ready;
    sleep();
    if (!mayWork()) return;
    sinceRun = 0;
    // Whatever was read before the page was left is not to be trusted after it came back: the lock was let go.
    const { signal } = controller;
    let isDone = false;
    do {
      await context.lock(lockName, signal, async (isMine) => {
        await work(() => mayWork() && !signal.aborted && isMine());
        // Else its turn was over before its work was.
        isDone = isMine();
      });
    } while (!isDone && !signal.aborted && mayWork());
  };

  /** One run at a time; all who ask during a run share the next. */
  const run = (): Promise<void> => {
    next ??= running = running.then(runOnce).catch(context.report);
    return next;
  };

  return {
    name,
    run,
    redacted: (record, raw) => (redaction ? withEvent(record, redactEvent(redaction, raw, {})) : record),
    route(record) {
      const { event } = record;
      try {
        if (filter && !filter(event)) return undefined;
      } catch (error) {
        lose(name, record, 'filter-error', String(error), context);
        return undefined;
      }
      const acceptance = adapter.accepts(renamed(event, rename), now());
      if (typeof acceptance === 'object') {
        lose(name, record, 'refused', acceptance.refused, context);
        return undefined;
      }
      if (acceptance === 'not-applicable') return undefined;
      return acceptance === 'ready' ? name : heldLane(name);
    },
    added(record, part) {
      const held = part !== name;
      emit('queued', { destination: name, id: record.event.id, name: record.event.name, held });
      if (held) return;
      disown();
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
      memory.isOnlineAgain = true;
      void run();
    },
    leave(send) {
      disown();
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
    claims: () =>
      // Who failed last may well fail again, and what is claimed may be presumed delivered.
      memory.state.failures > 0 ? [] : presumable(memory, now()),
    takeOver,
    dropped: () => listDropped(name, context),
    async retryDropped(which) {
      const revive = (mayGoOn: () => boolean) => reviveDropped(name, which, context, mayGoOn);
      const count = await context.lock(lockName, controller.signal, revive);
      void run();
      return count ?? 0;
    },
    async stats() {
      const { waiting = 0, bytes = 0, sent = 0, unconfirmed = 0, retries = 0, ...dropped } = await queue.tally(name);
      const { waiting: held = 0 } = await queue.tally(heldLane(name));
      const { notBefore, reason, paused, blocked } = await recallState(queue, name);
      const counts = { waiting, bytes, held, sent, unconfirmed, retries, dropped };
      if (notBefore <= now()) return { state: 'ready', ...counts };
      const state = paused ? 'paused' : blocked ? 'blocked' : 'waiting';
      return { state, notBefore, ...(reason && { reason }), ...counts };
    },
  };
}

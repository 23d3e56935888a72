import type { Destination } from '../adapters/adapter.js';
import type { QueuedEvent } from '../queue/queue.js';
import { dutyOf, isSpent, type Unconfirmed } from './claims.js';
import { createDispatch, type Dispatch } from './dispatch.js';
import { drop } from './drop.js';
import type { LaneContext } from './lane-context.js';
import type { LaneMemory } from './lane-memory.js';
import { HEALTHY, type LaneState } from './lane-state.js';
import { rateWaitMs, recentSends } from './rate-limit.js';
import { type Selection, type SelectionRules, select } from './select.js';
import { enforceLimits, heldLane, releaseHeld } from './upkeep.js';

/** Records read at a time. */
const CHUNK = 100;
/** Bytes of events in one request: half the keepalive pool, so that two lanes can send at once. */
const BATCH_BYTES = 30_000;
/** Records that are another page's: look again after this many ms. */
const LOOK_AGAIN_MS = 2_500;
/** Limits need no watching at every flush; in ms. */
const UPKEEP_EVERY_MS = 60_000;

const NOTHING: Selection = { batch: [], unclear: false, refused: [], held: [], presumed: [], waiting: false };

export interface Drain {
  /**
   * Sends batch after batch until the lane is empty, has to wait, or the page goes. Resolves to the ms after which to
   * come back, undefined when nothing is left. The caller holds the lane's lock.
   */
  drain(): Promise<number | undefined>;
  /** Sends this page's own events before it returns, as far as the keepalive pool goes. */
  drainAtExit(): void;
}

export function createDrain(destination: Destination, memory: LaneMemory, context: LaneContext): Drain {
  const { name, adapter, rename } = destination;
  const { queue, departures, now } = context;
  const dispatch: Dispatch = createDispatch(destination, memory, context);
  const unconfirmed: Unconfirmed = adapter.deduplicates ? 'resend' : 'assume-delivered';
  const rate = adapter.rate ?? [];
  let upkeepAt = Number.NEGATIVE_INFINITY;

  const rulesFor = (duty: SelectionRules['duty']): SelectionRules => ({
    adapter,
    rename,
    duty,
    now: now(),
    attempt: memory.state.failures + 1,
    maxEvents: memory.maxEvents,
    maxBytes: Math.min(BATCH_BYTES, adapter.maxBytes),
    maxAgeMs: context.limits.maxAgeMs,
  });

  const next = async (): Promise<Selection> => {
    const all = departures.all();
    const page = context.page();
    const rules = { lane: name, page, departures: all, unconfirmed, now: now() };
    const duty = (record: QueuedEvent) => {
      if (memory.inFlight.has(record.event.id)) return 'wait';
      const ours = dutyOf(record, rules);
      return ours === 'send' && memory.state.unclear?.includes(record.event.id) ? 'resend' : ours;
    };
    let waiting = false;
    let after: QueuedEvent | undefined;
    do {
      const chunk = await queue.peek(name, CHUNK, after);
      after = chunk[CHUNK - 1];
      const selection = select(chunk, rulesFor(duty));
      waiting ||= selection.waiting;
      const { batch, refused, held, presumed } = selection;
      if (batch.length + refused.length + held.length + presumed.length > 0) return { ...selection, waiting };
    } while (after);
    // The whole lane was looked through, so no record is left that an earlier page's claims could speak of.
    for (const [claimant, departure] of all) {
      if (claimant === page) continue;
      if (isSpent(departure, now())) departures.forget(claimant);
      else if (!waiting && departure.left && departure.claims[name]) departures.forget(claimant, name);
    }
    return { ...NOTHING, waiting };
  };

  const putAside = async ({ refused, held, presumed }: Selection) => {
    await drop(context, name, refused);
    if (held.length > 0) {
      const added = held.map((record) => ({ ...record, lane: heldLane(name) }));
      await queue.settle({ lane: name, removed: held, added });
    }
    if (presumed.length > 0) {
      const change = { sent: presumed.length, unconfirmed: presumed.length };
      await queue.settle({ lane: name, removed: presumed, change });
      context.emit('delivered', { destination: name, ids: presumed.map(({ event }) => event.id), confirmed: false });
    }
  };

  const upkeep = async () => {
    if (Math.abs(now() - upkeepAt) > UPKEEP_EVERY_MS) {
      upkeepAt = now();
      const { sent } = await enforceLimits(name, context);
      memory.proven ||= sent > 0;
    }
    if (memory.visitorChanged) {
      memory.visitorChanged = false;
      await releaseHeld(destination, context);
    }
  };

  const rateWait = () => {
    memory.sentAt = recentSends(memory.sentAt, rate, now());
    return rateWaitMs(memory.sentAt, rate, now());
  };

  return {
    async drain() {
      memory.state = ((await queue.recall(name)) as LaneState | undefined) ?? HEALTHY;
      await upkeep();
      const page = context.page();
      while (context.active() && page === context.page()) {
        const { paused, notBefore } = memory.state;
        const waitMs = Math.max(rateWait(), paused ? 0 : notBefore - now());
        if (waitMs > 0) return waitMs;
        const selection = await next();
        await putAside(selection);
        const { batch, unclear, refused, held, presumed, waiting } = selection;
        if (batch.length > 0) {
          if (!(await dispatch.send(batch, unclear))) return Math.max(0, memory.state.notBefore - now());
        } else if (refused.length + held.length + presumed.length === 0) {
          return waiting ? LOOK_AGAIN_MS : undefined;
        }
      }
      return undefined;
    },

    drainAtExit() {
      const { state, proven } = memory;
      while (proven && state.failures === 0 && context.online() && rateWait() <= 0) {
        const { batch } = select([...memory.own.values()], rulesFor(() => 'send'));
        if (batch.length === 0 || !dispatch.sendAtExit(batch)) return;
      }
    },
  };
}

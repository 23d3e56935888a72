import type { Destination } from '../adapters/adapter.js';
import { type Duty, dutyOf, isSpent } from '../queue/departures.js';
import type { QueuedEvent } from '../queue/queue.js';
import { createDispatch } from './dispatch.js';
import type { LaneContext } from './lane-context.js';
import type { LaneMemory } from './lane-memory.js';
import { HEALTHY } from './lane-state.js';
import { rateWaitMs } from './rate-limit.js';
import { type Selection, select } from './select.js';
import { settle } from './settle.js';

/** Records read at a time. */
const CHUNK = 100;
/** Bytes of events in one request: half the keepalive pool, so that two lanes can send at once. */
const BATCH_BYTES = 30_000;
/** Some records are another page's: look again after this many ms. */
const LOOK_AGAIN_MS = 2_500;

export interface Drain {
  /**
   * Sends batch after batch until the lane is empty, has to wait, or the page goes. Resolves to the ms after which to
   * come back, undefined when nothing is left. The caller holds the lane's lock while `mayGoOn`.
   */
  drain(mayGoOn: () => boolean): Promise<number | undefined>;
  /** Sends this page's own events before it returns, as far as the keepalive pool goes. */
  drainAtExit(): void;
}

export function createDrain(destination: Destination, memory: LaneMemory, context: LaneContext): Drain {
  const { name, adapter, rename } = destination;
  const { queue, departures, now } = context;
  const { rate = [] } = adapter;
  const dispatch = createDispatch(destination, memory, context);
  const unconfirmed = adapter.deduplicates ? 'resend' : 'assume-delivered';

  const choose = (records: readonly QueuedEvent[], duty: (record: QueuedEvent) => Duty): Selection =>
    select(records, {
      adapter,
      rename,
      duty,
      now: now(),
      attempt: memory.state.failures + 1,
      maxEvents: memory.maxEvents,
      maxBytes: Math.min(BATCH_BYTES, adapter.maxBytes),
      maxAgeMs: context.limits.maxAgeMs,
    });

  /** The next request's events, looking past records that are not ours; undefined when there is nothing to do. */
  const next = async (): Promise<Selection | { readonly waiting: boolean }> => {
    const page = context.page();
    const gone = departures.all();
    let waiting = false;
    let after: QueuedEvent | undefined;
    do {
      const chunk = await queue.peek(name, CHUNK, after);
      after = chunk[CHUNK - 1];
      const selection = choose(chunk, (record) => {
        if (memory.inFlight.has(record.event.id)) return 'wait';
        const duty = dutyOf(record, name, page, gone, unconfirmed, now());
        return duty === 'send' && memory.state.unclear.includes(record.event.id) ? 'resend' : duty;
      });
      waiting ||= selection.waiting;
      if (selection.batch.length + selection.outcomes.length > 0) return selection;
    } while (after);
    // The whole lane was looked through, so no record is left that an earlier page's claims could speak of.
    for (const [claimant, departure] of gone) {
      if (claimant === page) continue;
      if (isSpent(departure, now())) departures.forget(claimant);
      else if (!waiting && departure.left && departure.claims[name]) departures.forget(claimant, name);
    }
    return { waiting };
  };

  return {
    async drain(mayGoOn) {
      memory.state = (await queue.recall(name)) ?? HEALTHY;
      while (mayGoOn()) {
        const wait = () => memory.state.notBefore - now();
        const waitMs = Math.max(rateWaitMs(memory.sentAt, rate, now()), memory.state.paused ? 0 : wait());
        if (waitMs > 0) return waitMs;
        const selection = await next();
        if (!mayGoOn()) break;
        if (!('batch' in selection)) return selection.waiting ? LOOK_AGAIN_MS : undefined;
        const { batch, unclear, outcomes } = selection;
        settle(name, name, outcomes, context);
        if (batch.length > 0 && !(await dispatch.send(batch, unclear, mayGoOn))) return wait();
      }
      return undefined;
    },

    drainAtExit() {
      const isWell = memory.proven && memory.state.failures === 0 && context.online();
      while (isWell && rateWaitMs(memory.sentAt, rate, now()) <= 0) {
        const { batch } = choose([...memory.own.values()], () => 'send');
        if (batch.length === 0 || !dispatch.sendAtExit(batch)) return;
      }
    },
  };
}

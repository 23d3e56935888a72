import type { Destination } from '../adapters/adapter.js';
import { type Duty, type DutyRules, dutyOf, isSpent } from '../queue/departures.js';
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

  const dutyRules = (isIdle: boolean): DutyRules => ({
    lane: name,
    page: context.page(),
    departures: departures.all(),
    unconfirmed,
    now: now(),
    takenAt: memory.takenAt,
    isFailing: memory.state.failures > 0,
    isIdle,
  });

  /** The whole lane was looked through, so no record is left that an earlier page's claims could speak of. */
  const forgetClaims = (): undefined => {
    for (const [page, departure] of departures.all()) {
      if (page === context.page()) continue;
      if (isSpent(departure, now())) departures.forget(page);
      else if (departure.left && departure.claims[name]) departures.forget(page, name);
    }
  };

  return {
    async drain(mayGoOn) {
      memory.state = (await queue.recall(name)) ?? HEALTHY;
      let isWaiting = false;
      let isIdle = false;
      let after: QueuedEvent | undefined;
      let chunk: readonly QueuedEvent[] = [];
      for (;;) {
        const untilRetry = () => memory.state.notBefore - now();
        const waitMs = Math.max(rateWaitMs(memory.sentAt, rate, now()), memory.state.paused ? 0 : untilRetry());
        if (waitMs > 0) return waitMs;
        const rules = dutyRules(isIdle);
        const { batch, unclear, outcomes, waiting } = choose(chunk, (record) => {
          if (memory.inFlight.has(record.event.id)) return 'wait';
          const duty = dutyOf(record, rules);
          return duty === 'send' && memory.state.unclear.includes(record.event.id) ? 'resend' : duty;
        });
        settle(name, name, outcomes, context);
        for (const { record } of outcomes) memory.settled.add(record.event.id);
        if (batch.length > 0) {
          if (!(await dispatch.send(batch, unclear, mayGoOn))) return untilRetry();
        } else {
          isWaiting ||= waiting;
          memory.settled.clear();
          chunk = await queue.peek(name, CHUNK, after);
          if (chunk.length > 0) after = chunk[chunk.length - 1];
          else if (!isWaiting) return forgetClaims();
          else if (isIdle) return LOOK_AGAIN_MS;
          else {
            // Once more from the start, now that it is known that there is nothing else to send.
            isIdle = true;
            isWaiting = false;
            after = undefined;
          }
        }
        if (!mayGoOn()) return undefined;
        chunk = chunk.filter(({ event }) => !memory.settled.has(event.id));
      }
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

import type { Destination } from '../adapters/adapter.js';
import { type Duty, type DutyRules, dutyOf, isFree, isOver } from '../queue/departures.js';
import type { QueuedEvent } from '../queue/queue.js';
import { createDispatch } from './dispatch.js';
import type { LaneContext } from './lane-context.js';
import type { LaneMemory } from './lane-memory.js';
import { recallState } from './lane-state.js';
import { rateWaitMs } from './rate-limit.js';
import { type Selection, select } from './select.js';
import { settle } from './settle.js';

/** Records read at a time. */
const CHUNK = 100;
/** Bytes of events in one request: half the keepalive pool, so that two lanes can send at once. */
const BATCH_BYTES = 30_000;
/** A lane that is free sends within this time, in ms, after a flush was due. */
const OVERDUE_MS = 100;
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
  const { name, adapter, rename, unconfirmed = adapter.deduplicates ? 'resend' : 'assume-delivered' } = destination;
  const { queue, departures, now } = context;
  const { rate = [] } = adapter;
  const dispatch = createDispatch(destination, memory, context);

  const choose = (records: readonly QueuedEvent[], duty: (record: QueuedEvent) => Duty): Selection =>
    select(records, {
      adapter,
      rename,
      duty,
      now: now(),
      attempt: memory.state.failures + 1,
      // Whoever failed last is asked with one: if this page goes before the answer, no more than one is in doubt.
      maxEvents: memory.state.failures > 0 ? 1 : (memory.state.maxEvents ?? adapter.maxEvents),
      maxBytes: Math.min(BATCH_BYTES, adapter.maxBytes),
      maxAgeMs: context.limits.maxAgeMs,
    });

  const isOverdue = ({ event }: QueuedEvent) =>
    (context.goingSince() || now()) - event.time > context.flushAfterMs + OVERDUE_MS;

  const dutyRules = (isIdle: boolean): DutyRules => ({
    lane: name,
    page: context.page(),
    departures: departures.all(),
    unconfirmed,
    now: now(),
    takenAt: memory.takenAt,
    failedAt: memory.state.failures > 0 ? Infinity : (memory.state.failedAt ?? 0),
    isIdle,
  });

  /**
   * Of departures that have nothing more to say. Where the whole lane was looked through, no record is left that claims
   * could speak of, unless it is still to come from the journal.
   */
  const forgetDepartures = (isLookedThrough: boolean) => {
    for (const [page, departure] of departures.all()) {
      if (page === context.page() || !isOver(departure, now())) continue;
      const claims = isLookedThrough ? departures.disclaim(page, name) : departure.claims;
      const isTooOld = Math.abs(now() - departure.at) > context.limits.maxAgeMs;
      if (isTooOld || Object.keys(claims).length === 0) departures.forget(page);
    }
  };

  return {
    async drain(mayGoOn) {
      memory.state = await recallState(queue, name);
      const { notBefore, waitMs: longestMs = Infinity, unanswered, blocked } = memory.state;
      // Only a failure of the network is over when the network is back.
      const latest = memory.isOnlineAgain && unanswered && !blocked ? 0 : now() + longestMs;
      memory.isOnlineAgain = false;
      if (notBefore > latest) {
        memory.state = { ...memory.state, notBefore: latest };
        queue.remember(name, memory.state);
      }
      forgetDepartures(false);
      let isWaiting = false;
      let isIdle = false;
      /** Pages whose records are not ours yet. As time passes, their younger ones would overtake what was passed over. */
      const theirs = new Set<string>();
      let after: QueuedEvent | undefined;
      let chunk: readonly QueuedEvent[] = [];
      for (;;) {
        const untilRetry = () => memory.state.notBefore - now();
        const waitMs = Math.max(rateWaitMs(memory.sent, rate, now()), memory.state.paused ? 0 : untilRetry());
        if (waitMs > 0) return waitMs;
        const rules = dutyRules(isIdle);
        const journaled = queue.journaled();
        const {
          batch,
          context: asked,
          outcomes,
          waiting,
        } = choose(chunk, (record) => {
          const { owner, event } = record;
          if (memory.inFlight.has(event.id) || (owner !== rules.page && journaled.has(event.id))) return 'wait';
          if (!isFree(record, rules.page, rules.departures, rules.now)) theirs.add(owner);
          if (theirs.has(owner)) return 'wait';
          const duty = dutyOf(record, rules);
          // Whoever has it may settle it meanwhile: it is not looked at again before it has been read again.
          if (duty === 'wait') memory.settled.add(event.id);
          return duty === 'send' && memory.state.unclear.includes(event.id) ? 'resend' : duty;
        });
        settle(name, name, outcomes, context);
        for (const { record } of outcomes) memory.settled.add(record.event.id);
        isWaiting ||= waiting;
        if (batch.length > 0) {
          const pauseMs = await dispatch.send(batch, asked, mayGoOn);
          if (pauseMs) return pauseMs;
        } else {
          memory.settled.clear();
          chunk = await queue.peek(name, CHUNK, after);
          if (chunk.length > 0) after = chunk[chunk.length - 1];
          else if (!isWaiting) {
            forgetDepartures(true);
            await queue.balance(name);
            return undefined;
          } else if (isIdle) return LOOK_AGAIN_MS;
          else {
            // Once more from the start, now that it is known that there is nothing else to send.
            isIdle = true;
            isWaiting = false;
            theirs.clear();
            after = undefined;
          }
        }
        if (!mayGoOn()) return undefined;
        chunk = chunk.filter(({ event }) => !memory.settled.has(event.id));
      }
    },

    drainAtExit() {
      const isFailing = memory.state.failures > 0 || departures.isFailing(name);
      // Something holds the lane up, and it is not this page: another tab knows why, and may be about to send these.
      const isHeldUp = memory.inFlight.size === 0 && [...memory.own.values()].some(isOverdue);
      const isWell = memory.takenAt > 0 && !isFailing && !isHeldUp && context.online();
      // Presumed taken without having arrived, they would be lost.
      const mayArrive = unconfirmed === 'resend' || !context.mayLoseLast();
      while (isWell && mayArrive && rateWaitMs(memory.sent, rate, now()) <= 0) {
        const { batch, context: asked } = choose([...memory.own.values()], () => 'send');
        if (batch.length === 0 || !dispatch.sendAtExit(batch, asked)) return;
      }
    },
  };
}

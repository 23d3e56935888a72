import type { Destination, Verdict } from '../adapters/adapter.js';
import type { HttpResponse } from '../transport/http.js';
import type { NoAnswer } from '../transport/send.js';
import { backoffMs } from './backoff.js';
import { isUnclear } from './is-unclear.js';
import type { LaneContext } from './lane-context.js';
import type { LaneMemory } from './lane-memory.js';
import { HEALTHY, type LaneState } from './lane-state.js';
import { type Batch, credentialsOf, idsOf, type Parcel } from './parcel.js';
import { retryAfterMs } from './retry-after.js';
import { type Fate, settle } from './settle.js';

/**
 * How long a paused lane waits, in ms, before it asks once more with the same credentials: a minute first, then twice as
 * long each time. Behind the site's own proxy a new secret cannot be seen, so someone has to ask.
 */
const FIRST_PAUSE_MS = 60_000;
const LONGEST_PAUSE_MS = 3_600_000;

/** So many requests in a row without any answer, some two minutes' worth, while others are answered, mean `blocked`. */
const BLOCKED_AFTER = 8;
const PROBE_MS = 3_600_000;
/** Another destination that answered within this time, in ms, shows that the network is there. */
const RECENTLY_MS = 300_000;
/** Most ids that a lane remembers as maybe taken: as many as any vendor's largest request has. */
const MAX_UNCLEAR = 1_000;

/** What a lane does about an answer, or about none. */
export interface Reaction {
  verdictOn(parcel: Parcel, batch: Batch, answer: HttpResponse | NoAnswer): Verdict;
  /** `batch` is what of the parcel is still in the lane. */
  act(parcel: Parcel, batch: Batch, answer: HttpResponse | NoAnswer): void;
  /** Drops those that are named, or tries again with half as many until the culprit is alone. */
  refuse(batch: Batch, ids: readonly string[], fate: Fate, detail: string): void;
  /** Keeps the batch and backs off; for `askedMs` if the vendor asked for it. */
  retry(batch: Batch, reason: string, askedMs?: number, more?: Partial<LaneState>): void;
}

export function createReaction(destination: Destination, memory: LaneMemory, context: LaneContext): Reaction {
  const { name, adapter } = destination;
  const { queue, now, random, emit } = context;

  const remember = (state: LaneState) => {
    memory.state = state;
    queue.remember(name, state);
    context.departures.setFailing(name, state.failures > 0 && context.active(destination));
  };

  /** The vendor has spoken, whatever it thinks of these events: later ones start from their first attempt. */
  const conclude = (batch: Batch, fate: Fate, detail: string | undefined, maxEvents: number | undefined) => {
    settle(
      name,
      name,
      batch.map(({ record }) => ({ record, fate, detail })),
      context,
    );
    const settled = idsOf(batch);
    for (const id of settled) memory.settled.add(id);
    const { failures, failedAt, unclear, maxEvents: before } = memory.state;
    if (failures + unclear.length === 0 && maxEvents === before) return;
    remember({ ...HEALTHY, failedAt, maxEvents, unclear: unclear.filter((id) => !settled.includes(id)) });
  };

  const refuse: Reaction['refuse'] = (batch, ids, fate, detail) => {
    const refused = batch.length === 1 ? batch : batch.filter(({ record }) => ids.includes(record.event.id));
    conclude(refused, fate, detail, refused.length > 0 ? memory.state.maxEvents : Math.ceil(batch.length / 2));
  };

  const retry: Reaction['retry'] = (batch, reason, askedMs, more) => {
    const { failures, unclear, maxEvents } = memory.state;
    // A second at most on top of what the vendor asked for, so that those it asked at once do not return at once.
    const waitMs = askedMs === undefined ? backoffMs(failures, random()) : askedMs + random() * 1_000;
    const failedAt = now();
    const notBefore = failedAt + waitMs;
    remember({ failures: failures + 1, failedAt, notBefore, waitMs, reason, unclear, maxEvents, ...more });
    queue.count(name, { retries: 1 });
    emit('retry', { destination: name, ids: idsOf(batch), reason, notBefore });
  };

  /** Nobody can tell whether the vendor has these. */
  const doubt = (batch: Batch) => {
    const ids = idsOf(batch);
    return { unclear: [...memory.state.unclear.filter((id) => !ids.includes(id)), ...ids].slice(-MAX_UNCLEAR) };
  };

  const silence = (batch: Batch, reason: string) => {
    const unanswered = (memory.state.unanswered ?? 0) + 1;
    const othersAnswer = [...context.answeredAt.values()].some((at) => Math.abs(now() - at) < RECENTLY_MS);
    const blocked = memory.state.blocked || (unanswered >= BLOCKED_AFTER && othersAnswer);
    if (blocked && !memory.state.blocked) emit('blocked', { destination: name, reason });
    retry(batch, reason, blocked ? PROBE_MS : undefined, { unanswered, blocked, ...doubt(batch) });
  };

  const verdictOn: Reaction['verdictOn'] = ({ context: askedWith }, batch, answer) =>
    'failure' in answer
      ? { kind: 'retry', reason: answer.failure }
      : adapter.judge(
          answer,
          batch.map(({ event }) => event),
          askedWith,
        );

  return {
    verdictOn,
    refuse,
    retry,
    act(parcel, batch, answer) {
      const verdict = verdictOn(parcel, batch, answer);
      switch (verdict.kind) {
        case 'delivered': {
          memory.takenAt = now();
          context.departures.setFailing(name, false);
          const { maxEvents = adapter.maxEvents } = memory.state;
          return conclude(batch, 'sent', undefined, maxEvents * 2 < adapter.maxEvents ? maxEvents * 2 : undefined);
        }
        case 'drop':
          return refuse(batch, verdict.ids, 'rejected', verdict.reason);
        case 'split':
          return refuse(batch, [], 'rejected', verdict.reason);
        case 'retry':
          if ('failure' in answer) return silence(batch, verdict.reason);
          return retry(
            batch,
            verdict.reason,
            retryAfterMs(answer.header('retry-after'), now()) ?? verdict.afterMs,
            isUnclear(answer.status) ? doubt(batch) : undefined,
          );
        case 'pause':
          emit('paused', { destination: name, reason: verdict.reason });
          return retry(batch, verdict.reason, Math.min(LONGEST_PAUSE_MS, FIRST_PAUSE_MS * 2 ** memory.state.failures), {
            paused: credentialsOf(parcel.request),
          });
        default:
          return verdict satisfies never;
      }
    },
  };
}

import type { Destination, RequestContext, Verdict } from '../adapters/adapter.js';
import type { HttpResponse } from '../transport/http.js';
import { KEEPALIVE_BYTES, keepaliveBudget, type Release } from '../transport/keepalive-budget.js';
import { type NoAnswer, send } from '../transport/send.js';
import { backoffMs } from './backoff.js';
import type { LaneContext } from './lane-context.js';
import type { LaneMemory } from './lane-memory.js';
import { HEALTHY, type LaneState } from './lane-state.js';
import { type Batch, credentialsOf, idsOf, type Parcel, pack } from './parcel.js';
import { retryAfterMs } from './retry-after.js';
import { type Fate, settle } from './settle.js';

/**
 * How long a paused lane waits, in ms, before it asks once more with the same credentials: a minute first, then twice as
 * long each time. Behind the site's own proxy a new secret cannot be seen, so someone has to ask.
 */
const FIRST_PAUSE_MS = 60_000;
const LONGEST_PAUSE_MS = 3_600_000;

export interface Dispatch {
  /** Sends one batch and settles it by the answer. False when the lane is paused and would be refused again. */
  send(batch: Batch, unclear: boolean, mayGoOn: () => boolean): Promise<boolean>;
  /** Sends one batch before it returns; false when that is impossible now. */
  sendAtExit(batch: Batch): boolean;
}

export function createDispatch(destination: Destination, memory: LaneMemory, context: LaneContext): Dispatch {
  const { name, adapter, headers } = destination;
  const { queue, now, random, emit } = context;

  const remember = (state: LaneState) => {
    memory.state = state;
    queue.remember(name, state);
  };

  /** The vendor has spoken, whatever it thinks of these events: later ones start from their first attempt. */
  const conclude = (batch: Batch, fate: Fate, detail?: string) => {
    settle(
      name,
      name,
      batch.map(({ record }) => ({ record, fate, detail })),
      context,
    );
    for (const id of idsOf(batch)) memory.settled.add(id);
    const { failures, unclear } = memory.state;
    if (failures + unclear.length === 0) return;
    const settled = idsOf(batch);
    remember({ ...HEALTHY, unclear: unclear.filter((id) => !settled.includes(id)) });
  };

  /** Drops those that are named, or tries again with half as many until the culprit is alone. */
  const refuse = (batch: Batch, ids: readonly string[], fate: Fate, detail: string) => {
    const refused = batch.length === 1 ? batch : batch.filter(({ record }) => ids.includes(record.event.id));
    if (refused.length === 0) memory.maxEvents = Math.ceil(batch.length / 2);
    conclude(refused, fate, detail);
  };

  const retry = (batch: Batch, reason: string, askedMs?: number, more?: Partial<LaneState>) => {
    const { failures, unclear } = memory.state;
    // A second at most on top of what the vendor asked for, so that those it asked at once do not return at once.
    const waitMs = askedMs === undefined ? backoffMs(failures, random()) : askedMs + random() * 1_000;
    const notBefore = now() + waitMs;
    remember({ failures: failures + 1, notBefore, reason, unclear, ...more });
    queue.count(name, { retries: 1 });
    emit('retry', { destination: name, ids: idsOf(batch), reason, notBefore });
  };

  const asked = (unclear: boolean): RequestContext => ({ now: now(), unclear, attempt: memory.state.failures + 1 });

  const verdictOn = ({ context: askedWith }: Parcel, batch: Batch, answer: HttpResponse | NoAnswer): Verdict =>
    'failure' in answer
      ? { kind: 'retry', reason: answer.failure }
      : adapter.judge(
          answer,
          batch.map(({ event }) => event),
          askedWith,
        );

  const act = (parcel: Parcel, batch: Batch, answer: HttpResponse | NoAnswer) => {
    const { failures, unclear } = memory.state;
    const verdict = verdictOn(parcel, batch, answer);
    switch (verdict.kind) {
      case 'delivered':
        memory.proven = true;
        memory.takenAt = now();
        memory.maxEvents = Math.min(adapter.maxEvents, memory.maxEvents * 2);
        return conclude(batch, 'sent');
      case 'drop':
        return refuse(batch, verdict.ids, 'rejected', verdict.reason);
      case 'split':
        return refuse(batch, [], 'rejected', verdict.reason);
      case 'retry':
        if ('failure' in answer)
          return retry(batch, verdict.reason, undefined, { unclear: [...new Set([...unclear, ...idsOf(batch)])] });
        return retry(batch, verdict.reason, retryAfterMs(answer.header('retry-after'), now()) ?? verdict.afterMs);
      case 'pause':
        emit('paused', { destination: name, reason: verdict.reason });
        return retry(batch, verdict.reason, Math.min(LONGEST_PAUSE_MS, FIRST_PAUSE_MS * 2 ** failures), {
          paused: credentialsOf(parcel.request),
        });
      default:
        return verdict satisfies never;
    }
  };

  const transmit = async (parcel: Parcel, release: Release | undefined): Promise<void> => {
    const { batch, request } = parcel;
    const ids = idsOf(batch);
    const page = context.page();
    for (const id of ids) {
      memory.inFlight.set(id, now());
      memory.own.delete(id);
    }
    memory.sentAt = [...memory.sentAt, now()];
    context.onFlight();
    emit('sending', { destination: name, ids });
    const answer = await send(request, Boolean(release), context.timeoutMs);
    release?.();
    let mine = batch;
    if (context.page() !== page) {
      // Back from the back/forward cache. What the page claimed when it left is settled by this answer, unless another
      // page has settled it meanwhile.
      context.departures.forget(page, name);
      const isThere = await Promise.all(batch.map(({ record }) => queue.has(name, record)));
      mine = batch.filter((_, index) => isThere[index]);
    }
    if (!context.left()) {
      if (mine.length > 0) act(parcel, mine, answer);
    } else if (!('failure' in answer) && verdictOn(parcel, batch, answer).kind !== 'delivered') {
      // On a page that was left nothing reaches the disk any more, so its claim stands for the removal, unless the vendor
      // refused. A request that failed says nothing: the page's end may have ended it.
      context.departures.forget(page, name);
    }
    for (const id of ids) memory.inFlight.delete(id);
    context.onFlight();
  };

  return {
    async send(batch, unclear, mayGoOn) {
      try {
        memory.headers = typeof headers === 'function' ? await headers() : headers;
      } catch (error) {
        retry(batch, String(error));
        return true;
      }
      let parcel: Parcel;
      try {
        parcel = pack(adapter, batch, asked(unclear), memory.headers);
      } catch (error) {
        refuse(batch, [], 'refused', String(error));
        return true;
      }
      const { bytes, request } = parcel;
      const { paused, notBefore } = memory.state;
      if (paused === credentialsOf(request) && notBefore > now()) return false;
      if (bytes > adapter.maxBytes) {
        refuse(parcel.batch, [], 'too-large', `${bytes} bytes`);
        return true;
      }
      const release = bytes <= KEEPALIVE_BYTES ? await keepaliveBudget.reserve(bytes) : undefined;
      if (mayGoOn()) await transmit(parcel, release);
      else release?.();
      return true;
    },

    sendAtExit(batch) {
      if (typeof headers === 'function' && !memory.headers) return false;
      const parcel = pack(adapter, batch, asked(false), memory.headers);
      const release = keepaliveBudget.tryReserve(parcel.bytes);
      if (release) transmit(parcel, release).catch(context.report);
      return Boolean(release);
    },
  };
}

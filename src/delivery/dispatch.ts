import type { Destination, RequestContext } from '../adapters/adapter.js';
import { byteLength } from '../lib/byte-length.js';
import type { HttpRequest, HttpResponse } from '../transport/http.js';
import { KEEPALIVE_BYTES, keepaliveBudget, type Release } from '../transport/keepalive-budget.js';
import { type NoAnswer, send } from '../transport/send.js';
import { backoffMs } from './backoff.js';
import type { LaneContext } from './lane-context.js';
import type { LaneMemory } from './lane-memory.js';
import { afterFailure, afterPause, afterSuccess, fingerprint, type LaneState } from './lane-state.js';
import { retryAfterMs } from './retry-after.js';
import type { Selection } from './select.js';
import { type Fate, settle } from './settle.js';

type Batch = Selection['batch'];

/** A batch as it travels. */
interface Parcel {
  readonly batch: Batch;
  readonly context: RequestContext;
  readonly request: HttpRequest;
  readonly bytes: number;
}

export interface Dispatch {
  /** Sends one batch and settles it by the answer. False when the lane is paused and would be refused again. */
  send(batch: Batch, unclear: boolean): Promise<boolean>;
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

  const settleAll = (batch: Batch, fate: Fate, detail?: string) => {
    settle(
      name,
      name,
      batch.map(({ record }) => ({ record, fate, ...(detail && { detail }) })),
      context,
    );
    // The vendor is well, whatever it thinks of these events: later ones start from their first attempt.
    if (memory.state.failures > 0 || memory.state.unclear) remember(afterSuccess(memory.state, idsOf(batch)));
  };

  const retry = (batch: Batch, reason: string, askedMs: number | undefined, isNetwork = false) => {
    const failures = memory.state.failures + 1;
    // A second at most on top of what the vendor asked for, so that those it asked at once do not return at once.
    const waitMs = askedMs === undefined ? backoffMs(failures, random()) : askedMs + random() * 1_000;
    const ids = idsOf(batch);
    remember(afterFailure(memory.state, reason, now() + waitMs, isNetwork ? ids : []));
    queue.count(name, { retries: 1 });
    emit('retry', { destination: name, ids, reason, notBefore: now() + waitMs });
  };

  /** Tries again with half as many, until the one that cannot be sent is alone. */
  const split = (batch: Batch, fate: Fate, detail: string) => {
    memory.maxEvents = Math.ceil(batch.length / 2);
    if (batch.length === 1) settleAll(batch, fate, detail);
  };

  const conclude = (parcel: Parcel, batch: Batch, answer: HttpResponse | NoAnswer) => {
    if ('failure' in answer) return retry(batch, answer.failure, undefined, true);
    const verdict = adapter.judge(
      answer,
      batch.map(({ event }) => event),
      parcel.context,
    );
    switch (verdict.kind) {
      case 'delivered':
        memory.proven = true;
        memory.maxEvents = Math.min(adapter.maxEvents, memory.maxEvents * 2);
        return settleAll(batch, 'sent');
      case 'retry':
        return retry(batch, verdict.reason, retryAfterMs(answer.header('retry-after'), now()) ?? verdict.afterMs);
      case 'drop': {
        const refused = batch.filter(({ record }) => verdict.ids.includes(record.event.id));
        // A pointer at nothing we sent would be followed for ever.
        return refused.length > 0
          ? settleAll(refused, 'rejected', verdict.reason)
          : split(batch, 'rejected', verdict.reason);
      }
      case 'split':
        return split(batch, 'rejected', verdict.reason);
      case 'pause':
        remember(afterPause(memory.state, verdict.reason, credentialsOf(parcel.request), now()));
        return emit('paused', { destination: name, reason: verdict.reason });
      default:
        return verdict satisfies never;
    }
  };

  const transmit = async (parcel: Parcel, release: Release | undefined): Promise<void> => {
    const { batch, request } = parcel;
    const ids = idsOf(batch);
    const page = context.page();
    for (const id of ids) {
      memory.inFlight.add(id);
      memory.own.delete(id);
    }
    memory.sentAt = [...memory.sentAt, now()];
    context.onFlight();
    emit('sending', { destination: name, ids });
    const answer = await send(request, release !== undefined, context.timeoutMs);
    release?.();
    let mine = batch;
    if (context.page() !== page) {
      // Back from the back/forward cache. What the page claimed when it left is settled by this answer, unless another
      // page has settled it meanwhile.
      context.departures.forget(page, name);
      const isThere = await Promise.all(batch.map(({ record }) => queue.has(name, record)));
      mine = batch.filter((_, index) => isThere[index]);
    }
    if (mine.length > 0) conclude(parcel, mine, answer);
    for (const id of ids) memory.inFlight.delete(id);
    context.onFlight();
  };

  /** As many of the batch as fit into one request. */
  const pack = (batch: Batch, unclear: boolean): Parcel => {
    const asked = { now: now(), unclear, attempt: memory.state.failures + 1 };
    const {
      url,
      method,
      body,
      headers: its,
    } = adapter.toRequest(
      batch.map(({ event }) => event),
      asked,
    );
    const bytes = byteLength(body);
    if (bytes > Math.min(adapter.maxBytes, KEEPALIVE_BYTES) && batch.length > 1) {
      return pack(batch.slice(0, Math.ceil(batch.length / 2)), unclear);
    }
    return { batch, bytes, context: asked, request: { url, method, body, headers: { ...its, ...memory.headers } } };
  };

  return {
    async send(batch, unclear) {
      let parcel: Parcel;
      try {
        memory.headers = typeof headers === 'function' ? await headers() : (headers ?? {});
      } catch (error) {
        retry(batch, `headers: ${error}`, undefined);
        return true;
      }
      try {
        parcel = pack(batch, unclear);
      } catch (error) {
        split(batch, 'refused', String(error));
        return true;
      }
      if (parcel.bytes > adapter.maxBytes) {
        split(parcel.batch, 'too-large', `${parcel.bytes} bytes`);
        return true;
      }
      const { paused, notBefore } = memory.state;
      if (paused === credentialsOf(parcel.request) && notBefore > now()) return false;
      const page = context.page();
      const release = parcel.bytes <= KEEPALIVE_BYTES ? await keepaliveBudget.reserve(parcel.bytes) : undefined;
      if (context.active() && page === context.page()) await transmit(parcel, release);
      else release?.();
      return true;
    },

    sendAtExit(batch) {
      if (typeof headers !== 'function') memory.headers = headers ?? {};
      if (!memory.headers) return false;
      const parcel = pack(batch, false);
      const release = parcel.bytes <= adapter.maxBytes && keepaliveBudget.tryReserve(parcel.bytes);
      if (release) transmit(parcel, release).catch(context.report);
      return Boolean(release);
    },
  };
}

const idsOf = (batch: Batch) => batch.map(({ record }) => record.event.id);

/** Host, query and headers: where credentials are. The path may differ between two calls to one vendor. */
const credentialsOf = ({ url, headers }: HttpRequest): string =>
  fingerprint(url.replace(/^(\w+:\/\/[^/]+)?[^?]*/, '$1') + JSON.stringify(headers));

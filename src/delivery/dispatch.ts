import type { Destination, RequestContext } from '../adapters/adapter.js';
import { byteLength } from '../lib/byte-length.js';
import type { HttpRequest, HttpResponse } from '../transport/http.js';
import { KEEPALIVE_BYTES, keepaliveBudget, type Release } from '../transport/keepalive-budget.js';
import { type NoAnswer, send } from '../transport/send.js';
import { backoffMs } from './backoff.js';
import type { LaneContext } from './lane-context.js';
import type { LaneMemory } from './lane-memory.js';
import { fingerprint, HEALTHY, type LaneState } from './lane-state.js';
import { retryAfterMs } from './retry-after.js';
import type { Candidate } from './select.js';
import { type Fate, settle } from './settle.js';

/** How long a paused lane waits, in ms, before it asks once more with the same credentials. Access may come back. */
const PAUSE_MS = 3_600_000;

type Batch = readonly Candidate[];

/** A batch as it travels. */
interface Parcel {
  readonly batch: Batch;
  readonly context: RequestContext;
  readonly request: HttpRequest;
  readonly bytes: number;
}

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

  /** True when the vendor took the events. */
  const judge = (parcel: Parcel, batch: Batch, answer: HttpResponse | NoAnswer): boolean => {
    if ('failure' in answer) {
      retry(batch, answer.failure, undefined, { unclear: [...memory.state.unclear, ...idsOf(batch)] });
      return false;
    }
    const verdict = adapter.judge(
      answer,
      batch.map(({ event }) => event),
      parcel.context,
    );
    switch (verdict.kind) {
      case 'delivered':
        memory.proven = true;
        memory.maxEvents = Math.min(adapter.maxEvents, memory.maxEvents * 2);
        conclude(batch, 'sent');
        return true;
      case 'drop':
        refuse(batch, verdict.ids, 'rejected', verdict.reason);
        return false;
      case 'split':
        refuse(batch, [], 'rejected', verdict.reason);
        return false;
      case 'retry':
        retry(batch, verdict.reason, retryAfterMs(answer.header('retry-after'), now()) ?? verdict.afterMs);
        return false;
      case 'pause':
        emit('paused', { destination: name, reason: verdict.reason });
        retry(batch, verdict.reason, PAUSE_MS, { paused: credentialsOf(parcel.request) });
        return false;
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
    const isTaken = mine.length > 0 && judge(parcel, mine, answer);
    // On a page that was left, nothing reaches the disk any more: there the claim must go on standing for the removal.
    if (context.active() || !isTaken) for (const id of ids) memory.inFlight.delete(id);
    context.onFlight();
  };

  /** As many of the batch as fit into one request. */
  const pack = (batch: Batch, unclear: boolean): Parcel => {
    const asked = { now: now(), unclear, attempt: memory.state.failures + 1 };
    const request = adapter.toRequest(
      batch.map(({ event }) => event),
      asked,
    );
    const bytes = byteLength(request.body);
    if (bytes > Math.min(adapter.maxBytes, KEEPALIVE_BYTES) && batch.length > 1) {
      return pack(batch.slice(0, Math.ceil(batch.length / 2)), unclear);
    }
    return {
      batch,
      bytes,
      context: asked,
      request: { ...request, headers: { ...request.headers, ...memory.headers } },
    };
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
        parcel = pack(batch, unclear);
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
      const parcel = pack(batch, false);
      const release = keepaliveBudget.tryReserve(parcel.bytes);
      if (release) transmit(parcel, release).catch(context.report);
      return Boolean(release);
    },
  };
}

const idsOf = (batch: Batch) => batch.map(({ record }) => record.event.id);

/** Host, query and headers: where credentials are. The path may differ between two calls to one vendor. */
const credentialsOf = ({ url, headers }: HttpRequest): string =>
  fingerprint(url.replace(/^(\w+:\/\/[^/]+)?[^?]*/, '$1') + JSON.stringify(headers));

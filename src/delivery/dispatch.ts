import type { Adapter, Destination, Headers, RequestContext } from '../adapters/adapter.js';
import type { DropReason } from '../event/loss.js';
import { byteLength } from '../lib/byte-length.js';
import type { HttpRequest, HttpResponse } from '../transport/http.js';
import { KEEPALIVE_BYTES, keepaliveBudget, type Release } from '../transport/keepalive-budget.js';
import { type NoAnswer, send } from '../transport/send.js';
import { backoffMs } from './backoff.js';
import { drop } from './drop.js';
import type { LaneContext } from './lane-context.js';
import type { LaneMemory } from './lane-memory.js';
import { afterFailure, afterPause, afterSuccess, fingerprint, type LaneState } from './lane-state.js';
import { retryAfterMs } from './retry-after.js';
import type { Candidate } from './select.js';

interface Parcel {
  readonly batch: readonly Candidate[];
  readonly context: RequestContext;
  readonly request: HttpRequest;
  readonly bytes: number;
}

export interface Dispatch {
  /** Sends one batch and settles it by the answer. Resolves to false when the lane has to wait. */
  send(batch: readonly Candidate[], unclear: boolean): Promise<boolean>;
  /** Sends one batch before it returns; false when that is impossible now. */
  sendAtExit(batch: readonly Candidate[]): boolean;
}

export function createDispatch(destination: Destination, memory: LaneMemory, context: LaneContext): Dispatch {
  const { name, adapter } = destination;
  const { queue } = context;
  const idsOf = (batch: readonly Candidate[]) => batch.map(({ record }) => record.event.id);

  const remember = async (state: LaneState) => {
    memory.state = state;
    await queue.remember(name, state);
  };

  const fail = async (batch: readonly Candidate[], reason: string, extra: { waitMs?: number; unclear?: boolean }) => {
    const { now, random, emit } = context;
    const failures = memory.state.failures + 1;
    const waitMs = (extra.waitMs ?? 0) + (extra.waitMs ? random() * 1_000 : backoffMs(failures, random()));
    const ids = idsOf(batch);
    const unclear = extra.unclear ? { network: true, unclear: ids } : {};
    await remember(afterFailure(memory.state, { reason, waitMs, ...unclear }, now()));
    await queue.settle({ lane: name, removed: [], change: { retries: 1 } });
    emit('retry', { destination: name, ids, reason, notBefore: memory.state.notBefore });
    return false;
  };

  /** Tries again with half as many, until the one that cannot be sent is alone. */
  const split = async (batch: readonly Candidate[], detail: string, reason: DropReason = 'rejected') => {
    memory.maxEvents = Math.ceil(batch.length / 2);
    if (batch.length > 1) return true;
    await drop(context, name, batch.map(({ record }) => ({ record, reason, detail })));
    await recover(idsOf(batch));
    return true;
  };

  /** The vendor is well, whatever it thinks of these events: later ones start from the first attempt. */
  const recover = async (ids: readonly string[]) => {
    if (memory.state.failures > 0 || memory.state.unclear) await remember(afterSuccess(memory.state, ids));
  };

  const settle = async ({ request, context: asked }: Parcel, batch: readonly Candidate[], answer: HttpResponse | NoAnswer) => {
    if ('failure' in answer) return fail(batch, answer.failure, { unclear: true });
    const verdict = judge(adapter, answer, batch, asked);
    switch (verdict.kind) {
      case 'delivered': {
        const records = batch.map(({ record }) => record);
        await queue.settle({ lane: name, removed: records, change: { sent: records.length } });
        memory.proven = true;
        memory.maxEvents = Math.min(adapter.maxEvents, memory.maxEvents * 2);
        context.emit('delivered', { destination: name, ids: idsOf(batch), confirmed: true });
        await recover(idsOf(batch));
        return true;
      }
      case 'retry': {
        const waitMs = retryAfterMs(answer.header('retry-after'), context.now()) ?? verdict.afterMs;
        return fail(batch, verdict.reason, waitMs === undefined ? {} : { waitMs });
      }
      case 'split':
        return split(batch, verdict.reason);
      case 'drop': {
        const refused = batch.filter(({ record }) => verdict.ids.includes(record.event.id));
        // A pointer at nothing we sent would be followed for ever.
        if (refused.length === 0) return split(batch, verdict.reason);
        const reason = 'rejected' as const;
        await drop(context, name, refused.map(({ record }) => ({ record, reason, detail: verdict.reason })));
        await recover(verdict.ids);
        return true;
      }
      case 'pause':
        await remember(afterPause(memory.state, verdict.reason, credentialsOf(request), context.now()));
        context.emit('paused', { destination: name, reason: verdict.reason });
        return false;
      default:
        return verdict satisfies never;
    }
  };

  const transmit = async (parcel: Parcel, release: Release | undefined): Promise<boolean> => {
    const { batch, request } = parcel;
    const ids = idsOf(batch);
    const page = context.page();
    for (const candidate of batch) {
      memory.inFlight.set(candidate.record.event.id, candidate);
      memory.own.delete(candidate.record.event.id);
    }
    memory.sentAt = [...memory.sentAt, context.now()];
    context.onFlight();
    context.emit('sending', { destination: name, ids });
    const answer = await send(request, { keepalive: release !== undefined, timeoutMs: context.timeoutMs });
    release?.();
    let mine = batch;
    if (context.page() !== page) {
      // Back from the back/forward cache: in the meantime another page may have settled some of it.
      const present = new Set(await queue.present(batch.map(({ record }) => record)));
      mine = batch.filter(({ record }) => present.has(record));
      // The answer is here, so what the page claimed when it left is settled by it.
      context.departures.forget(page, name);
    }
    const more = mine.length === 0 || (await settle(parcel, mine, answer));
    for (const id of ids) memory.inFlight.delete(id);
    context.onFlight();
    return more;
  };

  return {
    async send(candidates, unclear) {
      const parcel = pack(adapter, candidates, { now: context.now(), unclear, attempt: memory.state.failures + 1 });
      if ('reason' in parcel) return split(parcel.batch, parcel.reason, 'refused');
      if (parcel.bytes > adapter.maxBytes) return split(parcel.batch, `${parcel.bytes} bytes`, 'too-large');
      try {
        memory.headers = await resolveHeaders(destination.headers);
      } catch (error) {
        return fail(parcel.batch, `headers: ${String(error)}`, {});
      }
      const addressed = withHeaders(parcel, memory.headers);
      const { state } = memory;
      if (state.paused === credentialsOf(addressed.request) && context.now() < state.notBefore) return false;
      const page = context.page();
      const small = addressed.bytes <= KEEPALIVE_BYTES;
      const release = small ? await keepaliveBudget.reserve(addressed.bytes) : undefined;
      if (page !== context.page() || !context.active()) {
        release?.();
        return false;
      }
      return transmit(addressed, release);
    },

    sendAtExit(candidates) {
      if (typeof destination.headers === 'function' && !memory.headers) return false;
      const parcel = pack(adapter, candidates, { now: context.now(), unclear: false, attempt: 1 });
      if ('reason' in parcel || parcel.bytes > adapter.maxBytes || parcel.batch.length < candidates.length) return false;
      const fixed = typeof destination.headers === 'function' ? memory.headers : destination.headers;
      const release = keepaliveBudget.tryReserve(parcel.bytes);
      if (!release) return false;
      transmit(withHeaders(parcel, fixed ?? {}), release).catch(context.report);
      return true;
    },
  };
}

/** As many of the candidates as fit into one request; or why the adapter cannot write them. */
function pack(
  adapter: Adapter,
  candidates: readonly Candidate[],
  context: RequestContext,
): Parcel | { readonly batch: readonly Candidate[]; readonly reason: string } {
  const maxBytes = Math.min(adapter.maxBytes, KEEPALIVE_BYTES);
  for (let batch = candidates; ; batch = batch.slice(0, Math.ceil(batch.length / 2))) {
    try {
      const request = adapter.toRequest(batch.map(({ event }) => event), context);
      const bytes = byteLength(request.body);
      if (bytes <= maxBytes || batch.length === 1) return { batch, context, request, bytes };
    } catch (error) {
      return { batch, reason: String(error) };
    }
  }
}

function judge(adapter: Adapter, answer: HttpResponse, batch: readonly Candidate[], context: RequestContext) {
  try {
    return adapter.judge(answer, batch.map(({ event }) => event), context);
  } catch (error) {
    return { kind: 'retry', reason: String(error) } as const;
  }
}

const resolveHeaders = async (headers: Headers | undefined) => (typeof headers === 'function' ? headers() : (headers ?? {}));

const withHeaders = (parcel: Parcel, headers: Readonly<Record<string, string>>): Parcel => ({
  ...parcel,
  request: { ...parcel.request, headers: { ...parcel.request.headers, ...headers } },
});

/** Host, query and headers: where credentials are. The path may differ between two calls to one vendor. */
const credentialsOf = ({ url, headers }: HttpRequest): string =>
  fingerprint(url.replace(/^(\w+:\/\/[^/]+)?[^?]*/, '$1') + JSON.stringify(headers));

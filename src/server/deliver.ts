import type { RequestContext, ServerDestination, Verdict } from '../adapters/adapter.js';
import { type Repair, repairsOf } from '../adapters/repairs.js';
import { isUnclear } from '../delivery/is-unclear.js';
import { rateWaitMs, type Sent } from '../delivery/rate-limit.js';
import { retryAfterMs } from '../delivery/retry-after.js';
import type { TrackletEvent } from '../event/event.js';
import { byteLength } from '../lib/byte-length.js';
import type { HttpRequest, HttpResponse } from '../transport/http.js';
import { type Batch, cut, idOf, inGroups, inHalves } from './batches.js';
import { isRefusal } from './credential-refused.js';
import type { EventFate } from './event-fate.js';
import { request } from './request.js';

/** How to send, and what the caller knows of earlier calls with the same events. */
export interface DeliverOptions {
  /** Longest wait in ms for one answer. Default 15,000, as in the browser. */
  timeoutMs?: number;
  /** Requests on their way at once. Default 4: where vendors take single events, round trips would else add up. */
  concurrency?: number;
  /** True when some of these events had the fate `waiting` with `unclear`: the vendor may have them. Default false. */
  unclear?: boolean;
  /** 1 for the first delivery of these events, 2 for the next; where nobody counts, Embeddables' 404 never ends. Default 1. */
  attempt?: number;
  /** Epoch milliseconds. Default `Date.now`. */
  now?: () => number;
  /** Gets what of an event is not sent as it was tracked, with the vendor's rules as the reason; each time. Default: nobody. */
  onRepair?: (repair: Repair & { readonly id: string; readonly name: string }) => void;
  /** Default: the global `fetch`. */
  fetch?: typeof fetch;
}

/**
 * Sends events to one vendor, in as few requests as it allows, and resolves to what became of each, by event id; of
 * several events with one id the first is sent. Stateless: nothing is kept and nothing tried twice, but that a refused
 * batch is sent again in parts until the culprit is alone. When the vendor asks for peace, is unwell, or refuses the
 * credential, the rest is not sent and shares that fate. Never rejects for anything a vendor or an event does.
 */
export async function deliver(
  destination: ServerDestination,
  events: readonly TrackletEvent[],
  options: DeliverOptions = {},
): Promise<ReadonlyMap<string, EventFate>> {
  const { adapter, headers } = destination;
  const { timeoutMs = 15_000, concurrency = 4, unclear = false, attempt = 1, now = Date.now, onRepair } = options;
  const fates = new Map<string, EventFate>();
  const sent: Sent[] = [];
  /** The fate of all that has not been sent yet, once nothing more is to be sent. */
  let end: EventFate | undefined;

  const settle = (batch: Batch, fate: EventFate) => {
    for (const event of batch) fates.set(idOf(event), fate);
  };
  const stop = (batch: Batch, fate: EventFate) => {
    settle(batch, fate);
    end ??= fate;
  };
  const queue = inGroups(destination, events, now(), (event, fate) => settle([event], fate));

  /** One event alone has this fate; several are sent again without those that are named, or in halves. */
  const isolate = (batch: Batch, ids: readonly string[], fate: EventFate) => {
    const culprits = batch.length === 1 ? batch : batch.filter(({ id }) => ids.includes(id));
    settle(culprits, fate);
    const others = batch.filter((event) => !culprits.includes(event));
    queue.unshift(...(culprits.length > 0 ? cut(others, others.length) : inHalves(others)));
  };

  const act = (batch: Batch, verdict: Verdict, { status, header }: HttpResponse) => {
    switch (verdict.kind) {
      case 'delivered':
        return settle(batch, { kind: 'delivered' });
      case 'drop':
        return isolate(batch, verdict.ids, { kind: 'rejected', reason: verdict.reason });
      case 'split':
        return isolate(batch, [], { kind: 'rejected', reason: verdict.reason });
      case 'pause':
        return stop(batch, { kind: 'paused', reason: verdict.reason });
      case 'retry': {
        const fate = waiting(verdict.reason, retryAfterMs(header('retry-after'), now()) ?? verdict.afterMs);
        settle(batch, { ...fate, unclear: isUnclear(status) });
        // Any other status that is tried again is about these events, such as an entry that is not there yet.
        if (status === 429 || status >= 500) end ??= fate;
        return;
      }
      default:
        return verdict satisfies never;
    }
  };

  const sendFirstOf = async (group: Batch): Promise<void> => {
    const context: RequestContext = { now: now(), unclear, attempt };
    const paceMs = rateWaitMs(sent, adapter.rate ?? [], context.now);
    if (paceMs > 0) return stop(group, waiting('over the rate limit', paceMs));
    const [batch = [], ...rest] = cut(group, adapter.maxEventsFor?.(context) ?? adapter.maxEvents);
    queue.unshift(...rest);
    let written: HttpRequest;
    try {
      written = adapter.toRequest(batch, context);
      for (const event of onRepair ? batch : []) {
        const { id, name } = event;
        for (const repair of repairsOf(adapter, event, context)) onRepair?.({ id, name, ...repair });
      }
    } catch (error) {
      return isolate(batch, [], { kind: 'refused', reason: String(error) });
    }
    const bytes = byteLength(written.body);
    if (bytes > adapter.maxBytes) return isolate(batch, [], { kind: 'refused', reason: `too large: ${bytes} bytes` });
    sent.push({ at: context.now, events: batch.length });
    try {
      written = { ...written, headers: { ...written.headers, ...(await headers()) } };
    } catch (error) {
      const reason = String(error);
      return stop(batch, isRefusal(error) ? { kind: 'paused', reason } : waiting(reason));
    }
    const answer = await request(written, timeoutMs, options.fetch ?? fetch);
    if (!('failure' in answer)) return act(batch, adapter.judge(answer, batch, context), answer);
    settle(batch, { kind: 'waiting', reason: answer.failure, unclear: true });
    end ??= waiting(answer.failure);
  };

  const work = async () => {
    for (let group = queue.shift(); group; group = queue.shift()) {
      if (end) settle(group, end);
      else await sendFirstOf(group);
    }
  };
  await Promise.all(Array.from({ length: concurrency }, work));
  // In the given order, whatever was settled first.
  return new Map(events.map((event) => [idOf(event), fates.get(idOf(event)) as EventFate]));
}

const waiting = (reason: string, afterMs?: number) => ({
  kind: 'waiting' as const,
  reason,
  unclear: false,
  ...(afterMs !== undefined && { retryAfterMs: afterMs }),
});

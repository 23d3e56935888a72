import type { Destination, RequestContext } from '../adapters/adapter.js';
import { within } from '../lib/within.js';
import {
  KEEPALIVE_BYTES,
  releaseKeepalive,
  reserveKeepalive,
  tryReserveKeepalive,
} from '../transport/keepalive-budget.js';
import { send } from '../transport/send.js';
import { backoffMs } from './backoff.js';
import { type Flight, takeOff } from './flight.js';
import type { LaneContext } from './lane-context.js';
import type { LaneMemory } from './lane-memory.js';
import { type Batch, credentialsOf, idsOf, type Parcel, pack } from './parcel.js';
import { createReaction } from './reaction.js';

/** Looks, in ms, at whether a page is still being left. */
const LOOK_AGAIN_MS = 100;

export interface Dispatch {
  /**
   * Sends one batch and settles it by the answer. Resolves to undefined, or, while the lane is paused and would be refused
   * again, to the ms after which it is worth another try.
   */
  send(batch: Batch, asked: RequestContext, mayGoOn: () => boolean): Promise<number | undefined>;
  /** Sends one batch before it returns; false when that is impossible now. */
  sendAtExit(batch: Batch, asked: RequestContext): boolean;
}

export function createDispatch(destination: Destination, memory: LaneMemory, context: LaneContext): Dispatch {
  const { name, adapter, headers } = destination;
  const { queue, departures, now } = context;
  const { verdictOn, act, refuse, retry } = createReaction(destination, memory, context);
  const longestWindowMs = Math.max(0, ...(adapter.rate ?? []).map(({ perMs }) => perMs));

  /** Those that nobody has settled meanwhile. */
  const stillThere = async (batch: Batch) => {
    const isThere = await Promise.all(batch.map(({ record }) => queue.has(name, record)));
    return batch.filter((_, index) => isThere[index]);
  };

  const transmit = async (
    parcel: Parcel,
    keepalive: boolean,
    flight: Flight,
    mayGoOn: () => boolean,
  ): Promise<void> => {
    const { batch, request, bytes } = parcel;
    const ids = idsOf(batch);
    const page = context.page();
    try {
      for (const id of ids) memory.own.delete(id);
      memory.sent = [
        ...memory.sent.filter(({ at }) => Math.abs(now() - at) < longestWindowMs),
        { at: now(), events: ids.length },
      ];
      context.emit('sending', { destination: name, ids });
      const answer = await send(request, keepalive, context.timeoutMs);
      // WebKit cuts a page off from its requests when it begins to go elsewhere. What becomes of the page is soon known.
      while ('failure' in answer && context.goingSince()) await new Promise((look) => setTimeout(look, LOOK_AGAIN_MS));
      if (!('failure' in answer)) context.answeredAt.set(name, now());
      // Back from the back/forward cache, or robbed of the lock: another page may have settled some of them meanwhile.
      const isReturned = context.page() !== page;
      const isOurs = context.left() || (!isReturned && mayGoOn());
      const mine = isOurs ? batch : await stillThere(batch);
      const isSilent = 'failure' in answer;
      if (!context.left() && !(isReturned && isSilent)) {
        if (mine.length > 0) act(parcel, mine, answer);
        // What the page claimed when it left is settled by this answer.
        if (isReturned) departures.disclaim(page, name, ids);
      } else if (!isSilent && verdictOn(parcel, batch, answer).kind !== 'delivered') {
        // On a page that was left nothing reaches the disk any more, so its claim stands for the removal, unless the
        // vendor refused. A request that failed says nothing, now or when the page is back: its end may have ended it.
        departures.disclaim(page, name, ids);
      }
    } finally {
      if (keepalive) releaseKeepalive(bytes);
      flight.land();
    }
  };

  return {
    async send(batch, asked, mayGoOn) {
      try {
        memory.headers =
          typeof headers === 'function'
            ? await within(context.timeoutMs, headers(), 'headers() does not answer')
            : headers;
      } catch (error) {
        retry(batch, String(error));
        return undefined;
      }
      let parcel: Parcel;
      try {
        parcel = pack(adapter, batch, asked, memory.headers);
      } catch (error) {
        refuse(batch, [], 'refused', String(error));
        return undefined;
      }
      const { bytes, request } = parcel;
      const { paused, notBefore, failures, failedAt = 0 } = memory.state;
      if (paused) {
        // Other credentials end a pause, but those that differ each time must not make it a loop.
        const leastMs = backoffMs(failures, 1) - Math.abs(now() - failedAt);
        const waitMs = paused === credentialsOf(request) ? notBefore - now() : leastMs;
        if (waitMs > 0) return waitMs;
      }
      if (bytes > adapter.maxBytes) {
        refuse(parcel.batch, [], 'too-large', `${bytes} bytes`);
        return undefined;
      }
      const keepalive = bytes <= KEEPALIVE_BYTES;
      if (keepalive) await reserveKeepalive(bytes);
      if (mayGoOn()) await transmit(parcel, keepalive, takeOff(parcel.batch, memory, context), mayGoOn);
      else if (keepalive) releaseKeepalive(bytes);
      return undefined;
    },

    sendAtExit(batch, asked) {
      if (typeof headers === 'function' && !memory.headers) return false;
      let parcel: Parcel;
      try {
        parcel = pack(adapter, batch, asked, typeof headers === 'function' ? memory.headers : headers);
      } catch {
        // The next page meets the same, and has the time to find the culprit.
        return false;
      }
      if (!tryReserveKeepalive(parcel.bytes)) return false;
      const flight = takeOff(parcel.batch, memory, context);
      // Without a lasting note of it, the next page would send it again.
      if (flight.isNoted) transmit(parcel, true, flight, () => true).catch(context.report);
      else {
        flight.land();
        releaseKeepalive(parcel.bytes);
      }
      return flight.isNoted;
    },
  };
}

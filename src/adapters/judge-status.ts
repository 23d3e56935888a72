import type { TrackletEvent } from '../event/event.js';
import type { HttpResponse } from '../transport/http.js';
import type { Verdict } from './adapter.js';

/**
 * What a status means at every vendor; each adapter states only how its own differs.
 * Refusals that name no culprit are split, which the lane ends with a drop when one event is left.
 */
export function judgeStatus(response: HttpResponse): Verdict {
  const { status, body } = response;
  const reason = describe(response);
  // No vendor says yes with a web page: this is a proxy, a login page or a catch-all route in between.
  if (status >= 200 && status < 300) return /^\s*</.test(body) ? { kind: 'retry', reason } : { kind: 'delivered' };
  if (status < 200 || status >= 500 || [408, 425, 429].includes(status)) return { kind: 'retry', reason };
  // Redirects are followed before we see them; one that is left over is a wrong address.
  if (status < 400 || [401, 402, 403, 404, 405, 406, 407, 410, 415].includes(status)) return { kind: 'pause', reason };
  return { kind: 'split', reason };
}

/** Drops the events at these places of the batch; without a valid place, splits to find them. */
export function blame(events: readonly TrackletEvent[], places: readonly number[], reason: string): Verdict {
  const ids = events.filter((_, place) => places.includes(place)).map(({ id }) => id);
  return ids.length ? { kind: 'drop', ids, reason } : { kind: 'split', reason };
}

/** The server's own words, at most 200 characters: `HTTP 403 Forbidden`. */
export const describe = ({ status, body }: HttpResponse): string => `HTTP ${status} ${body}`.slice(0, 200);

/** The value at a path inside a JSON text; undefined when the text is not JSON, or has no such place. */
export function readJson(text: string, ...path: readonly string[]): unknown {
  try {
    return path.reduce<unknown>((at, key) => (at as { [key: string]: unknown } | null)?.[key], JSON.parse(text));
  } catch {
    return undefined;
  }
}

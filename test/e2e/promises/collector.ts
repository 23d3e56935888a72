import type { IncomingMessage, ServerResponse } from 'node:http';
import { text } from 'node:stream/consumers';
import { ACCEPT, type Answer, give, takes } from './answers.js';

/** One request as it came in. */
export interface Arrival {
  /** Epoch ms. */
  readonly at: number;
  readonly vendor: string;
  /** Numbers of its events, in their order; empty where the body was not read. */
  readonly numbers: readonly number[];
  /** Ids of its events, in the same order. */
  readonly ids: readonly string[];
  readonly answer: Answer;
}

/** Several vendors at `/t/<vendor>`, with scripted answers. Every repeat shows, also where the vendor would ignore it. */
export interface Collector {
  readonly arrivals: readonly Arrival[];
  /** How often each event was taken, by number. */
  accepted(vendor: string): ReadonlyMap<number, number>;
  /** Decides on each request. */
  answer: (request: {
    readonly vendor: string;
    readonly numbers: readonly number[];
    readonly ids: readonly string[];
  }) => Answer;
  serve(vendor: string, request: IncomingMessage, response: ServerResponse): Promise<void>;
}

interface Body {
  readonly events: readonly { readonly id: string; readonly properties: { readonly n?: number } }[];
}

export function createCollector(): Collector {
  const arrivals: Arrival[] = [];
  const collector: Collector = {
    arrivals,
    answer: () => ACCEPT,
    accepted(vendor) {
      const counts = new Map<number, number>();
      for (const arrival of arrivals) {
        if (arrival.vendor !== vendor || !takes(arrival.answer)) continue;
        for (const number of arrival.numbers) counts.set(number, (counts.get(number) ?? 0) + 1);
      }
      return counts;
    },
    async serve(vendor, request, response) {
      // A frame without an origin of its own posts from `null`; then the browser asks first.
      const cors = {
        'access-control-allow-origin': request.headers.origin ?? '*',
        'access-control-allow-headers': 'content-type',
        'access-control-expose-headers': 'retry-after',
      };
      if (request.method === 'OPTIONS') return give({ do: 'refuse', status: 204 }, response, cors);
      const at = Date.now();
      const { events } = JSON.parse(await text(request)) as Body;
      const numbers = events.map(({ properties }) => properties.n ?? 0);
      const ids = events.map(({ id }) => id);
      const answer = collector.answer({ vendor, numbers, ids });
      arrivals.push({ at, vendor, numbers, ids, answer });
      await give(answer, response, cors);
    },
  };
  return collector;
}

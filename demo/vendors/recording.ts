import type { AcceptedEvent, LoggedRequest, StandInListener } from './stand-in.js';
import type { Occurrence } from './vendor-rules.js';

/** Requests kept in the log; the oldest go first. Bounded, because a demo may run for days. */
const MAX_LOGGED_REQUESTS = 10_000;

export interface Recording {
  accept(occurrence: Occurrence, at: number): void;
  repeat(occurrence: Occurrence, at: number): void;
  log(request: LoggedRequest): void;
  accepted(): AcceptedEvent[];
  requests(): LoggedRequest[];
  clear(): void;
}

export function createRecording(vendor: string, tell: StandInListener): Recording {
  const events = new Map<string, AcceptedEvent>();
  let log: LoggedRequest[] = [];
  let unnamed = 0;

  function count(occurrence: Occurrence, at: number, column: 'count' | 'repeats'): void {
    const id = occurrence.id ?? `no-id-${++unnamed}`;
    const event = events.get(id) ?? { id, name: occurrence.name, at, count: 0, repeats: 0, body: occurrence.body };
    event[column] += 1;
    events.set(id, event);
    tell({ kind: 'accepted', vendor, event: { ...event } });
  }

  return {
    accept: (occurrence, at) => count(occurrence, at, 'count'),
    repeat: (occurrence, at) => count(occurrence, at, 'repeats'),
    log(request) {
      log.push(request);
      if (log.length > MAX_LOGGED_REQUESTS) log.shift();
      tell({ kind: 'request', vendor, request });
    },
    accepted: () => [...events.values()].map((event) => ({ ...event })),
    requests: () => [...log],
    clear() {
      events.clear();
      log = [];
      unnamed = 0;
    },
  };
}

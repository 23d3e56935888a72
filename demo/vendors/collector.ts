import type { TrackletEvent } from '../../src/event/event.js';
import { checkCollectorBody } from './collector-schema.js';
import { demoCredentials } from './demo-credentials.js';
import type { Problem } from './json-schema.js';
import type { StandIn } from './stand-in.js';
import { type ServerOptions, startStandIn } from './start-stand-in.js';
import {
  type Answer,
  type Call,
  jsonAnswer,
  mediaType,
  refused,
  strings,
  type VendorRules,
  type Verdict,
  valueAt,
} from './vendor-rules.js';

export interface CollectorOptions extends ServerOptions {
  /** Default `/t`. */
  readonly path?: string;
}

const MAX_BODY_BYTES = 1_000_000;

/** The site's own collector: same origin, so no CORS; and no deduplication, so that every repeat shows. */
export function startCollector(options: CollectorOptions = {}): Promise<StandIn> {
  return startStandIn(collectorRules(options), options);
}

function collectorRules(options: CollectorOptions): VendorRules {
  const ownPath = options.path ?? demoCredentials.collector.path;

  function judge({ method, path, headers, json }: Call): Verdict {
    if (path !== ownPath) return refused(collectorError(404, 'no such path'), 'no such path');
    if (method !== 'POST') return refused(collectorError(405, 'only POST'), 'not POST');
    if (mediaType(headers) !== 'application/json') {
      return refused(collectorError(415, 'Content-Type must be application/json'), 'wrong Content-Type');
    }
    if (json === undefined) return invalid({ pointer: '', message: 'the body is not JSON' });
    const problem = checkCollectorBody(json);
    if (problem) return invalid(problem);
    const { events } = json as { events: readonly TrackletEvent[] };
    return {
      answer: jsonAnswer(200, { accepted: events.length }),
      accepted: events.map((event) => ({ id: event.id, name: event.name, body: event })),
      repeats: [],
    };
  }

  return {
    name: 'collector',
    maxBodyBytes: MAX_BODY_BYTES,
    judge,
    idsOf(json) {
      const events = valueAt(json, 'events');
      return Array.isArray(events) ? strings(events.map((event: unknown) => valueAt(event, 'id'))) : [];
    },
    refusal: (status, message) => collectorError(status, message),
    forget() {
      // Nothing is remembered: there is no deduplication.
    },
  };
}

function collectorError(status: number, message: string, pointer?: string): Answer {
  return jsonAnswer(status, { error: { message, ...(pointer === undefined ? {} : { pointer }) } });
}

function invalid({ pointer, message }: Problem): Verdict {
  return refused(collectorError(400, message, pointer), `${pointer} ${message}`);
}

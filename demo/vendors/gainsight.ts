import { demoCredentials } from './demo-credentials.js';
import { schemaCheck } from './json-schema.js';
import type { StandIn } from './stand-in.js';
import { type ServerOptions, startStandIn } from './start-stand-in.js';
import {
  type Answer,
  type Call,
  jsonAnswer,
  mediaType,
  refused,
  soleHeader,
  strings,
  type VendorRules,
  type Verdict,
  valueAt,
} from './vendor-rules.js';

export interface GainsightOptions extends ServerOptions {
  /** A key with write permission; every other key gets the 403 of a read-only one. */
  readonly apiKey?: string;
  /** The product's tag key. */
  readonly propertyKey?: string;
}

interface PxEvent {
  readonly eventName: string;
  readonly propertyKey: string;
  readonly eventId?: string;
}

const PATH = '/v1/events/custom';

const text = { type: 'string' };
// Nested values end up as strings at the vendor (G-SUP); refused here, so that the adapter decides on their form.
const scalars = { type: 'object', additionalProperties: { type: ['string', 'number', 'boolean'] } };

/** SEED, and the limits of G-SUP. The same name twice but for case is UNKNOWN: let pass. */
const checkBody = schemaCheck({
  type: 'object',
  additionalProperties: false,
  required: ['eventName', 'identifyId', 'propertyKey', 'userType'],
  properties: {
    eventName: { type: 'string', minLength: 1, maxLength: 2000 },
    identifyId: { type: 'string', minLength: 1 },
    propertyKey: { type: 'string', minLength: 1 },
    userType: { enum: ['LEAD', 'USER', 'VISITOR', 'EMPTY_USER_TYPE'] },
    eventId: text,
    // Epoch milliseconds (G-LD). The minimum is September 2001: below it, somebody sent seconds.
    date: { type: 'integer', minimum: 1_000_000_000_000 },
    eventType: text, // values UNKNOWN
    sessionId: text,
    accountId: text,
    globalContext: scalars,
    attributes: { ...scalars, maxProperties: 50, propertyNames: { type: 'string', maxLength: 1024 } },
    url: text,
    referrer: text,
    remoteHost: text,
  },
});

export function startGainsight(options: GainsightOptions = {}): Promise<StandIn> {
  return startStandIn(gainsightRules(options), options);
}

function gainsightRules(options: GainsightOptions): VendorRules {
  const { apiKey, propertyKey } = { ...demoCredentials.gainsight, ...options };

  function judge({ method, path, headers, json }: Call): Verdict {
    if (path !== PATH) return refused(pxError(404, 'no such path'), 'no such path');
    // GET exists too (G-OA), but nobody reads here.
    if (method !== 'POST') return refused(pxError(405, `${method} is not allowed`), 'not POST');
    const givenKey = soleHeader(headers, 'x-aptrinsic-api-key');
    if (givenKey === undefined) return refused(pxError(401, 'X-APTRINSIC-API-KEY is missing'), 'no API key');
    if (givenKey !== apiKey) return refused(forbidden(), 'the API key may not write');
    // The status for a wrong content type is not documented: 400.
    if (mediaType(headers) !== 'application/json') return invalid('Content-Type must be application/json');
    if (json === undefined) return invalid('the body is not JSON');
    const problem = checkBody(json);
    if (problem) return invalid(problem.message);
    const event = json as PxEvent;
    if (event.propertyKey !== propertyKey) return invalid('propertyKey is not known');
    return {
      answer: jsonAnswer(201, { body: {}, statusCode: '201', statusCodeValue: 201 }),
      // Whether eventId deduplicates is UNKNOWN, so it does not (vendors.md 4.4).
      accepted: [{ id: idOf(event), name: event.eventName, body: event }],
      repeats: [],
    };
  }

  return {
    name: 'gainsight',
    maxBodyBytes: 5_000_000, // UNKNOWN; only so that memory stays bounded
    judge,
    idsOf: (json) => strings([idOf(json)]),
    refusal: pxError,
    forget() {
      // Nothing is remembered: there is no deduplication.
    },
  };
}

function idOf(event: unknown): string | undefined {
  const id = valueAt(event, 'eventId');
  return typeof id === 'string' ? id : undefined;
}

/** Spring's names of the statuses, of which BAD_REQUEST is seen (G-LD). */
const STATUS_NAMES: Readonly<Record<number, string>> = {
  400: 'BAD_REQUEST',
  401: 'UNAUTHORIZED',
  404: 'NOT_FOUND',
  405: 'METHOD_NOT_ALLOWED',
  413: 'PAYLOAD_TOO_LARGE',
  429: 'TOO_MANY_REQUESTS',
  500: 'INTERNAL_SERVER_ERROR',
};

function pxError(status: number, message: string): Answer {
  const externalapierror = { status: STATUS_NAMES[status], message, debugMessage: null, subErrors: null };
  return jsonAnswer(status, { externalapierror });
}

/** HTML, as met with a read-only key (G-DF). */
function forbidden(): Answer {
  return {
    status: 403,
    headers: { 'content-type': 'text/html' },
    body: '<html><head><title>403 Forbidden</title></head><body><h1>403 Forbidden</h1></body></html>',
  };
}

function invalid(message: string): Verdict {
  return refused(pxError(400, message), message);
}

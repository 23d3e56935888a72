import { demoCredentials } from './demo-credentials.js';
import { type Problem, schemaCheck } from './json-schema.js';
import { createRateWindows } from './rate-windows.js';
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
  /** Default 200 a second and a million a day (G-OA), which is far. */
  readonly perSecond?: number;
}

interface PxEvent {
  readonly eventName: string;
  readonly propertyKey: string;
  readonly eventId?: string;
  readonly attributes?: object;
  readonly globalContext?: object;
}

const PATH = '/v1/events/custom';
const MAX_NAMES = 2000; // G-SUP
const PER_SECOND = 200; // G-OA

const text = { type: 'string' };
// Nested values end up as strings at the vendor (G-SUP); refused here, so that the adapter decides on their form.
const scalars = {
  type: 'object',
  maxProperties: 50,
  propertyNames: { type: 'string', maxLength: 1024 },
  additionalProperties: { type: ['string', 'number', 'boolean'], maxLength: 1024 },
};

/** SEED, and the limits of G-SUP. */
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
    attributes: scalars,
    url: text,
    referrer: text,
    remoteHost: text,
  },
});

/** What is wrong with the body of an event. */
export function gainsightProblem(json: unknown): Problem | undefined {
  const problem = checkBody(json);
  if (problem) return problem;
  const { attributes = {}, globalContext = {} } = json as PxEvent;
  // Keys are case-insensitive (G-SUP). What becomes of the second is UNKNOWN; refused here, as one of the two is lost.
  const twice = sameButForCase(attributes) ?? sameButForCase(globalContext);
  return twice === undefined ? undefined : { pointer: '', message: `${twice} is there twice but for case` };
}

function sameButForCase(attributes: object): string | undefined {
  const seen = new Set<string>();
  return Object.keys(attributes).find((key) => seen.size === seen.add(key.toLowerCase()).size);
}

export function startGainsight(options: GainsightOptions = {}): Promise<StandIn> {
  return startStandIn(gainsightRules(options), options);
}

function gainsightRules(options: GainsightOptions): VendorRules {
  const { apiKey, propertyKey, perSecond = PER_SECOND } = { ...demoCredentials.gainsight, ...options };
  const names = new Set<string>();
  const windows = createRateWindows({ perSecond, perMinute: Infinity });

  function judge({ method, path, headers, json, at }: Call): Verdict {
    // No Retry-After is documented.
    if (windows.take(at).retryAfterSeconds !== undefined) return refused(pxError(429, 'too many requests'), '429');
    if (path !== PATH) return refused(pxError(404, 'no such path'), 'no such path');
    // GET exists too (G-OA), but nobody reads here.
    if (method !== 'POST') return refused(pxError(405, `${method} is not allowed`), 'not POST');
    const givenKey = soleHeader(headers, 'x-aptrinsic-api-key');
    if (givenKey === undefined) return refused(pxError(401, 'X-APTRINSIC-API-KEY is missing'), 'no API key');
    if (givenKey !== apiKey) return refused(forbidden(), 'the API key may not write');
    // The status for a wrong content type is not documented: 400.
    if (mediaType(headers) !== 'application/json') return invalid('Content-Type must be application/json');
    if (json === undefined) return invalid('the body is not JSON');
    const problem = gainsightProblem(json);
    if (problem) return invalid(problem.message);
    const event = json as PxEvent;
    if (event.propertyKey !== propertyKey) return invalid('propertyKey is not known');
    // What happens to a name too many is UNKNOWN.
    if (!names.has(event.eventName) && names.size === MAX_NAMES) return invalid('eventName is one too many');
    names.add(event.eventName);
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
    // There is no deduplication.
    forget() {
      names.clear();
      windows.clear();
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

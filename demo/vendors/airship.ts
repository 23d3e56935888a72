import { randomUUID } from 'node:crypto';
import { type AirshipEvent, airshipEventProblem } from './airship-rules.js';
import { checkAirshipBody } from './airship-schema.js';
import { type AirshipClient, createAirshipTokens, maySendEvents, TOKEN_PATH } from './airship-tokens.js';
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
  soleHeader,
  strings,
  type VendorRules,
  type Verdict,
  valueAt,
} from './vendor-rules.js';

export interface AirshipOptions extends ServerOptions {
  /** Not a secret: it is in every install. */
  readonly appKey?: string;
  /** The bearer token. */
  readonly token?: string;
  /** The OAuth client, whose tokens are taken beside the bearer token. Default: none. */
  readonly client?: AirshipClient;
}

const PATH = '/api/custom-events';
const ACCEPT = 'application/vnd.urbanairship+json; version=3';
// The official figure is UNKNOWN; the larger of the third-party ones (RS).
const MAX_BODY_BYTES = 5 * 1024 * 1024;

export function startAirship(options: AirshipOptions = {}): Promise<StandIn> {
  return startStandIn(airshipRules(options), options);
}

function airshipRules(options: AirshipOptions): VendorRules {
  const { appKey, token } = { ...demoCredentials.airship, ...options };

  const tokens = options.client && createAirshipTokens(options.client, appKey);

  function judge({ method, path, headers, text, json, at }: Call): Verdict {
    if (path === TOKEN_PATH && method === 'POST' && tokens) {
      const answer = tokens.answer(headers, text, at);
      return answer.status === 200 ? { answer, accepted: [], repeats: [] } : refused(answer, 'no token for this');
    }
    if (path !== PATH) return refused(airshipError(404, 'no such path'), 'no such path');
    if (method !== 'POST') return refused(airshipError(405, 'method not allowed'), 'not POST');
    // Basic with the master secret is not taken here (A-JAVA, A-RB).
    const [, bearer = ''] = /^Bearer (.+)$/.exec(soleHeader(headers, 'authorization') ?? '') ?? [];
    const scopes = bearer === token ? undefined : tokens?.scopesOf(bearer, at);
    if (bearer !== token && !scopes) return refused(unauthorised(), 'no valid bearer token');
    if (scopes && !maySendEvents(scopes)) return refused(airshipError(403, 'the scope evt is missing'), 'no scope evt');
    const givenKey = soleHeader(headers, 'x-ua-appkey');
    if (givenKey === undefined) return refused(unauthorised(), 'no X-UA-Appkey');
    if (givenKey !== appKey) return refused(airshipError(403, 'the token is for another app'), 'wrong X-UA-Appkey');
    if (headers.accept?.replace(/\s/g, '') !== ACCEPT.replace(/\s/g, '')) {
      return refused(airshipError(406, `Accept must be ${ACCEPT}`), 'wrong Accept');
    }
    // The status for a wrong content type is not documented: the 400 for a body that cannot be read.
    if (mediaType(headers) !== 'application/json') {
      return refused(airshipError(400, 'Content-Type must be application/json'), 'wrong Content-Type');
    }
    if (json === undefined) return invalid({ pointer: '', message: 'the body is not JSON' });
    const problem = checkAirshipBody(json);
    if (problem) return invalid(problem);

    const events = json as readonly AirshipEvent[];
    for (const [index, event] of events.entries()) {
      const wrong = airshipEventProblem(event, at);
      // Validation ends before the reply (SEED): one bad event sinks the whole array.
      if (wrong) return invalid({ pointer: `/${index}${wrong.pointer}`, message: wrong.message });
    }
    return {
      answer: jsonAnswer(200, { ok: true, operation_id: randomUUID() }),
      // unique_id is no deduplication that could be relied on (A-DOC): every event counts.
      accepted: events.map((event) => ({ id: idOf(event), name: event.body.name, body: event })),
      repeats: [],
    };
  }

  return {
    name: 'airship',
    maxBodyBytes: MAX_BODY_BYTES,
    judge,
    idsOf: (json) => (Array.isArray(json) ? strings(json.map(idOf)) : []),
    refusal: (status, message) => (status === 401 ? unauthorised() : airshipError(status, message)),
    // Requests do not know of each other, but for the tokens.
    forget: () => tokens?.forget(),
  };
}

function idOf(event: unknown): string | undefined {
  const id = valueAt(event, 'body', 'unique_id') ?? valueAt(event, 'body', 'properties', 'event_id');
  return typeof id === 'string' ? id : undefined;
}

/** The vendor's 401 may be plain text (SEED). */
function unauthorised(): Answer {
  return { status: 401, headers: { 'content-type': 'text/plain' }, body: 'Unauthorized' };
}

function airshipError(status: number, error: string, details?: object): Answer {
  // error_code is the status and two digits (A-DOC).
  return jsonAnswer(status, { ok: false, error, error_code: status * 100, ...(details ? { details } : {}) });
}

function invalid({ pointer, message }: Problem): Verdict {
  const details = { error: message, path: airshipPath(pointer), location: { line: 1, column: 1 } };
  return refused(airshipError(400, 'Could not parse request body', details), `${pointer} ${message}`);
}

/** `/0/body/name` → `[0].body.name`. The exact spelling is UNKNOWN. */
function airshipPath(pointer: string): string {
  return pointer.replace(/\/(\d+)/g, '[$1]').replace(/\//g, '.');
}

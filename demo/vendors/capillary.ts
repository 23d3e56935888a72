import { randomUUID } from 'node:crypto';
import { createDefinitionApi, DEFINITION_PATH } from './capillary-definition-api.js';
import {
  assertDeclarable,
  type CapillaryEvent,
  type DeclaredEvents,
  eventChecks,
  uniqueKey,
} from './capillary-definitions.js';
import { createTokens, TOKEN_PATH, type TokenOptions } from './capillary-tokens.js';
import { demoCapillaryEvents, demoCredentials } from './demo-credentials.js';
import type { StandIn } from './stand-in.js';
import { type ServerOptions, startStandIn } from './start-stand-in.js';
import {
  type Answer,
  type Call,
  isRecord,
  jsonAnswer,
  mediaType,
  refused,
  soleHeader,
  strings,
  type VendorRules,
  type Verdict,
  valueAt,
} from './vendor-rules.js';

export interface CapillaryOptions extends ServerOptions {
  /** The path of the webhook's address. */
  readonly webhookPath?: string;
  /** The webhook asks for a token by this client (authMechanism OAUTH); the definition API always does. */
  readonly client?: TokenOptions;
  /** A token beside those of the client, asked for by the webhook too. Default: none; then its address is the secret. */
  readonly token?: string;
  readonly declaredEvents?: DeclaredEvents;
  /** The webhook's uniquenessCheckEnabled. Default true. */
  readonly uniquenessCheck?: boolean;
  /** The attribute that carries the event's id. Default event_id. */
  readonly idAttribute?: string;
  /** How bad input is refused, which is UNKNOWN. Default 400; else 200 with another code. */
  readonly refuseWith?: 'http-400' | 'code-in-200';
}

const EVENT_NAME = /^[A-Za-z0-9_]+$/;

/** Rejects with a RangeError when the declared events are more than the vendor allows. */
export async function startCapillary(options: CapillaryOptions = {}): Promise<StandIn> {
  return startStandIn(capillaryRules(options), options);
}

function capillaryRules(options: CapillaryOptions): VendorRules {
  const webhookPath = options.webhookPath ?? demoCredentials.capillary.webhookPath;
  const declared = options.declaredEvents ?? demoCapillaryEvents;
  const idAttribute = options.idAttribute ?? 'event_id';
  assertDeclarable(declared);
  const checks = eventChecks(declared);
  const processed = new Set<string>();
  const tokens = createTokens(options.client ?? demoCredentials.capillary);
  const definitions = createDefinitionApi(declared, options.refuseWith === 'code-in-200' ? 200 : 400);
  const hasToken = ({ headers, at }: Call) => {
    const token = soleHeader(headers, 'x-cap-api-oauth-token');
    return (options.token !== undefined && token === options.token) || tokens.isValid(token, at);
  };

  function judge(call: Call): Verdict {
    const { method, path, json, at } = call;
    if (path === TOKEN_PATH && method === 'POST') {
      const answer = tokens.answer(json, at);
      return answer.status === 200 ? { answer, accepted: [], repeats: [] } : refused(answer, 'no token for that');
    }
    if (path === DEFINITION_PATH || path === `${DEFINITION_PATH}/meta`) {
      if (!hasToken(call)) return unauthorised();
      const { answer, reason } = definitions.answer(call);
      return { answer, accepted: [], repeats: [], ...(reason === undefined ? {} : { reason }) };
    }
    return judgeOccurrence(call);
  }

  function unauthorised(): Verdict {
    return refused(capillaryAnswer(401, 401, 'the token is not valid'), 'no valid X-CAP-API-OAUTH-TOKEN');
  }

  function judgeOccurrence(call: Call): Verdict {
    const { method, path, headers, json } = call;
    if (path !== webhookPath) return refused(capillaryAnswer(404, 404, 'no such webhook'), 'no such webhook');
    if (method !== 'POST') return refused(capillaryAnswer(405, 405, 'method not allowed'), 'not POST');
    if ((options.token !== undefined || options.client) && !hasToken(call)) return unauthorised();
    if (mediaType(headers) !== 'application/json') return invalid(400, 'Content-Type must be application/json');
    if (!isRecord(json)) return invalid(400, 'the body is not a JSON object');
    const name = json.event_name;
    // The codes are those of the definition API (SEED): 1811 name invalid, 1802 value invalid. Others are UNKNOWN.
    if (typeof name !== 'string' || !EVENT_NAME.test(name)) return invalid(1811, 'event_name is missing or not valid');
    const attributes = declared[name];
    const check = checks.get(name);
    if (!attributes || !check) return invalid(1811, `event_name ${name} is not declared`);
    const problem = check(json);
    if (problem) return invalid(1802, problem.message);

    const event = json as CapillaryEvent;
    const occurrence = { id: idOf(event), name, body: event };
    const answer = capillaryAnswer(200, 1100, 'queued for transformation');
    const key = uniqueKey(event, attributes);
    // A duplicate is accepted by HTTP and not processed (C-SET).
    if ((options.uniquenessCheck ?? true) && processed.has(key)) return { answer, accepted: [], repeats: [occurrence] };
    processed.add(key);
    return { answer, accepted: [occurrence], repeats: [] };
  }

  function invalid(code: number, message: string): Verdict {
    return refused(capillaryAnswer(options.refuseWith === 'code-in-200' ? 200 : 400, code, message), message);
  }

  function idOf(event: unknown): string | undefined {
    const id = valueAt(event, idAttribute);
    return typeof id === 'string' ? id : undefined;
  }

  return {
    name: 'capillary',
    maxBodyBytes: 5_000_000, // UNKNOWN; only so that memory stays bounded
    judge,
    idsOf: (json) => strings([idOf(json)]),
    refusal: (status, message) => capillaryAnswer(status, status, message),
    forget: () => {
      processed.clear();
      tokens.forget();
      definitions.forget();
    },
  };
}

/** Only the body of a success is documented (C-REF); refusals take its shape. */
function capillaryAnswer(httpStatus: number, code: number, message: string): Answer {
  return jsonAnswer(httpStatus, { status: { code, message }, requestId: randomUUID() });
}

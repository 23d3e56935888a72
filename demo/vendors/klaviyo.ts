import { demoCredentials } from './demo-credentials.js';
import { invalid, klaviyoError, rateHeaders } from './klaviyo-answers.js';
import { createKlaviyoMemory } from './klaviyo-memory.js';
import { oldestLivingRevision, revisionDay, servingRevision } from './klaviyo-revisions.js';
import { type EventAttributes, eventProblem, type Profile, profileProblem } from './klaviyo-rules.js';
import { checkBulk, checkProfile, checkSingle } from './klaviyo-schema.js';
import { createRateWindows, type RateLimit } from './rate-windows.js';
import type { StandIn } from './stand-in.js';
import { type ServerOptions, startStandIn } from './start-stand-in.js';
import {
  type Answer,
  type Call,
  emptyAnswer,
  mediaType,
  type Occurrence,
  refused,
  soleHeader,
  strings,
  type VendorRules,
  type Verdict,
  valueAt,
} from './vendor-rules.js';

export interface KlaviyoOptions extends ServerOptions {
  /** The public site id. */
  readonly companyId?: string;
  /** Answer to another company's id. Default 400 with `source.parameter`; what the vendor answers is UNKNOWN. */
  readonly wrongCompanyIdStatus?: 400 | 401 | 403;
  /** Lets a page read Retry-After. Default false: whether the vendor exposes it is UNKNOWN. */
  readonly exposeRetryAfter?: boolean;
  /** Default 350/s and 3500/min (K-OA). */
  readonly singleRate?: RateLimit;
  /** Default 10/s and 150/min (K-OA). */
  readonly bulkRate?: RateLimit;
}

const SINGLE = '/client/events';
const BULK = '/client/event-bulk-create';
const PROFILES = '/client/profiles';
const MAX_BODY_BYTES = 5_000_000; // 5 MB, decompressed (K-RL)

export function startKlaviyo(options: KlaviyoOptions = {}): Promise<StandIn> {
  return startStandIn(klaviyoRules(options), options);
}

function klaviyoRules(options: KlaviyoOptions): VendorRules {
  const companyId = options.companyId ?? demoCredentials.klaviyo.companyId;
  const memory = createKlaviyoMemory();
  const limits: Record<string, RateLimit> = {
    [SINGLE]: options.singleRate ?? { perSecond: 350, perMinute: 3500 },
    [BULK]: options.bulkRate ?? { perSecond: 10, perMinute: 150 },
    // The rate of profile upserts is not in vendors.md: practically none.
    [PROFILES]: { perSecond: 1e9, perMinute: 1e9 },
  };
  const rates = new Map(Object.entries(limits).map(([path, limit]) => [path, createRateWindows(limit)]));

  function judge(call: Call): Verdict {
    // Revisions that still live publish paths without a trailing slash (K-OA).
    const rate = rates.get(call.path);
    if (!rate) return refused(klaviyoError(404, `no such path: ${call.path}`), 'no such path');
    if (call.method !== 'POST') return refused(klaviyoError(405, `${call.method} is not allowed`), 'not POST');
    const state = rate.take(call.at);
    if (state.retryAfterSeconds !== undefined) {
      // On 429 there is Retry-After and no RateLimit header (K-RL).
      const headers = { 'retry-after': String(state.retryAfterSeconds) };
      return refused(klaviyoError(429, 'over the rate limit', undefined, headers), 'over the rate limit');
    }
    const verdict = judgeRequest(call) ?? judgeBody(call);
    const headers = { ...verdict.answer.headers, ...rateHeaders(state, limits[call.path]) };
    return { ...verdict, answer: { ...verdict.answer, headers } };
  }

  /** Undefined when only the body is left to check. */
  function judgeRequest({ headers, query, at }: Call): Verdict | undefined {
    // `security: []` (K-OA): a private key has no business here. The status is UNKNOWN.
    if (headers.authorization !== undefined) {
      return refused(klaviyoError(401, 'Authorization must be absent on /client'), 'Authorization header');
    }
    const given = query.getAll('company_id');
    if (given.length !== 1 || given[0] === '') {
      return refused(klaviyoError(400, 'company_id is missing', { parameter: 'company_id' }), 'no company_id');
    }
    if (given[0] !== companyId) {
      const status = options.wrongCompanyIdStatus ?? 400;
      return refused(klaviyoError(status, 'company_id is not known', { parameter: 'company_id' }), 'wrong company_id');
    }
    const revision = soleHeader(headers, 'revision');
    const day = revision === undefined ? undefined : revisionDay(revision);
    if (day === undefined) return refused(klaviyoError(400, 'revision header is missing or no date'), 'no revision');
    if (headers['x-klaviyo-revision-fall-forward-opt-out'] === '1' && day < oldestLivingRevision(at)) {
      return refused(klaviyoError(410, `revision ${day} is retired`), 'retired revision');
    }
    // Both types are in use (K-OA, K-AND). Compressed bodies are UNKNOWN, and 415 exists for encodings (K-RL).
    const type = mediaType(headers);
    if (type !== 'application/json' && type !== 'application/vnd.api+json') {
      return refused(klaviyoError(415, `content type ${type}`), `content type ${type || 'missing'}`);
    }
    if (headers['content-encoding'] !== undefined) {
      return refused(klaviyoError(415, 'content encoding'), `content encoding ${headers['content-encoding']}`);
    }
    return undefined;
  }

  function judgeBody(call: Call): Verdict {
    if (call.json === undefined) return invalid({ pointer: '', message: 'the body is not JSON' });
    if (call.path === PROFILES) return judgeProfile(call.json);
    const bulk = call.path === BULK;
    const problem = (bulk ? checkBulk : checkSingle)(call.json);
    if (problem) return invalid(problem);

    // The schema has checked the shapes that are asserted here.
    const attributes = valueAt(call.json, 'data', 'attributes');
    const profile = valueAt(attributes, 'profile', 'data') as Profile;
    const unknown = profileProblem(profile, '/data/attributes/profile/data/attributes');
    if (unknown) return invalid(unknown);
    const events = bulk
      ? (valueAt(attributes, 'events', 'data') as { attributes: EventAttributes }[]).map((event) => event.attributes)
      : [attributes as EventAttributes];
    const revision = servingRevision(revisionDay(soleHeader(call.headers, 'revision') ?? '') ?? '', call.at);
    for (const [index, event] of events.entries()) {
      const wrong = eventProblem(event, revision, call.at);
      if (wrong) return invalid({ pointer: pointerTo(bulk, index) + wrong.pointer, message: wrong.message });
    }
    return bulk ? acceptBulk(events, profile, call.at) : acceptSingle(events, profile, call.at);
  }

  function acceptSingle(events: readonly EventAttributes[], profile: Profile, at: number): Verdict {
    const profileNumber = memory.profileNumber(profile);
    const accepted: Occurrence[] = [];
    const repeats: Occurrence[] = [];
    for (const event of events) {
      const { id, key } = memory.identify(event, profileNumber, at);
      // A repeat is ignored, silently (K-OA).
      (memory.has(key) ? repeats : accepted).push({ id, name: event.metric.data.attributes.name, body: event });
      memory.add(key);
    }
    return { answer: emptyAnswer(202), accepted, repeats };
  }

  /** A repeated unique_id, in this bulk or of an earlier request, fails it as a whole (K-OA, read defensively). */
  function acceptBulk(events: readonly EventAttributes[], profile: Profile, at: number): Verdict {
    const profileNumber = memory.profileNumber(profile);
    const here = new Set<string>();
    for (const [index, event] of events.entries()) {
      if (event.unique_id === undefined) continue;
      const { key } = memory.identify(event, profileNumber, at);
      if (memory.has(key) || here.has(key)) {
        return invalid({
          pointer: `${pointerTo(true, index)}/unique_id`,
          message: `unique_id ${event.unique_id} is repeated`,
        });
      }
      here.add(key);
    }
    return acceptSingle(events, profile, at);
  }

  function judgeProfile(json: unknown): Verdict {
    const problem = checkProfile(json);
    if (problem) return invalid(problem);
    const profile = valueAt(json, 'data') as Profile;
    const unknown = profileProblem(profile, '/data/attributes');
    if (unknown) return invalid(unknown);
    memory.profileNumber(profile);
    return { answer: emptyAnswer(202), accepted: [], repeats: [] };
  }

  return {
    name: 'klaviyo',
    maxBodyBytes: MAX_BODY_BYTES,
    judge,
    idsOf(json) {
      const attributes = valueAt(json, 'data', 'attributes');
      const bulk = valueAt(attributes, 'events', 'data');
      if (!Array.isArray(bulk)) return strings([valueAt(attributes, 'unique_id')]);
      return strings(bulk.map((event: unknown) => valueAt(event, 'attributes', 'unique_id')));
    },
    refusal: (status, message) => klaviyoError(status, message),
    commonHeaders(path): Readonly<Record<string, string>> {
      if (!path.startsWith('/client/')) return {};
      const exposed = options.exposeRetryAfter ? { 'access-control-expose-headers': 'Retry-After' } : undefined;
      return { 'access-control-allow-origin': '*', ...exposed };
    },
    preflight(path): Answer | undefined {
      if (!path.startsWith('/client/')) return undefined;
      return emptyAnswer(204, {
        'access-control-allow-methods': 'POST, OPTIONS',
        'access-control-allow-headers': 'revision, content-type, accept',
      });
    },
    forget() {
      memory.clear();
      for (const rate of rates.values()) rate.clear();
    },
  };
}

/** The pointer form of the client bulk is UNKNOWN; this is the one to expect (vendors.md 1.6). */
function pointerTo(bulk: boolean, index: number): string {
  return bulk ? `/data/attributes/events/data/${index}/attributes` : '/data/attributes';
}

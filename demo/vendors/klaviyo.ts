import { demoCredentials } from './demo-credentials.js';
import { invalid, klaviyoError, rateHeaders } from './klaviyo-answers.js';
import { type Entry, isServedFlat, type KlaviyoCall, klaviyoCalls } from './klaviyo-calls.js';
import { createKlaviyoMemory } from './klaviyo-memory.js';
import { oldestLivingRevision, revisionDay, servingRevision } from './klaviyo-revisions.js';
import { eventProblem, profileProblem } from './klaviyo-rules.js';
import { createRateWindows, type RateLimit } from './rate-windows.js';
import type { StandIn } from './stand-in.js';
import { type ServerOptions, startStandIn } from './start-stand-in.js';
import {
  type Answer,
  type Call,
  emptyAnswer,
  jsonAnswer,
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
  /** Opens `/api`; so does `Bearer` with the same text. */
  readonly privateKey?: string;
  /** Answer to another company's id. Default 400 with `source.parameter`; what the vendor answers is UNKNOWN. */
  readonly wrongCompanyIdStatus?: 400 | 401 | 403;
  /** Lets a page read Retry-After. Default false: whether the vendor exposes it is UNKNOWN. */
  readonly exposeRetryAfter?: boolean;
  /** Default 350/s and 3500/min (K-OA). */
  readonly singleRate?: RateLimit;
  /** Default 10/s and 150/min (K-OA). */
  readonly bulkRate?: RateLimit;
}

const MAX_BODY_BYTES = 5_000_000; // 5 MB, decompressed (K-RL)

const isClient = (path: string) => path.startsWith('/client/');

export function startKlaviyo(options: KlaviyoOptions = {}): Promise<StandIn> {
  return startStandIn(klaviyoRules(options), options);
}

/** The rules alone, without the server around them. */
export function klaviyoRules(options: KlaviyoOptions): VendorRules {
  const companyId = options.companyId ?? demoCredentials.klaviyo.companyId;
  const privateKey = options.privateKey ?? demoCredentials.klaviyoServer.privateKey;
  const memory = createKlaviyoMemory();
  const calls = klaviyoCalls({
    ...(options.singleRate && { single: options.singleRate }),
    ...(options.bulkRate && { bulk: options.bulkRate }),
  });
  const windows = new Map([...calls].map(([path, { rate }]) => [path, createRateWindows(rate)]));

  function judge(call: Call): Verdict {
    const kind = calls.get(call.path);
    const state = windows.get(call.path)?.take(call.at);
    if (!kind || !state) return refused(klaviyoError(404, `no such path: ${call.path}`), 'no such path');
    if (call.method !== 'POST') return refused(klaviyoError(405, `${call.method} is not allowed`), 'not POST');
    if (state.retryAfterSeconds !== undefined) {
      // On 429 there is Retry-After and no RateLimit header (K-RL).
      const headers = { 'retry-after': String(state.retryAfterSeconds) };
      return refused(klaviyoError(429, 'over the rate limit', undefined, headers), 'over the rate limit');
    }
    const verdict = judgeKey(call) ?? judgeHeaders(call, kind) ?? judgeBody(call, kind);
    const headers = { ...verdict.answer.headers, ...rateHeaders(state, kind.rate) };
    return { ...verdict, answer: { ...verdict.answer, headers } };
  }

  function judgeKey({ headers, query, path }: Call): Verdict | undefined {
    const { authorization } = headers;
    if (!isClient(path)) {
      const isRight = authorization === `Klaviyo-API-Key ${privateKey}` || authorization === `Bearer ${privateKey}`;
      return isRight ? undefined : refused(klaviyoError(401, 'the key is missing or wrong'), 'wrong Authorization');
    }
    // `security: []` (K-OA): a private key has no business here. The status is UNKNOWN.
    if (authorization !== undefined) {
      return refused(klaviyoError(401, 'Authorization must be absent on /client'), 'Authorization header');
    }
    const given = query.getAll('company_id');
    if (given.length !== 1 || given[0] === '') {
      return refused(klaviyoError(400, 'company_id is missing', { parameter: 'company_id' }), 'no company_id');
    }
    if (given[0] === companyId) return undefined;
    const status = options.wrongCompanyIdStatus ?? 400;
    return refused(klaviyoError(status, 'company_id is not known', { parameter: 'company_id' }), 'wrong company_id');
  }

  function judgeHeaders({ headers, path, at }: Call, { isFlat = false }: KlaviyoCall): Verdict | undefined {
    const revision = soleHeader(headers, 'revision');
    const day = revision === undefined ? undefined : revisionDay(revision);
    if (day === undefined) return refused(klaviyoError(400, 'revision header is missing or no date'), 'no revision');
    if (headers['x-klaviyo-revision-fall-forward-opt-out'] === '1' && day < oldestLivingRevision(at)) {
      return refused(klaviyoError(410, `revision ${day} is retired`), 'retired revision');
    }
    // Revisions that still live publish paths without a trailing slash (K-OA).
    if (isFlat !== isServedFlat(day, at)) {
      return refused(klaviyoError(404, `no such path in this revision: ${path}`), 'path of another revision');
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

  function judgeBody({ json, headers, at }: Call, kind: KlaviyoCall): Verdict {
    if (json === undefined) return invalid({ pointer: '', message: 'the body is not JSON' });
    const problem = kind.check(json);
    if (problem) return invalid(problem);
    const entries = kind.read(json);
    const revision = servingRevision(revisionDay(soleHeader(headers, 'revision') ?? '') ?? '', at);
    for (const { profile, events } of entries) {
      const wrong =
        profileProblem(profile) ?? events.map((event) => eventProblem(event, revision, at)).find((found) => found);
      if (wrong) return invalid(wrong);
    }
    const repeat = kind.isBulk ? findRepeat(entries, at) : undefined;
    if (repeat) return repeat;
    // What happens to a metric too many is UNKNOWN: refused, as its events could be looked for nowhere.
    const surplus = entries.flatMap(({ events }) => events).find(({ name }) => !memory.takesMetric(name));
    if (surplus)
      return invalid({ pointer: `${surplus.pointer}/metric`, message: `${surplus.name} is a metric too many` });
    return kind.update ? update(entries, kind.update === 'told') : accept(entries, at);
  }

  /** A repeated unique_id, in this bulk or of an earlier request, fails it as a whole (K-OA, read defensively). */
  function findRepeat(entries: readonly Entry[], at: number): Verdict | undefined {
    const here = new Set<string>();
    for (const { profile, events } of entries) {
      const profileNumber = memory.profileNumber(profile);
      for (const event of events.filter(({ uniqueId }) => uniqueId !== undefined)) {
        const { key } = memory.identify(event, profileNumber, at);
        const message = `unique_id ${event.uniqueId} is repeated`;
        if (memory.has(key) || here.has(key)) return invalid({ pointer: `${event.pointer}/unique_id`, message });
        here.add(key);
      }
    }
    return undefined;
  }

  function accept(entries: readonly Entry[], at: number): Verdict {
    const accepted: Occurrence[] = [];
    const repeats: Occurrence[] = [];
    for (const { profile, events } of entries) {
      const profileNumber = memory.profileNumber(profile);
      for (const event of events) {
        const { id, key } = memory.identify(event, profileNumber, at);
        // A repeat is ignored, silently (K-OA).
        (memory.has(key) ? repeats : accepted).push({ id, name: event.name, body: event.body });
        memory.add(key);
      }
    }
    return { answer: emptyAnswer(202), accepted, repeats };
  }

  function update([entry]: readonly Entry[], isTold: boolean): Verdict {
    const isKnown = entry && memory.knows(entry.profile);
    const id = entry && memory.profileNumber(entry.profile);
    const body = { data: { type: 'profile', id: String(id), attributes: entry?.profile.attributes } };
    const answer = isTold ? jsonAnswer(isKnown ? 200 : 201, body) : emptyAnswer(202);
    return { answer, accepted: [], repeats: [] };
  }

  return {
    name: 'klaviyo',
    maxBodyBytes: MAX_BODY_BYTES,
    judge,
    idsOf(json) {
      const attributes = valueAt(json, 'data', 'attributes');
      const job = valueAt(attributes, 'events-bulk-create', 'data');
      const bulks = Array.isArray(job) ? job.map((entry: unknown) => valueAt(entry, 'attributes')) : [attributes];
      return bulks.flatMap((bulk) => {
        const events = valueAt(bulk, 'events', 'data');
        if (!Array.isArray(events)) return strings([valueAt(bulk, 'unique_id')]);
        return strings(events.map((event: unknown) => valueAt(event, 'attributes', 'unique_id')));
      });
    },
    refusal: (status, message) => klaviyoError(status, message),
    commonHeaders(path): Readonly<Record<string, string>> {
      if (!isClient(path)) return {};
      const exposed = options.exposeRetryAfter ? { 'access-control-expose-headers': 'Retry-After' } : undefined;
      return { 'access-control-allow-origin': '*', ...exposed };
    },
    preflight(path): Answer | undefined {
      if (!isClient(path)) return undefined;
      return emptyAnswer(204, {
        'access-control-allow-methods': 'POST, OPTIONS',
        'access-control-allow-headers': 'revision, content-type, accept',
      });
    },
    forget() {
      memory.clear();
      for (const window of windows.values()) window.clear();
    },
  };
}

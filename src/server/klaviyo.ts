import type { Adapter, ServerDestination, Verdict } from '../adapters/adapter.js';
import { check } from '../adapters/check.js';
import { judgeStatus } from '../adapters/judge-status.js';
import { type KlaviyoBody, type KlaviyoWriter, REVISION, toKlaviyoName, toResource } from '../adapters/klaviyo-body.js';
import { isKnown } from '../adapters/klaviyo-limits.js';
import { klaviyoMap } from '../adapters/klaviyo-map.js';
import type { TrackletEvent } from '../event/event.js';
import { byteLength } from '../lib/byte-length.js';
import type { HttpResponse } from '../transport/http.js';
import { flatProfile, LEGACY_REVISION, writeLegacy } from './klaviyo-legacy.js';
import { createServerDestination, type ServerOptions } from './server-destination.js';
import type { Token } from './token.js';
import { createTokenDestination } from './token-destination.js';

interface SharedOptions extends ServerOptions {
  /** API revision. Default `2026-07-15`, the newest known; for `format: 'legacy'` it is `2023-01-24`. */
  revision?: string;
  /**
   * `legacy` is the flat body of 2023-01-24, for what still speaks it: a proxy, a recording. Klaviyo has retired it.
   * It has no bulk and no profile update, and takes only visitors with an e-mail address or a phone number.
   */
  format?: 'legacy';
  /** For fields of Klaviyo's beyond the default mapping: from `klaviyoMap()`. */
  map?: KlaviyoWriter;
  /**
   * Default true. False sends each event alone: more requests, but what was sent before is ignored there, while a bulk
   * that repeats one event fails as a whole, perhaps only after it was accepted (K-OA).
   */
  bulk?: boolean;
  /** Default `https://a.klaviyo.com`. */
  endpoint?: string;
}

/** The private key, `pk_…`, with the scope to write events, and profiles for `identify()`. */
interface KeyOptions extends SharedOptions {
  privateKey: string;
  accessToken?: never;
}

/**
 * Or OAuth: fetches an access token, which lives an hour; it is renewed before it ends. What it throws is waited for, but
 * `CredentialRefused`, which pauses.
 */
interface OAuthOptions extends SharedOptions {
  accessToken: () => Promise<Token>;
  privateKey?: never;
}

export type KlaviyoServerOptions = KeyOptions | OAuthOptions;

const MAX_PROFILE_BYTES = 100_000; // K-NODE, of the profile call
const writePlain = klaviyoMap(() => ({}));

/**
 * Klaviyo's server API, with a secret. Events of any number of profiles share a request; `identify` updates the profile.
 * Facts: github.com/klaviyo/openapi (K-OA), Klaviyo's page on rate limits and errors (K-RL), its library for Node (K-NODE).
 * @throws TypeError when an option is wrong.
 */
export function klaviyoServer(options: KlaviyoServerOptions = {} as KlaviyoServerOptions): ServerDestination {
  const { privateKey, accessToken, format, bulk = true, endpoint = 'https://a.klaviyo.com' } = options;
  const { name, rename, eventNames } = options;
  const shared = { name, rename, eventNames };
  const isLegacy = format === 'legacy';
  const { revision = isLegacy ? LEGACY_REVISION : REVISION, map = writePlain } = options;
  const hasSecret = typeof accessToken === 'function' || /^pk_\w+$/.test(privateKey ?? '');
  check('klaviyoServer({ privateKey })', hasSecret, "like 'pk_…', or accessToken a function that fetches a token");
  check('klaviyoServer({ format })', isLegacy || format === undefined, "'legacy' or absent");
  const isRevision = /^20\d\d-[01]\d-[0-3]\d(\.\w+)?$/.test(revision) && (isLegacy || revision >= '2025-01-15');
  check('klaviyoServer({ revision })', isRevision, "a date since 2025-01-15, like '2026-07-15'");
  const write = isLegacy ? writeLegacy(map) : writeUpdates(map);

  const adapter: Adapter = {
    name: 'klaviyo',
    maxEvents: 1000, // K-OA
    maxBytes: 5_000_000, // K-RL
    // Of the bulk call, and of the single one (K-OA). Profile updates have 75 and 750, which 429 will tell.
    rate: [
      { requests: 10, perMs: 1_000, minEvents: 2 },
      { requests: 150, perMs: 60_000, minEvents: 2 },
      { requests: 350, perMs: 1_000 },
      { requests: 3_500, perMs: 60_000 },
    ],
    deduplicates: true,

    accepts(event, now) {
      const { acceptance, profile } = write(event, now, revision);
      const isUpdate = event.type === 'identify' && acceptance === 'ready';
      return isUpdate && byteLength(JSON.stringify(profile)) > MAX_PROFILE_BYTES
        ? { refused: 'profile over 100 KB' }
        : acceptance;
    },
    wireName: toKlaviyoName,

    /** A profile update is a request of its own. */
    groupBy: ({ type, id }) => (type === 'identify' ? id : ''),

    maxEventsFor: ({ unclear }) => (unclear || isLegacy || !bulk ? 1 : 1000),

    toRequest(events, { now }) {
      const bodies = events.map((event) => write(event, now, revision, events.length));
      const { profile, attributes } = bodies[0] as KlaviyoBody;
      const [call, data] =
        events[0]?.type === 'identify'
          ? ['profile-import', profile]
          : events.length === 1
            ? [
                'events',
                toResource('event', { profile: isLegacy ? flatProfile(profile) : { data: profile }, ...attributes }),
              ]
            : ['event-bulk-create-jobs', toJob(bodies)];
      return {
        // Revisions before 2024-10-15 have the slash and the plain media type (K-OA).
        url: `${endpoint}/api/${call}${isLegacy ? '/' : ''}`,
        method: 'POST',
        headers: { 'Content-Type': isLegacy ? 'application/json' : 'application/vnd.api+json', revision },
        body: JSON.stringify({ data }),
      };
    },

    judge,
  };
  if (!accessToken) return createServerDestination(adapter, { Authorization: `Klaviyo-API-Key ${privateKey}` }, shared);
  const headersWith = async (token: string) => ({ Authorization: `Bearer ${token}` });
  return createTokenDestination(adapter, { fetchToken: accessToken, headersWith, refusals: [401], ...shared });
}

/** The profile call does not know `anonymous_id` (K-NODE), which therefore identifies nobody there. */
const writeUpdates =
  (map: KlaviyoWriter): KlaviyoWriter =>
  (event, ...rest) => {
    const body = map(event, ...rest);
    if (event.type !== 'identify') return body;
    const { anonymous_id: _unknown, ...attributes } = body.profile.attributes;
    const profile = { ...body.profile, attributes };
    const isUnknown = body.acceptance === 'ready' && !isKnown(profile);
    return { ...body, profile, acceptance: isUnknown ? 'needs-identity' : body.acceptance };
  };

/** One entry per event, so that a pointer to an entry is one to an event. */
const toJob = (bodies: readonly KlaviyoBody[]) =>
  toResource('event-bulk-create-job', {
    'events-bulk-create': {
      data: bodies.map(({ profile, attributes }) =>
        toResource('event-bulk-create', {
          profile: { data: profile },
          events: { data: [toResource('event', attributes)] },
        }),
      ),
    },
  });

/** A repeat is no fault of its event: alone, it will be ignored. */
function judge(response: HttpResponse, events: readonly TrackletEvent[]): Verdict {
  const { kind, reason } = judgeStatus(response);
  if (kind !== 'split') return { kind, reason };
  const pointers = /"pointer":\s*"\/data\/attributes\/events-bulk-create\/data\/(\d+)\/(?![^"]*\/unique_id")/g;
  const named = new Set([...response.body.matchAll(pointers)].map(([, index]) => Number(index)));
  const ids = events.filter((_, index) => named.has(index)).map(({ id }) => id);
  return ids.length > 0 ? { kind: 'drop', ids, reason } : { kind, reason };
}

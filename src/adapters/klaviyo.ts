import type { EventVisitor, Json, TrackletEvent } from '../event/event.js';
import type { Destination, DestinationOptions } from './adapter.js';
import { checkOptions, isRecord, isText } from './check-options.js';
import { cleanProperties, cutText } from './clean-properties.js';
import { createDestination, joinUrl } from './destination.js';
import { blame, describe, judgeStatus } from './judge-status.js';
import { firstOf, isoTime, pageProperties } from './neutral-event.js';

export interface KlaviyoOptions extends DestinationOptions {
  /** The public site id of 6 characters, as in Klaviyo's own snippet. Not the private key, which starts with `pk_`. */
  companyId: string;
  /** API revision. Default `2026-07-15`, the newest known; Klaviyo serves one for two years. Oldest `2024-10-15`. */
  revision?: string;
  /** Whether `identify()` updates the Klaviyo profile at once. Default true; events carry the profile either way. */
  identify?: boolean;
}

/** Klaviyo's documents say 300 (K-RL, SEED) and 400 (K-OA, from 2025-04-15): the lower one fits both. */
const LIMITS = { maxKeys: 300 };
/** The earliest `time` of all but the newest revision (K-OA). Without a time Klaviyo takes that of receipt. */
const EARLIEST = Date.UTC(2000, 0);
/** Traits that have a place of their own in a profile (K-OA); the others are custom properties. */
const PROFILE_TEXT = /^(first_name|last_name|organization|locale|title|image)$/;

/**
 * Klaviyo's client API: the one vendor that a browser may call directly, because its key is public. Event properties
 * win over the `session_id` and `page_…` that we add; `unique_id` is ours, and makes resending harmless.
 * Facts: github.com/klaviyo/openapi (K-OA) and Klaviyo's page on rate limits and errors (K-RL).
 * @throws TypeError when an option is wrong.
 */
export function klaviyo(options: KlaviyoOptions): Destination {
  const check = checkOptions('klaviyo', options);
  const { companyId, revision = '2026-07-15', identify = true, endpoint = 'https://a.klaviyo.com' } = options;
  check(
    'companyId',
    isText(companyId) && /^\w{6}$/.test(companyId),
    "the 6-character public site id, such as 'ABC123'",
  );
  check('revision', /^\d{4}-\d\d-\d\d/.test(revision) && revision >= '2024-10-15', "a date from '2024-10-15' on");
  check('identify', typeof identify === 'boolean', 'true or false');
  const headers = { 'Content-Type': 'application/vnd.api+json', Accept: 'application/vnd.api+json', revision };

  return createDestination(
    {
      name: 'klaviyo',
      maxEvents: 1000, // K-OA
      maxBytes: 5_000_000, // K-RL
      // Those of the bulk call (K-OA); the single one allows 350 a second.
      rate: [
        { requests: 10, perMs: 1_000 },
        { requests: 150, perMs: 60_000 },
      ],
      deduplicates: true,

      accepts({ type, name }) {
        if (type === 'group' || (type === 'identify' && !identify)) return 'not-applicable';
        return name.trim() ? 'ready' : { refused: 'the name is empty' };
      },

      /** A request has one profile, and a profile update is a request of its own. */
      groupBy: (event) => (event.type === 'identify' ? event.id : JSON.stringify(toProfile(event.visitor))),

      /** The bulk call fails as a whole when it repeats an event; the single call ignores a repeat (K-OA). */
      maxEventsFor: ({ unclear }) => (unclear ? 1 : 1000),

      toRequest(events, { now }) {
        const [path, body] = toCall(events, now);
        const url = joinUrl(endpoint, `/client/${path}?company_id=${companyId}`);
        return { url, method: 'POST', headers, body: JSON.stringify(body) };
      },

      judge(response, events) {
        const { status, body } = response;
        if (status !== 400) return judgeStatus(response);
        const reason = describe(response);
        if (/"parameter"\s*:\s*"company_id"|"code"\s*:\s*"[^"]*key/.test(body)) return { kind: 'pause', reason };
        // A repeat has arrived before: one by one it is ignored, so it must not be dropped here.
        if (body.includes('unique_id')) return { kind: 'split', reason };
        // One profile for all: nothing in this batch can ever be taken.
        const isProfile = /"pointer"\s*:\s*"\/data\/attributes\/profile\//.test(body);
        if (isProfile) return blame(events, [...events.keys()], reason);
        const pointers = body.matchAll(/"pointer"\s*:\s*"\/data\/attributes\/events[^/"]*\/data\/(\d+)/g);
        const places = Array.from(pointers, ([, place]) => Number(place));
        return blame(events, places, reason);
      },
    },
    options,
  );
}

/** Which client call takes these events, and what it takes. */
function toCall(events: readonly TrackletEvent[], now: number): [path: string, body: object] {
  const first = firstOf(events);
  const profile = toResource('profile', toProfile(first.visitor));
  if (first.type === 'identify') return ['profiles', profile];
  if (events.length === 1) return ['events', toResource('event', { profile, ...toAttributes(first, now) })];
  const data = events.map((event) => toResource('event', toAttributes(event, now)).data);
  return ['event-bulk-create', toResource('event-bulk-create', { profile, events: { data } })];
}

const toResource = (type: string, attributes: object) => ({ data: { type, attributes } });

const toAttributes = (event: TrackletEvent, now: number): object => ({
  metric: toResource('metric', { name: cutText(event.name.trim(), 127) }),
  properties: cleanProperties([event.properties, pageProperties(event)], LIMITS),
  time: event.time < EARLIEST ? undefined : isoTime(event, now),
  value: event.value,
  value_currency: event.currency,
  unique_id: event.id,
});

/** An identifier that Klaviyo would find malformed is left out, since one of them sinks the whole request. */
function toProfile({ anonymousId, userId, email, phone, traits = {} }: EventVisitor): object {
  const own: { [name: string]: Json } = {};
  const properties: { [name: string]: Json } = {};
  for (const [name, value] of Object.entries(cleanProperties([traits], LIMITS))) {
    const place = name.replace(/[A-Z]/g, '_$&').toLowerCase(); // firstName → first_name
    const hasPlace = typeof value === 'string' ? PROFILE_TEXT.test(place) : place === 'location' && isRecord(value);
    if (hasPlace) own[place] = value;
    else properties[name] = value;
  }
  return {
    anonymous_id: anonymousId,
    external_id: userId && userId.length <= 255 ? userId : undefined,
    email: email?.includes('@') ? email : undefined,
    phone_number: phone && /^\+[1-9]\d{6,14}$/.test(phone) ? phone : undefined,
    ...own,
    properties: Object.keys(properties).length ? properties : undefined,
  };
}

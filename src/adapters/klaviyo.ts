import type { EventVisitor, TrackletEvent } from '../event/event.js';
import type { Destination, DestinationOptions } from './adapter.js';
import { check } from './check.js';
import { createDestination } from './destination.js';
import { judgeStatus } from './judge-status.js';
import { propertiesOf, timeOf } from './neutral-event.js';

export interface KlaviyoOptions extends DestinationOptions {
  /** The public site id of 6 characters, as in Klaviyo's own snippet. Not the private key, which starts with `pk_`. */
  companyId: string;
  /** API revision. Default `2026-07-15`, the newest known; Klaviyo serves one for two years. Oldest `2025-04-15`. */
  revision?: string;
}

/**
 * Klaviyo's client API: the one vendor that a browser may call directly, because its key is public. Event properties
 * win over the `session_id` and `page_…` that we add; `unique_id` is ours, and makes resending harmless.
 * Facts: github.com/klaviyo/openapi (K-OA) and Klaviyo's page on rate limits and errors (K-RL).
 * @throws TypeError when an option is wrong.
 */
export function klaviyo(options: KlaviyoOptions = {} as KlaviyoOptions): Destination {
  const { companyId, revision = '2026-07-15', endpoint = 'https://a.klaviyo.com' } = options;
  check('klaviyo({ companyId })', /^\w{6}$/.test(companyId), "6 characters, like 'ABC123'");

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

      accepts: ({ type }) => (type === 'group' ? 'not-applicable' : 'ready'),

      /** A request has one profile, and a profile update is a request of its own. */
      groupBy: ({ type, id, visitor }) => (type === 'identify' ? id : JSON.stringify(visitor)),

      /** The bulk call fails as a whole when it repeats an event; the single call ignores a repeat (K-OA). */
      maxEventsFor: ({ unclear }) => (unclear ? 1 : 1000),

      toRequest(events, { now }) {
        const first = events[0] as TrackletEvent;
        const profile = toProfile(first.visitor);
        const send = (call: string, body: object) => ({
          url: `${endpoint}/client/${call}?company_id=${companyId}`,
          method: 'POST' as const,
          headers: { 'Content-Type': 'application/vnd.api+json', revision },
          body: JSON.stringify(body),
        });
        if (first.type === 'identify') return send('profiles', profile);
        if (events.length === 1) return send('events', toEvent(first, now, profile));
        const data = events.map((event) => toEvent(event, now).data);
        return send('event-bulk-create', toResource('event-bulk-create', { profile, events: { data } }));
      },

      judge(response) {
        const { kind, reason } = judgeStatus(response);
        const isKeyWrong = kind === 'split' && response.body.includes('"company_id"');
        return { kind: isKeyWrong ? 'pause' : kind, reason };
      },
    },
    options,
  );
}

const toResource = (type: string, attributes: object) => ({ data: { type, attributes } });

/** In a bulk call the profile stands beside the events. */
const toEvent = (event: TrackletEvent, now: number, profile?: object) =>
  toResource('event', {
    profile,
    metric: toResource('metric', { name: [...event.name].slice(0, 127).join('') }),
    properties: propertiesOf(event),
    time: timeOf(event, now),
    value: event.value,
    value_currency: event.currency,
    unique_id: event.id,
  });

/** What Klaviyo would find malformed is left out, since it sinks the whole request. */
const toProfile = ({ anonymousId, userId, email, phone, traits = {} }: EventVisitor) =>
  toResource('profile', {
    anonymous_id: anonymousId,
    external_id: matching(userId, /^.{1,255}$/s),
    email: matching(email, /@/),
    phone_number: matching(phone, /^\+[1-9]\d{6,14}$/),
    first_name: matching(traits.firstName),
    last_name: matching(traits.lastName),
    organization: matching(traits.organization),
    properties: traits,
  });

const matching = (value: unknown, rule = /./) => (typeof value === 'string' && rule.test(value) ? value : undefined);

import type { TrackletEvent } from '../event/event.js';
import type { Acceptance } from './adapter.js';
import { cutText } from './cut-text.js';
import { propertiesOf, timeOf } from './neutral-event.js';

// What Klaviyo's two APIs, for browsers and for servers, have in common.

/** The newest revision whose specification was read (K-OA). Klaviyo serves one for two years (K-VER). */
export const REVISION = '2026-07-15';
const YEAR_2000 = 946_684_800_000;

export interface KlaviyoProfileResource {
  /** Klaviyo's own. */
  readonly id?: string | undefined;
  readonly type: string;
  readonly attributes: Readonly<Record<string, unknown>>;
}

/** An event in Klaviyo's words. */
export interface KlaviyoBody {
  readonly acceptance: Acceptance;
  /** The profile resource, which is part of a single event, stands beside several, and is all there is of an update. */
  readonly profile: KlaviyoProfileResource;
  /** Attributes of the event resource. */
  readonly attributes: object;
}

/**
 * Finds the words, at epoch milliseconds and for a revision. `count` is the number of events in the request, if there is
 * to be one. Pure, and asked several times for one event.
 */
export type KlaviyoWriter = (event: TrackletEvent, now: number, revision: string, count?: number) => KlaviyoBody;

/** Less than 128 characters (K-OA), counted as strictly as they can be. */
export const toKlaviyoName = (name: string): string => cutText(name.trim(), 127);

export const toResource = <T>(type: string, attributes: T) => ({ type, attributes });

/**
 * The default mapping. What Klaviyo would find malformed is left out, since it sinks the whole request. How long, many
 * and deep texts, properties and levels can be, `plain.ts` has seen to when it made the event.
 */
export const writeKlaviyo: KlaviyoWriter = (event, now) => {
  const { anonymousId, userId, email, phone, traits = {} } = event.visitor;
  const name = toKlaviyoName(event.name);
  return {
    acceptance:
      event.type === 'group'
        ? 'not-applicable'
        : name && event.time >= YEAR_2000
          ? 'ready'
          : { refused: 'no name, or before 2000' },
    profile: toResource('profile', {
      anonymous_id: anonymousId,
      external_id: matching(userId, /^.{1,255}$/s),
      email: matching(email, /@/),
      phone_number: matching(phone, /^\+[1-9]\d{6,14}$/),
      first_name: matching(traits.firstName),
      last_name: matching(traits.lastName),
      organization: matching(traits.organization),
      properties: traits,
    }),
    attributes: {
      metric: { data: toResource('metric', { name }) },
      properties: propertiesOf(event),
      time: timeOf(event, now),
      value: event.value,
      value_currency: event.currency,
      unique_id: event.id,
    },
  };
};

export const matching = (value: unknown, rule = /./) =>
  typeof value === 'string' && rule.test(value) ? value : undefined;

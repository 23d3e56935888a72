import type { TrackletEvent } from '../event/event.js';
import { byteLength } from '../lib/byte-length.js';
import { acceptanceOf } from './acceptance.js';
import type { Destination, DestinationOptions } from './adapter.js';
import { type AirshipUser, UUID } from './airship-user.js';
import { check, GIVEN } from './check.js';
import { cutText } from './cut-text.js';
import { createDestination } from './destination.js';
import type { Exact } from './exact.js';
import { judgeStatus } from './judge-status.js';
import { timeOf } from './neutral-event.js';
import { post } from './post.js';
import { toWireName } from './wire-name.js';

export type { AirshipChannel, AirshipUser } from './airship-user.js';

/** What of a custom event is open to the site; name, time and id come from the event itself. Texts are cut to 254. */
export interface AirshipFields {
  /**
   * Default: the user id as named user, else the visitor's `ids.airshipChannel` as `channel`, which may be of any kind; on
   * servers also what `channels` name. Without any, or with one that is empty or no UUID, the event is held.
   */
  readonly user?: AirshipUser | undefined;
  /** Less than 2³¹ − 1 away from zero (A-AND), or the event is refused; rounded to six decimals (A-DOC). */
  readonly value?: number | undefined;
  /** Ties events together, such as the number of an order. Default: none. */
  readonly transaction?: string | undefined;
  /** Where it happened. Default: the page's address. */
  readonly interaction_id?: string | undefined;
  /** Default `url`. */
  readonly interaction_type?: string | undefined;
  /** Default: none. It is a UUID in all of Airship's samples; the tracker's, which is none, is among the properties. */
  readonly session_id?: string | undefined;
  /** The first 100 are sent (A-JAVA). */
  readonly properties: Readonly<Record<string, unknown>>;
}

export interface AirshipSettings<Mapped extends AirshipFields = AirshipFields> {
  /** The app key of the Airship project. Not a secret: every web or app install carries it. */
  appKey: string;
  /**
   * Changes the fields of an event: gets those that would be sent, and returns those to send.
   * `map: (fields, event) => ({ ...fields, transaction: String(event.properties.order) })`. Asked twice for each event.
   */
  map?: (fields: AirshipFields, event: TrackletEvent) => Exact<Mapped, AirshipFields>;
}

export interface AirshipOptions<Mapped extends AirshipFields = AirshipFields>
  extends AirshipSettings<Mapped>,
    DestinationOptions {
  /** The site's own proxy, which adds the secret: `/proxy/airship` for a request to `/proxy/airship/api/custom-events`. */
  endpoint: string;
}

const MAX_TEXT = 254; // Properties may have 255 (A-DOC), all else less than that (A-AND): one limit for all.
const MAX_PROPERTIES = 100; // A-JAVA
const MAX_BODY_BYTES = 65_536; // Of the properties (A-AND); what is beside them is little.
const MAX_VALUE = 2 ** 31 - 1; // A-AND, and as much below zero
/** 90 days (A-SK), less the minute that a request may take. */
const MAX_AGE_MS = 90 * 86_400_000 - 60_000;

/**
 * Airship custom events. They need a named user (`identify()`) or one of the visitor's Airship channels
 * (`ids.airshipChannel` …); until then events are held. Names become `[a-z0-9_-]`. The site's properties win over ours.
 * Facts: docs.airship.com (A-DOC), Airship's agent-tools (A-SK) and SDKs (A-JAVA, A-AND).
 * @throws TypeError when an option is wrong, or nothing would add the secret token.
 */
export function airship<Mapped extends AirshipFields>(
  options: AirshipOptions<Mapped> = {} as AirshipOptions<Mapped>,
): Destination {
  const { appKey, map = (fields) => fields, endpoint }: AirshipOptions = options;
  check('airship({ appKey, endpoint })', appKey && endpoint, GIVEN);

  /** Undefined when Airship would not know whose event it is. */
  const toEntry = (event: TrackletEvent, now: number) => {
    const name = toAirshipName(event.name);
    const { user, value, properties, ...more } = map(toFields(event), event);
    const rounded = Number(value?.toFixed(6));
    const text = JSON.stringify(
      {
        ...more,
        name,
        value: rounded || undefined, // 0 is Airship's own default (A-DOC).
        unique_id: event.id,
        properties: Object.fromEntries(Object.entries(properties).slice(0, MAX_PROPERTIES)),
      },
      cutTexts,
    );
    if (now - event.time > MAX_AGE_MS) throw 'older than 90 days';
    if (!name) throw 'empty name';
    if (Math.abs(rounded) > MAX_VALUE) throw 'value too large';
    if (byteLength(text) > MAX_BODY_BYTES) throw 'too large';
    // Anything else sinks the whole request.
    const isKnown = user?.named_user_id || UUID.test(Object.values({ ...user }).join());
    return isKnown && { occurred: timeOf(event, now).toISOString().slice(0, 19), user, body: JSON.parse(text) };
  };

  return createDestination(
    {
      name: 'airship',
      maxEvents: 100, // A-DOC
      maxBytes: 1_000_000, // Undocumented; the least that others found.
      deduplicates: false,
      wireName: toAirshipName,
      accepts: (event, now) => acceptanceOf(event.type, () => toEntry(event, now)),
      toRequest: (events, { now }) =>
        post(
          `${endpoint}/api/custom-events`,
          events.map((event) => toEntry(event, now)),
          { Accept: 'application/vnd.urbanairship+json; version=3', 'X-UA-Appkey': appKey },
        ),

      judge(response, events) {
        const { kind, reason } = judgeStatus(response);
        const culprit = events[Number(/"path"\W*(\d+)/.exec(response.body)?.[1])];
        return kind === 'split' && culprit
          ? { kind: 'drop', ids: [culprit.id], reason }
          : { kind: kind === 'delivered' && /"ok"\W*false/.test(response.body) ? 'split' : kind, reason };
      },
    },
    options,
  );
}

const toAirshipName = (name: string): string => cutText(toWireName(name.toLowerCase(), /[^a-z\d-]+/g), MAX_TEXT);

function toFields(event: TrackletEvent): AirshipFields {
  const { visitor, page } = event;
  const { userId, ids } = visitor;
  return {
    user: userId ? { named_user_id: userId } : ids?.airshipChannel ? { channel: ids.airshipChannel } : undefined,
    value: event.value,
    interaction_type: 'url',
    interaction_id: page.url,
    properties: {
      session_id: event.session.id,
      event_id: event.id,
      currency: event.currency,
      page_title: page.title,
      page_referrer: page.referrer,
      ...event.properties,
    },
  };
}

const cutTexts = (_key: string, value: unknown) => (typeof value === 'string' ? cutText(value, MAX_TEXT) : value);

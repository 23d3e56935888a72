import type { EventVisitor, TrackletEvent } from '../event/event.js';
import type { Destination, DestinationOptions } from './adapter.js';
import { check, GIVEN } from './check.js';
import { cutText } from './cut-text.js';
import { createDestination } from './destination.js';
import { judgeStatus } from './judge-status.js';
import { isAction, propertiesOf, timeOf } from './neutral-event.js';
import { post } from './post.js';
import { toWireName } from './wire-name.js';

export interface AirshipOptions extends DestinationOptions {
  /** The app key of the Airship project. Not a secret: every web or app install carries it. */
  appKey: string;
  /** A bearer token; secret, so on a server only. For OAuth, use `headers` as a function and `endpoint`. */
  token?: string;
  /** Default `https://go.urbanairship.com`; for projects in the EU `https://go.airship.eu` (A-SK, A-PY). */
  endpoint?: string;
}

const MAX_VALUE = 2 ** 31 - 1; // A-AND, and as much below zero
const MAX_AGE_MS = 90 * 24 * 3_600_000; // A-SK

/**
 * Airship custom events. They need a named user (`identify()`) or the visitor's Airship channel
 * (`ids.airshipChannel`); until then events are held. Names become `[a-z0-9_-]`.
 * The site's properties win over ours, except `event_id`.
 * Facts: docs.airship.com (A-DOC), Airship's agent-tools (A-SK) and SDKs (A-JAVA, A-AND).
 * @throws TypeError when an option is wrong, or nothing would add the secret token.
 */
export function airship(options: AirshipOptions = {} as AirshipOptions): Destination {
  const { appKey, token, endpoint = 'https://go.urbanairship.com' } = options;
  const isGiven = appKey && (token || options.endpoint || options.headers);
  check('airship({ appKey, token })', isGiven, GIVEN);
  const headers = {
    Accept: 'application/vnd.urbanairship+json; version=3',
    'X-UA-Appkey': appKey,
    ...(token && { Authorization: `Bearer ${token}` }),
  };

  return createDestination(
    {
      name: 'airship',
      maxEvents: 100, // A-DOC
      maxBytes: 1_000_000, // Undocumented; the least that others found.
      deduplicates: false,

      accepts(event, now) {
        if (!isAction(event.type)) return 'not-applicable';
        if (!toAirshipName(event.name)) return { refused: 'empty name' };
        if (now - event.time > MAX_AGE_MS) return { refused: 'older than 90 days' };
        return toUser(event.visitor) ? 'ready' : 'needs-identity';
      },

      toRequest(events, { now }) {
        const body = events.map((event) => ({
          occurred: timeOf(event, now).toISOString().slice(0, 19),
          user: toUser(event.visitor),
          body: toBody(event),
        }));
        return post(`${endpoint}/api/custom-events`, body, headers, cutTexts);
      },

      judge(response) {
        const { kind, reason } = judgeStatus(response);
        // Airship checks all events before it answers, so a request is taken as a whole or not at all.
        const isRefused = kind === 'delivered' && /"ok"\s*:\s*false/.test(response.body);
        return { kind: isRefused ? 'split' : kind, reason };
      },
    },
    options,
    token ? ['token'] : [],
  );
}

const toAirshipName = (name: string): string => toWireName(name.toLowerCase(), /[^a-z\d-]+/g);

/** Exactly one way to say who it is: the Java SDK refuses two. */
function toUser({ userId, ids }: EventVisitor): object | undefined {
  const channel = ids?.airshipChannel;
  return userId ? { named_user_id: userId } : channel ? { channel } : undefined;
}

const toBody = (event: TrackletEvent) => ({
  name: toAirshipName(event.name),
  // Six decimals (A-DOC).
  value: event.value && Number(Math.max(-MAX_VALUE, Math.min(event.value, MAX_VALUE)).toFixed(6)),
  unique_id: event.id,
  properties: { currency: event.currency, ...propertiesOf(event), event_id: event.id },
});

/** Properties may have 255 characters (A-DOC), names and the like less than that (A-AND): one limit for all. */
const cutTexts = (_key: string, value: unknown) => (typeof value === 'string' ? cutText(value, 254) : value);

import type { EventVisitor, TrackletEvent } from '../event/event.js';
import type { Destination, DestinationOptions } from './adapter.js';
import { checkOptions, isText } from './check-options.js';
import { cleanProperties, cutText } from './clean-properties.js';
import { checkRoute, createDestination, joinUrl } from './destination.js';
import { blame, describe, judgeStatus, readJson } from './judge-status.js';
import { isAction, isoTime, pageProperties } from './neutral-event.js';
import { toWireName } from './wire-name.js';

export interface AirshipOptions extends DestinationOptions {
  /** The app key of the Airship project. Not a secret: every web or app install carries it. */
  appKey: string;
  /** A bearer token; secret, so on a server only. For OAuth, use `headers` as a function and `endpoint`. */
  token?: string;
  /** Where the project lives, when there is no `endpoint`: `us` (default, as at Airship) or `eu`. */
  region?: 'us' | 'eu';
}

/** Addresses for app tokens (A-SK, A-PY). */
const BASES = {
  us: 'https://go.urbanairship.com',
  eu: 'https://go.airship.eu',
};
const MAX_AGE_MS = 90 * 24 * 3_600_000; // A-SK
const UUID = /^[\da-f]{8}(-[\da-f]{4}){3}-[\da-f]{12}$/i;

/**
 * Airship custom events. They need a named user (`identify()`) or the visitor's Airship channel
 * (`ids.airshipChannel`); until then events are held. Names become `[a-z0-9_-]`, the original goes to `event_label`.
 * The site's properties win over ours, except `event_id`.
 * Facts: docs.airship.com (A-DOC), Airship's agent-tools (A-SK) and SDKs (A-JAVA, A-AND).
 * @throws TypeError when an option is wrong, or nothing would add the secret token.
 */
export function airship(options: AirshipOptions): Destination {
  const check = checkOptions('airship', options);
  const { appKey, token, region = 'us', endpoint = BASES[region] } = options;
  check('appKey', isText(appKey), 'the app key of your Airship project');
  check('region', isText(BASES[region]), "'us' or 'eu'");
  checkRoute(check, options);
  const url = joinUrl(endpoint, '/api/custom-events');
  const headers = {
    'Content-Type': 'application/json',
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
        if (!isAction(event)) return 'not-applicable';
        if (!toAirshipName(event.name)) return { refused: 'no letter or digit is left of the name: use `rename`' };
        if (now - event.time > MAX_AGE_MS) return { refused: 'older than 90 days' };
        return toUser(event.visitor) ? 'ready' : 'needs-identity';
      },

      toRequest(events, { now }) {
        const body = events.map((event) => ({
          occurred: isoTime(event, now).slice(0, 19),
          user: toUser(event.visitor),
          body: toBody(event),
        }));
        return { url, method: 'POST', headers, body: JSON.stringify(body) };
      },

      judge(response, events) {
        const verdict = judgeStatus(response);
        const { body } = response;
        // Airship checks all events before it answers, so a request is taken as a whole or not at all.
        if (verdict.kind === 'delivered' && readJson(body, 'ok') === false) {
          return { kind: 'split', reason: describe(response) };
        }
        if (verdict.kind !== 'split') return verdict;
        // `[0].body.name`, or so: how it is spelled is not documented, so a number anywhere else proves nothing.
        const place = /^\W*(\d+)\b/.exec(String(readJson(body, 'details', 'path')));
        return blame(events, place ? [Number(place[1])] : [], verdict.reason);
      },
    },
    options,
  );
}

const toAirshipName = (name: string): string => cutText(toWireName(name.toLowerCase(), /[^a-z0-9_-]+/g), 254);

/** Exactly one way to say who it is: the Java SDK refuses two. */
function toUser({ userId, ids }: EventVisitor): object | undefined {
  if (userId) return { named_user_id: userId };
  return ids?.airshipChannel ? { channel: ids.airshipChannel } : undefined;
}

function toBody(event: TrackletEvent): object {
  const { id, name, value, currency, session, page } = event;
  const wireName = toAirshipName(name);
  const isUuid = UUID.test(session.id);
  const { session_id, page_referrer, page_title } = pageProperties(event);
  const ours = {
    currency,
    event_label: name === wireName ? undefined : name,
    session_id: isUuid ? undefined : session_id,
    page_referrer,
    page_title,
  };
  return {
    name: wireName,
    // Six decimals (A-DOC), and what the mobile SDKs allow (A-AND).
    value: value === undefined ? undefined : Math.round(Math.max(-(2 ** 31), Math.min(value, 2 ** 31 - 1)) * 1e6) / 1e6,
    unique_id: id,
    session_id: isUuid ? session.id : undefined,
    ...(page.url && {
      interaction_type: 'url',
      interaction_id: cutText(page.url.replace(/^\w+:\/\/[^/?#]*|#.*$/g, '') || '/', 254),
    }),
    properties: cleanProperties([{ event_id: id }, event.properties, ours], { maxKeys: 100, maxText: 255 }),
  };
}

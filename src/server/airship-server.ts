import type { Headers, ServerDestination } from '../adapters/adapter.js';
import { type AirshipFields, type AirshipSettings, airship } from '../adapters/airship.js';
import { type AirshipChannel, type AirshipUser, UUID } from '../adapters/airship-user.js';
import { check } from '../adapters/check.js';
import type { TrackletEvent } from '../event/event.js';
import { addressIn, checkAddress, checkSecret } from './check-server-option.js';
import { noToken } from './credential-refused.js';
import { parseJson, readAt } from './read-json.js';
import { request } from './request.js';
import { createServerDestination, type ServerOptions } from './server-destination.js';
import type { Token } from './token.js';
import { createTokenDestination } from './token-destination.js';

/** How a server shows Airship who it is. The app key with its master secret (Basic) is not taken for events (A-JAVA, A-RB). */
export type AirshipCredentials =
  /** A bearer token of the project. */
  | { readonly token: string; readonly clientId?: never; readonly clientSecret?: never }
  /** OAuth: of a client with the scope `evt` that allows Basic. Tokens are fetched, and renewed before they end (A-SK). */
  | { readonly clientId: string; readonly clientSecret: string; readonly token?: never };

export type AirshipServerOptions<Mapped extends AirshipFields = AirshipFields> = AirshipSettings<Mapped> &
  AirshipCredentials &
  ServerOptions & {
    /**
     * Under which of the visitor's `ids` channels of a kind are found: `{ ios_channel: 'phone', web_channel: 'browser' }`.
     * The first that is there is sent, for visitors with neither a user id nor `ids.airshipChannel`. Default: none.
     */
    readonly channels?: { readonly [Kind in AirshipChannel]?: string };
    /** Where the project lives (A-SK, A-PY). Default `us`. */
    readonly region?: 'us' | 'eu';
    /** Instead of the region's own: with a bearer token `https://go.urbanairship.com`, with OAuth `https://api.asnapius.com`. */
    readonly endpoint?: string;
    /** Where client id and secret are exchanged for a token. Default: the region's, `https://oauth2.asnapius.com/token`. */
    readonly tokenEndpoint?: string;
    /** Extra request headers, fixed or from a function. */
    readonly headers?: Headers;
  };

const BEARER = { us: 'https://go.urbanairship.com', eu: 'https://go.airship.eu' };
const OAUTH = { us: 'https://api.asnapius.com', eu: 'https://api.asnapieu.com' };
const TOKENS = { us: 'https://oauth2.asnapius.com/token', eu: 'https://oauth2.asnapieu.com/token' };
const KINDS: readonly AirshipChannel[] = ['channel', 'web_channel', 'ios_channel', 'android_channel', 'amazon_channel'];
const TOKEN_TIMEOUT_MS = 15_000;

/**
 * `airship()` for servers, straight to Airship. An OAuth token is fetched when first needed and renewed before it ends; one
 * that Airship refuses earlier is fetched anew once.
 * @throws TypeError when an option is wrong.
 */
export function airshipServer<Mapped extends AirshipFields>(options: AirshipServerOptions<Mapped>): ServerDestination {
  const { token, clientId, clientSecret, name, rename, eventNames, headers = {}, ...rest } = options;
  const { region = 'us', channels = {}, ...settings } = rest;
  const shared = { name, rename, eventNames };
  const bases = token === undefined ? OAUTH : BEARER;
  const endpoint = settings.endpoint ?? addressIn('airshipServer({ region })', region, bases);
  checkAddress('airshipServer({ endpoint })', endpoint);
  const isKind = (kind: string) => (KINDS as readonly string[]).includes(kind);
  check('airshipServer({ channels })', Object.keys(channels).every(isKind), `for ${KINDS.join(', ')}`);
  const { map = (fields) => fields }: AirshipSettings = settings;
  const withChannel = (fields: AirshipFields, { visitor }: TrackletEvent): AirshipFields => ({
    ...fields,
    user: fields.user ?? channelOf(channels, visitor.ids),
  });
  const { adapter } = airship({
    ...settings,
    endpoint,
    map: (fields, event) => map(withChannel(fields, event), event),
  });
  const headersWith = async (bearer: string) => ({
    ...(typeof headers === 'function' ? await headers() : headers),
    Authorization: `Bearer ${bearer}`,
  });
  if (token !== undefined) {
    checkSecret('airshipServer({ token })', token);
    check('airshipServer({ token, clientId })', clientId === undefined, 'one or the other');
    return createServerDestination(adapter, () => headersWith(token), shared);
  }
  checkSecret('airshipServer({ clientId })', clientId);
  checkSecret('airshipServer({ clientSecret })', clientSecret);
  const tokenEndpoint = settings.tokenEndpoint ?? addressIn('airshipServer({ region })', region, TOKENS);
  checkAddress('airshipServer({ tokenEndpoint })', tokenEndpoint);
  const fetchToken = () => fetchAirshipToken(tokenEndpoint, settings.appKey, clientId, clientSecret);
  return createTokenDestination(adapter, { fetchToken, headersWith, refusals: [401], ...shared });
}

/** Names in the given order; ids that are no UUID are none of Airship's. */
function channelOf(
  channels: NonNullable<AirshipServerOptions['channels']>,
  ids: TrackletEvent['visitor']['ids'] = {},
): AirshipUser | undefined {
  const found = Object.entries(channels).find(([, name]) => UUID.test(ids[name] ?? ''));
  return found && ({ [found[0]]: ids[found[1]] } as AirshipUser);
}

async function fetchAirshipToken(url: string, appKey: string, clientId: string, clientSecret: string): Promise<Token> {
  const answer = await request(
    {
      url,
      method: 'POST',
      headers: {
        Accept: 'application/json',
        // Both parts are percent-encoded before they are joined (A-SK, RFC 6749).
        Authorization: `Basic ${btoa(`${encodeURIComponent(clientId)}:${encodeURIComponent(clientSecret)}`)}`,
        'Content-Type': 'application/x-www-form-urlencoded',
      },
      body: String(new URLSearchParams({ grant_type: 'client_credentials', sub: `app:${appKey}`, scope: 'evt' })),
    },
    TOKEN_TIMEOUT_MS,
    (...call) => fetch(...call),
  );
  if ('failure' in answer) throw new Error(answer.failure);
  const json = parseJson(answer.body);
  const [value, seconds] = [readAt(json, 'access_token'), readAt(json, 'expires_in')];
  if (typeof value !== 'string' || typeof seconds !== 'number') {
    throw noToken('Airship', 'this client', answer);
  }
  return { value, expiresAt: Date.now() + seconds * 1_000 };
}

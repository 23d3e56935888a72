import type { Headers, ServerDestination } from '../../adapters/adapter.js';
import { type CapillarySettings, capillaryAdapter } from '../../adapters/capillary-adapter.js';
import { checkAddress } from '../check-server-option.js';
import { createServerDestination, type ServerOptions } from '../server-destination.js';
import { createTokenDestination } from '../token-destination.js';
import { type CapillaryCredentials, checkCredentials, fetchCapillaryToken } from './credentials.js';

/** The webhook asks for nothing but its address, or for what `headers` hold: Basic, with `authMechanism: BASIC`. */
type NoCredentials = { readonly key?: never; readonly secret?: never; readonly token?: never };

export type CapillaryServerOptions = CapillarySettings &
  ServerOptions & {
    /** The webhook's whole address (`webHookUri`), with which alone anybody can post to it unless it has `authEnabled`. */
    readonly endpoint: string;
    /** Extra request headers, fixed or from a function. */
    readonly headers?: Headers;
    /** Where key and secret are exchanged for a token: `https://eu.api.capillarytech.com`. Needed with these only. */
    readonly tokenEndpoint?: string;
  } & (CapillaryCredentials | NoCredentials);

const TOKEN_TIMEOUT_MS = 15_000;

/**
 * `capillary()` for servers: straight to the webhook, with a token for one that has `authMechanism: OAUTH`. The token is
 * fetched by key and secret and renewed before it ends. When Capillary refuses it earlier, it is fetched anew once.
 * @throws TypeError when an option is wrong.
 */
export function capillaryServer(options: CapillaryServerOptions): ServerDestination {
  const { key, secret, token, name, rename, eventNames, endpoint, tokenEndpoint, headers = {}, ...settings } = options;
  const shared = { name, rename, eventNames };
  checkAddress('capillaryServer({ endpoint })', endpoint);
  const adapter = capillaryAdapter(settings, endpoint);
  const headersWith = async (bearer?: string) => ({
    ...(typeof headers === 'function' ? await headers() : headers),
    ...(bearer !== undefined && { 'X-CAP-API-OAUTH-TOKEN': bearer }),
  });
  const credentials = { key, secret, token } as CapillaryCredentials;
  if ([key, secret, token].some((credential) => credential !== undefined)) {
    checkCredentials('capillaryServer', credentials);
  }
  if (key === undefined) return createServerDestination(adapter, () => headersWith(token), shared);
  checkAddress('capillaryServer({ tokenEndpoint })', tokenEndpoint);
  // Looked up when it is called, so that a `fetch` that is set later is the one.
  const fetchToken = () =>
    fetchCapillaryToken(tokenEndpoint ?? '', credentials, TOKEN_TIMEOUT_MS, (...call) => fetch(...call));
  return createTokenDestination(adapter, { fetchToken, headersWith, refusals: [401, 403], ...shared });
}

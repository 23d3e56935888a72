import { check } from '../../adapters/check.js';
import { post } from '../../adapters/post.js';
import { noToken } from '../credential-refused.js';
import { parseJson, readAt } from '../read-json.js';
import { request } from '../request.js';
import type { Token } from '../token.js';

/** How a server shows Capillary who it is. All three are secret. */
export type CapillaryCredentials =
  /** Of an API client (Organization Settings): tokens are fetched with them, and renewed before they end. */
  | { readonly key: string; readonly secret: string; readonly token?: never }
  /** A token of your own making. It lives an hour at most. */
  | { readonly token: string; readonly key?: never; readonly secret?: never };

/** Throws a TypeError unless there is a token, or key and secret. */
export function checkCredentials(caller: string, { key, secret, token }: CapillaryCredentials): void {
  const isText = (value: unknown) => typeof value === 'string' && value !== '';
  const isRight = isText(token) ? key === undefined && secret === undefined : isText(key) && isText(secret);
  check(`${caller}({ key, secret })`, isRight, 'both given, or token instead of them');
}

/** A token for the header `X-CAP-API-OAUTH-TOKEN` (C-REF oauth). How long it lives is set per client. */
export async function fetchCapillaryToken(
  endpoint: string,
  { key, secret }: CapillaryCredentials,
  timeoutMs: number,
  fetchWith: typeof fetch,
): Promise<Token> {
  const answer = await request(post(`${endpoint}/v3/oauth/token/generate`, { key, secret }), timeoutMs, fetchWith);
  if ('failure' in answer) throw new Error(answer.failure);
  const data = readAt(parseJson(answer.body), 'data');
  const [value, ttlSeconds] = [readAt(data, 'accessToken'), readAt(data, 'ttlSeconds')];
  if (typeof value !== 'string' || typeof ttlSeconds !== 'number') {
    throw noToken('Capillary', 'this key and secret', answer);
  }
  return { value, expiresAt: Date.now() + ttlSeconds * 1_000 };
}

import { randomUUID } from 'node:crypto';
import type { IncomingHttpHeaders } from 'node:http';
import { type Answer, jsonAnswer, mediaType, soleHeader } from './vendor-rules.js';

export const TOKEN_PATH = '/token';
/** The scope for custom events (SEED). */
const EVENTS_SCOPE = 'evt';

export interface AirshipClient {
  readonly id: string;
  readonly secret: string;
  /** How long a token lives. Default 3600 (A-SK). */
  readonly lifeSeconds?: number;
}

export interface AirshipTokens {
  /** Client credentials in, a token out (A-SK). How a refusal looks is UNKNOWN: as RFC 6749 has it. */
  answer(headers: IncomingHttpHeaders, text: string, at: number): Answer;
  /** What a token is good for; undefined for one that is not known or has ended. */
  scopesOf(token: string, at: number): readonly string[] | undefined;
  /** Ends every token before its time, as when a client is changed. */
  forget(): void;
}

export function createAirshipTokens({ id, secret, lifeSeconds = 3_600 }: AirshipClient, appKey: string): AirshipTokens {
  const given = new Map<string, { readonly scopes: readonly string[]; readonly endsAt: number }>();
  // Both parts percent-encoded before they are joined (A-SK, RFC 6749).
  const basic = `Basic ${Buffer.from(`${encodeURIComponent(id)}:${encodeURIComponent(secret)}`).toString('base64')}`;

  return {
    answer(headers, text, at) {
      if (mediaType(headers) !== 'application/x-www-form-urlencoded') return refusal(400, 'invalid_request');
      if (soleHeader(headers, 'authorization') !== basic) return refusal(401, 'invalid_client');
      const form = new URLSearchParams(text);
      if (form.get('grant_type') !== 'client_credentials') return refusal(400, 'unsupported_grant_type');
      if (form.get('sub') !== `app:${appKey}`) return refusal(400, 'invalid_request');
      const scopes = form.get('scope')?.split(' ').filter(Boolean) ?? [];
      if (scopes.length === 0) return refusal(400, 'invalid_scope');
      const token = `ey.${randomUUID()}`;
      given.set(token, { scopes, endsAt: at + lifeSeconds * 1_000 });
      return jsonAnswer(200, {
        access_token: token,
        token_type: 'Bearer',
        expires_in: lifeSeconds,
        scope: scopes.join(' '),
      });
    },
    scopesOf(token, at) {
      const known = given.get(token);
      return known && at < known.endsAt ? known.scopes : undefined;
    },
    forget: () => given.clear(),
  };
}

/** Whether a token's scopes let it send events. */
export const maySendEvents = (scopes: readonly string[]): boolean => scopes.includes(EVENTS_SCOPE);

const refusal = (status: number, error: string): Answer => jsonAnswer(status, { error });

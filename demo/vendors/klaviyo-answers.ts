import { randomUUID } from 'node:crypto';
import type { Problem } from './json-schema.js';
import type { RateLimit, RateState } from './rate-windows.js';
import { type Answer, jsonAnswer, refused, type Verdict } from './vendor-rules.js';

type Source = { readonly pointer: string } | { readonly parameter: string };

// The vocabulary of codes is not published; `invalid` is seen (K-OA), the others are made up in its style.
const CODES: Readonly<Record<number, readonly [code: string, title: string]>> = {
  400: ['invalid', 'Invalid input.'],
  401: ['not_authenticated', 'Authentication credentials were not accepted.'],
  403: ['permission_denied', 'You do not have permission to perform this action.'],
  404: ['not_found', 'A resource was not found.'],
  405: ['method_not_allowed', 'Method not allowed.'],
  410: ['gone', 'The endpoint or revision is retired.'],
  413: ['payload_too_large', 'Payload too large.'],
  415: ['unsupported_media_type', 'Unsupported media type.'],
  429: ['throttled', 'Request was throttled.'],
  500: ['error', 'A server error occurred.'],
};

/** `errors[]` with `status` as an integer, unlike most JSON:API (K-RL). */
export function klaviyoError(
  status: number,
  detail: string,
  source?: Source,
  headers: Readonly<Record<string, string>> = {},
): Answer {
  const [code, title] = CODES[status] ?? ['error', 'Error.'];
  const error = { id: randomUUID(), status, code, title, detail, source: source ?? {}, links: {}, meta: {} };
  return jsonAnswer(status, { errors: [error] }, { 'content-type': 'application/vnd.api+json', ...headers });
}

export function invalid({ pointer, message }: Problem): Verdict {
  return refused(klaviyoError(400, message, { pointer }), `${pointer} ${message}`);
}

/** On every answer but 429 (K-RL). Cross-origin they are not readable: whether the vendor exposes them is UNKNOWN. */
export function rateHeaders(state: RateState, limit: RateLimit | undefined): Record<string, string> {
  return {
    'ratelimit-limit': String(limit?.perMinute ?? 0),
    'ratelimit-remaining': String(state.remaining),
    'ratelimit-reset': String(state.resetSeconds),
  };
}

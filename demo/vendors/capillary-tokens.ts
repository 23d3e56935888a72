import { randomUUID } from 'node:crypto';
import { schemaCheck } from './json-schema.js';
import { type Answer, jsonAnswer, valueAt } from './vendor-rules.js';

export const TOKEN_PATH = '/v3/oauth/token/generate';

export interface TokenOptions {
  readonly key: string;
  readonly secret: string;
  /** How long a token lives. Default 3600; it is set per client, 60 minutes at most (C-REF oauth). */
  readonly ttlSeconds?: number;
}

const asksRightly = schemaCheck({
  type: 'object',
  additionalProperties: false,
  required: ['key', 'secret'],
  properties: { key: { type: 'string', minLength: 1 }, secret: { type: 'string', minLength: 1 } },
});

export interface Tokens {
  /** `{key, secret}` in, a token out (C-REF oauth). How a refusal looks is UNKNOWN. */
  answer(json: unknown, at: number): Answer;
  isValid(token: string | undefined, at: number): boolean;
  /** Ends every token before its time, as when a client is changed. */
  forget(): void;
}

export function createTokens({ key, secret, ttlSeconds = 3_600 }: TokenOptions): Tokens {
  const endOf = new Map<string, number>();
  return {
    answer(json, at) {
      const problem = asksRightly(json);
      if (problem) return refusal(400, problem.message);
      if (valueAt(json, 'key') !== key || valueAt(json, 'secret') !== secret) return refusal(401, 'unknown client');
      const accessToken = `eyJ.${randomUUID()}`;
      endOf.set(accessToken, at + ttlSeconds * 1_000);
      return jsonAnswer(200, { data: { accessToken, ttlSeconds }, errors: null });
    },
    isValid: (token, at) => at < (endOf.get(token ?? '') ?? 0),
    forget: () => endOf.clear(),
  };
}

const refusal = (status: number, message: string): Answer =>
  jsonAnswer(status, { data: null, errors: [{ code: status, message }] });

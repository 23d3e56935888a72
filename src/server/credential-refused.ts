import { judgeStatus } from '../adapters/judge-status.js';
import type { HttpResponse } from '../transport/http.js';

/**
 * A credential was refused where it should be exchanged for a token: `deliver()` pauses. For any other error it waits, as
 * the token may be had later. For your own `fetchToken()` and `accessToken()` too.
 */
export class CredentialRefused extends Error {
  override readonly name = 'CredentialRefused';
}

/** The error for an answer without a token in it, or what caused it: of a refusal, or of a server that is unwell. */
export const noToken = (vendor: string, whose: string, response: HttpResponse): Error => {
  // The body is kept out of the message, for a server that echoes what it was sent.
  const message = `${vendor} gave no token for ${whose} (status ${response.status})`;
  const { kind } = judgeStatus(response);
  return kind === 'pause' || kind === 'split' ? new CredentialRefused(message) : new Error(message);
};

/** Is it, or was it caused by, a refusal? */
export function isRefusal(error: unknown): boolean {
  return error instanceof CredentialRefused || (error instanceof Error && isRefusal(error.cause));
}

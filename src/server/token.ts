/** A short-lived credential. */
export interface Token {
  readonly value: string;
  /** Epoch milliseconds after which the vendor refuses it. */
  readonly expiresAt: number;
}

/** A token is renewed this long before its end, in ms: a request on its way must still find it valid. */
const EARLY_MS = 60_000;

/**
 * Returns a function that resolves to a token that can be used now, fetched when first needed and again before it ends:
 * a minute before, or at half its life if that is later. Callers at the same time share one `fetchToken()`. While the
 * old token still holds, a renewal that fails goes unnoticed and is tried again with the next call.
 *
 * @throws (rejects) Error with `fetchToken()`'s own as its cause, when no valid token can be had; the next call tries again.
 */
export function createToken(fetchToken: () => Promise<Token>, now: () => number = Date.now): () => Promise<string> {
  let token: Token | undefined;
  let renewAt = 0;
  let renewing: Promise<string> | undefined;

  const renew = async (): Promise<string> => {
    try {
      const fetched = await fetchToken();
      const lifeMs = fetched.expiresAt - now();
      if (!fetched.value || !(lifeMs > 0))
        throw new TypeError('it must resolve to { value, expiresAt }, not yet ended');
      token = fetched;
      renewAt = fetched.expiresAt - Math.min(EARLY_MS, lifeMs / 2);
      return fetched.value;
    } catch (error) {
      if (token && now() < token.expiresAt) return token.value;
      throw new Error(`tracklet: fetchToken() failed: ${error instanceof Error ? error.message : error}`, {
        cause: error,
      });
    } finally {
      renewing = undefined;
    }
  };

  return async () => {
    if (token && now() < renewAt) return token.value;
    renewing ??= renew();
    return renewing;
  };
}

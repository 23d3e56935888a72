import type { HttpRequest, HttpResponse } from '../transport/http.js';

/** Servers also ask what is there. */
type ServerRequest = HttpRequest | (Pick<HttpRequest, 'url' | 'headers'> & { readonly method: 'GET' });

/** Why there is no answer. The vendor may have the request all the same. */
export interface NoAnswer {
  readonly failure: string;
}

/**
 * One request in, one plain result out; never rejects. A redirect is an answer and not followed: it would carry the
 * secret to an address that nobody configured.
 */
export async function request(
  { url, ...rest }: ServerRequest,
  timeoutMs: number,
  fetchWith: typeof fetch,
): Promise<HttpResponse | NoAnswer> {
  try {
    const signal = AbortSignal.timeout(timeoutMs);
    const response = await fetchWith(url, { ...rest, redirect: 'manual', signal });
    const body = await response.text();
    return { status: response.status, header: (name) => response.headers.get(name), body };
  } catch (error) {
    const { name = '', message = error, cause } = (error ?? {}) as { name?: string; message?: string; cause?: unknown };
    if (name === 'TimeoutError') return { failure: `no answer in ${timeoutMs} ms` };
    // Node says only "fetch failed"; its cause knows the socket.
    return { failure: cause instanceof Error ? `${message}: ${cause.message}` : String(message) };
  }
}

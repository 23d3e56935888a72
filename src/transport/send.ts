import type { HttpRequest, HttpResponse } from './http.js';

/** Why there is no answer. Nobody can tell whether the server has the request. */
export interface NoAnswer {
  readonly failure: 'network' | 'timeout';
}

/** One request in, one plain result out; with `keepalive` it finishes after the page is gone. Never rejects. */
export async function send(
  { url, ...request }: HttpRequest,
  keepalive: boolean,
  timeoutMs: number,
): Promise<HttpResponse | NoAnswer> {
  const controller = new AbortController();
  let late = false;
  const timer = setTimeout(() => {
    late = true;
    controller.abort();
  }, timeoutMs);
  try {
    const response = await fetch(url, { ...request, keepalive, signal: controller.signal });
    // The keepalive pool is given back only when the body has ended, so it is always read.
    const text = await response.text();
    return { status: response.status, header: (name) => response.headers.get(name), body: text };
  } catch {
    return { failure: late ? 'timeout' : 'network' };
  } finally {
    clearTimeout(timer);
  }
}

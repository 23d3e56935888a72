import type { HttpRequest, HttpResponse } from './http.js';

/** Why there is no answer. Nobody can tell whether the server has the request. */
export interface NoAnswer {
  readonly failure: 'network' | 'timeout';
}

export interface SendOptions {
  /** Let the request finish after the page is gone. */
  readonly keepalive: boolean;
  readonly timeoutMs: number;
}

/** One request in, one plain result out. Never throws, never rejects. */
export async function send(request: HttpRequest, { keepalive, timeoutMs }: SendOptions): Promise<HttpResponse | NoAnswer> {
  const controller = new AbortController();
  let late = false;
  const timer = setTimeout(() => {
    late = true;
    controller.abort();
  }, timeoutMs);
  try {
    const { url, method, headers, body } = request;
    const response = await fetch(url, { method, headers, body, keepalive, signal: controller.signal });
    // The keepalive pool is given back only when the body has ended, so it is always read.
    const text = await response.text();
    return { status: response.status, header: (name) => response.headers.get(name), body: text };
  } catch {
    return { failure: late ? 'timeout' : 'network' };
  } finally {
    clearTimeout(timer);
  }
}

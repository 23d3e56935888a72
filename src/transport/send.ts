import type { HttpRequest, HttpResponse } from './http.js';

/** Why there is no answer. Nobody can tell whether the server has the request. */
export interface NoAnswer {
  readonly failure: 'network' | 'timeout';
}

/**
 * A window that its own script closes hears its requests fail while it ends, with no `pagehide`, though those with
 * keepalive go on: seen in Chromium, where it was hidden 10 ms later and lived on for more than 100. So a page believes in
 * a failure of the network only if it outlives it, by ms; a hidden one has the time to be sure.
 */
const BELIEVED_AFTER_MS = 100;
const BELIEVED_IF_HIDDEN_MS = 1_000;

/** One request in, one plain result out; with `keepalive` it finishes after the page is gone. Never rejects. */
export async function send(
  { url, ...request }: HttpRequest,
  keepalive: boolean,
  timeoutMs: number,
): Promise<HttpResponse | NoAnswer> {
  const controller = new AbortController();
  const { signal } = controller;
  let timer: ReturnType<typeof setTimeout> | undefined;
  const late = new Promise<NoAnswer>((resolve) => {
    timer = setTimeout(() => {
      resolve({ failure: 'timeout' });
      controller.abort();
    }, timeoutMs);
  });
  const ask = async (): Promise<HttpResponse | NoAnswer> => {
    try {
      const response = await fetch(url, { ...request, keepalive, signal });
      // The keepalive pool is given back only when the body has ended, so it is always read.
      const text = await response.text();
      return { status: response.status, header: (name) => response.headers.get(name), body: text };
    } catch {
      clearTimeout(timer);
      await pause(BELIEVED_AFTER_MS);
      if (globalThis.document?.hidden) await pause(BELIEVED_IF_HIDDEN_MS);
      return { failure: 'network' };
    }
  };
  try {
    // Not left to the abort: WebKit's restored pages were seen to wait for requests that should have ended long before.
    return await Promise.race([ask(), late]);
  } finally {
    clearTimeout(timer);
  }
}

const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

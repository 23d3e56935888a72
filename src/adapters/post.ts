import type { HttpRequest } from '../transport/http.js';

/**
 * A request with a JSON body. JSON leaves out what is undefined, so adapters may name places for what is not there.
 * `replacer` is that of `JSON.stringify`.
 */
export const post = (
  url: string,
  body: unknown,
  headers?: Readonly<Record<string, string>> | '',
  replacer?: (key: string, value: unknown) => unknown,
): HttpRequest => ({
  url,
  method: 'POST',
  headers: { 'Content-Type': 'application/json', ...headers },
  body: JSON.stringify(body, replacer),
});

import type { HttpRequest } from '../transport/http.js';

/** A request with a JSON body. JSON leaves out what is undefined, so adapters may name places for what is not there. */
export const post = (url: string, body: unknown, headers?: Readonly<Record<string, string>> | ''): HttpRequest => ({
  url,
  method: 'POST',
  headers: { 'Content-Type': 'application/json', ...headers },
  body: JSON.stringify(body),
});

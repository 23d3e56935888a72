import type { Adapter, RequestContext } from '../adapters/adapter.js';
import { byteLength } from '../lib/byte-length.js';
import type { HttpRequest } from '../transport/http.js';
import { KEEPALIVE_BYTES } from '../transport/keepalive-budget.js';
import type { Candidate } from './select.js';

export type Batch = readonly Candidate[];

/** A batch as it travels. */
export interface Parcel {
  readonly batch: Batch;
  readonly context: RequestContext;
  readonly request: HttpRequest;
  /** Of the request's body. */
  readonly bytes: number;
}

export const idsOf = (batch: Batch): string[] => batch.map(({ record }) => record.event.id);

/** As many of the batch, from its start, as fit into one request; at least one. Throws what the adapter throws. */
export function pack(
  adapter: Adapter,
  batch: Batch,
  context: RequestContext,
  headers: HttpRequest['headers'] | undefined,
): Parcel {
  const events = batch.map(({ event }) => event);
  const request = adapter.toRequest(events, context);
  const bytes = byteLength(request.body);
  if (bytes > Math.min(adapter.maxBytes, KEEPALIVE_BYTES) && batch.length > 1) {
    return pack(adapter, batch.slice(0, Math.ceil(batch.length / 2)), context, headers);
  }
  return { batch, context, bytes, request: { ...request, headers: { ...request.headers, ...headers } } };
}

/** A mark of host, query and headers, where credentials are. The path may differ between two calls to one vendor. */
export const credentialsOf = ({ url, headers }: HttpRequest): string =>
  fingerprint(url.replace(/^(\w+:\/\/[^/]+)?[^?]*/, '$1') + JSON.stringify(headers));

/** Short, one-way mark of a text: enough to see that credentials changed, without storing them. FNV-1a. */
export function fingerprint(text: string): string {
  let hash = 0x811c9dc5;
  for (const character of text) hash = Math.imul(hash ^ character.charCodeAt(0), 0x01000193);
  return String(hash);
}

import type { Headers, ServerDestination } from '../adapters/adapter.js';
import { type EmbeddablesFields, type EmbeddablesSettings, embeddables } from '../adapters/embeddables.js';
import { checkAddress, checkSecret } from './check-server-option.js';
import { createServerDestination, type ServerOptions } from './server-destination.js';

export interface EmbeddablesServerOptions<Mapped extends EmbeddablesFields = EmbeddablesFields>
  extends EmbeddablesSettings<Mapped>,
    ServerOptions {
  /** A restricted key, `rk_…`, which Embeddables issues for a project. */
  readonly apiKey: string;
  /** Default `https://api.embeddables.com`. */
  readonly endpoint?: string;
  /** Extra request headers, fixed or from a function. */
  readonly headers?: Headers;
}

/**
 * `embeddables()` for servers, straight to Embeddables.
 * @throws TypeError when an option is wrong.
 */
export function embeddablesServer<Mapped extends EmbeddablesFields>(
  options: EmbeddablesServerOptions<Mapped>,
): ServerDestination {
  const { apiKey, name, rename, eventNames, headers = {}, ...rest } = options;
  const { endpoint = 'https://api.embeddables.com', ...settings } = rest;
  checkAddress('embeddablesServer({ endpoint })', endpoint);
  checkSecret('embeddablesServer({ apiKey })', apiKey);
  return createServerDestination(
    embeddables({ ...settings, endpoint }).adapter,
    async () => ({ ...(typeof headers === 'function' ? await headers() : headers), 'X-Api-Key': apiKey }),
    { name, rename, eventNames },
  );
}

import type { Headers, ServerDestination } from '../adapters/adapter.js';
import { type GainsightFields, type GainsightSettings, gainsight } from '../adapters/gainsight.js';
import { addressIn, checkAddress, checkSecret } from './check-server-option.js';
import { createServerDestination, type ServerOptions } from './server-destination.js';

export interface GainsightServerOptions<Mapped extends GainsightFields = GainsightFields>
  extends GainsightSettings<Mapped>,
    ServerOptions {
  /** The key of Administration > REST API, with write permission; not the property key. */
  readonly apiKey: string;
  /** Where the subscription lives (G-OA). Default `us`. */
  readonly region?: 'us' | 'eu' | 'us2';
  /** Instead of the region's own, such as `https://api.aptrinsic.com`. */
  readonly endpoint?: string;
  /** Extra request headers, fixed or from a function. */
  readonly headers?: Headers;
}

const BASES = {
  us: 'https://api.aptrinsic.com',
  eu: 'https://api-eu.aptrinsic.com',
  us2: 'https://api-us2.aptrinsic.com',
};

/**
 * `gainsight()` for servers, straight to Gainsight PX.
 * @throws TypeError when an option is wrong.
 */
export function gainsightServer<Mapped extends GainsightFields>(
  options: GainsightServerOptions<Mapped>,
): ServerDestination {
  const { apiKey, name, rename, eventNames, region = 'us', headers = {}, ...settings } = options;
  const endpoint = settings.endpoint ?? addressIn('gainsightServer({ region })', region, BASES);
  checkAddress('gainsightServer({ endpoint })', endpoint);
  checkSecret('gainsightServer({ apiKey })', apiKey);
  return createServerDestination(
    gainsight({ ...settings, endpoint }).adapter,
    async () => ({ ...(typeof headers === 'function' ? await headers() : headers), 'X-APTRINSIC-API-KEY': apiKey }),
    { name, rename, eventNames },
  );
}

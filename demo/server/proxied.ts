import type { VendorName } from '../shared/vendor-names.js';
import { demoCredentials } from '../vendors/demo-credentials.js';
import type { StandIn } from '../vendors/stand-in.js';

export interface Proxied {
  readonly vendor: VendorName;
  readonly target: string;
  readonly secretHeaders: Readonly<Record<string, string>>;
}

const secrets: Partial<Record<VendorName, Readonly<Record<string, string>>>> = {
  airship: { authorization: `Bearer ${demoCredentials.airship.token}` },
  gainsight: { 'x-aptrinsic-api-key': demoCredentials.gainsight.apiKey },
  embeddables: { 'x-api-key': demoCredentials.embeddables.apiKey },
  capillary: { 'x-cap-api-oauth-token': demoCredentials.capillary.token },
};

/** Where a request to the shop's own proxy goes on to, and with which secret; undefined for all other paths. */
export function proxied(path: string, vendors: Record<VendorName, StandIn>): Proxied | undefined {
  if (path === '/collect') {
    return { vendor: 'collector', target: vendors.collector.url + demoCredentials.collector.path, secretHeaders: {} };
  }
  const [, name = '', rest = ''] = /^\/proxy\/(\w+)(\/.*)?$/.exec(path) ?? [];
  const vendor = name as VendorName;
  // Capillary's address is a secret too: the browser knows only the proxy's.
  const vendorPath = name === 'capillary' ? demoCredentials.capillary.webhookPath : rest;
  const secretHeaders = secrets[vendor];
  return secretHeaders && { vendor, target: vendors[vendor].url + vendorPath, secretHeaders };
}

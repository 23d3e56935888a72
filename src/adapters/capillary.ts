import type { Destination, DestinationOptions } from './adapter.js';
import { type CapillarySettings, capillaryAdapter } from './capillary-adapter.js';
import { check } from './check.js';
import { createDestination } from './destination.js';

export type { CapillaryAttribute, CapillaryCustomer, CapillarySettings, CapillarySource } from './capillary-adapter.js';

export interface CapillaryOptions extends CapillarySettings, DestinationOptions {
  /** The whole address: that of the site's own proxy, or of the relay behind it. The webhook's own is a secret. */
  endpoint: string;
}

/**
 * Capillary's behavioural events, posted to a webhook. Nothing is fixed there but `event_name` and `eventDateTime`,
 * which win over attributes: each of these has to be defined at Capillary (`npx tracklet capillary define`), published, and
 * listed here. Facts: docs.capillarytech.com, reference (C-REF) and set-up (C-SET).
 * @throws TypeError when an option is wrong.
 */
export function capillary(options: CapillaryOptions = {} as CapillaryOptions): Destination {
  const { endpoint } = options;
  // The webhook's address alone lets anybody post to it.
  const isPublic = endpoint && !/:.*\/webhooks\//.test(endpoint);
  check('capillary({ endpoint })', isPublic, 'your proxy, or use relay()');
  return createDestination(capillaryAdapter(options, endpoint), options);
}

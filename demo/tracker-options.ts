import type { AirshipOptions } from '../src/adapters/airship.js';
import type { CapillaryOptions } from '../src/adapters/capillary.js';
import type { EmbeddablesOptions } from '../src/adapters/embeddables.js';
import type { GainsightOptions } from '../src/adapters/gainsight.js';
import type { KlaviyoOptions } from '../src/adapters/klaviyo.js';
import type { RelayOptions } from '../src/adapters/relay.js';
import { demoCapillaryEvents, demoCredentials } from './vendors/demo-credentials.js';

/** Plain data, so that one object serves the script tag, which gets it as JSON, and the module section. */
export interface DestinationOptions {
  readonly klaviyo: KlaviyoOptions;
  readonly airship: AirshipOptions;
  readonly gainsight: GainsightOptions;
  readonly embeddables: EmbeddablesOptions;
  readonly capillary: CapillaryOptions;
  readonly relay: RelayOptions;
}

/**
 * Where the demo's events go. Klaviyo is called directly, across origins, as its key is public. The other four want a
 * secret, which the shop's own proxy adds (server/routes.ts). The collector, reached through `relay`, is named as such in
 * the live view.
 */
export function destinationOptions(klaviyoUrl: string): DestinationOptions {
  const { klaviyo, airship, gainsight, embeddables } = demoCredentials;
  return {
    klaviyo: { companyId: klaviyo.companyId, endpoint: klaviyoUrl },
    airship: { appKey: airship.appKey, endpoint: '/proxy/airship' },
    gainsight: { propertyKey: gainsight.propertyKey, endpoint: '/proxy/gainsight' },
    embeddables: {
      projectId: embeddables.projectId,
      embeddableId: embeddables.embeddableId,
      endpoint: '/proxy/embeddables',
      identify: [
        { key: 'email', from: 'email' },
        { key: 'anonymous_id', from: 'anonymousId' },
      ],
    },
    capillary: {
      endpoint: '/proxy/capillary',
      events: Object.fromEntries(
        Object.entries(demoCapillaryEvents).map(([name, attributes]) => [name, Object.keys(attributes)]),
      ),
      uniqueAttribute: 'event_id',
      attributes: { amount: 'value', currency: 'currency', page_url: 'page.url', session_id: 'session.id' },
    },
    relay: { name: 'collector', endpoint: '/collect' },
  };
}

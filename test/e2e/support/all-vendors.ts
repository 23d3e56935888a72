import { demoCapillaryEvents, demoCredentials } from '../../../demo/vendors/demo-credentials.js';
import type { ScriptOptions } from '../../../src/script.js';
import type { Vendors } from './test.js';

/** All five vendors and the collector. Only Klaviyo is called across origins; the others get their secret on the way. */
export function allVendors({ klaviyo }: Vendors): ScriptOptions['destinations'] {
  const { projectId, embeddableId } = demoCredentials.embeddables;
  return {
    klaviyo: { companyId: demoCredentials.klaviyo.companyId, endpoint: klaviyo.url },
    airship: { appKey: demoCredentials.airship.appKey, endpoint: '/proxy/airship' },
    gainsight: { propertyKey: demoCredentials.gainsight.propertyKey, endpoint: '/proxy/gainsight' },
    embeddables: { projectId, embeddableId, endpoint: '/proxy/embeddables' },
    capillary: {
      endpoint: '/proxy/capillary',
      events: Object.fromEntries(Object.entries(demoCapillaryEvents).map(([name, its]) => [name, Object.keys(its)])),
      uniqueAttribute: 'event_id',
    },
    relay: { name: 'collector', endpoint: '/collect' },
  };
}

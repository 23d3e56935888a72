import { type AirshipOptions, startAirship } from './airship.js';
import { type CapillaryOptions, startCapillary } from './capillary.js';
import { type CollectorOptions, startCollector } from './collector.js';
import { type EmbeddablesOptions, startEmbeddables } from './embeddables.js';
import { type GainsightOptions, startGainsight } from './gainsight.js';
import { type KlaviyoOptions, startKlaviyo } from './klaviyo.js';
import type { StandIn } from './stand-in.js';

export interface VendorOptions {
  readonly klaviyo?: KlaviyoOptions;
  readonly airship?: AirshipOptions;
  readonly gainsight?: GainsightOptions;
  readonly embeddables?: EmbeddablesOptions;
  readonly capillary?: CapillaryOptions;
  readonly collector?: CollectorOptions;
}

/** Starts all six, each on its own port. Default: the demo's credentials, on free ports. */
export async function startVendors(options: VendorOptions = {}): Promise<Record<StandIn['name'], StandIn>> {
  const starts = [
    startKlaviyo(options.klaviyo),
    startAirship(options.airship),
    startGainsight(options.gainsight),
    startEmbeddables(options.embeddables),
    startCapillary(options.capillary),
    startCollector(options.collector),
  ] as const;
  try {
    const [klaviyo, airship, gainsight, embeddables, capillary, collector] = await Promise.all(starts);
    return { klaviyo, airship, gainsight, embeddables, capillary, collector };
  } catch (error) {
    // One port taken must not leave the other five running.
    for (const start of await Promise.allSettled(starts)) {
      if (start.status === 'fulfilled') await start.value.close();
    }
    throw error;
  }
}

import { createTracker } from 'tracklet';
import { airship } from 'tracklet/adapters/airship';
import { capillary } from 'tracklet/adapters/capillary';
import { embeddables } from 'tracklet/adapters/embeddables';
import { gainsight } from 'tracklet/adapters/gainsight';
import { klaviyo } from 'tracklet/adapters/klaviyo';
import { relay } from 'tracklet/adapters/relay';
import { announce } from '../shared/announce.js';
import type { DestinationOptions } from '../tracker-options.js';

/** The studio's own events: a wrong name or property does not compile. */
interface StudioEvents {
  [name: string]: object;
  'Plan Chosen': { plan: string; rhythm: string; extra: string };
}

const options = JSON.parse(document.getElementById('destinations')?.textContent ?? '{}') as DestinationOptions;

/** The same tracker as on the shop's pages, this time as a module: same queue, same visitor, same session. */
export const tracker = createTracker<StudioEvents>({
  destinations: [
    klaviyo(options.klaviyo),
    airship(options.airship),
    gainsight(options.gainsight),
    embeddables(options.embeddables),
    capillary(options.capillary),
    relay(options.relay),
  ],
  debug: true,
});

announce({
  on: (name, listener) => tracker.on(name, listener),
  stats: () => tracker.stats(),
  close: () => tracker.close(),
});

import { airship } from './adapters/airship.js';
import { capillary } from './adapters/capillary.js';
import { embeddables } from './adapters/embeddables.js';
import { gainsight } from './adapters/gainsight.js';
import { klaviyo } from './adapters/klaviyo.js';
import { relay } from './adapters/relay.js';
import type { Tracker, TrackerOptions } from './api.js';
import { startScript } from './script-api.js';
import { buildTracker } from './tracker.js';

const adapters = { klaviyo, airship, gainsight, embeddables, capillary, relay };

/** `tracklet('init', …)`: as for `createTracker()`, but destinations by the name of their adapter. */
export interface ScriptOptions extends Omit<TrackerOptions, 'destinations'> {
  destinations: { [Name in keyof typeof adapters]?: Parameters<(typeof adapters)[Name]>[0] };
}

startScript(
  adapters,
  (options: TrackerOptions, now: () => number): Tracker => buildTracker(options, { now, random: Math.random }),
);

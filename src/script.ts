import { airship } from './adapters/airship.js';
import { capillary } from './adapters/capillary.js';
import { embeddables } from './adapters/embeddables.js';
import { gainsight } from './adapters/gainsight.js';
import { klaviyo } from './adapters/klaviyo.js';
import { relay } from './adapters/relay.js';
import { consent } from './consent/index.js';
import { type RedactionOptions, redaction } from './event/redaction-rules.js';
import type { SafeStorage } from './lib/safe-storage.js';
import { type BuildOptions, startScript } from './script-api.js';
import { buildTracker } from './tracker.js';
import { cookieStorage } from './visitor/cookie-storage.js';
import { memoryStorage } from './visitor/memory-storage.js';

const adapters = { klaviyo, airship, gainsight, embeddables, capillary, relay };

/** The same with rules of redaction as lists, each destination's too. */
type Listed<Options> = Omit<Options, 'redaction'> & { redaction?: RedactionOptions };

/** `tracklet('init', …)`: as for `createTracker()`, but destinations by the name of their adapter. */
export interface ScriptOptions extends Omit<BuildOptions, 'destinations'> {
  destinations: { [Name in keyof typeof adapters]?: Listed<NonNullable<Parameters<(typeof adapters)[Name]>[0]>> };
}

function storageOf(chosen: NonNullable<BuildOptions['storage']>): SafeStorage {
  if (chosen === 'memory') return memoryStorage();
  if (typeof chosen === 'object') return cookieStorage(chosen);
  throw new TypeError("tracklet: storage must be 'memory', or an object for cookies, like { domain: 'example.org' }");
}

startScript(adapters, ({ consent: first = 'granted', consentOptions, redaction: rules, storage, ...options }, now) =>
  buildTracker(
    {
      ...options,
      consent: consent(first, consentOptions),
      redaction: redaction(rules),
      ...(storage && { storage: storageOf(storage) }),
    },
    { now, random: Math.random },
  ),
);

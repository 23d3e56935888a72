import type { Destination } from './adapters/adapter.js';
import type { TrackerOptions } from './api.js';
import type { Limits } from './delivery/lane-context.js';

/** The options with every default filled in; the only place that knows them. */
export type ResolvedOptions = Required<Omit<TrackerOptions, 'limits'>> & { readonly limits: Limits };

const DEFAULT_LIMITS: Limits = {
  maxEvents: 10_000,
  maxBytes: 5_000_000,
  maxAgeMs: 604_800_000,
  maxHeld: 1_000,
  maxEventBytes: 32_768,
};

const DEFAULTS = {
  name: 'tracklet',
  pageViews: 'auto',
  sessionTimeoutMs: 1_800_000,
  flushAt: 20,
  flushAfterMs: 2_000,
  timeoutMs: 15_000,
  debug: false,
} as const;

/** Checks what the site's developer wrote. Throws a `TypeError` that names the option, the rule and the fix. */
export function resolveOptions(options: TrackerOptions): ResolvedOptions {
  if (typeof options !== 'object' || options === null) fail('options', 'must be an object', '{ destinations: [ … ] }');
  const resolved = {
    ...DEFAULTS,
    ...defined(options),
    limits: { ...DEFAULT_LIMITS, ...defined(options.limits ?? {}) },
  };
  for (const key of Object.keys(resolved)) {
    if (key !== 'destinations' && key !== 'limits' && !(key in DEFAULTS)) {
      fail(key, 'is not an option', `one of ${['destinations', 'limits', ...Object.keys(DEFAULTS)].join(', ')}`);
    }
  }
  checkDestinations(resolved.destinations);
  if (typeof resolved.name !== 'string' || !/^[\w-]{1,64}$/.test(resolved.name)) {
    fail('name', 'must be 1 to 64 letters, digits, _ or -', "'shop'");
  }
  if (!['auto', 'hash', 'off'].includes(resolved.pageViews)) {
    fail('pageViews', "must be 'auto', 'hash' or 'off'", "'auto'");
  }
  if (typeof resolved.debug !== 'boolean') fail('debug', 'must be true or false', 'true');
  for (const key of ['sessionTimeoutMs', 'flushAt', 'flushAfterMs', 'timeoutMs'] as const) {
    checkPositive(key, resolved[key], DEFAULTS[key]);
  }
  if (typeof (options.limits ?? {}) !== 'object') fail('limits', 'must be an object', '{ maxEvents: 10000 }');
  for (const [key, value] of Object.entries(resolved.limits)) {
    if (!(key in DEFAULT_LIMITS))
      fail(`limits.${key}`, 'is not a limit', `one of ${Object.keys(DEFAULT_LIMITS).join(', ')}`);
    checkPositive(`limits.${key}`, value, DEFAULT_LIMITS[key as keyof Limits]);
  }
  return resolved;
}

function checkDestinations(destinations: unknown): asserts destinations is readonly Destination[] {
  if (!Array.isArray(destinations) || destinations.length === 0) {
    fail('destinations', 'must be a list with at least one destination', "[klaviyo({ companyId: 'ABC123' })]");
  }
  const names = new Set<string>();
  for (const [index, destination] of (destinations as readonly Partial<Destination>[]).entries()) {
    const option = `destinations[${index}]`;
    if (typeof destination?.adapter?.toRequest !== 'function' || typeof destination.name !== 'string') {
      fail(option, 'must be made by an adapter', "klaviyo({ companyId: 'ABC123' })");
    }
    const { name, secrets = [] } = destination as Destination;
    if (names.has(name)) fail(option, `has the same name as another destination, "${name}"`, "{ name: 'another' }");
    names.add(name);
    if (secrets.length > 0) {
      throw new TypeError(
        `tracklet: ${option} (${name}): ${secrets.join(', ')} is a secret, and every visitor could read it. ` +
          'Leave it out, and either set endpoint to a proxy on your own site that adds it, ' +
          "or send to your own relay: relay({ endpoint: '/t' }).",
      );
    }
  }
}

function checkPositive(option: string, value: unknown, example: number): void {
  if (typeof value !== 'number' || !Number.isFinite(value) || value <= 0) {
    fail(option, 'must be a positive number', String(example));
  }
}

function fail(option: string, rule: string, fix: string): never {
  throw new TypeError(`tracklet: ${option} ${rule}. For example: ${fix}`);
}

/** Without the keys whose value is undefined, so that passing one on means the default. */
const defined = <T extends object>(given: T): T =>
  Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined)) as T;

import type { Destination } from './adapters/adapter.js';
import type { TrackerOptions } from './api.js';
import type { Limits } from './delivery/lane-context.js';

/** The options with every default filled in. */
export type ResolvedOptions = Required<Omit<TrackerOptions, 'limits'>> & { readonly limits: Limits };

/** What an option must be, in code and in words, and what it is by default. */
type Rule = readonly [isGood: (value: unknown) => boolean, words: string, fallback: unknown];
type Rules = { readonly [option: string]: Rule };

const isObject = (value: unknown) => typeof value === 'object' && value !== null;
const isFunction = (value: unknown) => typeof value === 'function';
const matches = (pattern: RegExp) => (value: unknown) => typeof value === 'string' && pattern.test(value);
const positive = (fallback: number): Rule => [
  (value) => typeof value === 'number' && value > 0 && value < Infinity,
  'a positive number',
  fallback,
];

const NAME: Rule = [matches(/^[\w-]{1,64}$/), '1 to 64 letters, digits, _ or -', 'tracklet'];

const OPTIONS: Rules = {
  destinations: [
    (value) => Array.isArray(value) && value.length > 0,
    "a list with at least one destination, like [klaviyo({ companyId: 'ABC123' })]",
    undefined,
  ],
  name: NAME,
  pageViews: [matches(/^(auto|hash|off)$/), "'auto', 'hash' or 'off'", 'auto'],
  sessionTimeoutMs: positive(1_800_000),
  flushAt: positive(20),
  flushAfterMs: positive(2_000),
  timeoutMs: positive(15_000),
  limits: [isObject, 'an object, like { maxEvents: 10000 }', {}],
  debug: [(value) => typeof value === 'boolean', 'true or false', false],
};

const LIMITS: Rules = {
  maxEvents: positive(10_000),
  maxBytes: positive(5_000_000),
  maxAgeMs: positive(604_800_000),
  maxHeld: positive(1_000),
  maxEventBytes: positive(32_768),
};

const DESTINATION: Rules = {
  adapter: [isObject, "made by an adapter, like klaviyo({ companyId: 'ABC123' })", undefined],
  name: NAME,
  headers: [(value) => isObject(value) || isFunction(value), 'an object of header values, or a function', {}],
  filter: [isFunction, 'a function of the event that returns true or false', () => true],
  endpoint: [matches(/[^/]$/), "an address that does not end in '/', like '/proxy'", '/proxy'],
  rename: [(value) => isObject(value) || isFunction(value), 'a table of names or a function', {}],
};

/** Headers that carry a credential. Fixed, they are the same secret for every visitor; a function can fetch another. */
const CREDENTIAL = /^(authorization|cookie|x-api-key|x-aptrinsic-api-key|x-cap-api-oauth-token)$/i;

/** Checks what the site's developer wrote. Throws a `TypeError` that names the option, the rule and the fix. */
export function resolveOptions(options: TrackerOptions): ResolvedOptions {
  const resolved = resolve('', options, OPTIONS) as unknown as ResolvedOptions;
  const names = new Set<string>();
  resolved.destinations.forEach((destination, index) => {
    const path = `destinations[${index}].`;
    const { name, headers } = resolve(path, destination, DESTINATION, true) as unknown as Destination;
    if (names.has(name)) fail(`${path}name`, `unlike that of any other destination, not '${name}' again`);
    names.add(name);
    const fixed = Object.keys(headers ?? {})
      .filter((header) => CREDENTIAL.test(header))
      .map((header) => `headers.${header}`);
    for (const secret of [...(destination.secrets ?? []), ...fixed]) {
      fail(
        `${path}${secret}`,
        "absent: it is a secret, and visitors could read it. Set endpoint to your site's proxy, which adds it, " +
          "or use relay({ endpoint: '/t' })",
      );
    }
  });
  return { ...resolved, limits: resolve('limits.', resolved.limits, LIMITS) as unknown as Limits };
}

function resolve(path: string, given: object, rules: Rules, isOpen = false): { [option: string]: unknown } {
  if (!isObject(given)) fail(path || 'options', 'an object');
  const values = given as { [option: string]: unknown };
  for (const key in values) {
    if (!(key in rules || isOpen)) fail(path + key, `absent: the options are ${Object.keys(rules).join(', ')}`);
  }
  return Object.fromEntries(
    Object.entries(rules).map(([key, [isGood, words, fallback]]) => {
      const value = values[key] ?? fallback;
      if (!isGood(value)) fail(path + key, words);
      return [key, value];
    }),
  );
}

function fail(option: string, words: string): never {
  throw new TypeError(`tracklet: ${option} must be ${words}`);
}

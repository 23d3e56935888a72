import type { Adapter, Destination } from './adapters/adapter.js';
import type { TrackerOptions } from './api.js';
import { openGate } from './consent/gate.js';
import type { Limits } from './delivery/lane-context.js';
import { renamedTo } from './delivery/select.js';
import { redactByDefault } from './event/redaction.js';
import type { SafeStorage } from './lib/safe-storage.js';

/** The options with every default filled in. */
export type ResolvedOptions = Required<Omit<TrackerOptions, 'limits' | 'storage'>> &
  Pick<TrackerOptions, 'storage'> & { readonly limits: Limits };

/** What an option must be, in code and in words, and what it is by default. */
type Rule = readonly [isGood: (value: unknown) => boolean, words: string, fallback: unknown];
type Rules = { readonly [option: string]: Rule };

const isObject = (value: unknown) => typeof value === 'object' && value !== null;
const isFunction = (value: unknown) => typeof value === 'function';
const isText = (value: unknown) => typeof value === 'string';
const matches = (pattern: RegExp) => (value: unknown) => isText(value) && pattern.test(value as string);
const positive = (fallback: number, most = Number.MAX_VALUE): Rule => [
  (value) => typeof value === 'number' && value > 0 && value <= most,
  most < Number.MAX_VALUE ? `a positive number up to ${most}` : 'a positive number',
  fallback,
];

/** The first is the default. */
/* @__NO_SIDE_EFFECTS__ */
const oneOf = (...words: readonly string[]): Rule => [
  (value) => words.includes(value as string),
  `one of ${words.map((word) => `'${word}'`).join(', ')}`,
  words[0],
];

const NAME: Rule = [matches(/^[\w-]{1,64}$/), '1 to 64 letters, digits, _ or -', 'tracklet'];

const YES_OR_NO: Rule = [(value) => typeof value === 'boolean', 'true or false', false];
const redactionRule = (fallback: unknown): Rule => [isFunction, 'made by redaction() of tracklet/redaction', fallback];

const OPTIONS: Rules = {
  destinations: [
    (value) => Array.isArray(value) && value.length > 0,
    "a list with at least one destination, like [klaviyo({ companyId: 'ABC123' })]",
    undefined,
  ],
  name: NAME,
  pageViews: oneOf('auto', 'path', 'hash', 'off'),
  firstView: oneOf('loaded', 'shown'),
  sessionTimeoutMs: positive(1_800_000),
  sessionMaxMs: [(value) => Number(value) > 0, 'a positive number', Infinity],
  sessionPerCampaign: YES_OR_NO,
  storage: [
    (value) => value === undefined || isFunction((value as SafeStorage).keys),
    'made by cookieStorage() or memoryStorage()',
    undefined,
  ],
  shareVisitorWith: [matches(/^[\w-]{0,64}$/), 'the name of another tracker', ''],
  flushAt: positive(20),
  flushAfterMs: positive(2_000),
  timeoutMs: positive(15_000, 600_000),
  limits: [isObject, 'an object, like { maxEvents: 10000 }', {}],
  eventNames: [(value) => Array.isArray(value) && value.every(isText), 'a list of names', []],
  redaction: redactionRule(redactByDefault),
  beforeCapture: [
    (value) => value === undefined || isFunction(value),
    'a function of the event that returns it, or null',
    undefined,
  ],
  consent: [isFunction, "made by consent() of tracklet/consent, like consent('pending')", openGate],
  debug: [(value) => /^(boolean|function)$/.test(typeof value), 'true, false, or tellRepairs of tracklet/debug', false],
};

const LIMITS: Rules = {
  maxEvents: positive(10_000),
  maxBytes: positive(5_000_000),
  maxAgeMs: positive(604_800_000),
  maxHeld: positive(1_000),
  maxDropped: positive(100),
  maxEventBytes: positive(32_768),
};

const DESTINATION: Rules = {
  adapter: [isObject, "made by an adapter, like klaviyo({ companyId: 'ABC123' })", undefined],
  name: NAME,
  headers: [(value) => isObject(value) || isFunction(value), 'an object of header values, or a function', {}],
  filter: [isFunction, 'a function of the event that returns true or false', () => true],
  endpoint: [matches(/[^/]$/), "an address that does not end in '/', like '/proxy'", '/proxy'],
  unconfirmed: oneOf('resend', 'assume-delivered'),
  redaction: redactionRule(redactByDefault),
  purpose: [matches(/./), "a word, like 'marketing'", 'analytics'],
  rename: [(value) => isObject(value) || isFunction(value), 'a table of names or a function', {}],
};

/** Options of any vendor, and headers, that carry a secret. Fixed, it is the same for every visitor; a function can fetch another. */
const SECRET = /^(authorization|cookie|key|.*api-?key|privatekey|token|accesstoken|.*oauth-token|.*secret)$/i;

/** Checks what the site's developer wrote. Throws a `TypeError` that names the option, the rule and the fix. */
export function resolveOptions(options: TrackerOptions): ResolvedOptions {
  const resolved = resolve('', options, OPTIONS) as unknown as ResolvedOptions;
  const names = new Set<string>();
  const ownNames = resolved.pageViews === 'off' ? [] : ['Page View'];
  resolved.destinations.forEach((destination, index) => {
    const path = `destinations[${index}].`;
    if ((destination as object as { onlyOn?: unknown } | null)?.onlyOn) refuseSecret(path.slice(0, -1));
    const { name, headers, rename, adapter } = resolve(path, destination, DESTINATION, true) as unknown as Destination;
    if (names.has(name)) fail(`${path}name`, `unlike that of any other destination, not '${name}' again`);
    names.add(name);
    checkNames(`${path}rename`, [...ownNames, ...resolved.eventNames], rename, adapter);
    for (const option in destination) if (SECRET.test(option)) refuseSecret(path + option);
    for (const header in headers) if (SECRET.test(header)) refuseSecret(`${path}headers.${header}`);
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

/**
 * Throws for names that the site told apart and the vendor's rule would not, or of which that leaves nothing. Two that
 * `rename` joins are joined on purpose.
 */
export function checkNames(
  option: string,
  names: readonly string[],
  rename: Destination['rename'] = {},
  adapter: Adapter,
): void {
  const seen = new Map([['', 'no name']]);
  for (const name of [...names, ...Object.keys(rename)]) {
    const given = renamedTo(name, rename);
    const wire = adapter.wireName?.(given) ?? given;
    const other = seen.get(wire) ?? given;
    if (other !== given) fail(option, `such that '${other}' and '${given}' do not both become '${wire}'`);
    seen.set(wire, given);
  }
}

function refuseSecret(option: string): never {
  fail(
    option,
    "absent: it is a secret, and visitors could read it. Set endpoint to your site's proxy, which adds it, " +
      "or use relay({ endpoint: '/t' })",
  );
}

function fail(option: string, words: string): never {
  throw new TypeError(`tracklet: ${option} must be ${words}`);
}

import type { Adapter, Destination, DestinationOptions } from './adapter.js';
import type { Check } from './check-options.js';

/**
 * Options that are secret at any vendor, and headers that carry a credential. A fixed header is the same secret for
 * every visitor; a function can fetch a short-lived one made for this visitor, so it is not listed.
 */
const SECRET = /^(token|apiKey|headers\.(authorization|cookie|x-api-key|x-aptrinsic-api-key|x-cap-api-oauth-token))$/i;

/** Puts an adapter and its checked options together. `secrets` are options beside those that are always secret. */
export function createDestination(
  adapter: Adapter,
  options: DestinationOptions,
  secrets: readonly string[] = [],
): Destination {
  const { name = adapter.name, headers, filter, rename } = options;
  return {
    name,
    adapter,
    ...(headers && { headers }),
    ...(filter && { filter }),
    ...(rename && { rename: typeof rename === 'function' ? rename : lookUp(rename) }),
    secrets: [...secrets, ...findSecrets(options)],
  };
}

/** For vendors that want a secret: without it, somebody else has to add it on the way. */
export function checkRoute(check: Check, options: DestinationOptions): void {
  const isPossible = options.endpoint || typeof options.headers === 'function' || findSecrets(options).length > 0;
  check(
    'endpoint',
    Boolean(isPossible),
    "your own proxy that adds the secret, such as '/proxy'; or use relay({ endpoint })",
  );
}

/** The vendor's path below the address that the site gave, which may end in a slash. */
export const joinUrl = (base: string, path: string): string => base.replace(/\/+$/, '') + path;

const findSecrets = (options: DestinationOptions): string[] =>
  [...Object.keys(options), ...Object.keys(options.headers ?? {}).map((name) => `headers.${name}`)].filter((name) =>
    SECRET.test(name),
  );

/** A Map, because a table written as an object also answers to `constructor`. */
function lookUp(table: Readonly<Record<string, string>>): (name: string) => string {
  const names = new Map(Object.entries(table));
  return (name) => names.get(name) ?? name;
}

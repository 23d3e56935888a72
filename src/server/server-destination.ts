import type { Adapter, DestinationOptions, Headers, ServerDestination } from '../adapters/adapter.js';
import { checkNames } from '../options.js';

/** Options that every destination on a server takes beside its vendor's own. */
export interface ServerOptions {
  /** Tells two destinations of one vendor apart. Default: the vendor's name. */
  readonly name?: string | undefined;
  /** The name this vendor shall see: a table from the site's names, or a function. Default: unchanged. */
  readonly rename?: DestinationOptions['rename'];
  /** The names of the site's events: two that the vendor would take for one, or for none, are a mistake. Default: not checked. */
  readonly eventNames?: readonly string[] | undefined;
}

/**
 * Puts an adapter and its credential together, for `deliver()` and the relay. `headers` is asked before each request, so
 * a function had better keep what it fetched: see `createToken()`.
 * @throws TypeError when two of `eventNames`, or of those that `rename` lists, fall together.
 */
export function createServerDestination(
  adapter: Adapter,
  headers: Headers,
  { name = adapter.name, rename, eventNames = [] }: ServerOptions = {},
): ServerDestination {
  checkNames(`${adapter.name}Server({ rename })`, eventNames, rename, adapter);
  return {
    name,
    adapter,
    onlyOn: 'server',
    rename,
    headers: async () => (typeof headers === 'function' ? headers() : headers),
  };
}

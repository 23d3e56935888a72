import type { TrackletEvent } from '../event/event.js';
import type { Redact } from '../event/redaction.js';
import type { HttpRequest, HttpResponse } from '../transport/http.js';

/**
 * What an adapter says of one event before it is stored, and again before it is sent.
 * - `ready`: can be sent now.
 * - `needs-identity`: the vendor cannot take this visitor yet; held until `identify()`.
 * - `not-applicable`: the vendor has no place for this kind of event; not a loss, never queued.
 * - `refused`: the vendor would reject it; dropped and counted with the reason.
 */
export type Acceptance = 'ready' | 'needs-identity' | 'not-applicable' | { readonly refused: string };

/**
 * What becomes of a batch after the vendor's answer.
 * - `delivered`: done, remove.
 * - `retry`: keep, back off; the lane itself reads `Retry-After`, `afterMs` is for anything else the vendor says.
 * - `split`: the same events in smaller requests; one event alone is dropped with `reason`.
 * - `drop`: the named events are refused for good; the others are sent again.
 * - `pause`: credentials or configuration are wrong; keep everything, stop sending.
 */
export type Verdict =
  | { readonly kind: 'delivered' }
  | { readonly kind: 'retry'; readonly reason: string; readonly afterMs?: number }
  | { readonly kind: 'split'; readonly reason: string }
  | { readonly kind: 'drop'; readonly ids: readonly string[]; readonly reason: string }
  | { readonly kind: 'pause'; readonly reason: string };

/** At most `requests` requests in any `perMs` milliseconds. */
export interface RateLimit {
  readonly requests: number;
  readonly perMs: number;
  /** Counts requests of at least this many events only, where a bulk call has a limit of its own. Default 1. */
  readonly minEvents?: number;
}

/** What the lane knows about a batch besides its events. */
export interface RequestContext {
  /** Epoch milliseconds, for vendors that refuse old or future events. */
  readonly now: number;
  /**
   * True when an earlier request with some of these events ended without an answer, or with one such as 504, so that the
   * vendor may have them already. An adapter whose bulk call refuses repeats sends these another way.
   */
  readonly unclear: boolean;
  /**
   * 1 for the first request that carries these events, 2 for the first repetition, and so on; 1 where nobody counts.
   * For refusals that may heal with time but not for ever.
   */
  readonly attempt: number;
}

/** One vendor's wire format. Pure: no clock, no storage, no network, no DOM; runs in pages, workers and on servers. */
export interface Adapter {
  /** Lower-case vendor name: `klaviyo`. Also the default name of the destination. */
  readonly name: string;
  /** Most events in one request. */
  readonly maxEvents: number;
  /** Most bytes (UTF-8) in one request body. */
  readonly maxBytes: number;
  readonly rate?: readonly RateLimit[];
  /** May the same event be sent twice without harm, because the vendor keeps only one? */
  readonly deduplicates: boolean;
  accepts(event: TrackletEvent, now: number): Acceptance;
  /** What the vendor makes of a name, where it does not take every name as it is; two that fall together are a mistake. */
  wireName?(name: string): string;
  /** Events with different keys never share a request. */
  groupBy?(event: TrackletEvent): string;
  /** Most events in one request for this context; `maxEvents` when absent. */
  maxEventsFor?(context: RequestContext): number;
  toRequest(events: readonly TrackletEvent[], context: RequestContext): HttpRequest;
  /** `context` is the one that `toRequest` got. */
  judge(response: HttpResponse, events: readonly TrackletEvent[], context: RequestContext): Verdict;
}

/** Header values, or a function that fetches short-lived ones (asked before each request; may be async). */
export type Headers =
  | Readonly<Record<string, string>>
  | (() => Readonly<Record<string, string>> | Promise<Readonly<Record<string, string>>>);

/** Headers that are the same for every visitor, so none that carries a credential; a function can fetch another for each. */
export type FixedHeaders = Readonly<Record<string, string>> & {
  readonly [Name in CredentialHeader | Lowercase<CredentialHeader>]?: never;
};

type CredentialHeader = 'Authorization' | 'Cookie' | 'X-Api-Key' | 'X-APTRINSIC-API-KEY' | 'X-CAP-API-OAUTH-TOKEN';

/** Secrets of the vendors. What is for pages takes none, not even in an object that was written elsewhere. */
export interface NoSecrets {
  apiKey?: never;
  token?: never;
  accessToken?: never;
  privateKey?: never;
  clientId?: never;
  clientSecret?: never;
  key?: never;
  secret?: never;
}

/** Options that every destination takes beside its vendor's own; secrets are for the `…Server()` of `tracklet/server`. */
export interface DestinationOptions extends NoSecrets {
  /** Name of the lane in `stats()` and events. Default: the vendor's name. Needed when one vendor is used twice. */
  name?: string;
  /** Where to send, without a slash at the end: the vendor (default where possible), the site's proxy, or the relay. */
  endpoint?: string;
  /** Extra request headers: fixed, or from a function for short-lived tokens. */
  headers?: FixedHeaders | Extract<Headers, () => unknown>;
  /** Return false to keep an event from this destination. Default: every event goes. */
  filter?: (event: TrackletEvent) => boolean;
  /** `redaction({ … })` of `tracklet/redaction`: what this vendor may see. Default: as the tracker's. */
  redaction?: Redact;
  /**
   * What the visitor has to agree to before anything is kept or sent for it: any word. Default `analytics`. `marketing`
   * is off in browsers that say Global Privacy Control, unless the visitor agrees to it by name or to all.
   */
  purpose?: string;
  /** The name this vendor shall see: a table from the site's names, or a function. Default: unchanged. */
  rename?: Readonly<Record<string, string>> | ((name: string) => string);
  /**
   * What becomes of events that were on their way when the page went away, so that nobody read the answer. Default:
   * `resend` where the vendor ignores repeats, else `assume-delivered`, once the vendor shows that it is well.
   */
  unconfirmed?: 'assume-delivered' | 'resend';
}

/**
 * An adapter plus where and what to send. Made by `klaviyo()`, `airship()` and so on. The options are as the site gave
 * them; `createTracker()` checks them, and refuses secrets among them.
 */
export interface Destination extends DestinationOptions {
  readonly name: string;
  readonly adapter: Adapter;
  readonly onlyOn?: never;
}

/**
 * An adapter with its secret: for the site's proxy, a relay, a build machine. Made by `tracklet/server`; neither the
 * types nor `createTracker()` let it into a page.
 */
export interface ServerDestination {
  readonly name: string;
  readonly adapter: Adapter;
  readonly onlyOn: 'server';
  /** The name this vendor shall see: a table from the site's names, or a function. Default: unchanged. */
  readonly rename?: DestinationOptions['rename'];
  /** Headers that carry the credential, fresh enough to be used at once. Rejects when there is none to be had. */
  headers(): Promise<Readonly<Record<string, string>>>;
}

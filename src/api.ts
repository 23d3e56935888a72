import type { Destination } from './adapters/adapter.js';
import type { JsonObject } from './event/event.js';

/** The site's events by name, for type-checked `track()` calls: `{ 'Plan Chosen': { plan: string } }`. */
export type EventMap = { [name: string]: object };

/** Why an event was not delivered. Every lost event is counted once, under one of these. */
export type DropReason =
  /** `track()` was called with no usable name. */
  | 'invalid-name'
  /** Larger than `limits.maxEventBytes` even after long strings were cut. */
  | 'too-large'
  /** Waited longer than `limits.maxAgeMs`. */
  | 'expired'
  /** The oldest of more than `limits.maxEvents` or `limits.maxBytes`. */
  | 'queue-full'
  /** The adapter knows that the vendor would reject it. */
  | 'refused'
  /** The vendor rejected it. */
  | 'rejected'
  /** Held for a visitor who was reset before being identified. */
  | 'unidentified'
  /** The destination's own `filter` or `rename` threw. */
  | 'filter-error'
  /** Stored by another version, or damaged: not an event. */
  | 'unreadable'
  /** Tracked after `close()`. */
  | 'closed';

/** What was taken out of an event to make it plain, bounded JSON. The event itself was kept. */
export type TrimReason = 'name' | 'string' | 'depth' | 'keys' | 'cycle' | 'unserialisable';

export type Counts<Reason extends string> = { readonly [R in Reason]?: number };

/** Bounds per destination. */
export interface Limits {
  /** Most events waiting. Default 10,000: days of heavy use, and the oldest facts mislead most. */
  maxEvents: number;
  /** Most bytes waiting. Default 5,000,000: small beside any browser's quota. */
  maxBytes: number;
  /** Longest wait in ms. Default 7 days: what Safari keeps of a site's storage at most. */
  maxAgeMs: number;
  /** Most events held for an identity. Default 1,000. */
  maxHeld: number;
  /** Largest event in bytes. Default 32,768: two fit in one keepalive request. */
  maxEventBytes: number;
}

export interface TrackerOptions {
  /** Where events go; each destination has its own queue, pace and fate. At least one. */
  destinations: readonly Destination[];
  /** Names the database and the storage keys; two trackers on a page need two names. Default `tracklet`. */
  name?: string;
  /**
   * When page events are sent. `auto` (default): on load and whenever path or query change, by history or back button.
   * `hash`: also when only the hash changes, for hash routers. `off`: only when `page()` is called.
   */
  pageViews?: 'auto' | 'hash' | 'off';
  /** Silence in ms that ends a session. Default 1,800,000 (30 minutes), the field's convention. */
  sessionTimeoutMs?: number;
  /** Events waiting that start a flush. Default 20. */
  flushAt?: number;
  /** Longest time in ms an event waits before a flush is tried. Default 2,000. */
  flushAfterMs?: number;
  /** Time in ms after which a request without an answer is given up. Default 15,000. */
  timeoutMs?: number;
  limits?: Partial<Limits>;
  /** Log what happens to the console. Default false. */
  debug?: boolean;
}

export interface TrackOptions {
  /** Money, or any number worth adding up. Must be finite. */
  value?: number;
  /** ISO 4217: `EUR`. */
  currency?: string;
}

/** What is known of one destination, over all visits until `close()`d storage is cleared. */
export interface DestinationStats {
  /** `ready`, `waiting` (backing off until `notBefore`), or `paused` (credentials or configuration). */
  readonly state: 'ready' | 'waiting' | 'paused';
  /** Why it is waiting or paused. */
  readonly reason?: string;
  /** Epoch ms before which nothing is sent. */
  readonly notBefore?: number;
  /** Events stored and not yet delivered. */
  readonly waiting: number;
  /** Bytes of those. */
  readonly bytes: number;
  /** Events kept back until the visitor is identified. */
  readonly held: number;
  /** Events the vendor took. */
  readonly sent: number;
  /** Of `sent`: handed over while the page went away, so that nobody could read the answer. */
  readonly unconfirmed: number;
  /** Requests that will be, or were, tried again. */
  readonly retries: number;
  readonly dropped: Counts<DropReason>;
}

export interface Stats {
  /** False when IndexedDB cannot be used and events live in memory only. */
  readonly durable: boolean;
  /** Events lost before they reached any destination, on this page. */
  readonly dropped: Counts<DropReason>;
  /** What was cut out of events, on this page. */
  readonly trimmed: Counts<TrimReason>;
  readonly destinations: { readonly [name: string]: DestinationStats };
}

/** What one `flush()` achieved for one destination. */
export interface FlushReport {
  readonly sent: number;
  readonly waiting: number;
  readonly held: number;
  readonly dropped: Counts<DropReason>;
}

/** What `on()` can listen to. */
export interface TrackerEvents {
  /** An event was stored for a destination. */
  queued: { readonly destination: string; readonly id: string; readonly name: string; readonly held: boolean };
  /** A request left. */
  sending: { readonly destination: string; readonly ids: readonly string[] };
  /** The vendor took the events. `confirmed` is false for those handed over while an earlier page went away. */
  delivered: { readonly destination: string; readonly ids: readonly string[]; readonly confirmed: boolean };
  /** A request failed and will be tried again. */
  retry: {
    readonly destination: string;
    readonly ids: readonly string[];
    readonly reason: string;
    readonly notBefore: number;
  };
  /** Nothing more is sent until credentials change. Nothing is lost. */
  paused: { readonly destination: string; readonly reason: string };
  /** An event is lost. `destination` is absent when it never reached one. */
  dropped: {
    readonly destination?: string;
    readonly id?: string;
    readonly name?: string;
    readonly reason: DropReason;
    readonly detail?: string;
  };
  /** An event was kept, but not all of it. */
  trimmed: { readonly name: string; readonly cuts: Counts<TrimReason> };
  /** Events are in memory only from here on; said once. */
  degraded: { readonly reason: string };
}

export interface Tracker<Events extends EventMap = EventMap> {
  /** Records that something happened. Stored when this returns. Never throws. */
  track<Name extends keyof Events & string>(name: Name, properties?: Events[Name], options?: TrackOptions): void;
  /** Records a page view. Called for you unless `pageViews` is `off`. */
  page(name?: string, properties?: JsonObject): void;
  /**
   * Says who the visitor is. `email`, `phone`, `ids` in `traits` get their own place in the event. Events held for an
   * identity are released. Another user id than before starts a new visitor, as `reset()` does.
   */
  identify(userId: string, traits?: JsonObject): void;
  /** Says which company or team the visitor acts for. */
  group(accountId: string, traits?: JsonObject): void;
  /** Forgets the visitor: new anonymous id, new session. What is queued keeps the old identity. */
  reset(): void;
  /** Sends what may be sent now. Resolves when each destination is empty, waiting or paused. Never rejects. */
  flush(): Promise<{ readonly [destination: string]: FlushReport }>;
  stats(): Promise<Stats>;
  /** Returns the function that ends the subscription. */
  on<Name extends keyof TrackerEvents>(name: Name, listener: (event: TrackerEvents[Name]) => void): () => void;
  /** Stops capture and delivery and undoes every listener. What is queued stays stored for the next visit. */
  close(): Promise<void>;
  /** Resolves once the queue is open (or known to be in memory). Tracking need not wait for it. Never rejects. */
  readonly ready: Promise<void>;
}

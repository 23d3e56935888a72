import type { Destination } from './adapters/adapter.js';
import type { DeliveryEvents, DestinationStats, FlushReport, Limits } from './delivery/lane-context.js';
import type { JsonObject } from './event/event.js';
import type { Counts, DropReason, TrimReason } from './event/loss.js';

/** The site's events by name, for type-checked `track()` calls: `{ 'Plan Chosen': { plan: string } }`. */
export type EventMap = { [name: string]: object };

/** A map of the site's own making, as a type or an interface: every event has an object of properties. */
export type EventsOf<Events> = { [Name in keyof Events]: object };

/** What follows the name: properties may be left out where none is required. */
export type TrackArguments<Properties> = object extends Properties
  ? [properties?: Properties, options?: TrackOptions]
  : [properties: Properties, options?: TrackOptions];

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
  /** Bounds per destination; see `Limits` for the defaults. */
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

export interface Stats {
  /** False while events are in memory only, because IndexedDB cannot be used or is full. */
  readonly durable: boolean;
  /** Events lost before they reached any destination, on this page. */
  readonly dropped: Counts<DropReason>;
  /** What was cut out of events, on this page. */
  readonly trimmed: Counts<TrimReason>;
  readonly destinations: { readonly [name: string]: DestinationStats };
}

/** What `on()` can listen to. */
export interface TrackerEvents extends DeliveryEvents {
  /** An event was kept, but not all of it. */
  trimmed: { readonly id: string; readonly name: string; readonly cuts: Counts<TrimReason> };
  /** Events are in memory only from here on; said once. */
  degraded: { readonly reason: string };
}

export interface Tracker<Events extends EventsOf<Events> = EventMap> {
  /**
   * Records that something happened. Handed to the database when this returns, and safe once the calling task ends.
   * Never throws; what cannot be kept is counted.
   */
  track<Name extends keyof Events & string>(name: Name, ...rest: TrackArguments<Events[Name]>): void;
  /** Records a page view, named `Page View` by default. Called for you unless `pageViews` is `off`. */
  page(name?: string, properties?: JsonObject): void;
  /**
   * Says who the visitor is. `email`, `phone` and `ids` in `traits` get their own place in the event. Events held for
   * an identity are released. Another user id than before starts a new visitor, as `reset()` does.
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

import type { Destination } from './adapters/adapter.js';
import type { BeforeCapture } from './capture/before-capture.js';
import type { ChoiceOrigin, ConnectConsent, ConsentChoice } from './consent/gate.js';
import type { DeliveryEvents, DestinationStats, DroppedEvent, FlushReport, Limits } from './delivery/lane-context.js';
import type { EventPage, EventSession, EventVisitor, JsonObject } from './event/event.js';
import type { Counts, DropReason, TrimReason } from './event/loss.js';
import type { Redact } from './event/redaction.js';
import type { SafeStorage } from './lib/safe-storage.js';

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
   * When page events are sent. `auto` (default): on load and whenever path or query change, by history or back button;
   * a query that replaces another at the same path is the same view, as of a filter or of what is typed. `path`: only
   * when the path changes. `hash`: also when only the hash changes, for hash routers. `off`: only when `page()` is called.
   */
  pageViews?: 'auto' | 'path' | 'hash' | 'off';
  /**
   * When the view of a page that was opened in the background is counted. `loaded` (default): as of any other page, since
   * most such tabs are read later, and so each event has its page view. `shown`: when the visitor first sees it. A
   * prerendered page counts when it is activated, either way.
   */
  firstView?: 'loaded' | 'shown';
  /** Silence in ms that ends a session. Default 1,800,000 (30 minutes), the field's convention. */
  sessionTimeoutMs?: number;
  /** Length in ms after which a session ends, however busy. Default Infinity: a visit is as long as it is. */
  sessionMaxMs?: number;
  /**
   * Does an arrival by another campaign (`utm_*`, click ids) start a session? Default false: most reports count visits,
   * not clicks, and each event names its campaign anyway.
   */
  sessionPerCampaign?: boolean;
  /**
   * Where visitor and session are kept: `cookieStorage({ domain })` to share them across subdomains, `memoryStorage()`
   * to keep nothing, both from `tracklet/storage`. Default: localStorage, which no request carries.
   */
  storage?: SafeStorage;
  /**
   * Name of another tracker of the site whose visitor this one shares, and nothing else; both need the same `storage`.
   * Default: a visitor of its own.
   */
  shareVisitorWith?: string;
  /** Events waiting that start a flush. Default 20. */
  flushAt?: number;
  /** Longest time in ms an event waits before a flush is tried. Default 2,000. */
  flushAfterMs?: number;
  /** Time in ms after which a request without an answer is given up. Default 15,000, at most 600,000. */
  timeoutMs?: number;
  /**
   * The site's event names, to be told at the start if a vendor would see two of them, or one and the tracker's own
   * `Page View`, as one, or would leave nothing of one. Default: those in `rename`.
   */
  eventNames?: readonly string[];
  /**
   * `redaction({ allow, deny })` of `tracklet/redaction`, to say what is a secret and what is not. Default: tokens, mail
   * addresses and card numbers, as docs/redaction.md lists them. In addresses, titles and properties they are replaced by
   * `(redacted)` before anything is stored.
   */
  redaction?: Redact;
  /**
   * Called with a copy of each event before it is redacted and stored; returns it, changed or not, or null to drop it. One
   * that throws drops the event too, as does one that returns no event. All are counted.
   */
  beforeCapture?: BeforeCapture;
  /**
   * `consent('pending')` of `tracklet/consent`, to wait for the visitor's agreement. Default: none is waited for, so
   * create the tracker only once you may.
   */
  consent?: ConnectConsent;
  /** Bounds per destination; see `Limits` for the defaults. */
  limits?: Partial<Limits>;
  /**
   * Log what happens to the console. `tellRepairs` of `tracklet/debug` also tells what had to be changed for a vendor.
   * Default false.
   */
  debug?: boolean | ((destination: Destination) => Destination);
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
  /** Events lost on this page before they reached any destination, or one of a purpose that waited for consent. */
  readonly dropped: Counts<DropReason>;
  /** What was cut out of events, on this page. */
  readonly trimmed: Counts<TrimReason>;
  readonly destinations: { readonly [name: string]: DestinationStats };
}

/** What `on()` can listen to. */
export interface TrackerEvents extends DeliveryEvents {
  /** An event was kept, but not all of it. */
  trimmed: { readonly id: string; readonly name: string; readonly cuts: Counts<TrimReason> };
  /**
   * A view of the page is over: another begins, the page is left, or the tracker closed. What a listener tracks in that
   * moment still belongs to this view.
   */
  left: EventPage;
  /** `close()` was called on the tracker of this name. */
  closed: { readonly name: string };
  /** Events are in memory only from here on; said once. */
  degraded: { readonly reason: string };
  /**
   * An event of this page began a session; told after it was stored. For vendors that count one:
   * `tracker.on('session', () => tracker.track('Session Start'))`. Off otherwise, since each event names its session and
   * its place in it. Tabs that wake in the same instant each tell, of the same id.
   */
  session: EventSession;
}

export interface Tracker<Events extends EventsOf<Events> = EventMap> {
  /**
   * Records that something happened. Handed to the database when this returns, and safe once the calling task ends.
   * Never throws; what cannot be kept is counted.
   */
  track<Name extends keyof Events & string>(name: Name, ...rest: TrackArguments<Events[Name]>): void;
  /**
   * Records a page view, named `Page View` by default. Called for you unless `pageViews` is `off`. The same view named
   * again within a second counts once.
   */
  page(name?: string, properties?: JsonObject): void;
  /**
   * Says who the visitor is. `email`, `phone` and `ids` in `traits` get their own place in the event. Events held for
   * an identity are released. Another user id than before starts a new visitor, as `reset()` does. Null as the user id
   * adds to what is known of a visitor whom the site cannot name: `identify(null, { ids: { airshipChannel: '…' } })`.
   */
  identify(userId: string | null, traits?: JsonObject): void;
  /** Says which company or team the visitor acts for. */
  group(accountId: string, traits?: JsonObject): void;
  /**
   * Forgets the visitor: new anonymous id, new session; `keep` names what stays, such as `['session']` after a logout, or
   * `['ids']` where they belong to the device. What is queued keeps the old identity.
   */
  reset(options?: { keep?: readonly ('session' | keyof EventVisitor)[] }): void;
  /**
   * Says what the visitor has chosen, for every purpose or for those named; needs the option `consent`. Granted: what
   * waited in memory goes out with its own times. Denied: what is stored for the purpose is erased, in all tabs; without
   * any purpose left, ids, session and database too. With `{ byDefault: true }` nobody chose: it is not remembered, and
   * what the visitor chose, or their browser says for them, outweighs it. Never throws.
   */
  consent(choice: ConsentChoice, origin?: ChoiceOrigin): void;
  /** Sends what may be sent now. Resolves when each destination is empty, waiting or paused. Never rejects. */
  flush(): Promise<{ readonly [destination: string]: FlushReport }>;
  stats(): Promise<Stats>;
  /** Lost events that were kept for inspection, at most `limits.maxDropped` per destination, oldest first. Never rejects. */
  dropped(): Promise<DroppedEvent[]>;
  /**
   * Sends lost events again, all or those that `which` picks, say after the vendor was set right; resolves to how many.
   * Their loss is no longer counted, until they are lost again: one that is too old still is.
   */
  retryDropped(which?: (dropped: DroppedEvent) => boolean): Promise<number>;
  /** Returns the function that ends the subscription. */
  on<Name extends keyof TrackerEvents>(name: Name, listener: (event: TrackerEvents[Name]) => void): () => void;
  /** Stops capture and delivery and undoes every listener. What is queued stays stored for the next visit. */
  close(): Promise<void>;
  /**
   * Resolves once the queue is open, or known to be in memory, or not to be opened before the visitor agrees. Tracking
   * need not wait for it. Never rejects.
   */
  readonly ready: Promise<void>;
}

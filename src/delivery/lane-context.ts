import type { Destination } from '../adapters/adapter.js';
import type { EventVisitor, TrackletEvent } from '../event/event.js';
import type { Counts, DropReason } from '../event/loss.js';
import type { Departures } from '../queue/departures.js';
import type { Loss, Queue } from '../queue/queue.js';
import type { Lock } from './lock.js';

/** Bounds per destination. */
export interface Limits {
  /** Most events waiting. Default 10,000: days of heavy use, and the oldest facts mislead most. */
  maxEvents: number;
  /** Most bytes waiting. Default 5,000,000: small beside any browser's quota. */
  maxBytes: number;
  /** Longest wait in ms. Default 7 days: what Safari keeps of a site's storage at most. */
  maxAgeMs: number;
  /** Most events held for an identity, and most in memory for consent. Default 1,000. */
  maxHeld: number;
  /** Most lost events kept for inspection. Default 100: enough to see what is wrong. */
  maxDropped: number;
  /** Largest event in bytes. Default 32,768: even encoded twice it fits the browser's keepalive pool. */
  maxEventBytes: number;
}

/** What delivery tells about each event. */
export interface DeliveryEvents {
  /** An event was stored for a destination. */
  queued: { readonly destination: string; readonly id: string; readonly name: string; readonly held: boolean };
  /** A request left. */
  sending: { readonly destination: string; readonly ids: readonly string[] };
  /** The vendor took the events. `confirmed` is false for those handed over while an earlier page went away. */
  delivered: { readonly destination: string; readonly ids: readonly string[]; readonly confirmed: boolean };
  /** A request failed and will be tried again, not before `notBefore` (epoch ms). */
  retry: {
    readonly destination: string;
    readonly ids: readonly string[];
    readonly reason: string;
    readonly notBefore: number;
  };
  /** Nothing more is sent until credentials change, but for one probe an hour. Nothing is lost. */
  paused: { readonly destination: string; readonly reason: string };
  /** Not even an answer comes, while others get theirs: an ad blocker, or a wrong host. One attempt an hour goes on. */
  blocked: { readonly destination: string; readonly reason: string };
  /** An event is lost. `destination` is absent when it never reached one. */
  dropped: {
    readonly destination?: string;
    readonly id?: string;
    readonly name?: string;
    readonly reason: DropReason;
    readonly detail?: string;
  };
}

/** What is known of one destination, over all visits. */
export interface DestinationStats {
  /**
   * `ready`, `waiting` (backing off until `notBefore`), `paused` (credentials or configuration), or `blocked` (an ad
   * blocker, or a wrong host).
   */
  readonly state: 'ready' | 'waiting' | 'paused' | 'blocked';
  /** Why it is not ready. */
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
  /** Requests that failed and were, or will be, tried again. */
  readonly retries: number;
  readonly dropped: Counts<DropReason>;
}

/** A lost event that was kept for inspection. */
export interface DroppedEvent extends Loss {
  readonly destination: string;
  readonly event: TrackletEvent;
}

/** A destination after a `flush()`; `sent` and `dropped` count from the call on. */
export type FlushReport = DestinationStats;

export interface LaneOptions {
  readonly limits: Limits;
  /** Events waiting that start a flush. */
  readonly flushAt: number;
  /** Longest time in ms an event waits before a flush is tried. */
  readonly flushAfterMs: number;
  /** Time in ms after which a request without an answer is given up. */
  readonly timeoutMs: number;
}

/** What a lane needs from the rest of the tracker. */
export interface LaneContext extends LaneOptions {
  readonly queue: Queue;
  /** Resolves once the queue can be read. */
  readonly ready: Promise<void>;
  readonly departures: Departures;
  /** Prefix of lock names, so that two trackers on a site do not meet. */
  readonly name: string;
  readonly lock: Lock;
  /** When each destination last answered this page, whatever it said; epoch ms. */
  readonly answeredAt: Map<string, number>;
  /**
   * Brings in what pages now gone left in the journal; resolves to true if there is more to come. When `signal` is aborted
   * it is no longer waited for.
   */
  takeOver(signal: AbortSignal): Promise<boolean | undefined>;
  /** This page's id; another one after each return from the back/forward cache. */
  page(): string;
  visitor(): EventVisitor;
  /** False while the page is prerendered, left, or closed, or the visitor has not agreed to the destination's purpose. */
  active(destination: Destination): boolean;
  /** True once the page was left, until it comes back: nothing it writes reaches the disk. */
  left(): boolean;
  /**
   * Since when the page is about to be left; epoch ms, 0 if it is not. What is sent now may not get off in time, and nobody
   * would read the answer; the next page, or this one's last moment, has it on disk.
   */
  goingSince(): number;
  /** What the page sends at its very end may never leave the browser. */
  mayLoseLast(): boolean;
  online(): boolean;
  /** Called when a request starts or ends, so that the page keeps its claims up to date; false if they could not be noted. */
  onFlight(): boolean;
  now(): number;
  random(): number;
  emit<Name extends keyof DeliveryEvents>(name: Name, detail: DeliveryEvents[Name]): void;
  /** For what must not happen, and must not reach the page. */
  report(error: unknown): void;
}

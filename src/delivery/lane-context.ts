import type { EventVisitor } from '../event/event.js';
import type { Counts, DropReason } from '../event/loss.js';
import type { Departures } from '../queue/departures.js';
import type { Queue } from '../queue/queue.js';

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
  /** Requests that failed and were, or will be, tried again. */
  readonly retries: number;
  readonly dropped: Counts<DropReason>;
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
  /** Brings in what pages now gone left in the journal. */
  takeOver(): Promise<void>;
  /** This page's id; another one after each return from the back/forward cache. */
  page(): string;
  visitor(): EventVisitor;
  /** False while the page is prerendered, left, or closed. */
  active(): boolean;
  /** True once the page was left, until it comes back: nothing it writes reaches the disk. */
  left(): boolean;
  online(): boolean;
  /** Called when a request starts or ends, so that a hidden page can keep its claims up to date. */
  onFlight(): void;
  now(): number;
  random(): number;
  emit<Name extends keyof DeliveryEvents>(name: Name, detail: DeliveryEvents[Name]): void;
  /** For what must not happen, and must not reach the page. */
  report(error: unknown): void;
}

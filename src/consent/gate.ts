import type { Destination } from '../adapters/adapter.js';
import type { TrackletEvent } from '../event/event.js';
import type { DropReason } from '../event/loss.js';
import type { SafeStorage } from '../lib/safe-storage.js';
import type { Store } from '../queue/store.js';

/** What the visitor said of a purpose: yes, nothing yet, or no. */
export type ConsentState = 'granted' | 'pending' | 'denied';

/** One answer for every purpose, or one for each that is named: `{ analytics: 'granted', marketing: 'denied' }`. */
export type ConsentChoice = ConsentState | { readonly [purpose: string]: ConsentState };

/** Where a choice comes from. */
export interface ChoiceOrigin {
  /**
   * Nobody chose: it is what a consent manager says before the visitor does, or where no law asks them. Then the
   * browser's own signals outweigh it, and so does what the visitor has chosen before. Default false.
   */
  byDefault?: boolean;
}

/** What becomes of calls: they wait in memory, are taken, or are lost. Nothing follows `closed`. */
export type DoorState = 'waiting' | 'open' | 'denied' | 'closed';

/** What consent needs to know of a tracker before there is anything to it. */
export interface ConsentContext {
  /** Of the database. */
  readonly name: string;
  /** Of all keys in localStorage. */
  readonly prefix: string;
  /** The name under which the visitor is kept: its own, or that of another tracker. */
  readonly visitorOf: string;
  readonly destinations: readonly Destination[];
  /** As the site gave it; localStorage if it gave none. */
  readonly storage?: SafeStorage | undefined;
  /** Most events in memory for each of those that are undecided. */
  readonly maxWaiting: number;
  /** Aborted when the tracker is closed. */
  readonly signal: AbortSignal;
  /** Tells that a destination will not get this event. */
  lose(destination: string, event: TrackletEvent, reason: DropReason): void;
  report(error: unknown): void;
}

/** The tracker at work, as consent starts, stops and undoes it. */
export interface Tracking {
  /** From here on things are stored and sent. */
  begin(): void;
  enter(state: DoorState): void;
  /** No more requests, until `resume()`; what this page could send as it is left is forgotten. */
  halt(): void;
  resume(): void;
  /** Who the visitor was is forgotten, in memory too. */
  forget(): void;
}

/** `raw` is the event with its secrets, for destinations that have rules of their own. */
export type Deliver = (event: TrackletEvent, raw: TrackletEvent) => void;

/** Stands between the tracker and everything it keeps or sends. */
export interface ConsentGate {
  /** Those that can ever get anything. */
  readonly destinations: readonly Destination[];
  /** May anything be read, written or sent for this destination now? */
  allows(destination: Destination): boolean;
  guardStorage(storage: SafeStorage): SafeStorage;
  guardStore(create: () => Store): Store;
  guardDelivery(deliver: Deliver): Deliver;
  /** The page is shown: goes on as the visitor has chosen, and follows each new choice. */
  follow(tracking: Tracking): void;
  choose(choice: ConsentChoice, origin?: ChoiceOrigin): void;
}

export type ConnectConsent = (context: ConsentContext) => ConsentGate;

/** Global Privacy Control, which several laws make a valid refusal; not in TypeScript's list of what browsers have. */
export const hasPrivacyControl = (): boolean =>
  (navigator as Navigator & { globalPrivacyControl?: boolean }).globalPrivacyControl === true;

const same = <T>(it: T): T => it;

/** For sites that create the tracker only once they may: all is granted, but what the browser itself refuses. */
export const openGate: ConnectConsent = ({ destinations, report }) => ({
  destinations: destinations.filter(({ purpose }) => purpose !== 'marketing' || !hasPrivacyControl()),
  allows: () => true,
  guardStorage: same,
  guardStore: (create) => create(),
  guardDelivery: same,
  follow({ begin, enter }) {
    begin();
    enter('open');
  },
  choose: () => report(new TypeError("tracklet: consent() needs the option consent, like consent('pending')")),
});

import type { Adapter, Destination } from '../adapters/adapter.js';
import type { TrackletEvent } from '../event/event.js';
import type { SafeStorage } from '../lib/safe-storage.js';
import { handoverOf } from '../queue/handover.js';
import { type ConsentOptions, createChoices } from './choices.js';
import { deleteDatabases } from './delete-databases.js';
import { eraseLane, laneOf } from './erase-lane.js';
import { eraseShared } from './erase-shared.js';
import type { ConnectConsent, ConsentChoice, ConsentGate, ConsentState, Deliver, Tracking } from './gate.js';
import { guardStorage } from './guarded-storage.js';
import { type GuardedStore, guardStore } from './guarded-store.js';
import { isAgreedTo, purposeOf } from './purpose.js';
import { CHOICE_WORDS, isChoice } from './said.js';

export type { ConsentOptions, PrivacySignal } from './choices.js';
export type { ChoiceOrigin, ConsentChoice, ConsentState } from './gate.js';

/**
 * Makes the tracker wait for the visitor's consent, by purpose: `createTracker({ consent: consent('pending'), … })`.
 * `first` is what holds until `tracker.consent()` says what the visitor chose; purposes an object does not name are
 * pending.
 *
 * Pending: nothing is stored or sent and no id is made; at most `limits.maxHeld` events wait in this page's memory.
 * Granted: they go out with their own times. Denied: whatever is stored for the purpose is erased, in all tabs; without
 * any purpose left, so are ids, session and database.
 *
 * @throws TypeError when the choice or an option is wrong.
 */
export function consent(first: ConsentChoice = 'pending', options: ConsentOptions = {}): ConnectConsent {
  const { remember = true, signals = [] } = options;
  if (!isChoice(first)) throw new TypeError(`tracklet: consent() takes ${CHOICE_WORDS}`);
  if (typeof remember !== 'boolean') throw new TypeError('tracklet: consent({ remember }) must be true or false');
  if (!Array.isArray(signals) || signals.some((signal) => !/^(gpc|dnt)$/.test(String(signal)))) {
    throw new TypeError("tracklet: consent({ signals }) must be a list of 'gpc' and 'dnt'");
  }

  return ({ destinations, maxWaiting, lose, report, ...context }): ConsentGate => {
    const { name, prefix, visitorOf, signal } = context;
    const purposes = [...new Set(destinations.map(purposeOf))];
    const choices = createChoices({ ...options, ...context, first, purposes, onChange: () => apply() });
    /** Destinations whose rows are being removed: who agrees again meanwhile waits, or old and new would be mixed up. */
    const erasing = new Set<string>();
    const stateOf = (destination: Destination): ConsentState => {
      const state = choices.of(purposeOf(destination));
      return state === 'granted' && erasing.has(destination.name) ? 'pending' : state;
    };
    const lanesWith = (state: ConsentState) =>
      destinations.filter((destination) => stateOf(destination) === state).map((destination) => destination.name);
    const isGranted = (lane: string) => lanesWith('granted').includes(lane);
    const agreed = () => [...new Set(destinations.filter((its) => stateOf(its) === 'granted').map(purposeOf))];
    /** Events for destinations that the visitor has said nothing of, while others get them. */
    const undecided: (readonly [TrackletEvent, raw: TrackletEvent, lanes: readonly string[]])[] = [];
    /** Set while what waited is delivered: the lanes that may have it now. */
    let only: readonly string[] | undefined;
    let tracking: Tracking | undefined;
    let hasBegun = false;
    /** Has anything been stored since the last refusal of everything? */
    let isUsed = false;
    let storage: SafeStorage;
    let store: GuardedStore;
    let deliver: Deliver;

    const withConsent = (destination: Destination): Destination => {
      const { adapter } = destination;
      const accepts: Adapter['accepts'] = (event, now) => {
        if (only ? !only.includes(destination.name) : stateOf(destination) !== 'granted') return 'not-applicable';
        // Asked again before each request.
        if (!isAgreedTo(event, destination)) return { refused: `no consent to ${purposeOf(destination)}` };
        return adapter.accepts(event, now);
      };
      return { ...destination, adapter: { ...adapter, accepts } };
    };

    const hand = (event: TrackletEvent, raw: TrackletEvent) => {
      const stamp = { consent: agreed() };
      deliver({ ...event, ...stamp }, { ...raw, ...stamp });
    };

    const release = () => {
      for (const [event, raw, lanes] of undecided.splice(0)) {
        only = lanes.filter(isGranted);
        if (only.length > 0) hand(event, raw);
        only = undefined;
        for (const lane of lanes.filter((its) => lanesWith('denied').includes(its))) lose(lane, event, 'denied');
        const still = lanes.filter((lane) => lanesWith('pending').includes(lane));
        if (still.length > 0) undecided.push([event, raw, still]);
      }
    };

    const clear = async (lane: string) => {
      if (erasing.has(lane)) return;
      erasing.add(lane);
      // What is left there for a service worker mentions it too; it is not worth more than to be written anew.
      if (await eraseLane(lane, store, storage, prefix)) deleteDatabases(handoverOf(name));
      erasing.delete(lane);
      if (isGranted(lane)) apply();
    };

    const eraseAll = () => {
      tracking?.forget();
      store.erase();
      const own = storage.keys(prefix).filter((key) => !choices.keys.includes(key));
      for (const key of own) storage.set(key, undefined);
      choices.forget();
      if (visitorOf !== name && (isUsed || own.length > 0)) eraseShared(visitorOf, storage);
      isUsed = false;
    };

    const apply = () => {
      const isAgreed = agreed().length > 0;
      if (isAgreed && !signal.aborted) store.open();
      const refused = lanesWith('denied');
      const isAllRefused = refused.length === destinations.length;
      isUsed ||= isAgreed;
      if (isAllRefused) eraseAll();
      if (!tracking) return;
      if (isAgreed && !hasBegun) {
        hasBegun = true;
        tracking.begin();
      }
      if (refused.length > 0) tracking.halt();
      if (!isAllRefused) for (const lane of refused) void clear(lane);
      tracking.enter(isAgreed ? 'open' : isAllRefused ? 'denied' : 'waiting');
      release();
      tracking.resume();
    };

    return {
      destinations: destinations.map(withConsent),
      allows: (destination) => stateOf(destination) === 'granted',
      guardStorage(given) {
        storage = guardStorage(given, prefix, isGranted, () => agreed().length > 0);
        return storage;
      },
      guardStore(create) {
        store = guardStore(name, create, (row) => isGranted(laneOf(row)));
        if (agreed().length > 0) store.open();
        return store;
      },
      guardDelivery(given) {
        deliver = given;
        return (event, raw) => {
          hand(event, raw);
          const lanes = lanesWith('pending');
          if (undecided.length >= maxWaiting) for (const lane of lanes) lose(lane, event, 'queue-full');
          else if (lanes.length > 0) undecided.push([event, raw, lanes]);
        };
      },
      follow(given) {
        tracking = given;
        apply();
      },
      choose(choice, origin) {
        if (isChoice(choice)) choices.choose(choice, origin);
        else report(new TypeError(`tracklet: consent() takes ${CHOICE_WORDS}`));
      },
    };
  };
}

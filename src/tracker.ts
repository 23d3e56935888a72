import type { EventMap, Tracker, TrackerEvents, TrackerOptions } from './api.js';
import { watchLifecycle, whenActivated } from './capture/lifecycle.js';
import { type Address, watchPageViews } from './capture/page-views.js';
import { createRecorder, type Happening } from './capture/recorder.js';
import { createDelivery } from './delivery/delivery.js';
import { withLock } from './delivery/lock.js';
import { addCounts, type Counts, type DropReason, type TrimReason } from './event/loss.js';
import { toPlainObject } from './event/plain.js';
import { createEmitter } from './lib/emitter.js';
import { newId } from './lib/new-id.js';
import { createSafeStorage } from './lib/safe-storage.js';
import { resolveOptions } from './options.js';
import { createDepartures, isFree } from './queue/departures.js';
import { createJournal } from './queue/journal.js';
import { createQueue, type QueuedEvent } from './queue/queue.js';
import { createStore } from './queue/store.js';
import { createIdentity } from './visitor/identity.js';
import { createSession } from './visitor/session.js';

/** What the tracker takes from outside, so that tests and the script tag's replay can set it. */
export interface Surroundings {
  now(): number;
  random(): number;
}

const BROWSER: Surroundings = { now: Date.now, random: Math.random };

/** Builds the parts and hands each its neighbours. */
export function buildTracker<Events extends EventMap>(
  options: TrackerOptions,
  { now, random }: Surroundings = BROWSER,
): Tracker<Events> {
  const { destinations, debug, pageViews, sessionTimeoutMs, ...settings } = resolveOptions(options);
  const { name, limits } = settings;
  const prefix = `${name}:`;
  const report = (error: unknown) => console.error('tracklet:', error);
  const { on, emit: tell } = createEmitter<TrackerEvents>(report);
  const emit: typeof tell = (event, detail) => {
    if (debug) console.debug(`tracklet: ${event}`, detail);
    tell(event, detail);
  };

  const storage = createSafeStorage();
  const identity = createIdentity(storage, prefix);
  const session = createSession(storage, prefix, sessionTimeoutMs);
  const departures = createDepartures(storage, prefix);
  const journal = createJournal(storage, prefix);
  const store = createStore(name, journal, (reason) => emit('degraded', { reason }));
  const queue = createQueue(store, journal);
  const record = createRecorder(identity, session, limits.maxEventBytes);

  const watching = new AbortController();
  const dropped: Counts<DropReason> = {};
  const trimmed: Counts<TrimReason> = {};
  const early: Happening[] = [];
  let page = newId();
  let presence: 'prerendered' | 'visible' | 'hidden' | 'left' | 'closed' = 'prerendered';

  const writeDeparture = () =>
    departures.write(page, { at: now(), left: presence !== 'hidden', claims: delivery.claims() });

  const delivery = createDelivery(destinations, {
    ...settings,
    queue,
    departures,
    now,
    random,
    emit,
    report,
    ready: store.ready,
    page: () => page,
    visitor: identity.get,
    active: () => presence === 'visible' || presence === 'hidden',
    online: () => navigator.onLine,
    takeOver: () => {
      const gone = departures.all();
      const mayTake = (its: QueuedEvent) => its.owner !== page && isFree(its, page, gone, now());
      // One page at a time: the lock of one lane says nothing about the journal.
      return withLock(`${name} journal`, watching.signal, () => queue.takeOver(mayTake));
    },
    onFlight: () => {
      if (presence === 'hidden' || presence === 'left') writeDeparture();
    },
  });

  const lose = (reason: DropReason, detail: string, lostName: unknown) => {
    addCounts(dropped, { [reason]: 1 });
    emit('dropped', { reason, detail, name: String(lostName).slice(0, 255) });
  };

  const capture = (happening: Happening) => {
    const recorded = record(happening);
    if ('lost' in recorded) return lose(recorded.lost, recorded.detail, happening.name);
    const { event, bytes, cuts } = recorded;
    if (Object.keys(cuts).length > 0) {
      addCounts(trimmed, cuts);
      emit('trimmed', { id: event.id, name: event.name, cuts });
    }
    delivery.take(event, bytes);
  };

  /** Nothing that the page hands over may throw back into it. */
  const guarded = (happening: Omit<Happening, 'time'>) => {
    try {
      const timed = { ...happening, time: Math.round(now()) };
      if (presence === 'closed') lose('closed', 'tracked after close()', happening.name);
      else if (presence === 'prerendered') early.push(timed);
      else capture(timed);
    } catch (error) {
      report(error);
    }
  };

  const start = () => {
    if (presence === 'closed') return;
    presence = document.hidden ? 'hidden' : 'visible';
    watchLifecycle(
      {
        onHidden() {
          if (presence !== 'visible') return;
          presence = 'hidden';
          store.guard(false);
          writeDeparture();
          delivery.run();
        },
        onVisible() {
          if (presence !== 'hidden') return;
          presence = 'visible';
          departures.forget(page);
        },
        onLeave(toSameSite) {
          presence = 'left';
          store.guard(true);
          // Without a lasting note of what was sent, the next page would send it again.
          const isNoted = writeDeparture();
          delivery.leave(isNoted && !toSameSite);
        },
        onReturn() {
          // A new page as far as ownership goes: others may have taken care of what the old one left.
          page = newId();
          presence = 'visible';
          store.resume();
          delivery.run();
        },
        onOnline: delivery.online,
      },
      watching.signal,
    );
    for (const happening of early.splice(0)) capture(happening);
    if (pageViews !== 'off') {
      const onView = (address: Address) => guarded({ type: 'page', name: 'Page View', address });
      watchPageViews(pageViews, onView, watching.signal);
    }
    delivery.start();
  };
  whenActivated(start);

  const named = (id: unknown, method: string): id is string => {
    const isGood = typeof id === 'string' && id !== '';
    if (!isGood) lose('invalid-name', `${method}() needs a non-empty string as id`, method);
    return isGood;
  };

  return {
    ready: store.ready,
    on,
    flush: delivery.flush,
    track: (eventName, properties, { value, currency } = {}) =>
      guarded({ type: 'track', name: eventName, properties, value, currency }),
    page: (pageName = 'Page View', properties) => guarded({ type: 'page', name: pageName, properties }),
    identify(userId, traits) {
      if (!named(userId, 'identify')) return;
      const plain = toPlainObject(traits, trimmed);
      if (identity.identify(userId, plain)) session.reset();
      guarded({ type: 'identify', name: 'Identify', properties: plain });
      delivery.visitorChanged();
    },
    group(accountId, traits) {
      if (!named(accountId, 'group')) return;
      identity.group(accountId);
      guarded({ type: 'group', name: 'Group', properties: traits });
    },
    reset() {
      identity.reset();
      session.reset();
      delivery.visitorChanged();
    },
    async stats() {
      const destinationStats = await delivery.stats();
      return {
        durable: store.isDurable(),
        dropped: { ...dropped },
        trimmed: { ...trimmed },
        destinations: destinationStats,
      };
    },
    async close() {
      if (presence === 'closed') return;
      presence = 'closed';
      watching.abort();
      await delivery.close();
      writeDeparture();
      await store.ready;
      store.close();
    },
  };
}

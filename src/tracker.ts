import type { EventsOf, Tracker, TrackerEvents, TrackerOptions } from './api.js';
import { whenActivated } from './capture/lifecycle.js';
import { type Address, watchPageViews } from './capture/page-views.js';
import { createRecorder, type Happening } from './capture/recorder.js';
import { createDelivery } from './delivery/delivery.js';
import { withLock } from './delivery/lock.js';
import { addCounts, type Counts, type DropReason, type TrimReason } from './event/loss.js';
import { toPlainObject } from './event/plain.js';
import { createEmitter } from './lib/emitter.js';
import { createSafeStorage } from './lib/safe-storage.js';
import { resolveOptions } from './options.js';
import { createPresence } from './presence.js';
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

/** Names of the trackers at work on this page: two of one name would share a queue and count each page view twice. */
const namesInUse = new Set<string>();

/** Builds the parts and hands each its neighbours. */
export function buildTracker<Events extends EventsOf<Events>>(
  options: TrackerOptions,
  { now, random }: Surroundings = BROWSER,
): Tracker<Events> {
  const { destinations, debug, pageViews, sessionTimeoutMs, ...settings } = resolveOptions(options);
  const { name, limits } = settings;
  if (namesInUse.has(name)) {
    throw new TypeError(
      `tracklet: name must be unlike that of the page's other tracker, '${name}'; or close() that first`,
    );
  }
  namesInUse.add(name);
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
  const presence = createPresence(store, departures, now);
  let isStarted = false;
  let isClosed = false;

  const delivery = createDelivery(destinations, {
    ...settings,
    queue,
    departures,
    now,
    random,
    emit,
    report,
    ready: store.ready,
    page: presence.page,
    visitor: identity.get,
    active: () => !isClosed && presence.isActive(),
    left: presence.isLeft,
    onFlight: presence.onFlight,
    online: () => navigator.onLine,
    takeOver: () => {
      const gone = departures.all();
      const page = presence.page();
      const mayTake = (its: QueuedEvent) => its.owner !== page && isFree(its, page, gone, now());
      // One page at a time: the lock of one lane says nothing about the journal.
      return withLock(`${name} journal`, watching.signal, () => queue.takeOver(mayTake));
    },
  });

  const lose = (reason: DropReason, detail: string, lostName: unknown) => {
    addCounts(dropped, { [reason]: 1 });
    emit('dropped', { reason, detail, ...(typeof lostName === 'string' && { name: lostName.slice(0, 255) }) });
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
      if (isClosed) lose('closed', 'tracked after close()', happening.name);
      else if (isStarted) capture(timed);
      else early.push(timed);
    } catch (error) {
      report(error);
    }
  };

  const start = () => {
    if (isClosed) return;
    isStarted = true;
    presence.start(delivery, watching.signal);
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
    track: (eventName, ...[properties, options]) => guarded({ type: 'track', name: eventName, properties, options }),
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
      if (isClosed) return;
      isClosed = true;
      namesInUse.delete(name);
      watching.abort();
      await delivery.close();
      presence.end();
      await store.ready;
      store.close();
    },
  };
}

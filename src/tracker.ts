import type { EventsOf, Tracker, TrackerEvents, TrackerOptions } from './api.js';
import { createRecorder } from './capture/recorder.js';
import { createViews } from './capture/views.js';
import { whenNo } from './capture/when-no.js';
import { createDelivery } from './delivery/delivery.js';
import { createLock } from './delivery/lock.js';
import { toPlainObject } from './event/plain.js';
import { createIntake } from './intake.js';
import { createEmitter } from './lib/emitter.js';
import { createSafeStorage } from './lib/safe-storage.js';
import { takeName } from './names-in-use.js';
import { resolveOptions } from './options.js';
import { createPresence } from './presence.js';
import { createSettle } from './queue/agreement.js';
import { createDepartures } from './queue/departures.js';
import { createJournal } from './queue/journal.js';
import { createLease } from './queue/lease.js';
import { createQueue } from './queue/queue.js';
import { createStore } from './queue/store.js';
import { createTakeOver } from './queue/take-over.js';
import { createIdentity } from './visitor/identity.js';
import { createSession } from './visitor/session.js';

/** What the tracker takes from outside, so that tests and the script tag's replay can set it. */
export interface Surroundings {
  now(): number;
  random(): number;
}

const BROWSER: Surroundings = { now: Date.now, random: Math.random };

/** How many requests that get no answer fit into a page's turn with a lane. */
const TURN_TIMEOUTS = 2;

/** Builds the parts and hands each its neighbours; none where the browser itself refuses every destination. */
export function buildTracker<Events extends EventsOf<Events>>(
  options: TrackerOptions,
  { now, random }: Surroundings = BROWSER,
): Tracker<Events> | undefined {
  const {
    debug,
    pageViews,
    firstView,
    shareVisitorWith,
    redaction: redact,
    beforeCapture,
    consent: connect,
    ...settings
  } = resolveOptions(options);
  const { name, limits } = settings;
  const visitorOf = shareVisitorWith || name;
  const freeName = takeName(name);
  const prefix = `${name}:`;
  const report = (error: unknown) => console.error('tracklet:', error);
  const { on, emit: tell } = createEmitter<TrackerEvents>(report);
  const emit: typeof tell = (event, detail) => {
    if (debug) console.debug(`tracklet: ${event}`, detail);
    tell(event, detail);
  };

  const watching = new AbortController();
  const gate = connect({
    ...settings,
    prefix,
    visitorOf,
    maxWaiting: limits.maxHeld,
    signal: watching.signal,
    lose: (...loss) => intake.lose(...loss),
    report,
  });
  const { destinations } = gate;
  if (destinations.length === 0) return void freeName();
  const stored = gate.guardStorage(settings.storage ?? createSafeStorage());
  const identity = createIdentity(stored, `${visitorOf}:`);
  const departures = createDepartures(stored, prefix);
  const journal = createJournal(stored, prefix);
  const settle = createSettle(identity.settle, visitorOf, now);
  const store = gate.guardStore(() => createStore(name, journal, (reason) => emit('degraded', { reason }), settle));
  const queue = createQueue(store, journal);
  // Two trackers' sessions of one visitor are two sessions.
  const within = shareVisitorWith && `${name}.`;
  const session = createSession(stored, prefix, within, settings, async (begun) => {
    await store.ready;
    emit('session', session.stamp(identity.get().anonymousId, begun));
  });
  const presence = createPresence(store, departures, now);
  const turnMs = TURN_TIMEOUTS * settings.timeoutMs;
  const lock = createLock(createLease(store, departures, presence.page, now, turnMs), turnMs);
  const takeOver = createTakeOver(queue, departures, presence.page, now);
  const views = createViews((page) => emit('left', page));
  const record = createRecorder(identity, session, views, { ...limits, redact, beforeCapture });

  const reset = (keep: readonly string[]) => {
    session.reset(identity.get().anonymousId, keep);
    identity.reset(keep);
  };

  let isClosed = false;
  const delivery = createDelivery(typeof debug === 'function' ? destinations.map(debug) : destinations, {
    ...settings,
    queue,
    departures,
    now,
    random,
    emit,
    report,
    ready: store.ready,
    lock,
    page: presence.page,
    visitor: identity.get,
    active: (destination) => !isClosed && presence.isActive() && gate.allows(destination),
    left: presence.isLeft,
    goingSince: presence.goingSince,
    mayLoseLast: presence.mayLoseLast,
    onFlight: presence.onFlight,
    online: () => navigator.onLine,
    takeOver: (signal) => lock(`${name} journal`, signal, takeOver),
  });

  const deliver = gate.guardDelivery(delivery.take);
  const intake = createIntake({ now, record, maxWaiting: limits.maxHeld, deliver, emit, report });

  const start = () => {
    const { signal } = watching;
    // Before the presence hears of it: what the end of a view says is still tracked on a page that is there.
    addEventListener('pagehide', views.end, { signal });
    gate.follow({
      begin() {
        presence.start(delivery, signal);
        delivery.start();
      },
      enter: intake.enter,
      halt: () => delivery.leave(false),
      forget: () => reset([]),
      resume: delivery.visitorChanged,
    });
    if (pageViews !== 'off') {
      const onView = (time: number, search: string) => intake.take({ type: 'page', name: 'Page View', time, search });
      const watch = () => views.watch(pageViews, now, onView, signal);
      if (firstView === 'shown') whenNo('hidden', watch, signal);
      else watch();
    }
  };
  whenNo('prerendering', start, watching.signal);

  return {
    ready: store.ready,
    on,
    flush: delivery.flush,
    track: (eventName, ...[properties, options]) =>
      intake.take({ type: 'track', name: eventName, properties, options }),
    page: (pageName = 'Page View', properties) => intake.take({ type: 'page', name: pageName, properties }),
    identify(userId, traits) {
      if (userId !== null && !intake.isId(userId, 'identify')) return;
      const plain = redact(toPlainObject(traits, intake.trimmed), intake.trimmed, 'traits');
      intake.take({ type: 'identify', name: 'Identify', properties: plain }, () => {
        const { anonymousId } = identity.get();
        if (identity.identify(userId, plain)) session.reset(anonymousId, []);
      });
      delivery.visitorChanged();
    },
    group(accountId, traits) {
      if (!intake.isId(accountId, 'group')) return;
      intake.take({ type: 'group', name: 'Group', properties: traits }, () => identity.group(accountId));
      delivery.visitorChanged();
    },
    reset(how) {
      const keep = Array.isArray(how?.keep) ? how.keep : [];
      intake.inTurn(() => reset(keep));
      delivery.visitorChanged();
    },
    consent: gate.choose,
    dropped: delivery.dropped,
    retryDropped: async (which = () => true) => delivery.retryDropped(which),
    async stats() {
      const lanes = await delivery.stats();
      const { dropped, trimmed } = intake;
      return { durable: store.isDurable(), dropped: { ...dropped }, trimmed: { ...trimmed }, destinations: lanes };
    },
    async close() {
      if (isClosed) return;
      isClosed = true;
      watching.abort();
      views.end();
      intake.enter('closed');
      emit('closed', { name });
      freeName();
      await delivery.close();
      presence.end();
      await store.ready;
      store.close();
    },
  };
}

import type { EventMap, Stats, Tracker, TrackerEvents, TrackerOptions } from './api.js';
import { watchLifecycle, whenActivated } from './capture/lifecycle.js';
import { watchPageViews } from './capture/page-views.js';
import { createRecorder, type Happening } from './capture/recorder.js';
import { createDelivery } from './delivery/delivery.js';
import { route } from './delivery/route.js';
import { addCounts, type Counts, type DropReason, type TrimReason } from './event/loss.js';
import { toPlainObject } from './event/plain.js';
import { createEmitter } from './lib/emitter.js';
import { newId } from './lib/new-id.js';
import { createSafeStorage } from './lib/safe-storage.js';
import { resolveOptions } from './options.js';
import { createDepartures } from './queue/departures.js';
import { createDurableQueue } from './queue/durable-queue.js';
import { createJournal } from './queue/journal.js';
import type { QueuedEvent } from './queue/queue.js';
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
  const { destinations, name, pageViews, sessionTimeoutMs, flushAt, flushAfterMs, timeoutMs, limits, debug } =
    resolveOptions(options);
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
  const queue = createDurableQueue(name, createJournal(storage, prefix), (reason) => emit('degraded', { reason }));
  const record = createRecorder(identity, session, limits.maxEventBytes);

  const dropped: Counts<DropReason> = {};
  const trimmed: Counts<TrimReason> = {};
  let page = newId();
  let presence: 'prerendered' | 'visible' | 'hidden' | 'left' | 'closed' = 'prerendered';
  let lastPosition = 0;
  const early: Happening[] = [];

  const writeDeparture = () =>
    departures.write(page, { at: now(), left: presence !== 'hidden', claims: delivery.claims() });

  const delivery = createDelivery(destinations, {
    queue,
    departures,
    name,
    limits,
    flushAt,
    flushAfterMs,
    timeoutMs,
    now,
    random,
    emit,
    report,
    page: () => page,
    visitor: identity.get,
    active: () => presence === 'visible' || presence === 'hidden',
    online: () => navigator.onLine !== false,
    onFlight: () => {
      if (presence === 'hidden' || presence === 'left') writeDeparture();
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
    // A thousandth of a ms is the smallest step that a double holds at today's epoch milliseconds.
    lastPosition = Math.max(event.time, lastPosition + 0.001);
    const records: QueuedEvent[] = [];
    for (const destination of destinations) {
      const way = route(destination, event, now());
      if (way && 'lost' in way) {
        const change = { dropped: { [way.lost]: 1 } };
        queue.settle({ lane: destination.name, removed: [], change }).catch(report);
        emit('dropped', { destination: destination.name, id: event.id, name: event.name, reason: way.lost, detail: way.detail });
      } else if (way) {
        records.push({ v: 1, lane: way.lane, position: lastPosition, owner: page, bytes, event });
        emit('queued', { destination: destination.name, id: event.id, name: event.name, held: way.held });
      }
    }
    if (records.length === 0) return;
    queue.add(records).catch(report);
    delivery.added(records);
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

  const undo: (() => void)[] = [];

  const watch = () => {
    if (presence === 'closed') return;
    presence = document.visibilityState === 'hidden' ? 'hidden' : 'visible';
    undo.push(
      watchLifecycle({
        onHidden() {
          if (presence !== 'visible') return;
          presence = 'hidden';
          writeDeparture();
          queue.guard(false);
          delivery.hidden();
        },
        onVisible() {
          if (presence !== 'hidden') return;
          presence = 'visible';
          departures.forget(page);
        },
        onLeave(toSameSite) {
          presence = 'left';
          queue.guard(true);
          // Without a lasting note of what was sent, the next page would send it again.
          const noted = writeDeparture();
          delivery.leave(noted && !toSameSite);
        },
        onReturn() {
          // A new page as far as ownership goes: others may have taken care of what the old one left.
          page = newId();
          presence = 'visible';
          queue.resume();
          delivery.resume();
        },
        onOnline: delivery.online,
      }),
    );
    for (const happening of early.splice(0)) capture(happening);
    if (pageViews !== 'off') {
      undo.push(watchPageViews(pageViews, (address) => guarded({ type: 'page', name: 'Page View', address })));
    }
    delivery.start();
  };
  if ('prerendering' in document && document.prerendering) void whenActivated().then(watch);
  else watch();

  return {
    ready: queue.ready,
    on,
    track: (eventName, properties, { value, currency } = {}) =>
      guarded({ type: 'track', name: eventName, properties, value, currency }),
    page: (pageName = 'Page View', properties) => guarded({ type: 'page', name: pageName, properties }),
    identify(userId, traits) {
      if (!isId(userId)) return lose('invalid-name', 'identify() needs a non-empty string as user id', 'identify');
      const plain = toPlainObject(traits, trimmed);
      if (identity.identify(userId, plain)) session.reset();
      guarded({ type: 'identify', name: 'Identify', properties: plain });
      delivery.visitorChanged();
    },
    group(accountId, traits) {
      if (!isId(accountId)) return lose('invalid-name', 'group() needs a non-empty string as account id', 'group');
      identity.group(accountId);
      guarded({ type: 'group', name: 'Group', properties: traits });
    },
    reset() {
      identity.reset();
      session.reset();
      delivery.visitorChanged();
    },
    flush: delivery.flush,
    async stats(): Promise<Stats> {
      await queue.ready;
      const counts = { dropped: { ...dropped }, trimmed: { ...trimmed } };
      return { durable: queue.durable, ...counts, destinations: await delivery.stats() };
    },
    async close() {
      if (presence === 'closed') return;
      presence = 'closed';
      for (const step of undo) step();
      await delivery.close();
      writeDeparture();
      await queue.ready;
      queue.close();
    },
  };
}

const isId = (id: unknown): id is string => typeof id === 'string' && id !== '';

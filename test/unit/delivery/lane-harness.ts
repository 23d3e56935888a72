import 'fake-indexeddb/auto';
import { vi } from 'vitest';
import type { Adapter, Destination, Verdict } from '../../../src/adapters/adapter.js';
import { createDelivery } from '../../../src/delivery/delivery.js';
import type { DeliveryEvents, LaneContext, Limits } from '../../../src/delivery/lane-context.js';
import type { EventVisitor, TrackletEvent } from '../../../src/event/event.js';
import { createSafeStorage } from '../../../src/lib/safe-storage.js';
import { createDepartures } from '../../../src/queue/departures.js';
import { createJournal } from '../../../src/queue/journal.js';
import { createQueue } from '../../../src/queue/queue.js';
import { createStore } from '../../../src/queue/store.js';
import { createTakeOver } from '../../../src/queue/take-over.js';
import { neutralEvent } from '../../support/events.js';

/** What the vendor answers: a status, or no answer at all. */
export type Answer = { status: number; retryAfter?: string } | 'network' | 'hang';

export interface Sent {
  readonly url: string;
  readonly ids: readonly string[];
  readonly headers: Readonly<Record<string, string>>;
  readonly keepalive: boolean;
}

const LIMITS: Limits = {
  maxEvents: 1000,
  maxBytes: 1e6,
  maxAgeMs: 86_400_000,
  maxHeld: 100,
  maxDropped: 100,
  maxEventBytes: 1e5,
};
let count = 0;

/** An adapter that puts ids on the wire, and reads its verdict off the status. */
export const plainAdapter = (over: Partial<Adapter> = {}): Adapter => ({
  name: 'plain',
  maxEvents: 10,
  maxBytes: 1e6,
  deduplicates: false,
  accepts: () => 'ready',
  toRequest: (events) => ({
    url: '/vendor',
    method: 'POST',
    headers: {},
    body: JSON.stringify(events.map(({ id }) => id)),
  }),
  judge: ({ status }): Verdict => {
    if (status < 300) return { kind: 'delivered' };
    if (status === 401) return { kind: 'pause', reason: 'bad key' };
    if (status === 400 || status === 413) return { kind: 'split', reason: 'bad' };
    return { kind: 'retry', reason: `HTTP ${status}` };
  },
  ...over,
});

/** One page with one destination, on a clock and a network that the test moves. */
export function openPage(over: {
  destination?: Partial<Destination>;
  adapter?: Partial<Adapter>;
  answer?: (ids: readonly string[], sent: readonly Sent[]) => Answer;
  name?: string;
  storage?: ReturnType<typeof createSafeStorage>;
  limits?: Partial<Limits>;
  at?: number;
  page?: string;
  context?: Partial<LaneContext>;
  /** Does it bring in what pages now gone left in the journal? */
  takesOver?: boolean;
  /** Gets what the delivery is made with, for a second one. */
  onContext?: (context: Omit<LaneContext, 'answeredAt'>) => void;
}) {
  const name = over.name ?? `lane-${count++}`;
  const storage = over.storage ?? createSafeStorage();
  const journal = createJournal(storage, `${name}:`);
  const store = createStore(name, journal, () => {});
  const queue = createQueue(store, journal);
  const departures = createDepartures(storage, `${name}:`);
  const told: { [Name in keyof DeliveryEvents]: DeliveryEvents[Name][] } = {
    queued: [],
    sending: [],
    delivered: [],
    retry: [],
    paused: [],
    blocked: [],
    dropped: [],
  };
  const state = {
    now: over.at ?? 1_800_000_000_000,
    page: over.page ?? `page-${count++}`,
    active: true,
    goingSince: 0,
    mayLoseLast: false,
    visitor: { anonymousId: 'anon-1' } as EventVisitor,
    random: 1,
  };
  const sent: Sent[] = [];
  const errors: unknown[] = [];
  vi.stubGlobal('fetch', async (url: string, request: RequestInit) => {
    const ids = JSON.parse(String(request.body)) as string[];
    const headers = request.headers as Record<string, string>;
    const answer = over.answer?.(ids, sent) ?? { status: 200 };
    sent.push({ url, ids, headers, keepalive: request.keepalive ?? false });
    if (answer === 'network') throw new TypeError('Failed to fetch');
    if (answer === 'hang') {
      return new Promise((_, reject) =>
        request.signal?.addEventListener('abort', () => reject(new DOMException('', 'AbortError'))),
      );
    }
    return new Response('', {
      status: answer.status,
      headers: answer.retryAfter === undefined ? {} : { 'Retry-After': answer.retryAfter },
    });
  });
  const adapter = plainAdapter(over.adapter);
  const destination: Destination = { name: 'lane', adapter, ...over.destination };
  const context: Omit<LaneContext, 'answeredAt'> = {
    queue,
    departures,
    name,
    limits: { ...LIMITS, ...over.limits },
    flushAt: 1_000,
    flushAfterMs: 3_600_000,
    timeoutMs: 50,
    ready: store.ready,
    lock: (_, signal, work) => work(() => !signal.aborted),
    takeOver: over.takesOver
      ? createTakeOver(
          queue,
          departures,
          () => state.page,
          () => state.now,
        )
      : async () => false,
    page: () => state.page,
    visitor: () => state.visitor,
    active: () => state.active,
    left: () => !state.active,
    goingSince: () => state.goingSince,
    mayLoseLast: () => state.mayLoseLast,
    online: () => true,
    onFlight: () => true,
    now: () => state.now,
    random: () => state.random,
    emit: (event, detail) => void (told[event] as (typeof detail)[]).push(detail),
    report: (error) => errors.push(error),
    ...over.context,
  };
  over.onContext?.(context);
  const delivery = createDelivery([destination], context);
  return {
    name,
    storage,
    store,
    queue,
    departures,
    delivery,
    state,
    sent,
    told,
    errors,
    event: (id: string, event: Partial<TrackletEvent> = {}) =>
      neutralEvent(id, { time: state.now, visitor: state.visitor, ...event }),
    /** Tracks events by id, one ms apart. */
    track(ids: readonly string[], event: Partial<TrackletEvent> = {}) {
      for (const id of ids) {
        const whole = this.event(id, event);
        delivery.take(whole, whole);
      }
    },
    flush: async () => (await delivery.flush()).lane,
    stats: async () => (await delivery.stats()).lane,
  };
}

export const numbered = (length: number, prefix = 'e') => Array.from({ length }, (_, index) => `${prefix}${index}`);

/** A page whose vendor has already taken something, so that it is known to be well. */
export async function provenPage(over: Parameters<typeof openPage>[0] = {}) {
  const page = openPage(over);
  page.track(['first']);
  await page.flush();
  return page;
}

/** The page is left, and says goodbye as `presence.ts` does. */
export function leave(page: ReturnType<typeof openPage>, send = true): void {
  const note = (left: boolean) =>
    page.departures.write(page.state.page, { at: page.state.now, left, claims: page.delivery.claims() });
  page.state.active = false;
  page.store.guard(true);
  note(false);
  page.delivery.leave(send);
  note(true);
}

/** The page comes back from the back/forward cache. */
export function comeBack(page: ReturnType<typeof openPage>): void {
  page.state.page = `returned-${count++}`;
  page.state.active = true;
  page.store.resume();
}

/** Time for what needs some turns of the loop. */
export const tick = (ms = 0) => new Promise((resolve) => setTimeout(resolve, ms));

import type { TrackerOptions } from './api.js';
import { isAgreedTo } from './consent/purpose.js';
import { createDelivery } from './delivery/delivery.js';
import type { Limits } from './delivery/lane-context.js';
import { recallState } from './delivery/lane-state.js';
import type { Lock } from './delivery/lock.js';
import { newId } from './lib/new-id.js';
import { createSafeStorage } from './lib/safe-storage.js';
import { resolveOptions } from './options.js';
import { openExisting } from './queue/database.js';
import { departuresIn, handoverOf, isHandedOver, NO_HANDOVER, openHandover } from './queue/handover.js';
import { withHiddenEvents } from './queue/hidden-events.js';
import { createJournal } from './queue/journal.js';
import { createOpenStore } from './queue/open-store.js';
import { createQueue, type Queue, type QueuedEvent } from './queue/queue.js';
import type { NoAnswer } from './transport/send.js';

/** Longest time in ms that a sync goes on; browsers end a worker that is busy for some minutes. */
const DEADLINE_MS = 60_000;
/**
 * How long, in ms, a sync waits for a page that asked for it as it went away, or for a vendor that may be tried again: a
 * network that is just back fails now and then.
 */
const PATIENCE_MS = 5_000;
/** Between two looks at what is left, and at whether a page was opened; in ms. */
const LOOK_AGAIN_MS = 1_000;

/** What a sync takes from outside, so that tests can set it. */
export interface WorkerSurroundings {
  /** Is a page of the site open, in whatever state? */
  hasPages(): Promise<boolean>;
  /** The pages' own. */
  lock: Lock;
  now(): number;
  random(): number;
}

const NO_ANSWER: readonly (string | undefined)[] = ['network', 'timeout'] satisfies NoAnswer['failure'][];
const UNLIMITED: Limits = {
  maxEvents: Infinity,
  maxBytes: Infinity,
  maxAgeMs: Infinity,
  maxHeld: Infinity,
  maxDropped: Infinity,
  maxEventBytes: Infinity,
};

/**
 * Delivers what pages now gone have left in the queue. The rule that keeps it from sending anything twice:
 *
 * 1. While a page of the site is open, delivery is that page's. This is asked under the lane's lock, the pages' own, and
 *    again as long as the sync goes on; a page opened meanwhile waits for the lock and finds the lane settled.
 * 2. The worker knows what pages know. They keep ownership and claims in localStorage, which workers cannot read, and so
 *    leave a copy (`handover.ts`) whenever a request starts or ends, and when they are hidden or left. It is read under the
 *    lock, when there is no page left to change it. From there on `dutyOf()` decides, as it does in a page.
 * 3. What the copy does not cover is left to the next page: events tracked after it, events that the journal holds too,
 *    events held for an identity, those stored without consent to what the destination is for, expired ones, and what
 *    this version cannot read. The worker drops nothing but what a vendor refuses.
 * 4. A visitor who refuses, on a page that is opened meanwhile, is obeyed at once: the notes and maybe the queue are deleted,
 *    the worker hears of it and ends, and makes neither anew.
 *
 * @throws Error when events are left that a later sync may send.
 */
export async function deliverHandedOver(
  options: TrackerOptions,
  { hasPages, lock, now, random }: WorkerSurroundings,
): Promise<void> {
  const { destinations, name, timeoutMs, limits } = resolveOptions(options);
  // Without notes there is nothing to do, nor should there be any: the visitor may have refused.
  if (!(await indexedDB.databases()).some((database) => database.name === handoverOf(name))) return;
  const report = (error: unknown) => console.error('tracklet:', error);
  let page = newId();
  let isOver = false;
  let isErased = false;
  let timer: ReturnType<typeof setTimeout> | undefined;
  let watch: ReturnType<typeof setInterval> | undefined;
  let handover = NO_HANDOVER;
  let broken: unknown;
  const end = () => {
    isOver = true;
    isErased = true;
    // What is answered from here on counts only for what is still there.
    page = newId();
  };
  const database = await openExisting(name, end);
  const notes = await openHandover(name, end);

  const lanes = destinations.map((destination) => destination.name);
  // A worker has no localStorage: this journal is one in name only, and nothing in it outlives the sync.
  const journal = createJournal(createSafeStorage(), `${name}:`);
  const store = createOpenStore(database, (error) => {
    broken = error;
    isOver = true;
  });
  /** Is it one that a page has left for us? */
  const isOurs = (key: string, lane: string, record: QueuedEvent): boolean => {
    const { event } = record;
    const destination = destinations.find((its) => its.name === lane);
    if (!destination || !isAgreedTo(event, destination) || now() - event.time > limits.maxAgeMs) return false;
    return isHandedOver(key, record, handover);
  };
  const queue: Queue = {
    ...createQueue(withHiddenEvents(store, isOurs), journal),
    // A lane that seems empty here may be full of what is hidden.
    balance: async () => {},
  };

  const lookForPages = async () => {
    isOver ||= await hasPages();
  };

  const delivery = createDelivery(destinations, {
    queue,
    departures: departuresIn(() => handover),
    name,
    timeoutMs,
    // Only a page knows by which limits its queue is kept.
    limits: UNLIMITED,
    flushAt: Infinity,
    flushAfterMs: Infinity,
    ready: store.ready,
    lock,
    async takeOver() {
      await lookForPages();
      if (!isErased) handover = await notes.read();
      return false;
    },
    page: () => page,
    // Held events are hidden, so nobody asks.
    visitor: () => ({ anonymousId: '' }),
    active: () => !isOver,
    left: () => false,
    goingSince: () => 0,
    mayLoseLast: () => false,
    onFlight: () => true,
    online: () => true,
    now,
    random,
    emit() {},
    report,
  });

  const isAnythingLeft = async () => {
    handover = await notes.read();
    const left = await Promise.all(lanes.map((lane) => queue.peek(lane, 1)));
    return left.some(({ length }) => length > 0);
  };

  /** A sync means that the network is back, so lanes that wait for nothing else need not wait any longer. */
  const wake = async (lane: string) => {
    const state = await recallState(queue, lane);
    if (!state.blocked && NO_ANSWER.includes(state.reason)) queue.remember(lane, { ...state, notBefore: 0 });
  };

  const outwaitPages = async () => {
    const until = now() + PATIENCE_MS;
    while ((await hasPages()) && now() < until) await delay(LOOK_AGAIN_MS);
    await lookForPages();
  };

  /** Until nothing is left that may be sent soon. */
  const goOn = async () => {
    await outwaitPages();
    watch = setInterval(() => void lookForPages(), LOOK_AGAIN_MS);
    if (!isOver) await Promise.all(lanes.map(wake));
    for (;;) {
      const reports = Object.values(await delivery.flush());
      const soon = now() + PATIENCE_MS;
      const isWorthwhile = reports.some(({ waiting, notBefore = 0 }) => waiting > 0 && notBefore < soon);
      if (isOver || !isWorthwhile || !(await isAnythingLeft())) break;
      await delay(LOOK_AGAIN_MS);
    }
    isOver = true;
    await delivery.close();
  };

  const deadline = new Promise<void>((resolve) => {
    timer = setTimeout(() => {
      isOver = true;
      // The request under way gets its time; a page that holds the lock could hold it for longer.
      timer = setTimeout(resolve, timeoutMs);
    }, DEADLINE_MS);
  });
  await Promise.race([goOn(), deadline]);
  clearTimeout(timer);
  clearInterval(watch);
  const isLeft = !isErased && (await isAnythingLeft());
  store.close();
  notes.close();
  if (isErased) return;
  if (broken) throw new Error(`tracklet: ${broken}`);
  if (isLeft) throw new Error('tracklet: events are left for a later sync');
}

const delay = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

import type { Adapter } from '../adapters/adapter.js';
import type { QueuedEvent } from '../queue/queue.js';
import { HEALTHY, type LaneState } from './lane-state.js';
import type { Candidate } from './select.js';

/** What the parts of one lane share while the page lives. */
export interface LaneMemory {
  /** As last recalled or remembered; the stored state is the truth. */
  state: LaneState;
  /** Has the vendor ever taken an event from this browser? */
  proven: boolean;
  /** Events on their way, by id. */
  readonly inFlight: Map<string, Candidate>;
  /** This page's own records that are not on their way yet, by id; what an exit can send without asking anyone. */
  readonly own: Map<string, QueuedEvent>;
  /** Most events in the next request; falls when a batch is refused, so that the culprit gets isolated. */
  maxEvents: number;
  /** The last headers that were asked for; all that an exit has time to use. */
  headers?: Readonly<Record<string, string>>;
  /** Times of recent requests, for the vendor's rate limits. */
  sentAt: readonly number[];
  /** Must held events be looked through, because the visitor is new to this page, was identified or reset? */
  visitorChanged: boolean;
}

export const createLaneMemory = (adapter: Adapter): LaneMemory => ({
  state: HEALTHY,
  proven: false,
  inFlight: new Map(),
  own: new Map(),
  maxEvents: adapter.maxEvents,
  sentAt: [],
  visitorChanged: true,
});

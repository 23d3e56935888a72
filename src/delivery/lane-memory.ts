import type { Adapter } from '../adapters/adapter.js';
import type { QueuedEvent } from '../queue/queue.js';
import { HEALTHY, type LaneState } from './lane-state.js';

/** What the parts of one lane share while the page lives. */
export interface LaneMemory {
  /** As last recalled or remembered; the stored state is the truth. */
  state: LaneState;
  /** Has the vendor ever taken an event from this browser? */
  proven: boolean;
  /** Ids of events on their way. */
  readonly inFlight: Set<string>;
  /** This page's own records that are not on their way yet, by id; what an exit can send without asking anyone. */
  readonly own: Map<string, QueuedEvent>;
  /** Most events in the next request; falls when a batch is refused, so that the culprit gets isolated. */
  maxEvents: number;
  /** The last headers that were asked for; all that an exit has time to use. */
  headers?: Readonly<Record<string, string>> | undefined;
  /** Times of recent requests, for the vendor's rate limits. */
  sentAt: readonly number[];
}

export const createLaneMemory = ({ maxEvents }: Adapter): LaneMemory => ({
  state: HEALTHY,
  proven: false,
  inFlight: new Set(),
  own: new Map(),
  maxEvents,
  sentAt: [],
});

import type { Adapter } from '../adapters/adapter.js';
import type { QueuedEvent } from '../queue/queue.js';
import { HEALTHY, type LaneState } from './lane-state.js';

/** What the parts of one lane share while the page lives. */
export interface LaneMemory {
  /** As last recalled or remembered; the stored state is the truth. */
  state: LaneState;
  /** Has the vendor ever taken an event from this browser? */
  proven: boolean;
  /** When the vendor last took something from this page; epoch ms, 0 for never. */
  takenAt: number;
  /** Events on their way: when each was sent, by id. */
  readonly inFlight: Map<string, number>;
  /** Ids of events that are settled; what was read before may still name them. */
  readonly settled: Set<string>;
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
  takenAt: 0,
  inFlight: new Map(),
  settled: new Set(),
  own: new Map(),
  maxEvents,
  sentAt: [],
});

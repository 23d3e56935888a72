import type { QueuedEvent } from '../queue/queue.js';
import { HEALTHY, type LaneState } from './lane-state.js';
import type { Sent } from './rate-limit.js';

/** What the parts of one lane share while the page lives. */
export interface LaneMemory {
  /** As last recalled or remembered; the stored state is the truth. */
  state: LaneState;
  /** When the vendor last took something from this browser; epoch ms, 0 for never, 1 if on an earlier page. */
  takenAt: number;
  /** Events on their way, by id: when each was sent, epoch ms; 0 if it is not presumed to arrive. */
  readonly inFlight: Map<string, number>;
  /** Ids of events that are settled; what was read before may still name them. */
  readonly settled: Set<string>;
  /** This page's own records that are not on their way yet, by id; what an exit can send without asking anyone. */
  readonly own: Map<string, QueuedEvent>;
  /** The network is back: what failed for want of it need not wait any longer. */
  isOnlineAgain: boolean;
  /** The last headers that were asked for; all that an exit has time to use. */
  headers?: Readonly<Record<string, string>> | undefined;
  /** Earlier requests, for the vendor's rate limits. */
  sent: readonly Sent[];
}

export const createLaneMemory = (): LaneMemory => ({
  state: HEALTHY,
  takenAt: 0,
  inFlight: new Map(),
  settled: new Set(),
  own: new Map(),
  isOnlineAgain: false,
  sent: [],
});

import type { Queue } from '../queue/queue.js';

/** What a lane remembers across reloads, so that a new page does not hammer a vendor that asked for peace. */
export interface LaneState {
  /** Failures in a row. */
  readonly failures: number;
  /** When the last one was, also if all is well again; epoch ms. */
  readonly failedAt?: number | undefined;
  /** Epoch ms before which nothing is sent. */
  readonly notBefore: number;
  /** How long that was from then on, in ms: a clock that is set back must not make it longer. */
  readonly waitMs?: number;
  /** Why, in the vendor's words where there are any. */
  readonly reason?: string;
  /** Requests in a row that ended without any answer. */
  readonly unanswered?: number;
  /** Set while such requests alone are all that this lane knows, and other destinations answer. */
  readonly blocked?: boolean;
  /** Set while paused: a fingerprint of the credentials that were refused. */
  readonly paused?: string | undefined;
  /** Most events in the next request, while the culprit of a refused batch is looked for. */
  readonly maxEvents?: number | undefined;
  /** Ids in requests of which nobody can tell whether they arrived: the vendor may have them. */
  readonly unclear: readonly string[];
}

export const HEALTHY: LaneState = { failures: 0, notBefore: 0, unclear: [] };

/** What the lane remembers; as if all were well where another version, or nobody, wrote it. */
export async function recallState(queue: Queue, lane: string): Promise<LaneState> {
  const stored = await queue.recall<Partial<LaneState>>(lane);
  return Number.isFinite(stored?.failures) && Array.isArray(stored?.unclear) ? (stored as LaneState) : HEALTHY;
}

/** What a lane remembers across reloads, so that a new page does not hammer a vendor that asked for peace. */
export interface LaneState {
  /** Failures in a row. */
  readonly failures: number;
  /** Epoch ms before which nothing is sent. */
  readonly notBefore: number;
  /** Why, in the vendor's words where there are any. */
  readonly reason?: string;
  /** Set while paused: a fingerprint of the credentials that were refused. */
  readonly paused?: string | undefined;
  /** Ids in requests that ended without an answer: the vendor may have them. */
  readonly unclear: readonly string[];
}

export const HEALTHY: LaneState = { failures: 0, notBefore: 0, unclear: [] };

/** What a lane remembers across reloads, so that a new page does not hammer a vendor that asked for peace. */
export interface LaneState {
  /** Failures in a row. */
  readonly failures: number;
  /** Epoch ms before which nothing is sent. */
  readonly notBefore: number;
  /** Why, in the vendor's words where there are any. */
  readonly reason?: string;
  /** Set while paused: a fingerprint of the credentials that were refused. */
  readonly paused?: string;
  /** The last failure was of the network, so the `online` event ends the wait. */
  readonly network?: boolean;
  /** Ids in requests that ended without an answer: the vendor may have them. */
  readonly unclear?: readonly string[];
}

export const HEALTHY: LaneState = { failures: 0, notBefore: 0 };

/** How long a paused lane waits, in ms, before it asks once more with the same credentials. Access may come back. */
export const PAUSE_MS = 3_600_000;

export interface Failure {
  readonly reason: string;
  readonly waitMs: number;
  readonly network?: boolean;
  readonly unclear?: readonly string[];
}

const withUnclear = (ids: readonly string[] | undefined) => (ids?.length ? { unclear: ids } : {});

/** Only what was delivered is clear again: the rest of a batch without an answer stays in doubt. */
export const afterSuccess = ({ unclear }: LaneState, delivered: readonly string[]): LaneState => ({
  ...HEALTHY,
  ...withUnclear(unclear?.filter((id) => !delivered.includes(id))),
});

export const afterFailure = (state: LaneState, failure: Failure, now: number): LaneState => ({
  failures: state.failures + 1,
  notBefore: now + failure.waitMs,
  reason: failure.reason,
  ...(failure.network && { network: true }),
  ...withUnclear([...new Set([...(state.unclear ?? []), ...(failure.unclear ?? [])])]),
});

export const afterPause = (state: LaneState, reason: string, credentials: string, now: number): LaneState => ({
  failures: state.failures + 1,
  notBefore: now + PAUSE_MS,
  reason,
  paused: credentials,
  ...withUnclear(state.unclear),
});

/** Short, one-way mark of a text: enough to see that credentials changed, without storing them. FNV-1a. */
export function fingerprint(text: string): string {
  let hash = 0x811c9dc5;
  for (let index = 0; index < text.length; index++) hash = Math.imul(hash ^ text.charCodeAt(index), 0x01000193);
  return (hash >>> 0).toString(36);
}

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
  /** Ids in requests that ended without an answer: the vendor may have them. */
  readonly unclear?: readonly string[] | undefined;
}

export const HEALTHY: LaneState = { failures: 0, notBefore: 0 };

/** How long a paused lane waits, in ms, before it asks once more with the same credentials. Access may come back. */
const PAUSE_MS = 3_600_000;

/** Only what was settled is clear again: the rest of a batch without an answer stays in doubt. */
export function afterSuccess({ unclear = [] }: LaneState, settled: readonly string[]): LaneState {
  const rest = unclear.filter((id) => !settled.includes(id));
  return rest.length > 0 ? { ...HEALTHY, unclear: rest } : HEALTHY;
}

export const afterFailure = (
  { failures, unclear = [] }: LaneState,
  reason: string,
  notBefore: number,
  unanswered: readonly string[],
): LaneState => ({ failures: failures + 1, notBefore, reason, unclear: [...new Set([...unclear, ...unanswered])] });

export const afterPause = (state: LaneState, reason: string, credentials: string, now: number): LaneState => ({
  ...afterFailure(state, reason, now + PAUSE_MS, []),
  paused: credentials,
});

/** Short, one-way mark of a text: enough to see that credentials changed, without storing them. FNV-1a. */
export function fingerprint(text: string): string {
  let hash = 0x811c9dc5;
  for (let index = 0; index < text.length; index++) hash = Math.imul(hash ^ text.charCodeAt(index), 0x01000193);
  return (hash >>> 0).toString(36);
}

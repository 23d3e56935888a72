import type { EventSession } from '../event/event.js';
import { newId } from '../lib/new-id.js';
import type { SafeStorage } from '../lib/safe-storage.js';

type Campaign = { readonly [name: string]: string };

interface StoredSession extends EventSession {
  readonly lastAt: number;
  /** What brought the visitor here, kept for the whole visit. */
  readonly campaign?: Campaign;
}

/** The visit, shared by all tabs of the site through localStorage. */
export interface Session {
  /** Counts one event at `time` and returns the session it belongs to; `campaign` is that of the current address. */
  touch(time: number, campaign?: Campaign): { readonly session: EventSession; readonly campaign?: Campaign };
  /** Forgets all sessions; the next event starts the first one of a new visitor. */
  reset(): void;
}

export function createSession(storage: SafeStorage, prefix: string, timeoutMs: number): Session {
  const key = `${prefix}session`;
  let current: StoredSession | undefined;
  let stored = true;

  const save = () => {
    stored = true;
    if (current) storage.set(key, current);
  };

  return {
    touch(time, arrived) {
      // Once per task: nothing another tab does can be seen within one, and a burst must not pay for each event.
      if (stored) {
        current = storage.get<StoredSession>(key);
        stored = false;
        queueMicrotask(save);
      }
      // Only silence ends a session; a clock that was set back does not.
      const goesOn = current !== undefined && time - current.lastAt < timeoutMs;
      const { id, startedAt, number, eventIndex } =
        goesOn && current
          ? current
          : { id: newId(), startedAt: time, number: (current?.number ?? 0) + 1, eventIndex: 0 };
      const campaign = arrived ?? (goesOn ? current?.campaign : undefined);
      const session = { id, startedAt, number, eventIndex: eventIndex + 1 };
      current = {
        ...session,
        lastAt: Math.max(time, goesOn ? (current?.lastAt ?? 0) : 0),
        ...(campaign && { campaign }),
      };
      return { session, ...(campaign && { campaign }) };
    },
    reset() {
      current = undefined;
      storage.set(key, undefined);
    },
  };
}

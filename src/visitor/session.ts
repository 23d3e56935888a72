import type { EventSession } from '../event/event.js';
import { newId } from '../lib/new-id.js';
import type { SafeStorage } from '../lib/safe-storage.js';

type Campaign = { readonly [name: string]: string };

interface StoredSession extends EventSession {
  readonly lastAt: number;
  /** What brought the visitor here, kept for the whole visit. */
  readonly campaign?: Campaign | undefined;
}

/** The visit, shared by all tabs of the site through localStorage. */
export interface Session {
  /** Counts one event at `time` and returns its session and what led to it; `arrived` is the current address's campaign. */
  touch(time: number, arrived: Campaign | undefined): readonly [EventSession, Campaign | undefined];
  /** Forgets all sessions; the next event starts the first one of a new visitor. */
  reset(): void;
}

export function createSession(storage: SafeStorage, prefix: string, timeoutMs: number): Session {
  const key = `${prefix}session`;
  let current: StoredSession | undefined;
  let isStored = true;

  return {
    touch(time, arrived) {
      // Once per task: nothing another tab does can be seen within one, and a burst must not pay for each event.
      if (isStored) {
        current = storage.get(key);
        isStored = false;
        queueMicrotask(() => {
          isStored = true;
          if (current) storage.set(key, current);
        });
      }
      // Only silence ends a session; a clock that was set back does not.
      if (!current || time - current.lastAt >= timeoutMs) {
        current = { id: newId(), startedAt: time, number: (current?.number ?? 0) + 1, eventIndex: 0, lastAt: time };
      }
      const { id, startedAt, number, eventIndex, lastAt, campaign = arrived } = current;
      const session = { id, startedAt, number, eventIndex: eventIndex + 1 };
      current = { ...session, lastAt: Math.max(time, lastAt), campaign: arrived ?? campaign };
      return [session, current.campaign];
    },
    reset() {
      current = undefined;
      storage.set(key, undefined);
    },
  };
}

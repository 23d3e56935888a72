import type { EventSession } from '../event/event.js';
import type { SafeStorage } from '../lib/safe-storage.js';

type Campaign = { readonly [name: string]: string };

/** What ends a session. */
export interface SessionRules {
  /** Silence in ms. */
  readonly sessionTimeoutMs: number;
  /** Length in ms, however busy. */
  readonly sessionMaxMs: number;
  /** Does an arrival by another campaign? */
  readonly sessionPerCampaign: boolean;
}

/** A session as tabs share it; it has an id of its own only if it was begun by a visitor who is no more. */
type Shared = Omit<EventSession, 'id'> & { readonly id?: string };

interface StoredSession {
  readonly session: Shared;
  readonly lastAt: number;
  /** What brought the visitor here, kept for the whole visit. */
  readonly campaign: Campaign | undefined;
}

/** The visit, shared by all tabs of the site. */
export interface Session {
  /** Counts one event at `time` and returns its session and what led to it; `arrived` is the current address's campaign. */
  touch(
    visitor: string,
    time: number,
    arrived: Campaign | undefined,
  ): readonly [session: EventSession, campaign: Campaign | undefined];
  /** The session with its id. */
  stamp(visitor: string, session: Shared): EventSession;
  /**
   * `visitor` is no more. Goes on if `keep` names the session; ends it if it names the anonymous id; else forgets all
   * sessions, so that the next event starts the first one of a new visitor.
   */
  reset(visitor: string, keep: readonly string[]): void;
}

/**
 * `within` stands in the ids. `onStart` is called at the end of the task in which this page found that a session has
 * begun.
 */
export function createSession(
  storage: SafeStorage,
  prefix: string,
  within: string,
  { sessionTimeoutMs, sessionMaxMs, sessionPerCampaign }: SessionRules,
  onStart: (session: Shared) => void,
): Session {
  const key = `${prefix}session`;
  let current: StoredSession | undefined;
  let isStored = true;
  let begun: Shared | undefined;
  /** The campaign by which the visitor came to this page, so that two tabs do not end each other's session. */
  let arrival: string | undefined;

  // Follows from what all tabs know, so those that wake at once need not ask each other which id the next one has.
  const stamp = (visitor: string, session: Shared): EventSession => ({
    id: `${visitor}.${within}${session.number}`,
    ...session,
  });

  /** Once per task: nothing another tab does can be seen within one, and a burst must not pay for each event. */
  const read = () => {
    if (!isStored) return;
    current = storage.get(key);
    isStored = false;
    queueMicrotask(() => {
      isStored = true;
      storage.set(key, current);
      if (begun) onStart(begun);
      begun = undefined;
    });
  };

  /** Only silence, length or an arrival ends a session; a clock that was set back does not. */
  const isOver = ({ session, lastAt, campaign }: StoredSession, time: number, from: string | undefined) =>
    time - lastAt >= sessionTimeoutMs ||
    time - session.startedAt >= sessionMaxMs ||
    (sessionPerCampaign && from && from !== arrival && from !== JSON.stringify(campaign));

  return {
    stamp,
    touch(visitor, time, arrived) {
      read();
      const from = JSON.stringify(arrived);
      const before = current?.session;
      const goesOn = current && !isOver(current, time, from) ? current : undefined;
      arrival = from ?? arrival;
      const session: Shared = goesOn
        ? { ...goesOn.session, eventIndex: goesOn.session.eventIndex + 1 }
        : {
            number: (before?.number ?? 0) + 1,
            startedAt: time,
            eventIndex: 1,
            ...(before && { previousId: stamp(visitor, before).id }),
          };
      if (!goesOn) begun = session;
      current = { session, lastAt: time, campaign: arrived ?? goesOn?.campaign };
      return [stamp(visitor, session), current.campaign];
    },
    reset(visitor, keep) {
      read();
      if (!current) return;
      if (keep.includes('session')) current = { ...current, session: stamp(visitor, current.session) };
      else current = keep.includes('anonymousId') ? { ...current, lastAt: 0 } : undefined;
    },
  };
}

import type { TrackerEvents } from './api.js';
import type { Happening, Recorded } from './capture/recorder.js';
import type { ConsentContext, Deliver, DoorState } from './consent/gate.js';
import { addCounts, type Counts, type DropReason, type TrimReason } from './event/loss.js';

/** The door of the tracker: what the page says is timed, made an event or counted as lost, and never throws back. */
export interface Intake {
  /** Takes what happened, now unless it says when. `prepare` is what it changes about the visitor, done in its turn. */
  take(happening: Taken, prepare?: () => void): void;
  /** Is this an id that a visitor or an account can have? If not, says so. */
  isId(id: unknown, method: string): id is string;
  /** Does what concerns the visitor but makes no event, after all that was taken before. */
  inTurn(work: () => void): void;
  /** Opened, what has waited goes on, with its own times; denied or closed, it is lost. Nothing follows `closed`. */
  enter(state: DoorState): void;
  /** Tells and counts that a destination will not get this event, which others may have got. */
  readonly lose: ConsentContext['lose'];
  /** Events lost on this page before they reached any destination, or one that waited for consent. */
  readonly dropped: Counts<DropReason>;
  /** What was cut out of events, on this page. */
  readonly trimmed: Counts<TrimReason>;
}

type Taken = Omit<Happening, 'time'> & { readonly time?: number };

/** A call from the page whose turn may come later. Only what happened can be lost. */
interface Turn {
  readonly happening?: Taken;
  readonly work: () => void;
}

export interface IntakeContext {
  now(): number;
  record(happening: Happening): () => Recorded;
  /** Most calls that wait. */
  readonly maxWaiting: number;
  readonly deliver: Deliver;
  emit<Name extends 'dropped' | 'trimmed'>(name: Name, detail: TrackerEvents[Name]): void;
  report(error: unknown): void;
}

export function createIntake({ now, record, maxWaiting, deliver, emit, report }: IntakeContext): Intake {
  const dropped: Counts<DropReason> = {};
  const trimmed: Counts<TrimReason> = {};
  const waiting: Turn[] = [];
  let state: DoorState = 'waiting';

  const lose = (reason: DropReason, detail: string, name: unknown) => {
    addCounts(dropped, { [reason]: 1 });
    emit('dropped', { reason, detail, ...(typeof name === 'string' && { name: name.slice(0, 255) }) });
  };

  const capture = (recorded: Recorded, name: unknown) => {
    if ('lost' in recorded) return lose(recorded.lost, recorded.detail, name);
    const { event, cuts, raw } = recorded;
    if (Object.keys(cuts).length > 0) {
      addCounts(trimmed, cuts);
      emit('trimmed', { id: event.id, name: event.name, cuts });
    }
    deliver(event, raw);
  };

  const pass = (turn: Turn) => {
    const { happening, work } = turn;
    try {
      // A visitor who logs out after close() is forgotten all the same.
      if (state === 'open' || (state === 'closed' && !happening)) work();
      else if (state === 'waiting' && waiting.length < maxWaiting) waiting.push(turn);
      else if (!happening) return;
      else if (state === 'closed') lose(state, 'tracked after close()', happening.name);
      else if (state === 'denied') lose(state, 'the visitor has refused', happening.name);
      else lose('queue-full', `${maxWaiting} wait for consent`, happening.name);
    } catch (error) {
      report(error);
    }
  };

  return {
    dropped,
    trimmed,
    lose(destination, { id, name }, reason) {
      addCounts(dropped, { [reason]: 1 });
      emit('dropped', { destination, id, name, reason });
    },
    take(happening, prepare) {
      try {
        const complete = record({ ...happening, time: Math.round(happening.time ?? now()) });
        const work = () => {
          prepare?.();
          capture(complete(), happening.name);
        };
        pass({ happening, work });
      } catch (error) {
        report(error);
      }
    },
    inTurn: (work) => pass({ work }),
    isId(id, method): id is string {
      const isGood = typeof id === 'string' && id !== '';
      if (!isGood) lose('invalid-name', `${method}() needs a non-empty string as id`, method);
      return isGood;
    },
    enter(next) {
      if (state === 'closed') return;
      state = next;
      for (const turn of waiting.splice(0)) pass(turn);
    },
  };
}

/** The longest delay a timer can take, in ms; longer ones fire at once. */
const LONGEST_TIMER_MS = 2 ** 31 - 1;

/** Wakes a lane at the earliest of the times that were asked for. */
export interface Alarm {
  wakeIn(ms: number): void;
  sleep(): void;
}

export function createAlarm(now: () => number, ring: () => void): Alarm {
  let timer: ReturnType<typeof setTimeout> | undefined;
  let wakeAt = Infinity;
  return {
    wakeIn(ms) {
      // One in the past did not ring, for timers stand still while the machine sleeps.
      if (wakeAt > now() && now() + ms >= wakeAt) return;
      clearTimeout(timer);
      wakeAt = now() + ms;
      timer = setTimeout(ring, Math.min(ms, LONGEST_TIMER_MS));
    },
    sleep() {
      clearTimeout(timer);
      wakeAt = Infinity;
    },
  };
}

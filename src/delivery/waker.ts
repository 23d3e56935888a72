/** The longest delay a timer can take, in ms; longer ones fire at once. */
const LONGEST_MS = 2 ** 31 - 1;

/** One alarm clock, set to the earliest time anyone asked for. */
export interface Waker {
  in(ms: number): void;
  cancel(): void;
}

export function createWaker(wake: () => void, now: () => number): Waker {
  let timer: ReturnType<typeof setTimeout> | undefined;
  let at = Number.POSITIVE_INFINITY;
  const cancel = () => {
    clearTimeout(timer);
    at = Number.POSITIVE_INFINITY;
  };
  return {
    in(ms) {
      if (now() + ms >= at) return;
      clearTimeout(timer);
      at = now() + ms;
      timer = setTimeout(
        () => {
          cancel();
          wake();
        },
        Math.min(ms, LONGEST_MS),
      );
    },
    cancel,
  };
}

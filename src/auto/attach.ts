/** What `createTracker()` returned, or the global function of the script tag, also before its script has loaded. */
export type Trackable =
  | { track(...args: never[]): unknown; on(...args: never[]): unknown }
  | ((...args: never[]) => unknown);

/** Listens before the page does, so that `stopPropagation()` hides nothing. An exception stays here. */
export type Listen = <Type extends keyof DocumentEventMap>(
  type: Type,
  listener: (event: DocumentEventMap[Type]) => void,
) => void;

/** The tracker and the page, for as long as they are listened to. */
export interface Attached {
  readonly track: (name: unknown, properties: object, options?: object) => void;
  /** Hears of what the tracker tells. */
  readonly on: (name: 'left' | 'closed', listener: () => void) => void;
  readonly listen: Listen;
}

/**
 * Lets something listen to the page for a tracker until the function it returns is called or the tracker is closed.
 * Does nothing where there is no document. Throws a `TypeError` when it is given no tracker.
 */
export function attach(caller: string, tracker: Trackable, begin: (attached: Attached) => void): () => void {
  if (typeof document === 'undefined') return () => {};
  if (typeof tracker !== 'function' && !tracker?.track) {
    throw new TypeError(`tracklet: ${caller}() needs what createTracker() returned, or window.tracklet`);
  }
  const call = (method: 'track' | 'on', ...args: unknown[]) =>
    typeof tracker === 'function' ? tracker(...([method, ...args] as never[])) : tracker[method](...(args as never[]));
  const watching = new AbortController();
  const { signal } = watching;
  const stop = () => watching.abort();
  // The script tag's function has no way back as long as its script has not loaded, so what ends only falls silent.
  const on: Attached['on'] = (name, listener) => void call('on', name, () => signal.aborted || listener());
  on('closed', stop);
  begin({
    track: (...args) => void call('track', ...args),
    on,
    listen(type, listener) {
      const guarded = (event: Parameters<typeof listener>[0]) => {
        try {
          listener(event);
        } catch (error) {
          console.error('tracklet:', error);
        }
      };
      document.addEventListener(type, guarded, { capture: true, signal });
    },
  });
  return stop;
}

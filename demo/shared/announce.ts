import type { Stats, TrackerEvents } from 'tracklet';
import { emptyBrowserStorage } from './empty-browser-storage.js';
import { type LiveMessage, openLiveChannel, type TrackerNews } from './live-channel.js';

/** The parts of a tracker that the announcer needs; script pages and the module section get at them differently. */
export interface Announced {
  on<Name extends keyof TrackerEvents>(name: Name, listener: (detail: TrackerEvents[Name]) => void): void;
  stats(): Promise<Stats> | undefined;
  close(): Promise<void> | undefined;
}

const names: readonly (keyof TrackerEvents)[] = [
  'queued',
  'sending',
  'delivered',
  'retry',
  'paused',
  'dropped',
  'trimmed',
  'degraded',
];

/**
 * Tells the live view what the tracker says, and the page itself by a DOM event: the headless visitor counts the
 * queued events from there, synchronously and without going through any of the parts that it checks.
 */
export function announce(tracker: Announced): void {
  const channel = openLiveChannel((message) => void answer(message));
  let due = false;

  const tellStats = async (): Promise<void> => {
    const stats = await tracker.stats();
    if (stats) channel.post({ kind: 'stats', stats });
  };

  const answer = async (message: LiveMessage): Promise<void> => {
    if (message.kind === 'hello') await tellStats();
    if (message.kind === 'start-over') location.replace('/shop/');
    if (message.kind !== 'wipe') return;
    await tracker.close();
    emptyBrowserStorage();
  };

  const listen = <Name extends keyof TrackerEvents>(name: Name): void => {
    tracker.on(name, (detail) => {
      channel.post({ kind: 'news', name, detail } as TrackerNews);
      dispatchEvent(new CustomEvent('tracklet-demo:news', { detail: { name, detail } }));
      if (due) return;
      due = true;
      // Many events come in one go; the counts are read once for all of them.
      setTimeout(() => {
        due = false;
        void tellStats();
      }, 60);
    });
  };

  for (const name of names) listen(name);
}

import type { Stats, TrackerEvents } from 'tracklet';

/** One thing the tracker said, as it crosses from a shop page to the live view. */
export type TrackerNews = {
  [Name in keyof TrackerEvents]: { readonly kind: 'news'; readonly name: Name; readonly detail: TrackerEvents[Name] };
}[keyof TrackerEvents];

export type LiveMessage =
  | TrackerNews
  /** The tracker's own counts. */
  | { readonly kind: 'stats'; readonly stats: Stats }
  /** The live view has just opened and wants the counts. */
  | { readonly kind: 'hello' }
  /** Everything is to be forgotten: pages close their tracker and empty the browser's storage. */
  | { readonly kind: 'wipe' }
  /** All is empty: pages go back to the start. */
  | { readonly kind: 'start-over' };

/** All pages of the demo share this origin, so a BroadcastChannel reaches every tab and frame without a server. */
export function openLiveChannel(listener: (message: LiveMessage) => void): {
  post(message: LiveMessage): void;
} {
  let channel: BroadcastChannel | undefined;
  const open = (): void => {
    channel = new BroadcastChannel('tracklet-demo-live');
    channel.onmessage = (event: MessageEvent<LiveMessage>) => listener(event.data);
  };
  const close = (): void => {
    channel?.close();
    channel = undefined;
  };
  open();
  // An open channel keeps a page out of the back/forward cache, which the demo wants to show working.
  addEventListener('pagehide', close);
  addEventListener('pageshow', (event) => {
    if (event.persisted) open();
  });
  return { post: (message) => channel?.postMessage(message) };
}

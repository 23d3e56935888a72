import type { JsonObject, Stats, TrackerEvents, TrackOptions } from 'tracklet';

/** What the shop uses of the script tag's global function. */
interface ScriptTag {
  (call: 'track', name: string, properties?: JsonObject, options?: TrackOptions): void;
  (call: 'identify', userId: string, traits?: JsonObject): void;
  (call: 'reset'): void;
  <Name extends keyof TrackerEvents>(call: 'on', name: Name, listener: (detail: TrackerEvents[Name]) => void): void;
  /** Null or absent until the script has loaded. */
  readonly tracker?: { stats(): Promise<Stats>; close(): Promise<void> } | null;
}

declare global {
  interface Window {
    tracklet: ScriptTag;
  }
}

/** Looked up at each call: once the script has loaded, another function may stand in the stub's place. */
export const scriptTag = (): ScriptTag => window.tracklet;

import type { Tracker } from '../../../src/api.js';

declare global {
  interface Window {
    lib: typeof import('./library.js');
    tracker: Tracker;
    /** What the tracker told, oldest first. */
    told: [name: string, detail: { [key: string]: unknown }][];
  }
}

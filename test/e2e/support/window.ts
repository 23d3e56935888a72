import type { Tracker } from '../../../src/api.js';

declare global {
  interface Window {
    lib: typeof import('./library.js');
    tracker: Tracker;
    /** Does this page keep the database busy? */
    isBusy: boolean;
    /** What the tracker told, oldest first. */
    told: [name: string, detail: { [key: string]: unknown }][];
  }
}

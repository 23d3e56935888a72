import type { ScriptOptions } from '../../../src/script.js';

/** What a visitor or the site's code does; a text is code that runs in a task of its own. */
export type Step =
  | string
  | { readonly goto: string }
  /** Code that leads to another page, which is at that path. */
  | { readonly leave: string; readonly to: string }
  | { readonly until: string };

export const goto = (path: string): Step => ({ goto: path });
export const leave = (to: string, code = `location.href = '${to}'`): Step => ({ leave: code, to });
export const until = (expression: string): Step => ({ until: expression });

/** `restored` and `prerendered` are a browser's own decision; one that declines is asked again. */
export type Wish = 'restored' | 'prerendered';

/** How to find out whether the browser has it; runs in a page. */
export const FEATURES = {
  'the Navigation API': "'navigation' in window",
  'speculation rules': "HTMLScriptElement.supports?.('speculationrules')",
} as const;
export type Feature = keyof typeof FEATURES;

export interface NavigationCase {
  readonly name: string;
  /** Of the tracker, besides its destination. */
  readonly options?: Omit<ScriptOptions, 'destinations'>;
  /** Runs on every page before the tracker is made. */
  readonly before?: string;
  /** Runs on every page in the task in which the tracker was made. */
  readonly script?: string;
  /** One of the routers' applications runs on every page, from when it has loaded. */
  readonly app?: AppName;
  /** The application starts while the page loads, and may be faster or slower than that. */
  readonly startsEarly?: true;
  /** Pages without tracker unless they bring one, by path. */
  readonly pages?: { readonly [path: string]: string };
  /** Where it begins. Default `/start`. */
  readonly from?: string;
  readonly steps: readonly Step[];
  readonly wish?: Wish;
  /** Not every engine has it. */
  readonly needs?: Feature;
  /** Engines may well differ here: `npm test` plays it in all of them. */
  readonly fast?: true;
  /** What is compared besides names, views, addresses and the addresses before. */
  readonly also?: 'titles' | 'referrers' | 'campaigns';
  /**
   * All that was captured, in the order of its time: the event's name, the number of its view, its address, and `<` the
   * address of the view before. `view` is a page event by its usual name.
   */
  readonly expected: readonly string[];
}

export type AppName = 'react-router' | 'react-router-hash' | 'vue-router' | 'vue-router-hash' | 'tanstack-router';

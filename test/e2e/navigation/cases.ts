import type { NavigationCase } from './case.js';
import { classic } from './cases/classic.js';
import { ahead, frames, hidden, restored } from './cases/documents.js';
import { hash, history } from './cases/history.js';
import { routers } from './cases/routers.js';

export const groups: { readonly [group: string]: readonly NavigationCase[] } = {
  'a site of many pages': classic,
  history,
  'hash mode': hash,
  'real routers': routers,
  frames,
  'the back/forward cache': restored,
  'loaded ahead': ahead,
  'tabs in the background': hidden,
};

/** Groups that are played a second time as in browsers without a Navigation API. */
export const alsoPatched = ['history', 'hash mode', 'real routers'];

/** Ran first on a page, it is as if the browser had no Navigation API. */
export const WITHOUT_NAVIGATION_API = "Reflect.deleteProperty(window, 'navigation');";

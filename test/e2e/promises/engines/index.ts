import { ensureBrowser, ensureFirefox, ensureWebkit } from '../../../ensure.mjs';
import { createChromium } from './chromium.js';
import type { Engine } from './engine.js';
import { createFirefox } from './firefox.js';
import { createWebkit } from './webkit.js';

/** What starts an engine; undefined where it is not installed and cannot be. */
export const ENGINES: { readonly [name in Engine['name']]: () => Promise<Engine | undefined> } = {
  chromium: async () => createChromium(await ensureBrowser()),
  firefox: async () => {
    const path = ensureFirefox();
    return path ? createFirefox(path) : undefined;
  },
  webkit: async () => {
    const path = ensureWebkit();
    return path ? createWebkit(path) : undefined;
  },
};

export const isEngine = (name: string): name is Engine['name'] => name in ENGINES;

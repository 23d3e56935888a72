import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ensureBrowser } from '../../ensure.mjs';
import { within } from '../promises/engines/engine.js';
import { killGroup } from '../promises/engines/processes.js';
import { startAgents } from '../promises/engines/webkit-agent.js';
import { type Tab, typing } from './play.js';

/**
 * Chromium without a driver, which may prerender: with a driver attached to its pages it never does, or the driver loses
 * the page whose place a prerendered one takes.
 */
export interface EagerBrowser {
  /** For every page of a site whose tab has that name. */
  pageScript(tab: string): string;
  open(tab: string, url: string): Promise<Tab & { close(): Promise<void> }>;
  close(): Promise<void>;
}

export async function startEagerBrowser(): Promise<EagerBrowser> {
  const agents = await startAgents();
  const profile = mkdtempSync(join(tmpdir(), 'tracklet-eager-'));
  const child = spawn(
    await ensureBrowser(),
    [
      ...['--headless', '--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run'],
      ...['--disable-component-update', '--disable-sync', '--disable-popup-blocking'],
      '--blink-settings=allowScriptsToCloseWindows=true',
      // A page that is kept would keep its request for orders too, and a browser has only six of these for a host.
      '--disable-back-forward-cache',
      // Pages of the browser's own, which each window loads and none here needs.
      '--disable-features=WebUIOmniboxPopup,WebUIOmniboxFullPopup,WebUIOmniboxAimPopup',
      ...[`--user-data-dir=${profile}`, `${agents.origin}/standby?tab=standby`],
    ],
    // A group of its own, to be ended as a whole.
    { detached: true, stdio: 'ignore' },
  );
  await within(60_000, 'the start of the browser', agents.run('standby', 'return true'));
  return {
    // A page that is loaded ahead has no tab yet, and says nothing before it is in one.
    pageScript: (tab) => `{
      const begin = () => { window.name = ${JSON.stringify(tab)}; ${agents.script} };
      if (document.prerendering) document.addEventListener('prerenderingchange', begin, { once: true }); else begin();
    }`,
    async open(tab, url) {
      await agents.run('standby', `window.open(${JSON.stringify(url)}, '_blank', 'noopener')`);
      const run: Tab['run'] = (code) => agents.run(tab, code);
      await run("if (document.readyState !== 'complete') await new Promise((done) => addEventListener('load', done))");
      return {
        ...typing({ run }),
        // The page ends with its order, so there is no answer to wait for.
        close: async () => void run('window.close()').catch(() => 'it is gone'),
      };
    },
    async close() {
      agents.close();
      await killGroup(child);
      rmSync(profile, { recursive: true, force: true, maxRetries: 5 });
    },
  };
}

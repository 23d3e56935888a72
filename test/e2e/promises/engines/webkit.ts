import { spawn } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Browser, type Engine, type Tab, within } from './engine.js';
import { busiestOf, killGroup, signal } from './processes.js';
import { versionOf } from './version.js';
import { type Agents, startAgents } from './webkit-agent.js';
import { type Display, startDisplay } from './xvfb.js';

/** The small browser that comes with WebKitGTK, without a driver: with one, nothing that it stores outlives it. */
export async function createWebkit(executablePath: string): Promise<Engine> {
  const agents = await startAgents();
  const display = await startDisplay();
  let lastTab = 0;
  return {
    name: 'webkit',
    version: versionOf(executablePath, { DISPLAY: display.name }),
    powers: new Set(['kill the renderer', 'restore pages'] as const),
    pageScript: agents.script,
    async launch({ profile }) {
      lastTab += 1;
      const standby = `standby-${lastTab}`;
      const browser = startBrowser(executablePath, profile, `${agents.origin}/standby?tab=${standby}`, display);
      // The first start looks for media codecs, and takes its time.
      await within(60_000, 'the start of the browser', agents.run(standby, 'return true'));
      return {
        ...browser,
        async open(url) {
          lastTab += 1;
          const name = `tab-${lastTab}`;
          const address = `${url}${url.includes('?') ? '&' : '?'}tab=${name}`;
          await agents.run(standby, `window.open(${JSON.stringify(address)}, '_blank', 'noopener')`);
          const tab = createTab(agents, name, browser.pid);
          // The page talks before it has loaded.
          await tab.run(
            "if (document.readyState !== 'complete') await new Promise((done) => addEventListener('load', done))",
          );
          return tab;
        },
      };
    },
    async close() {
      agents.close();
      await display.close();
    },
  };
}

function startBrowser(executablePath: string, profile: string, url: string, display: Display) {
  const folder = (name: string) => {
    mkdirSync(join(profile, name), { recursive: true });
    return join(profile, name);
  };
  const child = spawn(executablePath, ['--javascript-can-open-windows-automatically=true', url], {
    // A group of its own, to be ended as a whole.
    detached: true,
    stdio: 'ignore',
    env: {
      ...process.env,
      DISPLAY: display.name,
      XDG_DATA_HOME: folder('data'),
      XDG_CACHE_HOME: folder('cache'),
      XDG_CONFIG_HOME: folder('config'),
      // What it finds out about media codecs, once for all profiles.
      GST_REGISTRY: join(tmpdir(), 'tracklet-lab-codecs.bin'),
    },
  });
  const end = () => killGroup(child);
  return { pid: child.pid ?? 0, kill: end, end } satisfies Omit<Browser, 'open'> & { pid: number };
}

function createTab(agents: Agents, name: string, browserPid: number): Tab {
  const run: Tab['run'] = (code) => agents.run(name, code);
  return {
    run,
    async goto(url) {
      await run(`location.href = ${JSON.stringify(url)}`).catch(() => 'the page is gone, as it should be');
    },
    async close() {
      // By script, for want of another way, so that there is no localStorage in its pagehide, as a visitor's has. The page
      // ends with its order, so there is no answer to wait for; another page of the browser goes on.
      run('window.close()').catch(() => 'it is gone');
    },
    async prepareKill() {
      const pid = await busiestOf(browserPid, /WebKitWebProcess/, run);
      return async () => signal(pid);
    },
    freeze: () => Promise.reject(new Error('WebKitGTK has no way to freeze a page')),
    limitQuota: () => Promise.reject(new Error('WebKitGTK has no way to limit the quota')),
    stallStorage: () => Promise.reject(new Error('WebKitGTK keeps localStorage where its network requests are')),
  };
}

import type { Page } from '@playwright/test';

/** Kills the process of this page the hard way, as the system does under memory pressure. Needs a browser of its own. */
export async function killRenderers(page: Page): Promise<void> {
  const session = await page.context().browser()?.newBrowserCDPSession();
  const { processInfo } = (await session?.send('SystemInfo.getProcessInfo')) ?? { processInfo: [] };
  for (const { type, id } of processInfo) if (type === 'renderer') process.kill(id, 'SIGKILL');
}

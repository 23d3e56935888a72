import type { Page } from '@playwright/test';

/** By destination: the ids, each with the event's name. */
export type QueuedIds = ReadonlyMap<string, ReadonlyMap<string, string>>;

/**
 * Notes what the tracker says it has queued, on every page of the visit: from its debug log, which tells everything
 * from the first event on, needs nothing of the demo's own code, and reaches the driver before the page can leave.
 */
export async function collectQueuedIds(page: Page): Promise<QueuedIds> {
  const queued = new Map<string, Map<string, string>>();
  const session = await page.context().newCDPSession(page);
  session.on('Runtime.consoleAPICalled', ({ args: [text, detail] }) => {
    if (text?.value !== 'tracklet: queued') return;
    const fields = new Map(detail?.preview?.properties.map(({ name, value = '' }) => [name, value]));
    const [destination = '', id = '', name = ''] = ['destination', 'id', 'name'].map((field) => fields.get(field));
    queued.set(destination, (queued.get(destination) ?? new Map()).set(id, name));
  });
  await session.send('Runtime.enable');
  return queued;
}

import { type BrowserContext, chromium, type Page } from '@playwright/test';
import type { TrackletEvent } from '../../src/event/event.js';
import { ensureBrowser } from '../../test/ensure.mjs';
import { type Demo, startDemo } from '../server/start-demo.js';
import '../shop/browser/script-tag.js';
import { audit, isExactlyOnce, report } from './audit.js';
import { collectQueuedIds, type QueuedIds } from './queued-ids.js';
import { walkThrough } from './walk-through.js';

/** Longer than any back-off after a first failure; nothing fails here, so it is never needed. */
const DELIVERY_DEADLINE_MS = 90_000;

const POLL_MS = 100;

/** A headless visitor walks through the shop. True when every event has arrived everywhere exactly once. */
export async function visit(): Promise<boolean> {
  const executablePath = await ensureBrowser();
  const demo = await startDemo(0);
  const browser = await chromium.launch({
    executablePath,
    args: ['--disable-gpu', '--disable-quic'],
    // Playwright switches the back/forward cache off; real visitors have it.
    ignoreDefaultArgs: ['--disable-back-forward-cache'],
  });
  try {
    const context = await browser.newContext({ viewport: { width: 1280, height: 800 } });
    return await visitWith(context, demo);
  } finally {
    await browser.close();
    await demo.close();
  }
}

async function visitWith(context: BrowserContext, demo: Demo): Promise<boolean> {
  const page = await context.newPage();
  const complaints: string[] = [];
  page.on('pageerror', (error) => complaints.push(`error in the page: ${error.message}`));
  const queued = await collectQueuedIds(page);

  const started = Date.now();
  await walkThrough(page, demo.origin, (path) => waitForView(path, demo));
  console.log(`The visitor was through after ${seconds(started)}.`);
  const walked = Date.now();
  const complete = await waitForDelivery(page, queued, demo);
  console.log(
    complete ? `Everything was delivered ${seconds(walked)} later.` : 'Not everything was delivered in time.',
  );

  const audits = audit(queued, demo.vendors);
  console.log(`\n${report(audits)}`);
  for (const complaint of complaints) console.log(complaint);
  return complete && complaints.length === 0 && audits.every(isExactlyOnce);
}

/** Until the collector has a view of this path. */
async function waitForView(path: string, { vendors }: Demo): Promise<void> {
  const deadline = Date.now() + DELIVERY_DEADLINE_MS;
  while (!vendors.collector.accepted().some(({ body }) => (body as TrackletEvent).page.path === path)) {
    if (Date.now() > deadline) throw new Error(`no view of ${path} has arrived`);
    await new Promise((resolve) => setTimeout(resolve, POLL_MS));
  }
}

/** Until the vendors have every event and the tracker knows it: what it does not know, it might send again. */
async function waitForDelivery(page: Page, queued: QueuedIds, demo: Demo): Promise<boolean> {
  const deadline = Date.now() + DELIVERY_DEADLINE_MS;
  for (;;) {
    const waiting = await page.evaluate(async () => {
      const lanes = Object.entries((await window.tracklet.tracker?.stats())?.destinations ?? {});
      return lanes.filter(([, lane]) => lane.waiting + lane.held > 0);
    });
    if (waiting.length === 0 && audit(queued, demo.vendors).every(({ lost }) => lost.length === 0)) return true;
    if (Date.now() > deadline) {
      for (const [name, lane] of waiting) console.log(`${name} still waits: ${JSON.stringify(lane)}`);
      return false;
    }
    await new Promise((resolve) => setTimeout(resolve, POLL_MS));
  }
}

const seconds = (since: number): string => `${((Date.now() - since) / 1000).toFixed(1)} s`;

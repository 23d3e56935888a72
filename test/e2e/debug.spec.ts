import type { ConsoleMessage } from '@playwright/test';
import { expect, test } from './support/test.js';

const OPTIONS = "destinations: [lib.airship({ appKey: 'a', endpoint: '/proxy' })], pageViews: 'off', flushAfterMs: 10";

for (const [debug, times] of [
  ['lib.tellRepairs', 1],
  ['true', 0],
  ['false', 0],
] as const) {
  test(`with debug: ${debug} a repair is told ${times} times for two events of one name`, async ({ page }) => {
    const told: Promise<unknown>[] = [];
    const logged: string[] = [];
    page.on('console', (message: ConsoleMessage) => {
      logged.push(message.text());
      if (message.text().startsWith('tracklet: repaired'))
        told.push(message.args()[1]?.jsonValue() ?? Promise.resolve());
    });
    await page.goto('/bare');
    await page.evaluate(async (code) => {
      const tracker = new Function('lib', `return ${code}`)(window.lib);
      tracker.identify('u-42');
      tracker.track('plan_chosen', { plan: 'team' });
      tracker.track('Plan Chosen', { plan: 'team', note: 'secret '.repeat(100) });
      tracker.track('Plan Chosen', { plan: 'solo', note: 'secret '.repeat(101) });
      await tracker.flush();
    }, `lib.createTracker({ ${OPTIONS}, debug: ${debug} })`);
    expect(logged.some((text) => text.startsWith('tracklet: queued'))).toBe(debug !== 'false');
    const repairs = (await Promise.all(told)) as object[];
    expect(repairs).toHaveLength(2 * times);
    if (times === 0) return;
    const about = { destination: 'airship', id: expect.any(String), name: 'Plan Chosen' };
    expect(repairs).toEqual([
      { ...about, field: 'name', from: 'Plan Chosen', to: 'plan_chosen' },
      { ...about, field: 'properties.note' },
    ]);
    expect(JSON.stringify(repairs)).not.toContain('secret');
  });
}

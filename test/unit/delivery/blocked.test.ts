import { describe, expect, test } from 'vitest';
import type { Destination } from '../../../src/adapters/adapter.js';
import { createDelivery } from '../../../src/delivery/delivery.js';
import type { LaneContext } from '../../../src/delivery/lane-context.js';
import { numbered, openPage, plainAdapter } from './lane-harness.js';

/** Fails `times` requests of the lane in a row, each as soon as it may be sent. */
async function failFor(page: ReturnType<typeof openPage>, times: number) {
  for (let attempt = 0; attempt < times; attempt++) {
    await page.flush();
    page.state.now = Math.max(page.state.now, (await page.stats())?.notBefore ?? 0);
  }
}

describe('a destination that never answers', () => {
  test('is blocked once others answer: one probe an hour, nothing lost, and back with the first answer', async () => {
    let isBlocked = true;
    let context: Omit<LaneContext, 'answeredAt'> | undefined;
    const page = openPage({
      answer: (ids) => (isBlocked && !ids[0]?.startsWith('other') ? 'network' : { status: 200 }),
      onContext: (its) => (context = its),
    });
    page.track(numbered(3));
    if (!context) throw new Error('no context');
    const destinations: Destination[] = [
      { name: 'lane', adapter: plainAdapter() },
      { name: 'other', adapter: plainAdapter() },
    ];
    const both = createDelivery(destinations, context);
    const stats = async () => (await both.stats()).lane;
    for (let attempt = 0; attempt < 7; attempt++) {
      const whole = page.event(`other-${attempt}`);
      both.take(whole, whole);
      await both.flush();
      expect((await stats())?.state).toBe('waiting');
      page.state.now = (await stats())?.notBefore ?? 0;
    }
    page.state.random = 0;
    const askedAt = page.state.now;
    await both.flush();
    expect(await stats()).toMatchObject({ state: 'blocked', reason: 'network', notBefore: askedAt + 3_600_000 });
    expect(page.told.blocked).toEqual([{ destination: 'lane', reason: 'network' }]);
    both.online();
    await both.flush();
    expect((await stats())?.state).toBe('blocked');
    page.state.now = askedAt + 3_600_000;
    await both.flush();
    expect(await stats()).toMatchObject({ notBefore: askedAt + 7_200_000, dropped: {} });
    expect(page.told.blocked).toHaveLength(1);
    isBlocked = false;
    page.state.now = askedAt + 7_200_000;
    await both.flush();
    expect(await stats()).toMatchObject({ state: 'ready', waiting: 0, dropped: {} });
  });

  test('is not when nobody else answers either: then it is the network', async () => {
    const page = openPage({ answer: () => 'network' });
    page.track(['a']);
    await failFor(page, 12);
    expect(page.told.blocked).toEqual([]);
    expect(page.told.retry).toHaveLength(12);
  });
});

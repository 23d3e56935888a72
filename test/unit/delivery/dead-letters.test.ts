import { describe, expect, test } from 'vitest';
import { numbered, openPage } from './lane-harness.js';

const all = (sent: readonly { ids: readonly string[] }[]) => sent.flatMap(({ ids }) => ids);

describe('lost events', () => {
  test('are kept with their reason and the vendor’s words, also those that never came into the queue', async () => {
    const page = openPage({
      destination: {
        filter: ({ id }) => {
          if (id === 'thrown') throw new Error('no');
          return true;
        },
      },
      adapter: { accepts: ({ id }) => (id === 'ugly' ? { refused: 'ugly name' } : 'ready') },
      answer: (ids) => ({ status: ids.includes('bad') ? 400 : 200 }),
    });
    page.track(['good', 'bad', 'ugly', 'thrown']);
    page.state.now += 5;
    await page.flush();
    const dropped = await page.delivery.dropped();
    expect(dropped.map(({ event, reason, detail }) => [event.id, reason, detail])).toEqual([
      ['bad', 'rejected', 'bad'],
      ['ugly', 'refused', 'ugly name'],
      ['thrown', 'filter-error', 'Error: no'],
    ]);
    expect(dropped[0]).toMatchObject({ destination: 'lane', at: page.state.now });
    expect(await page.stats()).toMatchObject({ waiting: 0, held: 0, sent: 1 });
  });

  test('are found by the next page', async () => {
    const page = openPage({ answer: () => ({ status: 400 }) });
    page.track(['a']);
    await page.flush();
    const next = openPage({ name: page.name, storage: page.storage });
    expect(await next.delivery.dropped()).toMatchObject([{ event: { id: 'a' }, reason: 'rejected' }]);
  });

  test('are sent again when asked, at their old place, and are not counted as lost any more', async () => {
    let isRight = false;
    const page = openPage({ answer: () => ({ status: isRight ? 200 : 400 }) });
    page.track(numbered(4));
    expect(await page.flush()).toMatchObject({ sent: 0, dropped: { rejected: 4 } });
    page.sent.length = 0;
    isRight = true;
    expect(await page.delivery.retryDropped(({ event }) => event.id !== 'e2')).toBe(3);
    await page.flush();
    expect(all(page.sent)).toEqual(['e0', 'e1', 'e3']);
    expect(await page.stats()).toMatchObject({ sent: 3, waiting: 0, dropped: { rejected: 1 } });
    expect(await page.delivery.dropped()).toMatchObject([{ event: { id: 'e2' } }]);
  });

  test('that are lost again are kept and counted again, once', async () => {
    const page = openPage({ answer: () => ({ status: 400 }) });
    page.track(['a']);
    await page.flush();
    expect(await page.delivery.retryDropped(() => true)).toBe(1);
    await page.flush();
    expect(await page.stats()).toMatchObject({ dropped: { rejected: 1 }, waiting: 0 });
    expect(await page.delivery.dropped()).toHaveLength(1);
  });

  test('are bounded in number and age, and forgetting them counts and tells nothing', async () => {
    const page = openPage({ answer: () => ({ status: 400 }), limits: { maxDropped: 3, maxAgeMs: 100_000 } });
    page.track(numbered(10));
    await page.flush();
    page.state.now += 61_000;
    await page.flush();
    expect((await page.delivery.dropped()).map(({ event }) => event.id)).toEqual(['e7', 'e8', 'e9']);
    expect(page.told.dropped).toHaveLength(10);
    page.state.now += 100_000;
    await page.flush();
    expect(await page.delivery.dropped()).toEqual([]);
    expect(await page.stats()).toMatchObject({ dropped: { rejected: 10 } });
  });
});

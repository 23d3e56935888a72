import { describe, expect, test } from 'vitest';
import { capillary } from '../../../src/adapters/capillary.js';
import { numbered, openPage } from './lane-harness.js';

const DAY_MS = 86_400_000;
const ANONYMOUS = { anonymousId: 'anon-1' };
const MIA = { ...ANONYMOUS, userId: 'u-42' };

/** A lane of the vendor that takes nobody without a customer's id. */
const capillaryPage = (over: Parameters<typeof openPage>[0] = {}) =>
  openPage({
    adapter: capillary({ endpoint: '/proxy/capillary', events: { plan_chosen: ['event_id'] } }).adapter,
    limits: { maxHeld: 150, maxAgeMs: 7 * DAY_MS },
    ...over,
  });

type Page = ReturnType<typeof capillaryPage>;
const track = (page: Page, ids: readonly string[]) => page.track(ids, { name: 'Plan Chosen' });
/** Bodies, for the harness hands out what was posted. */
const sentBodies = (page: Page) => page.sent.map(({ ids }) => ids as unknown as Record<string, unknown>);

async function become(page: Page, visitor: typeof ANONYMOUS): Promise<void> {
  page.state.visitor = visitor;
  page.delivery.visitorChanged();
  await page.flush();
}

describe('visitors whom Capillary cannot take', () => {
  test('have their events held, in sight, and delivered in order with the identity that identify() brought', async () => {
    const page = capillaryPage();
    track(page, ['a', 'b', 'c']);
    expect(await page.flush()).toMatchObject({ held: 3, waiting: 0, sent: 0, dropped: {} });
    expect(page.told.queued.map(({ id, held }) => [id, held])).toEqual([
      ['a', true],
      ['b', true],
      ['c', true],
    ]);
    await become(page, MIA);
    expect(sentBodies(page).map(({ event_id, customer_id }) => [event_id, customer_id])).toEqual([
      ['a', 'u-42'],
      ['b', 'u-42'],
      ['c', 'u-42'],
    ]);
    expect(await page.stats()).toMatchObject({ held: 0, waiting: 0, sent: 3, dropped: {} });
  });

  test('have their events released by the next turn when the page’s turn ends while it looks through them', async () => {
    let isOver = false;
    const turns: boolean[] = [];
    const page = capillaryPage({
      context: {
        async lock(_, __, work) {
          const isMine = !isOver;
          isOver = false;
          turns.push(isMine);
          return work(() => isMine);
        },
      },
    });
    track(page, ['a', 'b']);
    await page.flush();
    isOver = true;
    turns.length = 0;
    await become(page, MIA);
    expect(turns.slice(0, 2)).toEqual([false, true]);
    expect(await page.stats()).toMatchObject({ held: 0, sent: 2 });
  });

  test('have no more events held than maxHeld: the oldest go, and are counted', async () => {
    const page = capillaryPage();
    track(page, numbered(400));
    expect(await page.flush()).toMatchObject({ held: 150, dropped: { 'queue-full': 250 } });
    await become(page, MIA);
    expect(sentBodies(page).map(({ event_id }) => event_id)).toEqual(numbered(400).slice(250));
  });

  test('have none held longer than maxAgeMs, however few there are', async () => {
    const page = capillaryPage();
    track(page, ['old']);
    page.state.now += 6 * DAY_MS;
    track(page, ['young']);
    expect(await page.flush()).toMatchObject({ held: 2 });
    page.state.now += DAY_MS + 1;
    expect(await page.flush()).toMatchObject({ held: 1, dropped: { expired: 1 } });
    await become(page, MIA);
    expect(sentBodies(page).map(({ event_id }) => event_id)).toEqual(['young']);
  });

  test('who are reset keep nothing for the next one, not even for the same person', async () => {
    const page = capillaryPage();
    track(page, ['before']);
    await page.flush();
    await become(page, { ...MIA, anonymousId: 'anon-2' });
    expect(page.sent).toEqual([]);
    expect(await page.stats()).toMatchObject({ held: 0, dropped: { unidentified: 1 } });
  });

  test('who bring another identity than Capillary asks for are waited for', async () => {
    const page = capillaryPage();
    track(page, ['a']);
    await become(page, { ...ANONYMOUS, email: 'mia@example.org' } as typeof ANONYMOUS);
    expect(await page.stats()).toMatchObject({ held: 1, sent: 0, dropped: {} });
  });

  test('have events refused on release that lack what was declared as required, with the reason', async () => {
    const events = { plan_chosen: { plan: { required: true } } } as const;
    const page = capillaryPage({ adapter: capillary({ endpoint: '/proxy/capillary', events }).adapter });
    track(page, ['a']);
    await become(page, MIA);
    expect(await page.stats()).toMatchObject({ held: 0, sent: 0, dropped: { refused: 1 } });
    expect(page.told.dropped).toMatchObject([{ id: 'a', reason: 'refused', detail: expect.stringContaining('plan') }]);
  });
});

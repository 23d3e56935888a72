import { expect, test } from 'vitest';
import { embeddables } from '../../../src/adapters/embeddables.js';
import { answer } from '../adapters/sample-event.js';
import { openPage } from './lane-harness.js';

const { judge } = embeddables({ projectId: 'pr_1', embeddableId: 'flow_1', endpoint: '/proxy' }).adapter;

/** A lane to Embeddables, which has an entry for none but the events named. */
const pageWith = (entries: readonly string[]) =>
  openPage({
    adapter: {
      maxEvents: 1,
      judge: ({ status }, events, context) =>
        judge(answer(status, status === 404 ? { error: { code: 'ENTRY_NOT_FOUND' } } : ''), events, context),
    },
    answer: (ids) => ({ status: ids.some((id) => entries.includes(id)) ? 200 : 404 }),
  });

/** Lets time pass until the lane has nothing left; in ms. */
async function timeToDrain(page: ReturnType<typeof openPage>): Promise<number> {
  const begin = page.state.now;
  for (let report = await page.flush(); report?.waiting; report = await page.flush()) {
    page.state.now = (await page.stats())?.notBefore ?? Number.NaN;
  }
  return page.state.now - begin;
}

test('events whose entry does not come wait for it together, and hold up others no longer than one of them would', async () => {
  const page = pageWith(['other']);
  page.track(['a', 'b', 'c', 'd', 'e']);
  page.track(['other']);
  expect(await timeToDrain(page)).toBeLessThan(11.5 * 60_000);
  expect(await page.stats()).toMatchObject({ sent: 1, dropped: { rejected: 5 } });
});

test('an entry that comes within ten minutes gets all its events', async () => {
  const entries: string[] = [];
  const page = pageWith(entries);
  page.track(['a', 'b', 'c']);
  await page.flush();
  entries.push('a', 'b', 'c');
  page.state.now += 61_000;
  expect(await page.flush()).toMatchObject({ sent: 3, waiting: 0 });
});

test('events held for long are tried again, so that an entry made with the identity gets them', async () => {
  const entries: string[] = [];
  const page = pageWith(entries);
  page.track(['a', 'b'], { time: page.state.now - 3_600_000 });
  expect(await page.flush()).toMatchObject({ waiting: 2 });
  entries.push('a', 'b');
  expect(await timeToDrain(page)).toBeLessThan(12_000);
  expect(await page.stats()).toMatchObject({ sent: 2, dropped: {} });
});

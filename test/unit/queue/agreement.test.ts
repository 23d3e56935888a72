import 'fake-indexeddb/auto';
import { afterEach, expect, test } from 'vitest';
import { createSettle } from '../../../src/queue/agreement.js';
import { queuedEvent } from '../../support/events.js';

const NOW = 1_800_000_000_000;
const databases = globalThis.indexedDB;
let count = 0;

afterEach(() => {
  Object.assign(globalThis, { indexedDB: databases });
});

/** A tab that made up `id` at `at`; resolves to the id that its staged event mentions afterwards. */
async function settled(name: string, id: string, at = NOW): Promise<string> {
  const record = queuedEvent('e', { visitor: { anonymousId: id } });
  const settle = createSettle(
    async (agree) => [id, await agree(id)],
    name,
    () => at,
  );
  await settle([
    { keys: ['relay e 1 e'], id: 'e', value: record },
    { keys: ['relay t x'], value: { waiting: 1 } },
    { keys: ['relay e 0 d'], value: undefined },
  ]);
  return record.event.visitor.anonymousId;
}

test('of ids that are made up at once the first to ask counts, in the very record that others hold', async () => {
  const name = `agreement-${count++}`;
  const ids = await Promise.all(['one', 'two', 'three'].map((id) => settled(name, id)));
  expect(new Set(ids).size).toBe(1);
  expect(['one', 'two', 'three']).toContain(ids[0]);
  expect(await settled(name, 'late', NOW + 50_000)).toBe(ids[0]);
  // A clock that was set back meanwhile is no other moment.
  expect(await settled(name, 'early', NOW - 50_000)).toBe(ids[0]);
});

test('an id that was made up long after is another visitor’s: an erased one does not come back', async () => {
  const name = `agreement-${count++}`;
  await settled(name, 'one');
  expect(await settled(name, 'two', NOW + 60_000)).toBe('two');
  expect(await settled(name, 'three', NOW + 60_001)).toBe('two');
});

test.each([
  ['missing', undefined],
  [
    'blocked',
    {
      open: () => {
        throw new DOMException('no', 'SecurityError');
      },
    },
  ],
])('where IndexedDB is %s each goes by its own', async (_, indexedDB) => {
  Object.assign(globalThis, { indexedDB });
  expect(await settled('none', 'one')).toBe('one');
});

test('nothing is touched where nothing was made up', async () => {
  const record = queuedEvent('e');
  const before = structuredClone(record);
  await createSettle(
    async () => undefined,
    'none',
    () => NOW,
  )([{ keys: ['relay e 1 e'], id: 'e', value: record }]);
  expect(record).toEqual(before);
});

import 'fake-indexeddb/auto';
import { describe, expect, test } from 'vitest';
import { createSafeStorage } from '../../../src/lib/safe-storage.js';
import { resolveOptions } from '../../../src/options.js';
import { createDepartures } from '../../../src/queue/departures.js';
import { createHandoverWriter, handoverOf, isHandedOver, openHandover } from '../../../src/queue/handover.js';
import { withHiddenEvents } from '../../../src/queue/hidden-events.js';
import { createJournal } from '../../../src/queue/journal.js';
import { createQueue } from '../../../src/queue/queue.js';
import { createStore } from '../../../src/queue/store.js';
import { queuedEvent } from '../../support/events.js';
import { plainAdapter } from '../delivery/lane-harness.js';

const NOW = 1_800_000_000_000;
let count = 0;

/** The localStorage of a site and the pages that write notes about it. */
function openSite(name = `handover-${count++}`) {
  const storage = createSafeStorage();
  const clock = { now: NOW };
  const departures = createDepartures(storage, `${name}:`);
  const journal = createJournal(storage, `${name}:`);
  const writer = () => createHandoverWriter(name, departures, journal, () => clock.now);
  const read = async () => {
    const reader = await openHandover(name, () => {});
    const handover = await reader.read();
    reader.close();
    return handover;
  };
  return { name, clock, departures, journal, writer, read };
}

const names = async () => (await indexedDB.databases()).map(({ name }) => name);
/** What the databases have still to do is done. */
const settled = () => new Promise((resolve) => setTimeout(resolve, 50));
const deleted = (name: string) =>
  new Promise((resolve, reject) => {
    const request = indexedDB.deleteDatabase(name);
    request.onsuccess = resolve;
    request.onblocked = () => reject(new Error('blocked'));
  });

describe('a handover', () => {
  test('says who claims what and what the journal holds, as of its date', async () => {
    const { departures, journal, writer, read } = openSite();
    departures.write('p1', { at: NOW, left: true, claims: { lane: ['e1'] } });
    journal.write({ id: 'e2', keys: ['lane e 1 e2'], value: 1 });
    writer().want();
    await expect.poll(async () => (await read()).at).toBe(NOW);
    const handover = await read();
    expect(handover.departures.get('p1')?.claims).toEqual({ lane: ['e1'] });
    expect([...handover.journaled]).toEqual(['lane e 1 e2']);
  });

  test('of a page is replaced by its next one, which takes back what is no longer so', async () => {
    const { clock, departures, writer, read } = openSite();
    const page = writer();
    departures.write('p1', { at: NOW, left: false, claims: { lane: ['e1'] } });
    page.want();
    await expect.poll(async () => (await read()).at).toBe(NOW);
    departures.forget('p1');
    clock.now += 10;
    page.write();
    await expect.poll(async () => (await read()).at).toBe(NOW + 10);
    expect((await read()).departures.size).toBe(0);
  });

  test('of pages that went away together is what all of them saw, and the younger word on each of them', async () => {
    const { clock, departures, writer, read } = openSite();
    const [first, second] = [writer(), writer()];
    departures.write('p1', { at: NOW, left: true, claims: { lane: ['e1'] } });
    departures.write('p2', { at: NOW, left: false, claims: {} });
    first.want();
    await expect.poll(async () => (await read()).departures.size).toBe(2);
    // The second has not heard of the first one's departure.
    departures.forget('p1');
    departures.write('p2', { at: NOW + 4_000, left: true, claims: { lane: ['e2'] } });
    clock.now += 4_000;
    second.want();
    await expect.poll(async () => (await read()).at).toBe(NOW + 4_000);
    const handover = await read();
    expect(handover.departures.get('p1')?.claims).toEqual({ lane: ['e1'] });
    expect(handover.departures.get('p2')).toMatchObject({ left: true, claims: { lane: ['e2'] } });
  });

  test.each([
    ['later', 5_001],
    ['earlier, because the clock was set back', -7_200_000],
  ])('is out of date when another page writes its own %s', async (_, passed) => {
    const { clock, departures, writer, read } = openSite();
    departures.write('p1', { at: NOW, left: false, claims: { lane: ['e1'] } });
    writer().want();
    await expect.poll(async () => (await read()).departures.size).toBe(1);
    departures.forget('p1');
    clock.now += passed;
    writer().want();
    await expect.poll(async () => (await read()).at).toBe(NOW + passed);
    expect((await read()).departures.size).toBe(0);
  });

  test('is not begun before there is something to hand over', async () => {
    const { name, clock, writer, departures, read } = openSite();
    const page = writer();
    page.open();
    departures.write('p1', { at: NOW, left: true, claims: {} });
    page.write();
    await expect(read()).rejects.toThrow();
    expect(await names()).not.toContain(handoverOf(name));
    // Nor in one that an earlier page has made.
    const earlier = writer();
    earlier.want();
    await expect.poll(async () => (await read()).at).toBe(NOW);
    earlier.close();
    clock.now += 5_000;
    const later = writer();
    later.open();
    await settled();
    later.write();
    expect((await read()).at).toBe(NOW);
  });

  test('is wanted while it is looked for, and written all the same', async () => {
    const { departures, writer, read } = openSite();
    const page = writer();
    departures.write('p1', { at: NOW, left: true, claims: {} });
    page.open();
    page.want();
    await expect.poll(async () => (await read()).at).toBe(NOW);
  });

  test('that is deleted is not begun again by a page that goes away, but by one that has something to hand over', async () => {
    const { name, clock, writer, read } = openSite();
    const page = writer();
    page.want();
    await expect.poll(async () => (await read()).at).toBe(NOW);
    await deleted(handoverOf(name));
    clock.now += 5_000;
    page.write();
    await settled();
    expect(await names()).not.toContain(handoverOf(name));
    page.want();
    await expect.poll(async () => (await read()).at).toBe(NOW + 5_000);
  });

  test('is written once more when the tracker is closed, and never after', async () => {
    const { name, clock, writer, read } = openSite();
    const page = writer();
    page.want();
    await expect.poll(async () => (await read()).at).toBe(NOW);
    clock.now += 5_000;
    page.close();
    clock.now += 5_000;
    page.write();
    page.want();
    await expect.poll(async () => (await read()).at).toBe(NOW + 5_000);
    // Nothing holds it up.
    await deleted(handoverOf(name));
    await settled();
    expect(await names()).not.toContain(handoverOf(name));
  });

  test('that is deleted before it is open is not made', async () => {
    const { name, writer } = openSite();
    writer().want();
    await deleted(handoverOf(name));
    await settled();
    expect(await names()).not.toContain(handoverOf(name));
  });

  test('is where no tracker can be', () => {
    const options = {
      name: handoverOf('site'),
      destinations: [{ name: 'lane', adapter: plainAdapter(), secrets: [] }],
    };
    expect(() => resolveOptions(options)).toThrow('name must be');
  });

  test('covers what was tracked before it, unless the journal holds it too', () => {
    const handover = { at: NOW, departures: new Map(), journaled: new Set(['both']) };
    const before = queuedEvent('before', { time: NOW - 1 });
    expect(isHandedOver('key', before, handover)).toBe(true);
    expect(isHandedOver('both', before, handover)).toBe(false);
    expect(isHandedOver('key', queuedEvent('at the same time', { time: NOW }), handover)).toBe(false);
  });
});

test('hidden events are as if they were not there, however many, and stay', async () => {
  const name = `hidden-${count++}`;
  const journal = createJournal(createSafeStorage(), `${name}:`);
  const store = createStore(name, journal, () => {});
  const all = createQueue(store, journal);
  const records = Array.from({ length: 250 }, (_, sequence) => queuedEvent(`e${sequence}`, { sequence }));
  for (const record of records) all.add(['a', 'a~held'], record);
  all.remember('a', { failures: 1 });
  store.write([{ keys: ['a e 0000000000000001 newer'], value: { v: 2, event: { id: 'newer' } } }]);

  // Whole chunks are hidden, and parts of some.
  const isShown = (its: string) => /^e(5|7[3-9]|2)/.test(its);
  const some = createQueue(
    withHiddenEvents(store, (_, lane, { event }) => lane === 'a' && isShown(event.id)),
    journal,
  );
  const shown = records.filter(({ event }) => isShown(event.id));
  const first = await some.peek('a', 20);
  expect(first.length).toBeGreaterThan(0);
  const seen = [...first];
  for (let chunk = first; chunk.length > 0; seen.push(...chunk))
    chunk = await some.peek('a', 20, seen[seen.length - 1]);
  expect(seen).toEqual(shown);
  expect(await some.peek('a~held', 20)).toEqual([]);
  expect(await some.recall('a')).toEqual({ failures: 1 });
  expect(await some.tally('a')).toMatchObject({ waiting: 250 });
  // What a newer version stored is still where it was.
  expect(await store.read('a e 0000000000000001 newer', 'a e 0000000000000001 newer')).toHaveLength(1);
});

import { expect, test } from 'vitest';
import { createSafeStorage } from '../../../src/lib/safe-storage.js';
import { createSession } from '../../../src/visitor/session.js';

const NOW = 1_800_000_000_000;
const HALF_HOUR = 1_800_000;
const task = () => new Promise((resolve) => setTimeout(resolve, 0));
const open = (storage = createSafeStorage()) => createSession(storage, 't:', HALF_HOUR);

test('counts events within a session', () => {
  const session = open();
  const [first] = session.touch(NOW, undefined);
  const [second] = session.touch(NOW + 1, undefined);
  expect(first).toMatchObject({ startedAt: NOW, number: 1, eventIndex: 1 });
  expect(second).toEqual({ ...first, eventIndex: 2 });
});

test('half an hour of silence ends it, activity does not', () => {
  const session = open();
  const [first] = session.touch(NOW, undefined);
  const [second] = session.touch(NOW + HALF_HOUR - 1, undefined);
  const [third] = session.touch(NOW + 2 * HALF_HOUR - 2, undefined);
  const [fourth] = session.touch(NOW + 3 * HALF_HOUR, undefined);
  expect([second.id, third.id]).toEqual([first.id, first.id]);
  expect(fourth.id).not.toBe(first.id);
  expect(fourth).toMatchObject({ number: 2, eventIndex: 1, startedAt: NOW + 3 * HALF_HOUR });
});

test('a clock that is set back does not end it', () => {
  const session = open();
  const [first] = session.touch(NOW, undefined);
  expect(session.touch(NOW - 7_200_000, undefined)[0].id).toBe(first.id);
});

test('another tab goes on with it', async () => {
  const storage = createSafeStorage();
  const [first] = open(storage).touch(NOW, undefined);
  await task();
  expect(open(storage).touch(NOW + 5, undefined)[0]).toEqual({ ...first, eventIndex: 2 });
});

test('the campaign that led to the visit stays with it, until another does', () => {
  const session = open();
  expect(session.touch(NOW, { source: 'mail' })[1]).toEqual({ source: 'mail' });
  expect(session.touch(NOW + 1, undefined)[1]).toEqual({ source: 'mail' });
  expect(session.touch(NOW + 2, { gclid: 'x' })[1]).toEqual({ gclid: 'x' });
  expect(session.touch(NOW + 3 * HALF_HOUR, undefined)[1]).toBeUndefined();
});

test('reset starts a new visitor’s first session', async () => {
  const session = open();
  const [first] = session.touch(NOW, undefined);
  session.reset();
  await task();
  const [second] = session.touch(NOW + 1, undefined);
  expect(second.id).not.toBe(first.id);
  expect(second.number).toBe(1);
});

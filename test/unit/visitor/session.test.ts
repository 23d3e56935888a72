import { expect, test } from 'vitest';
import { createSafeStorage } from '../../../src/lib/safe-storage.js';
import { createSession, type SessionRules } from '../../../src/visitor/session.js';

const NOW = 1_800_000_000_000;
const HALF_HOUR = 1_800_000;
const task = () => new Promise((resolve) => setTimeout(resolve, 0));
const open = (storage = createSafeStorage(), rules: Partial<SessionRules> = {}, begun: unknown[] = []) =>
  createSession(
    storage,
    't:',
    '',
    { sessionTimeoutMs: HALF_HOUR, sessionMaxMs: Infinity, sessionPerCampaign: false, ...rules },
    (session) => begun.push(session),
  );

test('counts events within a session', () => {
  const session = open();
  const [first] = session.touch('v', NOW, undefined);
  const [second] = session.touch('v', NOW + 1, undefined);
  expect(first).toMatchObject({ startedAt: NOW, number: 1, eventIndex: 1 });
  expect(second).toEqual({ ...first, eventIndex: 2 });
});

test('half an hour of silence ends it, activity does not', () => {
  const session = open();
  const [first] = session.touch('v', NOW, undefined);
  const [second] = session.touch('v', NOW + HALF_HOUR - 1, undefined);
  const [third] = session.touch('v', NOW + 2 * HALF_HOUR - 2, undefined);
  const [fourth] = session.touch('v', NOW + 3 * HALF_HOUR, undefined);
  expect([second.id, third.id]).toEqual([first.id, first.id]);
  expect(fourth.id).not.toBe(first.id);
  expect(fourth).toMatchObject({ number: 2, eventIndex: 1, startedAt: NOW + 3 * HALF_HOUR });
});

test('a clock that is set back does not end it', () => {
  const session = open();
  const [first] = session.touch('v', NOW, undefined);
  expect(session.touch('v', NOW - 7_200_000, undefined)[0].id).toBe(first.id);
});

test('a clock that was set back ends nothing, and silence is counted from there', () => {
  const session = open();
  session.touch('v', NOW, undefined);
  const back = NOW - 86_400_000;
  expect(session.touch('v', back, undefined)[0].number).toBe(1);
  expect(session.touch('v', back + HALF_HOUR - 1, undefined)[0].number).toBe(1);
  // A clock that is right again after a day ahead must not keep the session for a day.
  expect(session.touch('v', back + 2 * HALF_HOUR, undefined)[0].number).toBe(2);
});

test('a clock that jumps ahead ends it once, whatever it does then', () => {
  const session = open();
  session.touch('v', NOW, undefined);
  const numbers = [9, 0, 9, 0].map((hours, index) => session.touch('v', NOW + hours * 3_600_000 + index, undefined)[0]);
  // There is no telling a jump from silence; the way back is not another silence, though the next jump is.
  expect(numbers.map(({ number }) => number)).toEqual([2, 2, 3, 3]);
  expect(numbers.map(({ eventIndex }) => eventIndex)).toEqual([1, 2, 1, 2]);
});

test('it ends at its longest, however busy', () => {
  const session = open(createSafeStorage(), { sessionMaxMs: 3_600_000 });
  const numbers = [0, 20, 40, 59, 60, 80].map(
    (minutes) => session.touch('v', NOW + minutes * 60_000, undefined)[0].number,
  );
  expect(numbers).toEqual([1, 1, 1, 1, 2, 2]);
});

test('says which session was before it', () => {
  const session = open();
  const [first] = session.touch('v', NOW, undefined);
  const [second] = session.touch('v', NOW + HALF_HOUR, undefined);
  const [again] = session.touch('v', NOW + HALF_HOUR + 1, undefined);
  expect(first).not.toHaveProperty('previousId');
  expect([first.id, second.id, second.previousId, again.previousId]).toEqual(['v.1', 'v.2', 'v.1', 'v.1']);
});

test('tabs that cannot see each other yet go on from what both know to the same id', () => {
  const [one, two] = [createSafeStorage(), createSafeStorage()];
  const known = { session: { number: 4, startedAt: NOW, eventIndex: 7 }, lastAt: NOW };
  for (const storage of [one, two]) storage.set('t:session', known);
  const [here] = open(one).touch('v', NOW + HALF_HOUR, undefined);
  const [there] = open(two).touch('v', NOW + HALF_HOUR + 12, undefined);
  expect([here.id, here.previousId]).toEqual(['v.5', 'v.4']);
  expect([there.id, there.previousId]).toEqual(['v.5', 'v.4']);
});

test('its start is told once, after the task', async () => {
  const begun: unknown[] = [];
  const session = open(createSafeStorage(), {}, begun);
  session.touch('v', NOW, undefined);
  session.touch('v', NOW + 1, undefined);
  expect(begun).toEqual([]);
  await task();
  session.touch('v', NOW + 2, undefined);
  await task();
  expect(begun).toEqual([{ number: 1, startedAt: NOW, eventIndex: 1 }]);
  session.touch('v', NOW + 2 + HALF_HOUR, undefined);
  await task();
  expect(begun).toHaveLength(2);
});

test('a new campaign starts one if asked, and two tabs with two campaigns do not end each other’s', async () => {
  const storage = createSafeStorage();
  const rules = { sessionPerCampaign: true };
  const [mail, ad] = [{ source: 'mail' }, { source: 'ad' }];
  const [one, two] = [open(storage, rules), open(storage, rules)];
  const numbers: number[] = [];
  for (const [tab, campaign] of [
    [one, undefined],
    [one, mail],
    [one, mail],
    [two, mail],
    [two, ad],
    [one, mail],
    [two, ad],
    [one, undefined],
  ] as const) {
    numbers.push(tab.touch('v', NOW + numbers.length, campaign)[0].number);
    await task();
  }
  expect(numbers).toEqual([1, 2, 2, 2, 3, 3, 3, 3]);
  expect(open(storage).touch('v', NOW + 20, { source: 'other' })[0].number).toBe(3);
});

test('another tab goes on with it', async () => {
  const storage = createSafeStorage();
  const [first] = open(storage).touch('v', NOW, undefined);
  await task();
  expect(open(storage).touch('v', NOW + 5, undefined)[0]).toEqual({ ...first, eventIndex: 2 });
});

test('the campaign that led to the visit stays with it, until another does', () => {
  const session = open();
  expect(session.touch('v', NOW, { source: 'mail' })[1]).toEqual({ source: 'mail' });
  expect(session.touch('v', NOW + 1, undefined)[1]).toEqual({ source: 'mail' });
  expect(session.touch('v', NOW + 2, { gclid: 'x' })[1]).toEqual({ gclid: 'x' });
  expect(session.touch('v', NOW + 3 * HALF_HOUR, undefined)[1]).toBeUndefined();
});

test('reset starts a new visitor’s first session', async () => {
  const session = open();
  const [first] = session.touch('v', NOW, undefined);
  session.reset('v', []);
  await task();
  const [second] = session.touch('w', NOW + 1, undefined);
  expect(second.id).not.toBe(first.id);
  expect(second).toEqual({ id: 'w.1', number: 1, startedAt: NOW + 1, eventIndex: 1 });
});

test('reset that keeps the session goes on with its id; the one after is the new visitor’s', () => {
  const session = open();
  session.touch('v', NOW, undefined);
  session.reset('v', ['session']);
  expect(session.touch('w', NOW + 1, undefined)[0]).toMatchObject({ id: 'v.1', eventIndex: 2 });
  expect(session.touch('w', NOW + 1 + HALF_HOUR, undefined)[0]).toMatchObject({ id: 'w.2', previousId: 'v.1' });
});

test('reset that keeps the anonymous id does not use a session id twice', () => {
  const session = open();
  session.touch('v', NOW, undefined);
  session.reset('v', ['anonymousId']);
  expect(session.touch('v', NOW + 1, undefined)[0]).toMatchObject({ id: 'v.2', number: 2, previousId: 'v.1' });
});

import { describe, expect, test } from 'vitest';
import { createSafeStorage, type SafeStorage } from '../../../src/lib/safe-storage.js';
import { createIdentity } from '../../../src/visitor/identity.js';

const open = (storage = lasting()) => createIdentity(storage, 't:');

/** Says, as localStorage does, that what it is given lasts. */
function lasting(values = new Map<string, unknown>()): SafeStorage {
  return {
    get: <T>(key: string) => values.get(key) as T | undefined,
    set: (key, value) => Boolean(value === undefined ? values.delete(key) : values.set(key, value)),
    keys: (prefix) => [...values.keys()].filter((key) => key.startsWith(prefix)),
  };
}
const settleOn = (id: string) => async () => id;

test('one anonymous id, shared by tabs', () => {
  const storage = lasting();
  const { anonymousId } = open(storage).get();
  expect(anonymousId).toHaveLength(21);
  expect(open(storage).get()).toEqual({ anonymousId });
});

test('identify keeps the anonymous id and sorts the traits', () => {
  const identity = open();
  const { anonymousId } = identity.get();
  const traits = { email: 'mia@example.org', phone: '+4915112345678', ids: { airshipChannel: 'c-1' }, plan: 'team' };
  expect(identity.identify('u-1', traits)).toBe(false);
  expect(identity.get()).toEqual({
    anonymousId,
    userId: 'u-1',
    email: 'mia@example.org',
    phone: '+4915112345678',
    ids: { airshipChannel: 'c-1' },
    traits: { plan: 'team' },
  });
  identity.identify('u-1', { seats: 4 });
  expect(identity.get()).toMatchObject({ email: 'mia@example.org', traits: { plan: 'team', seats: 4 } });
});

test('another user is another visitor', () => {
  const identity = open();
  identity.identify('u-1', { email: 'mia@example.org' });
  identity.group('acme');
  const before = identity.get();
  expect(identity.identify('u-2', {})).toBe(true);
  const after = identity.get();
  expect(after.anonymousId).not.toBe(before.anonymousId);
  expect(after).toEqual({ anonymousId: after.anonymousId, userId: 'u-2', traits: {} });
});

test('reset forgets everything', () => {
  const identity = open();
  identity.identify('u-1', {});
  const before = identity.get();
  identity.reset([]);
  expect(identity.get()).toEqual({ anonymousId: expect.not.stringMatching(before.anonymousId) });
});

test('reset keeps what it is told to', () => {
  const identity = open();
  identity.identify('u-1', { email: 'mia@example.org', ids: { airshipChannel: 'c-1' }, plan: 'team' });
  identity.group('acme');
  const { anonymousId } = identity.get();
  identity.reset(['ids', 'accountId', 'session']);
  expect(identity.get()).toEqual({
    anonymousId: expect.not.stringMatching(anonymousId),
    ids: { airshipChannel: 'c-1' },
    accountId: 'acme',
  });
  const before = identity.get();
  identity.reset(['anonymousId']);
  expect(identity.get()).toEqual({ anonymousId: before.anonymousId });
});

test('null adds to what is known of a visitor without a name, and makes nobody new', () => {
  const identity = open();
  const { anonymousId } = identity.get();
  expect(identity.identify(null, { ids: { airshipChannel: 'c-1' } })).toBe(false);
  expect(identity.get()).toEqual({ anonymousId, ids: { airshipChannel: 'c-1' }, traits: {} });
  identity.identify('u-1', {});
  expect(identity.identify(null, { seats: 4 })).toBe(false);
  expect(identity.get()).toMatchObject({ userId: 'u-1', ids: { airshipChannel: 'c-1' }, traits: { seats: 4 } });
});

describe('an id that this page made up', () => {
  test('gives way to the one that counts, with all that was said meanwhile', async () => {
    const storage = lasting();
    const identity = open(storage);
    const { anonymousId } = identity.get();
    identity.identify('u-1', { email: 'mia@example.org' });
    expect(await identity.settle(settleOn('first'))).toEqual([anonymousId, 'first']);
    expect(identity.get()).toEqual({ anonymousId: 'first', userId: 'u-1', email: 'mia@example.org', traits: {} });
    expect(open(storage).get()).toEqual(identity.get());
    expect(storage.keys('t:')).toEqual(['t:visitor']);
    expect(await identity.settle(settleOn('second'))).toBeUndefined();
  });

  test('is taken up by the next page if this one left before it was settled', async () => {
    const storage = lasting();
    const { anonymousId } = open(storage).get();
    const next = open(storage);
    expect(next.get()).toEqual({ anonymousId });
    expect(await next.settle(async (id) => id)).toEqual([anonymousId, anonymousId]);
  });

  test('is not overtaken by a page that is late: what is settled stays', async () => {
    const storage = lasting();
    const [early, late] = [open(storage), open(storage)];
    early.get();
    await early.settle(settleOn('first'));
    // Written by a process that had not heard of it yet.
    storage.set('t:minted', { anonymousId: 'late' });
    expect(early.get()).toEqual({ anonymousId: 'first' });
    expect(late.get()).toEqual({ anonymousId: 'first' });
  });

  test('keeps what another tab has said of the visitor', async () => {
    const storage = lasting();
    const [one, two] = [open(storage), open(storage)];
    two.get();
    one.get();
    one.group('acme');
    await one.settle(settleOn('first'));
    one.identify('u-1', {});
    await two.settle(settleOn('first'));
    expect(two.get()).toEqual({ anonymousId: 'first', accountId: 'acme', userId: 'u-1', traits: {} });
  });

  test('does not come back after a reset', async () => {
    const identity = open();
    const { anonymousId } = identity.get();
    identity.identify('u-1', {});
    const settled = identity.settle(async (id) => id);
    identity.reset([]);
    const after = identity.get();
    expect(await settled).toEqual([anonymousId, anonymousId]);
    expect(identity.get()).toEqual(after);
    expect(after).toEqual({ anonymousId: expect.not.stringMatching(anonymousId) });
  });

  test('is nobody else’s business where nothing lasts', async () => {
    const identity = createIdentity(createSafeStorage(), 't:');
    const { anonymousId } = identity.get();
    expect(await identity.settle(settleOn('other'))).toBeUndefined();
    expect(identity.get()).toEqual({ anonymousId });
  });

  test('made up anew where the site empties localStorage, it is every tab’s', async () => {
    const values = new Map<string, unknown>();
    const [one, two] = [open(lasting(values)), open(lasting(values))];
    for (const tab of [one, two]) await tab.settle(async (id) => id);
    values.clear();
    expect(two.get()).toEqual(one.get());
    one.reset([]);
    expect(two.get()).toEqual(one.get());
  });
});

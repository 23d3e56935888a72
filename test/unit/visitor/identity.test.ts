import { expect, test } from 'vitest';
import { createSafeStorage } from '../../../src/lib/safe-storage.js';
import { createIdentity } from '../../../src/visitor/identity.js';

const open = (storage = createSafeStorage()) => createIdentity(storage, 't:');

test('one anonymous id, shared by tabs', () => {
  const storage = createSafeStorage();
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
  identity.reset();
  expect(identity.get()).toEqual({ anonymousId: expect.not.stringMatching(before.anonymousId) });
});

import { describe, expect, test } from 'vitest';
import { createSafeStorage } from '../../../src/lib/safe-storage.js';
import { createDepartures, type Departure, dutyOf, isFree, isSpent } from '../../../src/queue/departures.js';
import { queuedEvent } from '../../support/events.js';

const NOW = 1_800_000_000_000;
const record = queuedEvent('e1', { owner: 'old', time: NOW - 1_000 });
const gone = (departure: Partial<Departure> = {}) =>
  new Map([['old', { at: NOW - 500, left: true, claims: {}, ...departure }]]);

describe('a page may take a record', () => {
  test.each([
    ['that is its own', 'old', new Map(), true],
    ['of another page that is still there', 'new', new Map(), false],
    ['of another page that is hidden', 'new', gone({ left: false }), false],
    ['of a page that has left', 'new', gone(), true],
  ])('%s', (_, page, departures, expected) => {
    expect(isFree(record, page, departures, NOW)).toBe(expected);
  });

  test('that nobody has cared for in ten seconds, also when the clock was set back', () => {
    expect(isFree(record, 'new', new Map(), NOW + 9_100)).toBe(true);
    expect(isFree(record, 'new', new Map(), NOW - 7_200_000)).toBe(true);
  });
});

describe('a record that an earlier page claimed to have sent', () => {
  const claims = { lane: ['e1'] };
  const duty = (departure: Partial<Departure>, unconfirmed: 'assume-delivered' | 'resend', lane = 'lane') =>
    dutyOf(record, lane, 'new', gone({ claims, ...departure }), unconfirmed, NOW);

  test('counts as delivered where a repeat would do harm', () => {
    expect(duty({}, 'assume-delivered')).toBe('presume');
  });
  test('is sent again, later, where the vendor keeps one of the two', () => {
    expect(duty({}, 'resend')).toBe('wait');
    expect(duty({ at: NOW - 11_000 }, 'resend')).toBe('resend');
  });
  test('waits while the page may come back', () => {
    expect(duty({ left: false }, 'assume-delivered')).toBe('wait');
    expect(duty({ left: false, at: NOW - 31_000 }, 'assume-delivered')).toBe('presume');
  });
  test('is ordinary on another lane', () => {
    expect(duty({}, 'assume-delivered', 'other')).toBe('send');
  });
  test('is ordinary for the page that claimed it', () => {
    expect(dutyOf(record, 'lane', 'old', gone({ claims }), 'assume-delivered', NOW)).toBe('send');
  });
});

describe('departures', () => {
  test('are remembered, forgotten by lane, and forgotten whole', () => {
    const storage = createSafeStorage();
    const departures = createDepartures(storage, 't:');
    departures.write('p1', { at: NOW, left: true, claims: { a: ['1'], b: ['2'] } });
    expect(departures.all().get('p1')?.claims).toEqual({ a: ['1'], b: ['2'] });
    departures.forget('p1', 'a');
    expect(departures.all().get('p1')?.claims).toEqual({ b: ['2'] });
    departures.forget('p1');
    expect(departures.all().size).toBe(0);
  });

  test('are spent when nothing is claimed and nothing can be on its way', () => {
    expect(isSpent({ at: NOW, left: true, claims: {} }, NOW)).toBe(false);
    expect(isSpent({ at: NOW, left: true, claims: {} }, NOW + 31_000)).toBe(true);
    expect(isSpent({ at: NOW, left: true, claims: { a: ['1'] } }, NOW + 31_000)).toBe(false);
  });
});

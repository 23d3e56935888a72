import { describe, expect, test } from 'vitest';
import { createSafeStorage } from '../../../src/lib/safe-storage.js';
import { createDepartures, type Departure, type DutyRules, dutyOf, isFree } from '../../../src/queue/departures.js';
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
  const rules = (departure: Partial<Departure>, over: Partial<DutyRules> = {}): DutyRules => ({
    lane: 'lane',
    page: 'new',
    departures: gone({ claims, ...departure }),
    unconfirmed: 'assume-delivered',
    now: NOW,
    takenAt: 0,
    failedAt: 0,
    isIdle: false,
    ...over,
  });
  const resend = { unconfirmed: 'resend' } as const;
  const taken = { takenAt: NOW - 100 };

  test('counts as delivered where a repeat would do harm, once the vendor has shown that it is well', () => {
    expect(dutyOf(record, rules({}))).toBe('wait');
    expect(dutyOf(record, rules({}, taken))).toBe('presume');
    expect(dutyOf(record, rules({}, { takenAt: NOW - 600 }))).toBe('wait');
    expect(dutyOf(record, rules({}, { failedAt: Infinity }))).toBe('resend');
  });
  test('is sent again if the vendor has failed since, also where it is well again', () => {
    expect(dutyOf(record, rules({}, { ...taken, failedAt: NOW - 300 }))).toBe('resend');
    expect(dutyOf(record, rules({}, { ...taken, failedAt: NOW - 600 }))).toBe('presume');
  });
  test('counts as delivered, after a while, when nothing else is to be sent that could show it', () => {
    expect(dutyOf(record, rules({}, { isIdle: true }))).toBe('wait');
    expect(dutyOf(record, rules({ at: NOW - 11_000 }))).toBe('wait');
    expect(dutyOf(record, rules({ at: NOW - 11_000 }, { isIdle: true }))).toBe('presume');
    expect(dutyOf(record, rules({ at: NOW - 11_000 }, { isIdle: true, failedAt: Infinity }))).toBe('resend');
  });
  test('is sent again, later, where the vendor keeps one of the two', () => {
    expect(dutyOf(record, rules({}, resend))).toBe('wait');
    expect(dutyOf(record, rules({ at: NOW - 11_000 }, resend))).toBe('resend');
  });
  test('waits while the page may come back', () => {
    expect(dutyOf(record, rules({ left: false }, taken))).toBe('wait');
    expect(dutyOf(record, rules({ left: false, at: NOW - 31_000 }, taken))).toBe('presume');
  });
  test('is ordinary on another lane', () => {
    expect(dutyOf(record, rules({}, { lane: 'other' }))).toBe('send');
  });
  test('is ordinary for the page that claimed it', () => {
    expect(dutyOf(record, rules({}, { page: 'old' }))).toBe('send');
  });
});

describe('departures', () => {
  test('are remembered, forgotten by lane, and forgotten whole', () => {
    const storage = createSafeStorage();
    const departures = createDepartures(storage, 't:');
    departures.write('p1', { at: NOW, left: true, claims: { a: ['1'], b: ['2'] } });
    expect(departures.all().get('p1')?.claims).toEqual({ a: ['1'], b: ['2'] });
    departures.disclaim('p1', 'a');
    expect(departures.all().get('p1')?.claims).toEqual({ b: ['2'] });
    departures.forget('p1');
    expect(departures.all().size).toBe(0);
  });

  test('go on claiming what was claimed when the page left', () => {
    const departures = createDepartures(createSafeStorage(), 't:');
    departures.write('p1', { at: NOW, left: false, claims: { a: ['0'] } });
    departures.write('p1', { at: NOW, left: true, claims: { a: ['1'] } });
    departures.write('p1', { at: NOW, left: true, claims: { a: ['2'], b: ['3'] } });
    departures.write('p1', { at: NOW, left: true, claims: {} });
    expect(departures.all().get('p1')?.claims).toEqual({ a: ['1', '2'], b: ['3'] });
  });

  test('go on claiming the rest of a lane', () => {
    const departures = createDepartures(createSafeStorage(), 't:');
    departures.write('p1', { at: NOW, left: true, claims: { a: ['1', '2'], b: ['3'] } });
    expect(departures.disclaim('p1', 'a', ['2', '9'])).toEqual({ a: ['1'], b: ['3'] });
    expect(departures.disclaim('p1', 'a', ['1'])).toEqual({ b: ['3'] });
    expect(departures.disclaim('none', 'a')).toEqual({});
    expect([...departures.all()]).toEqual([['p1', { at: NOW, left: true, claims: { b: ['3'] } }]]);
  });
});

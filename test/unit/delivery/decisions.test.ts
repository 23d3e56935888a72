import { describe, expect, test } from 'vitest';
import { backoffMs } from '../../../src/delivery/backoff.js';
import { fingerprint } from '../../../src/delivery/parcel.js';
import { rateWaitMs } from '../../../src/delivery/rate-limit.js';
import { retryAfterMs } from '../../../src/delivery/retry-after.js';

describe('backoffMs', () => {
  test.each([
    [0, 1_000],
    [1, 2_000],
    [2, 4_000],
    [8, 256_000],
    [9, 300_000],
    [500, 300_000],
  ])('waits up to its bound after %i failures before', (failures, longest) => {
    expect(backoffMs(failures, 1)).toBe(longest);
    expect(backoffMs(failures, 0.5)).toBe(longest / 2);
    expect(backoffMs(failures, 0)).toBe(0);
  });
});

describe('retryAfterMs', () => {
  const now = Date.UTC(2026, 0, 1, 12, 0, 0);
  test.each([
    ['120', 120_000],
    ['0', 0],
    ['Thu, 01 Jan 2026 12:00:05 GMT', 5_000],
    ['Thu, 01 Jan 2026 11:00:00 GMT', 0],
    ['soon', undefined],
    ['', undefined],
    [null, undefined],
  ])('reads %s', (header, expected) => {
    expect(retryAfterMs(header, now)).toBe(expected);
  });
});

describe('rateWaitMs', () => {
  const limits = [
    { requests: 2, perMs: 1_000 },
    { requests: 3, perMs: 60_000 },
  ];
  test.each([
    ['nothing was sent', [], 0],
    ['the burst is not used up', [9_900], 0],
    ['the burst is used up', [9_500, 9_900], 500],
    ['the steady rate is used up', [1_000, 5_000, 6_000], 51_000],
    ['all is long ago', [-90_000, -80_000, -70_000], 0],
  ])('when %s', (_, times, expected) => {
    const sent = times.map((at) => ({ at, events: 1 }));
    expect(rateWaitMs(sent, limits, 10_000)).toBe(expected);
  });
  test('without limits there is no wait', () => expect(rateWaitMs([{ at: 3, events: 1 }], [], 3)).toBe(0));
  test('a limit of bulk calls counts those alone', () => {
    const bulk = [{ requests: 2, perMs: 1_000, minEvents: 2 }];
    const sent = (...events: number[]) => events.map((count, index) => ({ at: 9_500 + index, events: count }));
    expect(rateWaitMs(sent(1, 1, 1, 2), bulk, 10_000)).toBe(0);
    expect(rateWaitMs(sent(2, 1, 40, 1), bulk, 10_000)).toBe(500);
  });
});

test('fingerprint tells credentials apart and does not contain them', () => {
  expect(fingerprint('token-a')).toBe(fingerprint('token-a'));
  expect(fingerprint('token-a')).not.toBe(fingerprint('token-b'));
  expect(fingerprint('token-a')).toMatch(/^-?\d{1,11}$/);
});

import { describe, expect, it } from 'vitest';
import { createToken, type Token } from '../../../src/server/token.js';

const HOUR = 3_600_000;

/** A vendor that gives out `token-1`, `token-2` …, each for `lifeMs`, at a clock that the test turns. */
function issuing(lifeMs = HOUR) {
  const vendor = { now: 1_800_000_000_000, count: 0, failure: undefined as unknown };
  const fetchToken = async (): Promise<Token> => {
    vendor.count += 1;
    const { count, now } = vendor;
    await Promise.resolve();
    if (vendor.failure) throw vendor.failure;
    return { value: `token-${count}`, expiresAt: now + lifeMs };
  };
  return { vendor, token: createToken(fetchToken, () => vendor.now) };
}

describe('a token', () => {
  it('is fetched when first asked for, and kept', async () => {
    const { vendor, token } = issuing();
    expect(vendor.count).toBe(0);
    expect([await token(), await token()]).toEqual(['token-1', 'token-1']);
    expect(vendor.count).toBe(1);
  });

  it('is renewed a minute before it ends, not earlier', async () => {
    const { vendor, token } = issuing();
    await token();
    vendor.now += HOUR - 60_001;
    expect(await token()).toBe('token-1');
    vendor.now += 1;
    expect(await token()).toBe('token-2');
  });

  it('of a short life is used for half of it', async () => {
    const { vendor, token } = issuing(10_000);
    await token();
    vendor.now += 4_999;
    expect(await token()).toBe('token-1');
    vendor.now += 1;
    expect(await token()).toBe('token-2');
  });

  it('is fetched once for all who ask at the same time, at first and at renewal', async () => {
    const { vendor, token } = issuing();
    expect(await Promise.all([token(), token(), token()])).toEqual(['token-1', 'token-1', 'token-1']);
    vendor.now += HOUR;
    expect(await Promise.all([token(), token()])).toEqual(['token-2', 'token-2']);
    expect(vendor.count).toBe(2);
  });

  it('that cannot be had is an error with its cause, and asked for again the next time', async () => {
    const { vendor, token } = issuing();
    vendor.failure = new Error('401 wrong secret');
    await expect(Promise.all([token(), token()])).rejects.toMatchObject({
      message: 'tracklet: fetchToken() failed: 401 wrong secret',
      cause: vendor.failure,
    });
    vendor.failure = undefined;
    expect(await token()).toBe('token-2');
  });

  it('is used as long as it holds when its renewal fails, and no longer', async () => {
    const { vendor, token } = issuing();
    await token();
    vendor.now += HOUR - 30_000;
    vendor.failure = 'down';
    expect(await token()).toBe('token-1');
    vendor.now += 30_000;
    await expect(token()).rejects.toThrow('tracklet: fetchToken() failed: down');
    expect(vendor.count).toBe(3);
  });

  it.each([
    ['already ended', { value: 'x', expiresAt: 0 }],
    ['without a text', { value: '', expiresAt: 9e15 }],
    ['whose end is no number', { value: 'x', expiresAt: Number.NaN }],
    ['that is nothing', undefined],
  ])('%s is refused', async (_, fetched) => {
    await expect(createToken(async () => fetched as Token)()).rejects.toThrow('tracklet: fetchToken() failed: ');
  });
});

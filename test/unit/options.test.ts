import { describe, expect, test } from 'vitest';
import type { TrackerOptions } from '../../src/api.js';
import { resolveOptions } from '../../src/options.js';
import { plainAdapter } from './delivery/lane-harness.js';

const destination = { name: 'plain', adapter: plainAdapter(), secrets: [] };
const good = { destinations: [destination] };
const resolve = (options: unknown) => resolveOptions(options as TrackerOptions);

test('fills in the defaults', () => {
  expect(resolve(good)).toEqual({
    destinations: [destination],
    name: 'tracklet',
    pageViews: 'auto',
    sessionTimeoutMs: 1_800_000,
    flushAt: 20,
    flushAfterMs: 2_000,
    timeoutMs: 15_000,
    debug: false,
    limits: { maxEvents: 10_000, maxBytes: 5_000_000, maxAgeMs: 604_800_000, maxHeld: 1_000, maxEventBytes: 32_768 },
  });
});

test('takes what is given, and undefined for the default', () => {
  expect(
    resolve({ ...good, name: 'shop', flushAt: undefined, limits: { maxHeld: 5, maxBytes: undefined } }),
  ).toMatchObject({
    name: 'shop',
    flushAt: 20,
    limits: { maxHeld: 5, maxBytes: 5_000_000 },
  });
});

describe('a TypeError names the option, the rule and the fix', () => {
  test.each([
    ['options', undefined, 'an object'],
    ['options', 'klaviyo', 'an object'],
    ['destinations', {}, 'klaviyo({'],
    ['destinations', { destinations: [] }, 'at least one'],
    ['destinations', { destinations: destination }, 'a list'],
    ['destinations[0].adapter', { destinations: [{ name: 'x' }] }, 'made by an adapter'],
    ['destinations[0].', { destinations: [null] }, 'an object'],
    ['destinations[1].name', { destinations: [destination, destination] }, 'unlike'],
    ['destinations[0].name', { destinations: [{ ...destination, name: 'a b' }] }, 'letters'],
    ['destinations[0].headers', { destinations: [{ ...destination, headers: 'x' }] }, 'function'],
    ['destinations[0].filter', { destinations: [{ ...destination, filter: true }] }, 'function'],
    ['destinations[0].endpoint', { destinations: [{ ...destination, endpoint: '/t/' }] }, "'/proxy'"],
    ['destinations[0].rename', { destinations: [{ ...destination, rename: 3 }] }, 'function'],
    ['name', { ...good, name: '' }, 'letters'],
    ['name', { ...good, name: 7 }, 'letters'],
    ['pageViews', { ...good, pageViews: 'on' }, "'auto'"],
    ['debug', { ...good, debug: 'yes' }, 'true or false'],
    ['sessionTimeoutMs', { ...good, sessionTimeoutMs: 0 }, 'positive'],
    ['flushAt', { ...good, flushAt: -1 }, 'positive'],
    ['flushAfterMs', { ...good, flushAfterMs: Number.NaN }, 'positive'],
    ['flushAfterMs', { ...good, flushAfterMs: '2000' }, 'positive'],
    ['timeoutMs', { ...good, timeoutMs: '5 s' }, 'positive'],
    ['timeoutMs', { ...good, timeoutMs: Number.POSITIVE_INFINITY }, 'positive'],
    ['limits', { ...good, limits: 5 }, 'an object'],
    ['limits.maxEvents', { ...good, limits: { maxEvents: 0 } }, 'positive'],
    ['limits.maxSize', { ...good, limits: { maxSize: 1 } }, 'maxEvents'],
    ['endpoint', { ...good, endpoint: '/t' }, 'destinations, name'],
  ])('%s: %j', (option, options, fix) => {
    expect(() => resolve(options)).toThrow(TypeError);
    expect(() => resolve(options)).toThrow(`tracklet: ${option}`);
    expect(() => resolve(options)).toThrow(fix);
  });

  test.each([
    ['token', { ...destination, secrets: ['token'] }],
    ['headers.Authorization', { ...destination, headers: { Authorization: 'Bearer x' } }],
    ['headers.x-api-key', { ...destination, headers: { 'x-api-key': 'rk_1' } }],
  ])('a secret in a browser, %s, with both safe ways', (secret, leaking) => {
    const create = () => resolve({ destinations: [leaking] });
    expect(create).toThrow(TypeError);
    expect(create).toThrow(`destinations[0].${secret}`);
    expect(create).toThrow('proxy');
    expect(create).toThrow("relay({ endpoint: '/t' })");
  });
});

test('short-lived credentials from a function are welcome', () => {
  expect(() => resolve({ destinations: [{ ...destination, headers: async () => ({}) }] })).not.toThrow();
});

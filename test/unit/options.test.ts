import { describe, expect, test } from 'vitest';
import type { TrackerOptions } from '../../src/api.js';
import { openGate } from '../../src/consent/gate.js';
import { redactByDefault } from '../../src/event/redaction.js';
import { resolveOptions } from '../../src/options.js';
import { plainAdapter } from './delivery/lane-harness.js';

const destination = { name: 'plain', adapter: plainAdapter() };
const good = { destinations: [destination] };
const resolve = (options: unknown) => resolveOptions(options as TrackerOptions);

test('fills in the defaults', () => {
  expect(resolve(good)).toEqual({
    consent: openGate,
    redaction: redactByDefault,
    beforeCapture: undefined,
    destinations: [destination],
    name: 'tracklet',
    pageViews: 'auto',
    firstView: 'loaded',
    sessionTimeoutMs: 1_800_000,
    sessionMaxMs: Infinity,
    sessionPerCampaign: false,
    shareVisitorWith: '',
    storage: undefined,
    flushAt: 20,
    flushAfterMs: 2_000,
    timeoutMs: 15_000,
    eventNames: [],
    debug: false,
    limits: {
      maxEvents: 10_000,
      maxBytes: 5_000_000,
      maxAgeMs: 604_800_000,
      maxHeld: 1_000,
      maxDropped: 100,
      maxEventBytes: 32_768,
    },
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
    ['destinations[0].unconfirmed', { destinations: [{ ...destination, unconfirmed: 'drop' }] }, "'resend'"],
    ['eventNames', { ...good, eventNames: 'Plan Chosen' }, 'a list of names'],
    ['name', { ...good, name: '' }, 'letters'],
    ['name', { ...good, name: 7 }, 'letters'],
    ['pageViews', { ...good, pageViews: 'on' }, "'auto'"],
    ['firstView', { ...good, firstView: true }, "'shown'"],
    ['redaction', { ...good, redaction: { deny: ['x'] } }, 'redaction()'],
    ['destinations[0].redaction', { destinations: [{ ...destination, redaction: {} }] }, 'redaction()'],
    ['beforeCapture', { ...good, beforeCapture: true }, 'a function'],
    ['consent', { ...good, consent: 'pending' }, "consent('pending')"],
    ['destinations[0].purpose', { destinations: [{ ...destination, purpose: 1 }] }, 'marketing'],
    ['debug', { ...good, debug: 'yes' }, 'true, false, or tellRepairs'],
    ['sessionTimeoutMs', { ...good, sessionTimeoutMs: 0 }, 'positive'],
    ['sessionMaxMs', { ...good, sessionMaxMs: -1 }, 'positive'],
    ['sessionMaxMs', { ...good, sessionMaxMs: '1 h' }, 'positive'],
    ['sessionPerCampaign', { ...good, sessionPerCampaign: 'yes' }, 'true or false'],
    ['storage', { ...good, storage: 'cookie' }, 'cookieStorage()'],
    ['shareVisitorWith', { ...good, shareVisitorWith: 'a b' }, 'name of another tracker'],
    ['flushAt', { ...good, flushAt: -1 }, 'positive'],
    ['flushAfterMs', { ...good, flushAfterMs: Number.NaN }, 'positive'],
    ['flushAfterMs', { ...good, flushAfterMs: '2000' }, 'positive'],
    ['timeoutMs', { ...good, timeoutMs: '5 s' }, 'positive'],
    ['timeoutMs', { ...good, timeoutMs: Number.POSITIVE_INFINITY }, 'positive'],
    ['timeoutMs', { ...good, timeoutMs: 600_001 }, 'up to 600000'],
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
    ['token', { ...destination, token: 'x' }],
    ['clientSecret', { ...destination, clientId: 'x', clientSecret: 'x' }],
    ['headers.Authorization', { ...destination, headers: { Authorization: 'Bearer x' } }],
    ['headers.x-api-key', { ...destination, headers: { 'x-api-key': 'rk_1' } }],
    ['headers.X-APTRINSIC-API-KEY', { ...destination, headers: { 'X-APTRINSIC-API-KEY': 'k' } }],
    ['headers.X-CAP-API-OAUTH-TOKEN', { ...destination, headers: { 'X-CAP-API-OAUTH-TOKEN': 'jwt' } }],
  ])('a secret in a browser, %s, with both safe ways', (secret, leaking) => {
    const create = () => resolve({ destinations: [leaking] });
    expect(create).toThrow(TypeError);
    expect(create).toThrow(`destinations[0].${secret}`);
    expect(create).toThrow('proxy');
    expect(create).toThrow("relay({ endpoint: '/t' })");
  });
});

describe('names that a vendor would see as one', () => {
  const vendor = {
    ...destination,
    adapter: { ...destination.adapter, wireName: (name: string) => name.toLowerCase() },
  };
  const eventNames = ['Plan Chosen', 'plan chosen'];

  test('are a mistake', () => {
    expect(() => resolve({ destinations: [vendor], eventNames })).toThrow(
      "tracklet: destinations[0].rename must be such that 'Plan Chosen' and 'plan chosen' do not both become 'plan chosen'",
    );
    const rename = { A: 'Plan', B: 'plan' };
    expect(() => resolve({ destinations: [{ ...vendor, rename }] })).toThrow('destinations[0].rename');
  });

  test('or as one with the tracker’s own page views, unless there are none', () => {
    const own = { destinations: [vendor], eventNames: ['page view'] };
    expect(() => resolve(own)).toThrow("'Page View' and 'page view' do not both become 'page view'");
    expect(() => resolve({ ...own, pageViews: 'off' })).not.toThrow();
    expect(() => resolve({ ...own, eventNames: ['Page View'] })).not.toThrow();
  });

  test('or of which the vendor leaves nothing', () => {
    const latin = {
      ...vendor,
      adapter: { ...vendor.adapter, wireName: (name: string) => name.replace(/[^a-z ]/gi, '') },
    };
    expect(() => resolve({ destinations: [latin], eventNames: ['購入'] })).toThrow("'no name' and '購入'");
    expect(() =>
      resolve({ destinations: [{ ...latin, rename: { 購入: 'Bought' } }], eventNames: ['購入'] }),
    ).not.toThrow();
  });

  test('are none where the vendor takes names as they are, or rename tells them apart, or joins them itself', () => {
    const rename = { 'plan chosen': 'Plan picked' };
    const joined = { 'Plan Chosen': 'Plan', 'plan chosen': 'Plan' };
    expect(() => resolve({ destinations: [destination], eventNames })).not.toThrow();
    expect(() => resolve({ destinations: [{ ...vendor, rename }], eventNames })).not.toThrow();
    expect(() => resolve({ destinations: [{ ...vendor, rename: joined }], eventNames })).not.toThrow();
  });
});

test('names that look a little like those of secrets are welcome', () => {
  const headers = { 'X-CSRF-Token': 'x', 'X-Shop': 'one', 'Idempotency-Key': 'x' };
  const options = { appKey: 'app', propertyKey: 'AP-1', companyId: 'ABC123', tokens: 1, keyboard: 'de' };
  expect(() => resolve({ destinations: [{ ...destination, ...options, headers }] })).not.toThrow();
});

test('short-lived credentials from a function are welcome', () => {
  expect(() => resolve({ destinations: [{ ...destination, headers: async () => ({}) }] })).not.toThrow();
});

import { describe, expect, it } from 'vitest';
import { airship } from '../../../src/adapters/airship.js';
import { klaviyo } from '../../../src/adapters/klaviyo.js';
import { relay } from '../../../src/adapters/relay.js';

const make = (options: object) => () => relay({ endpoint: '/t', ...options } as Parameters<typeof relay>[0]);

describe('options that every destination takes', () => {
  it('are handed on as they are', () => {
    const headers = { 'X-Shop': 'one' };
    const filter = () => false;
    const destination = relay({ endpoint: '/t', name: 'collector', headers, filter });
    expect(destination).toMatchObject({ name: 'collector', headers, filter, secrets: [] });
    expect(destination.adapter.name).toBe('relay');
  });

  it('are absent when not given, and the name is the vendor’s', () => {
    expect(Object.keys(relay({ endpoint: '/t' }))).toEqual(['name', 'adapter', 'secrets']);
    expect(relay({ endpoint: '/t' }).name).toBe('relay');
  });

  it('rename by a table, which knows only its own names', () => {
    const { rename } = relay({ endpoint: '/t', rename: { 'Plan Chosen': 'plan' } });
    expect(rename?.('Plan Chosen')).toBe('plan');
    expect(rename?.('constructor')).toBe('constructor');
  });

  it('rename by a function', () => {
    expect(relay({ endpoint: '/t', rename: (name) => `web ${name}` }).rename?.('a')).toBe('web a');
  });

  it.each([
    ['name', ''],
    ['name', 7],
    ['endpoint', ''],
    ['endpoint', null],
    ['headers', 'Authorization'],
    ['headers', { A: 1 }],
    ['headers', ['a']],
    ['filter', true],
    ['rename', { a: 1 }],
    ['rename', null],
    ['token', 5],
    ['apiKey', ''],
  ])('refuse { %s: %j } with an error that names the option', (option, value) => {
    expect(make({ [option]: value })).toThrow(TypeError);
    expect(make({ [option]: value })).toThrow(`tracklet: relay({ ${option} }) must be`);
  });

  it.each([[undefined], [null], ['/t'], [[]]])('are an object, not %j', (options) => {
    expect(() => relay(options as never)).toThrow(/^tracklet: relay\(\{ … \}\) must be an object/);
  });
});

describe('secrets', () => {
  it('are listed, for createTracker() to refuse in a browser', () => {
    expect(airship({ appKey: 'app', token: 't' }).secrets).toEqual(['token']);
    expect(airship({ appKey: 'app', headers: { authorization: 'Bearer t' } }).secrets).toEqual([
      'headers.authorization',
    ]);
    expect(klaviyo({ companyId: 'ABC123', headers: { Cookie: 'a', 'X-API-Key': 'b', 'X-Shop': 'c' } }).secrets).toEqual(
      ['headers.Cookie', 'headers.X-API-Key'],
    );
  });

  it('fetched by a function are short-lived, and allowed', () => {
    expect(airship({ appKey: 'app', headers: () => ({ Authorization: 'Bearer t' }) }).secrets).toEqual([]);
  });

  it('that nothing would add are an error naming the two safe ways', () => {
    expect(() => airship({ appKey: 'app' })).toThrow(/airship\(\{ endpoint \}\).*own proxy.*relay\(\{ endpoint \}\)/);
  });
});

import { describe, expect, it } from 'vitest';
import { type GainsightFields, type GainsightOptions, gainsight } from '../../../src/adapters/gainsight.js';
import { answer, FIRST_TRY, NOW, SAMPLE_TIME, sampleEvent } from './sample-event.js';

const OPTIONS = { propertyKey: 'AP-EXAMPLE-2', endpoint: '/proxy/gainsight' };
const { adapter } = gainsight(OPTIONS);
const bodyOf = (changes: Parameters<typeof sampleEvent>[0] = {}, options: Partial<GainsightOptions> = {}) =>
  JSON.parse(gainsight({ ...OPTIONS, ...options }).adapter.toRequest([sampleEvent(changes)], FIRST_TRY).body);

describe('gainsight: requests', () => {
  it('sends one event', () => {
    const event = sampleEvent({
      visitor: { userId: 'u-42', accountId: 'acme' },
      properties: { plan: 'team', seats: 4, filters: { a: 1 } },
      value: 49.5,
      currency: 'EUR',
      session: { id: 's-1' },
      page: { url: 'https://app.example/plans', referrer: 'https://app.example/' },
    });
    const { body, ...request } = adapter.toRequest([event], FIRST_TRY);
    expect(request).toEqual({
      url: '/proxy/gainsight/v1/events/custom',
      method: 'POST',
      headers: { 'Content-Type': 'application/json' },
    });
    expect(JSON.parse(body)).toEqual({
      eventId: 'evt-001',
      eventName: 'Plan Chosen',
      identifyId: 'u-42',
      userType: 'USER',
      propertyKey: 'AP-EXAMPLE-2',
      date: SAMPLE_TIME,
      sessionId: 's-1',
      accountId: 'acme',
      url: 'https://app.example/plans',
      referrer: 'https://app.example/',
      remoteHost: 'app.example',
      attributes: { plan: 'team', seats: 4, value: 49.5, currency: 'EUR', filters: '{"a":1}', page_title: '' },
    });
  });

  it('sends a visitor without a user id under the anonymous id', () => {
    expect(bodyOf()).toMatchObject({ identifyId: 'anon-77', userType: 'VISITOR' });
  });

  it('takes the company from group(), and the host from the page', () => {
    expect(bodyOf({ visitor: { accountId: 'acme' } }).accountId).toBe('acme');
    expect(bodyOf({ page: { url: 'about:blank' } })).not.toHaveProperty('remoteHost');
  });
});

describe('gainsight: map', () => {
  const map = (fields: GainsightFields): GainsightFields => ({
    ...fields,
    identifyId: 'mia@example.org',
    userType: 'LEAD',
    eventType: 'CUSTOM',
    sessionId: 's-9',
    accountId: 'initech',
    url: 'https://other.example/',
    referrer: 'https://ref.example/',
    remoteHost: 'edge',
    globalContext: { locale: 'de-AT', nested: { b: 1, a: 2 }, when: new Date(0), none: undefined, nan: Number.NaN },
    attributes: { plan: 'team' },
  });

  it('reaches every field', () => {
    expect(bodyOf({}, { map })).toEqual({
      eventId: 'evt-001',
      eventName: 'Plan Chosen',
      propertyKey: 'AP-EXAMPLE-2',
      date: SAMPLE_TIME,
      identifyId: 'mia@example.org',
      userType: 'LEAD',
      eventType: 'CUSTOM',
      sessionId: 's-9',
      accountId: 'initech',
      url: 'https://other.example/',
      referrer: 'https://ref.example/',
      remoteHost: 'edge',
      globalContext: { locale: 'de-AT', nested: '{"a":2,"b":1}', when: '1970-01-01T00:00:00.000Z' },
      attributes: { plan: 'team' },
    });
  });

  it('may leave nobody, who is then waited for', () => {
    const byEmail = gainsight({ ...OPTIONS, map: (fields, { visitor }) => ({ ...fields, identifyId: visitor.email }) });
    expect(byEmail.adapter.accepts(sampleEvent(), NOW)).toBe('needs-identity');
    expect(byEmail.adapter.accepts(sampleEvent({ visitor: { email: 'mia@example.org' } }), NOW)).toBe('ready');
  });

  it('cannot make up a kind of user', () => {
    const wrong = gainsight({ ...OPTIONS, map: (fields) => ({ ...fields, userType: 'ANONYMOUS' as 'USER' }) });
    expect(wrong.adapter.accepts(sampleEvent(), NOW)).toEqual({ refused: 'no such userType' });
  });
});

describe('gainsight: limits', () => {
  it('takes 50 attributes, scalars of 1024 characters', () => {
    const many = Object.fromEntries(Array.from({ length: 90 }, (_, index) => [`p${index}`, index]));
    const { attributes } = bodyOf({ properties: { text: 'x'.repeat(2000), list: ['y'.repeat(2000)], ...many } });
    expect(Object.keys(attributes)).toHaveLength(50);
    expect(attributes.text).toHaveLength(1024);
    expect(attributes.list).toHaveLength(1024);
  });

  it('keeps keys apart that differ by case only', () => {
    const properties = { plan: 1, Plan: 2, PLAN: 3, plan_2: 4 };
    expect(bodyOf({ properties }).attributes).toEqual({ page_title: '', plan: 1, Plan_2: 2, PLAN_3: 3, plan_2_2: 4 });
  });

  it('writes equal objects as equal texts, whatever the order of their keys', () => {
    const one = { b: [{ d: 1, c: 2 }], a: { f: null, e: 'x' } };
    const other = { a: { e: 'x', f: null }, b: [{ c: 2, d: 1 }] };
    const { attributes } = bodyOf({ properties: { one, other } });
    expect(attributes.one).toBe('{"a":{"e":"x","f":null},"b":[{"c":2,"d":1}]}');
    expect(attributes.other).toBe(attributes.one);
  });

  it('cuts names to 2000 and keys to 1024, and keeps cut keys apart', () => {
    const keys = Object.keys(
      bodyOf({ properties: { [`${'k'.repeat(1024)}a`]: 1, [`${'K'.repeat(1024)}b`]: 2 } }).attributes,
    );
    expect(keys).toEqual(['page_title', 'k'.repeat(1024), `${'K'.repeat(1020)}_2`]);
    expect(bodyOf({ name: ` ${'x'.repeat(2500)}` }).eventName).toBe('x'.repeat(2000));
  });

  it('never sends a future time', () => {
    expect(bodyOf({ time: NOW + 1 }).date).toBe(NOW);
  });

  it('sends no null', () => {
    expect(bodyOf({ properties: { left: null } }).attributes).toEqual({ page_title: '' });
  });
});

describe('gainsight: accepts', () => {
  it('takes anybody’s actions with a name', () => {
    expect(adapter.accepts(sampleEvent(), NOW)).toBe('ready');
    expect(adapter.accepts(sampleEvent({ type: 'page' }), NOW)).toBe('ready');
    expect(adapter.accepts(sampleEvent({ name: '  ' }), NOW)).toEqual({ refused: 'empty name' });
    expect(adapter.accepts(sampleEvent({ type: 'identify' }), NOW)).toBe('not-applicable');
    expect(adapter.accepts(sampleEvent({ type: 'group' }), NOW)).toBe('not-applicable');
  });
});

describe('gainsight: judge', () => {
  it.each([
    [201, { body: {}, statusCode: '201', statusCodeValue: 201 }, 'delivered'],
    [201, '', 'delivered'],
    [200, '', 'delivered'],
    [400, { externalapierror: { status: 'BAD_REQUEST', message: 'eventName is missing' } }, 'split'],
    [401, '', 'pause'],
    [403, '<html><body>Forbidden</body></html>', 'pause'],
    [404, '', 'pause'],
    [429, '', 'retry'],
    [500, '', 'retry'],
    [502, '<html></html>', 'retry'],
    [598, '', 'retry'],
    [599, '', 'retry'],
  ])('%i %j: %s', (status, body, kind) => {
    expect(adapter.judge(answer(status, body), [sampleEvent()], FIRST_TRY).kind).toBe(kind);
  });
});

describe('gainsight: options', () => {
  it('refuses no property key', () => {
    expect(() => gainsight({ endpoint: '/proxy' } as GainsightOptions)).toThrow(TypeError);
    expect(() => gainsight({ endpoint: '/proxy' } as GainsightOptions)).toThrow(
      'tracklet: gainsight({ propertyKey, endpoint }) must be given',
    );
  });
});

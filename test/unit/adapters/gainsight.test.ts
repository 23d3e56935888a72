import { describe, expect, it } from 'vitest';
import { type GainsightOptions, gainsight } from '../../../src/adapters/gainsight.js';
import { answer, FIRST_TRY, NOW, SAMPLE_TIME, sampleEvent } from './sample-event.js';

const { adapter } = gainsight({ propertyKey: 'AP-EXAMPLE-2', apiKey: 'secret' });
const bodyOf = (changes: Parameters<typeof sampleEvent>[0] = {}) =>
  JSON.parse(adapter.toRequest([sampleEvent(changes)], FIRST_TRY).body);

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
      url: 'https://api.aptrinsic.com/v1/events/custom',
      method: 'POST',
      headers: { 'Content-Type': 'application/json', 'X-APTRINSIC-API-KEY': 'secret' },
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
      attributes: { plan: 'team', seats: 4, value: 49.5, currency: 'EUR', filters: '{"a":1}', page_title: '' },
    });
  });

  it('sends a visitor without a user id under the anonymous id', () => {
    expect(bodyOf()).toMatchObject({ identifyId: 'anon-77', userType: 'VISITOR' });
  });

  it('goes through a proxy without the key', () => {
    const { toRequest } = gainsight({ propertyKey: 'AP-1', endpoint: '/proxy/gainsight' }).adapter;
    const { url, headers } = toRequest([sampleEvent()], FIRST_TRY);
    expect(url).toBe('/proxy/gainsight/v1/events/custom');
    expect(headers).toEqual({ 'Content-Type': 'application/json' });
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
    expect(adapter.accepts(sampleEvent({ type: 'identify' }), NOW)).toBe('not-applicable');
    expect(adapter.accepts(sampleEvent({ type: 'group' }), NOW)).toBe('not-applicable');
  });
});

describe('gainsight: judge', () => {
  it.each([
    [201, { body: {}, statusCode: '201', statusCodeValue: 201 }, 'delivered'],
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
      'tracklet: gainsight({ propertyKey, apiKey }) must be given',
    );
  });
});

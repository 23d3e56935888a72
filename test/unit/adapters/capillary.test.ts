import { describe, expect, it } from 'vitest';
import { type CapillaryOptions, capillary } from '../../../src/adapters/capillary.js';
import { answer, FIRST_TRY, NOW, sampleEvent } from './sample-event.js';

const OPTIONS: CapillaryOptions = {
  endpoint: '/proxy/capillary',
  events: { plan_chosen: ['amount', 'plan'], Login: [] },
  attributes: { amount: 'value' },
};
const visitor = { userId: 'u-42', email: 'mia@example.org' };
const adapterOf = (options: Partial<CapillaryOptions> = {}) => capillary({ ...OPTIONS, ...options }).adapter;
const bodyOf = (changes: Parameters<typeof sampleEvent>[0] = {}, options: Partial<CapillaryOptions> = {}) =>
  JSON.parse(adapterOf(options).toRequest([sampleEvent({ visitor, ...changes })], FIRST_TRY).body);

describe('capillary: requests', () => {
  it('sends one event, flat', () => {
    const { body, ...request } = adapterOf().toRequest([sampleEvent({ visitor, value: 49.5 })], FIRST_TRY);
    expect(request).toEqual({
      url: '/proxy/capillary',
      method: 'POST',
      headers: { 'Content-Type': 'application/json' },
    });
    expect(JSON.parse(body)).toEqual({
      event_name: 'plan_chosen',
      customer_id: 'u-42',
      event_id: 'evt-001',
      amount: 49.5,
      eventDateTime: '2026-08-01T10:15:30',
    });
  });

  it('sends the token in its header', () => {
    const { headers } = adapterOf({ token: 'jwt' }).toRequest([sampleEvent({ visitor })], FIRST_TRY);
    expect(headers['X-CAP-API-OAUTH-TOKEN']).toBe('jwt');
  });

  it('sends only listed attributes, from where the map says, else from the property', () => {
    const options = {
      events: { plan_chosen: ['plan', 'city', 'seats', 'trial', 'tags', 'missing', 'empty'] },
      attributes: { city: 'visitor.traits.city' },
    };
    const properties = { plan: 'team', seats: 4, trial: true, tags: ['a'], empty: null, secret: 'no' };
    expect(bodyOf({ properties, visitor: { ...visitor, traits: { city: 'Graz' } } }, options)).toEqual({
      event_name: 'plan_chosen',
      customer_id: 'u-42',
      event_id: 'evt-001',
      eventDateTime: '2026-08-01T10:15:30',
      plan: 'team',
      city: 'Graz',
      seats: 4,
      trial: 'true',
      tags: '["a"]',
    });
  });

  it('sends the customer under the attribute and by the identity that were declared', () => {
    const body = bodyOf({}, { customer: { name: 'shopper', from: 'email' } });
    expect(body).toMatchObject({ shopper: 'mia@example.org' });
    expect(body).not.toHaveProperty('customer_id');
  });

  it('sends the event id under the unique attribute, if there is a uniqueness check', () => {
    expect(bodyOf({}, { uniqueAttribute: 'ref' })).toMatchObject({ ref: 'evt-001' });
    expect(bodyOf({}, { uniqueAttribute: false })).not.toHaveProperty('event_id');
    expect(adapterOf().deduplicates).toBe(true);
    expect(adapterOf({ uniqueAttribute: false }).deduplicates).toBe(false);
  });
});

describe('capillary: names', () => {
  it.each([
    ['Plan Chosen', 'plan_chosen'],
    ['plan__chosen ', 'plan_chosen'],
    ['plan_chosen', 'plan_chosen'],
    ['Login', 'Login'],
    ['login', 'Login'],
  ])('%s is declared as %s', (name, declared) => {
    expect(bodyOf({ name }).event_name).toBe(declared);
  });

  it.each(['Plan', 'constructor', '購入'])('%s is not declared', (name) => {
    expect(adapterOf().accepts(sampleEvent({ name, visitor }), NOW)).toEqual({
      refused: expect.stringMatching(/^not declared: /),
    });
  });
});

describe('capillary: accepts', () => {
  const accepts = (changes: Parameters<typeof sampleEvent>[0], options: Partial<CapillaryOptions> = {}) =>
    adapterOf(options).accepts(sampleEvent(changes), NOW);

  it('waits for the identity that the customer attribute takes', () => {
    expect(accepts({})).toBe('needs-identity');
    expect(accepts({ visitor: { userId: 'u-42' } })).toBe('ready');
    const customer = { name: 'customer_id', from: 'phone' } as const;
    expect(accepts({ visitor }, { customer })).toBe('needs-identity');
    expect(accepts({ visitor: { phone: '+43664' } }, { customer })).toBe('ready');
  });

  it.each(['identify', 'group'] as const)('has no place for %s', (type) => {
    expect(accepts({ type, visitor })).toBe('not-applicable');
  });
});

describe('capillary: judge', () => {
  it.each([
    [200, { status: { code: 1100, message: 'queued' }, requestId: 'r' }, 'delivered'],
    [200, { status: { code: '1100' } }, 'delivered'],
    [204, '', 'delivered'],
    [200, { status: { code: 1200, message: 'no' } }, 'split'],
    [200, '<html></html>', 'retry'],
    [400, '', 'split'],
    [401, '', 'pause'],
    [403, '', 'pause'],
    [404, '', 'pause'],
    [410, '', 'pause'],
    [429, '', 'retry'],
    [500, '', 'retry'],
  ])('%i %j: %s', (status, body, kind) => {
    expect(adapterOf().judge(answer(status, body), [sampleEvent()], FIRST_TRY).kind).toBe(kind);
  });
});

describe('capillary: options', () => {
  it.each([
    ['endpoint', undefined],
    ['events', { 'Plan Chosen': [] }],
    ['events', { plan__chosen: [] }],
    ['events', { plan_chosen: Array(21).fill('a') }],
  ])('refuses { %s: %j }', (option, value) => {
    const options = { ...OPTIONS, [option]: value } as CapillaryOptions;
    expect(() => capillary(options)).toThrow(TypeError);
    expect(() => capillary(options)).toThrow(`tracklet: capillary({ ${option} }) must be`);
  });

  it('counts the webhook’s own address as a secret, and a proxy’s not', () => {
    const secretsOf = (endpoint: string) => capillary({ ...OPTIONS, endpoint }).secrets;
    expect(secretsOf('https://abc.execute-api.example.com/prod/webhooks/4711')).toEqual(['endpoint']);
    expect(secretsOf('/webhooks/capillary')).toEqual([]);
    expect(secretsOf('https://t.shop.example/capillary')).toEqual([]);
  });
});

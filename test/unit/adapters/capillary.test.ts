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
      amount: 49.5,
      eventDateTime: '2026-08-01T10:15:30',
    });
  });

  it('sends only listed attributes, from where the map says, else from the property', () => {
    const options: Partial<CapillaryOptions> = {
      events: { plan_chosen: ['plan', 'city', 'seats', 'trial', 'tags', 'missing', 'empty'] },
      attributes: { city: 'visitor.traits.city' },
    };
    const properties = { plan: 'team', seats: 4, trial: true, tags: ['a'], empty: null, secret: 'no' };
    expect(bodyOf({ properties, visitor: { ...visitor, traits: { city: 'Graz' } } }, options)).toEqual({
      event_name: 'plan_chosen',
      customer_id: 'u-42',
      eventDateTime: '2026-08-01T10:15:30',
      plan: 'team',
      city: 'Graz',
      seats: 4,
      trial: 'true',
      tags: '["a"]',
    });
  });

  it('makes attributes by functions, leaves out what one throws at, and knows no attribute from the prototype', () => {
    const options: Partial<CapillaryOptions> = {
      events: { plan_chosen: ['till', 'orgResolver', 'bad', 'big', 'constructor', 'seats'] },
      attributes: {
        till: () => 'web-1',
        orgResolver: ({ page }) => page.path,
        seats: ({ properties }) => Number(properties.seats) * 2,
        bad: () => JSON.parse('{'),
        big: () => 1n,
      },
    };
    expect(bodyOf({ properties: { seats: 2 }, page: { path: '/at' } }, options)).toEqual({
      till: 'web-1',
      orgResolver: '/at',
      seats: 4,
      event_name: 'plan_chosen',
      customer_id: 'u-42',
      eventDateTime: '2026-08-01T10:15:30',
    });
  });

  it.each([
    ['double', '12.5', 12.5],
    ['double', ' 7 ', 7],
    ['double', 3, 3],
    ['double', '', undefined],
    ['double', 'twelve', undefined],
    ['double', true, undefined],
    ['double', null, undefined],
    ['double', '1e999', undefined],
    ['string', 3, '3'],
    ['string', false, 'false'],
    ['tillCode', 'web-1', 'web-1'],
    ['productSku', ['a'], '["a"]'],
    ['string', null, undefined],
    [undefined, 3, 3],
    [undefined, '3', '3'],
  ] as const)('of type %s sends %j as %j', (type, amount, sent) => {
    const declared = { plan_chosen: { plan: type ? { type } : {} } };
    expect(bodyOf({ properties: { plan: amount as never } }, { events: declared }).plan).toEqual(sent);
  });

  it('sends the customer under the attribute and by the identity that were declared', () => {
    const body = bodyOf({}, { customer: { name: 'shopper', from: 'email' } });
    expect(body).toMatchObject({ shopper: 'mia@example.org' });
    expect(body).not.toHaveProperty('customer_id');
  });

  it('counts on a uniqueness check only where the site says that there is one, and sends it the event’s id', () => {
    expect(bodyOf({}, { uniqueAttribute: 'ref' })).toMatchObject({ ref: 'evt-001' });
    expect(adapterOf({ uniqueAttribute: 'ref' }).deduplicates).toBe(true);
    expect(adapterOf().deduplicates).toBe(false);
  });

  it('sends the event’s id under no name that is not declared', () => {
    expect(JSON.stringify(bodyOf())).not.toContain('evt-001');
    expect(bodyOf({}, { events: { plan_chosen: ['event_id'] } })).toMatchObject({ event_id: 'evt-001' });
    const elsewhere = { events: { plan_chosen: ['ref', 'event_id'] }, attributes: { ref: 'id', event_id: 'name' } };
    expect(bodyOf({}, elsewhere as Partial<CapillaryOptions>)).toMatchObject({
      ref: 'evt-001',
      event_id: 'Plan Chosen',
    });
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

  it.each(['Plan Chosen', 'plan__chosen', 'plan_chosen', 'PLAN__CHOSEN'])(
    '%s is declared as Capillary’s own screen makes it of a blank',
    (name) => {
      expect(bodyOf({ name }, { events: { plan__chosen: [] } }).event_name).toBe('plan__chosen');
    },
  );

  it.each([
    ['Plan Chosen', 'plan_chosen'],
    ['LOGIN', 'Login'],
    ['Not Declared!', 'Not_Declared'],
  ])('tells what becomes of %s: %s', (name, wireName) => {
    expect(adapterOf().wireName?.(name)).toBe(wireName);
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

  it('takes a customer by an id that a vendor or the site gave', () => {
    const customer = { name: 'card', from: 'ids.card' } as const;
    expect(accepts({ visitor }, { customer })).toBe('needs-identity');
    expect(accepts({ visitor: { ids: { card: '9000' } } }, { customer })).toBe('ready');
    expect(bodyOf({ visitor: { ids: { card: '9000' } } }, { customer })).toMatchObject({ card: '9000' });
  });

  it('refuses an event without a required attribute, once the visitor is known, who may bring it', () => {
    const options = {
      events: { plan_chosen: { city: { required: true }, amount: { type: 'double', required: true } } },
    } as const;
    const attributes = { attributes: { city: 'visitor.traits.city', amount: 'value' } } as const;
    expect(accepts({ value: 3 }, { ...options, ...attributes })).toBe('needs-identity');
    expect(accepts({ value: 3, visitor }, { ...options, ...attributes })).toEqual({ refused: 'required: city' });
    const known = { ...visitor, traits: { city: 'Graz' } };
    expect(accepts({ visitor: known }, { ...options, ...attributes })).toEqual({ refused: 'required: amount' });
    expect(accepts({ value: 3, visitor: known }, { ...options, ...attributes })).toBe('ready');
  });

  it.each(['identify', 'group'] as const)('has no place for %s', (type) => {
    expect(accepts({ type, visitor })).toBe('not-applicable');
  });
});

describe('capillary: judge', () => {
  it.each([
    [200, { status: { code: 1100, message: 'queued' }, requestId: 'r' }, 'delivered'],
    [200, { status: { code: '1100' } }, 'delivered'],
    [200, '{"status": {"code": 1100}, "warnings": [{"code": 7}]}', 'delivered'],
    [200, { status: { code: 11001 } }, 'split'],
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
    ['events', { plan__chosen: [], plan_chosen: [] }],
    ['events', { 'plan-chosen': [] }],
    ['events', { __: [] }],
    ['events', { Größe: [] }],
    ['events', { plan_chosen: Array.from({ length: 20 }, (_, index) => `a${index}`) }],
    ['events', { plan_chosen: ['a'.repeat(51)] }],
    ['events', { plan_chosen: [], Plan_Chosen: [] }],
  ])('refuses { %s: %j }', (option, value) => {
    const options = { ...OPTIONS, [option]: value } as CapillaryOptions;
    expect(() => capillary(options)).toThrow(TypeError);
    expect(() => capillary(options)).toThrow(`tracklet: capillary({ ${option} }) must be`);
  });

  it('counts the unique attribute among the twenty', () => {
    const events = { plan_chosen: Array.from({ length: 19 }, (_, index) => `a${index}`) };
    expect(() => capillary({ ...OPTIONS, events })).not.toThrow();
    expect(() => capillary({ ...OPTIONS, events, uniqueAttribute: 'ref' })).toThrow('20 attributes');
    expect(() => capillary({ ...OPTIONS, events, uniqueAttribute: 'a1' })).not.toThrow();
  });

  it('refuse the webhook’s own address, which is a secret, and no proxy’s', () => {
    const make = (endpoint: string) => () => capillary({ ...OPTIONS, endpoint });
    expect(make('https://abc.execute-api.example.com/prod/webhooks/4711')).toThrow(
      'tracklet: capillary({ endpoint }) must be your proxy, or use relay()',
    );
    expect(make('/webhooks/capillary')).not.toThrow();
    expect(make('https://t.shop.example/capillary')).not.toThrow();
  });
});

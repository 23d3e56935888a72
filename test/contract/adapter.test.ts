import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Destination, RequestContext, ServerDestination } from '../../src/adapters/adapter.js';
import { airship } from '../../src/adapters/airship.js';
import { capillary } from '../../src/adapters/capillary.js';
import { embeddables } from '../../src/adapters/embeddables.js';
import { gainsight } from '../../src/adapters/gainsight.js';
import { klaviyo } from '../../src/adapters/klaviyo.js';
import { relay } from '../../src/adapters/relay.js';
import type { Json, JsonObject, TrackletEvent } from '../../src/event/event.js';
import { airshipServer, embeddablesServer, gainsightServer } from '../../src/server/index.js';
import { answer, NOW, sampleEvent } from '../unit/adapters/sample-event.js';

/** No secret given: each goes through a proxy. */
const plain: readonly Destination[] = [
  klaviyo({ companyId: 'ABC123' }),
  airship({ appKey: 'app-key', endpoint: '/proxy/airship' }),
  gainsight({ propertyKey: 'AP-EXAMPLE-2', endpoint: '/proxy/gainsight' }),
  embeddables({ projectId: 'pr_1', embeddableId: 'flow_1', endpoint: '/proxy/embeddables' }),
  capillary({ endpoint: '/proxy/capillary', events: { plan_chosen: ['plan', 'text', 'note', 'event_id'] } }),
  relay({ endpoint: '/t' }),
];

const SECRET = 'top-secret-value';
const withSecret: readonly ServerDestination[] = [
  airshipServer({ appKey: 'app-key', token: SECRET }),
  gainsightServer({ propertyKey: 'AP-EXAMPLE-2', apiKey: SECRET }),
  embeddablesServer({ projectId: 'pr_1', embeddableId: 'flow_1', apiKey: SECRET }),
];

const json: fc.Arbitrary<Json> = fc.jsonValue({ maxDepth: 10 }).map((value) => JSON.parse(JSON.stringify(value)));
const properties: fc.Arbitrary<JsonObject> = fc.dictionary(
  fc.oneof(
    fc.string(),
    fc.constantFrom('__proto__', 'constructor', 'event_id', 'value', 'payload_metrics', 'session_id'),
  ),
  fc.oneof(json, fc.string({ minLength: 200, maxLength: 8_192, unit: 'grapheme' })),
  { maxKeys: 60 },
);
const text = fc.string({ maxLength: 300, unit: 'grapheme' });
const optional = <T>(arbitrary: fc.Arbitrary<T>) => fc.option(arbitrary, { nil: undefined });

/** Drops undefined the way storage does. */
const stored = (event: object): TrackletEvent => JSON.parse(JSON.stringify(event));

const anyEvent: fc.Arbitrary<TrackletEvent> = fc
  .record({
    id: fc.string({ minLength: 21, maxLength: 21, unit: fc.constantFrom(...'abcdefABCDEF0123456789_-') }),
    type: fc.constantFrom('track', 'track', 'page', 'identify', 'group'),
    name: fc.oneof(fc.constantFrom('Plan Chosen', 'plan_chosen'), text),
    time: fc.integer({ min: NOW - 100 * 86_400_000, max: NOW + 86_400_000 }),
    properties,
    value: optional(fc.double({ noNaN: true, noDefaultInfinity: true })),
    currency: optional(fc.constantFrom('EUR', 'USD')),
    visitor: fc.record({
      anonymousId: fc.uuid(),
      userId: optional(text),
      accountId: optional(text),
      email: optional(fc.oneof(fc.emailAddress(), text)),
      phone: optional(fc.oneof(fc.constant('+4366412345678'), text)),
      ids: optional(fc.dictionary(fc.oneof(fc.constant('airshipChannel'), text), text)),
      traits: optional(properties),
    }),
    session: fc.record({ id: fc.oneof(fc.uuid(), text) }),
    page: fc.record({ url: fc.oneof(fc.webUrl({ withQueryParameters: true }), text), title: text, referrer: text }),
  })
  .map((changes) => stored(sampleEvent(changes as Parameters<typeof sampleEvent>[0])));

const anyContext: fc.Arbitrary<RequestContext> = fc.record({
  now: fc.constant(NOW),
  unclear: fc.boolean(),
  attempt: fc.integer({ min: 1, max: 9 }),
});

const anyBody = fc.oneof(
  fc.string(),
  fc.json(),
  fc.constantFrom(
    '<html></html>',
    'null',
    '{"errors":null}',
    '{"errors":[null]}',
    '{"status":null}',
    '{"rejected":[null]}',
  ),
  fc.constantFrom('{"details":{"path":{}}}', '{"details":null}', '{"error":null}', '{"errors":[{"source":null}]}'),
);

function freezeDeep<T>(value: T): T {
  if (typeof value === 'object' && value !== null) Object.values(Object.freeze(value)).forEach(freezeDeep);
  return value;
}

/** Null, which is also what JSON.stringify makes of NaN and of holes, anywhere in a value. */
const hasNull = (value: unknown): boolean =>
  value === null || (typeof value === 'object' && value !== null && Object.values(value).some(hasNull));

const realistic = (index: number): TrackletEvent =>
  sampleEvent({
    id: `evt-${String(index).padStart(17, '0')}`,
    visitor: { userId: 'u-42', email: 'mia@example.org', traits: { firstName: 'Mia', tier: 'gold' } },
    properties: { plan: 'team', text: 'x'.repeat(400), note: 'ü'.repeat(100), seats: index, tags: ['a', 'b'] },
    value: 49.5,
    currency: 'EUR',
    session: { id: 's-1' },
    page: { url: `https://shop.example/plans?ref=${index}`, title: 'Plans', referrer: 'https://shop.example/' },
  });

describe.each(plain.map((destination) => [destination.name, destination] as const))('%s', (name, { adapter }) => {
  it('writes the largest batch of realistic events within its bytes, each event once', () => {
    const events = Array.from({ length: adapter.maxEvents }, (_, index) => realistic(index));
    const { body } = adapter.toRequest(events, { now: NOW, unclear: false, attempt: 1 });
    expect(new TextEncoder().encode(body).length).toBeLessThanOrEqual(adapter.maxBytes);
    for (const { id } of events) expect(body).toContain(id);
    const found = new Set(body.match(/evt-\d{17}/g));
    expect(found.size).toBe(events.length);
  });

  it('keeps the order of events, so that the vendor’s error pointers can be followed', () => {
    const events = Array.from({ length: Math.min(adapter.maxEvents, 9) }, (_, index) => realistic(8 - index));
    const { body } = adapter.toRequest(events, { now: NOW, unclear: false, attempt: 1 });
    expect([...new Set(body.match(/evt-\d{17}/g))]).toEqual(events.map(({ id }) => id));
  });

  it('answers for any event, changes nothing, and writes a sound request for those it accepts', () => {
    fc.assert(
      fc.property(anyEvent, anyContext, (event, context) => {
        freezeDeep([event, context]);
        const acceptance = adapter.accepts(event, context.now);
        expect(adapter.accepts(event, context.now)).toEqual(acceptance);
        if (typeof acceptance === 'object') expect(acceptance.refused).toMatch(/./);
        else expect(['ready', 'needs-identity', 'not-applicable']).toContain(acceptance);
        expect(typeof (adapter.groupBy?.(event) ?? '')).toBe('string');
        if (acceptance !== 'ready') return;

        const request = adapter.toRequest([event], context);
        expect(adapter.toRequest([event], context)).toEqual(request);
        expect(['POST', 'PUT']).toContain(request.method);
        expect(request.url).toMatch(/^(https:\/)?\/\w/);
        for (const value of Object.values(request.headers)) expect(value).toMatch(/./);
        const body: unknown = JSON.parse(request.body);
        // The two that take scalars only; JSON turns NaN and holes into null too.
        if (name === 'gainsight' || name === 'capillary') expect(hasNull(body)).toBe(false);
        // A profile update carries no event, so no id.
        if (event.type !== 'identify' || name === 'relay') expect(request.body).toContain(event.id);
      }),
      { numRuns: 300 },
    );
  });

  it('judges any answer, and never blames an event that was not sent', () => {
    const status = fc.oneof(fc.integer({ min: 100, max: 999 }), fc.constantFrom(200, 201, 202, 400, 404, 409, 413));
    const events = Array.from({ length: Math.min(adapter.maxEvents, 3) }, (_, index) => realistic(index));
    const sent = events.map(({ id }) => id);
    fc.assert(
      fc.property(status, anyBody, anyContext, (code, body, context) => {
        const verdict = adapter.judge(answer(code, body), freezeDeep(events), context);
        expect(['delivered', 'retry', 'split', 'drop', 'pause']).toContain(verdict.kind);
        if (verdict.kind === 'delivered') {
          expect(Math.floor(code / 100)).toBe(2);
          return;
        }
        expect(verdict.reason.length).toBeGreaterThan(0);
        expect(verdict.reason.length).toBeLessThanOrEqual(200);
        if (verdict.kind !== 'drop') return;
        expect(verdict.ids.length).toBeGreaterThan(0);
        for (const id of verdict.ids) expect(sent).toContain(id);
      }),
      { numRuns: 300 },
    );
  });

  it('retries what may pass, and pauses for credentials', () => {
    const kindOf = (status: number) =>
      adapter.judge(answer(status), [realistic(1)], { now: NOW, unclear: false, attempt: 1 }).kind;
    expect([408, 429, 500, 502, 503, 504].map(kindOf)).toEqual(Array(6).fill('retry'));
    expect([401, 403].map(kindOf)).toEqual(['pause', 'pause']);
  });

  it('has no secret that nobody configured', () => {
    const { headers } = adapter.toRequest([realistic(1)], { now: NOW, unclear: false, attempt: 1 });
    expect(Object.keys(headers).join()).not.toMatch(/authorization|api-key|token|cookie/i);
  });
});

describe.each(withSecret.map((destination) => [destination.name, destination] as const))(
  '%s on a server',
  (_, { adapter, headers }) => {
    it('has its secret in one header and nowhere else', async () => {
      const request = adapter.toRequest([realistic(1)], { now: NOW, unclear: false, attempt: 1 });
      expect(JSON.stringify(request)).not.toContain(SECRET);
      expect(Object.values(await headers()).filter((value) => value.includes(SECRET))).toHaveLength(1);
      expect(request.url).toMatch(/^https:\/\//);
    });
  },
);

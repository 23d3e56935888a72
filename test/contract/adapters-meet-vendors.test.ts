import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { demoCapillaryEvents, demoCredentials } from '../../demo/vendors/demo-credentials.js';
import type { StandIn } from '../../demo/vendors/stand-in.js';
import { startVendors } from '../../demo/vendors/start-vendors.js';
import type { Destination, RequestContext, ServerDestination, Verdict } from '../../src/adapters/adapter.js';
import { klaviyo } from '../../src/adapters/klaviyo.js';
import { relay } from '../../src/adapters/relay.js';
import type { JsonObject, TrackletEvent } from '../../src/event/event.js';
import { toPlainObject } from '../../src/event/plain.js';
import { airshipServer, capillaryServer, embeddablesServer, gainsightServer } from '../../src/server/index.js';
import { sampleEvent } from '../unit/adapters/sample-event.js';

/** What a site would configure, as on a server: with the secrets, straight to the vendor. */
const DESTINATIONS: Record<StandIn['name'], (url: string) => Destination | ServerDestination> = {
  klaviyo: (endpoint) => klaviyo({ ...demoCredentials.klaviyo, endpoint }),
  airship: (endpoint) => airshipServer({ ...demoCredentials.airship, endpoint }),
  gainsight: (endpoint) => gainsightServer({ ...demoCredentials.gainsight, endpoint }),
  embeddables: (endpoint) =>
    embeddablesServer({
      ...demoCredentials.embeddables,
      endpoint,
      identify: [
        { key: 'email', from: 'email' },
        { key: 'anonymous_id', from: 'anonymousId' },
      ],
    }),
  capillary: (url) =>
    capillaryServer({
      endpoint: url + demoCredentials.capillary.webhookPath,
      events: Object.fromEntries(
        Object.entries(demoCapillaryEvents).map(([name, attributes]) => [name, Object.keys(attributes)]),
      ),
      uniqueAttribute: 'event_id',
      attributes: { amount: 'value', currency: 'currency', page_url: 'page.url', session_id: 'session.id' },
    }),
  collector: (url) => relay({ endpoint: url + demoCredentials.collector.path }),
};
const NAMES = Object.keys(DESTINATIONS) as StandIn['name'][];

let vendors: Record<StandIn['name'], StandIn>;
beforeAll(async () => {
  vendors = await startVendors();
});
afterAll(() => Promise.all(Object.values(vendors).map((vendor) => vendor.close())));

async function send(
  { adapter, headers: added }: Destination | ServerDestination,
  events: readonly TrackletEvent[],
  now: number,
): Promise<Verdict> {
  const context: RequestContext = { now, unclear: false, attempt: 1 };
  const { url, ...request } = adapter.toRequest(events, context);
  const secret = typeof added === 'function' ? await added() : added;
  const response = await fetch(url, { ...request, headers: { ...request.headers, ...secret } });
  const body = await response.text();
  const { status, headers } = response;
  return adapter.judge({ status, body, header: (name) => headers.get(name) }, events, context);
}

/** In requests as a lane makes them: of one group, and within the vendor's number of events. */
function inBatches({ adapter }: Pick<Destination, 'adapter'>, events: readonly TrackletEvent[]): TrackletEvent[][] {
  const batches: TrackletEvent[][] = [];
  for (const event of events) {
    const last = batches[batches.length - 1];
    const fits =
      last?.[0] && last.length < adapter.maxEvents && adapter.groupBy?.(last[0]) === adapter.groupBy?.(event);
    if (fits) last.push(event);
    else batches.push([event]);
  }
  return batches;
}

const REALISTIC = ['Page View', 'Product Viewed', 'Product Added', 'Plan Chosen', 'Order Completed'];

const realistic = (now: number): TrackletEvent[] =>
  Array.from({ length: 40 }, (_, index) =>
    sampleEvent({
      id: `realistic-${index}`,
      name: REALISTIC[index % REALISTIC.length] ?? '',
      type: index % REALISTIC.length === 0 ? 'page' : 'track',
      time: now - index * 60_000,
      properties: { plan: 'team', seats: index, trial: true, tags: ['a', null], address: { city: 'Graz', zip: null } },
      value: 49.99 + index / 3,
      currency: 'EUR',
      visitor: {
        anonymousId: 'V1StGXR8_Z5jdHi6B-myT',
        userId: 'u-42',
        email: 'mia@example.org',
        phone: '+4366412345678',
        accountId: 'acme',
        traits: { firstName: 'Mia', tier: 'gold', seats: 4, left: null },
      },
      session: { id: 'Uakgb_J5m9g-0JDMbcJqL' },
      page: {
        url: `https://shop.example/plans?ref=${'x'.repeat(300)}#${index}`,
        path: '/plans',
        title: 'Plans – Ünïcode 😀',
        referrer: 'https://shop.example/',
      },
    }),
  );

const text = fc.string({ minLength: 1, maxLength: 300, unit: 'grapheme' });
const optional = <T>(arbitrary: fc.Arbitrary<T>) => fc.option(arbitrary, { nil: undefined });
/** Whatever a page says, after the recorder has made plain JSON of it. */
const said: fc.Arbitrary<JsonObject> = fc
  .dictionary(
    fc.oneof(text, fc.constantFrom('event_id', 'value', 'currency', 'session_id', 'constructor', 'firstName', 'title')),
    fc.oneof(fc.jsonValue({ maxDepth: 6 }), fc.string({ minLength: 200, maxLength: 2_000, unit: 'grapheme' })),
    { maxKeys: 70 },
  )
  .map((properties) => toPlainObject(properties, {}));

/** Whatever the recorder may have stored, see `recorder.ts`. */
const anyEvent = (now: number): fc.Arbitrary<TrackletEvent> =>
  fc
    .record({
      type: fc.constantFrom('track', 'track', 'page', 'identify', 'group'),
      name: fc.oneof(fc.constantFrom('Plan Chosen', 'signed_in', 'HTTPError2', '2FA on'), text).map(
        (name) =>
          name
            .trim()
            .slice(0, 255)
            .replace(/[\uD800-\uDBFF]$/, '') || 'x',
      ),
      time: fc.integer({ min: now - 89 * 86_400_000, max: now + 86_400_000 }),
      properties: said,
      value: optional(fc.double({ noNaN: true, noDefaultInfinity: true })),
      currency: optional(fc.constantFrom('EUR', 'USD')),
      visitor: fc.record({
        anonymousId: fc.uuid(),
        userId: optional(text),
        accountId: optional(text),
        email: optional(fc.oneof(fc.emailAddress(), text)),
        phone: optional(fc.oneof(fc.constantFrom('+4366412345678', '0664 1234', '+1'), text)),
        ids: optional(fc.record({ airshipChannel: fc.uuid() })),
        traits: optional(said),
      }),
      session: fc.record({ id: fc.uuid() }),
      page: fc.record({ url: fc.webUrl({ withQueryParameters: true }), title: text, referrer: fc.webUrl() }),
    })
    // Stored and read again: without what is undefined.
    .map((changes) => JSON.parse(JSON.stringify(sampleEvent(changes as Parameters<typeof sampleEvent>[0]))))
    .filter((event) => JSON.stringify(event).length <= 32_768);

describe.each(NAMES)('%s takes what its adapter writes', (name) => {
  it('of realistic events, once', async () => {
    const now = Date.now();
    const vendor = vendors[name];
    vendor.reset();
    const destination = DESTINATIONS[name](vendor.url);
    const events = realistic(now);
    expect(events.map((event) => destination.adapter.accepts(event, now))).toEqual(events.map(() => 'ready'));
    for (const batch of inBatches(destination, events)) {
      expect(await send(destination, batch, now), vendor.requests().pop()?.reason).toMatchObject({ kind: 'delivered' });
    }
    const accepted = vendor.accepted();
    expect(accepted.map(({ id }) => id).sort()).toEqual(events.map(({ id }) => id).sort());
    expect(accepted.every(({ count, repeats }) => count === 1 && repeats === 0)).toBe(true);
  });

  it('of whatever else it accepts', async () => {
    const now = Date.now();
    const vendor = vendors[name];
    vendor.reset();
    const destination = DESTINATIONS[name](vendor.url);
    let count = 0;
    let taken = 0;
    await fc.assert(
      fc.asyncProperty(anyEvent(now), fc.boolean(), async (drawn, isNamed) => {
        // Capillary takes declared names only: half of the cases have one.
        const event = { ...drawn, id: `any-${count++}`, ...(isNamed && { name: 'Plan Chosen' }) };
        if (destination.adapter.accepts(event, now) !== 'ready') return;
        const batch = destination.adapter.maxEvents > 1 ? [event, { ...event, id: `${event.id}-b` }] : [event];
        const events = event.type === 'identify' && name === 'klaviyo' ? [event] : batch;
        let verdict = await send(destination, events, now);
        if (verdict.kind === 'retry') {
          // A rate limit, which would be the lane's to keep.
          vendor.reset();
          verdict = await send(destination, events, now);
        }
        expect(verdict, vendor.requests().pop()?.reason).toMatchObject({ kind: 'delivered' });
        taken++;
      }),
      { numRuns: 150 },
    );
    expect(taken).toBeGreaterThan(10);
  });
});

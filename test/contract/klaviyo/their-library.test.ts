import { createServer, type IncomingHttpHeaders, type Server } from 'node:http';
import { createRequire } from 'node:module';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { type KlaviyoFields, klaviyoMap } from '../../../src/adapters/klaviyo-map.js';
import type { TrackletEvent } from '../../../src/event/event.js';
import { deliver } from '../../../src/server/deliver.js';
import { klaviyoServer } from '../../../src/server/klaviyo.js';
import { NOW, sampleEvent } from '../../unit/adapters/sample-event.js';

// Klaviyo's own library for Node is CommonJS that answers only to `require`.
const { ApiKeySession, EventsApi, ProfilesApi } = createRequire(import.meta.url)('klaviyo-api');

interface Received {
  readonly method: string | undefined;
  readonly path: string | undefined;
  readonly headers: IncomingHttpHeaders;
  readonly body: unknown;
}

let server: Server;
let url: string;
let received: Received[] = [];

beforeAll(async () => {
  server = createServer(async (request, response) => {
    let text = '';
    for await (const part of request) text += part;
    received.push({ method: request.method, path: request.url, headers: request.headers, body: JSON.parse(text) });
    response.writeHead(202).end();
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterAll(() => new Promise((resolve) => server.close(resolve)));
beforeEach(() => {
  received = [];
});

/** Their API classes have the vendor's address built in; the test gives them its own. */
async function theirs(Class: new (session: unknown) => object, call: string, body: object): Promise<void> {
  const api = Object.assign(new Class(new ApiKeySession('pk_demo')), { basePath: url });
  await (api as unknown as Record<string, (body: object) => Promise<unknown>>)[call]?.(body);
}

async function ours(events: readonly TrackletEvent[], fields: KlaviyoFields = {}) {
  const destination = klaviyoServer({ privateKey: 'pk_demo', endpoint: url, map: klaviyoMap(() => fields) });
  const fates = await deliver(destination, events, { now: () => NOW });
  expect([...fates.values()]).toEqual(events.map(() => ({ kind: 'delivered' })));
}

/** What both sent has to be the same in everything that Klaviyo reads; `user-agent` and the like are their own. */
function expectSame(): void {
  const [their, our] = received.map(({ headers, ...rest }) => ({
    ...rest,
    revision: headers.revision,
    authorization: headers.authorization,
  }));
  expect(received).toHaveLength(2);
  expect(our).toEqual(their);
  expect(received[1]?.headers['content-type']).toBe('application/vnd.api+json');
}

const chosen = sampleEvent({
  properties: { plan: 'team', seats: 4, $extra: { html: '<p>Hi</p>' } },
  value: 49.5,
  currency: 'EUR',
  visitor: {
    userId: 'u-42',
    email: 'mia@example.org',
    phone: '+4366412345678',
    traits: { firstName: 'Mia', tier: 'gold' },
  },
  session: { id: 's-1' },
  page: { url: 'https://shop.example/plans', title: 'Plans', referrer: 'https://shop.example/' },
});
const started = sampleEvent({ id: 'evt-002', name: 'Trial Started', visitor: { userId: 'u-43' } });

const properties = {
  ...{ session_id: 's-1', page_url: 'https://shop.example/plans', page_referrer: 'https://shop.example/' },
  ...{ page_title: 'Plans', plan: 'team', seats: 4, $extra: { html: '<p>Hi</p>' } },
};
const profileFields = {
  ...{ externalId: 'u-42', email: 'mia@example.org', phoneNumber: '+4366412345678' },
  ...{ firstName: 'Mia', properties: { firstName: 'Mia', tier: 'gold' } },
};
const profile = { data: { type: 'profile', attributes: { anonymousId: 'anon-77', ...profileFields } } };
const eventFields = {
  properties,
  time: new Date(chosen.time),
  value: 49.5,
  valueCurrency: 'EUR',
  uniqueId: 'evt-001',
  metric: { data: { type: 'metric', attributes: { name: 'Plan Chosen' } } },
};

describe('what klaviyo-api sends, klaviyoServer() sends too', () => {
  test('for one event', async () => {
    await theirs(EventsApi, 'createEvent', { data: { type: 'event', attributes: { ...eventFields, profile } } });
    await ours([chosen]);
    expectSame();
  });

  test('for one event with everything that a map can add', async () => {
    // Without a latitude and without `unset`: their library 23.0.0 fails on fields that have more than one type.
    const location = { city: 'Graz', address1: 'Ring 1', timezone: 'Europe/Vienna' };
    const more = {
      title: 'CEO',
      locale: 'de-AT',
      image: 'https://shop.example/mia.png',
      organization: 'Acme',
      location,
    };
    const patch = { append: { skus: '92538' }, unappend: { skus: '40571' } };
    await theirs(EventsApi, 'createEvent', {
      data: {
        type: 'event',
        attributes: {
          ...eventFields,
          backfill: true,
          metric: { data: { type: 'metric', attributes: { name: 'Plan Chosen', service: 'shop' } } },
          profile: {
            data: {
              ...{ type: 'profile', id: '01H' },
              attributes: {
                ...{ anonymousId: 'anon-77', ...profileFields, ...more, kx: 'k-1' },
                meta: { patchProperties: patch },
              },
            },
          },
        },
      },
    });
    const meta = { patch_properties: patch };
    await ours([chosen], { backfill: true, service: 'shop', profile: { id: '01H', _kx: 'k-1', ...more, meta } });
    expectSame();
  });

  test('for events of several profiles', async () => {
    const entry = (inside: object, attributes: object) => ({
      type: 'event-bulk-create',
      attributes: { profile: inside, events: { data: [{ type: 'event', attributes }] } },
    });
    const other = { anonymousId: 'anon-77', externalId: 'u-43', properties: {} };
    await theirs(EventsApi, 'bulkCreateEvents', {
      data: {
        type: 'event-bulk-create-job',
        attributes: {
          eventsBulkCreate: {
            data: [
              entry(profile, eventFields),
              entry(
                { data: { type: 'profile', attributes: other } },
                {
                  properties: { session_id: '', page_url: '', page_referrer: '', page_title: '' },
                  time: new Date(started.time),
                  uniqueId: 'evt-002',
                  metric: { data: { type: 'metric', attributes: { name: 'Trial Started' } } },
                },
              ),
            ],
          },
        },
      },
    });
    await ours([chosen, started]);
    expectSame();
  });

  test('for a profile', async () => {
    await theirs(ProfilesApi, 'createOrUpdateProfile', { data: { type: 'profile', attributes: profileFields } });
    await ours([{ ...chosen, type: 'identify' }]);
    expectSame();
  });
});

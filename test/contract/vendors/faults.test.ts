import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { Fault, LoggedRequest, StandIn } from '../../../demo/vendors/stand-in.js';
import { startVendors } from '../../../demo/vendors/start-vendors.js';
import { exchange } from './exchange.js';

const JSON_TYPE = { 'content-type': 'application/json' };

/** A request that each vendor takes, made up as vendors.md says. */
const GOOD: Record<StandIn['name'], { path: string; headers: Record<string, string>; body: unknown; status: number }> =
  {
    klaviyo: {
      path: '/client/events?company_id=DEMO01',
      headers: { ...JSON_TYPE, revision: '2026-07-15' },
      body: {
        data: {
          type: 'event',
          attributes: {
            profile: { data: { type: 'profile', attributes: { anonymous_id: 'anon-77' } } },
            metric: { data: { type: 'metric', attributes: { name: 'Plan Chosen' } } },
            properties: {},
            unique_id: 'evt-001',
          },
        },
      },
      status: 202,
    },
    airship: {
      path: '/api/custom-events',
      headers: {
        ...JSON_TYPE,
        authorization: 'Bearer demo-airship-token',
        'x-ua-appkey': 'demo-app-key-000000001',
        accept: 'application/vnd.urbanairship+json; version=3',
      },
      body: [{ user: { named_user_id: 'u-42' }, body: { name: 'plan_chosen', unique_id: 'evt-001' } }],
      status: 200,
    },
    gainsight: {
      path: '/v1/events/custom',
      headers: { ...JSON_TYPE, 'x-aptrinsic-api-key': 'demo-gainsight-api-key' },
      body: {
        eventId: 'evt-001',
        eventName: 'Plan Chosen',
        identifyId: 'u-42',
        userType: 'USER',
        propertyKey: 'AP-DEMO-2',
      },
      status: 201,
    },
    embeddables: {
      path: '/projects/pr_demo/events',
      headers: { ...JSON_TYPE, 'x-api-key': 'rk_demo' },
      body: {
        embeddable_id: 'flow_demo',
        timestamp: '2026-08-01T10:15:30.000Z',
        custom_event_name: 'plan_chosen',
        custom_event_props: '{"event_id":"evt-001"}',
        identifiers: [{ key: 'user_id', value: '"u-42"' }],
      },
      status: 200,
    },
    capillary: {
      path: '/webhooks/demo',
      headers: JSON_TYPE,
      body: { event_name: 'plan_chosen', customer_id: 'u-42', event_id: 'evt-001' },
      status: 200,
    },
    collector: {
      path: '/t',
      headers: JSON_TYPE,
      body: {
        sentAt: 1,
        events: [
          {
            id: 'evt-001',
            type: 'track',
            name: 'Plan Chosen',
            time: 1,
            properties: {},
            visitor: { anonymousId: 'anon-77' },
            session: { id: 's-1', startedAt: 1, number: 1, eventIndex: 1 },
            page: { url: 'https://shop.example/', path: '/', title: '', referrer: '', viewId: 'v-1' },
            context: {
              locale: 'de-AT',
              timezone: '',
              screen: { width: 1, height: 1 },
              viewport: { width: 1, height: 1 },
              library: { name: 'tracklet', version: '0.1.0' },
            },
          },
        ],
      },
      status: 200,
    },
  };

const NAMES = Object.keys(GOOD) as StandIn['name'][];

let vendors: Record<StandIn['name'], StandIn>;

beforeEach(async () => {
  vendors = await startVendors();
});

afterEach(async () => {
  await Promise.all(NAMES.map((name) => vendors[name].close()));
});

function good(name: StandIn['name'], extra: Record<string, string> = {}) {
  const { path, headers, body } = GOOD[name];
  return exchange(vendors[name].url + path, { ...headers, ...extra }, body);
}

function nextRequest(standIn: StandIn): Promise<LoggedRequest> {
  return new Promise((resolve) => {
    const stop = standIn.onChange(({ request }) => {
      if (!request) return;
      stop();
      resolve(request);
    });
  });
}

describe.each(NAMES)('%s', (name) => {
  test('without a fault takes the good request', async () => {
    expect((await good(name)).status).toBe(GOOD[name].status);
    expect(vendors[name].accepted()).toMatchObject([{ id: 'evt-001', count: 1 }]);
  });

  test.each<[Fault, number]>([
    [{ kind: 'error500' }, 500],
    [{ kind: 'unauthorised' }, 401],
    [{ kind: 'too-large' }, 413],
    [{ kind: 'rate-limited', retryAfter: 7 }, 429],
  ])('%o is answered with %i, and nothing accepted', async (fault, status) => {
    vendors[name].fault(fault);
    expect((await good(name)).status).toBe(status);
    expect(vendors[name].accepted()).toEqual([]);
    expect(vendors[name].requests()).toMatchObject([{ status, ids: ['evt-001'], reason: `fault: ${fault.kind}` }]);
  });

  test('rate-limited carries Retry-After, in seconds or as a date', async () => {
    vendors[name].fault({ kind: 'rate-limited', retryAfter: 7 });
    expect((await good(name)).headers.get('retry-after')).toBe('7');
    vendors[name].fault({ kind: 'rate-limited', retryAfter: 'Sat, 01 Aug 2026 10:16:30 GMT' });
    expect((await good(name)).headers.get('retry-after')).toBe('Sat, 01 Aug 2026 10:16:30 GMT');
  });

  test('reset: no answer, nothing accepted', async () => {
    vendors[name].fault({ kind: 'reset' });
    await expect(good(name)).rejects.toThrow(TypeError);
    expect(vendors[name].accepted()).toEqual([]);
    expect(vendors[name].requests()).toMatchObject([{ status: null, ids: [], reason: 'fault: reset' }]);
  });

  test('gateway-timeout: 504 in a web page, but accepted', async () => {
    vendors[name].fault({ kind: 'gateway-timeout' });
    expect(await good(name)).toMatchObject({ status: 504 });
    expect(vendors[name].accepted()).toMatchObject([{ id: 'evt-001', count: 1 }]);
  });

  test('reset-after-accept: no answer, but accepted', async () => {
    vendors[name].fault({ kind: 'reset-after-accept' });
    await expect(good(name)).rejects.toThrow(TypeError);
    expect(vendors[name].accepted()).toMatchObject([{ id: 'evt-001', count: 1 }]);
    expect(vendors[name].requests()).toMatchObject([{ status: null, ids: ['evt-001'] }]);
  });

  test('hang: read, not accepted, never answered; close() ends it', async () => {
    vendors[name].fault({ kind: 'hang' });
    const logged = nextRequest(vendors[name]);
    const hanging = expect(good(name)).rejects.toThrow(TypeError);
    expect(await logged).toMatchObject({ status: null, ids: ['evt-001'], reason: 'fault: hang' });
    await vendors[name].close();
    await hanging;
    expect(vendors[name].accepted()).toEqual([]);
  });

  test('the body shape of 401 is the vendor’s', async () => {
    vendors[name].fault({ kind: 'unauthorised' });
    const { text, json } = await good(name);
    const shapes: Record<StandIn['name'], () => void> = {
      klaviyo: () => expect(json).toMatchObject({ errors: [{ status: 401, code: expect.any(String) }] }),
      airship: () => expect(text).toBe('Unauthorized'),
      gainsight: () => expect(json).toMatchObject({ externalapierror: { status: 'UNAUTHORIZED' } }),
      embeddables: () => expect(json).toMatchObject({ error: { code: expect.any(String) }, projectId: 'pr_demo' }),
      capillary: () => expect(json).toMatchObject({ status: { code: 401 } }),
      collector: () => expect(json).toMatchObject({ error: { message: expect.any(String) } }),
    };
    shapes[name]();
  });
});

describe('a fault', () => {
  test('slow: accepts at once, answers after the delay', async () => {
    vendors.airship.fault({ kind: 'slow', delayMs: 40 });
    const before = performance.now();
    expect((await good('airship')).status).toBe(200);
    expect(performance.now() - before).toBeGreaterThanOrEqual(38);
  });

  test('slow, and the client does not wait: accepted, logged as not answered', async () => {
    const { airship } = vendors;
    airship.fault({ kind: 'slow', delayMs: 40 });
    const logged = nextRequest(airship);
    const impatience = new AbortController();
    airship.onChange(({ kind }) => kind === 'accepted' && impatience.abort());
    const { path, headers, body } = GOOD.airship;
    const sent = fetch(airship.url + path, {
      method: 'POST',
      headers,
      body: JSON.stringify(body),
      signal: impatience.signal,
    });
    await expect(sent).rejects.toThrow('aborted');
    expect(await logged).toMatchObject({ status: null, reason: 'client went away' });
    expect(airship.accepted()).toMatchObject([{ count: 1 }]);
  });

  test('for the next two requests only, told to listeners as it counts down', async () => {
    const { capillary } = vendors;
    const told: unknown[] = [];
    const stop = capillary.onChange(({ kind, fault }) => kind === 'fault' && told.push(fault));
    capillary.fault({ kind: 'error500', times: 2 });
    const statuses = [await good('capillary'), await good('capillary'), await good('capillary')];
    expect(statuses.map(({ status }) => status)).toEqual([500, 500, 200]);
    expect(capillary.currentFault()).toEqual({ kind: 'none' });
    expect(told).toEqual([{ kind: 'error500', times: 2 }, { kind: 'error500', times: 1 }, { kind: 'none' }]);
    stop();
    capillary.fault({ kind: 'hang' });
    expect(told).toHaveLength(3);
  });

  test('at one vendor leaves the others alone', async () => {
    vendors.airship.fault({ kind: 'error500' });
    expect((await good('gainsight')).status).toBe(201);
  });

  test('is not spent on a preflight', async () => {
    const { klaviyo } = vendors;
    klaviyo.fault({ kind: 'error500', times: 1 });
    const preflight = await exchange(klaviyo.url + GOOD.klaviyo.path, {}, undefined, 'OPTIONS');
    expect(preflight.status).toBe(204);
    expect((await good('klaviyo')).status).toBe(500);
  });

  test('is not spent on a preflight that the vendor does not answer either', async () => {
    vendors.airship.fault({ kind: 'error500', times: 1 });
    expect((await exchange(vendors.airship.url + GOOD.airship.path, {}, undefined, 'OPTIONS')).status).toBe(405);
    expect((await good('airship')).status).toBe(500);
  });
});

describe('forgetting', () => {
  test.each(NAMES)('%s forgets events, requests, repeats and the fault', async (name) => {
    await good(name);
    vendors[name].fault({ kind: 'error500' });
    vendors[name].reset();
    expect([vendors[name].accepted(), vendors[name].requests()]).toEqual([[], []]);
    expect(vendors[name].currentFault()).toEqual({ kind: 'none' });
    await good(name);
    expect(vendors[name].accepted()).toMatchObject([{ count: 1, repeats: 0 }]);
  });
});

describe('CORS', () => {
  const FROM_A_PAGE = { origin: 'https://shop.example' };
  const PREFLIGHT = {
    ...FROM_A_PAGE,
    'access-control-request-method': 'POST',
    'access-control-request-headers': 'content-type,revision',
  };
  const corsHeaders = (headers: Headers) => [...headers.keys()].filter((name) => name.startsWith('access-control'));

  test.each(['events', 'event-bulk-create', 'profiles'])(
    'Klaviyo answers the preflight for /client/%s',
    async (path) => {
      const { status, headers } = await exchange(
        `${vendors.klaviyo.url}/client/${path}?company_id=DEMO01`,
        PREFLIGHT,
        undefined,
        'OPTIONS',
      );
      expect(status).toBe(204);
      expect(headers.get('access-control-allow-origin')).toBe('*');
      expect(headers.get('access-control-allow-methods')).toContain('POST');
      expect(headers.get('access-control-allow-headers')).toMatch(/revision, content-type/);
    },
  );

  test('Klaviyo lets pages read every answer, faults too, but not Retry-After', async () => {
    const readable = async () => corsHeaders((await good('klaviyo', FROM_A_PAGE)).headers);
    expect(await readable()).toEqual(['access-control-allow-origin']);
    vendors.klaviyo.fault({ kind: 'rate-limited', retryAfter: 7 });
    expect(await readable()).toEqual(['access-control-allow-origin']);
    vendors.klaviyo.fault({ kind: 'error500' });
    expect(await readable()).toEqual(['access-control-allow-origin']);
  });

  test('Klaviyo exposes Retry-After when told to', async () => {
    const exposing = await startVendors({ klaviyo: { exposeRetryAfter: true } });
    const { path, headers, body } = GOOD.klaviyo;
    const answer = await exchange(exposing.klaviyo.url + path, headers, body);
    expect(answer.headers.get('access-control-expose-headers')).toBe('Retry-After');
    await Promise.all(Object.values(exposing).map((standIn) => standIn.close()));
  });

  test('Klaviyo does not answer for /api', async () => {
    const { headers } = await exchange(`${vendors.klaviyo.url}/api/events`, PREFLIGHT, undefined, 'OPTIONS');
    expect(corsHeaders(headers)).toEqual([]);
  });

  test.each(NAMES.filter((name) => name !== 'klaviyo'))('%s has none', async (name) => {
    const preflight = await exchange(vendors[name].url + GOOD[name].path, PREFLIGHT, undefined, 'OPTIONS');
    expect([preflight.status, corsHeaders(preflight.headers)]).toEqual([405, []]);
    expect(corsHeaders((await good(name, FROM_A_PAGE)).headers)).toEqual([]);
    vendors[name].fault({ kind: 'error500' });
    expect(corsHeaders((await good(name, FROM_A_PAGE)).headers)).toEqual([]);
  });
});

describe('asked over HTTP', () => {
  const ask = (method: string, what: string, body?: unknown) =>
    exchange(`${vendors.embeddables.url}/__stand-in/${what}`, {}, body, method);

  test('what was accepted and what was requested, readable from every origin', async () => {
    await good('embeddables');
    const accepted = await ask('GET', 'accepted');
    expect(accepted.json).toEqual(vendors.embeddables.accepted());
    expect(accepted.headers.get('access-control-allow-origin')).toBe('*');
    expect((await ask('GET', 'requests')).json).toEqual(vendors.embeddables.requests());
    expect((await ask('OPTIONS', 'fault')).headers.get('access-control-allow-methods')).toContain('PUT');
    expect(vendors.embeddables.requests()).toHaveLength(1);
  });

  test('for a fault, and to forget it', async () => {
    const fault = { kind: 'rate-limited', retryAfter: 7, times: 3 };
    expect((await ask('PUT', 'fault', fault)).json).toEqual(fault);
    expect((await good('embeddables')).status).toBe(429);
    expect((await ask('GET', 'fault')).json).toEqual({ ...fault, times: 2 });
    expect((await ask('POST', 'reset')).status).toBe(200);
    expect((await ask('GET', 'fault')).json).toEqual({ kind: 'none' });
    expect((await ask('GET', 'requests')).json).toEqual([]);
  });

  test('while it hangs', async () => {
    vendors.embeddables.fault({ kind: 'hang' });
    expect((await ask('GET', 'fault')).json).toEqual({ kind: 'hang' });
  });

  test.each([{ kind: 'explode' }, { kind: 'slow' }, { kind: 'hang', times: 0 }, { kind: 'none', x: 1 }, 'hang'])(
    'for %o: 400',
    async (fault) => {
      expect((await ask('PUT', 'fault', fault)).status).toBe(400);
      expect(vendors.embeddables.currentFault()).toEqual({ kind: 'none' });
    },
  );

  test('for what it does not know: 404', async () => {
    expect((await ask('GET', 'secrets')).status).toBe(404);
  });
});

describe('starting', () => {
  test('on loopback, on the port that is given, and not twice on one', async () => {
    const port = Number(new URL(vendors.klaviyo.url).port);
    expect(vendors.klaviyo.url).toBe(`http://127.0.0.1:${port}`);
    await expect(startVendors({ airship: { port } })).rejects.toThrow('EADDRINUSE');
  });
});

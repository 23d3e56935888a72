import { describe, expect, test } from 'vitest';
import { type CapillaryOptions, startCapillary } from '../../../demo/vendors/capillary.js';
import { demoCredentials } from '../../../demo/vendors/demo-credentials.js';
import {
  type DefineCapillaryOptions,
  type DefinitionResult,
  defineCapillaryEvents,
} from '../../../src/server/capillary/define-events.js';
import { DEFINITION, yes } from '../../support/capillary-definitions.js';
import { changed, closedAfterEach } from '../vendors/exchange.js';

const { key, secret } = demoCredentials.capillary;
const opened = closedAfterEach();

async function organisation(options: CapillaryOptions = {}) {
  const standIn = await opened(startCapillary(options));
  const define = (over: Partial<DefineCapillaryOptions> = {}): Promise<DefinitionResult[]> =>
    defineCapillaryEvents({
      endpoint: standIn.url,
      key,
      secret,
      events: [DEFINITION],
      ...over,
    } as DefineCapillaryOptions);
  const asked = () => standIn.requests().map(({ method, path, status }) => `${method} ${path} ${status}`);
  return { standIn, define, asked };
}

describe('defining events', () => {
  test('creates what is missing, with one token, and finds it there the next time', async () => {
    const { define, asked } = await organisation();
    expect(await define()).toEqual([{ eventName: 'trial_ended', outcome: 'created' }]);
    expect(asked()).toEqual(['POST /v3/oauth/token/generate 200', 'GET /v2/events 200', 'POST /v2/events 200']);
    expect(await define()).toEqual([{ eventName: 'trial_ended', outcome: 'exists', status: 'UNPUBLISHED' }]);
    expect(asked().filter((line) => line.startsWith('POST /v2/events'))).toHaveLength(1);
  });

  test('in a dry run says what it would create, and creates nothing', async () => {
    const { define, asked } = await organisation();
    expect(await define({ dryRun: true })).toEqual([{ eventName: 'trial_ended', outcome: 'would-create' }]);
    expect(asked()).not.toContain('POST /v2/events 200');
    expect(await define({ dryRun: true })).toEqual([{ eventName: 'trial_ended', outcome: 'would-create' }]);
  });

  test('shows where an event differs, and leaves it as it is', async () => {
    const { define, asked } = await organisation();
    await define();
    const other = changed(
      changed(
        changed(changed(DEFINITION, ['actions'], ['EIConsumer']), ['fields', 2, 'type'], 'string'),
        ['fields', 3],
        { name: 'shop', type: 'tillCode' },
      ),
      ['fields', 0, 'attributes', 'addCustomerIfNotExists'],
      yes,
    );
    expect(await define({ events: [changed(other, ['description'], 'another')] })).toEqual([
      {
        eventName: 'trial_ended',
        outcome: 'differs',
        status: 'UNPUBLISHED',
        differences: [
          { path: 'actions', here: 'EIConsumer', there: 'EIConsumer, EMFConsumer' },
          { path: 'description', here: 'another', there: 'visitor reached the last day' },
          { path: 'fields.customer_id.addCustomerIfNotExists', here: 'true', there: 'false' },
          { path: 'fields.amount.type', here: 'string', there: 'DOUBLE' },
          { path: 'fields.shop.type', here: 'tillCode', there: undefined },
          { path: 'fields.store.type', here: undefined, there: 'TILLCODE' },
        ],
      },
    ]);
    expect(asked().filter((line) => /POST \/v2\/events|PUT/.test(line))).toHaveLength(1);
  });

  test('sees no difference in what Capillary fills in, or writes in other letters', async () => {
    const { define } = await organisation();
    const bare = {
      ...DEFINITION,
      fields: [
        { name: 'c', type: 'customer' as const },
        { name: 'n', type: 'double' as const },
      ],
    };
    await define({ events: [bare] });
    expect(await define({ events: [bare] })).toMatchObject([{ outcome: 'exists' }]);
    const said = changed(bare, ['fields', 0], {
      name: 'c',
      type: 'customer',
      attributes: { isRequired: yes, identifierType: { valueType: 'enum', value: 'MOBILE' } },
    });
    expect(await define({ events: [said] })).toMatchObject([{ outcome: 'exists' }]);
  });

  test('sees that another customer identifier or a regex is asked for than the file says', async () => {
    const { define } = await organisation();
    await define({
      events: [
        changed(DEFINITION, ['fields', 3], {
          name: 'store',
          type: 'string',
          attributes: { regex: { valueType: 'STRING', value: 'web-.*' } },
        }),
      ],
    });
    const bare = changed(changed(DEFINITION, ['fields', 0, 'attributes'], undefined), ['fields', 3, 'type'], 'string');
    expect(await define({ events: [bare] })).toMatchObject([
      {
        outcome: 'differs',
        differences: [
          { path: 'fields.customer_id.identifierType', here: 'mobile', there: 'externalId' },
          { path: 'fields.store.regex', here: undefined, there: 'web-.*' },
        ],
      },
    ]);
  });

  test('tells of an event that is one more than an organisation can have active', async () => {
    const { define } = await organisation();
    const two = [DEFINITION, { ...DEFINITION, eventName: 'one_more' }];
    const note = 'that makes 11 events of the organisation; 10 can be active at a time';
    expect(await define({ events: two, dryRun: true })).toEqual([
      { eventName: 'trial_ended', outcome: 'would-create' },
      { eventName: 'one_more', outcome: 'would-create', note },
    ]);
    // Capillary may take it as a draft; the stand-in does not.
    const lenient: typeof fetch = async (url, request) =>
      request?.method === 'POST' && String(url).endsWith('/v2/events')
        ? Response.json({ warnings: [], errors: [] })
        : fetch(url, request);
    expect(await define({ events: two, fetch: lenient })).toMatchObject([
      { outcome: 'created' },
      { outcome: 'created', note },
    ]);
    expect(await define({ events: two })).toMatchObject([{ outcome: 'created' }, { outcome: 'refused', problems: [] }]);
  });

  test.each([
    { warnings: [], errors: [{ code: 400 }, { code: 1806, message: 'exists' }] },
    { status: { code: 1806, message: 'exists' }, requestId: 'r' },
    { status: { code: '1806' } },
  ])('takes 1806 as there already wherever it stands: %j', async (answer) => {
    const { define, standIn } = await organisation();
    await define();
    const blind: typeof fetch = async (url, request) => {
      if (request?.method !== 'POST') return new Response('', { status: 403 });
      return String(url).startsWith(`${standIn.url}/v3`) ? fetch(url, request) : Response.json(answer, { status: 400 });
    };
    expect(await define({ fetch: blind })).toMatchObject([{ outcome: 'exists' }]);
  });

  test('refuses what breaks a rule without asking, and goes on with the others', async () => {
    const { define, asked } = await organisation();
    const wrong = changed(DEFINITION, ['eventName'], 'a b');
    expect(await define({ events: [wrong] })).toMatchObject([{ outcome: 'refused', problems: [{ code: 1811 }] }]);
    expect(asked()).toEqual([]);
    const results = await define({ events: [wrong, DEFINITION, changed(DEFINITION, ['actions'], [])] });
    expect(results.map(({ outcome }) => outcome)).toEqual(['refused', 'created', 'refused']);
  });

  test('takes an event that came up meanwhile as there already, and compares it', async () => {
    const { define, standIn } = await organisation();
    let isFirst = true;
    const racing: typeof fetch = async (url, request) => {
      if (request?.method === 'POST' && String(url).endsWith('/v2/events') && isFirst) {
        isFirst = false;
        await fetch(url, request); // somebody else, a moment earlier
      }
      return fetch(url, request);
    };
    expect(await define({ fetch: racing })).toEqual([
      { eventName: 'trial_ended', outcome: 'exists', status: 'UNPUBLISHED' },
    ]);
    expect(standIn.requests().pop()?.path).toBe('/v2/events/meta');
  });

  test('without the right to read takes 1806 as there already, and says that nobody compared', async () => {
    const { define } = await organisation();
    const unreadable: typeof fetch = async (url, request) =>
      request?.method === 'GET' ? new Response('no read access', { status: 403 }) : fetch(url, request);
    expect(await define({ fetch: unreadable })).toMatchObject([{ outcome: 'created' }]);
    expect(await define({ fetch: unreadable })).toMatchObject([
      { outcome: 'exists', uncompared: '403 no read access' },
    ]);
    expect(await define({ fetch: unreadable, dryRun: true })).toMatchObject([{ outcome: 'failed' }]);
  });

  test('reads a code in an answer of 200 as well', async () => {
    const { define } = await organisation({ refuseWith: 'code-in-200' });
    const blind: typeof fetch = async (url, request) =>
      request?.method === 'GET' ? new Response('', { status: 403 }) : fetch(url, request);
    await define({ fetch: blind });
    expect(await define({ fetch: blind })).toMatchObject([{ outcome: 'exists' }]);
  });

  test('says so in Capillary’s words when only Capillary knows the rule', async () => {
    const { define } = await organisation();
    const strict: typeof fetch = async (url, request) =>
      request?.method === 'POST' && String(url).endsWith('/v2/events')
        ? Response.json({ warnings: [], errors: [{ code: 1899, message: 'ten active events' }] }, { status: 400 })
        : fetch(url, request);
    expect(await define({ fetch: strict })).toMatchObject([
      { outcome: 'refused', problems: [], reason: expect.stringContaining('ten active events') },
    ]);
  });
});

describe('defining events when something is wrong', () => {
  test.each([
    ['a wrong secret', { secret: 'wrong-secret' }, /no token.*401/],
    ['a wrong token', { key: undefined, secret: undefined, token: 'wrong-token' }, /^401/],
    ['nobody there', { endpoint: 'http://127.0.0.1:1', timeoutMs: 500 }, /./],
  ])('%s: every event failed, with the reason and without the secret', async (_what, over, reason) => {
    const { define } = await organisation();
    const results = await define({ ...over, events: [DEFINITION, { ...DEFINITION, eventName: 'b' }] } as never);
    expect(results).toMatchObject([
      { eventName: 'trial_ended', outcome: 'failed', reason: expect.stringMatching(reason) },
      { eventName: 'b', outcome: 'failed', reason: expect.stringMatching(reason) },
    ]);
    expect(JSON.stringify(results)).not.toMatch(/wrong-(secret|token)/);
  });

  test.each([401, 403, 500])('%i says nothing of a definition, whatever errors it lists', async (status) => {
    const { define } = await organisation();
    const upset: typeof fetch = async (url, request) =>
      request?.method === 'POST' && String(url).endsWith('/v2/events')
        ? Response.json(
            { warnings: [], errors: [{ code: 1810, message: 'no' }] },
            { status, headers: { 'retry-after': '0' } },
          )
        : fetch(url, request);
    expect(await define({ fetch: upset })).toMatchObject([
      { outcome: 'failed', reason: expect.stringContaining('no') },
    ]);
  });

  test('a credential too short to be one blots no words', async () => {
    const { define } = await organisation();
    const lost: typeof fetch = async () => {
      throw new TypeError('fetch failed');
    };
    const results = await define({ fetch: lost, key: undefined, secret: undefined, token: 't', timeoutMs: 1 } as never);
    expect(results).toMatchObject([{ outcome: 'failed', reason: 'fetch failed' }]);
  });

  test('a server that echoes the token is quoted without it', async () => {
    const { define } = await organisation();
    const echo: typeof fetch = async (_url, request) =>
      new Response(`who is ${new Headers(request?.headers).get('x-cap-api-oauth-token')}?`, { status: 401 });
    const results = await define({ fetch: echo, key: undefined, secret: undefined, token: 'top-secret' } as never);
    expect(results).toMatchObject([{ outcome: 'failed', reason: '401 who is ***?' }]);
  });

  test('an outage that passes is waited for', async () => {
    const { define, standIn, asked } = await organisation();
    const { token } = await withToken(standIn.url);
    standIn.fault({ kind: 'error500', times: 1 });
    expect(await define({ key: undefined, secret: undefined, token } as never)).toMatchObject([{ outcome: 'created' }]);
    expect(asked().slice(1)).toEqual(['GET /v2/events 500', 'GET /v2/events 200', 'POST /v2/events 200']);
  });

  test('a creation whose answer is lost is made sure of', async () => {
    const { define, standIn } = await organisation();
    const { token } = await withToken(standIn.url);
    let isFirst = true;
    const losing: typeof fetch = async (url, request) => {
      const response = await fetch(url, request);
      if (request?.method !== 'POST' || !isFirst) return response;
      isFirst = false;
      throw new TypeError('fetch failed');
    };
    const results = await define({ key: undefined, secret: undefined, token, fetch: losing } as never);
    expect(results).toMatchObject([{ outcome: 'exists', status: 'UNPUBLISHED' }]);
  });

  test.each([
    ['endpoint', { endpoint: 'http://eu.api.capillarytech.com' }],
    ['endpoint', { endpoint: 'https://eu.api.capillarytech.com/' }],
    ['endpoint', { endpoint: undefined }],
    ['key, secret', { secret: undefined }],
    ['key, secret', { token: 'and a token' }],
    ['events', { events: [] }],
  ])('an option that is wrong is named: { %s }', async (option, over) => {
    const { define } = await organisation();
    await expect(define(over as never)).rejects.toThrow(TypeError);
    await expect(define(over as never)).rejects.toThrow(`defineCapillaryEvents({ ${option} }) must be`);
  });
});

async function withToken(url: string): Promise<{ token: string }> {
  const response = await fetch(`${url}/v3/oauth/token/generate`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ key, secret }),
  });
  const { data } = (await response.json()) as { data: { accessToken: string } };
  return { token: data.accessToken };
}

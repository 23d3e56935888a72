import { describe, expect, test } from 'vitest';
import { type CapillaryOptions, startCapillary } from '../../../demo/vendors/capillary.js';
import { demoCredentials } from '../../../demo/vendors/demo-credentials.js';
import { changed, closedAfterEach, exchange } from './exchange.js';

const JSON_TYPE = { 'content-type': 'application/json' };
const { key, secret } = demoCredentials.capillary;
const yes = { valueType: 'BOOLEAN', value: 'true' };
const no = { valueType: 'BOOLEAN', value: 'false' };

const DEFINITION = {
  eventName: 'trial_ended',
  actions: ['EMFConsumer', 'EIConsumer'],
  description: 'visitor reached the last day',
  fields: [
    {
      name: 'customer_id',
      type: 'customer',
      attributes: {
        isRequired: yes,
        addCustomerIfNotExists: no,
        identifierType: { valueType: 'Enum', value: 'externalId' },
      },
    },
    { name: 'event_id', type: 'string', attributes: { isRequired: yes, isUniqueKeyField: yes } },
    { name: 'amount', type: 'double', attributes: { isRequired: no } },
    { name: 'store', type: 'tillCode' },
  ],
};

const opened = closedAfterEach();

async function capillary(options: CapillaryOptions = {}) {
  const standIn = await opened(startCapillary(options));
  const askToken = (body: unknown) => exchange(`${standIn.url}/v3/oauth/token/generate`, JSON_TYPE, body);
  const { json } = await askToken({ key, secret });
  const token = (json as { data: { accessToken: string } }).data.accessToken;
  const headers = { ...JSON_TYPE, 'x-cap-api-oauth-token': token };
  return {
    standIn,
    askToken,
    token,
    define: (body: unknown, its: Record<string, string> = headers) => exchange(`${standIn.url}/v2/events`, its, body),
    get: (path: string) => exchange(standIn.url + path, headers, undefined, 'GET'),
  };
}

describe('what Create Event takes', () => {
  test('a definition: 200 with no errors, and it is a draft from then on', async () => {
    const { define, get, standIn } = await capillary();
    const { status, json } = await define(DEFINITION);
    expect([status, json]).toEqual([200, { warnings: [], errors: [] }]);
    const found = await get('/v2/events/meta?event_name=trial_ended');
    expect(found.json).toMatchObject({
      clickEventsMeta: { eventName: 'trial_ended', status: 'UNPUBLISHED', description: DEFINITION.description },
    });
    expect(standIn.accepted()).toEqual([]);
  });

  test('it back with types in upper case and what nobody gave filled in', async () => {
    const { define, get } = await capillary();
    await define(DEFINITION);
    const { json } = await get('/v2/events');
    const { data } = json as { data: { clickEventsMeta: { eventName: string; fields: object[] } }[] };
    const fields = data.find(({ clickEventsMeta }) => clickEventsMeta.eventName === 'trial_ended')?.clickEventsMeta
      .fields;
    expect(fields?.[3]).toMatchObject({
      name: 'store',
      type: 'TILLCODE',
      attributes: { isRequired: { value: 'true' } },
    });
    expect(data.map(({ clickEventsMeta }) => clickEventsMeta.eventName)).toContain('plan_chosen');
  });
});

describe('what Create Event refuses', () => {
  const customer = DEFINITION.fields[0];
  const broken: [rule: string, path: (string | number)[], value: unknown, code: number][] = [
    ['no name', ['eventName'], undefined, 1811],
    ['a name with a blank', ['eventName'], 'trial ended', 1811],
    ['a name with a dash', ['eventName'], 'trial-ended', 1811],
    ['a name that is there already', ['eventName'], 'plan_chosen', 1806],
    ['no actions', ['actions'], [], 1810],
    ['an unknown action', ['actions'], ['Loyalty'], 1810],
    ['the same action twice', ['actions'], ['EIConsumer', 'EIConsumer'], 1810],
    ['a description that is no text', ['description'], 3, 400],
    ['twenty-one fields', ['fields'], Array.from({ length: 21 }, (_, i) => ({ ...customer, name: `f${i}` })), 400],
    ['no customer', ['fields'], DEFINITION.fields.slice(1), 400],
    ['two fields of one name', ['fields', 2, 'name'], 'event_id', 400],
    ['a field name of 51 characters', ['fields', 2, 'name'], 'a'.repeat(51), 400],
    ['a field that is a key of occurrences', ['fields', 2, 'name'], 'event_name', 400],
    ['an unknown type', ['fields', 2, 'type'], 'float', 1823],
    ['a type in upper case', ['fields', 2, 'type'], 'DOUBLE', 1823],
    ['an unknown attribute', ['fields', 2, 'attributes', 'isBig'], yes, 1802],
    ['true without quotes', ['fields', 2, 'attributes', 'isRequired', 'value'], true, 1802],
    ['an empty value', ['fields', 2, 'attributes', 'isRequired', 'value'], '', 1802],
    ['an attribute without its valueType', ['fields', 2, 'attributes', 'isRequired', 'valueType'], undefined, 1802],
    ['a yes or no of type ENUM', ['fields', 2, 'attributes', 'isRequired', 'valueType'], 'ENUM', 1802],
    ['sensitive information on the customer', ['fields', 0, 'attributes', 'isPsiData'], yes, 1802],
    ['a unique field that is not required', ['fields', 1, 'attributes', 'isRequired'], no, 1802],
    ['an unknown identifier', ['fields', 0, 'attributes', 'identifierType', 'value'], 'passport', 1802],
    ['an identifier on another field', ['fields', 1, 'attributes', 'identifierType'], yes, 1802],
    ['a regex on a number', ['fields', 2, 'attributes', 'regex'], { valueType: 'STRING', value: 'a' }, 1802],
    ['a key that it does not know', ['event_name'], 'trial_ended', 400],
  ];
  test.each(broken)('%s', async (_rule, path, value, code) => {
    const { define, get } = await capillary();
    const { status, json } = await define(changed(DEFINITION, path, value));
    expect([status, json]).toMatchObject([400, { errors: [{ code }] }]);
    expect((await get('/v2/events/meta?event_name=trial_ended')).status).toBe(404);
  });

  test('an eleventh event of the organisation', async () => {
    const { define } = await capillary();
    const statuses = [
      (await define(DEFINITION)).status,
      (await define({ ...DEFINITION, eventName: 'one_more' })).status,
    ];
    expect(statuses).toEqual([200, 400]);
  });

  test('by a code in a 200, when it is told to', async () => {
    const { define } = await capillary({ refuseWith: 'code-in-200' });
    const { status, json } = await define(changed(DEFINITION, ['eventName'], 'a b'));
    expect([status, json]).toMatchObject([200, { errors: [{ code: 1811 }] }]);
  });
});

describe('tokens', () => {
  test('come for key and secret, and for nothing else', async () => {
    const { askToken } = await capillary({ client: { key, secret, ttlSeconds: 300 } });
    expect((await askToken({ key, secret })).json).toMatchObject({ data: { ttlSeconds: 300 }, errors: null });
    expect((await askToken({ key, secret: 'wrong' })).status).toBe(401);
    expect((await askToken({ key })).status).toBe(400);
  });

  test('are asked for by the definition API, and by a webhook with OAUTH', async () => {
    const { standIn, define, token } = await capillary({ client: { key, secret } });
    expect((await define(DEFINITION, JSON_TYPE)).status).toBe(401);
    const occurrence = { event_name: 'plan_chosen', customer_id: 'u', event_id: 'e' };
    const post = (its: Record<string, string>) => exchange(`${standIn.url}/webhooks/demo`, its, occurrence);
    expect((await post(JSON_TYPE)).status).toBe(401);
    expect((await post({ ...JSON_TYPE, 'x-cap-api-oauth-token': token })).status).toBe(200);
  });

  test('end', async () => {
    let now = Date.now();
    const { define } = await capillary({ client: { key, secret, ttlSeconds: 300 }, now: () => now });
    now += 300_000;
    expect((await define(DEFINITION)).status).toBe(401);
  });
});

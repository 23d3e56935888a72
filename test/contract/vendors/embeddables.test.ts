import { describe, expect, test } from 'vitest';
import { type EmbeddablesOptions, startEmbeddables } from '../../../demo/vendors/embeddables.js';
import { changed, closedAfterEach, exchange, without } from './exchange.js';

const HEADERS = { 'x-api-key': 'rk_demo', 'content-type': 'application/json' };

/** vendors.md 3.9, with the demo's embeddable. */
const EVENT = {
  embeddable_id: 'flow_demo',
  timestamp: '2026-08-01T10:15:30.000Z',
  custom_event_name: 'plan_chosen',
  custom_event_props:
    '{"event_id":"evt-001","payload_metrics":{"value":49.5},"payload_dimensions":{"plan":"team","currency":"EUR"}}',
  identifiers: [{ key: 'email', value: '"mia@example.org"' }],
};

const opened = closedAfterEach();

async function embeddables(options: EmbeddablesOptions = {}) {
  const standIn = await opened(startEmbeddables(options));
  const post = (body: unknown, headers: Record<string, string> = HEADERS, project = 'pr_demo') =>
    exchange(`${standIn.url}/projects/${project}/events`, headers, body);
  return { standIn, post };
}

describe('what Embeddables takes', () => {
  test('one event: 200 with the event, its time without milliseconds', async () => {
    const { standIn, post } = await embeddables();
    const { status, json } = await post(EVENT);
    expect(status).toBe(200);
    expect(json).toMatchObject({
      project_id: 'pr_demo',
      embeddable_id: 'flow_demo',
      timestamp: '2026-08-01T10:15:30Z',
      event_type: 'custom_event:triggered',
      custom_event_name: 'plan_chosen',
      custom_event_props: EVENT.custom_event_props,
    });
    expect(standIn.accepted()).toMatchObject([{ id: 'evt-001', name: 'plan_chosen', count: 1 }]);
  });

  test('the same event again: a duplicate', async () => {
    const { standIn, post } = await embeddables();
    await post(EVENT);
    await post(EVENT);
    expect(standIn.accepted()).toMatchObject([{ count: 2, repeats: 0 }]);
  });

  test('a bare number as identifier', async () => {
    const { post } = await embeddables({ entries: { customer_no: [42] } });
    expect((await post(changed(EVENT, ['identifiers'], [{ key: 'customer_no', value: '42' }]))).status).toBe(200);
    expect((await post(changed(EVENT, ['identifiers'], [{ key: 'customer_no', value: '"42"' }]))).status).toBe(404);
  });
});

describe('what Embeddables refuses with 400', () => {
  const broken: [rule: string, path: (string | number)[], value: unknown][] = [
    ['no embeddable', ['embeddable_id'], undefined],
    ['an embeddable without a name', ['embeddable_id'], ''],
    ['no time', ['timestamp'], undefined],
    ['time without a zone', ['timestamp'], '2026-08-01T10:15:30'],
    ['time as a number', ['timestamp'], 1_785_579_330_000],
    ['name with blanks', ['custom_event_name'], 'Plan Chosen'],
    ['name in camelCase', ['custom_event_name'], 'planChosen'],
    ['name with a dash', ['custom_event_name'], 'plan-chosen'],
    ['name with a double _', ['custom_event_name'], 'plan__chosen'],
    ['name that begins with a digit', ['custom_event_name'], '2_fa'],
    ['name that ends in _', ['custom_event_name'], 'plan_'],
    ['no name', ['custom_event_name'], undefined],
    ['no props', ['custom_event_props'], undefined],
    ['props as an object', ['custom_event_props'], { event_id: 'evt-001' }],
    ['props that do not parse', ['custom_event_props'], '{event_id}'],
    ['props that parse to a list', ['custom_event_props'], '[]'],
    ['props encoded twice', ['custom_event_props'], '"{}"'],
    ['a metric that is no number', ['custom_event_props'], '{"payload_metrics":{"value":"49.5"}}'],
    ['a dimension that is no text', ['custom_event_props'], '{"payload_dimensions":{"trial":true}}'],
    ['no identifiers', ['identifiers'], undefined],
    ['an empty list of identifiers', ['identifiers'], []],
    ['two identifiers', ['identifiers', 1], { key: 'user_id', value: '"u-42"' }],
    ['an identifier as a number', ['identifiers', 0, 'value'], 42],
    ['an identifier without a key', ['identifiers', 0, 'key'], ''],
    ['an identifier without a value', ['identifiers', 0, 'value'], ''],
    ['an unknown field', ['event_id'], 'evt-001'],
  ];
  test.each(broken)('%s', async (_rule, path, value) => {
    const { standIn, post } = await embeddables();
    const { status, json } = await post(changed(EVENT, path, value));
    expect([status, json]).toEqual([400, { error: { code: expect.any(String), message: expect.any(String) } }]);
    expect(standIn.accepted()).toEqual([]);
  });

  test('a batch, no JSON, another content type', async () => {
    const { post } = await embeddables();
    expect((await post([EVENT])).status).toBe(400);
    expect((await post('{')).status).toBe(400);
    expect((await post(EVENT, { ...HEADERS, 'content-type': 'text/plain' })).status).toBe(400);
  });
});

describe('what Embeddables finds no entry for', () => {
  test.each([
    ['a value without its inner quotes', ['identifiers', 0, 'value'], 'mia@example.org'],
    ['an empty value', ['identifiers', 0, 'value'], '""'],
    ['null', ['identifiers', 0, 'value'], 'null'],
    ['a key that the embeddable does not have', ['identifiers', 0, 'key'], 'user_email'],
    ['another embeddable', ['embeddable_id'], 'flow_other'],
  ])('%s: 404 ENTRY_NOT_FOUND', async (_rule, path, value) => {
    const { standIn, post } = await embeddables();
    const { status, json } = await post(changed(EVENT, path, value));
    expect(status).toBe(404);
    expect(json).toEqual({ error: { code: 'ENTRY_NOT_FOUND', message: expect.any(String) }, entryId: null });
    expect(standIn.requests()).toMatchObject([{ status: 404, ids: ['evt-001'] }]);
  });

  test('a value that nobody has entered', async () => {
    const { post } = await embeddables({ entries: { email: ['tom@example.org'] } });
    expect((await post(EVENT)).status).toBe(404);
  });
});

describe('who Embeddables lets in', () => {
  test('no key, a wrong key, another project: 401 with the project', async () => {
    const { post } = await embeddables();
    const answers = [
      await post(EVENT, without(HEADERS, 'x-api-key')),
      await post(EVENT, { ...HEADERS, 'x-api-key': 'rk_other' }),
      await post(EVENT, HEADERS, 'pr_other'),
    ];
    expect(answers.map(({ status }) => status)).toEqual([401, 401, 401]);
    expect(answers[2]?.json).toEqual({
      error: { code: expect.any(String), message: expect.any(String) },
      projectId: 'pr_other',
    });
  });

  test('another path 404, another method 405', async () => {
    const { standIn } = await embeddables();
    expect((await exchange(`${standIn.url}/events`, HEADERS, EVENT)).status).toBe(404);
    expect((await exchange(`${standIn.url}/projects/pr_demo/events`, HEADERS, EVENT, 'PUT')).status).toBe(405);
  });
});

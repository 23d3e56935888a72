import { describe, expect, it } from 'vitest';
import { type EmbeddablesOptions, embeddables } from '../../../src/adapters/embeddables.js';
import { answer, FIRST_TRY, NOW, sampleEvent } from './sample-event.js';

const OPTIONS = { projectId: 'pr_1', embeddableId: 'flow_demo1', apiKey: 'rk_secret' };
const { adapter } = embeddables(OPTIONS);
const visitor = { email: 'mia@example.org' };
const bodyOf = (changes: Parameters<typeof sampleEvent>[0] = {}, options: Partial<EmbeddablesOptions> = {}) =>
  JSON.parse(
    embeddables({ ...OPTIONS, ...options }).adapter.toRequest([sampleEvent({ visitor, ...changes })], FIRST_TRY).body,
  );
const propsOf: typeof bodyOf = (changes, options) => JSON.parse(bodyOf(changes, options).custom_event_props);

describe('embeddables: requests', () => {
  it('sends one event, its props as JSON inside a text', () => {
    const event = sampleEvent({ visitor, properties: { plan: 'team' }, value: 49.5, currency: 'EUR' });
    const { body, ...request } = adapter.toRequest([event], FIRST_TRY);
    expect(request).toEqual({
      url: 'https://api.embeddables.com/projects/pr_1/events',
      method: 'POST',
      headers: { 'Content-Type': 'application/json', 'X-Api-Key': 'rk_secret' },
    });
    expect(JSON.parse(body)).toEqual({
      embeddable_id: 'flow_demo1',
      timestamp: '2026-08-01T10:15:30.250Z',
      custom_event_name: 'plan_chosen',
      custom_event_props:
        '{"event_id":"evt-001","payload_metrics":{"value":49.5},"payload_dimensions":{"currency":"EUR","session_id":"","page_url":"","page_referrer":"","page_title":"","plan":"team"}}',
      identifiers: [{ key: 'email', value: '"mia@example.org"' }],
    });
  });

  it('goes through a proxy without the key', () => {
    const { url, headers } = embeddables({
      projectId: 'pr_1',
      embeddableId: 'flow_1',
      endpoint: '/proxy',
    }).adapter.toRequest([sampleEvent({ visitor })], FIRST_TRY);
    expect(url).toBe('/proxy/projects/pr_1/events');
    expect(headers).toEqual({ 'Content-Type': 'application/json' });
  });

  it('sends the first identifier that the visitor has, and only that', () => {
    const identify = [
      { key: 'user_phone', from: 'phone' },
      { key: 'user_email', from: 'email' },
      { key: 'browser', from: 'anonymousId' },
    ] as const;
    expect(bodyOf({}, { identify }).identifiers).toEqual([{ key: 'user_email', value: '"mia@example.org"' }]);
    expect(bodyOf({ visitor: {} }, { identify }).identifiers).toEqual([{ key: 'browser', value: '"anon-77"' }]);
  });

  it('groups numbers and the rest', () => {
    const properties = { seats: 4, plan: 'team', trial: true, tags: ['a'], filters: { b: 1 }, event_id: 'mine' };
    expect(propsOf({ properties, session: { id: 's-1' } })).toMatchObject({
      event_id: 'evt-001',
      payload_metrics: { seats: 4 },
      payload_dimensions: { plan: 'team', trial: true, tags: ['a'], filters: { b: 1 }, session_id: 's-1' },
    });
  });

  it('lets the site’s properties win', () => {
    const { payload_metrics, payload_dimensions } = propsOf({ properties: { value: 'mine' }, value: 49.5 });
    expect(payload_metrics).toEqual({});
    expect(payload_dimensions.value).toBe('mine');
  });
});

describe('embeddables: names', () => {
  it.each([
    ['Plan Chosen', 'plan_chosen'],
    ['HTTPError2', 'http_error2'],
    ['planChosen', 'plan_chosen'],
    ['  --Plan / Chosen!! ', 'plan_chosen'],
    ['2FA Enabled', '2_fa_enabled'],
    ['A', 'a'],
  ])('%s → %s', (name, wireName) => {
    expect(bodyOf({ name }).custom_event_name).toBe(wireName);
  });

  it('is quick with a long name', () => {
    expect(bodyOf({ name: 'A'.repeat(100_000) }).custom_event_name).toHaveLength(100_000);
  });
});

describe('embeddables: accepts', () => {
  const accepts = (changes: Parameters<typeof sampleEvent>[0]) => adapter.accepts(sampleEvent(changes), NOW);

  it('waits for the identity by which entries are found', () => {
    expect(accepts({ visitor: { userId: 'u-42' } })).toBe('needs-identity');
    expect(accepts({ visitor })).toBe('ready');
  });

  it('refuses a name of which nothing is left', () => {
    expect(accepts({ name: '購入' })).toEqual({ refused: 'empty name' });
  });

  it.each(['identify', 'group'] as const)('has no place for %s', (type) => {
    expect(accepts({ type, visitor })).toBe('not-applicable');
  });
});

describe('embeddables: judge', () => {
  const judge = (status: number, body: unknown = '', attempt = 1) =>
    adapter.judge(answer(status, body), [sampleEvent()], { ...FIRST_TRY, attempt });
  const notFound = { error: { code: 'ENTRY_NOT_FOUND', message: 'no entry for this identifier' }, entryId: null };

  it.each([
    [200, { entry_id: 'e', event_type: 'custom_event:triggered' }, 'delivered'],
    [400, '', 'split'],
    [401, { error: { code: 'UNAUTHORIZED', message: 'no' }, projectId: 'pr_1' }, 'pause'],
    [403, '', 'pause'],
    [404, '', 'pause'],
    [404, { error: { code: 'PROJECT_NOT_FOUND' } }, 'pause'],
    [422, '', 'split'],
    [429, '', 'retry'],
    [500, '', 'retry'],
  ])('%i %j: %s', (status, body, kind) => {
    expect(judge(status, body).kind).toBe(kind);
  });

  it('gives an entry nine tries to appear', () => {
    const kinds = Array.from({ length: 10 }, (_, index) => judge(404, notFound, index + 1).kind);
    expect(kinds).toEqual([...Array(9).fill('retry'), 'split']);
  });
});

describe('embeddables: options', () => {
  it.each(['projectId', 'embeddableId'])('refuses no %s', (option) => {
    const options = { ...OPTIONS, [option]: '' };
    expect(() => embeddables(options)).toThrow(TypeError);
    expect(() => embeddables(options)).toThrow(
      'tracklet: embeddables({ projectId, embeddableId, apiKey }) must be given',
    );
  });
});

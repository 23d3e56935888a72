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
        '{"event_id":"evt-001","payload_metrics":{"value":49.5},"payload_dimensions":{"plan":"team","currency":"EUR"}}',
      identifiers: [{ key: 'email', value: '"mia@example.org"' }],
    });
  });

  it('goes through a proxy without the key', () => {
    const { url, headers } = embeddables({
      projectId: 'pr_1',
      embeddableId: 'flow_1',
      endpoint: '/proxy/',
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

  it('groups numbers and texts, and leaves nested values where they are', () => {
    const properties = { seats: 4, plan: 'team', trial: true, tags: ['a'], filters: { b: 1 }, left: null };
    expect(propsOf({ properties, session: { id: 's-1' }, visitor: { ...visitor, traits: { tier: 'gold' } } })).toEqual({
      event_id: 'evt-001',
      payload_metrics: { seats: 4 },
      payload_dimensions: { plan: 'team', trial: 'true' },
      tags: ['a'],
      filters: { b: 1 },
      session_id: 's-1',
      traits: { tier: 'gold' },
    });
  });

  it('leaves groups alone that the site made itself', () => {
    const properties = { payload_metrics: { seats: 4 } };
    expect(propsOf({ properties })).toEqual({ event_id: 'evt-001', payload_metrics: { seats: 4 } });
  });

  it('keeps props flat if told; the site’s win, except over the event id', () => {
    const properties = { value: 'mine', event_id: 'mine', plan: 'team' };
    expect(propsOf({ properties, value: 49.5, currency: 'EUR' }, { props: 'flat' })).toEqual({
      event_id: 'evt-001',
      value: 'mine',
      plan: 'team',
      currency: 'EUR',
    });
  });

  it('always sends props', () => {
    expect(propsOf()).toEqual({ event_id: 'evt-001' });
  });
});

describe('embeddables: names', () => {
  it.each([
    ['Plan Chosen', 'plan_chosen'],
    ['HTTPError2', 'http_error2'],
    ['planChosen', 'plan_chosen'],
    ['  --Plan / Chosen!! ', 'plan_chosen'],
    ['2FA Enabled', 'e_2_fa_enabled'],
    ['404', 'e_404'],
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
    expect(accepts({ name: '購入' })).toMatchObject({ refused: expect.stringContaining('rename') });
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

  it('gives an entry ten minutes to appear', () => {
    expect([1, 2, 3].map((attempt) => judge(404, notFound, attempt))).toEqual(
      Array(3).fill({ kind: 'retry', reason: expect.stringContaining('ENTRY_NOT_FOUND'), afterMs: 200_000 }),
    );
    expect(judge(404, notFound, 4)).toMatchObject({ kind: 'drop', ids: ['evt-001'] });
  });
});

describe('embeddables: options', () => {
  it.each([
    ['projectId', ''],
    ['embeddableId', undefined],
    ['apiKey', 7],
    ['identify', []],
    ['identify', [{ key: 'email' }]],
    ['identify', [{ key: '', from: 'email' }]],
    ['identify', { key: 'email', from: 'email' }],
    ['props', 'nested'],
  ])('refuses { %s: %j }', (option, value) => {
    const options = { ...OPTIONS, [option]: value } as EmbeddablesOptions;
    expect(() => embeddables(options)).toThrow(TypeError);
    expect(() => embeddables(options)).toThrow(`tracklet: embeddables({ ${option} }) must be`);
  });

  it('refuses to go without key and proxy', () => {
    expect(() => embeddables({ projectId: 'pr_1', embeddableId: 'flow_1' })).toThrow(/relay\(/);
  });
});

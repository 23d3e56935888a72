import { describe, expect, it } from 'vitest';
import { type EmbeddablesOptions, embeddables } from '../../../src/adapters/embeddables.js';
import { answer, FIRST_TRY, NOW, sampleEvent } from './sample-event.js';

const OPTIONS = { projectId: 'pr_1', embeddableId: 'flow_demo1', endpoint: '/proxy/embeddables' };
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
      url: '/proxy/embeddables/projects/pr_1/events',
      method: 'POST',
      headers: { 'Content-Type': 'application/json' },
    });
    expect(JSON.parse(body)).toEqual({
      embeddable_id: 'flow_demo1',
      timestamp: '2026-08-01T10:15:30.250Z',
      custom_event_name: 'plan_chosen',
      custom_event_props:
        '{"payload_metrics":{"value":49.5},"payload_dimensions":{"currency":"EUR","session_id":"","page_url":"","page_referrer":"","page_title":"","plan":"team"},"event_id":"evt-001"}',
      identifiers: [{ key: 'email', value: '"mia@example.org"' }],
    });
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

  it('groups numbers as metrics and all else, as text, as dimensions', () => {
    const properties = { seats: 4, plan: 'team', trial: true, tags: ['a'], filters: { b: 1 }, left: null };
    expect(propsOf({ properties, session: { id: 's-1' } })).toMatchObject({
      event_id: 'evt-001',
      payload_metrics: { seats: 4 },
      payload_dimensions: { plan: 'team', trial: 'true', tags: '["a"]', filters: '{"b":1}', session_id: 's-1' },
    });
    expect(propsOf({ properties }).payload_dimensions).not.toHaveProperty('left');
  });

  it('lets the site’s properties win', () => {
    const { payload_metrics, payload_dimensions } = propsOf({ properties: { value: 'mine' }, value: 49.5 });
    expect(payload_metrics).toEqual({});
    expect(payload_dimensions.value).toBe('mine');
  });
});

describe('embeddables: map', () => {
  it('reaches every field, and cannot lose the event’s id', () => {
    const body = bodyOf(
      { properties: { plan: 'team', event_id: 'mine' } },
      {
        map: (_fields, { properties }) => ({
          embeddable_id: 'flow_other',
          identifiers: [
            { key: 'absent', value: undefined },
            { key: 'customer_no', value: 0 },
          ],
          custom_event_props: properties,
        }),
      },
    );
    expect(body).toMatchObject({
      embeddable_id: 'flow_other',
      identifiers: [{ key: 'customer_no', value: '0' }],
      custom_event_props: '{"plan":"team","event_id":"evt-001"}',
    });
  });

  it.each([
    ['nobody', []],
    ['no key', [{ key: '', value: 'mia@example.org' }]],
    ['no value', [{ key: 'email', value: '' }]],
    ['no number', [{ key: 'customer_no', value: Number.NaN }]],
    ['too large a number', [{ key: 'customer_no', value: Infinity }]],
  ])('may leave %s, and the event is held', (_, identifiers) => {
    const { accepts } = embeddables({ ...OPTIONS, map: (fields) => ({ ...fields, identifiers }) }).adapter;
    expect(accepts(sampleEvent({ visitor }), NOW)).toBe('needs-identity');
  });

  it('may not leave out the embeddable', () => {
    const { accepts } = embeddables({ ...OPTIONS, map: (fields) => ({ ...fields, embeddable_id: '' }) }).adapter;
    expect(accepts(sampleEvent({ visitor }), NOW)).toEqual({ refused: 'no embeddable_id' });
  });

  it('leaves no null among numbers', () => {
    const custom_event_props = { payload_metrics: { rate: 0 / 0, seats: 4 } };
    const body = bodyOf({}, { map: (fields) => ({ ...fields, custom_event_props }) });
    expect(body.custom_event_props).toBe('{"payload_metrics":{"seats":4},"event_id":"evt-001"}');
  });
});

describe('embeddables: names', () => {
  it.each([
    ['Plan Chosen', 'plan_chosen'],
    ['HTTPError2', 'http_error2'],
    ['planChosen', 'plan_chosen'],
    ['  --Plan / Chosen!! ', 'plan_chosen'],
    ['2FA Enabled', 'e_2_fa_enabled'],
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
    [404, '<html>Not Found</html>', 'pause'],
    [404, { error: { code: 'NO_MATCH', message: 'no entry' }, entryId: null }, 'retry'],
    [400, { error: { code: 'ENTRY_NOT_FOUND' } }, 'split'],
    [409, 'text', 'split'],
    [422, '', 'split'],
    [429, '', 'retry'],
    [500, '', 'retry'],
  ])('%i %j: %s', (status, body, kind) => {
    expect(judge(status, body).kind).toBe(kind);
  });

  /** The verdict on an event that happened so many minutes ago, at this attempt. */
  const judgeAfter = (minutes: number, attempt: number) =>
    adapter.judge(answer(404, notFound), [sampleEvent({ time: NOW - minutes * 60_000 })], { ...FIRST_TRY, attempt });

  it('gives an entry four waits of a minute more each, ten together, and drops the event with the vendor’s words', () => {
    const minutes = [0, 1, 3, 6, 10];
    const verdicts = minutes.map((minute, index) => judgeAfter(minute, index + 1));
    expect(verdicts.map((verdict) => (verdict.kind === 'retry' ? verdict.afterMs : verdict.kind))).toEqual([
      60_000,
      120_000,
      180_000,
      240_000,
      'drop',
    ]);
    expect(verdicts[4]).toMatchObject({ ids: ['evt-001'], reason: expect.stringMatching(/^404 .*ENTRY_NOT_FOUND/) });
  });

  it('does not let tries that failed for other reasons use up the entry’s time', () => {
    expect(judgeAfter(1, 30)).toMatchObject({ kind: 'retry', afterMs: 240_000 });
  });

  it('gives an event that was held for hours one more try, soon', () => {
    expect(judgeAfter(600, 1)).toMatchObject({ kind: 'retry', afterMs: 10_000 });
    expect(judgeAfter(600, 2)).toMatchObject({ kind: 'drop' });
  });
});

describe('embeddables: options', () => {
  it.each(['projectId', 'embeddableId'])('refuses no %s', (option) => {
    const options = { ...OPTIONS, [option]: '' };
    expect(() => embeddables(options)).toThrow(TypeError);
    expect(() => embeddables(options)).toThrow(
      'tracklet: embeddables({ projectId, embeddableId, endpoint }) must be given',
    );
  });
});

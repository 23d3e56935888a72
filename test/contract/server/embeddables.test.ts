import { describe, expect, test } from 'vitest';
import { demoCredentials } from '../../../demo/vendors/demo-credentials.js';
import { startEmbeddables } from '../../../demo/vendors/embeddables.js';
import { deliver } from '../../../src/server/deliver.js';
import { type EmbeddablesServerOptions, embeddablesServer } from '../../../src/server/embeddables-server.js';
import { sampleEvent } from '../../unit/adapters/sample-event.js';
import { closedAfterEach } from '../vendors/exchange.js';

const opened = closedAfterEach();
const eventOf = (id: string, email: string, time = Date.now()) => sampleEvent({ id, visitor: { email }, time });

async function vendor(entries?: Record<string, string[]>) {
  const standIn = await opened(startEmbeddables(entries ? { entries } : {}));
  return { standIn, options: { ...demoCredentials.embeddables, endpoint: standIn.url } };
}

describe('a server and Embeddables', () => {
  test('send event by event', async () => {
    const { standIn, options } = await vendor();
    const batch = ['a', 'b', 'c'].map((id) => eventOf(id, 'mia@example.org'));
    const fates = await deliver(embeddablesServer(options), [
      ...batch,
      sampleEvent({ id: 'nobody', time: Date.now() }),
    ]);
    expect(Object.fromEntries(fates)).toEqual({
      a: { kind: 'delivered' },
      b: { kind: 'delivered' },
      c: { kind: 'delivered' },
      nobody: { kind: 'unidentified' },
    });
    expect(standIn.accepted()).toHaveLength(3);
    expect(standIn.requests()).toHaveLength(3);
  });

  test('wait for an entry that is not there yet, without holding up others, and deliver once it is', async () => {
    const entries = { email: ['mia@example.org'] };
    const { standIn, options } = await vendor(entries);
    const destination = embeddablesServer(options);
    const late = eventOf('late', 'tom@example.org');
    const fates = await deliver(destination, [late, eventOf('there', 'mia@example.org')], { concurrency: 1 });
    expect(fates.get('late')).toMatchObject({ kind: 'waiting', unclear: false, retryAfterMs: 60_000 });
    expect(fates.get('there')).toEqual({ kind: 'delivered' });
    entries.email.push('tom@example.org');
    expect((await deliver(destination, [late], { attempt: 2 })).get('late')).toEqual({ kind: 'delivered' });
    expect(standIn.accepted().map(({ id }) => id)).toEqual(['there', 'late']);
  });

  test('drop an event whose entry did not come, with that reason', async () => {
    const { options } = await vendor({ email: [] });
    const late = eventOf('late', 'tom@example.org', Date.now() - 600_000);
    const fates = await deliver(embeddablesServer(options), [late], { attempt: 5 });
    expect(fates.get('late')).toMatchObject({ kind: 'rejected', reason: expect.stringContaining('ENTRY_NOT_FOUND') });
  });

  test('pause for a key that opens another project', async () => {
    const { options } = await vendor();
    const fates = await deliver(embeddablesServer({ ...options, projectId: 'pr_other' }), [
      eventOf('a', 'mia@example.org'),
    ]);
    expect(fates.get('a')).toMatchObject({ kind: 'paused', reason: expect.stringMatching(/^401 /) });
  });

  test('go to Embeddables unless told otherwise, with headers of one’s own beside the key', async () => {
    const { projectId, embeddableId } = demoCredentials.embeddables;
    const { adapter, headers } = embeddablesServer({
      projectId,
      embeddableId,
      apiKey: 'rk_1',
      headers: async () => ({ 'X-Trace': 't' }),
    });
    const context = { now: Date.now(), unclear: false, attempt: 1 };
    expect(adapter.toRequest([eventOf('a', 'mia@example.org')], context).url).toBe(
      'https://api.embeddables.com/projects/pr_demo/events',
    );
    expect(await headers()).toEqual({ 'X-Trace': 't', 'X-Api-Key': 'rk_1' });
  });

  test.each([
    ['projectId', { projectId: '' }],
    ['projectId, embeddableId', { embeddableId: undefined }],
    ['apiKey', { apiKey: '' }],
    ['endpoint', { endpoint: 'http://api.embeddables.com' }],
  ])('name the option that is wrong: %s', (option, over) => {
    const options = { ...demoCredentials.embeddables, ...over } as EmbeddablesServerOptions;
    expect(() => embeddablesServer(options)).toThrow(TypeError);
    expect(() => embeddablesServer(options)).toThrow(new RegExp(`\\(\\{ ${option}\\b.*must be`));
  });
});

import { describe, expect, test } from 'vitest';
import { demoCredentials } from '../../../demo/vendors/demo-credentials.js';
import { startGainsight } from '../../../demo/vendors/gainsight.js';
import { deliver } from '../../../src/server/deliver.js';
import { type GainsightServerOptions, gainsightServer } from '../../../src/server/gainsight-server.js';
import { sampleEvent } from '../../unit/adapters/sample-event.js';
import { closedAfterEach } from '../vendors/exchange.js';

const opened = closedAfterEach();
const eventOf = (id: string, over: object = {}) => sampleEvent({ id, time: Date.now(), ...over });

async function vendor() {
  const standIn = await opened(startGainsight());
  return { standIn, options: { ...demoCredentials.gainsight, endpoint: standIn.url } };
}

describe('a server and Gainsight PX', () => {
  test('send users, visitors and their company', async () => {
    const { standIn, options } = await vendor();
    const fates = await deliver(
      gainsightServer(options),
      [
        eventOf('user', { visitor: { userId: 'u-42', accountId: 'acme' } }),
        eventOf('visitor'),
        eventOf('group', { type: 'group' }),
      ],
      { concurrency: 1 },
    );
    expect(Object.fromEntries(fates)).toEqual({
      user: { kind: 'delivered' },
      visitor: { kind: 'delivered' },
      group: { kind: 'not-applicable' },
    });
    expect(standIn.accepted().map(({ body }) => body)).toMatchObject([
      { identifyId: 'u-42', userType: 'USER', accountId: 'acme' },
      { identifyId: 'anon-77', userType: 'VISITOR' },
    ]);
  });

  test('drop what PX refuses, and deliver the next', async () => {
    const { options } = await vendor();
    const map: GainsightServerOptions['map'] = (fields, { id }) =>
      id === 'bad' ? { ...fields, sessionId: 7 as unknown as string } : fields;
    const fates = await deliver(gainsightServer({ ...options, map }), [eventOf('bad'), eventOf('fine')]);
    expect(fates.get('bad')).toMatchObject({ kind: 'rejected', reason: expect.stringMatching(/^400 .*sessionId/) });
    expect(fates.get('fine')).toEqual({ kind: 'delivered' });
  });

  test('pause for a key that may only read, whose 403 is a web page', async () => {
    const { options } = await vendor();
    const fates = await deliver(gainsightServer({ ...options, apiKey: 'read-only' }), [eventOf('a')]);
    expect(fates.get('a')).toMatchObject({ kind: 'paused', reason: expect.stringMatching(/^403 <html>/) });
  });

  test.each([
    [{}, 'https://api.aptrinsic.com/v1/events/custom'],
    [{ region: 'eu' }, 'https://api-eu.aptrinsic.com/v1/events/custom'],
    [{ region: 'us2' }, 'https://api-us2.aptrinsic.com/v1/events/custom'],
  ] as const)('go to the region: %j', async (options, url) => {
    const { adapter, headers } = gainsightServer({ propertyKey: 'AP-1', apiKey: 'k', ...options });
    expect(adapter.toRequest([eventOf('a')], { now: Date.now(), unclear: false, attempt: 1 }).url).toBe(url);
    expect(await headers()).toEqual({ 'X-APTRINSIC-API-KEY': 'k' });
  });

  test.each([
    ['propertyKey', { propertyKey: '' }],
    ['apiKey', { apiKey: undefined }],
    ['region', { region: 'asia' }],
    ['endpoint', { endpoint: 'api.aptrinsic.com' }],
  ])('name the option that is wrong: %s', (option, over) => {
    const options = { ...demoCredentials.gainsight, ...over } as GainsightServerOptions;
    expect(() => gainsightServer(options)).toThrow(TypeError);
    expect(() => gainsightServer(options)).toThrow(new RegExp(`\\(\\{ ${option}\\b.*must be`));
  });
});

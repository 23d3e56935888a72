import { describe, expect, it } from 'vitest';
import { airship } from '../../../src/adapters/airship.js';
import { capillary } from '../../../src/adapters/capillary.js';
import { embeddables } from '../../../src/adapters/embeddables.js';
import { gainsight } from '../../../src/adapters/gainsight.js';
import { klaviyo } from '../../../src/adapters/klaviyo.js';
import { relay } from '../../../src/adapters/relay.js';
import { resolveOptions } from '../../../src/options.js';
import { FIRST_TRY, sampleEvent } from './sample-event.js';

describe('options that every destination takes', () => {
  it('are handed on as they are', () => {
    const options = { name: 'collector', headers: { 'X-Shop': 'one' }, filter: () => false, rename: { a: 'b' } };
    const destination = relay({ endpoint: '/t', ...options });
    expect(destination).toMatchObject({ ...options, endpoint: '/t' });
    expect(destination.adapter.name).toBe('relay');
  });

  it('name it like the vendor if there is no name', () => {
    expect(relay({ endpoint: '/t' }).name).toBe('relay');
  });
});

describe('secrets', () => {
  /** As from the script tag, where no type keeps anybody from it. */
  const forced = (options: object) => options as never;

  const CALLS = {
    klaviyo: (more: object) => klaviyo(forced({ companyId: 'ABC123', ...more })),
    airship: (more: object) => airship(forced({ appKey: 'app', endpoint: '/proxy', ...more })),
    gainsight: (more: object) => gainsight(forced({ propertyKey: 'AP-1', endpoint: '/proxy', ...more })),
    embeddables: (more: object) =>
      embeddables(forced({ projectId: 'pr_1', embeddableId: 'flow_1', endpoint: '/proxy', ...more })),
    capillary: (more: object) => capillary(forced({ endpoint: '/proxy', events: { plan_chosen: [] }, ...more })),
    relay: (more: object) => relay(forced({ endpoint: '/t', ...more })),
  };
  const NAMES = ['token', 'apiKey', 'key', 'secret', 'clientSecret', 'privateKey', 'accessToken'];

  it.each(Object.entries(CALLS))('of whatever vendor are refused in a browser, and sent nowhere: %s', (_, call) => {
    for (const name of NAMES) {
      const destination = call({ [name]: 'sesame' });
      expect(() => resolveOptions({ destinations: [destination] })).toThrow(
        `tracklet: destinations[0].${name} must be absent: it is a secret`,
      );
      const visitor = { userId: 'u-42', email: 'mia@example.org' };
      const request = destination.adapter.toRequest([sampleEvent({ visitor, name: 'Plan Chosen' })], FIRST_TRY);
      expect(JSON.stringify(request)).not.toContain('sesame');
    }
  });

  it.each(Object.entries(CALLS))('are none where none is given: %s', (_, call) => {
    expect(() => resolveOptions({ destinations: [call({})] })).not.toThrow();
  });

  it.each([
    ['airship({ appKey, endpoint })', () => airship(forced({ appKey: 'app' }))],
    ['gainsight({ propertyKey, endpoint })', () => gainsight(forced({ propertyKey: 'AP-1' }))],
    [
      'embeddables({ projectId, embeddableId, endpoint })',
      () => embeddables(forced({ projectId: 'pr_1', embeddableId: 'flow_1' })),
    ],
  ])('that nothing would add are an error of %s naming the two safe ways', (call, make) => {
    expect(make).toThrow(TypeError);
    expect(make).toThrow(`tracklet: ${call} must be given; your proxy adds the secret; or use relay()`);
  });
});

import { describe, expect, it } from 'vitest';
import { airship } from '../../../src/adapters/airship.js';
import { embeddables } from '../../../src/adapters/embeddables.js';
import { gainsight } from '../../../src/adapters/gainsight.js';
import { relay } from '../../../src/adapters/relay.js';

describe('options that every destination takes', () => {
  it('are handed on as they are', () => {
    const options = { name: 'collector', headers: { 'X-Shop': 'one' }, filter: () => false, rename: { a: 'b' } };
    const destination = relay({ endpoint: '/t', ...options });
    expect(destination).toMatchObject({ ...options, endpoint: '/t', secrets: [] });
    expect(destination.adapter.name).toBe('relay');
  });

  it('name it like the vendor if there is no name', () => {
    expect(relay({ endpoint: '/t' }).name).toBe('relay');
  });
});

describe('secrets', () => {
  it('are listed, for createTracker() to refuse in a browser', () => {
    expect(airship({ appKey: 'app', token: 't' }).secrets).toEqual(['token']);
    expect(gainsight({ propertyKey: 'AP-1', apiKey: 'k' }).secrets).toEqual(['apiKey']);
    expect(airship({ appKey: 'app', endpoint: '/proxy' }).secrets).toEqual([]);
  });

  it('may come from headers', () => {
    expect(airship({ appKey: 'app', headers: () => ({ Authorization: 'Bearer t' }) }).secrets).toEqual([]);
  });

  it.each([
    ['airship({ appKey, token })', () => airship({ appKey: 'app' })],
    ['gainsight({ propertyKey, apiKey })', () => gainsight({ propertyKey: 'AP-1' })],
    [
      'embeddables({ projectId, embeddableId, apiKey })',
      () => embeddables({ projectId: 'pr_1', embeddableId: 'flow_1' }),
    ],
  ])('that nothing would add are an error of %s naming the two safe ways', (call, make) => {
    expect(make).toThrow(TypeError);
    expect(make).toThrow(
      `tracklet: ${call} must be given; set endpoint to a proxy that adds the secret, or use relay()`,
    );
  });
});

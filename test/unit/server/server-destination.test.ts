import { describe, expect, it } from 'vitest';
import { relay } from '../../../src/adapters/relay.js';
import type { TrackerOptions } from '../../../src/api.js';
import { resolveOptions } from '../../../src/options.js';
import {
  airshipServer,
  capillaryServer,
  createServerDestination,
  embeddablesServer,
  gainsightServer,
  klaviyoServer,
} from '../../../src/server/index.js';

const { adapter } = relay({ endpoint: 'https://collector.example/t' });

describe('a destination for servers', () => {
  it('is named like its vendor, or as told', () => {
    expect(createServerDestination(adapter, {}).name).toBe('relay');
    expect(createServerDestination(adapter, {}, { name: 'second' }).name).toBe('second');
  });

  it('asks for its headers each time', async () => {
    let count = 0;
    const { headers } = createServerDestination(adapter, async () => ({ authorization: `Bearer ${++count}` }));
    expect([await headers(), await headers()]).toEqual([{ authorization: 'Bearer 1' }, { authorization: 'Bearer 2' }]);
  });

  it('says by rejecting that it has none, also when the function throws at once', async () => {
    const { headers } = createServerDestination(adapter, () => {
      throw new Error('no key');
    });
    await expect(headers()).rejects.toThrow('no key');
  });

  it('tells at once of names that its vendor would take for one, or for none', () => {
    const secrets = { appKey: 'app', token: 't' };
    const eventNames = ['Plan Chosen', 'plan chosen'];
    expect(() => airshipServer({ ...secrets, eventNames })).toThrow(TypeError);
    expect(() => airshipServer({ ...secrets, eventNames })).toThrow(
      "tracklet: airshipServer({ rename }) must be such that 'Plan Chosen' and 'plan chosen' do not both become 'plan_chosen'",
    );
    expect(() => airshipServer({ ...secrets, eventNames: ['購入'] })).toThrow("'no name' and '購入'");
    const rename = { 'plan chosen': 'Plan picked' };
    expect(() => airshipServer({ ...secrets, eventNames, rename })).not.toThrow();
  });

  it.each([
    ['klaviyoServer', (more: object) => klaviyoServer({ privateKey: 'pk_1', ...more })],
    [
      'klaviyoServer',
      (more: object) => klaviyoServer({ accessToken: async () => ({ value: '', expiresAt: 0 }), ...more }),
    ],
    ['airshipServer', (more: object) => airshipServer({ appKey: 'a', clientId: 'c', clientSecret: 's', ...more })],
    ['gainsightServer', (more: object) => gainsightServer({ propertyKey: 'AP-1', apiKey: 'k', ...more })],
    [
      'embeddablesServer',
      (more: object) => embeddablesServer({ projectId: 'pr_1', embeddableId: 'f_1', apiKey: 'rk_1', ...more }),
    ],
    [
      'capillaryServer',
      (more: object) => capillaryServer({ endpoint: 'https://x.example/webhooks/1', events: { a: [] }, ...more }),
    ],
  ])('of whatever vendor takes a name of its own and renames events: %s', (call, make) => {
    const rename = { 'Plan Chosen': 'Plan picked' };
    expect(make({ name: 'second', rename })).toMatchObject({ name: 'second', rename });
    expect(() => make({ eventNames: ['a', ' '] })).toThrow(`tracklet: ${call}({ rename }) must be such that`);
  });

  it('is refused in a page, with the safe ways', () => {
    const options = { destinations: [createServerDestination(adapter, {})] } as object as TrackerOptions;
    expect(() => resolveOptions(options)).toThrow(TypeError);
    expect(() => resolveOptions(options)).toThrow(/destinations\[0\] must be absent: it is a secret/);
  });
});

import { describe, expect, it } from 'vitest';
import { type RelayOptions, relay } from '../../../src/adapters/relay.js';
import { answer, FIRST_TRY, NOW, sampleEvent } from './sample-event.js';

const { adapter } = relay({ endpoint: '/t' });
const events = ['a', 'b', 'c'].map((id) => sampleEvent({ id }));

describe('relay', () => {
  it('sends the events as they are, with the sender’s clock', () => {
    const { body, ...request } = adapter.toRequest(events, FIRST_TRY);
    expect(request).toEqual({ url: '/t', method: 'POST', headers: { 'Content-Type': 'application/json' } });
    expect(JSON.parse(body)).toEqual({ sentAt: NOW, events });
  });

  it.each(['track', 'page', 'identify', 'group'] as const)('takes %s', (type) => {
    expect(adapter.accepts(sampleEvent({ type }), NOW)).toBe('ready');
  });

  it('counts as deduplicating only if told', () => {
    expect(adapter.deduplicates).toBe(false);
    expect(relay({ endpoint: '/t', deduplicates: true }).adapter.deduplicates).toBe(true);
  });

  it.each([
    [202, '', 'delivered'],
    [204, '', 'delivered'],
    [200, '<html></html>', 'retry'],
    [400, '', 'split'],
    [400, { rejected: 'b' }, 'split'],
    [400, { rejected: [{ id: 'unknown' }, null] }, 'split'],
    [401, { rejected: [{ id: 'b' }] }, 'pause'],
    [413, '', 'split'],
    [429, '', 'retry'],
    [503, '', 'retry'],
  ])('judges %i %j: %s', (status, body, kind) => {
    expect(adapter.judge(answer(status, body), events, FIRST_TRY).kind).toBe(kind);
  });

  it('drops the events that the relay names', () => {
    const body = { rejected: [{ id: 'b', reason: 'not declared' }] };
    expect(adapter.judge(answer(400, body), events, FIRST_TRY)).toMatchObject({ kind: 'drop', ids: ['b'] });
  });

  it('refuses no endpoint', () => {
    expect(() => relay({} as RelayOptions)).toThrow(TypeError);
    expect(() => relay({} as RelayOptions)).toThrow('tracklet: relay({ endpoint }) must be the address of your relay');
  });
});

import { afterEach, expect, test, vi } from 'vitest';
import type { ChoiceOrigin } from '../../../src/consent/gate.js';
import { followTcf } from '../../../src/consent/tcf.js';

type Callback = (data: object | null, success: boolean) => void;

afterEach(() => vi.unstubAllGlobals());

function consentManager() {
  const listeners: Callback[] = [];
  const removed: unknown[] = [];
  vi.stubGlobal('__tcfapi', (command: string, _version: number, callback: Callback, id?: number) => {
    if (command === 'addEventListener') listeners.push(callback);
    else removed.push(id);
  });
  const told: unknown[] = [];
  return {
    tracker: {
      consent: (choice: unknown, origin?: ChoiceOrigin) =>
        void told.push(origin?.byDefault ? { byDefault: choice } : choice),
    },
    told,
    removed,
    say: (data: object | null, success = true) => {
      for (const listener of listeners) listener(data && { listenerId: 7, ...data }, success);
    },
  };
}

const ALL = { 1: true, 3: true, 4: true, 8: true };

test('says nothing while the visitor is asked, and nothing of a failed answer', () => {
  const { tracker, told, say } = consentManager();
  followTcf(tracker);
  say({ eventStatus: 'cmpuishown', gdprApplies: true, purpose: { consents: ALL } });
  say(null, false);
  expect(told).toEqual([]);
});

test.each([
  ['all', ALL, { analytics: 'granted', marketing: 'granted' }],
  ['measuring only', { 1: true, 8: true }, { analytics: 'granted', marketing: 'denied' }],
  ['no storage', { 3: true, 4: true, 8: true }, { analytics: 'denied', marketing: 'denied' }],
  ['nothing', {}, { analytics: 'denied', marketing: 'denied' }],
])('makes the tracker’s purposes of the framework’s: %s', (_, consents, expected) => {
  const { tracker, told, say } = consentManager();
  followTcf(tracker);
  say({ eventStatus: 'tcloaded', gdprApplies: true, purpose: { consents } });
  expect(told).toEqual([expected]);
});

test('grants everything where the GDPR does not apply, and says that nobody chose it', () => {
  const { tracker, told, say } = consentManager();
  followTcf(tracker);
  say({ eventStatus: 'tcloaded', gdprApplies: false });
  expect(told).toEqual([{ byDefault: { analytics: 'granted', marketing: 'granted' } }]);
});

test('takes the site’s purposes, and asks for a vendor if told to', () => {
  const { tracker, told, say } = consentManager();
  followTcf(tracker, { purposes: { ads: [2] }, vendor: 755 });
  say({ eventStatus: 'tcloaded', purpose: { consents: { 2: true } }, vendor: { consents: {} } });
  say({ eventStatus: 'useractioncomplete', purpose: { consents: { 2: true } }, vendor: { consents: { 755: true } } });
  expect(told).toEqual([{ ads: 'denied' }, { ads: 'granted' }]);
});

test('stops listening, also when it is told to before the first answer', () => {
  const early = consentManager();
  followTcf(early.tracker)();
  early.say({ eventStatus: 'tcloaded', purpose: { consents: ALL } });
  expect(early.told).toEqual([]);
  expect(early.removed).toEqual([7]);
});

test('a page without a consent manager is told what to do', () => {
  expect(() => followTcf({ consent() {} })).toThrow(/followTcf\(\) must come after/);
});

import { afterEach, expect, test, vi } from 'vitest';
import type { ChoiceOrigin, ConsentChoice } from '../../../src/consent/gate.js';
import { followGoogleConsent } from '../../../src/consent/google.js';

afterEach(() => vi.unstubAllGlobals());

function page(before: readonly unknown[][] = []) {
  const dataLayer: unknown[] = [...before];
  vi.stubGlobal('dataLayer', dataLayer);
  const told: unknown[] = [];
  const consent = (choice: object, origin?: ChoiceOrigin) =>
    void told.push(origin?.byDefault ? { byDefault: choice } : choice);
  return { dataLayer, told, tracker: { consent: consent as (choice: ConsentChoice) => void } };
}

const ADS = { ad_storage: 'granted', ad_user_data: 'granted', ad_personalization: 'granted' };

test('a default that denies is not decided, and one for a region is passed over', () => {
  const { told, tracker } = page([
    ['consent', 'default', { analytics_storage: 'denied', ad_storage: 'denied' }],
    ['consent', 'default', { analytics_storage: 'granted', region: ['US'] }],
    ['js', new Date()],
  ]);
  followGoogleConsent(tracker);
  expect(told).toEqual([]);
});

test('hears what was said before it, and what is said after', () => {
  const { dataLayer, told, tracker } = page([['consent', 'default', { analytics_storage: 'granted' }]]);
  followGoogleConsent(tracker);
  dataLayer.push({ event: 'gtm.js' }, null, 7, 'consent');
  dataLayer.push(['consent', 'update', { ad_storage: 'granted' }]);
  dataLayer.push(['consent', 'update', ADS]);
  dataLayer.push(['consent', 'update', { analytics_storage: 'denied' }]);
  expect(told).toEqual([
    { byDefault: { analytics: 'granted' } },
    { byDefault: { analytics: 'granted' } },
    { byDefault: { analytics: 'granted' } },
    { marketing: 'granted' },
    { analytics: 'denied', marketing: 'granted' },
  ]);
  expect(dataLayer).toHaveLength(8);
});

test('a default is the site’s word, and stays so until the visitor has answered all of a purpose', () => {
  const { dataLayer, told, tracker } = page([['consent', 'default', ADS]]);
  followGoogleConsent(tracker);
  dataLayer.push(['consent', 'update', { ad_storage: 'granted' }]);
  dataLayer.push(['consent', 'update', ADS]);
  dataLayer.push(['consent', 'update', { ad_storage: 'denied' }]);
  const byDefault = { byDefault: { marketing: 'granted' } };
  expect(told).toEqual([byDefault, byDefault, { marketing: 'granted' }, { marketing: 'denied' }]);
});

test('ends without disturbing who patched dataLayer after it', () => {
  const { dataLayer, told, tracker } = page();
  const original = dataLayer.push;
  followGoogleConsent(tracker)();
  expect(dataLayer.push).toBe(original);
  const stop = followGoogleConsent(tracker);
  const ours = dataLayer.push;
  const theirs = (...items: unknown[]) => ours.apply(dataLayer, items);
  dataLayer.push = theirs;
  stop();
  expect(dataLayer.push).toBe(theirs);
  dataLayer.push(['consent', 'update', ADS]);
  expect(told).toEqual([]);
  expect(dataLayer).toHaveLength(1);
});

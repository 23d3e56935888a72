import { expect, test } from 'vitest';
import { consent } from '../../../src/consent/index.js';

test.each([
  [['yes'], 'consent() takes'],
  [[{ marketing: true }], 'consent() takes'],
  [[7], 'consent() takes'],
  [[['granted']], 'consent() takes'],
  [['pending', { remember: 'no' }], 'consent({ remember })'],
  [['pending', { signals: 'gpc' }], 'consent({ signals })'],
  [['pending', { signals: ['dnt', 'gps'] }], 'consent({ signals })'],
])('a wrong choice or option is refused by name: %j', (given, named) => {
  const make = () => consent(...(given as Parameters<typeof consent>));
  expect(make).toThrow(TypeError);
  expect(make).toThrow(named);
});

test.each([[[]], [['granted']], [[{ analytics: 'granted', anything: 'denied' }]], [['denied', { signals: ['dnt'] }]]])(
  'takes %j',
  (given) => {
    expect(() => consent(...(given as Parameters<typeof consent>))).not.toThrow();
  },
);

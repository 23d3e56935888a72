import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import type { Counts, TrimReason } from '../../../src/event/loss.js';
import { redactByDefault, redactEvent } from '../../../src/event/redaction.js';
import { redaction } from '../../../src/event/redaction-rules.js';
import { neutralEvent } from '../../support/events.js';
import { INNOCENT_PROPERTIES, INNOCENT_VALUES } from '../../support/innocents.js';
import { SECRET_PROPERTIES, SECRET_URLS } from '../../support/secrets.js';

const redacted = <T>(value: T, cuts: Counts<TrimReason> = {}, kind?: 'traits'): T => redactByDefault(value, cuts, kind);

test('there are 200 addresses and sets of properties with a secret, and 50 values and names without', () => {
  expect(SECRET_URLS.length + SECRET_PROPERTIES.length).toBeGreaterThanOrEqual(200);
  expect(INNOCENT_VALUES.length + Object.keys(INNOCENT_PROPERTIES).length).toBeGreaterThanOrEqual(50);
});

test.each(SECRET_URLS)('an address loses its secret, visibly: $text', ({ text, secret }) => {
  const cuts: Counts<TrimReason> = {};
  const out = redacted(`https://shop.example${text}`, cuts);
  expect(out).not.toContain(secret);
  expect(unescape(out).toLowerCase()).not.toContain(unescape(secret).toLowerCase());
  expect(out).toContain('(redacted)');
  expect(cuts.redacted).toBeGreaterThanOrEqual(1);
  expect(() => new URL(out)).not.toThrow();
});

test.each(SECRET_PROPERTIES)('properties lose their secret, visibly: $properties', ({ properties, secret }) => {
  const cuts: Counts<TrimReason> = {};
  const out = JSON.stringify(redacted(properties, cuts));
  expect(out).not.toContain(secret);
  expect(out).toContain('(redacted)');
  expect(cuts.redacted).toBeGreaterThanOrEqual(1);
});

test.each(INNOCENT_VALUES.map((value) => [value]))('what is no secret stays: %s', (value) => {
  const cuts: Counts<TrimReason> = {};
  expect(redacted({ value, list: [value] }, cuts)).toEqual({ value, list: [value] });
  expect(cuts).toEqual({});
});

test('names that look a little like those of secrets hide nothing', () => {
  const cuts: Counts<TrimReason> = {};
  expect(redacted(INNOCENT_PROPERTIES, cuts)).toEqual(INNOCENT_PROPERTIES);
  expect(cuts).toEqual({});
});

test('only the secret is taken out of an address, and the rest of it stays', () => {
  expect(redacted('https://shop.example/a?x=1&token=abc&y=2#top')).toBe(
    'https://shop.example/a?x=1&token=(redacted)&y=2#top',
  );
  expect(redacted('https://shop.example/reset-password/aB3dE5fG7hJ9kL1mN2pQ4rS6?x=1')).toBe(
    'https://shop.example/reset-password/(redacted)?x=1',
  );
  expect(redacted('https://mia:hunter2@shop.example/a')).toBe('https://(redacted)@shop.example/a');
});

test('what was redacted once is not redacted and counted again', () => {
  const cuts: Counts<TrimReason> = {};
  const once = redacted({ token: 'abc', url: 'https://shop.example/?email=x&next=%2F%3Ftoken%3Dabc' }, cuts);
  expect(cuts).toEqual({ redacted: 3 });
  expect(redacted(once, cuts)).toEqual(once);
  expect(cuts).toEqual({ redacted: 3 });
});

test('every name that docs/redaction.md lists is a secret', () => {
  const cells = readFileSync('docs/redaction.md', 'utf8').match(/^\| [^|]*(?= \|)/gm) ?? [];
  const cell = (start: string) => cells.find((its) => its.startsWith(`| ${start}`)) ?? '';
  const namesIn = (text = '') => [...text.matchAll(/`([\w-]+(?:\(s\))?)`/g)].map(([, name = '']) => name);
  const [sure, owners, after] = cell('the value, whatever').split(/alone or after|A number may follow/);
  const names = [
    ...namesIn(sure).flatMap((name) => [name.replace('(s)', ''), name.replace('(s)', 's')]),
    ...namesIn(owners).map((owner) => `${owner}_pin`),
    ...namesIn(after).map((suffix) => `password_${suffix}`),
    ...namesIn(cell('the value of a name')),
  ];
  const maybe = namesIn(cell('*made by a machine*, as a parameter'));
  expect(names.length).toBeGreaterThan(50);
  expect(maybe.length).toBeGreaterThan(10);
  const shown = (query: string) => redacted(`/a?x=1&${query}`);
  expect(names.filter((name) => shown(`${name}=hunter2zz`) !== `/a?x=1&${name}=(redacted)`)).toEqual([]);
  expect(maybe.filter((name) => shown(`${name}=aB3dE5fG7hJ9kL1mN2pQ`) !== `/a?x=1&${name}=(redacted)`)).toEqual([]);
  expect(maybe.filter((name) => shown(`${name}=galaxy-s24-ultra-256gb`).includes('redacted'))).toEqual([]);
});

test('an event is redacted in name, page, campaign and properties; who the visitor is stays', () => {
  const event = neutralEvent('e1', {
    name: 'Wrote to mia@example.org',
    properties: { nested: [{ email: 'mia@example.org' }] },
    visitor: { anonymousId: 'a', userId: 'mia@example.org', email: 'mia@example.org', traits: { contact: 'x@y.org' } },
    page: {
      viewId: 'v-1',
      url: 'https://shop.example/?token=abc',
      path: '/people/mia@example.org',
      title: 'Mail to mia@example.org',
      referrer: 'https://other.example/?password=abc',
      previousUrl: 'https://shop.example/?otp=abc',
    },
    context: { ...neutralEvent('e1').context, campaign: { source: 'news', content: 'mia@example.org' } },
  });
  const cuts: Counts<TrimReason> = {};
  const out = redactEvent(redactByDefault, event, cuts);
  const { visitor, ...rest } = out;
  expect(visitor).toEqual(event.visitor);
  expect(JSON.stringify(rest)).not.toMatch(/abc|@/);
  expect(out.context.campaign).toEqual({ source: 'news', content: '(redacted)' });
  expect(cuts).toEqual({ redacted: 8 });
});

test('an event without secrets is the same event', () => {
  const event = neutralEvent('e1', {
    type: 'identify',
    properties: { plan: 'team' },
    visitor: { anonymousId: 'a', userId: '4111111111111111', accountId: 'c', ids: { fcmToken: 'f' }, traits: { n: 1 } },
  });
  const cuts: Counts<TrimReason> = {};
  expect(redactEvent(redactByDefault, event, cuts)).toStrictEqual(event);
  expect(cuts).toEqual({});
});

test("rules name parameters and properties, not the event's own fields", () => {
  const fields = ['name', 'page', 'url', 'path', 'title', 'referrer', 'previousUrl', 'viewId', 'visitor', 'context'];
  const ids = ['anonymousId', 'userId', 'accountId'];
  const event = neutralEvent('e1', {
    properties: { url: '/a', userId: 'u' },
    visitor: { anonymousId: 'a', userId: 'u', accountId: 'c' },
  });
  expect(redactEvent(redaction({ deny: [...fields, ...ids] }), event, {})).toStrictEqual({
    ...event,
    properties: { url: '(redacted)', userId: '(redacted)' },
  });
  const page = { ...event.page, url: 'https://shop.example/?token=abc&name=mia@example.org' };
  expect(redactEvent(redaction({ allow: fields }), { ...event, page }, {}).page.url).toBe(
    'https://shop.example/?token=(redacted)&name=mia@example.org',
  );
});

test('patterns of the site leave ids alone that events are told apart by', () => {
  const event = neutralEvent('e1', { visitor: { anonymousId: 'anon-1', ids: { channel: 'c-1' } } });
  expect(redactEvent(redaction({ deny: [/\w+-1/] }), event, {})).toEqual(event);
});

test("a campaign goes by its parameters' names, and by its own", () => {
  const { context } = neutralEvent('e1');
  const event = neutralEvent('e1', {
    context: { ...context, campaign: { source: 'a@b.org', content: 'c@d.org', term: 'x', gclid: 'y', medium: 'z' } },
  });
  const rules = { allow: ['utm_source', 'content'], deny: ['utm_term', 'gclid'] };
  expect(redactEvent(redaction(rules), event, {}).context.campaign).toEqual({
    source: 'a@b.org',
    content: 'c@d.org',
    term: '(redacted)',
    gclid: '(redacted)',
    medium: 'z',
  });
});

test("traits and what identifies the visitor go by the site's rules; no vendor gets a mark for an address or id", () => {
  const event = neutralEvent('e1', {
    visitor: {
      anonymousId: 'a',
      userId: 'u',
      email: 'mia@example.org',
      phone: '+4915112345678',
      ids: { fcmToken: 'f', airshipChannel: 'c' },
      traits: { plan: 'team', company: 'Example', work: { email: 'mia@work.example' } },
    },
  });
  const cuts: Counts<TrimReason> = {};
  const deny = ['email', 'phone', 'airship_channel', 'company'];
  expect(redactEvent(redaction({ deny }), event, cuts).visitor).toStrictEqual({
    anonymousId: 'a',
    userId: 'u',
    ids: { fcmToken: 'f' },
    traits: { plan: 'team', company: '(redacted)', work: { email: '(redacted)' } },
  });
  expect(redactEvent(redaction({ deny: [/@example/, 'ids'] }), event, {}).visitor).toStrictEqual({
    anonymousId: 'a',
    userId: 'u',
    phone: '+4915112345678',
    traits: event.visitor.traits,
  });
  expect(redactEvent(redaction(), event, {}).visitor).toStrictEqual(event.visitor);
});

test('traits keep mail addresses, which are there to say who someone is, and no other secret', () => {
  const traits = {
    email: 'mia@example.org',
    work: { mail: 'mia@work.example' },
    password: 'x1',
    note: '4111111111111111',
  };
  expect(redacted(traits, {}, 'traits')).toEqual({ ...traits, password: '(redacted)', note: '(redacted)' });
  const event = neutralEvent('e1', { type: 'identify', properties: traits });
  expect(redactEvent(redactByDefault, event, {}).properties).toMatchObject({ email: 'mia@example.org' });
  expect(redacted({ userEmail: { password: 'x1' }, ids: null, email: { pin: 'x1' } }, {}, 'traits')).toEqual({
    userEmail: { password: '(redacted)' },
    ids: null,
    email: { pin: '(redacted)' },
  });
});

test('of two names that are secrets neither value is lost', () => {
  const once = redacted({ 'a@example.org': 1, 'b@example.org': 2, c: 3 });
  expect(Object.values(once)).toEqual([1, 2, 3]);
  expect(redacted(once)).toEqual(once);
});

test('JSON in text is left as it is written, but for its secrets', () => {
  expect(redacted('{ "otp":1, "price": 10,"ok" :true }')).toBe('{"otp":"(redacted)","price":10,"ok":true}');
  expect(redacted('{"password":true,"otp":""}')).toBe('{"password":true,"otp":""}');
  expect(redacted('POST {"otp":1,"price":10}')).toBe('POST {"otp":(redacted),"price":10}');
  const address = (json: object) => `/a?data=${encodeURIComponent(JSON.stringify(json))}&x=1`;
  const out = redacted(address({ credentials: { value: 'abc' }, y: 'a&b' }));
  expect(new URLSearchParams(out.slice(3)).get('data')).toBe('{"credentials":{"value":"(redacted)"},"y":"a&b"}');
});

test('values within values are looked into, and redacted unseen where they are too deep', () => {
  const wrapped = (text: string, times: number): string =>
    times ? wrapped(encodeURIComponent(text), times - 1) : text;
  const at = (times: number) => redacted(`/a?next=${wrapped('/b?x=1&token=abc', times)}`);
  expect(unescape(unescape(at(2)))).toBe('/a?next=/b?x=1&token=(redacted)');
  expect(at(10)).not.toContain('abc');
  expect(at(10)).toContain('x%25');
  expect(at(30)).toBe('/a?next=(redacted)');
  const nested = `${'{"a":'.repeat(5_000)}"abc"${'}'.repeat(5_000)}`;
  expect(redacted(nested)).not.toContain('abc');
});

test('half a surrogate pair in a text with a secret throws nothing', () => {
  expect(redacted('/a?next=%2F%3Ftoken%3Dabc%26x=\ud800')).toContain('(redacted)');
});

test('the site allows names, and denies names and patterns', () => {
  const redact = redaction({ allow: ['Email', 'sig'], deny: ['customer_no', /KD-\d+/i] });
  const value = {
    email: 'mia@example.org',
    note: 'mia@example.org is kd-123 and KD-456',
    Customer_No: 42,
    url: 'https://shop.example/?sig=abc&token=abc&customer_no=42&email=mia%40example.org',
  };
  expect(redact(value, {})).toEqual({
    email: 'mia@example.org',
    note: '(redacted) is (redacted) and (redacted)',
    Customer_No: '(redacted)',
    url: 'https://shop.example/?sig=abc&token=(redacted)&customer_no=(redacted)&email=mia%40example.org',
  });
});

test.each(['customer_no', 'customerNo', 'CUSTOMERNO', 'customer-no', 'customer[no]', 'Customer No'])(
  'a name is the same however it is written: %s',
  (name) => {
    const value = { customerNo: 'k1', 'customer[no]': 'k2', CUSTOMER_NO: 'k3', customerno: 'k4', 'kunde.name': 'k5' };
    const out = redaction({ deny: [name] })({ ...value, url: '/a?customer%5Bno%5D=k6&no=k7' }, {});
    expect(JSON.stringify(out).match(/k\d/g)).toEqual(['k5', 'k7']);
  },
);

test.each([
  [{ allow: 'email' }, 'allow'],
  [{ allow: [/email/] }, 'allow'],
  [{ deny: 'x' }, 'deny'],
  [{ deny: [1] }, 'deny'],
  [{ deny: ['$'] }, 'deny'],
  [{ allow: [''] }, 'allow'],
])('a wrong list is refused by name: %j', (lists, named) => {
  expect(() => redaction(lists as never)).toThrow(TypeError);
  expect(() => redaction(lists as never)).toThrow(`redaction({ ${named} })`);
});

const NEARLY = [
  '/reset-',
  'verif',
  'passwort',
  '/token/a1b2C3d4E5f6G7h8',
  'credentials_',
  'mia@',
  'a.',
  'x@a.',
  '//a:',
  '-eyJ',
  'eyJabcdef.',
  'Bearer ',
  'xoxb-',
  'a1',
  'aA',
  'é',
  '1 ',
  '4111-',
  '4111',
  '3782 ',
  '=a',
  '?a=',
  ',a',
  'a="',
  '"a":"',
  '\\"a\\":',
  '\\',
  '{"a":',
  '[',
  '%25',
  '%FC?',
  ' %',
  '\ud800%41',
];

/** One that repeats, or begins so and goes on as long. */
const LONG: readonly (readonly [start: string, rest: string])[] = [
  ...NEARLY.map((part) => [part, part] as const),
  ['%25', '25'],
  ['x@', 'a.'],
  ['"a"', ' '],
  ['bearer', ' '],
];

const secondsFor = (text: string): number => {
  const start = process.cpuUsage();
  redacted({ text, [text]: 1 });
  const { user, system } = process.cpuUsage(start);
  return (user + system) / 1e6;
};

test.each(LONG)('stays quick on 100 kB that come close to a secret: %s%s …', (start, rest) => {
  const upTo = (length: number) => start + rest.repeat(length / rest.length);
  // Four times as long takes four times as long; sixteen times where a pattern goes back over what it has read.
  expect(secondsFor(upTo(100_000))).toBeLessThan(8 * secondsFor(upTo(25_000)) + 0.5);
});

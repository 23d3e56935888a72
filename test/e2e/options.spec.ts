import { expect, test } from './support/test.js';

const RELAY = "lib.relay({ endpoint: '/t' })";
const withRelay = (more: string) => `lib.createTracker({ destinations: [${RELAY}], ${more} })`;
const withAdapter = (adapter: string) => `lib.createTracker({ destinations: [${adapter}] })`;

/** What is written, and what the error must name. */
const MISTAKES: readonly (readonly [code: string, named: RegExp])[] = [
  ['lib.createTracker()', /options must be an object/],
  ['lib.createTracker({})', /destinations must be a list/],
  ['lib.createTracker({ destinations: [] })', /destinations must be a list with at least one/],
  ["lib.createTracker({ destinations: ['klaviyo'] })", /destinations\[0\]/],
  ['lib.createTracker({ destinations: [{}] })', /destinations\[0\].*adapter/],
  [`lib.createTracker({ destinations: [${RELAY}, ${RELAY}] })`, /destinations\[1\]\.name.*'relay'/],
  [withRelay('flushAfter: 10'), /flushAfter must be absent.*flushAfterMs/],
  [withRelay("name: 'a b'"), /name must be 1 to 64/],
  [withRelay("name: ''"), /name must be/],
  [withRelay("pageViews: 'on'"), /pageViews must be one of 'auto', 'path', 'hash', 'off'/],
  [withRelay("firstView: 'visible'"), /firstView must be one of 'loaded', 'shown'/],
  [withRelay('pageViews: true'), /pageViews must be/],
  [withRelay('sessionTimeoutMs: 0'), /sessionTimeoutMs must be a positive number/],
  [withRelay("sessionTimeoutMs: '30 minutes'"), /sessionTimeoutMs must be/],
  [withRelay("sessionTimeoutMs: '1800000'"), /sessionTimeoutMs must be/],
  [withRelay('flushAt: -1'), /flushAt must be/],
  [withRelay('flushAt: NaN'), /flushAt must be/],
  [withRelay('flushAfterMs: Infinity'), /flushAfterMs must be/],
  [withRelay('timeoutMs: []'), /timeoutMs must be/],
  [withRelay('timeoutMs: true'), /timeoutMs must be/],
  [withRelay('limits: 10'), /limits must be an object/],
  [withRelay('limits: { maxEvents: 0 }'), /limits\.maxEvents must be/],
  [withRelay('limits: { maxBytes: -5 }'), /limits\.maxBytes must be/],
  [withRelay("limits: { maxAgeMs: '7d' }"), /limits\.maxAgeMs must be/],
  [withRelay('limits: { maxHeld: NaN }'), /limits\.maxHeld must be/],
  [withRelay('limits: { maxEventBytes: 0 }'), /limits\.maxEventBytes must be/],
  [withRelay('limits: { maxEvent: 5 }'), /limits\.maxEvent must be absent.*maxEvents/],
  [withRelay("debug: 'yes'"), /debug must be true, false, or tellRepairs/],
  [withAdapter('lib.relay()'), /relay/],
  [withAdapter('lib.relay({})'), /relay.*endpoint/],
  [withAdapter("lib.relay({ endpoint: '' })"), /relay.*endpoint/],
  [withAdapter("lib.relay({ endpoint: '/t', name: 'a b' })"), /name/],
  [withAdapter("lib.relay({ endpoint: '/t', headers: 'x' })"), /headers/],
  [withAdapter("lib.relay({ endpoint: '/t', filter: true })"), /filter/],
  [withAdapter("lib.relay({ endpoint: '/t', rename: 'x' })"), /rename/],
  [withAdapter("lib.klaviyo({ companyId: 'pk_secret_private_key' })"), /klaviyo.*companyId/],
  [withAdapter("lib.airship({ endpoint: '/p' })"), /airship.*appKey/],
  [withAdapter("lib.airship({ appKey: 'k', token: 'secret-1' })"), /airship.*endpoint.*proxy.*relay\(/],
  [withAdapter("lib.gainsight({ endpoint: '/p' })"), /gainsight.*propertyKey/],
  [withAdapter("lib.embeddables({ endpoint: '/p', projectId: 'pr_1' })"), /embeddables.*embeddableId/],
  [withAdapter("lib.capillary({ endpoint: '/p' })"), /capillary.*events/],
];

for (const [code, named] of MISTAKES) {
  test(`a wrong option is refused by name: ${code}`, async ({ page }) => {
    await page.goto('/bare');
    expect(await page.evaluate(attempt, code)).toEqual(['TypeError', expect.stringMatching(named)]);
  });
}

const SECRETS: readonly (readonly [adapter: string, secret: string])[] = [
  ["lib.airship({ appKey: 'k', endpoint: '/p', token: 'secret-1' })", 'token'],
  ["lib.gainsight({ propertyKey: 'AP-1', endpoint: '/p', apiKey: 'secret-1' })", 'apiKey'],
  ["lib.embeddables({ projectId: 'pr_1', embeddableId: 'f_1', endpoint: '/p', apiKey: 'secret-1' })", 'apiKey'],
  ["lib.capillary({ endpoint: '/p', events: { a: [] }, token: 'secret-1' })", 'token'],
  ["lib.airship({ appKey: 'k', endpoint: '/p', clientId: 'c', clientSecret: 'secret-1' })", 'clientSecret'],
  ["lib.klaviyo({ companyId: 'ABC123', privateKey: 'secret-1' })", 'privateKey'],
  ["lib.capillary({ endpoint: 'https://x.example/webhooks/secret-1', events: { a: [] } })", 'endpoint'],
  ["lib.relay({ endpoint: '/t', headers: { Authorization: 'Bearer secret-1' } })", 'headers.Authorization'],
  ["lib.relay({ endpoint: '/t', headers: { 'X-Api-Key': 'secret-1' } })", 'headers.X-Api-Key'],
];

for (const [adapter, secret] of SECRETS) {
  test(`a secret in the browser is refused, and the safe ways are named: ${adapter}`, async ({ page }) => {
    await page.goto('/bare');
    const [name, message] = await page.evaluate(attempt, withAdapter(adapter));
    expect(name).toBe('TypeError');
    expect(message).toContain(secret);
    expect(message).toMatch(/proxy/);
    expect(message).toMatch(/relay\(/);
    expect(message).not.toContain('secret-1');
  });
}

/** Runs in the page. */
function attempt(code: string): string[] {
  try {
    // biome-ignore lint/security/noGlobalEval: the table holds code as a site's developer would write it.
    globalThis.eval(code);
    return ['nothing was thrown', ''];
  } catch (error) {
    return error instanceof Error ? [error.name, error.message] : [String(error), ''];
  }
}

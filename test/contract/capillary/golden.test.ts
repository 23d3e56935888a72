import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { startCapillary } from '../../../demo/vendors/capillary.js';
import { demoCredentials } from '../../../demo/vendors/demo-credentials.js';
import { type DefineCapillaryOptions, defineCapillaryEvents } from '../../../src/server/capillary/define-events.js';
import { closedAfterEach } from '../vendors/exchange.js';

/** One file in `golden/capillary/define/`: these definitions lead to these calls, and with these answers to these results. */
interface Golden {
  readonly title: string;
  readonly options: object;
  readonly definitions: readonly object[];
  readonly calls: readonly {
    readonly request: {
      readonly method: string;
      readonly url: string;
      readonly headers: object;
      readonly body?: object;
    };
    readonly status: number;
    readonly answer: unknown;
  }[];
  /** Problems without their words: those are for people. */
  readonly results: readonly { readonly problems?: readonly { readonly path: string; readonly code?: number }[] }[];
}

const folder = join(import.meta.dirname, '../golden/capillary/define');
const goldens = readdirSync(folder).map((file) => JSON.parse(readFileSync(join(folder, file), 'utf8')) as Golden);
const { key, secret } = demoCredentials.capillary;
const opened = closedAfterEach();

test.each(goldens)('$title', async ({ options, definitions, calls, results }) => {
  const made: unknown[] = [];
  const replay: typeof fetch = async (url, { method, headers, body } = {}) => {
    const call = calls[made.length];
    made.push({ method, url, headers, ...(body ? { body: JSON.parse(String(body)) } : {}) });
    return call ? Response.json(call.answer, { status: call.status }) : new Response('not foreseen', { status: 418 });
  };
  const defined = await defineCapillaryEvents({
    ...options,
    events: definitions,
    fetch: replay,
  } as unknown as DefineCapillaryOptions);
  expect(made).toEqual(calls.map(({ request }) => request));
  expect(defined).toHaveLength(results.length);
  for (const [index, { problems, ...result }] of results.entries()) {
    expect(defined[index]).toMatchObject(result);
    if (!problems) continue;
    const found = defined[index] as (typeof results)[number];
    expect(found.problems).toHaveLength(problems.length);
    expect(found).toMatchObject({ problems });
    // A code that is not foreseen is one too many.
    expect(found.problems?.map(({ code }) => code)).toEqual(problems.map(({ code }) => code));
  }
});

const created = goldens.flatMap(({ title, calls }) =>
  calls
    .filter(({ request, status }) => request.method === 'POST' && request.url.endsWith('/v2/events') && status === 200)
    .map(({ request }) => ({ title, definition: request.body })),
);
const refused = goldens
  .filter(({ calls }) => calls.length === 0)
  .flatMap(({ definitions, results }) =>
    definitions.map((definition, index) => ({ definition, problem: results[index]?.problems?.[0] })),
  );

test.each(created)('Capillary takes the definition of: $title', async ({ definition }) => {
  expect(await createAt(definition)).toMatchObject({ status: 200 });
});

test.each(refused)('Capillary refuses $problem.event', async ({ definition, problem }) => {
  const { status, body } = await createAt(definition);
  expect(status).toBe(400);
  if (problem?.code) expect(body).toMatchObject({ errors: [{ code: problem.code }] });
});

/** Asks the stand-in, which knows nothing of our own check. */
async function createAt(definition: unknown) {
  const { url } = await opened(startCapillary());
  const post = (path: string, body: unknown, headers = {}) =>
    fetch(url + path, {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...headers },
      body: JSON.stringify(body),
    });
  const token = (await (await post('/v3/oauth/token/generate', { key, secret })).json()) as {
    data: { accessToken: string };
  };
  const response = await post('/v2/events', definition, { 'X-CAP-API-OAUTH-TOKEN': token.data.accessToken });
  return { status: response.status, body: (await response.json()) as unknown };
}

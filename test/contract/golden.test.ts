import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import type { Acceptance, Adapter, Verdict } from '../../src/adapters/adapter.js';
import { airship } from '../../src/adapters/airship.js';
import { capillary } from '../../src/adapters/capillary.js';
import { embeddables } from '../../src/adapters/embeddables.js';
import { gainsight } from '../../src/adapters/gainsight.js';
import { klaviyo } from '../../src/adapters/klaviyo.js';
import { type KlaviyoFields, klaviyoMap } from '../../src/adapters/klaviyo-map.js';
import { relay } from '../../src/adapters/relay.js';
import { airshipServer, capillaryServer, embeddablesServer, gainsightServer } from '../../src/server/index.js';
import { klaviyoServer } from '../../src/server/klaviyo.js';
import type { HttpRequest } from '../../src/transport/http.js';
import { answer, NOW, sampleEvent } from '../unit/adapters/sample-event.js';

/** One file in `golden/<vendor>/`: these options and events make this request, and these answers mean this. */
interface Golden {
  readonly title: string;
  readonly form: 'browser' | 'server';
  readonly options: object;
  /** Changes to the sample event; one per event. */
  readonly events: readonly Parameters<typeof sampleEvent>[0][];
  readonly accepts: readonly Acceptance[];
  /** Absent when no event is `ready`. The body is the JSON that is sent; credentials of servers come from `headers()`. */
  readonly request?: Omit<HttpRequest, 'body'> & { readonly body: unknown };
  readonly answers?: readonly GoldenAnswer[];
}

interface GoldenAnswer {
  readonly status: number;
  readonly body: unknown;
  /** Which request with these events it answers; 1 when absent. */
  readonly attempt?: number;
  readonly verdict: Verdict;
}

const ADAPTERS: { readonly [vendor: string]: { readonly [form in Golden['form']]?: (options: never) => Adapter } } = {
  airship: {
    browser: (options) => airship(options).adapter,
    server: (options) => airshipServer(options).adapter,
  },
  capillary: {
    browser: (options) => capillary(options).adapter,
    server: (options) => capillaryServer(options).adapter,
  },
  embeddables: {
    browser: (options) => embeddables(options).adapter,
    server: (options) => embeddablesServer(options).adapter,
  },
  gainsight: {
    browser: (options) => gainsight(options).adapter,
    server: (options) => gainsightServer(options).adapter,
  },
  klaviyo: {
    browser: (options) => klaviyo(withMap(options)).adapter,
    server: (options) => klaviyoServer(withMap(options)).adapter,
  },
  relay: { browser: (options) => relay(options).adapter },
};

/** A function has no place in JSON, so goldens name what it returns. */
const withMap = ({ fields, ...options }: { readonly fields?: KlaviyoFields }) =>
  ({ ...options, ...(fields && { map: klaviyoMap(() => fields) }) }) as never;

const folder = join(import.meta.dirname, 'golden');

describe.each(readdirSync(folder))('%s', (vendor) => {
  // Folders in it are about other things than events.
  const files = readdirSync(join(folder, vendor)).filter((file) => file.endsWith('.json'));
  const cases = files.map((file) => JSON.parse(readFileSync(join(folder, vendor, file), 'utf8')) as Golden);

  test.each(cases)('$title', ({ form, options, events, accepts, request, answers = [] }) => {
    const adapter = ADAPTERS[vendor]?.[form]?.(options as never);
    if (!adapter) throw new Error(`no ${form} form of ${vendor} in this test`);
    const context = { now: NOW, unclear: false, attempt: 1 };
    const batch = events.map((changes) => sampleEvent(changes));
    expect(batch.map((event) => adapter.accepts(event, NOW))).toEqual(accepts);
    const ready = batch.filter((_, index) => accepts[index] === 'ready');
    expect(ready.length > 0).toBe(request !== undefined);
    if (request) {
      const { body, ...rest } = adapter.toRequest(ready, context);
      expect({ ...rest, body: JSON.parse(body) }).toEqual(request);
    }
    for (const { status, body, attempt = 1, verdict } of answers) {
      const judged = adapter.judge(answer(status, body), ready, { ...context, attempt });
      expect(judged, `${status} ${JSON.stringify(body)}`).toEqual(verdict);
    }
  });
});

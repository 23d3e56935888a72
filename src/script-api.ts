import type { Destination } from './adapters/adapter.js';
import type { Tracker, TrackerOptions } from './api.js';
import type { ConsentOptions } from './consent/choices.js';
import type { ConsentChoice } from './consent/gate.js';
import { type RedactionOptions, redaction } from './event/redaction-rules.js';
import type { CookieOptions } from './visitor/cookie-storage.js';

/** A call as the inline stub notes it: when, and with what. */
type Call = readonly [time: number, args: ArrayLike<unknown>];

/** The global function, before and after the script has loaded. */
interface Global {
  (...args: unknown[]): unknown;
  q: { push(call: Call): unknown };
  /** The tracker, once `init` was called. */
  tracker?: Tracker | undefined;
}

/** Of an adapter only this is known here: it makes a destination of what the page gave it, or throws. */
type Adapters = { readonly [name: string]: (options: never) => Destination };
type Build = (options: BuildOptions, now: () => number) => Tracker | undefined;

/** The options of `init`, with the destinations made. */
export interface BuildOptions extends Omit<TrackerOptions, 'consent' | 'redaction' | 'storage'> {
  /** What holds until `tracklet('consent', …)` says what the visitor chose. Default `granted`. */
  consent?: ConsentChoice;
  consentOptions?: ConsentOptions;
  /** The site's own names of what is a secret, and of what is not. */
  redaction?: RedactionOptions;
  /** Where visitor and session are kept: nowhere, or in cookies of this host or of `domain`. Default: localStorage. */
  storage?: 'memory' | CookieOptions;
}

/** The page's options of a destination, in which rules of redaction are lists. */
type Settings = { readonly redaction?: RedactionOptions };

/**
 * Makes the global `tracklet(method, …arguments)`, replays what the stub has noted, each call at its own time, and
 * starts by itself if the script tag says how: `data-klaviyo="ABC123"`, `data-relay="/t"`, `data-name`,
 * `data-page-views`, `data-consent`, `data-debug`, or all options as JSON in `data-options`.
 */
export function startScript(adapters: Adapters, build: Build): void {
  const scope = window as unknown as { tracklet?: Global };
  const noted = scope.tracklet?.q as unknown as Iterable<Call> | undefined;
  // Loaded twice: the first one is at work.
  if (scope.tracklet && !Array.isArray(noted)) return;

  const waiting: Call[] = [];
  let replayed: number | undefined;
  const now = () => replayed ?? Date.now();

  const init = (given: unknown): void => {
    if (global.tracker) throw new TypeError("tracklet: 'init' was called before; call tracklet('close') first");
    const options = given as { destinations?: { [name: string]: Settings } };
    const destinations = Object.entries(options?.destinations ?? {}).map(
      ([name, { redaction: rules, ...settings }]) => {
        const adapter = adapters[name];
        if (!adapter) {
          const known = Object.keys(adapters).join(', ');
          throw new TypeError(`tracklet: destinations.${name} is not known. For example: one of ${known}`);
        }
        return adapter({ ...settings, ...(rules && { redaction: redaction(rules) }) } as never);
      },
    );
    global.tracker = build({ ...options, destinations }, now);
    for (const call of waiting.splice(0)) run(call);
  };

  const run = ([time, args]: Call): unknown => {
    const [method, ...rest] = Array.from(args);
    try {
      replayed = time;
      if (method === 'init') return init(rest[0]);
      const { tracker } = global;
      if (!tracker) return waiting.push([time, args]);
      const verb = method as 'track';
      if (typeof tracker[verb] !== 'function') throw new TypeError(`tracklet: '${String(method)}' is not a method`);
      const result: unknown = (tracker[verb] as (...values: unknown[]) => unknown)(...rest);
      if (method === 'close') delete global.tracker;
      return result;
    } catch (error) {
      // The stub's callers expect nothing back, and a page must not break because its tracker is misused.
      console.error(error);
      return undefined;
    } finally {
      replayed = undefined;
    }
  };

  const global: Global = Object.assign((...args: unknown[]) => run([Date.now(), args]), { q: { push: run } });
  scope.tracklet = global;
  const settings = readAttributes(document.currentScript?.dataset ?? {});
  if (settings) run([Date.now(), ['init', settings]]);
  for (const call of noted ?? []) run(call);
}

/** The options that the attributes of the script tag stand for; undefined when there are none. Pure. */
export function readAttributes(data: { readonly [name: string]: string | undefined }): object | undefined {
  const { klaviyo, relay, name, pageViews, consent, debug, options } = data;
  if (options === undefined && klaviyo === undefined && relay === undefined) return undefined;
  let given: { destinations?: object } = {};
  try {
    given = JSON.parse(options || '{}') as object;
  } catch {
    console.error('tracklet: data-options must be JSON. For example: {"destinations":{"relay":{"endpoint":"/t"}}}');
  }
  return {
    ...given,
    ...(name !== undefined && { name }),
    ...(pageViews !== undefined && { pageViews }),
    ...(consent !== undefined && { consent }),
    ...(debug !== undefined && { debug: debug !== 'false' }),
    destinations: {
      ...given.destinations,
      ...(klaviyo !== undefined && { klaviyo: { companyId: klaviyo } }),
      ...(relay !== undefined && { relay: { endpoint: relay } }),
    },
  };
}

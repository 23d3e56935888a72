import { check } from '../../adapters/check.js';
import { checkAddress } from '../check-server-option.js';
import { isRecord, readAt } from '../read-json.js';
import { createToken } from '../token.js';
import { checkDefinitions } from './check-definitions.js';
import { compareDefinitions, type DefinitionDifference } from './compare-definitions.js';
import { type CapillaryCredentials, checkCredentials, fetchCapillaryToken } from './credentials.js';
import type { CapillaryDefinition, DefinitionProblem } from './definition.js';
import { createDefinitionApi, type DefinitionApi, type Reply } from './definition-api.js';

export type DefineCapillaryOptions = CapillaryCredentials & {
  /** Your cluster: `https://eu.api.capillarytech.com`, with `us`, `apac` (India), `apac2`, or `.cn.com` in its place. */
  readonly endpoint: string;
  readonly events: readonly CapillaryDefinition[];
  /** Says what would be created, and creates nothing. Default false. */
  readonly dryRun?: boolean;
  /** Longest wait in ms for one answer. Default 15,000. */
  readonly timeoutMs?: number;
  /** Default: the global `fetch`. */
  readonly fetch?: typeof fetch;
};

/** What became of one definition, or would. */
export type DefinitionOutcome =
  | { readonly outcome: 'created'; readonly note?: string }
  /** Only in a dry run. `note` says, as after a creation, that there are more events now than Capillary keeps active. */
  | { readonly outcome: 'would-create'; readonly note?: string }
  /**
   * As it is here; `status` is Capillary's (`PUBLISHED` …). `uncompared` says why nobody could look whether it is, when
   * the credential may create events but not read them.
   */
  | { readonly outcome: 'exists'; readonly status?: string; readonly uncompared?: string }
  /** Left as it is: a replacement would remove what it leaves out, and published attributes cannot be changed (C-SET). */
  | { readonly outcome: 'differs'; readonly status?: string; readonly differences: readonly DefinitionDifference[] }
  /** Breaks a rule. `reason` is Capillary's, when only Capillary knows the rule; then `problems` is empty. */
  | { readonly outcome: 'refused'; readonly problems: readonly DefinitionProblem[]; readonly reason?: string }
  /** Nobody can say: no answer, a wrong credential, an outage. */
  | { readonly outcome: 'failed'; readonly reason: string };

export type DefinitionResult = DefinitionOutcome & { readonly eventName: string };

const NAME_TAKEN = 1806;
const MAX_ACTIVE = 10; // C-SET, of an organisation's own

/**
 * Makes sure that these events are defined at Capillary: creates what is missing, compares what is there, changes nothing.
 * Run it where you build or deploy, never in a page: it needs a secret. Resolves to one result per event, in their order;
 * a network or a vendor that fails is a result too. Events are created as drafts: testing and publishing them stays yours.
 *
 * @throws (rejects) TypeError when an option is wrong. A wrong definition is a result, `refused`.
 */
export async function defineCapillaryEvents(options: DefineCapillaryOptions): Promise<DefinitionResult[]> {
  const { endpoint, events, dryRun = false, timeoutMs = 15_000, fetch: fetchWith = fetch } = options;
  checkAddress('defineCapillaryEvents({ endpoint })', endpoint);
  checkCredentials('defineCapillaryEvents', options);
  check('defineCapillaryEvents({ events })', Array.isArray(events) && events.length > 0, 'a list of definitions');

  const problems = checkDefinitions(events);
  const problemsOf = (index: number) => problems.filter(({ path }) => path.startsWith(`[${index}]`));
  const { token } = options;
  const api = createDefinitionApi({
    endpoint,
    timeoutMs,
    fetch: fetchWith,
    token:
      token === undefined
        ? createToken(() => fetchCapillaryToken(endpoint, options, timeoutMs, fetchWith))
        : async () => token,
    wait: (ms) => new Promise((resolve) => setTimeout(resolve, ms)),
    secrets: [options.key, options.secret, options.token].filter((secret) => secret !== undefined),
  });

  const results: DefinitionResult[] = [];
  let known: Known | undefined;
  let outage: Reply | undefined;
  for (const [index, definition] of events.entries()) {
    const broken = problemsOf(index);
    const eventName = String(readAt(definition, 'eventName') ?? '');
    if (broken.length > 0) {
      results.push({ eventName, outcome: 'refused', problems: broken });
      continue;
    }
    known ??= await readKnown(api);
    outage ??= known.outage;
    if (outage?.kind === 'failed') {
      results.push({ eventName, outcome: 'failed', reason: outage.reason });
      continue;
    }
    const [outcome, reply] = await define(api, definition, known, dryRun);
    if (isOutage(reply)) outage = reply;
    results.push({ eventName, ...outcome, ...noteOn(outcome, known, results) });
  }
  return results;
}

/** What is at Capillary already; without `events`, what kept us from reading it. */
interface Known {
  readonly events?: ReadonlyMap<string, unknown>;
  readonly unreadable?: string;
  readonly outage?: Reply;
}

async function readKnown(api: DefinitionApi): Promise<Known> {
  const reply = await api.list();
  if (isOutage(reply)) return { outage: reply };
  if (reply.kind !== 'ok') return { unreadable: reply.reason };
  const list = readAt(reply.json, 'data');
  if (!Array.isArray(list)) return { unreadable: 'the list of events has no data' };
  const metas = list.map((entry) => readAt(entry, 'clickEventsMeta')).filter(isRecord);
  return { events: new Map(metas.map((meta) => [String(meta.eventName), meta])) };
}

async function define(
  api: DefinitionApi,
  definition: CapillaryDefinition,
  { events, unreadable = '' }: Known,
  dryRun: boolean,
): Promise<[DefinitionOutcome, Reply?]> {
  const existing = events?.get(definition.eventName);
  if (existing) return [compared(definition, existing)];
  if (dryRun) return [events ? { outcome: 'would-create' } : { outcome: 'failed', reason: unreadable }];
  const reply = await api.create(definition);
  if (reply.kind === 'ok') return [{ outcome: 'created' }];
  if (reply.kind === 'failed') return [{ outcome: 'failed', reason: reply.reason }, reply];
  if (!reply.codes.includes(NAME_TAKEN)) return [{ outcome: 'refused', problems: [], reason: reply.reason }];
  // Not in the list and there all the same: created just now, by somebody else or by a try without an answer.
  const found = await api.find(definition.eventName);
  const meta = found.kind === 'ok' ? readAt(found.json, 'clickEventsMeta') : undefined;
  if (isRecord(meta)) return [compared(definition, meta)];
  return [{ outcome: 'exists', uncompared: found.kind === 'ok' ? 'its answer has no event' : found.reason }];
}

/** Whether drafts count is not documented, so one that makes too many is created, and told of. */
function noteOn({ outcome }: DefinitionOutcome, { events }: Known, before: readonly DefinitionResult[]) {
  const isNew = (its: DefinitionOutcome['outcome']) => its === 'created' || its === 'would-create';
  if (!events || !isNew(outcome)) return {};
  const own = [...events.values()].filter(isActive).length;
  const count = own + before.filter((result) => isNew(result.outcome)).length + 1;
  if (count <= MAX_ACTIVE) return {};
  return { note: `that makes ${count} events of the organisation; ${MAX_ACTIVE} can be active at a time` };
}

/** Standard events are Capillary's own, and those that are disabled do not count (C-SET). How these look is not documented. */
const isActive = (meta: unknown): boolean =>
  readAt(meta, 'standardEvent') !== true && !/^DISABLED$/i.test(String(readAt(meta, 'status')));

function compared(definition: CapillaryDefinition, existing: unknown): DefinitionOutcome {
  const differences = compareDefinitions(definition, existing);
  const its = readAt(existing, 'status');
  const status = typeof its === 'string' ? { status: its } : {};
  return differences.length > 0 ? { outcome: 'differs', ...status, differences } : { outcome: 'exists', ...status };
}

/** Whether it would be the same with every other call: no answer, no valid credential, a vendor that is unwell. */
const isOutage = (reply: Reply | undefined): boolean =>
  reply?.kind === 'failed' && (reply.status === undefined || /^(401|408|429|5..)$/.test(String(reply.status)));

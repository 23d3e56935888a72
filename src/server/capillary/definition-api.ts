import { post } from '../../adapters/post.js';
import { retryAfterMs } from '../../delivery/retry-after.js';
import { isRecord, parseJson, readAt } from '../read-json.js';
import { request } from '../request.js';
import type { CapillaryDefinition } from './definition.js';

/** What Capillary said to one call. */
export type Reply =
  | { readonly kind: 'ok'; readonly json: unknown }
  /** Its codes, like 1806, in an answer of whatever status; 0 for an error without one. */
  | { readonly kind: 'codes'; readonly codes: readonly number[]; readonly reason: string }
  /** `status` is absent when there was no answer, or no token to ask with. */
  | { readonly kind: 'failed'; readonly reason: string; readonly status?: number };

export interface DefinitionApi {
  /** Every event of the organisation, standard ones too (C-REF get-org-all-events). */
  list(): Promise<Reply>;
  /** One event (C-REF get-events-meta). */
  find(eventName: string): Promise<Reply>;
  create(definition: CapillaryDefinition): Promise<Reply>;
}

export interface DefinitionApiOptions {
  readonly endpoint: string;
  readonly token: () => Promise<string>;
  readonly timeoutMs: number;
  readonly fetch: typeof fetch;
  readonly wait: (ms: number) => Promise<void>;
  /** Credentials: servers echo what they were sent, so they are blotted out of every reason. */
  readonly secrets: readonly string[];
}

/** A call is made so often before it counts as failed. Creating an event twice does no harm: 1806 says so. */
const TRIES = 3;
const FIRST_WAIT_MS = 500;
/** Longer than this nobody waits at a command line. */
const MAX_WAIT_MS = 30_000;

export function createDefinitionApi(options: DefinitionApiOptions): DefinitionApi {
  async function call(path: string, definition?: CapillaryDefinition): Promise<Reply> {
    let token: string;
    try {
      token = await options.token();
    } catch (error) {
      const { cause = error } = error as { cause?: unknown };
      return { kind: 'failed', reason: blot(cause instanceof Error ? cause.message : String(cause), options.secrets) };
    }
    const url = options.endpoint + path;
    const headers = { Accept: 'application/json', 'X-CAP-API-OAUTH-TOKEN': token };
    const asked = definition ? post(url, definition, headers) : { url, method: 'GET' as const, headers };
    for (let tries = 1; ; tries++) {
      const answer = await request(asked, options.timeoutMs, options.fetch);
      const mayPass = 'failure' in answer || /^(408|429|5..)$/.test(String(answer.status));
      if (!mayPass || tries === TRIES) return readReply(answer, [...options.secrets, token]);
      const askedMs = 'failure' in answer ? undefined : retryAfterMs(answer.header('retry-after'), Date.now());
      await options.wait(Math.min(askedMs ?? FIRST_WAIT_MS * 2 ** (tries - 1), MAX_WAIT_MS));
    }
  }

  return {
    list: () => call('/v2/events'),
    find: (eventName) => call(`/v2/events/meta?event_name=${encodeURIComponent(eventName)}`),
    create: (definition) => call('/v2/events', definition),
  };
}

function readReply(answer: Awaited<ReturnType<typeof request>>, secrets: readonly string[]): Reply {
  if ('failure' in answer) return { kind: 'failed', reason: blot(answer.failure, secrets) };
  const { status, body } = answer;
  const json = parseJson(body);
  const reason = blot(`${status} ${body}`.trim(), secrets).slice(0, 200);
  // Of the credential, or of a server that is unwell: whatever it lists, it says nothing of the definition.
  if (/^(401|403|408|429|5..)$/.test(String(status))) return { kind: 'failed', reason, status };
  const codes = codesIn(json);
  if (codes.length > 0) return { kind: 'codes', codes, reason };
  if (status < 200 || status > 299) return { kind: 'failed', reason, status };
  // A login page or a catch-all route says 200 too.
  return isRecord(json) ? { kind: 'ok', json } : { kind: 'failed', reason: `no JSON: ${reason}`, status };
}

/** Only the empty list of a success is documented: codes are looked for where that is, and where occurrences have theirs. */
function codesIn(json: unknown): number[] {
  const errors = readAt(json, 'errors');
  const listed = (Array.isArray(errors) ? errors : []).map((error) => Number(readAt(error, 'code')) || 0);
  const code = Number(readAt(json, 'status', 'code'));
  return code >= 1_800 && code < 1_900 ? [...listed, code] : listed;
}

/** Shorter ones would blot parts of words, and are none that anybody issues. */
const MIN_SECRET_LENGTH = 8;

const blot = (text: string, secrets: readonly string[]): string =>
  secrets
    .filter(({ length }) => length >= MIN_SECRET_LENGTH)
    .reduce((blotted, secret) => blotted.replaceAll(secret, '***'), text);

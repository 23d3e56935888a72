import { readFileSync } from 'node:fs';
import { checkDefinitions } from '../server/capillary/check-definitions.js';
import { type DefinitionResult, defineCapillaryEvents } from '../server/capillary/define-events.js';
import type { CapillaryDefinition } from '../server/capillary/definition.js';
import { readArguments } from './read-arguments.js';
import { reportLines, sayProblem } from './report.js';
import { usage } from './usage.js';

export interface Io {
  readonly env: Readonly<Record<string, string | undefined>>;
  out(text: string): void;
  error(text: string): void;
}

const STANDARD_INPUT = 0;

/** `tracklet capillary define`: returns the exit code that `usage` promises. */
export async function defineCommand(words: readonly string[], { env, out, error }: Io): Promise<number> {
  const told = readArguments(words, env);
  if (typeof told === 'string') {
    error(`tracklet: ${told}\n\n${usage}`);
    return 2;
  }
  const events = readDefinitions(told.file);
  if (typeof events === 'string') {
    error(`tracklet: ${events}`);
    return 2;
  }
  const { endpoint = '', key, secret, token, dryRun, timeoutMs } = told;
  let results: DefinitionResult[];
  try {
    const credentials = token ? { token } : { key: key ?? '', secret: secret ?? '' };
    results = await defineCapillaryEvents({ ...credentials, endpoint, events, dryRun, timeoutMs });
  } catch (wrong) {
    if (!(wrong instanceof TypeError)) throw wrong;
    const names = 'CAPILLARY_ENDPOINT, and CAPILLARY_KEY with CAPILLARY_SECRET or CAPILLARY_TOKEN';
    error(`${wrong.message}\nThe options come from ${names}, or from flags: see --help.`);
    return 2;
  }
  for (const line of reportLines(results, told.file)) out(line);
  return exitCodeOf(results);
}

/** The list of definitions, or what is wrong with the file. */
function readDefinitions(file: string): readonly CapillaryDefinition[] | string {
  let text: string;
  try {
    text = readFileSync(file === '-' ? STANDARD_INPUT : file, 'utf8');
  } catch (error) {
    return `${file} cannot be read: ${error instanceof Error ? error.message : error}`;
  }
  let events: unknown;
  try {
    // Some editors begin a file with a mark that is no JSON.
    events = JSON.parse(text.replace(/^\uFEFF/, ''));
  } catch (error) {
    return `${file} is not JSON: ${error instanceof Error ? error.message : error}`;
  }
  // What is wrong with single events is reported beside the others.
  const whole = checkDefinitions(events).find(({ path }) => path === '');
  return whole ? sayProblem(whole, file) : (events as readonly CapillaryDefinition[]);
}

function exitCodeOf(results: readonly DefinitionResult[]): number {
  const has = (...outcomes: DefinitionResult['outcome'][]) => results.some(({ outcome }) => outcomes.includes(outcome));
  if (has('refused', 'failed', 'differs')) return 1;
  return has('would-create') ? 3 : 0;
}

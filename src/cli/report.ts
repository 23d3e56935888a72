import type { DefinitionResult } from '../server/capillary/define-events.js';
import type { DefinitionProblem } from '../server/capillary/definition.js';

const WORDS: { readonly [Outcome in DefinitionResult['outcome']]: string } = {
  created: '+ created',
  'would-create': '+ would be created',
  exists: '= exists',
  differs: '~ differs',
  refused: '! refused',
  failed: '? failed',
};

/** One line per event, what is to say of it below, and a line that adds up. */
export function reportLines(results: readonly DefinitionResult[], file: string): string[] {
  const width = Math.max(...Object.values(WORDS).map(({ length }) => length));
  const lines = results.flatMap((result) => [
    `${WORDS[result.outcome].padEnd(width)}  ${result.eventName || '(no name)'}${statusOf(result)}`,
    ...detailsOf(result, file).map((line) => `    ${line}`),
  ]);
  const counts = Object.entries(WORDS)
    .map(([outcome, words]) => [words.slice(2), results.filter((result) => result.outcome === outcome).length] as const)
    .filter(([, count]) => count > 0)
    .map(([words, count]) => `${count} ${words}`);
  return [...lines, '', counts.join(', ')];
}

/** `events.json [0].fields[2].type: …`. */
export function sayProblem({ path, event, field, code, rule, fix }: DefinitionProblem, file: string): string {
  const about = [event && `event ${event}`, field && `field ${field}`].filter(Boolean).join(', ');
  return `${file} ${path || '(the whole file)'}: ${about && `${about}: `}${rule}; ${fix}${code ? ` (Capillary: ${code})` : ''}`;
}

const statusOf = (result: DefinitionResult): string =>
  'status' in result && result.status ? ` (${result.status})` : '';

function detailsOf(result: DefinitionResult, file: string): string[] {
  switch (result.outcome) {
    case 'created':
    case 'would-create':
      return result.note === undefined ? [] : [result.note];
    case 'exists':
      return result.uncompared === undefined ? [] : [`not compared with the file: ${result.uncompared}`];
    case 'differs':
      return [
        ...result.differences.flatMap(({ path, here, there }) => [
          path,
          `  - Capillary: ${there ?? '(absent)'}`,
          `  + ${file}: ${here ?? '(absent)'}`,
        ]),
        'left as it is: change the file, or the event in Capillary (published attributes cannot be changed)',
      ];
    case 'refused':
      return [
        ...result.problems.map((problem) => sayProblem(problem, file)),
        ...(result.reason ? [`Capillary: ${result.reason}`] : []),
      ];
    case 'failed':
      return [result.reason];
    default:
      return result satisfies never;
  }
}

import { kindsTaken, oldestTaken, visitorsTaken } from './ask-accepts.js';
import { answersByOutcome } from './ask-judge.js';
import { longestList, longestName, longestText, mostDecimals, mostProperties } from './ask-limits.js';
import { type VendorForm, vendorForms } from './vendor-forms.js';

const NAME = 'Plan Chosen';

const number = (value: number): string => value.toLocaleString('en');

/** `docs/vendors.md`, asked from the adapters. */
export function vendorPage(): string {
  const answers = new Map(vendorForms.map((form) => [form, answersByOutcome(form)]));
  // Of those that change their mind, for which there is no column of their own.
  const changing = (form: VendorForm): string =>
    [...(answers.get(form) ?? [])]
      .filter(([outcome]) => outcome.includes(', then '))
      .map(([outcome, words]) => `${words}: ${outcome}`)
      .join('; ');
  const answer =
    (...outcomes: string[]) =>
    (form: VendorForm): string =>
      outcomes
        .map((outcome) => answers.get(form)?.get(outcome) ?? '')
        .filter(Boolean)
        .join('; ');

  return `# Vendors

Written by \`npm run docs\`, which asks each adapter instead of describing it; a test fails when this page is out of date.
The first column is the function to call: \`klaviyo()\` and its like are for pages, the \`…Server()\` ones hold a secret.

## Limits, repeats and answers

Statuses are HTTP's, with an empty body unless it says otherwise. What is *taken* is removed from the queue. *Paused* keeps
everything until credentials or configuration change. *Retried* keeps everything and backs off. What is *refused* is taken
apart until the culprit is alone, which is dropped with its reason; where the vendor names the culprit it goes at once.
Capillary and a relay ignore repeats where the site says so: \`capillary({ uniqueAttribute })\`, for a webhook that was created
with \`uniquenessCheckEnabled\`, and \`relay({ deduplicates })\`. What is here is the default.

${table({
  Call: ({ factory }) => `\`${factory}()\``,
  'Events a request': ({ adapter }) => number(adapter().maxEvents),
  'Bytes a request': ({ adapter }) => number(adapter().maxBytes),
  'Requests at most': ({ adapter }) => rateOf(adapter().rate),
  'A repeat': ({ adapter }) => (adapter().deduplicates ? 'is ignored there' : 'would count twice'),
  Taken: answer('delivered'),
  Paused: answer('pause'),
  Retried: answer('retry'),
  'Retried for a while': changing,
  'Refused, culprit unknown': answer('split'),
  'Refused, culprit named': answer('drop'),
})}

## Events and visitors

Other kinds of event have no place there, which is not a loss. A visitor of whom nothing of this is known is held, and
delivered once \`identify()\` says it. Younger than the oldest is always taken; a time in the future becomes now.

${table({
  Call: ({ factory }) => `\`${factory}()\``,
  Kinds: ({ adapter }) => kindsTaken(adapter()),
  'Needs to know': ({ adapter }) => visitorsTaken(adapter()),
  'Oldest event': ({ adapter }) => oldestTaken(adapter()),
  [`\`${NAME}\` becomes`]: ({ adapter }) => `\`${adapter().wireName?.(NAME) ?? NAME}\``,
})}

## What is brought within limits

The most that is sent as it is; more is cut, left out, or made JSON text, and \`debug: tellRepairs\` says so. In pages the
tracker itself keeps less: texts of 8,192 characters, 396 properties, lists of 396, and events of 32,768 bytes. No number
means that nothing published limits it, or that the tracker's own limit comes first. Of Airship's 100 properties and PX's 50
the adapters use some themselves.

${table({
  Call: ({ factory }) => `\`${factory}()\``,
  'Characters of a name': ({ adapter }) => longestName(adapter()),
  'Characters of a text': ({ adapter }) => longestText(adapter()),
  Properties: ({ adapter }) => mostProperties(adapter()),
  'Elements of a list': ({ adapter }) => longestList(adapter()),
  'Decimals of a value': ({ adapter }) => mostDecimals(adapter()),
})}
`;
}

function rateOf(rate: ReturnType<VendorForm['adapter']>['rate'] = []): string {
  return rate
    .map(({ requests, perMs, minEvents = 1 }) => {
      const span = perMs === 1_000 ? 'a second' : perMs === 60_000 ? 'a minute' : `in ${number(perMs)} ms`;
      return `${number(requests)} ${span}${minEvents > 1 ? ` with ${minEvents} events or more` : ''}`;
    })
    .join(', ');
}

function table(columns: Readonly<Record<string, (form: VendorForm) => string>>): string {
  const row = (cells: readonly string[]) =>
    `| ${cells.map((cell) => (cell || '–').replaceAll('|', '\\|')).join(' | ')} |`;
  const titles = Object.keys(columns);
  return [
    row(titles),
    row(titles.map(() => '---')),
    ...vendorForms.map((form) => row(Object.values(columns).map((cell) => cell(form)))),
  ].join('\n');
}

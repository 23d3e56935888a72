import type { ScriptOptions } from '../../../src/script.js';

/** Events of the tracker that pages note in `told`. */
const NOTED = ['degraded', 'paused', 'dropped', 'retry', 'delivered', 'trimmed'];

/** A page with `lib` and, if there are options, the tracker that they ask for; `script` runs in the same task. */
export const modulePage = (title: string, options?: ScriptOptions, script = ''): string => `<!doctype html>
<title>${title}</title>
<script src="/library.js"></script>
<script>${options ? start(options) : ''}${script}</script>`;

/** Options are those of the script tag, where destinations go by the name of their adapter. */
const start = (options: ScriptOptions) => `
  var told = [];
  var { destinations, consent, consentOptions, redaction, ...options } = ${JSON.stringify(options)};
  var tracker = lib.createTracker({
    ...options,
    ...(consent && { consent: lib.consent(consent, consentOptions) }),
    ...(redaction && { redaction: lib.redaction(redaction) }),
    destinations: Object.entries(destinations).map(([name, settings]) => lib[name](settings)),
  });
  for (const name of ${JSON.stringify(NOTED)}) tracker.on(name, (detail) => told.push([name, detail]));
`;

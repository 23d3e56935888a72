import { ACCEPT, HANG } from '../answers.js';
import type { Round } from '../round.js';
import { BARE_PUTS_LOST, type Scenario } from '../scenario.js';
import { hung, visited, withheld } from './steps.js';

/** When the process dies: as `track()` returns, in a microtask of that task, or some ms later. */
type Moment = 'now' | 'microtask' | number;

/** Opens a database of the page's own, beside the library's. */
const openBare = (round: Round): string => `
  const opening = indexedDB.open('bare ' + ${JSON.stringify(round.site.options.name)});
  opening.onupgradeneeded = () => opening.result.createObjectStore('rows');
  window.bare = await new Promise((resolve, reject) => {
    opening.onsuccess = () => resolve(opening.result);
    opening.onerror = () => reject(opening.error);
  });
`;
/** What any page can do, after all events were tracked: as many rows, put and committed in this task. */
const putBare = (round: Round): string => `
  const transaction = bare.transaction('rows', 'readwrite');
  for (let row = 1; row <= ${round.events * round.site.vendors.length}; row++) {
    transaction.objectStore('rows').put({ id: 'there', time: Date.now(), url: location.href, text: 'as an event' }, row);
  }
  transaction.commit();
`;
const READ_BARE = `
  const request = bare.transaction('rows').objectStore('rows').count();
  return new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });
`;

/** Tracks in one task and asks for `/exit`, which is where the scenario ends the process; the answer never comes. */
const trackAndAsk = (round: Round, moment: Moment, more = ''): string => {
  const ask = "lab.askNow('/exit');";
  const track = `${round.tracking()} ${more}`;
  if (moment === 'now') return track + ask;
  const later = moment === 'microtask' ? 'Promise.resolve().then(ask)' : `setTimeout(ask, ${moment})`;
  return `const ask = () => { ${ask} }; ${track} ${later};`;
};

const killRenderer = (key: string, title: string, moment: Moment, limits: Scenario['limits'] = {}): Scenario => ({
  key,
  title,
  limits,
  fast: moment === 'now',
  needs: ['kill the renderer'],
  async run(round) {
    const tab = await visited(round);
    const kill = await tab.prepareKill();
    const killed = new Promise<void>((resolve, reject) => {
      round.site.calls.set('/exit', () => {
        kill().then(resolve, reject);
        return 'hang';
      });
    });
    // Nobody hears again of code that ran in a page whose process died.
    void round.leave(tab, trackAndAsk(round, moment));
    await killed;
    return undefined;
  },
});

const killBrowser = (
  key: string,
  title: string,
  moment: Moment,
  hangs: boolean,
  limits: Scenario['limits'] = {},
): Scenario => ({
  key,
  title,
  limits,
  async run(round) {
    const tab = await visited(round);
    await tab.run(openBare(round));
    const { collector, calls } = round.site;
    const answer = collector.answer;
    if (hangs) collector.answer = () => HANG;
    const killed = new Promise<void>((resolve, reject) => {
      calls.set('/exit', () => {
        round.kill().then(resolve, reject);
        return 'hang';
      });
    });
    // Nobody hears again of code that ran in a page whose process died.
    void round.leave(tab, trackAndAsk(round, moment, putBare(round)));
    await killed;
    collector.answer = answer;
    const bare = await round.open('/bare/row');
    await bare.run(openBare(round));
    round.notes[BARE_PUTS_LOST] = (await bare.run(READ_BARE)) === 0 ? 1 : 0;
    await bare.close();
    return undefined;
  },
});

const killInFlight: Scenario = {
  key: 'kill-in-flight',
  title: "the page's process is killed with requests on their way, which the vendors take",
  needs: ['kill the renderer'],
  async run(round) {
    const tab = await visited(round);
    const kill = await tab.prepareKill();
    const answered = withheld(round);
    await tab.run(`${round.tracking()} void lab.tracker.flush();`);
    await round.when('a request to each vendor', () => answered.asked() === round.site.vendors.length);
    await kill();
    answered.now();
    return undefined;
  },
};

const killHanging: Scenario = {
  key: 'kill-hanging',
  title: "the page's process is killed after a vendor has hung for four seconds, having taken nothing",
  needs: ['kill the renderer'],
  async run(round) {
    const tab = await visited(round);
    const kill = await tab.prepareKill();
    await hung(round, tab);
    await kill();
    round.site.collector.answer = () => ACCEPT;
    return undefined;
  },
};

const TOO_SOON =
  'on a busy machine 5 ms are not always enough for what one process handed to another, bare puts included';
const NO_TURN = 'a put leaves the process with a later turn of its loop, which never comes';

/** A process dies, and nobody says goodbye. */
export const killing: readonly Scenario[] = [
  killRenderer('kill-renderer-now', "the page's process is killed as track() returns", 'now'),
  killRenderer('kill-renderer', "the page's process is killed in the same task", 'microtask'),
  killRenderer('kill-renderer-later', "the page's process is killed 5 ms later", 5),
  killInFlight,
  killHanging,
  killBrowser('kill-browser-now', 'the browser is killed in the same task', 'microtask', false, {
    chromium: 'what one process handed to another dies with both: about one round in twenty',
    firefox: 'what one process handed to another dies with both',
    webkit: NO_TURN,
  }),
  killBrowser('kill-browser', 'the browser is killed 5 ms later, the vendors hanging', 5, true, {
    chromium: TOO_SOON,
    firefox: TOO_SOON,
    webkit: 'a put reaches the disk by another process, which dies too; a bare put of the same task is lost with it',
  }),
];

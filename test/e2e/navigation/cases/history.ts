import { leave, type NavigationCase, until } from '../case.js';

const push = (to: string) => `history.pushState({}, '', '${to}')`;
const replace = (to: string) => `history.replaceState({}, '', '${to}')`;
/** Long enough for a view to have been told. */
const grown = until('new Promise((resolve) => setTimeout(resolve, 1_100, true))');
const at = (path: string) => until(`location.pathname + location.search + location.hash === '${path}'`);
/** Done on the first page alone. */
const atStart = (event: 'DOMContentLoaded' | 'load', code: string) =>
  `if (location.pathname === '/start') addEventListener('${event}', () => { ${code} });`;

/** Pages that change their address by themselves; played with the Navigation API and, where there is one, without. */
export const history: readonly NavigationCase[] = [
  {
    name: 'a pushed address is a view, and knows the one before',
    fast: true,
    steps: [push('/a')],
    expected: ['view 1 /start', 'view 2 /a < /start'],
  },
  {
    name: 'a chain of views, each with the one before',
    steps: [push('/a'), push('/b'), push('/c')],
    expected: ['view 1 /start', 'view 2 /a < /start', 'view 3 /b < /a', 'view 4 /c < /b'],
  },
  {
    name: 'the same address pushed again is no view',
    steps: [push('/a'), push('/a'), grown, push('/a')],
    expected: ['view 1 /start', 'view 2 /a < /start'],
  },
  { name: 'the address of the page itself pushed is no view', steps: [push('/start')], expected: ['view 1 /start'] },
  {
    name: 'a pushed query is a view',
    steps: [push('/start?page=2')],
    expected: ['view 1 /start', 'view 2 /start?page=2 < /start'],
  },
  {
    name: 'a pushed query is no view in path mode, and a path is',
    options: { pageViews: 'path' },
    steps: [push('/start?page=2'), push('/a')],
    expected: ['view 1 /start', 'view 2 /a < /start'],
  },
  { name: 'a pushed fragment is no view', steps: [push('/start#a'), push('/start#b')], expected: ['view 1 /start'] },
  {
    name: 'a replaced path is a view, once the one before has been seen',
    fast: true,
    steps: [push('/a'), grown, replace('/b')],
    expected: ['view 1 /start', 'view 2 /a < /start', 'view 3 /b < /a'],
  },
  {
    name: 'a replaced query is the same view: a filter, or what is typed',
    steps: [replace('/start?q=t'), replace('/start?q=te'), grown, replace('/start?q=tea')],
    expected: ['view 1 /start'],
  },
  {
    name: 'a replaced state is no view',
    steps: ["history.replaceState({ scroll: 7 }, '')", "history.replaceState({}, '', location.href)"],
    expected: ['view 1 /start'],
  },
  {
    name: 'a campaign that is tidied away at load is the same view',
    from: '/start?utm_source=mail',
    script: `${replace('/start')};`,
    steps: ["tracker.track('A')"],
    expected: ['view 1 /start?utm_source=mail', 'A 1 /start'],
  },
  {
    name: 'a redirect while the page loads is one view, of where it led, and keeps the campaign',
    fast: true,
    also: 'campaigns',
    from: '/start?utm_source=mail',
    script: atStart('DOMContentLoaded', replace('/login')),
    steps: ["tracker.track('A')"],
    expected: ['view 1 /login [mail]', 'A 1 /login [mail]'],
  },
  {
    name: 'a redirect once the page has loaded is a view of its own',
    script: atStart('load', `setTimeout(() => ${replace('/login')})`),
    steps: [at('/login'), "tracker.track('A')"],
    expected: ['view 1 /start', 'view 2 /login < /start', 'A 2 /login < /start'],
  },
  {
    name: 'an address pushed and replaced in one task is one view, of the last',
    steps: [`${push('/private')}; ${replace('/login')}`],
    expected: ['view 1 /start', 'view 2 /login < /start'],
  },
  {
    name: 'a redirect right after a push is one view, of where it led',
    steps: [push('/private'), replace('/login')],
    expected: ['view 1 /start', 'view 2 /login < /start'],
  },
  {
    name: 'a query that is replaced right after a push is the same view, under its first address',
    steps: [`${push('/a?page=2')}; ${replace('/a?page=2&sort=price')}`],
    expected: ['view 1 /start', 'view 2 /a?page=2 < /start'],
  },
  {
    name: 'a slash that a second router adds is one view',
    steps: [`${push('/a')}; ${replace('/a/')}`],
    expected: ['view 1 /start', 'view 2 /a/ < /start'],
  },
  {
    name: 'back is a view',
    steps: [push('/a'), 'history.back()', at('/start')],
    expected: ['view 1 /start', 'view 2 /a < /start', 'view 3 /start < /a'],
  },
  {
    name: 'there and back and there within a second is three views more',
    fast: true,
    steps: [push('/a'), 'history.back()', at('/start'), 'history.forward()', at('/a')],
    expected: ['view 1 /start', 'view 2 /a < /start', 'view 3 /start < /a', 'view 4 /a < /start'],
  },
  {
    name: 'pushed there and back is a view each',
    steps: [push('/a'), push('/start'), push('/a')],
    expected: ['view 1 /start', 'view 2 /a < /start', 'view 3 /start < /a', 'view 4 /a < /start'],
  },
  {
    name: 'two steps back are one view',
    steps: [push('/a'), push('/b'), 'history.go(-2)', at('/start')],
    expected: ['view 1 /start', 'view 2 /a < /start', 'view 3 /b < /a', 'view 4 /start < /b'],
  },
  {
    name: 'back over a fragment is no view',
    steps: [push('/start#a'), 'history.back()', at('/start')],
    expected: ['view 1 /start'],
  },
  {
    name: 'two addresses pushed in one task are two views',
    steps: [`${push('/a')}; ${push('/b')}`],
    expected: ['view 1 /start', 'view 2 /a < /start', 'view 3 /b < /a'],
  },
  {
    name: 'a view in the task that leaves the page is counted',
    fast: true,
    steps: [leave('/c', `${push('/a')}; location.href = '/c'`)],
    expected: ['view 1 /start', 'view 2 /a < /start', 'view 3 /c'],
  },
  {
    name: 'what is tracked in the task of a push belongs to the new view',
    steps: [`tracker.track('A'); ${push('/a')}; tracker.track('B')`],
    expected: ['view 1 /start', 'A 1 /start', 'view 2 /a < /start', 'B 2 /a < /start'],
  },
  {
    name: 'a view has the title that comes with its route',
    also: 'titles',
    steps: [`${push('/a')}; document.title = 'A'`],
    expected: ['view 1 /start "Page /start"', 'view 2 /a "A" < /start'],
  },
  {
    name: 'a view has the title that comes with the data, half a second later',
    also: 'titles',
    steps: [`${push('/a')}; setTimeout(() => (document.title = 'A'), 500)`, grown],
    expected: ['view 1 /start "Page /start"', 'view 2 /a "A" < /start'],
  },
  {
    name: 'a view whose route has no title of its own is counted all the same',
    steps: [push('/a'), grown, "tracker.track('A')"],
    expected: ['view 1 /start', 'view 2 /a < /start', 'A 2 /a < /start'],
  },
  {
    name: 'an address that may not be pushed throws as ever, and is no view',
    steps: [
      "try { history.pushState({}, '', 'https://elsewhere.example/'); } catch (error) { tracker.track(error.name); }",
    ],
    expected: ['view 1 /start', 'SecurityError 1 /start'],
  },
  {
    name: 'a router that patched history before goes on, and so do we',
    before:
      "var seen = []; for (const name of ['pushState', 'replaceState']) { const was = history[name]; history[name] = function (...args) { seen.push(name); return was.apply(this, args); }; }",
    steps: [push('/a'), 'tracker.track(seen.join())'],
    expected: ['view 1 /start', 'view 2 /a < /start', 'pushState 2 /a < /start'],
  },
  {
    name: 'a router that patches history after us goes on, and so do we',
    script:
      "var seen = []; for (const name of ['pushState', 'replaceState']) { const was = history[name]; history[name] = function (...args) { seen.push(name); return was.apply(this, args); }; }",
    steps: [push('/a'), 'tracker.track(seen.join())'],
    expected: ['view 1 /start', 'view 2 /a < /start', 'pushState 2 /a < /start'],
  },
  {
    name: 'whoever patches the prototype after us goes on, and so do we',
    script:
      "var seen = []; const was = History.prototype.pushState; History.prototype.pushState = function (...args) { seen.push('proto'); return was.apply(this, args); };",
    steps: [push('/a'), 'tracker.track(seen.join())'],
    expected: ['view 1 /start', 'view 2 /a < /start', 'proto 2 /a < /start'],
  },
  {
    name: 'close() leaves history as it was, and nothing is counted any more',
    before: 'var was = [history.pushState, history.replaceState, ...Object.getOwnPropertyNames(history)];',
    steps: [
      'await tracker.close()',
      push('/a'),
      'var is = [history.pushState, history.replaceState, ...Object.getOwnPropertyNames(history)]; if (is.length !== was.length || is.some((one, i) => one !== was[i])) throw new Error("changed")',
    ],
    expected: ['view 1 /start'],
  },
  {
    name: 'close() leaves the patch of another who came later',
    script:
      'var seen = 0; const was = history.pushState; history.pushState = function (...args) { seen++; return was.apply(this, args); };',
    steps: ['await tracker.close()', push('/a'), 'if (seen !== 1) throw new Error("not called")'],
    expected: ['view 1 /start'],
  },
  {
    name: 'a view in the task of close() is counted',
    steps: [`${push('/a')}; await tracker.close()`],
    expected: ['view 1 /start', 'view 2 /a < /start'],
  },
  {
    name: 'with page views off nothing is counted',
    options: { pageViews: 'off' },
    steps: [push('/a'), "tracker.track('A')"],
    expected: ['A 1 /a'],
  },
  {
    name: 'with page views off page() counts, and what came before belongs to the first',
    options: { pageViews: 'off' },
    steps: ["tracker.track('A'); tracker.page()", push('/a'), "tracker.page('Plans')", "tracker.track('B')"],
    expected: ['A 1 /start', 'view 1 /start', 'Plans 2 /a < /start', 'B 2 /a < /start'],
  },
  {
    name: 'page() called twice is one view',
    options: { pageViews: 'off' },
    steps: ['tracker.page(); tracker.page()', 'tracker.track(JSON.stringify((await tracker.stats()).dropped))'],
    expected: ['view 1 /start', '{"duplicate":1} 1 /start'],
  },
  {
    name: 'page() called again after a second is another view',
    options: { pageViews: 'off' },
    steps: ['tracker.page()', grown, 'tracker.page()'],
    expected: ['view 1 /start', 'view 2 /start < /start'],
  },
  {
    name: 'page() with another name or other properties is another view',
    options: { pageViews: 'off' },
    steps: ["tracker.page('A'); tracker.page('B'); tracker.page('B', { step: 2 })"],
    expected: ['A 1 /start', 'B 2 /start < /start', 'B 3 /start < /start'],
  },
  {
    name: 'page() beside the automatic view is the same view',
    // In the task of the load, for a busy machine takes more than the second that makes it another view.
    script: 'tracker.page();',
    steps: [`${push('/a')}; tracker.page()`],
    expected: ['view 1 /start', 'view 2 /a < /start'],
  },
  {
    name: 'page() with a name while the page loads comes after the automatic view',
    script: "tracker.page('Home'); tracker.track('A');",
    steps: [],
    expected: ['view 1 /start', 'Home 2 /start < /start', 'A 2 /start < /start'],
  },
  {
    name: 'page() there and back is a view each',
    options: { pageViews: 'off' },
    steps: [`tracker.page(); ${push('/a')}; tracker.page(); ${push('/start')}; tracker.page()`],
    expected: ['view 1 /start', 'view 2 /a < /start', 'view 3 /start < /a'],
  },
  {
    name: 'a prefetched route is no view',
    steps: [
      "document.head.append(Object.assign(document.createElement('link'), { rel: 'prefetch', href: '/a' })); await fetch('/a', { headers: { RSC: '1', 'Next-Router-Prefetch': '1' } })",
      "tracker.track('A')",
    ],
    expected: ['view 1 /start', 'A 1 /start'],
  },
  {
    name: 'a router of the Navigation API is seen, with the title that its handler sets',
    needs: 'the Navigation API',
    also: 'titles',
    before:
      "navigation.addEventListener('navigate', (event) => { if (event.canIntercept && new URL(event.destination.url).pathname === '/a') event.intercept({ handler: async () => { await new Promise((resolve) => setTimeout(resolve, 200)); document.title = 'A'; } }); });",
    steps: ["await navigation.navigate('/a').finished"],
    expected: ['view 1 /start "Page /start"', 'view 2 /a "A" < /start'],
  },
  {
    name: 'a changed entry at the same address is no view',
    needs: 'the Navigation API',
    steps: ['navigation.updateCurrentEntry({ state: 1 })'],
    expected: ['view 1 /start'],
  },
];

/** Where the fragment is the address, as for hash routers. */
export const hash: readonly NavigationCase[] = (
  [
    {
      name: 'in hash mode a fragment is a view',
      steps: ["location.hash = '/a'", "location.hash = '/b'"],
      expected: ['view 1 /start', 'view 2 /start#/a < /start', 'view 3 /start#/b < /start#/a'],
    },
    {
      name: 'in hash mode the same fragment is no view',
      steps: ["location.hash = '/a'", "location.hash = '/a'"],
      expected: ['view 1 /start', 'view 2 /start#/a < /start'],
    },
    {
      name: 'in hash mode back is a view',
      fast: true,
      steps: ["location.hash = '/a'", 'history.back()', at('/start')],
      expected: ['view 1 /start', 'view 2 /start#/a < /start', 'view 3 /start < /start#/a'],
    },
    {
      name: 'in hash mode a pushed fragment is a view',
      steps: [push('#/a')],
      expected: ['view 1 /start', 'view 2 /start#/a < /start'],
    },
    {
      name: 'in hash mode a replaced fragment is a view, once the one before has been seen',
      steps: [grown, replace('#/a')],
      expected: ['view 1 /start', 'view 2 /start#/a < /start'],
    },
    {
      name: 'in hash mode a redirect right after is one view',
      steps: ["location.hash = '/private'", replace('#/login')],
      expected: ['view 1 /start', 'view 2 /start#/login < /start'],
    },
    {
      name: 'in hash mode a link to a fragment is a view',
      script: `document.body.innerHTML += '<a href="#/a">a</a>';`,
      steps: ["document.querySelector('a').click()"],
      expected: ['view 1 /start', 'view 2 /start#/a < /start'],
    },
  ] as const
).map((its) => ({ ...its, options: { pageViews: 'hash' } }));

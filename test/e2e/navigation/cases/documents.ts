import { leave, type NavigationCase, until } from '../case.js';

const frame = (src: string) =>
  `document.body.append(Object.assign(document.createElement('iframe'), { src: '${src}', onload() { loads++; } }));`;
const inFrame = 'document.querySelector("iframe").contentWindow';
const framed = { script: `var loads = 0; if (window === top) ${frame('/bare')}` };
const tracking = { script: `var loads = 0; if (window === top) ${frame('/inner')}` };

/** Frames, whose documents are not this page. */
export const frames: readonly NavigationCase[] = [
  {
    ...framed,
    name: 'a frame without a tracker is no view, whatever it does',
    steps: [
      until('loads === 1'),
      `${inFrame}.history.pushState({}, '', '/x')`,
      `${inFrame}.location.hash = 'y'`,
      "tracker.track('A')",
    ],
    expected: ['view 1 /start', 'A 1 /start'],
  },
  {
    ...framed,
    name: 'a frame that goes to another page is no view',
    steps: [
      until('loads === 1'),
      `${inFrame}.location.href = '/bare?again'`,
      until('loads === 2'),
      "tracker.track('A')",
    ],
    expected: ['view 1 /start', 'A 1 /start'],
  },
  {
    ...framed,
    name: 'back in a frame is no view',
    fast: true,
    steps: [
      until('loads === 1'),
      `${inFrame}.history.pushState({}, '', '/x')`,
      'history.back()',
      until(`${inFrame}.location.pathname === '/bare'`),
      "tracker.track('A')",
    ],
    expected: ['view 1 /start', 'A 1 /start'],
  },
  {
    name: 'a frame that is written by the page is no view',
    steps: [
      "const frame = document.createElement('iframe'); document.body.append(frame); const inner = frame.contentDocument; inner.open(); inner.write('<p>written</p>'); inner.close()",
      "tracker.track('A')",
    ],
    expected: ['view 1 /start', 'A 1 /start'],
  },
  {
    ...tracking,
    name: 'a frame with a tracker counts its own views, and the page its own',
    fast: true,
    steps: [
      until(`loads === 1 && ${inFrame}.tracker`),
      `${inFrame}.history.pushState({}, '', '/inner/x')`,
      "history.pushState({}, '', '/a')",
    ],
    expected: ['view 1 /start', 'view 2 /inner', 'view 3 /inner/x < /inner', 'view 4 /a < /start'],
  },
];

const restore = (there: string): NavigationCase['steps'] => [
  // No browser keeps a page that waits for an answer, or holds a lock, at the moment it is left.
  'await tracker.flush()',
  leave(there),
  leave('/start', 'history.back()'),
  "if (!restored) throw new Error('declined')",
];

/** Pages that come back from the back/forward cache. */
export const restored: readonly NavigationCase[] = (
  [
    {
      name: 'a restored page is a new view',
      fast: true,
      steps: restore('/b'),
      expected: ['view 1 /start', 'view 2 /b', 'view 3 /start'],
    },
    {
      name: 'what happens in a restored page belongs to its new view',
      fast: true,
      steps: ["tracker.track('A')", ...restore('/bare'), "tracker.track('B')"],
      expected: ['view 1 /start', 'A 1 /start', 'view 2 /start', 'B 2 /start'],
    },
    {
      name: 'a page that is restored twice is two views more',
      steps: [...restore('/bare'), 'restored = false', ...restore('/bare')],
      expected: ['view 1 /start', 'view 2 /start', 'view 3 /start'],
    },
    {
      name: 'a page that is restored goes on counting, and knows the view before again',
      steps: [...restore('/bare'), "history.pushState({}, '', '/a')"],
      expected: ['view 1 /start', 'view 2 /start', 'view 3 /a < /start'],
    },
    {
      name: 'with page views off, page() in a restored page is a new view',
      options: { pageViews: 'off' },
      steps: ['tracker.page()', ...restore('/bare'), 'tracker.page()'],
      expected: ['view 1 /start', 'view 2 /start'],
    },
  ] as const
).map((its) => ({ ...its, wish: 'restored' }));

const speculate = (rules: object) =>
  `if (location.pathname === '/start') document.head.append(Object.assign(document.createElement('script'), { type: 'speculationrules', textContent: '${JSON.stringify(rules)}' }));`;
const prerender = speculate({ prerender: [{ source: 'list', urls: ['/b'] }] });
/** The page says that its tracker was made before it was seen. */
const note = "if (document.prerendering) fetch('/noted');";
const noted = until(
  "fetch('/asked').then((response) => response.json()).then((asked) => asked.some((one) => one.startsWith('/noted')))",
);
const isActivated = "if (!performance.getEntriesByType('navigation')[0].activationStart) throw new Error('declined')";

/** Pages that the browser loads before anyone asks for them. */
export const ahead: readonly NavigationCase[] = (
  [
    {
      name: 'a prerendered page is a view when it is activated',
      script: prerender + note,
      steps: [noted, leave('/b'), isActivated],
      expected: ['view 1 /start', 'view 2 /b'],
    },
    {
      name: 'what a page tracks while it is prerendered belongs to the view that comes',
      script: `${prerender + note} if (document.prerendering) tracker.track('A');`,
      steps: [noted, leave('/b'), isActivated, "tracker.track('B')"],
      expected: ['view 1 /start', 'A 2 /b', 'view 2 /b', 'B 2 /b'],
    },
    {
      name: 'a prerendered page that counts when shown is a view when it is activated',
      options: { firstView: 'shown' },
      script: prerender + note,
      steps: [noted, leave('/b'), isActivated],
      expected: ['view 1 /start', 'view 2 /b'],
    },
    {
      name: 'a prerendered page that nobody visits is no view',
      script: prerender + note,
      steps: [noted, leave('/c')],
      expected: ['view 1 /start', 'view 2 /c'],
    },
    {
      name: 'a prefetched page is a view when it is visited',
      script: speculate({ prefetch: [{ source: 'list', urls: ['/b'] }] }),
      steps: [
        until("fetch('/asked').then((response) => response.text()).then((asked) => asked.includes('/b prefetch'))"),
        leave('/b'),
      ],
      expected: ['view 1 /start', 'view 2 /b'],
    },
  ] as const
).map((its) => ({ ...its, wish: 'prerendered', needs: 'speculation rules' }));

/** No driver opens a tab in the background, so the page is told that it is in one, and of nothing else. */
const inBackground = `
  var isHidden = location.pathname === '/start';
  Object.defineProperty(document, 'hidden', { get: () => isHidden });
  addEventListener('visibilitychange', (event) => event.isTrusted && event.stopImmediatePropagation(), true);`;
const show = "isHidden = false; document.dispatchEvent(new Event('visibilitychange'))";

export const hidden: readonly NavigationCase[] = [
  {
    name: 'a tab in the background is a view when it is loaded',
    before: inBackground,
    steps: ["tracker.track('A')", show],
    expected: ['view 1 /start', 'A 1 /start'],
  },
  {
    name: 'a tab in the background is a view when it is first shown, if asked for',
    before: inBackground,
    options: { firstView: 'shown' },
    steps: ["tracker.track('A')", show, "tracker.track('B')"],
    expected: ['A 1 /start', 'view 1 /start', 'B 1 /start'],
  },
  {
    name: 'a tab that is never shown is no view, if asked for',
    before: inBackground,
    options: { firstView: 'shown' },
    steps: ["tracker.track('A')"],
    expected: ['A 1 /start'],
  },
  {
    name: 'a tab that moved in the background is one view, where it is when first shown',
    before: inBackground,
    options: { firstView: 'shown' },
    steps: ["history.pushState({}, '', '/a')", show, "history.pushState({}, '', '/b')"],
    expected: ['view 1 /a', 'view 2 /b < /a'],
  },
  {
    name: 'hiding and showing a page again is no view',
    before: inBackground.replace("location.pathname === '/start'", 'false'),
    options: { firstView: 'shown' },
    steps: ['isHidden = true; document.dispatchEvent(new Event("visibilitychange"))', show, "tracker.track('A')"],
    expected: ['view 1 /start', 'A 1 /start'],
  },
];

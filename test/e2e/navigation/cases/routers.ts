import { type AppName, type NavigationCase, until } from '../case.js';

const at = (screen: string) => until(`document.title === 'Screen ${screen}'`);
const grown = until('new Promise((resolve) => setTimeout(resolve, 1_100, true))');

/** The same story for a router, whose addresses begin with `base`. */
function story(app: AppName, base: '' | '/start#', home: '/start' | '/'): NavigationCase[] {
  const options = base ? ({ pageViews: 'hash' } as const) : {};
  // One hash router writes the root's fragment into the address, the other leaves it away.
  const back = app === 'vue-router-hash' ? '/start#/' : '/start';
  const its = { app, options, also: 'titles' } as const;
  // The first screen sets its title after the page has loaded.
  const loaded = 'view 1 /start "Page /start"';
  return [
    {
      ...its,
      name: `${app}: a screen is a view, with its title`,
      steps: [at(home), "go('/a')", at('/a'), "go('/b')", at('/b')],
      expected: [loaded, `view 2 ${base}/a "Screen /a" < /start`, `view 3 ${base}/b "Screen /b" < ${base}/a`],
    },
    {
      app,
      options,
      startsEarly: true,
      name: `${app}: what the router does to the address while the page loads is no view`,
      steps: [at(home), "go('/a')", at('/a')],
      expected: ['view 1 /start', `view 2 ${base}/a < /start`],
    },
    {
      ...its,
      name: `${app}: a screen whose data takes a while is a view, with its title`,
      steps: [at(home), "go('/slow')", at('/slow')],
      expected: [loaded, `view 2 ${base}/slow "Screen /slow" < /start`],
    },
    {
      ...its,
      name: `${app}: a redirect is the view of where it led`,
      steps: [at(home), "go('/private')", at('/login')],
      expected: [loaded, `view 2 ${base}/login "Screen /login" < /start`],
    },
    {
      ...its,
      name: `${app}: back and forth is a view each`,
      ...(base === '' && { fast: true }),
      steps: [at(home), "go('/a')", at('/a'), 'history.back()', at(home), 'history.forward()', at('/a')],
      expected: [
        loaded,
        `view 2 ${base}/a "Screen /a" < /start`,
        `view 3 ${back} "Screen ${home}" < ${base}/a`,
        `view 4 ${base}/a "Screen /a" < ${back}`,
      ],
    },
    {
      ...its,
      name: `${app}: a screen that replaces another is a view, and the same again is none`,
      steps: [at(home), "go('/a')", at('/a'), grown, "go('/b', true)", at('/b'), "go('/b')", grown],
      expected: [loaded, `view 2 ${base}/a "Screen /a" < /start`, `view 3 ${base}/b "Screen /b" < ${base}/a`],
    },
  ];
}

export const routers: readonly NavigationCase[] = [
  ...story('react-router', '', '/start'),
  ...story('react-router-hash', '/start#', '/'),
  ...story('vue-router', '', '/start'),
  ...story('vue-router-hash', '/start#', '/'),
  ...story('tanstack-router', '', '/start'),
  {
    name: 'react-router in strict mode, which calls page() twice for each screen: one view each',
    app: 'react-router',
    options: { pageViews: 'off' },
    script: 'countsItself = true;',
    steps: [at('/start'), "go('/a')", at('/a')],
    expected: ['view 1 /start', 'view 2 /a < /start'],
  },
  {
    name: 'react-router in strict mode, whose screens call page() beside the automatic views: one view each',
    app: 'react-router',
    // Later than the first screen, which a busy machine may take seconds to show.
    steps: [at('/start'), 'countsItself = true', "go('/a')", at('/a')],
    expected: ['view 1 /start', 'view 2 /a < /start'],
  },
];

import { goto, leave, type NavigationCase, until } from '../case.js';

/** Goes where no page is; in a task of its own, because what asks for it may be cut off from its answer. */
const fetched = (path: string) => [
  `setTimeout(() => { location.href = '${path}' })`,
  until(`fetch('/asked').then((response) => response.json()).then((asked) => asked.includes('${path}'))`),
];

/** A site where each page is a document of its own. */
export const classic: readonly NavigationCase[] = [
  { name: 'a page that is loaded is one view', fast: true, steps: [], expected: ['view 1 /start'] },
  {
    name: 'each page of a site is a view of its own, and the browser tells where it came from',
    fast: true,
    also: 'referrers',
    steps: [leave('/b'), leave('/c')],
    expected: ['view 1 /start ()', 'view 2 /b (/start)', 'view 3 /c (/b)'],
  },
  {
    name: 'a reload is another view',
    fast: true,
    steps: [leave('/start', 'window.tracker = 0; location.reload()'), until('tracker')],
    expected: ['view 1 /start', 'view 2 /start'],
  },
  {
    name: 'two reloads within a second are two more views',
    steps: [
      leave('/start', 'window.tracker = 0; location.reload()'),
      until('tracker'),
      leave('/start', 'window.tracker = 0; location.reload()'),
      until('tracker'),
    ],
    expected: ['view 1 /start', 'view 2 /start', 'view 3 /start'],
  },
  {
    name: "a server's redirect is the view of where it led",
    steps: [leave('/b', "location.href = '/redirect?to=/b'")],
    expected: ['view 1 /start', 'view 2 /b'],
  },
  {
    name: 'a chain of redirects is one view',
    steps: [leave('/b', "location.href = '/redirect?to=' + encodeURIComponent('/redirect?to=/b')")],
    expected: ['view 1 /start', 'view 2 /b'],
  },
  {
    name: 'a redirect by a page without tracker is not a view',
    pages: { '/meta': '<meta http-equiv=refresh content="0; url=/b">' },
    steps: [leave('/b', "location.href = '/meta'")],
    expected: ['view 1 /start', 'view 2 /b'],
  },
  {
    name: 'location.replace() leads to a view like any other',
    steps: [leave('/b', "location.replace('/b')")],
    expected: ['view 1 /start', 'view 2 /b'],
  },
  { name: 'an address that is typed leads to a view', steps: [goto('/b')], expected: ['view 1 /start', 'view 2 /b'] },
  {
    name: 'a form that is sent leads to a view with its query',
    script: "document.body.innerHTML += '<form action=/b><input name=q value=tea></form>';",
    steps: [leave('/b', "document.querySelector('form').submit()")],
    expected: ['view 1 /start', 'view 2 /b?q=tea'],
  },
  {
    name: 'of two navigations in a row only the second is a view',
    fast: true,
    steps: [leave('/c', "location.href = '/b'; location.href = '/c'")],
    expected: ['view 1 /start', 'view 2 /c'],
  },
  {
    name: 'a navigation that is called off is no view, and the page goes on',
    fast: true,
    steps: [
      "location.href = '/never'; await new Promise((resolve) => setTimeout(resolve, 100)); stop(); tracker.track('A')",
    ],
    expected: ['view 1 /start', 'A 1 /start'],
  },
  {
    name: 'an answer without content is no view',
    steps: [...fetched('/nothing'), "tracker.track('A')"],
    expected: ['view 1 /start', 'A 1 /start'],
  },
  {
    name: 'a download is no view',
    steps: [...fetched('/file'), "tracker.track('A')"],
    expected: ['view 1 /start', 'A 1 /start'],
  },
  {
    name: 'a link to a part of the page is no view',
    script: `document.body.innerHTML += '<a href="#part">part</a>';`,
    steps: ["document.querySelector('a').click()", "tracker.track('A')"],
    expected: ['view 1 /start', 'A 1 /start#part'],
  },
  {
    name: 'all that happens in a view has its id',
    steps: ["tracker.track('A'); tracker.track('B')", leave('/b'), "tracker.track('C')"],
    expected: ['view 1 /start', 'A 1 /start', 'B 1 /start', 'view 2 /b', 'C 2 /b'],
  },
  {
    name: 'a tracker that starts before the title waits for it',
    also: 'titles',
    pages: { '/early': '<script>TRACKER</script><title>Late title</title>' },
    from: '/early',
    steps: [],
    expected: ['view 1 /early "Late title"'],
  },
  {
    name: 'a title that is set while the page loads is that of its view',
    fast: true,
    also: 'titles',
    pages: {
      '/loading': "<title>Loading</title><script>TRACKER</script><script>document.title = 'Loaded'</script>",
    },
    from: '/loading',
    steps: [],
    expected: ['view 1 /loading "Loaded"'],
  },
  {
    name: 'a title that changes later is no view',
    steps: ["document.title = 'Another'", "tracker.track('A')"],
    expected: ['view 1 /start', 'A 1 /start'],
  },
  {
    name: 'a page without a tracker is no view',
    steps: [leave('/bare'), leave('/b')],
    expected: ['view 1 /start', 'view 2 /b'],
  },
  {
    name: 'a page whose document is written anew is the same view, and later ones are noticed',
    fast: true,
    needs: 'the Navigation API',
    steps: [
      "document.open(); document.write('<title>Anew</title><p>anew</p>'); document.close()",
      "tracker.track('A')",
      "history.pushState({}, '', '/b')",
      "tracker.track('B')",
      // The listeners of the window went with the old document, so nobody hears the page end.
      until('new Promise((resolve) => setTimeout(resolve, 1_100, true))'),
      // Else the next page leaves what this one tracked to it for ten seconds.
      'await tracker.close()',
    ],
    expected: ['view 1 /start', 'A 1 /start', 'view 2 /b < /start', 'B 2 /b < /start'],
  },
  {
    name: 'a duplicate of a tab is a view of its own',
    steps: [
      'window.copy = open(location.href)',
      until("copy.tracker && copy.document.readyState === 'complete'"),
      // In WebKit a tab that is closed like this says no goodbye, and what it had on its way is left alone for half a minute.
      "copy.tracker.track('A'); await copy.tracker.flush()",
      'copy.close()',
      until('copy.closed'),
    ],
    expected: ['view 1 /start', 'view 2 /start', 'A 2 /start'],
  },
  {
    name: 'two trackers on a page each count it',
    script: "var other = lib.createTracker({ name: 'other', destinations: [relay()], flushAfterMs: 10 });",
    steps: [until('other.stats().then(({ destinations }) => destinations.relay.sent === 1)')],
    expected: ['view 1 /start', 'view 2 /start'],
  },
];

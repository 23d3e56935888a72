import { all, setText } from '../shared/dom.js';
import { openLiveChannel } from '../shared/live-channel.js';
import type { Board } from '../shared/live-feed.js';
import { type VendorName, vendorNames } from '../shared/vendor-names.js';
import { listenToFeed, resetAll, setFault, setOffline } from './control.js';
import { drawEvents, drawLegend } from './draw-events.js';
import { createVendorPanel } from './draw-vendors.js';
import { createEventRows } from './event-rows.js';
import { createCounts } from './vendor-counts.js';

/** Waiting times tick in seconds, and a page that has just loaded has its counts ready a little later. */
const ASK_EVERY_MS = 1_000;

const rows = createEventRows();
const counts = createCounts();
let board: Board = {
  offline: false,
  faults: Object.fromEntries(vendorNames.map((name) => [name, 'healthy'])) as Board['faults'],
};
let due = false;

/** At most once per frame, however much news comes in. Not in a hidden tab, where frames do not come. */
function redraw(): void {
  if (due) return;
  due = true;
  requestAnimationFrame(() => {
    due = false;
    const list = rows.list();
    for (const root of all('matrix')) drawEvents(root, list);
    for (const empty of all('empty')) empty.hidden = list.length > 0;
    panel?.draw(counts, board);
    for (const button of all('offline')) {
      button.setAttribute('aria-pressed', String(board.offline));
      button.textContent = board.offline ? 'Go online' : 'Go offline';
    }
  });
}

const vendorRoot = all('vendors')[0];
const panel = vendorRoot && createVendorPanel(vendorRoot, (vendor, fault) => void setFault(vendor, fault));

const channel = openLiveChannel((message) => {
  if (message.kind === 'news') rows.hear(message);
  if (message.kind === 'stats') counts.setStats(message.stats);
  redraw();
});

function forget(): void {
  rows.clear();
  counts.clear();
}

listenToFeed(
  {
    snapshot(snapshot) {
      board = snapshot.board;
      forget();
      const receipts = vendorNames.flatMap((vendor: VendorName) =>
        snapshot.receipts[vendor].map((receipt) => ({ vendor, receipt })),
      );
      // In order of time, so that events which were here before the view stand in their order.
      receipts.sort((one, other) => one.receipt.at - other.receipt.at);
      for (const receipt of receipts) {
        rows.receive(receipt);
        counts.receive(receipt);
      }
      redraw();
    },
    receipt(receipt) {
      rows.receive(receipt);
      counts.receive(receipt);
      redraw();
    },
    answer(answer) {
      counts.answered(answer);
      redraw();
    },
    board(changed) {
      board = changed;
      redraw();
    },
  },
  (is) => setText('connection', is ? 'connected' : 'demo server is away'),
);

for (const button of all('offline')) button.addEventListener('click', () => void setOffline(!board.offline));
for (const button of all('reset')) {
  button.addEventListener('click', () => void resetAll(channel.post));
}
for (const legend of all('legend')) drawLegend(legend);

setInterval(() => {
  channel.post({ kind: 'hello' });
  redraw();
}, ASK_EVERY_MS);
channel.post({ kind: 'hello' });
redraw();

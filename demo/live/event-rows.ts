import type { TrackerNews } from '../shared/live-channel.js';
import type { LiveFeed } from '../shared/live-feed.js';
import { isVendorName, type VendorName } from '../shared/vendor-names.js';
import { isFinal, type Stage } from './stages.js';

/** More would be scrolled past by nobody, and cost time to draw. */
const MAX_ROWS = 150;

/** An event from before the live view was opened. */
const NAMELESS = 'earlier';

const isWireName = (name: string): boolean => /^[a-z0-9_]+$/.test(name);

export interface EventRow {
  readonly id: string;
  name: string;
  at: number;
  readonly stages: Map<VendorName, Stage>;
  readonly notes: Map<VendorName, string>;
}

export interface EventRows {
  /** Newest first. */
  list(): readonly EventRow[];
  hear(news: TrackerNews): void;
  receive(receipt: LiveFeed['receipt']): void;
  clear(): void;
}

/** One row per event, put together from what the tracker says and from what the vendors have. */
export function createEventRows(): EventRows {
  const rows = new Map<string, EventRow>();

  const rowOf = (id: string, name: string, at: number): EventRow => {
    const known = rows.get(id);
    if (known) {
      // The site's own name is the one to show; some vendors have it in another spelling.
      if (isWireName(known.name)) known.name = name;
      return known;
    }
    const row: EventRow = { id, name, at, stages: new Map(), notes: new Map() };
    rows.set(id, row);
    const oldest = rows.size > MAX_ROWS && rows.keys().next().value;
    if (oldest) rows.delete(oldest);
    return row;
  };

  const move = (ids: readonly string[], destination: string, stage: Stage, note = ''): void => {
    if (!isVendorName(destination)) return;
    for (const id of ids) {
      const row = rowOf(id, NAMELESS, Date.now());
      if (isFinal(row.stages.get(destination))) continue;
      row.stages.set(destination, stage);
      row.notes.set(destination, note);
    }
  };

  return {
    list: () => [...rows.values()].reverse(),

    hear({ name, detail }) {
      switch (name) {
        case 'queued':
          rowOf(detail.id, detail.name, Date.now());
          return move([detail.id], detail.destination, detail.held ? 'held' : 'queued');
        case 'sending':
          return move(detail.ids, detail.destination, 'sending');
        case 'delivered':
          return move(detail.ids, detail.destination, 'delivered', detail.confirmed ? '' : 'while the page went away');
        case 'retry':
          return move(detail.ids, detail.destination, 'retry', detail.reason);
        case 'dropped':
          if (detail.id && detail.destination) move([detail.id], detail.destination, 'dropped', detail.reason);
          return;
        default:
          return;
      }
    },

    receive({ vendor, receipt }) {
      const row = rowOf(receipt.id, receipt.name, receipt.at);
      row.stages.set(vendor, receipt.count > 1 ? 'repeated' : 'accepted');
      row.notes.set(vendor, receipt.repeats > 0 ? `${receipt.repeats} repeats ignored by the vendor` : '');
    },

    clear: () => rows.clear(),
  };
}

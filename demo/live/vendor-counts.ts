import type { DestinationStats, Stats } from 'tracklet';
import type { LiveFeed, Receipt } from '../shared/live-feed.js';
import { type VendorName, vendorNames } from '../shared/vendor-names.js';

export interface VendorCounts {
  /** The tracker's own counts; absent until a page of the shop has told them. */
  stats?: DestinationStats | undefined;
  arrived: number;
  /** Events that the vendor took more than once. */
  twice: number;
  /** Of the latest request; null when it got no answer. */
  lastStatus?: number | null;
}

export interface AllCounts {
  of(vendor: VendorName): VendorCounts;
  setStats(stats: Stats): void;
  receive(receipt: LiveFeed['receipt']): void;
  answered(answer: LiveFeed['answer']): void;
  clear(): void;
}

export function createCounts(): AllCounts {
  const seen = new Map<string, Receipt>();
  const counts = {} as Record<VendorName, VendorCounts>;
  const clear = (): void => {
    seen.clear();
    for (const name of vendorNames) counts[name] = { arrived: 0, twice: 0 };
  };
  clear();

  return {
    of: (vendor) => counts[vendor],
    setStats(stats) {
      for (const name of vendorNames) counts[name].stats = stats.destinations[name];
    },
    receive({ vendor, receipt }) {
      const key = `${vendor} ${receipt.id}`;
      const before = seen.get(key)?.count ?? 0;
      seen.set(key, receipt);
      if (before === 0) counts[vendor].arrived += 1;
      if (before < 2 && receipt.count > 1) counts[vendor].twice += 1;
    },
    answered({ vendor, status }) {
      counts[vendor].lastStatus = status;
    },
    clear,
  };
}

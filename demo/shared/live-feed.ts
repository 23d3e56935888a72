import type { FaultName } from './fault-names.js';
import type { VendorName } from './vendor-names.js';

/** What a vendor has of one event. */
export interface Receipt {
  readonly id: string;
  readonly name: string;
  readonly at: number;
  /** More than 1: taken twice. */
  readonly count: number;
  /** Repeats that the vendor's own deduplication ignored. */
  readonly repeats: number;
}

/** The switches: which trouble each vendor is in, and whether the whole network is away. */
export interface Board {
  readonly offline: boolean;
  readonly faults: Readonly<Record<VendorName, FaultName>>;
}

/** What the demo server tells the live view, as server-sent events of these names. */
export interface LiveFeed {
  /** First of all, and again after everything was reset. */
  readonly snapshot: { readonly board: Board; readonly receipts: Readonly<Record<VendorName, readonly Receipt[]>> };
  readonly receipt: { readonly vendor: VendorName; readonly receipt: Receipt };
  /** How a vendor answered one request; null when it did not. */
  readonly answer: { readonly vendor: VendorName; readonly status: number | null };
  readonly board: Board;
}

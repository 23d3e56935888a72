import { type VendorName, vendorNames } from '../shared/vendor-names.js';
import type { AcceptedEvent, StandIn } from '../vendors/stand-in.js';
import type { QueuedIds } from './queued-ids.js';

export interface VendorAudit {
  readonly vendor: VendorName;
  readonly sent: number;
  readonly accepted: number;
  /** One entry for each acceptance beyond the first. */
  readonly duplicates: readonly string[];
  /** Repeats that the vendor's own deduplication ignored: no harm done. */
  readonly ignored: number;
  /** Queued, and not with the vendor. */
  readonly lost: readonly string[];
  /** With the vendor, and never queued. */
  readonly unknown: readonly string[];
}

type Arrived = Pick<AcceptedEvent, 'id' | 'count' | 'repeats'>;

/** Compares what the tracker said it had queued with what the vendors have. */
export function audit(queued: QueuedIds, vendors: Record<VendorName, StandIn>): readonly VendorAudit[] {
  return vendorNames.map((vendor) => {
    const sent = queued.get(vendor) ?? new Map<string, string>();
    const events = [...vendors[vendor].accepted().filter(({ count }) => count > 0), ...profiles(sent, vendors[vendor])];
    const accepted = new Set(events.map(({ id }) => id));
    return {
      vendor,
      sent: sent.size,
      accepted: accepted.size,
      duplicates: events.flatMap(({ id, count }) => Array<string>(count - 1).fill(id)),
      ignored: events.reduce((sum, { repeats }) => sum + repeats, 0),
      lost: [...sent.keys()].filter((id) => !accepted.has(id)),
      unknown: [...accepted].filter((id) => !sent.has(id)),
    };
  });
}

/**
 * Klaviyo takes `identify()` as an update of the profile, which has no place for an event's id. So the updates are only
 * counted: as many as there were calls, and what is beyond them repeated one, which changes nothing.
 */
function profiles(sent: ReadonlyMap<string, string>, vendor: StandIn): readonly Arrived[] {
  if (vendor.name !== 'klaviyo') return [];
  const updates = vendor.requests().filter(({ path, status }) => path === '/client/profiles' && status === 202).length;
  const ids = [...sent.keys()].filter((id) => sent.get(id) === 'Identify').slice(0, updates);
  return ids.map((id, index) => ({ id, count: 1, repeats: index === 0 ? updates - ids.length : 0 }));
}

export function isExactlyOnce({ sent, duplicates, lost, unknown }: VendorAudit): boolean {
  return sent > 0 && duplicates.length === 0 && lost.length === 0 && unknown.length === 0;
}

/** The table that `npm start -- --visit` prints, and what is wrong below it. */
export function report(audits: readonly VendorAudit[]): string {
  const head = ['vendor', 'sent', 'accepted', 'duplicates', 'lost', 'repeats ignored', ''];
  const rows = audits.map((row) => [
    row.vendor,
    ...[row.sent, row.accepted, row.duplicates.length, row.lost.length, row.ignored].map(String),
    isExactlyOnce(row) ? 'ok' : 'WRONG',
  ]);
  const widths = head.map((_, column) => Math.max(...[head, ...rows].map((row) => row[column]?.length ?? 0)));
  const line = (row: readonly string[]): string =>
    row
      .map((cell, column) => (column === 0 ? cell.padEnd(widths[0] ?? 0) : cell.padStart(widths[column] ?? 0)))
      .join('  ');
  const details = audits.flatMap(({ vendor, duplicates, lost, unknown }) => [
    ...duplicates.map((id) => `${vendor}: accepted once more ${id}`),
    ...lost.map((id) => `${vendor}: lost ${id}`),
    ...unknown.map((id) => `${vendor}: never queued, yet accepted ${id}`),
  ]);
  return [line(head), ...rows.map(line), ...details].join('\n');
}

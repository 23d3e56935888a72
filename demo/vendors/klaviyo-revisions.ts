/** Revisions that changed something for events (K-OA). */
const REVISIONS = [
  '2023-01-24',
  '2023-07-15',
  '2024-02-15',
  '2024-05-15',
  '2024-10-15',
  '2025-01-15',
  '2025-04-15',
  '2026-04-15',
  '2026-07-15',
];

/** The day of a `revision` header such as `2024-10-15.pre`; undefined when it is no date. */
export function revisionDay(header: string): string | undefined {
  const day = /^(\d{4}-\d\d-\d\d)(\.[a-z0-9]+)?$/i.exec(header)?.[1];
  return day !== undefined && !Number.isNaN(Date.parse(day)) ? day : undefined;
}

/** A revision lives two years, one stable and one deprecated (K-VER); the newest never dies. */
export function oldestLivingRevision(now: number): string {
  const twoYearsAgo = new Date(now);
  twoYearsAgo.setUTCFullYear(twoYearsAgo.getUTCFullYear() - 2);
  const border = twoYearsAgo.toISOString().slice(0, 10);
  return REVISIONS.find((revision) => revision > border) ?? '2026-07-15';
}

/** The revision whose rules count: a retired one is served by the oldest that lives (K-VER). */
export function servingRevision(asked: string, now: number): string {
  return [asked, oldestLivingRevision(now)].sort().pop() ?? asked;
}

/** The earliest event time that a revision takes (K-OA), epoch milliseconds. */
export function earliestTime(revision: string): number {
  return Date.UTC(revision >= '2026-07-15' ? 1990 : 2000, 0, 1);
}

/** Properties per event (K-OA). */
export function maxProperties(revision: string): number {
  return revision >= '2025-04-15' ? 400 : 300;
}

export function knowsBackfill(revision: string): boolean {
  return revision >= '2026-04-15';
}

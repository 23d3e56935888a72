import { vi } from 'vitest';

/** A disk that is full from one call on. As in browsers, what writes is aborted when it commits; what removes succeeds. */
export interface Disk {
  isFull: boolean;
}

export function fillDiskOnDemand(): Disk {
  const disk: Disk = { isFull: false };
  const writing = new WeakSet<IDBTransaction>();
  const { put } = IDBObjectStore.prototype;
  const { commit } = IDBTransaction.prototype;
  vi.spyOn(IDBObjectStore.prototype, 'put').mockImplementation(function (this: IDBObjectStore, ...row) {
    writing.add(this.transaction);
    return put.apply(this, row);
  });
  vi.spyOn(IDBTransaction.prototype, 'commit').mockImplementation(function (this: IDBTransaction) {
    if (!disk.isFull || !writing.has(this)) return commit.call(this);
    (this as unknown as { _abort(name: string): void })._abort('QuotaExceededError');
  });
  return disk;
}

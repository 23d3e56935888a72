import type { EventVisitor, JsonObject } from '../event/event.js';
import { newId } from '../lib/new-id.js';
import type { SafeStorage } from '../lib/safe-storage.js';

/** Who the visitor is, shared by all tabs of the site. */
export interface Identity {
  get(): EventVisitor;
  /**
   * Replaces an id that this page made up by the one that `agree` says counts, and resolves to both; to undefined if
   * nothing is to be replaced. Rejects as `agree` does, and the id stays.
   */
  settle(agree: (id: string) => Promise<string>): Promise<readonly [from: string, to: string] | undefined>;
  /** True when another person than before was named, so that a new visitor began. Null adds to what is known. */
  identify(userId: string | null, traits: JsonObject): boolean;
  group(accountId: string): void;
  /** Forgets all but the fields that are named. */
  reset(keep: readonly string[]): void;
}

/**
 * Tabs that open at once on a first visit cannot see each other's ids yet, for localStorage reaches other processes late.
 * So each makes one up, keeps it under a key of its own, and goes by it until it is settled which one counts.
 */
export function createIdentity(storage: SafeStorage, prefix: string): Identity {
  const settledKey = `${prefix}visitor`;
  const mintedKey = `${prefix}minted`;
  let minted: EventVisitor | undefined;
  let isSettled = false;

  const save = (visitor: EventVisitor): void => {
    if (minted) minted = visitor;
    storage.set(minted ? mintedKey : settledKey, visitor);
  };

  const get = (): EventVisitor => {
    // Read each time: another tab may have identified the visitor, or made the anonymous id first.
    const known = minted ?? storage.get<EventVisitor>(settledKey);
    if (known?.anonymousId) return known;
    const visitor = storage.get<EventVisitor>(mintedKey) ?? { anonymousId: newId() };
    // What does not outlive the page is no other tab's business.
    if (!isSettled && storage.set(mintedKey, visitor)) minted = visitor;
    else storage.set(settledKey, visitor);
    return visitor;
  };

  const reset = (keep: readonly string[]): void => {
    const kept = Object.fromEntries(Object.entries(get()).filter(([field]) => keep.includes(field)));
    // A new id is this page's to choose, for all tabs.
    if (!kept.anonymousId) minted = undefined;
    save({ anonymousId: newId(), ...kept });
  };

  return {
    get,
    reset,
    async settle(agree) {
      const from = get() && minted?.anonymousId;
      const to = from && (await agree(from));
      isSettled = true;
      if (!from || !to) return undefined;
      // Someone else by now: the visitor refused meanwhile, and agreed anew.
      if (minted && minted.anonymousId !== from) return undefined;
      // Unless the visitor was reset meanwhile. What another tab has settled wins.
      if (minted) storage.set(settledKey, { ...minted, anonymousId: to, ...storage.get<EventVisitor>(settledKey) });
      storage.set(mintedKey, undefined);
      minted = undefined;
      return [from, to];
    },
    identify(userId, { email, phone, ids, ...traits }) {
      const before = get();
      const isOther = userId !== null && before.userId !== undefined && before.userId !== userId;
      if (isOther) reset([]);
      const visitor = get();
      save({
        ...visitor,
        ...(userId !== null && { userId }),
        ...(typeof email === 'string' && email && { email }),
        ...(typeof phone === 'string' && phone && { phone }),
        ...(isIds(ids) && { ids: { ...visitor.ids, ...ids } }),
        traits: { ...visitor.traits, ...traits },
      });
      return isOther;
    },
    group: (accountId) => save({ ...get(), accountId }),
  };
}

const isIds = (ids: unknown): ids is NonNullable<EventVisitor['ids']> =>
  typeof ids === 'object' && ids !== null && Object.values(ids).every((id) => typeof id === 'string');

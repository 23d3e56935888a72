import type { EventVisitor, JsonObject } from '../event/event.js';
import { newId } from '../lib/new-id.js';
import type { SafeStorage } from '../lib/safe-storage.js';

/** Who the visitor is, shared by all tabs of the site through localStorage. */
export interface Identity {
  get(): EventVisitor;
  /** True when another person than before was named, so that a new visitor began. */
  identify(userId: string, traits: JsonObject): boolean;
  group(accountId: string): void;
  reset(): void;
}

export function createIdentity(storage: SafeStorage, prefix: string): Identity {
  const key = `${prefix}visitor`;

  const save = (visitor: EventVisitor): EventVisitor => {
    storage.set(key, visitor);
    return visitor;
  };
  const reset = () => save({ anonymousId: newId() });
  const get = (): EventVisitor => {
    // Read each time: another tab may have identified the visitor, or made the anonymous id first.
    const visitor = storage.get<EventVisitor>(key);
    return visitor?.anonymousId ? visitor : reset();
  };

  return {
    get,
    reset,
    identify(userId, { email, phone, ids, ...traits }) {
      const before = get();
      const isOther = before.userId !== undefined && before.userId !== userId;
      const visitor = isOther ? reset() : before;
      save({
        ...visitor,
        userId,
        ...(typeof email === 'string' && email && { email }),
        ...(typeof phone === 'string' && phone && { phone }),
        ...(isIds(ids) && { ids: { ...visitor.ids, ...ids } }),
        traits: { ...visitor.traits, ...traits },
      });
      return isOther;
    },
    group: (accountId) => void save({ ...get(), accountId }),
  };
}

const isIds = (ids: unknown): ids is NonNullable<EventVisitor['ids']> =>
  typeof ids === 'object' && ids !== null && Object.values(ids).every((id) => typeof id === 'string');

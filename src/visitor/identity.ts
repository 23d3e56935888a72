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
    identify(userId, traits) {
      let visitor = get();
      const isOther = visitor.userId !== undefined && visitor.userId !== userId;
      if (isOther) visitor = reset();
      const { email, phone, ids, ...rest } = traits;
      save({
        ...visitor,
        userId,
        ...(typeof email === 'string' && email && { email }),
        ...(typeof phone === 'string' && phone && { phone }),
        ...(isStrings(ids) && { ids: { ...visitor.ids, ...ids } }),
        ...(Object.keys(rest).length > 0 && { traits: { ...visitor.traits, ...rest } }),
      });
      return isOther;
    },
    group: (accountId) => void save({ ...get(), accountId }),
  };
}

const isStrings = (value: unknown): value is { [name: string]: string } =>
  typeof value === 'object' && value !== null && Object.values(value).every((inner) => typeof inner === 'string');

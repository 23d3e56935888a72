import { createSafeStorage, type SafeStorage } from '../lib/safe-storage.js';
import { withVisitorIn } from './visitor-keys.js';

/** The longest that Chromium and Firefox keep a cookie. */
const FOUR_HUNDRED_DAYS_MS = 34_560_000_000;

export interface CookieOptions {
  /** Whose subdomains share the visitor: `example.org`. Default: this host alone. */
  domain?: string;
  /** How long, in ms, a cookie outlives the last event. Default 400 days, the longest that browsers keep one. */
  maxAgeMs?: number;
}

type Shared = { readonly anonymousId?: string; readonly userId?: string };

/**
 * Keeps ids and session in first-party cookies, so that the subdomains of a site share them. `email`, `phone` and
 * `traits` stay in this origin's localStorage: a cookie goes along with every request, and holds 4 kB. Where the browser
 * takes no cookie for the domain, it says so on the console and keeps them for this host alone.
 *
 * @throws TypeError when `domain` is not this page's host or above it, or `maxAgeMs` is not a positive number.
 */
export function cookieStorage({ domain, maxAgeMs = FOUR_HUNDRED_DAYS_MS }: CookieOptions = {}): SafeStorage {
  const local = createSafeStorage();
  /** What the browser did not take, for it blocks cookies or finds them too large, and the cookie that it left instead. */
  const memory = new Map<string, { readonly value: unknown; readonly left: string | undefined }>();
  if (!(maxAgeMs > 0)) throw new TypeError('tracklet: cookieStorage maxAgeMs must be a positive number');
  if (domain !== undefined && typeof location !== 'undefined' && !`.${location.hostname}`.endsWith(`.${domain}`)) {
    throw new TypeError(
      `tracklet: cookieStorage domain must be ${location.hostname} or a domain above it, not '${domain}'; for ` +
        "www.example.org and shop.example.org it is 'example.org'",
    );
  }
  /** Whose cookies they are; undefined is this host alone. */
  let owner = domain;
  let isRenewed = false;
  const nameOf = (key: string) => key.replace(':', '_');
  const read = (key: string) =>
    document.cookie
      .split('; ')
      .find((cookie) => cookie.startsWith(`${nameOf(key)}=`))
      ?.slice(nameOf(key).length + 1);
  const write = (key: string, text: string, its: string | undefined) => {
    const seconds = text ? Math.round(maxAgeMs / 1_000) : 0;
    const scope = its === undefined ? '' : `; Domain=${its}`;
    const secure = location.protocol === 'https:' ? '; Secure' : '';
    // biome-ignore lint/suspicious/noDocumentCookie: the Cookie Store API is asynchronous, and absent on plain http.
    document.cookie = `${nameOf(key)}=${text}; Path=/; Max-Age=${seconds}; SameSite=Lax${scope}${secure}`;
  };

  /** Returns whether the cookie has become that text, or has gone if there is none. */
  const put = (key: string, text: string): boolean => {
    const isDone = () => (read(key) ?? '') === text;
    write(key, text, owner);
    if (isDone()) return true;
    // Namesakes from when `domain` was another: browsers name the older one first.
    const labels = location.hostname.split('.');
    for (const its of [undefined, ...labels.map((_, index) => labels.slice(index).join('.'))]) {
      if (its !== owner) write(key, '', its);
    }
    if (isDone()) return true;
    write(key, text, undefined);
    if (!text || !isDone()) return false;
    // A public suffix, or a browser with rules of its own.
    console.error(`tracklet: the browser takes no cookie for the domain '${owner}': subdomains share no visitor`);
    owner = undefined;
    return true;
  };

  /** The visitor's cookie lives as long as the session's, and belongs to the domain from when there is one. */
  const renew = (key: string): void => {
    if (isRenewed || !key.endsWith(':session')) return;
    isRenewed = true;
    const visitorKey = key.replace(/session$/, 'visitor');
    const text = read(visitorKey);
    if (!text) return;
    // Whom the subdomains share already comes before whom this host has known.
    if (owner !== undefined) write(visitorKey, '', undefined);
    put(visitorKey, read(visitorKey) ?? text);
  };

  return withVisitorIn({
    isShared: domain !== undefined,
    has(key) {
      try {
        return read(key) !== undefined || memory.has(key);
      } catch {
        return memory.has(key);
      }
    },
    get<T>(key: string): T | undefined {
      const kept = memory.get(key);
      try {
        const text = read(key);
        if (kept && kept.left === text) return kept.value as T;
        if (text === undefined) return undefined;
        const shared = JSON.parse(decodeURIComponent(text)) as Shared;
        const here = local.get<Shared>(key);
        // What was learnt here of someone else must not be told of this one.
        const isSame = here?.anonymousId === shared.anonymousId && here?.userId === shared.userId;
        return { ...(isSame && here), ...shared } as T;
      } catch {
        // Cut, forged, or cookies are blocked in this frame.
        return kept?.value as T | undefined;
      }
    },
    set(key, value) {
      memory.delete(key);
      let left: string | undefined;
      try {
        const { email, phone, traits, ...shared } = (value ?? {}) as { [field: string]: unknown };
        const isPersonal = Boolean(email ?? phone ?? traits);
        local.set(
          key,
          isPersonal ? { anonymousId: shared.anonymousId, userId: shared.userId, email, phone, traits } : undefined,
        );
        if (value !== undefined) renew(key);
        if (put(key, value === undefined ? '' : encodeURIComponent(JSON.stringify(shared)))) return true;
        left = read(key);
      } catch {
        // Blocked: a sandboxed frame throws.
      }
      memory.set(key, { value, left });
      return false;
    },
  });
}

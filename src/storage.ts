export type { SafeStorage } from './lib/safe-storage.js';
export { type CookieOptions, cookieStorage } from './visitor/cookie-storage.js';
export { memoryStorage } from './visitor/memory-storage.js';

/**
 * Calls back when the address has changed within the page, in the same task where the browser allows, and maybe when it
 * has not. `isReplaced` when the entry in the history is the same one as before.
 */
export function watchAddress(onChange: (isReplaced: boolean) => void, signal: AbortSignal): void {
  if (globalThis.navigation) {
    navigation.addEventListener('currententrychange', ({ navigationType }) => onChange(navigationType === 'replace'), {
      signal,
    });
  } else patchHistory(onChange, signal);
  // Also for a changed fragment; and where the Navigation API is silent, as in a sandboxed frame.
  addEventListener('popstate', () => onChange(false), { signal });
}

/** Patches that do nothing any more, and what they stand for. */
const silent = new WeakMap<History['pushState'], History['pushState']>();

/** For browsers without the Navigation API (Safari before 26.2, Firefox before 147). */
function patchHistory(onChange: (isReplaced: boolean) => void, signal: AbortSignal): void {
  for (const name of ['pushState', 'replaceState'] as const) {
    // Where it is found: whoever patches the other place after us still calls us, and we whoever came before.
    const owner = Reflect.getOwnPropertyDescriptor(history, name) ? history : History.prototype;
    const original = owner[name];
    const patched = function patched(this: History, ...args: Parameters<History['pushState']>) {
      original.apply(this, args);
      if (!signal.aborted) onChange(name === 'replaceState');
    };
    owner[name] = patched;
    signal.addEventListener('abort', () => {
      // Someone may have patched after us; then theirs stays, and ours falls silent until theirs is taken away.
      silent.set(patched, original);
      for (let under = silent.get(owner[name]); under; under = silent.get(under)) owner[name] = under;
    });
  }
}

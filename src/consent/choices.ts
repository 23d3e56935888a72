import { createSafeStorage, type SafeStorage } from '../lib/safe-storage.js';
import { type ChoiceOrigin, type ConsentChoice, type ConsentState, hasPrivacyControl } from './gate.js';
import { type ByPurpose, byPurpose, isByPurpose, merge, parseChoice } from './said.js';

/** What the browser says in the visitor's name: Global Privacy Control, Do Not Track. */
export type PrivacySignal = 'gpc' | 'dnt';

export interface ConsentOptions {
  /**
   * Keep what `tracker.consent()` was told, in localStorage, for the next visit. Default true, so that a refusal outlives
   * the page; false for sites whose consent manager says it anew on every page.
   */
  remember?: boolean;
  /**
   * Which of the browser's signals count as a refusal, until the visitor chooses. `gpc` refuses the purpose `marketing`,
   * `dnt` every purpose. Default `['gpc']`, which is law in several places; Do Not Track never became a standard.
   */
  signals?: readonly PrivacySignal[];
}

/** What the visitor has chosen, as all tabs of the site know it. */
export interface Choices {
  /** Keys of what is left of a visitor who refused. */
  readonly keys: readonly string[];
  of(purpose: string): ConsentState;
  choose(choice: ConsentChoice, origin?: ChoiceOrigin): void;
  /** Nothing is granted any more: what only says that something was is erased. */
  forget(): void;
}

export interface ChoicesContext extends ConsentOptions {
  /** Of the keys. */
  readonly prefix: string;
  readonly purposes: readonly string[];
  readonly first: ConsentChoice;
  readonly storage?: SafeStorage | undefined;
  readonly signal: AbortSignal;
  onChange(): void;
}

export function createChoices({
  prefix,
  purposes,
  first,
  remember = true,
  signals = ['gpc'],
  storage,
  signal,
  onChange,
}: ChoicesContext): Choices {
  const local = createSafeStorage();
  const key = `${prefix}consent`;
  /**
   * The choice once more, for pages that hear of none: those in the back/forward cache, and those of other subdomains.
   * Where the choice is not remembered the note is there as long as something is granted, and only takes away.
   */
  const noteKey = `${prefix}choice`;
  let noted = storage?.isShared ? storage : local;
  const isNoted = noted !== local || !remember;
  let given = byPurpose(first);
  let chosen: ByPurpose = {};
  let hasLooked = false;

  const isRefused = (purpose: string) =>
    (purpose === 'marketing' && signals.includes('gpc') && hasPrivacyControl()) ||
    (signals.includes('dnt') && navigator.doNotTrack === '1');
  /** The visitor's word, then the browser's, then the site's. */
  const stateOf = (purpose: string, said = chosen): ConsentState =>
    said[purpose] ?? said['*'] ?? (isRefused(purpose) ? 'denied' : (given[purpose] ?? given['*'] ?? 'pending'));
  const isGranted = (purpose: string, said?: ByPurpose) => stateOf(purpose, said) === 'granted';
  const isAnyGranted = (said?: ByPurpose) => purposes.some((purpose) => isGranted(purpose, said));

  const readNote = () => {
    const said = isNoted && noted.get<{ said: unknown }>(noteKey)?.said;
    return isByPurpose(said) ? said : undefined;
  };
  const note = (said: ByPurpose) => {
    const value = remember || isAnyGranted(said) ? { said } : undefined;
    if (!isNoted || noted.set(noteKey, value)) return;
    // Where the browser takes no such cookie, tabs of this origin still hear of each other.
    noted = local;
    local.set(noteKey, value);
  };

  const recall = () => {
    const said = readNote();
    const stored = local.get(key);
    if (remember) {
      chosen = said ?? (isByPurpose(stored) ? stored : chosen);
      if (said) local.set(key, said);
      return;
    }
    for (const purpose of purposes) {
      const isWithdrawn = isGranted(purpose) && !(said && isGranted(purpose, said));
      if (isWithdrawn) chosen = { ...chosen, [purpose]: 'denied' };
    }
  };

  /** Other subdomains tell nobody what they were told, so they are asked; once per task. */
  const look = () => {
    if (hasLooked || noted === local) return;
    hasLooked = true;
    const before = JSON.stringify(chosen);
    recall();
    const isNews = JSON.stringify(chosen) !== before;
    queueMicrotask(() => {
      hasLooked = false;
      if (isNews) onChange();
    });
  };

  /** What the site grants counts until someone refuses it. A page that waits must not remove what it may not see yet. */
  const vouch = () => {
    if (!remember && isAnyGranted() && !readNote()) note(chosen);
  };

  if (remember) recall();
  else vouch();

  addEventListener(
    'storage',
    ({ key: changed, newValue }) => {
      const said = changed === key && parseChoice(newValue);
      if (!said) return;
      chosen = merge(chosen, said);
      onChange();
    },
    { signal },
  );
  // Where the browser does not tell, the page finds out before it stores or sends anything.
  if (noted !== local) globalThis.cookieStore?.addEventListener('change', look, { signal });
  // A page in the back/forward cache has heard of nothing.
  addEventListener(
    'pageshow',
    ({ persisted }) => {
      if (!persisted) return;
      recall();
      onChange();
    },
    { signal },
  );

  return {
    keys: [key, noteKey],
    of(purpose) {
      look();
      return stateOf(purpose);
    },
    choose(choice, origin) {
      const said = byPurpose(choice);
      if (origin?.byDefault) {
        given = merge(given, said);
        vouch();
      } else {
        // Others may have said something of which nothing was heard yet.
        recall();
        chosen = merge(chosen, said);
        note(remember ? chosen : merge(readNote() ?? {}, said));
        // Written in any case: that is how other tabs hear of it.
        local.set(key, chosen);
        if (!remember) local.set(key, undefined);
      }
      onChange();
    },
    forget() {
      if (remember) return;
      noted.set(noteKey, undefined);
      local.set(key, undefined);
    },
  };
}

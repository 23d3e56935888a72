import { epochSecond, identifiersOf, type Profile, type ReadEvent } from './klaviyo-rules.js';

const MAX_METRICS = 200; // SEED, of an account

export interface SeenEvent {
  readonly id: string;
  /** What the vendor deduplicates by. */
  readonly key: string;
}

export interface KlaviyoMemory {
  /** Whether any of its identifiers came before. */
  knows(profile: Profile): boolean;
  /** A number for the profile: the same for every identifier that came with it once. */
  profileNumber(profile: Profile): number;
  /** The first event wins within (profile, metric) (SEED). */
  identify(event: ReadEvent, profileNumber: number, at: number): SeenEvent;
  /** Notes the name of a metric; false when there would be more than an account can have. */
  takesMetric(name: string): boolean;
  has(key: string): boolean;
  add(key: string): void;
  clear(): void;
}

export function createKlaviyoMemory(): KlaviyoMemory {
  const profiles = new Map<string, number>();
  const seen = new Set<string>();
  const metrics = new Set<string>();
  let lastProfile = 0;

  return {
    knows: (profile) => identifiersOf(profile).some((identifier) => profiles.has(identifier)),
    profileNumber(profile) {
      const identifiers = identifiersOf(profile);
      // How the vendor merges two known profiles is not in vendors.md; here the first identifier known decides.
      const known = identifiers.map((identifier) => profiles.get(identifier)).find((number) => number !== undefined);
      const number = known ?? ++lastProfile;
      for (const identifier of identifiers) if (!profiles.has(identifier)) profiles.set(identifier, number);
      return number;
    },
    identify(event, profileNumber, at) {
      const { name } = event;
      const second = event.time === undefined ? Math.floor(at / 1_000) : epochSecond(event.time);
      // Without unique_id the second takes its place, and other events of that second vanish (SEED).
      const id = event.uniqueId ?? `second ${second} of ${name} by profile ${profileNumber}`;
      return { id, key: JSON.stringify([profileNumber, name, id]) };
    },
    takesMetric: (name) => metrics.has(name) || (metrics.size < MAX_METRICS && metrics.add(name).size > 0),
    has: (key) => seen.has(key),
    add: (key) => void seen.add(key),
    clear() {
      profiles.clear();
      seen.clear();
      metrics.clear();
      lastProfile = 0;
    },
  };
}

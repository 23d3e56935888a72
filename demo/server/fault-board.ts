import type { FaultName } from '../shared/fault-names.js';
import type { Board } from '../shared/live-feed.js';
import { type VendorName, vendorNames } from '../shared/vendor-names.js';
import type { Fault, StandIn } from '../vendors/stand-in.js';

/** Long enough to watch a rate limit being obeyed, short enough to wait for it. */
const RETRY_AFTER_S = 6;

/** Long enough to be seen; longer, and the six connections of a browser would make the shop's own pages wait. */
const SLOW_MS = 1_500;

const faults: Readonly<Record<FaultName, Fault>> = {
  healthy: { kind: 'none' },
  '500': { kind: 'error500' },
  '429': { kind: 'rate-limited', retryAfter: RETRY_AFTER_S },
  '401': { kind: 'unauthorised' },
  hang: { kind: 'hang' },
  reset: { kind: 'reset' },
  slow: { kind: 'slow', delayMs: SLOW_MS },
};

export interface FaultBoard {
  current(): Board;
  setFault(vendor: VendorName, fault: FaultName): void;
  setOffline(offline: boolean): void;
  /** Everything healthy and online; the vendors forget what they have. */
  reset(): void;
}

/** The switches of the live view. Being offline covers the vendors' own troubles, and gives them back afterwards. */
export function createFaultBoard(vendors: Record<VendorName, StandIn>, changed: () => void): FaultBoard {
  const chosen = Object.fromEntries(vendorNames.map((name) => [name, 'healthy'])) as Record<VendorName, FaultName>;
  let offline = false;

  const apply = (): void => {
    // A vendor that cannot be reached looks the same to a browser as a network that is gone.
    for (const name of vendorNames) vendors[name].fault(faults[offline ? 'reset' : chosen[name]]);
    changed();
  };

  return {
    current: () => ({ offline, faults: { ...chosen } }),
    setFault(vendor, fault) {
      chosen[vendor] = fault;
      apply();
    },
    setOffline(value) {
      offline = value;
      apply();
    },
    reset() {
      offline = false;
      for (const name of vendorNames) {
        chosen[name] = 'healthy';
        vendors[name].reset();
      }
      apply();
    },
  };
}

import type { ServerResponse } from 'node:http';
import type { VendorName } from '../shared/vendor-names.js';
import type { StandIn } from '../vendors/stand-in.js';

/**
 * A browser opens six connections to one origin over HTTP/1.1, and a `keepalive` request outlives its page. Requests to
 * vendors that hang may have half of them; else the shop's own pages would soon wait for a vendor.
 */
const MAX_HANGING = 3;

export interface HangingRequests {
  /** Breaks off the oldest of too many requests that will never be answered. */
  watch(response: ServerResponse, vendor: VendorName): void;
}

export function createHangingRequests(vendors: Record<VendorName, StandIn>): HangingRequests {
  const hanging = new Set<ServerResponse>();
  return {
    watch(response, vendor) {
      if (vendors[vendor].currentFault().kind !== 'hang') return;
      hanging.add(response);
      response.on('close', () => hanging.delete(response));
      const [oldest] = hanging;
      if (hanging.size > MAX_HANGING) oldest?.destroy();
    },
  };
}

import type { Destination } from '../adapters/adapter.js';
import type { TrackletEvent } from '../event/event.js';

/** What a destination is for; measuring, unless it says otherwise. */
export const purposeOf = ({ purpose = 'analytics' }: Destination): string => purpose;

/** Was this event stored with consent to what the destination is for, which the site may have changed since? Pure. */
export const isAgreedTo = ({ consent }: TrackletEvent, destination: Destination): boolean =>
  consent?.includes(purposeOf(destination)) !== false;

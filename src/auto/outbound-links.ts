import { attach, type Trackable } from './attach.js';
import { isOwn, isWeb, watchLinks, withoutQuery } from './links.js';

export interface OutboundLinkOptions {
  /** What the event is called. Default `Outbound Link Clicked`. */
  name?: string;
  /** Other hosts of this site, links to which do not leave it; `.example.org` stands for every host that ends so. */
  ownHosts?: readonly string[];
}

/**
 * Tracks links that lead to another host: `url` without query and fragment, and `host`. Nothing is prevented or delayed:
 * the event is stored before the browser leaves.
 *
 * @returns the function that ends it.
 * @throws TypeError when it is given no tracker.
 */
export const trackOutboundLinks = (
  tracker: Trackable,
  { name = 'Outbound Link Clicked', ownHosts = [] }: OutboundLinkOptions = {},
): (() => void) =>
  attach('trackOutboundLinks', tracker, ({ track, listen }) => {
    watchLinks(listen, (_, url) => {
      const { host } = url;
      if (!isWeb(url) || isOwn(host, [location.host, ...ownHosts])) return;
      track(name, { url: withoutQuery(url), host });
    });
  });

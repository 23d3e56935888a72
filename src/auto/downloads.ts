import { attach, type Trackable } from './attach.js';
import { isWeb, watchLinks, withoutQuery } from './links.js';
import { readFile } from './read-file.js';

/** Documents, data, archives, programs, sound and film: what browsers save or open beside the page. As a pattern. */
const FILES =
  'pdf|txt|rtf|csv|ics|epub|docx?|xlsx?|pptx?|od[pst]|key|zip|rar|7z|t?gz|dmg|pkg|exe|msi|deb|rpm|apk|iso|mp[34]|wav|mov|avi';

export interface DownloadOptions {
  /** What the event is called. Default `File Downloaded`. */
  name?: string;
  /** File name extensions that make a link a download, instead of the built-in list: `['pdf', 'stl']`. */
  extensions?: readonly string[];
}

/**
 * Tracks links to files, and links with a `download` attribute: `file` (its name), `extension`, and `url` without query
 * and fragment, unless the file was made in the page. Nothing is prevented or delayed.
 *
 * @returns the function that ends it.
 * @throws TypeError when it is given no tracker.
 */
export const trackDownloads = (
  tracker: Trackable,
  { name = 'File Downloaded', extensions = [FILES] }: DownloadOptions = {},
): (() => void) =>
  attach('trackDownloads', tracker, ({ track, listen }) => {
    watchLinks(listen, (link, url) => {
      const file = readFile(isWeb(url) ? url.pathname : '', link.getAttribute('download'), extensions);
      if (file) track(name, { ...file, ...(isWeb(url) && { url: withoutQuery(url) }) });
    });
  });

/** What the site's service worker gets as `lib`: the package as a bundler sees it, by its public names. */
export { relay } from 'tracklet/adapters/relay';
export { deliverInBackground } from 'tracklet/background-sync';

/** What pages get as `lib`: the package as a bundler sees it, by its public names. */
export { createTracker } from 'tracklet';
export { airship } from 'tracklet/adapters/airship';
export { capillary } from 'tracklet/adapters/capillary';
export { embeddables } from 'tracklet/adapters/embeddables';
export { gainsight } from 'tracklet/adapters/gainsight';
export { klaviyo } from 'tracklet/adapters/klaviyo';
export { relay } from 'tracklet/adapters/relay';

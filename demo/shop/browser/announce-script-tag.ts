import { announce } from '../../shared/announce.js';
import { scriptTag } from './script-tag.js';

// Loaded without `defer`, between the stub and `init`: the listeners are there before the first event is.
announce({
  on: (name, listener) => scriptTag()('on', name, listener),
  stats: () => scriptTag().tracker?.stats(),
  close: () => scriptTag().tracker?.close(),
});

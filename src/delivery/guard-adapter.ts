import type { Adapter } from '../adapters/adapter.js';

/**
 * The same adapter, which may be the site's own, or call its functions: what it throws costs the event, or time, but
 * neither other destinations nor the page. What `toRequest` throws, whoever calls it has to judge.
 */
export const guardAdapter = (adapter: Adapter): Adapter => ({
  ...adapter,
  accepts(event, now) {
    try {
      return adapter.accepts(event, now);
    } catch (error) {
      return { refused: String(error) };
    }
  },
  judge(...answered) {
    try {
      return adapter.judge(...answered);
    } catch (error) {
      return { kind: 'retry', reason: String(error) };
    }
  },
});

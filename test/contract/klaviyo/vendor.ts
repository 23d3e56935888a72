import { klaviyoRules } from '../../../demo/vendors/klaviyo.js';
import type { HttpRequest } from '../../../src/transport/http.js';

const MANY = { perSecond: 1e9, perMinute: 1e9 };

/** Sends to the rules of the stand-in, without a network in between. */
export function vendor(now: number) {
  const rules = klaviyoRules({ singleRate: MANY, bulkRate: MANY });
  return {
    forget: rules.forget,
    status({ url, method, headers, body }: HttpRequest, more: Record<string, string> = {}) {
      const { pathname: path, searchParams: query } = new URL(url);
      const given = Object.entries({ ...headers, ...more }).map(([name, value]) => [name.toLowerCase(), value]);
      const json: unknown = JSON.parse(body);
      const verdict = rules.judge({
        method,
        path,
        query,
        headers: Object.fromEntries(given),
        json,
        text: body,
        at: now,
      });
      return verdict.reason ?? verdict.answer.status;
    },
  };
}

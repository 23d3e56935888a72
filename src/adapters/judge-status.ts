import type { HttpResponse } from '../transport/http.js';

/**
 * What a status means at every vendor; each adapter states only how its own differs.
 * Refusals that name no culprit are split, which the lane ends with a drop when one event is left.
 */
export function judgeStatus({ status, body }: HttpResponse) {
  const reason = `${status} ${body}`.slice(0, 200);
  const kind =
    // No vendor says yes with a web page: this is a proxy, a login page or a catch-all route in between.
    /^2.. (?!\s*<)/.test(reason)
      ? 'delivered'
      : /^(2|5|408|42[59])/.test(reason)
        ? 'retry'
        : // Redirects are followed before we see them; one that is left over is a wrong address.
          /^(3|40[1-7]|41[05])/.test(reason)
          ? 'pause'
          : 'split';
  return { kind, reason } as const;
}

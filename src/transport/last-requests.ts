/**
 * Firefox (153) loses many of the requests that a page makes in `pagehide` as its tab is closed, beacons too; none that it
 * makes then because of a navigation. The lab's `close-tab` showed it, and that one made between `window.close()` and
 * `pagehide` may be lost too, in one of 50 closings on a busy machine. There is no way to ask a browser for this, but only
 * Firefox has this property.
 */
export const losesLastRequests = (): boolean => 'mozInnerScreenX' in globalThis;

/**
 * Does a page have to listen to `beforeunload` to hear in time that its tab is closed? Besides Firefox, WebKit (2.50): a
 * window that its own script closes has no localStorage after it, so what it sends then cannot be claimed. Chromium needs
 * no such thing, and would ask every page that listens before it leaves it. `vendor` is what the HTML standard has each of
 * them say.
 */
export const hearsTooLate = (): boolean => navigator.vendor !== 'Google Inc.';

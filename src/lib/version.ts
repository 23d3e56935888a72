/** Sent with each event. A literal, so that it needs no build step; a test holds it to package.json. */
export const version: string = '0.1.0';

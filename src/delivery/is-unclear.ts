/**
 * May a vendor that fails have taken what it was sent? A gateway says 502 or 504 when it hears nothing more, and 500 comes
 * from anywhere. 503 is said before anything was done, and is the one that Klaviyo wants repeated as it is (K-RL).
 */
export const isUnclear = (status: number): boolean => status >= 500 && status !== 503;

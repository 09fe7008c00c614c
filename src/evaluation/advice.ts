// The headroom below which no router can pay for itself in quality.

export const LEAST_HEADROOM = 0.02;

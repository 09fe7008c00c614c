// Fixed sizes and bounds that training and serving share.

export const LAYERS = 2;
/** A: how many numbers say in which way a query and a model can be liked. */
export const TASTES = 32;
export const NORM_EPSILON = 1e-5;
/** Estimates of quality are cut to [.02, .98] before they become a logit. */
export const SUREST = 0.98;
/** So many average cells does a model's mean count for among the neighbours' cells. */
export const ESTIMATE_SHRINKAGE = 10;
/** Cosines above this are the query itself under whatever name; float32 cannot tell them from 1. */
export const SAME_QUERY = 1 - 2e-6;
/** v_u = Σ e·ψ / (n + 10). */
export const TASTE_SHRINKAGE = 10;

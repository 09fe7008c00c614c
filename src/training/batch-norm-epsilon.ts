// Batch normalisation's ε, PyTorch's default: what folds a trained layer must use the same.
export const BATCH_NORM_EPSILON = 1e-5;

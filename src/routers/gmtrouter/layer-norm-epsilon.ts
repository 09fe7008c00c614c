// Layer normalisation's ε, PyTorch's default: training and serving use the same.
export const LAYER_NORM_EPSILON = 1e-5;

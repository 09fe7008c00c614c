// The one door to the process environment.

export type Environment = Readonly<Record<string, string | undefined>>;

/** The variables of this process; never stored, never printed. */
export function environment(): Environment {
  return process.env;
}

/**
 * Sets what TensorFlow's native library reads while it loads; what the user has set stands. Without it, it writes about
 * itself to stderr. One thread a product: more wait for each other in batches as small as ours, and one always adds up in
 * the same order, so that a seed gives the same weights on every run.
 */
export function prepareTensorFlow(): void {
  process.env.TF_CPP_MIN_LOG_LEVEL ??= '2';
  process.env.TF_NUM_INTRAOP_THREADS ??= '1';
}

// How large Ollama's window must be: a longer prompt would be cut without a word.

export interface ContextSizes {
  /** num_ctx for a prompt and an answer of so many tokens: the smallest power of two that holds both, at most `limit`. */
  sizeFor(model: string, promptTokens: number, maxTokens: number, limit: number | undefined): number;
}

/** A model's window never shrinks between calls: every change of it makes the server load the model again. */
export function contextSizes(): ContextSizes {
  const largest = new Map<string, number>();
  return {
    sizeFor(model, promptTokens, maxTokens, limit = Number.POSITIVE_INFINITY) {
      const needed = 2 ** Math.ceil(Math.log2(promptTokens + maxTokens));
      const size = Math.min(limit, Math.max(needed, largest.get(model) ?? 0));
      largest.set(model, size);
      return size;
    },
  };
}

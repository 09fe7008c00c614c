// What a model costs whose price nobody has written down, but whose server reports what each call took.
import type { AskedModel } from './models.js';

export interface ReportedPrices {
  /** US dollars that one call really took, by the server's word, and the tokens it took them for. */
  note(model: string, spent: number, tokens: number): void;
  /** US dollars that so many tokens may cost, at the dearest price per token seen so far; everything where none was seen. */
  worst(model: string, tokens: number): number;
}

/** Of the first call nothing is known: it is made alone, whatever is left. */
export function createReportedPrices(): ReportedPrices {
  const dearest = new Map<string, number>();
  return {
    note(model, spent, tokens) {
      if (tokens > 0) dearest.set(model, Math.max(dearest.get(model) ?? 0, spent / tokens));
    },
    worst(model, tokens) {
      const perToken = dearest.get(model);
      return perToken === undefined ? Number.POSITIVE_INFINITY : perToken * tokens;
    },
  };
}

/** Every server that it may be asked at says what a call cost. */
export function reportsCost({ routes }: Pick<AskedModel, 'routes'>): boolean {
  return routes.every(({ endpoint }) => endpoint.type === 'openrouter');
}

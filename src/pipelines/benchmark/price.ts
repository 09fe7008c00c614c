// What a call costs, from its tokens and the model's prices. Unknown stays unknown: null, never 0.
import type { VsrConfig } from '../../config/schema.js';
import type { CatalogueModel } from '../../data/catalogue.js';
import type { Completion } from '../../providers/provider.js';

/** US dollars per million tokens. */
export interface Price {
  readonly input: number;
  readonly output: number;
  /** Absent: the input price. */
  readonly cachedInput?: number;
}

type Pricing = VsrConfig['modelConfig'][string]['pricing'];

/** The configuration's price, else the catalogue's if it knows both sides, else nothing where all its servers are one's own. */
export function priceOf(pricing: Pricing, catalogue: CatalogueModel | undefined, free = false): Price | null {
  if (pricing) {
    const cached = pricing.cachedInputPer_1m;
    return {
      input: pricing.promptPer_1m,
      output: pricing.completionPer_1m,
      ...(cached !== undefined && { cachedInput: cached }),
    };
  }
  const { inputPrice = null, outputPrice = null, cachedInputPrice = null } = catalogue ?? {};
  if (inputPrice === null || outputPrice === null) return free ? { input: 0, output: 0 } : null;
  return {
    input: inputPrice,
    output: outputPrice,
    ...(cachedInputPrice !== null && { cachedInput: cachedInputPrice }),
  };
}

type Tokens = Pick<Completion, 'inputTokens' | 'outputTokens' | 'cachedTokens' | 'reportedCost'>;

/**
 * US dollars: ((in − cached) · input + cached · cachedInput + out · output) / 10⁶; reasoning tokens are output tokens
 * already. What the server reports counts only where no price is known.
 */
export function costOf(
  price: Price | null,
  { inputTokens, outputTokens, cachedTokens = 0, reportedCost }: Tokens,
): number | null {
  if (price === null) return reportedCost ?? null;
  if (inputTokens === null || outputTokens === null) return null;
  const cached = Math.min(cachedTokens, inputTokens);
  const input = (inputTokens - cached) * price.input + cached * (price.cachedInput ?? price.input);
  return (input + outputTokens * price.output) / 1e6;
}

/** What was really spent on a call: what the server reports, else what the prices make of its tokens. */
export function spentOn(price: Price | null, tokens: Tokens): number | null {
  return tokens.reportedCost ?? costOf(price, tokens);
}

/** Characters that make a token, on average. */
const CHARACTERS_PER_TOKEN = 4;

/** What a text will count as, where nobody has counted it. */
export function estimatedTokens(...texts: readonly (string | undefined)[]): number {
  return texts.reduce((sum, text) => sum + Math.ceil((text?.length ?? 0) / CHARACTERS_PER_TOKEN), 0);
}

/** No tokeniser makes more tokens than a text has bytes; a little is added for the marks of a chat. */
export function mostTokens(...texts: readonly (string | undefined)[]): number {
  return texts.reduce((sum, text) => sum + Buffer.byteLength(text ?? ''), CHAT_MARKS);
}

const CHAT_MARKS = 64;

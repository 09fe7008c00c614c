// Reads models.json: {"gpt-4":{"size":"70B","input_price":10,"output_price":30,"description":"…","context_window":128000}}
import { VsrError } from '../errors/vsr-error.js';
import { type JsonObject, objectAt, optionalAmount, optionalText, optionalTexts } from './field.js';
import { readJsonFile } from './open-file.js';

/** Prices in dollars per million tokens; null = unknown, never free. */
export interface CatalogueModel {
  readonly size: string | null;
  readonly inputPrice: number | null;
  readonly outputPrice: number | null;
  readonly cachedInputPrice: number | null;
  readonly description: string | null;
  /** Tokens. */
  readonly contextWindow: number | null;
  /** Empty = unknown. */
  readonly modalities: readonly string[];
  /** Category → share in [0, 1] or any number that is not negative. */
  readonly capabilities: Readonly<Record<string, number>>;
  readonly provider: string | null;
  /** The name the server knows. */
  readonly model: string | null;
  readonly baseUrl: string | null;
}

/** By alias, in the file's order. */
export type ModelCatalogue = ReadonlyMap<string, CatalogueModel>;

/**
 * LLMRouter's `feature`, `service` and `api_endpoint` are read as description, provider and base URL.
 * Throws VSR_FILE, and VSR_DATA naming model and key for a price that is negative or no number.
 */
export async function readCatalogue(path: string): Promise<ModelCatalogue> {
  const models = Object.entries(
    objectAt(await readJsonFile(path), `${path}: the file`, 'an object with a model per key'),
  );
  if (models.length === 0) throw new VsrError('VSR_DATA', `${path}: expected at least one model, got none.`);
  return new Map(models.map(([name, value]) => [name, modelFrom(value, `${path}: ${name}`)]));
}

/** undefined = nobody said. */
export function takesImages(modalities: readonly string[]): boolean | undefined {
  return modalities.length > 0 ? modalities.some((kind) => /image|vision/i.test(kind)) : undefined;
}

function modelFrom(value: unknown, where: string): CatalogueModel {
  const fields = objectAt(value, where, 'an object with prices and a description');
  const text = (...keys: string[]) =>
    keys.map((key) => optionalText(fields, key, where)).find((found) => found !== null);
  const amount = (key: string) => optionalAmount(fields, key, where) ?? null;
  return {
    size: text('size') ?? null,
    inputPrice: amount('input_price'),
    outputPrice: amount('output_price'),
    cachedInputPrice: amount('cached_input_price'),
    description: text('description', 'feature') ?? null,
    contextWindow: amount('context_window'),
    modalities: optionalTexts(fields, 'modalities', where),
    capabilities: capabilitiesFrom(fields.capabilities, `${where}: capabilities`),
    provider: text('provider', 'service') ?? null,
    model: text('model') ?? null,
    baseUrl: text('base_url', 'api_endpoint') ?? null,
  };
}

function capabilitiesFrom(value: unknown, where: string): Record<string, number> {
  if (value === undefined || value === null) return {};
  const fields: JsonObject = objectAt(value, where, 'an object with a number per category');
  return Object.fromEntries(Object.keys(fields).map((key) => [key, optionalAmount(fields, key, where) ?? 0]));
}

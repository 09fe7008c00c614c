// A model of which the catalogue says nothing.
import type { CatalogueModel } from '../../src/data/catalogue.js';

export const UNKNOWN_MODEL: CatalogueModel = {
  size: null,
  inputPrice: null,
  outputPrice: null,
  cachedInputPrice: null,
  description: null,
  contextWindow: null,
  modalities: [],
  capabilities: {},
  provider: null,
  model: null,
  baseUrl: null,
};

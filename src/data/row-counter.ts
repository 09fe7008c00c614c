// Counts what a reader noticed about its rows: equal ids, equal texts, categories outside the list.
import type { Query } from './query.js';

export interface RowCounts {
  /** Rows left out because their id stood before: the first wins. */
  readonly duplicateIds: number;
  /** Rows kept although their text stood before, under another id (another truth, task or choices). */
  readonly sameText: number;
  /** Rows whose category was not in the list and became `other`. */
  readonly unknownCategories: number;
}

export class RowCounter {
  readonly #ids = new Set<string>();
  readonly #texts = new Set<string>();
  #duplicateIds = 0;
  #sameText = 0;
  #unknownCategories = 0;

  /** Counts the row; false if its id stood before. */
  isNew(query: Query): boolean {
    if (this.#ids.has(query.id)) {
      this.#duplicateIds++;
      return false;
    }
    this.#ids.add(query.id);
    if (this.#texts.has(query.query)) this.#sameText++;
    this.#texts.add(query.query);
    return true;
  }

  readonly unknownCategory = (): void => {
    this.#unknownCategories++;
  };

  counts(): RowCounts {
    return {
      duplicateIds: this.#duplicateIds,
      sameText: this.#sameText,
      unknownCategories: this.#unknownCategories,
    };
  }
}

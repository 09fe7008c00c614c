// Counts what a reader noticed about its rows: equal ids, equal texts, categories outside the list.
import { isDeepStrictEqual } from 'node:util';
import { VsrError } from '../errors/vsr-error.js';
import type { Query } from './query.js';

export interface RowCounts {
  /** Rows left out because the same row stood before: the first wins. */
  readonly duplicateIds: number;
  /** Rows kept although their text stood before, under another id (another truth, task or choices). */
  readonly sameText: number;
  /** Rows whose category was not in the list and became `other`. */
  readonly unknownCategories: number;
}

export class RowCounter {
  /** By id. */
  readonly #seen = new Map<string, { readonly query: Query; readonly where: string }>();
  readonly #texts = new Set<string>();
  #duplicateIds = 0;
  #sameText = 0;
  #unknownCategories = 0;

  /** Counts the row; false if the same row stood before. Throws `VSR_DATA` if its id stood before with another query. */
  isNew(query: Query, where: string): boolean {
    const first = this.#seen.get(query.id);
    if (first && !sameQuestion(first.query, query)) {
      throw new VsrError(
        'VSR_DATA',
        `${where}: id "${query.id}" stands at ${first.where} too, with another query or truth.`,
        {
          hint: 'Give each query an id of its own, or none.',
        },
      );
    }
    if (first) {
      this.#duplicateIds++;
      return false;
    }
    this.#seen.set(query.id, { query, where });
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

function sameQuestion(a: Query, b: Query): boolean {
  return a.query === b.query && isDeepStrictEqual([a.groundTruth, a.choices], [b.groundTruth, b.choices]);
}

// Counts what a reader noticed about its rows: equal ids, equal texts, categories outside the list.
import { VsrError } from '../errors/vsr-error.js';
import { hash32 } from '../math/random.js';
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
  /** By id: the place of the row in the lists below. */
  readonly #seen = new Map<string, number>();
  readonly #asked: string[] = [];
  /** Of truth and choices, 32 bits: the question itself is the reader's to keep or to forget. */
  readonly #answers: number[] = [];
  readonly #lines: number[] = [];
  readonly #texts = new Set<string>();
  #duplicateIds = 0;
  #sameText = 0;
  #unknownCategories = 0;

  readonly #path: string;

  constructor(path: string) {
    this.#path = path;
  }

  /**
   * Counts the row; false if the same row stood before. Throws `VSR_DATA` if its id stood before with another query.
   * @param line from 1
   */
  isNew(query: Query, line: number): boolean {
    const first = this.#seen.get(query.id);
    const answer = answerHash(query);
    if (first !== undefined && (this.#asked[first] !== query.query || this.#answers[first] !== answer)) {
      throw new VsrError(
        'VSR_DATA',
        `${this.#path}:${line}: id "${query.id}" stands at ${this.#path}:${this.#lines[first]} too, with another query or truth.`,
        {
          hint: 'Give each query an id of its own, or none.',
        },
      );
    }
    if (first !== undefined) {
      this.#duplicateIds++;
      return false;
    }
    this.#seen.set(query.id, this.#lines.push(line) - 1);
    this.#asked.push(query.query);
    this.#answers.push(answer);
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

function answerHash({ groundTruth, choices }: Query): number {
  return groundTruth === null && choices === null
    ? 0
    : hash32(JSON.stringify([groundTruth, choices?.labels, choices?.text]));
}

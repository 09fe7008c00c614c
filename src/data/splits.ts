// Cuts queries into train, validation and test, or into folds, by a hash of the text: no query's place depends on another's.
import { hash } from 'node:crypto';
import { VsrError } from '../errors/vsr-error.js';
import { contentText } from './content-text.js';
import { groupIds, normaliseText } from './normalise-text.js';
import type { Query, Split } from './query.js';

export interface SplitOptions {
  /** Shares of train, validation and test; they add up to 1. */
  readonly ratios: readonly [train: number, validation: number, test: number];
  readonly seed: number;
}

/**
 * A split per query. Queries with the same normalised text (and the same images) go together, by a hash of that text and the seed.
 * A `split` in the data wins: nothing is moved into its test or validation rows, and where it names no validation rows
 * they are cut from its train rows with ratio validation / (train + validation). A row without a split follows a row of
 * the same text that has one (test before validation before train).
 * Throws VSR_CONFIG if the ratios are not shares that add up to 1.
 * @param groups [N] of the queries, where they are known already
 */
export function assignSplits(
  queries: readonly Query[],
  options: SplitOptions,
  groups: Int32Array = groupIds(queries.map(contentText)),
): Split[] {
  const [train, validation, test] = checkedRatios(options.ratios);
  const given = givenSplits(queries, groups);
  const cutTrain = ![...given.values()].includes('validation');
  return queries.map((query, i) => {
    const split = query.split ?? given.get(groups[i]!);
    if (split !== undefined && !(split === 'train' && cutTrain)) return split;
    const draw = uniformHash(normaliseText(contentText(query)), options.seed);
    const trainShare = split === 'train' ? train / (train + validation) : train;
    if (draw < trainShare || (split === 'train' && validation === 0)) return 'train';
    return split === 'train' || draw < 1 - test ? 'validation' : 'test';
  });
}

/**
 * A fold (0 … folds − 1) per text: the groups of equal normalised text, ordered by hash, are dealt out in turn, so that folds
 * differ by one group at most. Throws VSR_DATA if there are fewer groups than folds.
 * @param groups [N] equal number = same normalised text, where that is known already
 */
export function assignFolds(
  texts: readonly string[],
  folds: number,
  seed: number,
  groups: Int32Array = groupIds(texts),
): Int32Array {
  const draws = new Map<number, number>();
  texts.forEach((text, i) => {
    if (!draws.has(groups[i]!)) draws.set(groups[i]!, uniformHash(normaliseText(text), seed));
  });
  if (draws.size < folds)
    throw new VsrError('VSR_DATA', `${folds} folds need at least ${folds} different queries, got ${draws.size}.`, {
      hint: 'Use fewer folds or more queries.',
    });
  const ordered = [...draws].sort((a, b) => a[1] - b[1]);
  const foldOf = new Map(ordered.map(([group], rank) => [group, rank % folds]));
  return groups.map((group) => foldOf.get(group)!);
}

/** Uniform in [0, 1) and the same for the same text and seed: the first 48 bits of SHA-256. */
export function uniformHash(text: string, seed: number): number {
  return hash('sha256', JSON.stringify([text, seed]), 'buffer').readUIntBE(0, 6) / 2 ** 48;
}

/** Splits that the data names, per group; within a group test wins over validation over train. */
function givenSplits(queries: readonly Query[], groups: Int32Array): Map<number, Split> {
  const rank: Record<Split, number> = { train: 0, validation: 1, test: 2 };
  const given = new Map<number, Split>();
  queries.forEach(({ split }, i) => {
    const before = given.get(groups[i]!);
    if (split !== null && (before === undefined || rank[split] > rank[before])) given.set(groups[i]!, split);
  });
  return given;
}

function checkedRatios(ratios: SplitOptions['ratios']): SplitOptions['ratios'] {
  const sum = ratios[0] + ratios[1] + ratios[2];
  if (ratios.some((ratio) => !(ratio >= 0)) || !(ratios[0] > 0) || Math.abs(sum - 1) > 1e-9)
    throw new VsrError('VSR_CONFIG', `split must be three shares that add up to 1, got ${ratios.join(', ')}.`, {
      hint: 'The usual split is 0.8, 0.1, 0.1.',
    });
  return ratios;
}

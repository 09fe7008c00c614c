// The bundled example: its counts, and the baselines that everything measured on it is compared with.
import { describe, expect, test } from 'vitest';
import { bundledFile } from '../../src/data/bundled.js';
import { readCatalogue } from '../../src/data/catalogue.js';
import { findLeaks } from '../../src/data/leaks.js';
import { outcomeTable } from '../../src/data/outcome-table.js';
import { readOutcomes } from '../../src/data/read-outcomes.js';
import { assignSplits } from '../../src/data/splits.js';
import { readUsers } from '../../src/data/users.js';
import { rowOf } from '../../src/math/matrix.js';
import { mean } from '../../src/math/stats.js';

const outcomes = await readOutcomes(bundledFile('example/outcomes.jsonl'));
const { queries, quality } = outcomeTable(outcomes.rows, outcomes.models);
const scores = queries.map((_, i) => [...rowOf(quality, i)]);
const rowsOf = (split: string, task?: string | null) =>
  [...queries.keys()].filter(
    (i) => queries[i]!.split === split && (task === undefined || queries[i]!.taskName === task),
  );
const train = rowsOf('train');
const test381 = rowsOf('test');

/** The model with the best mean score on the rows; the first of equals. */
function bestModel(rows: readonly number[]): number {
  const means = outcomes.models.map((_, m) => mean(rows.map((i) => scores[i]![m]!)));
  return means.indexOf(Math.max(...means));
}

describe('the bundled example', () => {
  test('has 5,608 train and 381 test queries, each scored for nine models', () => {
    const { rows, models, ...counts } = outcomes;
    expect([rows.length, train.length, test381.length, models.length]).toEqual([5989, 5608, 381, 9]);
    expect(counts).toEqual({ duplicateIds: 0, sameText: 0, unknownCategories: 0 });
    expect(scores.flat().filter((score) => !(score >= 0 && score <= 1))).toEqual([]);
  });

  test('has no leak, also not between train and the validation cut out of it', () => {
    const splits = assignSplits(queries, { ratios: [0.8, 0.1, 0.1], seed: 42 });
    expect(findLeaks(queries, splits).count).toBe(0);
    expect(test381.every((i) => splits[i] === 'test')).toBe(true);
    expect(train.some((i) => splits[i] === 'test')).toBe(false);
  });

  test('has a price and a description for every model', async () => {
    const catalogue = await readCatalogue(bundledFile('example/models.json'));
    expect([...catalogue.keys()]).toEqual(outcomes.models);
    expect([...catalogue].filter(([, model]) => model.description === null || model.inputPrice === null)).toEqual([]);
    expect(catalogue.get('gemma-2-9b-it')).toMatchObject({ inputPrice: 0.1, outputPrice: 0.1 });
  });

  test('has nine users, .2 to 1.0 on quality and the rest on cost', async () => {
    const users = await readUsers(bundledFile('example/users.jsonl'));
    expect([...users.values()]).toEqual(
      [0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 1].map((quality, user) => ({
        userId: String(user),
        quality,
        latency: 0,
        cost: [0.8, 0.7, 0.6, 0.5, 0.4, 0.3, 0.2, 0.1, 0][user],
      })),
    );
  });
});

describe('baselines, as its README states them', () => {
  test.each([
    ['test', 0.401],
    ['train', 0.429],
  ])('random on %s is %f', (split, expected) => {
    expect(Math.abs(mean(rowsOf(split).map((i) => mean(scores[i]!))) - expected)).toBeLessThan(0.001);
  });

  test.each([
    ['test', 0.597],
    ['train', 0.621],
  ])('the model that is best on train reaches on %s %f', (split, expected) => {
    const best = bestModel(train);
    expect(outcomes.models[best]).toBe('llama-3.1-nemotron-51b-instruct');
    expect(Math.abs(mean(rowsOf(split).map((i) => scores[i]![best]!)) - expected)).toBeLessThan(0.001);
  });

  test.each([
    ['test', 0.615],
    ['train', 0.67],
  ])('the best model per task, learned on train, reaches on %s %f', (split, expected) => {
    const best = new Map(queries.map(({ taskName }) => [taskName, 0]));
    for (const task of best.keys()) best.set(task, bestModel(rowsOf('train', task)));
    const looked = rowsOf(split).map((i) => scores[i]![best.get(queries[i]!.taskName)!]!);
    expect(Math.abs(mean(looked) - expected)).toBeLessThan(0.001);
  });

  test.each([
    ['test', 0.75],
    ['train', 0.802],
  ])('the oracle on %s is %f', (split, expected) => {
    expect(Math.abs(mean(rowsOf(split).map((i) => Math.max(...scores[i]!))) - expected)).toBeLessThan(0.001);
  });

  test('620 train rows have one best model and 1,086 are 0 for all', () => {
    const unique = train.filter((i) => scores[i]!.filter((score) => score === Math.max(...scores[i]!)).length === 1);
    expect([unique.length, train.filter((i) => Math.max(...scores[i]!) === 0).length]).toEqual([620, 1086]);
  });
});

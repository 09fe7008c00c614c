// What outcomes alone say about routing, on tables checked by hand; locality on data that has it and data that has not.
import { describe, expect, test } from 'vitest';
import { locality } from '../../src/evaluation/locality.js';
import { poolOrder } from '../../src/evaluation/pool-order.js';
import { routability } from '../../src/evaluation/routability.js';
import { cosineDistance } from '../../src/math/distance.js';
import { fromRows } from '../../src/math/matrix.js';
import { seededRandom } from '../../src/math/random.js';
import { mean } from '../../src/math/stats.js';
import { tableOf, values } from './table-of.js';

describe('routability', () => {
  test('counts unique, few, zero and equal rows over present cells', () => {
    const table = tableOf({
      quality: [
        [1, 0, 0, 0, 0], // one best
        [1, 1, 1, 0, 0], // three best
        [1, 1, 1, 1, 0], // four best
        [0, 0, 0, 0, 0], // zero and equal
        [0.5, 0.5, 0.5, 0.5, 0.5], // equal
        [1, null, null, null, null], // one cell: neither unique nor equal
        [null, null, null, null, null], // empty
      ],
    });
    const { uniqueBest, allZero, allEqual, fewBest } = routability(table, null, 1);
    expect({ uniqueBest, allZero, allEqual, fewBest }).toEqual({
      uniqueBest: 1,
      allZero: 1,
      allEqual: 2,
      fewBest: 3 / 6,
    });
  });
  test('advises against routing where the headroom is below two points', () => {
    const flat = tableOf({
      quality: [
        [1, 0],
        [1, 1],
      ],
    });
    expect(routability(flat, null, 1)).toMatchObject({
      headroom: 0,
      taskShare: null,
      advice: 'Headroom of 0.0 points, below 2: routing cannot pay in quality.',
    });
    const wide = tableOf({
      quality: [
        [1, 0],
        [0, 1],
      ],
    });
    expect(routability(wide, null, 1)).toMatchObject({ headroom: 0.5, bestSingle: 0.5, oracle: 1, random: 0.5 });
  });
});

describe('pool order', () => {
  const quality = values([
    [1, 0, 1],
    [1, 0, 0],
    [0, 1, 0],
    [0, null, 0],
  ]);
  test('adds what raises the oracle most', () => {
    expect(poolOrder(quality, null)).toEqual([
      { model: 0, oracle: 0.5 },
      { model: 1, oracle: 0.75 },
      { model: 2, oracle: 0.75 },
    ]);
  });
  test('per dollar a cheap model may come first', () => {
    const cost = values([
      [9, 2, 9],
      [9, 2, 9],
      [9, 2, 9],
      [9, 2, 9],
    ]);
    expect(poolOrder(quality, cost).map(({ model }) => model)).toEqual([1, 0, 2]);
  });
});

describe('locality', () => {
  const random = seededRandom(5);
  const rows = 120;
  const vectors = fromRows(
    Array.from({ length: rows }, (_, i) => {
      const angle = (i % 2) * (Math.PI / 2) + 0.1 * random.normal();
      return [Math.cos(angle), Math.sin(angle)];
    }),
  );
  test('is large where near queries share their outcomes', () => {
    const quality = values(Array.from({ length: rows }, (_, i) => (i % 2 ? [1, 0] : [0, 1])));
    const found = locality(vectors, quality, 1)!;
    expect(found.near).toBe(1);
    expect(found.random).toBeCloseTo(0.5, 1); // half of all pairs are alike
    expect(found.p).toBe(1 / 1000);
    expect(locality(vectors, quality, 1)).toEqual(found);
  });
  test('is about nothing where they do not', () => {
    const quality = values(Array.from({ length: rows }, () => [Number(random.uniform() < 0.5)]));
    const found = locality(vectors, quality, 1)!;
    expect(Math.abs(found.difference)).toBeLessThan(0.05);
    expect(found.p).toBeGreaterThan(0.05);
  });
  test('compares every row with its ten nearest by cosine, over the models that both have', () => {
    const draw = seededRandom(8);
    const count = 41;
    const texts = Array.from({ length: count }, () => Array.from({ length: 5 }, draw.normal));
    const answers = Array.from({ length: count }, () =>
      Array.from({ length: 3 }, () => (draw.uniform() < 0.3 ? null : draw.uniform())),
    );
    const agreements = texts.flatMap((text, i) => {
      const others = [...texts.keys()].filter((j) => j !== i);
      const nearest = others.sort((a, b) => cosineDistance(text, texts[a]!) - cosineDistance(text, texts[b]!));
      return nearest.slice(0, 10).flatMap((j) => {
        const apart = answers[i]!.flatMap((own, m) => {
          const other = answers[j]![m]!;
          return own === null || other === null ? [] : [Math.abs(own - other)];
        });
        return apart.length > 0 ? [1 - mean(apart)] : [];
      });
    });
    expect(agreements.length).toBeLessThan(10 * count); // some pairs have no model in common
    expect(locality(fromRows(texts), values(answers), 1)!.near).toBeCloseTo(mean(agreements), 12);
  });
});

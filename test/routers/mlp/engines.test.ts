// The same fit on two engines: rounding differs at every step, and the decisions must not hang on it.
import { expect, test } from 'vitest';
import { mlp } from '../../../src/routers/mlp/mlp.js';
import { hasShared } from '../../shared-folder.js';
import { TEST_ENGINE, testEngine } from '../../training/test-engine.js';
import { fusionTable, tableRows } from '../fusion-table.js';
import { chosenColumns } from '../toy-table.js';

test.skipIf(TEST_ENGINE === 'wasm' || !hasShared)(
  'another engine and WASM decide alike on 99 % of 1,000 unseen queries (needs VSR_TEST_ENGINE=native and ../shared/data)',
  async () => {
    await testEngine();
    const { table } = fusionTable();
    const rows = (from: number, to: number) => Array.from({ length: to - from }, (_, i) => from + i);
    const learn = tableRows(table, rows(0, 1000));
    const { features } = tableRows(table, rows(1000, 2000));
    const choices = async (engine: 'wasm' | typeof TEST_ENGINE) => {
      const fitted = await mlp.fit(learn, { epochs: 8, ensemble: 2 }, { seed: 42, training: { engine } });
      return chosenColumns(await fitted.score({ features }));
    };
    const [wasm, other] = [await choices('wasm'), await choices(TEST_ENGINE)];
    expect(wasm.filter((column, q) => column === other[q]).length).toBeGreaterThanOrEqual(990);
  },
);

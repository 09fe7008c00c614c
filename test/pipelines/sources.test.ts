// What takes over when files are not named: a project waits for its own outcomes, an empty folder gets the example.
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { loadConfig } from '../../src/config/load.js';
import { outcomeSource, requireOutcomes } from '../../src/pipelines/sources.js';
import { temporaryFolder } from '../temporary-folder.js';

const folder = temporaryFolder();
const before = process.cwd();
beforeEach(() => process.chdir(folder.path));
afterEach(() => process.chdir(before));

const sourceHere = async (...sets: string[]) => outcomeSource((await loadConfig({ sets })).config, undefined);

describe('outcomes', () => {
  test('in an empty folder are the example’s', async () => {
    const source = await sourceHere();
    expect(source.example).toBe(true);
    expect(() => requireOutcomes(source)).not.toThrow();
  });

  test('of a project with queries or models of its own are awaited, never replaced by the example', async () => {
    const byModels = await sourceHere('model_config={"a":{"preferred_endpoints":[]}}');
    folder.write('queries.jsonl', '{"query":"2+2?"}\n');
    for (const source of [await sourceHere(), byModels]) {
      expect(source).toEqual({ path: 'outcomes.jsonl', example: false, awaited: true });
      expect(() => requireOutcomes(source)).toThrow('outcomes.jsonl does not exist: nobody has been asked yet.');
    }
  });

  test('are the ones that lie here', async () => {
    folder.write('queries.jsonl', '{"query":"2+2?"}\n');
    folder.write('outcomes.jsonl', '{}\n');
    expect(await sourceHere()).toEqual({ path: 'outcomes.jsonl', example: false });
  });
});

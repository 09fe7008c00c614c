// What doctor says the configuration was made of.
import { expect, test } from 'vitest';
import { loadConfig } from '../../../src/config/load.js';
import { configCheck } from '../../../src/pipelines/doctor.js';
import { temporaryFolder } from '../../temporary-folder.js';

const folder = temporaryFolder();

test('names file, --set and flags, and not --fix, which sets nothing', async () => {
  const fix = { path: ['doctor', 'fix'], value: 'native', flag: '--fix' };
  const seed = { path: ['seed'], value: 7, flag: '--seed' };
  const detail = async (flags: (typeof fix | typeof seed)[], sets: string[] = []) =>
    configCheck(await loadConfig({ cwd: folder.path, flags, sets })).detail;
  expect(await detail([fix])).toBe('defaults, no vsr.yaml here');
  expect(await detail([fix, seed], ['train.folds=3'])).toBe('defaults, no vsr.yaml here; --set train.folds=3; --seed');
});

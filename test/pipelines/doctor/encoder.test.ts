// The encoder row of doctor: every encoder that the configuration names, by its own name and fingerprint.
import { expect, test } from 'vitest';
import { loadConfig } from '../../../src/config/load.js';
import { encoderCheck } from '../../../src/pipelines/doctor/encoder.js';
import { temporaryFolder } from '../../temporary-folder.js';

const folder = temporaryFolder();
const checked = async (settings: Record<string, unknown>) => {
  const sets = Object.entries(settings).map(([path, value]) => `${path}=${JSON.stringify(value)}`);
  const { config } = await loadConfig({ sets, cwd: folder.path, environment: {} });
  return encoderCheck(config);
};

test('names one encoder with its fingerprint', async () => {
  expect(await checked({})).toEqual({
    name: 'encoder',
    state: 'ok',
    detail: expect.stringMatching(/^static, 128 wide, sha256:[0-9a-f]{12}$/),
  });
});

test('names several with their weights; lexical has no fingerprint before a training', async () => {
  const several = {
    'embedding.encoders': ['static', 'lexical'],
    'embedding.weights': [1, 0.5],
    'embedding.lexical_dim': 64,
  };
  expect((await checked(several)).detail).toMatch(
    /^static, 128 wide, sha256:[0-9a-f]{12}, weight 1 \+ lexical, 64 wide, learned from the texts of each training, weight 0\.5$/,
  );
  expect((await checked({ 'embedding.model': 'lexical', 'embedding.lexical_dim': 64 })).detail).toBe(
    'lexical, 64 wide, learned from the texts of each training',
  );
});

test('refuses a folder that holds no encoder', async () => {
  await expect(checked({ 'embedding.path': folder.path })).rejects.toMatchObject({ code: 'VSR_ENCODER' });
});

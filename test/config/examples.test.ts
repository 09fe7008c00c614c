// Every file of configs/ is runnable: it loads, without a warning, whatever the environment.
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { loadConfig } from '../../src/config/load.js';
import { loadRouter } from '../../src/routers/registry.js';

const CONFIGS = join(import.meta.dirname, '../../configs');
const names = readdirSync(CONFIGS).filter((name) => name.endsWith('.yaml'));

test.each(names)('%s loads, and its router parameters are known', async (name) => {
  const { config, warnings } = await loadConfig({ cwd: CONFIGS, file: name, environment: {} });
  expect(warnings).toEqual([]);
  for (const [router, params] of Object.entries(config.routers)) (await loadRouter(router)).checkParams(params);
});

// Every router has a configs/<router>.yaml that reads as a configuration and states all its defaults.
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { loadConfig } from '../../src/config/load.js';
import { loadRouter, ROUTER_NAMES } from '../../src/routers/registry.js';

test.each(ROUTER_NAMES)('configs/%s.yaml trains that router with its default parameters', async (name) => {
  const file = join(import.meta.dirname, '../../configs', `${name}.yaml`);
  const { config, warnings } = await loadConfig({ file, environment: {} });
  const defaults = (await (await loadRouter(name)).params()).parse({});
  expect(warnings).toEqual([]);
  expect(config.train.router).toEqual([name]);
  expect(config.routers[name]).toEqual(defaults);
});

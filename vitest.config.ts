import { defineConfig } from 'vitest/config';

export default defineConfig({
  // Hooks fit routers, as tests do: both get the same time. Two workers: one a core where there are two.
  test: { include: ['test/**/*.test.ts'], pool: 'forks', maxWorkers: 2, testTimeout: 30_000, hookTimeout: 30_000 },
});

import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vitest/config';

/** `npm run check:installs`: the package in projects of its users; it needs the npm registry. */
export default defineConfig({
  test: {
    root: fileURLToPath(new URL('../../..', import.meta.url)),
    include: ['test/checks/installs/**/*.check.ts'],
    globalSetup: ['test/support/global-setup.ts', 'test/checks/installs/global-setup.ts'],
    setupFiles: ['test/support/environment.ts'],
    environment: 'node',
    pool: 'forks',
    maxWorkers: 2,
    testTimeout: 300_000,
    hookTimeout: 60_000,
  },
});

import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    root: fileURLToPath(new URL('..', import.meta.url)),
    include: ['test/**/*.test.ts'],
    globalSetup: ['test/support/global-setup.ts'],
    setupFiles: ['test/support/environment.ts'],
    environment: 'node',
    pool: 'forks',
    maxWorkers: 3, // on two cores: tests wait a third of their time for processes, disks and deadlines
    // What hangs ends by them; what is slow, as on a machine with other work to do, is no fault.
    testTimeout: 180_000,
    hookTimeout: 180_000,
  },
});

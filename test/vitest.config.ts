import { fileURLToPath } from 'node:url';
import { configDefaults, defineConfig } from 'vitest/config';

/**
 * Tests of pure functions, which leave nothing behind: one process runs them one after the other. A process
 * for each file takes three quarters of a second of the processor.
 */
const PURE = [
  'architecture',
  'docs/links',
  'mcp/{events,messages,sessions,streams}',
  'pictures/pictures',
  'session/{lifetime,mask,order,recent,record,seal,who}',
  'state/{form,form-faults,form-kinds,form-random,keep-option,kept-databases,rehydrate,rehydrate-random,stored}',
  'storage/{deadline,memory,redis-said,redis-target}',
  'watch/{file-marks,globs,is-of-package,linkable,memory,private-variables,typescript}',
  'watch/crash/{crash-page,page,viewer}',
  'watch/stdio/{pieces,session}',
].map((name) => `test/${name}.test.ts`);

export default defineConfig({
  test: {
    root: fileURLToPath(new URL('..', import.meta.url)),
    globalSetup: ['test/support/no-certificates.ts', 'test/support/global-setup.ts'],
    setupFiles: ['test/support/environment.ts'],
    environment: 'node',
    pool: 'forks',
    maxWorkers: 3, // on two cores: tests wait a third of their time for processes, disks and deadlines
    // What hangs ends by them; what is slow, as on a machine with other work to do, is no fault.
    testTimeout: 180_000,
    hookTimeout: 180_000,
    projects: [
      { extends: true, test: { name: 'pure', include: PURE, isolate: false } },
      {
        extends: true,
        test: {
          name: 'all else',
          include: ['test/**/*.test.ts'],
          exclude: [...configDefaults.exclude, ...PURE],
        },
      },
    ],
  },
});

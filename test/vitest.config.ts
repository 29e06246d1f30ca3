import { fileURLToPath } from 'node:url';
import { configDefaults, defineConfig, type TestProjectInlineConfiguration } from 'vitest/config';
import { IS_LONG } from './support/depth.ts';

type ProjectConfig = NonNullable<TestProjectInlineConfiguration['test']>;

/** Tests that replace a module or patch the process they run in: each of these files gets a process of its own. */
const ALONE = ['test/**/*.alone.test.ts'];
const PROCESS = ['test/**/*.process.test.ts'];
/** What has no short form. */
const LONG = ['test/**/*.long.test.ts'];

/** What holds for each project. They do not extend the config below: each would do its global setup again. */
const EACH: ProjectConfig = {
  root: fileURLToPath(new URL('..', import.meta.url)),
  setupFiles: ['test/support/environment.ts'],
  environment: 'node',
  pool: 'forks',
  // What hangs ends by them; what is slow, as on a machine with other work to do, is no fault.
  testTimeout: 180_000,
  hookTimeout: 180_000,
};

const projects: TestProjectInlineConfiguration[] = [
  // Pure rules, in memory and on this disk. Twenty seconds: `npm test -- --project memory`.
  project('memory', ['test/**/*.test.ts'], [...ALONE, ...PROCESS, ...LONG], false),
  project('process', IS_LONG ? [...PROCESS, ...LONG] : PROCESS, [], false),
  project('alone', ALONE, [], true),
];

function project(
  name: string,
  include: string[],
  exclude: string[],
  isolate: boolean,
): TestProjectInlineConfiguration {
  return {
    test: {
      ...EACH,
      name,
      include,
      exclude: [...configDefaults.exclude, 'test/checks/**', ...exclude],
      isolate,
    },
  };
}

export default defineConfig({
  test: {
    root: EACH.root,
    globalSetup: [
      'test/support/no-certificates.ts',
      'test/support/global-setup.ts',
      'test/support/run-redis.ts',
    ],
    maxWorkers: 4, // on two cores: tests wait a third of their time for processes, disks and deadlines
    projects,
  },
});

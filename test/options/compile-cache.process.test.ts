import { execFileSync } from 'node:child_process';
import Module from 'node:module';
import { dirname, join } from 'node:path';
import { expect, it } from 'vitest';
import { createTempFolder } from '../support/temp-folder.ts';
import { CLI } from '../support/tools.ts';

const PRINT = 'console.log(String(require("node:module").getCompileCacheDir()))';

/** The folder in which Node keeps the code that an app compiles, as the app itself sees it. */
function printed(env: NodeJS.ProcessEnv): string {
  const register = join(dirname(CLI), 'register.js');
  return execFileSync(process.execPath, ['--import', register, '-e', PRINT], {
    cwd: createTempFolder(),
    env: { PATH: process.env.PATH, ...env },
    encoding: 'utf8',
  }).trim();
}

it.skipIf(!('enableCompileCache' in Module)).each<[string, NodeJS.ProcessEnv, RegExp]>([
  ['in development', {}, /node-compile-cache/],
  ['in a folder that the environment names', { NODE_COMPILE_CACHE: 'elsewhere' }, /elsewhere/],
  ['not where that is turned off', { NODE_DISABLE_COMPILE_CACHE: '1' }, /^undefined$/],
  ['not in production', { NODE_ENV: 'production' }, /^undefined$/],
  ['not in tests', { NODE_ENV: 'test' }, /^undefined$/],
])('compiled code is cached where Node can: %s', (_, env, folder) => {
  expect(printed(env)).toMatch(folder);
});

// Runs every row of every table, and the tests that have no short form: npm run test:all
import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';

const VITEST = fileURLToPath(new URL('../../node_modules/vitest/vitest.mjs', import.meta.url));
const words = [VITEST, 'run', '--config', 'test/vitest.config.ts', ...process.argv.slice(2)];
const env = { ...process.env, HOLDOVER_TESTS: 'all' };
spawn(process.execPath, words, { stdio: 'inherit', env }).on('exit', (code) => {
  process.exitCode = code ?? 1;
});

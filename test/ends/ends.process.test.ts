import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';

const SCRIPT = fileURLToPath(new URL('../support/processes/ender.js', import.meta.url));

/** How a process has ended, what it has printed, and how often it was told before. */
async function end(way: string, isHeard: boolean) {
  const child = spawn(process.execPath, [SCRIPT, way, ...(isHeard ? ['heard'] : [])], {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...process.env, NODE_PENDING_DEPRECATION: '1' },
  });
  let said = '';
  let errors = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => (said += text));
  child.stderr.setEncoding('utf8').on('data', (text: string) => (errors += text));
  const [code, signal] = (await once(child, 'close')) as [number | null, string | null];
  const lines = said.split('\n');
  const printed = lines.filter((line) => line !== 'flushed');
  return { end: { code, signal, printed, errors }, flushed: lines.length - printed.length };
}

// What an app has that listens to nothing, to signals, or ends by itself; how often `flush` is called.
it.each([
  ['SIGTERM', 1],
  ['SIGINT', 1],
  ['SIGHUP', 1],
  ['flush throws', 1],
  ['a handler that exits later', 2],
  ['a handler that exits at once', 1],
  ['a handler that is asked twice', 2],
  ['a handler for once', 2],
  ['a handler that raises again', 2],
  ['a handler that raises again at once', 2],
  ['a handler that goes before', 1],
  ['a handler that is removed', 1],
  ['a handler that hangs', 1],
  ['its own exit', 1],
  ['an exit code', 1],
  ['a throw', 1],
  ['a rejection', 1],
])('is told of the end by %s, which stays as it is', async (way, atLeast) => {
  const [plain, heard] = await Promise.all([end(way, false), end(way, true)]);
  expect(heard.end).toEqual(plain.end);
  expect(plain.flushed).toBe(0);
  // Whether the app's handler is called before or after is the system's choice.
  expect(heard.flushed).toBeGreaterThanOrEqual(atLeast);
});

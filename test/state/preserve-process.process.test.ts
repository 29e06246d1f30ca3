import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { createApp } from '../support/app.ts';
import { start } from '../support/running.ts';

/** Counts its runs, and has a thread and a process of its own do the same. */
const APP = `
  import { fork } from 'node:child_process';
  import { Worker, isMainThread } from 'node:worker_threads';
  import { preserve } from 'holdover';
  import './other.js';

  const visits = preserve('visits', () => ({ count: 0, by: [] }));
  visits.count++;
  const isMain = isMainThread && !process.send;
  console.log(isMain ? 'main' : 'other', visits.count, globalThis.visits === visits);
  if (isMain && process.argv[3] === 'others') {
    new Worker(new URL(import.meta.url));
    fork(process.argv[1]);
  }
`;
const OTHER = `
  import { preserve } from 'holdover';
  globalThis.visits = preserve('visits', () => ({ count: 0 }));
`;

it('is kept by the first process of an app that runs alone, and never in production', async () => {
  const app = await createApp();
  app.write('package.json', '{ "name": "example", "type": "module" }');
  app.write('app.js', APP);
  app.write('other.js', OTHER);
  const run = async (env: NodeJS.ProcessEnv, ...args: string[]): Promise<string[]> => {
    const running = start(process.execPath, ['app.js', ...args], { cwd: app.folder, env });
    await running.exited;
    return running.output.trim().split('\n').sort();
  };
  const production = { NODE_ENV: 'production' };
  expect(await run(production, '')).toEqual(['main 1 true']);
  expect(existsSync(join(app.folder, '.holdover'))).toBe(false);
  expect(await run({}, '')).toEqual(['main 1 true']);
  const others = ['main 2 true', 'other 1 true', 'other 1 true'];
  expect(await run({}, '', 'others')).toEqual(others);
  expect(await run(production, '')).toEqual(['main 1 true']);
});

import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { App } from './app.ts';

const SCRIPTS = join(import.meta.dirname, '..', 'fixtures', 'scripts');

/** What a script has printed. */
export interface Printed {
  stdout: string;
  stderr: string;
}

/** Copies a script of the fixtures into an app. */
export async function copyScript(app: App, name: string): Promise<void> {
  const { readFile } = await import('node:fs/promises');
  app.write(name, await readFile(join(SCRIPTS, name), 'utf8'));
}

/** Runs a file of an app with Node, to its end. */
export async function runScript(
  app: App,
  words: string[],
  env: NodeJS.ProcessEnv = {},
): Promise<Printed> {
  return promisify(execFile)(process.execPath, words, {
    cwd: app.folder,
    env: { ...process.env, NO_COLOR: '1', ...env },
    timeout: 120_000,
  });
}

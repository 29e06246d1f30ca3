import { readFileSync, rmSync, statSync } from 'node:fs';
import { connect } from 'node:net';
import { join } from 'node:path';
import { isAlive } from '../storage/files/owners.ts';
import { listNow } from '../storage/files/folders.ts';
import { toFolder, toPrefix, type RunningApp } from './running-app.ts';

export type { RunningApp };

/** An app may be busy for a while. */
const ANSWER_TIMEOUT_MS = 60_000;

/**
 * Returns the apps of a project that this user runs under `holdover watch` or in Vite, the newest first. Removes the
 * files of processes that were killed.
 *
 * @param root of the project, absolute
 */
export function findRunningApps(root: string): RunningApp[] {
  const folder = toFolder();
  const names = listNow(folder).filter((name) => name.startsWith(toPrefix(root)));
  const found = names.flatMap((name) => readApp(join(folder, name)) ?? []);
  return found.sort((a, b) => b.since - a.since).map(({ app }) => app);
}

/**
 * Asks an app, and waits for the answer.
 *
 * @param timeout for how long the app may send nothing, in milliseconds
 * @throws Error, in one sentence, if the app does not answer, or answers with an error
 */
export function ask(
  app: RunningApp,
  question: string,
  timeout = ANSWER_TIMEOUT_MS,
): Promise<unknown> {
  return new Promise((resolve, reject) => {
    let answer = '';
    const fail = (reason: string, cause?: Error): void =>
      reject(new Error(`${app.name} has not answered: ${reason}`, { cause }));
    const socket = connect(app.path, () => socket.write(`${app.token} ${question}\n`));
    socket.setTimeout(timeout, () => socket.destroy(new Error('it is too busy. Try again.')));
    socket.setEncoding('utf8').on('data', (text: string) => (answer += text));
    socket.on('error', (error) => fail(error.message, error));
    socket.on('close', () => {
      if (answer === '') return fail('it has ended. Start it again.');
      const parsed = parseAnswer(answer);
      if (!parsed) fail('it has ended meanwhile. Try again when it runs.');
      else if (parsed.error === undefined) resolve(parsed.answer);
      else fail(parsed.error);
    });
  });
}

/** Returns undefined if the app has ended in the middle of its answer. */
function parseAnswer(text: string): { answer?: unknown; error?: string } | undefined {
  try {
    return JSON.parse(text) as { answer?: unknown; error?: string };
  } catch {
    return undefined;
  }
}

/** Returns the app with the time of its start, or undefined if its process has ended. */
function readApp(path: string): { app: RunningApp; since: number } | undefined {
  try {
    const app = JSON.parse(readFileSync(path, 'utf8')) as RunningApp;
    if (isAlive(app.pid)) return { app, since: statSync(path).mtimeMs };
    if (process.platform !== 'win32') rmSync(app.path, { force: true });
    rmSync(path, { force: true });
  } catch {
    // the file is being written, or was just removed
  }
  return undefined;
}

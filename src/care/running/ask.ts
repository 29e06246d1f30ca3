import { readFileSync, rmSync, statSync } from 'node:fs';
import { connect } from 'node:net';
import { join } from 'node:path';
import { isAlive } from '../../storage/files/owners.ts';
import { listNow } from '../../storage/files/folders.ts';
import { toFolder, toPrefix, type RunningApp } from './place.ts';

export type { RunningApp };

/** How long an app has for its answer where nobody says so, in milliseconds: it may be busy for a while. */
const WITHIN = 60_000;

/**
 * The apps of a project that this user runs under `holdover watch` or in Vite, the newest first. What processes have
 * left that were killed is removed.
 *
 * @param root of the project, absolute
 */
export function findRunningApps(root: string): RunningApp[] {
  const folder = toFolder();
  const notes = listNow(folder).filter((name) => name.startsWith(toPrefix(root)));
  const found = notes.flatMap((name) => readNote(join(folder, name)) ?? []);
  return found.sort((a, b) => b.since - a.since).map(({ app }) => app);
}

/**
 * Asks an app, and waits for the answer.
 *
 * @param within how long it may be silent, in milliseconds; @default a minute
 * @throws Error, in one sentence, when it does not answer, or answers that it cannot
 */
export function ask(app: RunningApp, question: string, within = WITHIN): Promise<unknown> {
  return new Promise((resolve, reject) => {
    let answer = '';
    const fail = (reason: string, cause?: Error): void =>
      reject(new Error(`${app.name} has not answered: ${reason}`, { cause }));
    const socket = connect(app.path, () => socket.write(`${app.token} ${question}\n`));
    socket.setTimeout(within, () => socket.destroy(new Error('it is too busy. Try again.')));
    socket.setEncoding('utf8').on('data', (text: string) => (answer += text));
    socket.on('error', (error) => fail(error.message, error));
    socket.on('close', () => {
      if (answer === '') return fail('it has ended. Start it again.');
      const told = readAnswer(answer);
      if (!told) fail('it has ended meanwhile. Try again when it runs.');
      else if (told.error === undefined) resolve(told.answer);
      else fail(told.error);
    });
  });
}

/** `undefined` for half of one. */
function readAnswer(text: string): { answer?: unknown; error?: string } | undefined {
  try {
    return JSON.parse(text) as { answer?: unknown; error?: string };
  } catch {
    return undefined;
  }
}

/** @returns with when it was written, which is at the start of the app */
function readNote(path: string): { app: RunningApp; since: number } | undefined {
  try {
    const app = JSON.parse(readFileSync(path, 'utf8')) as RunningApp;
    if (isAlive(app.pid)) return { app, since: statSync(path).mtimeMs };
    if (process.platform !== 'win32') rmSync(app.path, { force: true });
    rmSync(path, { force: true });
  } catch {
    // it is being written, or has just gone
  }
  return undefined;
}

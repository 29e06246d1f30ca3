import { randomInt } from 'node:crypto';
import {
  closeSync,
  constants,
  cpSync,
  fstatSync,
  ftruncateSync,
  mkdirSync,
  openSync,
  readFileSync,
  symlinkSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { createServer } from 'node:net';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { createTempFolder } from './temp-folder.ts';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const APPS = join(ROOT, 'test', 'fixtures', 'apps');

/** A copy of an app in a folder of its own, with the packages that it names. */
export interface App {
  folder: string;
  port: number;
  url: string;
  /** Writes a file of the app. */
  write(path: string, content: string): void;
  read(path: string): string;
}

/** Copies a fixture app, or makes an empty one. */
export async function createApp(fixture?: string): Promise<App> {
  const folder = createTempFolder();
  if (fixture) cpSync(join(APPS, fixture), folder, { recursive: true });
  linkPackages(join(folder, 'node_modules'));
  const port = await findFreePort();
  return {
    folder,
    port,
    url: `http://localhost:${port}`,
    write(path, content) {
      mkdirSync(dirname(join(folder, path)), { recursive: true });
      writeFileSync(join(folder, path), content);
    },
    read: (path) => readFileSync(join(folder, path), 'utf8'),
  };
}

/** Writes over a file that an app may read at the same time: it is never empty for a moment. */
export function writeOver({ folder }: { folder: string }, path: string, content: string): void {
  const descriptor = openSync(join(folder, path), constants.O_RDWR | constants.O_CREAT);
  const length = writeSync(descriptor, content);
  // It is a second write, which a test that saves once does not want.
  if (fstatSync(descriptor).size > length) ftruncateSync(descriptor, length);
  closeSync(descriptor);
}

/** As npm would have installed them: holdover among the packages of the app. */
function linkPackages(modules: string): void {
  mkdirSync(join(modules, '@fastify'), { recursive: true });
  symlinkSync(ROOT, join(modules, 'holdover'), 'junction');
  const names = ['express', 'express-session', 'fastify', '@fastify/session', '@fastify/cookie'];
  names.push('tsx', 'passport', 'passport-local', 'bcryptjs', 'parseurl', 'escape-html');
  for (const name of names) {
    symlinkSync(join(ROOT, 'node_modules', name), join(modules, name), 'junction');
  }
}

/**
 * Systems give ports above 32,768 to whoever asks for any, at any moment: clients, and servers on port 0. Of
 * those below each worker of the tests has a share, and each script one by chance.
 */
const SHARES = 8;
const SHARE = 2750;
const FIRST = 10_000 + (Number(process.env.VITEST_POOL_ID ?? process.pid) % SHARES) * SHARE;

const given = new Set<number>();

/** A port that nobody listens on, nor will before it is used. */
export async function findFreePort(): Promise<number> {
  for (;;) {
    const port = FIRST + randomInt(SHARE);
    if (given.has(port) || !(await isFree(port))) continue;
    given.add(port);
    return port;
  }
}

function isFree(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer().once('error', () => resolve(false));
    server.listen(port, () => server.close(() => resolve(true)));
  });
}

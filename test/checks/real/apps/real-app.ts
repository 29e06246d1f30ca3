import { Browser } from '../../../support/browser.ts';
import type { RedisServer } from '../../../support/redis-server.ts';

/** One app in the shape of real ones, and how people run it. Its sources are its own. */
export interface RealApp {
  name: string;
  /** By path. It listens on PORT, and answers `GET /version` with the version that is saved. */
  files: Record<string, string>;
  /** The file that is saved, `version.js` unless it is said. */
  saved?: { path: string; toText: (version: string) => string };
  /** The words after `node` without holdover, and with it; see `HOLDOVER`. */
  plain: string[];
  held: string[];
  /** Whether the plain command restarts the app when a file is saved. */
  isPlainWatching?: boolean;
  /** Builds, beside both, the file that is saved. */
  builder?: Builder;
  /** What is printed, both ways, of a syntax error that does not end the app; needs `isPlainWatching`. */
  refuses?: RegExp;
  /** Lines that do not come equally often: of each request, of each look of a watcher. */
  noise?: RegExp;
  /** The URL of a Redis of its own is in APP_REDIS. */
  needsRedis?: boolean;
  /** What is looked at, logged in and not. */
  pages: string[];
  logIn: (browser: Browser) => Promise<Response>;
  /** Who is logged in, as the app says it. */
  who: (visit: Visit) => Promise<string | undefined>;
  /** Logs in as somebody who is kept in memory: gone after a restart, which has to be a logout. */
  logInInMemory?: (browser: Browser) => Promise<Response>;
}

/** A process that builds what is saved. */
export interface Builder {
  /** After `node`. */
  words: string[];
  /** The file that it makes of the one that is saved. */
  built: string;
  /** What it prints when it is done, and when it has found a syntax error. */
  done: RegExp;
  refuses: RegExp;
}

/** Somebody who comes to an app. */
export interface Visit {
  browser: Browser;
  url: string;
  /** The header of the one cookie of the session. */
  cookie: string;
}

/**
 * Comes on a connection of its own each time: an app that closes its server goes on answering on one that
 * is kept alive and busy, under Nest for ever.
 */
export class Visitor extends Browser {
  override request(path: string, init: RequestInit = {}): Promise<Response> {
    const headers = { ...(init.headers as Record<string, string>), connection: 'close' };
    return super.request(path, { ...init, headers });
  }
}

/** Where an app is run. */
export interface Place {
  folder: string;
  url: string;
  env: NodeJS.ProcessEnv;
  redis: RedisServer | undefined;
}

/** The built command line of holdover, as a word of a command. */
export const HOLDOVER = '<holdover>';

/** The line that exports the version, in an ES module. */
export function toModule(version: string): string {
  return `export const version = '${version}';\n`;
}

/** The user that a JSON answer names. */
export async function askJson(browser: Browser, path: string): Promise<string | undefined> {
  const response = await browser.request(path);
  if (!response.ok) return undefined;
  return ((await response.json()) as { user?: string }).user;
}

export function post(browser: Browser, path: string, fields: Record<string, string>) {
  return browser.request(path, { method: 'POST', body: new URLSearchParams(fields) });
}

export function postJson(browser: Browser, path: string, body: Record<string, string>) {
  const headers = { 'content-type': 'application/json' };
  return browser.request(path, { method: 'POST', headers, body: JSON.stringify(body) });
}

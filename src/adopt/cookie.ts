import { relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { CookieAttributes, WatchedCookie } from '../history/session-cookie.ts';
import { logToTerminal } from '../options/terminal.ts';
import type { StoredSession } from '../session/record.ts';
import type { Sessions } from '../session/sessions.ts';
import { SPLIT_ADVICE } from '../storage/keys/secrets.ts';
import { isOwnFile } from '../storage/own-files.ts';
import { ownSessions } from './adopted.ts';
import { note } from './notes.ts';
import { addSignedCookie, toSecretTexts } from './signed-cookies.ts';

/** The cookie by which a framework finds sessions. */
export type FrameworkCookie = Pick<WatchedCookie, 'framework' | 'name' | 'prefix' | 'form'>;

/** What a framework is told of its cookie. */
export interface CookieSettings {
  secure?: unknown;
  sameSite?: unknown;
}

/**
 * Notes what `holdover why` and `doctor` say of a cookie, and has it looked at where a session is begun anew.
 *
 * @param secret as the framework takes it
 * @param onNewSecret hears, once, that the secret is another one at every start
 */
export function noteCookie(
  cookie: FrameworkCookie,
  secret: unknown,
  { secure = false, sameSite = false }: CookieSettings = {},
  onNewSecret: () => void = () => {},
): void {
  const given = {
    ...cookie,
    secrets: toSecretTexts(secret),
    secure: secure === true,
    sameSite: String(sameSite === true ? 'strict' : sameSite || 'not set').toLowerCase(),
  };
  note((writer) => {
    if (writer.addCookie(given)) onNewSecret();
  });
}

/** What a framework is told of its sessions. */
interface GivenOptions {
  store?: object | undefined;
  secret?: unknown;
  cookie?: CookieSettings | undefined;
}

/**
 * Remembers by which cookie a framework finds its sessions, for "Open as" of the inspector. Where they are adopted, it
 * also notes the cookie, and warns once of a secret that is another one at every start.
 *
 * @param adopted the sessions behind the store, if it is adopted
 * @param advice how the framework is given a secret that stays
 * @param toAttributes what the cookie is set with; @default what the session says of its cookie
 */
export function useCookie(
  cookie: FrameworkCookie,
  { store, secret, cookie: settings }: GivenOptions = {},
  adopted?: Sessions,
  advice = SPLIT_ADVICE,
  toAttributes?: (session: StoredSession) => CookieAttributes,
): void {
  const sessions = adopted ?? ownSessions(store);
  if (sessions) addSignedCookie(cookie, secret, sessions, toAttributes);
  if (!adopted) return;
  const here = new Error(); // oxlint-disable-line unicorn/error-message -- for its stack, which is dear to read
  noteCookie(cookie, secret, settings, () => {
    const place = findPlace(here);
    logToTerminal(
      `The secret that ${cookie.framework} gets${place && ` in ${place}`} is another one at every start, so everybody is logged out although the sessions are kept. ` +
        `Keep one: put it into .env as SESSION_SECRET=… (not into git). ${advice}`,
    );
  });
}

/** Returns the first place of a stack that is the app's own, as `src/server.ts:12`, or an empty text. */
function findPlace({ stack }: Error): string {
  for (const frame of stack?.split('\n').slice(1) ?? []) {
    const [, file = '', line] = /\(?((?:file:\/\/)?[^\s()]+):(\d+):\d+\)?$/.exec(frame) ?? [];
    const path = file.startsWith('file:') ? fileURLToPath(file) : file;
    const isOther = file.startsWith('node:') || /[\\/]node_modules[\\/]/.test(path);
    if (path !== '' && !isOther && !isOwnFile(path))
      return `${relative(process.cwd(), path)}:${line}`;
  }
  return '';
}

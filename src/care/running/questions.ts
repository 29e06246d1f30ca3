import type { CookieText } from '../../history/session-cookie.ts';
import type { Crash } from './crash.ts';
import type { Restart } from './restart.ts';

/** Whether an app runs, and where. */
export interface Status {
  /** Not while it restarts, nor after it has ended. */
  isRunning: boolean;
  /** Where it listens, or did last, for people: `http://localhost:3000`; `null` where that is not known. */
  url: string | null;
  host: 'watch' | 'vite';
}

/** Names a session. */
export interface NamedSession {
  namespace: string;
  id: string;
}

export type { CookieText } from '../../history/session-cookie.ts';

/** What a process that runs an app is asked, by the first word, and what it answers. */
export interface Answers {
  status(): Status;
  /** @returns those with a higher number, the newest last */
  restarts(since: number): Restart[];
  /** @returns `null` for one that is not remembered any more, or was no crash */
  crash(number: number): Crash | null;
  /** @returns `null` where it is not known how the app signs it */
  cookie(session: NamedSession): Promise<CookieText | null>;
}

/**
 * Answers a line: `status`, `restarts <since>`, `crash <number>`, `cookie <JSON of a NamedSession>`.
 *
 * @returns what is sent as JSON: `{ restarts }`, `{ crash }`, `{ cookie }`, or the answer itself
 * @throws Error, in one sentence, for any other
 */
export async function answerLine(line: string, answers: Answers): Promise<object> {
  const [word = ''] = line.split(' ', 1);
  const rest = line.slice(word.length + 1);
  switch (word) {
    case 'status':
      return answers.status();
    case 'restarts':
      return { restarts: answers.restarts(toNumber(rest)) };
    case 'crash':
      return { crash: answers.crash(toNumber(rest)) };
    case 'cookie':
      return { cookie: await answers.cookie(toSession(rest)) };
    default:
      throw new Error('its holdover does not know the question. Use the same version of holdover.');
  }
}

function toNumber(text: string): number {
  const number = text === '' ? 0 : Number(text);
  if (!Number.isSafeInteger(number)) throw new Error('a number was to follow the question.');
  return number;
}

function toSession(text: string): NamedSession {
  const { namespace, id } = JSON.parse(text) as Partial<NamedSession>;
  if (typeof namespace === 'string' && typeof id === 'string') return { namespace, id };
  throw new Error('the namespace and the id of a session were to follow the question.');
}

import type { CookieText } from '../history/session-cookie.ts';
import type { Crash } from './crash.ts';
import type { Restart } from './restart.ts';
import type { Status } from './status.ts';

export type { CookieText } from '../history/session-cookie.ts';

/** Names a session. */
export interface NamedSession {
  namespace: string;
  id: string;
}

/** How a process that runs an app answers each question. */
export interface Answers {
  status(): Status;
  /** Returns the restarts with a higher number, the newest last. */
  restarts(since: number): Restart[];
  /** Returns `null` for a restart that was no crash, or is no longer in memory. */
  crash(number: number): Crash | null;
  /** Returns `null` if holdover does not know how the app signs its cookie. */
  cookie(session: NamedSession): Promise<CookieText | null>;
}

/**
 * Answers one line: `status`, `restarts <since>`, `crash <number>` or `cookie <JSON of a NamedSession>`.
 *
 * @returns the object to send as JSON: `{ restarts }`, `{ crash }`, `{ cookie }`, or the status itself
 * @throws Error, in one sentence, for any other line
 */
export async function answerLine(line: string, answers: Answers): Promise<object> {
  const [word = ''] = line.split(' ', 1);
  const argument = line.slice(word.length + 1);
  switch (word) {
    case 'status':
      return answers.status();
    case 'restarts':
      return { restarts: answers.restarts(toNumber(argument)) };
    case 'crash':
      return { crash: answers.crash(toNumber(argument)) };
    case 'cookie':
      return { cookie: await answers.cookie(toSession(argument)) };
    default:
      throw new Error('its holdover does not know the question. Use the same version of holdover.');
  }
}

function toNumber(text: string): number {
  const number = text === '' ? 0 : Number(text);
  if (!Number.isSafeInteger(number)) throw new Error('the question needs a number.');
  return number;
}

function toSession(text: string): NamedSession {
  const { namespace, id } = JSON.parse(text) as Partial<NamedSession>;
  if (typeof namespace === 'string' && typeof id === 'string') return { namespace, id };
  throw new Error('the question needs the namespace and the id of a session.');
}

import type { ResolvedOptions } from '../../options.ts';
import { isNewEachTime } from '../../history/explain.ts';
import type { CookieFacts, HistoryEvent } from '../../history/history.ts';
import {
  checkProductionSecrets,
  checkSecret,
  KEY_ADVICE,
  SECRET_ADVICE,
  SHORTEST_SECRET,
  SPLIT_ADVICE,
} from '../../storage/keys/secrets.ts';
import { broken, doubtful, good, type Check } from './check.ts';
import { lastCookies } from './cookies.ts';

/** Whether what signs cookies stays the same, and is hard to guess. */
export function checkSecrets(options: ResolvedOptions, history: HistoryEvent[]): Check[] {
  return [
    checkEnvironment(options),
    ...lastCookies(history).map((cookie) => checkApp(cookie, options, history)),
  ];
}

function checkEnvironment({ secrets, isProduction }: ResolvedOptions): Check {
  const name = 'SESSION_SECRET';
  try {
    if (isProduction) checkProductionSecrets(secrets);
    else for (const secret of secrets) checkSecret(name, secret);
  } catch (error) {
    const [found = '', ...advice] = (error as Error).message.split(/(?<=\.) (?=Make|Set)/);
    return broken(name, found, advice.join(' '));
  }
  if (secrets.length > 0) return good(name, 'set, and long enough');
  return good(name, 'not set, which development does not need');
}

function checkApp(
  cookie: CookieFacts,
  { isProduction, secrets }: ResolvedOptions,
  history: HistoryEvent[],
): Check {
  const check = 'secret';
  const { framework, name, secret, secretLength } = cookie;
  if (secret === undefined || secretLength === undefined) {
    return good(check, `${name} of ${framework} is signed by the app's own means`);
  }
  const advice = framework === 'hono-sessions' ? KEY_ADVICE : SPLIT_ADVICE;
  if (isNewEachTime(history, cookie)) {
    return broken(
      check,
      `${framework} gets another secret at every start, so everybody is logged out.`,
      `Keep one: put SESSION_SECRET=… into .env. ${advice}`,
    );
  }
  const isList = advice === SPLIT_ADVICE && secrets.length > 1;
  if (isList && secretLength === secrets.join(',').length) {
    return broken(
      check,
      `${framework} gets the ${secrets.length} secrets of SESSION_SECRET as one text, and refuses what the old one has signed.`,
      SPLIT_ADVICE,
    );
  }
  if (secretLength >= SHORTEST_SECRET)
    return good(check, `${framework} keeps its own, long enough`);
  const found = `That of ${framework} has ${secretLength} characters.`;
  return (isProduction ? broken : doubtful)(check, found, SECRET_ADVICE);
}

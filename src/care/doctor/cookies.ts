import type { CookieFacts, HistoryEvent } from '../../history/history.ts';
import { broken, good, type Check } from './check.ts';

/** Whether browsers keep the cookies that the app has set when it ran last. */
export function checkCookies(history: HistoryEvent[], isProduction: boolean): Check[] {
  return lastCookies(history).flatMap((cookie) => checkCookie(cookie, isProduction));
}

/** What was last said of each cookie. */
export function lastCookies(history: HistoryEvent[]): CookieFacts[] {
  const last = new Map<string, CookieFacts>();
  for (const event of history) {
    if (event.what === 'cookie') last.set(`${event.framework}\n${event.name}`, event);
  }
  return [...last.values()];
}

function checkCookie(cookie: CookieFacts, isProduction: boolean): Check[] {
  const { framework, name, secure, sameSite } = cookie;
  const check = 'cookie';
  const shown = `${name} of ${framework}`;
  const checks: Check[] = [];
  if (secure && !isProduction) {
    checks.push(
      broken(
        check,
        `${shown} is secure, so it is never set on http.`,
        'Make it secure in production only, or use sessionOptions().',
      ),
    );
  }
  if (!secure && isProduction) {
    checks.push(broken(check, `${shown} is not secure.`, 'Write secure: true in production.'));
  }
  if (sameSite === 'none' && !secure) {
    const found = `${shown} has sameSite none without secure, so browsers refuse it.`;
    checks.push(broken(check, found, "Write sameSite: 'lax'."));
  }
  const found = `${shown}: secure ${secure ? 'on' : 'off'}, sameSite ${sameSite}`;
  return checks.length > 0 ? checks : [good(check, found)];
}

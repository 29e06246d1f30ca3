import {
  explainId,
  explainKept,
  explainLatest,
  explainMisses,
  explainUnknown,
  toTimeLine,
  wasValid,
  type Explanation,
  type LogoutCause,
  type SessionEvent,
} from '../history/explain.ts';
import { History } from '../history/history.ts';
import type { ResolvedOptions } from '../options.ts';
import { surveyId } from '../storage/survey/survey.ts';
import { resolveProject, type CareOptions } from './project.ts';
import { isMcpClient, readResolved, toLiveSession, type SessionFacts } from './sessions.ts';

/** A request that has brought a cookie, and whose session was not there or of no use. */
export interface MissFacts {
  /** When the request came, in milliseconds since the epoch. */
  at: number;
  cause: LogoutCause;
  /** One sentence, with the time and the cause. No id and no secret is in it. */
  sentence: string;
}

const MAX_MISSES = 200;

/** The first event of a session comes at most this long after the session was created. */
const FIRST_EVENT_MS = 1000;

/**
 * Answers "Why was I logged out?" for a session of a project that was run in development.
 *
 * @param idOrCookie a session id, the value of its cookie, or `name=value`; @default the latest request that has
 * brought a cookie whose session was not there
 * @throws Error or TypeError, in one sentence, for an option that cannot be used
 */
export async function explainLogout(
  idOrCookie?: string,
  options: CareOptions = {},
): Promise<Explanation> {
  const resolved = resolveProject(options);
  const history = new History(resolved);
  const events = history.read();
  if (idOrCookie === undefined) return explainLatest(events);
  const ids = toIds(idOrCookie);
  const isSigned = ids.length > 1;
  for (const id of ids) {
    const hash = history.hash(id);
    const own = events.filter((event) => 'id' in event && event.id === hash);
    const last = own.at(-1);
    const isRefused = last?.what === 'missed' && last.because === 'secret changed';
    const found = isRefused ? undefined : await findLive(resolved, id);
    const misses = own.filter((event) => event.what === 'missed');
    // The next login gives the session a user again.
    const hasNoUser = misses.at(-1)?.because === 'user missing' && found?.who === undefined;
    if (hasNoUser) return explainId(events, hash);
    if (found && isMcpClient(found)) return explainKept(events, hash);
    if (found) {
      const doubt = isSigned ? ', if its signature is right' : '';
      return { cause: 'live', sentence: `That session is live: nobody was logged out${doubt}.` };
    }
    if (misses.length > 0 || wasValid(events, hash)) return explainId(events, hash);
  }
  return explainUnknown(events);
}

/**
 * Returns the last 200 requests that have missed their sessions, the newest first, each with what was known at its
 * time. Production has no history.
 *
 * @throws Error or TypeError, in one sentence, for an option that cannot be used
 */
export async function listMisses(options: CareOptions = {}): Promise<MissFacts[]> {
  return explainMisses(new History(resolveProject(options)).read(), MAX_MISSES);
}

/**
 * Returns the events of one session, live or not, the oldest first: when it was created, stored and touched, what has
 * changed and ended it, and which requests have missed it. Of production it knows only when a live session was created.
 *
 * @param id all of it
 * @throws Error or TypeError, in one sentence, for an option that cannot be used, for an id that several
 * namespaces have, and if the sessions cannot be read
 */
export async function listSessionEvents(
  id: string,
  options: CareOptions = {},
): Promise<SessionEvent[]> {
  const resolved = resolveProject(options);
  const session = await readResolved(resolved, id, options.namespaces);
  const history = new History(resolved);
  const events = toTimeLine(history.read(), history.hash(id), session !== undefined);
  if (!session) return events;
  const { created } = session;
  const hasFirst = events.some(({ at }) => at <= created + FIRST_EVENT_MS);
  return hasFirst ? events : [{ at: created, sentence: 'The session was created.' }, ...events];
}

/** Returns what may be the id in a typed text: a cookie's value is `s:<id>.<signature>`, encoded or not. */
function toIds(typed: string): string[] {
  const [, value = typed] = /^[^=;\s]+=([^;]+)/.exec(typed.trim()) ?? [];
  let decoded = value.trim();
  try {
    decoded = decodeURIComponent(decoded);
  } catch {
    // not encoded
  }
  const bare = decoded.replace(/^s:/, '');
  const dot = bare.lastIndexOf('.');
  return [...new Set([...(dot > 0 ? [bare.slice(0, dot)] : []), bare, typed])].filter(Boolean);
}

async function findLive(resolved: ResolvedOptions, id: string): Promise<SessionFacts | undefined> {
  if (resolved.type === 'memory') return undefined;
  const records = await surveyId(resolved, id);
  return records.flatMap((record) => toLiveSession(record, resolved) ?? [])[0];
}

import type { ResolvedOptions } from '../options.ts';
import { History, type HistoryEvent } from '../history/history.ts';
import { fromRecord } from '../session/record.ts';
import { findWho } from '../session/who.ts';
import { openStorage } from '../storage/open.ts';
import { surveyNamespaces } from '../storage/survey/survey.ts';
import { holdsMcpClients } from '../session/logins.ts';
import { explainId, wasValid, type Explanation } from '../history/explain.ts';
import { explainKept, explainLatest, explainUnknown } from '../history/latest.ts';
import { resolveProject, type CareOptions } from './project.ts';

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
    const refused = isRefused(events, hash);
    const found = refused ? undefined : await findLive(resolved, id);
    if (hasNoUser(events, hash) && !hasLogin(found, resolved)) return explainId(events, hash);
    if (holdsMcpClients(found?.namespace)) return explainKept(events, hash);
    if (found) {
      const doubt = isSigned ? ', if its signature is right' : '';
      return { cause: 'live', sentence: `That session is live: nobody was logged out${doubt}.` };
    }
    if (refused || wasValid(events, hash) || isMissed(events, hash)) return explainId(events, hash);
  }
  return explainUnknown(events);
}

/** What may be the id in what was typed: a cookie's value is `s:<id>.<signature>`, encoded or not. */
function toIds(typed: string): string[] {
  const [, value = typed] = /^[^=;\s]+=([^;]+)/.exec(typed.trim()) ?? [];
  let decoded = value.trim();
  try {
    decoded = decodeURIComponent(decoded);
  } catch {
    // it is as it is
  }
  const bare = decoded.replace(/^s:/, '');
  const dot = bare.lastIndexOf('.');
  return [...new Set([...(dot > 0 ? [bare.slice(0, dot)] : []), bare, typed])].filter(Boolean);
}

function isRefused(events: HistoryEvent[], id: string): boolean {
  const last = events.findLast((event) => 'id' in event && event.id === id);
  return last?.what === 'missed' && last.because === 'secret changed';
}

/** Whether its user was missing, the last time that something was wrong with it; the session itself stays. */
function hasNoUser(events: HistoryEvent[], id: string): boolean {
  const last = events.findLast((event) => event.what === 'missed' && event.id === id);
  return last?.what === 'missed' && last.because === 'user missing';
}

function isMissed(events: HistoryEvent[], id: string): boolean {
  return events.some((event) => event.what === 'missed' && event.id === id);
}

/** Whether a session names a user, as it does again after the next login. */
function hasLogin(live: Live | undefined, { who }: ResolvedOptions): boolean {
  const record = live && fromRecord(live.text);
  return record !== undefined && findWho(record.data, who) !== undefined;
}

interface Live {
  namespace: string;
  text: string;
}

/** Finds the live session with an id. */
async function findLive(options: ResolvedOptions, id: string): Promise<Live | undefined> {
  if (options.type === 'memory') return undefined;
  for (const namespace of await surveyNamespaces(options)) {
    const storage = openStorage({ ...options, namespace, log: () => {} }); // the answer says it
    const found = await storage.get(id);
    if (found) return { namespace, text: found.text };
  }
  return undefined;
}

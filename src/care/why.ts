import type { ResolvedOptions } from '../options.ts';
import { History, type HistoryEvent } from '../history/history.ts';
import { openStorage } from '../storage/open.ts';
import { surveyNamespaces } from '../storage/survey/survey.ts';
import { holdsMcpClients } from '../session/logins.ts';
import { explainId, wasValid, type Explanation } from '../history/explain.ts';
import { explainKept, explainLatest, explainUnknown } from '../history/latest.ts';
import { resolveProject, type CareOptions } from './project.ts';

/**
 * Answers "Why was I logged out?" for a session of a project that was run in development.
 *
 * @param idOrCookie a session id, the value of its cookie, or `name=value`; @default the latest request
 * whose session was not there
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
    if (hasNoUser(events, hash)) return explainId(events, hash);
    const refused = isRefused(events, hash);
    const namespace = refused ? undefined : await findNamespace(resolved, id);
    if (holdsMcpClients(namespace)) return explainKept(events, hash);
    if (namespace !== undefined) {
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

/** Whether that was the last that was wrong with it; the session itself stays. */
function hasNoUser(events: HistoryEvent[], id: string): boolean {
  const last = events.findLast((event) => event.what === 'missed' && event.id === id);
  return last?.what === 'missed' && last.because === 'user missing';
}

function isMissed(events: HistoryEvent[], id: string): boolean {
  return events.some((event) => event.what === 'missed' && event.id === id);
}

/** That of the live session with an id. */
async function findNamespace(options: ResolvedOptions, id: string): Promise<string | undefined> {
  if (options.type === 'memory') return undefined;
  for (const namespace of await surveyNamespaces(options)) {
    const storage = openStorage({ ...options, namespace, log: () => {} }); // the answer says it
    if (await storage.get(id)) return namespace;
  }
  return undefined;
}

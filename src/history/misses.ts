import { wasValid } from './explain.ts';
import type { SessionStorage } from '../session/storage.ts';
import type { History, HistoryEvent, Miss } from './history.ts';
import { findRequest, seenRequests, type SeenRequest } from './seen-requests.ts';
import type { SessionCookieName } from './session-cookie.ts';
import { loadHidden } from '../storage/own-packages.ts';

/** An id that was asked for and not there, and where. */
export interface AskedFor {
  at: number;
  id: string;
  storage: SessionStorage;
}

/** A request for which frameworks have begun sessions anew. */
interface BegunFor {
  request: SeenRequest;
  frameworks: string[];
}

/** Marks what was looked at. */
const TAKEN = '\0';

/** Requests for which a framework has begun a session anew, once each, the latest first. */
export function takeBegun(most: number): BegunFor[] {
  const taken: BegunFor[] = [];
  for (const request of seenRequests()) {
    const frameworks = request.begun.filter((framework) => !framework.startsWith(TAKEN));
    if (frameworks.length === 0 || taken.length >= most) continue;
    request.begun = request.begun.map((framework) =>
      framework.startsWith(TAKEN) ? framework : TAKEN + framework,
    );
    taken.push({ request, frameworks });
  }
  return taken;
}

/**
 * Why requests have had no session, the oldest first.
 *
 * @param missed ids for which stores had nothing
 * @param begun requests for which frameworks have begun a session
 * @param known what is in the history, which takes time to read
 */
export async function findMisses(
  missed: AskedFor[],
  begun: BegunFor[],
  cookies: SessionCookieName[],
  history: History,
  known: () => HistoryEvent[],
): Promise<Miss[]> {
  const misses: Miss[] = [];
  for (const one of begun) misses.push(...(await lookAtCookies(one, cookies, history, known)));
  for (const one of missed) misses.push(await lookAtId(one, history));
  return misses.sort((a, b) => a.at - b.at);
}

/** Why a request has had no session, as far as its cookies show it. */
async function lookAtCookies(
  { request, frameworks }: BegunFor,
  cookies: Iterable<SessionCookieName>,
  history: History,
  known: () => HistoryEvent[],
): Promise<Miss[]> {
  const { readSessionCookie } = await loadReader();
  const { at, cookie: header, isEncrypted } = request;
  const misses: Miss[] = [];
  for (const cookie of cookies) {
    if (!frameworks.includes(cookie.framework)) continue;
    const miss = { at, what: 'missed', detail: cookie.name, by: toText(request) } as const;
    const finding = readSessionCookie(header, cookie);
    if (finding.is === 'good') continue; // the store was asked
    if (finding.is === 'missing') {
      const isInsecure = cookie.secure && !isEncrypted;
      misses.push({ ...miss, because: isInsecure ? 'insecure' : 'no cookie' });
      continue;
    }
    const id = finding.is === 'refused' ? history.hash(finding.id) : undefined;
    const isOwn = id !== undefined && wasValid(known(), id);
    misses.push(
      isOwn ? { ...miss, id, because: 'refused' } : { ...miss, because: 'foreign cookie' },
    );
  }
  return misses;
}

/** An app that starts does not wait for it. */
function loadReader(): Promise<typeof import('./session-cookie.ts')> {
  return loadHidden(['cookie', 'cookie-signature'], () => import('./session-cookie.ts'));
}

/** Why nothing is under an id, as far as the storage shows it. */
async function lookAtId({ at, id, storage }: AskedFor, history: History): Promise<Miss> {
  const request = findRequest(id) ?? [...seenRequests()].find(({ cookie }) => cookie?.includes(id));
  const absence = await storage.absence?.(id);
  return {
    at,
    what: 'missed',
    id: history.hash(id),
    because: absence?.because ?? 'gone',
    detail: absence?.because === 'unreadable' ? absence.reason : undefined,
    by: request && toText(request),
  };
}

/** As it stands in a sentence. */
export function toText({ name }: SeenRequest): string {
  return `\`${name}\``;
}

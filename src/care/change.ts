import type { ResolvedOptions } from '../options.ts';
import { History } from '../history/history.ts';
import { RETIREMENT } from '../session/expiry/lifetime.ts';
import { holdsMcpClients } from '../session/logins.ts';
import { fromRecord, toJson, toRecord } from '../session/record.ts';
import type { SessionStorage } from '../session/storage.ts';
import { startTimer } from '../session/timers.ts';
import { openStorage } from '../storage/open.ts';
import { applyChange, checkChange, type SessionChange } from './change/json.ts';
import { resolveProject, type CareOptions } from './project.ts';
import { readResolved } from './sessions.ts';

/** Which session is changed, and who does it. */
export interface ChangeOptions extends CareOptions {
  /**
   * Who does it, as it shall stand in the answer to "Why was I logged out?": `destroyed by …`.
   * @default "a program"
   */
  by?: string | undefined;
}

/** For how long one that is ended lasts yet, and when that is over for sure, in milliseconds. */
const SHORTEST = 1;
const UNTIL_OVER = 5;

/** A live session that is about to be changed. */
interface Target {
  id: string;
  namespace: string;
  storage: SessionStorage;
  resolved: ResolvedOptions;
  by: string;
}

/**
 * Changes one member of the data of a live session, in one step: what another process stores meanwhile is
 * changed, and not put back to what it was. In the session directory that holds but for the microseconds
 * in which a file is renamed. What the app asks for next is the changed session. When it was created, when
 * it expires and its cookie stay as they are. A request that has read the session before may still store
 * what it has.
 *
 * @param id all of it
 * @returns whether there is such a session; records of oidc-provider are none
 * @throws SessionChangedError when something else than `was` stands there
 * @throws TypeError, in one sentence, for a path or a value that cannot be used, for the cookie that a
 * framework keeps in the data, and for the session of an MCP client, which is not edited
 * @throws Error, in one sentence, for an id that several namespaces have, and when the place cannot be
 * written
 */
export async function changeSession(
  id: string,
  change: SessionChange,
  options: ChangeOptions = {},
): Promise<boolean> {
  checkChange(change);
  const target = await findTarget(id, options);
  if (!target) return false;
  const { storage, namespace, resolved } = target;
  if (holdsMcpClients(namespace)) {
    throw new TypeError(
      'The session of an MCP client is not edited: its client and its server have agreed on it.',
    );
  }
  let isChanged = false;
  const toText = (text: string | undefined): string | undefined => {
    const record = text === undefined ? undefined : fromRecord(text);
    isChanged = record !== undefined;
    if (!record) return text; // it has ended meanwhile
    applyChange(record.data, change);
    return toRecord(toJson(record.data), record.created);
  };
  await storage.update(id, toText, resolved.lifetime);
  if (isChanged) note(target, 'changed');
  return isChanged;
}

/**
 * Ends a live session as if its time were over: when this resolves, it has expired. Its id is not refused;
 * a request that is under way may store it again.
 *
 * @param id all of it
 * @returns whether there was such a session; records of oidc-provider are none
 * @throws Error, in one sentence, for an id that several namespaces have, and when the place cannot be written
 */
export async function expireSession(id: string, options: ChangeOptions = {}): Promise<boolean> {
  const target = await findTarget(id, options);
  if (!target || !(await target.storage.touch(id, SHORTEST))) return false;
  note(target, 'expired');
  await new Promise((resolve) => startTimer(resolve, UNTIL_OVER));
  return true;
}

/**
 * Ends a live session as a logout does: its id is refused from then on. Of an MCP client's session it
 * ends what is kept: the server goes on with its own until it restarts.
 *
 * @param id all of it
 * @returns whether there was such a session; records of oidc-provider are none
 * @throws Error, in one sentence, for an id that several namespaces have, and when the place cannot be written
 */
export async function destroySession(id: string, options: ChangeOptions = {}): Promise<boolean> {
  const target = await findTarget(id, options);
  if (!target) return false;
  await target.storage.retire(id, RETIREMENT);
  note(target, 'destroyed');
  return true;
}

/** Opens where a live session is. Nothing is made where there is none. */
async function findTarget(id: string, options: ChangeOptions): Promise<Target | undefined> {
  const { by = 'a program', namespaces } = options;
  const resolved = resolveProject(options);
  const namespace = (await readResolved(resolved, id, namespaces))?.namespace;
  if (namespace === undefined) return undefined;
  return { id, namespace, storage: openStorage({ ...resolved, namespace }), resolved, by };
}

/** For who asks later what has happened; nothing is kept in production. */
function note(target: Target, what: 'changed' | 'expired' | 'destroyed'): void {
  const { id, resolved, by } = target;
  if (resolved.isProduction) return;
  try {
    const history = new History(resolved);
    history.add([{ at: Date.now(), what, id: history.hash(id), by }]);
  } catch {
    // what is noted of a session is worth less than the session
  }
}

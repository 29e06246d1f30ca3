import type { ResolvedOptions } from '../options.ts';
import { History } from '../history/history.ts';
import { holdsLogins, holdsMcpClients } from '../session/logins.ts';
import { toLayout, toNamespacePrefix } from '../storage/directory/layout.ts';
import { listQuarantined, removeQuarantined } from '../storage/directory/quarantine.ts';
import { removeSessions, type Target } from '../storage/survey/removal.ts';
import { surveySessions } from '../storage/survey/survey.ts';
import { displayPlace, resolveProject } from './project.ts';
import { toFacts, type ListOptions } from './sessions.ts';

/** Sessions that are about to be removed, which nobody has done yet. */
export interface Removal {
  /** How many there are. */
  count: number;
  /** How many sessions of MCP clients go with them. */
  clients: number;
  /** How many tokens, grants and clients of oidc-provider go with them. */
  others: number;
  /** How many records go with them that could not be read and were set aside. */
  aside: number;
  /** Where they are, for people. */
  place: string;
  /**
   * Removes these, what was set aside, and no others.
   *
   * @param onProgress hears how many are done
   * @returns how many were still there
   */
  remove: (onProgress?: (done: number) => void) => Promise<number>;
}

/**
 * Finds what clearing the sessions of a project would remove: all of its own, or those of one user,
 * whose ids are refused from then on.
 *
 * @throws Error, in one sentence, when the place cannot be read
 */
export async function planClear(options: ListOptions = {}): Promise<Removal> {
  const { user, namespaces } = options;
  const resolved = resolveProject(options);
  const targets: Target[] = [];
  const isLight = user === undefined;
  for await (const record of surveySessions(resolved, { namespaces, isLight })) {
    if (record.expires <= Date.now()) continue;
    const { place, namespace, id } = record;
    if (isLight) targets.push({ place, namespace });
    else if (toFacts(record, resolved)?.who === user) targets.push({ place, namespace, id });
  }
  return {
    ...countLogins(targets),
    aside: isLight ? countAside(resolved, namespaces) : 0,
    place: displayPlace(resolved),
    remove: async (onProgress) => {
      if (isLight) removeAside(resolved, namespaces);
      const removed = await removeSessions(resolved, targets, onProgress);
      noteClear(resolved, targets, isLight, namespaces);
      return removed;
    },
  };
}

function countLogins(targets: Target[]): Pick<Removal, 'count' | 'clients' | 'others'> {
  const count = targets.filter(({ namespace }) => holdsLogins(namespace)).length;
  const clients = targets.filter(({ namespace }) => holdsMcpClients(namespace)).length;
  return { count, clients, others: targets.length - count - clients };
}

/** For who asks later why they were logged out; nothing is kept in production. */
function noteClear(
  resolved: ResolvedOptions,
  targets: Target[],
  isLight: boolean,
  namespaces: string[] | undefined,
): void {
  if (resolved.isProduction || targets.length === 0) return;
  const history = new History(resolved);
  const [at, by] = [Date.now(), '`holdover clear`'];
  if (isLight) return history.add([{ at, what: 'cleared', by, namespaces }]);
  const ids = targets.flatMap(({ id }) => (id === undefined ? [] : [history.hash(id)]));
  return history.add(ids.map((id) => ({ at, what: 'destroyed', id, by })));
}

/**
 * Finds the records of a project that have expired. In Redis there are none: it removes them by itself.
 *
 * @throws Error, in one sentence, when the place cannot be read
 */
export async function planPrune(options: ListOptions = {}): Promise<Removal> {
  const resolved = resolveProject(options);
  const targets: Target[] = [];
  const { namespaces } = options;
  if (resolved.type === 'filesystem') {
    for await (const { expires, place, namespace } of surveySessions(resolved, {
      namespaces,
      isLight: true,
    })) {
      if (expires <= Date.now()) targets.push({ place, namespace });
    }
  }
  return {
    ...countLogins(targets),
    aside: countAside(resolved, namespaces),
    place: displayPlace(resolved),
    remove: (onProgress) => {
      removeAside(resolved, namespaces);
      return removeSessions(resolved, targets, onProgress, true);
    },
  };
}

function countAside(resolved: ResolvedOptions, namespaces: string[] | undefined): number {
  if (resolved.type !== 'filesystem') return 0;
  const labels = listQuarantined(toLayout(resolved.directory)).map(({ name = '' }) => name);
  const prefixes = toPrefixes(namespaces);
  return labels.filter((name) => prefixes.some((prefix) => name.startsWith(prefix))).length;
}

function removeAside(resolved: ResolvedOptions, namespaces: string[] | undefined): void {
  if (resolved.type !== 'filesystem') return;
  const layout = toLayout(resolved.directory);
  for (const prefix of toPrefixes(namespaces)) removeQuarantined(layout, prefix);
}

/** With what the names of records begin. */
function toPrefixes(namespaces: string[] | undefined): string[] {
  return namespaces?.map(toNamespacePrefix) ?? [''];
}

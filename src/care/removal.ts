import type { ResolvedOptions } from '../options.ts';
import { History } from '../history/history.ts';
import { holdsLogins, holdsMcpClients } from '../session/logins.ts';
import { toLayout, toNamespacePrefix } from '../storage/directory/layout.ts';
import { listQuarantined, removeQuarantined } from '../storage/directory/quarantine.ts';
import { removeSessions, surveySessions, type RemovalTarget } from '../storage/survey/survey.ts';
import { displayPlace, resolveProject } from './project.ts';
import { toFacts, type ListOptions } from './sessions.ts';

/** A planned removal. Call `remove()` to run it. */
export interface Removal {
  /** How many sessions it removes. */
  count: number;
  /** How many sessions of MCP clients it removes. */
  clients: number;
  /** How many tokens, grants and clients of oidc-provider it removes. */
  others: number;
  /** How many records it removes that could not be read and were set aside. */
  aside: number;
  /** Where the sessions are, for people. */
  place: string;
  /** Removes these records and no others. Returns how many were still there. */
  remove: () => Promise<number>;
}

/**
 * Plans the removal of all sessions of a project, or of those of one user, whose ids are refused from then on.
 *
 * @throws Error, in one sentence, if the sessions cannot be read
 */
export async function planClear(options: ListOptions = {}): Promise<Removal> {
  const { user, namespaces } = options;
  const resolved = resolveProject(options);
  const targets: RemovalTarget[] = [];
  const isAll = user === undefined;
  for await (const record of surveySessions(resolved, { namespaces, isLight: isAll })) {
    if (record.expires <= Date.now()) continue;
    const { name, namespace, id } = record;
    if (isAll) targets.push({ name, namespace });
    else if (toFacts(record, resolved)?.who === user) targets.push({ name, namespace, id });
  }
  return {
    ...countTargets(targets),
    aside: isAll ? countAside(resolved, namespaces) : 0,
    place: displayPlace(resolved),
    remove: async () => {
      if (isAll) removeAside(resolved, namespaces);
      const removed = await removeSessions(resolved, targets);
      recordClear(resolved, targets, isAll, namespaces);
      return removed;
    },
  };
}

/**
 * Plans the removal of expired records. Redis has none: it removes them by itself.
 *
 * @throws Error, in one sentence, if the sessions cannot be read
 */
export async function planPrune(options: ListOptions = {}): Promise<Removal> {
  const resolved = resolveProject(options);
  const targets: RemovalTarget[] = [];
  const { namespaces } = options;
  if (resolved.type === 'filesystem') {
    const records = surveySessions(resolved, { namespaces, isLight: true });
    for await (const { expires, name, namespace } of records) {
      if (expires <= Date.now()) targets.push({ name, namespace });
    }
  }
  return {
    ...countTargets(targets),
    aside: countAside(resolved, namespaces),
    place: displayPlace(resolved),
    remove: () => {
      removeAside(resolved, namespaces);
      return removeSessions(resolved, targets, true);
    },
  };
}

function countTargets(targets: RemovalTarget[]): Pick<Removal, 'count' | 'clients' | 'others'> {
  const count = targets.filter(({ namespace }) => holdsLogins(namespace)).length;
  const clients = targets.filter(({ namespace }) => holdsMcpClients(namespace)).length;
  return { count, clients, others: targets.length - count - clients };
}

/** Adds the removal to the history, for `holdover why`. Production has no history. */
function recordClear(
  resolved: ResolvedOptions,
  targets: RemovalTarget[],
  isAll: boolean,
  namespaces: string[] | undefined,
): void {
  if (resolved.isProduction || targets.length === 0) return;
  const history = new History(resolved);
  const [at, by] = [Date.now(), '`holdover clear`'];
  if (isAll) return history.add([{ at, what: 'cleared', by, namespaces }]);
  const ids = targets.flatMap(({ id }) => (id === undefined ? [] : [history.hash(id)]));
  return history.add(ids.map((id) => ({ at, what: 'destroyed', id, by })));
}

function countAside(resolved: ResolvedOptions, namespaces: string[] | undefined): number {
  if (resolved.type !== 'filesystem') return 0;
  const names = listQuarantined(toLayout(resolved.directory)).map(({ name = '' }) => name);
  const prefixes = toPrefixes(namespaces);
  return names.filter((name) => prefixes.some((prefix) => name.startsWith(prefix))).length;
}

function removeAside(resolved: ResolvedOptions, namespaces: string[] | undefined): void {
  if (resolved.type !== 'filesystem') return;
  const layout = toLayout(resolved.directory);
  for (const prefix of toPrefixes(namespaces)) removeQuarantined(layout, prefix);
}

/** Returns how the names of records begin. */
function toPrefixes(namespaces: string[] | undefined): string[] {
  return namespaces?.map(toNamespacePrefix) ?? [''];
}

import { countSessions, sinceYesterday, type Count } from '../../storage/survey/count.ts';
import { isOfClients, type OpenedStore } from './opened.ts';

/** What was held over. */
export interface HeldOver {
  /** `3 sessions · 2 values held over`, or why that cannot be said; `undefined` where there is nothing to say. */
  text: string | undefined;
  /** How many, as far as they were counted; `null` where they are not, as in Redis. */
  sessions: number | null;
  values: number;
  clients: number;
}

const NONE: Count = { count: 0, isMore: false };

/** What is held over beside sessions. */
export interface Beside {
  /** How many values of the app's memory were put back. */
  values?: number | undefined;
  /** Clients of MCP, as far as they were counted. */
  clients?: Count | undefined;
}

/** `3 sessions · 2 values · 2 MCP clients held over`: values and clients where there are some. */
export function formatHeldOver({ count, isMore }: Count, beside: Beside = {}): string {
  return `${[formatSessions(count, isMore), ...formatBeside(beside)].join(' · ')} held over`;
}

function formatSessions(count: number, isMore: boolean): string {
  if (isMore) return `at least ${count} sessions`;
  if (count === 0) return 'no sessions';
  return toCount(count, 'session');
}

/** `2 values` and `2 MCP clients`, or none. */
function formatBeside({ values = 0, clients = NONE }: Beside): string[] {
  const many = clients.isMore ? 'at least ' : '';
  return [
    ...(values === 0 ? [] : [toCount(values, 'value')]),
    ...(clients.count === 0 ? [] : [many + toCount(clients.count, 'MCP client')]),
  ];
}

function toCount(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? '' : 's'}`;
}

/** `2 values · 2 MCP clients held over`; `undefined` where there are none. */
export function formatHeldOverBeside(beside: Beside): string | undefined {
  const parts = formatBeside(beside);
  return parts.length === 0 ? undefined : `${parts.join(' · ')} held over`;
}

/**
 * `3 sessions held over from .holdover/sessions`, or `sessions are kept in redis://localhost:6379`. Of MCP
 * clients those count that were there when the store was opened.
 *
 * @param limit how many session files are looked at
 * @param values how many values of the app's memory were put back
 * @returns `undefined` when nothing can be in the stores, and no value was put back
 */
export async function toStartLine(
  stores: OpenedStore[],
  limit: number,
  values = 0,
): Promise<string | undefined> {
  const ofClients = stores.filter(isOfClients);
  const beside = { values, clients: await countClients(ofClients, limit, true) };
  const first = stores.find((store) => !store.isNew && !isOfClients(store));
  if (!first) {
    const from = beside.clients.count > 0 ? ` from ${ofClients[0]?.display}` : '';
    const line = formatHeldOverBeside(beside);
    return line && line + from;
  }
  const { text: heldOver } = await toHeldOverSessions(stores, limit, beside);
  if (heldOver) return `${heldOver} from ${first.display}`;
  const kept = `sessions are kept in ${first.display}`;
  return [kept, formatHeldOverBeside(beside) ?? []].flat().join(' · ');
}

/**
 * How many sessions, values and MCP clients were held over, or why that cannot be said. Sessions in Redis are
 * not counted: others keep theirs there too, and a listing looks at all of them.
 *
 * @param limit how many session files are looked at
 * @param values how many values of the app's memory were put back
 * @param piped how many clients of MCP are at the other end of a pipe: no store has them
 */
export async function toHeldOver(
  stores: OpenedStore[],
  limit: number,
  values = 0,
  piped = 0,
): Promise<HeldOver> {
  const { count, isMore } = await countClients(stores.filter(isOfClients), limit);
  const clients = count + piped;
  const beside = { values, clients: { count: clients, isMore } };
  const { text, sessions } = await toHeldOverSessions(stores, limit, beside);
  return { text: text ?? formatHeldOverBeside(beside), sessions, values, clients };
}

/** Says nothing where sessions are not counted, also not of what is beside them then. */
async function toHeldOverSessions(
  stores: OpenedStore[],
  limit: number,
  beside: Beside,
): Promise<Pick<HeldOver, 'text' | 'sessions'>> {
  const ofLogins = stores.filter((store) => !isOfClients(store));
  const inDirectories = ofLogins.filter(isInDirectory);
  const areCounted = inDirectories.length === ofLogins.length;
  if (!areCounted || ofLogins.length === 0)
    return { text: undefined, sessions: areCounted ? 0 : null };
  try {
    const counted = await countHeldOver(inDirectories, limit);
    return { text: formatHeldOver(counted, beside), sessions: counted.count };
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    return { text: `sessions could not be counted (${code ?? message})`, sessions: null };
  }
}

/**
 * Those that were used lately.
 *
 * @param hasOpened leaves out those that were stored since the store was opened: they are new
 */
async function countClients(
  stores: OpenedStore[],
  limit: number,
  hasOpened = false,
): Promise<Count> {
  const before = hasOpened ? Math.min(...stores.map(({ at }) => at)) : undefined;
  const within = { since: sinceYesterday(), before };
  return countHeldOver(stores.filter(isInDirectory), limit, within).catch(() => NONE); // that of sessions says why
}

function isInDirectory({ type }: OpenedStore): boolean {
  return type === 'filesystem';
}

async function countHeldOver(
  stores: OpenedStore[],
  limit: number,
  within: { since?: number; before?: number | undefined } = {},
): Promise<Count> {
  let total = 0;
  let isMore = false;
  for (const directory of new Set(stores.map((store) => store.directory))) {
    const own = stores.filter((store) => store.directory === directory);
    const namespaces = own.map((store) => store.namespace);
    const fingerprint = own[0]?.fingerprint ?? '';
    const counted = await countSessions({ directory, namespaces, fingerprint, limit, ...within });
    total += counted.count;
    isMore ||= counted.isMore;
  }
  return { count: total, isMore };
}

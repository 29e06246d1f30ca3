import type { ResolvedOptions } from '../options.ts';
import { DEFAULT_LIFETIME, hasNoEnd } from '../session/expiry/lifetime.ts';
import {
  fromRecord,
  withCookieExpiry,
  type SessionData,
  type StoredSession,
} from '../session/record.ts';
import { holdsMcpClients, holdsSessions } from '../session/logins.ts';
import { meansId } from '../session/display/short-id.ts';
import { findWho } from '../session/who.ts';
import { surveyId, surveySessions } from '../storage/survey/survey.ts';
import type { SurveyedRecord } from '../storage/survey/surveyed.ts';
import { resolveProject, type CareOptions } from './project.ts';

/** Everything that is known of one session. */
export interface SessionFacts extends StoredSession {
  /** `undefined` for one of a namespace that the project has forgotten. */
  namespace: string | undefined;
  /** Whom it belongs to, when that can be seen in its data. */
  who: string | undefined;
  /** When it expires, in milliseconds since the epoch; `Infinity` for what has no end. */
  expires: number;
  /**
   * When it was last stored or its expiry was last moved, in milliseconds since the epoch. A request
   * that would move the expiry by less than 1 % leaves no trace. In Redis it is worked out from what
   * the cookie says, and `undefined` where that says nothing.
   */
  lastSeen: number | undefined;
  /** Bytes on the disk, or of Redis' memory. */
  size: number;
}

/** Which sessions are listed. */
export interface ListOptions extends CareOptions {
  /** Only those that belong to this one, as `who` names them. */
  user?: string | undefined;
}

/**
 * The live sessions of a project, in no order, without loading all at once. Nothing is changed by it.
 *
 * @throws Error, in one sentence, when the place cannot be read
 */
export function listSessions(options: ListOptions = {}): AsyncGenerator<SessionFacts, void> {
  return listResolved(resolveProject(options), options);
}

/** As `listSessions`, with every option resolved. */
export async function* listResolved(
  resolved: ResolvedOptions,
  options: Pick<ListOptions, 'user' | 'namespaces'> = {},
): AsyncGenerator<SessionFacts, void> {
  for await (const facts of listAll(resolved, options)) if (!isMcpClient(facts)) yield facts;
}

/** The live sessions of a project, with those of MCP clients, which belong to no user. */
export async function* listAll(
  resolved: ResolvedOptions,
  { user, namespaces }: Pick<ListOptions, 'user' | 'namespaces'> = {},
): AsyncGenerator<SessionFacts, void> {
  for await (const record of surveySessions(resolved, { namespaces })) {
    const facts = toLiveSession(record, resolved);
    if (!facts) continue;
    if (user === undefined || (facts.who === user && !isMcpClient(facts))) yield facts;
  }
}

/** Whether it is the session of an MCP client, and no login. */
export function isMcpClient({ namespace }: Pick<SessionFacts, 'namespace'>): boolean {
  return holdsMcpClients(namespace);
}

/**
 * The live session with an id, or with the only id that begins like that.
 *
 * @throws Error, in one sentence that says how many, when several begin like that
 */
export function findSession(
  typed: string,
  options: CareOptions = {},
): Promise<SessionFacts | undefined> {
  return find(listSessions(options), typed);
}

/** As `findSession`, among the sessions of MCP clients too. */
export function findAmongAll(
  typed: string,
  options: CareOptions = {},
): Promise<SessionFacts | undefined> {
  return find(listAll(resolveProject(options), options), typed);
}

/**
 * Returns the live session with an id, a login or one of an MCP client. It reads this session alone if the namespaces
 * where it may be are given.
 *
 * @param id all of it
 * @throws Error, in one sentence, if several namespaces have the id, or the sessions cannot be read
 */
export function readSession(
  id: string,
  options: CareOptions = {},
): Promise<SessionFacts | undefined> {
  return readResolved(resolveProject(options), id, options.namespaces);
}

/** Like `readSession`, with every option resolved. */
export async function readResolved(
  resolved: ResolvedOptions,
  id: string,
  namespaces?: string[],
): Promise<SessionFacts | undefined> {
  const records = await surveyId(resolved, id, namespaces);
  const [session, ...others] = records.flatMap((record) => toLiveSession(record, resolved) ?? []);
  if (others.length === 0) return session;
  throw new Error('Several namespaces have a session with that id. Name one of them.');
}

async function find(
  all: AsyncIterable<SessionFacts>,
  typed: string,
): Promise<SessionFacts | undefined> {
  let found: SessionFacts | undefined;
  let count = 0;
  for await (const facts of all) {
    if (facts.id === typed) return facts;
    if (!meansId(facts.id, typed)) continue;
    count++;
    found ??= facts;
  }
  if (count < 2) return found;
  throw new Error(`${count} sessions have ids that begin like that. Give more of the id.`);
}

/** What a record says of a live session; `undefined` when it is none. */
export function toLiveSession(
  record: SurveyedRecord,
  resolved: ResolvedOptions,
): SessionFacts | undefined {
  if (!holdsSessions(record.namespace)) return undefined;
  const facts = toFacts(record, resolved);
  return facts && facts.expires > Date.now() ? facts : undefined;
}

/** What a record says; `undefined` when it is none of ours. */
export function toFacts(
  { id, namespace, text, expires, stored, size }: SurveyedRecord,
  { who, lifetime }: ResolvedOptions,
): SessionFacts | undefined {
  const record = fromRecord(text);
  if (!record) return undefined;
  const { created } = record;
  const data = withCookieExpiry({ ...record, expires }); // as the app sees it
  const lastSeen =
    stored ?? toLastSeen({ data, created, expires }, holdsMcpClients(namespace), lifetime);
  const end = hasNoEnd(expires) ? Infinity : expires;
  return { id, namespace, who: findWho(data, who), created, lastSeen, expires: end, size, data };
}

/** The expiry is as long after the last request as the cookie lasts; for an MCP client always as long. */
function toLastSeen(
  { data, created, expires }: Omit<StoredSession, 'id'>,
  isOfClient: boolean,
  lifetime: number,
): number | undefined {
  const duration = isOfClient ? DEFAULT_LIFETIME : toDuration(data, lifetime);
  if (duration === undefined) return undefined;
  const seen = expires - duration;
  return seen >= created - 1000 && seen <= Date.now() + 1000 ? Math.max(created, seen) : undefined;
}

function toDuration({ cookie }: SessionData, lifetime: number): number | undefined {
  if (typeof cookie !== 'object' || cookie === null) return undefined;
  const { originalMaxAge } = cookie as { originalMaxAge?: unknown };
  return typeof originalMaxAge === 'number' ? originalMaxAge : lifetime;
}

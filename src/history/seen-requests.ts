import { subscribe } from 'node:diagnostics_channel';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { spellingsOf } from '../session/display/short-id.ts';
import { INSPECTOR, isInside } from './inside.ts';

/** What is remembered of a request: what tells why its session was not there, and nothing of its body. */
export interface SeenRequest {
  /** Milliseconds since the epoch. */
  at: number;
  /** `GET /dashboard`, without what follows the path. */
  name: string;
  /** Whether it is one that changes something. */
  isUnsafe: boolean;
  /** The header, as it came. */
  cookie: string | undefined;
  /** The id by which an MCP client names its session, as it came. */
  mcpSession: string | undefined;
  isEncrypted: boolean;
  /** Whether it was answered. */
  isDone: boolean;
  /** The frameworks that have begun a new session for it, which nobody has looked at yet. */
  begun: string[];
}

/** A request for which frameworks have begun sessions anew. */
interface BegunFor {
  request: SeenRequest;
  frameworks: string[];
}

/** How many requests are remembered. */
const CAPACITY = 128;

/** Words with something between them: what a route is made of. */
const WORDS = /^[A-Z]?[a-z]{1,15}([-_.+~][A-Z]?[a-z]{1,15}){0,5}$/;

/** How long another part of a path may be; longer ones may be secrets, as those of a link in a mail. */
const LONGEST_PART = 15;

/** Short secrets look like this: signs of all kinds. */
const MIXED = /^(?=.*[a-z])(?=.*[A-Z])(?=.*\d).{8}/;

const LONGEST_PATH = 120;

/** What a terminal could take for more than text. */
const UNPRINTABLE = /[^\x21-\x7e…]/g;

interface Remembered {
  latest: SeenRequest[];
  /** How many there were. */
  count: number;
  byMessage: WeakMap<object, SeenRequest>;
  /** Hear that something has to be looked at. */
  listeners: Set<() => void>;
}

/** One for all copies of this module: a dev server may evaluate its configuration, and us, anew. */
const REGISTRY = Symbol.for('holdover.requests.1');

const registry = globalThis as { [REGISTRY]?: Remembered };

/**
 * Begins to remember the requests of this process, by Node's own channels of diagnostics: nothing of the
 * app is wrapped, and no asynchronous context is followed, which costs every request more.
 */
export function rememberRequests(onBegun: () => void): void {
  const known = registry[REGISTRY];
  if (known) {
    known.listeners.add(onBegun);
    return;
  }
  const { byMessage, latest } = (registry[REGISTRY] = {
    latest: [],
    count: 0,
    byMessage: new WeakMap(),
    listeners: new Set([onBegun]),
  } as Remembered);
  const remembered = registry[REGISTRY];
  subscribe('http.server.request.start', (message) => {
    const { request } = message as { request: IncomingMessage };
    if (isInside(request.socket) || request.url?.startsWith(INSPECTOR)) return;
    const seen = toSeen(request);
    byMessage.set(request, seen);
    latest[remembered.count++ % CAPACITY] = seen;
  });
  subscribe('http.server.response.finish', (message) => {
    const { request } = message as { request: IncomingMessage; response: ServerResponse };
    const seen = byMessage.get(request);
    if (seen) seen.isDone = true;
  });
}

/** Says that a framework has begun a new session for a request, whatever its cookie was. */
export function sessionBegun(request: unknown, framework: string): void {
  const remembered = registry[REGISTRY];
  if (!remembered || typeof request !== 'object' || request === null) return;
  const seen = remembered.byMessage.get(request);
  if (!seen || seen.begun.includes(framework)) return;
  seen.begun.push(framework);
  for (const hear of remembered.listeners) hear();
}

/** Requests for which a framework has begun a session anew, once each, the latest first. */
export function takeBegun(most: number): BegunFor[] {
  const taken: BegunFor[] = [];
  for (const request of seenRequests()) {
    if (request.begun.length === 0) continue;
    if (taken.length >= most) break;
    taken.push({ request, frameworks: request.begun.splice(0) });
  }
  return taken;
}

/** The requests that are remembered, the latest first. */
export function* seenRequests(): Generator<SeenRequest, void> {
  const { latest, count } = registry[REGISTRY] ?? { latest: [], count: 0 };
  for (let back = 1; back <= Math.min(count, CAPACITY); back++) {
    yield latest[(count - back) % CAPACITY] as SeenRequest;
  }
}

/** The request that is under way and has come with an id: one that changes something, if there are more. */
export function findRequest(id: string): SeenRequest | undefined {
  const spellings = spellingsOf(id);
  let found: SeenRequest | undefined;
  for (const seen of seenRequests()) {
    const isOfCookie = spellings.some((spelling) => seen.cookie?.includes(spelling));
    if (seen.isDone || !(isOfCookie || seen.mcpSession === id)) continue;
    if (seen.isUnsafe) return seen;
    found ??= seen;
  }
  return found;
}

/** As it stands in a sentence. */
export function toText({ name }: SeenRequest): string {
  return `\`${name}\``;
}

function toSeen(request: IncomingMessage): SeenRequest {
  const { method = 'GET', url = '/', headers, socket } = request;
  const isProxied = String(headers['x-forwarded-proto'] ?? '').startsWith('https');
  return {
    at: Date.now(),
    get name() {
      return `${method} ${toPath(url)}`;
    },
    isUnsafe: method !== 'GET' && method !== 'HEAD' && method !== 'OPTIONS',
    cookie: headers.cookie,
    mcpSession: headers['mcp-session-id']?.toString(),
    isEncrypted: isProxied || (socket as { encrypted?: boolean }).encrypted === true,
    isDone: false,
    begun: [],
  };
}

/** The path of a URL, without parts that may be secrets. */
export function toPath(url: string): string {
  const [path = '/'] = url.split(/[?#]/, 1);
  const parts = path.split('/').map((part) => (isHarmless(part) ? part : '…'));
  return parts.join('/').replaceAll(UNPRINTABLE, '?').slice(0, LONGEST_PATH);
}

function isHarmless(part: string): boolean {
  return WORDS.test(part) || (part.length <= LONGEST_PART && !MIXED.test(part));
}

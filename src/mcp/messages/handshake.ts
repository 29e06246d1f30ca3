import type { Message, Request } from './json-rpc.ts';

/**
 * What a client has told a server that lasts as long as their session: all that a server in another process
 * has to hear to go on with it.
 */
export interface Handshake {
  /** The `initialize` of the client, with its id. */
  initialize: Request;
  /** Its last `logging/setLevel`. */
  level?: Message;
  /** Its `resources/subscribe`, by the resource. */
  subscriptions?: Record<string, Message>;
}

/** The latest subscriptions are remembered, so many of them. */
const SUBSCRIPTIONS = 100;

/**
 * The handshake after a message of the client.
 *
 * @returns the same object when the message changes nothing
 */
export function afterMessage(handshake: Handshake, message: Message): Handshake {
  if (message.method === 'logging/setLevel') return { ...handshake, level: message };
  const uri = toUri(message);
  if (uri === undefined) return handshake;
  const subscriptions = new Map(Object.entries(handshake.subscriptions ?? {}));
  subscriptions.delete(uri);
  if (message.method === 'resources/subscribe') subscriptions.set(uri, message);
  return {
    ...handshake,
    subscriptions: Object.fromEntries([...subscriptions].slice(-SUBSCRIPTIONS)),
  };
}

/** Of a subscription that begins or ends. */
function toUri({ method, params }: Message): string | undefined {
  if (method !== 'resources/subscribe' && method !== 'resources/unsubscribe') return undefined;
  const { uri } = (params ?? {}) as { uri?: unknown };
  return typeof uri === 'string' ? uri : undefined;
}

/** What a server hears after the handshake, in this order; each is a request that needs an id of its own. */
export function toSettings({ level, subscriptions = {} }: Handshake): Message[] {
  return [...(level ? [level] : []), ...Object.values(subscriptions)];
}

/** The name and the version that the client has given itself; it may have given none. */
export function toClient({ initialize }: Handshake): { name?: string; version?: string } {
  const { clientInfo } = (initialize.params ?? {}) as { clientInfo?: Record<string, unknown> };
  const { name, version } = clientInfo ?? {};
  return {
    ...(typeof name === 'string' ? { name } : {}),
    ...(typeof version === 'string' ? { version } : {}),
  };
}

/** What a server has answered to `initialize`, as far as it is read here. */
export interface InitializeResult {
  protocolVersion?: unknown;
  capabilities?: Record<string, { listChanged?: unknown } | null | undefined>;
}

const LISTS = ['tools', 'prompts', 'resources'];

/**
 * Returns the notifications that each list may have changed that the server has declared to change.
 *
 * @param result of `initialize`, as the new code has answered
 */
export function toListChanges(result: unknown): Message[] {
  const { capabilities } = (result ?? {}) as InitializeResult;
  return toChanges(LISTS.filter((name) => capabilities?.[name]?.listChanged === true));
}

/** As `toListChanges`, on a subscription of the protocol 2026-07-28. */
export function toSubscribedChanges({ id, params }: Message): Message[] {
  const { notifications } = (params ?? {}) as { notifications?: Record<string, unknown> };
  const names = LISTS.filter((name) => notifications?.[`${name}ListChanged`] === true);
  const _meta = { 'io.modelcontextprotocol/subscriptionId': id };
  return toChanges(names).map((change) => ({ ...change, params: { _meta } }));
}

function toChanges(names: string[]): Message[] {
  return names.map((name) => ({ jsonrpc: '2.0', method: `notifications/${name}/list_changed` }));
}

/** Returns the names of what the server can do, sorted. */
export function toCapabilities(result: unknown): string[] {
  return Object.keys(((result ?? {}) as InitializeResult).capabilities ?? {}).sort();
}

/** Returns what to say if new code has other capabilities than its clients know of. */
export function toOtherCapabilities(before: string[], now: string[]): string | undefined {
  if (before.join() === now.join()) return undefined;
  return `The server has other capabilities now (${now.join(', ')}). Clients of MCP learn of them when they connect anew.`;
}

import { isObject } from '../../options/values.ts';
import { MASK } from '../../session/display/mask.ts';
import type { SessionData } from '../../session/record.ts';
import { toClient, type Handshake } from './handshake.ts';

/** What an MCP client has said of itself, and where its server listens. */
export interface McpClient {
  name: string | null;
  version: string | null;
  /** Of the URL, without the query. */
  path: string | null;
}

/** What is known of the client whose session this is. */
export function readClient({ data }: { data: SessionData }): McpClient {
  const { path, handshake } = data;
  const hasSaid = isObject(handshake) && isObject(handshake.initialize);
  const { name, version } = hasSaid ? toClient(handshake as unknown as Handshake) : {};
  return {
    name: name ?? null,
    version: version ?? null,
    path: typeof path === 'string' ? path : null,
  };
}

/** `claude-code 2.0.1`, or `?`. */
export function formatClient({ name, version }: McpClient): string {
  return [name ?? '?', version ?? []].flat().join(' ');
}

/** Members of messages of MCP in which anything may stand, at any depth. */
const ANYTHING = new Set(['_meta', 'experimental']);

/** A copy in which what may be a secret of the client's is masked. */
export function maskClient(data: SessionData): SessionData {
  return mask(data) as SessionData;
}

function mask(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(mask);
  if (!isObject(value)) return value;
  const entries = Object.entries(value).map(([key, member]) => [
    key,
    ANYTHING.has(key) ? MASK : mask(member),
  ]);
  return Object.fromEntries(entries) as unknown;
}

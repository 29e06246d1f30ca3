/** In the name of a namespace: what is in it belongs to logins, and is none. */
export const TOKENS = 'oidc-tokens';

/**
 * The name of a namespace: the sessions of MCP clients are in it. No app has a store of that name, so that none
 * finds them in its own.
 */
export const MCP_CLIENTS = 'mcp-clients';

/**
 * Whether the records of a namespace are logins. oidc-provider keeps its tokens, grants, clients and what is
 * under way in one of their own: they outlive a restart as sessions do, and are not listed and counted as such.
 * Sessions of MCP clients are listed and counted by themselves.
 */
export function holdsLogins(namespace: string | undefined): boolean {
  return holdsSessions(namespace) && !holdsMcpClients(namespace);
}

/** Whether the records of a namespace are sessions: logins, or those of MCP clients. */
export function holdsSessions(namespace: string | undefined): boolean {
  return !namespace?.split('__').some((part) => part === TOKENS || part.startsWith(`${TOKENS}-`));
}

/** Whether the records of a namespace are sessions of MCP clients. */
export function holdsMcpClients(namespace: string | undefined): boolean {
  return namespace?.split('__').at(-1) === MCP_CLIENTS;
}

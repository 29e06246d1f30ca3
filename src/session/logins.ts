/** In the name of a namespace: what is in it belongs to logins, and is none. */
export const TOKENS = 'oidc-tokens';

/**
 * Whether the records of a namespace are logins. oidc-provider keeps its tokens, grants, clients and what is
 * under way in one of their own: they outlive a restart as sessions do, and are not listed and counted as such.
 */
export function holdsLogins(namespace: string | undefined): boolean {
  return !namespace?.split('__').some((part) => part === TOKENS || part.startsWith(`${TOKENS}-`));
}

import type { Adapter, AdapterFactory, AdapterPayload } from 'oidc-provider';
import { createAdapterVerbs } from './adopt/oidc-verbs.ts';
import { noteStore } from './adopt/notes.ts';
import { openRecords, openSessions } from './adopt/open-sessions.ts';
import type { Options } from './options.ts';
import { TOKENS } from './session/logins.ts';

export type { Options } from './options.ts';

/**
 * An adapter for oidc-provider: `new Provider(issuer, { adapter: createAdapter() })`. An answered call survives the
 * death of the process; errors of the directory or of Redis reject.
 *
 * Logins are sessions: the commands and the inspector list them. Clients, grants, codes, tokens and interactions lie
 * beside them, in a namespace that is not listed. Each record lasts as long as oidc-provider says, and a client until
 * it is deleted. Two providers in one place need a namespace each.
 *
 * @throws Error, in one sentence, when an option or the directory cannot be used
 */
export function createAdapter(options: Options = {}): AdapterFactory {
  const { namespace } = options;
  const logins = openSessions(options);
  const below = namespace === undefined ? {} : { namespace: `${namespace}__${TOKENS}` };
  const tokens = openRecords(TOKENS, { ...options, ...below });
  noteStore('oidc-provider', 'named');
  return (model): Adapter => createAdapterVerbs<AdapterPayload>(model, logins, tokens);
}

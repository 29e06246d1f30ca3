import type { SessionStore } from '../session/store.ts';

/** What is asked of the SessionStore behind a framework's store. */
export type Sessions = Pick<
  SessionStore,
  'isRemote' | 'get' | 'set' | 'touch' | 'destroy' | 'issue' | 'all' | 'length' | 'clear'
>;

/** Opens the sessions of a namespace. */
export type OpenSessions = (namespace: string) => Sessions;

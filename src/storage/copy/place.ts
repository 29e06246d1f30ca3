import type { SessionStorage } from '../../session/storage.ts';

/** From where sessions are copied, and to where. */
export interface Place {
  /** Its name for people; no password is in it. */
  readonly display: string;
  /**
   * The namespaces that have sessions there.
   *
   * @throws Error, in one sentence, when there is nothing that may have some
   */
  namespaces(): Promise<string[]>;
  /** The sessions of one namespace. */
  open(namespace: string): Pick<SessionStorage, 'get' | 'set' | 'entries'>;
  /** Resolves when what was stored is on its medium, where that is not so when `set` is answered. */
  save?(): Promise<void>;
  /** Lets go of what was opened for it. */
  close?(): Promise<void>;
}

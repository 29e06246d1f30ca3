import { createHmac, randomBytes } from 'node:crypto';
import { Recent } from '../../session/recent.ts';
import type { Columns } from './columns.ts';
import type { Indexed } from './row.ts';
import { Turns } from './turns.ts';

/** How many keys are remembered that were given out. */
const KNOWN = 10_000;

/** The keys by which others name sessions, who shall not know their ids. They count in this process only. */
export class Keys {
  readonly #secret = randomBytes(32);
  readonly #known = new Recent<Indexed>(KNOWN);

  /** Gives out the key of a session. */
  give(session: Indexed): string {
    const key = this.#toKey(session);
    this.#known.set(key, session);
    return key;
  }

  /** The session of a key: one that was given out lately, or that is in a row. */
  async find(key: string, columns: Columns): Promise<Indexed | undefined> {
    const known = this.#known.get(key);
    if (known) return known;
    const turns = new Turns();
    for (let row = 0; row < columns.length; row++) {
      const session = columns.indexedAt(row);
      if (this.#toKey(session) === key) return session;
      if (turns.isOver()) await turns.pass();
    }
    return undefined;
  }

  #toKey({ id, namespace = '' }: Indexed): string {
    const hmac = createHmac('sha256', this.#secret).update(`${namespace}\n${id}`);
    return hmac.digest('base64url').slice(0, 22);
  }
}

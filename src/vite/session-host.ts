import { relative, sep } from 'node:path';
import { toNamespace } from '../adopt/adopted.ts';
import { formatHeldOver } from '../adopt/announce.ts';
import type { StoreHost } from '../adopt/host.ts';
import { openResolved } from '../adopt/open-session-store.ts';
import { resolveOptions, type Options, type ResolvedOptions } from '../options.ts';
import type { SessionStore } from '../session/store.ts';
import type { StoredSession } from '../session/record.ts';
import { countStored, listStored } from '../storage/stored.ts';

/** How many session files are looked at for one line. */
const COUNT_LIMIT = 500;

/** The stores of this process, whatever number of servers have come and gone. */
const stores = new Map<string, SessionStore>();

/** The sessions of an app that runs inside a Vite server. */
export class SessionHost implements StoreHost {
  readonly root: string;
  readonly options: ResolvedOptions;
  /** Keeps apart what several Vite roots of one project have. */
  readonly #prefix: string;

  /**
   * @param root of Vite, absolute
   * @param log prints one line for the person at the terminal
   * @throws Error or TypeError, in one sentence, for an option that cannot be used
   */
  constructor(root: string, options: Options, log: (message: string) => void) {
    this.root = root;
    this.options = { ...resolveOptions(options, root), log };
    const path = relative(this.options.root, root).split(sep).join('/');
    const prefix = options.namespace ?? toNamespace(path);
    this.#prefix = prefix === '' ? '' : `${prefix}__`;
  }

  open(namespace: string): SessionStore {
    const resolved = { ...this.options, namespace: this.#prefix + namespace };
    const key = [resolved.directory, resolved.namespace, resolved.lifetime].join('\n');
    const store = stores.get(key) ?? openResolved(resolved);
    stores.set(key, store);
    return store;
  }

  /** `3 sessions held over`; `undefined` when there is none. */
  async heldOver(): Promise<string | undefined> {
    const counted = await countStored(this.options, COUNT_LIMIT);
    return counted.count > 0 || counted.isMore ? formatHeldOver(counted) : undefined;
  }

  /** All live sessions of the directory. */
  all(): AsyncIterable<StoredSession> {
    return listStored(this.options);
  }
}

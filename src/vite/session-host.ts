import { join, relative, sep } from 'node:path';
import { toNamespacePart } from '../adopt/adopted.ts';
import { addHost, runInHost, type StoreHost } from '../adopt/host.ts';
import { adoptMemoryStores } from '../adopt/memory-stores.ts';
import { openResolved } from '../adopt/open-sessions.ts';
import {
  resolveOptions,
  toNamespaceBelow,
  type HostOptions,
  type ResolvedOptions,
} from '../options.ts';
import type { Sessions } from '../session/sessions.ts';

/** The sessions of this process, whatever number of servers have come and gone. */
const opened = new Map<string, Sessions>();

/** The sessions of an app that runs inside a Vite server. */
export class SessionHost implements StoreHost {
  readonly root: string;
  readonly options: ResolvedOptions;

  /**
   * @param root of Vite, absolute
   * @param log prints one line for the person at the terminal
   * @param warn the same for what cannot be used in the environment or package.json
   * @throws Error or TypeError, in one sentence, for an option that cannot be used
   */
  constructor(
    root: string,
    options: HostOptions,
    log: (message: string) => void,
    warn: (message: string) => void,
  ) {
    this.root = root;
    const resolved = resolveOptions(options, { entry: root, isProduction: false, onFault: warn });
    this.options = { ...resolved, log };
  }

  /** From now on memory stores that the app makes are adopted, and opened here. */
  adopt(): void {
    addHost(this);
    adoptMemoryStores(join(this.root, 'index.js'));
  }

  /** Runs something on behalf of the app: the answer to a request, and all that follows from it. */
  run(callback: () => void): void {
    runInHost(this, callback);
  }

  open(namespace: string): Sessions {
    const resolved = { ...this.options, namespace: this.#toNamespace(namespace) };
    const { type, directory, lifetime } = resolved;
    const key = [type, directory, resolved.namespace, lifetime].join('\n');
    const sessions = opened.get(key) ?? openResolved(resolved);
    opened.set(key, sessions);
    return sessions;
  }

  /** Several Vite roots of one project are kept apart. */
  #toNamespace(name: string): string {
    const path = relative(this.options.root, this.root).split(sep).join('/');
    const ofRoot = path === '' ? name : `${toNamespacePart(path)}__${name}`;
    return toNamespaceBelow(this.options, ofRoot);
  }
}

import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { Child } from '../process/child.ts';
import type { ChildMessage } from '../protocol.ts';

/**
 * What a standby reads and links of the packages that the last run has loaded. Nothing of them is
 * evaluated.
 */
export class Preloading {
  /** The URLs of modules of packages that a run has imported; those that are linked report no more. */
  readonly #modules = new Set<string>();
  #hasHooks: boolean;

  /**
   * @param hasHooks whether loader hooks may be registered before the entry: they may give packages
   * another source, and nothing is loaded before them
   */
  constructor(hasHooks: boolean) {
    this.#hasHooks = hasHooks;
  }

  /** Whether modules may be linked before the entry runs. */
  get mayLink(): boolean {
    return !this.#hasHooks;
  }

  /**
   * What a run has loaded.
   *
   * @returns whether the run may have had packages that loader hooks of its own should have changed
   */
  learn({ modules, hasHooks }: Extract<ChildMessage, { holdover: 'packages' }>): boolean {
    for (const url of modules) this.#modules.add(url);
    if (!hasHooks || this.#hasHooks) return false;
    this.#hasHooks = true;
    return true;
  }

  /** Has a process that waits load what it may. */
  equip(child: Child): void {
    if (this.#hasHooks) return;
    child.isEquipped = true;
    child.send({ holdover: 'link', urls: [...this.#modules].filter(exists), isOfApp: false });
  }
}

function exists(url: string): boolean {
  return url.startsWith('file:') && existsSync(fileURLToPath(url));
}

import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { Child } from './child.ts';
import type { ChildMessage } from './messages.ts';
import type { PreloadPlan } from './preload/plan.ts';
import { isAsStamped, type Stamp } from './preload/stamps.ts';

type PackagesMessage = Extract<ChildMessage, { holdover: 'packages' }>;

/**
 * What a standby may have loaded of the packages that the last run has loaded, without anybody being
 * able to notice. What is imported is read and linked, and not evaluated; CommonJS modules are evaluated
 * of which a process of its own has found out that they leave and ask nothing (see `preload/`).
 */
export class Preloading {
  readonly #spawnProbe: () => Child;
  readonly #onPlan: () => void;
  /** The URLs of modules of packages that a run has imported; those that are linked report no more. */
  readonly #modules = new Set<string>();
  #hasHooks: boolean;
  #record = '';
  #plan: PreloadPlan | undefined;
  /** Everything on disk that decides whether the plan is good, once. */
  #stamps: Stamp[] = [];
  #probe: Child | undefined;

  /**
   * @param hasHooks whether loader hooks may be registered before the entry: they may give packages
   * another source, and nothing is loaded before them
   * @param onPlan there is more that a standby may load
   */
  constructor(hasHooks: boolean, spawnProbe: () => Child, onPlan: () => void) {
    this.#hasHooks = hasHooks;
    this.#spawnProbe = spawnProbe;
    this.#onPlan = onPlan;
  }

  /** Whether modules may be linked before the entry runs. */
  get mayLink(): boolean {
    return !this.#hasHooks;
  }

  /**
   * What a run has loaded; when it is not what the last one has, a new plan is made.
   *
   * @returns whether the run may have had packages that loader hooks of its own should have changed
   */
  learn({ modules, hasHooks }: PackagesMessage): boolean {
    for (const url of modules) this.#modules.add(url);
    if (hasHooks && !this.#hasHooks) {
      this.#hasHooks = true;
      this.reject();
      return true;
    }
    return false;
  }

  /** Has a process that waits load what it may. */
  equip(child: Child): void {
    if (this.#hasHooks) return;
    child.isEquipped = true;
    if (this.#plan && this.isFresh()) child.send({ holdover: 'preload', plan: this.#plan });
    child.send({ holdover: 'link', urls: [...this.#modules].filter(exists), isOfApp: false });
  }

  /** Whether everything that a plan was made from is as it was. */
  isFresh(): boolean {
    return this.isStillFresh();
  }

  /** As `isFresh`, of the plan that there is now, to be asked later. */
  get isStillFresh(): () => boolean {
    const stamps = this.#stamps;
    return () => stamps.every(isAsStamped);
  }

  /** A package has left something behind after all: nothing is evaluated in advance. */
  reject(): void {
    this.#take(undefined);
  }

  #take(plan: PreloadPlan | undefined): void {
    this.#plan = plan;
    const stamps = plan?.modules.flatMap((module) => module.stamps) ?? [];
    this.#stamps = [
      ...new Map(stamps.map((stamp) => [`${stamp.path}\n${stamp.mark}`, stamp])).values(),
    ];
  }

  /** Ends the process that finds out. */
  close(): void {
    this.#probe?.kill();
    this.#probe = undefined;
  }
}

function exists(url: string): boolean {
  return url.startsWith('file:') && existsSync(fileURLToPath(url));
}

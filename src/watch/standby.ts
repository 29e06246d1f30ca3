import { Child } from './child.ts';
import { toDependencies } from './dependencies.ts';
import { toModuleUrls } from './es-modules.ts';
import { Freshness } from './freshness.ts';
import { isChildMessage } from './messages.ts';
import type { Preloading } from './preloading.ts';

/** So long what was seen of packages is not looked at again before the process goes, in milliseconds. */
const A_MOMENT = 40;

/**
 * Keeps the next process of the app ready: it has loaded Node, tsx and the hooks, and waits. One that
 * has read something that has changed since is thrown away and never runs the app.
 */
export class Standby {
  readonly #spawn: () => Child;
  readonly #root: string;
  readonly #files: () => string[];
  readonly #preloading: Preloading;
  #child: Child | undefined;
  /** It is to be the one that waits. */
  #successor: Child | undefined;
  #read: Freshness;
  /** Which one was found to be good, and when. */
  #looked: { child: Child; at: number } | undefined;
  #wasRight: () => boolean = () => true;

  /**
   * @param root of the project
   * @param files what a process reads before it runs the entry, beside the modules that it loads
   */
  constructor(spawn: () => Child, root: string, files: () => string[], preloading: Preloading) {
    this.#spawn = spawn;
    this.#root = root;
    this.#files = files;
    this.#preloading = preloading;
    this.#read = new Freshness(root);
  }

  /** Starts a process, unless one waits that is still good. */
  prepare(): void {
    if (this.#child && this.#isFresh()) return;
    this.discard();
    [this.#child, this.#read] = this.#start();
  }

  /** Looks at all that the process that waits has read, which will be asked for in a moment. */
  look(): void {
    if (this.#child && this.#isFresh())
      this.#looked = { child: this.#child, at: performance.now() };
  }

  /** Starts a new process, in place of the one that waits when it is ready: it may load more. */
  renew(): void {
    this.#successor?.kill();
    const [child, read] = this.#start(() => {
      if (this.#successor !== child) return;
      this.#child?.kill();
      this.#successor = undefined;
      [this.#child, this.#read] = [child, read];
    });
    this.#successor = child;
  }

  /**
   * The process that waits, when everything that it has read is as it was. Packages that were looked at
   * a moment ago are left to `wasRight`: there are hundreds of files.
   */
  take(): Child | undefined {
    const { child, at } = this.#looked ?? { at: 0 };
    const isRecent =
      child !== undefined && child === this.#child && performance.now() - at < A_MOMENT;
    const isFresh = isRecent ? this.#read.isFreshOutsidePackages() : this.#isFresh();
    const taken = isFresh ? this.#child : undefined;
    const [read, isStillFresh] = [this.#read, this.#preloading.isStillFresh];
    this.#wasRight = () => !(taken && isRecent) || (read.isFreshInPackages() && isStillFresh());
    if (taken) this.#child = undefined;
    this.#looked = undefined;
    this.discard();
    return taken;
  }

  /** Whether the process that was taken last has read the packages that there are: to be asked at once. */
  wasRight(): boolean {
    return this.#wasRight();
  }

  /**
   * Has the process that waits read modules of the app, which it will run in a moment. When one of them
   * changes after that, the process is thrown away.
   */
  link(paths: string[]): void {
    if (!this.#child || !this.#preloading.mayLink) return;
    this.#read.add(paths, Infinity); // as they are before the process reads them
    this.#child.read.since = Date.now();
    this.#child.send({ holdover: 'link', urls: toModuleUrls(paths), isOfApp: true });
  }

  /** Ends the process that waits. */
  discard(): void {
    this.#child?.kill();
    this.#child = undefined;
    this.#successor?.kill();
    this.#successor = undefined;
  }

  #start(onPrepared: () => void = () => {}): [Child, Freshness] {
    const read = new Freshness(this.#root);
    read.add(this.#files(), Infinity);
    const child = this.#spawn();
    child.onMessage = (message) => {
      const { imported, required } = toDependencies(message);
      const paths = [...imported, ...required];
      read.add(paths, child.startedAt);
      child.read.paths.push(...paths);
      const isCurrent = child === this.#child || child === this.#successor;
      if (!isChildMessage(message) || !isCurrent) return;
      if (message.holdover === 'prepared') onPrepared();
      else if (message.holdover === 'offender') this.#reject();
    };
    this.#preloading.equip(child);
    void child.exited.then(() => {
      if (this.#child === child) this.#child = undefined;
      if (this.#successor === child) this.#successor = undefined;
    });
    return [child, read];
  }

  /** A package has left something behind after all. */
  #reject(): void {
    this.#preloading.reject();
    this.discard();
    this.prepare();
  }

  #isFresh(): boolean {
    return this.#read.isFresh() && this.#preloading.isFresh();
  }
}

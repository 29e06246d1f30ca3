import { startTimer } from '../../../session/timers.ts';
import { closeSync, fstatSync } from 'node:fs';
import { dirname } from 'node:path';
import { isSameStamp, openExisting, statFile, type FileStamp } from '../../files/disk.ts';
import type { Layout } from '../layout.ts';
import type { Stage } from './stage.ts';
import { syncFile, syncFolder, syncPath } from '../../files/sync.ts';
import { toPlace } from '../file/versions.ts';

/** How often staged records are looked at, in milliseconds. */
const INTERVAL = 50;

/** A record that is written again and again is promoted this often, in milliseconds. */
const LONGEST_WAIT = 500;

/**
 * A record that another process has staged is moved when it has stayed as it is for this long, in
 * milliseconds: by then that process has moved it itself, or it is dead.
 */
const TAKE_OVER_AFTER = 4 * LONGEST_WAIT;

/** How long to wait after a promotion that failed, in milliseconds. */
const RETRY_DELAY = 1000;

/**
 * Moves staged records to their places in the background: synced, then renamed over the old version.
 * The old one is never replaced by bytes that a power cut could still take away, which is what a
 * rename without fsync does (on XFS: to every file). Retirements are synced where they are.
 *
 * A record that keeps being written waits until it is quiet, so that a session that is stored on every
 * request costs one fsync and not many. Nothing is lost by waiting: the staged version is what counts.
 */
export class Promoter {
  readonly #layout: Layout;
  readonly #stage: Stage;
  readonly #findWhole: (name: string) => FileStamp | undefined;
  readonly #waiting = new Map<string, { since: number; last: number }>();
  /** Files that are synced where they are. */
  readonly #unsynced = new Set<string>();
  /** What other processes have staged, in the versions that were seen last. */
  readonly #foreign = new Map<string, FileStamp>();
  /** Those of them that they have left for good. */
  readonly #left = new Map<string, FileStamp>();
  #timer: NodeJS.Timeout | undefined;
  #round: Promise<void> | undefined;

  /** @param findWhole gives the staged version of a record, alone in its file, if that may be moved */
  constructor(layout: Layout, stage: Stage, findWhole: (name: string) => FileStamp | undefined) {
    this.#layout = layout;
    this.#stage = stage;
    this.#findWhole = findWhole;
  }

  /** Sends a staged record on its way. */
  add(name: string): void {
    const now = performance.now();
    const waiting = this.#waiting.get(name);
    if (waiting) waiting.last = now;
    else this.#waiting.set(name, { since: now, last: now });
    if (!this.#round) this.#schedule(INTERVAL);
  }

  /**
   * Has a record synced at once that another process has staged, which may have died right after, and
   * sends it on its way when that process has left it for good.
   */
  takeOver(name: string): void {
    const path = this.#stage.pathOf(name);
    const version = statFile(path);
    if (!version) return;
    this.sync(path);
    if (!this.#foreign.has(name)) {
      startTimer(() => this.#tryToTakeOver(name), TAKE_OVER_AFTER).unref();
    }
    this.#foreign.set(name, version);
  }

  /** Has a file synced where it is. */
  sync(path: string): void {
    this.#unsynced.add(path);
    if (!this.#round) this.#schedule(INTERVAL);
  }

  /** Resolves when everything added by now is synced and in its place; rejects when that fails. */
  async settled(): Promise<void> {
    while (this.#round || this.#isBusy()) await this.#start(0);
  }

  #isBusy(): boolean {
    return this.#waiting.size + this.#unsynced.size > 0;
  }

  #tryToTakeOver(name: string): void {
    const version = this.#foreign.get(name);
    this.#foreign.delete(name);
    try {
      const current = statFile(this.#stage.pathOf(name));
      if (!current) return;
      if (!isSameStamp(current, version)) return this.takeOver(name);
      this.#left.set(name, current);
      this.add(name);
    } catch {
      // The directory cannot be read just now. What is staged is served, and taken over at the next start.
    }
  }

  /** A record that cannot be promoted stays staged, is served from there and is tried again. */
  #schedule(delay: number): void {
    this.#timer ??= startTimer(() => {
      this.#timer = undefined;
      this.#start(INTERVAL).then(
        () => this.#isBusy() && this.#schedule(INTERVAL),
        () => this.#schedule(RETRY_DELAY),
      );
    }, delay).unref();
  }

  #start(quietFor: number): Promise<void> {
    this.#round ??= this.#work(quietFor).finally(() => (this.#round = undefined));
    return this.#round;
  }

  /** Goes through all that is due, whatever fails, and throws the first failure. */
  async #work(quietFor: number): Promise<void> {
    const now = performance.now();
    const quiet = [...this.#waiting].filter(
      ([, { since, last }]) =>
        quietFor === 0 || now - last >= quietFor || now - since >= LONGEST_WAIT,
    );
    const unsynced = [...this.#unsynced];
    const failures: unknown[] = [];
    for (const path of unsynced) {
      this.#unsynced.delete(path);
      await syncPath(path).catch((error: unknown) => {
        this.#unsynced.add(path);
        failures.push(error);
      });
    }
    for (const [name, waiting] of quiet) {
      this.#waiting.delete(name);
      await this.#promote(name).catch((error: unknown) => {
        this.#waiting.set(name, waiting);
        failures.push(error);
      });
    }
    if (failures.length > 0) throw failures[0];
    const folders = new Set(unsynced.map((path) => dirname(path)));
    if (quiet.length > 0) folders.add(this.#layout.directory);
    for (const folder of folders) await syncFolder(folder);
  }

  async #promote(name: string): Promise<void> {
    const staged = this.#stage.pathOf(name);
    const version = statFile(staged);
    if (!version) return this.#stage.forget(name); // promoted by another process, or removed
    const isLeft = isSameStamp(this.#left.get(name), version);
    this.#left.delete(name);
    // Its process may be writing the next version into it.
    if (!isLeft && !this.#stage.isOwn(name, version)) return this.takeOver(name);
    const whole = this.#findWhole(name);
    if (!whole) return; // it does not open, or waits to be replaced
    const fd = openExisting(staged);
    if (fd === undefined) return;
    try {
      if (!isSameStamp(fstatSync(fd), whole)) return this.add(name);
      await syncFile(fd).catch((error: unknown) => this.#restage(name, whole, error));
      // From here on nothing else runs in this process: what is renamed is what was synced.
      const current = statFile(staged);
      if (current && !isSameStamp(current, whole)) return this.add(name);
    } finally {
      closeSync(fd);
    }
    const place = toPlace(this.#layout, name);
    if (!this.#stage.moveTo(name, place)) return;
    // Another process may have staged a newer one in that very moment.
    if (!isSameStamp(statFile(place), whole)) await syncPath(place);
  }

  /** After a failed fsync the kernel may call the lost pages clean: only writing anew is safe. */
  #restage(name: string, version: FileStamp, error: unknown): never {
    this.#stage.rewrite(name, version);
    throw error;
  }
}

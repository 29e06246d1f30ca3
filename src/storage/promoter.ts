import { closeSync, fstatSync, fsync, openSync } from 'node:fs';
import { promisify } from 'node:util';
import { isSameStamp, openExisting, statFile } from './disk.ts';
import type { Layout } from './paths.ts';
import type { Slot } from './slots.ts';
import type { Stage } from './stage.ts';
import { toPlace } from './versions.ts';

/** How often staged records are looked at, in milliseconds. */
const INTERVAL = 50;

/** A record that is written again and again is promoted this often, in milliseconds. */
const LONGEST_WAIT = 500;

/**
 * A record that another process has staged is taken over after this time, in milliseconds: by then it
 * has promoted it, or it is dead.
 */
const TAKE_OVER_AFTER = 4 * LONGEST_WAIT;

/** How long to wait after a promotion that failed, in milliseconds. */
const RETRY_DELAY = 1000;

/** The version of a staged record that counts, and may be moved. */
export interface StagedRecord {
  /** Whether there is nothing else in its file. */
  isAlone: boolean;
  /** Seals it for a file of its own. */
  toSlot: () => Slot;
}

const syncFile = promisify(fsync);

/**
 * Moves staged records to their places in the background: synced, then renamed over the old version.
 * The old one is never replaced by bytes that a power cut could still take away, which is what a
 * rename without fsync does (on XFS: to every file).
 *
 * A record that keeps being written waits until it is quiet, so that a session that is stored on every
 * request costs one fsync and not many. Nothing is lost by waiting: the staged version is what counts.
 */
export class Promoter {
  readonly #layout: Layout;
  readonly #stage: Stage;
  readonly #readStaged: (name: string) => StagedRecord | undefined;
  readonly #waiting = new Map<string, { since: number; last: number }>();
  #timer: NodeJS.Timeout | undefined;
  #round: Promise<void> | undefined;

  constructor(
    layout: Layout,
    stage: Stage,
    readStaged: (name: string) => StagedRecord | undefined,
  ) {
    this.#layout = layout;
    this.#stage = stage;
    this.#readStaged = readStaged;
  }

  /** Sends a staged record, which must be whole, on its way. */
  add(name: string): void {
    const now = performance.now();
    const waiting = this.#waiting.get(name);
    if (waiting) waiting.last = now;
    else this.#waiting.set(name, { since: now, last: now });
    if (!this.#round) this.#schedule(INTERVAL);
  }

  /** Sends a record on its way that another process has left staged, when that has left it for good. */
  takeOver(name: string): void {
    const modified = statFile(this.#stage.pathOf(name))?.mtimeMs ?? 0;
    const wait = Math.min(modified + TAKE_OVER_AFTER - Date.now(), TAKE_OVER_AFTER);
    if (wait <= 0) this.add(name);
    else setTimeout(() => this.#tryToTakeOver(name), wait).unref();
  }

  #tryToTakeOver(name: string): void {
    try {
      this.takeOver(name);
    } catch {
      // The directory cannot be read just now. What is staged is served, and taken over at the next start.
    }
  }

  /** Resolves when everything added by now is synced and in its place; rejects when that fails. */
  async settled(): Promise<void> {
    while (this.#round || this.#waiting.size > 0) await this.#start(0);
  }

  /** A record that cannot be promoted stays staged, is served from there and is tried again. */
  #schedule(delay: number): void {
    this.#timer ??= setTimeout(() => {
      this.#timer = undefined;
      this.#start(INTERVAL).then(
        () => this.#waiting.size > 0 && this.#schedule(INTERVAL),
        () => this.#schedule(RETRY_DELAY),
      );
    }, delay).unref();
  }

  #start(quietFor: number): Promise<void> {
    this.#round ??= this.#promoteQuiet(quietFor).finally(() => (this.#round = undefined));
    return this.#round;
  }

  async #promoteQuiet(quietFor: number): Promise<void> {
    const now = performance.now();
    const names = [...this.#waiting].filter(
      ([, { since, last }]) =>
        quietFor === 0 || now - last >= quietFor || now - since >= LONGEST_WAIT,
    );
    let failure: unknown;
    for (const [name, waiting] of names) {
      this.#waiting.delete(name);
      try {
        await this.#promote(name);
      } catch (error) {
        this.#waiting.set(name, waiting);
        failure ??= error;
      }
    }
    if (failure) throw failure;
    if (names.length > 0) await syncDirectory(this.#layout.directory);
  }

  async #promote(name: string): Promise<void> {
    const record = this.#readStaged(name);
    if (!record) return this.#stage.forget(name);
    // In its place a record stands alone: a second slot is for the stage only.
    if (!record.isAlone) this.#stage.replace(name, record.toSlot());
    const staged = this.#stage.pathOf(name);
    const fd = openExisting(staged);
    if (fd === undefined) return this.#stage.forget(name); // promoted by another process, or removed
    try {
      const synced = fstatSync(fd);
      await syncFile(fd).catch((error: unknown) => this.#restage(name, error));
      // From here on nothing else runs in this process: what is renamed is what was synced.
      const current = statFile(staged);
      if (current && !isSameStamp(current, synced)) return this.add(name);
    } finally {
      closeSync(fd);
    }
    this.#stage.moveTo(name, toPlace(this.#layout, name));
  }

  /** After a failed fsync the kernel may call the lost pages clean: only writing anew is safe. */
  #restage(name: string, error: unknown): never {
    const record = this.#readStaged(name);
    if (record) this.#stage.replace(name, record.toSlot());
    throw error;
  }
}

/** Makes the renames last. Windows cannot sync a directory, and its file system needs none. */
async function syncDirectory(path: string): Promise<void> {
  if (process.platform === 'win32') return;
  const fd = openSync(path, 'r');
  try {
    await syncFile(fd);
  } finally {
    closeSync(fd);
  }
}

import { findWrittenSince } from './change-time.ts';
import { WatchedFile } from './watched-file.ts';

/** The files that are looked at, and which runs of the app have loaded them. */
export class KnownFiles {
  readonly #files = new Map<string, WatchedFile>();
  #run = 0;

  /** The files that the app has loaded, or looked for. */
  get loaded(): string[] {
    return [...this.#files.values()].filter(({ run }) => run !== undefined).map(({ path }) => path);
  }

  get(path: string): WatchedFile | undefined {
    return this.#files.get(path);
  }

  /** @param loadedSince as `WatchedFile` is told */
  add(path: string, loadedSince: number | undefined): WatchedFile {
    const file = new WatchedFile(path, loadedSince);
    this.#files.set(path, file);
    return file;
  }

  delete(path: string): void {
    this.#files.delete(path);
  }

  /** Has the run that is on its way load a file. */
  load(file: WatchedFile): void {
    file.run = this.#run;
  }

  beginRun(): void {
    this.#run++;
  }

  /** The run has started. @returns the files that only others before it have loaded: they count as not loaded */
  endStart(): WatchedFile[] {
    const files = [...this.#files.values()].filter(({ run = this.#run }) => run < this.#run);
    for (const file of files) file.run = undefined;
    return files;
  }

  /**
   * Which files were written after a moment, in milliseconds since the epoch: of those that the app has
   * loaded, and of others. The times of files are not exact, so one that was seen before as it is counts as
   * written before. What is in them counts as told.
   */
  async changedSince(since: number, paths: string[]): Promise<string[]> {
    const written = await findWrittenSince(since, [...new Set([...paths, ...this.loaded])]);
    const changed = written.filter((path) => !this.get(path)?.isAsSeenBefore(since));
    for (const path of changed) this.get(path)?.look();
    return changed;
  }
}

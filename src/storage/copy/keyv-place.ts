import { toKeyv } from '../keyv/open.ts';
import { recordsOf, type Keyv } from '../keyv/records.ts';
import { KeyvStorage } from '../keyv/storage.ts';
import { loadDefault } from '../keyv/load.ts';
import { openKeyvFile, type OpenFile } from './keyv-file.ts';
import type { Place } from './place.ts';

/** A Keyv of the app's own: the default export of one of its modules, or a file of keyv-file. */
export class KeyvPlace implements Place {
  readonly display: string;
  readonly #keyv: Keyv;
  readonly #file: OpenFile | undefined;

  /**
   * @param path that of the module, absolute
   * @param root the root of the project
   * @param display the path for people
   * @throws Error, in one sentence, when the module cannot be loaded or exports something else
   */
  static async load(path: string, root: string, display: string): Promise<KeyvPlace> {
    const given = await loadDefault(path, root, display);
    return new KeyvPlace(toKeyv(given, root, `The default export of ${display}`), display);
  }

  /**
   * Opens a file of keyv-file. Sessions in it are found again by `createStore({ keyv: new KeyvFile(…) })`.
   *
   * @param isSource whether the file must exist
   * @throws Error, in one sentence, when it cannot be used, or keyv-file is not installed
   */
  static openFile(path: string, root: string, display: string, isSource: boolean): KeyvPlace {
    const file = openKeyvFile(path, root, display, isSource);
    return new KeyvPlace(toKeyv(file.keyv, root, display), display, file);
  }

  private constructor(keyv: Keyv, display: string, file?: OpenFile) {
    this.#keyv = keyv;
    this.display = display;
    this.#file = file;
  }

  async namespaces(): Promise<string[]> {
    const names = new Set<string>();
    try {
      for await (const { namespace } of recordsOf(this.#keyv)) names.add(namespace);
    } catch (error) {
      this.#fail(error);
    }
    return [...names];
  }

  open(namespace: string): ReturnType<Place['open']> {
    const storage = new KeyvStorage(this.#keyv, namespace);
    const fail = (error: unknown): never => this.#fail(error);
    return {
      get: (key) => storage.get(key).catch(fail),
      set: (key, text, ttl) => storage.set(key, text, ttl).catch(fail),
      async *entries() {
        try {
          yield* storage.entries();
        } catch (error) {
          fail(error);
        }
      },
    };
  }

  async save(): Promise<void> {
    await this.#file?.save().catch((error: unknown) => this.#fail(error));
  }

  async close(): Promise<void> {
    this.#file?.close();
    await this.#keyv.disconnect().catch(() => {}); // all that counts has been answered
  }

  /** What adapters throw was not written for people at a terminal. */
  #fail(cause: unknown): never {
    const { message, errors, code } = cause as AggregateError & NodeJS.ErrnoException;
    const reason = message || (errors?.[0] as Error | undefined)?.message || code;
    throw new Error(
      `The Keyv of ${this.display} has failed: ${reason}. Correct that, and push again.`,
      {
        cause,
      },
    );
  }
}

import { createHash } from 'node:crypto';
import { join } from 'node:path';
import { toLayout, toNamespacePrefix, toRecordName } from '../../storage/directory/layout.ts';
import { listNamespaces, rememberNamespace } from '../../storage/directory/namespaces.ts';
import { openDirectory } from '../../storage/directory/open.ts';
import { prepareDirectory } from '../../storage/directory/prepare.ts';
import { whyUnreadable } from '../../storage/directory/quarantine.ts';
import { scanNow } from '../../storage/directory/scan.ts';
import type { StorageOptions } from '../../storage/options.ts';

/** The folder in a session directory that holds what is kept of memory. */
const FOLDER = 'state';

/** Parts are read once: it is enough for the lists of them, which are read again. In bytes of files. */
const CACHE = 1024 * 1024;

/** In the name of a namespace: the project's one, a hash of the app, and the version of the form. */
const NAME = /^(.+)__([0-9a-f]{16})-(\d+)$/;

type Files = ReturnType<typeof openDirectory>['files'];

/**
 * Where the state of one app lies, in one version of the form: texts by key, sealed, crash-safe and of mode
 * 0600 as sessions are, in a folder of the session directory, whatever sessions are kept in. They are no
 * sessions: nothing that lists, counts, copies or clears those meets them, and they take no room from them
 * while a disk is full. All calls do their work before they return.
 */
export class Place {
  readonly #files: Files;
  readonly #prefix: string;

  constructor(files: Files, namespace: string) {
    this.#files = files;
    this.#prefix = toNamespacePrefix(namespace);
  }

  /** The text under a key; `undefined` when there is none, or it cannot be read. */
  get(key: string): string | undefined {
    return this.#files.read(this.#toName(key))?.text;
  }

  /** Why the text under a key cannot be read; `undefined` where there is no trace of one. */
  whyNot(key: string): string | undefined {
    const { layout, fingerprint } = this.#files;
    return whyUnreadable(layout, fingerprint, this.#toName(key));
  }

  /**
   * Stores a text without an end.
   *
   * @throws Error when the disk does not take it; until it does, this process reads it from its memory
   */
  set(key: string, text: string): void {
    this.#files.update(this.#toName(key), () => ({ key, text, expires: 0 }));
  }

  /** What lies here beside some keys, for `removeOther`. What another key has sealed is not among it. */
  othersThan(keys: Iterable<string>): string[] {
    const known = new Set(Array.from(keys, (key) => this.#toName(key)));
    const scanned = scanNow(this.#files.toScan(this.#prefix));
    return [...scanned].flatMap(({ name }) => (known.has(name) ? [] : [name]));
  }

  /** Removes what `othersThan` has found. */
  removeOther(name: string): void {
    // A read sets aside what is no record.
    if (this.#files.peek(name) ?? this.#files.read(name)) this.#files.remove(name);
  }

  /** Resolves when everything stored by now outlasts a power cut. */
  settled(): Promise<void> {
    return this.#files.settled();
  }

  #toName(key: string): string {
    return toRecordName(this.#prefix, key);
  }
}

/** Which app, in which version of the form. */
export interface PlaceName {
  /** The entry, or the root of Vite, from the project root. */
  app: string;
  version: number;
}

/**
 * Opens the state of an app. The folder is made.
 *
 * @throws Error, in one sentence, when the session directory or its key cannot be used
 */
export function openPlace(options: StorageOptions, name: PlaceName): Place {
  const directory = toFolder(options);
  prepareDirectory(toLayout(options.directory));
  const namespace = toNamespace(options, name);
  const place = new Place(open(options), namespace);
  rememberNamespace(directory, namespace);
  return place;
}

/** A place that is there. */
export interface FoundPlace {
  /** What stands for the app in its name. */
  appHash: string;
  version: number;
  place: Place;
}

/**
 * The places of all apps of a project that have been opened there, of all versions.
 *
 * @throws Error, in one sentence, when the session directory or its key cannot be used
 */
export function findPlaces(options: StorageOptions): FoundPlace[] {
  return listNamespaces(toFolder(options)).flatMap((namespace) => {
    const [, project, appHash = '', version] = NAME.exec(namespace) ?? [];
    if (project !== options.namespace) return [];
    return [{ appHash, version: Number(version), place: new Place(open(options), namespace) }];
  });
}

/** What stands for an app in the names of its places. */
export function toAppHash(app: string): string {
  return createHash('sha256').update(app).digest('hex').slice(0, 16);
}

/** What is wrong with single files is said by whoever reads them. */
function open(options: StorageOptions): Files {
  const quiet = { log: () => {}, isProduction: false };
  return openDirectory({ ...options, ...quiet, directory: toFolder(options) }, CACHE).files;
}

function toFolder({ directory }: StorageOptions): string {
  return join(directory, FOLDER);
}

function toNamespace({ namespace }: StorageOptions, { app, version }: PlaceName): string {
  return `${namespace}__${toAppHash(app)}-${version}`;
}

import { createSealKey } from '../session/seal.ts';
import type { SessionStorage } from '../session/storage.ts';
import { DirectoryStorage } from './directory.ts';
import { openSealKey } from './key.ts';
import { toLayout } from './paths.ts';
import { prepareDirectory } from './prepare.ts';
import { SealedFiles } from './sealed-files.ts';

/** What has to be known to open a storage. */
export interface StorageOptions {
  /** Absolute. */
  directory: string;
  /** The directory as a person would name it, from where they are. */
  displayDirectory: string;
  /** Letters, digits, `-` and `_`. */
  namespace: string;
  /** Used instead of the key that is made for the project. */
  sealingSecret: string | undefined;
  /** Where holdover keeps what belongs to the user and not to the project. */
  stateDirectory: string;
  /** Prints one line for the person at the terminal. */
  log: (message: string) => void;
}

/**
 * One per process and directory, whatever number of copies of this module are loaded: two that write
 * the same files would each hold what the other has replaced.
 */
const REGISTRY = Symbol.for('holdover.directories.1');
const open = ((globalThis as { [REGISTRY]?: Map<string, SealedFiles> })[REGISTRY] ??= new Map());

/**
 * Opens the storage that the options name.
 *
 * @throws Error, in one sentence, when the directory or its key cannot be used
 */
export function openStorage(options: StorageOptions): SessionStorage {
  let files = open.get(options.directory);
  if (!files) {
    files = openFiles(options);
    open.set(options.directory, files);
  }
  return new DirectoryStorage(files, options.namespace);
}

/** The fingerprint of the key under which a directory is open in this process. */
export function fingerprintOf(directory: string): string | undefined {
  return open.get(directory)?.fingerprint;
}

/**
 * A secret that belongs to the directory and is the same at every start: made from its key, so there
 * is nothing more to keep. The secrets for different purposes say nothing of each other.
 */
export function openSecret(options: StorageOptions, purpose: string): string {
  openStorage(options);
  const { directory, stateDirectory, sealingSecret } = options;
  const key = openSealKey(directory, stateDirectory, sealingSecret);
  return createSealKey(key.bytes, purpose).bytes.toString('hex');
}

function openFiles(options: StorageOptions): SealedFiles {
  const layout = toLayout(options.directory);
  if (prepareDirectory(layout)) {
    options.log(`Created session directory: ${options.displayDirectory}`);
  }
  const key = openSealKey(options.directory, options.stateDirectory, options.sealingSecret);
  return new SealedFiles(layout, key, options.log);
}

import { createSealKey } from '../session/seal.ts';
import type { SessionStorage } from '../session/storage.ts';
import { DirectoryStorage } from './directory.ts';
import { statFile } from './disk.ts';
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

interface OpenDirectory {
  files: SealedFiles;
  /** Whether it was made when it was opened. */
  isNew: boolean;
}

const open = ((globalThis as { [REGISTRY]?: Map<string, OpenDirectory> })[REGISTRY] ??= new Map());

/**
 * Opens the storage that the options name.
 *
 * @throws Error, in one sentence, when the directory or its key cannot be used
 */
export function openStorage(options: StorageOptions): SessionStorage {
  return new DirectoryStorage(openOnce(options).files, options.namespace);
}

/**
 * The records of a directory, of all its namespaces; `undefined` when nothing was stored there yet.
 *
 * @throws Error, in one sentence, when the directory or its key cannot be used
 */
export function openStored(options: StorageOptions): SealedFiles | undefined {
  return statFile(options.directory) ? openOnce(options).files : undefined;
}

/** What can be said of a directory that this process has opened. */
export function describeDirectory(
  directory: string,
): { fingerprint: string; isNew: boolean } | undefined {
  const opened = open.get(directory);
  return opened && { fingerprint: opened.files.fingerprint, isNew: opened.isNew };
}

/**
 * A secret that belongs to a folder and is the same at every start. The secrets for different purposes
 * say nothing of each other, nor of the key.
 */
export function openSecret(
  owner: string,
  purpose: string,
  options: Pick<StorageOptions, 'stateDirectory' | 'sealingSecret'>,
): string {
  const key = openSealKey(owner, options.stateDirectory, options.sealingSecret);
  return createSealKey(key.bytes, purpose).bytes.toString('hex');
}

function openOnce(options: StorageOptions): OpenDirectory {
  const known = open.get(options.directory);
  if (known) return known;
  const opened = openDirectory(options);
  open.set(options.directory, opened);
  return opened;
}

function openDirectory(options: StorageOptions): OpenDirectory {
  const layout = toLayout(options.directory);
  const isNew = prepareDirectory(layout);
  if (isNew) options.log(`Created session directory: ${options.displayDirectory}`);
  const key = openSealKey(options.directory, options.stateDirectory, options.sealingSecret);
  return { files: new SealedFiles(layout, key, options.log), isNew };
}

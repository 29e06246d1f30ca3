import { openDirectoryKey } from '../keys/key.ts';
import type { StorageOptions } from '../options.ts';
import { toLayout } from './layout.ts';
import { prepareDirectory } from './prepare.ts';
import { SealedFiles } from './sealed-files.ts';
import { keepSwept } from './sweep.ts';

/**
 * One per process, directory and key, whatever number of copies of this module are loaded: two that write
 * the same files would each hold what the other has replaced.
 */
const REGISTRY = Symbol.for('holdover.directories.2');

/** A directory that this process has opened. */
interface OpenedDirectory {
  files: SealedFiles;
  /** Whether it was made when it was opened. */
  isNew: boolean;
}

const open = ((globalThis as { [REGISTRY]?: Map<string, OpenedDirectory> })[REGISTRY] ??=
  new Map());

/**
 * The records of a directory, of all its namespaces.
 *
 * @param capacity how much of what was read is kept in memory, in bytes of files; @default 32 MB
 * @throws Error, in one sentence, when the directory or its key cannot be used
 */
export function openDirectory(options: StorageOptions, capacity?: number): OpenedDirectory {
  const known = open.get(toId(options));
  if (known) return known;
  const opened = openAnew(options, capacity);
  open.set(toId(options), opened);
  return opened;
}

/** What can be said of a directory that this process has opened. */
export function describeDirectory(
  options: StorageOptions,
): { fingerprint: string; isNew: boolean } | undefined {
  const opened = open.get(toId(options));
  return opened && { fingerprint: opened.files.fingerprint, isNew: opened.isNew };
}

function openAnew(options: StorageOptions, capacity: number | undefined): OpenedDirectory {
  const layout = toLayout(options.directory);
  const isNew = prepareDirectory(layout);
  if (isNew) options.log(`Created session directory: ${options.displayDirectory}`);
  if (options.isProduction) {
    options.log(
      `Sessions are kept in ${options.displayDirectory} in production: other hosts do not see them, and they are lost with this disk. Set SESSION_TYPE=redis and REDIS_URL to share them.`,
    );
  }
  const key = openDirectoryKey(options);
  const files = new SealedFiles(layout, key, options.log, capacity);
  keepSwept(files);
  return { files, isNew };
}

/** A key belongs to a project and a directory, unless it is named. */
function toId({ root, directory, sealingSecret = '' }: StorageOptions): string {
  return [root, directory, sealingSecret].join('\n');
}

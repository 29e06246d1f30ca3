import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { createSealKey, type SealKey } from '../../src/session/seal.ts';
import { Sessions } from '../../src/session/sessions.ts';
import { SessionStore } from '../../src/session/store.ts';
import { DirectoryStorage } from '../../src/storage/directory/storage.ts';
import {
  toLayout,
  toNamespacePrefix,
  toRecordName,
  type Layout,
} from '../../src/storage/directory/layout.ts';
import { prepareDirectory } from '../../src/storage/directory/prepare.ts';
import { SealedFiles } from '../../src/storage/directory/sealed-files.ts';
import { TEST_SECRET } from './processes.ts';
import { createTempFolder } from './temp-folder.ts';

const DAY = 24 * 60 * 60 * 1000;

/** A key that the tests of one process share. */
export const TEST_KEY: SealKey = createSealKey(TEST_SECRET);

/** A session directory as one process has it open. */
export interface OpenDirectory {
  directory: string;
  layout: Layout;
  files: SealedFiles;
  storage: DirectoryStorage;
  store: SessionStore;
  /** What was said to the person at the terminal. */
  said: string[];
}

/** Opens a session directory as a process that starts now would; without a path, a new one. */
export function openDirectory(
  directory: string = join(createTempFolder(), 'sessions'),
  { key = TEST_KEY, namespace = 'default' }: { key?: SealKey; namespace?: string } = {},
): OpenDirectory {
  const layout = toLayout(directory);
  prepareDirectory(layout);
  const said: string[] = [];
  const files = new SealedFiles(layout, key, (message) => said.push(message));
  const storage = new DirectoryStorage(files, namespace);
  return {
    directory,
    layout,
    files,
    storage,
    store: new SessionStore(new Sessions(storage, 7 * DAY)),
    said,
  };
}

/** The file name of a session. */
export function recordNameOf(key: string, namespace = 'default'): string {
  return toRecordName(toNamespacePrefix(namespace), key);
}

/** The path of a session in its place, and where it is staged. */
export function pathsOf(layout: Layout, key: string): { placed: string; staged: string } {
  const name = recordNameOf(key);
  return { placed: join(layout.directory, name), staged: join(layout.staged, name) };
}

/** Everything below a directory that is on its way: temporary files. */
export function temporaryFilesIn(directory: string): string[] {
  return (readdirSync(directory, { recursive: true }) as string[]).filter((name) =>
    name.endsWith('.tmp'),
  );
}

/** What has been set aside. */
export function quarantined({ quarantine }: Layout): string[] {
  return readdirSync(quarantine);
}

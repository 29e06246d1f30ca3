import { existsSync, readdirSync, renameSync } from 'node:fs';
import { join } from 'node:path';
import { createSealKey, type SealKey } from '../../src/session/seal.ts';
import { Sessions } from '../../src/session/sessions.ts';
import { SessionStore } from '../../src/session/store.ts';
import { toLayout, toNamespacePrefix, toRecordName } from '../../src/storage/directory/layout.ts';
import { prepareDirectory } from '../../src/storage/directory/prepare.ts';
import { SealedFiles } from '../../src/storage/directory/sealed-files.ts';
import { DirectoryStorage } from '../../src/storage/directory/storage.ts';
import { sweepIfDue } from '../../src/storage/directory/sweep.ts';
import { TEST_SECRET } from './processes.ts';
import { createTempFolder } from './temp-folder.ts';

const DAY = 24 * 60 * 60 * 1000;

/** A key that the tests of one process share. */
export const TEST_KEY: SealKey = createSealKey(TEST_SECRET);

/**
 * A session directory as one process has it open. Tests know the form of the directory by these members alone:
 * its calls, and the bytes of its files.
 */
export interface OpenDirectory {
  directory: string;
  storage: DirectoryStorage;
  store: SessionStore;
  /** The messages to the person at the terminal. */
  said: string[];
  inNamespace(namespace: string): DirectoryStorage;
  /** Resolves when the work in the background is done: every record is synced and in its last place. */
  settled(): Promise<void>;
  /** Does that for one session, without a sync. */
  settleNow(id: string): void;
  /** Removes what has expired, as a process does after its start and every hour. */
  sweep(): Promise<void>;
  /** Returns the path of the file that holds a session at the moment. */
  fileOf(id: string): string;
  /** Returns the paths of the files that were set aside. */
  setAside(): string[];
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
  const pathsOf = (id: string): { placed: string; staged: string } => {
    const name = recordNameOf(id, namespace);
    return { placed: join(layout.directory, name), staged: join(layout.staged, name) };
  };
  return {
    directory,
    storage,
    store: new SessionStore(new Sessions(storage, 7 * DAY)),
    said,
    inNamespace: (name) => new DirectoryStorage(files, name),
    settled: () => files.settled(),
    settleNow: (id) => renameSync(pathsOf(id).staged, pathsOf(id).placed),
    sweep: () => sweepIfDue(files),
    fileOf: (id) => (existsSync(pathsOf(id).staged) ? pathsOf(id).staged : pathsOf(id).placed),
    setAside: () => readdirSync(layout.quarantine).map((name) => join(layout.quarantine, name)),
  };
}

/** The file name of a session. */
export function recordNameOf(key: string, namespace = 'default'): string {
  return toRecordName(toNamespacePrefix(namespace), key);
}

/** Everything below a directory that is on its way: temporary files. */
export function temporaryFilesIn(directory: string): string[] {
  return (readdirSync(directory, { recursive: true }) as string[]).filter((name) =>
    name.endsWith('.tmp'),
  );
}

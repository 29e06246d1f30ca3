import { lstatSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { requirePeer } from '../peer.ts';

/** The part of a KeyvFile that is used here. A Keyv uses the rest. */
interface KeyvFile {
  /** Resolves when the changes are written, but perhaps not those that came while it was writing. */
  save(): Promise<void>;
  saveToDisk(): Promise<void>;
  keys(): Promise<Iterable<string>>;
  get(key: string): Promise<unknown>;
  iterator: (prefix?: string) => AsyncIterable<[key: string, value: unknown]>;
}

interface KeyvFileModule {
  KeyvFile: new (options: { filename: string; writeDelay: number }) => KeyvFile;
}

/** A file of keyv-file that is open. */
export interface OpenFile {
  keyv: KeyvFile;
  /** Replaces the file, as a whole. */
  save(): Promise<void>;
  close(): void;
}

/**
 * Opens a file with the project's own keyv-file. That writes in place, and for everybody to read: so it has a copy for
 * the user alone, which replaces the file when it is saved.
 *
 * @param path absolute
 * @param root the root of the project
 * @param display the path for people
 * @param isSource whether the file must exist
 * @throws Error, in one sentence, when it cannot be used, or keyv-file is not installed
 */
export function openKeyvFile(
  path: string,
  root: string,
  display: string,
  isSource: boolean,
): OpenFile {
  const { KeyvFile: File } = requirePeer('keyv-file', root) as KeyvFileModule;
  const text = readExport(path, display);
  if (text === undefined && isSource)
    throw new Error(`There is no file ${display}. Nothing was copied.`);
  const copy = `${path}.tmp`;
  const close = (): void => rmSync(copy, { force: true });
  try {
    close(); // what a push that was killed has left
    writeFileSync(copy, text ?? '{"cache":[],"lastExpire":0}', { mode: 0o600, flag: 'wx' });
  } catch (cause) {
    throw new Error(`${display} was not written: ${(cause as Error).message}`, { cause });
  }
  const keyv = new File({ filename: copy, writeDelay: 0 });
  keyv.iterator = async function* iterate(prefix = '') {
    // Its own one calls `filter` on an iterator, which fails on Node 20 (keyv-file 5.3.5).
    for (const key of await keyv.keys()) {
      const value = key.startsWith(prefix) ? await keyv.get(key) : undefined;
      if (value !== undefined) yield [key, value];
    }
  };
  const save = async (): Promise<void> => {
    for (const key of await keyv.keys()) await keyv.get(key); // drops an expired one
    await keyv.save();
    await keyv.saveToDisk();
    renameSync(copy, path);
  };
  return { keyv, save, close };
}

/** Returns the text of a file of keyv-file, or undefined if there is none. */
function readExport(path: string, display: string): string | undefined {
  const stats = lstatSync(path, { throwIfNoEntry: false });
  if (!stats) return undefined;
  if (!stats.isFile())
    throw new Error(`${display} is no file, or a link to one. Name the file itself.`);
  const text = readFileSync(path, 'utf8');
  if (!isExport(text))
    throw new Error(
      `${display} is no file that keyv-file writes, and was left as it is. Name another one.`,
    );
  return text;
}

function isExport(text: string): boolean {
  try {
    return Array.isArray((JSON.parse(text) as { cache?: unknown }).cache);
  } catch {
    return false;
  }
}

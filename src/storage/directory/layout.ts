import { hash } from 'node:crypto';
import { basename, dirname, join } from 'node:path';

/** Where things lie in a session directory. Nothing here is made from an id but its hash. */
export interface Layout {
  /** One file a session. */
  directory: string;
  /** Written, acknowledged, and not yet on their way over the old file. */
  staged: string;
  /** A file for each id that was destroyed and is refused. */
  retired: string;
  /** Records that could not be read, with their reason. */
  quarantine: string;
  /** Keeps all of it out of git. */
  ignoreFile: string;
  /** The folder of holdover around it, where it is in one. */
  home: string | undefined;
}

/** The folder in a project root that holds what holdover keeps there. */
const HOME_NAME = '.holdover';

/** The file in a session directory that names the namespaces in it: file names only have their hashes. */
export const NAMESPACES_FILE = '.namespaces';

const RECORD_NAME = /^[0-9a-f]{64}$/;
const NAMESPACE_DIGITS = 16;

/** The layout of a session directory. */
export function toLayout(directory: string): Layout {
  const parent = dirname(directory);
  const home = basename(parent) === HOME_NAME ? parent : undefined;
  return {
    directory,
    staged: join(directory, 'staged'),
    retired: join(directory, 'retired'),
    quarantine: join(directory, 'quarantine'),
    ignoreFile: join(home ?? directory, '.gitignore'),
    home,
  };
}

/** The digits with which the names of all records of a namespace begin. */
export function toNamespacePrefix(namespace: string): string {
  return sha256(`namespace\0${namespace}`).slice(0, NAMESPACE_DIGITS);
}

/**
 * The file name of a record: 64 hex digits, whatever the key is. It is the same on file systems that
 * fold case or normalise Unicode, and gives nothing away of the key.
 */
export function toRecordName(namespacePrefix: string, key: string): string {
  return namespacePrefix + sha256(`key\0${namespacePrefix}\0${key}`).slice(NAMESPACE_DIGITS);
}

/** Whether a file name is one that `toRecordName` makes; everything else in the directory is left alone. */
export function isRecordName(name: string): boolean {
  return RECORD_NAME.test(name);
}

/** UTF-16 keeps lone surrogates apart; as UTF-8 they would all become the same replacement character. */
function sha256(text: string): string {
  return hash('sha256', Buffer.from(text, 'utf16le'), 'hex');
}

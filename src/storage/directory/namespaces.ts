import { closeSync, constants, fchmodSync, openSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { createDebug } from 'obug';
import { readWhole } from '../files/disk.ts';
import { NAMESPACES_FILE } from './layout.ts';

const debug = createDebug('holdover:storage');

/** A link is not followed: what is written would go to somebody else's file. */
const APPEND =
  constants.O_WRONLY | constants.O_CREAT | constants.O_APPEND | (constants.O_NOFOLLOW ?? 0);

/** Remembers that a namespace has been opened, for those who go through all of them. */
export function rememberNamespace(directory: string, namespace: string): void {
  try {
    if (listNamespaces(directory).includes(namespace)) return;
    const fd = openSync(join(directory, NAMESPACES_FILE), APPEND, 0o600);
    try {
      if (process.platform !== 'win32') fchmodSync(fd, 0o600); // whatever the umask is
      writeSync(fd, `\n${namespace}\n`); // the last line may be half of one
    } finally {
      closeSync(fd);
    }
  } catch (error) {
    debug('the namespace is not remembered: %o', error); // its sessions are found without it
  }
}

/** The namespaces that were opened in a directory. */
export function listNamespaces(directory: string): string[] {
  const lines = readWhole(join(directory, NAMESPACES_FILE))?.bytes.toString().split('\n') ?? [];
  return [...new Set(lines.filter((line) => /^[A-Za-z0-9_-]+$/.test(line)))];
}

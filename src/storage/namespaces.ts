import { closeSync, fchmodSync, openSync, readFileSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { createDebug } from 'obug';
import { codeOf } from './disk.ts';

const debug = createDebug('holdover:storage');

/** The file in a session directory that names the namespaces in it: file names only have their hashes. */
const FILE = '.namespaces';

/** Remembers that a namespace has been opened, for those who go through all of them. */
export function rememberNamespace(directory: string, namespace: string): void {
  try {
    if (listNamespaces(directory).includes(namespace)) return;
    const fd = openSync(join(directory, FILE), 'a', 0o600);
    try {
      if (process.platform !== 'win32') fchmodSync(fd, 0o600); // whatever the umask is
      writeSync(fd, `${namespace}\n`);
    } finally {
      closeSync(fd);
    }
  } catch (error) {
    debug('the namespace is not remembered: %o', error); // its sessions are found without it
  }
}

/** The namespaces that were opened in a directory. */
export function listNamespaces(directory: string): string[] {
  try {
    const lines = readFileSync(join(directory, FILE), 'utf8').split('\n');
    return [...new Set(lines.filter((line) => /^[A-Za-z0-9_-]+$/.test(line)))];
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return [];
    throw error;
  }
}

import { appendFileSync, chmodSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { createDebug } from 'obug';
import { codeOf } from './disk.ts';
import { toLayout } from './paths.ts';

const debug = createDebug('holdover:storage');

/** The file in a session directory that names the namespaces in it: file names only have their hashes. */
const FILE = '.namespaces';

/** Remembers that a namespace has been opened, for those who go through all of them. */
export function rememberNamespace(directory: string, namespace: string): void {
  try {
    if (listNamespaces(directory).includes(namespace)) return;
    const path = join(toLayout(directory).directory, FILE);
    appendFileSync(path, `${namespace}\n`, { mode: 0o600 });
    chmodSync(path, 0o600); // whatever the umask is
  } catch (error) {
    debug('the namespace is not remembered: %o', error); // its sessions are found without it
  }
}

/** The namespaces that were opened in a directory. */
export function listNamespaces(directory: string): string[] {
  try {
    const lines = readFileSync(join(toLayout(directory).directory, FILE), 'utf8').split('\n');
    return [...new Set(lines.filter((line) => /^[A-Za-z0-9_-]+$/.test(line)))];
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return [];
    throw error;
  }
}

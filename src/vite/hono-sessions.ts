import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { createDebug } from 'obug';
import { adoptHonoSessions } from '../adopt/hono/hono-sessions.ts';
import { findImported } from '../options/plug-n-play.ts';

const debug = createDebug('holdover:adopt');

const NAME = 'hono-sessions';

/**
 * Adopts the memory store of the hono-sessions that a folder's modules import. Nothing shows ES modules
 * as they are loaded, so it is loaded now; where it is not installed, nothing is.
 *
 * @param root absolute
 */
export async function adoptHonoSessionsOf(root: string): Promise<void> {
  const inArchive = findImported(root, NAME);
  if (!inArchive && !isInstalled(root)) return;
  const { resolve } = await import('import-meta-resolve');
  try {
    const url = inArchive
      ? pathToFileURL(inArchive).href
      : resolve(NAME, pathToFileURL(join(root, 'index.js')).href);
    adoptHonoSessions((await import(url)) as object, url);
  } catch (error) {
    debug('%s of %s cannot be loaded: %o', NAME, root, error); // the app says so when it imports it
  }
}

function isInstalled(folder: string): boolean {
  if (existsSync(join(folder, 'node_modules', NAME))) return true;
  const parent = dirname(folder);
  return parent !== folder && isInstalled(parent);
}

import { existsSync, readdirSync, type Dirent } from 'node:fs';
import { join } from 'node:path';
import { hasHistory } from '../history/history.ts';
import { resolveOptions } from '../options.ts';

/** How far down projects are looked for, and into how many folders at most. */
const DEEPEST = 4;
const MOST_FOLDERS = 2000;

/** Whether the app of a folder's project was run with holdover: it has sessions, or a history. */
export function isKnownProject(folder: string): boolean {
  const options = resolveOptions({}, { entry: folder, onFault: () => {} }); // the command says it
  return existsSync(options.directory) || hasHistory(options);
}

/**
 * The projects below a folder of which that is so: the packages of a workspace, or apps that merely lie
 * there. Links, node_modules and folders with a dot are passed over.
 */
export function findProjectsBelow(folder: string): string[] {
  const found: string[] = [];
  let level = [folder];
  let count = 0;
  for (let depth = 0; depth < DEEPEST; depth++) {
    level = level.flatMap(listFolders).slice(0, MOST_FOLDERS - count);
    count += level.length;
    found.push(...level.filter(isProject));
  }
  return found.sort();
}

function isProject(folder: string): boolean {
  return existsSync(join(folder, 'package.json')) && isKnownProject(folder);
}

function listFolders(folder: string): string[] {
  let entries: Dirent[];
  try {
    entries = readdirSync(folder, { withFileTypes: true });
  } catch {
    return []; // not ours to look into
  }
  return entries
    .filter((entry) => entry.isDirectory() && !/^\.|^node_modules$/.test(entry.name))
    .map(({ name }) => join(folder, name));
}

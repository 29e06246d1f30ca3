import { statSync } from 'node:fs';
import type { NodemonSettings } from './read-command-line.ts';

/** Which files count beside those that the app loads, and which never do. */
export interface Globs {
  include: string[];
  exclude: string[];
}

/** What counts in a folder where nothing is said, beside code: what the app loads of that counts everywhere. */
const USUAL = 'json';

/**
 * What nodemon's `watch`, `ignore` and `ext` are as globs. It looks at files with these extensions in
 * folders, and takes a pattern without a slash for one in any folder.
 */
export function toGlobs({ watch, ignore, ext }: NodemonSettings): Globs {
  const wanted = watch.filter((path) => !path.startsWith('!'));
  const unwanted = watch.filter((path) => path.startsWith('!')).map((path) => path.slice(1));
  const folders = wanted.length === 0 && ext !== undefined ? ['.'] : wanted;
  const name = toName(ext ?? USUAL);
  return {
    include: folders.map((path) => (isFolder(path) ? `${toPrefix(path)}**/${name}` : path)),
    exclude: [...ignore, ...unwanted].map((glob) =>
      /^[^/]*\*[^/]*$/.test(glob) ? `**/${glob}` : glob,
    ),
  };
}

/** `*.{js,ts}`; what is no extension is none. */
function toName(ext: string): string {
  const extensions = ext
    .split(/[\s,]+/)
    .map((one) => one.replace(/^\*?\./, ''))
    .filter((one) => /^[\w.-]+$/.test(one));
  if (extensions.length === 0) return '*';
  return extensions.length === 1 ? `*.${extensions[0]}` : `*.{${extensions.join(',')}}`;
}

function toPrefix(folder: string): string {
  const path = folder.replace(/^(\.[\\/]+)+|[\\/]+$/g, '');
  return path === '' || path === '.' ? '' : `${path}/`;
}

function isFolder(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isDirectory() === true;
}

import { realpathSync } from 'node:fs';
import { basename, dirname, join, resolve, sep } from 'node:path';
import type { Connect, ResolvedConfig } from 'vite';

/** What Vite compiles `server.fs.deny` to, before any plugin sees it. */
interface WithDenyGlob {
  fsDenyGlob?: (path: string) => boolean;
}

/** What Vite puts before a path: of files outside its root, of modules by their id. */
const PREFIX = /^\/*(@fs|@id|__x00__)(?=\/)/;

/**
 * Hides a directory from everybody who asks a Vite server for a file. `server.fs.deny` cannot be set by
 * a plugin without losing Vite's own list, which a value of any plugin or user replaces; so it is
 * amended when the configuration is resolved.
 *
 * `fsDenyGlob` is not documented; it is the same in Vite 7 and 8, pinned by `test/vite/hidden.test.ts`.
 * Where it is missing, `refuseHidden` is all there is.
 *
 * @param directory absolute
 * @throws Error when the directory is in Vite's public folder, of which nothing can be hidden
 */
export function hideDirectory(config: ResolvedConfig, directory: string): void {
  if (config.publicDir && isBelow(directory, toRealPath(config.publicDir))) {
    throw new Error(
      `The session directory ${directory} is in Vite's public folder. Name another one with the option directory or SESSION_FILE_DIR.`,
    );
  }
  const glob = toGlob(directory);
  config.server.fs.deny.push(glob, `${glob}/**`);
  const internal = config as WithDenyGlob;
  const { fsDenyGlob } = internal;
  if (typeof fsDenyGlob !== 'function') return;
  internal.fsDenyGlob = (path) => isHidden(path, directory) || fsDenyGlob(path);
}

/** Answers with 403 whoever asks for a file of the directory, also where `server.fs.strict` is off. */
export function refuseHidden(
  { root, base }: ResolvedConfig,
  directory: string,
): Connect.NextHandleFunction {
  return (request, response, next) => {
    const { url = '' } = request;
    // The base is Vite's to take off, some time after us.
    const urls = url.startsWith(base) ? [url, url.slice(base.length - 1)] : [url];
    const paths = urls.flatMap((each) => toPaths(each, root));
    if (!paths.some((path) => isHidden(path, directory))) return next();
    response.statusCode = 403;
    response.end();
  };
}

/** The files that a URL may mean, each way of Vite to name one. */
function toPaths(url: string, root: string): string[] {
  const [path = ''] = url.split(/[?#]/, 1);
  const decoded = decode(path).replaceAll('\\', '/');
  if (!PREFIX.test(decoded)) return [join(root, decoded)];
  const rest = decoded.replace(PREFIX, '');
  return [resolve(rest), ...toPaths(encodeURI(rest), root)];
}

function decode(path: string): string {
  try {
    return decodeURIComponent(path);
  } catch {
    return path; // Vite refuses it
  }
}

/** Whether a path leads into a directory: as it is written, and through links. */
export function isHidden(path: string, directory: string): boolean {
  const absolute = resolve(path);
  return isBelow(absolute, directory) || isBelow(toRealPath(absolute), directory);
}

/** File systems that fold case must give nothing away by another spelling. */
function isBelow(path: string, directory: string): boolean {
  const [inner, outer] = [path.toLowerCase(), directory.toLowerCase()];
  return inner === outer || inner.startsWith(outer + sep);
}

/** Of what is there: a file that is not has a folder that may be. */
function toRealPath(path: string): string {
  try {
    return realpathSync.native(path);
  } catch {
    const parent = dirname(path);
    return parent === path ? path : join(toRealPath(parent), basename(path));
  }
}

/** A path as a pattern that matches it and nothing else. */
function toGlob(path: string): string {
  return path
    .split(sep)
    .join('/')
    .replace(/[*?[\]{}()!+@|]/g, '\\$&');
}

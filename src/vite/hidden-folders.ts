import { join, resolve, sep } from 'node:path';
import type { Connect, PreviewServer, ResolvedConfig, ViteDevServer } from 'vite';
import { toRealPath } from '../options/project.ts';
import { isInside } from '../storage/files/inside.ts';

/** What Vite compiles `server.fs.deny` to, before any plugin sees it. */
interface WithDenyGlob {
  fsDenyGlob?: (path: string) => boolean;
}

/** What Vite puts before a path: of files outside its root, of modules by their id. */
const PREFIX = /^\/*(@fs|@id|__x00__)(?=\/)/;

/** Folders whose files a Vite server gives to nobody, absolute: as they are named, and without links. */
export type HiddenFolders = readonly string[];

/**
 * The folders that hold sessions and keys: nothing in them is given away, wherever they lie.
 *
 * @throws Error when one is in Vite's public folder, of which nothing can be hidden
 */
export function toHiddenFolders(
  { publicDir }: ResolvedConfig,
  { directory, stateDirectory }: { directory: string; stateDirectory: string },
): HiddenFolders {
  const folders = [
    ...new Set([directory, stateDirectory].flatMap((path) => [path, toRealPath(path)])),
  ];
  const inPublic = publicDir && folders.find((folder) => isBelow(folder, toRealPath(publicDir)));
  if (!inPublic) return folders;
  throw new Error(
    isBelow(inPublic, directory) || isBelow(inPublic, toRealPath(directory))
      ? `The session directory ${directory} is in Vite's public folder. Name another one with the option directory or SESSION_FILE_DIR.`
      : `The folder ${stateDirectory}, where holdover keeps keys, is in Vite's public folder. Name another one with XDG_STATE_HOME.`,
  );
}

/**
 * Hides folders from everybody who asks a Vite server for a file. `server.fs.deny` cannot be set by a
 * plugin without losing Vite's own list, which a value of any plugin or user replaces; so it is amended
 * when the configuration is resolved. Where `server.fs.strict` is off Vite does not look at it.
 *
 * `fsDenyGlob` is not documented; it is the same in Vite 6, 7 and 8, pinned by `test/vite/hidden.process.test.ts`.
 * Where it is missing, `refuseHidden` is all there is.
 */
export function hideFolders(config: ResolvedConfig, folders: HiddenFolders): void {
  for (const glob of folders.map(toGlob)) config.server.fs.deny.push(glob, `${glob}/**`);
  const internal = config as WithDenyGlob;
  const { fsDenyGlob } = internal;
  if (typeof fsDenyGlob !== 'function') return;
  internal.fsDenyGlob = (path) => isHidden(path, folders) || fsDenyGlob(path);
}

/** Answers with 403 to each URL that leads into one of the folders, by its path or as Vite resolves it. */
export function refuseHidden(
  server: ViteDevServer | PreviewServer,
  folders: HiddenFolders,
): Connect.NextHandleFunction {
  const { root, base, build, server: serverOptions } = server.config;
  const served = [root, resolve(root, build.outDir)]; // what a preview serves
  return async (request, response, next) => {
    const { url = '' } = request;
    // The base is Vite's to take off, some time after us.
    const urls = url.startsWith(base) ? [url, url.slice(base.length - 1)] : [url];
    const paths = urls.flatMap((each) => served.flatMap((folder) => toPaths(each, folder)));
    if (!serverOptions.fs.strict && 'environments' in server) {
      paths.push(...(await Promise.all(urls.flatMap(toIds).map((id) => resolveId(server, id)))));
    }
    if (!paths.some((path) => isHidden(path, folders))) return next();
    response.statusCode = 403;
    response.end();
  };
}

/** What Vite loads for a module id: it resolves aliases and `file:` URLs, those of plugins too. */
async function resolveId(server: ViteDevServer, id: string): Promise<string> {
  const { pluginContainer } = server.environments.client;
  const resolved = await pluginContainer.resolveId(id).catch(() => null); // Vite says it next
  return (resolved?.id ?? id).replace(/^\0+/, '').split(/[?#]/, 1)[0] ?? '';
}

/** The module ids that a URL may mean: as it is, and behind what Vite puts before it. */
function toIds(url: string): string[] {
  const id = decode(url.split(/[?#]/, 1)[0] ?? '');
  return PREFIX.test(id) ? [id, ...toIds(encodeURI(id.replace(PREFIX, '').slice(1)))] : [id];
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

/** Whether a path leads into one of the folders: as it is written, and through links. */
function isHidden(path: string, folders: HiddenFolders): boolean {
  const absolute = resolve(path);
  const real = toRealPath(absolute);
  return folders.some((folder) => isBelow(absolute, folder) || isBelow(real, folder));
}

/** File systems that fold case must give nothing away by another spelling. */
function isBelow(path: string, directory: string): boolean {
  return isInside(path.toLowerCase(), directory.toLowerCase());
}

/** A path as a pattern that matches it and nothing else. */
function toGlob(path: string): string {
  return path
    .split(sep)
    .join('/')
    .replace(/[*?[\]{}()!+@|]/g, '\\$&');
}

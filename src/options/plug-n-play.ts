import { createRequire } from 'node:module';
import { join } from 'node:path';

/** What is used of the API of Yarn's Plug'n'Play, https://yarnpkg.com/advanced/pnpapi */
interface PnpApi {
  resolveToUnqualified(name: string, issuer: string): string | null;
}

/**
 * The folder of a package in a project that Yarn has installed with Plug'n'Play, with no node_modules;
 * `undefined` where it is not there, or the project is another.
 */
export function findFolder(root: string, name: string): string | undefined {
  if (process.versions.pnp === undefined) return undefined;
  const issuer = join(root, 'package.json');
  try {
    const api = createRequire(issuer)('pnpapi') as PnpApi;
    return api.resolveToUnqualified(name, issuer) ?? undefined;
  } catch {
    return undefined; // it is not one of the project's, or is not installed
  }
}

/** A package that has peers has a place for each set of them, `__virtual__/<hash>/<folders up>/<path>`. */
const VIRTUAL = /^(.*?)[\\/](?:__virtual__|\$\$virtual)[\\/][^\\/]+[\\/](\d+)[\\/](.*)$/;

/**
 * The file behind a path of Plug'n'Play, which may be one of the project's own: packages of a workspace
 * have such places, too. Any other path is itself.
 */
export function toPlainPath(path: string): string {
  const [, folder, up, rest] = VIRTUAL.exec(path) ?? [];
  if (folder === undefined || rest === undefined) return path;
  return join(folder, ...Array.from({ length: Number(up) }, () => '..'), rest);
}

import { existsSync } from 'node:fs';
import { basename, dirname, isAbsolute, join, relative, resolve, sep } from 'node:path';
import picomatch from 'picomatch';
import { isOfPackage } from '../files.ts';

/** What to watch beside the files that the app loads. */
export interface WatcherOptions {
  /** The root of the project; `.env*`, `package.json` and `tsconfig*.json` count in it. */
  root: string;
  /** Globs, from the current directory. */
  include: string[];
  /** Globs, from the current directory, of what never counts. */
  exclude: string[];
  /** Folders that never count: sessions must not restart the app. */
  ignore: string[];
}

const CONFIGURATION = /^(\.env(\..+)?|package\.json|tsconfig(\..+)?\.json)$/;

/** Code, which an app evaluates and hardly ever writes itself. */
const CODE = /\.([cm]?[jt]sx?|vue|svelte|astro|mdx)$/i;

/**
 * What people write an app in beside code: templates, styles, and data that code reads. Not what programs write
 * beside it, as logs and databases: a log of what holdover prints would start the app again and again.
 */
const SOURCE =
  /\.(html?|md|ejs|hbs|handlebars|mustache|njk|liquid|eta|pug|css|s[ac]ss|less|json[5c]?|ya?ml|toml|graphqls?|gql|sql|prisma|proto)$/i;

/** Which paths a watcher is told to look at. */
export class WatchedPaths {
  /** The folders that are watched for files that the app does not load. */
  readonly folders: ReadonlySet<string>;
  readonly #root: string;
  readonly #ignored: string[];
  readonly #bases: string[];
  readonly #isExcluded: (path: string) => boolean;
  readonly #isIncluded: (path: string) => boolean;

  constructor({ root, include, exclude, ignore }: WatcherOptions) {
    this.#root = root;
    this.#ignored = [...ignore];
    this.#bases = toWatchedFolders(include);
    this.#isExcluded = toMatcher(exclude);
    this.#isIncluded = toMatcher(include);
    this.folders = new Set([root, process.cwd(), ...this.#bases]);
  }

  /** Says that a folder never counts. */
  ignore(folder: string): void {
    if (!this.#ignored.includes(folder)) this.#ignored.push(folder);
  }

  /** Whether a change of the file may restart the app. */
  counts(path: string): boolean {
    const isOfGit = relative(this.#root, path).split(sep).includes('.git');
    if (isOfGit || isOfPackage(path, this.#root)) return false;
    return !isBelow(path, this.#ignored) && !this.#isExcluded(path);
  }

  /** Whether the file counts although the app has not loaded it. */
  isWanted(path: string): boolean {
    const folder = dirname(path);
    const isTop = folder === this.#root || folder === process.cwd();
    return (isTop && CONFIGURATION.test(basename(path))) || this.#isIncluded(path);
  }

  /** The folders in which any source counts while the app is down. Without a package there is no project. */
  get ofSources(): string[] {
    return existsSync(join(this.#root, 'package.json')) ? [this.#root] : [];
  }

  /** Whether a file, or what is in a folder, counts while the app is down. Hidden ones are of tools. */
  isSource(path: string, isFolder: boolean): boolean {
    if (path === this.#root || this.isWanted(path)) return true;
    const isHidden = relative(this.#root, path)
      .split(sep)
      .some((name) => name.startsWith('.'));
    return !isHidden && this.counts(path) && (isFolder || this.isCode(path) || SOURCE.test(path));
  }

  isCode(path: string): boolean {
    return CODE.test(path);
  }

  /** Whether there is nothing to look at in a folder, or in a file of the watched folders. */
  isOfNoUse(path: string, isFolder: boolean): boolean {
    if (this.folders.has(path)) return false;
    if (!this.counts(path)) return true;
    return isFolder ? !isBelow(path, this.#bases) : !this.isWanted(path);
  }
}

function isBelow(path: string, folders: string[]): boolean {
  return folders.some((folder) => path === folder || path.startsWith(folder + sep));
}

/**
 * Whether a path matches one of the globs, which are from the current directory or absolute. A folder
 * among them stands for everything in it.
 */
export function toMatcher(globs: string[]): (path: string) => boolean {
  if (globs.length === 0) return () => false;
  const isMatch = picomatch(globs.flatMap(toPatterns), { dot: true });
  return (path) => isMatch(toPosix(relative(process.cwd(), path)));
}

/** The folders, absolute, below which the globs may match: what is before their first sign. */
export function toWatchedFolders(globs: string[]): string[] {
  return globs.map((glob) => resolve(picomatch.scan(toPosix(glob)).base || '.'));
}

/** Only what is before the first sign is a path; the signs of the folders above it are plain letters. */
function toPatterns(glob: string): string[] {
  const { base, glob: rest, isGlob } = picomatch.scan(toPosix(glob));
  const from = isAbsolute(base) ? toPosix(relative(process.cwd(), base)) : base;
  const start = from.replace(/^\.\/|^\.$|\/$/g, '');
  if (isGlob) return [start ? `${start}/${rest}` : rest];
  return start ? [start, `${start}/**`] : ['**'];
}

function toPosix(path: string): string {
  return path.split(sep).join('/');
}

import { isAbsolute, relative, resolve, sep } from 'node:path';
import picomatch from 'picomatch';

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

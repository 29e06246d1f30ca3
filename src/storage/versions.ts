import { sep } from 'node:path';
import { removeFile, statFile, type FileStamp } from './disk.ts';
import type { Layout } from './paths.ts';

/** A version of a record. */
export interface Located {
  path: string;
  stamp: FileStamp;
  isStaged: boolean;
  isFile: boolean;
  /** Whether it belongs to another user of the machine. */
  isOfOther: boolean;
}

/** The version that counts: the staged one, or the one in its place. */
export function locate(layout: Layout, name: string): Located | undefined {
  return at(toStaged(layout, name), true) ?? at(toPlace(layout, name), false);
}

/** Removes all versions of a record; `false` when there was none. */
export function removeVersions(layout: Layout, name: string): boolean {
  const [place, staged] = [toPlace(layout, name), toStaged(layout, name)];
  const isStaged = statFile(staged) !== undefined;
  // The staged version last: it is the one that counts, whatever fails in between.
  const wasInPlace = removeFile(place);
  const isMoved = isStaged && !removeFile(staged);
  if (isMoved) removeFile(place); // another process has promoted it in between
  return wasInPlace || isStaged;
}

/** Where a record stands when it is synced. */
export function toPlace({ directory }: Layout, name: string): string {
  return directory + sep + name; // as `join` would, on the path of every request
}

/** Where a record stands until then. */
export function toStaged({ staged }: Layout, name: string): string {
  return staged + sep + name;
}

function at(path: string, isStaged: boolean): Located | undefined {
  const stamp = statFile(path);
  if (!stamp) return undefined;
  const isOfOther = process.getuid !== undefined && stamp.uid !== process.getuid();
  return { path, stamp, isStaged, isFile: stamp.isFile(), isOfOther };
}

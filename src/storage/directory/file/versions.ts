import { unlink } from 'node:fs/promises';
import { sep } from 'node:path';
import type { Eventually } from '../../../session/eventually.ts';
import { codeOf, removeFile, statFile, type FileStamp } from '../../files/disk.ts';
import type { Layout } from '../layout.ts';
import { removeVersion } from '../../files/replace-file.ts';

/** A version of a record. */
export interface Located {
  path: string;
  stamp: FileStamp;
  isStaged: boolean;
  isFile: boolean;
  /** The user that it belongs to; 0 on Windows. */
  uid: number;
}

/** The version that counts: the staged one, or the one in its place. */
export function locate(layout: Layout, name: string): Located | undefined {
  return at(toStaged(layout, name), true) ?? at(toPlace(layout, name), false);
}

/** Whether a version belongs to another user of the machine. */
export function isOfOtherUser({ uid }: Located): boolean {
  return process.getuid !== undefined && process.getuid() !== uid;
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

/** As `removeVersions`; where nothing is staged, other threads do the work. */
export function removeVersionsSoon(layout: Layout, name: string): Eventually<boolean> {
  if (statFile(toStaged(layout, name))) return removeVersions(layout, name);
  return unlink(toPlace(layout, name)).then(
    () => true,
    (error: unknown) => {
      if (codeOf(error) === 'ENOENT') return false;
      throw error;
    },
  );
}

/**
 * Removes all versions of a record, if the one that counts is over. One that another process stores
 * meanwhile stays.
 *
 * @returns `false` when something stands there after it
 */
export function removeIfOver(
  layout: Layout,
  name: string,
  isOver: (located: Located) => boolean,
): boolean {
  const place = toPlace(layout, name);
  const placed = statFile(place); // before the staged one is looked at: then it is older than that
  const located = locate(layout, name);
  if (!located) return true;
  if (!isOver(located)) return false;
  if (located.isStaged && placed) removeVersion(place, placed, layout.staged);
  return removeVersion(located.path, located.stamp, layout.staged);
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
  return stamp && { path, stamp, isStaged, isFile: stamp.isFile(), uid: stamp.uid };
}

import type { Stats } from 'node:fs';
import { stat } from 'node:fs/promises';

/** By how much the times of files may be behind the clock, in milliseconds. */
const CLOCK_TICK = 20;

/** When a file was written, or moved to its place, in milliseconds since the epoch; 0 where there is none. */
export function toChangeTime(stats: Stats | undefined): number {
  return Math.max(stats?.mtimeMs ?? 0, stats?.ctimeMs ?? 0);
}

/** Whether a file was written after a moment, in milliseconds since the epoch, or moved to its place. */
export function isWrittenSince(since: number, stats: Stats | undefined): boolean {
  return toChangeTime(stats) > since - CLOCK_TICK;
}

/** Which files were written after a moment. */
export async function findWrittenSince(since: number, paths: string[]): Promise<string[]> {
  const stats = await Promise.all(paths.map((path) => stat(path).catch(() => undefined)));
  return paths.filter((_, index) => isWrittenSince(since, stats[index]));
}

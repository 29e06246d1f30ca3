import type { StorageOptions } from '../../storage/options.ts';
import { FORM, type Left } from '../graph/text.ts';
import { isKept } from './first-process.ts';
import { askToForget, readForgotten } from './forgotten.ts';
import { findPlaces, toAppHash, type FoundPlace } from './place.ts';
import { honour, readHead, readRun } from './runs.ts';

/** What is kept of one app. */
export interface StoredState {
  /** Its entry, or the root of Vite, from the project root. */
  app: string;
  /** When it was written, in milliseconds since the epoch. */
  at: number;
  /** Whether the process that writes it lives. */
  isRunning: boolean;
  left: Left;
  /** Why the last snapshot cannot be read; undefined where it can. */
  fault: string | undefined;
}

/**
 * What is kept of the apps of a project. Nothing is changed by it, but that files which do not open are set
 * aside.
 *
 * @throws Error, in one sentence, when the place cannot be read
 */
export function listState(options: StorageOptions): StoredState[] {
  return findOwn(options).flatMap(({ place }) => {
    const head = readHead(place);
    if (!head) return [];
    const found = readRun(place, head);
    const fault = found && !found.isOlder ? undefined : place.whyNot(head.run);
    if (!found && fault === undefined) return [];
    const left = found
      ? honour(found, readForgotten(place))
      : { graphs: [], waiting: [], texts: {} };
    if (keysOf(left).length === 0 && fault === undefined) return [];
    return [{ app: head.app, at: found?.at ?? 0, isRunning: isKept(place), left, fault }];
  });
}

/**
 * When what is kept of each app was written, to see whether there is news.
 *
 * @returns milliseconds since the epoch
 * @throws Error, in one sentence, when the place cannot be read
 */
export function listStateTimes(options: StorageOptions): number[] {
  return findOwn(options).flatMap(({ place }) => readRun(place, readHead(place))?.at ?? []);
}

/** The keys of all bindings that a run has left. */
export function keysOf({ graphs }: Left): string[] {
  return graphs.flatMap(({ roots }) => Object.keys(roots));
}

/** What is to be forgotten. */
export interface ClearOptions {
  /** @default those of all apps of the project */
  app?: string | undefined;
  /** Of a binding. @default all, of other versions of the form as well */
  key?: string | undefined;
}

/**
 * Forgets what is kept: a process that starts or looks from now on does not find it, whatever an app writes that
 * runs meanwhile. Such an app keeps nothing of it until it is started again.
 *
 * @returns how many bindings were there
 * @throws Error when the place cannot be read, or written
 */
export async function clearState(options: StorageOptions, clear: ClearOptions): Promise<number> {
  const { app, key } = clear;
  let count = 0;
  for (const found of findPlaces(options)) {
    const { place, version, appHash } = found;
    if (app !== undefined && appHash !== toAppHash(app)) continue;
    if (version !== FORM) {
      if (key === undefined) removeAll(found);
      continue;
    }
    const run = readRun(place, readHead(place));
    const keys = run ? keysOf(honour(run, readForgotten(place))) : [];
    if (key !== undefined && !keys.includes(key)) continue;
    count += key === undefined ? keys.length : 1;
    // Where no app runs that would write it again, all of it is removed at once.
    if (key === undefined && !isKept(place)) removeAll(found);
    else askToForget(place, key);
    await place.settled();
  }
  return count;
}

function findOwn(options: StorageOptions): FoundPlace[] {
  return findPlaces(options).filter(({ version }) => version === FORM);
}

function removeAll({ place }: FoundPlace): void {
  for (const name of place.othersThan([])) place.removeOther(name);
}

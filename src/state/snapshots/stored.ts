import type { StorageOptions } from '../../storage/options.ts';
import { askToForget } from './records/forgotten.ts';
import { readHead, readLast, type Head } from './records/head.ts';
import { toBindingKey } from './records/manifest.ts';
import { findPlaces, toAppHash, type FoundPlace } from './records/place.ts';
import { isRunning } from './records/process-name.ts';
import { Runs } from './runs.ts';
import { readSnapshot, type FoundSnapshot, type Snapshot } from './snapshot.ts';

/** What is kept of one binding. */
export interface StoredBinding {
  key: string;
  /** Characters of its text. */
  size: number;
  facts: unknown;
}

/** What is kept of one app. */
export interface StoredState {
  /** Its entry, or the root of Vite, from the project root. */
  app: string;
  /** When it was written, in milliseconds since the epoch. */
  at: number;
  /** Whether the process that writes it lives. */
  isRunning: boolean;
  bindings: StoredBinding[];
}

/**
 * What is kept of the apps of a project, in this version of the form. Nothing is changed by it, but that
 * files which do not open are set aside.
 *
 * @throws Error, in one sentence, when the place cannot be read
 */
export function listState(options: StorageOptions, version: number): StoredState[] {
  return findPlaces(options).flatMap((found) => {
    const { head, snapshot } = read(found, version);
    if (!head || !snapshot) return [];
    const { app, process } = head;
    const bindings = toBindings(snapshot);
    if (bindings.length === 0) return [];
    return [{ app, at: snapshot.manifest.at, isRunning: isRunning(process), bindings }];
  });
}

/**
 * When what is kept of each app was written, without reading it: for who looks whether there is news.
 *
 * @returns milliseconds since the epoch
 * @throws Error, in one sentence, when the place cannot be read
 */
export function listStateTimes(options: StorageOptions, version: number): number[] {
  return findPlaces(options).flatMap(({ place, version: found }) => {
    if (found !== version) return [];
    return readLast(place, readHead(place))[0]?.at ?? [];
  });
}

/**
 * The texts that are kept of an app; `undefined` when there are none. Nothing is changed by it.
 *
 * @throws Error, in one sentence, when the place cannot be read
 */
export function readState(
  options: StorageOptions,
  { app, version }: { app: string; version: number },
): Snapshot | undefined {
  const found = findPlaces(options).find(
    (one) => one.appHash === toAppHash(app) && one.version === version,
  );
  return found && read(found, version).snapshot;
}

/** What is to be forgotten. */
export interface ClearOptions {
  version: number;
  /** @default those of all apps of the project */
  app?: string | undefined;
  /** Of a binding. @default all, of other versions of the form as well */
  key?: string | undefined;
  /** As for `openRuns`. */
  say: (sentence: string) => void;
}

/**
 * Forgets what is kept: whoever starts or looks from now on does not find it, whatever an app writes that
 * runs meanwhile. Such an app keeps nothing of it until it is started again; where none runs, the files are
 * removed at once.
 *
 * @returns how many bindings were there
 * @throws Error when the place cannot be read, or written
 */
export async function clearState(options: StorageOptions, clear: ClearOptions): Promise<number> {
  const { app, key, version } = clear;
  let count = 0;
  for (const found of findPlaces(options)) {
    if (app !== undefined && found.appHash !== toAppHash(app)) continue;
    if (found.version !== version) {
      if (key === undefined) removeAll(found);
      continue;
    }
    const { head, snapshot } = read(found, version);
    const bindings = snapshot ? toBindings(snapshot) : [];
    const isThere = key === undefined || bindings.some((one) => one.key === key);
    if (!head || !isThere) continue;
    count += key === undefined ? bindings.length : 1;
    askToForget(found.place, key);
    if (isRunning(head.process)) continue;
    const runs = new Runs(found.place, {
      storage: options,
      app: head.app,
      version,
      say: clear.say,
    });
    runs.previous();
    runs.commit({ put: new Map(), drop: [] }, {});
    await runs.settled();
  }
  return count;
}

function read(
  { place, version: found }: FoundPlace,
  version: number,
): { head?: Head | undefined; snapshot?: FoundSnapshot | undefined } {
  if (found !== version) return {};
  const head = readHead(place);
  return { head, snapshot: readSnapshot(place, head, new Map()) };
}

function toBindings({ parts, facts }: Snapshot): StoredBinding[] {
  const sizes = new Map<string, number>();
  for (const [name, text] of parts) {
    const key = toBindingKey(name);
    sizes.set(key, (sizes.get(key) ?? 0) + text.length);
  }
  return Array.from(sizes, ([key, size]) => ({
    key,
    size,
    facts: Object.hasOwn(facts, key) ? facts[key] : undefined,
  }));
}

function removeAll({ place }: FoundPlace): void {
  for (const name of place.othersThan([])) place.removeOther(name);
}

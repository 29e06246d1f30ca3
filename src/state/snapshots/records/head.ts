import { randomBytes } from 'node:crypto';
import { readManifests, type Manifest } from './manifest.ts';
import type { Place } from './place.ts';
import { toProcessName, type ProcessName } from './process-name.ts';

/** Which run may write, and where the last snapshot is. Written at the start of a run, and by nobody later. */
export interface Head {
  app: string;
  /** The run that may write: the last one to start. */
  claimed: string;
  /** Where the last snapshot is when that one has none yet: the run before it, and the last complete one. */
  before: string[];
  process: ProcessName;
}

/** Under both the same: one that is damaged does not cost all. */
const KEYS = ['head', 'copy of head'];

/** Everything that is no part, nor a snapshot. */
export const HEAD_KEYS: readonly string[] = KEYS;

export function readHead(place: Place): Head | undefined {
  for (const key of KEYS) {
    const text = place.get(key);
    if (text !== undefined) return JSON.parse(text) as Head;
  }
  return undefined;
}

export function writeHead(place: Place, head: Head): void {
  for (const key of KEYS) place.set(key, JSON.stringify(head));
}

/** The head of a run that starts now. Its number is above those of all before it, and its name is its own. */
export function toNextHead(place: Place, app: string): Head {
  const last = readHead(place);
  const runs = last ? [last.claimed, ...last.before] : [];
  const complete = runs.find((run) => readManifests(place, run).length > 0);
  const number = Number.parseInt(last?.claimed ?? '0', 10) + 1;
  return {
    app,
    claimed: `${number}-${randomBytes(4).toString('hex')}`,
    // The last one may be about to complete, and then removes what was there before.
    before: [...new Set([...runs.slice(0, 1), ...(complete ? [complete] : [])])],
    process: toProcessName(),
  };
}

/** The last snapshots, the newest first; none when there are none. */
export function readLast(place: Place, head: Head | undefined): Manifest[] {
  for (const run of head ? [head.claimed, ...head.before] : []) {
    const manifests = readManifests(place, run);
    if (manifests.length > 0) return manifests;
  }
  return [];
}

import { readForgotten, withoutForgotten } from './records/forgotten.ts';
import { readLast, type Head } from './records/head.ts';
import { toManifestKey, type Facts, type Manifest, type StoredPart } from './records/manifest.ts';
import type { Place } from './records/place.ts';

/** Something of a snapshot that could not be read. The file is set aside, and the rest is there. */
export interface Fault {
  /** The name of a part; `undefined` for the list of all parts. */
  part: string | undefined;
  /** `missing`, or why its file does not open: `altered`, `truncated`, … */
  reason: string;
  /** Whether the version of it in the snapshot before is used. */
  isOlderUsed: boolean;
}

/** What a run has left. */
export interface Snapshot {
  /** The texts of its parts, by name. */
  parts: Map<string, string>;
  facts: Facts;
  faults: Fault[];
}

/** A snapshot, and where its parts lie. */
export interface FoundSnapshot extends Snapshot {
  stored: Map<string, StoredPart>;
  manifest: Manifest;
}

/**
 * Reads the last snapshot, without what is to be forgotten. A part that cannot be read is taken from the
 * snapshot before it, or left out.
 *
 * @param known texts that were read before, by their keys in the place; those of the snapshot are added
 */
export function readSnapshot(
  place: Place,
  head: Head | undefined,
  known: Map<string, string>,
): FoundSnapshot | undefined {
  const forgotten = readForgotten(place);
  const manifests = readLast(place, head).map((one) => withoutForgotten(one, forgotten));
  const [manifest, older] = manifests;
  if (!manifest) return undefined;
  const { facts } = manifest;
  const faults = older ? [] : findLostManifest(place, manifest);
  const found: FoundSnapshot = { parts: new Map(), stored: new Map(), facts, faults, manifest };
  const read = (name: string, part: StoredPart): boolean => {
    const text = known.get(part.key) ?? place.get(part.key);
    if (text === undefined) return false;
    known.set(part.key, text);
    found.parts.set(name, text);
    found.stored.set(name, part);
    return true;
  };
  for (const [name, part] of Object.entries(manifest.parts)) {
    if (read(name, part)) continue;
    const before = older && Object.hasOwn(older.parts, name) ? older.parts[name] : undefined;
    const isOlderUsed = before !== undefined && before.key !== part.key && read(name, before);
    faults.push({ part: name, reason: place.whyNot(part.key) ?? 'missing', isOlderUsed });
  }
  return found;
}

/** Of two snapshots of a run that are written in turn, one does not open. */
function findLostManifest(place: Place, { run, number }: Manifest): Fault[] {
  const reason = place.whyNot(toManifestKey(run, number + 1));
  return reason === undefined ? [] : [{ part: undefined, reason, isOlderUsed: true }];
}

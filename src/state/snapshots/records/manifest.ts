import type { Place } from './place.ts';

/** What is kept with the parts, by the key of a binding: JSON that only its owner understands. */
export type Facts = Record<string, unknown>;

/** Where a part lies. */
export interface StoredPart {
  /** Of its text in the place. Never used again for another text. */
  key: string;
  /** Of its text. */
  hash: string;
  /** Characters. */
  size: number;
}

/** A snapshot: the parts of it, by name. */
export interface Manifest {
  run: string;
  /** Which one of its run; the first is 1. */
  number: number;
  /** When it was written, in milliseconds since the epoch. */
  at: number;
  parts: Record<string, StoredPart>;
  facts: Facts;
  /** Up to which number of `Forgotten` it has left out what is to be forgotten. */
  honoured: number;
}

/** A run writes its snapshots in turn under two keys: while one is replaced the one before it is whole. */
export function toManifestKey(run: string, number: number): string {
  return `${run}/snapshot-${number % 2}`;
}

/** Both of them. */
export function toManifestKeys(run: string): string[] {
  return [0, 1].map((number) => toManifestKey(run, number));
}

/** The snapshots of a run that are there, the newest first: two at most. */
export function readManifests(place: Place, run: string): Manifest[] {
  const texts = toManifestKeys(run).map((key) => place.get(key));
  const found = texts.flatMap((text) => (text === undefined ? [] : [JSON.parse(text) as Manifest]));
  return found.sort((a, b) => b.number - a.number);
}

/** The binding that a part belongs to: what is in parts of their own has a number behind its name. */
export function toBindingKey(part: string): string {
  return part.replace(/~\d+$/, '');
}

/** The facts of the next snapshot: a binding of which nothing is said has those it had, if it has parts. */
export function mergeFacts(
  last: Facts,
  facts: Facts,
  parts: Iterable<string>,
  isKept: (key: string) => boolean,
): Facts {
  const bindings = new Set(Array.from(parts, toBindingKey));
  const left = Object.entries(last).filter(([key]) => bindings.has(key));
  const all = Object.entries({ ...Object.fromEntries(left), ...facts });
  return Object.fromEntries(all.filter(([key]) => isKept(key)));
}

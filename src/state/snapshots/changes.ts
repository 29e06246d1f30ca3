/** What differs from the last snapshot. */
export interface Changes {
  /** New texts of parts, by name. */
  put: Map<string, string>;
  /** Names of parts that are no more. */
  drop: string[];
}

export function hasChanges({ put, drop }: Changes): boolean {
  return put.size + drop.length > 0;
}

/** Adds later changes to some. */
export function addChanges(to: Changes, later: Changes): void {
  for (const name of later.drop) to.put.delete(name);
  to.drop.push(...later.drop);
  for (const [name, text] of later.put) to.put.set(name, text);
}

/**
 * What of the parts of a snapshot is in the next one: what is put is replaced in its place.
 *
 * @param isLeft whether one stays that is neither put nor dropped
 */
export function toLeft<Part>(
  parts: Map<string, Part>,
  { put, drop }: Changes,
  isLeft: (name: string) => boolean,
): Map<string, Part> {
  const dropped = new Set(drop);
  const stays = (name: string): boolean => put.has(name) || (!dropped.has(name) && isLeft(name));
  return new Map([...parts].filter(([name]) => stays(name)));
}

/** An entry of a Map or Set, or an element of an array. */
interface FoundEntry {
  collection: Map<unknown, unknown> | Set<unknown> | unknown[];
  /** The key in a Map, the element of a Set or an array. */
  entry: unknown;
}

/** A field of what bindings reach through fields only. */
export interface FoundField {
  holder: object;
  key: string;
}

/** What leads to an object, from where. */
type Way = { from: object } | { entry: FoundEntry } | FoundField;

/** Finds the nearest entries, and fields of open objects, that lead to one of some objects. */
export function findWays(
  values: Iterable<unknown>,
  open: Set<object>,
  targets: Set<object>,
): { entries: FoundEntry[]; fields: FoundField[] } {
  const ways = collectWays(values, open);
  const entries = new Set<FoundEntry>();
  const fields: FoundField[] = [];
  const seen = new Set(targets);
  const next = [...targets];
  for (let object = next.pop(); object; object = next.pop()) {
    for (const way of ways.get(object) ?? []) {
      if ('entry' in way) entries.add(way.entry);
      else if ('holder' in way) fields.push(way);
      else if (!seen.has(way.from)) {
        seen.add(way.from);
        next.push(way.from);
      }
    }
  }
  return { entries: [...entries], fields };
}

/** All ways that lead to each object. */
function collectWays(values: Iterable<unknown>, open: Set<object>): Map<object, Way[]> {
  const ways = new Map<object, Way[]>();
  const next: object[] = [];
  const lead = (value: unknown, way: Way): void => {
    if (typeof value !== 'object' || value === null) return;
    const known = ways.get(value);
    if (known) known.push(way);
    else {
      ways.set(value, [way]);
      next.push(value);
    }
  };
  for (const value of values) lead(value, { from: {} });
  for (let object = next.pop(); object; object = next.pop()) {
    if (object instanceof Map) {
      const collection = object;
      for (const [key, value] of collection) {
        const entry = { collection, entry: key as unknown };
        lead(key, { entry });
        lead(value, { entry });
      }
    } else if (object instanceof Set) {
      const collection = object;
      for (const entry of collection) lead(entry, { entry: { collection, entry } });
    }
    leadToFields(object, open, lead);
  }
  return ways;
}

function leadToFields(
  object: object,
  open: Set<object>,
  lead: (value: unknown, way: Way) => void,
): void {
  if (ArrayBuffer.isView(object)) return;
  const isOpen = open.has(object);
  for (const key of Object.getOwnPropertyNames(object)) {
    const value = (object as never)[key] as unknown;
    if (!isOpen) lead(value, { from: object });
    else if (Array.isArray(object)) lead(value, { entry: { collection: object, entry: value } });
    else lead(value, { holder: object, key });
  }
}

/** Takes entries out of their collections. */
export function removeEntries(entries: FoundEntry[]): void {
  for (const { collection, entry } of entries) {
    if (!Array.isArray(collection)) collection.delete(entry);
    else {
      const at = collection.indexOf(entry);
      if (at !== -1) collection.splice(at, 1);
    }
  }
}

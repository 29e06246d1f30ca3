import type { PutBackContext } from './context.ts';
import { isObject } from './kinds.ts';

type Content = Pick<PutBackContext, 'codeMade' | 'isLive'>;

/**
 * Gives a Map the content of the old one, exactly and in its order. Entries with handles that the code itself
 * has made stay, where the old one has none of their key.
 */
export function fillMap(
  now: Map<unknown, unknown>,
  old: Map<unknown, unknown>,
  content: Content,
): void {
  const isOld = (value: unknown): boolean => !content.isLive || !isOfCode(value, content);
  const made = [...entriesOf(now)];
  Map.prototype.clear.call(now);
  if (made.some(([, value]) => isOfCode(value, content))) {
    for (const [key, value] of made) {
      const before = Map.prototype.get.call(old, key) as unknown;
      if (before !== undefined && isOld(before)) Map.prototype.set.call(now, key, before);
      else if (isOfCode(value, content)) Map.prototype.set.call(now, key, value);
    }
  }
  Map.prototype.forEach.call(old, (value, key) => {
    if (isOld(value)) Map.prototype.set.call(now, key, value);
  });
}

/** The same for a Set. One in which the code itself puts handles is its own, whole. */
export function fillSet(now: Set<unknown>, old: Set<unknown>, content: Content): void {
  if ([...membersOf(now)].some((value) => isOfCode(value, content))) return;
  Set.prototype.clear.call(now);
  Set.prototype.forEach.call(old, (value) => {
    if (!content.isLive || !isOfCode(value, content)) Set.prototype.add.call(now, value);
  });
}

/** The same for an array, with its holes and its further fields. */
export function fillArray(now: unknown[], old: unknown[], content: Content): void {
  const isOld = (value: unknown): boolean => !isOfCode(value, content);
  if (!now.every(isOld)) return;
  const from = !content.isLive || old.every(isOld) ? old : old.filter(isOld);
  now.length = 0;
  now.length = from.length;
  for (const key of Object.keys(from)) {
    const field = Object.getOwnPropertyDescriptor(from, key);
    if (field && 'value' in field) define(now, key, field.value);
  }
}

/** Whether it is an entry with a handle that the code has made when it was evaluated. */
function isOfCode(value: unknown, { codeMade }: Content): boolean {
  return isObject(value) && codeMade.has(value);
}

/** The methods are those of the language: the app may have put its own on the Map. */
export function setMap(map: Map<unknown, unknown>, entries: [unknown, unknown][]): void {
  Map.prototype.clear.call(map);
  for (const [key, value] of entries) Map.prototype.set.call(map, key, value);
}

export function setSet(set: Set<unknown>, members: unknown[]): void {
  Set.prototype.clear.call(set);
  for (const member of members) Set.prototype.add.call(set, member);
}

/** Two views of bytes of the same sort and length. @returns whether they are */
export function fillBytes(now: ArrayBufferView, old: ArrayBufferView): boolean {
  const isAlike =
    Object.getPrototypeOf(now) === Object.getPrototypeOf(old) && now.byteLength === old.byteLength;
  if (isAlike) toBytes(now).set(toBytes(old));
  return isAlike;
}

export function hasSameBytes(one: ArrayBufferView, other: ArrayBufferView): boolean {
  return Buffer.compare(toBytes(one), toBytes(other)) === 0;
}

export function copyBytes(view: ArrayBufferView): ArrayBufferView {
  const { buffer, byteOffset, byteLength } = view;
  if (!(view instanceof DataView)) return Uint8Array.prototype.slice.call(view);
  return new DataView(buffer.slice(byteOffset, byteOffset + byteLength));
}

function toBytes({ buffer, byteOffset, byteLength }: ArrayBufferView): Uint8Array {
  return new Uint8Array(buffer, byteOffset, byteLength);
}

/** In the same order. */
export function hasSameEntries(one: Map<unknown, unknown>, other: Map<unknown, unknown>): boolean {
  const entries = entriesOf(other);
  for (const [key, value] of entriesOf(one)) {
    const { value: entry } = entries.next() as { value?: [unknown, unknown] };
    if (entry === undefined || !Object.is(entry[0], key) || !Object.is(entry[1], value))
      return false;
  }
  return entries.next().done === true;
}

/** In the same order. */
export function hasSameMembers(one: Set<unknown>, other: Set<unknown>): boolean {
  const members = [...membersOf(other)];
  let i = 0;
  for (const member of membersOf(one)) if (!Object.is(member, members[i++])) return false;
  return i === members.length;
}

/** An own field, whatever the prototype has of that name. */
export function define(object: object, key: string, value: unknown): void {
  Object.defineProperty(object, key, {
    value,
    writable: true,
    enumerable: true,
    configurable: true,
  });
}

export function entriesOf(map: Map<unknown, unknown>): IterableIterator<[unknown, unknown]> {
  return Map.prototype.entries.call(map);
}

export function membersOf(set: Set<unknown>): IterableIterator<unknown> {
  return Set.prototype.values.call(set);
}

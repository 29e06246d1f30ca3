/** Gives an object a field of its own, whatever its prototypes have under that name. */
export function setField(object: object, key: string, value: unknown, isSeen = true): void {
  if (isSeen && (Object.hasOwn(object, key) || !(key in object))) {
    (object as Record<string, unknown>)[key] = value;
  } else {
    const field = { value, enumerable: isSeen, writable: true, configurable: true };
    Object.defineProperty(object, key, field);
  }
}

import type { Encoder } from './encode.ts';
import { CONSTANTS, type Fields, type GraphNode, type Stored } from './nodes.ts';

/** Tells whether what an encoder has read is still so. It reads, compares, and makes nothing. */
export class Still {
  readonly #encoder: Encoder;

  constructor(encoder: Encoder) {
    this.#encoder = encoder;
  }

  /** Whether a value is what stands stored. */
  isSame(value: unknown, stored: Stored | undefined): boolean {
    if (typeof stored !== 'object' || stored === null)
      return stored === value && (value !== 0 || !Object.is(value, -0));
    const [number] = stored;
    if (number < 0) return Object.is(value, CONSTANTS[-number]);
    if (typeof value === 'bigint') {
      const node = this.#encoder.graph.nodes[number] as GraphNode;
      return node[0] === 'b' && node[1] === String(value);
    }
    return this.#encoder.objects[number] === value;
  }

  /** Whether the object of a node is as the node has it. */
  isNode(number: number): boolean {
    const node = this.#encoder.graph.nodes[number] as GraphNode;
    const object = this.#encoder.objects[number] as never;
    const [tag, content, , fields] = node;
    switch (tag) {
      case 'O':
      case 'N':
        return this.#hasFields(object, content as Fields) && this.#hasPrivates(object, node);
      case 'A':
        return this.#hasElements(object, content as Stored[]);
      case 'M':
        return (
          this.#hasPairs(object, content as [Stored, Stored][]) &&
          this.#hasFields(object, fields) &&
          this.#hasPrivates(object, node)
        );
      case 'S':
        return (
          this.#hasMembers(object, content as Stored[]) &&
          this.#hasFields(object, fields) &&
          this.#hasPrivates(object, node)
        );
      case 'E':
        return this.#hasFields(object, fields) && (object as Error).message === node[4]?.message;
      case 'D':
        return Object.is(toNumber(content), Date.prototype.getTime.call(object));
      case 'R':
        return (object as RegExp).lastIndex === (content as Stored[])[2];
      case 'U':
      case 'Q':
        return String(object) === content;
      case 'B':
        return this.#hasBytes(number, object);
      default:
        return true;
    }
  }

  #hasFields(object: Record<string, unknown>, fields: Fields | null | undefined): boolean {
    let count = 0;
    for (const name in fields) {
      count++;
      if (!this.isSame(object[name], fields[name])) return false;
    }
    for (const name in object) {
      if (!Object.hasOwn(object, name)) break; // those of its class come behind its own
      count--;
    }
    return count === 0;
  }

  #hasPrivates(object: object, [, , className, , hidden]: GraphNode): boolean {
    if (!hidden || className === undefined) return true;
    return this.#encoder.classes
      .privatesOf(object)
      .every(({ names, read }) =>
        read(object).every((value, index) => this.isSame(value, hidden[names[index] as string])),
      );
  }

  #hasElements(array: unknown[], stored: Stored[]): boolean {
    if (array.length !== stored.length) return false;
    for (let index = 0; index < stored.length; index++) {
      if (!this.isSame(array[index], stored[index])) return false;
    }
    return true;
  }

  #hasPairs(map: Map<unknown, unknown>, stored: [Stored, Stored][]): boolean {
    if (map.size !== stored.length) return false;
    let index = 0;
    for (const [key, value] of Map.prototype.entries.call(map)) {
      const pair = stored[index++] as [Stored, Stored];
      if (!this.isSame(key, pair[0]) || !this.isSame(value, pair[1])) return false;
    }
    return true;
  }

  #hasMembers(set: Set<unknown>, stored: Stored[]): boolean {
    if (set.size !== stored.length) return false;
    let index = 0;
    for (const one of Set.prototype.values.call(set)) {
      if (!this.isSame(one, stored[index++])) return false;
    }
    return true;
  }

  #hasBytes(number: number, object: object): boolean {
    const view = ArrayBuffer.isView(object)
      ? Buffer.from(object.buffer, object.byteOffset, object.byteLength)
      : Buffer.from(object as ArrayBuffer);
    return this.#encoder.bytes.get(number)?.equals(view) === true;
  }
}

/** JSON has null for the time of an invalid Date. */
function toNumber(content: unknown): number {
  return typeof content === 'number' ? content : Number.NaN;
}

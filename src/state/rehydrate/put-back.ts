import { EventEmitter } from 'node:events';
import type { Binding } from '../binding.ts';
import { define, fillArray, fillBytes, fillMap, fillSet } from './collections.ts';
import { toNames, type Outcome, type Path, type PutBackContext } from './context.ts';
import { isFilled, isObject, kindOf } from './kinds.ts';
import { matchPrivates } from './private-fields.ts';

/** Fields of every EventEmitter, which only its own methods may set. */
const OF_EMITTERS = new Set(['_events', '_eventsCount', '_maxListeners', 'domain']);

/** A place that has a value: a binding, or a field. */
interface Place {
  path: Path;
  now: unknown;
  old: unknown;
  /** Not there for what is read-only. */
  set?: ((value: unknown) => void) | undefined;
}

/**
 * Puts an old value into what the code has just made.
 *
 * The object of the binding, and those that are reached from it through fields only, stay the new code's:
 * Maps, Sets and arrays get exactly the old content, objects theirs field by field, and what hangs in them is
 * moved. Fields that the code has added stay, and so do handles. A value whose kind is another one now is not
 * put back; null and undefined are of any kind. A private field is put back with all others of its object, or
 * none is.
 *
 * It calls nothing of the app. What refers to an old object that has its content in a new one now still does:
 * `relink` is for that.
 *
 * @param old what is left of the last run: made anew from its record, or the live object of an older
 *   evaluation of the module
 */
export function putBack(binding: Binding, old: unknown, context: PutBackContext): Outcome {
  const filling = new Filling(context);
  const { get, set } = binding;
  filling.place({ path: { name: binding.key }, now: get(), old, set });
  return filling.finish();
}

class Filling {
  readonly outcome: Outcome = { unfit: [], left: [], extra: [] };
  readonly #context: PutBackContext;
  /** Objects whose content is still to be put back: a stack of our own, for data of any depth. */
  readonly #rest: { path: Path; now: object; old: object }[] = [];

  constructor(context: PutBackContext) {
    this.#context = context;
  }

  finish(): Outcome {
    for (let one = this.#rest.pop(); one !== undefined; one = this.#rest.pop()) {
      this.#fill(one.path, one.now, one.old);
    }
    return this.outcome;
  }

  place(place: Place): void {
    const { path, now, old } = place;
    if (Object.is(now, old) || this.#isDone(now, old)) return;
    const { classes, originalOf } = this.#context;
    const was = kindOf(old, classes);
    const is = kindOf(now, classes);
    if (was === 'handle' || (is === 'handle' && (was === 'nothing' || originalOf))) return;
    if (was === 'nothing' && is !== 'nothing' && this.#context.wasNothing(toNames(path))) return;
    if (was === 'nothing' || is === 'nothing') this.#set(place);
    else if (this.#isReplaced(place, was !== is)) this.#set(place);
    else if (was !== is) this.outcome.unfit.push({ path: toNames(path), old, now });
    else if (isFilled(is)) this.#plan(place);
    else this.#putWhole(place);
  }

  /** Whether this process itself had another value at the place, which can be set again. */
  #isReplaced({ now, old, set }: Place, isOther: boolean): boolean {
    const { originalOf } = this.#context;
    if (originalOf === undefined || set === undefined) return false;
    return isOther || (isObject(old) && (originalOf(old) ?? now) !== now);
  }

  #isDone(now: unknown, old: unknown): boolean {
    return this.#context.replaced.get(old as object) === now && now !== undefined;
  }

  /** One object of the code has the content of one old object: where it was two, the second one is moved. */
  #plan(place: Place): void {
    const { path, now, old } = place as { path: Path; now: object; old: object };
    const { filled, replaced } = this.#context;
    if (filled.has(now)) {
      if (replaced.get(old) !== now) this.#set(place);
      return;
    }
    filled.add(now);
    if (!replaced.has(old)) replaced.set(old, now);
    this.#rest.push({ path, now, old });
  }

  #putWhole(place: Place): void {
    const { now, old } = place;
    if (ArrayBuffer.isView(now) && fillBytes(now, old as ArrayBufferView)) return;
    if (place.set === undefined && now instanceof Date) now.setTime((old as Date).getTime());
    else this.#set(place);
  }

  #set({ path, old, set }: Place): void {
    if (isObject(old) && !this.#context.isWhole(old)) return;
    if (set === undefined) this.outcome.left.push(toNames(path));
    else set(this.#toValue(path, old));
  }

  /** What is set in the place of an old value: of a copy, its original, with the content of the copy. */
  #toValue(path: Path, old: unknown): unknown {
    const now = isObject(old) ? this.#context.originalOf?.(old) : undefined;
    if (now === undefined) return old;
    this.#plan({ path, now, old });
    return now;
  }

  #fill(path: Path, now: object, old: object): void {
    const context = this.#context;
    if (Array.isArray(now)) {
      if (Object.isExtensible(now)) fillArray(now, old as unknown[], context);
      else this.outcome.left.push(toNames(path));
      return;
    }
    if (now instanceof Map) fillMap(now, old as Map<unknown, unknown>, context);
    if (now instanceof Set) fillSet(now, old as Set<unknown>, context);
    this.#fillFields(path, now, old);
  }

  #fillFields(path: Path, now: object, old: object): void {
    const { missing, pairs } = matchPrivates(now, old, this.#context);
    if (missing.length > 0) {
      this.outcome.unfit.push({ path: toNames(path), old, now, privates: missing });
      return;
    }
    for (const { name, ...values } of pairs)
      this.place({ path: { parent: path, name }, ...values });
    for (const name of Object.keys(old)) {
      if (now instanceof EventEmitter && OF_EMITTERS.has(name)) continue;
      const field = Object.getOwnPropertyDescriptor(old, name);
      if (field && 'value' in field) this.#putField({ parent: path, name }, now, field.value);
    }
  }

  #putField(path: Path, object: object, old: unknown): void {
    const { name } = path;
    const field = Object.getOwnPropertyDescriptor(object, name);
    if (field === undefined) return this.#addField(path, object, old);
    if (!('value' in field)) return void this.outcome.left.push(toNames(path));
    const set = field.writable
      ? (value: unknown) => void Object.defineProperty(object, name, { value })
      : undefined;
    this.place({ path, now: field.value, old, set });
  }

  #addField(path: Path, object: object, old: unknown): void {
    const { classes, isWhole } = this.#context;
    if (kindOf(old, classes) === 'handle' || (isObject(old) && !isWhole(old))) return;
    if (!Object.isExtensible(object) || isOfClass(object, path.name)) {
      this.outcome.left.push(toNames(path));
      return;
    }
    define(object, path.name, this.#toValue(path, old));
    const isNothing = old === undefined || old === null;
    if (isInstance(object) && !isNothing) this.outcome.extra.push(toNames(path));
  }
}

/** Whether the class of an object has a method or a getter of that name. */
function isOfClass(object: object, name: string): boolean {
  for (let one: object | null = object; one !== null && one !== Object.prototype;) {
    const member = Object.getOwnPropertyDescriptor(one, name);
    if (member) return !('value' in member) || typeof member.value === 'function';
    one = Object.getPrototypeOf(one);
  }
  return false;
}

function isInstance(object: object): boolean {
  const prototype = Object.getPrototypeOf(object) as object | null;
  return prototype !== null && prototype !== Object.prototype;
}

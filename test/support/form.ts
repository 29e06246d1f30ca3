import { deepStrictEqual } from 'node:assert';
import type { AppClass, Binding, Classes, PrivateFields } from '../../src/state/binding.ts';
import { parseParts } from '../../src/state/form/parse.ts';
import type { Changes, RecorderOptions } from '../../src/state/form/recorder.ts';
import { Recorder } from '../../src/state/form/recorder.ts';
import { revive } from '../../src/state/form/revive.ts';
import type { Revived } from '../../src/state/form/revived.ts';

/** The classes of an app, by their names, and the private fields of some. */
export function showClasses(
  classes: Record<string, AppClass> = {},
  privates: PrivateFields[] = [],
): Classes {
  const names = new Map(
    Object.entries(classes).map(([name, found]) => [found.prototype as object, name]),
  );
  return {
    nameOf: (prototype) => names.get(prototype),
    find: (name) => classes[name],
    privatesOf: (object) => privates.filter(({ has }) => has(object)),
  };
}

/** Values under keys, as bindings that can be set. */
export function toBindings(values: Record<string, unknown>): Binding[] {
  return Object.keys(values).map((key) => ({
    key,
    get: () => values[key],
    set: (value) => {
      values[key] = value;
    },
  }));
}

/** A recorder of some values, and the parts that it has given so far. */
export class Recorded {
  readonly recorder: Recorder;
  readonly parts = new Map<string, string>();
  readonly bindings: Binding[];
  readonly classes: Classes;
  /** Of the last pass. */
  changes!: Changes;

  constructor(values: Record<string, unknown>, classes = showClasses(), options?: RecorderOptions) {
    this.classes = classes;
    this.recorder = new Recorder(classes, options);
    this.bindings = toBindings(values);
    this.pass();
  }

  /** The names of the parts that a pass has put, and those that it has dropped with a `-`. */
  pass(bindings = this.bindings): string[] {
    const pass = this.recorder.pass(bindings);
    let step = pass.next();
    while (step.done !== true) step = pass.next();
    this.changes = step.value;
    for (const [name, text] of step.value.put) this.parts.set(name, text);
    for (const name of step.value.drop) this.parts.delete(name);
    return [...step.value.put.keys(), ...step.value.drop.map((name) => `-${name}`)].sort();
  }

  revive(classes = this.classes): Revived {
    return revive(parseParts(this.parts), classes);
  }

  /** The values as they come back, all of them without fault. */
  values(): Record<string, unknown> {
    const { values, faults } = this.revive();
    deepStrictEqual(faults, []);
    return Object.fromEntries(values);
  }
}

/** A value after it was written and read, as one of an entry. */
export function throughText<T>(value: T, classes?: Classes): T {
  const { entry } = new Recorded({ entry: new Map([['it', value]]) }, classes).values();
  return (entry as Map<string, T>).get('it') as T;
}

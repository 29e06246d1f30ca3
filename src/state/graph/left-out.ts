import { types } from 'node:util';
import { isAdoptable } from '../../session/adoptable.ts';
import type { AppClasses } from './classes.ts';
import { describeClass, tagOf } from './kinds.ts';

interface Found {
  path: string;
  value: unknown;
}

/**
 * Finds the objects of the app's own classes that a binding reaches through fields and that are not kept, such as
 * one that extends a class of a package: `storage.ts#storage.sessionStore (OwnStore)`. The new code makes them, and
 * their content is lost. A memory store that is adopted is none of them.
 */
export function findLeftOut(key: string, root: unknown, classes: AppClasses): string[] {
  const names: string[] = [];
  const seen = new Set<unknown>();
  const rest: Found[] = [{ path: key, value: root }];
  for (let one = rest.pop(); one !== undefined; one = rest.pop()) {
    const { path, value } = one;
    if (typeof value !== 'object' || value === null || seen.has(value)) continue;
    seen.add(value);
    const tag = tagOf(value, classes, true);
    if (tag === 'O' || tag === 'N') rest.push(...fieldsOf(value, path, classes));
    else if (tag === undefined && isOfApp(value, classes) && !isAdoptable(value)) {
      names.push(`${path} (${describeClass(value)})`);
    }
  }
  return names;
}

function isOfApp(value: object, classes: AppClasses): boolean {
  if (types.isProxy(value)) return false;
  return classes.baseOf(Object.getPrototypeOf(value) as object) !== undefined;
}

function fieldsOf(object: object, path: string, classes: AppClasses): Found[] {
  const fields = Object.entries(Object.getOwnPropertyDescriptors(object)).map(
    ([name, { value }]): Found => ({ path: `${path}.${name}`, value }),
  );
  const hidden = classes
    .privatesOf(object)
    .flatMap(({ names, read }) =>
      read(object).map((value, index): Found => ({ path: `${path}.${names[index]}`, value })),
    );
  return [...fields, ...hidden];
}

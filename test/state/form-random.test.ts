import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Recorded, showClasses } from '../support/form.ts';
import {
  build as buildOf,
  expectSame,
  fill,
  Point,
  recipe,
  structure,
  type Recipe,
} from '../support/random-structures.ts';

const classes = showClasses({ Point });
// Stacks are looked up in source maps here.
Error.stackTraceLimit = 0;

const build = (recipes: Recipe[]): unknown[] => buildOf(recipes, Point);

describe('random structures', () => {
  it('come back as they were, with what they share', () => {
    fc.assert(
      fc.property(structure, (recipes) => {
        const [first, second, ...rest] = build(recipes);
        const values = {
          'a#first': first,
          'a#second': second,
          'b#rest': new Map([['rest', rest]]),
        };
        expectSame(new Recorded(values, classes).values(), values);
      }),
      { numRuns: 2000 },
    );
  });

  it('give after changes, by what has changed, what they give as a whole', () => {
    const changes = fc.array(fc.tuple(fc.nat(), recipe), { maxLength: 6 });
    fc.assert(
      fc.property(
        structure,
        changes,
        fc.boolean(),
        fc.boolean(),
        (recipes, all, isLarge, isMixed) => {
          const objects = build(recipes);
          const list = Array.from({ length: isLarge ? 300 : 0 }, (_, i): unknown => ({
            i,
            in: objects[i],
          }));
          const values: Record<string, unknown> = {
            'a#it': objects[0],
            'b#list': list,
            'c#set': new Set(objects),
          };
          const recorded = new Recorded(values, classes);
          for (const [at, change] of all) {
            const target = objects[at % objects.length] as object;
            if (target instanceof Map || target instanceof Set) target.clear();
            if (Array.isArray(target)) target.length = 0;
            const { kind } = recipes[at % objects.length] as Recipe;
            // Some of them have what cannot be kept, for a while.
            const isHandle = isMixed && at % 2 === 0;
            const primitives = isHandle
              ? Array.from({ length: 4 }, () => handle)
              : change.primitives;
            fill(target, { ...change, kind, primitives }, objects);
            if (at % 3 === 0) list.splice(at % (list.length + 1), 1);
            if (at % 3 === 1) list.splice(at % (list.length + 1), 0, target);
            if (at % 5 === 0) values['a#it'] = target;
            recorded.pass();
            expect(recorded.pass()).toEqual([]);
            const whole = new Recorded(values, classes);
            expectSame(toComparable(recorded), toComparable(whole));
            if (!isMixed) expectSame(recorded.values(), values);
          }
          // A graph that is put back can be written, too.
          const again = new Recorded(recorded.values(), classes);
          expectSame(again.values(), recorded.values());
        },
      ),
      { numRuns: 300 },
    );
  });
});

function handle(): void {
  // Nothing that could be kept.
}

/** How many there are, in all bindings: an entry is counted where it is defined. */
function count(counts: Map<string, Map<string, number>>): number {
  return [...counts.values()].flatMap((of) => [...of.values()]).reduce((sum, n) => sum + n, 0);
}

/** All that is put back, and what is said of the rest. */
function toComparable(recorded: Recorded): unknown[] {
  const { values, facts } = recorded.revive();
  const { leftOut, passedOver } = recorded.changes;
  const sorted = [...values].sort(([a], [b]) => (a < b ? -1 : 1));
  return [sorted, facts.size, count(leftOut), count(passedOver)];
}

import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { App, HOSTS } from './hosts.ts';

const KINDS = ['Map', 'Set', 'Array', 'fields', 'Item'] as const;

type Node = Map<unknown, unknown> | Set<unknown> | unknown[] | Record<string, unknown>;

interface Plan {
  /** The first ones are what the bindings hold. */
  kinds: (typeof KINDS)[number][];
  edges: { from: number; to: number; name: string; isKey: boolean }[];
}

const plans: fc.Arbitrary<Plan> = fc.record({
  kinds: fc.array(fc.constantFrom(...KINDS), { minLength: 3, maxLength: 12 }),
  edges: fc.array(
    fc.record({
      from: fc.nat(11),
      to: fc.nat(16),
      name: fc.constantFrom('a', 'b', 'c', '__proto__', '~id'),
      isKey: fc.boolean(),
    }),
    { maxLength: 30 },
  ),
});

const ROOTS = 3;

function createItemClass() {
  return class Item {
    get isItem(): boolean {
      return true;
    }
  };
}

function createNode(kind: Plan['kinds'][number], Item: ReturnType<typeof createItemClass>): Node {
  if (kind === 'Map') return new Map();
  if (kind === 'Set') return new Set();
  if (kind === 'Array') return [];
  return kind === 'fields' ? {} : (new Item() as unknown as Record<string, unknown>);
}

/** Makes the same data as often as it is called. */
function fill({ kinds, edges }: Plan, nodes: Node[]): void {
  for (const { from, to, name, isKey } of edges) {
    const node = nodes[from % kinds.length] as Node;
    const value = to < kinds.length ? nodes[to] : to;
    if (node instanceof Map) node.set(isKey ? value : name, isKey ? name : value);
    else if (node instanceof Set) node.add(value);
    else if (Array.isArray(node)) node.push(value);
    else {
      const field = { value, writable: true, enumerable: true, configurable: true };
      Object.defineProperty(node, name, field);
    }
  }
}

/** What code may do that fills its data late. */
function disturb(roots: Node[], late: number[]): void {
  const rest: unknown[] = [...roots];
  for (const way of late) {
    const node = rest.shift();
    if (node instanceof Map) {
      if (way === 0) node.clear();
      else node.set(way === 1 ? 'a' : 'late', [way]);
    } else if (node instanceof Set) {
      if (way === 0) node.clear();
      else node.add(way);
    } else if (Array.isArray(node)) {
      if (way === 0) node.length = 0;
      else node.unshift({ way });
    } else if (typeof node === 'object' && node !== null) {
      for (const [name, value] of Object.entries(node)) {
        rest.push(value);
        const now = [5, 'text', new Map(), null][way];
        if (way === 0) Reflect.deleteProperty(node, name);
        else Object.defineProperty(node, name, { value: now });
      }
    }
  }
}

/** Whether two graphs have the same form: what is one object in one of them is one in the other. */
function isAlike(one: unknown, other: unknown): boolean {
  const known = new Map<unknown, unknown>();
  const taken = new Set<unknown>();
  const rest: [unknown, unknown][] = [[one, other]];
  for (let pair = rest.pop(); pair; pair = rest.pop()) {
    const [a, b] = pair;
    if (typeof a !== 'object' || a === null) {
      if (!Object.is(a, b)) return false;
      continue;
    }
    if (known.has(a)) {
      if (known.get(a) !== b) return false;
      continue;
    }
    if (typeof b !== 'object' || b === null || taken.has(b)) return false;
    known.set(a, b);
    taken.add(b);
    if (nameOf(a) !== nameOf(b)) return false;
    const [inA, inB] = [contentOf(a), contentOf(b)];
    if (inA.length !== inB.length) return false;
    for (const [i, value] of inA.entries()) rest.push([value, inB[i]]);
  }
  return true;
}

function nameOf(object: object): string {
  return (Object.getPrototypeOf(object) as object).constructor.name;
}

function contentOf(object: object): unknown[] {
  if (object instanceof Map) return [...object].flat();
  if (object instanceof Set) return [...object];
  return Object.entries(Object.getOwnPropertyDescriptors(object)).flatMap(([name, { value }]) => [
    name,
    value as unknown,
  ]);
}

describe.each(HOSTS)('any graph after %s', (_, next) => {
  it('is the same again, twice', () => {
    const property = fc.property(
      plans,
      fc.boolean(),
      fc.array(fc.nat(3)),
      (plan, isSplit, late) => {
        let Item = createItemClass();
        const rest = plan.kinds.slice(ROOTS);
        const evaluate = (app: App): Node[] => {
          Item = createItemClass();
          app.keeper.module('/app/item.ts', {}, { Item: () => Item });
          const roots = plan.kinds.slice(0, ROOTS).map((kind) => createNode(kind, Item));
          const bindings = roots.map((root, i) => [`root${i}`, { get: () => root }] as const);
          if (!isSplit) app.keeper.module('/app/a.ts', Object.fromEntries(bindings));
          else
            for (const one of bindings)
              app.keeper.module(`/app/${one[0]}.ts`, Object.fromEntries([one]));
          return roots;
        };
        const keep = ['a.ts', 'root0.ts', 'root1.ts', 'root2.ts'];
        const first = new App({ keep });
        let app = first;
        const roots = evaluate(app);
        app.keeper.atFirstRequest();
        fill(plan, [...roots, ...rest.map((kind) => createNode(kind, Item))]);
        const expected = plan.kinds.map((kind) => createNode(kind, Item));
        fill(plan, expected);
        for (let i = 0; i < 2; i++) {
          app = next(app);
          const now = evaluate(app);
          expect(isAlike(expected.slice(0, ROOTS), now)).toBe(true);
          if (app !== first) disturb(now, late);
          app.keeper.atFirstRequest();
          expect(isAlike(expected.slice(0, ROOTS), now)).toBe(true);
        }
        expect(app.said).toEqual([]);
      },
    );
    fc.assert(property, { numRuns: 200 });
  });
});

import { afterAll, describe, expect, expectTypeOf, it, vi } from 'vitest';
import { z } from 'zod';
import {
  preserve,
  preserveIn,
  type PreserveOptions,
  openPreservedState,
  preserved,
  type PreservedState,
} from '../../src/state/preserve.ts';

interface User {
  name: string;
  age: number;
}

type Registered = Parameters<PreservedState['register']>;

/** One run after another: what the state of the last one has recorded, and what it has set aside. */
function createRuns(records: Record<string, { value: unknown }> = {}) {
  const aside: string[] = [];
  let registered: Registered[] = [];
  const open = vi.fn<() => PreservedState>(() => ({
    register(...args) {
      const [{ key, get }, { check }] = args;
      registered.push(args);
      const record = records[key];
      if (!record || registered.filter(([binding]) => binding.key === key).length > 1) return {};
      try {
        check?.(record.value);
        fill(get() as object, structuredClone(record.value) as object);
      } catch (error) {
        aside.push(`${key}: ${(error as Error).message}`);
        return { refused: error };
      }
      return {};
    },
  }));
  const restart = (): void => {
    for (const [{ key, get }] of registered) records[key] = { value: structuredClone(get()) };
    registered = [];
    preserved.clear();
  };
  const keep = <T extends object>(key: string, create: () => T, options?: PreserveOptions<T>): T =>
    preserveIn(open, key, create, options);
  return { keep, restart, aside, open, last: () => registered.at(-1) as Registered };
}

function fill(into: object, from: object): void {
  if (into instanceof Map && from instanceof Map) {
    into.clear();
    for (const [key, value] of from) into.set(key, value);
  } else Object.assign(into, from);
}

/** Users that the last run has left, and what the code that comes next has. */
function afterRun(
  options: PreserveOptions<Map<string, User>>,
  value: unknown = new Map([['ann@example.com', { name: 'Ann', age: '36' }]]),
) {
  const runs = createRuns({ 'preserve:users': { value } });
  preserved.clear();
  const users = runs.keep(
    'users',
    () => new Map<string, User>([['new', { name: 'New', age: 1 }]]),
    options,
  );
  return { users: [...users], aside: runs.aside };
}

const NEW = [['new', { name: 'New', age: 1 }]];
const userSchema = z.map(z.string(), z.object({ name: z.string(), age: z.number() }));

const said = vi.spyOn(process.stderr, 'write').mockReturnValue(true);

afterAll(() => said.mockRestore());

describe('preserve', () => {
  it('has the type of what create makes', () => {
    class Store {
      users = new Map<string, User>();
    }
    const options = { classes: [Store], schema: z.instanceof(Store) };
    // Only its types are looked at: nothing is to be kept of the memory of this process.
    const calls = () => {
      const create = () => new Map<string, User>();
      expectTypeOf(preserve('users', create)).toEqualTypeOf<Map<string, User>>();
      expectTypeOf(preserve('list', (): User[] => [])).toEqualTypeOf<User[]>();
      expectTypeOf(preserve('store', () => new Store(), options)).toEqualTypeOf<Store>();
      preserve('users', create, { schema: userSchema });
      // @ts-expect-error a primitive cannot be changed in its place
      preserve('count', () => 0);
      // @ts-expect-error a schema of something else
      preserve('users', create, { schema: z.array(z.string()) });
    };
    expect(calls).toBeTypeOf('function');
  });

  it('is one object in a process, with the fields that newer code has', () => {
    const { keep } = createRuns();
    const older = keep<object>('settings', () => ({
      theme: 'dark',
      limits: { users: 1 },
      list: [1],
    }));
    const newer = keep<object>('settings', () => ({
      theme: 'light',
      limits: { rooms: 2 },
      list: [2],
      on: true,
    }));
    expect(newer).toBe(older);
    expect(newer).toEqual({ theme: 'dark', limits: { users: 1, rooms: 2 }, list: [1], on: true });
    const map = keep('map', () => new Map([['a', 1]]));
    expect(keep('map', () => new Map([['b', 2]]))).toBe(map);
    expect([...map]).toEqual([['a', 1]]);
  });

  it('is a new object where its class was evaluated anew', () => {
    const { keep, last } = createRuns();
    const evaluate = () => {
      class Store {
        users = new Map<string, User>();
      }
      return { Store, store: keep('store', () => new Store(), { classes: [Store] }) };
    };
    evaluate();
    const second = evaluate();
    expect(second.store).toBeInstanceOf(second.Store);
    expect(last()[0].get()).toBe(second.store);
    expect(last()[1].classes).toEqual([second.Store]);
  });

  it('takes back what fits its schema, once', () => {
    const value = new Map([['ann@example.com', { name: 'Ann', age: 36 }]]);
    const { users, aside } = afterRun({ schema: userSchema }, value);
    expect([users, aside]).toEqual([[...value], []].map((one) => [...one]));
    const { keep, last } = createRuns({ 'preserve:list': { value: [1] } });
    const list = keep('list', () => [] as number[]);
    expect(keep('list', () => [] as number[])).toBe(list);
    expect(last()[1].check).toBeUndefined();
  });

  it.each<[because: string, PreserveOptions<Map<string, User>>, value?: unknown]>([
    ['it does not fit the schema (zod) at [entry].age', { schema: userSchema }],
    [
      'its schema (zod) answers with a promise, and has to answer at once',
      { schema: z.any().refine(() => Promise.resolve(true)) },
    ],
    [
      'its schema (own) has thrown: broken',
      {
        schema: {
          '~standard': {
            version: 1,
            vendor: 'own',
            validate: () => {
              throw new Error('broken');
            },
          },
        },
      },
    ],
    ['it is no object', {}, 5],
  ])('sets a value aside that does not fit: %s', (because, options, value) => {
    expect(afterRun(options, value)).toEqual({ users: NEW, aside: [`preserve:users: ${because}`] });
  });

  it('says where a value does not fit, and nothing of it', () => {
    const value = { list: [{ secret: 'hunter2' }], set: new Set(['x']) };
    const runs = createRuns({ 'preserve:deep': { value } });
    const schema = z.object({
      list: z.array(z.object({ secret: z.number() })),
      set: z.set(z.number()),
    });
    said.mockClear();
    runs.keep('deep', () => ({ list: [{ secret: 1 }], set: new Set<number>() }), { schema });
    expect(runs.aside).toEqual([
      'preserve:deep: it does not fit the schema (zod) at list[0].secret, and 1 more',
    ]);
    expect(said.mock.calls.join('')).toContain(
      "preserve('deep') starts with what create() makes: what the last run has left was not taken back (it does not fit the schema (zod) at list[0].secret, and 1 more). It is set aside: `holdover ls --state` shows it.",
    );
    const top = createRuns({ 'preserve:top': { value: [] } });
    top.keep('top', () => ({}), { schema: z.object({}) });
    expect(top.aside).toEqual(['preserve:top: it does not fit the schema (zod) at its top']);
  });

  it.each([
    ['NODE_ENV', 'production'],
    ['NODE_ENV', 'test'],
    ['SESSION_TYPE', 'memory'],
    ['NODE_TEST_CONTEXT', 'child-v8'],
  ])('is plain memory with %s=%s', (name, value) => {
    vi.stubEnv(name, value);
    expect(openPreservedState()).toBeUndefined();
    vi.unstubAllEnvs();
  });

  it('refuses a key and an object that cannot be used', () => {
    const { keep, open } = createRuns();
    for (const key of ['', 'a~1', 5 as never])
      expect(() => keep(key, () => ({}))).toThrow(/key of preserve\(\) is a text/);
    const later = (): object => Promise.reject(new Error('later'));
    expect(() => keep('later', later)).toThrow('has to answer at once');
    expect(() => keep('count', () => 0 as never)).toThrow("preserve('count') needs an object");
    const fail = (): object => {
      throw new Error('own');
    };
    expect(() => keep('own', fail)).toThrow('own');
    expect(open).not.toHaveBeenCalled();
  });
});

import { afterAll, describe, expect, expectTypeOf, it, vi } from 'vitest';
import { z } from 'zod';
import { preserve, preserveIn, type PreserveOptions } from '../../src/state/preserve.ts';
import { openPreservedState } from '../../src/state/preserved/open-state.ts';
import { preserved } from '../../src/state/preserved/objects.ts';
import type { PreservedState } from '../../src/state/preserved/state.ts';

interface User {
  name: string;
  age: number;
}

type Registered = Parameters<PreservedState['register']>;

/** One run after another: what the state of the last one has recorded, and what it has set aside. */
function createRuns(records: Record<string, { value: unknown; version: number | undefined }> = {}) {
  const aside: string[] = [];
  let registered: Registered[] = [];
  const open = vi.fn<(isDurable: boolean) => PreservedState>(() => ({
    register(...args) {
      const [{ key, get }, { prepare }] = args;
      registered.push(args);
      const record = records[key];
      if (!record || registered.filter(([binding]) => binding.key === key).length > 1) return {};
      try {
        fill(get() as object, prepare?.(structuredClone(record.value), record.version) as object);
      } catch (error) {
        aside.push(`${key}: ${(error as Error).message}`);
        return { refused: error };
      }
      return {};
    },
  }));
  const restart = (): void => {
    for (const [{ key, get }, { version }] of registered)
      records[key] = { value: structuredClone(get()), version };
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

/** A record of users by some version, and what the code that comes next has. */
function afterVersion(version: number, options: PreserveOptions<Map<string, User>>) {
  const value = new Map([['ann@example.com', { name: 'Ann', age: '36' }]]);
  const runs = createRuns({ 'preserve:users': { value, version } });
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
    const options = { classes: [Store], version: 2, schema: z.instanceof(Store), durable: false };
    // Only its types are looked at: nothing is to be kept of the memory of this process.
    const calls = () => {
      const create = () => new Map<string, User>();
      expectTypeOf(preserve('users', create)).toEqualTypeOf<Map<string, User>>();
      expectTypeOf(preserve('list', (): User[] => [])).toEqualTypeOf<User[]>();
      expectTypeOf(preserve('store', () => new Store(), options)).toEqualTypeOf<Store>();
      preserve('users', create, {
        schema: userSchema,
        version: 3,
        migrate: (old, from) => new Map<string, User>(from === 1 ? old : [...old]),
      });
      preserve('users', create, {
        migrate: (old: Map<string, string>) =>
          new Map<string, User>([...old].map(([key, name]) => [key, { name, age: 0 }])),
      });
      // @ts-expect-error a primitive cannot be changed in its place
      preserve('count', () => 0);
      // @ts-expect-error a schema of something else
      preserve('users', create, { schema: z.array(z.string()) });
      // @ts-expect-error migrate makes something else
      preserve('users', create, { migrate: () => [] });
    };
    expect(calls).toBeTypeOf('function');
  });

  it('has what the last run left, in what the new code has made', () => {
    const { keep, restart, last } = createRuns();
    const before = keep('users', () => new Map<string, User>());
    before.set('ann', { name: 'Ann', age: 36 });
    restart();
    const after = keep('users', () => new Map<string, User>([['seed', { name: 'S', age: 0 }]]));
    expect(after).not.toBe(before);
    expect([...after]).toEqual([['ann', { name: 'Ann', age: 36 }]]);
    expect(last()).toMatchObject([{ key: 'preserve:users' }, { version: undefined, classes: [] }]);
    expect(last()[0].get()).toBe(after);
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

  it('is a new object for code of another version, which can migrate the former', () => {
    const { keep, last } = createRuns();
    const older = keep('list', () => ['1']);
    const newer = keep<unknown[]>('list', () => [], {
      version: 1,
      migrate: (old) => old.map(Number),
    });
    expect(newer).not.toBe(older);
    expect(last()[1].prepare?.(older, 0)).toEqual([1]);
    expect(keep('list', () => [], { version: 1 })).toBe(newer);
    expect(last()[1].prepare).toBeUndefined();
  });

  it('takes what is left as it is where no version is said', () => {
    const { users, aside } = afterVersion(7, {});
    expect([users, aside]).toEqual([[['ann@example.com', { name: 'Ann', age: '36' }]], []]);
    const { keep } = createRuns({ 'preserve:list': { value: [1], version: 7 } });
    const list = keep('list', () => [] as number[]);
    expect(keep('list', () => [] as number[], { version: 7 })).toBe(list);
    expect(keep('list', () => [] as number[])).toBe(list);
    expect(keep('list', () => [] as number[], { version: 8 })).not.toBe(list);
  });

  it('takes what fits its schema', () => {
    const { users, aside } = afterVersion(1, {
      version: 2,
      schema: userSchema,
      migrate: (old: Map<string, { name: string; age: string }>, from) =>
        new Map([...old].map(([key, { name, age }]) => [key, { name, age: Number(age) + from }])),
    });
    expect(users).toEqual([['ann@example.com', { name: 'Ann', age: 37 }]]);
    expect(aside).toEqual([]);
  });

  it.each<[because: string, PreserveOptions<Map<string, User>>]>([
    ['it does not fit the schema (zod) at [entry].age', { version: 1, schema: userSchema }],
    ['it is of version 1, and the code of version 0', { version: 0 }],
    ['it is of version 1, and there is no migrate() to version 2', { version: 2 }],
    [
      'migrate() has thrown: no idea',
      {
        version: 2,
        migrate: () => {
          throw new Error('no idea');
        },
      },
    ],
    [
      'migrate() has answered with a promise, and has to answer at once',
      { version: 2, migrate: (old) => Promise.reject(new Error(old)) as never },
    ],
    [
      'its schema (zod) answers with a promise, and has to answer at once',
      { version: 1, schema: z.any().refine(() => Promise.resolve(true)) },
    ],
    [
      'its schema (own) has thrown: broken',
      {
        version: 1,
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
    ['it is no object', { version: 2, migrate: () => 5 as never }],
  ])('leaves what does not fit aside: %s', (because, options) => {
    expect(afterVersion(1, options)).toEqual({ users: NEW, aside: [`preserve:users: ${because}`] });
  });

  it('says where a value does not fit, and nothing of it', () => {
    const value = { list: [{ secret: 'hunter2' }], set: new Set(['x']) };
    const runs = createRuns({ 'preserve:deep': { value, version: 0 } });
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
    const top = createRuns({ 'preserve:top': { value: [], version: 0 } });
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
    expect(openPreservedState(false)).toBeUndefined();
    vi.unstubAllEnvs();
  });

  it('refuses a key, a version and an object that cannot be used', () => {
    const { keep, open } = createRuns();
    for (const key of ['', 'a~1', 5 as never])
      expect(() => keep(key, () => ({}))).toThrow(/key of preserve\(\) is a text/);
    for (const version of [-1, 1.5, NaN])
      expect(() => keep('v', () => ({}), { version })).toThrow('whole number from 0 on');
    const later = (): object => Promise.reject(new Error('later'));
    expect(() => keep('later', later)).toThrow('has to answer at once');
    expect(() => keep('count', () => 0 as never)).toThrow("preserve('count') needs an object");
    const fail = (): object => {
      throw new Error('own');
    };
    expect(() => keep('own', fail)).toThrow('own');
    expect(open).not.toHaveBeenCalled();
    keep('durable', () => ({}), { durable: true });
    expect(open).toHaveBeenLastCalledWith(true);
  });
});

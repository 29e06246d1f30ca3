import { deepStrictEqual } from 'node:assert';
import { Socket } from 'node:net';
import { describe, expect, it } from 'vitest';
import { parseParts } from '../../src/state/form/parse.ts';
import { revive } from '../../src/state/form/revive.ts';
import { Recorded, showClasses } from '../support/form.ts';

class Room {
  #secret = 1;
  name = 'main';
  read(): number {
    return this.#secret;
  }
}
class Handler {
  handle = (): void => undefined;
}
class Hidden {
  a = 1;
}
class Users extends Map {}

const getter = (): object =>
  Object.defineProperty({}, 'lazy', {
    enumerable: true,
    get: () => {
      throw new Error('was called');
    },
  });
const proxy = new Proxy(
  {},
  {
    get: () => {
      throw new Error('was asked');
    },
    ownKeys: () => {
      throw new Error('was asked');
    },
    getPrototypeOf: () => {
      throw new Error('was asked');
    },
  },
);

describe('what cannot be kept', () => {
  const classes = showClasses({ Room, Handler, Users });

  it.each<[string, () => unknown, string]>([
    ['a function', () => () => undefined, 'function'],
    ['a class', () => Room, 'function'],
    ['a symbol', () => Symbol('own'), 'symbol'],
    ['a Promise', () => Promise.resolve(), 'Promise'],
    ['a WeakMap', () => new WeakMap(), 'WeakMap'],
    ['a WeakRef', () => new WeakRef({}), 'WeakRef'],
    ['a timer', () => setTimeout(() => undefined, 0).unref(), 'Timeout'],
    ['a socket', () => new Socket(), 'Socket'],
    ['a Proxy', () => proxy, 'Proxy'],
    ['a generator', () => (function* () {})(), 'Generator'],
    ['shared memory', () => new Uint8Array(new SharedArrayBuffer(1)), 'Uint8Array'],
    ['a getter', () => getter(), 'getter'],
    ['a key that is a symbol', () => ({ [Symbol('own')]: 1 }), 'symbol key'],
    ['a key that is a symbol with a key', () => ({ [Symbol.for('it')]: 1 }), 'symbol key'],
    ['a field that is hidden', () => Object.defineProperty({}, 'x', { value: 1 }), 'hidden field'],
    ['a Map with a field', () => Object.assign(new Map(), { a: 1 }), 'Map'],
    ['a Date with a field', () => Object.assign(new Date(0), { a: 1 }), 'Date'],
    ['what inherits from an object', () => Object.create({ a: 1 }), 'Object'],
    ['an instance of a class that was not shown', () => new Hidden(), 'Hidden'],
    ['an instance with private fields', () => new Room(), 'Room'],
    ['an instance with a function of its own', () => new Handler(), 'function'],
    ['an instance of what extends a builtin', () => new Users(), 'Users'],
    ['what only looks like a URL', () => Object.create(URL.prototype), 'URL'],
  ])('is %s', (_, make, name) => {
    const fine = { a: 1 };
    const entries = new Map<unknown, unknown>([
      ['bad', { deep: [make()] }],
      ['fine', fine],
      [make(), 1],
    ]);
    const values = {
      'a#entries': entries,
      'a#list': [fine, { handle: make() }, fine],
      'a#rooms': new Map([['main', { members: new Set([make(), 'x']) }]]),
      'a#object': { fine, nested: { handle: make() } },
    };
    const recorded = new Recorded(values, classes);
    const back = recorded.values() as typeof values;
    deepStrictEqual(back['a#entries'], new Map([['fine', fine]]));
    deepStrictEqual(back['a#list'], [fine, fine]);
    deepStrictEqual(back['a#rooms'].get('main')?.members, new Set(['x']));
    const { leftOut, passedOver } = recorded.changes;
    expect([...leftOut].map(([key, counts]) => [key, ...counts])).toEqual([
      ['a#entries', [name, 2]],
      ['a#list', [name, 1]],
      ['a#rooms', [name, 1]],
    ]);
    expect(back['a#object'].fine).toBe(back['a#entries'].get('fine'));
    // What the code makes has its fields put back, but for those that cannot be.
    expect(passedOver.has('a#object')).toBe(!name.startsWith('Us') && name !== 'Map');
    if (name === 'Socket') expect(back['a#object'].nested).toEqual({});
    expect(recorded.pass()).toEqual([]);
    expect(recorded.recorder.changed(recorded.bindings[0]!)).toBe(false);
  });

  it('is left out until it is gone, and then kept', () => {
    const entry = { name: 'main', timer: (() => undefined) as (() => void) | undefined };
    const others = fillWith(entry);
    const values = { 'a#rooms': new Map([['main', entry]]), 'a#others': others };
    const recorded = new Recorded(values);
    expect(recorded.values()).toEqual({ 'a#rooms': new Map(), 'a#others': new Map() });
    expect(recorded.changes.leftOut.get('a#others')).toEqual(new Map([['function', 300]]));
    entry.timer = undefined;
    expect(recorded.pass()).toEqual(['a#others~0', 'a#others~1', 'a#rooms']);
    deepStrictEqual(recorded.values(), values);
    expect(recorded.changes.leftOut.size).toBe(0);
    entry.timer = () => undefined;
    recorded.pass();
    expect(recorded.values()).toEqual({ 'a#rooms': new Map(), 'a#others': new Map() });
  });

  it('does not take with it what others have, too', () => {
    const shared = { id: 1 };
    const values = {
      'a#first': [{ shared, socket: () => undefined }],
      'a#second': [{ shared }, { shared }],
    };
    const back = new Recorded(values).values() as typeof values;
    expect(back['a#first']).toEqual([]);
    expect(back['a#second']).toEqual([{ shared }, { shared }]);
    expect(back['a#second'][0]?.shared).toBe(back['a#second'][1]?.shared);
  });

  it('may stand in what an entry refers to, where the code makes it', () => {
    const store = { server: () => undefined, users: new Map<string, unknown>() };
    store.users.set('ada', { store });
    const recorded = new Recorded({ 'a#users': new Map([['eve', { store }]]), 'b#store': store });
    expect(recorded.changes.leftOut.size).toBe(0);
    const { values, facts } = recorded.revive();
    const back = values.get('b#store') as typeof store;
    expect((values.get('a#users') as Map<string, { store: unknown }>).get('eve')?.store).toBe(back);
    expect(facts.get(back)).toMatchObject({ passedOver: ['server'], isWhole: false });
  });

  it('stays with an object that one binding hands over to another', () => {
    const shared = { server: () => undefined };
    const first: Record<string, unknown> = { shared };
    const values = { 'a#first': first, 'b#second': { shared }, 'c#list': [] as unknown[] };
    const recorded = new Recorded(values);
    delete first['shared'];
    values['c#list'].push({ shared });
    recorded.pass();
    const back = recorded.revive().values as Map<string, never>;
    const { shared: moved } = back.get('b#second') as unknown as { shared: object };
    expect(back.get('c#list')).toEqual([{ shared: {} }]);
    expect((back.get('c#list') as unknown as { shared: object }[])[0]?.shared).toBe(moved);
  });

  it('becomes data, and data becomes it', () => {
    const values: Record<string, unknown> = {
      'a#it': () => undefined,
      'a#object': { field: () => undefined },
    };
    const recorded = new Recorded(values);
    expect([...recorded.parts.keys()]).toEqual(['a#object']);
    values['a#it'] = { a: 1 };
    (values['a#object'] as { field: unknown }).field = [1];
    expect(recorded.pass()).toEqual(['a#it', 'a#object']);
    deepStrictEqual(recorded.values(), values);
    values['a#it'] = () => undefined;
    expect(recorded.pass()).toEqual(['-a#it']);
  });

  it('is a primitive that no code can set', () => {
    const recorded = new Recorded({});
    expect(recorded.pass([{ key: 'a#port', get: () => 3000 }])).toEqual([]);
    expect(recorded.pass([{ key: 'a#count', get: () => 3000, set: () => undefined }])).toEqual([
      'a#count',
    ]);
  });

  it('is what is not there as yet', () => {
    const late = {
      key: 'a#late',
      get: (): unknown => {
        throw new ReferenceError('not yet');
      },
    };
    const recorded = new Recorded({});
    expect(recorded.pass([late])).toEqual([]);
    late.get = () => [1];
    expect(recorded.pass([late])).toEqual(['a#late']);
  });
});

function fillWith(entry: unknown): Map<number, unknown> {
  return new Map(Array.from({ length: 300 }, (_, id) => [id, { id, entry }]));
}

describe('damage', () => {
  const shared = { id: 1 };
  const users = new Map<string, unknown>(
    Array.from({ length: 600 }, (_, id) => [`k${id}`, { id }]),
  );
  users.set('k300', { shared });
  const values = {
    'a#users': users,
    'b#rooms': new Map<string, unknown>([
      ['main', { in: [shared] }],
      ['side', { id: 2 }],
    ]),
    'c#list': [{ again: shared }, 1],
    'd#app': { shared: { shared }, kept: 1 },
  };
  const whole = new Recorded(values).parts;

  /** What comes back when some parts have other texts; `undefined` for none. */
  function reviveWith(changed: Record<string, string | undefined>): ReturnType<typeof revive> {
    const parts = new Map(whole);
    for (const [name, text] of Object.entries(changed)) {
      if (text === undefined) parts.delete(name);
      else parts.set(name, text);
    }
    return revive(parseParts(parts), showClasses());
  }

  it.each([
    ['torn', '{"form":1,"ent', 'It is damaged.'],
    ['empty', '', 'It is damaged.'],
    ['something else', '[1]', 'It is damaged.'],
    ['null', 'null', 'It is damaged.'],
    ['nothing', '{"form":1}', 'It is damaged.'],
    [
      'of another version',
      '{"form":2,"entries":[]}',
      'It was written by another version of holdover.',
    ],
  ])('of a part that is %s costs its entries', (_, text, reason) => {
    const { values: back, faults } = reviveWith({ 'a#users~0': text });
    expect(faults).toContainEqual({ part: 'a#users~0', reason });
    expect((back.get('a#users') as typeof users).size).toBe(344);
    deepStrictEqual(back.get('c#list'), values['c#list']);
  });

  it('of what others refer to costs the entries that do', () => {
    // Where bindings reach the object by fields, it is written.
    const { values: back, faults } = reviveWith({ 'd#app': 'x', 'a#users~2': undefined });
    expect(faults.map(({ part }) => part).sort()).toEqual(
      ['a#users~1', 'a#users~2', 'a#users~2', 'b#rooms', 'c#list', 'd#app'].filter(
        (name, i, all) => name !== all[i - 1],
      ),
    );
    expect((back.get('a#users') as typeof users).size).toBe(511);
    deepStrictEqual(back.get('b#rooms'), new Map([['side', { id: 2 }]]));
    deepStrictEqual(back.get('c#list'), [1]);
  });

  it('of a field costs the field', () => {
    const { values: back, facts } = reviveWith({
      'e#app':
        '{"form":1,"value":{"a":{"~ref":"none"},"b":{"c":{"~Date":"x"},"d":[{"~ref":"none"},1]},"e":1}}',
    });
    const app = back.get('e#app') as { b: object };
    expect(app).toEqual({ b: { d: [1] }, e: 1 });
    expect(facts.get(app)).toMatchObject({ passedOver: ['a'], isWhole: false });
    expect(facts.get(app.b)).toMatchObject({ passedOver: ['c'], isWhole: false });
  });

  it('costs all that leads to it, and nothing else', () => {
    const { values: back } = reviveWith({
      'e#app':
        '{"form":1,"value":{"a":[{"~id":"1","b":{"~ref":"2"}},{"~id":"2","c":[{"~ref":"1"},{"~ref":"none"}]},{"d":{"~ref":"1"}},{"e":{"~Map":[["x",{"~ref":"2"}],["y",1]]}}]}}',
    });
    deepStrictEqual(back.get('e#app'), { a: [{ e: new Map([['y', 1]]) }] });
  });

  it.each([
    '{"~Map":1}',
    '{"~Map":{"~cut":1}}',
    '{"~Map":{"~cut":["../x"]}}',
    '{"~Map":[1]}',
    '{"~Set":{}}',
    '{"~Array":"abc"}',
    '{"~of":1}',
    '{"~of":["constructor",{},null,null,[]]}',
    '{"~of":["User"]}',
    '{"~of":[null,{},null,{},[]]}',
    '{"~Error":["Nope/",{},{}]}',
    '{"~view":["Uint8Array",5,5,{"~bytes":["ArrayBuffer","AA=="]}]}',
    '{"~view":["Function",0,0,{}]}',
    '{"~bytes":["Function","AA=="]}',
    '{"~sparse":[-1,{}]}',
    '{"~bigint":"x"}',
    '{"~symbol":["of","prototype"]}',
    '{"~RegExp":"0/zz/("}',
    '{"~URL":"x"}',
    '{"~ref":1}',
    '{"~ref":"toString"}',
    '{"~of":[null,1,null,null,[]]}',
    '{"~of":[null,{},1,null,[]]}',
    '{"~id":"r","~view":["Uint8Array",0,0,{"~ref":"r"}]}',
    '{"~id":"r","~boxed":{"~ref":"r"}}',
    '{"~unknown":1}',
    '{"~":1}',
    '{"~id":1}',
    '{"~boxed":{"~boxed":{"~undefined":0}}}',
    '{"~null":1}',
    '{"~cut":[{}]}',
    `${'['.repeat(50_000)}${']'.repeat(50_000)}`,
    `${'{"a":'.repeat(5000)}1${'}'.repeat(5000)}`,
    `${'{"~Map":[[1,'.repeat(3000)}1${']]}'.repeat(3000)}`,
    '{"__proto__":{"isAdmin":true},"~~__proto__":1}',
    '{"~of":[null,{"__proto__":{"isAdmin":true}},null,null,[]]}',
  ])('cannot do more: %.60s', (text) => {
    for (const value of [
      text,
      `[${text},2]`,
      `{"~Map":[["x",${text}],["y",2]]}`,
      `{"~id":"q","x":${text},"y":2}`,
    ]) {
      const { values: back } = reviveWith({ 'e#app': `{"form":1,"value":${value}}` });
      deepStrictEqual(back.get('c#list'), values['c#list']);
      expect(({} as { isAdmin?: boolean }).isAdmin).toBeUndefined();
      const app = back.get('e#app');
      if (Array.isArray(app) && value !== text) expect(app.at(-1)).toBe(2);
      if (app instanceof Map && value !== text) expect(app.get('y')).toBe(2);
    }
  });

  it('cannot go round in circles', () => {
    const { values: back } = reviveWith({
      'e#app': '{"form":1,"value":{"~cut":[0]}}',
      'e#app~0': '{"form":1,"fields":{"a":{"~cut":[0]},"b":{"~cut":[0]},"c":1}}',
    });
    expect(back.get('e#app')).toEqual({ a: {}, b: {}, c: 1 });
  });

  it('of definitions that are there twice: the first one counts', () => {
    const [first, second] = ['one', 'two'].map(
      (name) => `{"form":1,"value":[{"~id":"q","name":"${name}"}]}`,
    );
    const { values: back } = reviveWith({ 'x#a': first, 'x#b': second });
    const [a, b] = ['x#a', 'x#b'].map((key) => (back.get(key) as unknown[])[0]);
    expect(a).toEqual({ name: 'one' });
    expect(b).toBe(a);
  });
});

import { deepStrictEqual } from 'node:assert';
import { EventEmitter } from 'node:events';
import { describe, expect, it } from 'vitest';
import type { PrivateFields } from '../../src/state/binding.ts';
import { Recorded, showClasses, throughText } from '../support/form.ts';

const sparse = [1, undefined, 3];
delete sparse[1];
const withExtra = Object.assign([1, 2], { total: 3 });
const ownProto = JSON.parse('{"__proto__":{"isAdmin":true},"a":1}') as object;
const visited = /a/g;
visited.lastIndex = 7;
const failed = new RangeError('too far', { cause: new TypeError('no') });
const coded = Object.assign(new Error('not found'), { code: 'ENOENT', errno: -2 });

describe('what is written and read again', () => {
  it.each<[string, unknown]>([
    ['null', null],
    ['undefined', undefined],
    ['a boolean', false],
    ['a number', -12.5e-9],
    ['NaN', Number.NaN],
    ['Infinity', Number.POSITIVE_INFINITY],
    ['-Infinity', Number.NEGATIVE_INFINITY],
    ['-0', -0],
    ['a BigInt', -(2n ** 80n)],
    ['a text', 'é "quoted" \\ \u2028 \0 😀'],
    ['half a pair', '\ud83d'],
    ['a symbol with a key', Symbol.for('a "key"')],
    ['a symbol of JavaScript', Symbol.iterator],
    ['an array', [1, [2, []], 'x']],
    ['an array with undefined', [undefined, null]],
    ['an array with a hole', sparse],
    ['an array with a hole at its end', Object.assign([1], { length: 3 })],
    ['a long array with few elements', Object.assign([], { length: 4_000_000_000, 7: 'x' })],
    ['an array with a field', withExtra],
    ['an object', { a: 1, 'b c': { d: null }, 2: 'two' }],
    ['an object without prototype', Object.assign(Object.create(null), { a: 1 })],
    ['an own __proto__', ownProto],
    ['an own __proto__ without prototype', Object.assign(Object.create(null), ownProto)],
    [
      'keys that begin with ~',
      { '~id': 1, '~ref': 'x', '~~': 2, '~Map': [], '~cut': [0], '~': {} },
    ],
    ['names of Object.prototype', { toString: 1, hasOwnProperty: null, constructor: 'x' }],
    [
      'a Map',
      new Map<unknown, unknown>([
        ['a', 1],
        [{ key: 1 }, new Map()],
        [Number.NaN, -0],
      ]),
    ],
    ['a Set', new Set<unknown>([1, 'a', { b: 1 }, new Set([undefined])])],
    ['a Date', new Date('2026-02-03T04:05:06.789Z')],
    ['a RegExp', /a\/"b/giu],
    ['a RegExp that has been used', visited],
    ['a URL', new URL('https://user:pw@example.org:8080/a?b=c#d')],
    ['a URLSearchParams', new URLSearchParams('a=1&a=2&b=%20')],
    ['a Buffer', Buffer.from([0, 1, 254, 255])],
    ['an empty Buffer', Buffer.alloc(0)],
    ['an ArrayBuffer', new Uint8Array([1, 2, 3]).buffer],
    ['a Uint8Array', new Uint8Array([1, 255])],
    ['a Uint8ClampedArray', new Uint8ClampedArray([1, 255])],
    ['an Int16Array', new Int16Array([-1, 300])],
    ['a Float32Array', new Float32Array([0.5, Number.NaN, -0])],
    ['a BigUint64Array', new BigUint64Array([2n ** 63n])],
    ['a DataView of a part', new DataView(new Uint8Array([1, 2, 3, 4]).buffer, 1, 2)],
    ['an Error', new Error('message')],
    ['an Error with a cause', failed],
    ['an Error with fields', coded],
    ['an AggregateError', new AggregateError([new Error('a'), { b: 1 }], 'both')],
    ['a boxed number', Object(-0)],
    ['a boxed text', Object('text')],
    ['a boxed boolean', Object(false)],
    ['a boxed BigInt', Object(5n)],
    ['a boxed symbol', Object(Symbol.iterator)],
  ])('is %s', (_, value) => {
    deepStrictEqual(throughText(value), value);
    // Where a binding leads to it through fields, too.
    const values = { 'a#it': value, 'a#in': { field: value } };
    deepStrictEqual(new Recorded(values).values(), values);
  });

  it('is a Date that is not valid', () => {
    expect(throughText(new Date(Number.NaN)).getTime()).toBeNaN();
  });

  it('keeps where a RegExp is, and the stack of an error', () => {
    expect(throughText(visited).lastIndex).toBe(7);
    const [error, before] = [throughText(failed), failed];
    expect(error.stack).toBe(before.stack);
    expect((error.cause as Error).stack).toBe((before.cause as Error).stack);
    expect(Object.keys(error)).toEqual([]);
    expect(Object.keys(throughText(coded))).toEqual(['code', 'errno']);
  });

  it('keeps the order of keys and entries', () => {
    const value = { z: 1, a: 2, '~': 3, 10: 4, 9: 5 };
    expect(Object.keys(throughText(value))).toEqual(Object.keys(value));
    const map = new Map([
      [3, 0],
      [1, 0],
      [2, 0],
    ]);
    expect([...throughText(map).keys()]).toEqual([3, 1, 2]);
  });

  it('leaves the prototypes of others as they are', () => {
    throughText(ownProto);
    throughText([ownProto, new Map([['__proto__', { isAdmin: true }]])]);
    expect(({} as { isAdmin?: boolean }).isAdmin).toBeUndefined();
  });

  it('has views that share a buffer', () => {
    const { buffer } = new Uint8Array(16);
    const [bytes, numbers, same] = throughText([
      new Uint8Array(buffer, 4, 8),
      new Float64Array(buffer),
      buffer,
    ]) as [Uint8Array, Float64Array, ArrayBuffer];
    expect(bytes.buffer).toBe(numbers.buffer);
    expect(same).toBe(numbers.buffer);
    expect([bytes.byteOffset, bytes.length]).toEqual([4, 8]);
  });

  it('does not have what others have in the pool of buffers', () => {
    const secret = Buffer.from('secret of somebody else');
    const { buffer, byteOffset } = Buffer.from('mine');
    expect(secret.buffer).toBe(buffer);
    const recorded = new Recorded({ 'a#it': new Uint8Array(buffer, byteOffset, 4) });
    expect([...recorded.parts.values()].join('').length).toBeLessThan(100);
    deepStrictEqual(Buffer.from(recorded.values()['a#it'] as Uint8Array), Buffer.from('mine'));
  });
});

describe('instances of classes', () => {
  class User {
    name = 'Ada';
    since = new Date(0);
    get loud(): string {
      return this.name.toUpperCase();
    }
    set title(_: string) {
      throw new Error('was called');
    }
  }
  class Admin extends User {
    rights = ['all'];
  }
  class NotFound extends RangeError {
    override name = 'NotFound';
    id = 7;
  }
  const classes = showClasses({ User, Admin, NotFound });

  it('get the class of that name, without its constructor', () => {
    let made = 0;
    class Counted {
      id = 1;
      constructor() {
        made++;
      }
    }
    const recorded = new Recorded({ 'a#list': [new Counted()] }, showClasses({ Counted }));
    class Newer {
      id = 2;
      twice(): number {
        return this.id * 2;
      }
    }
    const [counted] = recorded
      .revive(showClasses({ Counted: Newer }))
      .values.get('a#list') as Newer[];
    expect(counted).toBeInstanceOf(Newer);
    expect(counted?.twice()).toBe(2);
    expect(made).toBe(1);
  });

  it('keep their fields, and no setter is called', () => {
    const admin = Object.assign(new Admin(), { extra: new Set([1]) });
    Object.defineProperty(admin, 'title', {
      value: 'own',
      enumerable: true,
      writable: true,
      configurable: true,
    });
    const back = throughText(admin, classes);
    deepStrictEqual(back, admin);
    expect(back.loud).toBe('ADA');
  });

  it('are errors of the app, too', () => {
    const error = throughText(new NotFound('no such user', { cause: 'x' }), classes);
    expect(error).toBeInstanceOf(NotFound);
    expect(error).toMatchObject({ id: 7, message: 'no such user', cause: 'x' });
    deepStrictEqual(error, Object.assign(error));
  });

  it('cost all entries that lead to them, where their class is not there or needs its constructor', () => {
    const user = new User();
    const values = {
      'a#users': new Map([
        ['ada', user],
        ['bob', new Admin()],
      ]),
      'a#rooms': new Map<string, object>([
        ['main', { owner: { user } }],
        ['other', { name: 'x' }],
      ]),
      'b#error': [new NotFound()],
    };
    class Private {
      #secret = 1;
      read(): number {
        return this.#secret;
      }
    }
    const revived = new Recorded(values, classes).revive(showClasses({ Admin: Private }));
    expect(revived.values.get('a#users')).toEqual(new Map());
    expect(revived.values.get('a#rooms')).toEqual(new Map([['other', { name: 'x' }]]));
    expect(revived.faults).toEqual(
      ['User', 'Admin'].map((name) => ({
        part: 'a#users',
        reason: `It has an instance of ${name}, which is no class whose instances can be made.`,
      })),
    );
    // Errors are some, all the same.
    const [error] = revived.values.get('b#error') as NotFound[];
    expect(error).toBeInstanceOf(RangeError);
    expect(error).toMatchObject({ id: 7, name: 'NotFound' });
  });
});

describe('the own object of a binding', () => {
  class Store {
    #users = new Map([[1, { name: 'Ada' }]]);
    #nextId = 2;
    log = ['started'];
    size(): number {
      return this.#users.size + this.#nextId;
    }
    static readonly privates: PrivateFields = {
      names: ['#users', '#nextId'],
      has: (object) => #users in object,
      read: (object) => [(object as Store).#users, (object as Store).#nextId],
      write: () => undefined,
    };
  }

  it('says its class and its private fields', () => {
    const recorded = new Recorded(
      { 'a#store': new Store() },
      showClasses({ Store }, [Store.privates]),
    );
    expect(recorded.changes.passedOver.size).toBe(0);
    const { values, facts } = recorded.revive();
    const store = values.get('a#store') as object;
    expect(store).toEqual({ log: ['started'] });
    expect(facts.get(store)).toEqual({
      className: 'Store',
      privates: { '#users': new Map([[1, { name: 'Ada' }]]), '#nextId': 2 },
      passedOver: [],
      isWhole: false,
    });
  });

  it('is left to the code where its private fields are out of reach', () => {
    const recorded = new Recorded({ 'a#store': new Store() }, showClasses({ Store }));
    expect(recorded.parts.size).toBe(0);
    expect(recorded.changes.passedOver).toEqual(new Map([['a#store', new Map([['Store', 1]])]]));
  });

  it('is a Map or an emitter with fields, too', () => {
    class Users extends Map<string, unknown> {
      lastId = 5;
    }
    class Rooms extends EventEmitter {
      rooms = new Map([['main', 1]]);
    }
    const rooms = new Rooms().on('join', () => undefined);
    const recorded = new Recorded(
      { 'a#users': new Users([['a', 1]]), 'a#rooms': rooms },
      showClasses({ Users, Rooms }),
    );
    expect(recorded.changes.passedOver.size).toBe(0);
    const { values, facts } = recorded.revive();
    deepStrictEqual(values.get('a#users'), Object.assign(new Map([['a', 1]]), { lastId: 5 }));
    expect(facts.get(values.get('a#users') as object)).toMatchObject({
      className: 'Users',
      isWhole: false,
    });
    expect(Object.keys(values.get('a#rooms') as object)).toEqual(['rooms']);
  });
});

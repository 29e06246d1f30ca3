/* oxlint-disable no-shadow -- what a module exports has the names that it has within it */
import { EventEmitter } from 'node:events';
import { describe, expect, it } from 'vitest';
import { App, getter, HOSTS, type Evaluated } from './hosts.ts';

interface User {
  id: number;
  name: string;
}

describe.each(HOSTS)('what is put back after %s', (_, next) => {
  /** Evaluates the same code twice, with a change of the data in between. */
  function twice<T extends Evaluated>(evaluate: () => T, change: (module: T) => void): [T, App] {
    const app = new App();
    change(app.load(evaluate));
    const after = next(app);
    return [after.load(evaluate), after];
  }

  it('is in the objects that the new code has made', () => {
    const [{ users, service, inner }] = twice(
      () => {
        const users = new Map<number, User>([[1, { id: 1, name: 'seed' }]]);
        const db = { lists: { done: [] as number[] } };
        const inner = db.lists.done;
        const service = { find: (id: number) => users.get(id)?.name, count: () => inner.length };
        return { users, service, inner, bindings: { users: getter(users), db: getter(db) } };
      },
      (was) => {
        was.users.clear();
        was.users.set(2, { id: 2, name: 'Ann' });
        was.inner.push(1, 2);
      },
    );
    expect([...users.keys()]).toEqual([2]);
    expect(service.find(2)).toBe('Ann');
    expect(service.count()).toBe(2);
    expect(inner).toEqual([1, 2]);
  });

  it('serves the new code of a class, at the top and in collections', () => {
    const evaluate = (percent: number) => {
      class Cart {
        items: number[] = [];
        discount = percent;
        total(): number {
          return this.items.reduce((sum, price) => sum + price, 0) * (100 - percent);
        }
        get isEmpty(): boolean {
          return this.items.length === 0;
        }
      }
      class Store {
        carts = new Map<string, Cart>();
        latest: Cart | null = null;
        #unused(): number {
          return 0;
        }
        sum(): number {
          return [...this.carts.values()].reduce((sum, cart) => sum + cart.total(), this.#unused());
        }
      }
      const store = new Store();
      return { Cart, store, bindings: { store: getter(store) }, classes: { Cart, Store } };
    };
    const app = new App();
    const before = app.load(() => evaluate(0));
    const cart = new before.Cart();
    cart.items.push(1, 2);
    before.store.carts.set('ann', cart);
    before.store.latest = cart;
    expect(before.store.sum()).toBe(300);
    const { store, Cart } = next(app).load(() => evaluate(10));
    expect(store.sum()).toBe(270);
    expect(store.carts.get('ann')).toBeInstanceOf(Cart);
    expect(store.latest).toBe(store.carts.get('ann'));
    expect(store.latest?.isEmpty).toBe(false);
  });

  it('has the fields that a class has gained, and those that it has lost', () => {
    const app = new App();
    const { storage } = app.load(() => {
      class MemStorage {
        users = new Map([[1, 'Ann']]);
        oldName = 'x';
        cache?: string;
      }
      const storage = new MemStorage();
      return { storage, bindings: { storage: getter(storage) }, classes: { MemStorage } };
    });
    storage.users.set(2, 'Bob');
    (storage as { later?: string }).later = 'set in a request';
    const after = next(app);
    const { storage: now } = after.load(() => {
      class MemStorage {
        users = new Map<number, string>();
        newName = 'y';
        sessions = new Map();
      }
      const storage = new MemStorage();
      return { storage, bindings: { storage: getter(storage) }, classes: { MemStorage } };
    });
    expect(now).toMatchObject({ newName: 'y', oldName: 'x', later: 'set in a request' });
    expect([...now.users.values()]).toEqual(['Ann', 'Bob']);
    expect(now.sessions).toEqual(new Map());
    expect(after.said).toEqual([]);
  });

  it('does not double seeds, and has no entries that were removed', () => {
    let ids = 0;
    const [{ storage }] = twice(
      () => {
        class MemStorage {
          users = new Map<string, string>();
          tags = new Set(['a', 'b']);
          log = [{ at: 0 }];
          constructor() {
            this.users.set(`id${ids++}`, 'seed').set(`id${ids++}`, 'another');
          }
        }
        const storage = new MemStorage();
        return { storage, bindings: { storage: getter(storage) }, classes: { MemStorage } };
      },
      (was) => {
        was.storage.users.delete('id0');
        was.storage.tags.delete('b');
        was.storage.log.pop();
      },
    );
    expect([...storage.users]).toEqual([['id1', 'another']]);
    expect([...storage.tags]).toEqual(['a']);
    expect(storage.log).toEqual([]);
  });

  it('leaves handles as the new code makes them', () => {
    const evaluate = () => {
      class Hub extends EventEmitter {
        rooms = new Map<string, string[]>();
        timer: NodeJS.Timeout | undefined = undefined;
        greet = (name: string) => `${name} in ${this.rooms.size} rooms`;
      }
      const hub = new Hub();
      hub.on('join', (room: string) => hub.rooms.set(room, []));
      class Counter extends EventEmitter {
        count = 0;
        next(): number {
          return ++this.count;
        }
      }
      const table = new Map<string, unknown>([
        ['ping', { run: () => 'pong' }],
        ['count', { value: 1 }],
      ]);
      const counters = new Map([['a', new Counter()]]);
      const routes = [{ path: '/', handler: () => 'home' }, { path: '/static' }];
      return {
        hub,
        table,
        routes,
        counters,
        bindings: {
          hub: getter(hub),
          table: getter(table),
          routes: getter(routes),
          counters: getter(counters),
        },
        classes: { Hub, Counter },
      };
    };
    const [{ hub, table, routes, counters }, { said }] = twice(evaluate, (module) => {
      module.hub.emit('join', 'lobby');
      module.hub.on('other', () => {});
      module.hub.timer = setTimeout(() => {}, 1e6).unref();
      module.table.set('count', { value: 2 });
    });
    expect(hub.rooms).toEqual(new Map([['lobby', []]]));
    expect(hub.timer).toBeUndefined();
    expect(hub.eventNames()).toEqual(['join']);
    expect(hub.listenerCount('join')).toBe(1);
    expect(hub).toHaveProperty('_eventsCount', 1);
    hub.emit('join', 'two');
    expect(hub.greet('Ann')).toBe('Ann in 2 rooms');
    expect((table.get('ping') as { run: () => string }).run()).toBe('pong');
    expect(table.get('count')).toEqual({ value: 2 });
    expect(counters.get('a')?.next()).toBe(1);
    expect(routes.map(({ path }) => path)).toEqual(['/', '/static']);
    expect(said).toEqual([]);
  });

  it('never calls a getter, and names what cannot be set', () => {
    const evaluate = () => {
      const frozen = Object.freeze({ list: ['seed'], theme: 'new' });
      let reads = 0;
      const store = { name: 'x' };
      const count = { value: 0 };
      Object.defineProperty(store, 'count', {
        enumerable: true,
        configurable: true,
        get: () => (reads++, count.value),
        set: (value: number) => {
          count.value = value;
        },
      });
      class Shop {
        price = 1;
      }
      const shop = new Shop();
      return {
        frozen,
        store,
        shop,
        reads: () => reads,
        bindings: { frozen: getter(frozen), store: getter(store), shop: getter(shop) },
        classes: { Shop },
      };
    };
    const app = new App();
    const before = app.load(evaluate);
    before.frozen.list.push('more');
    Object.defineProperty(before.store, 'count', { value: 7, enumerable: true });
    before.store.name = 'y';
    before.shop.price = 2;
    const after = next(app);
    const { frozen, store, reads, shop } = after.load(() => {
      const module = evaluate();
      class Shop {
        get price(): number {
          return 3;
        }
      }
      const shop = new Shop();
      const frozen = Object.freeze({ list: ['seed'], theme: 'newer' });
      return {
        ...module,
        frozen,
        shop,
        bindings: { ...module.bindings, shop: getter(shop), frozen: getter(frozen) },
        classes: { Shop },
      };
    });
    expect(frozen).toEqual({ list: ['seed', 'more'], theme: 'newer' });
    expect(store.name).toBe('y');
    expect(shop.price).toBe(3);
    expect(reads()).toBe(0);
    const cannot =
      'cannot be set (read-only, frozen, or with a getter): left as the code makes it.';
    expect(after.said.filter((sentence) => sentence.includes('cannot be set'))).toEqual([
      `storage.ts#frozen: theme ${cannot}`,
      `storage.ts#store: count ${cannot}`,
      `storage.ts#shop: price ${cannot}`,
    ]);
  });

  it('takes null and undefined for primitives, and never puts nothing over an object', () => {
    const [{ state, box }, { said }] = twice(
      () => {
        const state = { current: null as unknown, name: 'x' as unknown };
        const box = { a: undefined as unknown, b: new Map([[1, 2]]) as unknown };
        const binding = (name: 'current' | 'name') => ({
          get: () => state[name],
          set: (value: unknown) => void (state[name] = value),
        });
        return {
          state,
          box,
          bindings: { current: binding('current'), name: binding('name'), box: getter(box) },
        };
      },
      (was) => {
        was.state.current = { id: 5 };
        was.state.name = undefined;
        was.box.a = [1];
        was.box.b = null;
      },
    );
    expect(state).toEqual({ current: { id: 5 }, name: undefined });
    expect(box).toEqual({ a: [1], b: new Map([[1, 2]]) });
    expect(said).toEqual([]);
  });

  it('does not take nothing for something that the code makes now, where nobody has removed it', () => {
    const app = new App();
    app.load(() => ({ bindings: { box: getter({ cache: null, list: undefined }) } }));
    const box = { cache: new Map(), list: [] };
    next(app).load(() => ({ bindings: { box: getter(box) } }));
    expect(box).toEqual({ cache: new Map(), list: [] });
  });

  it('has the private fields of a class, all of them or none', () => {
    const evaluate = (app: App) =>
      app.load((keeper) => {
        class DatabaseMemory {
          #videos = new Map<string, string>();
          #nextId = 1;
          title = 'new';
          static {
            keeper.privates(
              this,
              ['#videos', '#nextId'],
              (object) => #nextId in object,
              (object) => [(object as DatabaseMemory).#videos, (object as DatabaseMemory).#nextId],
              (object, index, value) => {
                const database = object as DatabaseMemory;
                if (index === 0) database.#videos = value as Map<string, string>;
                else database.#nextId = value as number;
              },
            );
          }
          add(name: string): string {
            const id = `v${this.#nextId++}`;
            this.#videos.set(id, name);
            return id;
          }
          list(): string[] {
            return [...this.#videos].flat();
          }
        }
        const db = new DatabaseMemory();
        return { db, bindings: { db: getter(db) }, classes: { DatabaseMemory } };
      });
    const app = new App();
    const before = evaluate(app);
    before.db.add('one');
    before.db.add('two');
    before.db.title = 'old';
    const after = next(app);
    const { db } = evaluate(after);
    expect(db.list()).toEqual(['v1', 'one', 'v2', 'two']);
    after.keeper.atFirstRequest();
    expect(db.add('three')).toBe('v3');
    expect(after.said).toEqual([]);

    const lost = next(after);
    lost.said.length = 0;
    const renamed = lost.load((keeper) => {
      class DatabaseMemory {
        #videos = new Map<string, string>();
        #lastId = 0;
        title = 'newest';
        static {
          keeper.privates(
            this,
            ['#videos', '#lastId'],
            (object) => #lastId in object,
            (object) => [(object as DatabaseMemory).#videos, (object as DatabaseMemory).#lastId],
            () => {
              throw new Error('is not written');
            },
          );
        }
        list(): string[] {
          return [...this.#videos].flat();
        }
      }
      const db = new DatabaseMemory();
      return { db, bindings: { db: getter(db) }, classes: { DatabaseMemory } };
    });
    expect(renamed.db.list()).toEqual([]);
    expect(renamed.db.title).toBe('newest');
    expect(lost.said).toEqual([
      expect.stringContaining('because #nextId of the last run has no place'),
    ]);
    // It comes back when the code does.
    const back = evaluate(next(lost));
    expect(back.db.list()).toEqual(['v1', 'one', 'v2', 'two', 'v3', 'three']);
  });

  it('keeps the record of a binding whose kind has changed', () => {
    const app = new App();
    const { users } = app.load(() => {
      const users = new Map([[1, 'Ann']]);
      return { users, bindings: { users: getter(users) } };
    });
    users.set(2, 'Bob');
    const after = next(app);
    const changed = after.load(() => {
      const users = ['seed'];
      return { users, bindings: { users: getter(users) } };
    });
    expect(changed.users).toEqual(['seed']);
    expect(after.keeper.bindings(true).map(({ key }) => key)).toEqual([]);
    expect(after.said).toEqual([
      'storage.ts#users: a Map in the last run, and an array in the code now: not put back. It is kept until the code fits again. Forget it with: holdover clear --state storage.ts#users',
    ]);
    const { users: back } = next(after).load(() => {
      const users = new Map<number, string>();
      return { users, bindings: { users: getter(users) } };
    });
    expect([...back.values()]).toEqual(['Ann', 'Bob']);
  });

  it('says that a field of another kind stays as the code makes it, and puts back the others', () => {
    const first = new App();
    const load = (app: App, sessions: unknown) =>
      app.load(() => {
        const db = { users: new Map<number, string>(), sessions };
        return { db, bindings: { db: getter(db) } };
      });
    const { db } = load(first, []);
    db.users.set(1, 'Ann');
    (db.sessions as unknown[]).push('s1');
    const second = next(first);
    const { db: changed } = load(second, new Map());
    expect([...changed.users.values()]).toEqual(['Ann']);
    expect(changed.sessions).toEqual(new Map());
    expect(second.said).toEqual([
      'storage.ts#db.sessions: an array in the last run, and a Map in the code now: not put back. Forget it with: holdover clear --state storage.ts#db',
    ]);
  });

  it('is right at 20,000 levels', () => {
    const evaluate = () => {
      const list: { next?: unknown; end?: unknown } = {};
      const deep: unknown[] = [];
      return { list, deep, bindings: { list: getter(list), deep: getter(deep) } };
    };
    const app = new App();
    const { list, deep } = app.load(evaluate);
    let end = list;
    let inner: unknown[] = deep;
    for (let i = 0; i < 20_000; i++) {
      end = end.next = {} as typeof end;
      const level: unknown[] = [];
      inner.push(level);
      inner = level;
    }
    end.end = deep;
    const after = next(app);
    const module = after.load(evaluate);
    let levels = 0;
    let last = module.list;
    for (; last.next; last = last.next as typeof last) levels++;
    let depth = 0;
    for (let one: unknown = module.deep[0]; Array.isArray(one); one = one.at(-1)) depth++;
    expect([levels, depth]).toEqual([20_000, 20_000]);
    expect(last.end === module.deep).toBe(true);
    after.keeper.atFirstRequest();
    expect(last.end === module.deep).toBe(true);
  });

  it('has each content in one object only, where the code makes one for two fields', () => {
    const [{ state, defaults }] = twice(
      () => {
        const defaults = ['light'];
        const state = { defaults, current: defaults };
        return { state, defaults, bindings: { state: getter(state) } };
      },
      (was) => void (was.state.current = ['dark']),
    );
    expect(state).toEqual({ defaults: ['light'], current: ['dark'] });
    expect(defaults).toEqual(['light']);
  });

  it('is in a class that extends a Map, with its fields and those of its base', () => {
    const evaluate = (app: App) =>
      app.load((keeper) => {
        class Base extends Map<string, number> {
          #hits = 0;
          static {
            keeper.privates(
              this,
              ['#hits'],
              (object) => #hits in object,
              (object) => [(object as Base).#hits],
              (object, _, value) => {
                (object as Base).#hits = value as number;
              },
            );
          }
          hit(key: string): number {
            this.set(key, (this.get(key) ?? 0) + 1);
            return ++this.#hits;
          }
        }
        class Cache extends Base {
          label = 'new';
          override set(key: string, value: number): this {
            if (this.label === 'locked') throw new Error('is not called');
            return super.set(key, value);
          }
        }
        const cache = new Cache();
        return { cache, bindings: { cache: getter(cache) }, classes: { Base, Cache } };
      });
    const app = new App();
    const { cache } = evaluate(app);
    cache.hit('a');
    cache.hit('a');
    cache.label = 'locked';
    const { cache: now } = evaluate(next(app));
    expect([...now]).toEqual([['a', 2]]);
    expect(now.label).toBe('locked');
    now.label = 'open';
    expect(now.hit('b')).toBe(3);
  });

  it('is not a part of an object, where the code has made none', () => {
    const evaluate = () => {
      const state = { connection: null as unknown, other: { url: 'x' } };
      return { state, bindings: { state: getter(state) } };
    };
    const app = new App();
    const { state } = app.load(evaluate);
    state.connection = { url: 'y', send: () => {} };
    state.other = { url: 'z', send: () => {} } as never;
    const after = next(app);
    const { state: now } = after.load(evaluate);
    expect(now.other).toEqual({ url: 'z' });
    const isVite = after === app;
    expect(now.connection).toEqual(isVite ? state.connection : null);
  });
});

describe('what Vite moves', () => {
  it('has sockets and functions in entries, which stay the same', () => {
    const app = new App();
    const evaluate = () => {
      class Client {
        handlers: (() => void)[] = [];
      }
      const clients = new Map<string, unknown>();
      return { Client, clients, bindings: { clients: getter(clients) }, classes: { Client } };
    };
    const before = app.load(evaluate);
    const socket = new EventEmitter();
    const client = new before.Client();
    client.handlers.push(() => {});
    before.clients.set('a', { socket, send: () => 'sent' }).set('b', client);
    app.keeper.atFirstRequest();
    const { clients, Client } = app.load(evaluate);
    const entry = clients.get('a') as { socket: unknown; send: () => string };
    expect(entry.socket).toBe(socket);
    expect(entry.send()).toBe('sent');
    expect(clients.get('b')).toBe(client);
    expect(client).toBeInstanceOf(Client);
  });

  it('has no functions of the old code where the new code has made them', () => {
    const app = new App();
    const evaluate = (answer: string) => () => {
      const table = new Map([['ping', () => answer]]);
      return { table, bindings: { table: getter(table) } };
    };
    const before = app.load(evaluate('old'));
    before.table.set('more', () => 'set later');
    app.keeper.atFirstRequest();
    const { table } = app.load(evaluate('new'));
    expect(table.get('ping')?.()).toBe('new');
    expect(table.get('more')?.()).toBe('set later');
  });

  it('has instances with private fields, which stay with their class', () => {
    const app = new App();
    const evaluate = (step: number) => () => {
      class Counter {
        #count = 0;
        next(): number {
          return (this.#count += step);
        }
      }
      const counters = new Map<string, Counter>();
      return { Counter, counters, bindings: { counters: getter(counters) }, classes: { Counter } };
    };
    const before = app.load(evaluate(1));
    before.counters.set('a', new before.Counter());
    app.keeper.atFirstRequest();
    const { counters } = app.load(evaluate(10));
    expect(counters.get('a')?.next()).toBe(1);
    expect(app.text()).not.toContain('"a"');
  });

  it('gives instances the class of a module that is evaluated after the kept one', () => {
    const app = new App();
    const evaluate = () => {
      const carts = new Map<number, { total: () => number }>();
      return { carts, bindings: { carts: getter(carts) } };
    };
    const evaluateClass = (total: number) => () => {
      class Cart {
        total(): number {
          return total;
        }
      }
      return { Cart, classes: { Cart } };
    };
    const { Cart } = app.load(evaluateClass(1), 'cart.ts');
    app.load(evaluate).carts.set(1, new Cart());
    app.keeper.atFirstRequest();
    const { carts } = app.load(evaluate);
    expect(carts.get(1)?.total()).toBe(1);
    const { Cart: Newer } = app.load(evaluateClass(2), 'cart.ts');
    expect(carts.get(1)?.total()).toBe(2);
    expect(carts.get(1)).toBeInstanceOf(Newer);
  });
});

/* oxlint-disable no-shadow -- what a module exports has the names that it has within it */
import { EventEmitter, once } from 'node:events';
import { createServer, type Server } from 'node:http';
import http2 from 'node:http2';
import net, { type AddressInfo } from 'node:net';
import { describe, expect, it } from 'vitest';
import { FirstRequest } from '../../src/state/start-up.ts';
import { App, getter } from './hosts.ts';

/** The shape of an app that fills its storage when a password is hashed. */
function evaluateStorage() {
  class MemStorage {
    users = new Map<number, { name: string }>();
    currentId = 1;
    settings: { theme: string } | null = null;
    constructor() {
      this.users.set(0, { name: 'root' });
    }
    async seed(): Promise<void> {
      await Promise.resolve();
      this.users.set(1, { name: 'seed 1' }).set(2, { name: 'seed 2' });
      this.currentId = 3;
      this.settings = { theme: 'seed' };
    }
    register(name: string): number {
      const id = this.currentId++;
      this.users.set(id, { name });
      return id;
    }
  }
  const storage = new MemStorage();
  return {
    storage,
    seeded: storage.seed(),
    bindings: { storage: getter(storage) },
    classes: { MemStorage },
  };
}

describe('late seeds', () => {
  async function register(app: App): Promise<void> {
    const { storage, seeded } = app.load(evaluateStorage);
    await seeded;
    app.keeper.atFirstRequest();
    expect(storage.register('Ann')).toBe(3);
    expect(storage.register('Cid')).toBe(4);
    storage.settings = { theme: 'dark' };
    storage.users.delete(2);
  }

  it('are undone before the first request, so that no id is given twice', async () => {
    const app = new App();
    await register(app);
    const after = app.restart();
    const { storage, seeded } = after.load(evaluateStorage);
    expect(storage.users.get(3)).toEqual({ name: 'Ann' });
    const { users } = storage;
    await seeded;
    expect(storage.currentId).toBe(3);
    after.keeper.atFirstRequest();
    expect(storage.users).toBe(users);
    expect([...storage.users.keys()]).toEqual([0, 1, 3, 4]);
    expect(storage.settings).toEqual({ theme: 'dark' });
    expect(storage.register('Bob')).toBe(5);
    // Only once: what requests do is theirs.
    after.keeper.atFirstRequest();
    expect(storage.users.get(5)).toEqual({ name: 'Bob' });
    expect(after.said).toEqual([]);
  });

  it('are not in a snapshot, whatever ends the app before its first request', async () => {
    const app = new App();
    await register(app);
    const after = app.restart();
    const { seeded } = after.load(evaluateStorage);
    await seeded;
    expect(after.keeper.bindings()).toEqual([]);
    expect(after.carried()).toEqual(['storage.ts#storage']);
    const { storage } = after.restart().load(evaluateStorage);
    expect([...storage.users.keys()]).toEqual([0, 1, 3, 4]);
    expect(storage.currentId).toBe(5);
  });

  it('are undone after a while where no request comes', async () => {
    const app = new App();
    await register(app);
    const after = app.restart({ startup: 0 });
    const { storage, seeded } = after.load(evaluateStorage);
    await seeded;
    expect(after.keeper.bindings().map(({ key }) => key)).toEqual(['storage.ts#storage']);
    expect(storage.register('Bob')).toBe(5);
  });

  it('stay in an app without a server, where somebody may have been told', async () => {
    const app = new App();
    await register(app);
    for (const startup of [0, 60_000]) {
      const after = app.restart({ hasServer: () => false, startup });
      const { storage } = after.load(evaluateStorage);
      storage.register('Bob');
      const isEnd = startup !== 0;
      expect(after.keeper.bindings(isEnd).map(({ key }) => key)).toEqual(['storage.ts#storage']);
      expect(storage.users.get(5)).toEqual({ name: 'Bob' });
    }
  });

  it('are undone in an app that ends before it has listened', async () => {
    const app = new App();
    await register(app);
    const after = app.restart({ hasServer: () => false, isInTouch: () => false });
    const { storage, seeded } = after.load(evaluateStorage);
    await seeded;
    expect(after.keeper.bindings(true)).toHaveLength(1);
    expect(storage.register('Bob')).toBe(5);
  });

  it('do not take the place of objects that others have got', async () => {
    const evaluate = () => {
      const state = { rooms: new Map<string, unknown>(), count: 0 };
      const late = async () => {
        await Promise.resolve();
        state.rooms = new Map([['seed', 1]]);
        delete (state as { count?: number }).count;
      };
      return { state, late: late(), bindings: { state: getter(state) } };
    };
    const app = new App();
    const before = app.load(evaluate);
    await before.late;
    app.keeper.atFirstRequest();
    before.state.rooms.set('a', { all: before.state.rooms });
    before.state.count = 4;
    const after = app.restart();
    const { state, late } = after.load(evaluate);
    const { rooms } = state;
    await late;
    expect(state.rooms).not.toBe(rooms);
    after.keeper.atFirstRequest();
    expect(state.rooms).toBe(rooms);
    expect([...rooms.keys()]).toEqual(['seed', 'a']);
    expect((rooms.get('a') as { all: unknown }).all).toBe(rooms);
    expect(state.count).toBe(4);
  });
});

describe('instances whose class comes later, or not at all', () => {
  const evaluateStore = () => {
    class Line {
      carts = new Map<string, unknown>();
      list: unknown[] = [];
      latest: unknown = null;
    }
    const store = new Line();
    return { store, bindings: { store: getter(store) }, classes: { Line } };
  };
  const evaluateCart = () => {
    class Cart {
      items = 0;
      add(): number {
        return ++this.items;
      }
    }
    return { Cart, classes: { Cart } };
  };
  function fill(app: App): void {
    const { Cart } = app.load(evaluateCart, 'cart.ts');
    const { store } = app.load(evaluateStore);
    app.keeper.atFirstRequest();
    const cart = new Cart();
    cart.add();
    store.carts
      .set('a', cart)
      .set('b', { plain: true, inner: [cart] })
      .set('c', 'text');
    store.list.push(cart, 1);
    store.latest = cart;
  }

  it('get it when it is shown', () => {
    const app = new App();
    fill(app);
    const after = app.restart();
    const { store } = after.load(evaluateStore);
    expect(store.carts.size).toBe(3);
    const { Cart } = after.load(evaluateCart, 'cart.ts');
    const cart = store.carts.get('a') as InstanceType<typeof Cart>;
    expect(cart).toBeInstanceOf(Cart);
    expect(store.list[0]).toBe(cart);
    expect(store.latest).toBe(cart);
    after.keeper.atFirstRequest();
    expect(cart.add()).toBe(2);
    expect(store.carts.size).toBe(3);
  });

  it('are taken out with their entries, and come back when it does', () => {
    const app = new App();
    fill(app);
    const after = app.restart();
    const { store } = after.load(evaluateStore);
    after.keeper.atFirstRequest();
    expect([...store.carts]).toEqual([['c', 'text']]);
    expect(store.list).toEqual([1]);
    expect(store.latest).toBeNull();
    expect(after.said).toEqual([
      'storage.ts#store: 3 entries left out, because no kept file declares or imports the class Cart. They are kept until one does. Forget it with: holdover clear --state storage.ts#store',
    ]);
    store.carts.set('d', 'new');
    const third = after.restart();
    const { Cart } = third.load(evaluateCart, 'cart.ts');
    const { store: back } = third.load(evaluateStore);
    third.keeper.atFirstRequest();
    expect([...back.carts.keys()]).toEqual(['c', 'd', 'a', 'b']);
    expect(back.carts.get('a')).toBeInstanceOf(Cart);
    expect(back.list).toEqual([1, back.carts.get('a')]);
    expect(back.latest).toBe(back.carts.get('a'));
    expect(third.said).toEqual([]);
    expect(third.keys()).toHaveLength(1);
  });

  it.each([true, false])('are errors, too, shown first: %s', (isFirst) => {
    const evaluateErrors = () => {
      class NotFound extends Error {
        status = 404;
        get isGone(): boolean {
          return this.status === 410;
        }
      }
      return { NotFound, classes: { NotFound } };
    };
    const app = new App();
    const { NotFound: Old } = app.load(evaluateErrors, 'errors.ts');
    const { store } = app.load(evaluateStore);
    app.keeper.atFirstRequest();
    store.list.push(new Old('no such cart'));
    const after = app.restart();
    const load = () => after.load(evaluateErrors, 'errors.ts').NotFound;
    let NotFound = isFirst ? load() : undefined;
    const { store: now } = after.load(evaluateStore);
    NotFound ??= load();
    after.keeper.atFirstRequest();
    expect(now.list).toHaveLength(1);
    const [error] = now.list as InstanceType<typeof NotFound>[];
    expect(error).toBeInstanceOf(NotFound);
    expect(error).toMatchObject({ message: 'no such cart', status: 404, isGone: false });
    // And so it is in Vite.
    const newer = load();
    after.load(evaluateStore);
    expect(error).toBeInstanceOf(newer);
  });

  it('are told from those of the same name in another file', () => {
    const app = new App();
    const evaluateItem = (kind: string) => () => {
      class Item {
        kind(): string {
          return kind;
        }
      }
      return { Item, classes: { Item } };
    };
    const { Item: A } = app.load(evaluateItem('a'), 'a.ts');
    const { Item: B } = app.load(evaluateItem('b'), 'b.ts');
    const { store } = app.load(evaluateStore);
    app.keeper.atFirstRequest();
    store.list.push(new A(), new B());
    const after = app.restart();
    after.load(evaluateItem('b'), 'b.ts');
    const { store: back } = after.load(evaluateStore);
    after.load(evaluateItem('a'), 'a.ts');
    after.keeper.atFirstRequest();
    expect(back.list.map((item) => (item as InstanceType<typeof A>).kind())).toEqual(['a', 'b']);
  });
});

describe('what is kept', () => {
  it('is what holds data, where a file alone is named', () => {
    const app = new App();
    class Hidden {
      list = [];
    }
    app.load(() => ({
      bindings: {
        map: getter(new Map()),
        count: { get: () => 1, set: () => {} },
        constant: getter(5),
        server: getter(createServer()),
        emitter: getter(new EventEmitter()),
        run: getter(() => {}),
        Class: getter(Map),
        elsewhere: getter(new Hidden()),
        proxy: getter(new Proxy({}, {})),
        env: getter(process.env),
        promise: getter(Promise.resolve()),
      },
    }));
    app.keeper.atFirstRequest();
    const keys = app.keeper.bindings().map(({ key }) => key);
    expect(keys).toEqual(['storage.ts#map', 'storage.ts#count']);
    expect(app.said).toEqual([]);
  });

  it('is not what is not there, which is said with what there is', () => {
    const bindings = {
      users: getter(new Map()),
      answer: getter(42),
      list: getter(() => {}),
      emitter: getter(new EventEmitter()),
      count: { get: () => 1, set: () => {} },
    };
    const app = new App({
      keep: ['a.ts#storag', 'b.ts', 'c.ts', 'd.ts#answer', 'd.ts#list', 'd.ts#emitter'],
    });
    for (const file of ['a.ts', 'd.ts']) app.load(() => ({ bindings }), file);
    app.load(() => ({ bindings: { answer: getter(42) } }), 'b.ts');
    app.load(
      () => ({
        classes: {
          Cart: class {
            items = [];
          },
        },
      }),
      'c.ts',
    );
    expect(app.said).toEqual([
      'a.ts has no binding "storag" at its top. There is: users, count.',
      'd.ts#answer is a constant, which cannot be kept. Name what holds data in `keep`.',
      'd.ts#list is a function, which cannot be kept. Write d.ts#list/<name> to keep what it declares.',
      'd.ts#emitter is an EventEmitter, which cannot be kept. Name what holds data in `keep`.',
      'b.ts has nothing at its top that could be kept.',
    ]);
  });

  it('is not an object whose private fields nobody can reach', () => {
    const app = new App();
    class Db {
      #next = 1;
      users = new Map();
      add(): number {
        return this.#next++;
      }
    }
    app.load(() => ({ classes: { Db } }), 'db-class.ts');
    app.load(() => ({ bindings: { db: getter(new Db()) } }));
    expect(app.keeper.bindings()).toEqual([]);
    expect(app.said).toEqual([
      'storage.ts#db is not kept: the private fields of its class Db cannot be reached from here. Name the file of the class in `keep`, too.',
    ]);
  });

  it('has instances of classes that a kept file imports, also from modules that are there later', () => {
    const evaluate = (app: App) => {
      class User {
        name = '';
      }
      class Room {
        users: User[] = [];
        count(): number {
          return this.users.length;
        }
      }
      const rooms = new Map<string, Room>();
      let isThere = false;
      app.keeper.module(
        '/app/storage.ts',
        { rooms: getter(rooms) },
        {
          './models/user.ts#models': () => ({ default: Room, nothing: null }),
          '#lib/user#User': () => {
            if (!isThere) throw new ReferenceError('User is not initialised');
            return User;
          },
        },
      );
      isThere = true;
      return { rooms, User, Room };
    };
    const app = new App();
    const { rooms, Room } = evaluate(app);
    app.keeper.atFirstRequest();
    rooms.set('a', new Room());
    const next = app.restart();
    const after = evaluate(next);
    next.keeper.atFirstRequest();
    expect(after.rooms.get('a')).toBeInstanceOf(after.Room);
    expect(after.rooms.get('a')?.count()).toBe(0);
    after.rooms.get('a')?.users.push(Object.create(after.User.prototype) as never);
    const last = next.restart();
    const { rooms: kept, User } = evaluate(last);
    last.keeper.atFirstRequest();
    expect(kept.get('a')?.users[0]).toBeInstanceOf(User);
    expect([...next.said, ...last.said]).toEqual([]);
  });

  it('is what the first call of a function has made', () => {
    const keep = ['todos.ts#todoRoutes/mem'];
    const call = (app: App, seed: string[]) => {
      const mem = seed;
      app.keeper.call('/app/todos.ts', 'todoRoutes', { mem: { get: () => mem } });
      return mem;
    };
    const app = new App({ keep });
    app.load(() => ({}), 'todos.ts');
    const mem = call(app, ['seed']);
    app.keeper.atFirstRequest();
    mem.push('more');
    const after = app.restart();
    after.load(() => ({}), 'todos.ts');
    expect(call(after, ['seed'])).toEqual(['seed', 'more']);
    expect(call(after, ['seed'])).toEqual(['seed']);
    expect(after.said).toEqual([
      'todos.ts#todoRoutes/mem: todoRoutes was called more than once. Only what its first call has made is kept.',
    ]);
    // Vite evaluates the module anew.
    after.keeper.atFirstRequest();
    after.load(() => ({}), 'todos.ts');
    expect(call(after, [])).toEqual(['seed', 'more']);
  });

  it('is not what fails in an unforeseen way, which does the app no harm', () => {
    const evaluate = () => {
      const list: number[] = [];
      return { list, bindings: { list: getter(list) } };
    };
    const app = new App();
    app.load(evaluate).list.push(1);
    app.keeper.atFirstRequest();
    const after = app.restart();
    let reads = 0;
    after.load(() => ({
      bindings: {
        list: {
          get: () => {
            if (++reads >= 5) throw new Error('unforeseen');
            return [];
          },
        },
        notThere: {
          get: () => {
            throw new ReferenceError('not initialised');
          },
        },
      },
    }));
    after.keeper.atFirstRequest();
    expect(after.keeper.bindings()).toEqual([]);
    expect(after.said).toEqual([expect.stringContaining('storage.ts#list could not be put back')]);
    expect(after.restart().load(evaluate).list).toEqual([1]);
  });

  it('keeps its record in a run that does not evaluate it', () => {
    const keep = ['a.ts', 'b.ts'];
    const evaluate = () => {
      const list: unknown[] = [];
      return { list, bindings: { list: getter(list) } };
    };
    const app = new App({ keep });
    const a = app.load(evaluate, 'a.ts');
    const b = app.load(evaluate, 'b.ts');
    app.keeper.atFirstRequest();
    const shared = { is: 'shared' };
    a.list.push(shared);
    b.list.push(shared);
    const without = app.restart();
    without.load(evaluate, 'a.ts');
    without.keeper.atFirstRequest();
    expect(without.carried()).toEqual(['b.ts#list']);
    const after = without.restart();
    const { list } = after.load(evaluate, 'b.ts');
    after.keeper.atFirstRequest();
    expect(list).toEqual([{ is: 'shared' }]);
    // A module that is imported in a request is linked to the others.
    expect(after.load(evaluate, 'a.ts').list).toEqual([{ is: 'shared' }]);
  });
});

describe('a binding that the code itself names', () => {
  it('is put back where it passes its check, and set aside where not', () => {
    const register = (app: App, reason?: string) => {
      const users = new Map<string, { name: string }>();
      const registered = app.keeper.register(
        { key: 'users', get: () => users },
        {
          check: () => {
            if (reason !== undefined) throw new Error(reason);
          },
        },
      );
      return { users, registered };
    };
    const app = new App();
    expect(register(app).registered).toEqual({ isPutBack: false });
    app.keeper.atFirstRequest();
    const [kept] = app.keeper.bindings();
    (kept?.get() as Map<string, unknown> | undefined)?.set('a', { name: 'Ann' });
    const after = app.restart();
    const { users, registered } = register(after);
    expect(registered).toEqual({ isPutBack: true });
    expect([...users]).toEqual([['a', { name: 'Ann' }]]);
    const refused = after.restart();
    const third = register(refused, 'too old');
    expect(third.registered).toEqual({ isPutBack: false, refused: new Error('too old') });
    expect(third.users.size).toBe(0);
    refused.keeper.atFirstRequest();
    expect(refused.keys()).toEqual(['users', 'users.set aside']);
  });

  it('is said to keep no rows where it is a database in memory', () => {
    class Database {
      memory = true;
    }
    const app = new App();
    app.keeper.register({ key: 'preserve:db', get: () => new Database() }, {});
    app.load(() => ({ bindings: { db: getter(new Database()) } }));
    const said = app.said.filter((line) => line.includes('database in memory'));
    expect(said).toHaveLength(2);
    expect(said[0]).toBe(
      'preserve:db is a database in memory: its rows are not kept. Open a file, as "dev.db", and they stay.',
    );
  });
});

describe('a kept file that was edited', () => {
  const evaluate = () => {
    const config = { theme: 'dark' };
    return { config, bindings: { config: getter(config) } };
  };

  it('is said to go on with what it held, once', () => {
    let app = new App({ texts: { '/app/storage.ts': 'one' } });
    const said = ['one', 'two', 'two', 'three'].map((text) => {
      app = app.restart({ texts: { '/app/storage.ts': text } });
      app.load(evaluate);
      app.keeper.atFirstRequest();
      return app.said;
    });
    const edited = [
      'storage.ts was edited: what it held goes on. Begin with the code: f + Enter under holdover watch, or holdover clear --state.',
    ];
    expect(said).toEqual([[], edited, [], edited]);
  });
});

describe('the moment of the first request', () => {
  async function listen(server: net.Server): Promise<number> {
    server.listen(0);
    await once(server, 'listening');
    return (server.address() as AddressInfo).port;
  }

  it('is heard of before the listeners of the app, over HTTP', async () => {
    const heard: string[] = [];
    const server: Server = createServer((_, response) => {
      heard.push('app');
      response.end();
    });
    const first = new FirstRequest(() => heard.push('first'));
    const port = await listen(server);
    expect(first.hasServer()).toBe(true);
    const idle = net.connect(port);
    await once(server, 'connection');
    expect(heard).toEqual([]);
    await fetch(`http://localhost:${port}`);
    await fetch(`http://localhost:${port}`);
    expect(heard).toEqual(['first', 'app', 'app']);
    idle.destroy();
    server.close();
    server.closeAllConnections();
  });

  it('is an upgrade, a stream of HTTP/2 or a connection, too', async () => {
    for (const kind of ['upgrade', 'http2', 'tcp']) {
      const heard: string[] = [];
      const server =
        kind === 'upgrade'
          ? createServer(() => {}).on('upgrade', (_, socket) => {
              heard.push('app');
              socket.end();
            })
          : kind === 'http2'
            ? http2.createServer((_, response) => {
                heard.push('app');
                response.end();
              })
            : net.createServer((socket) => {
                socket.on('data', () => {
                  heard.push('app');
                  socket.end();
                });
              });
      const first = new FirstRequest(() => heard.push('first'));
      const port = await listen(server);
      if (kind === 'http2') {
        const client = http2.connect(`http://localhost:${port}`);
        await once(client.request().resume(), 'end');
        client.destroy();
      } else {
        const socket = net.connect(port);
        socket
          .resume()
          .write('GET / HTTP/1.1\r\nHost: x\r\nConnection: upgrade\r\nUpgrade: websocket\r\n\r\n');
        await once(socket, 'close');
      }
      expect(heard).toEqual(['first', 'app']);
      first.stop();
      server.close();
    }
  });
});

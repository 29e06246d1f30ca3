import { expect, it } from 'vitest';
import { encodeDatabase } from '../../src/state/database/databases.ts';
import { KeptDatabases } from '../../src/state/database/kept-databases.ts';
import { describeDatabases, type TestDatabase } from './sqlite.ts';

const TODOS = 'create table todos (text)';
const KEY = 'db.ts#db';

/** A class whose private fields were shown. */
class Store {
  #db: object;

  constructor(db: object) {
    this.#db = db;
  }

  static read(store: object): unknown[] {
    return [(store as Store).#db];
  }
}

describeDatabases('kept databases', (_, Database) => {
  const open = (...statements: string[]): TestDatabase => {
    const db = new Database(':memory:');
    for (const statement of statements) db.exec(statement);
    return db;
  };
  const add = (db: TestDatabase, text: string): unknown =>
    db.exec(`insert into todos values ('${text}')`);
  const todos = (db: TestDatabase): unknown[] => {
    const all = db.prepare('select text from todos').all();
    return all.flatMap((row) => Object.values(row as object));
  };
  /** A binding, and what the last run has left of a database in it. */
  const start = (first: unknown, path: string[] = []) => {
    const said: string[] = [];
    const binding = { value: first };
    const fields = { names: ['#db'], has: () => true, read: Store.read, write: () => {} };
    const classes = {
      nameOf: () => undefined,
      find: () => undefined,
      privatesOf: (object: object) => (object instanceof Store ? [fields] : []),
    };
    const find = (key: string) => (key === KEY ? { key, get: () => binding.value } : undefined);
    const keys = (): string[] => [KEY];
    const kept = new KeptDatabases({ classes, keys, find }, (sentence) => void said.push(sentence));
    const text = encodeDatabase(open(TODOS, "insert into todos values ('mine')")) as string;
    kept.add({ part: `${KEY}~0`, key: KEY, path, text });
    kept.add({ part: 'gone', key: 'gone.ts#db', path: [], text });
    kept.putBack();
    return { kept, said, binding, text };
  };

  it('have their rows before others see them, and before the first request', () => {
    const db = open(TODOS);
    const { kept, said, text } = start({ deep: { store: new Store(db) } }, [
      'deep',
      'store',
      '#db',
    ]);
    expect(todos(db)).toEqual(['mine']);
    add(db, 'late seed');
    expect([kept.isSpecial(db), kept.hasChanged(db), kept.encode(db)]).toEqual([true, false, text]);
    kept.putBack();
    kept.endStart(true);
    expect(todos(db)).toEqual(['mine']);
    add(db, 'new');
    expect(kept.hasChanged(db)).toBe(true);
    kept.putBack();
    kept.endStart(true);
    expect(todos(db)).toEqual(['mine', 'new']);
    expect(said).toEqual([]);
  });

  it('are left as they are where somebody may have been told of new rows', () => {
    const db = open(TODOS);
    const { kept } = start(db);
    add(db, 'told');
    kept.endStart(false);
    expect(todos(db)).toEqual(['mine', 'told']);
  });

  it('get their rows back where they are opened late', () => {
    const { kept, binding } = start(undefined);
    kept.endStart(true);
    expect([`${KEY}~0`, 'gone', 'other'].map((part) => kept.isWaiting(part))).toEqual([
      true,
      true,
      false,
    ]);
    const db = open(TODOS);
    binding.value = db;
    kept.endStart(true);
    expect(todos(db)).toEqual(['mine']);
    expect(kept.isWaiting(`${KEY}~0`)).toBe(false);
  });

  it('say what does not fit, once the app has made its tables', () => {
    const db = open();
    const { kept, said } = start(db);
    db.exec('create table todos (text, owner not null)');
    expect(said).toEqual([]);
    kept.endStart(true);
    expect(said).toEqual([
      'db.ts#db: The rows of todos were not put back, and stay stored: NOT NULL constraint failed: todos.owner.',
    ]);
  });

  it('hand their rows on to what newer code has made', () => {
    const former = open(TODOS);
    const { kept, binding } = start(former);
    kept.endStart(true);
    add(former, 'new');
    const database = open(
      'create table todos (text, done)',
      "insert into todos values ('seed', 1)",
    );
    binding.value = database;
    kept.putBack();
    expect(todos(database)).toEqual(['mine', 'new']);
    binding.value = {};
    kept.putBack();
    expect(kept.hasChanged(database)).toBe(true);
  });
});

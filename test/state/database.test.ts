import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import {
  encodeDatabase,
  hasChanged,
  isMemoryDatabase,
  restoreDatabase,
} from '../../src/state/database/databases.ts';
import { describeDatabases, type TestDatabase } from './sqlite.ts';

const TODOS = 'create table todos (id integer primary key autoincrement, text text not null)';

const temporary = mkdtempSync(join(tmpdir(), 'database-test-'));
const before = process.env.TMPDIR;

beforeAll(() => {
  process.env.TMPDIR = temporary;
});

afterAll(() => {
  process.env.TMPDIR = before;
  if (before === undefined) delete process.env.TMPDIR;
  rmSync(temporary, { recursive: true });
});

describe('what is no database in memory', () => {
  it('is told without loading one', () => {
    class DatabaseSync {
      prepare(): void {}
    }
    class Database {
      memory = true;
      open = true;
    }
    const load = vi.spyOn(process, 'getBuiltinModule');
    for (const value of [null, 'text', {}, new Map(), new DatabaseSync(), new Database()])
      expect(isMemoryDatabase(value)).toBe(false);
    expect(load).not.toHaveBeenCalled();
    load.mockRestore();
  });
});

describeDatabases('a database', (_, Database) => {
  const open = (...statements: string[]): TestDatabase => {
    const db = new Database(':memory:');
    for (const statement of statements) db.exec(statement);
    return db;
  };
  const encode = (db: object): string => {
    const text = encodeDatabase(db);
    expect(text).toBeTypeOf('string');
    return text as string;
  };
  /** The rows of a database with these statements. */
  const record = (...statements: string[]): string => encode(open(...statements));
  const rows = (db: TestDatabase, sql: string): unknown[][] =>
    db
      .prepare(sql)
      .all()
      .map((row) => Object.values(row as object));

  it('is known by its class, in memory and open', () => {
    class Extended extends Database {
      override prepare = (): never => {
        throw new Error('not for others');
      };
    }
    const closed = open();
    closed.close();
    const file = new Database(join(temporary, 'file.sqlite'));
    expect([open(), new Extended(':memory:')].map(isMemoryDatabase)).toEqual([true, true]);
    expect([closed, file, Object.create(Database.prototype)].map(isMemoryDatabase)).toEqual([
      false,
      false,
      false,
    ]);
    file.close();
    expect(restoreDatabase(new Extended(':memory:'), record(TODOS)).isWaiting).toBe(true);
  });

  it('says when rows or the schema have changed', () => {
    const db = open(TODOS);
    expect(hasChanged(db)).toBe(true);
    encode(db);
    expect(hasChanged(db)).toBe(false);
    db.prepare('select * from todos').all();
    expect(hasChanged(db)).toBe(false);
    for (const change of ["insert into todos (text) values ('a')", 'create table other (a)']) {
      db.exec(change);
      expect(hasChanged(db)).toBe(true);
      encode(db);
      expect(hasChanged(db)).toBe(false);
    }
    db.close();
    expect([hasChanged(db), encodeDatabase(db)]).toEqual([false, undefined]);
  });

  it('is looked at without a statement that the app would be told of', () => {
    const said: unknown[] = [];
    const verbose = (sql: unknown): void => void said.push(sql); // of better-sqlite3
    const db = new Database(':memory:', { verbose });
    db.exec(TODOS);
    const length = said.length;
    expect([hasChanged(db), typeof encodeDatabase(db), hasChanged(db)]).toEqual([
      true,
      'string',
      false,
    ]);
    expect(said).toHaveLength(length);
  });

  it('comes back into the tables of the new code, with seeds, deletions and ids as they were', () => {
    const text = record(
      TODOS,
      "insert into todos (text) values ('seed'), ('mine'), ('last')",
      "delete from todos where text in ('seed', 'last')",
    );
    const db = open(
      'create table Todos (id integer primary key autoincrement, done integer not null default 0, text text)',
      "insert into todos (text) values ('seed')",
      "create table fresh (a); insert into fresh values ('new')",
    );
    expect(restoreDatabase(db, text)).toEqual({ tables: ['todos'], notes: [], isWaiting: false });
    expect(rows(db, 'select id, done, text from todos')).toEqual([[2, 0, 'mine']]);
    db.exec("insert into todos (text) values ('next')");
    expect(rows(db, 'select id from todos')).toEqual([[2], [4]]);
    expect(rows(db, 'select a from fresh')).toEqual([['new']]);
  });

  it('keeps every kind of value, rowids and tables without them', () => {
    const schema = [
      'create table kinds (value)',
      'create table w (k text primary key, v blob) without rowid',
      'create table "odd "" name" ("a b", rowid text, "select")',
      'create table made (a integer, twice integer generated always as (a * 2) stored, b as (a + 1))',
    ];
    const db = open(
      ...schema,
      "insert into kinds (rowid, value) values (5, 9007199254740993), (9, 1.5), (12, x'00ff'), (40, null), (41, 'é' || char(0) || 'x')",
      "insert into w values ('k', x'0102')",
      `insert into "odd "" name" values (1, 'r', 3)`,
      'insert into made (a) values (21)',
    );
    const ask = (of: TestDatabase): unknown[] => [
      rows(of, 'select rowid, hex(value), cast(value as text), typeof(value) from kinds'),
      rows(of, 'select k, hex(v) from w'),
      rows(of, 'select * from "odd "" name"'),
      rows(of, 'select * from made'),
    ];
    const fresh = open(...schema);
    expect(restoreDatabase(fresh, encode(db)).notes).toEqual([]);
    expect(ask(fresh)).toEqual(ask(db));
    expect(rows(fresh, 'select * from made')).toEqual([[21, 42, 22]]);
  });

  it('leaves statements, functions, pragmas, triggers and views as they are', () => {
    const schema = [
      TODOS,
      'create table log (text)',
      `create trigger "on insert" after insert on todos begin insert into log values (new.text); end`,
      'create view shown as select text from todos',
    ];
    const text = record(...schema, "insert into todos (text) values ('a')");
    const db = open(...schema);
    db.exec(
      'create temp trigger also after insert on todos begin insert into log values (shout(new.text)); end',
    );
    db.exec('pragma user_version = 7; pragma cache_size = 77');
    db.function('shout', (value: string) => value.toUpperCase());
    const insert = db.prepare('insert into todos (text) values (?)');
    const all = db.prepare('select text from todos');
    const triggers = rows(db, "select name, sql from sqlite_schema where type = 'trigger'");
    restoreDatabase(db, text);
    expect(all.all().map((row) => ({ ...(row as object) }))).toEqual([{ text: 'a' }]);
    expect(rows(db, 'select text from log')).toEqual([['a']]);
    insert.run('b');
    expect(rows(db, 'select text from log order by text')).toEqual([['B'], ['a'], ['b']]);
    expect(rows(db, 'select * from shown')).toEqual([['a'], ['b']]);
    expect(rows(db, "select name, sql from sqlite_schema where type = 'trigger'")).toEqual(
      triggers,
    );
    const pragmas = ['user_version', 'cache_size', 'foreign_keys'];
    expect(pragmas.map((name) => rows(db, `pragma ${name}`)[0]?.[0])).toEqual([7, 77, 1]);
    expect(rows(db, 'pragma database_list').map(([, name]) => name)).not.toContain('holdover_0');
  });

  it('is put back again where seeds came late, and where tables did', () => {
    const text = record(
      TODOS,
      "insert into todos (text) values ('mine')",
      'create table late (a)',
      'insert into late values (1)',
    );
    const db = open();
    expect(restoreDatabase(db, text)).toMatchObject({ tables: [], isWaiting: true });
    db.exec(TODOS);
    expect(restoreDatabase(db, text)).toMatchObject({ tables: ['todos'], isWaiting: true });
    db.exec("insert into todos (text) values ('late seed')");
    db.exec('create table late (a, b)');
    expect(restoreDatabase(db, text)).toMatchObject({
      tables: ['late', 'todos'],
      isWaiting: false,
    });
    expect(rows(db, 'select id, text from todos')).toEqual([[1, 'mine']]);
    const last = restoreDatabase(db, text);
    expect(restoreDatabase(db, text)).toBe(last);
    expect(rows(db, 'select a, b from late')).toEqual([[1, null]]);
  });

  it('leaves what it finds in tables when it comes late', () => {
    const text = record(
      'create table a (x); create table b (x); create table c (x); create table d (x)',
      "insert into a values ('old'); insert into b values ('old'); insert into c values ('old')",
      "insert into d values ('old')",
    );
    const db = open(
      'create table a (x); create table d (x, y not null)',
      "insert into d values ('seed', 1)",
    );
    restoreDatabase(db, text);
    db.exec("insert into a values ('new'); create table b (x); insert into b values ('new')");
    db.exec('create table c (x)');
    expect(restoreDatabase(db, text, true)).toMatchObject({ tables: ['c'] });
    const ask = (of: TestDatabase, name: string): unknown =>
      rows(of, `select x from ${name}`).flat();
    expect(['a', 'b', 'c', 'd'].map((name) => ask(db, name))).toEqual([
      ['old', 'new'],
      ['new'],
      ['old'],
      ['seed'],
    ]);
    const next = open(
      'create table a (x); create table b (x); create table c (x); create table d (x)',
    );
    restoreDatabase(next, encode(db));
    expect(['b', 'd'].map((name) => ask(next, name))).toEqual([['new'], ['old']]);
  });

  it('waits for the end of a transaction, and is never recorded in the middle of one', () => {
    const text = record(TODOS, "insert into todos (text) values ('mine')");
    const db = open(TODOS, 'begin', "insert into todos (text) values ('not yet')");
    expect(restoreDatabase(db, text)).toMatchObject({ tables: [], isWaiting: true });
    expect([hasChanged(db), encodeDatabase(db)]).toEqual([false, text]);
    expect(rows(db, 'select text from todos')).toEqual([['not yet']]);
    db.exec('commit');
    expect(encodeDatabase(db)).toBe(text);
    expect(restoreDatabase(db, text).tables).toEqual(['todos']);
    expect(rows(db, 'select text from todos')).toEqual([['mine']]);

    encode(db);
    db.exec("begin; insert into todos (text) values ('later')");
    expect([hasChanged(db), encodeDatabase(db)]).toEqual([false, undefined]);
    db.exec('commit');
    expect(hasChanged(db)).toBe(true);

    const fresh = open(TODOS, 'begin');
    expect(restoreDatabase(open(), encode(fresh))).toEqual({
      tables: [],
      notes: [],
      isWaiting: false,
    });
  });

  it('does no harm while a statement is under way', () => {
    const db = open(TODOS, "insert into todos (text) values ('a'), ('b')");
    const text = record(TODOS, "insert into todos (text) values ('c')");
    const reading = db.prepare('select text from todos').iterate();
    reading.next();
    if (hasChanged(db)) encode(db);
    expect(restoreDatabase(db, text)).toMatchObject({ tables: [], isWaiting: true });
    expect([...reading]).toHaveLength(1);
    expect(restoreDatabase(db, text)).toMatchObject({ tables: ['todos'], isWaiting: false });
    expect(rows(db, 'select text from todos')).toEqual([['c']]);
  });

  it('keeps what does not fit for the code that it fits', () => {
    const old = ['create table a (x); create table b (x, y); create table c (x)'];
    const text = record(
      ...old,
      "insert into a values ('a'); insert into b values ('b', 1); insert into c values ('c')",
    );
    const db = open(
      'create table a (x, owner not null)',
      "insert into a values ('seed', 1)",
      'create table b (x)',
    );
    expect(restoreDatabase(db, text)).toEqual({
      tables: ['b'],
      notes: [
        'The rows of a were not put back, and stay stored: NOT NULL constraint failed: a.owner.',
        'b: y is no column any more.',
      ],
      isWaiting: true,
    });
    expect(rows(db, 'select * from a')).toEqual([['seed', 1]]);
    db.exec("insert into b values ('b2')");

    const between = open('create table b (x)');
    restoreDatabase(between, encode(db));
    between.exec("create table c (x, z); insert into c values ('lazy', 2)");
    const fixed = open(...old);
    expect(restoreDatabase(fixed, encode(between))).toMatchObject({
      notes: ['c: z is no column any more.'],
    });
    const ask = (table: string): unknown[] => rows(fixed, `select x from ${table}`);
    expect(['a', 'b', 'c'].map(ask)).toEqual([[['a']], [['b'], ['b2']], [['lazy']]]);
  });

  it('takes back at the second time what a check refused at the first', () => {
    const schema = 'create table checked (x check (isFine(x)))';
    const make = (isFine: () => number): TestDatabase => {
      const db = open();
      db.function('isFine', (_value) => isFine());
      db.exec(schema);
      return db;
    };
    const old = make(() => 1);
    old.exec("insert into checked values ('a')");
    let isReady = 0;
    const db = make(() => isReady);
    const text = encode(old);
    expect(restoreDatabase(db, text).notes).toEqual([
      'The rows of checked were not put back, and stay stored: CHECK constraint failed: isFine(x).',
    ]);
    isReady = 1;
    expect(restoreDatabase(db, text)).toMatchObject({ tables: ['checked'], notes: [] });
    expect(rows(db, 'select x from checked')).toEqual([['a']]);
  });

  it('leaves no row that points to nothing, where foreign keys count', () => {
    const schema = [
      'create table orders (id integer primary key, user integer references users (id))',
      'create table lines (id integer primary key, orders integer references orders (id))',
      'create table tags (user integer references users (id), tag text, primary key (user, tag)) without rowid',
    ];
    const text = record(
      'create table users (id integer primary key)',
      ...schema,
      'insert into users values (1), (2); insert into orders values (1, 2), (2, 1), (3, null)',
      "insert into lines values (1, 1), (2, 2); insert into tags values (1, 'x')",
    );
    const users = 'create table users (id integer primary key, name text not null)';
    const db = open(users, ...schema, "insert into users values (1, 'seed')");
    expect(restoreDatabase(db, text).notes.slice(1)).toEqual([
      'orders: 1 row left out, since what they point to is not there.',
      'lines: 1 row left out, since what they point to is not there.',
    ]);
    expect(rows(db, 'select id from orders')).toEqual([[2], [3]]);
    expect(rows(db, 'select user from tags')).toEqual([[1]]);
    expect(() => db.exec('insert into orders values (9, 9)')).toThrow(/FOREIGN KEY/);

    const without = open(users, ...schema);
    expect(restoreDatabase(without, text).notes).toContain(
      'The rows of tags were not put back, and stay stored: what they point to is not there.',
    );
    const unchecked = open('pragma foreign_keys = off', users, ...schema);
    restoreDatabase(unchecked, text);
    expect(rows(unchecked, 'select id from orders')).toHaveLength(3);
    expect(rows(unchecked, 'pragma foreign_keys')).toEqual([[0]]);
  });

  it('brings full-text and spatial indexes along', () => {
    const schema = [
      'create table posts (id integer primary key, title text)',
      "create virtual table found using fts5(title, content='posts', content_rowid='id')",
      'create trigger fill after insert on posts begin insert into found (rowid, title) values (new.id, new.title); end',
      'create virtual table notes using fts5(text)',
      "create virtual table blind using fts5(text, content='')",
      'create virtual table places using rtree(id, low, high)',
    ];
    const text = record(
      ...schema,
      "insert into posts values (7, 'hello world')",
      "insert into notes (rowid, text) values (3, 'remember the milk')",
      "insert into blind (rowid, text) values (1, 'unseen')",
      'insert into places values (5, 1.0, 2.0)',
    );
    const db = open(...schema, "insert into posts values (1, 'seed')");
    expect(restoreDatabase(db, text).notes).toEqual([
      'The rows of blind were not put back, and stay stored: it is a full-text index without content.',
    ]);
    expect(rows(db, "select rowid from found where found match 'hello'")).toEqual([[7]]);
    expect(rows(db, "select rowid from found where found match 'seed'")).toEqual([]);
    expect(rows(db, "select rowid from notes where notes match 'milk'")).toEqual([[3]]);
    expect(rows(db, 'select id from places where low <= 1.5 and high >= 1.5')).toEqual([[5]]);
    db.exec("insert into posts values (8, 'hello again')");
    expect(rows(db, "select rowid from found where found match 'hello'")).toEqual([[7], [8]]);
  });

  it('leaves the notes of migrations to those that have run now', () => {
    const ledger = 'create table __drizzle_migrations (id integer primary key)';
    const text = record(ledger, 'insert into __drizzle_migrations values (1)', TODOS);
    const db = open(ledger, 'insert into __drizzle_migrations values (1), (2)', TODOS);
    expect(restoreDatabase(db, text)).toEqual({ tables: ['todos'], notes: [], isWaiting: false });
    expect(rows(db, 'select id from __drizzle_migrations')).toEqual([[1], [2]]);
  });

  it('says what cannot be read, and leaves no file behind', () => {
    const db = open(TODOS, "insert into todos (text) values ('mine')");
    for (const text of [
      '',
      JSON.stringify([{ rows: Buffer.from('no database'.repeat(99)).toString('base64') }]),
    ]) {
      const { notes } = restoreDatabase(db, text);
      expect(notes).toEqual([
        expect.stringMatching(/^Its rows were not put back, and stay stored: /),
      ]);
    }
    expect(rows(db, 'select text from todos')).toEqual([['mine']]);
    expect(readdirSync(temporary).filter((name) => name.startsWith('holdover-'))).toEqual([]);
  });
});

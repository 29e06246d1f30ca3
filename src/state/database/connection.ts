/** A database of node:sqlite or better-sqlite3, by what both have, on their own methods. */
export interface Connection {
  /** Runs statements that have no parameters. */
  exec: (sql: string) => void;
  run: (sql: string, ...parameters: string[]) => void;
  /** The only value of the only row. */
  value: (sql: string, ...parameters: string[]) => unknown;
  /** All pages in the form of a file, where there is a way to them without one. */
  serialize?: (() => Uint8Array) | undefined;
  isOpen: () => boolean;
  /** Whether the app has begun a transaction and not ended it; `false` where that cannot be asked. */
  isInTransaction: () => boolean;
  /** Whether the app may be told of each statement, so that none is run only to look. */
  mayBeLogged: boolean;
}

interface Statement {
  get: (...parameters: string[]) => unknown;
  run: (...parameters: string[]) => unknown;
}

/** What both packages have. */
interface Methods {
  exec: (sql: string) => unknown;
  prepare: (sql: string) => Statement;
  serialize?: () => Uint8Array;
}

/** What better-sqlite3 documents of a database, versions 7 to 12; its class is called `Database`. */
const BETTER = [
  'prepare',
  'transaction',
  'pragma',
  'backup',
  'serialize',
  'function',
  'aggregate',
  'table',
  'loadExtension',
  'exec',
  'close',
  'defaultSafeIntegers',
  'unsafeMode',
];

const found = new WeakMap<object, Connection>();

/**
 * The database that a value is, if it is one in memory: of node:sqlite or better-sqlite3, of a class of the
 * app's that extends theirs, too. Neither package is loaded by asking. A database that is closed when it
 * is first asked for is none.
 */
export function findConnection(value: object): Connection | undefined {
  const known = found.get(value);
  if (known) return known;
  const connection = connect(value);
  if (connection) found.set(value, connection);
  return connection;
}

function connect(db: object): Connection | undefined {
  for (let at = Object.getPrototypeOf(db); at; at = Object.getPrototypeOf(at)) {
    try {
      if (isNodes(at)) return connectNodes(db, at as Methods);
      if (isBetter(at)) return connectBetter(db, at as Methods);
    } catch {
      return undefined; // closed, or an object that only has the prototype
    }
  }
  return undefined;
}

function constructorOf(prototype: object): Function | undefined {
  const constructor: unknown = Object.getOwnPropertyDescriptor(prototype, 'constructor')?.value;
  return typeof constructor === 'function' ? constructor : undefined;
}

/** Whether it is the prototype of `DatabaseSync`. A native class of that name is asked for no earlier. */
function isNodes(prototype: object): boolean {
  const constructor = constructorOf(prototype);
  if (constructor?.name !== 'DatabaseSync') return false;
  const isNative = Function.prototype.toString.call(constructor).includes('[native code]');
  return isNative && loadNodes()?.DatabaseSync === constructor;
}

function loadNodes(): { DatabaseSync?: unknown } | undefined {
  const { getBuiltinModule } = process as { getBuiltinModule?: (id: string) => object | undefined };
  return getBuiltinModule?.('node:sqlite');
}

function isBetter(prototype: object): boolean {
  return (
    constructorOf(prototype)?.name === 'Database' &&
    BETTER.every((name) => typeof Reflect.get(prototype, name) === 'function')
  );
}

function connectNodes(db: object, own: Methods): Connection | undefined {
  const state = db as { isOpen?: boolean; isTransaction?: boolean };
  const connection = {
    ...toCalls(db, own),
    isOpen: () => state.isOpen ?? true,
    isInTransaction: () => state.isTransaction ?? false,
    mayBeLogged: false,
  };
  const file = connection.value("select file from pragma_database_list where name = 'main'");
  return file ? undefined : connection;
}

function connectBetter(db: object, own: Methods): Connection | undefined {
  const state = db as { open: boolean; memory: boolean; inTransaction: boolean };
  if (!state.open || !state.memory) return undefined;
  return {
    ...toCalls(db, own),
    isOpen: () => state.open,
    isInTransaction: () => state.inTransaction,
    mayBeLogged: true, // by its option `verbose`, which cannot be seen
  };
}

/** The package's own methods, whatever the app has put in their place. */
function toCalls(
  db: object,
  own: Methods,
): Omit<Connection, 'isOpen' | 'isInTransaction' | 'mayBeLogged'> {
  const { serialize } = own;
  return {
    exec: (sql) => void own.exec.call(db, sql),
    run: (sql, ...parameters) => void own.prepare.call(db, sql).run(...parameters),
    value: (sql, ...parameters) => {
      const row = own.prepare.call(db, sql).get(...parameters) as object; // an array, if the app says so
      return Object.values(row)[0];
    },
    serialize: serialize && (() => serialize.call(db)),
  };
}

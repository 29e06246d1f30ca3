import { notice } from '../options/notice.ts';
import { noteLeftAlone } from './notes.ts';

/** Classes of stores whose sessions outlast the process, by the packages that have them. */
const LASTING: Record<string, string> = {
  BunSqliteStore: 'hono-sessions',
  ConnectSessionKnexStore: 'connect-session-knex',
  CookieStore: 'hono-sessions',
  DynamoDBStore: 'connect-dynamodb',
  FileStore: 'session-file-store',
  FirestoreStore: 'firestore-store, @google-cloud/connect-firestore',
  MemcachedStore: 'connect-memcached',
  MongoDBStore: 'connect-mongodb-session',
  MongoStore: 'connect-mongo',
  MySQLStore: 'express-mysql-session',
  PGStore: 'connect-pg-simple',
  PrismaSessionStore: '@quixo3/prisma-session-store',
  RedisStore: 'connect-redis',
  SQLiteStore: 'connect-sqlite3',
  SequelizeStore: 'connect-session-sequelize',
  SqliteStore: 'better-sqlite3-session-store',
  TypeormStore: 'connect-typeorm',
};

/** Classes that keep sessions in memory: those of express-session, memorystore, session-memory-store, … */
const IN_MEMORY = /memory/i;

/** What frameworks are given in the place of such a store, where that is something of their own. */
const REMEDIES: Record<string, string> = {
  'hono-sessions': 'a MemoryStore as it is, or createStore() of holdover',
};

/**
 * Notes that a framework has a store of the app's own, which is left alone, and says it when its sessions
 * end with the process. What its class, or one above it, and what it holds do not tell is not said.
 */
export function reportForeignStore(framework: string, store: object): void {
  const [name = 'an object', ...parents] = classesOf(store);
  const lasts = toLasting([name, ...parents]) ?? (isOverMap(store) ? false : undefined);
  noteLeftAlone(framework, `the app brings a store of its own (${name})`, lasts);
  if (lasts !== false) return;
  const remedy = REMEDIES[framework] ?? 'none, or createStore() of holdover';
  notice(
    `${framework} has a store of the app's own in memory (${name}), so its sessions end with the process. Give it ${remedy}.`,
  );
}

function toLasting(names: string[]): boolean | undefined {
  if (names.some((name) => Object.hasOwn(LASTING, name))) return true;
  return names.some((name) => IN_MEMORY.test(name)) ? false : undefined;
}

/** Whether a store has a Map and no other object: then there is nothing else to keep sessions in. */
function isOverMap(store: object): boolean {
  const objects = Object.values(store).filter((value) => typeof value === 'object' && value);
  return objects.length > 0 && objects.every((value) => value instanceof Map);
}

/** The names of the class of an object, and of those above it. */
function classesOf(object: object): string[] {
  const names: string[] = [];
  let prototype = Object.getPrototypeOf(object) as object | null;
  while (prototype && prototype !== Object.prototype) {
    const { constructor } = prototype as { constructor?: { name?: unknown } };
    if (typeof constructor?.name === 'string' && constructor.name) names.push(constructor.name);
    prototype = Object.getPrototypeOf(prototype) as object | null;
  }
  return names;
}

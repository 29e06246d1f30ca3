import { notice } from './held-over/notice.ts';
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

/** The class of all that keep sessions in memory: express-session, memorystore, session-memory-store. */
const IN_MEMORY = 'MemoryStore';

/**
 * Notes that a framework has a store of the app's own, which is left alone, and says it when its sessions
 * end with the process. What its class, or one above it, does not tell is not said.
 */
export function reportForeignStore(framework: string, store: object): void {
  const [name = 'a store', ...parents] = classesOf(store);
  const lasts = toLasting([name, ...parents]);
  noteLeftAlone(framework, `the app brings a store of its own (${name})`, lasts);
  if (lasts !== false) return;
  const remedy = framework === 'hono-sessions' ? 'a MemoryStore as it is' : 'none';
  notice(
    `${framework} has a store of the app's own in memory (${name}), so its sessions end with the process. Give it ${remedy}, or createStore() of holdover.`,
  );
}

function toLasting(names: string[]): boolean | undefined {
  if (names.some((name) => Object.hasOwn(LASTING, name))) return true;
  return names.includes(IN_MEMORY) ? false : undefined;
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

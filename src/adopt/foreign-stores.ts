import { notice } from '../options/notice.ts';
import { noteLeftAlone } from './notes.ts';

/** The class names of stores in memory: those of express-session, memorystore, session-memory-store, … */
const IN_MEMORY = /memory/i;

/** Class names of stores that outlast the process: connect-redis, connect-pg-simple, session-file-store, … */
const LASTING =
  /redis|valkey|mongo|sql|^pg|postgres|knex|prisma|sequelize|typeorm|dynamo|fire(base|store)|memcached|file|cookie/i;

/**
 * Notes that a framework has a store of the app's own, which is left alone, and warns if its sessions end with the
 * process. The names of its class and of those above it tell; of any other store nothing is known.
 */
export function reportForeignStore(framework: string, store: object): void {
  const [name = 'an object', ...parents] = classesOf(store);
  const isLasting = [name, ...parents].some((one) => LASTING.test(one));
  const isInMemory = !isLasting && [name, ...parents].some((one) => IN_MEMORY.test(one));
  const lasts = isLasting ? true : isInMemory ? false : undefined;
  noteLeftAlone(framework, `the app brings a store of its own (${name})`, lasts);
  if (!isInMemory) return;
  const remedy = framework === 'hono-sessions' ? 'a MemoryStore as it is' : 'none';
  notice(
    `${framework} has a store of the app's own in memory (${name}), so its sessions end with the process. Give it ${remedy}, or createStore() of holdover.`,
  );
}

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

import { createRequire } from 'node:module';
import { describe } from 'vitest';

/** What the tests use of a database, of either package. */
export interface TestDatabase {
  exec: (sql: string) => unknown;
  prepare: (sql: string) => TestStatement;
  function: (name: string, run: (...values: never[]) => unknown) => unknown;
  close: () => unknown;
}

interface TestStatement {
  run: (...values: unknown[]) => unknown;
  get: (...values: unknown[]) => unknown;
  all: (...values: unknown[]) => unknown[];
  iterate: (...values: unknown[]) => IterableIterator<unknown>;
}

type DatabaseClass = new (path: string, options?: object) => TestDatabase;

/** Whether this Node has node:sqlite: from 22 on. */
export const HAS_NODE_SQLITE = findNodes().length > 0;

/**
 * The packages that are here: node:sqlite, and better-sqlite3 where the variable HOLDOVER_BETTER_SQLITE3 names
 * its folder, built for this Node. It is no development dependency, since it is compiled where it is
 * installed.
 */
const PACKAGES: [name: string, Database: DatabaseClass][] = [...findNodes(), ...findBetter()];

/** Describes the same for each package that is here; where there is none, it is skipped. */
export function describeDatabases(
  title: string,
  tests: (name: string, Database: DatabaseClass) => void,
): void {
  if (PACKAGES.length > 0) describe.each(PACKAGES)(`${title} of %s`, tests);
  else describe.skip(`${title}: Node 20 has no node:sqlite`, () => tests('', undefined as never));
}

function findNodes(): [string, DatabaseClass][] {
  const { getBuiltinModule } = process as { getBuiltinModule?: (id: string) => unknown };
  const found = getBuiltinModule?.('node:sqlite') as { DatabaseSync: DatabaseClass } | undefined;
  return found ? [['node:sqlite', found.DatabaseSync]] : [];
}

function findBetter(): [string, DatabaseClass][] {
  const { HOLDOVER_BETTER_SQLITE3: folder } = process.env;
  const require = createRequire(import.meta.url);
  return folder ? [['better-sqlite3', require(folder) as DatabaseClass]] : [];
}

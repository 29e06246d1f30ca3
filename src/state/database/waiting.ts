import type { Connection } from './connection.ts';
import type { Source } from './plan.ts';
import { hasRows, readTables } from './schema.ts';

/** Rows in the form of a SQLite file. */
export interface Stored {
  /** Base64. */
  rows: string;
  /** The tables that count, where it is not all that no later one has. */
  tables?: string[];
}

/** How many runs' rows are kept for tables that are not there. */
const MOST_WAITING = 3;

/** The rows of tables that are not back, where they were taken from. */
export function toWaiting(stored: Stored[], sources: Source[], names: Iterable<string>): Stored[] {
  const left = new Set(names);
  const waiting: Stored[] = [];
  for (const [index, { tables, only }] of [...sources.entries()].toReversed()) {
    const own = [...tables.keys()].filter((name) => (only?.has(name) ?? true) && left.delete(name));
    const { rows = '' } = stored[index] ?? {};
    if (own.length > 0) waiting.unshift({ rows, tables: own });
  }
  return waiting.slice(-MOST_WAITING);
}

/** Without the tables that the app has made and filled by now: theirs are the rows that count. */
export function stillWaiting(db: Connection, waiting: Stored[], refused: Set<string>): Stored[] {
  if (waiting.length === 0) return waiting;
  const main = readTables(db, 'main');
  const isFilled = (name: string): boolean => {
    const table = main.get(name);
    return table !== undefined && hasRows(db, table);
  };
  return waiting
    .map(({ tables = [], ...source }) => ({
      ...source,
      tables: tables.filter((name) => refused.has(name) || !isFilled(name)),
    }))
    .filter(({ tables }) => tables.length > 0);
}

import { copyRows } from './copy-rows.ts';
import { findConnection, type Connection } from './connection.ts';
import { checkIdle, readRows, withAttached } from './rows-file.ts';
import type { Source } from './plan.ts';
import { readTables } from './schema.ts';
import { stillWaiting, toWaiting, type Stored } from './waiting.ts';

/** What is known of a database of this run. */
interface Known {
  /** How it was when it was last encoded. */
  encoded?: string | Uint8Array;
  /** What was last put back, and how the database was then. */
  restored?: { text: string; mark: string | Uint8Array; outcome: Restored } | undefined;
  /** What could not be put back yet: nothing of this run is recorded instead. */
  pending?: string | undefined;
  /** Rows whose tables are not there, or do not take them. */
  waiting: Stored[];
  /** The tables among them that do not take them. */
  refused: Set<string>;
}

/** What became of rows that were put back. */
export interface Restored {
  /** The tables whose rows are back, by their names in lower case. */
  tables: string[];
  /** What is not, a sentence each. */
  notes: string[];
  /** Whether more comes back when it is put back again: after a transaction, or once tables are made. */
  isWaiting: boolean;
}

/** The text of no rows at all. */
const NOTHING = '[]';

const UNDER_WAY: Restored = {
  tables: [],
  notes: [
    'A transaction or a statement is under way: its rows were not put back, and stay stored.',
  ],
  isWaiting: true,
};

const known = new WeakMap<object, Known>();

/**
 * Whether a value is a database in memory, of node:sqlite or better-sqlite3. Loads neither; one of a file,
 * and one that is closed, is none.
 */
export function isMemoryDatabase(value: unknown): value is object {
  return typeof value === 'object' && value !== null && findConnection(value) !== undefined;
}

/**
 * Whether a database differs from what was last encoded, and can be encoded now: it is open, and no
 * transaction is under way, nor a statement where that is in the way.
 */
export function hasChanged(database: object): boolean {
  const db = findConnection(database);
  if (!db?.isOpen() || db.isInTransaction()) return false;
  try {
    const isOther = !isSame(readMark(db), knownOf(database).encoded);
    return isOther && (db.serialize !== undefined || isIdle(db));
  } catch {
    return false; // a statement is under way
  }
}

/**
 * All that is committed in a database, as a text for `restoreDatabase`; rows that could not be put back in
 * this run are in it.
 *
 * @returns `undefined` when it cannot be encoded now and was before: the text of then is the record
 */
export function encodeDatabase(database: object): string | undefined {
  const db = findConnection(database);
  const own = knownOf(database);
  try {
    if (db?.isOpen() && !db.isInTransaction()) {
      const mark = readMark(db);
      const text = own.pending ?? toText(db, own);
      own.encoded = mark;
      own.restored = undefined;
      return text;
    }
  } catch {
    // a statement is under way
  }
  return own.encoded === undefined ? (own.pending ?? own.restored?.text ?? NOTHING) : undefined;
}

/**
 * Puts recorded rows into the tables that the app has made: those and the columns that both have, in the
 * place of the rows that are there. Schema, prepared statements, functions and pragmas stay as they are,
 * and no trigger fires. Called again it does nothing where all that was put back is as it was, and otherwise
 * all of it again. Never throws; what does not fit is told, and stays recorded.
 *
 * @param isLate whether tables that have rows by now are left as they are: somebody may have been told
 */
export function restoreDatabase(database: object, text: string, isLate = false): Restored {
  const db = findConnection(database);
  const own = knownOf(database);
  if (!db?.isOpen()) return { tables: [], notes: [], isWaiting: false };
  try {
    const { restored } = own;
    const isDone = restored?.text === text && own.refused.size === 0;
    if (isDone && isSame(readMark(db), restored.mark)) return restored.outcome;
    own.pending = text;
    if (!isIdle(db)) return UNDER_WAY;
    const outcome = putBack(db, own, JSON.parse(text) as Stored[], isLate);
    own.pending = undefined;
    own.restored = { text, mark: readMark(db), outcome };
    return outcome;
  } catch (error) {
    const note = `Its rows were not put back, and stay stored: ${(error as Error).message}.`;
    return { tables: [], notes: [note], isWaiting: true };
  }
}

function isIdle(db: Connection): boolean {
  try {
    checkIdle(db);
    return true;
  } catch {
    return false;
  }
}

function putBack(db: Connection, own: Known, stored: Stored[], isLate: boolean): Restored {
  const attached = stored.map(({ rows }, index): [string, Buffer] => [
    `holdover_${index}`,
    Buffer.from(rows, 'base64'),
  ]);
  const { sources, copied } = withAttached(db, attached, () => {
    const all = stored.map(({ tables }, index): Source => ({
      schema: `holdover_${index}`,
      tables: readTables(db, `holdover_${index}`),
      only: tables && new Set(tables),
    }));
    return { sources: all, copied: copyRows(db, all, isLate) };
  });
  const { missing, refused, filled } = copied;
  const before = new Set(own.waiting.flatMap(({ tables = [] }) => tables));
  const isBefore = (name: string): boolean => before.has(name);
  own.refused = new Set([...refused, ...filled.filter((name) => own.refused.has(name))]);
  own.waiting = toWaiting(stored, sources, [...missing, ...refused, ...filled.filter(isBefore)]);
  return { tables: copied.tables, notes: copied.notes, isWaiting: missing.length > 0 };
}

function toText(db: Connection, own: Known): string {
  const rows = readRows(db).toString('base64');
  own.waiting = stillWaiting(db, own.waiting, own.refused);
  return JSON.stringify([{ rows }, ...own.waiting]);
}

function knownOf(database: object): Known {
  const own = known.get(database) ?? { waiting: [], refused: new Set() };
  known.set(database, own);
  return own;
}

/** What differs after each change: all there is, or how many rows were changed and how often the schema. */
function readMark(db: Connection): string | Uint8Array {
  if (db.mayBeLogged && db.serialize) return db.serialize();
  return String(
    db.value("select total_changes() || '/' || schema_version from pragma_schema_version"),
  );
}

function isSame(one: string | Uint8Array, other: string | Uint8Array | undefined): boolean {
  if (typeof one === 'string' || typeof other !== 'object') return one === other;
  return Buffer.compare(one, other) === 0;
}

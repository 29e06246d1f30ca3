import type { Connection } from './connection.ts';
import { sweepOrphans } from './orphans.ts';
import { isIndex, lostColumns, planCopies, rowidName, sharedColumns } from './plan.ts';
import type { Copy, Plan, Source } from './plan.ts';
import { hasRows, hasSequences, quote, readTables, readTriggers, type Table } from './schema.ts';

/** What became of stored rows; tables by their names in lower case. */
export interface Copied {
  tables: string[];
  /** Whose table the app has not made. */
  missing: string[];
  /** Whose rows the app's table does not take. */
  refused: string[];
  /** Whose table was to be empty, and is not. */
  filled: string[];
  /** What was not put back, a sentence each. */
  notes: string[];
}

/**
 * Puts the rows of attached tables in the place of those that the app's tables of the same names have, all
 * in one transaction: the columns that both have, the rowids, and where AUTOINCREMENT counts on. No trigger
 * fires, and the schema stays as it is. A table that does not take the rows keeps those that it has.
 *
 * @param isLate whether tables that have rows by now are left as they are
 * @throws Error, with nothing changed, where something is under way or this is not allowed
 */
export function copyRows(db: Connection, sources: Source[], isLate: boolean): Copied {
  const main = readTables(db, 'main');
  const plan = planCopies(main, sources);
  const filled = isLate ? plan.copies.filter(({ into }) => hasRows(db, into)) : [];
  plan.copies = plan.copies.filter((copy) => !filled.includes(copy));
  const notes = plan.copies.length > 0 ? copyPlanned(db, main, plan) : [];
  return toCopied(plan, filled, notes);
}

function copyPlanned(db: Connection, main: Map<string, Table>, plan: Plan): string[] {
  const isChecked = Number(db.value('select foreign_keys from pragma_foreign_keys')) === 1;
  db.exec('pragma foreign_keys = off');
  try {
    for (;;) {
      const { notes, refused } = inTransaction(db, () => copyAll(db, main, plan, isChecked));
      if (!refused) return notes;
      plan.refused.set(refused, 'what they point to is not there');
      plan.copies = plan.copies.filter(({ name }) => name !== refused);
    }
  } finally {
    if (isChecked) db.exec('pragma foreign_keys = on');
  }
}

interface Outcome {
  notes: string[];
  /** A table without which all has to be done again. */
  refused?: string | undefined;
}

function inTransaction(db: Connection, run: () => Outcome): Outcome {
  db.exec('begin immediate');
  try {
    const outcome = run();
    db.exec(outcome.refused ? 'rollback' : 'commit');
    return outcome;
  } catch (error) {
    db.exec('rollback');
    throw error;
  }
}

function copyAll(
  db: Connection,
  main: Map<string, Table>,
  plan: Plan,
  isChecked: boolean,
): Outcome {
  const triggers = [...main.values()].flatMap(({ name }) => readTriggers(db, name));
  for (const { schema, name } of triggers) db.exec(`drop trigger ${schema}.${quote(name)}`);
  for (const copy of plan.copies) copyOrRefuse(db, plan, copy);
  const copies = plan.copies.filter(({ name }) => !plan.refused.has(name));
  const { notes, refused } = isChecked ? sweepOrphans(db, main, copies) : { notes: [] };
  for (const table of main.values()) if (isIndex(table)) rebuild(db, table);
  for (const { sql } of triggers) db.exec(sql);
  plan.copies = copies;
  return { notes: [...notes, ...toLostNotes(copies)], refused };
}

function copyOrRefuse(db: Connection, plan: Plan, copy: Copy): void {
  db.exec('savepoint holdover');
  try {
    copyTable(db, copy);
  } catch (error) {
    db.exec('rollback to holdover');
    plan.refused.set(copy.name, (error as Error).message);
  }
  db.exec('release holdover');
}

function copyTable(db: Connection, copy: Copy): void {
  const { into, from, schema } = copy;
  const columns = sharedColumns(copy).map((pair) => pair.map(quote));
  const rowid = rowidName(copy);
  if (rowid) columns.push([rowid, rowid]);
  if (columns.length === 0) throw new Error('none of their columns is there any more');
  db.exec(`delete from main.${quote(into.name)}`);
  const isCounted = hasSequences(db, 'main');
  if (isCounted) db.run('delete from main.sqlite_sequence where name = ?', into.name);
  const [targets, origins] = [0, 1].map((side) => columns.map((pair) => pair[side]).join(', '));
  db.exec(
    `insert into main.${quote(into.name)} (${targets})
    select ${origins} from ${schema}.${quote(from.name)}`,
  );
  if (isCounted && hasSequences(db, schema)) copySequence(db, copy);
}

/** An id that was given is not given again, even if its row is gone. */
function copySequence(db: Connection, { into, from, schema }: Copy): void {
  if (!/\bautoincrement\b/i.test(sqlOf(db, into.name))) return;
  const old = db.value(`select max(seq) from ${schema}.sqlite_sequence where name = ?`, from.name);
  if (old === null) return;
  db.run(
    `insert into main.sqlite_sequence (name, seq)
    select ?, 0 where not exists (select 1 from main.sqlite_sequence where name = ?)`,
    into.name,
    into.name,
  );
  db.run(
    'update main.sqlite_sequence set seq = max(seq, cast(? as integer)) where name = ?',
    String(old),
    into.name,
  );
}

function sqlOf(db: Connection, table: string): string {
  const from = "from main.sqlite_schema where type = 'table' and name = ?";
  return String(db.value(`select max(sql) ${from}`, table));
}

/** A full-text index whose rows are those of another table. */
function rebuild(db: Connection, { name }: Table): void {
  db.exec(`insert into main.${quote(name)} (${quote(name)}) values ('rebuild')`);
}

function toLostNotes(copies: Copy[]): string[] {
  return copies.flatMap((copy) => {
    const lost = lostColumns(copy);
    const verb = lost.length > 1 ? 'are no columns' : 'is no column';
    return lost.length ? [`${copy.into.name}: ${lost.join(', ')} ${verb} any more.`] : [];
  });
}

function toCopied({ copies, missing, refused }: Plan, filled: Copy[], notes: string[]): Copied {
  const reasons = [...refused].map(
    ([name, reason]) => `The rows of ${name} were not put back, and stay stored: ${reason}.`,
  );
  return {
    tables: copies.map(({ name }) => name),
    missing,
    refused: [...refused.keys()],
    filled: filled.map(({ name }) => name),
    notes: [...reasons, ...notes],
  };
}

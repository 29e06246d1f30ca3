import type { Connection } from './connection.ts';
import { idName, type Copy } from './plan.ts';
import { fold, quote, readJson, type Table } from './schema.ts';

interface Orphan {
  table: string;
  /** `null` in a table without them. */
  rowid: string | null;
}

/**
 * Removes rows that point to rows which are not there, and those that point to them in turn.
 *
 * @returns a table that was copied and whose rows cannot be told apart, if it has some: it is left out
 */
export function sweepOrphans(
  db: Connection,
  main: Map<string, Table>,
  copies: Copy[],
): { notes: string[]; refused?: string | undefined } {
  const counts = new Map<string, number>();
  for (;;) {
    const orphans = findOrphans(db);
    const nameless = orphans.find(({ table, rowid }) => rowid === null && isCopied(copies, table));
    if (nameless) return { notes: [], refused: fold(nameless.table) };
    const removable = orphans.filter(({ rowid }) => rowid !== null);
    const before = Number(db.value('select total_changes()'));
    for (const { table, rowid } of removable) {
      const id = idName(main.get(fold(table))?.readable ?? []) ?? 'rowid';
      db.run(`delete from main.${quote(table)} where ${id} = ?`, String(rowid));
      counts.set(table, (counts.get(table) ?? 0) + 1);
    }
    if (Number(db.value('select total_changes()')) === before) break;
  }
  const notes = [...counts].map(([table, count]) => {
    const name = main.get(fold(table))?.name ?? table;
    return `${name}: ${count} ${count > 1 ? 'rows' : 'row'} left out, since what they point to is not there.`;
  });
  return { notes };
}

function isCopied(copies: Copy[], table: string): boolean {
  return copies.some(({ name }) => name === fold(table));
}

function findOrphans(db: Connection): Orphan[] {
  try {
    return readJson<Orphan>(
      db,
      `select json_group_array(json_object('table', "table", 'rowid', rowid)) from (
        select distinct "table", cast("rowid" as text) as rowid from pragma_foreign_key_check)`,
    );
  } catch {
    return []; // a foreign key of the app's that points to no key: nothing can be checked
  }
}

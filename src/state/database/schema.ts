import type { Connection } from './connection.ts';

/** A table of rows, as far as it says how to copy them. */
export interface Table {
  name: string;
  /** Those that are stored: generated ones and those of a virtual table's own are not among them. */
  columns: string[];
  /** As `columns`, with the generated ones. */
  readable: string[];
  hasRowid: boolean;
  /** Whether a column is another name for the rowid. */
  hasOwnId: boolean;
  /** The module of a virtual table, in lower case, and how it was made. */
  virtual?: { module: string; sql: string } | undefined;
}

export interface Trigger {
  schema: 'main' | 'temp';
  name: string;
  /** Which makes it again. */
  sql: string;
}

interface TableRow {
  name: string;
  type: 'table' | 'virtual';
  wr: number;
  sql: string | null;
}

interface ColumnRow {
  name: string;
  type: string;
  pk: number;
  /** 0 stored, 1 of a virtual table's own, 2 and 3 generated. */
  hidden: number;
}

/** A name in a statement. */
export function quote(name: string): string {
  return `"${name.replaceAll('"', '""')}"`;
}

/** As SQLite compares names. */
export function fold(name: string): string {
  return name.replace(/[A-Z]/g, (letter) => letter.toLowerCase());
}

/** The tables of a schema, by their folded names and in their order; not those that are within a virtual one. */
export function readTables(db: Connection, schema: string): Map<string, Table> {
  const rows = readJson<TableRow>(
    db,
    `select json_group_array(json_object('name', name, 'type', type, 'wr', wr, 'sql', (
      select sql from ${schema}.sqlite_schema as made where made.name = listed.name)))
    from pragma_table_list as listed
    where schema = ? and type in ('table', 'virtual') and name not like 'sqlite\\_%' escape '\\'`,
    schema,
  );
  const tables = rows.map((row): [string, Table] => [fold(row.name), toTable(db, schema, row)]);
  return new Map(tables.sort(([one], [other]) => (one < other ? -1 : 1)));
}

function toTable(db: Connection, schema: string, { name, type, wr, sql }: TableRow): Table {
  const columns = readJson<ColumnRow>(
    db,
    `select json_group_array(json_object('name', name, 'type', type, 'pk', pk, 'hidden', hidden))
    from pragma_table_xinfo(?, ?)`,
    name,
    schema,
  );
  const keys = columns.filter(({ pk }) => pk > 0);
  const [, module = ''] = /\busing\s+["'`[]?(\w+)/i.exec(sql ?? '') ?? [];
  return {
    name,
    columns: columns.filter(({ hidden }) => hidden === 0).map((column) => column.name),
    readable: columns.filter(({ hidden }) => hidden !== 1).map((column) => column.name),
    hasRowid: wr === 0,
    hasOwnId: keys.length === 1 && fold(keys[0]?.type ?? '') === 'integer',
    virtual: type === 'virtual' ? { module: fold(module), sql: sql ?? '' } : undefined,
  };
}

/** The triggers on a table of the main schema, in the order in which they were made. */
export function readTriggers(db: Connection, table: string): Trigger[] {
  return (['main', 'temp'] as const).flatMap((schema) =>
    readJson<{ name: string; sql: string }>(
      db,
      `select json_group_array(json_object('name', name, 'sql', sql)) from (
        select name, sql from ${schema}.sqlite_schema
        where type = 'trigger' and tbl_name = ? collate nocase order by rowid)`,
      table,
    ).map(({ name, sql }) => {
      // SQLite stores the text from the name on, behind these two words.
      const again = sql.replace(/^create trigger /i, `create trigger ${schema}.`);
      return { schema, name, sql: again };
    }),
  );
}

/** Whether a table of the main schema has any. */
export function hasRows(db: Connection, { name }: Table): boolean {
  return Number(db.value(`select exists (select 1 from main.${quote(name)})`)) === 1;
}

/** Whether a schema has the table in which AUTOINCREMENT counts. */
export function hasSequences(db: Connection, schema: string): boolean {
  const sql = `select count(*) from ${schema}.sqlite_schema where name = 'sqlite_sequence'`;
  return Number(db.value(sql)) === 1;
}

export function readJson<T>(db: Connection, sql: string, ...parameters: string[]): T[] {
  return JSON.parse(db.value(sql, ...parameters) as string) as T[];
}

import { fold, type Table } from './schema.ts';

/** Stored rows, attached. */
export interface Source {
  schema: string;
  tables: Map<string, Table>;
  /** The tables that count, by their folded names; all of them when it is not said. */
  only?: ReadonlySet<string> | undefined;
}

/** One table to copy. */
export interface Copy {
  name: string;
  into: Table;
  from: Table;
  schema: string;
}

export interface Plan {
  copies: Copy[];
  /** Tables that the app has not made. */
  missing: string[];
  /** Why the rows of a table cannot be put back. */
  refused: Map<string, string>;
}

/** Virtual tables whose rows can be read and written as those of others. */
const COPIED_MODULES = new Set(['fts3', 'fts4', 'fts5', 'rtree', 'rtree_i32']);

/** Where tools note which migrations have run: true of the new schema, not of the old one. */
const MIGRATIONS = /migration|^sequelizemeta$/i;

/** Which tables are copied from where: a table from the last source that has it. */
export function planCopies(main: Map<string, Table>, sources: Source[]): Plan {
  const plan: Plan = { copies: [], missing: [], refused: new Map() };
  const from = new Map<string, Pick<Copy, 'from' | 'schema'>>();
  for (const { schema, tables, only } of sources) {
    for (const [name, table] of tables)
      if (only?.has(name) ?? true) from.set(name, { from: table, schema });
  }
  for (const [name, { from: table, schema }] of from) {
    const into = main.get(name);
    if (MIGRATIONS.test(name) || (into && isIndex(into))) continue;
    if (!into) plan.missing.push(name);
    else plan.copies.push({ name, into, from: table, schema });
  }
  refuseUncopied(plan);
  return plan;
}

function refuseUncopied(plan: Plan): void {
  for (const { name, into, from } of plan.copies) {
    const reason = whyNot(into, from);
    if (reason) plan.refused.set(name, reason);
  }
  plan.copies = plan.copies.filter(({ name }) => !plan.refused.has(name));
}

function whyNot(into: Table, from: Table): string | undefined {
  const module = into.virtual?.module;
  if (module !== from.virtual?.module) return 'the table is of another kind now';
  if (module === undefined) return undefined;
  if (!COPIED_MODULES.has(module)) return `it is a virtual table (${module})`;
  return contentOf(from) === '' || contentOf(into) === ''
    ? 'it is a full-text index without content'
    : undefined;
}

/** Whether a table only finds rows of another one, so that it is made from that. */
export function isIndex(table: Table): boolean {
  return Boolean(contentOf(table));
}

/** The table whose rows a full-text index finds; `''` for one that has no rows to read. */
function contentOf({ virtual }: Table): string | undefined {
  if (!virtual?.module.startsWith('fts')) return undefined;
  const [, quoted, plain] =
    /\bcontent\s*=\s*(?:["'`[]([^"'`\]]*)["'`\]]|(\w+))/i.exec(virtual.sql) ?? [];
  return quoted ?? plain;
}

/** The columns that both have, as each of them writes their names. */
export function sharedColumns({ into, from }: Copy): [into: string, from: string][] {
  const readable = new Map(from.readable.map((name) => [fold(name), name]));
  return into.columns.flatMap((name): [string, string][] => {
    const old = readable.get(fold(name));
    return old === undefined ? [] : [[name, old]];
  });
}

/** The stored columns of which the app's table has none. */
export function lostColumns({ into, from }: Copy): string[] {
  const all = new Set(into.readable.map(fold));
  return from.columns.filter((name) => !all.has(fold(name)));
}

/** A name of the rowid, where it has to be copied beside the columns. */
export function rowidName({ into, from }: Copy): string | undefined {
  if (!into.hasRowid || !from.hasRowid || into.hasOwnId) return undefined;
  if (into.virtual && !into.virtual.module.startsWith('fts')) return undefined; // an rtree's is a column
  return idName([...into.readable, ...from.readable]);
}

/** A name of the rowid that is none of these columns. */
export function idName(columns: string[]): string | undefined {
  const taken = new Set(columns.map(fold));
  return ['rowid', '_rowid_', 'oid'].find((name) => !taken.has(name));
}

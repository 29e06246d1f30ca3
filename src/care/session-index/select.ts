import type { Columns } from './columns.ts';
import type { Keys } from './keys.ts';
import type { Look } from './look.ts';
import type { RowQuery, Rows, SessionRow } from './row.ts';
import { Turns } from './turns.ts';

/** After how many rows it is looked at the clock. */
const STRIDE = 256;

/** The rows that a query asks for, of what a look has found by now. */
export async function selectRows(look: Look, keys: Keys, query: RowQuery): Promise<Rows> {
  const { filter = '', sort = 'lastSeen', order = 'desc', from = 0, count = 100 } = query;
  const { columns, scanned, isComplete } = look;
  const text = filter.trim().toLowerCase();
  const turns = new Turns();
  const sorted = await look.orderBy(sort).sorted(turns);
  const found = text === '' ? undefined : await findMatches(columns, text, turns);
  const { length } = sorted.rows;
  const rows: SessionRow[] = [];
  const now = Date.now();
  let total = 0;
  let clients = 0;
  let matching = 0;
  for (let step = 0; step < length + sorted.others.length; step++) {
    if (step % STRIDE === 0 && turns.isOver()) await turns.pass();
    const place = order === 'asc' ? step : length - 1 - step;
    const row = (step < length ? sorted.rows[place] : sorted.others[step - length]) as number;
    if (!columns.isLive(row, now)) continue;
    total++;
    if (columns.isClient(row)) clients++;
    if (found?.[row] === 0) continue;
    matching++;
    if (matching <= from || rows.length >= count) continue;
    rows.push({ key: keys.give(columns.indexedAt(row)), ...columns.rowAt(row) });
  }
  return { rows, matching, total, clients, scanned, isComplete };
}

/**
 * Has 1 for each row in which a text stands. They are looked at in the order in which they came: so their texts
 * lie in memory, and in any other it takes several times as long.
 */
async function findMatches(columns: Columns, text: string, turns: Turns): Promise<Uint8Array> {
  const matches = columns.toMatcher(text);
  const found = new Uint8Array(columns.length);
  for (let row = 0; row < found.length; row++) {
    if (row % STRIDE === 0 && turns.isOver()) await turns.pass();
    if (matches(row)) found[row] = 1;
  }
  return found;
}

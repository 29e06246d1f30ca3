import type { Columns } from './columns.ts';
import type { RowField } from './row.ts';
import type { Turns } from './turns.ts';

/** How many rows are sorted at a time. */
const PART = 4096;

/** The numbers of rows in an order. */
export interface Sorted {
  /** Those that have the field, the smallest first. */
  rows: Uint32Array;
  /** Those that do not. */
  others: Uint32Array;
}

/** Rows by a field. What has come since it was last asked is sorted by itself and merged into the rest. */
export class Order {
  readonly #columns: Columns;
  readonly #field: RowField;
  /** What rows are sorted by, by their numbers. */
  readonly #values: (string | number | undefined)[] = [];
  #sorted: Sorted = { rows: new Uint32Array(), others: new Uint32Array() };
  #sorting: Promise<void> = Promise.resolve();

  constructor(columns: Columns, field: RowField) {
    this.#columns = columns;
    this.#field = field;
  }

  /** All rows that there are by now. */
  async sorted(turns: Turns): Promise<Sorted> {
    this.#sorting = this.#sorting.then(() => this.#extend(turns));
    await this.#sorting;
    return this.#sorted;
  }

  async #extend(turns: Turns): Promise<void> {
    const values = this.#values;
    const end = this.#columns.length;
    while (values.length < end) {
      const part: number[] = [];
      const others: number[] = [];
      for (const last = Math.min(end, values.length + PART); values.length < last;) {
        const row = values.length;
        const value = this.#columns.valueOf(row, this.#field);
        values.push(value);
        (value === undefined ? others : part).push(row);
      }
      part.sort((one, other) => this.#compare(one, other));
      this.#sorted = {
        rows: this.#merge(this.#sorted.rows, part),
        others: concat(this.#sorted.others, others),
      };
      if (turns.isOver()) await turns.pass();
    }
  }

  #merge(rows: Uint32Array, part: number[]): Uint32Array {
    const merged = new Uint32Array(rows.length + part.length);
    let next = 0;
    let filled = 0;
    for (const row of part) {
      while (next < rows.length && this.#compare(rows[next] as number, row) <= 0) {
        merged[filled++] = rows[next++] as number;
      }
      merged[filled++] = row;
    }
    merged.set(rows.subarray(next), filled);
    return merged;
  }

  #compare(one: number, other: number): number {
    const a = this.#values[one] as string;
    const b = this.#values[other] as string;
    return a < b ? -1 : Number(a > b);
  }
}

function concat(rows: Uint32Array, others: number[]): Uint32Array {
  if (others.length === 0) return rows;
  const all = new Uint32Array(rows.length + others.length);
  all.set(rows);
  all.set(others, rows.length);
  return all;
}

export type Direction = 'ascending' | 'descending';

export interface Order<Item> {
  by: keyof Item;
  direction: Direction;
}

/** A copy of a list, in order. Texts are compared as people do it, everything else by its value. */
export function toSorted<Item>(items: readonly Item[], { by, direction }: Order<Item>): Item[] {
  const sign = direction === 'ascending' ? 1 : -1;
  return [...items].sort((one, other) => sign * compare(one[by], other[by]));
}

function compare(one: unknown, other: unknown): number {
  if (typeof one === 'string' && typeof other === 'string') return one.localeCompare(other);
  if (one instanceof Date && other instanceof Date) return one.getTime() - other.getTime();
  return Number(one) - Number(other);
}

/** Reads `name` and `-name`. */
export function parseOrder<Item>(text: string, fields: readonly (keyof Item)[]): Order<Item> {
  const direction = text.startsWith('-') ? 'descending' : 'ascending';
  const wanted = text.replace(/^-/, '');
  const by = fields.find((field) => field === wanted) ?? fields[0];
  if (by === undefined) throw new Error('There is nothing to sort by.');
  return { by, direction };
}

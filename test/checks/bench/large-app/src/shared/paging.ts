/** One page of a list. */
export interface Page<Item> {
  items: Item[];
  number: number;
  size: number;
  total: number;
}

export interface PageWish {
  number?: number | undefined;
  size?: number | undefined;
}

const USUAL_SIZE = 20;
const LARGEST_SIZE = 100;

/** Cuts a page out of a list; pages begin with 1. */
export function toPage<Item>(items: readonly Item[], wish: PageWish): Page<Item> {
  const size = Math.min(wish.size ?? USUAL_SIZE, LARGEST_SIZE);
  const last = Math.max(1, Math.ceil(items.length / size));
  const number = Math.min(wish.number ?? 1, last);
  const start = (number - 1) * size;
  return { items: items.slice(start, start + size), number, size, total: items.length };
}

/** The numbers of the pages to link to: the first, the last, and those around the present one. */
export function toPageLinks({ number, size, total }: Page<unknown>): number[] {
  const last = Math.max(1, Math.ceil(total / size));
  const around = [number - 1, number, number + 1].filter((page) => page >= 1 && page <= last);
  return [...new Set([1, ...around, last])];
}

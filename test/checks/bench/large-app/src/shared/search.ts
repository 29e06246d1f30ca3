import { toPlain } from './text.ts';

/** Keeps what has all the words in one of its fields. */
export function search<Item>(
  items: readonly Item[],
  words: string | undefined,
  toFields: (item: Item) => readonly string[],
): Item[] {
  const wanted = toWords(words ?? '');
  if (wanted.length === 0) return [...items];
  return items.filter((item) => {
    const fields = toFields(item).map(toPlain);
    return wanted.every((word) => fields.some((field) => field.includes(word)));
  });
}

function toWords(text: string): string[] {
  return toPlain(text)
    .split(/\s+/)
    .filter((word) => word.length > 0);
}

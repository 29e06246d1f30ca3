import type { Entry, Kept } from './entry.ts';

/**
 * Opens an entry and calls its verbs, one after the other, as the words of this process say; prints what
 * they have given, and waits for its end.
 */
export async function callEntry(entry: Entry): Promise<void> {
  const [options = '', calls = ''] = process.argv.slice(2);
  const kept = entry.open(JSON.parse(options));
  const given: unknown[] = [];
  for (const [verb, ...words] of JSON.parse(calls) as [keyof Kept, ...string[]][]) {
    const meant = words.map((word) => (word.startsWith('#') ? given[Number(word.slice(1))] : word));
    given.push((await (kept[verb] as (...of: unknown[]) => Promise<unknown>)(...meant)) ?? null);
  }
  process.stdout.write(`given ${JSON.stringify(given)}\n`);
  setInterval(() => {}, 60_000);
}

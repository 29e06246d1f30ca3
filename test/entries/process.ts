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
    given.push((await (kept[verb] as (...of: string[]) => Promise<unknown>)(...words)) ?? null);
  }
  process.stdout.write(`given ${JSON.stringify(given)}\n`);
  setInterval(() => {}, 60_000);
}

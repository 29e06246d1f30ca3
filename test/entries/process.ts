// Opens an entry and calls its verbs, one after the other; prints what they have given, and waits for its end.
import type { Entry, Kept } from './entry.ts';

const [name = '', options = '', calls = ''] = process.argv.slice(2);
const { entry } = (await import(`./${name}.ts`)) as { entry: Entry };
const kept = entry.open(JSON.parse(options));
const given: unknown[] = [];
for (const [verb, ...words] of JSON.parse(calls) as [keyof Kept, ...string[]][]) {
  given.push((await (kept[verb] as (...of: string[]) => Promise<unknown>)(...words)) ?? null);
}
process.stdout.write(`given ${JSON.stringify(given)}\n`);
setInterval(() => {}, 60_000);

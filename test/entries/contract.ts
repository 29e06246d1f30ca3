import { readFileSync } from 'node:fs';
import { isBuiltin } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import manifest from '../../package.json' with { type: 'json' };
import { createSessionStore } from '../../src/index.ts';
import type { Options } from '../../src/options.ts';
import { bundleBefore } from '../support/bundle.ts';
import { poll } from '../support/poll.ts';
import { start } from '../support/running.ts';
import type { Entry, Kept } from './entry.ts';
import { ABSENT_REDIS, createForeignPlace, PLACES } from './places.ts';

const DIST = new URL('../../dist/', import.meta.url);

/** What npm installs with holdover. */
const OWN_PACKAGES = Object.keys(manifest.dependencies);

type Call = [verb: keyof Kept, ...words: string[]];

/** An entry in a place of its own. */
class Subject {
  readonly options: Options;
  readonly #entry: Entry;

  constructor(entry: Entry, place: Options) {
    this.#entry = entry;
    this.options = { namespace: 'kept', ...place };
  }

  open(): Kept {
    return this.#entry.open(this.options);
  }

  /**
   * Calls verbs in a process of its own, which runs that file and is killed as soon as they have resolved.
   * The word `#1` is what the second of them has given.
   */
  async inProcess(file: string, ...calls: Call[]): Promise<(string | null)[]> {
    const words = [JSON.stringify(this.options), JSON.stringify(calls)];
    const running = start(process.execPath, [file, ...words], {
      cwd: process.cwd(),
    });
    await running.printed(/^given .*\n/m);
    running.kill('SIGKILL');
    await running.exited;
    return JSON.parse(/^given (.*)\n/m.exec(running.output)?.[1] as string);
  }

  /** When the only thing that is kept expires, in milliseconds from now. */
  async left(): Promise<number> {
    for await (const { expires } of createSessionStore(this.options).all()) {
      return expires - Date.now();
    }
    throw new Error('Nothing is kept.');
  }
}

/** What holds for every entry, over every place; in a directory by default. */
export function describeEntry(name: string, entry: Entry): void {
  describe(`holdover/${name}`, () => {
    const toFile = bundleBefore(
      `import { entry } from './${name}.ts'; import { callEntry } from './process.ts'; await callEntry(entry);`,
      import.meta.dirname,
    );

    describe.each(PLACES)('over $name', ({ create }) => {
      const begin = async (): Promise<Subject> => new Subject(entry, await create());

      it('keeps what was written, and what was ended, when the process is killed', async () => {
        const subject = await begin();
        const given = await subject.inProcess(
          toFile(),
          ['add', 'first'],
          ['add', 'another'],
          ['add', 'brief'],
          ['change', '#1', 'second'],
          ['end', '#2'],
          ['read', '#2'],
        );
        expect(given.pop()).toBeNull();
        const keys = given.slice(0, 3) as string[];
        const [, changed, ended] = keys as [string, string, string];
        const here = subject.open();
        expect(await Promise.all(keys.map(here.read))).toEqual(['first', 'second', undefined]);
        await here.change(ended, 'third');
        expect(await here.read(ended)).toBe(entry.refusesEnded ? undefined : 'third');
        await here.change(changed, 'fourth');
        expect(await here.read(changed)).toBe('fourth');
      });

      it('agrees with another one of the same place', async () => {
        const subject = await begin();
        const [here, there] = [subject.open(), subject.open()];
        const key = await here.add('first');
        expect(await there.read(key)).toBe('first');
        await there.change(key, 'second');
        expect(await here.read(key)).toBe('second');
        await here.end(key);
        expect(await there.read(key)).toBeUndefined();
      });

      it('knows nothing of another namespace', async () => {
        const subject = await begin();
        const key = await subject.open().add('mine');
        const strange = new Subject(entry, { ...subject.options, namespace: 'strange' });
        expect(await strange.open().read(key)).toBeUndefined();
      });

      it.runIf(entry.unit)(
        'ends what is told how long it lasts, in the unit of its framework',
        async () => {
          const minutes = (count: number): number => (count * 60_000) / (entry.unit as number);
          const subject = await begin();
          await subject.open().add('for a while', minutes(10));
          const left = await subject.left();
          expect(left).toBeGreaterThan(5 * 60_000);
          expect(left).toBeLessThanOrEqual(10 * 60_000);

          const kept = new Subject(entry, { ...subject.options, namespace: 'short' }).open();
          const key = await kept.add('for a moment', Math.max(1, 500 / (entry.unit as number)));
          await poll(async () => (await kept.read(key)) === undefined);
        },
      );
    });

    it.each([
      ['a folder that is not its own', createForeignPlace],
      ['a Redis that is not there', () => ABSENT_REDIS],
    ])('tells the caller of %s', async (_, createPlace) => {
      const place = createPlace();
      const calls: ((kept: Kept) => Promise<unknown>)[] = [
        (kept) => kept.add('text'),
        (kept) => kept.change('key', 'text'),
      ];
      // Where the framework makes the keys, it does not ask for one that it has not made.
      if (!entry.refusesEnded) {
        calls.push(
          (kept) => kept.read('key'),
          (kept) => kept.end('key'),
        );
      }
      for (const call of calls) {
        // It may be told when it is opened, or by the call.
        await expect((async () => call(entry.open(place)))()).rejects.toThrow(/\w\.$/);
      }
    });

    it('imports no package but those of its framework, and of holdover', () => {
      const imported = listPackages(fileURLToPath(new URL(`${name}.js`, DIST)));
      const isTaken = (path: string): boolean =>
        isBuiltin(path) || [...OWN_PACKAGES, ...entry.packages].some((one) => path === one);
      expect(imported).not.toEqual([]);
      expect(imported.filter((path) => !isTaken(path))).toEqual([]);
    });
  });
}

/** Lists the packages that a file of `dist` imports when it is loaded, with those of the files that it imports. */
function listPackages(file: string, seen = new Set<string>()): string[] {
  if (seen.has(file)) return [];
  seen.add(file);
  const imports = readFileSync(file, 'utf8').matchAll(
    /^(?:import|export) (?:[^;"]*? from )?"([^"]+)";/gm,
  );
  return [...imports].flatMap(([, name = '']) =>
    name.startsWith('.') ? listPackages(join(dirname(file), name), seen) : [name],
  );
}

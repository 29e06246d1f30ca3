import { join } from 'node:path';
import { afterEach, describe, expect, it, vi } from 'vitest';
import type { SessionStorage } from '../../src/session/storage.ts';
import { times } from '../support/depth.ts';
import { MemoryStorage, type Medium } from '../support/memory-storage.ts';
import { Random } from '../support/random.ts';
import { openDirectory, type OpenDirectory } from '../support/session-directory.ts';
import { createTempFolder } from '../support/temp-folder.ts';
import { HOSTILE_KEYS } from './hostile-keys.ts';

const OPERATIONS = times(1_000, 10_000);
const KEYS = HOSTILE_KEYS.slice(0, 16);
const VERBS = [
  ...Array<'set'>(30).fill('set'),
  ...Array<'get'>(30).fill('get'),
  ...Array<'touch'>(15).fill('touch'),
  ...Array<'update'>(8).fill('update'),
  ...Array<'retire'>(6).fill('retire'),
  ...Array<'revive'>(4).fill('revive'),
  ...Array<'wait'>(6).fill('wait'),
  ...Array<'settle'>(3).fill('settle'),
  ...Array<'reopen'>(2).fill('reopen'),
  ...Array<'list'>(2).fill('list'),
  'clear' as const,
];

afterEach(() => vi.useRealTimers());

/** A directory and a Map, which must not be told apart. */
class Pair {
  readonly random: Random;
  readonly model = new MemoryStorage('default', new Map() as Medium);
  readonly directory = join(createTempFolder(), 'sessions');
  open: OpenDirectory = openDirectory(this.directory);

  constructor(seed: number) {
    this.random = new Random(seed);
  }

  async step(): Promise<string> {
    const { random } = this;
    const [verb, key] = [random.pick(VERBS), random.pick(KEYS)];
    // As a SessionStore asks for them: a ttl that moves an expiry by 1 % or more, or is far away.
    const ttl = 10_000 * 2 ** random.below(12);
    const sizes = [10, 100, 400, 500, 5000, 70_000];
    const text = random
      .next()
      .toString(36)
      .repeat(random.pick(sizes) / 10);
    if (verb === 'set') await this.#both((storage) => storage.set(key, text, ttl));
    else if (verb === 'update') {
      const change = (old: string | undefined) =>
        ttl % 3 === 1 ? undefined : (old ?? '').slice(0, 9) + text;
      await this.#both((storage) => storage.update(key, change, ttl));
    } else if (verb === 'touch') await this.#both((storage) => storage.touch(key, ttl));
    else if (verb === 'retire') await this.#both((storage) => storage.retire(key, ttl));
    else if (verb === 'revive') await this.#both((storage) => storage.revive(key));
    else if (verb === 'clear') await this.#both((storage) => storage.clear());
    else if (verb === 'list') await this.#both(listOf);
    else if (verb === 'wait') vi.setSystemTime(Date.now() + random.below(30_000));
    else if (verb === 'settle') await this.open.settled();
    else if (verb === 'reopen') this.open = openDirectory(this.directory);
    await this.#both((storage) => storage.get(key));
    return `${verb} ${JSON.stringify(key)}`;
  }

  async #both(operation: (storage: SessionStorage) => unknown): Promise<void> {
    expect(await operation(this.open.storage)).toEqual(await operation(this.model));
  }
}

async function listOf(storage: SessionStorage): Promise<unknown> {
  const list: unknown[] = [];
  for await (const entry of storage.entries()) list.push(entry);
  list.sort((a, b) => ((a as { key: string }).key < (b as { key: string }).key ? -1 : 1));
  return { list, count: await storage.count() };
}

describe('a directory', () => {
  it.each([1, 2])(`is like a Map in ${OPERATIONS / 2} random calls (seed %d)`, async (seed) => {
    vi.useFakeTimers({ toFake: ['Date'] });
    const pair = new Pair(seed);
    const history: string[] = [];
    for (let count = 0; count < OPERATIONS / 2; count++) {
      try {
        history.push(await pair.step());
      } catch (error) {
        (error as Error).message += ` (step ${count}, after ${history.slice(-8).join(', ')})`;
        throw error;
      }
    }
    expect([...pair.open.said, ...pair.open.setAside()]).toEqual([]);
  });
});

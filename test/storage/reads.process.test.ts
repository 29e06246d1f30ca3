import { once } from 'node:events';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { times } from '../support/depth.ts';
import { startProcess } from '../support/processes.ts';
import { openDirectory, type OpenDirectory } from '../support/session-directory.ts';
import { createTempFolder } from '../support/temp-folder.ts';

const READS = times(500, 3_000);
const OPENINGS = times(15, 150);
const IDS = ['one', 'two', 'three'];

/** Reads again and again: nothing is missing, mixed up or older than what was read before. */
class Reader {
  readonly #open: OpenDirectory;
  readonly versions = new Map<string, number>();
  readonly seen = new Set<number>();

  constructor(open: OpenDirectory) {
    this.#open = open;
  }

  async read(id: string): Promise<void> {
    const session = await this.#open.store.get(id);
    if (!session) expect.fail(`${id} is missing`);
    const { n, text } = session.data as { n: number; text: string };
    const letter = String.fromCharCode(97 + (n % 26));
    if (text.length !== 100 + (n % 7) * 3000 || text.replaceAll(letter, '')) {
      expect.fail(`${id} is mixed up at ${n}`);
    }
    const before = this.versions.get(id) ?? 0;
    if (n < before) expect.fail(`${id} went back from ${before} to ${n}`);
    this.versions.set(id, n);
    this.seen.add(n);
  }
}

describe('reads', () => {
  it(`during writes of another process see, ${READS} of them, whole sessions that only grow newer`, async () => {
    const directory = join(createTempFolder(), 'sessions');
    const writer = startProcess('version-writer', [directory, ...IDS]);
    await once(writer.stdout!.resume(), 'data');
    const open = openDirectory(directory);
    const reader = new Reader(open);
    for (let read = 0; read < READS || reader.seen.size < 100; read++) {
      await reader.read(IDS[read % IDS.length]!);
      // The reader has moved what the writer staged, too: it found it when it was opened.
      if (read % 500 === 0) await open.settled();
      if (read % 10 === 0) await new Promise(setImmediate);
    }
    expect(writer.exitCode).toBeNull();
    expect(open.setAside()).toEqual([]);
    expect(open.said).toEqual([]);
  });
});

describe('a process that writes', () => {
  it(`loses nothing to others that open the directory ${OPENINGS} times meanwhile, and move what they find`, async () => {
    const directory = join(createTempFolder(), 'sessions');
    const writer = startProcess('version-writer', [directory, ...IDS]);
    let acknowledged = '';
    writer.stdout!.setEncoding('utf8').on('data', (text: string) => (acknowledged += text));
    await once(writer.stdout!, 'data');
    const versions = new Map<string, number>();
    for (let opened = 0; opened < OPENINGS; opened++) {
      const open = openDirectory(directory);
      const reader = new Reader(open);
      for (const id of IDS) {
        reader.versions.set(id, versions.get(id) ?? 0);
        await reader.read(id);
        versions.set(id, reader.versions.get(id)!);
      }
      await open.settled();
      await new Promise(setImmediate);
      expect(open.said).toEqual([]);
    }
    expect(writer.exitCode).toBeNull();
    const closed = once(writer, 'close');
    writer.kill('SIGKILL');
    await closed;
    const last = openDirectory(directory);
    const lines = acknowledged.split('\n').slice(0, -1);
    const lost = lines.filter((line) => line.startsWith('went back'));
    expect(`${lost.length} of ${lines.length} were lost`).toBe(`0 of ${lines.length} were lost`);
    for (const id of IDS) {
      const line = lines.findLast((one) => one.startsWith(`${id} `));
      const session = await last.store.get(id);
      expect(session?.data.n).toBeGreaterThanOrEqual(Number(line?.split(' ')[1]));
    }
  });
});

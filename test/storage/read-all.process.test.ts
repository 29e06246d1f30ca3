import { describe, expect, it } from 'vitest';
import type * as readAllModule from '../../src/storage/survey/read-all.ts';
import type { Reading, ReadPart } from '../../src/storage/survey/read-part.ts';
import { scanNow, type Scanned } from '../../src/storage/directory/scan.ts';
import { MODULES } from '../support/modules.ts';
import { openDirectory, TEST_KEY } from '../support/session-directory.ts';

// What is compiled: the thread is a file of its own.
const url = new URL('storage/survey/read-all.js', MODULES).href;
const { readAll } = (await import(url)) as typeof readAllModule;

const PART = 100;
/** Enough that a thread reads some. */
const PARTS = 70;

/** How a directory of one session is read, and that session as a scan meets it. */
async function createReading(): Promise<{ reading: Reading; scanned: Scanned }> {
  const { layout, files, storage } = openDirectory();
  await storage.set('ada', 'text', 60_000);
  await files.settled();
  const reading = { layout, key: TEST_KEY, namespaces: new Map(), isLight: false };
  const [scanned] = scanNow({ layout });
  return { reading, scanned: scanned as Scanned };
}

async function* toParts(...scanned: Scanned[]): AsyncGenerator<Scanned[]> {
  for (const one of scanned) yield Array<Scanned>(PART).fill(one);
}

describe('reading many records', () => {
  it('gives each that is there, and why one does not open', async () => {
    const { reading, scanned } = await createReading();
    const gone = { ...scanned, name: '0'.repeat(64) };
    const all = [...Array<Scanned>(PARTS).fill(scanned), gone];
    const parts: ReadPart[] = [];
    for await (const part of readAll(reading, toParts(...all))) parts.push(part);
    const records = parts.flatMap((part) => part.records);
    expect(records.length).toBe(PARTS * PART);
    expect(new Set(records.map(({ id, text }) => `${id}: ${text}`))).toEqual(
      new Set(['ada: text']),
    );
    expect(parts.flatMap(({ faults }) => faults)).toEqual([]);

    const other = { ...reading, key: { ...reading.key, fingerprint: 'f'.repeat(16) } };
    const faults = new Set<string>();
    for await (const part of readAll(other, toParts(...all))) {
      expect(part.records).toEqual([]);
      for (const [fault, place] of part.faults) faults.add(`${place}: ${fault}`);
    }
    expect([...faults]).toEqual([`${scanned.name}: wrong key`]);
  });

  it('fails with what the thread fails with', async () => {
    const { reading, scanned } = await createReading();
    const unreadable = { ...scanned, name: '0'.repeat(5000) };
    const before = Array<Scanned>(5000 / PART).fill(scanned); // read here: the next ones are not
    const all = [...before, unreadable, scanned, scanned];
    const read = async (): Promise<void> => {
      for await (const part of readAll(reading, toParts(...all))) expect(part.faults).toEqual([]);
    };
    await expect(read()).rejects.toMatchObject({ code: 'ENAMETOOLONG' });
  });

  it('ends its thread when nobody wants more', async () => {
    const { reading, scanned } = await createReading();
    const countThreads = (): number =>
      process.getActiveResourcesInfo().filter((name) => name === 'MessagePort').length;
    const before = countThreads();
    let seen = 0;
    for await (const part of readAll(reading, toParts(...Array<Scanned>(PARTS).fill(scanned)))) {
      seen += part.records.length;
      if (seen < (PARTS - 10) * PART) continue;
      expect(countThreads()).toBeGreaterThan(before);
      break;
    }
    expect(countThreads()).toBe(before);
  });
});

import { once } from 'node:events';
import { setTimeout as delay } from 'node:timers/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { bundleWhole } from '../support/bundle.ts';
import { times } from '../support/depth.ts';
import { startProcess } from '../support/processes.ts';
import { Random } from '../support/random.ts';
import { openDirectory, temporaryFilesIn } from '../support/session-directory.ts';
import { createTempFolder } from '../support/temp-folder.ts';

const KILLS = times(6, 40);

const writer = bundleWhole('crash-writer');

/** What a writer has said about one session. */
interface Said {
  n: number;
  isEnding?: boolean;
  isEnded?: boolean;
}

describe.each([
  { size: 500, lanes: 1 },
  { size: 500, lanes: 8 },
  { size: 64 * 1024, lanes: 1 },
  { size: 64 * 1024, lanes: 8 },
])('a writer of $size bytes on $lanes lanes that is killed', ({ size, lanes }) => {
  it(`loses no acknowledged session in ${KILLS} kills`, { timeout: 240_000 }, async () => {
    const random = new Random(size + lanes);
    // Two series at a time, each in its own directory, kill after kill.
    const halves = [Math.ceil(KILLS / 2), Math.floor(KILLS / 2)];
    const acknowledged = await Promise.all(
      halves.map((kills) => killAgainAndAgain({ kills, size, lanes, random })),
    );
    console.log(`${size} B x ${lanes}: ${KILLS} kills, ${sum(acknowledged)} acknowledged writes`);
    expect(Math.min(...acknowledged)).toBeGreaterThan(KILLS);
  });
});

async function killAgainAndAgain(options: {
  kills: number;
  size: number;
  lanes: number;
  random: Random;
}): Promise<number> {
  const { kills, size, lanes, random } = options;
  const directory = join(createTempFolder(), 'sessions');
  const sessions = new Map<string, Said>();
  let acknowledged = 0;
  for (let kill = 0; kill < kills; kill++) {
    const args = [directory, `run${kill}`, String(lanes), String(size)];
    const lines = await writeUntilKilled(args, 5 + random.below(116));
    for (const line of lines) {
      if (line.startsWith('set')) acknowledged++;
      note(sessions, line);
    }
    await check(directory, sessions, `kill ${kill} of ${size} B x ${lanes}`);
  }
  return acknowledged;
}

/** What the writer said until it was killed, some milliseconds after its first word. */
async function writeUntilKilled(args: string[], milliseconds: number): Promise<string[]> {
  const child = startProcess(writer(), args, { stdio: ['ignore', 'pipe', 'pipe'] });
  let said = '';
  let errors = '';
  child.stdout?.setEncoding('utf8').on('data', (text: string) => (said += text));
  child.stderr?.setEncoding('utf8').on('data', (text: string) => (errors += text));
  const closed = once(child, 'close');
  await Promise.race([once(child.stdout!, 'data'), closed]);
  await delay(milliseconds); // the moment of the kill, not a wait for anything
  child.kill('SIGKILL');
  const [, signal] = await closed;
  expect([signal, errors.replace(/.*Created session directory.*\n/, '')]).toEqual(['SIGKILL', '']);
  return said.split('\n').slice(0, -1);
}

function note(sessions: Map<string, Said>, line: string): void {
  const [verb, id = '', n] = line.split(' ');
  const said = sessions.get(id) ?? { n: 0 };
  if (verb === 'set') said.n = Number(n);
  if (verb === 'ending') said.isEnding = true;
  if (verb === 'ended') said.isEnded = true;
  sessions.set(id, said);
}

async function check(directory: string, sessions: Map<string, Said>, when: string): Promise<void> {
  const { store, settled, said, setAside } = openDirectory(directory);
  const expectAll = async () => {
    for (const [id, { n, isEnding, isEnded }] of sessions) {
      const data = (await store.get(id))?.data as { n: number; text: string } | undefined;
      if (isEnded) {
        if (data) expect.fail(`${when}: ${id} was destroyed and is back`);
      } else if (data) {
        if (data.n < n) expect.fail(`${when}: ${id} is at ${data.n}, and ${n} was acknowledged`);
        const letter = String.fromCharCode(97 + (data.n % 26));
        if (data.text.replaceAll(letter, '')) expect.fail(`${when}: ${id} is mixed up`);
      } else if (!isEnding) {
        expect.fail(`${when}: ${id} is lost, and ${n} was acknowledged`);
      }
    }
  };
  await expectAll();
  await settled();
  await expectAll();
  expect(setAside()).toEqual([]);
  expect(temporaryFilesIn(directory)).toEqual([]);
  expect(said).toEqual([]);
  // A destroyed session is refused; what was going on at the kill may have come to either end.
  for (const [id, { isEnding, isEnded }] of sessions) {
    if (isEnded) expect(await store.set(id, { n: 0, text: '' })).toBe(false);
    if (isEnding) sessions.delete(id);
  }
}

function sum(numbers: number[]): number {
  return numbers.reduce((total, number) => total + number, 0);
}

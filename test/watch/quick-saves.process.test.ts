import { utimesSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { IS_LONG } from '../support/depth.ts';
import { writeOver } from '../support/app.ts';
import { get, type Received } from '../support/clients.ts';
import { poll } from '../support/poll.ts';
import { Rig } from '../support/rig.ts';

const CRASH = /exited with code|has ended/;

/** An app that takes longer to start than saves come. */
const SLOW = `
  import { createServer } from 'node:http';
  import { version } from './version.js';
  await new Promise((done) => setTimeout(done, 300));
  createServer((_, response) => response.end(version)).listen(process.env.PORT, () => console.log('listens'));
`;

const toVersion = (version: number): string => `export const version = '${version}';\n`;

/** Begins with version 0, and saves a file every 100 ms until a condition is met. */
async function beginSlow() {
  const rig = await Rig.start({
    needsPort: true,
    files: { 'server.js': SLOW, 'version.js': toVersion(0) },
  });
  const ask = () => get({ port: rig.port });
  /** Asks again and again, until it is stopped. */
  const keepAsking = (hear: (answer: Received) => void) => {
    const state = { isOver: false };
    const asking = (async () => {
      while (!state.isOver) hear(await ask());
    })();
    return async () => {
      state.isOver = true;
      await asking;
    };
  };
  await rig.printed(/^listens/);
  await rig.holds();
  const saveUntil = async (toText: (save: number) => string, isMet: () => boolean) => {
    let saves = 0;
    await poll(
      () => {
        rig.app.write('version.js', toText(++saves));
        return isMet();
      },
      { every: 100 },
    );
    return saves;
  };
  return { rig, ask, keepAsking, saveUntil };
}

describe('saves that come faster than the app starts', () => {
  it.runIf(IS_LONG)('leave it the time to answer in between', async () => {
    const { ask, keepAsking, saveUntil } = await beginSlow();
    const seen = new Set<string>();
    const stop = keepAsking(({ text }) => seen.add(text));
    const saves = await saveUntil(toVersion, () => seen.size > 4);
    await stop();
    expect(saves).toBeGreaterThan(4);
    await poll(async () => (await ask()).text === String(saves));
  });

  it.runIf(IS_LONG)(
    'leave the first run after them the time to answer all who wait for it',
    async () => {
      const busy = (version: number): string => `
      import { createServer } from 'node:http';
      const work = (time) => { const end = Date.now() + time; while (Date.now() < end); };
      work(300);
      createServer((_, response) => { work(20); response.end('${version}'); })
        .listen(process.env.PORT, () => console.log('listens'));
    `;
      const rig = await Rig.start({ needsPort: true, files: { 'server.js': busy(0) } });
      await rig.printed(/^listens/);
      await rig.holds();
      let version = 0;
      const save = (): void => writeOver(rig.app, 'server.js', busy(++version));
      let isOver = false;
      const saving = poll(() => (isOver ? true : void save()), { every: 150 });
      await poll(() => rig.count(/^listens/) > 1);
      const waiting = Array.from({ length: 30 }, () => get({ port: rig.port }));
      const answers = await Promise.all(waiting);
      isOver = true;
      await saving;
      expect(answers.map(({ status }) => status)).toEqual(Array(30).fill(200));
      // The run that was there when they came may have answered some.
      expect(new Set(answers.map(({ text }) => text)).size).toBeLessThanOrEqual(2);
    },
  );

  it.runIf(IS_LONG)(
    'are answered with what is wrong while they are broken, and that is said once',
    async () => {
      const { rig, ask, keepAsking, saveUntil } = await beginSlow();
      let isAnswered = false;
      const stop = keepAsking(({ status }) => (isAnswered ||= status === 503));
      let more = 20;
      await saveUntil(
        (save) => `export const version = ; // ${save}\n`,
        () => isAnswered && more-- < 0,
      );
      rig.app.write('version.js', toVersion(1));
      await stop();
      await poll(async () => (await ask()).text === '1');
      expect(rig.count(/files are still changing/)).toBeLessThanOrEqual(1);
      expect(rig.count(CRASH) + rig.count(/files are still changing/)).toBeGreaterThan(0);
    },
  );
});

/** An app whose version 2 begins to listen in the moment in which it is asked to end, just before it hears that. */
const AT_LAST = `
  import { createServer } from 'node:http';
  import { version } from './version.js';
  const server = createServer((_, response) => setTimeout(() => response.end(version), 300));
  const listen = () => server.listen(process.env.PORT, () => console.log('listens'));
  if (version === '2') {
    const waiting = setInterval(() => {}, 1000);
    process.prependListener('internalMessage', ({ holdover }) => {
      if (holdover !== 'drain') return;
      clearInterval(waiting);
      listen();
    });
    console.log('waits');
  } else listen();
`;

describe('a start that is given up for the next save', () => {
  it('answers those who have waited, if it listens in that moment', async () => {
    const rig = await Rig.start({
      needsPort: true,
      files: { 'server.js': AT_LAST, 'version.js': toVersion(1) },
    });
    const { app } = rig;
    await rig.printed(/^listens/);
    await rig.holds();
    app.write('version.js', toVersion(2));
    await rig.printed(/^waits/);
    const waiting = get({ port: rig.port });
    app.write('version.js', toVersion(3));
    expect(await waiting).toMatchObject({ status: 200, text: '2' });
    await poll(async () => (await get({ port: rig.port })).text === '3');
  });
});

/** An app that reads half a file, and knows when the rest has been written. */
const READER = `
  import { createServer } from 'node:http';
  import { existsSync } from 'node:fs';
  import { createRequire } from 'node:module';
  const require = createRequire(import.meta.url);
  let version;
  require('./extra.json');
  try {
    ({ version } = require('./version.json'));
  } catch (error) {
    console.log('has read half of it');
    while (!existsSync('whole')) await new Promise((done) => setTimeout(done, 5));
    throw error;
  }
  createServer((_, response) => response.end(version)).listen(process.env.PORT, () => console.log('listens'));
`;

describe('a file that is written while the app starts', () => {
  it.each([
    ['in the first run', true],
    ['in a later one', false],
  ])('has it started anew, without a word: %s', async (_, isFirst) => {
    const whole = '{ "version": "2" }';
    const rig = await Rig.start({
      needsPort: true,
      files: {
        'server.js': READER,
        'extra.json': '1',
        'version.json': isFirst ? '{ "ver' : '{ "version": "1" }',
      },
    });
    const { app } = rig;
    if (!isFirst) {
      await rig.printed(/^listens/);
      await rig.holds();
      app.write('extra.json', '2');
      app.write('version.json', '{ "ver');
    }
    await rig.printed(/^has read half of it/);
    app.write('version.json', whole);
    app.write('whole', '');
    await poll(async () => (await get({ port: rig.port }).catch(() => undefined))?.text === '2');
    expect(rig.running.output).not.toMatch(CRASH);
    expect(rig.count(/^has read half of it/)).toBe(1);
    // All that was saved since the run that has answered, in one line.
    if (!isFirst) await rig.printed(/ and 1 more {2}.*ms$/);
  });

  it.each([
    ['with an error', "throw new Error('it is not whole')"],
    ['without one, as an empty entry does', 'process.exit()'],
    ['when it is as it was', "writeFileSync('part.js', '// whole'); throw new Error('it was not')"],
  ])('has it started anew while it is empty: it ends %s', async (_, end) => {
    const rig = await Rig.start({
      needsPort: true,
      files: {
        'server.js': `
          import { existsSync, writeFileSync } from 'node:fs';
          import { createServer } from 'node:http';
          import './part.js';
          import { version } from './version.js';
          if (version === '2') {
            // As a writer does that has just begun, and goes on in a moment.
            const isBegun = existsSync('begun');
            writeFileSync('part.js', isBegun ? '// whole' : '');
            writeFileSync('begun', '');
            if (!isBegun) { ${end}; }
          }
          createServer((_, response) => response.end(version))
            .listen(process.env.PORT, () => console.log('listens'));
        `,
        'part.js': '// whole',
        'version.js': toVersion(1),
      },
    });
    await rig.printed(/^listens/);
    await rig.holds();
    rig.app.write('version.js', toVersion(2));
    await poll(async () => (await get({ port: rig.port })).text === '2');
    expect(rig.running.output).not.toMatch(CRASH);
  });

  it('is run once when it is broken, also where its time is ahead of the clock', async () => {
    const rig = await Rig.start({
      needsPort: true,
      files: { 'server.js': SLOW, 'version.js': toVersion(1) },
    });
    await rig.printed(/^listens/);
    await rig.holds();
    rig.app.write('version.js', 'export const version = ;');
    const ahead = new Date(Date.now() + 60_000);
    utimesSync(join(rig.app.folder, 'version.js'), ahead, ahead);
    await rig.printed(CRASH);
    expect(rig.count(/^SyntaxError/)).toBe(1);
  });
});

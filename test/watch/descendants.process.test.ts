import { describe, expect, it } from 'vitest';
import { rows } from '../support/depth.ts';
import { poll } from '../support/poll.ts';
import { countTold } from '../support/told.ts';
import { Rig } from '../support/rig.ts';

/** Says what it has of holdover and what it was sent, and starts a worker thread and a process of its own. */
const toMain = (worker: string, kid: string): string => `
import { fork } from 'node:child_process';
import { createServer } from 'node:http';
import { Worker, SHARE_ENV } from 'node:worker_threads';
const names = () => Object.keys(process.env).filter((name) => /HOLDOVER|WATCH_REPORT/.test(name));
const from = (path) => new URL(path, import.meta.url);
const ready = (others, name) => Promise.all(others.map((other) => new Promise((done) => {
  other.on('message', (message) => {
    if (message.ready) done();
    else console.log('strange message of ' + name + ' ' + JSON.stringify(message));
    if (message.names?.length > 0) console.log('strange names in ' + name + ' ' + message.names);
  });
})));
const threads = [new Worker(from('./${worker}')), new Worker(from('./${worker}'), { env: SHARE_ENV }),
  new Worker(from('./${worker}'), { env: { ...process.env } })];
const kid = fork(from('./${kid}').pathname);
kid.on('error', (error) => console.log('strange ' + error));
await Promise.all([ready(threads, 'a thread'), ready([kid], 'a process')]);
if (names().length > 0) console.log('strange names ' + names());
createServer().listen(process.env.PORT, () => console.log('all ready'));
`;

const NAMES = `Object.keys(process.env).filter((name) => /HOLDOVER|WATCH_REPORT/.test(name))`;
const SAY = `{ ready: true, names: ${NAMES} }`;
const AS_MODULE = `import { parentPort } from 'node:worker_threads';`;
const AS_COMMONJS = `const { parentPort } = require('node:worker_threads');`;
const THREAD = `if (process.send) throw new Error('process.send in a thread');
setInterval(() => {}, 1000); parentPort.postMessage(${SAY});`;
const KID = `process.on('message', (message) => process.send({ got: message }));
setInterval(() => {}, 1000); process.send(${SAY});`;

/** With tsx a worker thread may be TypeScript from Node 22 on. */
const typed = process.version.startsWith('v20') ? 'js' : 'ts';

/** An app whose threads and processes load all forms of modules, and the files whose edits shall count. */
const APPS: Record<string, { entry: string; files: Record<string, string>; edited: string[] }> = {
  JavaScript: {
    entry: 'server.js',
    files: {
      'server.js': toMain('worker.js', 'kid.cjs'),
      'worker.js': `${AS_MODULE} import './part.js'; await import('./late' + '.js'); ${THREAD}`,
      'part.js': `import './part.cjs';`,
      'part.cjs': `require('./part.json');`,
      'part.json': '{}',
      'late.js': '',
      'kid.cjs': `require('./kid-part.cjs'); import('./kid-' + 'late.js').then(() => { ${KID} });`,
      'kid-part.cjs': '',
      'kid-late.js': '',
    },
    edited: [
      'worker.js',
      'part.js',
      'part.cjs',
      'part.json',
      'late.js',
      'kid.cjs',
      'kid-part.cjs',
      'kid-late.js',
    ],
  },
  TypeScript: {
    entry: 'server.ts',
    files: {
      'server.ts': `const typed: number = 1; ${toMain(`worker.${typed}`, 'kid.ts')}`,
      [`worker.${typed}`]: `${AS_MODULE} import './part.js'; ${THREAD}`,
      [`part.${typed}`]: 'export {};',
      'kid.ts': `import './kid-part.js'; const typed: number = 1; ${KID}`,
      'kid-part.ts': 'export type Typed = number;',
    },
    edited: [`worker.${typed}`, `part.${typed}`, 'kid.ts', 'kid-part.ts'],
  },
  'a thread in CommonJS': {
    entry: 'server.js',
    files: {
      'server.js': toMain('worker.cjs', 'kid.js'),
      'worker.cjs': `${AS_COMMONJS} require('./required.cjs'); ${THREAD}`,
      'required.cjs': '',
      'kid.js': `import './kid-part.js'; ${KID}`,
      'kid-part.js': '',
    },
    edited: ['worker.cjs', 'required.cjs', 'kid.js', 'kid-part.js'],
  },
};

const TABLE = Object.entries(APPS).map(([name, app]) => ({ name, ...app }));

describe('worker threads and forked processes of an app', () => {
  it.each(rows(TABLE, 'JavaScript'))(
    'restart it by each file that they load, unseen by it: $name',
    async ({ entry, files, edited }) => {
      const rig = await Rig.start({ needsPort: true, hasStandby: true, files, words: [entry] });
      const { running } = rig;
      await rig.printed(/^all ready/);
      // By what the first run has loaded, and by what one has that has stood by.
      for (const run of [1, 2]) {
        for (const file of edited) rig.app.write(file, `${rig.app.read(file)}\n`);
        await poll(() => countTold(running.output).files >= edited.length * run);
        expect(countTold(running.output).files).toBe(edited.length * run);
        await rig.printed(/^all ready/, countTold(running.output).restarts + 1);
      }
      expect(running.output).not.toMatch(/strange|Error/);
    },
  );
});

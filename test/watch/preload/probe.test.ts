import { describe, expect, it } from 'vitest';
import { createAppWith, refusalsOf, runInStandby } from './standby.ts';

/** What a package does while it is evaluated, and why it is left out for that. */
const NOT_SILENT: Record<string, [code: string, why: RegExp]> = {
  'starts a timer': [`setTimeout(() => console.log('ticked'), 1)`, /setTimeout/],
  'starts an interval': [`setInterval(() => {}, 1e6).unref()`, /setInterval/],
  'asks for a tick': [`process.nextTick(() => console.log('ticked'))`, /nextTick/],
  'waits for a promise': [`Promise.resolve().then(() => console.log('then'))`, /PROMISE/],
  'runs an async function': [`(async () => { await 1; console.log('awaited'); })()`, /PROMISE/],
  'queues a microtask': [`queueMicrotask(() => console.log('micro'))`, /queueMicrotask/],
  'opens a server': [`require('net').createServer().listen(0).close()`, /createServer/],
  'opens a socket': [`new (require('net').Socket)()`, /net.Socket/],
  'listens to process': [`process.on('exit', () => console.log('exit'))`, /process.on/],
  'listens to stdout': [`process.stdout.on('drain', () => {})`, /stdout/],
  'reads the date': [`exports.x = Date.now() > 0`, /Date.now/],
  'makes a date': [`exports.x = new Date() > 0`, /Date/],
  'reads the clock': [`exports.x = performance.now() > 0`, /performance.now/],
  'reads hrtime': [`exports.x = typeof process.hrtime()`, /hrtime/],
  'reads uptime': [`exports.x = process.uptime() > 0`, /uptime/],
  prints: [`console.log('printed')`, /console.log/],
  writes: [`process.stdout.write('written\\n')`, /write/],
  'writes to a file descriptor': [`require('fs').writeSync(1, 'written\\n')`, /writeSync/],
  'sets process.env': [`process.env.PATCHED = '1'`, /sets the environment/],
  'reads a stack': [`exports.x = typeof new Error().stack`, /stack/],
  'reads a file': [`exports.x = require('fs').readFileSync('app.cjs', 'utf8')`, /readFileSync/],
  'looks for a file': [`exports.x = require('fs').existsSync('no.file')`, /existsSync/],
  'reads require.main': [`exports.x = require.main === module`, /require.main/],
  'reads module.parent': [`exports.x = module.parent?.id`, /module.parent/],
  'reads process.mainModule': [`exports.x = process.mainModule?.id`, /mainModule/],
  'reads the cache': [`exports.x = Object.keys(require.cache)`, /require.cache/],
  'runs a command': [`exports.x = require('child_process').execSync('echo 1')+''`, /execSync/],
  'makes a worker': [`new (require('worker_threads').Worker)('0', { eval: true })`, /Worker/],
  subscribes: [`require('diagnostics_channel').subscribe('x', () => {})`, /subscribe/],
  'reads globals of the agent': [
    `exports.x = require('http').globalAgent.maxSockets`,
    /globalAgent/,
  ],
  'loads by another require': [
    `require('module').createRequire(__filename)('./other')`,
    /createRequire/,
  ],
};

/** Of these each changes what comes after it. */
const CHANGES_WORLD: Record<string, [code: string, why: RegExp]> = {
  'patches a prototype': [`Array.prototype.patched = 1`, /Array.prototype/],
  'patches a builtin': [`require('http').patched = 1`, /http/],
  'patches a class of a builtin': [
    `require('http').IncomingMessage.prototype.patched = 1`,
    /IncomingMessage/,
  ],
  'sets a global': [`globalThis.patched = 1`, /globalThis/],
  'sets the stack trace limit': [`Error.stackTraceLimit = 50`, /Error/],
  'formats stacks': [`Error.prepareStackTrace = () => 'mine'`, /prepareStackTrace/],
  'hooks extensions': [`require.extensions['.x'] = () => {}`, /require.extensions/],
};

describe('a package that is not silent', () => {
  it('is left out, with what requires it, and its parts are not', async () => {
    const files: Record<string, string> = {};
    const names = Object.keys(NOT_SILENT);
    names.forEach((name, index) => {
      const [code] = NOT_SILENT[name] as [string, RegExp];
      files[`node_modules/loud${index}/index.js`] = `require('./silent'); ${code};`;
      files[`node_modules/loud${index}/silent.js`] = `exports.silent = true;`;
      files[`node_modules/loud${index}/other.js`] = `exports.other = true;`;
      files[`node_modules/user${index}/index.js`] = `exports.used = require('loud${index}');`;
    });
    const loads = names.map((_, index) => `console.log(require('user${index}'));`);
    const app = await createAppWith({ ...files, 'app.cjs': loads.join('\n') });
    const { plan, offender, taken, warm, cold } = await runInStandby(app);
    const refusals = refusalsOf(plan);
    const found = names.map((name, index) => [name, refusals[`loud${index}/index.js`] ?? 'none']);
    for (const [name, why] of found as [string, string][]) {
      expect.soft(why, name).toMatch((NOT_SILENT[name] as [string, RegExp])[1]);
    }
    expect(offender).toBeUndefined();
    expect(taken.filter((file) => /user|index/.test(file))).toEqual([]);
    expect(plan.modules.filter(({ file }) => file.includes('silent')).length).toBe(names.length);
    expect(warm).toBe(cold);
  });

  it.each(Object.entries(CHANGES_WORLD))(
    '%s: is left out, and all that comes after it',
    async (_name, [code, why]) => {
      const app = await createAppWith({
        'node_modules/before/index.js': `exports.before = 1;`,
        'node_modules/loud/index.js': `require('./silent'); ${code};`,
        'node_modules/loud/silent.js': `exports.silent = true;`,
        'node_modules/after/index.js': `exports.after = 1;`,
        'app.cjs': `console.log(require('before'), require('loud'), require('after'));`,
      });
      const { plan, offender, taken, warm, cold } = await runInStandby(app);
      const refusals = refusalsOf(plan);
      expect(refusals['loud/index.js']).toMatch(why);
      expect(offender).toBeUndefined();
      expect(taken).toEqual(['before/index.js', 'loud/silent.js']);
      expect(warm).toBe(cold);
    },
  );

  it('has no effect on the outside a second time, in the probe', async () => {
    const app = await createAppWith({
      'node_modules/writer/index.js': `require('fs').appendFileSync('log.txt', 'written ');`,
      'node_modules/ender/index.js': `if (require('fs').existsSync('log.txt')) process.exitCode = 0;`,
      'app.cjs': `require('writer'); require('ender');`,
    });
    const { taken } = await runInStandby(app);
    expect(taken).toEqual([]);
    expect(app.read('log.txt')).toBe('written '.repeat(3)); // by the three runs of the app
  });

  it('is one that goes around process to listen to it', async () => {
    const app = await createAppWith({
      'node_modules/loud/index.js': `require('events').prototype.on.call(process, 'exit', () => console.log('exit'));`,
      'app.cjs': `require('loud');`,
    });
    const { plan, taken, cold, warm } = await runInStandby(app);
    expect(Object.keys(refusalsOf(plan))).toEqual(['loud/index.js']);
    expect(taken).toEqual([]);
    expect(warm).toBe(cold);
  });

  it('is one whose circle leads to such a package', async () => {
    const app = await createAppWith({
      'node_modules/circle/index.js': `exports.now = Date.now() > 0; exports.b = require('./b');`,
      'node_modules/circle/b.js': `exports.a = require('./index'); exports.c = require('./c');`,
      'node_modules/circle/c.js': `exports.c = 1;`,
      'app.cjs': `console.log(require('circle'));`,
    });
    const { plan, cold, warm, taken } = await runInStandby(app);
    expect(Object.keys(refusalsOf(plan))).toEqual(['circle/index.js', 'circle/b.js']);
    expect(taken).toEqual(['circle/c.js']);
    expect(warm).toBe(cold);
  });
});

describe('what is no offence', () => {
  it.each(
    Object.entries({
      'captures globals': `exports.all = () => [setTimeout, clearTimeout, Date, process, console, Buffer, globalThis];`,
      'captures builtins': `const { readFile } = require('fs'); exports.x = require('util').promisify(readFile);`,
      'extends classes': `exports.T = class extends require('stream').Transform {};
      const E = require('events'); function My() { E.call(this); } require('util').inherits(My, E); exports.my = new My();`,
      'asks for a terminal': `exports.x = process.stdout.isTTY, require('tty').isatty(1);`,
      'looks for what is not there': `try { require('not-there'); } catch { exports.none = true; }`,
      'looks at its callers in packages': `const { prepareStackTrace, stackTraceLimit } = Error; const at = {};
      Error.prepareStackTrace = (_, frames) => frames; Error.stackTraceLimit = 10; Error.captureStackTrace(at);
      exports.file = at.stack[0].getFileName(); Error.prepareStackTrace = prepareStackTrace; Error.stackTraceLimit = stackTraceLimit;`,
      'makes a fulfilled promise': `exports.p = Promise.resolve(1);`,
      'deletes a variable that is not': `delete process.env.NOT_THERE_AT_ALL;`,
    }),
  )('%s', async (_name, code) => {
    const app = await createAppWith({
      'node_modules/fine/index.js': code,
      'app.cjs': `console.log(require('fine'));`,
    });
    const { plan, cold, warm, taken } = await runInStandby(app);
    expect(plan.refused).toEqual({});
    expect(taken).toEqual(['fine/index.js']);
    expect(warm).toBe(cold);
  });
});

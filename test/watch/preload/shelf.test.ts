import { describe, expect, it } from 'vitest';
import { createAppWith, refusalsOf, runInStandby } from './standby.ts';

/** Prints what an app can see of its modules. */
const SEEN = `
const { relative, sep } = require('node:path');
const name = (file) => relative(process.cwd(), file).split('node_modules' + sep).pop();
console.log(Object.keys(require.cache).map(name));
for (const module of Object.values(require.cache)) {
  console.log(name(module.id), module.loaded, module.children.map(({ id }) => name(id)));
  console.log(module.parent?.id && name(module.parent.id));
}
`;

const PLAIN = {
  'node_modules/plain/index.js': `
    const part = require('./part'); const data = require('./data.json');
    module.exports = { part, data, count: 0 };`,
  'node_modules/plain/part.js': `require('node:http');
    module.exports = { Array, Promise, setTimeout, process, file: __filename, map: new Map() };`,
  'node_modules/plain/data.json': '{"value":1}',
};

const CJS_APP = `const plain = require('plain');
console.log(plain.part.Array === Array, plain.part.process === process);
console.log(plain.part.setTimeout === setTimeout, plain.part.map instanceof Map);
console.log(require('plain/part') === plain.part, require('plain') === plain);
${SEEN}`;

describe('a package that leaves nothing behind', () => {
  it('comes from the shelf, with the same cache, identities and order', async () => {
    const app = await createAppWith({ ...PLAIN, 'app.cjs': CJS_APP });
    const { cold, warm, taken, offender } = await runInStandby(app);
    expect(offender).toBeUndefined();
    expect(taken).toEqual(['plain/index.js', 'plain/part.js', 'plain/data.json']);
    expect(warm).toBe(cold);
  });

  it('comes from the shelf for an ES module', async () => {
    const app = await createAppWith({
      ...PLAIN,
      'app.mjs': `import plain, { part } from 'plain'; import { createRequire } from 'node:module';
        const require = createRequire(import.meta.url);
        console.log(plain.part === part, require('plain') === plain);${SEEN}`,
    });
    const { cold, warm, taken } = await runInStandby(app, { entry: 'app.mjs' });
    expect(taken).toEqual(['plain/index.js', 'plain/part.js', 'plain/data.json']);
    expect(warm).toBe(cold);
  });

  it('is the same one for all that import it or a part of it', async () => {
    const app = await createAppWith({
      ...PLAIN,
      'other.mjs': `import { part } from 'plain'; export { part };`,
      'app.mjs': `import plain from 'plain'; import part from 'plain/part.js';
        import { part as other } from './other.mjs';
        import { createRequire } from 'node:module'; const require = createRequire(import.meta.url);
        console.log(plain.part === part, part === other, require('plain/part') === part);`,
    });
    const { cold, warm, taken } = await runInStandby(app, { entry: 'app.mjs' });
    expect(taken).toContain('plain/index.js');
    expect(warm).toBe(cold);
  });

  it('comes from the shelf through tsx', async () => {
    const app = await createAppWith({
      ...PLAIN,
      'package.json': '{"type":"module"}',
      'app.ts': `import plain from 'plain'; const n: number = plain.data.value; console.log(n);`,
    });
    const flags = ['--import', 'tsx'];
    const { cold, warm, taken } = await runInStandby(app, { entry: 'app.ts', flags });
    expect(taken).toContain('plain/index.js');
    expect(warm).toBe(cold);
  });

  it('is in the record of the run that got it from the shelf', async () => {
    const app = await createAppWith({ ...PLAIN, 'app.cjs': CJS_APP });
    const { record, recordOfWarm } = await runInStandby(app);
    expect(record.boundaries.map(({ file }) => file)).toHaveLength(1);
    expect(recordOfWarm.boundaries).toEqual(record.boundaries);
  });

  it('is evaluated once when it is asked for again after it was taken out of the cache', async () => {
    const app = await createAppWith({
      ...PLAIN,
      'app.cjs': `const one = require('plain'); delete require.cache[require.resolve('plain')];
        const two = require('plain'); console.log(one === two, one.part === two.part);`,
    });
    const { cold, warm, taken } = await runInStandby(app);
    expect(taken).toContain('plain/index.js');
    expect(warm).toBe(cold);
  });

  it('comes from the shelf with its circles', async () => {
    const app = await createAppWith({
      'node_modules/circle/index.js': `exports.early = 1; exports.b = require('./b'); exports.late = 2;`,
      'node_modules/circle/b.js': `const a = require('./index'); exports.saw = Object.keys(a); exports.a = a;`,
      'app.cjs': `const b = require('circle/b'); console.log(b.saw, Object.keys(b.a));
        console.log(require('circle').b === b);${SEEN}`,
    });
    const { cold, warm } = await runInStandby(app);
    expect(warm).toBe(cold);
  });

  it('gives what the new code asks for, also when that is only a part of it', async () => {
    const app = await createAppWith({ ...PLAIN, 'app.cjs': CJS_APP });
    const { cold, warm, taken } = await runInStandby(app, {
      change: ({ write }) =>
        write('app.cjs', `const p = require('plain/part'); console.log(p.file);${SEEN}`),
    });
    expect(taken).toEqual(['plain/part.js']);
    expect(warm).toBe(cold);
  });
});

const READER = {
  'node_modules/reader/index.js': `exports.value = process.env.READ_ME; exports.other = 1;`,
};

describe('the environment', () => {
  it('is that of the recorded run: an app that sets it first', async () => {
    const app = await createAppWith({
      ...READER,
      'app.cjs': `process.env.READ_ME = 'set'; console.log(require('reader'));`,
    });
    const { cold, warm, taken } = await runInStandby(app);
    expect(taken).toEqual(['reader/index.js']);
    expect(warm).toBe(cold);
    expect(warm).toContain('set');
  });

  it('is another in the new code: evaluated as ever', async () => {
    const app = await createAppWith({
      ...READER,
      'app.cjs': `console.log(require('reader'));`,
    });
    const { cold, warm, taken } = await runInStandby(app, {
      change: ({ write }) =>
        write('app.cjs', `process.env.READ_ME = 'new'; console.log(require('reader'));`),
    });
    expect(taken).toEqual([]);
    expect(warm).toBe(cold);
    expect(warm).toContain('new');
  });

  it('is read through names, listings and copies', async () => {
    const app = await createAppWith({
      'node_modules/lister/index.js': `exports.names = Object.keys(process.env).filter((n) => /^READ/.test(n));`,
      'node_modules/copier/index.js': `const { env } = process; exports.copy = { ...env }.READ_ME;`,
      'node_modules/asker/index.js': `exports.has = 'READ_ME' in process.env;`,
      'app.cjs': `console.log(require('lister'), require('copier'), require('asker'));`,
    });
    const { cold, warm, taken } = await runInStandby(app, {
      change: ({ write, read }) => write('app.cjs', `process.env.READ_ME = 'x';${read('app.cjs')}`),
    });
    expect(taken).toEqual([]);
    expect(warm).toBe(cold);
  });

  it('is not that of a package that sets it', async () => {
    const app = await createAppWith({
      'node_modules/setter/index.js': `process.env.READ_ME = 'set by setter';`,
      ...READER,
      'app.cjs': `require('setter'); console.log(require('reader'));`,
    });
    const { cold, warm, plan, taken } = await runInStandby(app);
    expect(refusalsOf(plan)).toEqual({ 'setter/index.js': 'sets the environment' });
    expect(taken).toEqual(['reader/index.js']);
    expect(warm).toBe(cold);
  });
});

describe('an app that changes things before its packages', () => {
  const http = `require('node:http').Server.prototype.patched = true;`;
  const patches: Record<string, string> = {
    'a global': `globalThis.patched = 1;`,
    'a prototype': `Array.prototype.patched = 1;`,
    http: http,
    require: `const M = require('node:module'); const r = M.prototype.require;
      M.prototype.require = function (id) { return r.call(this, id); };`,
    'Module._load': `const M = require('node:module'); const l = M._load;
      M._load = function (id, ...rest) { return id === './part' ? { mocked: 1 } : l(id, ...rest); };`,
    _compile: `const M = require('node:module'); const c = M.prototype._compile;
      M.prototype._compile = function (text, file) { console.log(file); return c.call(this, text, file); };`,
    'the cache': `const f = require.resolve('plain/part');
      require.cache[f] = { id: f, filename: f, loaded: true, exports: { mocked: 1 }, children: [] };`,
    'the working folder': `process.chdir('/');`,
    'the stack trace': `Error.stackTraceLimit = 3;`,
    'loader hooks': `require('node:module').register('data:text/javascript,');`,
    extensions: `const j = require.extensions['.json'];
      require.extensions['.json'] = (m, f) => { j(m, f); m.exports.mocked = true; };`,
  };
  const show = `const { part, data } = require('plain'); console.log(part.mocked, data);`;

  it.each(Object.keys(patches))('%s: evaluated as ever', async (name) => {
    const app = await createAppWith({ ...PLAIN, 'app.cjs': show });
    const { cold, warm, taken, plan } = await runInStandby(app, {
      change: ({ write }) => write('app.cjs', `${patches[name]}${show}`),
    });
    expect(plan.roots).toHaveLength(1);
    expect(taken).toEqual([]);
    expect(warm).toBe(cold);
  });

  it('uses what Node loads on demand: from the shelf', async () => {
    const app = await createAppWith({ ...PLAIN, 'app.cjs': show });
    const { cold, warm, taken } = await runInStandby(app, {
      change: ({ write }) => {
        const lazy = 'fetch, crypto, navigator, CustomEvent, Blob, performance, WebSocket';
        const touch = lazy
          .split(', ')
          .map((name) => `typeof ${name};`)
          .join('');
        const built = `require('crypto').webcrypto; require('fs').promises; require('crypto').prng;`;
        write('app.cjs', `${touch}${built}process.on('SIGTERM', () => {});${show}`);
      },
    });
    expect(taken).toContain('plain/index.js');
    expect(warm).toBe(cold);
  });
});

describe('packages and each other', () => {
  it('keeps a change of a package out of an app that no longer loads the changer', async () => {
    const app = await createAppWith({
      'node_modules/base/index.js': `let n = 0; exports.add = () => ++n; exports.list = [];`,
      'node_modules/caller/index.js': `require('base').add();`,
      'node_modules/pusher/index.js': `require('base').list.push('pushed');`,
      'app.cjs': `require('caller'); require('pusher'); const b = require('base'); console.log(b.list, b.add());`,
    });
    const { cold, warm, taken } = await runInStandby(app, {
      change: ({ write }) =>
        write('app.cjs', `const b = require('base'); console.log(b.list, b.add());`),
    });
    expect(warm).toBe(cold);
    expect(taken).not.toContain('caller/index.js');
  });

  it('evaluates a package anew whose base the app has changed by then', async () => {
    const app = await createAppWith({
      'node_modules/base/index.js': `exports.Base = class { hello() { return 'old'; } };`,
      'node_modules/user/index.js': `exports.hello = require('base').Base.prototype.hello;`,
      'app.cjs': `const { Base } = require('base'); console.log(require('user').hello());`,
    });
    const patched = `const { Base } = require('base'); Base.prototype.hello = () => 'new';
      console.log(require('user').hello());`;
    const { cold, warm, taken } = await runInStandby(app, {
      change: ({ write }) => write('app.cjs', patched),
    });
    expect(taken).toEqual(['base/index.js']);
    expect(warm).toBe(cold);
  });

  it('evaluates a package that was edited meanwhile, and says that the process is stale', async () => {
    const app = await createAppWith({ ...PLAIN, 'app.cjs': `console.log(require('plain').data);` });
    const { cold, warm, taken, isFresh } = await runInStandby(app, {
      change: ({ write }) => write('node_modules/plain/data.json', '{"value":2}'),
    });
    expect(isFresh).toBe(false);
    expect(taken).toEqual(['plain/part.js']);
    expect(warm).toBe(cold);
  });
});

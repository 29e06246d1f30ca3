import { SourceMap, type SourceMapPayload } from 'node:module';
import { transformSync } from 'esbuild';
import { beforeAll, describe, expect, it } from 'vitest';
import { KEEP, type Accessors, type KeepReceiver } from '../../src/state/binding.ts';
import { makeViteTransform } from '../../src/state/reach/for-vite.ts';

type Privates = Parameters<KeepReceiver['privates']>;

/** What a text has shown. */
interface Seen {
  bindings: Accessors;
  classes: Record<string, () => unknown>;
  calls: { name: string; bindings: Accessors }[];
  privates: Privates[];
}

const seen = new Map<string, Seen>();
let privates: Privates[] = [];
let number = 0;

function toSeen(file: string): Seen {
  const known = seen.get(file) ?? { bindings: {}, classes: {}, calls: [], privates: [] };
  seen.set(file, known);
  return known;
}

beforeAll(() => {
  const receiver: KeepReceiver = {
    module(file, bindings, classes = {}) {
      Object.assign(toSeen(file), { bindings, classes, privates });
      privates = [];
    },
    privates: (...words) => void privates.push(words),
    call: (file, name, bindings) => void toSeen(file).calls.push({ name, bindings }),
  };
  Object.defineProperty(globalThis, KEEP, { value: receiver });
});

/** @param names what is kept of it: `users`, `list/a`; @default all */
function transform(text: string, names: string[] = []) {
  const file = `m${number++}.js`;
  const said: string[] = [];
  const places = names.map((path) => {
    const [name, inFunction] = path.split('/').toReversed();
    return { file, name, ...(inFunction === undefined ? {} : { inFunction }) };
  });
  const change = makeViteTransform({
    root: '/app',
    keep: (names.length === 0 ? [{ file }] : places) as { file: string }[],
    say: (sentence) => said.push(sentence.replace(/m\d+\.js/, 'm.js')),
  });
  const changed = change(text, `/app/${file}?v=1`)?.code ?? text;
  const sentences = said.filter((sentence) => !sentence.startsWith('There is no file'));
  return { file: `/app/${file}`, sentences, text: changed };
}

/** Evaluates a text as Node would, and hands out what it has shown. */
async function show(text: string, names?: string[]) {
  const changed = transform(text, names);
  const exports = (await import(
    `data:text/javascript,${encodeURIComponent(changed.text)}`
  )) as Record<string, unknown>;
  const { bindings, classes, ...rest } = toSeen(changed.file);
  const values = Object.fromEntries(
    Object.entries(bindings).map(([name, { get }]) => [name, get()]),
  );
  const mutable = Object.keys(bindings).filter((name) => bindings[name]?.set);
  return { ...changed, ...rest, exports, bindings, values, mutable, classes };
}

describe('the bindings of an ES module', () => {
  it('are shown whether they are exported or not, and those that can be set', async () => {
    const { values, mutable, bindings, exports, sentences } = await show(`
      import { readFileSync } from 'node:fs';
      const users = new Map([['a', 1]]);
      export const rooms = [1];
      export let nextId = 7;
      let late;
      var old = { a: 1 };
      const hidden = new Set();
      export { hidden as shown };
      const { inner, list: [first, ...others], made = {} } = { inner: {}, list: [1, 2, 3] };
      const awaited = await Promise.resolve([5]);
    `);
    const names = 'users rooms nextId late old hidden inner first others made awaited';
    expect(Object.keys(values).join(' ')).toBe(names);
    expect(mutable).toEqual(['nextId', 'late', 'old']);
    expect(values).toMatchObject({ nextId: 7, others: [2, 3], awaited: [5], late: undefined });
    bindings.nextId?.set?.(9);
    expect(exports.nextId).toBe(9);
    expect(sentences).toEqual([]);
  });

  it('are none of what is imported, and no functions, enums and what compilers add', async () => {
    const { values, classes } = await show(`
      import * as path from 'node:path';
      const late = await import('node:fs');
      const { sep } = await import('node:path');
      export function visit() {}
      class User {}
      const Room = class {};
      var Color = ((Color) => { Color[Color.Red = 0] = 'Red'; return Color; })(Color || {});
      var Size; (function (Size) { Size.S = 's'; })(Size || (Size = {}));
      var __helper = {};
      export { readFileSync } from 'node:fs';
      export const users = [];
    `);
    expect(Object.keys(values)).toEqual(['Room', 'users']);
    expect(Object.keys(classes)).toEqual(['User']);
  });

  it('can be named one by one, enums and what is exported under another name, too', async () => {
    const kept = ['Color', 'shown', 'answer', 'text'];
    const { values, sentences, mutable } = await show(
      `
      var Color = ((Color) => { Color[Color.Red = 0] = 'Red'; return Color; })(Color || {});
      let hidden = new Map(); export { hidden as shown, t as 'text' };
      const answer = 42, t = [];
      const others = [];
    `,
      kept,
    );
    expect(values).toMatchObject({ Color: { Red: 0, 0: 'Red' }, shown: new Map(), text: [] });
    expect(mutable).toEqual(['Color', 'hidden', 'shown']);
    expect(sentences).toEqual([]);
  });

  it('are the default export, which has a name now', async () => {
    const text = `class Store { a = 1 }\nexport default new Store();\nthrow_();\nfunction throw_() {}`;
    const { values, exports, text: changed, classes } = await show(text);
    expect(values.default).toBe(exports.default);
    expect(values).toEqual({ default: { a: 1 } });
    expect(classes).toHaveProperty('Store');
    const lines = changed.split('\n');
    expect(lines[1]).toBe('const  _keep_= new Store();');
    expect(lines[1]).toHaveLength('export default new Store();'.length);
  });

  it.each([
    ['export default[1]', [1]],
    ['export /* a */\n default\n{ a: 1 }', undefined],
    ['export /* a */\n default\n({ a: 1 })', { a: 1 }],
    ['const _keep_ = 1; export default [_keep_]', [1]],
  ])('are the default export as it may be written: %s', async (text, value) => {
    if (value) expect((await show(text)).values.default).toEqual(value);
  });

  it('have the default export once, by the name that it has already', async () => {
    const text = 'const storage = { a: 1 }; export default storage;';
    expect((await show(text)).values).toEqual({ storage: { a: 1 } });
    expect((await show(text, ['default'])).values).toEqual({
      storage: { a: 1 },
      default: { a: 1 },
    });
    const made = 'var x_default = { a: 1 };\nexport { x_default as default };';
    const { values, mutable } = await show(made);
    expect({ values, mutable }).toEqual({ values: { default: { a: 1 } }, mutable: [] });
  });

  it('are shown whatever names the app has', async () => {
    const text = `const Symbol = [1]; let v = [2], o = 3, i = 4; const get = [5], set = [6];`;
    const { values, bindings } = await show(text);
    expect(values).toEqual({ Symbol: [1], v: [2], o: 3, i: 4, get: [5], set: [6] });
    bindings.v?.set?.('new');
    expect(bindings.v?.get()).toBe('new');
    const { values: odd } = await show('const __proto__ = [1];', ['__proto__']);
    expect(Object.entries(odd)).toEqual([['__proto__', [1]]]);
  });

  it('have the classes beside them that are imported, but for those of packages', async () => {
    const root = import.meta.dirname;
    const change = makeViteTransform({ root, keep: [{ file: 'hosts.ts' }], say: () => {} });
    const imports = `
      import { User as U, Room } from './models/user.js';
      import Cart, * as models from '@/models';
      import { PrismaClient } from 'vitest';
      import { Pool } from 'node:http';
      const { Item } = await import('app/models/item');
      const { Other } = await import('esbuild');
    `;
    const { code: text = '' } = change(imports, `${root}/hosts.ts`) ?? {};
    const names = [...text.matchAll(/\["([^"]*)"\]:\(\)=>(\w+)/g)].map(([, name, target]) => [
      name,
      target,
    ]);
    expect(names).toEqual([
      ['./models/user.js#User', 'U'],
      ['./models/user.js#Room', 'Room'],
      ['@/models#Cart', 'Cart'],
      ['@/models#models', 'models'],
      ['app/models/item#Item', 'Item'],
    ]);
  });
});

describe('private fields', () => {
  it('are read and set from within their class', async () => {
    const { privates: all, values } = await show(`
      class Base { #a = [1]; static #shared = 1; #run() {} get #b() { return 1; } }
      class Store extends Base {
        #videos = new Map()
        #nextId = 5
        add() { return this.#nextId++; }
        ids = () => [this.#nextId, this.#videos.size];
      }
      export const store = new Store();
      export const other = new (class { #x = 1 })();
      function make() { return new (class { #y = 1; })(); }
    `);
    expect(all.map(([, names]) => names)).toEqual([['#a'], ['#videos', '#nextId'], ['#x']]);
    const [[base, , hasBase], [of, , has, read, write]] = all as [Privates, Privates];
    const store = values.store as { add(): number; ids(): number[] };
    expect([of.name, base.name, has(store), hasBase(store), has({})]).toEqual([
      'Store',
      'Base',
      true,
      true,
      false,
    ]);
    expect(read(store)).toEqual([new Map(), 5]);
    write(store, 1, 8);
    write(store, 0, new Map([['a', 1]]));
    expect([store.add(), store.ids()]).toEqual([8, [9, 1]]);
  });

  it('move no code: they are shown behind the last member', () => {
    const text = [
      'class A {',
      '  #a = 1; // one',
      '  b() { return this.#a }',
      '}',
      'class B { #b = 1; c() { return 2 } } // two',
      'class C {',
      '  #c = 1; d() { throw new Error() } }',
      'export const a = [new A(), new B(), new C()];',
    ].join('\n');
    const changed = transform(text).text.split('\n');
    for (const [index, line] of text.split('\n').entries()) {
      const code = line.slice(0, line.search(/[\s}]*(\/\/.*)?$/));
      expect(changed[index]?.startsWith(code)).toBe(true);
    }
    expect(changed.join().split('.privates(')).toHaveLength(4);
    expect(transform(text).sentences).toEqual([]);
  });
});

describe('what a function declares', () => {
  it('is shown when it is there, and before the function goes on', async () => {
    const { calls, exports } = await show(
      `export async function routes(app) {
        const mem = []
        let count = 1, other = 2;
        app(mem);
        return count;
      }
      routes((mem) => mem.push(1));
      export const done = routes((mem) => mem.push(2));`,
      ['routes/mem', 'routes/count'],
    );
    expect(calls.map(({ name, bindings }) => [name, Object.keys(bindings)])).toEqual([
      ['routes', ['mem']],
      ['routes', ['count']],
      ['routes', ['mem']],
      ['routes', ['count']],
    ]);
    expect(calls[0]?.bindings.mem?.get()).toEqual([1]);
    expect(calls[2]?.bindings.mem?.get()).toEqual([2]);
    expect(calls[0]?.bindings.mem?.set).toBeUndefined();
    calls[3]?.bindings.count?.set?.(7);
    expect(await exports.done).toBe(1); // it had gone on
  });

  it.each([
    ['const make = () => {\n const a = [];\n}; make();', 'make'],
    ['export default () => {\n const a = [];\n}; const all = [];', 'default'],
    ['export default fp(async () => {\n const a = [];\n});\nfunction fp() {}', 'default'],
    ['export default fp(async function list() {\n const a = [];\n});\nfunction fp() {}', 'list'],
    [
      'var x_default = fp(() => {\n const a = [];\n}); export { x_default as default }; function fp() {}',
      'default',
    ],
    ['const f = __name(() => {\n const a = [];\n}, "list"); function __name() {}', 'list'],
    ['function out() { function list() {\n const a = [];\n} }', 'list'],
    ['function list() {\n const a = [];\n}\nfunction out() { function list() {} }', 'list'],
  ])('is found in %s', (text, name) => {
    const { text: changed, sentences } = transform(text, [`${name}/a`]);
    expect(sentences).toEqual([]);
    expect(changed).toMatch(
      new RegExp(`const a = \\[\\];;.*\\.call\\("/app/m\\d+\\.js","${name}",`),
    );
  });

  it.each([
    ['function list() { const b = []; }', 'has no binding "a" in list. There is: b.'],
    ['function other() {}', 'has no function "list". There is: other.'],
    [
      'if (1) { function list() {} } else { function list() {} }',
      'has two functions "list". Give one of them another name.',
    ],
  ])('is left alone, and that is said: %s', (text, sentence) => {
    const { text: changed, sentences } = transform(text, ['list/a']);
    expect([changed.split('\n')[0], sentences]).toEqual([text, [`m.js ${sentence}`]]);
  });
});

/** Where the names in a text are by its source map, in the text that it was made of. */
function findOrigins(text: string, names: string[]): unknown[] {
  const [, base64 = ''] = /sourceMappingURL=data:application\/json;base64,(\S+)/.exec(text) ?? [];
  const payload = JSON.parse(Buffer.from(base64, 'base64').toString()) as SourceMapPayload;
  const map = new SourceMap(payload);
  return names.map((name) => {
    const before = text.slice(0, text.indexOf(name)).split('\n');
    const { originalLine, originalColumn } = map.findEntry(
      before.length - 1,
      before.at(-1)?.length ?? 0,
    ) as Record<string, number>;
    return [name, originalLine, originalColumn];
  });
}

describe('a text with a source map', () => {
  it('may be on one line: the map tells where everything is now', () => {
    const source = `
      first(1);
      class A { #a = 1; b() { inA(); } }
      export class B { #b = 1; #c = 2; c() { inB(); } }
      between();
      export function list() { const a: number[] = []; behind(a); return more(); }
      export const users = new Map<string, A>(); last();`;
    const made = transformSync(source, {
      loader: 'ts',
      format: 'esm',
      sourcemap: 'inline',
      sourcefile: 'a.ts',
      minifyWhitespace: true,
      keepNames: true,
    }).code;
    expect(made.slice(0, made.indexOf('//#')).trim().split('\n').length).toBeLessThan(3);
    const { text, sentences } = transform(made, ['users', 'list/a']);
    expect(sentences).toEqual([]);
    expect(text.split('.privates(')).toHaveLength(3);
    expect(text).toContain('.call(');
    const names = ['first(1)', 'inA()', 'inB()', 'between()', 'behind(a)', 'more()', 'last()'];
    const origins = findOrigins(made, names);
    expect(new Set(origins.map((origin) => String(origin))).size).toBe(names.length);
    expect(findOrigins(text, names)).toEqual(origins);
  });

  it('keeps a map that cannot be read', () => {
    const text =
      'class A { #a = 1 } let b = 1;\n//# sourceMappingURL=data:application/json;base64,AAAA';
    expect(transform(text).text).toContain(';base64,AAAA\n;');
  });
});

describe('any text', () => {
  it.each([
    "#!/usr/bin/env node\n'use strict';\nexport const a = [1];",
    'export const a = [1]; // no line end',
    'export const a = [1]; /* open */',
    'export const a = [1]\n',
    'export const a = [1]\r\n',
    'export const a = [1];\n//# sourceMappingURL=a.js.map',
  ])('has it at its end, on a line of its own: %j', async (text) => {
    const { text: changed, values } = await show(text);
    expect(values).toEqual({ a: [1] });
    expect(changed.startsWith(`${text}\n;`)).toBe(true);
    expect(changed.slice(text.length + 1)).not.toContain('\n');
  });

  it('is changed once', () => {
    const once = transform('export const a = [1];').text;
    expect(transform(once).text).toBe(once);
  });

  it('is left as it is where it cannot be read, and that is said', () => {
    const { text, sentences } = transform('let a = ;');
    expect(text).toBe('let a = ;');
    expect(sentences).toEqual([
      'm.js cannot be read (Unexpected token (1:8)), so nothing of it is kept.',
    ]);
  });

  it('is left as it is where nothing of it is kept', () => {
    const change = makeViteTransform({ root: '/app', keep: [{ file: 'a.js' }], say: () => {} });
    const ids = ['/app/b.js', '/app/node_modules/a.js', '\0/app/a.js'];
    expect(ids.map((id) => change('export class A {}', id))).toEqual([null, null, null]);
  });
});

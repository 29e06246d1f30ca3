import Module, { createRequire, SourceMap, type SourceMapPayload } from 'node:module';
import { fileURLToPath } from 'node:url';
import { transformSync } from 'esbuild';
import { beforeAll, describe, expect, it } from 'vitest';
import { KEEP, type Accessors, type KeepReceiver } from '../../src/state/binding.ts';
import { Changes } from '../../src/state/reach/change.ts';
import { applyEdits } from '../../src/state/reach/edits.ts';
import { showKeptModules } from '../../src/state/reach/hooks.ts';
import { toKept, type Kept } from '../../src/state/reach/kept.ts';
import { showClasses, showKept } from '../../src/state/reach/transform.ts';

type Privates = Parameters<KeepReceiver['privates']>;

/** What a text has shown. */
interface Seen {
  bindings: Accessors;
  classes: Record<string, unknown>;
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

interface Given {
  format?: 'module' | 'commonjs';
  kept?: Partial<Kept>;
  parsed?: string;
}

function transform(text: string, { format = 'module', kept, parsed }: Given = {}) {
  const file = `/app/m${number++}.js`;
  const wanted = { all: kept === undefined, names: [], inFunctions: [], ...kept };
  const { edits, sentences } = showKept({ text, format, file, path: 'm.js', parsed }, wanted);
  return { file, sentences, text: applyEdits(text, edits) };
}

/** Evaluates a text as Node would, and hands out what it has shown. */
async function show(text: string, given: Given = {}) {
  const changed = transform(text, given);
  const module = { exports: {} as Record<string, unknown> };
  if (given.format === 'commonjs') {
    const names = ['exports', 'require', 'module', '__filename'];
    const require = createRequire(import.meta.url);
    // oxlint-disable-next-line typescript/no-implied-eval
    const run = new Function(...names, changed.text) as (...words: unknown[]) => void;
    run(module.exports, require, module, '');
  } else {
    module.exports = (await import(
      `data:text/javascript,${encodeURIComponent(changed.text)}`
    )) as Record<string, unknown>;
  }
  const { bindings, classes, ...rest } = toSeen(changed.file);
  const values = Object.fromEntries(
    Object.entries(bindings).map(([name, { get }]) => [name, get()]),
  );
  const mutable = Object.keys(bindings).filter((name) => bindings[name]?.set);
  return { ...changed, ...rest, exports: module.exports, bindings, values, mutable, classes };
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

  it('are none that are code: imports, functions, classes, constants, enums', async () => {
    const { values, classes } = await show(`
      import * as path from 'node:path';
      const late = await import('node:fs');
      const { sep } = await import('node:path');
      const answer = 42, text = 'a', other = \`b\`, pattern = /x/;
      const run = () => {}, call = function () {};
      export function visit() {}
      class User {}
      const Room = class {};
      var Color = ((Color) => { Color[Color.Red = 0] = 'Red'; return Color; })(Color || {});
      var Size; (function (Size) { Size.S = 's'; })(Size || (Size = {}));
      var __helper = {};
      export { readFileSync } from 'node:fs';
      export const users = [];
    `);
    expect(Object.keys(values)).toEqual(['users']);
    expect(Object.keys(classes)).toEqual(['User', 'Room']);
  });

  it('can be named one by one, enums and what is exported under another name, too', async () => {
    const kept = { names: ['Color', 'shown', 'answer', 'text'] };
    const { values, sentences, mutable } = await show(
      `
      var Color = ((Color) => { Color[Color.Red = 0] = 'Red'; return Color; })(Color || {});
      let hidden = new Map(); export { hidden as shown, t as 'text' };
      const answer = 42, t = [];
      const others = [];
    `,
      { kept },
    );
    expect(values).toEqual({ Color: { Red: 0, 0: 'Red' }, shown: new Map(), answer: 42, text: [] });
    expect(mutable).toEqual(['Color', 'shown']);
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
    expect((await show(text, { kept: { names: ['default'] } })).values).toEqual({
      default: { a: 1 },
    });
    const both = { all: true, names: ['default'] };
    expect((await show(text, { kept: both })).values).toEqual({ storage: { a: 1 } });
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
    const { values: odd } = await show('const __proto__ = [1];', {
      kept: { names: ['__proto__'] },
    });
    expect(Object.entries(odd)).toEqual([['__proto__', [1]]]);
  });
});

describe('the bindings of a CommonJS module', () => {
  const format = 'commonjs';

  it('are shown, and what is exported without a name', async () => {
    const { values, mutable, bindings, exports } = await show(
      `'use strict';
      const { readFileSync } = require('node:fs');
      const path = require('node:path'), sep = require('node:path').sep;
      const users = new Map();
      exports.users = users;
      exports.first = exports.second = void 0;
      exports.rooms = [1];
      module.exports.nextId = 3;
      exports.run = () => {};
      exports.__esModule = true;`,
      { format },
    );
    expect(values).toEqual({ users: new Map(), rooms: [1], nextId: 3 });
    expect(mutable).toEqual(['rooms', 'nextId']);
    bindings.nextId?.set?.(4);
    expect(exports.nextId).toBe(4);
  });

  it.each([
    ['module.exports = [1];', { default: [1] }],
    ['exports = module.exports = [1];', { default: [1] }],
    ['const a = [1]; module.exports = a;', { a: [1] }],
    ['const a = [1]; module.exports = { a, b: [2], c() {}, d: () => {} };', { a: [1], b: [2] }],
    ['exports.default = { a: 1 };', { default: { a: 1 } }],
    [
      "const x = __toESM(require('node:fs')); function __toESM(y) { return y; } let a = 1;",
      { a: 1 },
    ],
    ["const a = require('node:events').once; const b = [];", { b: [] }],
  ])('are what %s has', async (text, values) => {
    expect((await show(text, { format })).values).toEqual(values);
  });

  it('are lost when the module returns before its end, which is said', async () => {
    const text =
      'let a = 1; if (a) return; function f() { return 1; } class A { b() { return 1; } }';
    const { values, sentences } = await show(text, { format });
    expect(values).toEqual({});
    expect(sentences).toEqual([
      'm.js returns at its top. What is kept of it is lost when it does.',
    ]);
    const { sentences: none } = await show(text.replace('if (a) return;', ''), { format });
    expect(none).toEqual([]);
  });

  it('are inside the function that tsx puts around them', async () => {
    const inside = `var __defProp=1;var x_exports={};__export(x_exports,{default:()=>x_default,shown:()=>users});function __export(){}const users=[1];var x_default=[2];let n=1`;
    for (const head of ['', 'require = require;']) {
      const text = `__filename="/a/b.ts";(()=>{${head}\n${inside}\n})()\n\n//# sourceMappingURL=x`;
      const { values, text: changed } = await show(text, { format });
      expect(values).toEqual({ users: [1], default: [2], n: 1 });
      expect(changed.split('\n').slice(0, 2)).toEqual(text.split('\n').slice(0, 2));
      expect(changed.split('\n').slice(3)).toEqual(text.split('\n').slice(2));
      const named = await show(text, { format, kept: { names: ['shown'] } });
      expect(named.values).toEqual({ shown: [1] });
    }
  });

  it('are left alone where tsx puts another thing around them, which is said', () => {
    const text = `__filename="/a/b.ts";wrap\`const users=[1]\``;
    const { text: changed, sentences } = transform(text, { format });
    expect(changed).toBe(text);
    expect(sentences).toEqual([
      'This tsx wraps CommonJS in a way that holdover does not know, so nothing of m.js is kept. Use ES modules there, or another version of tsx.',
    ]);
    expect(showClasses({ text: `${text};class A {}`, file: '/a.js' })).toEqual([]);
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

  const columns = (text: string): number[] => {
    const changed = transform(text).text.split('\n');
    return text.split('\n').map((line, index) => (changed[index] ?? '').indexOf(line));
  };

  it('move no code: they are shown where none follows in the line', () => {
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

  it('are left out where code follows in the line, which is said', async () => {
    const text = 'class A { #a = 1; } let b = 1; fail(); function fail() {}\nlet c = 2;';
    const { values, privates: all, sentences } = await show(text);
    expect([values, all]).toEqual([{ b: 1, c: 2 }, []]);
    expect(columns(text)).toEqual([0, 0]);
    expect(sentences).toEqual([
      'm.js cannot show the private fields of A: there is code behind it in its last line. Put that on a line of its own.',
    ]);
  });
});

describe('what a function declares', () => {
  const kept = (...names: string[]) => ({
    kept: {
      inFunctions: names.map((text) => {
        const [inFunction = '', name = ''] = text.split('/');
        return { inFunction, name };
      }),
    },
  });

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
      kept('routes/mem', 'routes/count'),
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
    const { text: changed, sentences } = transform(text, kept(`${name}/a`));
    expect(sentences).toEqual([]);
    expect(changed).toMatch(
      new RegExp(`const a = \\[\\];;.*\\.call\\("/app/m\\d+\\.js","${name}",`),
    );
  });

  it.each([
    ['module.exports = async (app) => {\n const a = [];\n};', 'default'],
    ['exports.list = function () {\n const a = [];\n};', 'list'],
  ])('is found in CommonJS: %s', (text, name) => {
    const { text: changed } = transform(text, { format: 'commonjs', ...kept(`${name}/a`) });
    expect(changed).toContain(`"${name}"`);
  });

  it.each([
    [
      'function list() { const a = []; a.push(1); }',
      'cannot show a of list: there is code behind it in its line. Put that on a line of its own.',
    ],
    ['function list() { const b = []; }', 'has no binding "a" in list. There is: b.'],
    ['function other() {}', 'has no function "list". There is: other.'],
    [
      'if (1) { function list() {} } else { function list() {} }',
      'has two functions "list". Give one of them another name.',
    ],
  ])('is left alone, and that is said: %s', (text, sentence) => {
    const { text: changed, sentences } = transform(text, kept('list/a'));
    expect([changed, sentences]).toEqual([text, [`m.js ${sentence}`]]);
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
    for (const format of ['esm', 'cjs'] as const) {
      const made = transformSync(source, {
        loader: 'ts',
        format,
        sourcemap: 'inline',
        sourcefile: 'a.ts',
        minifyWhitespace: true,
        keepNames: true,
      }).code;
      expect(made.slice(0, made.indexOf('//#')).trim().split('\n').length).toBeLessThan(3);
      const kept = { all: true, inFunctions: [{ inFunction: 'list', name: 'a' }] };
      const given = { kept, format: format === 'cjs' ? 'commonjs' : 'module' } as const;
      const { text, sentences } = transform(made, given);
      expect(sentences).toEqual([]);
      expect(text.split('.privates(')).toHaveLength(3);
      expect(text).toContain('.call(');
      const names = ['first(1)', 'inA()', 'inB()', 'between()', 'behind(a)', 'more()', 'last()'];
      const origins = findOrigins(made, names);
      expect(new Set(origins.map((origin) => String(origin))).size).toBe(names.length);
      expect(findOrigins(text, names)).toEqual(origins);
    }
  });

  it('keeps a map that cannot be read', () => {
    const text =
      'class A { #a = 1 } let b = 1;\n//# sourceMappingURL=data:application/json;base64,AAAA';
    expect(transform(text).text).toContain(';base64,AAAA\n;');
  });
});

describe('a text with types', () => {
  it('has what is added behind the types', () => {
    const types = [
      ': number[]',
      ' as number[]',
      ': Map<string, number>',
      'private ',
      ' as any',
      ' satisfies B',
    ];
    const text = [
      'function list() {',
      '  const a = [] as number[]',
      '  return a',
      '}',
      'class A {',
      '  private b = 1',
      '  #c = 1 as any // c',
      '}',
      'export default new A() satisfies B;',
      'export const users: Map<string, number> = new Map();',
    ].join('\n');
    const parsed = types.reduce(
      (rest, type) => rest.replaceAll(type, ' '.repeat(type.length)),
      text,
    );
    const kept = { all: true, inFunctions: [{ inFunction: 'list', name: 'a' }] };
    const { text: changed, sentences } = transform(text, { kept, parsed });
    expect(sentences).toEqual([]);
    const lines = changed.split('\n');
    expect(lines[1]).toMatch(/^ {2}const a = \[\] as number\[\];globalThis.*;$/);
    expect(lines[6]).toMatch(/^ {2}#c = 1 as any;static\{.*\} \/\/ c$/);
    expect(lines[8]).toBe('const  _keep_= new A() satisfies B;');
    expect(changed).toContain('export{_keep_ as default};');
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
    expect(showClasses({ text: `${once} class A {}`, file: '/a.js' })).toEqual([]);
  });

  it.each([
    [
      'let a = ;',
      {},
      /^m\.js cannot be read \(Unexpected token \(1:8\)\), so nothing of it is kept\.$/,
    ],
    [
      'let users = 1, storage = 2;',
      { names: ['storag'] },
      /^m\.js has no binding "storag" at its top\. There is: users, storage\.$/,
    ],
    ['const a = 1;', { names: ['b'] }, /There is none\.$/],
    ['let a, b, c, d, e, f, g, h, i;', { names: ['x'] }, /There is: a, b, c, d, e, f, g, h, …\.$/],
    [
      'function list() {}',
      { names: ['list'] },
      /^m\.js has a function list\. Write #list\/<name> to keep what it declares\.$/,
    ],
    [
      'const a = 1; class A { #b = 1; }',
      { all: true },
      /^m\.js has nothing at its top that could be kept\.$/,
    ],
  ])(
    'is left as it is where nothing can be shown, and that is said: %s',
    (text, kept, sentence) => {
      const { text: changed, sentences } = transform(text, { kept });
      expect(changed).toBe(text);
      expect(sentences).toHaveLength(1);
      expect(sentences[0]).toMatch(sentence);
    },
  );

  it('shows the rest where one name is not there', async () => {
    const { values, sentences } = await show('const a = [1];', { kept: { names: ['b', 'a'] } });
    expect(values).toEqual({ a: [1] });
    expect(sentences).toHaveLength(1);
  });
});

describe('the classes of a module that is not kept', () => {
  it('are shown as far as they are at its top', async () => {
    const text = `
      import { EventEmitter as Socket } from 'node:events';
      export class User extends Object {}
      class Room<T> {}
      const Made = class extends User {}; let Other = class Inner {};
      function f() { class Hidden {} }
      // class Comment {
      /* a class Socket extends all */
      export default class Named {}
      { class Block {} }
    `.replace('<T>', '');
    const file = '/app/classes.js';
    const changed = applyEdits(text, showClasses({ text, file }));
    await import(`data:text/javascript,${encodeURIComponent(changed)}`);
    const { classes, bindings } = toSeen(file);
    const there = Object.keys(classes).filter((name) => classes[name] !== undefined);
    expect(there).toEqual(['User', 'Room', 'Named', 'Made', 'Other']);
    expect(bindings).toEqual({});
    expect(showClasses({ text: 'const a = "class of its own";', file })).toEqual([]);
    const typed = 'export abstract class A<T> {}\nclass B implements C {}';
    expect(applyEdits(typed, showClasses({ text: typed, file }))).toMatch(/\{A:.*,B:.*\}/);
  });

  it('are inside the function that tsx puts around them', () => {
    const text =
      '__filename="/a/b.ts";(()=>{\nclass A{static{__name(this,"A")}}class B extends A{}\n})()\n';
    const changed = applyEdits(text, showClasses({ text, file: '/a/b.ts' }));
    expect(changed.split('\n')[2]).toMatch(/^;globalThis.*\{A:typeof A.*,B:typeof B.*\}\);$/);
    expect(changed.split('\n')[3]).toBe('})()');
  });
});

describe('the modules of an app', () => {
  const root = '/app';
  const said: string[] = [];
  const kept = toKept([{ file: 'kept.ts' }, { file: '../beside.js' }], root);
  const changes = new Changes({ root, kept }, (sentence) => said.push(sentence));
  const change = (file: string, text: string, format = 'module'): string =>
    changes.change({ text, file, format });

  it.each([
    ['/app/user.js', true],
    ['/app/packages/a/user.js', true],
    ['/app/node_modules/a/user.js', false],
    ['/app/packages/a/node_modules/b/user.js', false],
    ['/app-of-others/user.js', false],
    ['/beside.js', true],
  ])('show their classes, and nobody else: %s', (file, isShown) => {
    const text = 'class User {}\nlet count = 1;';
    expect(changes.concerns(file)).toBe(isShown);
    expect(change(file, text) !== text).toBe(isShown);
    expect(change(file, 'const user = 1;')).toBe('const user = 1;');
    said.length = 0;
  });

  it('are told apart from our own, where they are in the project', () => {
    const own = new URL('../../src/state/reach/change.ts', import.meta.url);
    const ofOurs = new Changes({ root: fileURLToPath(new URL('../..', own)), kept }, () => {});
    expect(ofOurs.concerns(fileURLToPath(own))).toBe(false);
  });

  it('show their classes where nothing can be kept of them, which is said once', () => {
    const text = 'class User {} let a = ;';
    for (let i = 0; i < 2; i++) expect(change('/app/kept.ts', text)).toContain('{User:typeof User');
    expect(said.splice(0)).toEqual([expect.stringMatching(/^kept\.ts cannot be read \(/)]);
  });

  it('are read without their types where Node strips them', () => {
    const text =
      "export const users: Map<string, 'é😀'> = new Map(); export interface A { b: 'é😀' }";
    const changed = change('/app/kept.ts', text, 'module-typescript');
    const canStrip = 'stripTypeScriptTypes' in Module;
    expect(changed.includes('{users:{get(){return users}}}')).toBe(canStrip);
    expect(said.splice(0)).toHaveLength(canStrip ? 0 : 1);
    expect(change('/app/kept.ts', 'enum Color { Red }', 'commonjs-typescript')).not.toContain(
      'Red:',
    );
    expect(said.splice(0).length).toBeLessThan(2);
  });

  it('are loaded as ever where nothing is kept', () => {
    const toMethod = (): unknown => Object.getOwnPropertyDescriptor(Module.prototype, '_compile');
    const before = toMethod();
    showKeptModules({ root, keep: [], say: (sentence) => said.push(sentence) })();
    expect(toMethod()).toEqual(before);
    expect(said).toEqual([]);
  });
});

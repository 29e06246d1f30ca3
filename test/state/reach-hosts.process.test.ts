import { describe, expect, it } from 'vitest';
import { createApp, type App } from '../support/app.ts';
import { MODULES } from '../support/modules.ts';
import { runScript, type Printed } from '../support/script.ts';

const HOOKS = new URL('state/reach/hooks.js', MODULES).href;

/** Tells, when the process ends, what it was shown and what was said. */
const PRELOAD = `
  import { createRequire } from 'node:module';
  import { showKeptModules } from '${HOOKS}';
  const shown = {};
  const said = [];
  const of = (file) => (shown[file.replaceAll('\\\\', '/').split('/').at(-1).split('.')[0]] ??= {});
  const toNames = (bindings) => Object.entries(bindings).map(
    ([name, { get, set }]) => name + (set ? '=' : '') + (get() instanceof Map ? ' Map' : ''),
  );
  let privates = [];
  globalThis[Symbol.for('holdover.keep.1')] = {
    module(file, bindings, classes) {
      const one = of(file);
      one.times = (one.times ?? 0) + 1;
      one.bindings = toNames(bindings);
      one.classes = Object.keys(classes);
      one.values = Object.fromEntries(Object.entries(bindings).map(([name, { get }]) => [name, get()]));
      one.privates = privates;
      privates = [];
    },
    privates: (of, names) => void privates.push([of.name, ...names]),
    call: (file, name, bindings) => void (of(file).call = [name, ...toNames(bindings)]),
  };
  const keep = JSON.parse(process.env.KEEP);
  globalThis.putLast = showKeptModules({ root: process.env.ROOT, keep, say: (sentence) => void said.push(sentence) });
  // On Node 20 sentences come from another thread.
  const waiting = setInterval(() => said.length > 0 && clearInterval(waiting), 5);
  setTimeout(() => clearInterval(waiting), 30_000).unref();
  process.on('exit', () => {
    const { cache } = createRequire(import.meta.url);
    const acorns = Object.keys(cache).filter((file) => /acorn/.test(file));
    console.error(JSON.stringify({ shown, said, acorns }));
  });
`;

/** Comes after tsx, and knows what the entry is. */
const LATE = `
  import Module from 'node:module';
  const resolve = (url, { parentURL }, next) =>
    parentURL === undefined
      ? { url, format: 'module', shortCircuit: true }
      : next(url, { parentURL });
  if (Module.registerHooks) Module.registerHooks({ resolve });
  else Module.register('data:text/javascript,' + encodeURIComponent('export const resolve = ' + resolve));
  globalThis.putLast?.();
`;

/** Behind its classes it throws, on the line of one of them where a compiler has left one line. */
const STORAGE = `
import { User } from './user';
class Base { #base = 1; get base() { return this.#base; } }
export class Storage extends Base {
  #videos = new Map();
  #nextId = 5;
  at() { return new Error('in').stack; }
}
const users/*: Map<string, User>*/ = new Map/*<string, User>*/();
users.set('ada', new User());
export let nextId/*: number*/ = 1;
export const storage = new Storage(); export const stack = new Error('behind').stack;
export const stacks = () => [stack, storage.at(), String(User.prototype.greet)];
`;

const USER = `export class User { greet() { return 'hello'; } }
`;

const TODOS = `
export default async function todoRoutes(app/*: string[]*/) {
  const mem/*: string[]*/ = [];
  mem.push('a');
  return [mem.length, new Error('todos').stack];
}
`;

/** CommonJS that an ES module imports. */
const LEGACY = `
class Counter { #count/*: number*/ = 1; }
const counter = new Counter(); const behind = new Error('legacy').stack;
module.exports = { counter, behind };
`;

const MAIN = `
import { stacks } from './storage';
import todoRoutes from './todos';
import legacy from './legacy';
todoRoutes([]).then((todos) => console.log(JSON.stringify([stacks(), todos, FILE, legacy.behind])));
`;

interface Host {
  extension: string;
  type: 'module' | 'commonjs';
  /** The flags of Node, in several orders. */
  flags: string[][];
}

function toName(name: string, { extension }: Host): string {
  return `${name}.${name === 'legacy' ? 'c' : ''}${extension}`;
}

function toSource(text: string, host: Host): string {
  const { extension, type } = host;
  const isScript = extension === 'ts';
  const isNode = type === 'commonjs' && !isScript;
  const typed = text.replaceAll(/\/\*(.*?)\*\//g, isScript ? '$1' : ''); // the types
  const named = typed.replaceAll(/'\.\/(\w+)'/g, (__, name: string) => `'./${toName(name, host)}'`);
  const file = type === 'module' ? 'import.meta.url' : '__filename';
  const full = named.replace('FILE', file);
  return isNode ? toCommonJS(full) : full;
}

/** By hand, as people write it. */
function toCommonJS(text: string): string {
  const names = [...text.matchAll(/^export (?:class|let|const) (\w+)/gm)].map(([, name]) => name);
  return text
    .replaceAll(/import (\{.*?\}|\w+) from ('.*?');/g, 'const $1 = require($2);')
    .replace(
      'export default async function todoRoutes',
      'module.exports = async function todoRoutes',
    )
    .replaceAll(/\bexport /g, '')
    .concat(names.length > 0 ? `module.exports = { ${names.join(', ')} };\n` : '');
}

async function createHost(host: Host): Promise<App> {
  const app = await createApp();
  const { type } = host;
  app.write('package.json', JSON.stringify({ name: 'kept', type }));
  app.write('preload.mjs', PRELOAD);
  app.write('late.mjs', LATE);
  const texts = { storage: STORAGE, user: USER, todos: TODOS, legacy: LEGACY, main: MAIN };
  for (const [name, text] of Object.entries(texts))
    app.write(toName(name, host), toSource(text, host));
  return app;
}

/** Runs it with flags; without ours, nothing is kept. */
async function run(app: App, { extension }: Host, flags: string[]) {
  const keep = [
    { file: `storage.${extension}` },
    { file: `todos.${extension}`, inFunction: 'todoRoutes', name: 'mem' },
    { file: `legacy.c${extension}` },
    { file: 'gone.js' },
  ];
  const words = flags.flatMap((flag) => ['--import', flag]);
  const entry = `main.${extension}`;
  return runScript(app, [...words, '--no-warnings', '--stack-trace-limit=50', entry], {
    KEEP: JSON.stringify(keep),
    ROOT: app.folder,
  });
}

/** Of the function that stands before Node's, and reads as one of Node's. */
const OWN_FRAME = /\\n {4}at Module\._compile \(node:internal\/modules\/cjs\/loader:3:\d+\)/g;

/** V8 finds no name where the method is looked up for each module. */
const ACCESSOR = /<anonymous> \((?=node:internal\/modules\/cjs\/loader:)/g;

const OURS = './preload.mjs';
const STRIPS = (process.features as { typescript?: unknown }).typescript === 'strip';

const HOSTS: [string, Host][] = [
  ['ES modules', { extension: 'js', type: 'module', flags: [[OURS]] }],
  ['CommonJS', { extension: 'js', type: 'commonjs', flags: [[OURS]] }],
  [
    'TypeScript through tsx, whoever comes first',
    {
      extension: 'ts',
      type: 'module',
      flags: [
        ['tsx', OURS],
        [OURS, 'tsx'],
        [OURS, 'tsx', './late.mjs'],
      ],
    },
  ],
  [
    'TypeScript as CommonJS through tsx',
    { extension: 'ts', type: 'commonjs', flags: [[OURS, 'tsx']] },
  ],
];
if (STRIPS) {
  HOSTS.push(['TypeScript that Node runs', { extension: 'ts', type: 'module', flags: [[OURS]] }]);
}

describe('what is kept is shown in', () => {
  it.each(HOSTS)('%s, and the app does what it ever did', async (_, host) => {
    const app = await createHost(host);
    const [first = []] = host.flags;
    const withNothing = first.map((flag) => (flag === OURS ? 'data:text/javascript,' : flag));
    const without = await run(app, host, withNothing);
    for (const flags of host.flags) expectShown(await run(app, host, flags), without, host);
  });
});

function expectShown(
  { stdout, stderr }: Printed,
  without: Printed,
  { extension, type }: Host,
): void {
  const frames = stdout.replaceAll(OWN_FRAME, '').replaceAll(ACCESSOR, '_compile (');
  expect(frames).toBe(without.stdout);
  const { shown, ...others } = JSON.parse(stderr) as Record<string, object>;
  const isWrapped = extension === 'ts' && type === 'commonjs';
  expect(shown).toMatchObject({
    storage: {
      times: 1,
      bindings: ['users Map', 'nextId=', 'storage', 'stack', 'stacks'],
      classes: [`./user.${extension}#${isWrapped ? 'import_user' : 'User'}`, 'Base', 'Storage'],
      privates: [
        ['Base', '#base'],
        ['Storage', '#videos', '#nextId'],
      ],
    },
    legacy: {
      times: 1,
      bindings: ['counter', 'behind'],
      classes: ['Counter'],
      privates: [['Counter', '#count']],
    },
    todos: expect.objectContaining({ call: ['todoRoutes', 'mem'] }) as object,
  });
  expect(others.acorns).toEqual([]);
  expect(Object.keys(shown ?? {}).toSorted()).toEqual(['legacy', 'storage', 'todos']);
  expect(others.said).toEqual(['There is no file gone.js to keep.']);
}

const WRAPPED = (inside: string): string => `__filename="/a/b.ts";(()=>{\n${inside}\n})()\n`;

/** Files of CommonJS, and what their tops show. */
const SHAPES: [text: string, shown: Record<string, unknown>, said?: string][] = [
  ['module.exports = [1];', { default: [1] }],
  ['exports = module.exports = [1];', { default: [1] }],
  ['const a = [1]; module.exports = a;', { a: [1] }],
  ['const a = [1]; module.exports = { a, b: [2] };', { a: [1], b: [2] }],
  ['exports.default = { a: 1 };', { default: { a: 1 } }],
  [
    'exports.first = exports.second = void 0; exports.rooms = [1]; exports.__esModule = true;',
    { rooms: [1] },
  ],
  [
    "const fs = require('node:fs'), { sep } = require('path'); let a = 1; exports.fs = fs; exports.sep = sep;",
    { a: 1 },
  ],
  ["const x = __toESM(require('node:fs')); function __toESM(y) { return y; } let a = 1;", { a: 1 }],
  [
    'var Size; (function (Size) { Size.S = 1; })(Size || (Size = {})); var Color = ((C) => C)(Color || {}); let a;',
    {},
  ],
  [
    WRAPPED(
      'var x_exports={};__export(x_exports,{default:()=>x_default});function __export(){}const users=[1];var x_default=[2];',
    ),
    { users: [1], default: [2] },
  ],
  [
    '__filename="/a/b.ts";let a=[1];',
    {},
    'is not kept: this tsx wraps CommonJS in a way that holdover does not know. Use ES modules there, or another version of tsx.',
  ],
  [
    'let a = 1; if (a) return; function f() { return 1; }',
    {},
    'returns at its top. What is kept of it is lost when it does.',
  ],
];

describe('the top of a file of CommonJS', () => {
  it('is shown, and what it exports without a name', async () => {
    const app = await createApp();
    app.write('package.json', '{ "name": "kept" }');
    app.write('preload.mjs', PRELOAD);
    for (const [i, [text]] of SHAPES.entries()) app.write(`shape${i}.js`, text);
    app.write('main.js', SHAPES.map((_, i) => `require('./shape${i}.js');`).join('\n'));
    const { stderr } = await runScript(app, ['--import', OURS, '--no-warnings', 'main.js'], {
      KEEP: JSON.stringify(SHAPES.map((_, i) => ({ file: `shape${i}.js` }))),
      ROOT: app.folder,
    });
    const { shown, said } = JSON.parse(stderr) as {
      shown: Record<string, { values: Record<string, unknown> }>;
      said: string[];
    };
    const values = SHAPES.map((_, i) => shown[`shape${i}`]?.values ?? {});
    expect(values).toEqual(SHAPES.map(([, expected]) => expected));
    const sentences = SHAPES.flatMap(([, , one], i) => (one ? [`shape${i}.js ${one}`] : []));
    expect(said.toSorted()).toEqual(sentences.toSorted());
  });
});

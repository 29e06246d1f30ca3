import { describe, expect, it, onTestFinished } from 'vitest';
import * as vite from 'vite';
import * as vite6 from 'vite6';
import * as vite7 from 'vite7';
import { KEEP, type KeepReceiver } from '../../src/state/binding.ts';
import { makeViteTransform } from '../../src/state/reach/for-vite.ts';
import { createApp, type App } from '../support/app.ts';

const FILES = {
  'package.json': '{ "name": "kept", "type": "module" }',
  'storage.ts': `
import { User } from './user.ts';
export class Storage { #users = new Map<string, User>(); #next = 1; at() { return new Error('in').stack; } }
enum Color { Red }
export let next = new User() && 1; export const behind = new Error('behind').stack;
export async function todos() { const mem: number[] = []; return [mem, new Error('todos').stack]; }
export default new Storage();
`,
  'user.ts': 'export class User {}\n',
  'one.js':
    "class One { #a = 1; b() { return this.#a; } }\nexport const one = new One(); export const at = new Error('one').stack;\n",
  'main.ts': `
import storage, { behind, todos } from './storage.ts';
import { at } from './one.js';
export const stacks = async () => [behind, storage.at(), (await todos())[1], at];
`,
};

interface Main {
  stacks: () => Promise<string[]>;
}

/** Evaluates the app in both ways, and tells where its errors are. */
async function evaluate(of: typeof vite, { folder }: App, keep?: string[]) {
  const said: string[] = [];
  const places = (keep ?? []).map((file) =>
    file === 'storage.ts#todos/mem'
      ? { file: 'storage.ts', inFunction: 'todos', name: 'mem' }
      : { file },
  );
  const transform = makeViteTransform({
    root: folder,
    keep: places,
    say: (line) => said.push(line),
  });
  const server = await of.createServer({
    configFile: false,
    logLevel: 'silent',
    root: folder,
    optimizeDeps: { noDiscovery: true },
    server: { middlewareMode: true, ws: false, watch: null },
    plugins: [
      {
        name: 'keep',
        enforce: 'pre',
        transform: {
          order: 'post',
          handler: (code, id, options) => (options?.ssr && keep ? transform(code, id) : null),
        },
      },
    ],
  });
  onTestFinished(() => server.close());
  const loaded = (await server.ssrLoadModule('/main.ts')) as Main;
  const fixed = (await loaded.stacks()).map((stack) => {
    const error = new Error('x');
    error.stack = stack;
    server.ssrFixStacktrace(error);
    return error.stack.split('\n')[1];
  });
  const { runner } = server.environments.ssr as unknown as vite.RunnableDevEnvironment;
  const imported = await runner.import<Main>('/main.ts');
  const run = (await imported.stacks()).map((stack) => stack.split('\n')[1]);
  return { fixed, run, said };
}

describe('what is kept is shown in', () => {
  it.each([
    ['Vite 6', vite6 as unknown as typeof vite],
    ['Vite 7', vite7 as unknown as typeof vite],
    ['Vite 8', vite],
  ])('%s, by both ways to evaluate it, and errors are where they were', async (_, of) => {
    const shown: unknown[] = [];
    const receiver: KeepReceiver = {
      module: (file, bindings, classes) =>
        shown.push([file.split('/').at(-1), Object.keys(bindings), Object.keys(classes ?? {})]),
      privates: ({ name }, names) => shown.push([name, names]),
      call: (_file, name, bindings) => shown.push([name, Object.keys(bindings)]),
    };
    Object.defineProperty(globalThis, KEEP, { value: receiver, configurable: true });
    const app = await createApp();
    for (const [name, text] of Object.entries(FILES)) app.write(name, text);
    const without = await evaluate(of, app);
    expect(shown).toEqual([]);
    const keep = ['storage.ts', 'storage.ts#todos/mem', 'one.js', 'gone.js'];
    const { said, ...stacks } = await evaluate(of, app, keep);
    expect([stacks.fixed, stacks.run, said]).toEqual([
      without.fixed,
      without.run,
      ['There is no file gone.js to keep.'],
    ]);
    expect(stacks.fixed[0]).toContain('storage.ts:5:');
    const once = [
      ['Storage', ['#users', '#next']],
      ['storage.ts', ['next', 'behind', 'default'], ['/user.ts#User', 'Storage']],
      ['One', ['#a']],
      ['one.js', ['one', 'at'], ['One']],
      ['todos', ['mem']],
    ];
    expect(shown).toEqual(expect.arrayContaining(once) as unknown[]);
    expect(shown).toHaveLength(2 * once.length);
  });
});

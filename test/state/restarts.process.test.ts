import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { describe, expect, it } from 'vitest';
import { createApp, type App } from '../support/app.ts';
import { Browser } from '../support/browser.ts';
import { bundleBefore } from '../support/bundle.ts';
import { linkPackage } from '../support/packages.ts';
import { poll } from '../support/poll.ts';
import { start, type Running } from '../support/running.ts';

const COUNT = 2000;

const BINDINGS = `
export const first = new Map();
export const second = new Map();
export class Point {
  constructor(x, y) {
    this.x = x;
    this.y = y;
  }
}
`;

/** Fills what is kept, and tells whether it is that. */
const ANSWER = `
import { expectSame, sample } from 'STRUCTURES';
import { first, Point, second } from './bindings.js';

// Stacks are looked up in source maps here.
Error.stackTraceLimit = 0;

export function answer(path) {
  const wanted = sample(Number(path.split('/')[2]), ${COUNT}, Point);
  if (path.startsWith('/fill/')) {
    for (const [i, [one, rest]] of wanted.entries()) {
      first.set(i, one);
      second.set(i, rest);
    }
  }
  if (first.size !== ${COUNT} || second.size !== ${COUNT}) return 'not all are there';
  for (const [i, pair] of wanted.entries()) {
    try {
      expectSame([first.get(i), second.get(i)], pair);
    } catch (error) {
      return 'structure ' + i + ' is another one: ' + error.message;
    }
  }
  return 'the same';
}
`;

const SERVER = `
import { createServer } from 'node:http';
import { answer } from './answer.js';
createServer((req, res) => res.end(answer(req.url))).listen(process.env.PORT);
`;

const VITE_CONFIG = `
import holdover from 'holdover/vite';
export default {
  appType: 'custom',
  plugins: [
    holdover({ keep: 'bindings.js' }),
    {
      name: 'app',
      configureServer: (server) => () => {
        server.middlewares.use(async (req, res) => {
          const { answer } = await server.ssrLoadModule('/answer.js');
          res.end(answer(req.url));
        });
      },
    },
  ],
};
`;

const HOSTS = [
  { name: 'Node', words: () => ['--import', 'holdover/register', 'server.js'] },
  {
    name: 'Vite',
    words: (port: number) => [join('node_modules', 'vite', 'bin', 'vite.js'), '--port', `${port}`],
  },
];

const structures = bundleBefore(
  `export * from './random-structures.ts';`,
  join(import.meta.dirname, '..', 'support'),
);

describe.each(HOSTS)('$name', ({ words }) => {
  it(`has ${COUNT} random structures again after a restart, with what they share`, async () => {
    const app: App = await createApp();
    linkPackage(app, 'vite');
    linkPackage(app, 'fast-check');
    const holdover = { keep: ['bindings.js'] };
    app.write('package.json', JSON.stringify({ name: 'random', type: 'module', holdover }));
    app.write('bindings.js', BINDINGS);
    app.write('answer.js', ANSWER.replace('STRUCTURES', pathToFileURL(structures()).href));
    app.write('server.js', SERVER);
    app.write('vite.config.js', VITE_CONFIG);
    const browser = new Browser(app.url);
    const begin = (): Running =>
      start(process.execPath, words(app.port), {
        cwd: app.folder,
        env: { PORT: String(app.port) },
      });
    const seed = Date.now() % 1_000_000;
    let running = begin();
    expect(await poll(() => browser.text(`/fill/${seed}`))).toBe('the same');
    running.kill('SIGTERM');
    await running.exited;
    running = begin();
    const after = await poll(() => browser.text(`/check/${seed}`));
    expect(after, `seed ${seed}`).toBe('the same');
  });
});

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { loadConfigFromFile, type Plugin } from 'vite';
import { OWN_FLAGS } from '../../src/commands/watch/own-flags.ts';
import { readManifest } from '../../src/options/manifest.ts';
import { CLI } from '../support/tools.ts';
import { createApp, type App } from '../support/app.ts';
import { linkPackage } from '../support/packages.ts';
import { runScript } from '../support/script.ts';
import { PAGES, readBlock, readBlocks, readTable, type Block } from './pages.ts';

const ROOT = join(import.meta.dirname, '..', '..');
const STARTED = 'docs/getting-started.md';

/** The file of each example that has a process of ours for its app, and where it stands. */
const FILES: [path: string, page: string, heading: string, language: string, index?: number][] = [
  ['express.js', STARTED, 'Express', 'js'],
  ['fastify.js', STARTED, 'Fastify', 'js'],
  ['hono.js', STARTED, 'Hono', 'js'],
  ['koa.js', STARTED, 'Koa', 'js'],
  ['app/sessions.server.ts', STARTED, 'React Router', 'ts'],
  ['storage.ts', STARTED, 'unstorage, Nitro and Astro', 'ts'],
  ['nitro.config.ts', STARTED, 'unstorage, Nitro and Astro', 'ts', 1],
  ['astro.config.ts', STARTED, 'unstorage, Nitro and Astro', 'ts', 2],
  ['auth.ts', STARTED, 'better-auth', 'ts'],
  ['grammy.ts', STARTED, 'Bots: grammY and Telegraf', 'ts'],
  ['telegraf.ts', STARTED, 'Bots: grammY and Telegraf', 'ts', 1],
  ['store.js', STARTED, 'Anything else', 'js'],
  ['carts.ts', 'docs/keyv.md', 'The session directory, for any data', 'ts'],
  ['list.js', 'docs/commands.md', 'For programs', 'js'],
  ['rename.js', 'docs/commands.md', 'For programs', 'js', 1],
  ['exported.js', 'docs/commands.md', '`holdover push`', 'js'],
];

const PACKAGES = [
  '@keyv/redis',
  'better-auth',
  'grammy',
  'hono',
  'hono-sessions',
  'keyv',
  'keyv-file',
];
PACKAGES.push('koa', 'koa-session', 'react-router', 'telegraf', 'unstorage');

const MCP = 'test/apps/documented-mcp.long.test.ts';
const STATE = 'test/apps/documented-state.long.test.ts';

/** The tests of the other examples, and the words by which they find them; @default the heading. */
const ELSEWHERE: [page: string, heading: string, test: string, words?: string][] = [
  ['docs/keyv.md', 'Sessions in any Keyv', 'test/storage/keyv-postgres.process.test.ts'],
  ['docs/mcp.md', 'Over stdio', MCP],
  ['docs/mcp.md', 'Over HTTP', MCP],
  ['docs/mcp.md', 'In the configuration of your client', MCP, 'readConfigurations'],
  ['docs/state.md', 'Keep: with no change to your code', STATE],
  ['docs/state.md', 'Preserve: in your code', STATE],
  ['docs/state.md', 'When the shape changes', STATE],
  ['docs/recipes.md', "Node's own HTTP server", 'test/apps/recipes.process.test.ts'],
  ['docs/recipes.md', 'SvelteKit', 'test/checks/real/apps/catalog/sveltekit.ts'],
];

/** What a person has run, or has no test to run it. */
const BY_HAND = ['playground/README.md: Try it', 'docs/recipes.md: Next.js'];

function isViteConfig({ page, code }: Pick<Block, 'page' | 'code'>): boolean {
  return page !== 'docs/recipes.md' && code.startsWith('// vite.config.js\n');
}

async function createExamples(): Promise<App> {
  const app = await createApp();
  for (const name of PACKAGES) linkPackage(app, name);
  for (const [path, ...where] of FILES) {
    const code = readBlock(...where);
    // The apps of the page are for their own files only.
    app.write(path, /^const app\b/m.test(code) ? `${code}\nexport { app };\n` : code);
  }
  app.write('package.json', '{ "name": "examples", "type": "module" }');
  for (const name of ['nitro', 'astro']) {
    const exports = { '.': './index.js', './config': './index.js' };
    app.write(`node_modules/${name}/package.json`, JSON.stringify({ type: 'module', exports }));
    app.write(`node_modules/${name}/index.js`, 'export const defineConfig = (config) => config;\n');
  }
  app.write('started.js', readFileSync(join(import.meta.dirname, 'started.js'), 'utf8'));
  return app;
}

/** Runs what uses the examples; it ends by `kill -9`. */
async function runStarted(app: App): Promise<Record<string, number>> {
  const env = { BOT_TOKEN: '1:token', BETTER_AUTH_SECRET: 'a secret that is long enough for it' };
  const run = runScript(app, ['--import', 'tsx', 'started.js'], env);
  const { stdout, stderr, signal } = await run.then(
    (printed) => ({ ...printed, signal: null }),
    (error: { stdout: string; stderr: string; signal: string | null }) => error,
  );
  expect({ signal, stderr }).toMatchObject({ signal: 'SIGKILL' });
  return JSON.parse(stdout) as Record<string, number>;
}

describe('the examples of the documentation', () => {
  it('keep what they hold over a kill, are listed, and are found in an export', async () => {
    const app = await createExamples();
    const first = await runStarted(app);
    expect(Object.keys(first)).toHaveLength(FILES.length - 3);
    expect(first).toEqual(Object.fromEntries(Object.keys(first).map((name) => [name, 1])));
    expect(await runStarted(app)).toEqual(
      Object.fromEntries(Object.keys(first).map((name) => [name, 2])),
    );
    await runScript(app, [CLI, 'push', '--to', 'sessions.json']);
    app.write(
      'both.js',
      `import './list.js';
       import { findExported } from './exported.js';
       import { rename } from './rename.js';
       console.log((await rename('an-id')).at(-1));
       console.log(JSON.stringify(await findExported('an-id')));`,
    );
    const { stdout } = await runScript(app, ['both.js']);
    const lines = stdout.trim().split('\n');
    expect(JSON.parse(lines.pop() ?? '')).toMatchObject({
      namespace: 'bot',
      data: { user: 'ada' },
    });
    expect(lines.pop()).toMatch(/^20\S+Z .*changed by the support\.$/);
    const year = new Date().getFullYear();
    expect(lines.filter((line) => line.startsWith(`ada ${year}-`)).length).toBeGreaterThan(3);
  });

  it('configure Vite', async () => {
    const app = await createApp();
    linkPackage(app, 'vite');
    app.write('package.json', '{ "type": "module" }');
    const configs = PAGES.flatMap(readBlocks).filter(isViteConfig);
    expect(configs.map(({ page }) => page)).toEqual([
      'README.md',
      'docs/getting-started.md',
      'docs/inspector.md',
    ]);
    for (const [i, { code }] of configs.entries()) {
      app.write(`vite.${i}.config.js`, code);
      const path = join(app.folder, `vite.${i}.config.js`);
      const env = { command: 'serve', mode: 'development' } as const;
      const loaded = await loadConfigFromFile(env, path, app.folder);
      const plugins = [loaded?.config.plugins].flat(3) as Plugin[];
      expect(plugins.map(({ name }) => name)).toEqual(['holdover']);
    }
  });

  it('say options as package.json may', async () => {
    const app = await createApp();
    app.write('package.json', readBlock('docs/options.md', 'Options', 'json'));
    expect(readManifest(app.folder)).toMatchObject({ who: 'account.owner' });
  });

  it('are each run by a test', () => {
    for (const [, heading, test, words = heading] of ELSEWHERE) {
      expect(readFileSync(join(ROOT, test), 'utf8')).toContain(words);
    }
    const isRun = (block: Block): boolean =>
      isViteConfig(block) ||
      block.page === 'docs/options.md' ||
      FILES.some(([, ...where]) => readBlock(...where) === block.code) ||
      ELSEWHERE.some(([page, heading]) => page === block.page && heading === block.heading);
    const blocks = PAGES.flatMap(readBlocks);
    const code = blocks.filter(({ language }) => !['', 'mermaid', 'sh'].includes(language));
    expect(code.length).toBeGreaterThan(40);
    const others = code.filter((block) => !isRun(block));
    const places = others.map(({ page, heading }) => `${page}: ${heading}`);
    expect([...new Set(places)]).toEqual(BY_HAND);
  });
});

describe('the commands in the documentation', () => {
  it('are there', async () => {
    const app = await createApp();
    const { stdout: help } = await runScript(app, [CLI, '--help']);
    const commands = [...help.matchAll(/^  (\w+)\b/gm)].map(([, name]) => name);
    expect(commands).toContain('watch');
    const { scripts } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')) as {
      scripts: Record<string, string>;
    };
    const isThere = (command: string): boolean => {
      const words = command.replaceAll(/^(?:[A-Z_]+=\S+ )+|^npx (?=holdover )/g, '').split(' ');
      const [tool = '', first = '', second = ''] = words;
      if (tool === 'holdover') return commands.includes(first);
      if (tool === 'npm' && first === 'run') return second in scripts;
      if (tool === 'npm') return ['install', 'install-test'].includes(first);
      return ['node app.js', 'nest start', 'npx vitest'].includes(`${tool} ${first}`);
    };
    const lines = PAGES.flatMap(readBlocks)
      .filter(({ language }) => language === 'sh')
      .flatMap(({ code }) => code.trim().split('\n'));
    const all = lines.flatMap((line) => line.replace(/ +#.*$/, '').split(' && '));
    expect(all.length).toBeGreaterThan(20);
    expect(all.filter((command) => !isThere(command))).toEqual([]);
  });

  it('have the flags of `holdover watch` that the page says', () => {
    const documented = readTable('docs/commands.md', 'flag').map(
      ([flag = '']) => /`(--[\w-]+)/.exec(flag)?.[1],
    );
    const other = new Set(['--no-clear-screen', '--help', '-h', '--version', '-v']);
    const own = [...OWN_FLAGS.keys()].filter((flag) => !other.has(flag));
    expect(documented).toEqual(own);
  });

  it('say why by the causes that the page has', () => {
    const source = readFileSync(join(ROOT, 'src/history/explain.ts'), 'utf8');
    const [, union = ''] = /type LogoutCause =([^;]+);/.exec(source) ?? [];
    const causes = [...union.matchAll(/'([^']+)'/g)].map(([, cause]) => `\`${cause}\``);
    const documented = readTable('docs/why-was-i-logged-out.md', 'cause').map(([cause]) => cause);
    expect(documented.toSorted()).toEqual(causes.toSorted());
  });
});

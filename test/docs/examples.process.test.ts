import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { loadConfigFromFile, type Plugin } from 'vite';
import { resolveOptions } from '../../src/options.ts';
import { CLI } from '../support/tools.ts';
import { createApp } from '../support/app.ts';
import { linkPackage } from '../support/packages.ts';
import { runScript } from '../support/script.ts';
import { FILES } from './example-files.ts';
import { PAGES, readBlock, readBlocks, readTable, type Block } from './pages.ts';

const ROOT = join(import.meta.dirname, '..', '..');

const MCP = 'test/apps/documented-mcp.long.test.ts';
const STATE = 'test/apps/documented-state.long.test.ts';

/** The tests of the other examples, and the words by which they find them; @default the heading. */
const ELSEWHERE: [page: string, heading: string, test: string, words?: string][] = [
  ['docs/keyv.md', 'Sessions in any Keyv', 'test/storage/keyv-postgres.long.test.ts'],
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
const BY_HAND = ['docs/recipes.md: Next.js', 'playground/README.md: Try it'];

function isViteConfig({ page, code }: Pick<Block, 'page' | 'code'>): boolean {
  return page !== 'docs/recipes.md' && code.startsWith('// vite.config.js\n');
}

describe('the examples of the documentation', () => {
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
    app.write('app.js', '');
    const onFault = (sentence: string): never => expect.fail(sentence);
    const resolved = resolveOptions({}, { entry: join(app.folder, 'app.js'), onFault });
    expect(resolved).toMatchObject({ who: 'account.owner' });
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
      if (tool === 'npm') return ['install', 'install-test', 'test'].includes(first);
      return ['node app.js', 'node --import', 'nest start', 'npx vitest'].includes(
        `${tool} ${first}`,
      );
    };
    const lines = PAGES.flatMap(readBlocks)
      .filter(({ language }) => language === 'sh')
      .flatMap(({ code }) => code.trim().split('\n'));
    const all = lines.flatMap((line) => line.replace(/ +#.*$/, '').split(' && '));
    expect(all.length).toBeGreaterThan(20);
    expect(all.filter((command) => !isThere(command))).toEqual([]);
  });

  it('have the flags of `holdover watch` that the page says', async () => {
    const documented = readTable('docs/commands.md', 'flag').map(
      ([flag = '']) => /`(--[\w-]+)/.exec(flag)?.[1],
    );
    const { stdout: help } = await runScript(await createApp(), [CLI, 'watch', '--help']);
    const flags = [...help.matchAll(/^  (?:-\w, )?(--[\w-]+)/gm)].map(([, flag]) => flag);
    expect([...documented, '--help']).toEqual(flags);
  });

  it('say why by the causes that the page has', () => {
    const source = readFileSync(join(ROOT, 'src/history/explain.ts'), 'utf8');
    const [, union = ''] = /type LogoutCause =([^;]+);/.exec(source) ?? [];
    const causes = [...union.matchAll(/'([^']+)'/g)].map(([, cause]) => `\`${cause}\``);
    const documented = readTable('docs/why-was-i-logged-out.md', 'cause').map(([cause]) => cause);
    expect(documented.toSorted()).toEqual(causes.toSorted());
  });
});

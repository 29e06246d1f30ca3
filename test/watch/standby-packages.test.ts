import { describe, expect, it } from 'vitest';
import { Browser } from '../support/browser.ts';
import { becomesCalm } from '../support/calm.ts';
import { childrenOf } from '../support/children.ts';
import { linkPackage } from '../support/packages.ts';
import { poll } from '../support/poll.ts';
import { Watched } from '../support/watched.ts';

const SERVE = `
  import { createServer } from 'node:http';
  createServer().listen(process.env.PORT, () => console.log('said ' + JSON.stringify(said)));
`;

/**
 * Saves the app until it has run three times, the second and third in a process that has waited.
 *
 * @param visit what is done in each run
 */
async function runThreeTimes(
  watched: Watched,
  entry: string,
  visit: () => Promise<void> = async () => {},
): Promise<string[]> {
  const text = watched.app.read(entry);
  for (const run of [1, 2, 3]) {
    await watched.printed(/^said /, run);
    await visit();
    if (run === 3) break;
    await poll(() => childrenOf(watched.running.pid).length > 1);
    for (const child of childrenOf(watched.running.pid)) await becomesCalm(child).catch(() => {});
    watched.app.write(entry, `${text}// ${run}\n`);
  }
  return [...watched.running.output.matchAll(/^said (.*)$/gm)].map(([, said = '']) => said);
}

describe('packages of an ES module that runs in a standby', () => {
  it('are whole, also where another one has touched globalThis before them', async () => {
    const entry = `import { z } from 'zod'; import express from 'express';
      const said = [typeof z.object, typeof express, typeof express()];${SERVE}`;
    const watched = await Watched.begin({
      files: { 'server.js': entry },
      prepare: (app) => {
        linkPackage(app, 'zod');
      },
    });
    const said = await runThreeTimes(watched, 'server.js');
    expect(said).toEqual(Array(3).fill('["function","function","function"]'));
  });

  it('are whole where a package hands on what another of its files exports', async () => {
    const watched = await Watched.begin({
      files: {
        'node_modules/small/index.js': `module.exports = require('./lib/small');`,
        'node_modules/small/lib/small.js': `module.exports = function small() {};`,
        'server.js': `import small from 'small'; const said = typeof small;${SERVE}`,
      },
    });
    const said = await runThreeTimes(watched, 'server.js');
    expect(said).toEqual(Array(3).fill('"function"'));
  });
});

describe('a cache of modules', () => {
  it('into which the app has put one of its own does not end the app', async () => {
    const watched = await Watched.begin({
      files: {
        'server.cjs': `require.cache['made up'] = { exports: 'made up', loaded: true };
          const { createServer } = require('node:http');
          const said = Object.keys(require.cache).length;${SERVE.replace(/import .*/, '')}`,
      },
      words: ['server.cjs'],
    });
    const said = await runThreeTimes(watched, 'server.cjs');
    expect(said).toEqual(['2', '2', '2']);
    expect(watched.running.output).not.toMatch(/TypeError|exited/);
  });
});

const COUNTS = `
  const app = express();
  app.use(session({ secret: 'secret', resave: false, saveUninitialized: true }));
  app.get('/', (request, response) => {
    request.session.count = (request.session.count ?? 0) + 1;
    response.json(request.session.count);
  });
  app.listen(process.env.PORT, () => console.log('said true'));
`;

describe('express-session in a standby that has read it', () => {
  it.each([
    ['an ES module', 'module', 'server.js'],
    ['CommonJS', 'commonjs', 'server.js'],
    ['TypeScript', 'module', 'server.ts'],
    ['TypeScript as CommonJS', 'commonjs', 'server.ts'],
  ])('keeps the sessions of an app that is %s', async (_, type, entry) => {
    const isRequired = type === 'commonjs' && entry.endsWith('.js');
    const imports = ['express', 'express-session'].map((name) => {
      const id = name.replace('express-', '');
      return isRequired ? `const ${id} = require('${name}');` : `import ${id} from '${name}';`;
    });
    const watched = await Watched.begin({
      fixture: 'plain',
      files: { 'package.json': JSON.stringify({ type }), [entry]: imports.join('\n') + COUNTS },
      words: [entry],
    });
    const browser = new Browser(`http://127.0.0.1:${watched.app.port}`);
    const counts: unknown[] = [];
    await runThreeTimes(watched, entry, async () => {
      counts.push(await (await browser.request('/')).json());
    });
    expect(counts).toEqual([1, 2, 3]);
  });
});

import { describe, expect, it } from 'vitest';
import { becomesCalm } from '../support/calm.ts';
import { childrenOf } from '../support/children.ts';
import { linkPackage } from '../support/packages.ts';
import { poll } from '../support/poll.ts';
import { Watched } from '../support/watched.ts';

const SERVE = `
  import { createServer } from 'node:http';
  createServer().listen(process.env.PORT, () => console.log('said ' + JSON.stringify(said)));
`;

/** Saves the app until it has run three times, the second and third in a process that has waited. */
async function runThreeTimes(watched: Watched, entry: string): Promise<string[]> {
  const text = watched.app.read(entry);
  for (const run of [1, 2, 3]) {
    await watched.printed(/^said /, run);
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

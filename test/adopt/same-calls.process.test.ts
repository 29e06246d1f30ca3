import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { createApp } from '../support/app.ts';
import { rows } from '../support/depth.ts';
import { linkPackage } from '../support/packages.ts';
import { copyScript, runScript } from '../support/script.ts';

const SCRIPT = 'same-calls.cjs';
const REGISTER = ['--import', 'holdover/register'];
const BESIDE_TSX = ['--import', 'tsx', ...REGISTER];

/** The script and its word, the flags of Node, and whether the sessions are ours. */
const STORES: { name: string; script?: string; word?: string; flags?: string[]; own?: true }[] = [
  { name: 'express' },
  { name: 'express, by its callbacks', script: 'express-memory-store.cjs' },
  { name: 'express subclass', own: true },
  { name: 'express wrapped', own: true },
  { name: 'express wrapped in use' },
  { name: 'express with a method of its own', own: true },
  { name: 'memorystore' },
  { name: 'memorystore subclass', own: true },
  { name: 'fastify' },
  { name: 'hono' },
  { name: 'hono beside tsx', word: 'hono', flags: BESIDE_TSX },
  { name: 'hono required' },
];

describe.each(
  rows(STORES, 'express', 'express, by its callbacks', 'memorystore', 'fastify', 'hono'),
)('the memory store of $name, adopted', ({ name, script = SCRIPT, word = name, flags, own }) => {
  it('does what it does without holdover, call by call', async () => {
    const app = await createApp();
    app.write('package.json', '{ "name": "same-calls" }');
    for (const one of ['hono-sessions', 'hono', 'memorystore']) linkPackage(app, one);
    await copyScript(app, script);
    const run = async (...words: string[]): Promise<unknown[]> =>
      JSON.parse((await runScript(app, [...words, script, word])).stdout) as unknown[];
    const without = await run();
    expect(await run(...(flags ?? REGISTER))).toEqual(without);
    expect(without.length).toBeGreaterThan(10);
    expect(existsSync(join(app.folder, '.holdover', 'sessions'))).toBe(!own);
  });
});

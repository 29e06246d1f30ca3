import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { createApp } from '../support/app.ts';
import { rows } from '../support/depth.ts';
import { linkPackage } from '../support/packages.ts';
import { copyScript, runScript } from '../support/script.ts';

const SCRIPT = 'same-calls.cjs';
const REGISTER = ['--import', 'holdover/register'];

/** What the script is told, the flags of Node, and whether the sessions are ours. */
const STORES = [
  { name: 'express', framework: 'express', flags: REGISTER, isAdopted: true },
  { name: 'express subclass', framework: 'express subclass', flags: REGISTER, isAdopted: false },
  { name: 'express wrapped', framework: 'express wrapped', flags: REGISTER, isAdopted: false },
  {
    name: 'express wrapped in use',
    framework: 'express wrapped in use',
    flags: REGISTER,
    isAdopted: true,
  },
  {
    name: 'express with a method of its own',
    framework: 'express with a method of its own',
    flags: REGISTER,
    isAdopted: false,
  },
  { name: 'memorystore', framework: 'memorystore', flags: REGISTER, isAdopted: true },
  {
    name: 'memorystore subclass',
    framework: 'memorystore subclass',
    flags: REGISTER,
    isAdopted: false,
  },
  {
    name: 'memorystore with options',
    framework: 'memorystore with options',
    flags: REGISTER,
    isAdopted: true,
  },
  { name: 'fastify', framework: 'fastify', flags: REGISTER, isAdopted: true },
  { name: 'hono', framework: 'hono', flags: REGISTER, isAdopted: true },
  {
    name: 'hono beside tsx',
    framework: 'hono',
    flags: ['--import', 'tsx', ...REGISTER],
    isAdopted: true,
  },
  { name: 'hono required', framework: 'hono required', flags: REGISTER, isAdopted: true },
];

describe.each(rows(STORES, 'express', 'memorystore', 'fastify', 'hono'))(
  'the memory store of $name, adopted',
  ({ framework, flags, isAdopted }) => {
    it('does what it does without holdover, call by call', async () => {
      const app = await createApp();
      app.write('package.json', '{ "name": "same-calls" }');
      for (const name of ['hono-sessions', 'hono', 'memorystore']) linkPackage(app, name);
      await copyScript(app, SCRIPT);
      const without = JSON.parse((await runScript(app, [SCRIPT, framework])).stdout) as unknown[];
      const adopted = JSON.parse((await runScript(app, [...flags, SCRIPT, framework])).stdout);
      expect(adopted).toEqual(without);
      expect(without.length).toBeGreaterThan(10);
      expect(existsSync(join(app.folder, '.holdover', 'sessions'))).toBe(isAdopted);
    });
  },
);

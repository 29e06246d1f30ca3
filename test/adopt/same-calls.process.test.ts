import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { createApp } from '../support/app.ts';
import { linkPackage } from '../support/packages.ts';
import { copyScript, runScript } from '../support/script.ts';

const SCRIPT = 'same-calls.cjs';
const REGISTER = ['--import', 'holdover/register'];

/** By what the script is told: the flags of Node, and whether the sessions are ours. */
const FRAMEWORKS: [string, string[], boolean][] = [
  ['express', REGISTER, true],
  ['express subclass', REGISTER, false],
  ['express wrapped', REGISTER, false],
  ['express wrapped in use', REGISTER, true],
  ['express with a method of its own', REGISTER, false],
  ['memorystore', REGISTER, true],
  ['memorystore subclass', REGISTER, false],
  ['memorystore with options', REGISTER, true],
  ['fastify', REGISTER, true],
  ['koa', REGISTER, true],
  ['koa subclass', REGISTER, false],
  ['oidc-provider', REGISTER, true],
  ['oidc-provider by hand', REGISTER, false],
  ['hono', REGISTER, true],
  ['hono', ['--import', 'tsx', ...REGISTER], true],
  ['hono required', REGISTER, true],
];

describe.each(FRAMEWORKS)('the memory store of %s, adopted', (framework, flags, isAdopted) => {
  it('does what it does without holdover, call by call', async () => {
    const app = await createApp();
    app.write('package.json', '{ "name": "same-calls" }');
    for (const name of [
      'hono-sessions',
      'hono',
      'memorystore',
      'koa-generic-session',
      'oidc-provider',
    ])
      linkPackage(app, name);
    await copyScript(app, SCRIPT);
    const without = JSON.parse((await runScript(app, [SCRIPT, framework])).stdout) as unknown[];
    const adopted = JSON.parse((await runScript(app, [...flags, SCRIPT, framework])).stdout);
    expect(adopted).toEqual(without);
    expect(without.length).toBeGreaterThan(10);
    expect(existsSync(join(app.folder, '.holdover', 'sessions'))).toBe(isAdopted);
  });
});

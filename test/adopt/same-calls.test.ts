import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { createApp } from '../support/app.ts';
import { linkPackage } from '../support/packages.ts';
import { copyScript, runScript } from '../support/script.ts';

const SCRIPT = 'same-calls.cjs';
const REGISTER = ['--import', 'holdover/register'];

/** Adopts hono-sessions as holdover does inside Vite. */
const ADOPT_HONO = `
  import * as hono from 'hono-sessions';
  import { adoptHonoSessions } from './node_modules/holdover/dist/adopt/hono/hono-sessions.js';
  import { adoptedStores } from './node_modules/holdover/dist/adopt/adopted.js';
  import { openSessions } from './node_modules/holdover/dist/adopt/open-sessions.js';
  adoptedStores.openWith((namespace) => openSessions({ namespace }));
  adoptHonoSessions(hono, 'a test');
`;

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
  ['hono', ['--import', './adopt-hono.mjs'], true],
];

describe.each(FRAMEWORKS)('the memory store of %s, adopted', (framework, flags, isAdopted) => {
  it('does what it does without holdover, call by call', async () => {
    const app = await createApp();
    app.write('package.json', '{ "name": "same-calls" }');
    for (const name of ['hono-sessions', 'hono', 'memorystore']) linkPackage(app, name);
    await copyScript(app, SCRIPT);
    writeFileSync(join(app.folder, 'adopt-hono.mjs'), ADOPT_HONO);
    const without = JSON.parse((await runScript(app, [SCRIPT, framework])).stdout) as unknown[];
    const adopted = JSON.parse((await runScript(app, [...flags, SCRIPT, framework])).stdout);
    expect(adopted).toEqual(without);
    expect(without.length).toBeGreaterThan(10);
    expect(existsSync(join(app.folder, '.holdover', 'sessions'))).toBe(isAdopted);
  });
});

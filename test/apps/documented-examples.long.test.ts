import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { describe, expect, it } from 'vitest';
import { poll } from '../support/poll.ts';
import { Rig } from '../support/rig.ts';
import { findTool, HOLDOVER_WATCH, type Tool } from '../support/tools.ts';

const FREE_PORT = pathToFileURL(join(import.meta.dirname, '../fixtures/free-port.mjs')).href;

/** An example as express-session documents it, to the letter. */
function readExample(title: string): string {
  const manifest = createRequire(import.meta.url).resolve('express-session/package.json');
  const readme = readFileSync(join(dirname(manifest), 'README.md'), 'utf8');
  const section = readme.slice(readme.indexOf(`### ${title}`));
  const code = /```js\n([\s\S]*?)```/.exec(section)?.[1];
  if (!code) throw new Error(`The README of express-session has no example ${title}.`);
  return code;
}

/** Runs an example, on a free port in place of its own. */
async function startExample(code: string, tool: Tool) {
  const { app, browser } = await Rig.start({
    tool,
    needsPort: true,
    files: { 'package.json': '{ "name": "example" }', 'app.js': code },
    words: ['--import', FREE_PORT, 'app.js'],
  });
  const text = (path: string) => browser.text(path);
  let edits = 0;
  const edit = (): void => app.write('app.js', `${code}\nconsole.log('edit ${++edits}')\n`);
  return { browser, text, edit, app };
}

describe('the examples of express-session', () => {
  it('keep the views of the view counter', async () => {
    const { text, app } = await startExample(readExample('View counter'), HOLDOVER_WATCH);
    await poll(() => text('/foo'));
    expect(await text('/foo')).toBe('you viewed this page 2 times');
    app.write('app.js', app.read('app.js').replaceAll("'you viewed this page '", "'seen '"));
    const seen = await poll(async () => /^seen (\d+) times$/.exec((await text('/foo')) ?? ''));
    expect(Number(seen[1])).toBeGreaterThan(2);
  });

  it.each([HOLDOVER_WATCH, findTool('node --watch')])(
    'keep the login of the user login under $name',
    async (tool) => {
      const { browser, text, edit, app } = await startExample(readExample('User login'), tool);
      await poll(() => text('/'));
      const body = new URLSearchParams({ user: 'ada', pass: 'any' });
      await browser.request('/login', { method: 'POST', body });
      expect(await text('/')).toContain('hello, ada!');
      app.write('app.js', app.read('app.js').replace("'hello, '", "'welcome back, '"));
      await poll(async () => (await text('/'))?.includes('welcome back, ada!'));

      await browser.request('/logout');
      edit();
      await poll(async () => (await text('/'))?.includes('<form action="/login"'));
    },
  );
});

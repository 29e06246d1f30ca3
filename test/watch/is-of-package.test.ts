import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { isOfPackage } from '../../src/watch/is-of-package.ts';
import { createApp } from '../support/app.ts';
import { start } from '../support/running.ts';
import { CLI } from '../support/tools.ts';

describe('a file', () => {
  it.each([
    ['/app', '/app/src/a.js', false],
    ['/app', '/app/node_modules/a/index.js', true],
    ['/app', '/app/packages/a/node_modules/b/index.js', true],
    ['/app', '/node_modules/a/index.js', true],
    ['/app', '/libraries/a.js', false],
    ['/x/node_modules/app', '/x/node_modules/app/src/a.js', false],
    ['/x/node_modules/app', '/x/node_modules/app/..a/b.js', false],
    ['/x/node_modules/app', '/x/node_modules/app/node_modules/a/index.js', true],
    ['/x/node_modules/app', '/x/node_modules/a/index.js', true],
    ['/app', '/app/not_node_modules/a.js', false],
  ])('of the project %s: %s is of a package: %s', (root, file, isOne) => {
    expect(isOfPackage(file, root)).toBe(isOne);
  });
});

describe('a project below a node_modules folder', () => {
  it('is watched like any other, its packages are not', async () => {
    const app = await createApp();
    const folder = 'node_modules/project';
    app.write(`${folder}/package.json`, '{ "name": "project", "type": "module" }');
    app.write(`${folder}/node_modules/lib/index.js`, "module.exports = 'lib';\n");
    app.write(
      `${folder}/app.js`,
      `import lib from 'lib';
       import { part } from './part.js';
       console.log(lib, part);
       setInterval(() => {}, 1000);`,
    );
    const save = (version: number): void =>
      app.write(`${folder}/part.js`, `export const part = ${version};\n`);
    save(1);
    const running = start(process.execPath, [CLI, 'watch', 'app.js'], {
      cwd: join(app.folder, folder),
    });
    await running.printed('lib 1');
    app.write(`${folder}/node_modules/lib/index.js`, "module.exports = 'changed';\n");
    save(2);
    await running.printed('changed 2');
    expect(running.output).not.toContain('only its entry is watched');
    expect(running.output).not.toMatch(/index\.js/);
  });
});

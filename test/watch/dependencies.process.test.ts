import { fork } from 'node:child_process';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { describe, expect, it } from 'vitest';
import { REPORT_DEPENDENCIES } from '../../src/options/supervision.ts';
import { toLoadedFiles } from '../../src/watch/loaded-files.ts';
import { createApp } from '../support/app.ts';

describe('the reports of Node on what it loads', () => {
  it('name local modules, imported, required, and late, through tsx too', async () => {
    const app = await createApp();
    app.write('package.json', '{ "name": "reports", "type": "module" }');
    app.write(
      'app.ts',
      `import { createRequire } from 'node:module';
       import './imported.ts';
       createRequire(import.meta.url)('./required.cjs');
       await import('./late.js');
       await import('express');`,
    );
    for (const file of ['imported.ts', 'required.cjs', 'late.js']) app.write(file, '');
    const child = fork(join(app.folder, 'app.ts'), {
      cwd: app.folder,
      execArgv: ['--import', 'tsx'],
      env: { ...process.env, ...REPORT_DEPENDENCIES },
      stdio: 'ignore',
    });
    const found = new Set<string>();
    child.on('message', (message) => {
      for (const path of toLoadedFiles(message)) found.add(path);
    });
    await new Promise((resolve) => child.once('exit', resolve));
    const expected = ['app.ts', 'imported.ts', 'required.cjs', 'late.js'];
    expect([...found]).toEqual(
      expect.arrayContaining(expected.map((file) => join(app.folder, file))),
    );
  });

  it('name files by path or URL', () => {
    const file = join(import.meta.dirname, 'a.js');
    const reported = [pathToFileURL(file).href, file, 'node:fs', 'file://host%2F'];
    expect(toLoadedFiles({ 'watch:import': reported })).toEqual([file, file]);
    expect(toLoadedFiles({ 'watch:require': reported })).toEqual([file, file]);
  });

  it('are told apart from what else a child may send', () => {
    for (const message of [
      null,
      'ready',
      7,
      {},
      { 'watch:import': 'x' },
      { 'watch:require': [1] },
    ]) {
      expect(toLoadedFiles(message)).toEqual([]);
    }
  });
});

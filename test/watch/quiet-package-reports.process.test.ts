import { fork } from 'node:child_process';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { resolveChildEnvironment } from '../../src/options/supervision.ts';
import { createApp } from '../support/app.ts';
import { MODULES } from '../support/modules.ts';

/** Runs an app with thinned reports, and gives what it has sent, from its entry on. */
async function messagesOf(files: Record<string, string>, folder = '.'): Promise<unknown[]> {
  const app = await createApp();
  for (const [path, content] of Object.entries(files)) app.write(join(folder, path), content);
  const thinner = new URL('watch/changes/in-app/quiet-package-reports.js', MODULES);
  app.write('thin.mjs', `import { thinOutReports } from '${thinner.href}';\nthinOutReports();\n`);
  const root = join(app.folder, folder);
  const child = fork(join(root, 'app.js'), {
    cwd: root,
    execArgv: ['--import', join(app.folder, 'thin.mjs')],
    env: resolveChildEnvironment({ root, hold: false }),
    stdio: 'ignore',
  });
  const messages: unknown[] = [];
  child.on('message', (message) => messages.push(message));
  const code = await new Promise((resolve) => child.once('exit', resolve));
  expect(code).toBe(0);
  return messages.slice(
    messages.findIndex((message) => JSON.stringify(message).includes('/app.js')),
  );
}

/** The names of the files that messages tell of, each once. */
function namesIn(messages: unknown[]): string[] {
  const lists = messages.flatMap((message) => Object.values(message as object) as string[][]);
  return [...new Set(lists.flat().map((path) => path.split('/').slice(-2).join('/')))].sort();
}

const PACKAGE = {
  'node_modules/lib/index.js': "exports.part = require('./part.js');\nrequire('./part');\n",
  'node_modules/lib/part.js': '',
};

describe('the reports of Node, as an app sends them', () => {
  it('are of its own files, not of packages and not of nothing', async () => {
    const messages = await messagesOf({
      ...PACKAGE,
      'package.json': '{ "name": "project" }',
      'app.js': `for (let turn = 0; turn < 2; turn++) require('./own.js');
                 require('lib');
                 require('node:fs');
                 import('./late.mjs');`,
      'own.js': "try { require('./missing.js') } catch {}\n",
      'late.mjs': "import 'lib';\nimport 'node:path';\n",
    });
    const names = namesIn(messages);
    expect(names.filter((name) => name.startsWith('lib/'))).toEqual([]);
    const own = names.map((name) => name.replace(/.*\//, ''));
    expect(own).toEqual(expect.arrayContaining(['own.js', 'missing.js', 'late.mjs']));
    expect(JSON.stringify(messages)).not.toMatch(/null|node:|\[\]/);
  });

  it('are of its own files below a node_modules folder, too', async () => {
    const files = {
      ...PACKAGE,
      'package.json': '{ "name": "project", "type": "module" }',
      'app.js': "import './own.js';\nimport 'lib';\n",
      'own.js': '',
    };
    const messages = await messagesOf(files, 'node_modules/project');
    expect(namesIn(messages)).toEqual(['project/app.js', 'project/own.js']);
  });

  it('leave alone what an app sends itself, whatever it looks like', async () => {
    const own = [
      { 'watch:require': 'all' },
      { 'watch:import': ['node:fs'], of: 'mine' },
      { 'watch:other': [null] },
      null,
      'watch:import',
    ];
    const code = `for (const message of ${JSON.stringify(own)}) process.send(message);
                  process.disconnect();`;
    const messages = await messagesOf({ 'app.js': code, 'package.json': '{ "name": "project" }' });
    expect(messages).toEqual(expect.arrayContaining(own));
  });
});

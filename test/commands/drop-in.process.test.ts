import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { findEntry, findUsualEntry } from '../../src/commands/watch/entry.ts';
import { readSettings } from '../../src/commands/watch/settings.ts';
import { createApp } from '../support/app.ts';
import { Browser } from '../support/browser.ts';
import { childrenOf } from '../support/children.ts';
import { copyPackage } from '../support/copy-package.ts';
import { poll } from '../support/poll.ts';
import { start } from '../support/running.ts';
import { createTempFolder } from '../support/temp-folder.ts';
import { untilHeld, Watched } from '../support/watched.ts';

/** A folder with files, which is the current directory for the time of the test. */
function enter(files: Record<string, string>): string {
  const folder = createTempFolder();
  for (const [path, content] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), content);
  }
  const before = process.cwd();
  process.chdir(folder);
  onTestFinished(() => process.chdir(before));
  return folder;
}

describe('the entry', () => {
  it('is found without its extension, and in a folder, as Node and tsx find it', () => {
    const folder = enter({
      'app.js': '',
      'app.ts': '',
      'server.ts': '',
      'worker.mjs': '',
      'both.js': '',
      'both/index.js': '',
      'src/index.tsx': '',
      'api/package.json': '{ "main": "./lib/main" }',
      'api/lib/main.ts': '',
      'lib/package.json': '{ "main": "gone.js" }',
      'lib/index.js': '',
      'package.json': '{ "main": "lib" }',
      'empty/readme.md': '',
    });
    const found = Object.fromEntries(
      ['app', 'app.ts', './server', 'worker', 'both', 'both/', 'src', 'api', 'lib', '.'].map(
        (word) => [word, findEntry(word).slice(folder.length + 1)],
      ),
    );
    expect(found).toEqual({
      app: 'app.js', // as Node and tsx have it
      'app.ts': 'app.ts',
      './server': 'server.ts',
      worker: 'worker.mjs',
      both: 'both.js',
      'both/': 'both/index.js',
      src: 'src/index.tsx',
      api: 'api/lib/main.ts',
      lib: 'lib/index.js',
      '.': 'lib/index.js',
    });
    expect(() => findEntry('empty')).toThrow('The folder empty has no index');
    expect(() => findEntry('ap')).toThrow('There is no file ap. Name the entry of your server.');
  });

  it('that nobody names is the main file of the project, or one with a usual name', () => {
    const folder = enter({ 'package.json': '{ "main": "dist/main.js" }' });
    const find = (): string => findUsualEntry().slice(folder.length + 1);
    expect(find).toThrow('There is no file to run.');
    for (const name of [
      'server.mjs',
      'index.ts',
      'src/server.ts',
      'src/index.js',
      'dist/main.js',
    ]) {
      mkdirSync(dirname(join(folder, name)), { recursive: true });
      writeFileSync(join(folder, name), '');
      expect(find()).toBe(name);
    }
  });
});

describe('what nodemon is told', () => {
  it('is read from its configuration, and what was typed counts before it', () => {
    const file = {
      $schema: 'https://json.schemastore.org/nodemon.json',
      watch: ['src', 'config/*.yml', '!src/generated'],
      ext: 'ts, .html',
      ignore: ['*.test.ts', 'src/client/'],
      exec: 'npx tsx --inspect ./src/main.ts --port 3000',
      env: { MODE: 'dev', LEVEL: 3 },
      delay: 500,
      events: { restart: 'echo' },
    };
    enter({ 'nodemon.json': JSON.stringify(file), 'src/main.ts': '', 'lib/a.js': '' });
    expect(readSettings([])).toMatchObject({
      own: [],
      nodeFlags: ['--inspect'],
      entry: './src/main.ts',
      args: ['--port', '3000'],
      include: ['src/**/*.{ts,html}', 'config/*.yml'],
      exclude: ['**/*.test.ts', 'src/client/', 'src/generated'],
      variables: { MODE: 'dev', LEVEL: '3' },
      sentence:
        'nodemon.json: watch, ext, ignore, exec and env are read; delay and events are not read.',
    });
    const typed = '-w lib -e css -i x --exec node server.js --flag'.split(' ');
    expect(readSettings(typed)).toMatchObject({
      nodeFlags: [],
      entry: 'server.js',
      args: ['--flag'],
      include: ['lib/**/*.css'],
      exclude: ['x'],
    });
  });

  it('is not read where it makes no sense, and that is said', () => {
    const odd = {
      watch: [1],
      ignore: { a: 1 },
      ext: '',
      env: { 'A=B': '1' },
      exec: 'npm run build && node dist',
      'e\u001B[31m': 1,
    };
    enter({ 'package.json': JSON.stringify({ nodemonConfig: odd }) });
    expect(readSettings([])).toMatchObject({
      nodeFlags: [],
      entry: undefined,
      include: [],
      exclude: [],
      variables: {},
      sentence:
        'package.json/nodemonConfig: watch, ignore, ext, env, exec and e\u{FFFD}[31m are not read.',
    });
    writeFileSync('nodemon.json', '{ watch: ["src"] }');
    expect(() => readSettings([])).toThrow('nodemon.json is no JSON.');
    expect(() => readSettings(['--config', 'none.json'])).toThrow('There is no file none.json.');
    expect(readSettings(['--help']).own).toEqual(['--help']);
  });
});

const FOR_EVER = 'setInterval(() => {}, 1e6);';

describe('an app under holdover watch', () => {
  it('runs as nodemon ran it: no entry, nodemon.json, and a page that is not loaded', async () => {
    const watched = await Watched.begin({
      words: [],
      files: {
        'nodemon.json': JSON.stringify({
          watch: ['src'],
          ext: 'js,html',
          ignore: ['src/ignored/'],
          env: { GREETING: 'hello' },
          delay: 100,
        }),
        'src/server.js': `console.log('greets with ' + process.env.GREETING); ${FOR_EVER}`,
        'src/views/page.html': '1',
        'src/ignored/page.html': '1',
      },
    });
    await watched.printed(/^greets with hello$/);
    const says = /^\S+ \[holdover\] (.*)$/gm;
    expect([...watched.running.output.matchAll(says)].map(([, line]) => line)).toEqual([
      'nodemon.json: watch, ext, ignore and env are read; delay is not read.',
      'Running src/server.js, as no entry is named.',
    ]);
    watched.app.write('src/ignored/page.html', '2');
    watched.app.write('src/views/page.html', '2');
    await watched.printed(/\[holdover\] src\/views\/page\.html$/);
    await watched.printed(/^greets with hello$/, 2);
  });

  it('may be JavaScript that imports TypeScript, where tsx is installed', async () => {
    const isTsx = "process.execArgv.some((word) => word.includes('/tsx/'))";
    const files = {
      'app.js': `import { greeting } from './src/greet.js';
        console.log(greeting + ' by tsx: ' + ${isTsx}); ${FOR_EVER}`,
      'src/greet.js': "export { greeting } from '../lib';",
      'lib/index.ts': "export const greeting: string = 'hello';",
      // Nothing that it imports is TypeScript, although there is some.
      'plain.mjs': `import './src/other.js';\nconsole.log('plain by tsx: ' + ${isTsx}); ${FOR_EVER}`,
      'src/other.js': 'export {};',
      'src/other.ts': 'export {};',
    };
    const watched = await Watched.begin({ words: ['app'], files });
    await watched.printed(/^hello by tsx: true$/);
    watched.app.write('lib/index.ts', "export const greeting: string = 'welcome';");
    await watched.printed(/^welcome by tsx: true$/);
    const plain = await Watched.begin({ words: ['plain'], files });
    await plain.printed(/^plain by tsx: false$/);
  });

  it('has the tsconfig that is named, and is restarted by a change of it', async () => {
    const toConfig = (folder: string): string =>
      JSON.stringify({ compilerOptions: { paths: { '#lib/*': [`./${folder}/*`] } } });
    const watched = await Watched.begin({
      words: ['--tsconfig', 'config/dev.json', 'server.js'],
      files: {
        'config/dev.json': toConfig('one'),
        'config/one/name.ts': "export const name: string = 'one';",
        'config/two/name.ts': "export const name: string = 'two';",
        'server.js': `import { name } from '#lib/name'; console.log('name ' + name); ${FOR_EVER}`,
      },
    });
    await watched.printed(/^name one$/);
    watched.app.write('config/dev.json', toConfig('two'));
    await watched.printed(/^name two$/);
    await watched.printed(/\[holdover\] config\/dev\.json$/);
  });

  const { typescript } = process.features as { typescript?: string };
  it.runIf(typescript)('may be TypeScript that Node runs by itself, with a standby', async () => {
    const app = await createApp();
    for (const name of ['holdover', 'tsx']) rmSync(join(app.folder, 'node_modules', name));
    const cli = copyPackage(app.folder); // beside which there is no tsx
    const toCode = (version: string): string =>
      `const version: string = '${version}';\nmodule.exports = { version };\n`;
    app.write('package.json', '{ "name": "stripped" }');
    app.write('lib/version.ts', toCode('1'));
    app.write(
      'server.ts',
      `const http: any = require('node:http');
        const express: any = require('express');
        const session: any = require('express-session');
        const { version } = require('./lib/version.ts');
        const app: any = express();
        app.use(session({ secret: 'a secret', resave: false, saveUninitialized: true }));
        app.get('/', (req: any, res: any) => {
          req.session.views = (req.session.views ?? 0) + 1;
          res.json({ version, views: req.session.views as number });
        });
        http.createServer(app).listen(process.env.PORT);\n`,
    );
    const running = start(process.execPath, [cli, 'watch', '--verbose', 'server'], {
      cwd: app.folder,
      env: { PORT: String(app.port) },
    });
    const browser = new Browser(app.url);
    const answers = (version: string) =>
      poll(async () => {
        const answer = await browser.json<{ version: string; views: number }>('/');
        return answer?.version === version ? answer : undefined;
      });
    let { views } = await answers('1');
    for (const version of ['2', '3']) {
      await untilHeld(running.pid, app.port);
      await poll(() => childrenOf(running.pid).length > 1);
      const { length } = running.output;
      app.write('lib/version.ts', toCode(version));
      await running.printed(/\[holdover\] lib\/version\.ts/, length);
      const answer = await answers(version);
      expect(answer.views).toBeGreaterThan(views);
      ({ views } = answer);
    }
    expect(running.output).not.toMatch(/Warning|exited/);
  });
});

import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { findEntry, findUsualEntry } from '../../src/commands/watch/entry.ts';
import { readSettings } from '../../src/commands/watch/settings.ts';
import { createTempFolder } from '../support/temp-folder.ts';

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

describe('the command line of holdover watch', () => {
  it('tells its own flags, flags of Node and words of the app apart', () => {
    enter({});
    const words = '--include a --inspect --import ./x.mjs --clear-screen -r=y app.ts --include b';
    expect(readSettings(words.split(' '))).toMatchObject({
      own: ['--include=a', '--clear-screen'],
      nodeFlags: ['--inspect', '--import', './x.mjs', '-r=y'],
      entry: 'app.ts',
      args: ['--include', 'b'],
    });
  });

  it('has no more flags after --', () => {
    enter({});
    expect(readSettings('--inspect -- app.js --port 1'.split(' '))).toMatchObject({
      nodeFlags: ['--inspect'],
      entry: 'app.js',
      args: ['--port', '1'],
    });
    expect(readSettings('--inspect -- --port 1'.split(' '))).toMatchObject({
      nodeFlags: ['--inspect'],
      entry: undefined,
      args: ['--port', '1'],
    });
  });

  it('suggests the flag that may have been meant', () => {
    enter({});
    const read = (flag: string) => () => readSettings([flag, 'app.js']);
    expect(read('--inculde=a')).toThrow('no flag --inculde, neither');
    expect(read('--inculde=a')).toThrow('Did you mean --include?');
    expect(read('--env-fil=.env')).toThrow('Did you mean --env-file?');
    expect(read('--foo')).toThrow('See: holdover watch --help');
    for (const known of ['--stack-size=2000', '--max_old_space_size=100', '--env-file=.env'])
      expect(read(known)().nodeFlags).toEqual([known]);
    expect(read('--tsconfig=')).not.toThrow();
    expect(() => readSettings(['--exec'])).toThrow('--exec needs a value.');
  });
});

import { chmodSync, cpSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it, onTestFinished } from 'vitest';
import { splitCommandLine } from '../../src/commands/watch/command-line.ts';
import { readCommandLine } from '../../src/commands/watch/read-command-line.ts';
import { CLI } from '../support/tools.ts';
import { createApp } from '../support/app.ts';
import { copyPackage } from '../support/copy-package.ts';
import { start, type Running } from '../support/running.ts';
import { createTempFolder } from '../support/temp-folder.ts';
import { Watching } from '../support/watching.ts';

async function output(running: Running): Promise<{ code: number | null; text: string }> {
  const { code } = await running.exited;
  return { code, text: running.output };
}

describe('the command line of holdover watch', () => {
  it('tells its own flags, flags of Node and words of the app apart', () => {
    const own = new Map([
      ['--include', true],
      ['--clear-screen', false],
    ]);
    const words = '--include a --inspect --import ./x.mjs --clear-screen -r=y app.ts --include b';
    expect(splitCommandLine(words.split(' '), own)).toEqual({
      own: ['--include', 'a', '--clear-screen'],
      nodeFlags: ['--inspect', '--import', './x.mjs', '-r=y'],
      entry: 'app.ts',
      args: ['--include', 'b'],
    });
  });

  it('has no more flags after --', () => {
    const split = (words: string) => splitCommandLine(words.split(' '), new Map());
    expect(split('--inspect -- app.js --port 1')).toMatchObject({
      nodeFlags: ['--inspect'],
      entry: 'app.js',
      args: ['--port', '1'],
    });
    expect(split('--inspect -- --port 1')).toMatchObject({
      nodeFlags: ['--inspect'],
      entry: undefined,
      args: ['--port', '1'],
    });
  });

  it('suggests the flag that may have been meant', () => {
    const read = (flag: string) => () => readCommandLine([flag, 'app.js']);
    expect(read('--inculde=a')).toThrow('no flag --inculde, neither');
    expect(read('--inculde=a')).toThrow('Did you mean --include?');
    expect(read('--env-fil=.env')).toThrow('Did you mean --env-file?');
    expect(read('--foo')).toThrow('See: holdover watch --help');
    for (const known of ['--stack-size=2000', '--max_old_space_size=100', '--env-file=.env'])
      expect(read(known)().nodeFlags).toEqual([known]);
    expect(read('--tsconfig=')).not.toThrow();
    expect(() => readCommandLine(['--exec'])).toThrow('--exec needs a value.');
  });

  it('passes flags to Node and words to the app', async () => {
    const words = ['--env-file', '.env.test', '--import', './first.js', 'server.js', '--port', 'x'];
    const watching = await Watching.begin(words, (app) => {
      app.write('.env.test', 'FLAG=from the file\n');
      app.write('first.js', "process.env.FLAG += ' and the import';\n");
    });
    expect(await watching.answers()).toMatchObject({
      argv: ['--port', 'x'],
      flag: 'from the file and the import',
    });
  });

  it.each([
    [['missing.js'], 'There is no file missing.js.'],
    [['--grace', 'soon', 'server.js'], '--grace soon is not a time.'],
    [['--tsconfig', 'none.json', 'server.js'], 'There is no file none.json.'],
    [
      ['--inculde', 'views', 'server.js'],
      'There is no flag --inculde, neither of holdover nor of Node',
    ],
    [['--watch', 'server.js'], 'holdover watch does not take --watch.'],
    [['-x', 'python', 'server.js'], 'holdover watch does not take --exec "python"'],
  ])('says in one line what is wrong with %j', async (words, sentence) => {
    const app = await createApp('plain');
    const running = start(process.execPath, [CLI, 'watch', ...words], { cwd: app.folder });
    const { code, text } = await output(running);
    expect(code).toBe(1);
    expect(text).toContain(sentence);
    expect(text.trim().split('\n')).toHaveLength(1);
  });

  it('says what to install when tsx is missing, or too old', async () => {
    const folder = createTempFolder();
    const cli = copyPackage(folder); // beside which there is no tsx
    mkdirSync(join(folder, 'src'));
    cpSync(fileURLToPath(import.meta.url), join(folder, 'src', 'server.tsx')); // for no Node
    const watch = () =>
      output(start(process.execPath, [cli, 'watch', 'src/server.tsx'], { cwd: folder }));
    const missing = await watch();
    expect(missing.text.trim()).toBe(
      '[holdover] tsx is needed to run .tsx files. Install it with: npm install -D tsx',
    );
    expect(missing.code).toBe(1);
    const tsx = join(folder, 'node_modules', 'tsx');
    mkdirSync(tsx);
    writeFileSync(join(tsx, 'package.json'), '{ "name": "tsx", "version": "3.13.0" }');
    writeFileSync(join(tsx, 'index.js'), '');
    const old = await watch();
    expect(old.text.trim()).toBe(
      '[holdover] tsx 3.13.0 is too old for holdover, which needs 3.14 or newer. Install it with: npm install tsx@latest',
    );
    expect(old.code).toBe(1);
  });

  it.skipIf(process.getuid?.() !== 0)(
    'says that the session directory cannot be written',
    async () => {
      const app = await createApp('plain');
      // Somebody else may not reach the folder of this checkout.
      const open = createTempFolder();
      chmodSync(open, 0o755);
      const cli = copyPackage(open);
      chmodSync(app.folder, 0o555);
      onTestFinished(() => rmSync(app.folder, { recursive: true, force: true }));
      // Root may write everywhere: as somebody else.
      const running = start(
        'setpriv',
        [
          '--reuid=65534',
          '--regid=65534',
          '--clear-groups',
          process.execPath,
          cli,
          'watch',
          'server.js',
        ],
        { cwd: app.folder },
      );
      const { code, text } = await output(running);
      expect(code).toBe(1);
      expect(text).toContain(`because ${app.folder} is not writable.`);
      expect(text.trim().split('\n')).toHaveLength(1);
    },
  );

  it('says that the port is in use, and starts when it is told to again', async () => {
    const app = await createApp('plain');
    const other = createServer().listen(app.port);
    const running = start(process.execPath, [CLI, 'watch', 'server.js'], {
      cwd: app.folder,
      env: { PORT: String(app.port) },
    });
    await running.printed(`Port ${app.port} is in use by another process.`);
    await running.printed('exited with code 1');
    await new Promise((resolve) => other.close(resolve));
    running.type('\n');
    await running.printed(/Enter {2}(\d+ requests? held · )?[\d,]+ ms/);
  });
});

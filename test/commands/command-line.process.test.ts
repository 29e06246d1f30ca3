import { chmodSync, cpSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it, onTestFinished } from 'vitest';
import { CLI } from '../support/tools.ts';
import { createApp } from '../support/app.ts';
import { ask } from '../support/ask.ts';
import { copyPackage } from '../support/copy-package.ts';
import { Rig } from '../support/rig.ts';
import { start, type Running } from '../support/running.ts';
import { createTempFolder } from '../support/temp-folder.ts';

async function output(running: Running): Promise<{ code: number | null; text: string }> {
  const { code } = await running.exited;
  return { code, text: running.output };
}

it.each([
  [['wach', 'server.js'], 'There is no command wach. Did you mean watch?'],
  [['nonsense'], 'There is no command nonsense. See: holdover --help'],
  [['ls', 'extra'], 'holdover ls takes no argument extra. See: holdover ls --help'],
  [['ls', '--jsno'], 'holdover ls has no flag --jsno. Did you mean --json?'],
  [['why', '--foo'], 'holdover why has no flag --foo. See: holdover why --help'],
  [['stats', '--project'], '--project needs a value: --project <folder>'],
])('says in its own words what is wrong with holdover %j', async (words, sentence) => {
  const project = { app: { folder: createTempFolder() }, env: {}, redis: undefined };
  const { code, stdout, stderr } = await ask(project, words);
  expect([code, stdout, stderr]).toEqual([1, '', `[holdover] ${sentence}\n`]);
});

describe('the command line of holdover watch', () => {
  it('passes flags to Node and words to the app', async () => {
    const words = ['--env-file', '.env.test', '--import', './first.js', 'server.js', '--port', 'x'];
    const rig = await Rig.start({
      fixture: 'plain',
      files: {
        '.env.test': 'FLAG=from the file\n',
        'first.js': "process.env.FLAG += ' and the import';\n",
      },
      words,
    });
    await rig.listens();
    expect(await rig.browser.json('/')).toMatchObject({
      argv: ['--port', 'x'],
      flag: 'from the file and the import',
    });
  });

  it('has a help that says what a flag does, and no default that means the opposite', async () => {
    const project = { app: { folder: createTempFolder() }, env: {}, redis: undefined };
    const { code, stdout } = await ask(project, ['watch', '--help']);
    expect(code).toBe(0);
    expect(stdout).toMatch(/--no-hold +Refuse connections while the app restarts\n/);
    expect(stdout).toMatch(/--grace <time> .*\(default: 5s\)\n/);
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
    const project = { app, env: {}, redis: undefined };
    const { code, stdout, stderr } = await ask(project, ['watch', ...words]);
    expect([code, stdout]).toEqual([1, '']);
    expect(stderr).toContain(sentence);
    expect(stderr.trim().split('\n')).toHaveLength(1);
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
    const running = start(process.execPath, [CLI, 'watch', '--no-standby', 'server.js'], {
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

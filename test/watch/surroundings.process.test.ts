import { chmodSync, chownSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { IS_LONG } from '../support/depth.ts';
import { CLI } from '../support/tools.ts';
import { createApp } from '../support/app.ts';
import { Browser } from '../support/browser.ts';
import { copyPackage } from '../support/copy-package.ts';
import { poll } from '../support/poll.ts';
import { start } from '../support/running.ts';
import { createTempFolder } from '../support/temp-folder.ts';
import { answersVersion, saveVersion, startPlain } from './plain.ts';

/** Express with a store in a directory of its own. */
const STORE_APP = `
  import express from 'express';
  import session from 'express-session';
  import { createStore, sessionOptions } from 'holdover/express';
  const app = express();
  app.use(session({ ...sessionOptions(), store: createStore({ directory: 'data/sessions' }) }));
  app.get('/', (req, res) => {
    req.session.visits = (req.session.visits ?? 0) + 1;
    res.json({ version: '1', pid: process.pid, visits: req.session.visits });
  });
  app.listen(process.env.PORT);
`;

describe('what stands around an app under holdover watch', () => {
  it('is not restarted by its session files, wherever they lie', async () => {
    const rig = await startPlain({
      words: ['--include', 'data/**', 'server.js'],
      needsPort: true,
      prepare: (app) => app.write('server.js', STORE_APP),
    });
    const { pid } = await answersVersion(rig);
    for (let i = 0; i < 20; i++) expect((await answersVersion(rig)).pid).toBe(pid);
    rig.app.write('data/other.txt', 'changed');
    await rig.running.printed(/data\/other\.txt {2}1 session held over/);
    expect(rig.running.output).not.toContain('data/sessions/');
  });

  it.runIf(IS_LONG && process.getuid?.() === 0)('may have files that nobody may read', async () => {
    const app = await createApp('plain');
    chmodSync(app.folder, 0o755);
    app.write('server.key', 'secret');
    chmodSync(join(app.folder, 'server.key'), 0o600);
    for (const name of ['', 'version.js']) chownSync(join(app.folder, name), 65_534, 65_534);
    // Somebody else may not reach the folder of this checkout.
    const open = createTempFolder();
    chmodSync(open, 0o755);
    const as = ['--reuid=65534', '--regid=65534', '--clear-groups', process.execPath];
    const words = [...as, copyPackage(open), 'watch', '--include', '.', 'server.js'];
    const env = { PORT: String(app.port), HOME: app.folder };
    const running = start('setpriv', words, { cwd: app.folder, env });
    const browser = new Browser(app.url);
    const answers = (version: string) => () =>
      browser.json<{ version: string }>('/').then((answer) => answer?.version === version);
    await poll(answers('1'));
    app.write('version.js', "export const version = '2';\n");
    await poll(answers('2'));
    expect(running.output).not.toMatch(/exited|ended/);
  });

  it('is watched through a link to its entry, once, and with the files of --env-file', async () => {
    const rig = await startPlain({
      words: ['--env-file=config/dev.env', 'link.js'],
      prepare: (app) => {
        symlinkSync(join(app.folder, 'server.js'), join(app.folder, 'link.js'));
        app.write('config/dev.env', 'FLAG=one\n');
      },
    });
    expect((await answersVersion(rig)).flag).toBe('one');
    rig.app.write('config/dev.env', 'FLAG=two\n');
    await rig.running.printed(/config\/dev\.env {2}(\d+ requests? held · )?[\d,]+ ms/);
    expect((await answersVersion(rig)).flag).toBe('two');
    rig.app.write('server.js', `${rig.app.read('server.js')}\n`);
    await rig.running.printed(
      /^\S+ \[holdover\] server\.js {2}(\d+ requests? held · )?[\d,]+ ms$/m,
    );
  });

  it('reads what is piped to holdover, all but a lone Enter', async () => {
    const app = await createApp();
    app.write('package.json', '{ "name": "reader", "type": "module" }');
    app.write(
      'app.js',
      "process.stdin.on('data', (d) => console.log('read ' + JSON.stringify(String(d))));",
    );
    const running = start(process.execPath, [CLI, 'watch', 'app.js'], { cwd: app.folder });
    running.type('hello\n');
    await running.printed('read "hello\\n"');
    expect(running.output).not.toContain('Enter');
  });

  it.runIf(IS_LONG)(
    'may look for a free port first, and try another when one is taken',
    async () => {
      const app = await createApp();
      app.write('package.json', '{ "name": "prober", "type": "module" }');
      app.write(
        'app.js',
        `import { createServer } from 'node:http';
       import express from 'express';
       import session from 'express-session';
       const listen = (server, port) => new Promise((done, fail) => server.listen(port).once('listening', done).once('error', fail));
       const probe = createServer();
       await listen(probe, 0);
       await listen(createServer(), probe.address().port).catch(() => console.log('taken'));
       await new Promise((done) => probe.close(done));
       const app = express();
       app.use(session({ secret: 's', resave: false, saveUninitialized: false }));
       await new Promise((done) => setTimeout(done, 150));
       await listen(createServer(app), 0);
       console.log('listening');`,
      );
      const running = start(process.execPath, [CLI, 'watch', 'app.js'], { cwd: app.folder });
      await running.printed('listening');
      running.type('\n');
      await running.printed(/Enter {2}no sessions yet · (\d+ requests? held · )?[\d,]+ ms/);
      expect(running.output).not.toContain('in use');
    },
  );

  it.runIf(IS_LONG)('has a grace of any length', async () => {
    const rig = await startPlain({ words: ['--grace', '30d', 'server.js'] });
    await answersVersion(rig);
    saveVersion(rig, '2', "process.on('SIGTERM', () => setTimeout(() => process.exit(), 300));\n");
    await answersVersion(rig, '2');
    saveVersion(rig, '3');
    await answersVersion(rig, '3');
    expect(rig.running.output).not.toMatch(/killed|Warning/);
  });

  it('may be below a node_modules folder: its own files are watched, its packages are not', async () => {
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

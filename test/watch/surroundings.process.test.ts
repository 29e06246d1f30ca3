import { chmodSync, chownSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { CLI } from '../support/tools.ts';
import { createApp } from '../support/app.ts';
import { Browser } from '../support/browser.ts';
import { copyPackage } from '../support/copy-package.ts';
import { poll } from '../support/poll.ts';
import { start } from '../support/running.ts';
import { createTempFolder } from '../support/temp-folder.ts';
import { Watching } from '../support/watching.ts';

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
    const watching = await Watching.begin(['--include', 'data/**', 'server.js'], (app) =>
      app.write('server.js', STORE_APP),
    );
    const { pid } = await watching.answers();
    for (let i = 0; i < 20; i++) expect((await watching.answers()).pid).toBe(pid);
    watching.app.write('data/other.txt', 'changed');
    await watching.running.printed(/data\/other\.txt {2}1 session held over/);
    expect(watching.running.output).not.toContain('data/sessions/');
  });

  it.skipIf(process.getuid?.() !== 0)('may have files that nobody may read', async () => {
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
    const watching = await Watching.begin(['--env-file=config/dev.env', 'link.js'], (app) => {
      symlinkSync(join(app.folder, 'server.js'), join(app.folder, 'link.js'));
      app.write('config/dev.env', 'FLAG=one\n');
    });
    expect((await watching.answers()).flag).toBe('one');
    watching.app.write('config/dev.env', 'FLAG=two\n');
    await watching.running.printed(/config\/dev\.env {2}(\d+ requests? held · )?[\d,]+ ms/);
    expect((await watching.answers()).flag).toBe('two');
    watching.app.write('server.js', `${watching.app.read('server.js')}\n`);
    await watching.running.printed(
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

  it('may look for a free port first, and try another when one is taken', async () => {
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
    await running.printed(/Enter {2}no sessions held over · (\d+ requests? held · )?[\d,]+ ms/);
    expect(running.output).not.toContain('in use');
  });

  it('has a grace of any length', async () => {
    const watching = await Watching.begin(['--grace', '30d', 'server.js']);
    await watching.answers();
    watching.save('2', "process.on('SIGTERM', () => setTimeout(() => process.exit(), 300));\n");
    await watching.answers('2');
    watching.save('3');
    await watching.answers('3');
    expect(watching.running.output).not.toMatch(/killed|Warning/);
  });
});

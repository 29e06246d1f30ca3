import { once } from 'node:events';
import { existsSync, readFileSync } from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { IS_LONG } from '../support/depth.ts';
import { connectionError, echo, get } from '../support/clients.ts';
import { runPlain } from '../support/many-servers.ts';
import { poll } from '../support/poll.ts';
import { Traffic } from '../support/traffic.ts';
import { isAlive } from '../support/children.ts';
import { Rig } from '../support/rig.ts';

/** Hides from holdover what it needs of Node to share sockets. */
const WITHOUT_HANDLES = new URL('../fixtures/without-handles.mjs', import.meta.url);

/** From Node 22.12 on; other systems do not share connections out. */
const CAN_SHARE = process.platform === 'linux' && !process.version.startsWith('v20.');

describe('the addresses of an app', () => {
  it('are those of plain Node in unusual forms too, and so are the errors', async () => {
    const rig = await Rig.start({ needsPort: true, fixture: 'listen-forms' });
    await rig.printed(/^seen /);
    const firstRun = rig.last('seen');
    await rig.restart(/^seen /);
    const secondRun = rig.last('seen');
    rig.running.kill('SIGTERM');
    await rig.running.exited;
    const plain = await runPlain(rig, {});
    const expected: unknown = JSON.parse(plain.slice('seen '.length));
    expect(firstRun).toEqual(expected);
    expect(secondRun).toEqual(expected);
  });

  it('may be closed by the app, and are free then, and may be listened on again', async () => {
    const rig = await Rig.start({
      needsPort: true,
      files: {
        'server.js': `
          import { createServer } from 'node:http';
          const server = createServer((_, response) => response.end('hello'));
          const turn = (listen) => new Promise((done) => {
            server.once('error', (error) => done(error.code));
            if (listen) server.listen(process.env.PORT, () => done('listens'));
            if (listen && !server.address()) done('has no address');
            if (!listen) server.close((error) => done(error?.code ?? 'closed'));
          });
          const pause = (ms) => new Promise((done) => setTimeout(done, ms));
          const turns = [];
          for (let i = 0; i < 4; i++) turns.push(await turn(true), await turn(false));
          turns.push(await turn(true));
          await pause(150); // it is held now
          for (let i = 0; i < 4; i++) turns.push(await turn(false), await turn(true));
          await pause(150);
          turns.push(await turn(false));
          await pause(55); // while it is given up
          turns.push(await turn(true));
          await pause(150);
          turns.push(await turn(false));
          console.log('turns ' + turns.join());
          setInterval(() => {}, 1000);
        `,
      },
    });
    const { port } = rig;
    const expected = 'turns ' + Array.from({ length: 10 }, () => 'listens,closed').join();
    const expectFree = async (): Promise<void> => {
      await poll(async () => (await connectionError(port)) === 'ECONNREFUSED');
      const other = createServer().listen(port);
      await once(other, 'listening');
      await new Promise((resolve) => other.close(resolve));
    };
    await rig.printed(/^turns .*/);
    const firstRun = /turns .*/.exec(rig.running.output)?.[0];
    await expectFree();
    await rig.restart(/^turns .*/);
    await expectFree();
    expect(firstRun).toBe(expected);
    expect(rig.count(new RegExp(`^${expected}$`))).toBe(2);
  });

  it.runIf(IS_LONG && process.platform !== 'win32')(
    'may be paths, closed and listened on again',
    async () => {
      const rig = await Rig.start({
        needsPort: true,
        files: {
          'server.js': `
          import { createServer } from 'node:http';
          import { existsSync } from 'node:fs';
          import { version } from './version.js';
          const pause = (ms) => new Promise((done) => setTimeout(done, ms));
          const server = createServer((_, response) => response.end(version));
          const seen = [];
          const turn = async (ms) => {
            await new Promise((done) => server.listen('app.sock', done));
            await pause(ms);
            server.close();
          };
          server.listen('app.sock').close();
          seen.push(existsSync('app.sock'));
          for (const ms of [0, 0, 150, 0, 150]) await turn(ms);
          await pause(55); // while it is given up
          await turn(0);
          await pause(100);
          seen.push(existsSync('app.sock'));
          await turn(150);
          server.listen('app.sock', () => console.log('listens ' + version, process.pid, seen.join()));`,
          'version.js': "export const version = '1';",
        },
      });
      await rig.printed(/^listens 1 \d+ false/);
      const [, pid, seen = ''] = /listens 1 (\d+) (\S+)/.exec(rig.running.output) ?? [];
      expect(new Set(seen.split(','))).toEqual(new Set(['false']));
      rig.app.write(
        'version.js',
        "await new Promise((done) => setTimeout(done, 300));\nexport const version = '2';",
      );
      await poll(() => !isAlive(Number(pid)));
      expect((await get({ socketPath: join(rig.app.folder, 'app.sock') })).text).toBe('2');
    },
  );

  it.runIf(IS_LONG)(
    'may be probed before, on every address, as packages that look for a free port do',
    async () => {
      const rig = await Rig.start({
        needsPort: true,
        files: {
          'server.js': `
          import { createServer } from 'node:http';
          import { createServer as createNetServer } from 'node:net';
          const port = Number(process.env.PORT);
          const probe = (...words) => new Promise((done) => {
            const server = createNetServer().once('error', ({ code }) => done(code));
            server.listen(...words, () => server.close(() => done('free')));
          });
          const found = [];
          for (const host of [undefined, '0.0.0.0', '127.0.0.1', 'localhost']) {
            found.push(await probe({ port, host }));
          }
          console.log('probes ' + found.join());
          await new Promise((done) => setTimeout(done, 300)); // a database, say
          createServer((_, response) => response.end('hello'))
            .listen(port, () => console.log('listens'));
        `,
        },
      });
      await rig.printed(/^listens/);
      const traffic = new Traffic(() => get({ port: rig.port }), { clients: 3, pause: 10 });
      await poll(() => traffic.answers.length > 5);
      await rig.holds();
      for (let i = 0; i < 2; i++) await rig.restart(/^listens/);
      await poll(async () => get({ port: rig.port }));
      await traffic.stop();
      expect(rig.running.output.match(/probes .*/g)).toEqual(
        Array.from({ length: 3 }, () => 'probes free,free,free,free'),
      );
      expect(traffic.errors).toEqual([]);
    },
  );

  it.runIf(IS_LONG && CAN_SHARE)(
    'may be shared by servers of the app with reusePort, and are held',
    async () => {
      const rig = await Rig.start({
        needsPort: true,
        files: {
          'server.js': `
          import { createServer } from 'node:http';
          const where = { port: Number(process.env.PORT), host: '127.0.0.1', reusePort: true };
          const server = (name) => createServer((_, response) => response.end(name));
          const listen = (name) => new Promise((done) => server(name).listen(where, done));
          await listen('one');
          await listen('two');
          console.log('listens');
        `,
        },
      });
      await rig.printed(/^listens/);
      const traffic = new Traffic(() => get({ port: rig.port }), { clients: 3, pause: 10 });
      const areAsked = (since: number): boolean =>
        new Set(traffic.answers.slice(since).map(({ text }) => text)).size === 2;
      await poll(() => areAsked(0));
      await rig.holds();
      for (let i = 0; i < 2; i++) {
        await rig.restart(/^listens/);
        const since = traffic.answers.length;
        await poll(() => areAsked(since));
      }
      await traffic.stop();
      expect(traffic.errors).toEqual([]);
    },
  );

  it('may have another host in the new code', async () => {
    const code = (version: string, host: string): string =>
      `import { createServer } from 'node:http';
       createServer((_, response) => response.end('${version}'))
         .listen({ port: process.env.PORT, ${host} }, () => console.log('listens ${version}'));`;
    const rig = await Rig.start({ needsPort: true, files: { 'server.js': code('1', '') } });
    await rig.printed(/^listens 1/);
    const { port } = rig;
    await poll(async () => (await get({ port })).text === '1');
    const hosts = ["host: '127.0.0.1'", "host: '0.0.0.0'", ''];
    for (const [index, host] of hosts.entries()) {
      const version = String(index + 2);
      await rig.holds();
      rig.app.write('server.js', code(version, host));
      await rig.printed(new RegExp(`^listens ${version}|exited with code`));
      expect(rig.running.output).not.toContain('EADDRINUSE');
      await poll(async () => (await get({ port, host: '127.0.0.1' })).text === version);
    }
  });

  it.runIf(IS_LONG)(
    'may have another host, and nobody who listens for connections at first',
    async () => {
      const code = (version: string, host: string): string =>
        `import { createServer } from 'node:net';
       const server = createServer().listen({ port: process.env.PORT, ${host} });
       await new Promise((done) => setTimeout(done, 10));
       server.on('connection', (socket) => socket.end('${version}'));
       console.log('listens ${version}');`;
      const rig = await Rig.start({
        needsPort: true,
        files: { 'server.js': code('1', "host: '127.0.0.1'") },
      });
      const { port } = rig;
      await rig.printed(/^listens 1/);
      await rig.holds();
      rig.app.write('server.js', code('2', ''));
      await rig.printed(/^listens 2/);
      await poll(async () => (await echo({ port }, '').catch(() => '')) === '2');
    },
  );

  it.runIf(IS_LONG)(
    'may be closed before they are free for another host, and nobody listens then',
    async () => {
      const rig = await Rig.start({
        needsPort: true,
        files: {
          'server.js': `
          import { createServer } from 'node:http';
          createServer().listen(process.env.PORT, '127.0.0.1', () => console.log('listens'));`,
        },
      });
      const { port } = rig;
      await rig.printed(/^listens/);
      await rig.holds();
      rig.app.write(
        'server.js',
        `import { createServer } from 'node:http';
       const seen = [];
       const server = createServer();
       for (const event of ['listening', 'close', 'error']) server.on(event, () => seen.push(event));
       server.listen(process.env.PORT);
       seen.push(server.listening, server.address()?.port);
       server.close((error) => seen.push(\`closed \${error}\`));
       seen.push(server.listening, server.address());
       setTimeout(() => console.log('seen ' + JSON.stringify(seen)), 200);
       setInterval(() => {}, 1000);`,
      );
      await rig.printed(/^seen /);
      expect(await connectionError(port)).toBe('ECONNREFUSED');
      rig.running.kill('SIGTERM');
      await rig.running.exited;
      expect(rig.running.output).toContain(await runPlain(rig, {}));
    },
  );

  it.runIf(IS_LONG)('are an error where nobody can free them any more', async () => {
    const code = (version: string, host: string): string => `
      import { writeFileSync } from 'node:fs';
      import { createServer } from 'node:http';
      const server = createServer().on('error', ({ code }) => writeFileSync('error', code));
      if (${version} === 2) process.kill(process.ppid, 'SIGSTOP');
      server.listen({ port: process.env.PORT, ${host} }, () => console.log('listens ${version}'));
      if (${version} === 2) process.disconnect();`;
    const rig = await Rig.start({
      needsPort: true,
      files: { 'server.js': code('1', "host: '127.0.0.1'") },
    });
    await rig.printed(/^listens 1/);
    await rig.holds();
    rig.app.write('server.js', code('2', ''));
    const file = join(rig.app.folder, 'error'); // what it prints is not passed on now
    await poll(() => existsSync(file) && readFileSync(file, 'utf8') === 'EADDRINUSE');
    rig.running.kill('SIGCONT');
  });

  it('that another process has are an error of the app, also in later runs', async () => {
    const busy = createServer().listen(0);
    onTestFinished(() => void busy.close());
    await once(busy, 'listening');
    const { port } = busy.address() as AddressInfo;
    const code = (listen: string): string =>
      `import { createServer } from 'node:http';
       createServer((_, response) => response.end('hello')).listen(${listen}, () => console.log('listens'));`;
    const rig = await Rig.start({
      needsPort: true,
      files: { 'server.js': code('process.env.PORT') },
    });
    await rig.printed(/^listens/);
    await rig.holds();
    rig.app.write('server.js', code(String(port)));
    await rig.printed(new RegExp(`Port ${port} is in use by another process`));
    expect(rig.running.output).toContain(`EADDRINUSE: address already in use :::${port}`);
    rig.app.write('server.js', code('process.env.PORT'));
    await rig.printed(/^listens/, 2);
    expect((await get({ port: rig.port })).text).toBe('hello');
  });

  it.runIf(IS_LONG)(
    'are left to the app where Node has no handles to share, and that is said once',
    async () => {
      const env = { NODE_OPTIONS: `--import=${WITHOUT_HANDLES.href}` };
      const rig = await Rig.start({ needsPort: true, fixture: 'plain', env });
      await rig.printed(/has no sockets to share/);
      const answers = (version: string) => async (): Promise<boolean> => {
        const { text } = await get({ port: rig.port }).catch(() => ({ text: '' }));
        return text.includes(`"${version}"`);
      };
      await poll(answers('1'));
      rig.app.write('version.js', "export const version = '2';\n");
      await poll(answers('2'));
      expect(rig.count(/has no sockets to share/)).toBe(1);
    },
  );

  it.runIf(IS_LONG)('do not keep an app alive that is done', async () => {
    const rig = await Rig.start({
      needsPort: true,
      files: {
        'server.js': `
          import { createServer } from 'node:http';
          process.on('beforeExit', () => console.log('is done'));
          const server = createServer().listen(process.env.PORT, () => setTimeout(() => server.unref(), 120));
        `,
      },
    });
    await rig.printed(/^is done/);
    await rig.printed(/The app has ended; waiting for a change/);
    await rig.restart(/^is done/);
    await rig.printed(/The app has ended; waiting for a change/, 2);
  });
});

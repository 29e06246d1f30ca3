import { once } from 'node:events';
import { readdirSync, statSync } from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { isAlive } from '../../src/storage/files/owners.ts';
import { findFreePort } from '../support/app.ts';
import { connectionError, get } from '../support/clients.ts';
import {
  beginManyServers,
  ENCRYPTED,
  factsOf,
  portOf,
  runPlain,
  toClients,
  versionOf,
} from '../support/many-servers.ts';
import { poll } from '../support/poll.ts';
import { Traffic } from '../support/traffic.ts';
import { untilHeld, Watched } from '../support/watched.ts';
import { Watching } from '../support/watching.ts';

describe('the sockets of an app under holdover watch', () => {
  it('keep their address in every form of listen, and clients wait for the new code', async () => {
    const { watched, ports } = await beginManyServers();
    const first = await factsOf(watched, '1');
    const clients = toClients(watched, ports, first);
    let last = first;
    for (const version of ['2', '3']) {
      const { pid } = last;
      await watched.holds();
      watched.app.write(
        'version.js',
        `export const version = '${version}';\nawait new Promise((done) => setTimeout(done, 300));\n`,
      );
      await poll(() => !isAlive(pid));
      const answers = await Promise.all(
        [...clients].map(async ([name, ask]) => [
          name,
          await ask().then(versionOf, (error: Error) => error.message),
        ]),
      );
      const expected = [...clients.keys()].map((name) => [name, version]);
      expect(answers).toEqual(expected);
      last = await factsOf(watched, version);
      expect(last.facts).toEqual(first.facts);
      expect(last.pid).not.toBe(pid);
    }
    const { zero, zeroAgain, none } = first.facts;
    const numbers = [zero, zeroAgain, none].map(portOf);
    expect(new Set(numbers).size).toBe(3);
    for (const [name, facts] of Object.entries(first.facts)) {
      const isLookedUp = ['host', 'name', 'six', 'only'].includes(name);
      if (!isLookedUp) expect([name, facts.atOnce]).toEqual([name, facts.address]);
      expect([name, facts.listening, facts.events]).toEqual([
        name,
        true,
        ['listening', 'callback'],
      ]);
    }
  });

  it('refuse nobody, and reset nobody who speaks HTTP, and others by chance only', async () => {
    const { watched, ports } = await beginManyServers();
    const first = await factsOf(watched, '1');
    await watched.holds();
    const clients = [...toClients(watched, ports, first)];
    const traffic = clients.map(([name, ask]) => [name, new Traffic(ask, { pause: 10 })] as const);
    for (const version of ['2', '3', '4', '5']) {
      watched.app.write('version.js', `export const version = '${version}';\n`);
      await factsOf(watched, version);
      await poll(() =>
        traffic.every(([, { answers }]) => versionOf(answers.at(-1) ?? '{}') === version),
      );
    }
    for (const [, one] of traffic) await one.stop();
    const errorsOf = (isOther: boolean): string[] =>
      traffic.flatMap(([name, one]) =>
        ENCRYPTED.includes(name) === isOther ? one.errors.map((error) => `${name} ${error}`) : [],
      );
    expect(errorsOf(false)).toEqual([]);
    // A connection that has an encrypted session, or one of its own, cannot be passed on: when the
    // client speaks at the moment of its end it is reset. It is never refused.
    const others = errorsOf(true);
    expect(others.filter((error) => /REFUSED|TIME/i.test(error))).toEqual([]);
    expect(others.length).toBeLessThan(4 * ENCRYPTED.length);
  });

  it('are seen by the app as they are by plain Node, in the first run and in later ones', async () => {
    const busy = createServer().listen(0);
    onTestFinished(() => void busy.close());
    await once(busy, 'listening');
    const env = { BUSY: String((busy.address() as AddressInfo).port) };
    const watched = await Watched.begin({ fixture: 'observed', env });
    await watched.printed(/^seen /);
    const firstRun = watched.last('seen');
    await watched.holds();
    await watched.restart(/^seen /);
    const secondRun = watched.last('seen');
    await watched.holds();
    await watched.restart(/^seen /);
    const thirdRun = watched.last('seen');
    watched.running.kill('SIGTERM');
    await watched.running.exited;
    const plain = await runPlain(watched, env);
    const expected: unknown = JSON.parse(plain.slice('seen '.length));
    expect(firstRun).toEqual(expected);
    expect(secondRun).toEqual(expected);
    expect(thirdRun).toEqual(expected);
  });

  it('emit their events by whatever emit the app has put in place', async () => {
    const watched = await Watched.begin({
      files: {
        'server.js': `
          import { EventEmitter } from 'node:events';
          import { createServer } from 'node:http';
          import { Server } from 'node:net';
          const seen = [Object.hasOwn(Server.prototype, 'emit')];
          const { emit } = EventEmitter.prototype;
          EventEmitter.prototype.emit = function (event, ...rest) {
            if (this instanceof Server) seen.push(event);
            return emit.call(this, event, ...rest);
          };
          const listen = (server, port) => new Promise((done) => {
            server.once('error', done).listen(port, done);
          });
          const server = createServer((_, response) => response.end('hello'));
          await listen(server, process.env.PORT);
          await listen(createServer(), process.env.PORT);
          await new Promise((done) => setTimeout(done, 150));
          seen.push(Object.hasOwn(Server.prototype, 'emit'));
          await fetch('http://localhost:' + process.env.PORT);
          server.close(() => console.log('seen ' + JSON.stringify(seen)));
          setInterval(() => {}, 1000);`,
      },
    });
    await watched.printed(/^seen /);
    await watched.restart(/^seen /);
    watched.running.kill('SIGTERM');
    await watched.running.exited;
    const plain = await runPlain(watched, {});
    expect(plain).toMatch(/"listening".*"error".*"request".*"close"/);
    expect(watched.running.output.match(/^seen .*\n/gm)).toEqual([plain, plain]);
  });

  it('are the clients\u2019 own connections', async () => {
    const watching = await Watching.begin(['server.js'], (app) =>
      app.write(
        'server.js',
        `import { createServer } from 'node:http';
         import { version } from './version.js';
         createServer(({ socket }, response) => {
           const { remoteAddress, remotePort } = socket;
           response.end(JSON.stringify({ version, remoteAddress, remotePort }));
         }).listen(process.env.PORT);`,
      ),
    );
    await watching.answers();
    await untilHeld(watching.running.pid, watching.app.port);
    watching.save('2', 'await new Promise((done) => setTimeout(done, 200));\n');
    await watching.answers('2');
    const { text, localPort } = await get({ port: watching.app.port, host: '127.0.0.1' });
    expect(JSON.parse(text)).toMatchObject({ remotePort: localPort });
    expect(text).toMatch(/"remoteAddress":"(::ffff:)?127\.0\.0\.1"/);
  });

  it('are those of express and fastify, too', async () => {
    const fastifyPort = await findFreePort();
    const watching = await Watching.begin(['server.js'], (app) =>
      app.write(
        'server.js',
        `import express from 'express';
         import Fastify from 'fastify';
         import { version } from './version.js';
         const fastify = Fastify();
         fastify.get('/', async () => ({ version, pid: process.pid }));
         await fastify.listen({ port: ${fastifyPort} });
         express().get('/', (_, response) => response.json({ version, pid: process.pid }))
           .listen(process.env.PORT);`,
      ),
    );
    await watching.answers();
    const ports = [watching.app.port, fastifyPort];
    for (const port of ports) await untilHeld(watching.running.pid, port);
    const traffic = ports.map((port) => new Traffic(() => get({ port }), { pause: 10 }));
    for (const version of ['2', '3', '4']) {
      const { length } = traffic[1]?.answers ?? [];
      watching.save(version);
      await watching.answers(version);
      await poll(() => (traffic[1]?.answers.length ?? 0) > length + 1);
    }
    for (const one of traffic) await one.stop();
    expect(traffic.map(({ errors }) => errors)).toEqual([[], []]);
    const { text } = await get({ port: fastifyPort });
    expect(versionOf(text)).toBe('4');
  });

  it('are released when the new code has others', async () => {
    const ports = [await findFreePort(), await findFreePort()] as const;
    const code = (port: number): string =>
      `import { createServer } from 'node:http';
       createServer((_, response) => response.end('hello')).listen(${port}, () => console.log('on ${port}'));`;
    const watched = await Watched.begin({ files: { 'server.js': code(ports[0]) } });
    await watched.printed(new RegExp(`^on ${ports[0]}`));
    await watched.holds(ports[0]);
    await poll(async () => (await get({ port: ports[0] })).status === 200);
    watched.app.write('server.js', code(ports[1]));
    await watched.printed(new RegExp(`^on ${ports[1]}`));
    expect((await get({ port: ports[1] })).text).toBe('hello');
    await poll(async () => (await connectionError(ports[0])) === 'ECONNREFUSED', {
      within: 15_000,
      every: 50,
    });
    expect((await get({ port: ports[1] })).text).toBe('hello');
  });

  it('are shared by the workers of a cluster', async () => {
    const watching = await Watching.begin(['server.js'], (app) =>
      app.write(
        'server.js',
        `import cluster from 'node:cluster';
         import { createServer } from 'node:http';
         import { version } from './version.js';
         if (cluster.isPrimary) {
           cluster.fork();
           cluster.fork();
           cluster.on('message', (worker, message) => console.log('message ' + JSON.stringify(message)));
         } else {
           createServer((_, response) => {
             const answer = { version, pid: process.pid, primary: process.ppid };
             response.end(JSON.stringify(answer));
           }).listen(process.env.PORT);
         }`,
      ),
    );
    const { port } = watching.app;
    let primaries: number[] = [];
    for (const version of ['1', '2', '3']) {
      if (version !== '1') {
        await untilHeld(watching.running.pid, port);
        watching.save(version);
      }
      await watching.answers(version);
      const pids = new Set<number>();
      await poll(async () => {
        const { text } = await get({ port });
        const { pid, primary } = JSON.parse(text) as { pid: number; primary: number };
        primaries.push(primary);
        return pids.add(pid).size === 2;
      });
    }
    primaries = [...new Set(primaries)];
    expect(primaries).toHaveLength(3);
    expect(watching.running.output).not.toMatch(/^message|Error/m);
    await poll(() => primaries.slice(0, 2).every((pid) => !isAlive(pid)));
    watching.running.kill('SIGTERM');
    await watching.running.exited;
    await poll(async () => (await connectionError(port)) === 'ECONNREFUSED');
  });

  it('are closed in between with --no-hold, and nothing else is other', async () => {
    const watching = await Watching.begin(['--no-hold', 'server.js']);
    const { pid } = await watching.answers();
    const wait = 'await new Promise((done) => setTimeout(done, 20));';
    watching.save(
      '2',
      `import { existsSync } from 'node:fs';\nwhile (!existsSync('was-refused')) ${wait}\n`,
    );
    await poll(() => !isAlive(pid));
    expect(await connectionError(watching.app.port)).toBe('ECONNREFUSED');
    watching.app.write('was-refused', '');
    await watching.answers('2');
    await watching.running.printed(/version\.js {2}[\d,]+ ms/);
    watching.save('3');
    await watching.answers('3');
  });

  it('are gone with holdover, and so are the paths of Unix sockets', async () => {
    const watched = await Watched.begin({
      files: {
        'server.js': `
          import { mkdirSync } from 'node:fs';
          import { createServer } from 'node:http';
          mkdirSync('sockets', { recursive: true });
          process.chdir('sockets');
          createServer().listen('app.sock');
          createServer().listen(process.env.PORT, () => console.log('listens'));
        `,
      },
    });
    await watched.printed(/^listens/);
    await watched.holds();
    await watched.restart(/^listens/);
    const folder = join(watched.app.folder, 'sockets');
    expect(statSync(join(folder, 'app.sock')).isSocket()).toBe(true);
    watched.running.kill('SIGTERM');
    await watched.running.exited;
    expect(await connectionError(watched.app.port)).toBe('ECONNREFUSED');
    expect(readdirSync(folder)).toEqual([]);
  });
});

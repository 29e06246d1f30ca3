import { once } from 'node:events';
import { readdirSync, statSync } from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { IS_LONG } from '../support/depth.ts';
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
import { isAlive } from '../support/children.ts';
import { Rig } from '../support/rig.ts';
import { answersVersion, saveVersion, startPlain } from './plain.ts';

describe('the sockets of an app under holdover watch', () => {
  it('keep their address in every form of listen, and clients wait for the new code', async () => {
    const { rig, ports } = await beginManyServers();
    const first = await factsOf(rig, '1');
    const clients = toClients(rig, ports, first);
    let last = first;
    for (const version of ['2', '3']) {
      const { pid } = last;
      await rig.holds();
      rig.app.write(
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
      last = await factsOf(rig, version);
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
    const { rig, ports } = await beginManyServers();
    const first = await factsOf(rig, '1');
    await rig.holds();
    const clients = [...toClients(rig, ports, first)];
    const traffic = clients.map(([name, ask]) => [name, new Traffic(ask, { pause: 10 })] as const);
    for (const version of ['2', '3', '4', '5']) {
      rig.app.write('version.js', `export const version = '${version}';\n`);
      await factsOf(rig, version);
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
    const rig = await Rig.start({ needsPort: true, fixture: 'observed', env });
    await rig.printed(/^seen /);
    const firstRun = rig.last('seen');
    await rig.holds();
    await rig.restart(/^seen /);
    const secondRun = rig.last('seen');
    await rig.holds();
    await rig.restart(/^seen /);
    const thirdRun = rig.last('seen');
    rig.running.kill('SIGTERM');
    await rig.running.exited;
    const plain = await runPlain(rig, env);
    const expected: unknown = JSON.parse(plain.slice('seen '.length));
    expect(firstRun).toEqual(expected);
    expect(secondRun).toEqual(expected);
    expect(thirdRun).toEqual(expected);
  });

  it.runIf(IS_LONG)('emit their events by whatever emit the app has put in place', async () => {
    const rig = await Rig.start({
      needsPort: true,
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
    await rig.printed(/^seen /);
    await rig.restart(/^seen /);
    rig.running.kill('SIGTERM');
    await rig.running.exited;
    const plain = await runPlain(rig, {});
    expect(plain).toMatch(/"listening".*"error".*"request".*"close"/);
    expect(rig.running.output.match(/^seen .*\n/gm)).toEqual([plain, plain]);
  });

  it.runIf(IS_LONG)('are the clients\u2019 own connections', async () => {
    const rig = await startPlain({
      needsPort: true,
      prepare: (app) =>
        app.write(
          'server.js',
          `import { createServer } from 'node:http';
         import { version } from './version.js';
         createServer(({ socket }, response) => {
           const { remoteAddress, remotePort } = socket;
           response.end(JSON.stringify({ version, remoteAddress, remotePort }));
         }).listen(process.env.PORT);`,
        ),
    });
    await answersVersion(rig);
    await rig.holds();
    saveVersion(rig, '2', 'await new Promise((done) => setTimeout(done, 200));\n');
    await answersVersion(rig, '2');
    const { text, localPort } = await get({ port: rig.port, host: '127.0.0.1' });
    expect(JSON.parse(text)).toMatchObject({ remotePort: localPort });
    expect(text).toMatch(/"remoteAddress":"(::ffff:)?127\.0\.0\.1"/);
  });

  it.runIf(IS_LONG)('are those of express and fastify, too', async () => {
    const fastifyPort = await findFreePort();
    const rig = await startPlain({
      needsPort: true,
      prepare: (app) =>
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
    });
    await answersVersion(rig);
    const ports = [rig.port, fastifyPort];
    for (const port of ports) await rig.holds(port);
    const traffic = ports.map((port) => new Traffic(() => get({ port }), { pause: 10 }));
    for (const version of ['2', '3', '4']) {
      const { length } = traffic[1]?.answers ?? [];
      saveVersion(rig, version);
      await answersVersion(rig, version);
      await poll(() => (traffic[1]?.answers.length ?? 0) > length + 1);
    }
    for (const one of traffic) await one.stop();
    expect(traffic.map(({ errors }) => errors)).toEqual([[], []]);
    const { text } = await get({ port: fastifyPort });
    expect(versionOf(text)).toBe('4');
  });

  it.runIf(IS_LONG)('are released when the new code has others', async () => {
    const ports = [await findFreePort(), await findFreePort()] as const;
    const code = (port: number): string =>
      `import { createServer } from 'node:http';
       createServer((_, response) => response.end('hello')).listen(${port}, () => console.log('on ${port}'));`;
    const rig = await Rig.start({ needsPort: true, files: { 'server.js': code(ports[0]) } });
    await rig.printed(new RegExp(`^on ${ports[0]}`));
    await rig.holds(ports[0]);
    await poll(async () => (await get({ port: ports[0] })).status === 200);
    rig.app.write('server.js', code(ports[1]));
    await rig.printed(new RegExp(`^on ${ports[1]}`));
    expect((await get({ port: ports[1] })).text).toBe('hello');
    await poll(async () => (await connectionError(ports[0])) === 'ECONNREFUSED', {});
    expect((await get({ port: ports[1] })).text).toBe('hello');
  });

  it('are shared by the workers of a cluster', async () => {
    const rig = await startPlain({
      needsPort: true,
      prepare: (app) =>
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
    });
    const { port } = rig;
    let primaries: number[] = [];
    for (const version of ['1', '2', '3']) {
      if (version !== '1') {
        await rig.holds(port);
        saveVersion(rig, version);
      }
      await answersVersion(rig, version);
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
    expect(rig.running.output).not.toMatch(/^message|Error/m);
    await poll(() => primaries.slice(0, 2).every((pid) => !isAlive(pid)));
    rig.running.kill('SIGTERM');
    await rig.running.exited;
    await poll(async () => (await connectionError(port)) === 'ECONNREFUSED');
  });

  it('are closed in between with --no-hold, and nothing else is other', async () => {
    const rig = await startPlain({ words: ['--no-hold', 'server.js'] });
    const { pid } = await answersVersion(rig);
    const wait = 'await new Promise((done) => setTimeout(done, 20));';
    saveVersion(
      rig,
      '2',
      `import { existsSync } from 'node:fs';\nwhile (!existsSync('was-refused')) ${wait}\n`,
    );
    await poll(() => !isAlive(pid));
    expect(await connectionError(rig.port)).toBe('ECONNREFUSED');
    rig.app.write('was-refused', '');
    await answersVersion(rig, '2');
    await rig.running.printed(/version\.js {2}[\d,]+ ms/);
    saveVersion(rig, '3');
    await answersVersion(rig, '3');
  });

  it('are gone with holdover, and so are the paths of Unix sockets', async () => {
    const rig = await Rig.start({
      needsPort: true,
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
    await rig.printed(/^listens/);
    await rig.holds();
    await rig.restart(/^listens/);
    const folder = join(rig.app.folder, 'sockets');
    expect(statSync(join(folder, 'app.sock')).isSocket()).toBe(true);
    rig.running.kill('SIGTERM');
    await rig.running.exited;
    expect(await connectionError(rig.port)).toBe('ECONNREFUSED');
    expect(readdirSync(folder)).toEqual([]);
  });
});

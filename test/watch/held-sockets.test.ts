import { once } from 'node:events';
import { rmSync, statSync } from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import { networkInterfaces } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { isAlive } from '../../src/storage/processes.ts';
import { findFreePort } from '../support/app.ts';
import { createCertificate } from '../support/certificate.ts';
import { connectionError, echo, get, getHttp2 } from '../support/clients.ts';
import { poll } from '../support/poll.ts';
import { start } from '../support/running.ts';
import { Traffic } from '../support/traffic.ts';
import { untilHeld, Watched } from '../support/watched.ts';
import { Watching } from '../support/watching.ts';

const HAS_IPV6 = Object.values(networkInterfaces())
  .flat()
  .some((one) => one?.address === '::1');

/** What the app says of one of its servers. */
interface ServerFacts {
  atOnce: AddressInfo | string | null;
  address: AddressInfo | string;
  listening: boolean;
  events: string[];
}

interface Facts {
  version: string;
  pid: number;
  facts: Record<string, ServerFacts>;
}

const NAMES = ['number', 'options', 'host', 'name', 'six', 'only', 'exclusive'];
const ENCRYPTED = ['https', 'http2', 'http2s', 'echo'];

/** The app with one server for each form of listen. */
async function beginManyServers() {
  const ports: Record<string, number> = {};
  for (const name of [...NAMES, ...ENCRYPTED]) ports[name] = await findFreePort();
  if (!HAS_IPV6) delete ports.six;
  const watched = await Watched.begin({
    fixture: 'many-servers',
    env: { PORTS: JSON.stringify(ports) },
    prepare: ({ folder }) => createCertificate(folder),
  });
  return { watched, ports };
}

async function factsOf({ app, running }: Watched, version: string): Promise<Facts> {
  return poll(async () => {
    const answer = await get({ port: app.port }).catch(() => undefined);
    const facts = answer && answer.status === 200 && (JSON.parse(answer.text) as Facts);
    return facts && facts.version === version ? facts : undefined;
  }).catch((error: Error) => {
    throw new Error(`${error.message}\nholdover has printed:\n${running.output}`, { cause: error });
  });
}

const portOf = (one: ServerFacts | undefined): number =>
  one && typeof one.address === 'object' ? one.address.port : 0;

/** How to reach each server, by its name; each gives what the app has answered. */
function toClients({ app }: Watched, ports: Record<string, number>, { facts }: Facts) {
  const clients = new Map<string, () => Promise<string>>();
  const add = (name: string, options: object) =>
    clients.set(name, async () => (await get(options)).text);
  for (const name of NAMES.filter((one) => one in facts)) {
    add(name, { port: ports[name], host: ['six', 'only'].includes(name) ? '::1' : '127.0.0.1' });
  }
  add('name', { port: ports.name, host: 'localhost' });
  for (const name of ['zero', 'zeroAgain', 'none']) {
    add(name, { port: portOf(facts[name]) });
  }
  for (const name of ['stale', 'path']) {
    if (name in facts) add(name, { socketPath: join(app.folder, `${name}.sock`) });
  }
  add('https', { port: ports.https, isSecure: true });
  clients.set('http2', () => getHttp2(`http://localhost:${ports.http2}`));
  clients.set('http2s', () => getHttp2(`https://localhost:${ports.http2s}`));
  const at = { port: ports.echo as number, host: '127.0.0.1' };
  clients.set('echo', async () => {
    const [version, , remotePort] = (await echo(at, 'hello')).split(' ');
    return JSON.stringify({ version, remotePort: Number(remotePort) });
  });
  return clients;
}

const versionOf = (text: string): string => (JSON.parse(text) as { version: string }).version;

/** Runs a file of the app with plain Node to its end, and gives what it has printed. */
async function runPlain(watched: Watched, env: NodeJS.ProcessEnv): Promise<string> {
  const { folder, port } = watched.app;
  const plain = start(process.execPath, ['server.js'], {
    cwd: folder,
    env: { PORT: String(port), ...env },
  });
  await plain.printed(/^seen .*\n/m);
  plain.kill('SIGKILL');
  await plain.exited;
  return plain.output;
}

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

  it.each([
    ['HTTP', false],
    ['TLS, HTTP/2 or a protocol of its own', true],
  ])('refuse nobody who speaks %s, and reset nobody but by chance', async (_, isOther) => {
    const { watched, ports } = await beginManyServers();
    const first = await factsOf(watched, '1');
    await watched.holds();
    const all = [...toClients(watched, ports, first)];
    const clients = all.filter(([name]) => ENCRYPTED.includes(name) === isOther);
    const traffic = clients.map(([name, ask]) => [name, new Traffic(ask, { pause: 10 })] as const);
    for (const version of ['2', '3', '4', '5']) {
      watched.app.write('version.js', `export const version = '${version}';\n`);
      await factsOf(watched, version);
      await poll(() =>
        traffic.every(([, { answers }]) => versionOf(answers.at(-1) ?? '{}') === version),
      );
    }
    for (const [, one] of traffic) await one.stop();
    const errors = traffic.flatMap(([name, one]) => one.errors.map((error) => `${name} ${error}`));
    if (!isOther) expect(errors).toEqual([]);
    // A connection that has an encrypted session, or one of its own, cannot be passed on: when the
    // client speaks at the moment of its end it is reset. It is never refused.
    expect(errors.filter((error) => /REFUSED|TIME/i.test(error))).toEqual([]);
    expect(errors.length).toBeLessThan(4 * traffic.length);
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

  it('may be closed by the app, and are free then, and may be listened on again', async () => {
    const watched = await Watched.begin({
      files: {
        'server.js': `
          import { createServer } from 'node:http';
          const server = createServer((_, response) => response.end('hello'));
          const turn = (listen) => new Promise((done) => {
            server.once('error', (error) => done(error.code));
            if (listen) server.listen(process.env.PORT, () => done('listens'));
            else server.close((error) => done(error?.code ?? 'closed'));
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
    const { port } = watched.app;
    const expected = 'turns ' + Array.from({ length: 10 }, () => 'listens,closed').join();
    const expectFree = async (): Promise<void> => {
      await poll(async () => (await connectionError(port)) === 'ECONNREFUSED');
      const other = createServer().listen(port);
      await once(other, 'listening');
      await new Promise((resolve) => other.close(resolve));
    };
    await watched.printed(/^turns .*/);
    const firstRun = /turns .*/.exec(watched.running.output)?.[0];
    await expectFree();
    await watched.restart(/^turns .*/);
    await expectFree();
    expect(firstRun).toBe(expected);
    expect(watched.count(new RegExp(`^${expected}$`))).toBe(2);
  });

  it('may be probed before, on every address, as packages that look for a free port do', async () => {
    const watched = await Watched.begin({
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
    await watched.printed(/^listens/);
    const traffic = new Traffic(() => get({ port: watched.app.port }), { clients: 3, pause: 10 });
    await poll(() => traffic.answers.length > 5);
    await watched.holds();
    for (let i = 0; i < 2; i++) await watched.restart(/^listens/);
    await poll(async () => get({ port: watched.app.port }));
    await traffic.stop();
    expect(watched.running.output.match(/probes .*/g)).toEqual(
      Array.from({ length: 3 }, () => 'probes free,free,free,free'),
    );
    expect(traffic.errors).toEqual([]);
  });

  it('may have another host in the new code', async () => {
    const code = (version: string, host: string): string =>
      `import { createServer } from 'node:http';
       createServer((_, response) => response.end('${version}'))
         .listen({ port: process.env.PORT, ${host} }, () => console.log('listens ${version}'));`;
    const watched = await Watched.begin({ files: { 'server.js': code('1', '') } });
    await watched.printed(/^listens 1/);
    const { port } = watched.app;
    await poll(async () => (await get({ port })).text === '1');
    const hosts = ["host: '127.0.0.1'", "host: '0.0.0.0'", ''];
    for (const [index, host] of hosts.entries()) {
      const version = String(index + 2);
      await watched.holds();
      watched.app.write('server.js', code(version, host));
      await watched.printed(new RegExp(`^listens ${version}|exited with code`));
      expect(watched.running.output).not.toContain('EADDRINUSE');
      await poll(async () => (await get({ port, host: '127.0.0.1' })).text === version);
    }
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

  it('that another process has are an error of the app, also in later runs', async () => {
    const busy = createServer().listen(0);
    onTestFinished(() => void busy.close());
    await once(busy, 'listening');
    const { port } = busy.address() as AddressInfo;
    const code = (listen: string): string =>
      `import { createServer } from 'node:http';
       createServer((_, response) => response.end('hello')).listen(${listen}, () => console.log('listens'));`;
    const watched = await Watched.begin({ files: { 'server.js': code('process.env.PORT') } });
    await watched.printed(/^listens/);
    await watched.holds();
    watched.app.write('server.js', code(String(port)));
    await watched.printed(new RegExp(`Port ${port} is in use by another process`));
    expect(watched.running.output).toContain(`EADDRINUSE: address already in use :::${port}`);
    watched.app.write('server.js', code('process.env.PORT'));
    await watched.printed(/^listens/, 2);
    expect((await get({ port: watched.app.port })).text).toBe('hello');
  });

  it('do not keep an app alive that is done', async () => {
    const watched = await Watched.begin({
      files: {
        'server.js': `
          import { createServer } from 'node:http';
          process.on('beforeExit', () => console.log('is done'));
          const server = createServer().listen(process.env.PORT, () => setTimeout(() => server.unref(), 120));
        `,
      },
    });
    await watched.printed(/^is done/);
    await watched.printed(/The app has ended; waiting for a change/);
    await watched.restart(/^is done/);
    await watched.printed(/The app has ended; waiting for a change/, 2);
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
    watching.save('2', 'await new Promise((done) => setTimeout(done, 500));\n');
    await poll(() => !isAlive(pid));
    expect(await connectionError(watching.app.port)).toBe('ECONNREFUSED');
    await watching.answers('2');
    await watching.running.printed(/version\.js {2}[\d,]+ ms/);
    watching.save('3');
    await watching.answers('3');
  });

  it('need not be there', async () => {
    const watched = await Watched.begin({
      files: {
        'server.js': `
          import { version } from './version.js';
          process.on('SIGTERM', () => { console.log('ends'); process.exit(); });
          setInterval(() => console.log('works ' + version), 20);
        `,
        'version.js': `export const version = '1';`,
      },
    });
    await watched.printed(/^works 1/);
    watched.app.write('version.js', `export const version = '2';`);
    await watched.printed(/^works 2/);
    expect(watched.count(/^ends/)).toBe(1);
    await watched.printed(/\[holdover\] version\.js$/); // once it is clear that it does not listen
  });

  it('are gone with holdover, and so are the paths of Unix sockets', async () => {
    const watched = await Watched.begin({
      files: {
        'server.js': `
          import { createServer } from 'node:http';
          createServer().listen('app.sock');
          createServer().listen(process.env.PORT, () => console.log('listens'));
        `,
      },
    });
    await watched.printed(/^listens/);
    await watched.holds();
    await watched.restart(/^listens/);
    expect(statSync(join(watched.app.folder, 'app.sock')).isSocket()).toBe(true);
    watched.running.kill('SIGTERM');
    await watched.running.exited;
    expect(await connectionError(watched.app.port)).toBe('ECONNREFUSED');
    rmSync(join(watched.app.folder, 'app.sock'), { force: true });
  });
});

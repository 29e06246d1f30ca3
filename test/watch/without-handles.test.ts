import { once } from 'node:events';
import { readdirSync } from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import { describe, expect, it, onTestFinished } from 'vitest';
import { WebSocket } from 'ws';
import { isAlive } from '../../src/storage/processes.ts';
import { copiesOf } from '../support/children.ts';
import { connectionError, createKeepAliveAgent, get, send } from '../support/clients.ts';
import {
  beginManyServers,
  ENCRYPTED,
  factsOf,
  portOf,
  runPlain,
  toClients,
  versionOf,
} from '../support/many-servers.ts';
import { linkPackage } from '../support/packages.ts';
import { poll } from '../support/poll.ts';
import { Traffic } from '../support/traffic.ts';
import { Watched } from '../support/watched.ts';
import { WITHOUT_HANDLES } from '../support/without-handles.ts';

const toVersion = (version: string): string => `export const version = '${version}';\n`;

const SERVER = `
  import { createServer } from 'node:http';
  import { version } from './version.js';
  const answers = {
    '/': (response) => response.end(version),
    '/slow': (response) => setTimeout(() => response.end(version), 60_000),
  };
  createServer(({ url }, response) => {
    if (url !== '/') console.log('asked for ' + url);
    answers[url](response);
  }).listen(process.env.PORT, () => console.log('listens ' + version + ' by ' + process.pid));`;

/** A small app; what it answers is its version. */
async function begin(words = ['server.js'], server = SERVER): Promise<Watched> {
  const watched = await Watched.begin({
    files: { 'server.js': server, 'version.js': toVersion('1') },
    words,
    env: WITHOUT_HANDLES,
  });
  await watched.printed(/^listens 1/);
  return watched;
}

/** Saves a version, and waits until it listens. */
async function restart(watched: Watched, version: string): Promise<void> {
  watched.app.write('version.js', toVersion(version));
  await watched.printed(new RegExp(`^listens ${version}`));
}

describe('holdover watch where Node has no handles to share', () => {
  it('keeps every form of listen over restarts, and nobody is refused', async () => {
    const { watched, ports } = await beginManyServers(WITHOUT_HANDLES);
    const first = await factsOf(watched, '1');
    await watched.holds();
    const traffic = [...toClients(watched, ports, first)].map(
      ([name, ask]) => [name, new Traffic(ask, { pause: 10 })] as const,
    );
    for (const version of ['2', '3', '4']) {
      watched.app.write('version.js', toVersion(version));
      const { facts } = await factsOf(watched, version);
      for (const [name, { atOnce, address, listening, events }] of Object.entries(facts)) {
        expect([name, atOnce]).toEqual([name, first.facts[name]?.atOnce]);
        expect([name, address]).toEqual([name, first.facts[name]?.address]);
        expect([name, listening, events]).toEqual([name, true, ['listening', 'callback']]);
      }
      await poll(() =>
        traffic.every(([, { answers }]) => versionOf(answers.at(-1) ?? '{}') === version),
      );
    }
    const { zero, zeroAgain, none } = first.facts;
    for (const one of [zero, zeroAgain, none, first.facts.number, first.facts.path]) {
      expect(one?.atOnce).toEqual(one?.address);
    }
    expect(new Set([zero, zeroAgain, none].map(portOf)).size).toBe(3);
    for (const [, one] of traffic) await one.stop();
    const errors = traffic.flatMap(([name, one]) => one.errors.map((error) => [name, error]));
    // As with handles, a session of TLS or HTTP/2 ends, and its client may speak at that moment.
    const isAllowed = ([name = '', error = '']: string[]): boolean =>
      ENCRYPTED.includes(name) && !/REFUSED|TIME/i.test(error);
    expect(errors.filter((error) => !isAllowed(error))).toEqual([]);
    expect(errors.length).toBeLessThan(3 * ENCRYPTED.length);
    expect(watched.running.output).not.toContain('Warning');
  });

  it('is seen by the app as plain Node is, in the first run and in later ones', async () => {
    const busy = createServer().listen(0);
    onTestFinished(() => void busy.close());
    await once(busy, 'listening');
    const env = { BUSY: String((busy.address() as AddressInfo).port) };
    const watched = await Watched.begin({
      fixture: 'observed',
      env: { ...env, ...WITHOUT_HANDLES },
    });
    await watched.printed(/^seen /);
    const runs = [watched.last('seen')];
    for (let i = 0; i < 2; i++) {
      await watched.holds();
      await watched.restart(/^seen /);
      runs.push(watched.last('seen'));
    }
    watched.running.kill('SIGTERM');
    await watched.running.exited;
    const plain = await runPlain(watched, env);
    const expected: unknown = JSON.parse(plain.slice('seen '.length));
    for (const run of runs) expect(run).toEqual(expected);
  });

  it('answers what is in flight, ends streams, and hands kept-alive connections over', async () => {
    const watched = await Watched.begin({
      fixture: 'draining',
      files: { 'end.js': 'export function end() {}\nexport const inFlight = { count: 0 };' },
      env: WITHOUT_HANDLES,
      prepare: (app) => linkPackage(app, 'ws'),
    });
    const { port } = watched.app;
    await watched.printed(/^listens 1/);
    const agent = createKeepAliveAgent();
    const before = await send({ port, agent });
    const stream = get({ port, path: '/events?header' });
    const socket = new WebSocket(`ws://localhost:${port}`);
    await once(socket, 'message');
    const isClosed = once(socket, 'close');
    const slow = get({ port, path: '/slow?700' });
    for (const path of ['/slow', '/events']) await watched.printed(new RegExp(`^GET ${path}`));
    const began = performance.now();
    watched.app.write('version.js', toVersion('2'));
    expect(JSON.parse((await slow).text)).toMatchObject({ version: '1' });
    expect((await stream).text).toMatch(/^(data: 1\n\n)+$/);
    await isClosed;
    await watched.printed(/^listens 2/);
    expect(performance.now() - began).toBeLessThan(4000); // the grace is 5 s
    const after = await send({ port, agent });
    expect(JSON.parse(after.text)).toMatchObject({ version: '2' });
    expect(after.localPort).toBe(before.localPort);
    agent.destroy();
  });

  it('resets nobody whose connection is kept alive, and gathers nothing', async () => {
    const watched = await begin();
    const { port } = watched.app;
    const agent = createKeepAliveAgent();
    const traffic = [
      new Traffic(() => send({ port, agent }), { clients: 4, pause: 0 }),
      new Traffic(() => get({ port }), { clients: 2, pause: 2 }),
    ];
    const open = (): number => readdirSync(`/proc/${watched.running.pid}/fd`).length;
    const counts: number[] = [];
    for (const version of ['2', '3', '4', '5', '6']) {
      await restart(watched, version);
      await poll(() => traffic.every(({ answers }) => answers.at(-1)?.text === version));
      if (process.platform === 'linux') counts.push(open());
    }
    for (const one of traffic) {
      await one.stop();
      expect(one.errors).toEqual([]);
    }
    agent.destroy();
    if (process.platform === 'linux') await poll(() => open() < Math.min(...counts) - 2);
  });

  it('lets clients know at once when the app has gone', async () => {
    const watched = await begin();
    const { port } = watched.app;
    const slow = get({ port, path: '/slow' }).catch(({ code }: NodeJS.ErrnoException) => code);
    await watched.printed(/^asked for \/slow/);
    const began = performance.now();
    process.kill(Number(/^listens 1 by (\d+)/m.exec(watched.running.output)?.[1]), 'SIGKILL');
    expect(await slow).toBe('ECONNRESET');
    expect(performance.now() - began).toBeLessThan(2000);
    await restart(watched, '3');
    expect((await get({ port })).text).toBe('3');
  });

  it('leaves alone the workers of a cluster, and does so without holding with --no-hold', async () => {
    const code = `
      import cluster from 'node:cluster';
      import { createServer } from 'node:http';
      import { version } from './version.js';
      if (cluster.isPrimary) {
        cluster.fork();
        cluster.on('listening', () => console.log('listens ' + version));
      } else createServer((_, response) => response.end(version)).listen(process.env.PORT);`;
    const both = [await begin(['server.js'], code), await begin(['--no-hold', 'server.js'])];
    for (const watched of both) {
      const { port } = watched.app;
      if (process.platform === 'linux') expect(copiesOf(port, watched.running.pid)).toBe(0);
      await restart(watched, '2');
      await poll(async () => (await get({ port }).catch(() => undefined))?.text === '2');
    }
  });

  it('is gone when it ends, says that it is there with --verbose alone, and needs no server', async () => {
    const quiet = await begin();
    const verbose = await begin(['--verbose', 'server.js']);
    const words = 'holdover accepts the connections';
    await verbose.running.printed(words);
    await restart(verbose, '2');
    expect(verbose.count(new RegExp(words))).toBe(1);
    expect(quiet.running.output).not.toContain(words);
    const { port } = quiet.app;
    await quiet.holds();
    quiet.running.kill('SIGTERM');
    await quiet.running.exited;
    expect(await connectionError(port)).toBe('ECONNREFUSED');
    const none = await Watched.begin({
      files: { 'server.js': "console.log('done ' + process.pid);" },
      env: WITHOUT_HANDLES,
    });
    await none.printed(/The app has ended; waiting for a change/);
    expect(isAlive(Number(/^done (\d+)/m.exec(none.running.output)?.[1]))).toBe(false);
  });
});

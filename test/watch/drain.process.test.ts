import { once } from 'node:events';
import { setTimeout as delay } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { IS_LONG } from '../support/depth.ts';
import { WebSocket } from 'ws';
import { copiesOf, isAlive } from '../support/children.ts';
import { createKeepAliveAgent, get, send, type Received } from '../support/clients.ts';
import { poll } from '../support/poll.ts';
import { Traffic } from '../support/traffic.ts';
import { Rig } from '../support/rig.ts';

/** The draining app: what it answers names its version and its process. */
async function begin({ words = ['server.js'], end = '' } = {}): Promise<Rig> {
  const rig = await Rig.start({
    needsPort: true,
    fixture: 'draining',
    words,
    files: { 'end.js': end, 'version.js': toVersion('1') },
    packages: ['ws', 'signal-exit'],
  });
  await rig.printed(/^listens 1/);
  await rig.holds();
  return rig;
}

function toVersion(version: string): string {
  return `export const version = '${version}';\n`;
}

function save({ app }: Rig, version: string): void {
  app.write('version.js', toVersion(version));
}

/** Saves a version, and waits until it listens and is held. */
async function restart(rig: Rig, version: string): Promise<void> {
  save(rig, version);
  await rig.printed(new RegExp(`^listens ${version}`));
  await rig.holds();
}

const partsOf = ({ text }: Received) => JSON.parse(text) as { version: string; pid: number };

/** Waits until a request has reached the app. */
async function arrived(rig: Rig, path: string, times = 1): Promise<void> {
  await rig.printed(new RegExp(`^\\S+ ${path}`), times);
}

/** Begins an upload that is in flight until it is ended. */
async function beginUpload(rig: Rig): Promise<{ upload: Promise<Received>; end: () => void }> {
  let end = (): void => {};
  const isOver = new Promise<void>((resolve) => (end = resolve));
  async function* pieces() {
    yield 'x';
    await isOver;
  }
  const { port } = rig;
  const upload = send({ port, path: '/upload', method: 'POST', agent: false }, pieces());
  await arrived(rig, '/upload');
  return { upload, end };
}

describe('what is in flight when a file is saved', () => {
  it('is answered whole by the old code: a slow response, an upload, a download in parts, a busy loop', async () => {
    const rig = await begin({ words: ['--grace', '1m', 'server.js'] });
    const { port } = rig;
    const size = 40;
    async function* pieces() {
      for (let i = 0; i < size; i++) {
        yield 'x'.repeat(10_000);
        await delay(1500 / size);
      }
    }
    const slow = get({ port, path: '/slow?2000' });
    const upload = send({ port, path: '/upload', method: 'POST', agent: false }, pieces());
    const parts = get({ port, path: '/parts' });
    for (const path of ['/slow', '/upload', '/parts']) await arrived(rig, path);
    const before = partsOf(await get({ port, path: '/' }));
    save(rig, '2');
    expect(partsOf(await slow)).toEqual(before);
    expect(partsOf(await upload)).toEqual({ ...before, length: size * 10_000 });
    const { text } = await parts;
    expect(text.split(' ')).toEqual(['1', ...Array.from({ length: 10 }, (_, i) => `${i}`)]);
    await rig.printed(/^listens 2/);
    expect(partsOf(await get({ port })).version).toBe('2');

    // It keeps the app from hearing of the save.
    await rig.holds(port);
    const busy = get({ port, path: '/busy?700' });
    await arrived(rig, '/busy');
    save(rig, '3');
    expect(partsOf(await busy).version).toBe('2');
    await rig.printed(/^listens 3/);
    expect(rig.running.output).not.toContain('was killed');
  });

  it('does not hinder a client that comes meanwhile: it is answered by the new code', async () => {
    const rig = await begin({ words: ['--grace', '1m', 'server.js'] });
    const { port } = rig;
    const { pid } = partsOf(await get({ port }));
    const { upload, end } = await beginUpload(rig);
    save(rig, '2');
    // They come before and after the old code has stopped accepting.
    const meanwhile = new Traffic(() => get({ port }), { clients: 2 });
    await poll(() => process.platform !== 'linux' || copiesOf(port, pid) === 0);
    const next = get({ port });
    end();
    expect(partsOf(await upload).version).toBe('1');
    expect(partsOf(await next).version).toBe('2');
    await meanwhile.stop();
    expect(meanwhile.errors).toEqual([]);
    expect(meanwhile.answers.map((answer) => partsOf(answer).version)).toContain('2');
    await rig.printed(/version\.js {2}(\d+ requests? held · )?[\d,]+ ms/);
  });

  it.runIf(IS_LONG && process.platform !== 'win32')(
    'is answered by an app that a busy machine has kept from running',
    async () => {
      const rig = await begin({ words: ['--grace', '1m', 'server.js'] });
      const { pid } = partsOf(await get({ port: rig.port }));
      const { upload, end } = await beginUpload(rig);
      process.kill(pid, 'SIGSTOP');
      save(rig, '2');
      await delay(2000); // for longer than one that is in a loop is waited for
      process.kill(pid, 'SIGCONT');
      end();
      expect(partsOf(await upload).version).toBe('1');
    },
  );

  it('is cut when the grace is over', async () => {
    const rig = await begin({ words: ['--grace', '500ms', 'server.js'] });
    const { port } = rig;
    const endless = get({ port, path: '/slow?60000' }).then(
      () => 'answered',
      ({ code }: NodeJS.ErrnoException) => code,
    );
    await arrived(rig, '/slow');
    const began = performance.now();
    await restart(rig, '2');
    expect(await endless).toBe('ECONNRESET');
    expect(performance.now() - began).toBeGreaterThan(450);
    expect(partsOf(await get({ port })).version).toBe('2');
  });
});

describe('a request that keeps the app busy for ever', () => {
  it('does not keep the next one waiting, however long the grace is', async () => {
    const rig = await begin({ words: ['--grace', '10m', 'server.js'] });
    const { port } = rig;
    const stuck = get({ port, path: '/loop' }).catch(({ code }: NodeJS.ErrnoException) => code);
    await arrived(rig, '/loop');
    const waiting = get({ port });
    await restart(rig, '2');
    expect(await stuck).toBe('ECONNRESET');
    expect(partsOf(await waiting).version).toBe('2');
    expect(rig.running.output).not.toContain('was killed');
  });
});

describe('a connection that is kept alive', () => {
  it('is used again after the restart, alone and with many others, by the new process', async () => {
    const rig = await begin();
    const { port } = rig;
    const agent = createKeepAliveAgent();
    const ask = (): Promise<Received[]> =>
      Promise.all(Array.from({ length: 30 }, () => send({ port, agent })));
    const portsOf = (answers: Received[]) =>
      answers.map(({ localPort }) => localPort as number).sort((a, b) => a - b);
    const pids = new Set<number>();
    const first = await ask();
    for (const version of ['2', '3', '4']) {
      await restart(rig, version);
      const answers = await ask();
      expect(portsOf(answers)).toEqual(portsOf(first));
      expect(new Set(answers.map((answer) => partsOf(answer).version))).toEqual(new Set([version]));
      for (const answer of answers) pids.add(partsOf(answer).pid);
    }
    expect(pids.size).toBe(3);
    agent.destroy();
  });

  it('takes a request at any moment of a restart', async () => {
    const rig = await begin();
    const { port } = rig;
    const agent = createKeepAliveAgent();
    const ask = () => send({ port, agent });
    const fast = new Traffic(ask, { clients: 4, pause: 0 });
    const slow = new Traffic(() => send({ port, agent, path: '/slow?20' }), { clients: 2 });
    const piped = new Traffic(
      () => send({ port, agent, path: '/upload', method: 'POST' }, ['a', 'b']),
      { clients: 2 },
    );
    for (const version of ['2', '3', '4', '5', '6', '7']) {
      await restart(rig, version);
      await poll(() => fast.answers.some((answer) => partsOf(answer).version === version));
    }
    for (const traffic of [fast, slow, piped]) {
      await traffic.stop();
      expect(traffic.errors).toEqual([]);
      expect(traffic.answers.every(({ status }) => status === 200)).toBe(true);
    }
    expect(new Set(fast.answers.map(({ localPort }) => localPort)).size).toBeLessThan(20);
    agent.destroy();
  });

  it.runIf(IS_LONG)('is not lost by an app that is to end as soon as it listens', async () => {
    const code = (version: string, block: number): string => `
      import { writeSync } from 'node:fs';
      import { createServer } from 'node:http';
      await new Promise((done) => setTimeout(done, 10)); // so that it hears before it is given them
      createServer((_, response) => response.end('${version} ' + process.pid))
        .listen(process.env.PORT);
      writeSync(1, 'listens ${version}\\n');
      for (const until = Date.now() + ${block}; Date.now() < until; );`;
    const rig = await Rig.start({ needsPort: true, files: { 'server.js': code('1', 0) } });
    const { app } = rig;
    await rig.printed(/^listens 1/);
    await rig.holds();
    const agent = createKeepAliveAgent();
    const first = await send({ port: rig.port, agent });
    app.write('server.js', code('2', 120));
    await poll(() => !isAlive(Number(first.text.split(' ')[1])));
    const second = send({ port: rig.port, agent });
    await rig.printed(/^listens 2/);
    app.write('server.js', code('3', 0));
    const { localPort, text } = await second;
    expect(localPort).toBe(first.localPort);
    expect(text).toMatch(/^[23] /);
    await rig.printed(/^listens 3/);
    agent.destroy();
  });
});

describe('a stream', () => {
  it('of server-sent events or of a WebSocket is not waited for, and ends cleanly', async () => {
    const rig = await begin({ words: ['--grace', '10m', 'server.js'] });
    const { port } = rig;
    const open = async (): Promise<WebSocket> => {
      const socket = new WebSocket(`ws://localhost:${port}`);
      socket.on('error', () => {});
      await once(socket, 'message');
      return socket;
    };
    // Their type is set by setHeader, by writeHead, and without chunks.
    const kinds = ['header', 'head', 'plain'];
    const events = kinds.map((kind) =>
      get({ port, path: `/events?${kind}` }).catch((error: Error) => error),
    );
    await arrived(rig, '/events', kinds.length);
    const sockets = [await open(), await open()];
    const closed = sockets.map((socket) => once(socket, 'close'));
    await restart(rig, '2');
    const results = await Promise.all(events);
    await Promise.all(closed);
    for (const [index, result] of results.entries()) {
      expect([kinds[index], result]).toMatchObject([kinds[index], { status: 200 }]);
      expect((result as Received).text).toMatch(/^(data: 1\n\n)+$/);
    }
    const next = await open();
    next.send('hello');
    const [answer] = (await once(next, 'message')) as [Buffer];
    expect(answer.toString()).toBe('2 hello');
    next.terminate();
  });
});

describe('the end of the app in a restart', () => {
  /** As people write it. */
  const GRACEFUL = `
    export function end(server) {
      process.on('exit', (code) => console.log('exit ' + code));
      process.on('beforeExit', () => console.log('beforeExit'));
      process.on('SIGTERM', (signal) => {
        console.log('asked by ' + signal + ' with ' + inFlight.count + ' in flight');
        server.close((error) => console.log('closed ' + error));
      });
    }
    export const inFlight = { count: 0 };`;

  it('is by its own handler, once all is answered, and by itself', async () => {
    const rig = await begin({ end: GRACEFUL });
    const { port } = rig;
    const agent = createKeepAliveAgent();
    await send({ port, agent });
    const slow = get({ port, path: '/slow?600' });
    const stream = get({ port, path: '/events?header' }).catch((error: Error) => error);
    const socket = new WebSocket(`ws://localhost:${port}`);
    await once(socket, 'message');
    await arrived(rig, '/slow');
    await arrived(rig, '/events');
    save(rig, '2');
    expect((await slow).status).toBe(200);
    await rig.printed(/^listens 2/);
    expect(await stream).toMatchObject({ status: 200 });
    const lines = rig.running.output.split('\n').filter((line) => !/^(GET|listens|\d)/.test(line));
    expect(lines.slice(0, 4)).toEqual([
      'asked by SIGTERM with 0 in flight',
      'closed undefined',
      'beforeExit',
      'exit 0',
    ]);
    expect((await send({ port, agent })).status).toBe(200);
    agent.destroy();
  });

  it.runIf(IS_LONG)(
    'is by a package that ends it where nobody else listens to the signal',
    async () => {
      const end = `
      import { onExit } from 'signal-exit';
      export function end() {
        onExit((code, signal) => console.log('ends by ' + code + ' ' + signal));
        setInterval(() => {}, 1000);
      }
      export const inFlight = {};`;
      const rig = await begin({ words: ['--grace', '1m', 'server.js'], end });
      await restart(rig, '2');
      expect(rig.count(/^ends by null SIGTERM/)).toBe(1);
      expect(rig.running.output).not.toContain('was killed');
    },
  );

  it.runIf(IS_LONG)(
    'waits for a handler that takes its time, also while more saves come',
    async () => {
      const end = `
      export function end() {
        process.on('SIGTERM', () => setTimeout(() => { console.log('is over'); process.exit(3); }, 4000));
      }
      export const inFlight = {};`;
      const rig = await begin({ words: ['--grace', '1m', 'server.js'], end });
      const { port } = rig;
      const answers = new Traffic(() => get({ port }), { clients: 2, pause: 20 });
      for (const version of ['2', '3', '4']) {
        save(rig, version);
        await delay(100);
      }
      await rig.printed(/^listens 4/);
      expect(rig.count(/^is over/)).toBe(1);
      expect(rig.count(/^listens/)).toBe(2);
      await poll(() => answers.answers.some((answer) => partsOf(answer).version === '4'));
      await answers.stop();
      expect(answers.errors).toEqual([]);
      expect(rig.running.output).not.toMatch(/exited with|was killed/);
    },
  );

  it.runIf(IS_LONG)(
    'is forced when it ignores the signal, and nobody is refused meanwhile',
    async () => {
      const end = `
      export function end() {
        process.on('SIGTERM', () => console.log('ignored'));
        setInterval(() => {}, 1000);
      }
      export const inFlight = {};`;
      const rig = await begin({ words: ['--grace', '3s', 'server.js'], end });
      const { port } = rig;
      const { pid } = partsOf(await get({ port }));
      const answers = new Traffic(() => get({ port }), { clients: 2, pause: 20 });
      await restart(rig, '2');
      expect(rig.count(/^ignored/)).toBe(1);
      expect(rig.running.output).toContain('did not end within 3,000 ms and was killed');
      expect(isAlive(pid)).toBe(false);
      await poll(() => answers.answers.some((answer) => partsOf(answer).version === '2'));
      await answers.stop();
      expect(answers.errors).toEqual([]);
    },
  );
});

import { spawn, type ChildProcessByStdio } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { readlinkSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import type { Readable, Writable } from 'node:stream';
import { describe, expect, it, onTestFailed, onTestFinished } from 'vitest';
import { isAlive } from '../../src/storage/files/owners.ts';
import { CLI } from '../support/tools.ts';
import { createApp, writeOver, type App } from '../support/app.ts';
import { childrenOf } from '../support/children.ts';
import { poll } from '../support/poll.ts';
import { killGroup } from '../support/running.ts';
import { linkPackage } from '../support/packages.ts';

interface Message {
  id?: number;
  method?: string;
  result?: unknown;
  error?: unknown;
}

/** Returns the message on a line, or undefined. */
function parse(line: string): Message | undefined {
  try {
    const message = JSON.parse(line) as Message & { jsonrpc?: string };
    return message.jsonrpc === '2.0' ? message : undefined;
  } catch {
    return undefined;
  }
}

/** `holdover watch` between pipes, and each byte that comes out of it. */
class Piped {
  readonly process: ChildProcessByStdio<Writable, Readable, Readable>;
  readonly #out: Buffer[] = [];
  errors = '';

  constructor({ folder }: App, entry: string) {
    this.process = spawn(process.execPath, [CLI, 'watch', entry], {
      cwd: folder,
      env: { ...process.env, NO_COLOR: '1' },
      stdio: ['pipe', 'pipe', 'pipe'],
      detached: true,
    });
    this.process.stdout.on('data', (data: Buffer) => this.#out.push(data));
    this.process.stderr.on('data', (data: Buffer) => (this.errors += String(data)));
    onTestFinished(() => killGroup(this.process.pid as number));
    onTestFailed(() => console.log(`${String(this.out.subarray(0, 2000))}\n${this.errors}`));
  }

  get out(): Buffer {
    return Buffer.concat(this.#out);
  }

  type(text: string | Buffer): void {
    this.process.stdin.write(text);
  }

  async ended(): Promise<number | null> {
    if (this.process.exitCode === null) await once(this.process, 'close');
    return this.process.exitCode;
  }
}

/** A client that is written by hand, with all that it has heard. */
class Client extends Piped {
  #count = 0;

  /** Every message among what has come. */
  get all(): Message[] {
    return String(this.out)
      .split('\n')
      .flatMap((line) => parse(line) ?? []);
  }

  /** What has come, all of which is messages. */
  get heard(): Message[] {
    const lines = String(this.out).split('\n');
    expect(lines.pop()).toBe('');
    expect(lines.filter((line) => !parse(line))).toEqual([]);
    return this.all;
  }

  say(message: object): void {
    this.type(`${JSON.stringify({ jsonrpc: '2.0', ...message })}\n`);
  }

  async ask<T>(method: string, params: object = {}): Promise<T> {
    const id = ++this.#count;
    this.say({ id, method, params });
    const isAnswer = (message: Message): boolean => message.id === id && !message.method;
    const isWhole = (): boolean => this.out.at(-1) === 10;
    const find = (): Message | undefined => (isWhole() ? this.all.find(isAnswer) : undefined);
    const { result, error } = await poll(find);
    expect(error).toBeUndefined();
    return result as T;
  }

  async call(name: string): Promise<{ version: string; client: object }> {
    const { content } = await this.ask<{ content: [{ text: string }] }>('tools/call', { name });
    return JSON.parse(content[0].text) as { version: string; client: object };
  }
}

const CLIENT = { name: 'by hand', version: '0' };
const PARAMS = { protocolVersion: '2025-06-18', capabilities: {}, clientInfo: CLIENT };

/** What an app may print where its client reads. */
const NOISE = `
process.stdout.write('no end of a line');
console.log({ text: 'an object' });
setInterval(() => console.log('{"level":30,"msg":"a log"}'), 20).unref();
process.stdin.on('data', (data) => console.error('has had ' + data.length));
`;

async function createServer(): Promise<App> {
  const app = await createApp('mcp-stdio');
  for (const name of ['@modelcontextprotocol', 'zod']) linkPackage(app, name);
  app.write('server.cjs', `${NOISE}\n${app.read('server.cjs')}`);
  return app;
}

/** A server by hand, which says to stderr what it hears, and never answers the call of a tool. */
const BY_HAND = `
import { createInterface } from 'node:readline';
import { capabilities, protocolVersion, run } from './change.js';

for await (const line of createInterface({ input: process.stdin })) {
  const { id, method, params } = JSON.parse(line);
  console.error('run ' + run + ': ' + method + ' ' + (params?.uri ?? params?.level ?? '') + ';');
  if (id === undefined || method === 'tools/call') continue;
  const result = method === 'initialize' ? { capabilities, protocolVersion } : {};
  console.log(JSON.stringify({ jsonrpc: '2.0', id, result }));
}
`;

const hasProc = process.platform === 'linux';

describe('what comes out of holdover watch for a client of MCP', () => {
  it('is nothing but messages, from a CommonJS server that prints, without tsx', async () => {
    const app = await createServer();
    rmSync(join(app.folder, 'node_modules/tsx'));
    const client = new Client(app, 'server.cjs');
    expect(await client.ask('initialize', PARAMS)).toMatchObject({ serverInfo: { name: 'v1' } });
    client.say({ method: 'notifications/initialized' });
    for (const version of ['1', '2', '3']) {
      if (version !== '1')
        writeOver(app, 'change.cjs', `exports.version = '${version}';\nexports.added = ['a'];\n`);
      await poll(async () => (await client.call('version')).version === version);
      expect(await client.call('version')).toEqual({ version, client: CLIENT });
    }
    await poll(() => client.errors.includes('{"level":30,"msg":"a log"}\n'));
    expect(client.errors.match(/prints to stdout, where its client reads/g)).toHaveLength(1);
    client.process.stdin.end();
    expect(await client.ended()).toBe(0);
    const changes = client.heard.filter(({ method }) => method !== undefined);
    expect(new Set(changes.map(({ method }) => method))).toEqual(
      new Set(['notifications/tools/list_changed']),
    );
  });

  it('is what the app prints until a client has spoken, whose first message may come in pieces', async () => {
    const app = await createServer();
    const client = new Client(app, 'server.cjs');
    await poll(() => client.out.includes('a log'));
    const first = JSON.stringify({ jsonrpc: '2.0', id: 0, method: 'initialize', params: PARAMS });
    client.type(first.slice(0, 11));
    await poll(() => client.errors.includes('has had 11\n'));
    client.type(first.slice(11));
    await poll(() => client.errors.includes(`has had ${first.length - 11}\n`));
    client.type('\n'); // it is no Enter
    await poll(() => /^\{.*"id":0\}$/m.test(String(client.out)));
    await client.call('version');
    expect(client.errors).not.toMatch(/Enter|Unexpected|held over/);
  });
});

it('tells each run what its client has said, and the terminal what the server says otherwise', async () => {
  const app = await createApp();
  app.write('package.json', '{ "name": "by-hand", "type": "module" }');
  app.write('server.js', BY_HAND);
  const toChange = (run: number, version: string, capabilities: object): string =>
    [
      `export const run = ${run};`,
      `export const protocolVersion = '${version}';`,
      `export const capabilities = ${JSON.stringify(capabilities)};\n`,
    ].join('\n');
  app.write('change.js', toChange(1, '2025-06-18', { logging: {} }));
  const client = new Client(app, 'server.js');
  await client.ask('initialize', PARAMS);
  client.say({ method: 'notifications/initialized' });
  await client.ask('logging/setLevel', { level: 'debug' });
  for (const uri of ['a:1', 'a:2']) await client.ask('resources/subscribe', { uri });
  await client.ask('resources/unsubscribe', { uri: 'a:1' });
  // The restart does not wait for what the client gives up, and the next run does not get it.
  client.say({ id: 99, method: 'tools/call' });
  client.say({ method: 'notifications/cancelled', params: { requestId: 99 } });
  await poll(() => client.errors.includes('run 1: notifications/cancelled'));
  writeOver(app, 'change.js', toChange(2, '2024-11-05', { tools: { listChanged: true } }));
  await poll(() => client.all.some(({ method }) => method?.endsWith('tools/list_changed')));
  await client.ask('ping');
  expect(client.errors.match(/run 2: [^;]*/g)).toEqual([
    'run 2: initialize ',
    'run 2: notifications/initialized ',
    'run 2: logging/setLevel debug',
    'run 2: resources/subscribe a:2',
    'run 2: ping ',
  ]);
  expect(client.errors).toContain('The server speaks MCP 2024-11-05 now, and its client goes on');
  expect(client.errors).toContain('The server has other capabilities now (tools). ');
  expect(client.heard.filter(({ id }) => id === 99)).toEqual([]);
});

/** It speaks no MCP: it gives back what it gets, and more when it is to end than one pipe can hold. */
const ECHO = `
import { appendFileSync } from 'node:fs';
appendFileSync('runs', process.pid + ' ');
process.stdin.pipe(process.stdout, { end: false });
process.stdout.on('error', ({ code }) => appendFileSync('runs', code + ' '));
process.on('SIGTERM', () => {
  console.error('is to end');
  process.stdout.write(Buffer.alloc(230_000, 'end '), () => process.exit(7));
});
process.on('SIGUSR2', () => process.exit(0));
`;

describe('an app that speaks no MCP between pipes', () => {
  it('prints and reads each byte as it does without holdover, to its end', async () => {
    const app = await createApp();
    app.write('echo.mjs', ECHO);
    const piped = new Piped(app, 'echo.mjs');
    const bytes = Buffer.concat([Buffer.from('{"id":1}\n'), randomBytes(2_000_000)]);
    piped.type(bytes);
    await poll(() => piped.out.length >= bytes.length);
    expect(piped.out.equals(bytes)).toBe(true);
    piped.process.stdout.pause(); // nobody reads for a while, and the kernel does not take all
    piped.process.kill('SIGTERM');
    await poll(() => !isAlive(Number(app.read('runs'))));
    piped.process.stdout.resume();
    expect(await piped.ended()).toBe(7);
    expect(piped.out.subarray(bytes.length).equals(Buffer.alloc(230_000, 'end '))).toBe(true);
    expect(piped.errors).toMatch(/^is to end$/m);
  });

  it('hears that nobody reads, and is restarted', async () => {
    const app = await createApp();
    app.write('echo.mjs', ECHO);
    const piped = new Piped(app, 'echo.mjs');
    piped.type('{"jsonrpc": 1}\n');
    await poll(() => piped.out.length > 0);
    piped.process.stdout.destroy();
    await poll(() => {
      piped.type('more\n');
      return /EPIPE|ECONNRESET/.test(app.read('runs')); // the latter where we have not read all
    });
    writeOver(app, 'echo.mjs', `${ECHO}appendFileSync('runs', 'again ');\n`);
    await poll(() => app.read('runs').includes('again'));
  });

  it.runIf(hasProc)('has the stdout of holdover itself where nobody can speak to it', async () => {
    const app = await createApp();
    app.write('app.mjs', 'setInterval(() => {}, 1000);\n');
    const running = spawn(process.execPath, [CLI, 'watch', 'app.mjs'], {
      cwd: app.folder,
      stdio: ['ignore', 'pipe', 'pipe'],
      detached: true,
    });
    const { pid = 0 } = running;
    onTestFinished(() => killGroup(pid));
    const child = await poll(() => childrenOf(pid)[0]);
    for (const descriptor of [1, 2]) {
      const [own, ofApp] = [pid, child].map((each) =>
        readlinkSync(`/proc/${each}/fd/${descriptor}`),
      );
      expect(ofApp).toBe(own);
    }
  });
});

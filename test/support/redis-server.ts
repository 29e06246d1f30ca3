import { execFileSync, spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe } from 'vitest';
import { currentLifetime } from './lifetime.ts';
import { findFreePort } from './app.ts';
import { poll } from './poll.ts';
import { removeFolder } from './temp-folder.ts';

/** Whether a Redis can be started here. Where it has to be, that is a failure and no reason to skip. */
export const HAS_REDIS = hasRedis();

/** Tests that need a redis-server: without one they say that they were skipped, and why. */
export const describeWithRedis = HAS_REDIS ? describe : skip;

function skip(name: string, _tests?: unknown): void {
  describe.skip(`${name} (skipped: there is no redis-server on the PATH)`, () => {});
}

function hasRedis(): boolean {
  try {
    execFileSync('redis-server', ['--version'], { stdio: 'ignore' });
    return true;
  } catch {
    if (process.env.CI) throw new Error('There is no redis-server on the PATH, and CI needs one.');
    return false;
  }
}

/** How a redis-server is started. */
interface ServerOptions {
  /** As on its command line, without the dashes: `{ maxmemory: '5mb' }`. */
  settings?: Record<string, string>;
  port?: number;
  folder?: string;
  /** Speaks TLS on its port, with the files in this folder. */
  certificates?: string;
  isSentinel?: boolean;
}

/** A redis-server of a test's own, on a free port, with a folder of its own. */
export class RedisServer {
  readonly port: number;
  readonly folder: string;
  readonly url: string;
  readonly #options: ServerOptions;
  #process: ChildProcess | undefined;

  /** Starts one that ends with the test. */
  static async start(options: ServerOptions = {}): Promise<RedisServer> {
    const server = await RedisServer.prepare(options);
    currentLifetime().atEnd(() => server.close());
    await server.begin();
    return server;
  }

  /** One that is not started yet; whoever has it must close it. */
  static async prepare(options: ServerOptions = {}): Promise<RedisServer> {
    const port = options.port ?? (await findFreePort());
    const folder = options.folder ?? mkdtempSync(join(tmpdir(), 'holdover-redis-'));
    return new RedisServer(options, port, folder);
  }

  private constructor(options: ServerOptions, port: number, folder: string) {
    this.#options = options;
    this.port = port;
    this.folder = folder;
    this.url = `redis${options.certificates ? 's' : ''}://127.0.0.1:${port}`;
    mkdirSync(folder, { recursive: true });
  }

  get pid(): number {
    return this.#process?.pid as number;
  }

  /** Starts it, with what it has on disk, and waits until it listens. */
  async begin(): Promise<void> {
    const { settings = {}, certificates, isSentinel = false } = this.#options;
    const ports = certificates ? toTls(this.port, certificates) : { port: String(this.port) };
    const words = { bind: '127.0.0.1', dir: this.folder, ...ports, save: '', ...settings };
    const flags = Object.entries(words).flatMap(([name, value]) => [
      `--${name}`,
      ...toWords(name, value),
    ]);
    const config = isSentinel ? [join(this.folder, 'sentinel.conf')] : [];
    const child = spawn('redis-server', [...config, ...(isSentinel ? ['--sentinel'] : flags)], {
      stdio: 'ignore',
    });
    this.#process = child;
    child.on('error', () => {}); // the polling below says it
    await poll(() => {
      if (child.exitCode !== null) throw new Error(`redis-server ended with ${child.exitCode}`);
      return canConnect(this.port);
    });
  }

  /** Ends it as a crash would. What it has written to its append-only file stays. */
  async kill(): Promise<void> {
    const child = this.#process;
    if (!child || child.exitCode !== null || child.signalCode !== null) return;
    const exited = once(child, 'exit');
    child.kill('SIGKILL');
    await exited;
  }

  signal(name: NodeJS.Signals): void {
    this.#process?.kill(name);
  }

  async close(): Promise<void> {
    await this.kill();
    removeFolder(this.folder);
  }

  /** Runs one command with redis-cli, and gives what it prints. */
  cli(...words: string[]): string {
    const { certificates } = this.#options;
    const tls = certificates
      ? ['--tls', '--cacert', join(certificates, 'ca.pem')].concat(
          ['--cert', join(certificates, 'client.pem')],
          ['--key', join(certificates, 'client-key.pem')],
        )
      : [];
    const args = ['-p', String(this.port), ...tls, '--no-auth-warning', ...words];
    return execFileSync('redis-cli', args, { encoding: 'utf8' }).trim();
  }
}

function toTls(port: number, folder: string): Record<string, string> {
  return {
    port: '0',
    'tls-port': String(port),
    'tls-cert-file': join(folder, 'cert.pem'),
    'tls-key-file': join(folder, 'key.pem'),
    'tls-ca-cert-file': join(folder, 'ca.pem'),
  };
}

/** Some settings are of several words; an empty one is given as it is. */
function toWords(name: string, value: string): string[] {
  return name === 'save' || value === '' ? [value] : value.split(' ');
}

function canConnect(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1');
    const end = (isOpen: boolean): void => {
      socket.destroy();
      resolve(isOpen);
    };
    socket.on('connect', () => end(true)).on('error', () => end(false));
  });
}

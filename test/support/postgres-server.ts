import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { findFreePort } from './app.ts';
import { poll } from './poll.ts';

const { resolve } = createRequire(import.meta.url);
const SERVER = join(dirname(resolve('@electric-sql/pglite-socket')), 'scripts', 'server.js');

/** It makes its database first, which takes 4 s of a processor that has nothing else to do, in milliseconds. */
const PATIENCE = 150_000;

/**
 * A Postgres of a test's own, in memory and on a free port: PGlite, which npm installs, in a process of
 * its own that outlives whatever uses it.
 */
export class PostgresServer {
  readonly url: string;
  readonly #process: ChildProcess;

  /** Starts one; whoever has it must close it. */
  static async begin(): Promise<PostgresServer> {
    const port = await findFreePort();
    const words = [SERVER, '--port', String(port), '--max-connections', '50'];
    const child = spawn(process.execPath, words, { stdio: ['ignore', 'pipe', 'inherit'] });
    const server = new PostgresServer(child, port);
    let output = '';
    child.stdout.setEncoding('utf8').on('data', (text: string) => (output += text));
    const isListening = (): boolean => {
      if (child.exitCode !== null) throw new Error(`Postgres has ended, and said:\n${output}`);
      return output.includes('listening');
    };
    try {
      await poll(isListening, { within: PATIENCE });
    } catch (error) {
      await server.close();
      throw error;
    }
    return server;
  }

  private constructor(child: ChildProcess, port: number) {
    this.#process = child;
    this.url = `postgresql://postgres:postgres@127.0.0.1:${port}/postgres`;
  }

  /** Ends it as a crash would. */
  async close(): Promise<void> {
    const child = this.#process;
    if (child.exitCode !== null || child.signalCode !== null) return;
    const exited = once(child, 'exit');
    child.kill('SIGKILL');
    await exited;
  }
}

import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { findFreePort } from './app.ts';
import { poll } from './poll.ts';

const { resolve } = createRequire(import.meta.url);
const SERVER = join(dirname(resolve('@electric-sql/pglite-socket')), 'scripts', 'server.js');

/** A Postgres of a test's own in a process of its own, in memory and on a free port. */
export class PostgresServer {
  readonly url: string;
  readonly #process: ChildProcess;

  /** Starts one; whoever has it must close it. */
  static async begin(): Promise<PostgresServer> {
    const port = await findFreePort();
    const words = ['--port', String(port), '--max-connections', '50'];
    const child = spawn(process.execPath, [SERVER, ...words], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    let output = '';
    child.stdout.setEncoding('utf8').on('data', (text: string) => (output += text));
    await poll(() => {
      if (child.exitCode !== null) throw new Error(`The Postgres of the test has ended: ${output}`);
      return output.includes('listening');
    });
    return new PostgresServer(child, port);
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

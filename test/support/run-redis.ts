import { spawn, type ChildProcess } from 'node:child_process';
import { randomInt } from 'node:crypto';
import { tmpdir } from 'node:os';
import type { TestProject } from 'vitest/node';

declare module 'vitest' {
  interface ProvidedContext {
    /** The URL of the Redis of this run; empty if there is no redis-server. */
    redisUrl: string;
  }
}

/** Each test that asks for a database gets one of its own. */
const DATABASES = 5_000;

/** Starts one Redis for all tests of the run. `openRedisDatabase()` gives a test a database of it. */
export default async function setup(project: TestProject): Promise<() => void> {
  for (;;) {
    // Below the ports that systems give away. A server whose port is taken ends, and another one is tried.
    const port = 2_000 + randomInt(8_000);
    const words = `--port ${port} --bind 127.0.0.1 --databases ${DATABASES} --dir ${tmpdir()}`;
    const server = spawn('redis-server', [...words.split(' '), '--save', '']);
    const state = await toState(server);
    if (state === 'ended') continue;
    project.provide('redisUrl', state === 'ready' ? `redis://127.0.0.1:${port}` : '');
    return () => void server.kill('SIGKILL');
  }
}

function toState(server: ChildProcess): Promise<'ready' | 'ended' | 'missing'> {
  return new Promise((resolve) => {
    server.once('error', () => resolve('missing')); // there is no redis-server on the PATH
    server.once('exit', () => resolve('ended'));
    server.stdout?.setEncoding('utf8').on('data', (text: string) => {
      if (text.includes('Ready to accept connections')) resolve('ready');
    });
  });
}

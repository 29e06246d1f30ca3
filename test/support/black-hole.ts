import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { currentLifetime } from './lifetime.ts';
import { start } from './running.ts';

/** Listens, and says where. */
const LISTENER = `
  const server = require('node:net').createServer().listen(0, '127.0.0.1', 1, () => {
    console.log('port ' + server.address().port);
  });`;

/** More than wait for a listener that takes one. */
const MOST_WAITING = 10;

/**
 * The port of a server that swallows packets, until the test is over: it is stopped and its queue is full, so
 * that whoever connects hears nothing.
 */
export async function openBlackHole(): Promise<number> {
  const listener = start(process.execPath, ['-e', LISTENER], { cwd: process.cwd() });
  await listener.printed(/port \d+\n/);
  listener.kill('SIGSTOP');
  const port = Number(/port (\d+)/.exec(listener.output)?.[1]);
  const waiting: Socket[] = [];
  currentLifetime().atEnd(() => {
    for (const socket of waiting) socket.destroy();
    listener.kill('SIGKILL');
  });
  while (waiting.length < MOST_WAITING) {
    const socket = connect(port, '127.0.0.1').on('error', () => {});
    waiting.push(socket);
    const isHeard = once(socket, 'connect').then(() => true);
    const isOver = new Promise<false>((resolve) => setTimeout(resolve, 500, false));
    if (!(await Promise.race([isHeard, isOver]))) return port;
  }
  throw new Error('The queue of the listener is never full.');
}

// An app that ends in the way that is named, with or without something that is to be done before.
import { writeSync } from 'node:fs';

const [, , way, isHeard] = process.argv;
const print = (line) => writeSync(1, `${line}\n`);
let handled = 0;

process.setMaxListeners(100);
if (isHeard) {
  const { onEnd } = await import('../../results/modules/ends/ends.js');
  onEnd(() => print('not any more'))();
  // Some of many are called before the app's own listener, and some after it, as the system orders them.
  for (let count = 0; count < 20; count++) onEnd(() => {});
  onEnd(() => {
    print('flushed');
    if (way === 'flush throws') throw new Error('in the flush');
  });
}

const signals = ['SIGTERM', 'SIGINT', 'SIGHUP', 'SIGWINCH'];
print(
  JSON.stringify(signals.map((name) => [process.listenerCount(name), process.listeners(name)])),
);
print(process.eventNames().filter((name) => String(name).startsWith('SIG')).length);

const serve = () => setInterval(() => {}, 1000);
const raise = (signal = 'SIGTERM') => setImmediate(() => process.kill(process.pid, signal));
const handle = (signal, handler) => {
  process.on(signal, () => {
    print(`app: ${signal} ${++handled} ${process.listenerCount(signal)}`);
    handler?.();
  });
};

const ways = {
  SIGTERM: () => raise('SIGTERM'),
  SIGINT: () => raise('SIGINT'),
  SIGHUP: () => raise('SIGHUP'),
  'flush throws': () => raise(),
  'a handler that exits later'() {
    handle('SIGTERM', () => setTimeout(() => process.exit(7), 20));
    raise();
  },
  'a handler that exits at once'() {
    handle('SIGINT', () => process.exit(0));
    raise('SIGINT');
  },
  'a handler that is asked twice'() {
    handle('SIGINT', () => (handled === 1 ? raise('SIGINT') : process.exit(5)));
    raise('SIGINT');
  },
  'a handler for once'() {
    process.once('SIGTERM', () => setTimeout(() => process.exit(6), 20));
    raise();
  },
  'a handler that raises again'() {
    process.once('SIGTERM', () => raise());
    raise();
  },
  'a handler that raises again at once'() {
    const handler = () => {
      process.off('SIGINT', handler);
      process.kill(process.pid, 'SIGINT');
    };
    process.on('SIGINT', handler);
    raise('SIGINT');
  },
  'a handler that goes before'() {
    const handler = () => {};
    process.on('SIGTERM', handler);
    setTimeout(() => {
      process.off('SIGTERM', handler);
      process.kill(process.pid, 'SIGTERM');
    }, 1);
  },
  'a handler that is removed'() {
    handle('SIGTERM');
    process.removeAllListeners('SIGTERM');
    raise();
  },
  'a handler that hangs'() {
    handle('SIGTERM', () => setImmediate(() => process.kill(process.pid, 'SIGKILL')));
    raise();
  },
  'its own exit'() {
    process.on('exit', (code) => print(`app: exit ${code}`));
    process.exit(3);
  },
  'an exit code': () => (process.exitCode = 4),
  'a throw'() {
    setImmediate(() => {
      throw new Error('of the app');
    });
  },
  'a rejection': () => setImmediate(() => void Promise.reject(new Error('of the app'))),
};

if (way !== 'an exit code') serve();
ways[way]();

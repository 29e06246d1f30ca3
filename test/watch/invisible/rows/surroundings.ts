import type { Rows } from '../project.ts';

/** What a package captures at load was true in this run, at that time. */
export const surroundings: Rows = {
  'the time at load': {
    code: `import clock from 'clock'; import { saved } from '../saved.js';
export default [
  clock.now >= saved.at && clock.now <= Date.now(),
  clock.date >= saved.at && clock.date <= Date.now(),
  clock.exotic >= saved.at,
  performance.now() - clock.mark <= Date.now() - saved.at + 5,
];`,
    files: {
      'node_modules/clock/index.js': `exports.now = Date.now(); exports.date = new Date().getTime();
exports.exotic = new Date(0).constructor.now(); exports.mark = performance.now();`,
    },
  },
  'the environment, read, listed, copied and asked': {
    code: `import '../early/read-me.js'; import reader from 'reads-environment'; export default reader;`,
    files: {
      'early/read-me.js': `process.env.READ_ME = 'set by the app'; export default 1;`,
      'node_modules/reads-environment/index.js': `const { env } = process;
exports.read = process.env.READ_ME; exports.copied = { ...env }.READ_ME; exports.has = 'READ_ME' in env;
exports.listed = Object.keys(env).filter((name) => name.startsWith('READ_'));
exports.none = process.env.NOBODY_HAS_SET_THIS;`,
    },
  },
  'the environment, set by a package': {
    code: `import 'sets-environment'; import { seen } from 'sees-environment'; export default seen;`,
    files: {
      'node_modules/sets-environment/index.js': `process.env.SET_BY_PACKAGE = 'yes'; delete process.env.READ_ME;`,
      'node_modules/sees-environment/index.js': `exports.seen = [process.env.SET_BY_PACKAGE, process.env.READ_ME];`,
    },
  },
  'dotenv before a package': {
    code: `import 'dotenv/config'; import { url } from 'reads-dotenv'; export default url;`,
    packages: ['dotenv'],
    files: {
      '.env': 'DATABASE_URL=postgres://from-dotenv\n',
      'node_modules/reads-dotenv/index.js': `exports.url = process.env.DATABASE_URL;`,
    },
  },
  'a variable that differs at each start': {
    code: `import { boot } from '../early/boot.js'; import pkg from 'reads-boot'; import { saved } from '../saved.js';
export default [pkg.boot === boot, Number(pkg.boot) >= saved.at];`,
    files: {
      'early/boot.js': `process.env.BOOT = String(Date.now()); export const boot = process.env.BOOT;`,
      'node_modules/reads-boot/index.js': `exports.boot = process.env.BOOT;`,
    },
  },
  'the time zone and the locale': {
    code: `import '../early/zone.js'; import zone from 'reads-zone'; export default zone;`,
    files: {
      'early/zone.js': `process.env.TZ = 'Asia/Kathmandu'; export default 1;`,
      'node_modules/reads-zone/index.js': `exports.hours = new Date(0).getHours(); exports.text = String(new Date(0));
exports.options = new Intl.DateTimeFormat().resolvedOptions(); exports.number = (1234.5).toLocaleString();`,
    },
  },
  'the command line, the title and the folder': {
    code: `import asked from 'asks-process'; export default [asked, process.argv, process.title, process.cwd()];`,
    files: {
      'node_modules/asks-process/index.js': `const { argv, argv0, title, execPath, platform, features, release } = process;
module.exports = { argv: [...argv], argv0, title, execPath, platform, features, release, cwd: process.cwd(),
  isTTY: process.stdout.isTTY, columns: process.stdout.columns, umask: process.umask() };`,
    },
  },
  'the names in the environment': {
    code: `import { names } from 'lists-environment';
export default [names, Object.keys(process.env).sort()];`,
    files: {
      'node_modules/lists-environment/index.js': `exports.names = Object.keys(process.env).sort();`,
    },
  },
  'what globalThis has': {
    // The copies of holdover in a process find each other by symbols.
    code: `const keys = () => Reflect.ownKeys(globalThis).filter((key) => !String(key).startsWith('Symbol(holdover.'));
export default () => keys().map((key) => {
  const { get, writable, enumerable } = Object.getOwnPropertyDescriptor(globalThis, key);
  return [String(key), typeof get, writable, enumerable].join(' ');
}).sort();`,
  },
  'who listens to the process': {
    // Not 'disconnect' and 'uncaughtExceptionMonitor': holdover has listeners of its own there.
    code: `import 'listens';
const names = ['exit', 'beforeExit', 'SIGTERM', 'SIGINT', 'SIGHUP', 'SIGUSR1', 'SIGUSR2', 'SIGWINCH', 'message',
  'uncaughtException', 'unhandledRejection', 'rejectionHandled', 'warning', 'worker'];
const count = (emitter, events) => events.map((name) => name + ' ' + emitter.listenerCount(name));
export default () => [
  count(process, names), count(process.stdout, ['drain', 'resize']),
  count(process.stderr, ['drain', 'resize']),
];`,
    files: {
      'node_modules/listens/index.js': `process.on('SIGUSR2', () => {}); process.once('exit', () => {});
process.stdout.on('drain', () => {});`,
    },
  },
};

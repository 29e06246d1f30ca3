import type { CAC, Command } from 'cac';

/** How `parseArgs` reads a flag. */
export interface Syntax {
  type: 'string' | 'boolean';
  short?: string;
}

/** The meaning of a flag of tsx watch, node --watch, nodemon or ts-node-dev. */
export type Meaning =
  /** The same as this flag of holdover. */
  | { as: string }
  /** A setting of nodemon, which is read like those of nodemon.json. */
  | { nodemon: 'watch' | 'ignore' | 'ext' | 'exec' | 'config' }
  /** Already so without the flag. */
  | 'no effect'
  /** Refused, with a sentence that says what to do. */
  | { instead: string };

const TEXT = { type: 'string' } as const;
const SWITCH = { type: 'boolean' } as const;

/** holdover's own flags. */
export const OWN_FLAGS: Readonly<Record<string, Syntax>> = {
  include: TEXT,
  exclude: TEXT,
  grace: TEXT,
  tsconfig: TEXT,
  'no-cache': SWITCH,
  keep: TEXT,
  redis: SWITCH,
  'no-hold': SWITCH,
  'no-standby': SWITCH,
  ui: SWITCH,
  verbose: { type: 'boolean', short: 'V' },
  'clear-screen': SWITCH,
  'no-clear-screen': SWITCH,
  help: { type: 'boolean', short: 'h' },
  version: { type: 'boolean', short: 'v' },
};

const POLL = { instead: 'Set CHOKIDAR_USEPOLLING=1 in the environment instead.' };
const SIGTERM = { instead: 'Leave it out: the app is asked to end by SIGTERM.' };
const PACKAGES = { instead: 'Leave it out, and press Enter after a change in a package.' };

/** The flags of other restarters that people type, and those for which an alternative is known. */
export const OTHER_FLAGS: Readonly<Record<string, Syntax & { means: Meaning }>> = {
  ignore: { ...TEXT, short: 'i', means: { nodemon: 'ignore' } },
  watch: { ...SWITCH, means: { instead: 'Leave it out, or write --include <path>.' } },
  w: { ...TEXT, short: 'w', means: { nodemon: 'watch' } },
  'watch-path': { ...TEXT, means: { as: 'include' } },
  'watch-preserve-output': { ...SWITCH, means: 'no effect' },
  'watch-kill-signal': { ...TEXT, means: SIGTERM },
  ext: { ...TEXT, short: 'e', means: { nodemon: 'ext' } },
  exec: { ...TEXT, short: 'x', means: { nodemon: 'exec' } },
  config: { ...TEXT, means: { nodemon: 'config' } },
  delay: { ...TEXT, short: 'd', means: 'no effect' },
  signal: { ...TEXT, short: 's', means: SIGTERM },
  quiet: { ...SWITCH, short: 'q', means: 'no effect' },
  respawn: { ...SWITCH, means: 'no effect' },
  'transpile-only': { ...SWITCH, short: 'T', means: 'no effect' },
  files: { ...SWITCH, means: 'no effect' },
  project: { ...TEXT, short: 'P', means: { as: 'tsconfig' } },
  'ignore-watch': { ...TEXT, means: { nodemon: 'ignore' } },
  clear: { ...SWITCH, means: { as: 'clear-screen' } },
  cls: { ...SWITCH, means: { as: 'clear-screen' } },
  rs: { ...SWITCH, means: 'no effect' },
  notify: { ...SWITCH, means: 'no effect' },
  'no-notify': { ...SWITCH, means: 'no effect' },
  'exit-child': { ...SWITCH, means: 'no effect' },
  'tree-kill': { ...SWITCH, means: 'no effect' },
  'legacy-watch': { ...SWITCH, short: 'L', means: POLL },
  poll: { ...SWITCH, means: POLL },
  'polling-interval': { ...TEXT, means: POLL },
  cwd: { ...TEXT, means: { instead: 'Go to that folder first.' } },
  exitcrash: {
    ...SWITCH,
    means: { instead: 'Leave it out: after a crash the next save starts the app.' },
  },
  'on-change-only': {
    ...SWITCH,
    means: { instead: 'Leave it out: the app is started at once.' },
  },
  'type-check': {
    ...SWITCH,
    means: { instead: 'Leave it out, and run `tsc --noEmit --watch` beside it.' },
  },
  'all-deps': { ...SWITCH, means: PACKAGES },
  deps: { ...SWITCH, means: PACKAGES },
  'compiler-options': {
    ...TEXT,
    short: 'O',
    means: { instead: 'Write it into a tsconfig, and name that with --tsconfig.' },
  },
};

/** The flags of Node that take the next word as their value. All others are written `--flag=value`. */
export const NODE_FLAGS: Readonly<Record<string, Syntax>> = {
  conditions: { ...TEXT, short: 'C' },
  require: { ...TEXT, short: 'r' },
  ...Object.fromEntries(
    [
      'diagnostic-dir',
      'disable-warning',
      'dns-result-order',
      'env-file',
      'env-file-if-exists',
      'experimental-loader',
      'icu-data-dir',
      'import',
      'input-type',
      'inspect-port',
      'loader',
      'max-http-header-size',
      'openssl-config',
      'redirect-warnings',
      'stack-trace-limit',
      'title',
      'tls-cipher-list',
      'tls-keylog',
      'trace-event-categories',
      'unhandled-rejections',
    ].map((name) => [name, TEXT]),
  ),
};

/** The values of the flags of holdover, as cac reads them. */
export interface Flags {
  include?: string | string[];
  exclude?: string | string[];
  grace: string;
  tsconfig?: string;
  cache: boolean;
  keep?: string | string[];
  redis?: boolean;
  hold: boolean;
  standby: boolean;
  ui?: boolean;
  verbose?: boolean;
  clearScreen?: boolean;
}

/** Adds the command and its flags to the command line. */
export function addFlags(cli: CAC): Command {
  return cli
    .command(
      'watch [...words]',
      'Run a server, restart it when its files change, keep its sessions',
    )
    .usage('watch [flags] [node flags] [entry] [args of the app]')
    .option('--include <glob>', 'Restart for these files too (repeatable)')
    .option('--exclude <glob>', 'Never restart for these files (repeatable)')
    .option('--grace <time>', 'How long the app may take for its own end', { default: '5s' })
    .option('--tsconfig <file>', 'The configuration that tsx reads')
    .option('--no-cache', 'Have tsx compile every file anew')
    .option('--keep <file>', 'Keep what this file has in memory (repeatable, development only)')
    .option('--redis', 'Keep sessions in Redis, at REDIS_URL')
    .option('--no-hold', 'Refuse connections while the app restarts')
    .option('--no-standby', 'Start the next process only when it is needed')
    .option('--ui', 'Serve a page that shows sessions, restarts and logouts')
    .option('--verbose', 'Say where the time of a restart went')
    .option('--clear-screen', 'Clear the screen at each restart')
    .example('holdover watch src/server.ts')
    .example('holdover watch --include "views/**" --inspect src/server.ts --port 4000');
}

/** The section of the help about the keyboard. */
export const KEYS = {
  title: 'Keys, where the app does not read the terminal',
  body: `  Enter      Restart
  f + Enter  Forget what is kept of the memory of the app, and restart`,
};

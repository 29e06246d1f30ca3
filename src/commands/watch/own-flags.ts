import type { CAC, Command } from 'cac';

/** holdover's own flags, and whether they take a value. */
export const OWN_FLAGS: ReadonlyMap<string, boolean> = new Map([
  ['--include', true],
  ['--exclude', true],
  ['--grace', true],
  ['--tsconfig', true],
  ['--no-cache', false],
  ['--keep', true],
  ['--redis', false],
  ['--no-hold', false],
  ['--no-standby', false],
  ['--ui', false],
  ['--verbose', false],
  ['--clear-screen', false],
  ['--no-clear-screen', false],
  ['--help', false],
  ['-h', false],
  ['--version', false],
  ['-v', false],
]);

/** What cac makes of them. */
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

/** What is pressed in the terminal, for the help. */
export const KEYS = {
  title: 'Keys, where the app does not read the terminal',
  body: `  Enter      Restart
  f + Enter  Forget what is kept of the memory of the app, and restart`,
};

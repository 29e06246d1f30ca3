import { existsSync, realpathSync, statSync } from 'node:fs';
import { resolve } from 'node:path';
import type { CAC } from 'cac';
import ms from 'ms';
import { resolveLeftAlone, resolveOptions } from '../../options.ts';
import { findProjectRoot } from '../../options/project.ts';
import { chooseRedis } from '../../options/supervision.ts';
import { checkWritable } from '../../storage/files/writable.ts';
import { splitCommandLine } from './command-line.ts';
import { Report } from '../../watch/report/report.ts';
import { Supervisor, type WatchOptions } from '../../watch/supervisor.ts';

/** holdover's own flags, and whether they take a value. */
const FLAGS = new Map([
  ['--include', true],
  ['--exclude', true],
  ['--grace', true],
  ['--redis', false],
  ['--no-hold', false],
  ['--no-standby', false],
  ['--verbose', false],
  ['--clear-screen', false],
  ['--no-clear-screen', false],
  ['--help', false],
  ['-h', false],
]);

/** Node's timers count no further, in milliseconds; more would be none at all. */
const LONGEST_TIMER = 2 ** 31 - 1;

interface Flags {
  include?: string | string[];
  exclude?: string | string[];
  grace: string;
  redis?: boolean;
  hold: boolean;
  standby: boolean;
  verbose?: boolean;
  clearScreen?: boolean;
}

/**
 * Adds `holdover watch` to the command line.
 *
 * @param words after `watch`, as they were typed: cac has read some of them only
 */
export function addWatchCommand(cli: CAC, words: string[]): void {
  cli
    .command(
      'watch [...words]',
      'Run a server, restart it when its files change, keep its sessions',
    )
    .usage('watch [flags] [node flags] <entry> [args of the app]')
    .option('--include <glob>', 'Restart for these files too (repeatable)')
    .option('--exclude <glob>', 'Never restart for these files (repeatable)')
    .option('--grace <time>', 'How long the app may take for its own end', { default: '5s' })
    .option('--redis', 'Keep sessions in Redis, at REDIS_URL')
    .option('--no-hold', 'Refuse connections while the app restarts')
    .option('--no-standby', 'Start the next process only when it is needed')
    .option('--verbose', 'Say where the time of a restart went')
    .option('--clear-screen', 'Clear the screen at each restart')
    .example('holdover watch src/server.ts')
    .example('holdover watch --include "views/**" --inspect src/server.ts --port 4000')
    .action((_: string[], flags: Flags) => watch(words, flags));
}

/**
 * The words after `holdover watch` that cac may read: flags of Node and of the app are not for it.
 */
export function toOwnWords(words: string[]): string[] {
  return splitCommandLine(words, FLAGS).own;
}

/**
 * Runs `holdover watch` until it is ended.
 *
 * @throws Error, in one sentence, when there is nothing to run or sessions cannot be kept
 */
function watch(words: string[], flags: Flags): void {
  const options = resolveWatchOptions(words, flags);
  const supervisor = new Supervisor(options, new Report(options.verbose));
  supervisor.start();
  endOnSignals(supervisor);
  readInput(supervisor);
}

function resolveWatchOptions(words: string[], flags: Flags): WatchOptions {
  const { entry, args, nodeFlags } = splitCommandLine(words, FLAGS);
  if (entry === undefined) {
    throw new Error(
      'There is no file to run. Name the entry of your server: holdover watch src/server.ts',
    );
  }
  if (!existsSync(entry) || !statSync(entry).isFile()) {
    throw new Error(`There is no file ${entry}. Name the entry of your server.`);
  }
  const path = realpathSync(entry); // as Node will name it
  const root = findProjectRoot(path);
  if (flags.redis) chooseRedis();
  const circumstances = { entry: path, onFault: () => {} }; // the app says it
  const { type, directory } = resolveOptions({}, circumstances);
  const isAdopted = resolveLeftAlone(circumstances) === undefined;
  if (isAdopted && type === 'filesystem') checkWritable(directory);
  return {
    entry: path,
    args,
    nodeFlags,
    root,
    include: toList(flags.include),
    exclude: toList(flags.exclude),
    ignore: [directory, resolve(root, '.holdover')],
    grace: toMilliseconds(flags.grace),
    clearScreen: flags.clearScreen ?? false,
    hold: flags.hold,
    standby: flags.standby,
    verbose: flags.verbose ?? false,
    files: toEnvironmentFiles(nodeFlags),
  };
}

/** cac makes a number of what looks like one. */
function toList(value: string | string[] | undefined): string[] {
  return value === undefined ? [] : [value].flat().map(String);
}

/** The files of Node's --env-file, as `--env-file=a` or `--env-file a`. */
function toEnvironmentFiles(nodeFlags: string[]): string[] {
  return nodeFlags.flatMap((flag, index) => {
    const [, attached] = /^--env-file(?:-if-exists)?(?:=(.*))?$/.exec(flag) ?? [undefined, null];
    if (attached === null) return [];
    return [resolve(attached ?? nodeFlags[index + 1] ?? '')];
  });
}

function toMilliseconds(grace: string): number {
  const milliseconds = /^\d+$/.test(grace) ? Number(grace) : ms(grace as ms.StringValue);
  if (milliseconds === undefined || !Number.isFinite(milliseconds) || milliseconds < 0) {
    throw new Error(
      `--grace ${grace} is not a time. Write it as 5s, 500ms or a number of milliseconds.`,
    );
  }
  return Math.min(milliseconds, LONGEST_TIMER);
}

/** Ctrl-C and its like: once ends, twice kills. */
function endOnSignals(supervisor: Supervisor): void {
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
    process.on(signal, () => {
      // A terminal sends Ctrl-C to the app as well; a second one could mean "at once" to it.
      const isSignalled = signal === 'SIGINT' && process.stdin.isTTY;
      void supervisor.end(signal, isSignalled).then((code) => process.exit(code));
    });
  }
}

/**
 * Enter restarts. A terminal is the app's as well, which reads it by itself; what comes from a pipe or
 * a file is passed on, all but a lone Enter.
 */
function readInput(supervisor: Supervisor): void {
  const { stdin } = process;
  stdin.on('data', (input: Buffer) => {
    const isEnter = /^\r?\n$/.test(input.toString());
    if (isEnter) void supervisor.restart({ paths: [], reason: 'Enter', since: Date.now() });
    else if (!stdin.isTTY) supervisor.input.write(input);
  });
  stdin.on('end', () => supervisor.input.end());
  stdin.on('error', () => supervisor.input.end()); // nothing to read from
}

import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { isatty } from 'node:tty';
import ms from 'ms';
import { resolveLeftAlone, resolveOptions } from '../../options.ts';
import {
  addVariables,
  chooseKeep,
  chooseNoCache,
  chooseRedis,
  chooseTsconfig,
} from '../../options/environment.ts';
import { toKeep } from '../../options/keep.ts';
import { findProjectRoot, toDisplay } from '../../options/project.ts';
import { checkWritable } from '../../storage/files/writable.ts';
import { Report } from '../../watch/report.ts';
import { Supervisor, type WatchOptions } from '../../watch/supervisor.ts';
import { adviseOnDecorators, checkRequireHooks } from './compilers.ts';
import { findEntry, findUsualEntry } from './entry.ts';
import type { Flags } from './flags.ts';
import type { Settings } from './settings.ts';
import { WatchUi } from './watch-ui.ts';

/** Node's timers count no further, in milliseconds; more would be none at all. */
const LONGEST_TIMER = 2 ** 31 - 1;

/** Ends the app, and this process with its exit code. */
type End = (signal: NodeJS.Signals, isSignalled?: boolean) => void;

/**
 * Runs `holdover watch` until it is ended.
 *
 * @throws Error, in one sentence, when there is nothing to run or sessions cannot be kept
 */
export function watch(settings: Settings, flags: Flags): void {
  const options = resolveWatchOptions(settings, flags);
  const report = new Report(options.verbose);
  const supervisor = new Supervisor(options, report);
  const ui = flags.ui ? new WatchUi(options.root, report) : undefined;
  const end: End = (signal, isSignalled = false) => {
    ui?.close();
    void supervisor.end(signal, isSignalled).then((code) => process.exit(code));
  };
  supervisor.onOver = () => end('SIGTERM');
  const advice = adviseOnDecorators(options.entry, options.nodeFlags, options.root);
  if (advice !== undefined) report.say(advice);
  if (settings.sentence) report.say(settings.sentence);
  if (settings.entry === undefined)
    report.say(`Running ${toDisplay(options.entry)}, as no entry is named.`);
  supervisor.start();
  endOnSignals(end);
}

function resolveWatchOptions(settings: Settings, flags: Flags): WatchOptions {
  const { args, nodeFlags } = settings;
  const entry = settings.entry === undefined ? findUsualEntry() : findEntry(settings.entry);
  checkRequireHooks(toDisplay(entry), nodeFlags);
  const root = findProjectRoot(entry);
  setEnvironment(settings, flags);
  const circumstances = { entry, onFault: () => {} }; // the app says it
  const { type, directory } = resolveOptions({}, circumstances);
  if (flags.redis && type !== 'redis')
    throw new Error('--redis needs REDIS_URL. Set it to redis://host:6379.');
  const isAdopted = resolveLeftAlone(circumstances) === undefined;
  if (isAdopted && type === 'filesystem') checkWritable(directory);
  const tsconfig = flags.tsconfig === undefined ? [] : [resolve(String(flags.tsconfig))];
  return {
    entry,
    args,
    nodeFlags,
    root,
    include: [...toList(flags.include), ...settings.include],
    exclude: [...toList(flags.exclude), ...settings.exclude],
    ignore: [directory, resolve(root, '.holdover')],
    grace: toMilliseconds(flags.grace),
    clearScreen: flags.clearScreen ?? false,
    hold: flags.hold,
    standby: flags.standby,
    verbose: flags.verbose ?? false,
    files: [...toEnvironmentFiles(nodeFlags), ...tsconfig],
    needsTsx: tsconfig.length > 0,
  };
}

/** What the app, and all that reads options, shall find in the environment. */
function setEnvironment({ variables }: Settings, { tsconfig, cache, redis, keep }: Flags): void {
  addVariables(variables);
  if (redis) chooseRedis();
  if (keep !== undefined) chooseKeep(checkKeep(toList(keep)));
  if (!cache) chooseNoCache();
  if (tsconfig === undefined) return;
  const file = String(tsconfig);
  if (!existsSync(file))
    throw new Error(`There is no file ${file}. Name a tsconfig: --tsconfig <file>`);
  chooseTsconfig(file);
}

/** @throws Error, in one sentence, for what names nothing */
function checkKeep(places: string[]): string[] {
  toKeep('--keep', places);
  return places;
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
function endOnSignals(end: End): void {
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
    process.on(signal, () => {
      // A terminal sends Ctrl-C to the app as well; a second one could mean "at once" to it.
      const isSignalled = signal === 'SIGINT' && isatty(0);
      end(signal, isSignalled);
    });
  }
}

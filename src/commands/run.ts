import { cac, type Command } from 'cac';
import { readOwnManifest } from '../options/manifest.ts';
import { addClearCommand } from './removal/clear.ts';
import { addDoctorCommand } from './doctor.ts';
import { addInitCommand } from './init/init.ts';
import { addLsCommand } from './ls.ts';
import { addPruneCommand } from './removal/prune.ts';
import { addPushCommand } from './push.ts';
import { addShowCommand } from './show.ts';
import { addStatsCommand } from './stats.ts';
import { addUiCommand } from './ui.ts';
import { addWhyCommand } from './why.ts';
import { addFlags, KEYS, type Flags } from './watch/own-flags.ts';
import type { Settings } from './watch/settings.ts';

const COMMANDS = [
  addInitCommand,
  addLsCommand,
  addShowCommand,
  addClearCommand,
  addPruneCommand,
  addStatsCommand,
  addDoctorCommand,
  addUiCommand,
  addWhyCommand,
  addPushCommand,
];

/**
 * Runs the command that the command line names.
 *
 * @throws Error, in one sentence, when there is none, or when it cannot do what it is told to
 */
export async function run(): Promise<void> {
  const [command, ...words] = process.argv.slice(2);
  const cli = cac('holdover');
  const watchCommand = addFlags(cli);
  const settings = command === 'watch' ? await readWatch(watchCommand, words) : undefined;
  for (const add of COMMANDS) add(cli);
  // cac names the help of each command on a line of its own.
  cli.help((sections) => [
    ...sections.filter(({ title }) => !title?.startsWith('For more info')),
    ...(settings ? [KEYS] : []),
  ]);
  cli.version(readOwnManifest().version);
  const read = settings ? ['watch', ...settings.own] : process.argv.slice(2);
  const { options } = cli.parse(['node', 'holdover', ...read], { run: false });
  if (options.help || options.version) return;
  if (cli.matchedCommand) await cli.runMatchedCommand();
  else if (command === undefined) cli.outputHelp();
  else throw new Error(`There is no command ${command}. See: holdover --help`);
}

/** Has `holdover watch` run. It is loaded for that only: it is most of what there is. */
async function readWatch(command: Command, words: string[]): Promise<Settings> {
  const { readSettings } = await import('./watch/settings.ts');
  const { watch } = await import('./watch/watch.ts');
  const settings = readSettings(words); // cac reads a part of them only
  command.action((_: string[], flags: Flags) => watch(settings, flags));
  return settings;
}

import { cac } from 'cac';
import { readOwnManifest } from '../options/manifest.ts';
import { addClearCommand } from './removal/clear.ts';
import { addDoctorCommand } from './doctor.ts';
import { addInitCommand } from './init/init.ts';
import { addLsCommand } from './ls.ts';
import { addPruneCommand } from './removal/prune.ts';
import { addPushCommand } from './push.ts';
import { addShowCommand } from './show.ts';
import { addStatsCommand } from './stats.ts';
import { addWhyCommand } from './why.ts';
import { readSettings } from './watch/settings.ts';
import { addWatchCommand } from './watch/watch.ts';

const COMMANDS = [
  addInitCommand,
  addLsCommand,
  addShowCommand,
  addClearCommand,
  addPruneCommand,
  addStatsCommand,
  addDoctorCommand,
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
  const settings = command === 'watch' ? readSettings(words) : undefined;
  addWatchCommand(cli, settings);
  for (const add of COMMANDS) add(cli);
  // cac names the help of each command on a line of its own.
  cli.help((sections) => sections.filter(({ title }) => !title?.startsWith('For more info')));
  cli.version(readOwnManifest().version);
  const read = settings ? ['watch', ...settings.own] : process.argv.slice(2);
  const { options } = cli.parse(['node', 'holdover', ...read], { run: false });
  if (options.help || options.version) return;
  if (cli.matchedCommand) await cli.runMatchedCommand();
  else if (command === undefined) cli.outputHelp();
  else throw new Error(`There is no command ${command}. See: holdover --help`);
}

import { cac, type Command } from 'cac';
import { readOwnManifest } from '../options/manifest.ts';
import { checkWords } from './check-words.ts';
import { addClearCommand, addPruneCommand } from './clear.ts';
import { addDoctorCommand } from './doctor.ts';
import { addInitCommand } from './init/init.ts';
import { addLsCommand } from './ls.ts';
import { endWithReader } from './printing.ts';
import { addPushCommand } from './push.ts';
import { addShowCommand } from './show.ts';
import { addStatsCommand } from './stats.ts';
import { addUiCommand } from './ui.ts';
import { addWhyCommand } from './why.ts';
import { addFlags, KEYS, type Flags } from './watch/flags.ts';
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
  if (!settings) endWithReader();
  for (const add of COMMANDS) add(cli);
  cli.help((sections) => [
    // cac names the help of each command on a line of its own.
    ...sections.filter(({ title }) => !title?.startsWith('For more info')).map(withoutDefaults),
    ...(settings ? [KEYS] : []),
  ]);
  cli.version(readOwnManifest().version);
  const read = settings ? ['watch', ...settings.own] : process.argv.slice(2);
  const { options } = cli.parse(['node', 'holdover', ...read], { run: false });
  if (options.help || options.version) return;
  if (command === undefined) return cli.outputHelp();
  checkWords(cli, command);
  await cli.runMatchedCommand();
}

/** cac prints the default of the variable behind `--no-hold`, which reads as if the flag were on. */
function withoutDefaults({ title, body }: { title?: string; body: string }) {
  const plain = body.replaceAll(/^( +--no-.*) \(default: true\)$/gm, '$1');
  return title === undefined ? { body: plain } : { title, body: plain };
}

/** Has `holdover watch` run. It is loaded for that only: it is most of what there is. */
async function readWatch(command: Command, words: string[]): Promise<Settings> {
  const { readSettings } = await import('./watch/settings.ts');
  const { watch } = await import('./watch/watch.ts');
  const settings = readSettings(words); // cac reads a part of them only
  command.action((_: string[], flags: Flags) => watch(settings, flags));
  return settings;
}

#!/usr/bin/env node
import { readFileSync } from 'node:fs';
import { cac } from 'cac';
import pc from 'picocolors';
import { addClearCommand } from './commands/clear.ts';
import { addDoctorCommand } from './commands/doctor.ts';
import { addLsCommand } from './commands/ls.ts';
import { addPruneCommand } from './commands/prune.ts';
import { addPushCommand } from './commands/push.ts';
import { addShowCommand } from './commands/show.ts';
import { addStatsCommand } from './commands/stats.ts';
import { addWhyCommand } from './commands/why.ts';
import { addWatchCommand, toOwnWords } from './commands/watch.ts';

const COMMANDS = [
  addLsCommand,
  addShowCommand,
  addClearCommand,
  addPruneCommand,
  addStatsCommand,
  addDoctorCommand,
  addWhyCommand,
  addPushCommand,
];

const { version } = JSON.parse(
  readFileSync(new URL('../package.json', import.meta.url), 'utf8'),
) as { version: string };

const [command, ...words] = process.argv.slice(2);
const cli = cac('holdover');
addWatchCommand(cli, words);
for (const add of COMMANDS) add(cli);
// cac names the help of each command on a line of its own.
cli.help((sections) => sections.filter(({ title }) => !title?.startsWith('For more info')));
cli.version(version);

try {
  const read = command === 'watch' ? [command, ...toOwnWords(words)] : process.argv.slice(2);
  const { options } = cli.parse(['node', 'holdover', ...read], { run: false });
  if (!options.help && !options.version) {
    if (cli.matchedCommand) await cli.runMatchedCommand();
    else if (command === undefined) cli.outputHelp();
    else throw new Error(`There is no command ${command}. See: holdover --help`);
  }
} catch (error) {
  process.stderr.write(`${pc.red('[holdover]')} ${(error as Error).message}\n`);
  process.exitCode = 1;
}

#!/usr/bin/env node
import { readFileSync } from 'node:fs';
import { cac } from 'cac';
import pc from 'picocolors';
import { addPushCommand, push } from './commands/push.ts';
import { addWatchCommand, toOwnWords, watch } from './commands/watch.ts';

const { version } = JSON.parse(
  readFileSync(new URL('../package.json', import.meta.url), 'utf8'),
) as { version: string };

const [command, ...words] = process.argv.slice(2);
const cli = cac('holdover');
addWatchCommand(cli);
addPushCommand(cli);
cli.help().version(version);

try {
  const isWatch = command === 'watch';
  const read = isWatch ? [command, ...toOwnWords(words)] : process.argv.slice(2);
  const { options } = cli.parse(['node', 'holdover', ...read], { run: false });
  if (!options.help && !options.version) {
    cli.matchedCommand?.checkUnknownOptions();
    cli.matchedCommand?.checkOptionValue();
    if (isWatch) watch(words, options as Parameters<typeof watch>[1]);
    else if (command === 'push') await push(options);
    else if (command === undefined) cli.outputHelp();
    else throw new Error(`There is no command ${command}. See: holdover --help`);
  }
} catch (error) {
  process.stderr.write(`${pc.red('[holdover]')} ${(error as Error).message}\n`);
  process.exitCode = 1;
}

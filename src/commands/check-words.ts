import type { CAC, Command } from 'cac';
import { findNearest } from '../options/nearest.ts';

/**
 * Checks the words of a command line before cac does, whose messages name neither the command nor a remedy.
 *
 * @throws Error for a command, a flag or an argument that does not exist, and for a flag without its value
 */
export function checkWords({ commands, matchedCommand, args, options }: CAC, typed: string): void {
  if (!matchedCommand) throw new Error(toNoCommand(typed, commands));
  const { name, options: flags, args: named } = matchedCommand;
  const help = `See: holdover ${name} --help`;
  const [extra] = args.slice(named.some(({ variadic }) => variadic) ? Infinity : named.length);
  if (extra !== undefined) throw new Error(`holdover ${name} takes no argument ${extra}. ${help}`);
  for (const [option, value] of Object.entries(options)) {
    if (option === '--') continue;
    const flag = flags.find(({ names }) => names.includes(option));
    if (!flag) throw new Error(`holdover ${name} has no flag ${toHint(option, flags, help)}`);
    if (flag.required && [value].flat().some((one) => typeof one === 'boolean'))
      throw new Error(`${toFlag(option)} needs a value: ${flag.rawName}`);
  }
}

function toNoCommand(typed: string, commands: Command[]): string {
  const near = findNearest(typed, [...commands.map(({ name }) => name), 'watch']);
  const remedy = near === undefined ? 'See: holdover --help' : `Did you mean ${near}?`;
  return `There is no command ${typed}. ${remedy}`;
}

function toHint(option: string, flags: Command['options'], help: string): string {
  const typed = toFlag(option);
  const names = flags.map(({ rawName }) => rawName.split(' ', 1)[0] as string);
  const near = findNearest(typed, names);
  return `${typed}. ${near === undefined ? help : `Did you mean ${near}?`}`;
}

/** cac makes `clearScreen` of `--clear-screen`. */
function toFlag(option: string): string {
  const name = option.replaceAll(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
  return name.length === 1 ? `-${name}` : `--${name}`;
}

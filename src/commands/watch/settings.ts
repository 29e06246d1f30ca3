import { understandExec } from './exec.ts';
import { toGlobs, type Globs } from './nodemon-globs.ts';
import { readNodemonFile, type NodemonFile } from './nodemon-file.ts';
import { readCommandLine, type CommandLine } from './read-command-line.ts';

/** What `holdover watch` is told, by words and by a configuration of nodemon. */
export interface Settings extends Omit<CommandLine, 'nodemon'>, Globs {
  /** For the environment of the app, where they are not set. */
  variables: Record<string, string>;
  /** What there is to say of the configuration. */
  sentence: string | undefined;
}

/**
 * Reads what stands after `holdover watch`, and the configuration of nodemon where there is one.
 *
 * @throws Error, in one sentence, when it cannot be had
 */
export function readSettings(words: string[]): Settings {
  const line = readCommandLine(words);
  const isHelp = ['-h', '--help', '-v', '--version'].includes(line.own[0] ?? '');
  const file = isHelp ? undefined : readNodemonFile(line.nodemon.config);
  const globs = toGlobs(merge(line, file));
  const { env: variables = {}, sentence } = file ?? {};
  return { ...addExec(line, file?.exec), ...globs, variables, sentence };
}

/** What was typed counts before the file, as nodemon has it. */
function merge({ nodemon }: CommandLine, file: NodemonFile | undefined): CommandLine['nodemon'] {
  const ext = nodemon.ext ?? file?.ext;
  return {
    watch: nodemon.watch.length > 0 ? nodemon.watch : (file?.watch ?? []),
    ignore: nodemon.ignore.length > 0 ? nodemon.ignore : (file?.ignore ?? []),
    ...(ext !== undefined && { ext }),
  };
}

/** The flags of what runs the entry, and the entry, where it is named there only. */
function addExec(line: CommandLine, ofFile: string | undefined): CommandLine {
  const typed = line.nodemon.exec;
  const exec = understandExec(typed ?? ofFile ?? 'node');
  if (!exec) {
    throw new Error(
      `holdover watch does not take --exec "${typed}": write the flags of Node, and then the entry of your server.`,
    );
  }
  return {
    ...line,
    own: [...exec.own, ...line.own],
    nodeFlags: [...exec.nodeFlags, ...line.nodeFlags],
    entry: line.entry ?? exec.entry,
    args: line.entry === undefined ? [...exec.args, ...line.args] : line.args,
  };
}

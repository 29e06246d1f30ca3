import { readExec, readNodemonFile, toGlobs, type Globs, type NodemonFile } from './nodemon.ts';
import { readWords, type CommandLine } from './words.ts';

/** The settings of `holdover watch`, from its words and from a configuration of nodemon. */
export interface Settings extends Omit<CommandLine, 'nodemon'>, Globs {
  /** For the environment of the app, where they are not set. */
  variables: Record<string, string>;
  /** Says which part of nodemon's configuration is read. */
  sentence: string | undefined;
}

/**
 * Reads the words after `holdover watch`, and the configuration of nodemon if there is one. The words win.
 *
 * @throws Error, in one sentence, for a word or a configuration that cannot be read
 */
export function readSettings(words: string[]): Settings {
  const line = readWords(words);
  const isHelp = ['--help', '--version'].includes(line.own[0] ?? '');
  const file = isHelp ? undefined : readNodemonFile(line.nodemon.config);
  const { env: variables = {}, sentence } = file ?? {};
  return { ...addExec(line, file?.exec), ...toGlobs(merge(line, file)), variables, sentence };
}

function merge({ nodemon }: CommandLine, file: NodemonFile | undefined): CommandLine['nodemon'] {
  const ext = nodemon.ext ?? file?.ext;
  return {
    watch: nodemon.watch.length > 0 ? nodemon.watch : (file?.watch ?? []),
    ignore: nodemon.ignore.length > 0 ? nodemon.ignore : (file?.ignore ?? []),
    ...(ext !== undefined && { ext }),
  };
}

/** Adds the flags of the command that runs the entry, and the entry where only that command names it. */
function addExec(line: CommandLine, ofFile: string | undefined): CommandLine {
  const typed = line.nodemon.exec;
  const exec = readExec(typed ?? ofFile ?? 'node');
  if (!exec) {
    throw new Error(
      `holdover watch does not take --exec "${typed}". Write the flags of Node, and then the entry of your server.`,
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

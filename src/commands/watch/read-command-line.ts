import { splitCommandLine } from './command-line.ts';
import { checkNodeFlags } from './node-knows.ts';
import { OTHER_FLAGS, toMeaning } from './other-tools.ts';
import { OWN_FLAGS } from './own-flags.ts';

/** What nodemon's flags say, or its configuration. */
export interface NodemonSettings {
  watch: string[];
  ignore: string[];
  ext?: string;
  exec?: string;
  /** The file of its configuration. */
  config?: string;
}

/** What was typed after `holdover watch`. */
export interface CommandLine {
  /** holdover's own flags, as cac reads them. */
  own: string[];
  /** Flags that go to Node as they are. */
  nodeFlags: string[];
  entry: string | undefined;
  /** Words for the app. */
  args: string[];
  nodemon: NodemonSettings;
}

const ALL_FLAGS = new Map([...OTHER_FLAGS, ...OWN_FLAGS]);

/**
 * Reads the words after `holdover watch`: flags of its own, of Node, and those of the restarters in whose
 * place it is run, each as what it is here.
 *
 * @throws Error, in one sentence, for a flag that nobody knows, that has no value, or that cannot be had
 */
export function readCommandLine(words: string[]): CommandLine {
  const { own, ...split } = splitCommandLine(words, ALL_FLAGS);
  const line: CommandLine = { ...split, own: [], nodemon: { watch: [], ignore: [] } };
  for (let i = 0; i < own.length; i++) {
    const word = own[i] as string;
    if (word === '-h' || word === '--help') return { ...line, own: [word] };
    const [flag = word] = word.split('=', 1);
    const attached = flag === word ? undefined : word.slice(flag.length + 1);
    const value = ALL_FLAGS.get(flag) ? (attached ?? own[++i]) : attached;
    if (ALL_FLAGS.get(flag) && value === undefined) throw new Error(`${flag} needs a value.`);
    take(line, flag, value);
  }
  checkNodeFlags(line.nodeFlags, ALL_FLAGS.keys());
  return line;
}

function take(line: CommandLine, flag: string, value: string | undefined): void {
  if (OWN_FLAGS.has(flag)) return void line.own.push(...toOwn(flag, value));
  const meaning = toMeaning(flag, value);
  if (!meaning || 'noEffect' in meaning || 'decide' in meaning) return;
  if ('instead' in meaning) {
    const typed = value === undefined ? flag : `${flag} ${value}`;
    throw new Error(`holdover watch does not take ${typed}. ${meaning.instead}.`);
  }
  if ('as' in meaning) return void line.own.push(...toOwn(meaning.as, value));
  const { nodemon } = line;
  if (meaning.nodemon === 'watch' || meaning.nodemon === 'ignore')
    nodemon[meaning.nodemon].push(value ?? '');
  else nodemon[meaning.nodemon] = value ?? '';
}

/** tsx writes `--clear-screen=false`. */
function toOwn(flag: string, value: string | undefined): string[] {
  if (value === undefined) return [flag];
  if (OWN_FLAGS.get(flag)) return [`${flag}=${value}`];
  if (flag === '--clear-screen' && /^(true|false)$/.test(value))
    return [value === 'true' ? flag : '--no-clear-screen'];
  throw new Error(`${flag} has no value.`);
}

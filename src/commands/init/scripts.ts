import { splitCommandLine } from '../watch/command-line.ts';
import { OTHER_FLAGS } from '../watch/other-tools.ts';
import { understandExec } from '../watch/exec.ts';
import { readNodemonFile } from '../watch/nodemon-file.ts';
import { toGlobs } from '../watch/nodemon-globs.ts';
import { OWN_FLAGS } from '../watch/own-flags.ts';
import { readCommandLine } from '../watch/read-command-line.ts';
import { findCommands, toShellWord, type ShellCommand, type Word } from './shell-words.ts';

/** A script of package.json with `holdover watch` in the place of the restarters in it. */
export interface Rewritten {
  script: string;
  /** The entries that are run, as they are named. */
  entries: string[];
  /** Why a restarter stays where it is, a sentence each. */
  reasons: string[];
}

/** Rewrites a script; what is not understood stays as it is. */
export function rewriteScript(script: string): Rewritten {
  const rewritten: Rewritten = { script, entries: [], reasons: [] };
  // From the end, so that what is before stays where it is.
  for (const command of findCommands(script).toReversed()) {
    const restarter = findRestarter(command.words);
    if (!restarter) continue;
    try {
      const { words, entry } = toWatch(restarter, command, script);
      const [first, last] = [restarter.head, command.words.at(-1) as Word];
      const { script: text } = rewritten;
      rewritten.script = text.slice(0, first.start) + words + text.slice(last.end);
      if (entry !== undefined) rewritten.entries.push(entry);
    } catch (error) {
      rewritten.reasons.push((error as Error).message);
    }
  }
  return rewritten;
}

interface Restarter {
  head: Word;
  /** What it is given. */
  words: Word[];
}

/** Words before a command that leave it the command: `PORT=1`, `cross-env`, `npx`. */
const BEFORE = /^([A-Za-z_]\w*=.*|cross-env|env|npx)$/;

/** Finds the restarter that a command runs, also behind `dotenv -e .env --`. */
function findRestarter(words: Word[]): Restarter | undefined {
  const behind = words.findIndex(({ value }) => value === '--') + 1;
  const starts = [0, behind].map((from) => {
    const rest = words.slice(from);
    return rest.slice(rest.findIndex(({ value }) => !BEFORE.test(value)));
  });
  return starts.map(toRestarter).find((restarter) => restarter !== undefined);
}

function toRestarter([head, ...words]: Word[]): Restarter | undefined {
  if (!head) return undefined;
  if (['nodemon', 'ts-node-dev', 'tsnd'].includes(head.value)) return { head, words };
  const [first, ...others] = words;
  if (head.value === 'tsx' && first?.value === 'watch') return { head, words: others };
  if (head.value !== 'node') return undefined;
  const { nodeFlags, own } = splitCommandLine(toValues(words), OTHER_FLAGS);
  const isWatched = [...nodeFlags, ...own].includes('--watch');
  return isWatched ? { head, words } : undefined;
}

function toWatch(
  { head, words }: Restarter,
  { quote }: ShellCommand,
  script: string,
): { words: string; entry: string | undefined } {
  const isNode = head.value === 'node';
  const typed = isNode ? words.toSpliced(words.findIndex(isWatch), 1) : words.map(toPathFlag);
  const line = readCommandLine(toValues(typed));
  if (head.value === 'nodemon') checkNodemonFile(line.nodemon.config);
  if (line.entry === undefined && head.value !== 'nodemon') throw new Error('It names no entry.');
  const { own } = splitCommandLine(toValues(typed), OTHER_FLAGS);
  const isForeign = own.some((word) => word.startsWith('-') && !OWN_FLAGS.has(toName(word)));
  if (!isForeign && typed.length === words.length) {
    const [first, last] = [words[0], words.at(-1)];
    const rest = first && last ? ` ${script.slice(first.start, last.end)}` : '';
    return { words: `holdover watch${rest}`, entry: line.entry };
  }
  const { all, entry } = toWords(line);
  const asTyped = new Map(typed.map(({ value, raw }) => [value, raw]));
  const quoted = all.map((word) => asTyped.get(word) ?? toShellWord(word, quote));
  if (quoted.includes(undefined)) throw new Error('Its quotes are not understood.');
  return { words: ['holdover watch', ...quoted].join(' '), entry };
}

/** Each flag as what it is here. */
function toWords({ own, nodeFlags, entry, args, nodemon }: ReturnType<typeof readCommandLine>) {
  const exec = nodemon.exec === undefined ? undefined : understandExec(nodemon.exec);
  if (nodemon.exec !== undefined && !exec)
    throw new Error(`holdover watch does not take --exec "${nodemon.exec}".`);
  const { include, exclude } = toGlobs(nodemon);
  const all = [
    ...[...(exec?.own ?? []), ...own].flatMap((word) => word.split(/=(.*)/s).slice(0, 2)),
    ...include.flatMap((glob) => ['--include', glob]),
    ...exclude.flatMap((glob) => ['--exclude', glob]),
    ...(nodemon.config === undefined ? [] : ['--config', nodemon.config]),
    ...(exec?.nodeFlags ?? []),
    ...nodeFlags,
  ];
  const file = entry ?? exec?.entry;
  const words = entry === undefined ? [...(exec?.args ?? []), ...args] : args;
  if (file !== undefined) return { all: [...all, file, ...words], entry: file };
  return { all: [...all, ...(words.length > 0 ? ['--', ...words] : [])], entry: undefined };
}

/** @throws Error when nodemon runs something else than Node */
function checkNodemonFile(config: string | undefined): void {
  const { left } = readNodemonFile(config);
  const name = left.find((one) => one === 'exec' || one === 'execMap');
  if (name !== undefined)
    throw new Error(`The ${name} of nodemon's configuration is not understood.`);
}

/** Of nodemon and ts-node-dev `--watch` has a path, of Node it has none. */
function toPathFlag(word: Word): Word {
  return isWatch(word) ? { ...word, value: '-w' } : word;
}

function isWatch({ value }: Word): boolean {
  return value === '--watch';
}

function toName(word: string): string {
  return word.split('=', 1)[0] as string;
}

function toValues(words: Word[]): string[] {
  return words.map(({ value }) => value);
}

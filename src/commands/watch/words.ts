import { spawnSync } from 'node:child_process';
import { parseArgs } from 'node:util';
import { findNearest } from '../../options/nearest.ts';
import { NODE_FLAGS, OTHER_FLAGS, OWN_FLAGS } from './flags.ts';

/** The settings of nodemon, from its flags or its configuration. */
export interface NodemonSettings {
  watch: string[];
  ignore: string[];
  ext?: string;
  exec?: string;
  /** The file of its configuration. */
  config?: string;
}

/** The words after `holdover watch`. */
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

const SYNTAX = { ...NODE_FLAGS, ...OTHER_FLAGS, ...OWN_FLAGS };

/** Flags of Node that may be in NODE_OPTIONS. Node is asked about others. */
const { allowedNodeEnvironmentFlags } = process;

/**
 * Reads the words after `holdover watch`: `[flags of holdover, Node and other restarters] [entry] [args of the app]`.
 * After `--` there are no more flags: the next word is the entry, or, where it begins with a dash, one for the app.
 *
 * @throws Error, in one sentence, for a flag that does not exist, has no value, or cannot be taken
 */
export function readWords(words: string[]): CommandLine {
  const line: CommandLine = {
    own: [],
    nodeFlags: [],
    entry: undefined,
    args: [],
    nodemon: { watch: [], ignore: [] },
  };
  const { tokens } = parseArgs({ args: words, options: SYNTAX, strict: false, tokens: true });
  for (const token of tokens) {
    if (token.kind !== 'option') {
      const rest = words.slice(token.index + (token.kind === 'positional' ? 0 : 1));
      const isEntry = token.kind === 'positional' || !rest[0]?.startsWith('-');
      return isEntry ? { ...line, entry: rest[0], args: rest.slice(1) } : { ...line, args: rest };
    }
    const { name, rawName, value } = token;
    if (name === 'help') return { ...line, own: ['--help'] };
    if (SYNTAX[name]?.type === 'string' && value === undefined)
      throw new Error(`${rawName} needs a value.`);
    if (Object.hasOwn(OWN_FLAGS, name)) line.own.push(...toOwn(name, value));
    else if (Object.hasOwn(OTHER_FLAGS, name)) take(line, name, rawName, value);
    else line.nodeFlags.push(...toNodeFlag(token));
  }
  return line;
}

function take(line: CommandLine, name: string, typed: string, value: string | undefined): void {
  const { means } = OTHER_FLAGS[name] as (typeof OTHER_FLAGS)[string];
  if (name === 'watch' && value !== undefined) return void line.nodemon.watch.push(value);
  if (means === 'no effect' || (name.endsWith('signal') && /^(SIG)?TERM$/i.test(value ?? '')))
    return;
  if ('as' in means) return void line.own.push(...toOwn(means.as, value));
  if ('instead' in means) {
    const words = value === undefined ? typed : `${typed} ${value}`;
    throw new Error(`holdover watch does not take ${words}. ${means.instead}`);
  }
  const { nodemon } = line;
  if (means.nodemon === 'watch' || means.nodemon === 'ignore')
    nodemon[means.nodemon].push(value ?? '');
  else nodemon[means.nodemon] = value ?? '';
}

/** tsx writes `--clear-screen=false`. */
function toOwn(name: string, value: string | undefined): string[] {
  if (value === undefined) return [`--${name}`];
  if (OWN_FLAGS[name]?.type === 'string') return [`--${name}=${value}`];
  if (name === 'clear-screen' && /^(true|false)$/.test(value))
    return [value === 'true' ? '--clear-screen' : '--no-clear-screen'];
  throw new Error(`--${name} takes no value.`);
}

/**
 * Returns a flag of Node as it was typed.
 *
 * @throws Error, in one sentence, when Node has no such flag
 */
function toNodeFlag(flag: { rawName: string; value?: string; inlineValue?: boolean }): string[] {
  const { rawName, value, inlineValue } = flag;
  const isAttached = inlineValue && rawName.startsWith('--');
  const word = isAttached ? `${rawName}=${value}` : rawName;
  if (!isKnown(rawName, word)) throw new Error(toUnknown(rawName));
  return value === undefined || isAttached ? [word] : [word, value];
}

/** Asks Node about flags that it does not list: those of V8, and those that NODE_OPTIONS may not have. */
function isKnown(flag: string, word: string): boolean {
  if (allowedNodeEnvironmentFlags.has(flag)) return true;
  const { stderr } = spawnSync(process.execPath, [word, '--version'], { encoding: 'utf8' });
  return !stderr.includes(': bad option: ');
}

function toUnknown(flag: string): string {
  const names = Object.keys(SYNTAX).map((name) => `--${name}`);
  const near = findNearest(flag, [...names, ...allowedNodeEnvironmentFlags]);
  const remedy = near === undefined ? 'See: holdover watch --help' : `Did you mean ${near}?`;
  return `There is no flag ${flag}, neither of holdover nor of Node ${process.versions.node}. ${remedy}`;
}

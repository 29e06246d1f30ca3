import { existsSync, readdirSync } from 'node:fs';
import { readDependencies, readInstalledVersion } from '../../options/manifest.ts';
import { adviseOnDecorators, checkRequireHooks, isTypeScript } from '../watch/compilers.ts';
import { findEntry, findUsualEntry } from '../watch/entry.ts';
import { readExec, readNodemonFile, toGlobs } from '../watch/nodemon.ts';
import { readWords, type CommandLine } from '../watch/words.ts';

/** A script of package.json with `holdover watch` in the place of its restarters. */
export interface Rewritten {
  script: string;
  /** Why a command stays as it is, and what else there is to say, a sentence each. */
  notes: string[];
}

/** A command in a script: a tool and its words, at the start of the script or behind a shell operator. */
const COMMAND =
  /(?<before>(?:^|&&|[;&|"']|\s--\s)\s*(?:(?:[A-Za-z_]\w*=\S*|cross-env|env|npx)\s+)*)(?<tool>tsx|nodemon|ts-node-dev|tsnd|ts-node|node|nest)(?<typed>(?:\s+(?:"[^"]*"|'[^']*'|[^\s"'`&|;<>()]+))*)(?![\w./:@-])/g;

/** Scripts that run a server in development, and are offered `holdover watch` where no restarter is in them. */
const OF_DEVELOPMENT = /^(dev|develop|start:dev|serve|watch)$|^dev[:-](server|api|backend)$/;

const REGISTER = ' --exec "node --import holdover/register"';

/** Rewrites a script. A command that is not understood stays as it is. */
export function rewriteScript(name: string, script: string): Rewritten {
  const notes: string[] = [];
  const rewritten = script.replaceAll(COMMAND, (whole: string, ...more: unknown[]) => {
    const [offset, , groups] = more.slice(-3) as [number, string, Record<string, string>];
    const { before = '', tool = '', typed = '' } = groups;
    const quote = toOpenQuote(script.slice(0, offset + before.length));
    const rest = script.slice(offset + whole.length);
    const command: Command = { tool, typed: toTyped(typed), quote };
    try {
      const isOffered = OF_DEVELOPMENT.test(name) && rest === '';
      if (!isRestarter(command) && !(isOffered && /^(tsx|ts-node)$/.test(tool))) return whole;
      const isClosed = !/^["'`$]/.test(rest) || (quote !== '' && rest.startsWith(quote));
      if (!isClosed || (quote !== '' && typed.includes(quote)))
        throw new Error('Its quotes are not understood.');
      return before + replace(command, typed, notes);
    } catch (error) {
      notes.push((error as Error).message);
      return whole;
    }
  });
  return { script: rewritten, notes };
}

interface Command {
  tool: string;
  /** Its words, without quotes and as they were typed. */
  typed: { value: string; raw: string }[];
  /** The quote that the command stands in, as in `concurrently "tsx watch a" "vite"`, or an empty text. */
  quote: string;
}

/** Returns the quote that a text ends in, or an empty text. */
function toOpenQuote(text: string): string {
  let open = '';
  for (const [quote] of text.matchAll(/["']/g)) {
    if (open === '') open = quote;
    else if (open === quote) open = '';
  }
  return open;
}

function toTyped(words: string): Command['typed'] {
  const all = words.match(/"[^"]*"|'[^']*'|\S+/g) ?? [];
  return all.map((raw) => ({ raw, value: raw.replace(/^(["'])(.*)\1$/, '$2') }));
}

function isRestarter({ tool, typed }: Command): boolean {
  const values = typed.map(({ value }) => value);
  if (tool === 'tsx') return values[0] === 'watch';
  if (tool === 'nest')
    return values[0] === 'start' && /(^| )(--watch|-w)( |$)/.test(values.join(' '));
  if (tool !== 'node') return tool !== 'ts-node';
  const isWatch = (value: string): boolean => /^--watch(-path(=.*)?)?$/.test(value);
  const first = values.findIndex((value) => !value.startsWith('-') && value.includes('.'));
  return values.slice(0, first === -1 ? undefined : first).some(isWatch);
}

/** Returns the command that takes the place of a restarter. */
function replace({ tool, typed, quote }: Command, text: string, notes: string[]): string {
  if (tool === 'nest') {
    if (/ (--exec|-e)[ =]/.test(text))
      throw new Error(`It has an --exec: write${REGISTER} into it.`);
    if (quote === '"') throw new Error(`Add to nest start --watch:${REGISTER}`);
    return `nest${text}${REGISTER}`;
  }
  const words = typed.map(({ value }) => value);
  const line = readWords(toOwnWords(tool, words));
  const isNodemon = tool === 'nodemon';
  const file = isNodemon ? readNodemonFile(line.nodemon.config) : undefined;
  const unread = file?.left.find((one) => one === 'exec' || one === 'execMap');
  if (unread !== undefined && line.nodemon.exec === undefined)
    throw new Error(
      `The ${unread} of nodemon's configuration is not understood. ${toAdvice(line)}`,
    );
  const exec = line.nodemon.exec === undefined ? undefined : readExec(line.nodemon.exec);
  if (line.nodemon.exec !== undefined && !exec)
    throw new Error(
      `holdover watch does not take --exec "${line.nodemon.exec}". ${toAdvice(line)}`,
    );
  const entry = line.entry ?? exec?.entry;
  if (entry === undefined && !isNodemon) throw new Error('It names no entry. Name one.');
  const runner = line.nodemon.exec ?? file?.exec ?? tool;
  const ofFile = file?.exec === undefined ? undefined : readExec(file.exec)?.entry;
  const nodeFlags = [...(exec?.nodeFlags ?? []), ...line.nodeFlags];
  checkEntry(entry ?? ofFile, nodeFlags, /\btsx\b/.test([runner, ...nodeFlags].join(' ')));
  const json = isNodemon ? findJson({ ...file, ...dropEmpty(line.nodemon) }) : [];
  if (json.length > 0)
    notes.push(
      `nodemon also restarts for JSON files that the app does not load: ${json.join(' and ')} is watched by --include.`,
    );
  const globs = toGlobs(line.nodemon);
  const all = [
    ...[...(exec?.own ?? []), ...line.own].flatMap((word) => word.split(/=(.*)/s).slice(0, 2)),
    ...[...globs.include, ...json].flatMap((glob) => ['--include', glob]),
    ...globs.exclude.flatMap((glob) => ['--exclude', glob]),
    ...(line.nodemon.config === undefined ? [] : ['--config', line.nodemon.config]),
    ...nodeFlags,
    ...(entry === undefined ? [] : [entry]),
  ];
  const args = line.entry === undefined ? [...(exec?.args ?? []), ...line.args] : line.args;
  if (args.length > 0) all.push(...(entry === undefined ? ['--'] : []), ...args);
  return ['holdover watch', ...all.map((word) => toShellWord(word, typed, quote))].join(' ');
}

/** Returns the words without those that only make the tool restart. */
function toOwnWords(tool: string, words: string[]): string[] {
  if (tool === 'tsx') return words[0] === 'watch' ? words.slice(1) : words;
  if (tool === 'node')
    return words.toSpliced(words.indexOf('--watch'), words.includes('--watch') ? 1 : 0);
  return words.map((word) => (word === '--watch' ? '-w' : word)); // with a path, in these
}

/** @throws Error, in one sentence, where the app would not start under `holdover watch` */
function checkEntry(named: string | undefined, nodeFlags: string[], isTsx: boolean): void {
  const entry = resolveEntry(named);
  if (entry === undefined) return;
  checkRequireHooks(named ?? entry, nodeFlags);
  if (isTsx || !isTypeScript(entry)) return; // tsx compiles the app today
  const advice = adviseOnDecorators(entry, nodeFlags, process.cwd());
  if (advice !== undefined) throw new Error(advice);
  const hasTsx =
    readDependencies(process.cwd()).includes('tsx') ||
    readInstalledVersion(process.cwd(), 'tsx') !== undefined;
  if (!hasTsx)
    throw new Error(
      'holdover watch runs TypeScript through tsx. Install it, and run holdover init again: npm install -D tsx',
    );
}

/** Returns the file of an entry, or its name where it is not built yet. */
function resolveEntry(named: string | undefined): string | undefined {
  try {
    return named === undefined ? findUsualEntry() : findEntry(named);
  } catch {
    return named;
  }
}

function toAdvice({ entry = '<entry>' }: CommandLine): string {
  return `Where it runs Node in the end, write: holdover watch ${entry}`;
}

function dropEmpty(settings: CommandLine['nodemon']): Partial<CommandLine['nodemon']> {
  return Object.fromEntries(Object.entries(settings).filter(([, value]) => value.length > 0));
}

/** Folders that hold JSON for other tools, or what is built. */
const NOT_READ = /^(\.|node_modules$|dist$|build$|out$|coverage$|public$|static$|tests?$|__)/;

/** Returns globs for the JSON files in folders of the project, where nodemon watches all of them by itself. */
function findJson({ watch = [], ext }: Partial<CommandLine['nodemon']>): string[] {
  if (watch.length > 0 || ext !== undefined) return [];
  const folders = readdirSync('.', { withFileTypes: true }).filter(
    (one) => one.isDirectory() && !NOT_READ.test(one.name),
  );
  const hasJson = (name: string): boolean => readdirSync(name).some((one) => one.endsWith('.json'));
  return folders.filter(({ name }) => hasJson(name)).map(({ name }) => `${name}/*.json`);
}

/** Returns a word as it was typed, or in quotes where a shell needs them. */
function toShellWord(value: string, typed: Command['typed'], quote: string): string {
  const known = typed.find((word) => word.value === value);
  if (known) return known.raw;
  if (/^[\w./:=@,+%^-]+$/.test(value)) return value;
  if (/["'`\\$!]/.test(value) || quote === '"') throw new Error('Its quotes are not understood.');
  return `"${value}"`;
}

/** Says why a script stays as it is in which nothing was found to replace, and what to write instead. */
export function explainScript(script: string): string {
  const [, file] = /(?:^|\s)(?:node|tsx|ts-node)\s+(?:-\S+\s+)*([^\s-]\S*)/.exec(script) ?? [];
  if (file !== undefined && existsSync(file))
    return `It has no restarter. To have one, write: holdover watch ${file}`;
  if (/(^|\s)vite(\s|$)/.test(script))
    return "It runs Vite, which takes holdover as a plugin: import holdover from 'holdover/vite'.";
  return 'It runs no restarter that holdover takes the place of.';
}

import { existsSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { readPackage } from '../../options/project.ts';
import { isObject } from '../../options/values.ts';
import { toPrintable } from '../../session/display/printable.ts';
import { readWords, type CommandLine, type NodemonSettings } from './words.ts';

/** The configuration of nodemon. */
export interface NodemonFile extends NodemonSettings {
  env: Record<string, string>;
  /** The names of the settings that are not read. */
  left: string[];
  /** Says which settings are read and which are not; undefined without a configuration. */
  sentence: string | undefined;
}

/** Files that are watched besides those that the app loads, and files that are never watched. */
export interface Globs {
  include: string[];
  exclude: string[];
}

/** Reads a setting into the file. Returns whether its value can be used. */
type Reader = (value: unknown, file: NodemonFile) => boolean;

const READERS: Record<string, Reader> = {
  watch: (value, file) => addAll(value, file.watch),
  ignore: (value, file) => addAll(value, file.ignore),
  ext: (value, file) => isText(value) && ((file.ext = value), true),
  exec: (value, file) => isText(value) && !!readExec(value) && ((file.exec = value), true),
  env(value, file) {
    if (!isObject(value)) return false;
    const entries = Object.entries(value).map(([name, text]) => [name, String(text)] as const);
    if (!entries.every(([name, text]) => /^[^=\0]+$/.test(name) && !text.includes('\0')))
      return false;
    file.env = Object.fromEntries(entries);
    return true;
  },
};

/**
 * Reads `nodemon.json` in the current directory, or `"nodemonConfig"` in its package.json.
 *
 * @param named another file, which must exist
 * @throws Error, in one sentence, when it cannot be read
 */
export function readNodemonFile(named?: string): NodemonFile {
  const file: NodemonFile = { watch: [], ignore: [], env: {}, left: [], sentence: undefined };
  const { path, settings } = findSettings(named);
  const names = Object.keys(settings);
  const read = names.filter(
    (name) => Object.hasOwn(READERS, name) && (READERS[name] as Reader)(settings[name], file),
  );
  file.left = names.filter((name) => !read.includes(name) && !name.startsWith('$'));
  const sentences = [...toSentence(read, 'read'), ...toSentence(file.left, 'not read')];
  if (sentences.length > 0) file.sentence = `${toPrintable(path)}: ${sentences.join('; ')}.`;
  return file;
}

function findSettings(named?: string): { path: string; settings: Record<string, unknown> } {
  const path = named ?? 'nodemon.json';
  if (named !== undefined && !existsSync(named)) throw new Error(`There is no file ${named}.`);
  if (existsSync(path)) return { path, settings: parse(path) };
  const { nodemonConfig } = readPackage(process.cwd()) as { nodemonConfig?: unknown };
  const settings = isObject(nodemonConfig) ? nodemonConfig : {};
  return { path: join('package.json', 'nodemonConfig'), settings };
}

function parse(path: string): Record<string, unknown> {
  let settings: unknown;
  try {
    settings = JSON.parse(readFileSync(path, 'utf8').replace(/^\uFEFF/, ''));
  } catch (cause) {
    throw new Error(`${path} is not JSON. Correct it, or remove it.`, { cause });
  }
  if (!isObject(settings)) throw new Error(`${path} is no object. Correct it, or remove it.`);
  return settings;
}

/** `watch, ext and env are read` */
function toSentence(names: string[], what: string): string[] {
  const printable = names.map(toPrintable);
  const last = printable.pop();
  if (last === undefined) return [];
  const all = printable.length === 0 ? `${last} is` : `${printable.join(', ')} and ${last} are`;
  return [`${all} ${what}`];
}

function addAll(value: unknown, target: string[]): boolean {
  const all = [value].flat();
  if (!all.every(isText)) return false;
  target.push(...all);
  return true;
}

function isText(value: unknown): value is string {
  return typeof value === 'string' && value !== '' && !value.includes('\0');
}

/** Commands that run a file as Node, or tsx, does: `npx tsx`, `ts-node`. */
const RUNNER = /^(?:npx\s+)?(?:node|tsx|ts-node|ts-node-esm)(?:\s+|$)/;

/** Characters that mean something to a shell. */
const OF_SHELL = /["'`$&|;<>(){}*?!\\#~]/;

/**
 * Reads the command that nodemon runs: `tsx`, `ts-node --files`, `node --inspect src/server.js`.
 *
 * @returns undefined for any other command, and for one with a flag that cannot be taken
 */
export function readExec(exec: string): CommandLine | undefined {
  const [runner] = RUNNER.exec(exec.trim()) ?? [];
  if (runner === undefined || OF_SHELL.test(exec)) return undefined;
  const words = exec.trim().slice(runner.length).split(/\s+/).filter(Boolean);
  if (runner.includes('tsx') && words[0] === 'watch') words.shift();
  try {
    return readWords(words);
  } catch {
    return undefined;
  }
}

/**
 * Turns nodemon's `watch`, `ignore` and `ext` into globs. nodemon watches the files with these extensions in folders,
 * and a pattern without a slash applies to any folder.
 */
export function toGlobs({ watch, ignore, ext }: NodemonSettings): Globs {
  const wanted = watch.filter((path) => !path.startsWith('!'));
  const unwanted = watch.filter((path) => path.startsWith('!')).map((path) => path.slice(1));
  const folders = wanted.length === 0 && ext !== undefined ? ['.'] : wanted;
  const name = toName(ext ?? 'json'); // code counts where the app loads it
  return {
    include: folders.map((path) => (isFolder(path) ? `${toPrefix(path)}**/${name}` : path)),
    exclude: [...ignore, ...unwanted].map((glob) =>
      /^[^/]*\*[^/]*$/.test(glob) ? `**/${glob}` : glob,
    ),
  };
}

/** `*.{js,ts}` */
function toName(ext: string): string {
  const extensions = ext
    .split(/[\s,]+/)
    .map((one) => one.replace(/^\*?\./, ''))
    .filter((one) => /^[\w.-]+$/.test(one));
  if (extensions.length === 0) return '*';
  return extensions.length === 1 ? `*.${extensions[0]}` : `*.{${extensions.join(',')}}`;
}

function toPrefix(folder: string): string {
  const path = folder.replace(/^(\.[\\/]+)+|[\\/]+$/g, '');
  return path === '' || path === '.' ? '' : `${path}/`;
}

function isFolder(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isDirectory() === true;
}

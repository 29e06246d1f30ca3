import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { readPackage } from '../../options/project.ts';
import { isObject } from '../../options/values.ts';
import { toPrintable } from '../../session/display/printable.ts';
import { understandExec } from './exec.ts';
import type { NodemonSettings } from './read-command-line.ts';

/** What the configuration of nodemon says. */
export interface NodemonFile extends NodemonSettings {
  env: Record<string, string>;
  /** The names of what is not read. */
  left: string[];
  /** What is read of it and what is not, in a sentence; nothing where there is none. */
  sentence: string | undefined;
}

type Reader = (value: unknown, file: NodemonFile) => boolean;

/** What is read, and whether its value can be used. */
const READERS: Record<string, Reader> = {
  watch: (value, file) => addAll(value, file.watch),
  ignore: (value, file) => addAll(value, file.ignore),
  ext: (value, file) => isText(value) && ((file.ext = value), true),
  exec(value, file) {
    if (!isText(value) || !understandExec(value)) return false;
    file.exec = value;
    return true;
  },
  env(value, file) {
    if (!isObject(value)) return false;
    const entries = Object.entries(value).map(([name, text]) => [name, String(text)] as const);
    if (!entries.every(isVariable)) return false;
    file.env = Object.fromEntries(entries);
    return true;
  },
};

/**
 * Reads `nodemon.json` in the current directory, or `"nodemonConfig"` in its package.json.
 *
 * @param named another file, which has to be there
 * @throws Error, in one sentence, when it cannot be read
 */
export function readNodemonFile(named: string | undefined): NodemonFile {
  const file: NodemonFile = { watch: [], ignore: [], env: {}, left: [], sentence: undefined };
  const { where, settings } = findSettings(named);
  const names = Object.keys(settings);
  const isRead = (name: string): boolean =>
    Object.hasOwn(READERS, name) && (READERS[name] as Reader)(settings[name], file);
  const read = names.filter(isRead);
  file.left = names.filter((name) => !read.includes(name) && !name.startsWith('$'));
  const sentences = [...toSentence(read, 'read'), ...toSentence(file.left, 'not read')];
  if (sentences.length > 0) file.sentence = `${toPrintable(where)}: ${sentences.join('; ')}.`;
  return file;
}

function findSettings(named: string | undefined): {
  where: string;
  settings: Record<string, unknown>;
} {
  const where = named ?? 'nodemon.json';
  if (named !== undefined && !existsSync(named)) throw new Error(`There is no file ${named}.`);
  if (existsSync(where)) return { where, settings: parse(where) };
  const { nodemonConfig } = readPackage(process.cwd()) as { nodemonConfig?: unknown };
  const settings = isObject(nodemonConfig) ? nodemonConfig : {};
  return { where: join('package.json', 'nodemonConfig'), settings };
}

function parse(path: string): Record<string, unknown> {
  let settings: unknown;
  try {
    settings = JSON.parse(readFileSync(path, 'utf8').replace(/^\uFEFF/, ''));
  } catch (cause) {
    throw new Error(`${path} is no JSON. Mend it, or remove it.`, { cause });
  }
  if (!isObject(settings)) throw new Error(`${path} is no object. Mend it, or remove it.`);
  return settings;
}

/** `watch, ext and env are read` */
function toSentence(names: string[], what: string): string[] {
  const printable = names.map(toPrintable);
  const last = printable.pop();
  if (last === undefined) return [];
  return [
    printable.length === 0
      ? `${last} is ${what}`
      : `${printable.join(', ')} and ${last} are ${what}`,
  ];
}

function addAll(value: unknown, target: string[]): boolean {
  const all = [value].flat();
  if (!all.every(isText)) return false;
  target.push(...all);
  return true;
}

function isVariable([name, value]: readonly [string, string]): boolean {
  return /^[^=\0]+$/.test(name) && !value.includes('\0');
}

function isText(value: unknown): value is string {
  return typeof value === 'string' && value !== '' && !value.includes('\0');
}

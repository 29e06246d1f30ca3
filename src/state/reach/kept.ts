import { existsSync } from 'node:fs';
import Module from 'node:module';
import { relative, resolve, sep } from 'node:path';
import type { KeptPlace } from '../../options/keep.ts';
import { toRealPath } from '../../options/project.ts';
import { addTail, type Kept } from './tail.ts';

/** What is kept of an app. */
export interface KeepHooks {
  /** The root of the project, absolute and without links. */
  root: string;
  keep: KeptPlace[];
  /** Tells the person at the terminal something, in one or two sentences. */
  say: (sentence: string) => void;
}

/** A module that is being loaded. */
interface Loading {
  text: string;
  file: string;
  /** As Node names it. */
  format: string | null | undefined;
}

interface StripTypes {
  /** From Node 22.13 on. */
  stripTypeScriptTypes?: (text: string) => string;
}

/** The files of an app that are kept. No other module is looked at. */
export class KeptFiles {
  readonly #root: string;
  readonly #say: KeepHooks['say'];
  /** By their absolute paths, as Node names them. */
  readonly #files = new Map<string, Kept>();
  readonly #said = new Set<string>();

  /** @param say hears each sentence once */
  constructor({ root, keep, say }: KeepHooks) {
    this.#root = root;
    this.#say = say;
    for (const { file, name, inFunction } of keep) {
      const path = toRealPath(resolve(root, file));
      const kept = this.#files.get(path) ?? { all: false, names: [], inFunctions: [] };
      this.#files.set(path, kept);
      if (name === undefined) kept.all = true;
      else if (inFunction === undefined) kept.names.push(name);
      else kept.inFunctions.push({ inFunction, name });
    }
  }

  has(file: string): boolean {
    return this.#files.has(file);
  }

  /**
   * Returns the text of a module with what shows what is kept of it. Node strips the types of TypeScript, and so
   * does this: with blanks in their place. Nothing throws: the app goes on without it.
   */
  change({ text, file, format }: Loading): string {
    const kept = this.#files.get(file);
    if (!kept) return text;
    const path = relative(this.#root, file).split(sep).join('/');
    try {
      const plain = format?.includes('typescript') ? stripTypes(text) : text;
      const module = { text: plain, file, isModule: format?.startsWith('module') === true };
      return addTail(module, kept, (what) => this.#sayOnce(`${path} ${what}`));
    } catch (error) {
      const [line = ''] = (error as Error).message.trim().split('\n');
      this.#sayOnce(`${path} cannot be read (${line}), so nothing of it is kept.`);
      return text;
    }
  }

  #sayOnce(sentence: string): void {
    if (this.#said.has(sentence)) return;
    this.#said.add(sentence);
    this.#say(sentence);
  }
}

/** Says which files are not there. */
export function sayMissing({ root, keep, say }: KeepHooks): void {
  for (const file of new Set(keep.map((place) => place.file)))
    if (!existsSync(resolve(root, file))) say(`There is no file ${file} to keep.`);
}

/** @throws Error for TypeScript that is more than types */
function stripTypes(text: string): string {
  const { stripTypeScriptTypes } = Module as StripTypes;
  if (!stripTypeScriptTypes) throw new Error('this Node does not say what it makes of TypeScript');
  const { emitWarning } = process;
  process.emitWarning = () => {}; // Node warns of a function that is experimental, and the app does not call it
  try {
    return stripTypeScriptTypes(text);
  } finally {
    process.emitWarning = emitWarning;
  }
}

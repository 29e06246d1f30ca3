import { readFileSync } from 'node:fs';
import Module from 'node:module';
import { relative, sep } from 'node:path';
import { isOwnFile } from '../../storage/own-files.ts';
import { isInside } from '../../storage/files/inside.ts';
import { applyEdits, type Edit } from './edits.ts';
import type { KeepHooks, Kept } from './kept.ts';
import type { Evaluated } from './showing.ts';
import { findClassNames } from './syntax/class-names.ts';
import { showClasses, showKept } from './transform.ts';

/** What is shown of which modules. */
export interface Reach {
  /** The root of the project, absolute and without links. */
  root: string;
  /** By the absolute paths of the files. */
  kept: Map<string, Kept>;
}

/** A module that is being loaded. */
interface Loading extends Pick<Evaluated, 'text' | 'file'> {
  /** As Node names it. */
  format: string | null | undefined;
}

interface StripTypes {
  /** From Node 22.13 on. */
  stripTypeScriptTypes?: (text: string) => string;
}

/** Changes the modules of one app. */
export class Changes {
  readonly #reach: Reach;
  readonly #say: KeepHooks['say'];
  readonly #said = new Set<string>();

  /** @param say hears each sentence once */
  constructor(reach: Reach, say: KeepHooks['say']) {
    this.#reach = reach;
    this.#say = say;
  }

  /** Whether a file is kept, or one of the app's own, in which classes may be. */
  concerns(file: string): boolean {
    return this.#reach.kept.has(file) || this.#isOwn(file);
  }

  /** Whether there is something to change in a file, which is looked at for that. */
  hasWork(file: string): boolean {
    if (this.#reach.kept.has(file)) return true;
    if (!this.#isOwn(file)) return false;
    try {
      return findClassNames(readFileSync(file, 'utf8')).length > 0;
    } catch {
      return true; // it comes from elsewhere
    }
  }

  /** The text of a module with all that shows what is kept of it. */
  change(module: Loading): string {
    const edits = this.edit(module);
    return edits.length === 0 ? module.text : applyEdits(module.text, edits);
  }

  /** The same as edits. Nothing throws: the app goes on without it. */
  edit(module: Loading): Edit[] {
    const edits = this.#editKept(module);
    return edits.length === 0 && this.concerns(module.file) ? showClasses(module) : edits;
  }

  #editKept({ text, file, format }: Loading): Edit[] {
    const kept = this.#reach.kept.get(file);
    if (!kept) return [];
    const path = relative(this.#reach.root, file).split(sep).join('/');
    const evaluated = format?.startsWith('module') ? 'module' : 'commonjs';
    try {
      const parsed = format?.includes('typescript') ? stripTypes(text) : undefined;
      const module = { text, file, path, parsed, format: evaluated } as const;
      const { edits, sentences } = showKept(module, kept);
      for (const sentence of sentences) this.#sayOnce(sentence);
      return edits;
    } catch (error) {
      this.#sayOnce(toUnreadable(path, error));
      return [];
    }
  }

  #isOwn(file: string): boolean {
    const { root } = this.#reach;
    return (
      isInside(file, root) &&
      !file.slice(root.length).split(sep).includes('node_modules') &&
      !isOwnFile(file)
    );
  }

  #sayOnce(sentence: string): void {
    if (this.#said.has(sentence)) return;
    this.#said.add(sentence);
    this.#say(sentence);
  }
}

/** A file that nothing can be kept of, as a sentence. */
function toUnreadable(path: string, error: unknown): string {
  const [line = ''] = (error as Error).message.trim().split('\n');
  return `${path} cannot be read (${line}), so nothing of it is kept.`;
}

/**
 * A text without its types, and with blanks in their place.
 *
 * @throws Error for TypeScript that is more than types
 */
function stripTypes(text: string): string {
  const { stripTypeScriptTypes } = Module as StripTypes;
  if (!stripTypeScriptTypes) throw new Error('this Node does not say what it makes of TypeScript');
  const stripped = withoutWarnings(() => stripTypeScriptTypes(text));
  if (stripped.length !== text.length) throw new Error('its types are not of one length');
  return stripped;
}

/** Node warns of a function that is experimental: it is not the app that calls it. */
function withoutWarnings<T>(run: () => T): T {
  const { emitWarning } = process;
  process.emitWarning = () => {};
  try {
    return run();
  } finally {
    process.emitWarning = emitWarning;
  }
}

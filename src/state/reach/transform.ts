import { callModule, isShown, toGuardedClasses } from './calls.ts';
import type { Edit } from './edits.ts';
import type { Kept } from './kept.ts';
import { Showing, type Evaluated } from './showing.ts';
import { findClassNames } from './syntax/class-names.ts';
import { findWrapperEnd, isWrapped, parseModule, type Syntax } from './syntax/parse.ts';

/** What is changed in a text, and what there is to say of it. */
export interface Shown {
  edits: Edit[];
  /** For the person at the terminal, each of one or two sentences. */
  sentences: string[];
}

/**
 * Has a module show what is kept of it, and its classes, to the receiver of `../binding.ts`. What it does
 * stays the same, to the columns of stack lines: what is added has lines of its own, or stands where no code
 * follows in its line, or the source map in the text tells of it. What cannot be shown is left as it is, and
 * said.
 */
export function showKept(module: Evaluated, kept: Kept): Shown {
  if (isShown(module.text)) return { edits: [], sentences: [] };
  let syntax: Syntax;
  try {
    syntax = parseModule(module.parsed ?? module.text, module.format);
  } catch (error) {
    const { message } = error as Error;
    return refuse(`${module.path} cannot be read (${message}), so nothing of it is kept.`);
  }
  if (isWrapped(module.text) && syntax.innerEnd === undefined) {
    return refuse(
      `This tsx wraps CommonJS in a way that holdover does not know, so nothing of ${module.path} is kept. Use ES modules there, or another version of tsx.`,
    );
  }
  const showing = new Showing(module, syntax);
  showing.show(kept);
  return showing;
}

/** Has a module that is not kept show the classes that may be at its top, without a parse. */
export function showClasses({ text, file }: Pick<Evaluated, 'text' | 'file'>): Edit[] {
  const names = isShown(text) ? [] : findClassNames(text);
  if (names.length === 0) return [];
  const call = callModule(file, [], toGuardedClasses(names));
  if (!isWrapped(text)) return [{ at: text.length, text: `\n;${call}` }];
  const end = findWrapperEnd(text);
  return end === undefined ? [] : [{ at: end, text: `;${call}\n` }];
}

function refuse(sentence: string): Shown {
  return { edits: [], sentences: [sentence] };
}

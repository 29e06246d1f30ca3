import process from 'node:process';

/**
 * Whether a module may ask at any time which module is the main one: it mentions `require.main`, or
 * `require` as a value, which it could hand to somebody who asks. Node writes the answer on `require`
 * when it evaluates a module, so that one that was loaded in advance would say `undefined` for ever.
 */
export function mayAskForMain(text: string): boolean {
  return MAIN.test(text) || AS_VALUE.test(text);
}

const MAIN = /\brequire\s*(?:\?\.\s*)?(?:\.\s*main\b|\[)/;

/**
 * Not called, nothing taken from it, and followed by what may follow a name that is handed on: a string
 * or another word does not, so that this is prose; nor does a number come of it.
 */
const AS_VALUE = /\brequire\b(?!\s*[(.])(?![ \t]*(?!(?:in|of|instanceof)\b)["'$\w*-])/;

/** Whether there is a main module of CommonJS by now; under an ES module as the entry there never is. */
export function hasMain(): boolean {
  return process.mainModule !== undefined;
}

import jsTokens from 'js-tokens';

/** What TypeScript and esbuild make of private members for older targets: WeakMaps beside the class. */
const LOWERED = /\b__(?:private(?:Add|Get|Set|In|Method)|classPrivateField)/;
/** What stands before a private name that is no field of an instance, and behind it. */
const BEFORE_OTHERS = new Set(['.', '?.', 'static', 'get', 'set', 'async', '*', '(', '!']);
const BEHIND_OTHERS = new Set(['(', 'in']);
const BLANK = new Set([
  'WhiteSpace',
  'LineTerminatorSequence',
  'MultiLineComment',
  'SingleLineComment',
]);

const known = new WeakMap<object, PrivateText>();

/** The private members that the text of a class has: fields are those of its instances. */
export type PrivateText = 'none' | 'methods' | 'fields' | 'lowered';

/**
 * Tells from the text of a class whether it has private members (`#videos`), which only its own constructor
 * can give to an object. `#` in strings and comments does not count.
 *
 * @param of a class; one of Node, which has no text, has none
 */
export function privateTextOf(of: object): PrivateText {
  const found = known.get(of);
  if (found !== undefined) return found;
  const sort = look(Function.prototype.toString.call(of));
  known.set(of, sort);
  return sort;
}

function look(text: string): PrivateText {
  if (LOWERED.test(text)) return 'lowered';
  if (!text.includes('#')) return 'none';
  const tokens = [...jsTokens(text)].filter(({ type }) => !BLANK.has(type));
  const hasField = tokens.some(
    ({ type }, i) =>
      type === 'PrivateIdentifier' &&
      !BEFORE_OTHERS.has(tokens[i - 1]?.value ?? '') &&
      !BEHIND_OTHERS.has(tokens[i + 1]?.value ?? ''),
  );
  if (hasField) return 'fields';
  return tokens.some(({ type }) => type === 'PrivateIdentifier') ? 'methods' : 'none';
}

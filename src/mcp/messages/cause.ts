/** The longest cause that is told, in characters. */
const LONGEST = 300;

/**
 * What an error says, as it stands in a sentence: `TypeError: x is not a function`, the first line of it
 * without a full stop; and what follows where that line only announces it: tsx has the place of a syntax error
 * there.
 *
 * @param text the name of the error and its message
 */
export function toCauseLine(text: string): string {
  const [line = '', next = ''] = text.split(/\r?\n|\r/);
  const cause = line.endsWith(':') ? `${line} ${next.trim()}` : line;
  return cause.slice(0, LONGEST).replace(/\.$/, '');
}

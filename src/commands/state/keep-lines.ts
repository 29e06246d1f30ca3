import { findMembers, isSign, toTokens, type PlacedToken } from '../init/tokens.ts';

/**
 * Adds lines to `"holdover": { "keep": […] }` in the text of a package.json, which is made where it is
 * missing. All else stays as it is, letter for letter.
 *
 * @returns `undefined` where something else stands there
 */
export function addKeepLines(text: string, lines: string[]): string | undefined {
  const added = add(text.replaceAll('\r\n', '\n'), lines);
  return text.includes('\r\n') ? added?.replaceAll('\n', '\r\n') : added;
}

function add(text: string, lines: string[]): string | undefined {
  const tokens = toTokens(text);
  const step = /^(?<step>[ \t]+)"/m.exec(text)?.groups?.step ?? '  ';
  const open = findMembers(tokens, 0)?.get('holdover');
  const values = lines.map((line) => JSON.stringify(line));
  if (open === undefined) {
    const keep = toList(values, '[', ']', step, 2);
    return append(text, tokens, 0, `"holdover": ${toList([`"keep": ${keep}`], '{', '}', step, 1)}`);
  }
  if (!isSign(tokens[open], '{')) return undefined;
  const list = findMembers(tokens, open)?.get('keep');
  if (list === undefined)
    return append(text, tokens, open, `"keep": ${toList(values, '[', ']', step, 2)}`);
  const { type, value, start, end } = tokens[list] as PlacedToken;
  if (type === 'StringLiteral')
    return add(`${text.slice(0, start)}[${value}]${text.slice(end)}`, lines);
  if (!isSign(tokens[list], '[')) return undefined;
  return values.reduce<string>((after, one) => append(after, toTokens(after), list, one), text);

  /** Puts something behind the last thing in brackets, as that is indented. */
  function append(before: string, among: PlacedToken[], at: number, put: string): string {
    const bracket = among[at] as PlacedToken;
    const close = among.findIndex(({ depth }, i) => i > at && depth === bracket.depth);
    const last = among[close - 1] as PlacedToken;
    const isEmpty = close === at + 1;
    const first = among[at + 1] as PlacedToken;
    const between = before.slice(bracket.end, first.start);
    const lead = isEmpty ? `\n${step.repeat(bracket.depth + 1)}` : between;
    const tail = isEmpty ? `\n${step.repeat(bracket.depth)}` : '';
    const rest = before.slice(isEmpty ? (among[close] as PlacedToken).start : last.end);
    const inline = !isEmpty && between === '' ? ' ' : lead; // `["a"]` becomes `["a", "b"]`
    return `${before.slice(0, last.end)}${isEmpty ? '' : ','}${inline}${put}${tail}${rest}`;
  }
}

/** A list or an object with one thing in each line. */
function toList(
  values: string[],
  open: string,
  close: string,
  step: string,
  depth: number,
): string {
  const lines = values.map((value) => `\n${step.repeat(depth + 1)}${value}`);
  return `${open}${lines.join(',')}\n${step.repeat(depth)}${close}`;
}

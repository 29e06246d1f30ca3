import jsTokens, { type Token } from 'js-tokens';

/** A word or a sign of a text in JSON, JavaScript or TypeScript, and where it stands. */
export type PlacedToken = Token & { start: number; end: number; depth: number };

/**
 * The words and signs of a text, without comments and white space. What is in brackets is one deeper than
 * they are.
 */
export function toTokens(text: string): PlacedToken[] {
  const placed: PlacedToken[] = [];
  let [start, depth] = [0, 0];
  for (const token of jsTokens(text)) {
    const end = start + token.value.length;
    const isBracket = token.type === 'Punctuator' || token.type.startsWith('Template');
    if (isBracket && /[)\]}]$|^\}/.test(token.value)) depth--;
    const isOfNoUse = /Comment|WhiteSpace|LineTerminator/.test(token.type);
    if (!isOfNoUse) placed.push({ ...token, start, end, depth });
    if (isBracket && /^[([{]$|\$\{$/.test(token.value)) depth++;
    start = end;
  }
  return placed;
}

/**
 * Finds the members of an object: by their names, the token that their value begins with.
 *
 * @param open its bracket, as a place among the tokens
 * @returns `undefined` where it has anything but plain names: `...more`, `[name]`, methods
 */
export function findMembers(tokens: PlacedToken[], open: number): Map<string, number> | undefined {
  const members = new Map<string, number>();
  const depth = (tokens[open] as PlacedToken).depth + 1;
  for (let i = open + 1; ; i++) {
    const [name, colon] = [tokens[i], tokens[i + 1]];
    if (name === undefined) return undefined;
    if (name.depth < depth) return members;
    const isName = name.type === 'IdentifierName' || name.type === 'StringLiteral';
    if (!isName || !isSign(colon, ':')) return undefined;
    members.set(name.value.replaceAll(/^["']|["']$/g, ''), i + 2);
    while (tokens[i] && (tokens[i] as PlacedToken).depth >= depth && !isComma(tokens[i], depth))
      i++;
    if ((tokens[i]?.depth ?? 0) < depth) return members;
  }
}

export function isSign(token: PlacedToken | undefined, sign: string): boolean {
  return token?.type === 'Punctuator' && token.value === sign;
}

function isComma(token: PlacedToken | undefined, depth: number): boolean {
  return isSign(token, ',') && token?.depth === depth;
}

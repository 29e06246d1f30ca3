import { findMembers, isSign, toTokens, type PlacedToken } from './tokens.ts';

/** Where the scripts stand in the text of a package.json: by their names, with their quotes. */
export function findScripts(text: string): Map<string, { start: number; end: number }> {
  const tokens = toTokens(text);
  const found = new Map<string, { start: number; end: number }>();
  const open = findMembers(tokens, 0)?.get('scripts');
  const scripts = open !== undefined && isSign(tokens[open], '{') ? findMembers(tokens, open) : [];
  for (const [name, place] of scripts ?? []) {
    const { type, start, end } = tokens[place] as PlacedToken;
    if (type === 'StringLiteral') found.set(name, { start, end });
  }
  return found;
}

/** Puts other scripts in their places, and leaves all else as it is, letter for letter. */
export function replaceScripts(text: string, scripts: ReadonlyMap<string, string>): string {
  let replaced = text;
  const places = [...findScripts(text)].sort(([, a], [, b]) => b.start - a.start);
  for (const [name, { start, end }] of places) {
    const script = scripts.get(name);
    if (script === undefined) continue;
    replaced = replaced.slice(0, start) + JSON.stringify(script) + replaced.slice(end);
  }
  return replaced;
}

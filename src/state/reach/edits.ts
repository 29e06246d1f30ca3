import { loadHidden } from './load-hidden.ts';

/** What is added to a text, or stands in the place of as many characters of it. */
export interface Edit {
  at: number;
  text: string;
  /** Where what is replaced ends; @default nothing is */
  end?: number;
}

type Codec = typeof import('@jridgewell/sourcemap-codec');

const MAP_URL = /\/\/[#@] sourceMappingURL=data:application\/json[^,\n]*;base64,([\w+/=]+)/g;

/** The source map in a text, as it stands there in base64; of several the last one counts. */
export function findInlineMap(text: string): { at: number; base64: string } | undefined {
  if (!text.includes('sourceMappingURL=data:')) return undefined;
  const found = [...text.matchAll(MAP_URL)].at(-1);
  const base64 = found?.[1];
  if (!found || base64 === undefined) return undefined;
  return { at: found.index + found[0].length - base64.length, base64 };
}

/** Makes edits, and has the source map in the text show where everything is now. */
export function applyEdits(text: string, edits: Edit[]): string {
  const map = edits.some(isWithinLine) ? findInlineMap(text) : undefined;
  const base64 = map && moveColumns(map.base64, text, edits);
  const all =
    map && base64 !== undefined
      ? [...edits, { at: map.at, end: map.at + map.base64.length, text: base64 }]
      : edits;
  let rest = text;
  let changed = '';
  for (const { at, end = at, text: added } of all.toSorted((a, b) => b.at - a.at)) {
    changed = added + rest.slice(end) + changed;
    rest = rest.slice(0, at);
  }
  return rest + changed;
}

/** Whether something is moved within its line. What is replaced is as long as before. */
function isWithinLine({ text, end }: Edit): boolean {
  return end === undefined && !text.includes('\n');
}

/** The map for a text in whose lines something was added. One that cannot be read is left as it is. */
function moveColumns(base64: string, text: string, edits: Edit[]): string | undefined {
  const { decode, encode } = loadHidden<Codec>('@jridgewell/sourcemap-codec');
  try {
    const map = JSON.parse(Buffer.from(base64, 'base64').toString()) as { mappings: string };
    const lines = decode(map.mappings);
    for (const { at, text: added } of edits.filter(isWithinLine).toSorted((a, b) => b.at - a.at)) {
      const start = text.lastIndexOf('\n', at - 1) + 1;
      const line = text.slice(0, start).split('\n').length - 1;
      for (const segment of lines[line] ?? [])
        if (segment[0] >= at - start) segment[0] += added.length;
    }
    return Buffer.from(JSON.stringify({ ...map, mappings: encode(lines) })).toString('base64');
  } catch {
    return undefined;
  }
}

/** Nothing but ends of what has begun before. */
const CLOSERS = /^(?:[\s;,)\]}]|\(\)|\/\*.*?\*\/)*(?:\/\/.*|\/\*.*)?$/;

/** Whether there is code behind a place in its line, which would move if something were added there. */
export function isCodeBehind(text: string, at: number): boolean {
  const end = text.indexOf('\n', at);
  return !CLOSERS.test(text.slice(at, end === -1 ? undefined : end));
}

/**
 * The place in a text for a place in what is left of it without its types, which are blanks there. What is
 * added goes behind the types.
 */
export function behindTypes(text: string, parsed: string, at: number): number {
  if (text === parsed) return at;
  const [blank] = /^\s*/.exec(parsed.slice(at)) ?? [''];
  return at + text.slice(at, at + blank.length).trimEnd().length;
}

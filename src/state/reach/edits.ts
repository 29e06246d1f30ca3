/** What is added to a text, or stands in the place of as many characters of it. */
export interface Edit {
  at: number;
  text: string;
  /** Where what is replaced ends; @default nothing is */
  end?: number;
}

const MAP_URL = /\/\/[#@] sourceMappingURL=data:application\/json[^,\n]*;base64,([\w+/=]+)/g;

/** Makes edits, and has the source map in the text show where everything is now. */
export function applyEdits(text: string, edits: Edit[]): string {
  let changed = '';
  let from = 0;
  for (const edit of [...edits, ...moveMap(text, edits)].toSorted((a, b) => a.at - b.at)) {
    changed += text.slice(from, edit.at) + edit.text;
    from = edit.end ?? edit.at;
  }
  return changed + text.slice(from);
}

/** What is replaced in the map for a text in whose lines something is added. One that cannot be read stays. */
function moveMap(text: string, edits: Edit[]): Edit[] {
  // What is replaced is as long as before.
  const moving = edits.filter(({ end, text: added }) => end === undefined && !added.includes('\n'));
  const found = moving.length === 0 ? undefined : [...text.matchAll(MAP_URL)].at(-1);
  const base64 = found?.[1];
  if (!found || base64 === undefined) return [];
  try {
    const map = JSON.parse(Buffer.from(base64, 'base64').toString()) as { mappings: string };
    const lines = map.mappings.split(';');
    for (const { at, text: added } of moving.toSorted((a, b) => b.at - a.at)) {
      const start = text.lastIndexOf('\n', at - 1) + 1;
      const line = text.slice(0, start).split('\n').length - 1;
      lines[line] = moveColumns(lines[line] ?? '', at - start, added.length);
    }
    const moved = JSON.stringify({ ...map, mappings: lines.join(';') });
    const end = found.index + found[0].length;
    return [{ at: end - base64.length, end, text: Buffer.from(moved).toString('base64') }];
  } catch {
    return [];
  }
}

const DIGITS = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/';

/**
 * Moves what stands from a column on in a line of a source map. Each segment begins with its distance from the one
 * before it, in digits of base 64 with five bits of the number each, the lowest first; the sixth bit says that more
 * digits follow, and the lowest bit of the number is its sign. So only one distance becomes another.
 */
function moveColumns(line: string, column: number, by: number): string {
  let at = 0;
  let isMoved = false;
  const segments = line.split(',').map((segment) => {
    if (segment === '' || isMoved) return segment;
    let distance = 0;
    let count = 0;
    let digit: number;
    do {
      digit = DIGITS.indexOf(segment[count] as string);
      distance += (digit & 31) * 32 ** count++;
    } while (digit & 32);
    at += distance / 2; // columns never go back in a line
    if (at < column) return segment;
    isMoved = true;
    let moved = '';
    for (let left = distance + by * 2; moved === '' || left > 0; left = Math.floor(left / 32))
      moved += DIGITS[(left % 32) + (left >= 32 ? 32 : 0)];
    return moved + segment.slice(count);
  });
  return segments.join(',');
}

import { describe, expect, it } from 'vitest';
import { FirstLine } from '../../../src/watch/stdio/first-line.ts';
import { Lines } from '../../../src/watch/stdio/lines.ts';
import { Tail } from '../../../src/watch/stdio/tail.ts';

/** The lines of what comes piece by piece, and the edges of those that are too long. */
function split(pieces: (string | Buffer)[]): { lines: string[]; edges: string[] } {
  const [lines, edges]: [string[], string[]] = [[], []];
  const taking = new Lines(
    (line) => lines.push(String(line)),
    (edge) => edges.push(edge),
  );
  for (const piece of pieces) taking.push(Buffer.from(piece));
  taking.end();
  return { lines, edges };
}

describe('lines', () => {
  it('are whole, however they come', () => {
    const [first, second] = [Buffer.from('ä\n').subarray(0, 1), Buffer.from('ä\n').subarray(1)];
    expect(split(['a', 'b\nc\n\n', 'd', '\n', first, second, 'e'])).toEqual({
      lines: ['ab\n', 'c\n', '\n', 'd\n', 'ä\n', 'e\n'],
      edges: [],
    });
    expect(split([]).lines).toEqual([]);
  });

  it('of more than 64 MB are dropped, and those after them are not', () => {
    const piece = Buffer.alloc(8 * 1024 * 1024, 'x');
    const { lines, edges } = split(['{"id":1', ...Array(9).fill(piece), 'end}\nnext\n']);
    expect(lines).toEqual(['next\n']);
    expect(edges).toEqual([expect.stringMatching(/^\{"id":1x+end\}\n$/)]);
    expect(edges[0]?.length).toBeLessThan(5000);
  });
});

describe('the first line', () => {
  const message = '{"method":"initialize","jsonrpc":"2.0","id":0}\n';
  const tell = (...pieces: string[]): (boolean | undefined)[] => {
    const first = new FirstLine();
    return pieces.map((piece) => first.add(Buffer.from(piece)));
  };

  it('shows a client of MCP, also when it comes in pieces', () => {
    expect(tell(message)).toEqual([true]);
    expect(tell(message + message)).toEqual([true]);
    expect(tell(message.slice(0, 5), message.slice(5, -1), '\n')).toEqual([
      undefined,
      undefined,
      true,
    ]);
  });

  it.each(['\n', 'text\n', `\n${message}`, '{"id":0}\n', '{\n"jsonrpc":"2.0"}\n', '\0'])(
    'shows anything else: %j',
    (text) => expect(tell(text)).toEqual([false]),
  );

  it('is not waited for without an end', () => {
    const part = `{${' '.repeat(600_000)}`;
    expect(tell(part, part)).toEqual([undefined, false]);
  });
});

describe('the end of what was printed', () => {
  const keep = (...chunks: string[]): string => {
    const tail = new Tail();
    for (const chunk of chunks) tail.add(Buffer.from(chunk));
    return String(tail);
  };

  it('is 20 lines, or 8 kB of whole ones', () => {
    expect(keep()).toBe('');
    expect(keep('\u001B[31ma\u001B[39m\nb', 'c\n\n')).toBe('a\nbc');
    const many = Array.from({ length: 30 }, (_, index) => `line ${index}\n`);
    expect(keep(...many).split('\n')).toHaveLength(20);
    expect(keep(...many)).toMatch(/^line 10\n[^]*line 29$/);
    const long = keep(...many.map((line) => line.repeat(200)), 'x'.repeat(5000), '\nlast');
    expect(long).toMatch(/^line 29\n[^]*\nlast$/);
    expect(keep('y'.repeat(20_000))).toBe('y'.repeat(8192));
  });
});

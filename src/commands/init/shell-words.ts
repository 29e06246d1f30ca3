/** A word of a script, as it stands there and as a shell passes it on. */
export interface Word {
  raw: string;
  value: string;
  start: number;
  end: number;
}

/** One command of a script: what is between `&&` and its like. */
export interface ShellCommand {
  words: Word[];
  /** The quotes that it stands in, as those in `concurrently "tsx watch a" "vite"` do; none is empty. */
  quote: string;
}

const WORD = /(?:[^\s"'`\\&|;<>()]|"[^"\\`]*"|'[^']*')+/y;
const BETWEEN = /&&|\|\||[;&|]/y;
const SPACE = /\s+/y;

/**
 * Finds the commands of a script, those in quotes among them.
 *
 * @returns without those that have redirections, escapes or other signs of a shell that are not understood
 */
export function findCommands(script: string): ShellCommand[] {
  return split(script, 0, '').flatMap((command) => [command, ...findQuoted(command)]);
}

function findQuoted({ words }: ShellCommand): ShellCommand[] {
  return words.flatMap(({ raw, value, start }) => {
    const [quote = ''] = raw;
    const isWhole = /^["']/.test(raw) && raw === quote + value + quote;
    return isWhole && /\s/.test(value) ? split(value, start + 1, quote) : [];
  });
}

function split(text: string, offset: number, quote: string): ShellCommand[] {
  const commands: ShellCommand[] = [];
  let words: Word[] | undefined = [];
  for (let at = 0; at < text.length;) {
    const raw = match(WORD, text, at);
    const between = raw === undefined ? match(BETWEEN, text, at) : undefined;
    const sign = raw ?? between ?? match(SPACE, text, at);
    if (raw !== undefined) {
      words?.push({ raw, value: unquote(raw), start: offset + at, end: offset + at + raw.length });
    }
    if (between !== undefined) {
      if (words) commands.push({ words, quote });
      words = [];
    }
    if (sign === undefined) words = undefined; // a sign that is not understood
    at += sign?.length ?? 1;
  }
  if (words) commands.push({ words, quote });
  return commands;
}

function match(pattern: RegExp, text: string, at: number): string | undefined {
  pattern.lastIndex = at;
  return pattern.exec(text)?.[0];
}

function unquote(raw: string): string {
  return raw.replaceAll(
    /"([^"]*)"|'([^']*)'/g,
    (_, double?: string, single?: string) => double ?? single ?? '',
  );
}

const PLAIN = /^[\w./:=@,+%^-]+$/;

/**
 * Writes a word as a shell takes it for one.
 *
 * @param quote the quotes around it
 * @returns `undefined` where that needs more than quotes
 */
export function toShellWord(value: string, quote: string): string | undefined {
  if (PLAIN.test(value)) return value;
  return /["'`\\$!]/.test(value) || quote === '"' ? undefined : `"${value}"`;
}

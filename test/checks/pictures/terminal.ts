import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { poll } from '../../support/poll.ts';

/** A shell in a terminal of its own. Linux only: it needs `script` of util-linux. */
export class Terminal {
  readonly #script: ChildProcess;
  /** What was printed, and when, in milliseconds of `performance.now()`. */
  readonly printed: { at: number; text: string }[] = [];

  /** @param columns how many signs a line has */
  static async open(cwd: string, env: NodeJS.ProcessEnv, columns: number): Promise<Terminal> {
    const terminal = new Terminal(cwd, env, columns);
    await terminal.shows(/^\$ $/);
    return terminal;
  }

  private constructor(cwd: string, env: NodeJS.ProcessEnv, columns: number) {
    const command = `stty cols ${columns} rows 40; PS1='$ ' exec sh -i`;
    this.#script = spawn('script', ['-qefc', command, '/dev/null'], {
      cwd,
      env: { ...env, TERM: 'xterm-256color' },
      stdio: ['pipe', 'pipe', 'inherit'],
    });
    this.#script.stdout?.setEncoding('utf8').on('data', (text: string) => {
      this.printed.push({ at: performance.now(), text });
    });
  }

  get pid(): number {
    return this.#script.pid as number;
  }

  get text(): string {
    return this.printed.map(({ text }) => text).join('');
  }

  type(text: string): void {
    this.#script.stdin?.write(text);
  }

  /** Waits until it has printed something, behind the first `since` characters. */
  async shows(text: RegExp, since = 0): Promise<void> {
    await poll(() => text.test(this.text.slice(since))).catch((cause: Error) => {
      throw new Error(`The terminal shows no ${text}, but:\n${this.text}`, { cause });
    });
  }

  /** Ends what runs in it by Ctrl-C, and the shell. */
  async close(): Promise<void> {
    const ended = once(this.#script, 'exit');
    const timer = setTimeout(() => this.#script.kill('SIGKILL'), 10_000);
    const { length } = this.text;
    this.type('\u0003');
    await Promise.race([this.shows(/\$ $/, length), ended]);
    this.type('exit\n');
    await ended;
    clearTimeout(timer);
  }
}

const NAMES: Record<string, string> = { 1: 'bold', 2: 'dim' };
const COLORS = ['black', 'red', 'green', 'yellow', 'blue', 'magenta', 'cyan', 'white'];

/**
 * What a terminal has printed as HTML: a `span` with classes for each style. What moves the cursor is
 * refused: it would not be drawn as a terminal does.
 */
export function toHtml(printed: string): string {
  const [first = '', ...others] = printed.replaceAll(/\r(?=\n|$)/g, '').split('\u001B[');
  let classes: string[] = [];
  const spans = others.map((part) => {
    const [, style = '', text = ''] = /^([\d;]*)m([^]*)$/.exec(part) ?? cannotDraw(part);
    classes = style.split(';').reduce(toClasses, classes);
    return `<span class="${classes.join(' ')}">${escape(text)}</span>`;
  });
  return escape(first) + spans.join('');
}

/** The classes of a style after one more code of it. */
function toClasses(classes: string[], code: string): string[] {
  const name = NAMES[code];
  if (name) return [...classes, name];
  if (code === '22') return classes.filter((one) => one !== 'bold' && one !== 'dim');
  const others = classes.filter((one) => !COLORS.includes(one));
  if (code === '39') return others;
  if (/^3[0-7]$/.test(code)) return [...others, COLORS[Number(code) - 30] as string];
  if (code === '0' || code === '') return [];
  throw new Error(`A style that is not known: ${code}`);
}

export function escape(text: string): string {
  if ([...text].some((sign) => sign < ' ' && sign !== '\n')) cannotDraw(text);
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}

function cannotDraw(text: string): never {
  throw new Error(`It cannot be drawn: ${JSON.stringify(text)}`);
}

import { toHeldOver, toStartLine } from '../adopt/held-over/describe.ts';
import type { OpenedStore } from '../adopt/held-over/opened.ts';
import type { Crash } from '../asking/crash.ts';
import type { Restart } from '../asking/restart.ts';
import { Restarts, toShownPath } from '../asking/restarts.ts';
import { toColors } from '../options/terminal.ts';
import { toPrintable } from '../session/display/printable.ts';
import { sayOnce } from '../session/display/say-once.ts';
import { NO_VALUES, type ValuesPutBack } from '../state/told.ts';

/** The parts of a restart, in their order. */
const PARTS = ['drain', 'exit', 'wait', 'start', 'entry'] as const;

/** Since when a restart is waited for, and when its parts were over; in milliseconds since the epoch. */
export interface Moments {
  since: number;
  /** What was in flight in the old process was answered. */
  drain?: number | undefined;
  /** The old process has ended. */
  exit?: number | undefined;
  /** A burst of saves has come to its end, and the new process was told to go. */
  wait: number;
  /** Node and tsx have started, unless a standby had: it runs the entry. */
  start?: number | undefined;
  /** The entry has run until the app listens. */
  entry?: number | undefined;
}

/** Why the app was restarted. */
export interface Cause {
  /** The files that have changed, absolute. */
  paths: string[];
  /** What it was, when no file has changed. */
  reason?: string;
}

/**
 * The lines that `holdover watch` prints, in the grammar of tsx and Vite: to stdout in a terminal, and
 * otherwise to stderr, as what the app prints to stdout may be read by a program.
 */
export class Report {
  readonly #isVerbose: boolean;
  /** Those that were told. */
  readonly restarts = new Restarts();
  readonly #stream = process.stdout.isTTY ? process.stdout : process.stderr;
  readonly #colors = toColors(this.#stream);
  /** Says something the first time only. */
  readonly sayOnce = sayOnce((message) => this.say(message));

  constructor(isVerbose: boolean) {
    this.#isVerbose = isVerbose;
    this.#stream.on('error', () => {}); // nobody reads it any more
  }

  /** `10:42:07 [holdover] message` */
  say(message: string): void {
    const time = this.#colors.dim(new Date().toTimeString().slice(0, 8));
    this.#stream.write(`${time} ${this.#colors.cyan('[holdover]')} ${message}\n`);
  }

  /** `10:42:07 [holdover] Inspector: http://localhost:4983/__holdover/?token=…` */
  inspected(address: string): void {
    this.say(`Inspector: ${this.#colors.cyan(address)}`);
  }

  /** `10:42:07 [holdover] 3 sessions held over from .holdover`, at the first start. */
  async started(stores: OpenedStore[], values: ValuesPutBack): Promise<void> {
    const line = await toStartLine(stores, values);
    if (line) this.say(line);
  }

  /** `10:42:07 [holdover] 2 MCP clients held over from .holdover`, of a store that is opened later. */
  async opened(store: OpenedStore): Promise<void> {
    await this.started([store], NO_VALUES);
  }

  /** `10:42:07 [holdover] src/parties.ts  3 sessions · 2 values held over · 2 requests held · 184 ms` */
  async restarted(
    { paths, reason = '' }: Cause,
    { stores, values, clients }: { stores: OpenedStore[]; values: ValuesPutBack; clients: number },
    heldRequests: number,
    moments: Moments,
  ): Promise<void> {
    const { text, ...heldOver } = await toHeldOver(stores, values, clients);
    const restart = {
      ...toRestart({ paths, reason }, moments),
      ...heldOver,
      requests: heldRequests,
    };
    this.restarts.add(restart);
    const duration = restart.duration === null ? undefined : formatDuration(restart.duration);
    const facts = [text, formatRequests(heldRequests), duration];
    const details = facts.filter((fact) => fact !== undefined).join(this.#colors.dim(' · '));
    const cause = paths.length > 0 ? formatPaths(paths) : reason;
    this.say(`${this.#colors.green(cause)}${details === '' ? '' : `  ${details}`}`);
    if (this.#isVerbose) this.#detail(restart.phases);
  }

  /**
   * Remembers how the app has ended by itself, after that was said.
   *
   * @param start of the app, when it has ended in that
   */
  crashed(crash: Crash, at: number, start?: { cause: Cause; moments: Moments }): void {
    const restart = start
      ? toRestart(start.cause, start.moments)
      : { at, paths: [], reason: null, phases: [], duration: null };
    const nothing = { requests: 0, sessions: 0, values: 0, clients: 0 };
    this.restarts.add({ ...restart, ...nothing, kind: 'crash' }, crash);
  }

  /** `10:42:07 [holdover] drain 3 ms · exit 9 ms · entry 141 ms` */
  #detail(phases: Restart['phases']): void {
    const texts = phases.map(([part, time]) => `${part} ${formatDuration(time)}`);
    if (texts.length > 0) this.say(texts.join(this.#colors.dim(' · ')));
  }

  /** `10:42:07 [holdover] Process 4711 is ready for the next restart.`, with --verbose. */
  standsBy(pid: number): void {
    if (this.#isVerbose) this.say(`Process ${pid} is ready for the next restart.`);
  }

  clearScreen(): void {
    if (process.stdout.isTTY) process.stdout.write('\u001Bc');
  }
}

const durations = new Intl.NumberFormat('en', {
  style: 'unit',
  unit: 'millisecond',
  maximumFractionDigits: 0,
});

/** `184 ms` */
export function formatDuration(milliseconds: number): string {
  return durations.format(milliseconds);
}

/** `2 requests held`, or nothing. */
function formatRequests(count: number): string | undefined {
  if (count === 0) return undefined;
  return `${count} ${count === 1 ? 'request' : 'requests'} held`;
}

/** What a restart was for, and where its time went. */
function toRestart({ paths, reason }: Cause, moments: Moments) {
  const { since, entry } = moments;
  return {
    at: since,
    paths: paths.map(toShownPath),
    reason: paths.length > 0 ? null : reason || null,
    kind: 'restart' as const,
    phases: toPhases(moments),
    duration: entry === undefined ? null : entry - since,
  };
}

/** Where the time of a restart went: the parts, and how long they took, in milliseconds. */
function toPhases(moments: Moments): [part: string, milliseconds: number][] {
  let from = moments.since;
  return PARTS.flatMap((part) => {
    const at = moments[part];
    if (at === undefined || at < moments.since) return [];
    const milliseconds = Math.max(0, at - from);
    from = Math.max(from, at);
    return [[part, milliseconds]];
  });
}

/** `src/routes/parties.ts`, `src/a.ts and 3 more`. */
export function formatPaths([first = '', ...others]: string[]): string {
  const shown = toShownPath(first);
  return others.length === 0 ? shown : `${shown} and ${others.length} more`;
}

/** Why not every file can be watched, and what to do. */
export function formatWatchError({ code, message }: NodeJS.ErrnoException): string {
  const isFull = code === 'ENOSPC' || code === 'EMFILE';
  return isFull
    ? `Not every file can be watched (${code}). Raise the limit of the system (fs.inotify.max_user_watches), or narrow --include.`
    : `Not every file can be watched: ${toPrintable(message)}.`;
}

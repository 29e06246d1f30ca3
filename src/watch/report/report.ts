import { relative } from 'node:path';
import pc from 'picocolors';
import type { Phase } from './phases.ts';

/** The lines that `holdover watch` prints: to stdout, in the grammar of tsx and Vite. */
export class Report {
  readonly #isVerbose: boolean;

  constructor(isVerbose: boolean) {
    this.#isVerbose = isVerbose;
  }

  /** `10:42:07 [holdover] message` */
  say(message: string): void {
    const time = pc.dim(new Date().toTimeString().slice(0, 8));
    process.stdout.write(`${time} ${pc.cyan('[holdover]')} ${message}\n`);
  }

  /** `10:42:07 [holdover] src/routes/parties.ts  3 sessions held over · 2 requests held · 184 ms` */
  restarted(trigger: string, facts: string[], milliseconds: number | undefined): void {
    const duration = milliseconds === undefined ? [] : [formatDuration(milliseconds)];
    const details = [...facts, ...duration].join(pc.dim(' · '));
    this.say(`${pc.green(trigger)}${details === '' ? '' : `  ${details}`}`);
  }

  /** `10:42:07 [holdover] drain 3 ms · exit 9 ms · entry 141 ms`, when that is wanted. */
  detail(phases: Phase[]): void {
    if (!this.#isVerbose || phases.length === 0) return;
    const parts = phases.map(({ name, milliseconds }) => `${name} ${formatDuration(milliseconds)}`);
    this.say(parts.join(pc.dim(' · ')));
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
export function formatRequests(count: number): string | undefined {
  if (count === 0) return undefined;
  return `${count} ${count === 1 ? 'request' : 'requests'} held`;
}

/** `src/routes/parties.ts`, `src/a.ts and 3 more`. */
export function formatPaths(paths: string[]): string {
  const [first = '', ...others] = paths.map((path) => relative(process.cwd(), path) || path);
  return others.length === 0 ? first : `${first} and ${others.length} more`;
}

/** Why not every file can be watched, and what to do. */
export function formatWatchError({ code, message }: NodeJS.ErrnoException): string {
  const isFull = code === 'ENOSPC' || code === 'EMFILE';
  return isFull
    ? `Not every file can be watched (${code}). Raise the limit of the system (fs.inotify.max_user_watches), or narrow --include.`
    : `Not every file can be watched: ${message}.`;
}

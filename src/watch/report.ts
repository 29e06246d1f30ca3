import { relative } from 'node:path';
import pc from 'picocolors';

/** The lines that `holdover watch` prints: to stdout, in the grammar of tsx and Vite. */
export class Report {
  /** `10:42:07 [holdover] message` */
  say(message: string): void {
    const time = pc.dim(new Date().toTimeString().slice(0, 8));
    process.stdout.write(`${time} ${pc.cyan('[holdover]')} ${message}\n`);
  }

  /** `10:42:07 [holdover] src/routes/parties.ts  3 sessions held over · 184 ms` */
  restarted(trigger: string, facts: string[], milliseconds: number | undefined): void {
    const duration = milliseconds === undefined ? [] : [formatDuration(milliseconds)];
    const details = [...facts, ...duration].join(pc.dim(' · '));
    this.say(`${pc.green(trigger)}${details === '' ? '' : `  ${details}`}`);
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

/** `src/routes/parties.ts`, `src/a.ts and 3 more`. */
export function formatPaths(paths: string[]): string {
  const [first = '', ...others] = paths.map((path) => relative(process.cwd(), path) || path);
  return others.length === 0 ? first : `${first} and ${others.length} more`;
}
